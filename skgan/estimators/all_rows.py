"""More rows than are trained on: which ones are, and what is counted of all.

Networks learn from a uniform sample of rows, as more than they see teaches them
nothing. What more rows are good for is counts: of values, between the quantiles of the
sample, and of the cells that refinement rakes.
"""

import copy
import logging
import time
import warnings
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from sklearn.utils import check_random_state

from ..encoding import (
    AllRows,
    DistinctValues,
    RisingNumbers,
    TableCounts,
    is_frame,
    knowing,
    with_codes,
)
from ..refinement import MAX_REAL, CellCounts, Census, Features, bins_of, with_labels
from ..sources import draw_rows, is_source, n_rows_of, source_of, taken
from .inputs import Inputs
from .seeds import draw_seed

logger = logging.getLogger("skgan")


@dataclass(frozen=True, eq=False)
class Everything:
    """All rows, of which a fit has a sample.

    ``distinct`` and ``rising`` are what one pass over them has counted; ``y`` is the
    labels, the name of their column, or None.
    """

    source: Any
    n_rows: int
    distinct: DistinctValues
    rising: RisingNumbers
    y: Any

    def chunks(self):
        """Yield rows, and their labels where there are some."""
        start = 0
        for rows in self.source.chunks():
            chunk = slice(start, start := start + n_rows_of(rows))
            yield split_labels(rows, self.y, chunk)
        if start != self.n_rows:
            raise ValueError(
                f"X must have the same rows each time, got {self.n_rows} and then "
                f"{start}."
            )

    @property
    def in_encoding(self):
        """What an encoder has to know of them before it learns from a sample."""
        return AllRows(self.rising.keys(), frozenset())


def gather(estimator, X, y, random_state):
    """Rows in memory to train on, and all rows where these are a sample of them.

    Parameters
    ----------
    estimator : BaseGAN
        Its ``max_rows`` says how many rows are trained on; images have none.
    X, y : object
        What the user gives to ``fit``.
    random_state : int, RandomState instance or None
        What draws the rows; it stays as it is.

    Returns
    -------
    data : (X, y)
        Rows and labels, those that the user gives where they are no more.
    everything : Everything or None

    Raises
    ------
    ValueError
        If X can be read once alone, or if labels are no column where rows are read
        from elsewhere.
    """
    most = getattr(estimator, "max_rows", None)
    y = y if estimator.class_conditional else None
    if most is None:
        return (X, y), None
    is_elsewhere = is_source(X)
    if not is_elsewhere:
        if not _is_table(X) or n_rows_of(X) <= most:
            return split_labels(X, y), None
    elif y is not None and not isinstance(y, str):
        raise ValueError(
            "y must name a column of X where rows are read from elsewhere, got "
            f"{type(y).__name__}."
        )
    source, distinct, rising = source_of(X), DistinctValues(), RisingNumbers()
    pace = _Pace()

    def watch(rows):
        rows, _ = split_labels(rows, y if isinstance(y, str) else None)
        distinct(rows)
        rising(rows)
        pace(rows)

    seed = draw_seed(check_random_state(copy.deepcopy(random_state)))
    sample = draw_rows(source, most, seed, watch)
    data = split_labels(sample.rows, y, sample.numbers)
    if sample.n_rows <= most:
        return data, None
    return data, Everything(source, sample.n_rows, distinct, rising, y)


def counted(inputs: Inputs, everything, min_rows) -> Inputs:
    """The inputs of a sample, with what is counted of all rows.

    What was found between columns and does not hold in all rows is not believed.

    Raises
    ------
    ValueError
        If what is declared between columns does not hold in all rows.
    """
    encoder = inputs.encoder
    if not encoder.reads_tables:
        return inputs
    all_rows = everything.in_encoding
    while True:
        known = knowing(encoder, everything.distinct, min_rows)
        counts, census = _count(inputs, known, everything, min_rows)
        if not counts.broken:
            return inputs._replace(encoder=counts.encoder(), census=census)
        all_rows = all_rows._replace(refuted=all_rows.refuted | counts.broken)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # said before
            encoder.fit(inputs.rows, min_rows, all_rows)


def _count(inputs, encoder, everything, min_rows):
    """Counts of columns and of cells of all rows."""
    counts = TableCounts(encoder, inputs.rows, min_rows)
    labels, n_labels, pace = inputs.labels, 1, _Pace()
    if labels:
        n_labels = len(labels.classes)
    rng = np.random.default_rng(0)
    some = rng.permutation(len(inputs.rows))[:MAX_REAL]
    fine = copy.deepcopy(counts).add(inputs.rows[some], rng)
    sample = Features(fine, some, inputs.label_codes[some])
    bins = bins_of(sample, encoder, n_labels, min_rows)
    cells, label_counts = CellCounts(bins.coarse_sizes), np.zeros(n_labels, np.int64)
    for number, (X, y) in enumerate(everything.chunks()):
        rng = np.random.default_rng(number)
        fine = counts.add(encoder.read(with_codes(X)), rng)
        codes = _codes(labels, y) if labels else np.zeros(len(fine), dtype=np.int64)
        rows = with_labels(Features(fine, codes, codes), bins.sizes)
        label_counts += np.bincount(codes, minlength=n_labels)
        cells.add(bins.coarse_of_fine(rows))
        pace(X)
    found = counts.class_counts, label_counts, bins, cells
    return counts, Census(everything.n_rows, *found)


def _codes(labels, y):
    """The codes of labels of some of all rows."""
    try:
        return labels.encode(y)
    except ValueError as error:
        raise ValueError(
            "All labels must be in the max_rows rows that are trained on: leave out "
            f"rows of others, or raise max_rows: {error}"
        ) from error


def split_labels(X, y, rows=None):
    """Rows without the column of labels, if y is its name; and labels, if there are.

    Parameters
    ----------
    X : array or data frame
        Rows.
    y : str, array-like or None
        The name of a column of X, or labels, of which ``rows`` are those of X.
    rows : slice, ndarray or None, default=None
        None is all.
    """
    if isinstance(y, str) and is_frame(X):
        frame = nw.from_native(X, eager_only=True)
        if y not in frame.columns:
            raise ValueError(f"y must name a column of X, got {y!r}.")
        return frame.drop(y).to_native(), frame[y].to_native()
    if isinstance(y, str):
        raise ValueError(f"y must be labels, as arrays have no names, got {y!r}.")
    if y is None or rows is None:
        return X, y
    series = nw.from_native(y, series_only=True, pass_through=True)
    if isinstance(series, nw.Series):
        return X, series[rows].to_native()
    return X, taken(np.asarray(y), rows)


def _is_table(X):
    """Whether X has rows and columns that can be read chunk by chunk."""
    return is_frame(X) or (isinstance(X, np.ndarray) and X.ndim == 2)


class _Pace:
    """Says how many rows a second are read, now and then."""

    def __init__(self):
        self._start = self._latest = time.monotonic()
        self._n_rows = 0

    def __call__(self, rows):
        """Note that rows have been read."""
        self._n_rows += n_rows_of(rows)
        now = time.monotonic()
        if now - self._latest > 10:
            self._latest = now
            pace = self._n_rows / (now - self._start)
            logger.info("%d rows read, %.0f a second", self._n_rows, pace)
