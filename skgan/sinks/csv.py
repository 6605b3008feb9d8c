"""CSV files, a few rows at a time."""

import bz2
import gzip
import io
import lzma
import zipfile
from contextlib import contextmanager
from pathlib import Path

from .names import compression_of
from .tables import as_pandas


class CsvSink:
    """Writes tables below each other, the names of columns once.

    Parameters
    ----------
    file : binary file
        Where to.
    sep, decimal, encoding : str
        What stands between two values, the decimal mark, and how text is encoded.
    header : bool, default=True
        Whether the first line holds the names of columns.
    """

    def __init__(self, file, *, sep=",", decimal=".", encoding="utf-8", header=True):
        # One for all tables: each would begin with a mark of the encoding
        self._text = io.TextIOWrapper(file, encoding=encoding, newline="")
        self._how = {"sep": sep, "decimal": decimal, "index": False}
        self._header, self._timed = header, set()  # columns that have had times

    def __enter__(self):
        return self

    def write(self, table):
        """Write the rows of a table, as ``as_table`` makes it."""
        table = self._with_times(as_pandas(table))
        table.to_csv(self._text, header=self._header, **self._how)
        self._header = False

    def _with_times(self, table):
        """A table whose days have times if those of earlier tables had some.

        pandas leaves times out where all of a column are midnight, as those of a few
        rows may be.
        """
        for name in table.select_dtypes("datetime"):
            days = table[name]
            if (days.dropna() != days.dropna().dt.normalize()).any():
                self._timed.add(name)
            elif name in self._timed:
                table = table.assign(**{name: days.dt.strftime("%Y-%m-%d %H:%M:%S")})
        return table

    def __exit__(self, *_):
        self._text.detach()  # flushed; the file stays as it is for whoever gave it


@contextmanager
def compressed(file, name):
    """Compress what is written to a binary file, as a name says.

    The file says neither when it was written nor how it is called, so that the same
    rows are the same bytes.

    Parameters
    ----------
    file : binary file
        Where to.
    name : path-like
        Ends in .gz, .bz2, .xz, .zip or .zst; else nothing is compressed.

    Yields
    ------
    binary file

    Raises
    ------
    ImportError
        If the library is not installed: zstandard is none of Python's own.
    """
    suffix = compression_of(name)
    if not suffix:
        yield file
    elif suffix == ".zip":
        member = zipfile.ZipInfo(Path(name).stem)
        member.compress_type = zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(file, "w") as archive:
            with archive.open(member, "w", force_zip64=True) as stream:
                yield stream
    else:
        with _stream(suffix, file) as stream:
            yield stream


def _stream(suffix, file):
    """A file of one of the libraries that compress a stream."""
    if suffix == ".gz":
        return gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0)
    if suffix == ".bz2":
        return bz2.BZ2File(file, "wb")
    if suffix == ".xz":
        return lzma.LZMAFile(file, "wb")
    import zstandard

    return zstandard.ZstdCompressor().stream_writer(file, closefd=False)
