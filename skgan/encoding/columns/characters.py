"""Characters by their alphabets, and runs of them drawn by their frequencies."""

import string
import sys
import unicodedata
from collections import Counter
from itertools import chain, pairwise

import numpy as np

from skgan.storage import stored
from skgan.storage.fields import array, instance, one_of, require

DIGIT, LOWER, UPPER = CLASSES = [*map(ord, "0aA")]
MAX_SIZE = 10**6  # characters of a run
ALPHABETS = 0xF0000  # private code points name the letters of other alphabets


def character_class(code):
    """Return the class of a letter or digit, a code point; others are their own."""
    char = chr(code)
    if unicodedata.category(char)[0] not in "LMN":
        return code
    if code < 0x250 or 0x1E00 <= code < 0x1F00:
        return DIGIT if char in string.digits else UPPER if char.isupper() else LOWER
    if 0x3400 <= code < 0xA000 or 0x20000 <= code < 0x40000:
        code = 0x4E00  # Chinese characters
    elif 0xAC00 <= code < 0xD800:
        code = 0xAC00  # Korean syllables
    return ALPHABETS + (code >> 8 << 1) + char.isupper()


def _alphabet(own, chars):
    """Return the codes that a class may be made of: letters, hex digits, an alphabet.

    ``chars`` are those of the class that texts have.
    """
    if own in CLASSES:
        is_hex = all(char.upper() <= "F" for char in chars)
        return range(own, own + (10 if own == DIGIT else 6 if is_hex else 26))
    if own < ALPHABETS:
        return [own]
    first = own - ALPHABETS >> 1 << 8
    codes = range(first, first + 256)
    return [c for c in codes if character_class(c) == own and chr(c).isalpha()]


@stored(
    "choice/1",
    values=array("i8 O"),
    shares=array("f8", 1, 0, 1),
)
class Choice:
    """Values drawn by their weights.

    Parameters
    ----------
    weights : dict
        The weight of each value.
    dtype : dtype, default=object
        That of the values.
    """

    grows = None

    def __init__(self, weights, dtype=object):
        self.values = np.array([*weights], dtype)
        shares = np.cumsum([*weights.values()], dtype=float)
        self.shares = shares / shares[-1]

    def check_stored(self):
        """Check that each value has a share, and that shares add up to 1."""
        is_text = self.values.dtype == object
        texts = self.values.tolist() if is_text else ()
        require(all(type(own) is str for own in texts), "objects are texts")
        require(len(self.values) == len(self.shares) > 0, "arrays are as long")
        rises = (np.diff(self.shares) >= 0).all() and self.shares[-1] == 1
        require(rises, "shares add up to 1")

    def draw(self, n, rng, extra=0):
        """Draw n values; ``extra`` makes none of them longer."""
        return self.values[np.searchsorted(self.shares, rng.random(n), side="right")]


@stored(
    "run/1",
    sizes=instance(Choice),
    first=instance(Choice),
    rest=instance(Choice),
    spare=array("i8", 1, 0, sys.maxunicode),
    grows=one_of("digits", "letters"),
)
class Run:
    """Characters by frequency, the first by its own; sizes are pooled.

    Parameters
    ----------
    texts : sequence of str
        The run in each training value.
    even : bool
        Whether all characters that fit are as frequent.
    min_rows : MinRows
        How many texts share what is stored of them.
    """

    def __init__(self, texts, even, min_rows):
        self.sizes = Choice(pooled_sizes([*map(len, texts)], min_rows), int)
        firsts = [text[0] for text in texts]
        self.first, spare = _characters(firsts, even, True, min_rows)
        self.rest, tails = self.first, [text[1:] for text in texts if len(text) > 1]
        if tails:
            self.rest, spare = _characters(tails, even, False, min_rows)
        # Of one character, texts could grow by their length alone
        self.spare = np.array(sorted(spare) if len(spare) > 1 else [*map(ord, "xyz")])
        self.grows = "digits" if DIGIT + 1 in spare else "letters"

    def check_stored(self):
        """Check that sizes are some, and characters such."""
        limits = ((self.sizes, 1, MAX_SIZE), (self.first, 0, sys.maxunicode))
        for choice, low, high in (*limits, (self.rest, 0, sys.maxunicode)):
            array("i8", 1, low, high)(choice.values)
        require(len(np.unique(self.spare)) > 1, "texts can differ")

    def draw(self, n, rng, extra=0):
        """Draw n texts, ``extra`` characters longer than training texts."""
        sizes = self.sizes.draw(n, rng) + extra
        ends = np.cumsum(sizes)
        codes = self.rest.draw(sizes.sum(), rng)
        codes[ends - sizes] = self.first.draw(n, rng)
        # What makes a text longer may be new, or it would not make it different
        longer = ends[:, None] - 1 - np.arange(extra)
        codes[longer] = rng.choice(self.spare, longer.shape)
        text = codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        return np.array([text[a:b] for a, b in pairwise([0, *ends.tolist()])], object)


def _characters(texts, even, leading, min_rows):
    """Return a choice of codes that texts share, and the codes they may be made of.

    Where few of the characters are shared, others of their classes fill up.
    """
    counts, holders = Counter("".join(texts)), Counter(chain(*map(set, texts)))
    class_of = {char: character_class(ord(char)) for char in counts}
    # A thousand texts show what five hold
    found = Counter(chain(*({class_of[char] for char in t} for t in texts[:1000])))
    held = [own for own, n in found.items() if min_rows.allows(n)] or [LOWER]
    members = {own: [c for c in counts if class_of[c] == own] for own in held}
    spare = {code for own in held for code in _alphabet(own, members[own])}
    if leading and "0" not in counts:
        spare.discard(DIGIT)
    shared = [c for c in sorted(counts) if min_rows.allows(holders[c])]
    weights = {ord(c): counts[c] for c in shared}
    rest = counts.total() - sum(weights.values())
    if even:
        weights = dict.fromkeys(sorted({*weights, *spare}), 1)
    elif rest > 0.2 * counts.total():
        for code in sorted(spare):
            weights[code] = weights.get(code, 0) + rest / len(spare)
    return Choice(weights, int), spare


def pooled_sizes(sizes, min_rows):
    """Return means of neighboring sizes that enough values hold, and their numbers."""
    sizes = sorted(sizes)
    sizes[0], sizes[-1] = sizes[1], sizes[-2]  # one value far away moves no mean
    pools, pool = Counter(), []
    for size, count in Counter(sizes).items():
        pool += [size] * count
        if min_rows.allows(len(pool)):
            last = round(np.mean(pool))
            pools[last] += len(pool)
            pool = []
    pools[last] += len(pool)
    return pools
