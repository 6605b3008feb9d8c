"""A uniform sample of rows that depends on nothing but a seed and their numbers."""

from typing import NamedTuple

import numpy as np

from .rows import concatenated, n_rows_of, taken


class RowSample(NamedTuple):
    """Some rows of a source, in its order.

    ``numbers`` ``(n,)`` are those of the rows among all ``n_rows``, from 0 on.
    """

    rows: object
    numbers: np.ndarray
    n_rows: int


def draw_rows(source, n, seed, watch=lambda chunk: None):
    """Draw rows, each with the same chance, in one pass.

    They are those with the smallest hashes of (seed, number of the row): the same ones
    however the source is cut. If there are no more than ``n``, all.

    Parameters
    ----------
    source : Source
        All rows.
    n : int
        How many at most.
    seed : int
        Of the hashes.
    watch : callable, default=does nothing
        Called with each chunk of rows.

    Returns
    -------
    sample : RowSample
        The rows.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.sources import draw_rows, source_of
    >>> X = np.arange(1_000).reshape(500, 2)
    >>> draw_rows(source_of(X), 3, seed=0).numbers
    array([215, 320, 338])
    """
    kept = _Smallest(n)
    n_rows = 0
    for rows in source.chunks():
        numbers = np.arange(n_rows, n_rows + n_rows_of(rows))
        kept.add(row_hashes(seed, numbers), numbers, rows)
        n_rows += len(numbers)
        watch(rows)
    rows, numbers = kept.end()
    return RowSample(rows, numbers, n_rows)


def row_hashes(seed, numbers):
    """Return hashes of whole numbers, uint64 ``(n,)``: of different ones, different.

    Two rounds of SplitMix64 (Steele, Lea and Flood 2014), which is a bijection.
    """
    with np.errstate(over="ignore"):
        mixed = numbers.astype(np.uint64)
        for key in np.random.SeedSequence(seed).generate_state(2, np.uint64):
            mixed = mixed + (key | np.uint64(1))
            mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            mixed = mixed ^ (mixed >> np.uint64(31))
    return mixed


class _Smallest:
    """The rows of the n smallest hashes so far, and some that were such."""

    def __init__(self, n):
        self.n, self.limit = n, None  # from which on no hash is small enough
        self._hashes, self._numbers, self._rows = [], [], []
        self._n_held = 0

    def add(self, hashes, numbers, rows):
        """Take the rows of a chunk that are among the smallest."""
        if self.limit is not None:
            small = np.flatnonzero(hashes < self.limit)
            hashes, numbers = hashes[small], numbers[small]
            rows = taken(rows, small)
        self._hashes.append(hashes)
        self._numbers.append(numbers)
        self._rows.append(rows)
        self._n_held += len(hashes)
        if self._n_held > self.n + max(self.n // 4, 100_000):
            self._cut()

    def _cut(self):
        """Leave out the rows that are no longer among the smallest."""
        hashes = np.concatenate(self._hashes)
        if len(hashes) > self.n:
            self.limit = np.partition(hashes, self.n)[self.n]
            small = [np.flatnonzero(own < self.limit) for own in self._hashes]
            parts = self._hashes, self._numbers
            self._hashes, self._numbers = (
                [own[rows] for own, rows in zip(part, small, strict=True)]
                for part in parts
            )
            self._rows = [
                taken(own, rows) for own, rows in zip(self._rows, small, strict=True)
            ]
        self._rows = [concatenated(self._rows)]
        self._hashes = [np.concatenate(self._hashes)]
        self._numbers = [np.concatenate(self._numbers)]
        self._n_held = len(self._numbers[0])

    def end(self):
        """Return the rows in order, and their numbers."""
        if self._n_held > self.n:
            self._cut()
        return concatenated(self._rows), np.concatenate(self._numbers)
