"""What rows of earlier tables were named, so that later ones are named otherwise."""

from hashlib import blake2b

import numpy as np


class EarlierNames:
    """The names of one column in tables that are made one after the other.

    Of texts a hash of eight bytes is kept. Two of the same hash are taken for one, and
    another is drawn.

    Parameters
    ----------
    n_all : int
        Number of rows of all tables.

    Attributes
    ----------
    n_rows : int
        Number of rows that have been named.
    given : ndarray of shape (n_all,) or None
        Names of all tables, where a function of the user has made them.
    """

    def __init__(self, n_all):
        self.n_all, self.n_rows, self.given = n_all, 0, None
        self._hashes, self._latest = np.zeros(0, dtype=np.uint64), set()

    def __contains__(self, text):
        return text in self._latest or self.had(text)

    def update(self, texts):
        """Let texts be known, of the table that is being made."""
        self._latest.update(texts)

    def had(self, text):
        """Whether an earlier table may have had a text."""
        if not len(self._hashes):
            return False
        own = _hash(text)
        at = np.searchsorted(self._hashes, own)
        return bool(at < len(self._hashes) and self._hashes[at] == own)

    def end(self, n, texts=()):
        """Let a table of n rows be an earlier one, and further texts be known."""
        self.n_rows += n
        if self.n_rows < self.n_all:
            new = np.unique([_hash(text) for text in self._latest.union(texts)])
            new = new.astype(np.uint64)
            at = np.searchsorted(self._hashes, new)
            self._hashes = np.insert(self._hashes, at, new)
        self._latest = set()


def _hash(text):
    """A hash of a text, the same in all processes."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))
