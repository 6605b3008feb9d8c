"""Columns whose values are drawn together: one column of classes."""

import numpy as np

from skgan.privacy import MIN_ROWS
from skgan.storage import stored
from skgan.storage.fields import array, many, require, whole

from ..columns import MAX_CLASSES, Discrete, HighCardinality, drop_rare_categories
from ..frames import Column
from .base import Map
from .dependence import MISSING


@stored(
    "combinations/1",
    groups=many(many(whole(0), least=2)),
    tables=many(array("f8", 2)),
)
class Combinations:
    """Groups of columns, and the combinations of their values that rows share.

    Parameters
    ----------
    columns : list of Column
        The columns of the training rows.
    groups : list of list of int
        Which of them are together.
    min_rows : MinRows, default=MIN_ROWS
        How many rows share a combination; others are not kept.
    """

    def __init__(self, columns, groups, min_rows=MIN_ROWS):
        self.groups, self.tables = groups, []
        for group in groups:
            kept = [drop_rare_categories(columns[j], min_rows) for j in group]
            self.tables.append(_table(kept, min_rows))

    def check_stored(self):
        """Check that each group has combinations of its columns."""
        require(len(self.groups) == len(self.tables), "groups have tables")
        for group, table in zip(self.groups, self.tables, strict=True):
            require(table.shape[0] > 0, "there are combinations")
            require(table.shape[1] == len(group), "combinations are of columns")

    def merge(self, columns):
        """Return a column of classes for each group; -1 where none is known."""
        pairs = zip(self.groups, self.tables, strict=True)
        return [_merge([columns[j] for j in group], table) for group, table in pairs]

    def encoders(self, merged, min_rows=MIN_ROWS):
        """Return the encoder of each merged column."""
        encoders = []
        for column in merged:
            known = column.values[column.values >= 0]
            is_many = len(column.categories) > MAX_CLASSES
            own = {"ordered": False, "min_rows": min_rows}
            encoders.append(
                HighCardinality(known, column.missing)
                if is_many
                else Discrete(known, column.missing, **own)
            )
        return encoders

    def relations(self, columns, n_columns):
        """Return how merged columns, the next ones, restore those of their groups."""
        relations = []
        pairs = zip(self.groups, self.tables, strict=True)
        for source, (group, table) in enumerate(pairs, start=n_columns):
            codes = np.arange(len(table))
            for j, own in zip(group, table.T, strict=True):
                values = own.astype(columns[j].values.dtype)
                parts = (source,), values.dtype, codes, values, values[0]
                relations.append(Map(j, *parts))
        return relations


def _rows(columns):
    """Return the values of columns side by side, ``(n, n_columns)``, in float64."""
    return np.column_stack(
        [np.where(own.missing, MISSING, own.values) for own in columns]
    ).astype(np.float64)


def _table(columns, min_rows):
    """Return the combinations that enough rows share, the commonest first."""
    found, counts = np.unique(_rows(columns), axis=0, return_counts=True)
    is_rare = [own.content == "category" for own in columns] & (found == -1)
    kept = min_rows.allows(counts) & ~is_rare.any(axis=1)
    order = np.argsort(-counts[kept], kind="stable")
    return found[kept][order]


def _merge(columns, table):
    """Return the column of classes of one group."""
    both = np.vstack([table, _rows(columns)])
    _, codes = np.unique(both, axis=0, return_inverse=True)
    codes = codes.ravel()
    class_of = np.full(codes.max() + 1, -1)
    class_of[codes[: len(table)]] = np.arange(len(table))
    name = "the pair of " if len(columns) == 2 else "the combination of "
    name += " and ".join(str(own.name) for own in columns)
    return Column(
        name=name,
        content="category",
        values=class_of[codes[len(table) :]],
        missing=np.zeros(len(both) - len(table), dtype=bool),
        categories=tuple(f"{name} {k}" for k in range(len(table))),
        ordered=False,
        declared=True,
        is_text=False,
        is_whole=False,
    )
