"""CSV files as tables of numbers, dates and text that go back as they were.

pandas proposes numbers or dates for a column; the column becomes them only if every
value would be written as it stands in the file. All else is text: "01234", "+49",
"TRUE". Needs pandas.
"""

import warnings
from decimal import Decimal

from .files import STDIN, read_again

DAY = r"[12][0-9]{7}"  # "20200131"
MISSING = ["", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "?"]  # among numbers


def read_csv(path, sep=","):
    """Read all values of a CSV file with a line of names, as text.

    Raises
    ------
    ValueError
        If the file is empty, no text in UTF-8 or no table.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise ValueError("pandas is needed: pip install 'skgan[csv]'.") from error
    how = {"sep": sep, "dtype": str, "keep_default_na": False, "index_col": False}
    source = read_again(path)
    path = "the standard input" if path == STDIN else path
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            table = pd.read_csv(source(), **how)
        names = pd.read_csv(source(), **how, header=None, nrows=1).iloc[0]
    except pd.errors.EmptyDataError as error:
        raise ValueError(f"{path} is empty.") from error
    except pd.errors.ParserWarning as error:
        longer = "rows have more values than there are names"
        raise ValueError(f"{path} is no table: {longer}.") from error
    except pd.errors.ParserError as error:
        reason = str(error).strip().rpartition("error: ")[2]
        raise ValueError(f"{path} is no table: {reason}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text in UTF-8: {error}") from error
    _check_names(path, names, sep)
    if len(table) < 2:
        found = f"{len(table)} row(s) below its names"
        raise ValueError(f"{path} has {found}, 2 are needed.")
    return table.fillna("")  # rows that end early


def _check_names(path, names, sep):
    """Refuse names that occur twice, and a line of names with another separator."""
    if names.duplicated().any():
        twice = names[names.duplicated()].iloc[0]
        raise ValueError(f"names of columns must differ: {path} has {twice!r} twice.")
    others = [mark for mark in ";\t|," if mark != sep and mark in names.iloc[0]]
    if len(names) == 1 and others:
        raise ValueError(
            f"{path} has one column, {names.iloc[0]!r}: give --sep {others[0]!r}."
        )


def as_numbers_and_dates(texts, decimal="."):
    """Turn columns of text to numbers and dates where they are.

    Returns
    -------
    table : data frame
        The columns, missing values as such.
    formats : dict
        By the names of columns, the format of dates, or the number of decimals that
        all values have.
    """
    columns, formats = {}, {}
    for name, column in texts.items():
        stripped = column.str.strip()
        present = stripped[~stripped.isin(MISSING)]
        found = None
        if len(present):
            is_of_days = present.str.fullmatch(DAY).all()  # or numbers, of no calendar
            found = _as_dates(present) if is_of_days else None
            found = found or _as_numbers(present, decimal) or _as_dates(present)
        if found is None:
            columns[name] = column.mask(column == "")
            continue
        columns[name] = found[0].reindex(column.index)
        if found[1] is not None:
            formats[name] = found[1]
    return type(texts)(columns), formats


def _as_numbers(texts, decimal):
    """Parse texts as numbers, and count the decimals that all have; or return None."""
    import pandas as pd

    # Exchanged, so that "1.234" is no number where the decimal mark is a comma
    plain = texts.str.translate(str.maketrans(decimal + ".", "." + decimal))
    try:
        numbers = pd.to_numeric(plain)
    except ValueError:
        return None
    if numbers.dtype == "int64" and (numbers.astype(str) == plain).all():
        return numbers.astype("Int64"), None
    numbers = numbers.astype("float64")
    if not all(map(_comes_back, plain, numbers)):
        return None
    decimals = plain.str.partition(".")[2].str.len()
    is_fixed = decimals.nunique() == 1 and not plain.str.contains("[eE]").any()
    return numbers.astype("Float64"), int(decimals.iloc[0]) if is_fixed else None


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


def _as_dates(texts):
    """Parse texts as dates, and find the format that all have; or return None."""
    import pandas as pd
    from pandas.tseries.api import guess_datetime_format

    first = texts.iloc[0]
    # "03/04/2020" is of March or of April: of April, unless another value forbids it
    for is_day_first in [False] if first[:4].isdigit() else [True, False]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # another order fits better
            written_as = guess_datetime_format(first, dayfirst=is_day_first) or ""
        if "%Y" not in written_as:  # a century would be guessed, too
            continue
        written_as = written_as.replace("%z", "Z")  # other offsets do not come back
        dates = pd.to_datetime(texts, format=written_as, errors="coerce")
        if (dates.dt.strftime(written_as) == texts).all():
            return dates, written_as
    return None


def as_text(rows, formats, decimal="."):
    """Write numbers and dates of rows in the formats of the file."""
    for name, written_as in formats.items():
        if isinstance(written_as, str):
            rows[name] = rows[name].dt.strftime(written_as)
        else:
            number = f"{{:.{written_as}f}}".format
            texts = rows[name].map(number, na_action="ignore").astype("str")
            rows[name] = texts.str.replace(".", decimal, regex=False)
    return rows


def as_table(rows):
    """Rows of a model as a data frame of pandas, whatever container they come in.

    Raises
    ------
    ValueError
        If they are images.
    """
    import narwhals as nw
    import pandas as pd

    if nw.from_native(rows, pass_through=True) is not rows:
        return nw.from_native(rows).to_pandas()
    if rows.ndim != 2:
        raise ValueError(f"a CSV file holds tables, not images of {rows.shape[1:]}.")
    return pd.DataFrame(rows)
