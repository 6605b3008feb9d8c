"""Relations between the columns of a table: found in values, missing ones included.

A missing category is one category more. A number that others determine is missing
exactly where one of these is.
"""

from dataclasses import replace

import numpy as np

from skgan.privacy import MIN_ROWS

from ..columns import Constant, Discrete, Identifier, NanApart, drop_rare_categories
from .base import Formula, Map
from .discovery import find_relations

MISSING, RARE = -2, -1  # codes of missing categories, and of rare ones
MAX_MASKS = 8  # patterns of missing numbers among which relations are looked for


def relations_of(columns, encoders, given=(), min_rows=MIN_ROWS):
    """Find relations that hold in every row, in the order of their restoring.

    Parameters
    ----------
    columns : list of Column
        The columns of the training rows.
    encoders : list of ColumnEncoder
        The encoder of each.
    given : list of Relation
        Maps that are known beforehand; they are among those returned.
    min_rows : MinRows, default=MIN_ROWS
        How many rows share what is kept of them.

    Returns
    -------
    relations : list of Relation
        Between values as ``restore`` takes them.
    """
    pairs = list(zip(columns, encoders, strict=True))
    is_apart = [isinstance(encoder, Identifier | NanApart) for encoder in encoders]
    left_out = [
        _has_gaps(column) or apart
        for column, apart in zip(columns, is_apart, strict=True)
    ]
    given = {relation.target: relation for relation in given}
    relations = _relations(pairs, left_out, given, min_rows)
    gaps = [column.missing if _has_gaps(column) else None for column in columns]
    for missing in _common(gaps):
        # Columns that have a value wherever those with this pattern have
        among = [gap is None or not (gap & ~missing).any() for gap in gaps]
        same = [gap is not None and np.array_equal(gap, missing) for gap in gaps]
        present = np.flatnonzero(~missing)
        rows = [(column.take(present), encoder) for column, encoder in pairs]
        left_out = np.logical_not(among) | is_apart
        for relation in _relations(rows, left_out, given, min_rows):
            sources = [gaps[j] for j in relation.sources if gaps[j] is not None]
            explained = sources and np.array_equal(np.any(sources, axis=0), missing)
            is_new = relation.target not in given and not relation.reads_codes
            if same[relation.target] and explained and is_new:
                relations.append(relation)
    return [_rounding(own, columns[own.target], min_rows) for own in relations]


def _rounding(relation, column, min_rows):
    """Return a relation that rounds what it computes as the values of the column."""
    if not isinstance(relation, Formula):
        return relation
    return relation.rounding_as(column.values[~column.missing], min_rows)


def restore(relation, values, missing, is_category):
    """Return values and missing flags ``(n,)`` of a relation's target.

    ``values`` and ``missing`` are those of all columns.
    """
    absent = [missing[j] for j in relation.sources]
    if relation.reads_codes:
        source = values[relation.sources[0]]
        codes = np.where(absent[0], MISSING, source) if absent[0].any() else source
        restored = relation.restore(codes)
        gone = (restored == MISSING) & is_category
    else:
        sources = [values[j] for j in relation.sources]
        restored, gone = relation.fill(sources, absent)
    return np.where(gone, 0, restored).astype(restored.dtype), gone


def _has_gaps(column):
    """Whether values are missing that are not categories."""
    return column.content != "category" and bool(column.missing.any())


def _common(gaps):
    """Return patterns of missing values that most columns have, small ones first."""
    found = {}
    for gap in gaps:
        if gap is not None and not gap.all():
            found.setdefault(gap.tobytes(), [gap, 0])[1] += 1
    common = sorted(found.values(), key=lambda pair: -pair[1])[:MAX_MASKS]
    return sorted((gap for gap, _ in common), key=np.count_nonzero)


def _relations(pairs, left_out, given, min_rows):
    """Find relations between the values of columns, of which some are left out."""
    codes, discrete, numeric, distinct = [], [], [], []
    for (column, encoder), is_left_out in zip(pairs, left_out, strict=True):
        column = drop_rare_categories(column, min_rows)
        values, number, unique = column.values, None, None
        is_category = column.content == "category"
        if is_left_out:  # a constant column is in no relation
            values = np.zeros(len(values), dtype=np.int64)
        elif is_category:
            values = np.where(column.missing, MISSING, values)
        else:
            number = values
        few = is_category or isinstance(encoder, Discrete | Constant)
        if few:
            unique, values = np.unique(values, return_inverse=True)
        codes.append(values)
        discrete.append(few)
        numeric.append(number if few else None)
        distinct.append(unique)
    found = find_relations(codes, discrete, numeric, given=given, min_rows=min_rows)
    relations = [
        relation if relation.target in given else _in_values(relation, distinct)
        for relation in found
    ]
    is_category = [column.content == "category" for column, _ in pairs]
    kept = [_without_rare(relation, is_category) for relation in relations]
    return [relation for relation in kept if relation]


def _without_rare(relation, is_category):
    """Return a map that restores no rare category, which has no name; else None."""
    if not (isinstance(relation, Map) and is_category[relation.target]):
        return relation
    named = relation.values != RARE
    of_rare = (relation.codes == RARE) & is_category[relation.sources[0]]
    if not named.any() or (~named & ~of_rare).any():
        return None
    codes, values = relation.codes[named], relation.values[named]
    default = values[0] if relation.default == RARE else relation.default
    return replace(relation, codes=codes, values=values, default=default)


def _in_values(relation, distinct):
    """Return a map of codes as a map of the values that they stand for."""
    if not isinstance(relation, Map):
        return relation
    (source,), target = relation.sources, relation.target
    changes = {"codes": distinct[source][relation.codes]}
    if distinct[target] is not None:
        changes |= {
            "values": distinct[target][relation.values],
            "default": distinct[target][relation.default],
            "dtype": distinct[target].dtype,
        }
    return replace(relation, **changes)
