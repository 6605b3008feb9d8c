"""How a text file writes a table, found in its bytes. Imports nothing heavy."""

import bz2
import csv
import gzip
import io
import lzma
import re
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

PACKED = {b"\x1f\x8b": gzip, b"BZh": bz2, b"\xfd7zXZ\x00": lzma}  # by first bytes
# How archives (of xlsx and ods, too), older spreadsheets, Parquet and Zstandard begin
BINARY = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"\x28\xb5\x2f\xfd"
MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a mark",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
}
SEPARATORS = {"\t": "tab", ";": "';'", "|": "'|'", ",": "','"}
SAMPLE = 2**18  # characters, in which a separator and a line of names are looked for
MIN_LINES = 20  # fewer may be like the first one by chance
BEYOND = 0.1  # of the width of numbers, as the 1 of rows that are counted is below 2
NEAR_UNIQUE = 0.5  # distinct texts, as a share of the lines: the next one is new, too
SEP_LINE = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)  # written for Excel
NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)*|[.,]\d+)([eE][+-]?\d+)?")


class Dialect(NamedTuple):
    """How a text file writes a table.

    Parameters
    ----------
    encoding : str
        A codec of Python.
    sep : str
        What stands between two values.
    has_names : bool
        Whether the first line holds names.
    has_sep_line : bool, default=False
        Whether a line "sep=;" stands before all that.
    is_guess : bool, default=False
        Whether the first line may as well hold values.
    """

    encoding: str
    sep: str
    has_names: bool
    has_sep_line: bool = False
    is_guess: bool = False

    def __str__(self):
        encoding = ENCODINGS.get(self.encoding, self.encoding)
        sep = SEPARATORS.get(self.sep, repr(self.sep))
        names = said_of_names(self.has_names, not self.is_guess)
        skipped = ", first line 'sep=' skipped" if self.has_sep_line else ""
        return f"separator {sep}, {encoding}{skipped}{names}"


def unpacked(content):
    """Return bytes as they were before gzip, bzip2 or xz."""
    for start, library in PACKED.items():
        if content.startswith(start):
            return library.decompress(content)
    return content


def dialect_of(content, encoding=None, sep=None, has_names=None):
    """Find how bytes write a table, as far as it is not given.

    Raises
    ------
    ValueError
        If they are no text.
    """
    if content.startswith(BINARY) and b"\0" in content:
        raise ValueError(
            "is no text. Files that are read end in .parquet or .xlsx, or are CSV or "
            "TSV, packed by gzip, bzip2 or xz, or not"
        )
    encoding = encoding or encoding_of(content)
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise ValueError(f"is no text in {encoding}: {error}") from error
    if "\0" in text[:SAMPLE]:
        raise ValueError(f"is no text in {ENCODINGS.get(encoding, encoding)}")
    lines = _whole_lines(text)
    sep_line = SEP_LINE.fullmatch(lines[0]) if lines else None
    if sep_line:
        lines, sep = lines[1:], sep or sep_line[1]
    sep = sep or separator_of(lines)
    names = has_names, True
    if has_names is None:
        names = line_of_names(_rows(lines, sep))
    return Dialect(encoding, sep, names[0], sep_line is not None, not names[1])


def encoding_of(content):
    """Find the encoding by its mark; without one, UTF-8 if that is possible.

    Raises
    ------
    ValueError
        If bytes are text in neither UTF-8 nor Windows-1252.
    """
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return encoding
    for encoding in ("utf-8", "cp1252"):
        try:
            content.decode(encoding)
            return encoding
        except UnicodeDecodeError as error:
            reason = error
    raise ValueError(f"is no text in UTF-8 or Windows-1252: give --encoding ({reason})")


def separator_of(lines):
    """Find what divides most lines into the same number of values.

    A comma is the last choice: it may stand before decimals, the others seldom stand
    in values. ``csv.Sniffer`` finds commas in "1,5;2,5".
    """
    best, most = ",", 0.0
    for sep in SEPARATORS:
        sizes = Counter(map(len, _rows(lines, sep)))
        size, count = sizes.most_common(1)[0] if sizes else (0, 0)
        share = count / max(sizes.total(), 1)
        if size > 1 and share > most:
            best, most = sep, share
    return best


def said_of_names(has_names, is_sure):
    """Words about the first line, where it is not as it usually is."""
    if not is_sure:
        return ", first line taken for names (--no-header?)"
    return "" if has_names else ", no line of names"


def line_of_names(rows):
    """Tell whether the first of some rows holds names, and whether that is sure.

    Without evidence it does. It holds values if it is like the other rows in each
    column: a number between the least and the greatest one, or hardly beyond, or a text
    that stands there again; of texts that nearly all differ nothing is asked. Half of
    its values must say so. Numbers that count on (years, 0, 1, 2) are names, whatever
    stands below. In few rows nothing but a text above numbers is evidence.
    """
    first, others = (rows[0], rows[1:]) if rows else ([], [])
    others = [row for row in others if len(row) == len(first)]
    columns = [*zip(*others, strict=True)]
    if len(others) < MIN_LINES:
        return True, any(map(_is_above_numbers, first, columns))
    if _counts_on(first):
        return True, True
    likes = [_is_like(*pair) for pair in zip(first, columns, strict=True)]
    if False in likes:
        return True, True
    return (True, False) if 2 * likes.count(True) < len(likes) else (False, True)


def _is_above_numbers(value, column):
    """Whether a text stands above numbers and nothing else."""
    present = [other for other in column if other]
    is_text = value and not NUMBER.fullmatch(value)
    return bool(is_text and present and all(map(NUMBER.fullmatch, present)))


def _is_like(value, column):
    """Whether a value is like those of its column; None where nobody can tell."""
    present = [other for other in column if other]
    if not value or not present:
        return None
    if all(map(NUMBER.fullmatch, present)):
        if not NUMBER.fullmatch(value):
            return False
        numbers = [*map(_number, present)]
        low, high = min(numbers), max(numbers)
        beyond = BEYOND * (high - low)
        return low - beyond <= _number(value) <= high + beyond
    if value in present:
        return True
    return None if len(set(present)) > NEAR_UNIQUE * len(present) else False


def _counts_on(values):
    """Whether values are at least two whole numbers in steps of one size."""
    if len(values) < 2 or not all(re.fullmatch(r"\d+", value) for value in values):
        return False
    steps = {int(b) - int(a) for a, b in pairwise(values)}
    return len(steps) == 1 and steps != {0}


def _number(text):
    """A number that stands as text; whatever mark is the last one is the decimal."""
    whole, mark, decimals = text.replace(",", ".").rpartition(".")
    return float(f"{whole.replace('.', '')}{mark}{decimals}")


def _rows(lines, sep):
    """Divide lines into values; none where a library cannot."""
    try:
        rows = csv.reader(lines, delimiter=sep, skipinitialspace=True)
        return [[value.strip() for value in row] for row in rows if row]
    except csv.Error:
        return []


def _whole_lines(text):
    """The first lines of a text, without one that is cut."""
    lines = io.StringIO(text[:SAMPLE].lstrip("\ufeff"), newline="").readlines()
    return lines[:-1] if len(text) > SAMPLE and len(lines) > 1 else lines
