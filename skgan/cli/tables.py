"""Tables in files: CSV in all its dialects, Parquet and Excel. Needs pandas."""

import io
from typing import Any, NamedTuple

from ..encoding.frames.written import NumberFormat
from ..sinks import EXCEL, PARQUET, TAB_SEPARATED, needed_for, suffix_of
from ..sinks.table_file import TableFile
from .csv import (
    THOUSANDS,
    as_numbers,
    find_decimal,
    has_spaces,
    has_thousands,
    parse_csv,
)
from .dialect import Dialect, dialect_of, said_of_names, unpacked
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
    suffix : str, default=""
        That of its name.
    first : tuple of bool, default=(True, True)
        Of a file that has types, whether its first line holds names, and whether that
        is sure.
    """

    table: Any
    dialect: Dialect | None
    decimal: str
    suffix: str = ""
    first: tuple = (True, True)

    @property
    def is_typed(self):
        """Whether numbers stand as such in the file, so that text is none."""
        return self.dialect is None

    def __str__(self):
        n_rows, n_columns = self.table.shape
        words = [f"{n_rows:,} rows of {n_columns} columns"]
        if self.is_typed:
            words[0] += said_of_names(*self.first)
        else:
            words.append(str(self.dialect))
            if has_spaces(self.table):
                words.append("spaces in all lines (--sep ' '?)")
        if self.decimal == ",":
            words.append("decimal comma")
        if not self.is_typed and has_thousands(self.table, self.decimal):
            words.append(f"thousands {THOUSANDS[self.decimal]!r}")
        return ", ".join(words)

    def learned(self):
        """The table as the encoder reads it, and how new rows are written like it."""
        names = tuple(self.table.columns)
        if self.is_typed:
            return self.table, TableFile(names, has_names=self.first[0])
        table, formats = as_numbers(self.table, self.decimal)
        sep, encoding = self.dialect.sep, self.dialect.encoding
        if self.suffix in TAB_SEPARATED and sep == "\t":
            sep = TableFile().sep  # tabs are of the name, which a new file may not have
        own = sep, self.decimal, encoding, self.dialect.has_names, formats
        return table, TableFile(names, False, *own)

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


def file_of(gan):
    """How rows of a generator are written: as in the file that it was fitted to.

    Of one that was fitted in Python no file is known but the decimal mark of most of
    its columns, which are text; with a comma a semicolon stands between values.
    """
    known = getattr(gan, "_table_file", None)
    if known is not None:
        return known
    schema = gan.encoder_.schema
    columns = () if schema is None else schema.columns  # none of images
    written = [own.written for own in columns if isinstance(own.written, NumberFormat)]
    marks = [own.mark for own in written if own.decimals or own.thousands]
    if 2 * marks.count(",") > len(marks):
        return TableFile(sep=";", decimal=",")
    return TableFile()


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
        table, first = parse_excel(content, options.header, name)
        return Source(table, None, ".", suffix, first)
    content = unpacked(content)
    if not content.strip():
        raise ValueError(f"{name} is empty.")
    try:
        found = dialect_of(content, options.encoding, options.sep, options.header)
    except ValueError as error:
        raise ValueError(f"{name} {error}.") from error
    texts = parse_csv(content, found, name)
    decimal = options.decimal or find_decimal(texts, found.sep)
    return Source(texts, found, decimal, suffix)


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
