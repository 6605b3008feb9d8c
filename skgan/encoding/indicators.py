"""Indicators of which at most one is set in a row: one column of classes."""

import numpy as np

from .columns import Few
from .forms import Column
from .relations import Map

MAX_INDICATORS = 1_000  # among which groups are looked for
# Rows in which two independent columns would both be set, from which on it is no chance
# that none are
MIN_EXPECTED = 12.0


class Indicators:
    """Groups of indicator columns, and the class that each row has in each.

    Such are dummies, as ``pandas.get_dummies`` makes them: told apart, two may be set
    in a row, or none. Class 0 is that none is set, class k the k-th of the group.

    Parameters
    ----------
    columns : list of Column
        The columns of a table.
    """

    def __init__(self, columns):
        self._n_columns = len(columns)
        self.groups = _groups(columns)
        self._names = [str(column.name) for column in columns]
        self._dtypes = [column.values.dtype for column in columns]

    @property
    def members(self):
        """The columns that are in a group."""
        return {j for group in self.groups for j in group}

    def kinds(self, merged):
        """The kind of each merged column: classes of at least five rows."""
        return [Few(column.values, column.missing, ordered=False) for column in merged]

    def merged(self, columns):
        """A column of classes for each group; -1 where they are no indicators."""
        return [self._merge(columns, group) for group in self.groups]

    def describe(self):
        """The groups in words."""
        return [f"at most one of {self._shown(group)} is set" for group in self.groups]

    def _shown(self, group):
        names = [self._names[j] for j in group]
        return ", ".join(names if len(names) < 4 else [names[0], "...", names[-1]])

    def relations(self):
        """How indicators are restored from the merged columns, which come last."""
        relations = []
        for place, group in enumerate(self.groups, start=self._n_columns):
            codes = np.arange(len(group) + 1)
            for own, j in enumerate(group, start=1):
                dtype = self._dtypes[j]
                values = (codes == own).astype(dtype)
                relations.append(Map(j, (place,), dtype, codes, values, dtype.type(0)))
        return relations

    def _merge(self, columns, group):
        rows = np.column_stack([columns[j].values == 1 for j in group])
        is_odd = rows.sum(axis=1) > 1
        for j in group:
            zero_or_one = (columns[j].values == 0) | (columns[j].values == 1)
            is_odd |= columns[j].missing | ~zero_or_one
        codes = np.where(is_odd, -1, rows @ np.arange(1, len(group) + 1))
        return Column(
            name=f"which of {self._shown(group)} is set",
            kind="category",
            values=codes,
            missing=np.zeros(len(codes), dtype=bool),
            categories=("none", *(self._names[j] for j in group)),
            ordered=False,
            declared=True,
            is_text=False,
            is_whole=False,
        )


def _groups(columns):
    """Groups of columns, each the longest from its first one on."""
    free = [j for j, column in enumerate(columns) if _is_indicator(column)]
    free = free[:MAX_INDICATORS]
    if len(free) < 2:
        return []
    rows = np.column_stack([columns[j].values == 1 for j in free]).astype(np.float32)
    together = rows.T @ rows  # (n_indicators, n_indicators): rows with both set
    counts = np.diag(together)
    is_apart = together == 0
    expected = np.outer(counts, counts) / len(rows)
    groups, taken = [], np.zeros(len(free), dtype=bool)
    for first in range(len(free)):
        if taken[first]:
            continue
        apart = _chain(first, is_apart & ~taken)
        is_whole = len(apart) > 2 and counts[apart].sum() == len(rows)
        sure = _chain(first, is_apart & (expected > MIN_EXPECTED) & ~taken)
        group = apart if is_whole else sure
        if len(group) > 1:
            groups.append([free[i] for i in group])
            taken[group] = True
    return groups


def _chain(first, fits):
    """Indicators from ``first`` on, each of which fits all before."""
    group = [first]
    for i in range(first + 1, len(fits)):
        if fits[i, group].all() and fits[group, i].all():
            group.append(i)
    return group


def _is_indicator(column):
    if column.kind == "category" or column.missing.any():
        return False
    return np.array_equal(np.unique(column.values), [0, 1])
