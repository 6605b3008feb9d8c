"""Kinds of columns: their values as classes and normal scores, and back.

Every kind has ``n_classes`` (that of missing values, the last, included),
``has_scalar``, ``ordered`` and

- ``classify(values, missing) -> classes``, -1 for a value that it does not know,
- ``encode(values, missing, rng) -> (classes, scores)``: of unknown values too; scores
  are 0 where a value is a class,
- ``decode(classes, scores, rng) -> (values, missing)``,
- ``places(classes, scores)``: which of ``n_places`` classes or ranges of numbers, by
  rising value if ``ranked``,
- ``log_share(values, missing)``: of each value within its class,

all of them arrays ``(n,)``. A kind stores a value only where at least five training
rows share it.
"""

import numpy as np


class Kind:
    """What all kinds share: the class of missing values, and places."""

    has_scalar, ordered = False, False

    def __init__(self, missing):
        self.has_missing = bool(missing.any())

    @property
    def n_classes(self):
        """Number of classes, that of missing values included."""
        return self._n_own + self.has_missing

    def classify(self, values, missing):
        """The class of each value, -1 where it is unknown."""
        classes = np.where(missing, self._n_own if self.has_missing else -1, 0)
        classes[~missing] = self._classify(values[~missing])
        return classes

    def log_share(self, values, missing):
        """Log probability of values within their classes, where these are shared."""
        return np.zeros(len(values))

    def encode(self, values, missing, rng):
        """Classes and normal scores."""
        classes = self.classify(values, missing)
        unknown = classes < 0
        classes[unknown] = self._stand_ins(values[unknown], rng)
        return classes, np.zeros(len(values))

    def _stand_ins(self, values, rng):
        return drawn(self._counts, len(values), rng)

    @property
    def n_places(self):
        """Number of places: a class each."""
        return self.n_classes

    @property
    def ranked(self):
        """Whether places follow the order of values."""
        return self.ordered

    def places(self, classes, scores):
        """The place of each value: its class."""
        return classes

    def decode(self, classes, scores, rng):
        """Values, and which of them are missing."""
        missing = (classes == self._n_own) & self.has_missing
        return self._decode(np.where(missing, 0, classes), scores, rng), missing


def drawn(counts, n, rng):
    """Positions, drawn by counts."""
    if n == 0:
        return np.zeros(0, dtype=np.int64)
    return rng.choice(len(counts), size=n, p=counts / counts.sum())
