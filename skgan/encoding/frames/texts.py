"""Text that stands for dates, times or numbers: the one format of nearly all values."""

import numpy as np

from skgan.privacy import MIN_ROWS

from .calendars import DateFormat
from .date_orders import date_formats
from .written import number_formats

MIN_TEXTS = 20  # rows; fewer may look alike by chance
NEARLY_ALL = 0.95  # of the rows
LIKELY = 0.9  # of some rows, so that all are asked
N_TRIED = 500  # values, by which formats are chosen
FEW = 5  # distinct texts beside a frequent one; fewer are classes as that one is
NEAR_UNIQUE = 0.5  # distinct values, as a share of the rows: digits below are codes


def find_format(texts, counts):
    """Find the format in which texts stand for dates, times or numbers.

    A text counts only if it comes back from its number exactly as it stood. All texts
    decide together whether the day or the month stands first.

    Parameters
    ----------
    texts : list of str
        The distinct values of a column.
    counts : ndarray of shape (n_texts,)
        In how many rows each of them is.

    Returns
    -------
    written : DateFormat, NumberFormat or None
        None where fewer than 95 % of the rows have one format, and of digits alone that
        repeat: these are codes.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.encoding.frames import find_format
    >>> texts = [f"{day} Jun 2023" for day in range(1, 31)]
    >>> written = find_format(texts, np.ones(30))
    >>> str(written), written.text(19_000)
    ("dates as '%d %b %Y'", '8 Jan 2022')
    """
    if counts.sum() < MIN_TEXTS:
        return None
    step = -(-len(texts) // N_TRIED)
    some, weights = texts[::step], counts[::step]
    if _share([any(c.isdigit() for c in text) for text in some], weights) < NEARLY_ALL:
        return None
    likely = [
        *_likely(date_formats(some), some, weights),
        *_likely(number_formats(some), some, weights)[:1],
    ]
    if not likely:
        return None
    shares = [_share(_holds(own, texts), counts) for own in likely]
    best = int(np.argmax(shares))  # of equal ones the first
    written = likely[best]
    is_code = written.is_plain and len(texts) < NEAR_UNIQUE * counts.sum()
    if shares[best] < NEARLY_ALL or is_code:
        return None
    equal = [own for own, s in zip(likely, shares, strict=True) if s == shares[best]]
    if sum(isinstance(own, DateFormat) for own in equal) > 1:
        written = written._replace(is_ambiguous=True)
    return written


def find_beside_code(texts, counts):
    """Find the format of all texts but the most frequent one, which has another.

    That stands for a missing value then, in however many rows: "", "-", "0000-00-00".

    Parameters
    ----------
    texts : list of str
        The distinct values of a column.
    counts : ndarray of shape (n_texts,)
        In how many rows each of them is.

    Returns
    -------
    written : DateFormat, NumberFormat or None
        None where there is no such text, no such format, or fewer than five other
        texts: of "<=50K" and ">50K" neither is missing.
    """
    code = int(np.argmax(counts))
    if not MIN_ROWS.allows(counts[code]) or len(texts) - 1 < FEW:
        return None
    others = [*texts[:code], *texts[code + 1 :]]
    written = find_format(others, np.delete(counts, code))
    is_apart = written is not None and written.numbers([texts[code]]) == [None]
    return written if is_apart else None


def _holds(written, texts):
    """Return for each text whether it comes back from its number."""
    return [number is not None for number in written.numbers(texts, exact=True)]


def _likely(formats, texts, weights):
    """Return the formats that most texts have, those of the largest share first."""
    shares = [_share(_holds(own, texts), weights) for own in formats]
    order = np.argsort(-np.array(shares), kind="stable")
    return [formats[i] for i in order if shares[i] > LIKELY]


def _share(flags, weights):
    """Return the share of the rows whose texts have a flag."""
    return float(np.average(flags, weights=weights))
