"""Tables in files: CSV in all its dialects, Parquet and Excel. Needs pandas."""

import io
from typing import Any, NamedTuple

from ..encoding.frames.written import NumberFormat
from ..sinks import EXCEL, PARQUET, TAB_SEPARATED, needed_for, suffix_of
from ..sinks.csv import CsvSink, compressed
from ..sinks.parquet import ParquetSink
from .csv import (
    THOUSANDS,
    as_numbers,
    as_text,
    find_decimal,
    has_spaces,
    has_thousands,
    name_columns,
    parse_csv,
)
from .dialect import Dialect, dialect_of, unpacked
from .excel import parse_excel
from .files import STDIN, read_bytes

MIN_ROWS = 2


class Source(NamedTuple):
    """A table as it was read.

    Parameters
    ----------
    table : data frame or None
        Its rows. All values are text where the file is one.
    dialect : Dialect or None
        How the file writes it; None of files that have types.
    decimal : str
        Its decimal mark.
    """

    table: Any
    dialect: Dialect | None
    decimal: str

    @property
    def is_typed(self):
        """Whether numbers stand as such in the file, so that text is none."""
        return self.dialect is None

    def __str__(self):
        n_rows, n_columns = self.table.shape
        words = [f"{n_rows:,} rows of {n_columns} columns"]
        if not self.is_typed:
            words.append(str(self.dialect))
            if has_spaces(self.table):
                words.append("spaces in all lines (--sep ' '?)")
        if self.decimal == ",":
            words.append("decimal comma")
        if not self.is_typed and has_thousands(self.table, self.decimal):
            words.append(f"thousands {THOUSANDS[self.decimal]!r}")
        return ", ".join(words)

    def learned(self):
        """The table as the encoder reads it, and in which formats numbers stood."""
        if self.is_typed:
            return self.table, {}
        return as_numbers(self.table, self.decimal)

    def learned_as(self, other):
        """The table, in which columns are numbers or text as those of another are."""
        table = self.learned()[0]
        if self.is_typed:
            return table
        numbers = as_numbers(self.table, self.decimal, all_of_them=True)[0]
        for name in table.columns.intersection(other.columns):
            is_number = other[name].dtype.kind in "iuf"
            if is_number and table[name].dtype.kind not in "iuf":
                table[name] = numbers[name]
            elif not is_number and table[name].dtype.kind in "iuf":
                table[name] = self.table[name].mask(self.table[name] == "")
        return table


def source_like(schema):
    """A source without rows, that writes numbers as the columns of a model do.

    A model knows no separator: with decimal commas it is a semicolon.

    Parameters
    ----------
    schema : TableSchema or None
        That of the model's encoder; None of images.
    """
    columns = () if schema is None else schema.columns
    written = [own.written for own in columns if isinstance(own.written, NumberFormat)]
    marks = [own.mark for own in written if own.decimals or own.thousands]
    decimal = "," if 2 * marks.count(",") > len(marks) else "."
    sep = ";" if decimal == "," else ","
    return Source(None, Dialect("utf-8", sep, has_names=True), decimal)


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
        raise ValueError(needed_for(suffix_of(path), error)) from error
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
        has_names = options.header is not False
        table = parse_excel(content, has_names, name)
        if not has_names:
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
    decimal = options.decimal or find_decimal(texts, found.sep)
    return Source(texts, found, decimal)


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
    """Writes tables below each other to a binary stream, by the name of a file.

    Parameters
    ----------
    out : str
        The name.
    sep : str or None
        What stands between two values; None for what is usual.
    source : Source
        Whose dialect is kept where no other is asked for.
    """

    def __init__(self, out, sep, source):
        self.out, self.suffix = out, suffix_of(out)
        self._is_typed, dialect = source.is_typed, source.dialect
        if sep is None and self.suffix in TAB_SEPARATED:
            sep = "\t"
        elif sep is None:
            sep = dialect.sep if dialect and dialect.sep != "\t" else ","
        self.decimal = source.decimal
        self._how = {"sep": sep, "decimal": self.decimal}
        if dialect:
            self._how |= {"encoding": dialect.encoding, "header": dialect.has_names}

    def to(self, stream, specimen, tables, formats):
        """Write tables, whose numbers have formats.

        ``specimen`` is a table that shows the types of all columns.
        """
        try:
            if self.suffix == PARQUET:
                self._put_parquet(stream, specimen, tables)
            elif self.suffix == EXCEL:
                rows = self._typed(_below_each_other(tables))
                rows.to_excel(stream, index=False, engine="openpyxl")
            else:
                with (
                    compressed(stream, self.out) as packed,
                    CsvSink(packed, **self._how) as sink,
                ):
                    for rows in tables:
                        sink.write(as_text(rows.copy(), formats, self.decimal))
        except ImportError as error:
            raise ValueError(needed_for(self.suffix, error)) from error

    def _put_parquet(self, stream, specimen, tables):
        """Write tables to a Parquet file."""
        typed = self._typed(specimen)
        with ParquetSink(stream, typed) as sink:
            for rows in tables:
                sink.write(_typed_as(rows, typed, self.decimal))

    def _typed(self, rows):
        """Rows with numbers as such, where the encoder writes them as text.

        Of a file that has types, what stood as text stays text.
        """
        if self._is_typed:
            return rows
        rows = rows.copy()
        texts = rows[_texts(rows)]
        texts = texts[[c for c in texts if {*map(type, texts[c].dropna())} <= {str}]]
        rows[list(texts)] = as_numbers(texts, self.decimal, all_of_them=True)[0]
        return rows


def _texts(rows):
    """Names of the columns of text, or of objects."""
    return list(rows.select_dtypes(["object", "str"]))


def _typed_as(rows, typed, decimal):
    """Rows with numbers as such, where those of another table are."""
    rows = rows.copy()
    for name in set(_texts(rows)).difference(_texts(typed)):
        numbers = as_numbers(rows[[name]].fillna(""), decimal, all_of_them=True)[0]
        rows[name] = numbers[name].astype(object).astype(typed[name].dtype)
    return rows


def _below_each_other(tables):
    """Tables below each other."""
    import pandas as pd

    return pd.concat(list(tables), ignore_index=True)
