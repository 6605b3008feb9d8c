"""Column encoders: a column's values as classes and normal scores, and back.

Each one learns in its constructor, and has ``n_classes`` (that of missing values, the
last, included), ``has_scalar``, ``ordered`` and

- ``classify(values, missing) -> classes``, -1 for a value that it does not know,
- ``encode(values, missing, rng) -> (classes, scores)``: of unknown values too; scores
  are 0 where a value is a class,
- ``decode(classes, scores, rng) -> (values, missing)``,
- ``bins(classes, scores)``: which of ``n_bins`` classes or ranges of numbers, by
  rising value if ``ranked``,
- ``log_share(values, missing)``: of each value within its class,

all of them arrays ``(n,)``. It stores a value only where as many training rows share it
as ``min_rows`` asks for.
"""

from abc import ABC, abstractmethod

import numpy as np


class ColumnEncoder(ABC):
    """What all column encoders share: the class of missing values, and bins.

    Subclasses set ``_n_own``, the number of classes of values that are present, and
    ``_counts``, in how many rows each is, and define ``_classify(values)`` and
    ``_decode(classes, scores, rng)``, of values that are present. ``draws`` says
    whether the last leaves something to chance.

    Parameters
    ----------
    missing : ndarray of shape (n,)
        Which values of the training column are missing.
    """

    has_scalar, ordered, draws = False, False, False
    _n_own: int
    _counts: np.ndarray

    @abstractmethod
    def _classify(self, values):
        """Return the class of each value that is present, -1 where it is unknown."""

    @abstractmethod
    def _decode(self, classes, scores, rng):
        """Return the values of classes that are not that of missing ones."""

    def __init__(self, missing):
        self.has_missing = bool(missing.any())

    @property
    def n_classes(self):
        """Number of classes, that of missing values included."""
        return self._n_own + self.has_missing

    def classify(self, values, missing):
        """Return the class of each value, -1 where it is unknown."""
        if not missing.any():
            return self._classify(values)
        classes = np.where(missing, self._n_own if self.has_missing else -1, 0)
        classes[~missing] = self._classify(values[~missing])
        return classes

    def log_share(self, values, missing):
        """Return log probabilities of values within classes that they share."""
        return np.zeros(len(values))

    def encode(self, values, missing, rng):
        """Return classes and normal scores; a known class stands in for unknown."""
        classes = self.classify(values, missing)
        unknown = classes < 0
        classes[unknown] = self._stand_ins(values[unknown], rng)
        return classes, np.zeros(len(values))

    def _stand_ins(self, values, rng):
        """Return classes for values that have none."""
        return drawn(self._counts, len(values), rng)

    def may_be(self, values):
        """Return which values decoded ones can be by more than chance, bool ``(n,)``.

        Those that have no class are not asked about.
        """
        return np.ones(len(values), dtype=bool)

    @property
    def spans(self):
        """Ranges of numbers that have all that are decoded, ``(n, 2)``; None: any."""
        return None

    @property
    def n_bins(self):
        """Number of bins: one for each class."""
        return self.n_classes

    @property
    def ranked(self):
        """Whether bins follow the order of values."""
        return self.ordered

    def bins(self, classes, scores):
        """Return the bin of each value: its class."""
        return classes

    def decode(self, classes, scores, rng):
        """Return values, and which of them are missing."""
        missing = (classes == self._n_own) & self.has_missing
        return self._decode(np.where(missing, 0, classes), scores, rng), missing


def positions(known, values):
    """Return where values are among known ones, which rise, and -1 of others."""
    n = len(known)
    are_whole = known.dtype == values.dtype == np.int64
    if are_whole and n and int(known[-1]) - int(known[0]) == n - 1:  # as codes are
        at = values - known[0]  # modulo 2**64, which takes none for another
        return np.where((at >= 0) & (at < n), at, -1)
    if not n:
        return np.full(len(values), -1)
    at = np.searchsorted(known, values).clip(max=n - 1)
    return np.where(known[at] == values, at, -1)


def drawn(counts, n, rng):
    """Draw positions by counts."""
    if n == 0:
        return np.zeros(0, dtype=np.int64)
    return rng.choice(len(counts), size=n, p=counts / counts.sum())
