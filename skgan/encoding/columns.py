"""One class for each kind of column, and which kind a column is."""

import re

import numpy as np
from scipy.special import ndtri

from .identifiers import PatternSampler, is_identifier
from .kinds import Kind, drawn
from .numbers import Number
from .quantiles import MIN_ROWS

NUMERIC = re.compile(r"[\d\s.,:/%€$£+-]+(?:T[\d:.+-]+Z?)?")
MAX_FEW = 20  # distinct values up to which numbers are classes
MAX_CLASSES, N_FREQUENT, N_GROUPS = 128, 96, 32  # of a text with many categories


class Constant(Kind):
    """One value, or none but missing ones."""

    def __init__(self, values, missing):
        super().__init__(missing)
        present = values[~missing]
        self.value = present[0] if len(present) else values.dtype.type(0)
        self._n_own = int(len(present) > 0)
        self._counts = np.ones(1)

    def _classify(self, values):
        return np.where(values == self.value, 0, -1)

    def _decode(self, classes, scores, rng):
        return np.full(len(classes), self.value)


class Few(Kind):
    """Few distinct numbers, or categories: each is a class, in their order.

    A value of fewer than five rows goes to the nearest one if order has a meaning, and
    otherwise to any.
    """

    def __init__(self, present, missing, *, ordered, least=MIN_ROWS):
        super().__init__(missing)
        distinct, counts = np.unique(present, return_counts=True)
        self.ordered = ordered
        kept = counts >= min(least, counts.max())
        self._values, self._counts = distinct[kept], counts[kept]
        self._n_own = len(self._values)

    @property
    def order_scores(self):
        """The normal score of each class's middle rank."""
        shares = (self._counts + 0.5) / (self._counts + 0.5).sum()
        return ndtri(np.cumsum(shares) - shares / 2)

    def _classify(self, values):
        at = np.searchsorted(self._values, values).clip(max=self._n_own - 1)
        return np.where(self._values[at] == values, at, -1)

    def _stand_ins(self, values, rng):
        if not self.ordered:
            return super()._stand_ins(values, rng)
        above = np.searchsorted(self._values, values).clip(max=self._n_own - 1)
        below = (above - 1).clip(min=0)
        gap = np.abs(self._values - values[:, None].astype(np.float64))
        rows = np.arange(len(values))
        return np.where(gap[rows, below] < gap[rows, above], below, above)

    def _decode(self, classes, scores, rng):
        return self._values[classes]


class Many(Kind):
    """Many categories: the frequent ones are classes, the others share some classes.

    The members of a shared class are drawn by their frequencies.
    """

    def __init__(self, present, missing):
        super().__init__(missing)
        distinct, counts = np.unique(present, return_counts=True)
        order = np.argsort(-counts, kind="stable")
        rest = len(order) - N_FREQUENT
        shared = np.arange(rest) * N_GROUPS // rest + N_FREQUENT
        classes = np.concatenate([np.arange(N_FREQUENT), shared])
        by_value = np.argsort(distinct[order])
        self._values = distinct[order][by_value]
        self._class, self._counts = classes[by_value], counts[order][by_value]
        self._n_own = N_FREQUENT + N_GROUPS

    def _classify(self, values):
        at = np.searchsorted(self._values, values).clip(max=len(self._values) - 1)
        return np.where(self._values[at] == values, self._class[at], -1)

    def log_share(self, values, missing):
        """Log probability of values within their classes, where these are shared."""
        at = np.searchsorted(self._values, values).clip(max=len(self._values) - 1)
        known = (self._values[at] == values) & ~missing
        totals = np.bincount(self._class, self._counts)
        return np.where(known, np.log(self._counts[at] / totals[self._class[at]]), 0.0)

    def _stand_ins(self, values, rng):  # a rare value is best told by another rare one
        rest = np.where(self._class >= N_FREQUENT, self._counts, 0)
        return self._class[drawn(rest, len(values), rng)]

    def _decode(self, classes, scores, rng):
        members = np.zeros(len(classes), dtype=np.int64)
        for own in np.unique(classes):
            rows = classes == own
            counts = np.where(self._class == own, self._counts, 0)
            members[rows] = drawn(counts, rows.sum(), rng)
        return self._values[members]


class Identifier(Kind):
    """Near-unique text: fresh values of the same pattern."""

    def __init__(self, texts, missing):
        super().__init__(missing)
        self.sampler = PatternSampler(list(texts))
        # Nine of ten texts look like numbers or dates
        found = sum(NUMERIC.fullmatch(str(text)) is not None for text in texts)
        self.is_numeric = found >= 0.9 * len(texts)
        self._n_own, self._counts = 1, np.ones(1)

    def _classify(self, values):
        return np.zeros(len(values), dtype=np.int64)

    def _decode(self, classes, scores, rng):
        return np.arange(len(classes))  # of the texts drawn for them


def recode(column):
    """A column that stores categories of five rows or more only; others become -1."""
    if column.kind != "category" or column.declared:
        return column
    counts = np.bincount(
        column.values[~column.missing], minlength=len(column.categories)
    )
    kept = counts >= MIN_ROWS
    codes = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)  # one, if all miss
    categories = tuple(
        c for c, keep in zip(column.categories, kept, strict=True) if keep
    )
    return column._replace(values=codes[column.values], categories=categories)


def kind_of(column, categorical=False):
    """The kind of a column of a table.

    One value: constant. Near-unique text: an identifier. Categories: classes, up to 128
    or else shared ones. Numbers of at most 20 distinct values: classes; other numbers:
    spikes and normal scores. ``categorical`` makes categories of numbers and of text.

    Raises
    ------
    ValueError
        If categories that are no text have no value of at least five rows.
    """
    values, missing = column.values, column.missing
    present = values[~missing]
    distinct, counts = np.unique(present, return_counts=True)
    if len(distinct) == 0:
        return Constant(values, missing)
    if column.kind == "category":
        return _kind_of_categories(column, counts, categorical)
    if len(present) < MIN_ROWS <= len(values):  # too few to tell of: as if none
        return Constant(values, np.ones(len(values), dtype=bool))
    if len(distinct) == 1:
        return Constant(values, missing)
    if categorical:
        _check_shared(column, counts)
        many = (counts >= MIN_ROWS).sum() > MAX_CLASSES
        kept = present[np.isin(present, distinct[counts >= MIN_ROWS])]
        return Many(kept, missing) if many else Few(present, missing, ordered=False)
    if len(distinct) <= MAX_FEW and len(present) >= MIN_ROWS * len(distinct):
        return Few(present, missing, ordered=True)
    return Number(values, missing)


def _kind_of_categories(column, counts, categorical):
    missing = column.missing
    if column.declared:
        present = column.values[~missing]
        return Few(present, missing, ordered=column.ordered, least=1)
    n_rows = np.count_nonzero(~missing)
    if column.is_text and not categorical and is_identifier(counts, n_rows):
        texts = np.array(column.categories, dtype=object)
        return Identifier(texts[column.values[~missing]], missing)
    _check_shared(column, counts)
    values = recode(column).values
    present = values[~missing & (values >= 0)]
    if (counts >= MIN_ROWS).sum() > MAX_CLASSES:
        return Many(present, missing)
    if len(counts) == 1:
        return Constant(values, missing)
    return Few(present, missing, ordered=column.ordered)


def _check_shared(column, counts):
    if counts.max() < MIN_ROWS:
        other = "" if column.is_text else "be text or numbers, or "
        raise ValueError(
            f"Column {column.name!r} must {other}have values that at least {MIN_ROWS} "
            f"rows share, got {len(counts)} different ones in {counts.sum()} rows."
        )
