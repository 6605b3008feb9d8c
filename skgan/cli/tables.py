"""Tables in files: CSV in all its dialects, Parquet and Excel. Needs pandas."""

import io
from typing import Any, NamedTuple
from zipfile import BadZipFile

from .csv import as_numbers, as_text, find_decimal, name_columns, parse_csv
from .dialect import Dialect, dialect_of, unpacked
from .files import EXCEL, PARQUET, STDIN, TAB_SEPARATED, read_bytes, suffix_of

MIN_ROWS = 2


class Source(NamedTuple):
    """A table as it was read.

    Parameters
    ----------
    table : data frame
        Its rows. All values are text where the file is one.
    dialect : Dialect or None
        How the file writes it; None of files that have types.
    decimal : str
        Its decimal mark.
    """

    table: Any
    dialect: Dialect | None
    decimal: str

    def __str__(self):
        n_rows, n_columns = self.table.shape
        words = [f"{n_rows:,} rows of {n_columns} columns"]
        if self.dialect is not None:
            words.append(str(self.dialect))
        if self.decimal == ",":
            words.append("decimal comma")
        return ", ".join(words)

    def learned(self):
        """The table as the encoder reads it, and in which formats numbers stood."""
        if self.dialect is None:
            return self.table, {}
        return as_numbers(self.table, self.decimal)

    def learned_as(self, other):
        """The table, in which columns are numbers or text as those of another are."""
        table = self.learned()[0]
        if self.dialect is None:
            return table
        numbers = as_numbers(self.table, self.decimal, all_of_them=True)[0]
        for name in table.columns.intersection(other.columns):
            is_number = other[name].dtype.kind in "iuf"
            if is_number and table[name].dtype.kind not in "iuf":
                table[name] = numbers[name]
            elif not is_number and table[name].dtype.kind in "iuf":
                table[name] = self.table[name].mask(self.table[name] == "")
        return table


def read_source(path, options):
    """Read a table, by the options of all that read one.

    Raises
    ------
    ValueError
        If it is none, or has fewer than two rows.
    """
    name = "the standard input" if path == STDIN else path
    try:
        source = _read(path, name, options)
    except ImportError as error:
        raise ValueError(_what_is_needed(error, suffix_of(path))) from error
    # Names of years are numbers in some files, and all text in others
    table = source.table.set_axis(source.table.columns.map(str), axis=1)
    table = _without(table, options.exclude)
    if len(table) < MIN_ROWS:
        found = f"{len(table)} row(s) below its names"
        raise ValueError(f"{name} has {found}, {MIN_ROWS} are needed.")
    return source._replace(table=table)


def _read(path, name, options):
    """Read a file, whatever it is."""
    import pandas as pd

    content, suffix = read_bytes(path), suffix_of(path)
    if suffix == PARQUET:
        return Source(pd.read_parquet(io.BytesIO(content)), None, ".")
    if suffix == EXCEL:
        header = None if options.header is False else 0
        how = {"header": header, "engine": "openpyxl"}
        try:
            table = pd.read_excel(io.BytesIO(content), **how)
        except BadZipFile as error:
            raise ValueError(f"{name} is no xlsx file.") from error
        if header is None:
            name_columns(table)
        return Source(table, None, ".")
    content = unpacked(content)
    if not content.strip():
        raise ValueError(f"{name} is empty.")
    try:
        found = dialect_of(content, options.encoding, options.sep, options.header)
    except ValueError as error:
        raise ValueError(f"{name} {error}.") from error
    texts = parse_csv(content, found, name)
    return Source(texts, found, options.decimal or find_decimal(texts))


def _what_is_needed(error, suffix):
    """A sentence about a library that is not installed."""
    needs = {PARQUET: ("pyarrow", "parquet"), EXCEL: ("openpyxl", "excel")}
    library, extra = needs.get(suffix, ("pandas", "csv"))
    if error.name == "pandas":
        library = "pandas"
    return f"{library} is needed: pip install 'skgan[{extra}]'."


def _without(table, excluded):
    """The table without some columns.

    Raises
    ------
    ValueError
        If it has no such column, or no other one.
    """
    check_columns("--exclude", excluded, table)
    kept = table.drop(columns=excluded)
    if not len(kept.columns):
        raise ValueError("--exclude leaves no column.")
    return kept


def check_columns(option, names, table):
    """Refuse names that are no columns of a table."""
    for name in names:
        if name not in table.columns:
            shown = ", ".join(map(repr, table.columns))
            raise ValueError(f"{option} must be a column of {shown}, got {name!r}.")


class Writer:
    """Writes rows to a file or a stream, by the name of the file.

    Parameters
    ----------
    out : str
        The name.
    sep : str or None
        What stands between two values; None for what is usual.
    source : Source or None
        Whose dialect is kept where no other is asked for.
    """

    def __init__(self, out, sep, source=None):
        self.suffix = suffix_of(out)
        dialect = source and source.dialect
        if sep is None and self.suffix in TAB_SEPARATED:
            sep = "\t"
        elif sep is None:
            sep = dialect.sep if dialect and dialect.sep != "\t" else ","
        self.decimal = source.decimal if source else "."
        self._how = {"sep": sep, "decimal": self.decimal, "index": False}
        if dialect:
            self._how |= {"encoding": dialect.encoding, "header": dialect.has_names}

    def to(self, rows, target, formats):
        """Write rows, whose numbers have formats, to a path or a binary stream."""
        if self.suffix in (PARQUET, EXCEL):
            self._put_typed(rows, target)
        else:
            mode = {"mode": "wb"} if isinstance(target, io.IOBase) else {}
            rows = as_text(rows.copy(), formats, self.decimal)
            rows.to_csv(target, **self._how, **mode)

    def _put_typed(self, rows, target):
        """Write rows to a file that has types."""
        rows = self._typed(rows)
        try:
            if self.suffix == PARQUET:
                rows.to_parquet(target, index=False)
            else:
                rows.to_excel(target, index=False, engine="openpyxl")
        except ImportError as error:
            raise ValueError(_what_is_needed(error, self.suffix)) from error

    def _typed(self, rows):
        """Rows with numbers as such, where the encoder writes them as text."""
        rows = rows.copy()
        texts = rows.select_dtypes(["object", "str"])
        texts = texts[[c for c in texts if texts[c].dropna().map(type).eq(str).all()]]
        rows[list(texts)] = as_numbers(texts, self.decimal, all_of_them=True)[0]
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
        raise ValueError(f"a file holds tables, not images of {rows.shape[1:]}.")
    return pd.DataFrame(rows)
