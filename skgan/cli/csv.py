"""CSV files as tables of numbers and text that go back as they were.

A column becomes numbers only if every value would be written as it stands in the file.
All else is text, of which the encoder finds dates, times and other numbers, and writes
them as they stood. Needs pandas.
"""

import io
import re
import warnings
from decimal import Decimal

from ..encoding.frames import find_format
from .dialect import NUMBER, SAMPLE

MISSING = ["", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "?"]  # among numbers
NEARLY_ALL = 0.95  # of the values of a column
THOUSANDS = {".": ",", ",": "."}  # by the decimal mark


def parse_csv(content, dialect, path):
    """Read all values of a CSV file, as text.

    Raises
    ------
    ValueError
        If the file is empty or no table.
    """
    import pandas as pd

    how = {"sep": dialect.sep, "dtype": str, "keep_default_na": False}
    how |= {"index_col": False, "encoding": dialect.encoding}
    how["skiprows"] = int(dialect.has_sep_line)
    header = 0 if dialect.has_names else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            table = pd.read_csv(io.BytesIO(content), **how, header=header)
        first = pd.read_csv(io.BytesIO(content), **how, header=None, nrows=1).iloc[0]
    except pd.errors.EmptyDataError as error:
        raise ValueError(f"{path} is empty.") from error
    except pd.errors.ParserWarning as error:
        longer = "rows have more values than there are names"
        hint = _hint_at_spaces(content, dialect)
        raise ValueError(f"{path} is no table: {longer}.{hint}") from error
    except pd.errors.ParserError as error:
        reason = str(error).strip().rpartition("error: ")[2]
        hint = _hint_at_spaces(content, dialect)
        raise ValueError(f"{path} is no table: {reason}{hint}") from error
    if dialect.has_names:
        check_names(path, first)
        _check_one(path, first, dialect.sep)
        if len(first) == len(table.columns):
            table.columns = list(first)  # pandas gives a name to one without: an index
    else:
        name_columns(table)
    return table.fillna("")  # rows that end early


def _hint_at_spaces(content, dialect):
    """Words about a separator that is not looked for, if nearly all lines have it."""
    text = content[:SAMPLE].decode(dialect.encoding, errors="ignore")
    lines = [line.strip() for line in text.splitlines()[int(dialect.has_sep_line) :]]
    lines = [line for line in lines if line]
    counts = [line.count(" ") for line in lines]
    if dialect.sep in lines[0] or not counts[0]:
        return ""
    if counts.count(counts[0]) < NEARLY_ALL * len(counts):
        return ""
    return " If spaces stand between values, give --sep ' '."


def has_spaces(texts):
    """Whether the one column of a table may be several, with spaces between values."""
    if len(texts.columns) != 1:
        return False
    name = texts.columns[0]
    n_spaces = {str(name).strip().count(" "), *texts[name].str.strip().str.count(" ")}
    return len(n_spaces) == 1 and n_spaces != {0}


def name_columns(table):
    """Name the columns of a file without a line of names."""
    table.columns = [f"column_{j + 1}" for j in range(len(table.columns))]


def check_names(path, names):
    """Refuse names that occur twice."""
    if names.duplicated().any():
        twice = names[names.duplicated()].iloc[0]
        raise ValueError(f"names of columns must differ: {path} has {twice!r} twice.")


def _check_one(path, names, sep):
    """Refuse a line of names with another separator."""
    others = [mark for mark in ";\t|," if mark != sep and mark in names.iloc[0]]
    if len(names) == 1 and others:
        raise ValueError(
            f"{path} has one column, {names.iloc[0]!r}: give --sep {others[0]!r}."
        )


def find_decimal(texts, sep=","):
    """Find the decimal mark of a table: a comma if more columns have that than points.

    "1,234" may be of thousands, and says nothing. "1.234" is of thousands where
    semicolons stand between values, as they do where commas stand before decimals, if
    no column tells otherwise.
    """
    n_columns = {}
    numbers = [own for own in map(_numbers_of, map(texts.get, texts)) if len(own)]
    for mark, other in THOUSANDS.items():
        sure = rf"[+-]?(?:\d+|\d{{1,3}}(?:\{other}\d{{3}})+)\{mark}(?:\d\d?|\d{{4,}})"
        sure = rf"{sure}|[+-]?0?\{mark}\d+"
        n_columns[mark] = sum(own.str.fullmatch(sure).any() for own in numbers)
    if sep == ";" and not any(n_columns.values()):
        return "," if any(map(_has_points_of_thousands, numbers)) else "."
    return "," if n_columns[","] > n_columns["."] else "."


def _numbers_of(column):
    """The numbers of a column of text, none where not nearly all values are numbers."""
    present = _present(column)
    is_number = present.str.fullmatch(NUMBER)
    return present[is_number & (is_number.mean() >= NEARLY_ALL)]


def _has_points_of_thousands(numbers):
    """Whether points stand where those of thousands do, in more than one number."""
    grouped = r"[+-]?(?:\d{1,3}|[1-9]\d{0,2}(?:\.\d{3})+)"
    with_points = numbers[numbers.str.contains(".", regex=False)]
    return with_points.nunique() > 1 and numbers.str.fullmatch(grouped).all()


def has_thousands(texts, decimal):
    """Whether something stands between the thousands of a column's numbers."""
    between = THOUSANDS[decimal]
    return any(
        column.str.contains(between, regex=False).any()
        and column.str.fullmatch(grouped(decimal)).all()
        for column in (_present(column) for _, column in texts.items())
    )


def grouped(decimal):
    """A pattern of numbers, in which thousands may stand apart."""
    mark, group = re.escape(decimal), re.escape(THOUSANDS[decimal])
    return rf"-?\d{{1,3}}(?:{group}\d{{3}})*(?:{mark}\d+)?"


def as_numbers(texts, decimal=".", all_of_them=False):
    """Turn columns of text to numbers where they are, and the encoder finds none.

    It finds those that are no mere digits, which may be codes. What stands for a
    missing value among what is not text, is one.

    Parameters
    ----------
    texts : data frame
        Columns of text.
    decimal : str
        The decimal mark.
    all_of_them : bool
        Whether those that the encoder finds are turned to numbers, too.

    Returns
    -------
    table : data frame
        The columns, missing values as such.
    formats : dict
        By the names of columns, the number of decimals that all values have, or None,
        and what stands between thousands, or "".
    """
    columns, formats = {}, {}
    for name, column in texts.items():
        present, found = _present(column), None
        written = _written(present)
        is_of_encoder = written and getattr(written, "mark", decimal) == decimal
        if len(present) and (all_of_them or not is_of_encoder):
            found = _as_numbers(present, decimal)
        if found is not None:
            columns[name] = found[0].reindex(column.index)
            if found[1] != (None, ""):
                formats[name] = found[1]
        elif is_of_encoder:
            columns[name] = present.reindex(column.index)
        else:
            columns[name] = column.mask(column == "")
    return type(texts)(columns), formats


def _present(column):
    """Values of a column of text, stripped, without those that mark missing ones."""
    stripped = column.dropna().str.strip()
    return stripped[~stripped.isin(MISSING)]


def _written(present):
    """What the encoder finds in a column of text; None without any."""
    counts = present.value_counts()
    return find_format(counts.index.tolist(), counts.to_numpy())


def _as_numbers(texts, decimal):
    """Parse texts as numbers, and find how all are written; or return None."""
    import pandas as pd

    between = THOUSANDS[decimal]
    if texts.str.contains(between, regex=False).any():
        if not texts.str.fullmatch(grouped(decimal)).all():
            return None
        texts = texts.str.replace(between, "", regex=False)
    else:
        between = ""
    plain = texts.str.replace(decimal, ".", regex=False)
    try:
        numbers = pd.to_numeric(plain)
    except ValueError:
        return None
    if numbers.dtype == "int64" and (numbers.astype(str) == plain).all():
        return numbers.astype("Int64"), (0 if between else None, between)
    numbers = numbers.astype("float64")
    if not all(map(_comes_back, plain, numbers)):
        return None
    decimals = plain.str.partition(".")[2].str.len()
    is_fixed = decimals.nunique() == 1 and not plain.str.contains("[eE]").any()
    n_decimals = int(decimals.iloc[0]) if is_fixed else None
    return numbers.astype("Float64"), (n_decimals, between)


def _comes_back(text, number):
    """Tell whether a number, as it is written, is the text that it was parsed from.

    An exponent may be written in several ways, and ".5" and "5." are plain numbers to
    some programs. Whole numbers must keep all digits.
    """
    mantissa, exponent, _ = text.removeprefix("-").lower().partition("e")
    written = format(Decimal(mantissa), "f")
    if mantissa not in (written, written.removeprefix("0"), f"{written}."):
        return False
    return bool(exponent) or "." in text or Decimal(text) == number


def as_text(rows, formats, decimal="."):
    """Write numbers of rows in the formats of the file."""
    for name, (n_decimals, between) in formats.items():
        size = "" if n_decimals is None else f".{n_decimals}f"
        number = f"{{:{',' if between else ''}{size}}}".format
        texts = rows[name].map(number, na_action="ignore").astype("str")
        marks = str.maketrans(",.", f"{between or ','}{decimal}")
        rows[name] = texts.str.translate(marks)
    return rows
