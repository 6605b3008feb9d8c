"""Rows in a file by its name, whole or not at all."""

from contextlib import contextmanager

from ..storage.whole import whole_file
from .arrays import ArraySink
from .csv import CsvSink, compressed
from .names import (
    ARRAY,
    FORMATS,
    PARQUET,
    TAB_SEPARATED,
    compression_of,
    needed_for,
    suffix_of,
)
from .parquet import ParquetSink
from .tables import as_table


def write_rows(path, n_rows, specimen, chunks):
    """Write rows to a file while they are drawn.

    Parameters
    ----------
    path : path-like
        The file: Parquet, CSV or, of arrays of numbers, numpy's, by its name.
    n_rows : int
        How many rows there are in all chunks.
    specimen : callable
        ``specimen()`` is a chunk in which no column lacks all values, by which types
        are chosen.
    chunks : iterable of (rows, labels)
        Rows of a model, and their labels or None.

    Raises
    ------
    ValueError
        If the name says no format, or one that does not hold such rows.
    ImportError
        If a library is not installed.
    OSError
        If the file cannot be written.
    """
    suffix = suffix_of(path)
    is_text = suffix not in (PARQUET, ARRAY)  # which nobody compresses once more
    if suffix not in FORMATS or (compression_of(path) and not is_text):
        known = ", ".join(FORMATS)
        raise ValueError(f"path must end in one of {known}, got {str(path)!r}.")
    try:
        with whole_file(path) as file:
            if suffix == ARRAY:
                with ArraySink(file, n_rows) as sink:
                    for rows, labels in chunks:
                        sink.write(rows, labels)
                return
            with _table_sink(file, path, suffix, specimen) as sink:
                for rows, labels in chunks:
                    sink.write(as_table(rows, labels))
    except ImportError as error:
        raise ImportError(needed_for(suffix, error)) from error


@contextmanager
def _table_sink(file, path, suffix, specimen):
    """What writes tables to a file of a format."""
    if suffix == PARQUET:
        with ParquetSink(file, as_table(*specimen())) as sink:
            yield sink
        return
    sep = "\t" if suffix in TAB_SEPARATED else ","
    with compressed(file, path) as stream, CsvSink(stream, sep=sep) as sink:
        yield sink
