"""Identifiers: fresh text of the same pattern in place of nearly unique values."""

import re
import string
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import reduce
from itertools import chain, pairwise

import numpy as np

HELD = 5  # what fewer values hold is not stored
PLACEHOLDER = 0.01  # a value of this share of the rows stands for "unknown"
COPIES = 0.02  # of trial samples; where there are more, the pattern is loosened
MAX_SHAPES, MAX_CHARACTERS = 32, 250_000  # bound the time of learning
RUN = re.compile(r"(.)\1*", re.DOTALL)
WORD = re.compile(r"([^\W_]+)")
DIGIT, LOWER, UPPER = CLASSES = [*map(ord, "0aA")]
BLOCKS = 0xF0000  # private code points name the letters of other alphabets
PLAIN = [(string.ascii_lowercase * 2)[i : i + 8] for i in range(26)]


def is_identifier(counts: np.ndarray, n_rows: int) -> bool:
    """Whether a text column names its rows rather than categories.

    It does where its distinct values number more than 70 % of its rows, or where fewer
    than 10 % of its rows hold a value that at least 5 rows share.

    Parameters
    ----------
    counts : ndarray of shape (n_values,)
        In how many rows each distinct value occurs.
    n_rows : int
        Number of rows with a value.

    Examples
    --------
    >>> import numpy as np
    >>> is_identifier(np.ones(12, dtype=int), 12)
    True
    """
    shared = counts[counts >= HELD].sum()
    return bool(len(counts) > 0.7 * n_rows or shared < 0.1 * n_rows)


class PatternSampler:
    """Fresh values with the pattern of a column of identifiers.

    A value is a sequence of runs (digits, lower case, upper case, another alphabet) and
    separators. Each common sequence keeps its share, each run its lengths and the
    frequencies of its characters; texts that values share ("ORD-", "@example.com") stay
    as they are. Where that is too varied, runs are words of mixed characters (UUIDs),
    and where those are, too, the pattern is the number of words and the shapes of the
    first, the last and those between (sentences). Values held by at least 5 rows and
    1 % of all ("", "unknown") are placeholders and come back with their share.

    Nothing is stored that fewer than 5 training values hold; fewer than 5 values give
    eight letters. A sample can be a training value by chance only.

    Parameters
    ----------
    values : sequence of str
        The training values, without the missing ones.

    Examples
    --------
    >>> import numpy as np
    >>> sampler = PatternSampler([f"ORD-{i**3:07}" for i in range(100, 200)])
    >>> sampler.sample(3, np.random.default_rng(0)).tolist()
    ['ORD-2559047', 'ORD-5307038', 'ORD-5979000']
    """

    def __init__(self, values: Sequence[str]):
        values = [str(value) for value in values]
        least = max(HELD, PLACEHOLDER * len(values))
        kept = {v: n for v, n in Counter(values).items() if n >= least}
        values = [value for value in values if value and value not in kept]
        weight = len(values) if len(values) >= HELD else not kept
        known = set(values)
        cost = sum(map(len, values)) + 10 * len(values)
        step = 1 + min(cost // MAX_CHARACTERS, len(values) // 500)
        values = values[::step] if len(values) >= HELD else PLAIN
        groups = _common_groups(values)
        # The last resorts where training values fill the space of their pattern
        for even, shared in [(False, True), (True, True), (True, False)]:
            parts, weights = _learn(values, groups, even, shared)
            weights = [weight * w / sum(weights) for w in weights]
            if kept:
                parts, weights = [*parts, _Table(kept)], [*weights, sum(kept.values())]
            self._mixture = _Mixture(parts, weights)
            trial = self.sample(500, np.random.default_rng(0))
            if sum(value in known for value in trial) <= COPIES * len(trial):
                break

    def sample(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Fresh values, all different; only placeholders repeat.

        Where a pattern has fewer than n values, its runs get longer.

        Parameters
        ----------
        n : int
            Number of values.
        rng : numpy.random.Generator
            Where randomness comes from.

        Returns
        -------
        values : ndarray of shape (n,)
            Strings, as objects.
        """
        return self._mixture.draw(n, rng, seen=set())


def _learn(values, groups, even, shared):
    """The shapes that most values have, or else those of their words; weights."""
    # A shape of one text has no fresh ones
    groups = [group for group in groups if any(len(set(texts)) > 1 for texts in group)]
    if groups:
        return _shapes(groups, even, shared)
    words = [_words(value) for value in values]
    firsts = [row[0] for row in words]
    lasts = [row[-1] for row in words if len(row) > 1]
    # One word a value, or one value might have the shape or size that five should have
    inner = [row[1 + i % (len(row) - 2)] for i, row in enumerate(words) if len(row) > 2]
    lasts = lasts if len(lasts) >= HELD else [" " + word for word in firsts]
    mixtures = []
    for chunks in (firsts, inner if len(inner) >= HELD else lasts, lasts):
        groups = _common_groups(chunks) or _groups(chunks, lambda _: LOWER)
        mixtures.append(_Mixture(*_shapes(groups, even, False)))
    first, inner, last = mixtures
    n_words = _pool([len(row) for row in words])
    parts = [_Shape([first, *[inner] * (n - 2), last][:n]) for n in n_words]
    return parts, n_words.values()


def _words(value):
    """Words with the separators before them, and those at the end."""
    pieces = WORD.split(value)
    words = [a + b for a, b in zip(pieces[:-1:2], pieces[1::2], strict=True)]
    return [*words[:-1], words[-1] + pieces[-1]] if words else [value]


def _common_groups(values):
    """Shapes of runs if they are few, else those of words; none if too few have one."""
    fine = _groups(values, _kind)
    words = _groups(
        values, lambda c: c if _kind(c) == c and c not in CLASSES else LOWER
    )
    sizes = [len(columns[0]) for columns in words]
    if 2 * sum(sizes) < len(values):
        return []
    n_needed = 1 + int(np.sum(np.cumsum(sizes) < 0.9 * sum(sizes)))
    n_fine = sum(len(columns[0]) for columns in fine[: 3 * n_needed])
    return fine if n_fine >= 0.8 * sum(sizes) else words


def _groups(values, kind):
    """For each common sequence of kinds, the texts of its runs, one list a run."""
    kinds = {code: kind(code) for code in map(ord, set("".join(values)))}
    rows = defaultdict(list)
    for value in values:
        symbols = value.translate(kinds)
        ends = [run.end() for run in RUN.finditer(symbols)]
        shape = "".join([symbols[end - 1] for end in ends])
        rows[shape].append([value[a:b] for a, b in pairwise([0, *ends])])
    common = sorted(rows.values(), key=len, reverse=True)[:MAX_SHAPES]
    return [[*zip(*group, strict=True)] for group in common if len(group) >= HELD]


def _kind(code):
    """The class of a letter or digit, as a code point; other characters stay."""
    char = chr(code)
    if unicodedata.category(char)[0] not in "LMN":
        return code
    if code < 0x250 or 0x1E00 <= code < 0x1F00:
        return DIGIT if char in string.digits else UPPER if char.isupper() else LOWER
    if 0x3400 <= code < 0xA000 or 0x20000 <= code < 0x40000:
        code = 0x4E00  # Chinese characters
    elif 0xAC00 <= code < 0xD800:
        code = 0xAC00  # Korean syllables
    return BLOCKS + (code >> 8 << 1) + char.isupper()


def _alphabet(kind, seen):
    """What a kind may be made of: plain letters, those of hex, 256 code points."""
    if kind in CLASSES:
        is_hex = all(char.upper() <= "F" for char in seen)
        return range(kind, kind + (10 if kind == DIGIT else 6 if is_hex else 26))
    if kind < BLOCKS:
        return [kind]
    block = kind - BLOCKS >> 1 << 8
    return [
        c for c in range(block, block + 256) if _kind(c) == kind and chr(c).isalpha()
    ]


def _shapes(groups, even, shared):
    shapes = [_Shape(_parts(columns, even, shared)) for columns in groups]
    return shapes, [len(columns[0]) for columns in groups]


def _parts(columns, even, shared):
    """Runs of drawn characters in turn with texts that values share."""
    n_different = [len(set(texts)) for texts in columns]
    few = max(1, len(columns[0]) / 20 if shared else 1)
    few = min(few, max(1, max(n_different) - 1))  # something has to differ
    parts, block = [], None
    for n, texts in zip(n_different, columns, strict=True):
        if n > few:
            parts.append(_Run(texts, even))
            block = None
            continue
        if block:
            joint = [a + b for a, b in zip(block, texts, strict=True)]
            if len(set(joint)) <= few:
                parts.pop()
                texts = joint
        parts.append(_Table({t: n for t, n in Counter(texts).items() if n >= HELD}))
        block = texts
    return parts


class _Table:
    """Values drawn by their weights."""

    grows = None

    def __init__(self, weights, dtype=object):
        self.values = np.array([*weights], dtype)
        shares = np.cumsum([*weights.values()], dtype=float)
        self.shares = shares / shares[-1]

    def draw(self, n, rng, extra=0):
        return self.values[np.searchsorted(self.shares, rng.random(n), side="right")]


class _Mixture:
    """One of several parts for each text."""

    def __init__(self, parts, weights):
        self.parts, self.which = parts, _Table(dict(enumerate(weights)), int)
        self.grows = any(part.grows for part in parts)

    def draw(self, n, rng, extra=0, seen=None):
        which, texts = self.which.draw(n, rng), np.empty(n, dtype=object)
        for i, part in enumerate(self.parts):
            rows = np.flatnonzero(which == i)
            if seen is None or not part.grows:
                texts[rows] = part.draw(len(rows), rng, extra)
            else:
                texts[rows] = _draw_distinct(part, len(rows), rng, seen)
        return texts


def _draw_distinct(part, n, rng, seen):
    """Texts of one part that are not among those seen, which they join."""
    found, extra = [], 0
    while len(found) < n:
        n_drawn = max(n - len(found), 100)
        drawn = dict.fromkeys(part.draw(n_drawn, rng, extra))
        new = [text for text in drawn if text not in seen][: n - len(found)]
        seen.update(new)
        found += new
        extra += len(new) < n_drawn / 10
    return np.array(found, dtype=object)


class _Shape:
    """Parts side by side, of which one can make room for more texts."""

    def __init__(self, parts):
        self.parts = parts
        growing = [part for part in parts if part.grows]
        growing.sort(key=lambda part: part.grows == "digits")
        self.grows = growing[-1] if growing else None

    def draw(self, n, rng, extra=0):
        parts = [p.draw(n, rng, extra if p is self.grows else 0) for p in self.parts]
        return reduce(np.add, parts)


class _Run:
    """Characters by frequency, the first by its own; sizes are pooled."""

    def __init__(self, texts, even):
        self.sizes = _Table(_pool([*map(len, texts)]), int)
        self.first, spare = _characters([text[0] for text in texts], even, True)
        self.rest, tails = self.first, [text[1:] for text in texts if len(text) > 1]
        if tails:
            self.rest, spare = _characters(tails, even, False)
        # Of one character, texts could grow by their length alone
        self.spare = np.array(sorted(spare) if len(spare) > 1 else [*map(ord, "xyz")])
        self.grows = "digits" if DIGIT + 1 in spare else "letters"

    def draw(self, n, rng, extra=0):
        sizes = self.sizes.draw(n, rng) + extra
        ends = np.cumsum(sizes)
        codes = self.rest.draw(sizes.sum(), rng)
        codes[ends - sizes] = self.first.draw(n, rng)
        # What makes a text longer may be new, or it would not make it different
        longer = ends[:, None] - 1 - np.arange(extra)
        codes[longer] = rng.choice(self.spare, longer.shape)
        text = codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        return np.array([text[a:b] for a, b in pairwise([0, *ends.tolist()])], object)


def _characters(texts, even, leading):
    """Table of the codes that texts share, and the codes they may be made of.

    Where few of the characters are shared, others of their kinds fill up.
    """
    counts, holders = Counter("".join(texts)), Counter(chain(*map(set, texts)))
    kind_of = {char: _kind(ord(char)) for char in counts}
    # A thousand texts show what five hold
    kinds = Counter(chain(*({kind_of[char] for char in t} for t in texts[:1000])))
    held = [kind for kind, n in kinds.items() if n >= HELD] or [LOWER]
    seen = {kind: [c for c in counts if kind_of[c] == kind] for kind in held}
    spare = {code for kind in held for code in _alphabet(kind, seen[kind])}
    if leading and "0" not in counts:
        spare.discard(DIGIT)
    weights = {ord(c): counts[c] for c in sorted(counts) if holders[c] >= HELD}
    rest = counts.total() - sum(weights.values())
    if even:
        weights = dict.fromkeys(sorted({*weights, *spare}), 1)
    elif rest > 0.2 * counts.total():
        for code in sorted(spare):
            weights[code] = weights.get(code, 0) + rest / len(spare)
    return _Table(weights, int), spare


def _pool(sizes):
    """Means of neighbouring sizes that at least 5 values hold, and their numbers."""
    sizes = sorted(sizes)
    sizes[0], sizes[-1] = sizes[1], sizes[-2]  # one value far away moves no mean
    pools, pool = Counter(), []
    for size, count in Counter(sizes).items():
        pool += [size] * count
        if len(pool) >= HELD:
            last = round(np.mean(pool))
            pools[last] += len(pool)
            pool = []
    pools[last] += len(pool)
    return pools
