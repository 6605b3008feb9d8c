"""Columns of nearly unique text."""

import re

import numpy as np

from skgan.privacy import MIN_ROWS, MinRows

from .base import ColumnEncoder
from .patterns import PatternSampler

NUMERIC = re.compile(r"[\d\s.,:/%€$£+-]+(?:T[\d:.+-]+Z?)?")


def is_identifier(
    counts: np.ndarray, n_rows: int, min_rows: MinRows = MIN_ROWS
) -> bool:
    """Whether a text column names its rows rather than categories.

    It does where its distinct values number more than 70 % of its rows, or where fewer
    than 10 % of its rows hold a value that enough rows share.

    Parameters
    ----------
    counts : ndarray of shape (n_values,)
        In how many rows each distinct value occurs.
    n_rows : int
        Number of rows with a value.
    min_rows : MinRows, default=MIN_ROWS
        How many rows are enough.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.encoding import is_identifier
    >>> is_identifier(np.ones(12, dtype=int), 12)
    True
    """
    shared = counts[min_rows.allows(counts)].sum()
    return bool(len(counts) > 0.7 * n_rows or shared < 0.1 * n_rows)


class Identifier(ColumnEncoder):
    """Near-unique text: fresh values of the same pattern.

    Parameters
    ----------
    texts : sequence of object
        The training values that are present.
    missing : ndarray of shape (n,)
        Which of all are missing.
    min_rows : MinRows, default=MIN_ROWS
        How many values share what is stored of them.

    Attributes
    ----------
    sampler : PatternSampler
        Draws fresh values.
    is_numeric : bool
        Whether nine of ten texts look like numbers or dates.
    """

    def __init__(self, texts, missing, min_rows=MIN_ROWS):
        super().__init__(missing)
        self.sampler = PatternSampler(list(texts), min_rows)
        found = sum(NUMERIC.fullmatch(str(text)) is not None for text in texts)
        self.is_numeric = found >= 0.9 * len(texts)
        self._n_own, self._counts = 1, np.ones(1)

    def _classify(self, values):
        """Return class 0 for every text."""
        return np.zeros(len(values), dtype=np.int64)

    def _decode(self, classes, scores, rng):
        """Return the positions of the texts that will be drawn."""
        return np.arange(len(classes))
