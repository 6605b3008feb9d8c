"""What the command line reads and writes: files, pipes, and the standard streams.

Imports nothing heavy: what is missing is said at once.
"""

import math
import os
import shutil
import sys
import tempfile
from pathlib import Path

from ..sinks import EXCEL, PARQUET, TAB_SEPARATED, suffix_of

STDIN, STDOUT = "-", {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}
MAX_SHEET = 2**20 - 1  # rows below the names of columns
TEXT = {"", ".csv", ".txt", ".dat", ".psv", *TAB_SEPARATED}  # endings of text files
PAGE = ".html", ".htm"


def check_read(data):
    """Refuse a file that cannot be read.

    Raises
    ------
    ValueError
        If it is missing, or a folder.
    """
    if data != STDIN:
        if not os.path.exists(data):
            raise ValueError(f"there is no file {data}.")
        if os.path.isdir(data):
            raise ValueError(f"{data} is a folder, not a file.")


def check_written(out, read=()):
    """Refuse a file that cannot be written.

    Parameters
    ----------
    out : str
        Its name.
    read : sequence of str
        The files that are read, of which it must be none.

    Raises
    ------
    ValueError
        If it is a folder or closed, in no folder, or one that is read.
    """
    if out in STDOUT:
        if sys.stdout is None:
            raise ValueError("--out is the standard output, which is closed.")
        return
    path = _writable_path(out, "--out")
    is_there = path.exists()
    if is_there and any(data != STDIN and path.samefile(data) for data in read):
        raise ValueError(f"--out must be another file than the data, got {out} twice.")


def check_format(out):
    """Refuse a file for rows whose name ends in that of no format.

    Raises
    ------
    ValueError
        If it does. Streams are CSV, whatever they are called.
    """
    suffix = suffix_of(out)
    if suffix not in {*TEXT, PARQUET, EXCEL} and not is_stream(out):
        raise ValueError(
            "--out must end in .csv, .tsv, .tab, .txt, .dat, .psv, .parquet or .xlsx, "
            f"or in nothing, got {suffix!r}."
        )


def check_save(save, others):
    """Refuse a model file that cannot be written, or that is another file.

    Parameters
    ----------
    save : str
        Its name.
    others : sequence of str or None
        The files that are read or written besides, of which some may not be there yet.

    Raises
    ------
    ValueError
        If that is so.
    """
    path = _writable_path(save, "--save")
    if any(save == other or _leads_to(path, other) for other in others):
        raise ValueError(f"--save must be a file of its own, got {save}.")
    check_out(lambda _: None, save)


def _writable_path(name, option):
    """The place that a name leads to, if a file can be written there.

    Raises
    ------
    ValueError
        If it is a folder, in no folder, or closed to writers.
    """
    try:
        path = Path(name).resolve()
        is_there = path.exists()
    except OSError as error:  # a name too long
        reason = error.strerror
        raise ValueError(f"{option} cannot be written to: {reason}.") from error
    if path.is_dir():
        raise ValueError(f"{name} is a folder, not a file.")
    if not is_there and not path.parent.is_dir():
        raise ValueError(f"there is no folder {Path(name).parent} to write to.")
    if is_there and not os.access(path, os.W_OK):
        raise ValueError(f"{name} cannot be written to.")
    return path


def _leads_to(path, other):
    """Whether another name, of a file that may not be there, leads to a path."""
    if other is None or other == STDIN:
        return False
    is_there = path.exists() and os.path.exists(other)
    return path == Path(other).resolve() or (is_there and path.samefile(other))


def check_out(put, out):
    """Write something where rows will be, which is gone again at once.

    Raises
    ------
    ValueError
        If that fails.
    """
    if is_stream(out):
        return
    try:
        with tempfile.TemporaryFile(dir=_folder_of(out)) as stream:
            put(stream)
    except OSError as error:
        reason = error.strerror or error
        raise ValueError(f"{out} cannot be written to: {reason}.") from error


def check_rows(n_rows, out):
    """Refuse more rows than a sheet or the disk can hold; streams take any number.

    Raises
    ------
    ValueError
        If they are too many.
    """
    if suffix_of(out) == EXCEL and n_rows > MAX_SHEET:
        raise ValueError(
            f"--rows must be at most {MAX_SHEET}, the rows of a sheet, got {n_rows}: "
            "write a Parquet or CSV file."
        )
    free = math.inf if is_stream(out) else shutil.disk_usage(_folder_of(out)).free
    if n_rows > free:
        raise ValueError(
            f"--rows must fit on the disk, got {n_rows}: a row needs a byte or more, "
            f"and there are {free / 1e9:,.0f} GB left."
        )


def _folder_of(out):
    """The folder in which a file is, or a link to it leads."""
    return Path(out).resolve().parent


def read_bytes(data):
    """All bytes of a file, a pipe or the standard input."""
    return sys.stdin.buffer.read() if data == STDIN else Path(data).read_bytes()


class StreamCut(KeyboardInterrupt):
    """Ctrl-C while rows go to a stream, or are drawn for that."""


def write(put, out):
    """Write by ``put``, a function of a binary stream.

    A file that is there stays as it is until the new one is whole.

    Raises
    ------
    StreamCut
        If Ctrl-C comes while a stream is written.
    """
    if is_stream(out):
        try:
            _write_stream(put, out)
        except KeyboardInterrupt:
            raise StreamCut from None
        return
    from ..storage.whole import whole_file  # it brings numpy, which takes a moment

    with whole_file(out) as stream:
        put(stream)


def _write_stream(put, out):
    """Write to the standard output, a pipe or a device."""
    if out in STDOUT:
        sys.stdout.flush()
        put(sys.stdout.buffer)
        sys.stdout.flush()
    else:
        with open(out, "wb") as stream:
            put(stream)


def is_stream(out):
    """Tell whether rows go to the standard output, a pipe or a device."""
    return out in STDOUT or (os.path.exists(out) and not os.path.isfile(out))
