"""Indicators of which at most one is set in a row: one column of classes."""

import numpy as np

from skgan.privacy import MIN_ROWS
from skgan.storage import stored
from skgan.storage.fields import many, text, whole

from ..columns import Discrete
from ..frames import Column
from .base import Map

MAX_INDICATORS = 1_000  # among which groups are looked for
# Rows in which two independent columns would both be set, from which on it is no chance
# that none are
MIN_EXPECTED = 12.0


@stored("indicators/1", groups=many(many(whole(0), least=2)), _names=many(text))
class Indicators:
    """Groups of indicator columns, and the class that each row has in each.

    Such are dummies, as ``pandas.get_dummies`` makes them: one by one, two may be set
    in a row, or none. Class 0 is that none is set, class k the k-th of the group.

    Parameters
    ----------
    columns : list of Column
        The columns of a table.
    """

    def __init__(self, columns):
        self.groups = _groups(columns)
        self._names = [str(column.name) for column in columns]

    @property
    def members(self):
        """The columns that are in a group."""
        return {j for group in self.groups for j in group}

    def leave(self, columns):
        """Leave out groups of which some columns are given, by their indices."""
        self.groups = [own for own in self.groups if not columns.intersection(own)]

    def encoders(self, merged, min_rows=MIN_ROWS):
        """Return the encoder of each merged column: classes of enough rows."""
        own = {"ordered": False, "min_rows": min_rows}
        return [Discrete(column.values, column.missing, **own) for column in merged]

    def merge(self, columns):
        """Return a column of classes for each group; -1 where no class is true."""
        return [self._merge(columns, group) for group in self.groups]

    def describe(self):
        """Return the groups in words."""
        return [f"at most one of {self._shown(group)} is set" for group in self.groups]

    def _shown(self, group):
        """Return the names of a group, shortened."""
        names = [self._names[j] for j in group]
        return ", ".join(names if len(names) < 4 else [names[0], "...", names[-1]])

    def relations(self, columns):
        """Return how merged columns, which come last, restore their indicators."""
        relations = []
        for source, group in enumerate(self.groups, start=len(self._names)):
            codes = np.arange(len(group) + 1)
            for own, j in enumerate(group, start=1):
                dtype = columns[j].values.dtype
                values = (codes == own).astype(dtype)
                relations.append(Map(j, (source,), dtype, codes, values, dtype.type(0)))
        return relations

    def _merge(self, columns, group):
        """Return the column of classes of one group."""
        rows = np.column_stack([columns[j].values == 1 for j in group])
        is_odd = rows.sum(axis=1) > 1
        for j in group:
            zero_or_one = (columns[j].values == 0) | (columns[j].values == 1)
            is_odd |= columns[j].missing | ~zero_or_one
        codes = np.where(is_odd, -1, rows @ np.arange(1, len(group) + 1))
        return Column(
            name=f"which of {self._shown(group)} is set",
            content="category",
            values=codes,
            missing=np.zeros(len(codes), dtype=bool),
            categories=("none", *(self._names[j] for j in group)),
            ordered=False,
            declared=True,
            is_text=False,
            is_whole=False,
        )


def _groups(columns):
    """Return groups of columns, each the longest from its first one on."""
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
    """Return indicators from the first on, each of which fits all before."""
    group = [first]
    for i in range(first + 1, len(fits)):
        if fits[i, group].all() and fits[group, i].all():
            group.append(i)
    return group


def _is_indicator(column):
    """Whether a column holds zeros and ones, and both."""
    if column.content == "category" or column.missing.any():
        return False
    return np.array_equal(np.unique(column.values), [0, 1])
