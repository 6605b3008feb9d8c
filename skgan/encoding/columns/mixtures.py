"""Texts of several parts, side by side or one of them."""

from functools import reduce

import numpy as np

from skgan.storage import stored
from skgan.storage.fields import instance, many, require

from .characters import Choice, Run

RAREST = 1e-5  # share of the texts of a mixture that can be longer, if any can


def _part(value):
    """Check that a value is a part, one of the classes below included."""
    instance(Choice, Run, Mixture, Shape)(value)


PARTS = many(_part, least=1)


@stored("mixture/1", derived=("grows",), parts=PARTS, which=instance(Choice))
class Mixture:
    """One of several parts for each text, drawn by their weights."""

    def __init__(self, parts, weights):
        self.parts, self.which = parts, Choice(dict(enumerate(weights)), int)
        self.grows = any(part.grows for part in parts)

    def check_stored(self):
        """Check that each part has a share, and set whether texts can be longer."""
        numbers = np.arange(len(self.parts))
        require(np.array_equal(self.which.values, numbers), "each part has a share")
        is_part = all(isinstance(part, Shape | Choice) for part in self.parts)
        require(is_part, "parts are shapes or choices")
        shares = np.diff(self.which.shares, prepend=0.0)
        growing = [part.grows is not None for part in self.parts]
        self.grows = any(growing)
        rare = self.grows and shares[growing].sum() < RAREST
        require(not rare, "texts can grow soon")

    def draw(self, n, rng, extra=0, taken=None):
        """Draw n texts, none among those taken, which they join if they are given."""
        which, texts = self.which.draw(n, rng), np.empty(n, dtype=object)
        for i, part in enumerate(self.parts):
            rows = np.flatnonzero(which == i)
            if taken is None or not part.grows:
                texts[rows] = part.draw(len(rows), rng, extra)
            else:
                texts[rows] = _draw_distinct(part, len(rows), rng, taken)
        return texts


def _draw_distinct(part, n, rng, taken):
    """Draw texts of one part that are not among those taken, which they join."""
    found, extra = [], 0
    while len(found) < n:
        n_drawn = max(n - len(found), 100)
        drawn = dict.fromkeys(part.draw(n_drawn, rng, extra))
        new = [text for text in drawn if text not in taken][: n - len(found)]
        taken.update(new)
        found += new
        extra += len(new) < n_drawn / 10
    return np.array(found, dtype=object)


@stored("shape/1", derived=("grows",), parts=PARTS)
class Shape:
    """Parts side by side, of which one can make room for more texts."""

    def __init__(self, parts):
        self.parts = parts
        self._set_growing()

    def check_stored(self):
        """Check that parts are runs or words, which are of runs, and which grows."""
        for part in self.parts:
            require(not isinstance(part, Shape), "words are in mixtures")
            words = part.parts if isinstance(part, Mixture) else []
            runs = [word.parts for word in words if isinstance(word, Shape)]
            is_deep = any(isinstance(run, Mixture) for own in runs for run in own)
            require(not is_deep, "words are of runs")
        self._set_growing()

    def _set_growing(self):
        """Set the part that makes room for more texts."""
        parts = self.parts
        growing = [part for part in parts if part.grows]
        growing.sort(key=lambda part: part.grows == "digits")
        self.grows = growing[-1] if growing else None

    def draw(self, n, rng, extra=0):
        """Draw n texts, longer by ``extra`` characters in the part that grows."""
        parts = [p.draw(n, rng, extra if p is self.grows else 0) for p in self.parts]
        return reduce(np.add, parts)
