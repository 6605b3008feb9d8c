"""CSV files as tables of numbers, dates and text that go back as they were.

A column is numbers or dates only if every value comes back from it as it stands in the
file; all else is text: "01234", "+49", "TRUE". Needs pandas.
"""

import os
import shutil
import warnings

MISSING = ["", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "?"]  # among numbers
WHOLE = r"-?(?:0|[1-9]\d{0,17})"
NUMBER = r"-?(?:0|[1-9]\d*)?(?:{}\d*)?(?:[eE][-+]?\d+)?"
CLOCK = ["", " %H:%M", " %H:%M:%S", "T%H:%M:%S", "T%H:%M:%SZ", "T%H:%M:%S.%fZ"]
DATES = [f"%Y-%m-%d{clock}" for clock in CLOCK]
DATES += ["%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y"]


def read_csv(path, sep=","):
    """All values of a CSV file with a line of names, as text.

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
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            table = pd.read_csv(path, **how)
        names = pd.read_csv(path, **how, header=None, nrows=1).iloc[0]
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
    if names.duplicated().any():
        twice = names[names.duplicated()].iloc[0]
        raise ValueError(f"names of columns must differ: {path} has {twice!r} twice.")
    other = [mark for mark in ";\t|," if mark != sep and mark in names.iloc[0]]
    if len(names) == 1 and other:
        raise ValueError(
            f"{path} has one column, {names.iloc[0]!r}: give --sep {other[0]!r}."
        )
    if len(table) < 2:
        found = f"{len(table)} row(s) below its names"
        raise ValueError(f"{path} has {found}, 2 are needed.")
    return table.fillna("")  # rows that end early


def as_numbers_and_dates(texts, decimal="."):
    """Columns of text as numbers and dates where they are; formats to write them in.

    A format is that of dates, or a number of decimals that all values have.
    """
    formats, columns = {}, {}
    for name in texts:
        column = texts[name].str.strip()
        missing = column.isin(MISSING)
        present = column[~missing]
        numbers = _numbers(column, missing, decimal) if len(present) else None
        if numbers is not None:
            columns[name] = numbers
            decimals = present.str.partition(decimal)[2].str.len()
            if decimals.nunique() == 1 and numbers.dtype == "Float64":
                formats[name] = int(decimals.iloc[0])
            continue
        columns[name], form = _dates(column, missing)
        if form:
            formats[name] = form
        else:
            columns[name] = texts[name].mask(texts[name] == "")
    return type(texts)(columns), formats


def _numbers(column, missing, decimal):
    import re

    import pandas as pd

    present = column[~missing]
    if present.str.fullmatch(WHOLE).all():
        return pd.to_numeric(column.mask(missing)).astype("Int64")
    is_long = present.str.fullmatch(r"-?\d{19,}").any()  # and would lose digits
    has_digits = present.str.contains(r"\d") & (not is_long)
    if (has_digits & present.str.fullmatch(NUMBER.format(re.escape(decimal)))).all():
        plain = column.str.replace(decimal, ".", regex=False).mask(missing)
        return pd.to_numeric(plain).astype("Float64")
    return None


def _dates(column, missing):
    """A column of dates and their format, or two Nones."""
    import pandas as pd

    present = column[~missing]
    for form in DATES if len(present) else []:
        dates = pd.to_datetime(present, format=form, errors="coerce")
        if dates.notna().all() and (dates.dt.strftime(form) == present).all():
            return pd.to_datetime(column.mask(missing), format=form), form
    return None, None


def as_text(rows, formats, decimal="."):
    """Rows with numbers and dates in the formats of the file."""
    for name, form in formats.items():
        if isinstance(form, str):
            rows[name] = rows[name].dt.strftime(form)
        else:
            texts = rows[name].map(lambda x, n=form: f"{x:.{n}f}", na_action="ignore")
            rows[name] = texts.astype("str").str.replace(".", decimal, regex=False)
    return rows


def write_csv(rows, path, sep, decimal):
    """Write rows; a file that is there stays as it is until the new one is whole."""
    path = path.resolve()
    how = {"sep": sep, "decimal": decimal, "index": False}
    if path.exists() and not path.is_file():  # a pipe or a device
        rows.to_csv(path, **how)
        return
    part = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        rows.to_csv(part, **how)
        if path.exists():
            shutil.copymode(path, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
