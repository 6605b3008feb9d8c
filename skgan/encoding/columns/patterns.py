"""Fresh text of the same pattern in place of nearly unique values."""

import re
import string
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from skgan.privacy import MIN_ROWS, MinRows
from skgan.storage import stored
from skgan.storage.fields import instance

from .characters import CLASSES, LOWER, Choice, Run, character_class, pooled_sizes
from .mixtures import Mixture, Shape

PLACEHOLDER = 0.01  # a value of this share of the rows stands for "unknown"
COPIES = 0.02  # of trial samples; where there are more, the pattern is loosened
MAX_SHAPES, MAX_CHARACTERS = 32, 250_000  # bound the time of learning
RUN = re.compile(r"(.)\1*", re.DOTALL)
WORD = re.compile(r"([^\W_]+)")
PLAIN = [(string.ascii_lowercase * 2)[i : i + 8] for i in range(26)]


@stored("pattern_sampler/1", _mixture=instance(Mixture))
class PatternSampler:
    """Fresh values with the pattern of a column of identifiers.

    A value is a sequence of runs (digits, lower case, upper case, another alphabet) and
    separators. Each common sequence keeps its share, each run its lengths and the
    frequencies of its characters; texts that values share ("ORD-", "@example.com") stay
    as they are. Where that is too varied, runs are words of mixed characters (UUIDs),
    and where those are, too, the pattern is the number of words and the shapes of the
    first, the last and those between (sentences). Values held by enough rows and 1 % of
    all ("", "unknown") are placeholders and come back with their share.

    Nothing is stored that too few training values hold; too few values give eight
    letters. A sample can be a training value by chance only.

    Parameters
    ----------
    values : sequence of str
        The training values, without the missing ones.
    min_rows : MinRows, default=MIN_ROWS
        How many values are enough.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.encoding.columns import PatternSampler
    >>> sampler = PatternSampler([f"ORD-{i**3:07}" for i in range(100, 200)])
    >>> sampler.sample(3, np.random.default_rng(0)).tolist()
    ['ORD-2559047', 'ORD-5307038', 'ORD-5979000']
    """

    def __init__(self, values: Sequence[str], min_rows: MinRows = MIN_ROWS):
        values = [str(value) for value in values]
        least = max(min_rows.n, PLACEHOLDER * len(values))
        kept = {v: n for v, n in Counter(values).items() if n >= least}
        values = [value for value in values if value and value not in kept]
        is_enough = min_rows.allows(len(values))
        weight = len(values) if is_enough else not kept
        known = set(values)
        cost = sum(map(len, values)) + 10 * len(values)
        step = 1 + min(cost // MAX_CHARACTERS, len(values) // 500)
        values = values[::step] if is_enough else PLAIN
        groups = _common_groups(values, min_rows)
        # The last resorts where training values fill the space of their pattern
        for even, shared in [(False, True), (True, True), (True, False)]:
            parts, weights = _learn(values, groups, even, shared, min_rows)
            weights = [weight * w / sum(weights) for w in weights]
            if kept:
                parts, weights = [*parts, Choice(kept)], [*weights, sum(kept.values())]
            self._mixture = Mixture(parts, weights)
            trial = self.sample(500, np.random.default_rng(0))
            if sum(value in known for value in trial) <= COPIES * len(trial):
                break

    def sample(
        self, n: int, rng: np.random.Generator, taken: set[str] | None = None
    ) -> np.ndarray:
        """Draw fresh values, all different; only placeholders repeat.

        Where a pattern has fewer than n values, its runs get longer.

        Parameters
        ----------
        n : int
            Number of values.
        rng : numpy.random.Generator
            Where randomness comes from.
        taken : set of str, default=None
            Values that are not drawn again, which the new ones join.

        Returns
        -------
        values : ndarray of shape (n,)
            Strings, as objects.
        """
        return self._mixture.draw(n, rng, taken=set() if taken is None else taken)


def _learn(values, groups, even, shared, min_rows):
    """Return the shapes that most values have, or else those of words; weights."""
    # A shape of one text has no fresh ones
    groups = [group for group in groups if any(len(set(texts)) > 1 for texts in group)]
    if groups:
        return _shapes(groups, even, shared, min_rows)
    words = [_words(value) for value in values]
    firsts = [row[0] for row in words]
    lasts = [row[-1] for row in words if len(row) > 1]
    # One word a value, or one value might have the shape or size that five should have
    inner = [row[1 + i % (len(row) - 2)] for i, row in enumerate(words) if len(row) > 2]
    if not min_rows.allows(len(lasts)):
        lasts = [" " + word for word in firsts]
    mixtures = []
    for chunks in (firsts, inner if min_rows.allows(len(inner)) else lasts, lasts):
        groups = _common_groups(chunks, min_rows)
        groups = groups or _groups(chunks, lambda _: LOWER, min_rows)
        mixtures.append(Mixture(*_shapes(groups, even, False, min_rows)))
    first, inner, last = mixtures
    n_words = pooled_sizes([len(row) for row in words], min_rows)
    parts = [Shape([first, *[inner] * (n - 2), last][:n]) for n in n_words]
    return parts, n_words.values()


def _words(value):
    """Split a value into words with the separators before them, and at the end."""
    pieces = WORD.split(value)
    words = [a + b for a, b in zip(pieces[:-1:2], pieces[1::2], strict=True)]
    return [*words[:-1], words[-1] + pieces[-1]] if words else [value]


def _common_groups(values, min_rows):
    """Return shapes of runs if they are few, else of words; none if few have one."""
    fine = _groups(values, character_class, min_rows)
    words = _groups(values, _word_class, min_rows)
    sizes = [len(columns[0]) for columns in words]
    if 2 * sum(sizes) < len(values):
        return []
    n_needed = 1 + int(np.sum(np.cumsum(sizes) < 0.9 * sum(sizes)))
    n_fine = sum(len(columns[0]) for columns in fine[: 3 * n_needed])
    return fine if n_fine >= 0.8 * sum(sizes) else words


def _word_class(code):
    """Return one class for all letters and digits; other characters are their own."""
    own = character_class(code)
    return code if own == code and code not in CLASSES else LOWER


def _groups(values, class_of, min_rows):
    """Return for each common sequence of classes the texts of its runs."""
    classes = {code: class_of(code) for code in map(ord, set("".join(values)))}
    rows = defaultdict(list)
    for value in values:
        symbols = value.translate(classes)
        ends = [run.end() for run in RUN.finditer(symbols)]
        shape = "".join([symbols[end - 1] for end in ends])
        rows[shape].append([value[a:b] for a, b in pairwise([0, *ends])])
    common = sorted(rows.values(), key=len, reverse=True)[:MAX_SHAPES]
    common = [group for group in common if min_rows.allows(len(group))]
    return [[*zip(*group, strict=True)] for group in common]


def _shapes(groups, even, shared, min_rows):
    """Return a shape for each group of texts, and the sizes of groups."""
    shapes = [Shape(_parts(columns, even, shared, min_rows)) for columns in groups]
    return shapes, [len(columns[0]) for columns in groups]


def _parts(columns, even, shared, min_rows):
    """Return runs of drawn characters in turn with texts that values share."""
    n_different = [len(set(texts)) for texts in columns]
    few = max(1, len(columns[0]) / 20 if shared else 1)
    few = min(few, max(1, max(n_different) - 1))  # something has to differ
    parts, fixed = [], None
    for n, texts in zip(n_different, columns, strict=True):
        if n > few:
            parts.append(Run(texts, even, min_rows))
            fixed = None
            continue
        if fixed:
            joint = [a + b for a, b in zip(fixed, texts, strict=True)]
            if len(set(joint)) <= few:
                parts.pop()
                texts = joint
        held = {t: n for t, n in Counter(texts).items() if min_rows.allows(n)}
        parts.append(Choice(held))
        fixed = texts
    return parts
