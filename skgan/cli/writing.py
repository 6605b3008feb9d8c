"""Rows as the command line writes them: like those of a file. Needs pandas."""

from ..sinks import EXCEL, PARQUET, TAB_SEPARATED, needed_for, suffix_of
from ..sinks.csv import CsvSink, compressed
from ..sinks.parquet import ParquetSink
from .csv import as_numbers, as_text


class Writer:
    """Writes tables below each other to a binary stream, by the name of a file.

    Parameters
    ----------
    out : str
        The name.
    sep : str or None
        What stands between two values; None for what is usual.
    like : TableFile
        The file that the new one is like where nothing else is asked for.
    """

    def __init__(self, out, sep, like):
        self.out, self.suffix, self.like = out, suffix_of(out), like
        usual = "\t" if self.suffix in TAB_SEPARATED else like.sep
        self._how = {"sep": sep or usual, "decimal": like.decimal}
        self._how |= {"encoding": like.encoding, "header": like.has_names}

    def to(self, stream, specimen, tables):
        """Write tables; ``specimen`` is one that shows the types of all columns."""
        try:
            if self.suffix == PARQUET:
                self._put_parquet(stream, specimen, tables)
            elif self.suffix == EXCEL:
                rows = self._typed(_below_each_other(tables))
                header = self.like.has_names
                rows.to_excel(stream, index=False, header=header, engine="openpyxl")
            else:
                self._put_text(stream, tables)
        except ImportError as error:
            raise ValueError(needed_for(self.suffix, error)) from error

    def _put_text(self, stream, tables):
        """Write tables to a file of text."""
        how = self.like.formats, self.like.decimal
        with (
            compressed(stream, self.out) as packed,
            CsvSink(packed, **self._how) as sink,
        ):
            for rows in tables:
                self._put_rows(sink, as_text(rows.copy(), *how))

    def _put_rows(self, sink, rows):
        """Write rows as text.

        Raises
        ------
        ValueError
            If the encoding lacks a character.
        """
        try:
            sink.write(rows)
        except UnicodeEncodeError as error:
            raise ValueError(
                f"{self.out} cannot be written in {self._how['encoding']}, which lacks "
                f"{error.object[error.start]!r}: give --encoding utf-8."
            ) from error

    def _put_parquet(self, stream, specimen, tables):
        """Write tables to a Parquet file."""
        typed = self._typed(specimen)
        with ParquetSink(stream, typed) as sink:
            for rows in tables:
                sink.write(_typed_as(rows, typed, self.like.decimal))

    def _typed(self, rows):
        """Rows with numbers as such, where the encoder writes them as text.

        Of a file that has types, what stood as text stays text.
        """
        if self.like.is_typed:
            return rows
        rows = rows.copy()
        texts = rows[_texts(rows)]
        texts = texts[[c for c in texts if {*map(type, texts[c].dropna())} <= {str}]]
        numbers = as_numbers(texts, self.like.decimal, all_of_them=True)[0]
        rows[list(texts)] = numbers
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
