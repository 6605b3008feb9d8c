"""Columns that other columns determine in every row: what need not be encoded twice.

A relation must hold in every row, and in very few of all orders of a column's values:
of tables of independent columns at most a share ``ALPHA`` shows one of a sort.
"""

from graphlib import TopologicalSorter

from skgan.privacy import MIN_ROWS

from .arithmetic import MAX_NUMERIC, find_arithmetic
from .copies import find_copies
from .maps import find_maps
from .totals import find_totals


def find_relations(columns, discrete, numeric=None, *, given=None, min_rows=MIN_ROWS):
    """Find columns that other columns determine in every row, copies before all else.

    Copies may be scaled and shifted; then come functions of one column's classes,
    sums, differences and products of two columns, and sums of more. The first of equal
    columns is kept.

    Parameters
    ----------
    columns : list of ndarray of shape (n_samples,)
        Class codes, small integers from 0, or numbers without missing values.
    discrete : list of bool
        Which columns are class codes.
    numeric : list of (ndarray or None), default=None
        The numbers behind class codes, for columns that have them in every row.
    given : dict of Relation, default=None
        Relations that are known beforehand, by their targets.
    min_rows : MinRows, default=MIN_ROWS
        Rows behind each class of a map, and rows that vary behind any relation.

    Returns
    -------
    relations : list of Relation
        To restore in this order: a source is a kept column or an earlier target.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.encoding.relations import find_relations
    >>> net = np.arange(50) ** 2
    >>> relations = find_relations([net, net % 7, net + net % 7], [False] * 3)
    >>> print(relations[0].describe(["net", "tax", "gross"]))
    gross is net + tax
    """
    if not columns or len(columns[0]) < 2:
        return []
    found, numeric = dict(given or {}), numeric or [None] * len(columns)
    pairs = list(zip(columns, discrete, numeric, strict=True))
    numbers = [column if own is None else own for column, _, own in pairs]
    counted = [j for j, pair in enumerate(pairs) if not pair[1] or pair[2] is not None]
    find_copies(numbers, counted, found, min_rows)
    is_free = [j not in found or j in (given or {}) for j in range(len(pairs))]
    codes = [j for j, pair in enumerate(pairs) if pair[1] and is_free[j]]
    find_maps(columns, codes, found, min_rows)
    if len(counted) > 2:
        find_arithmetic(numbers, counted[:MAX_NUMERIC], found, min_rows)
    if len(counted) > 3:
        find_totals(numbers, counted, found, min_rows)
    order = TopologicalSorter({j: found[j].sources for j in found}).static_order()
    return [found[j] for j in order if j in found]
