"""Columns of nearly unique text."""

import re

import numpy as np

from skgan.privacy import MIN_ROWS, MinRows
from skgan.storage import stored
from skgan.storage.fields import flag, instance, one_of, text, whole

from ..functions import UserFunction
from .base import ColumnEncoder
from .earlier import EarlierNames
from .patterns import PatternSampler

MIN_KEYS = 20  # rows; fewer may be numbered by chance
MAX_ROUNDS = 50  # of drawing, until enough numbers are within their dtype
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


def is_key(values: np.ndarray) -> bool:
    """Whether whole numbers name their rows: all differ, and they fill their range.

    They are at least half of all steps of one size between the least and the greatest,
    as those of some rows of a table are.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Whole numbers, none of them missing.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.encoding import is_key
    >>> is_key(np.arange(1_000, 2_000, 10)), is_key(np.arange(100) ** 2)
    (True, False)
    """
    if len(values) < MIN_KEYS:
        return False
    values = np.sort(values)
    span = int(values[-1]) - int(values[0])
    if span >= 2**62:  # differences may not fit
        return False
    steps = np.diff(values)
    return bool(steps.all()) and span < 2 * len(values) * int(np.gcd.reduce(steps))


@stored(
    "identifier_column/1",
    has_missing=flag,
    sampler=instance(PatternSampler),
    is_numeric=flag,
)
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

    is_numeric = False
    # One class, that of values which are made row by row
    _n_own, _counts = 1, np.ones(1)

    def __init__(self, texts, missing, min_rows=MIN_ROWS):
        super().__init__(missing)
        self.sampler = PatternSampler(list(texts), min_rows)
        found = sum(NUMERIC.fullmatch(str(text)) is not None for text in texts)
        self.is_numeric = found >= 0.9 * len(texts)

    def generate(self, n, rng, earlier=None):
        """Return values for n rows, all different, and none of earlier tables.

        ``earlier`` are the ``EarlierNames`` of the column, which the new ones join.
        """
        earlier = earlier or EarlierNames(n)
        texts = self.sampler.sample(n, rng, earlier)
        earlier.end(n)
        return texts

    def _classify(self, values):
        """Return class 0 for every text."""
        return np.zeros(len(values), dtype=np.int64)

    def _decode(self, classes, scores, rng):
        """Return the positions of the texts that will be drawn."""
        return np.arange(len(classes))


@stored(
    "number_identifier_column/1",
    has_missing=flag,
    sampler=instance(PatternSampler),
    is_numeric=one_of(False),
)
class NumberIdentifier(Identifier):
    """Whole numbers that name rows: fresh ones of as many digits.

    Parameters
    ----------
    numbers : ndarray of shape (n_present,)
        The training values that are present.
    missing : ndarray of shape (n,)
        Which of all are missing.
    min_rows : MinRows, default=MIN_ROWS
        How many values share what is stored of them.
    """

    def __init__(self, numbers, missing, min_rows=MIN_ROWS):
        super().__init__([*map(str, numbers.tolist())], missing, min_rows)
        self.is_numeric = False  # numbers are no text to be converted

    def generate(self, n, rng, earlier=None, ends=(-(2**63), 2**63 - 1)):
        """Return values for n rows between two ends, all different, or fewer of them.

        As many digits may make numbers that are beyond the ends, or equal: 7 and 07.
        """
        (low, high), earlier = ends, earlier or EarlierNames(n)
        text_of, found = {}, []
        for _ in range(MAX_ROUNDS):
            for drawn in self.sampler.sample(n - len(found), rng, earlier):
                number = int(drawn)
                is_new = text_of.setdefault(number, drawn) == drawn
                if low <= number <= high and is_new and not earlier.had(str(number)):
                    found.append(number)
            if len(found) == n:
                break
        earlier.end(n, map(str, found))
        return np.array(found, dtype=np.uint64 if high >= 2**63 else np.int64)


@stored(
    "key_column/1",
    has_missing=one_of(False),
    step=whole(1, 2**62),
    next=whole(-(2**63), 2**65),
)
class Key(Identifier):
    """Whole numbers that count rows in steps of one size: new rows are counted on.

    Parameters
    ----------
    values : ndarray of shape (n,)
        The training values, none of them missing.

    Attributes
    ----------
    next, step : int
        The first new value, and the distance between two. No row has the first.
    """

    def __init__(self, values):
        ColumnEncoder.__init__(self, np.zeros(len(values), dtype=bool))
        self.step = int(np.gcd.reduce(np.diff(np.sort(values))))
        self.next = int(values.max()) + self.step

    def generate(self, n, rng, earlier=None):
        """Return values for n rows, all different, counted on from earlier tables."""
        first = self.next + self.step * (earlier.n_rows if earlier else 0)
        if earlier:
            earlier.end(n)
        last = first + self.step * (n - 1)
        dtype = np.int64 if last < 2**63 else object  # beyond, a message will tell
        return first + self.step * np.arange(n).astype(dtype)


@stored("given_column/1", has_missing=flag, name=text, function=instance(UserFunction))
class Given(Identifier):
    """Values that a function of the user makes; nothing is learned of them.

    Parameters
    ----------
    name : str
        The column's name, for messages.
    function : callable
        From a number of rows to as many values.
    missing : ndarray of shape (n,)
        Which of the training values are missing.
    """

    def __init__(self, name, function, missing):
        ColumnEncoder.__init__(self, missing)
        self.name, self.function = name, function

    def generate(self, n, rng, earlier=None):
        """Return values for n rows, as the user makes them for those of all tables."""
        earlier = earlier or EarlierNames(n)
        if earlier.given is None:
            earlier.given = self._all(earlier.n_all)
        first = earlier.n_rows
        earlier.end(n)
        return earlier.given[first : first + n]

    def _all(self, n):
        """Return what the function makes for n rows."""
        values = np.array([*self.function(n)])
        if values.shape != (n,):
            raise ValueError(
                f"identifiers[{self.name!r}] must make {n} values for {n} rows, got "
                f"an array of shape {values.shape}."
            )
        return values.astype(object) if values.dtype.kind in "US" else values
