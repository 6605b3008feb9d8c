"""The table encoding: columns as blocks of classes and scalars."""

from itertools import combinations

import numpy as np

from .columns import Identifier, kind_of, recode
from .containers import check_magnitudes
from .declared import declared_columns
from .dependence import relations_of, restore
from .frames import read_table
from .indicators import Indicators

MAX_SCORE = 6.0  # no rank of fewer than a billion rows has a larger normal score


class Table:
    """Columns of a table; rows of all of them by index."""

    def __init__(self, columns):
        self.columns = columns

    def __len__(self):
        return len(self.columns[0].values)

    def __getitem__(self, rows):
        return Table(
            [
                column._replace(
                    values=column.values[rows], missing=column.missing[rows]
                )
                for column in self.columns
            ]
        )


def _are_equal(a, b):
    """Whether two columns of text hold the same in every row."""
    same = a.categories == b.categories and np.array_equal(a.values, b.values)
    return same and np.array_equal(a.missing, b.missing)


class TableEncoder:
    """Blocks of classes and normal scores of the columns of a table, and back.

    Columns that others determine in every row are not encoded but restored, constant
    ones neither. Indicators of which at most one is set are one block together.

    Parameters
    ----------
    X : array-like or data frame of shape (n_samples, n_features)
        The training rows.
    categorical_features : "from_dtype" or array-like, default="from_dtype"
        Names, indices or a mask of columns of numbers that are categories without an
        order, and of text that is no identifier. Other text and categorical dtypes are
        categories in any case.
    identifiers : {"warn", "generate", "drop", "error"}, default="generate"
        What becomes of columns of nearly unique text: fresh values of the same pattern,
        no column, or an error. It is the caller who warns.

    Attributes
    ----------
    sizes : list of int
        Number of classes of each block.
    owners : list of int
        For each scalar the class that it belongs to, counted through all blocks.
    order : ndarray of shape (n_classes, n_ordered)
        Scores of the classes of each ordered block.
    relations : list of Relation
        How columns that are not encoded are restored.
    identifiers : list of str
        Names of columns of nearly unique text.
    numeric_identifiers : list of str
        Those of them that look like numbers or dates.
    categorical : list of int
        Indices of the columns of text that are categories, and of those declared so.

    Raises
    ------
    ValueError
        If X is no table, if ``categorical_features`` names no columns of it, or if
        there are identifiers that the parameter refuses.

    Examples
    --------
    >>> import pandas as pd
    >>> from skgan.encoding import TableEncoder
    >>> table = pd.DataFrame({"size": ["S", "L"] * 50, "price": [2.5, 9.0] * 50})
    >>> encoder = TableEncoder(table)
    >>> encoder.sizes
    [2]
    >>> encoder.describe()
    ['price is a function of size']
    """

    name = "table"

    def __init__(self, X, *, categorical_features="from_dtype", identifiers="generate"):
        columns, self.form = read_table(X)
        self._n_columns = len(columns)
        for column in columns:
            present = column.values[~column.missing]
            if column.kind == "number" and len(present):
                check_magnitudes(present[:, None].astype(np.float64), [column.name])
        self._names = [str(column.name) for column in columns]
        declared = declared_columns(categorical_features, self._names)
        self._indicators = Indicators(columns)
        kinds = [kind_of(column, j in declared) for j, column in enumerate(columns)]
        merged = self._indicators.merged(columns)
        self.categorical = [
            j
            for j, (column, kind) in enumerate(zip(columns, kinds, strict=True))
            if j in declared or (column.is_text and not isinstance(kind, Identifier))
        ]
        columns, kinds = columns + merged, kinds + self._indicators.kinds(merged)
        self._names = [str(column.name) for column in columns]
        self.relations = relations_of(columns, kinds, self._indicators.relations())
        determined = {relation.target for relation in self.relations}
        self._kinds = {j: kind for j, kind in enumerate(kinds) if j not in determined}
        own = [j for j, kind in self._kinds.items() if isinstance(kind, Identifier)]
        self.identifiers = [self._names[j] for j in own]
        self.numeric_identifiers = [self._names[j] for j in own if kinds[j].is_numeric]
        self._twins = {
            j: i for i, j in combinations(own, 2) if _are_equal(columns[i], columns[j])
        }
        if own and identifiers == "error":
            raise ValueError(
                f"Column {self.identifiers[0]!r} must not be an identifier with "
                f"identifiers='error', got {len(np.unique(columns[own[0]].values))} "
                f"different texts in {len(columns[own[0]].values)} rows."
            )
        if identifiers == "drop":
            self.form.drop(own)
        self._categories = [recode(column).categories for column in columns]
        self.form.keep(self._categories[: self._n_columns])
        self._blocks = [
            j
            for j, kind in self._kinds.items()
            if kind.n_classes > 1 or kind.has_scalar
        ] or [min(self._kinds)]  # of constant columns one, so that there is a row
        kinds = [self._kinds[j] for j in self._blocks]
        self.sizes = [kind.n_classes for kind in kinds]
        starts = np.cumsum([0, *self.sizes])
        self._scalars = [b for b, kind in enumerate(kinds) if kind.has_scalar]
        self.owners = [
            int(starts[b] + kinds[b].continuous_class) for b in self._scalars
        ]
        ordered = [b for b, kind in enumerate(kinds) if kind.ordered]
        self.order = np.zeros((starts[-1], len(ordered)), dtype=np.float32)
        for place, b in enumerate(ordered):
            scores = kinds[b].order_scores
            self.order[starts[b] : starts[b] + len(scores), place] = scores

    def describe(self):
        """How columns that are not encoded are restored, in words."""
        found = [
            relation.describe(self._names)
            for relation in self.relations
            if relation.target not in self._indicators.members
        ]
        return found + self._indicators.describe()

    def read(self, X):
        """The rows of X as a ``Table``."""
        columns = self.form.read(X)
        return Table(columns + self._indicators.merged(columns))

    def encode(self, table, rng):
        """Compact rows, float32 ``(n, n_blocks + n_scalars)``."""
        encoded = [
            self._kinds[j].encode(
                table.columns[j].values, table.columns[j].missing, rng
            )
            for j in self._blocks
        ]
        classes = [classes for classes, _ in encoded]
        scores = [encoded[b][1] for b in self._scalars]
        return np.column_stack([*classes, *scores]).astype(np.float32)

    def decode(self, rows, rng):
        """Values and missing flags of all columns, from compact rows."""
        n = len(rows)
        values, missing = [None] * len(self._names), [None] * len(self._names)
        classes = dict.fromkeys(self._kinds, np.zeros(n, dtype=np.int64))
        scores = dict.fromkeys(self._kinds, np.zeros(n))
        for b, j in enumerate(self._blocks):
            classes[j] = rows[:, b].astype(np.int64)
        for place, b in enumerate(self._scalars):
            scores[self._blocks[b]] = rows[:, len(self._blocks) + place]
        for j, kind in self._kinds.items():
            values[j], missing[j] = kind.decode(classes[j], scores[j], rng)
        for relation in self.relations:
            j = relation.target
            is_category = self._categories[j] is not None
            values[j], missing[j] = restore(relation, values, missing, is_category)
        return values, missing

    def build(self, compact, rng):
        """Rows as the user knows them, from compact ones."""
        values, missing = self.decode(compact, rng)
        for j, kind in self._kinds.items():
            if isinstance(kind, Identifier) and j not in self.form.dropped:
                values[j] = kind.sampler.sample(len(compact), rng)
        for j, twin in self._twins.items():
            values[j], missing[j] = values[twin], missing[twin]
        n = self._n_columns  # without those that were merged
        return self.form.build(values[:n], missing[:n])

    def settle(self, compact):
        """Compact rows as they come back from the rows that ``build`` makes of them."""
        classes, scores = np.split(compact, [len(self._blocks)], axis=1)
        return np.hstack([classes, scores.clip(-MAX_SCORE, MAX_SCORE)])

    @property
    def n_places(self):
        """Number of places of each block."""
        return [self._kinds[j].n_places for j in self._blocks]

    @property
    def ranked(self):
        """Whether the places of each block follow the order of its values."""
        return [self._kinds[j].ranked for j in self._blocks]

    def places(self, compact):
        """For each block the class or the range of numbers, int64 ``(n, n_blocks)``."""
        kinds = [self._kinds[j] for j in self._blocks]
        classes = compact[:, : len(kinds)].astype(np.int64)
        scores = np.zeros(classes.shape)
        scores[:, self._scalars] = compact[:, len(kinds) :]
        places = [
            kind.places(classes[:, b], scores[:, b]) for b, kind in enumerate(kinds)
        ]
        return np.column_stack(places)

    def measure(self, table):
        """Rows as a density sees them, and the log volume of each row's units."""
        columns = [table.columns[j] for j in self._blocks]
        kinds = [self._kinds[j] for j in self._blocks]
        pairs = [(column.values, column.missing) for column in columns]
        classes = [
            kind.classify(*pair) for kind, pair in zip(kinds, pairs, strict=True)
        ]
        classes = np.column_stack(classes)
        numbers = self._numbers(classes, [values for values, _ in pairs])
        log_volume = np.zeros(len(table))
        for kind, pair in zip(kinds, pairs, strict=True):
            log_volume -= kind.log_share(*pair)
        spreads = np.array([kinds[b].spread for b in self._scalars])
        log_volume += np.where(np.isnan(numbers), 0.0, np.log(spreads)).sum(axis=1)
        return classes, numbers, log_volume

    def measure_compact(self, compact, rng):
        """The same of compact rows, without the volume."""
        values, _ = self.decode(compact, rng)
        classes = compact[:, : len(self._blocks)].astype(np.int64)
        return classes, self._numbers(classes, [values[j] for j in self._blocks])

    def _numbers(self, classes, values):
        """Numbers in units of their spreads, nan where a row is in another class."""
        numbers = np.full((len(classes), len(self._scalars)), np.nan)
        for place, b in enumerate(self._scalars):
            kind = self._kinds[self._blocks[b]]
            rows = classes[:, b] == kind.continuous_class
            numbers[rows, place] = kind.offsets(values[b][rows]) / kind.spread
        return numbers
