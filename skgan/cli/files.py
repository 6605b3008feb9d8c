"""What the command line reads and writes: files, pipes, and the standard streams.

Imports nothing heavy: what is missing is said at once.
"""

import os
import shutil
import sys
from pathlib import Path

STDIN, STDOUT = "-", {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}
BYTES_A_VALUE = 16  # of new rows, at least
UNKNOWN_MEMORY = 2**40  # bytes, where the system does not say
PARQUET, EXCEL, TAB_SEPARATED = ".parquet", ".xlsx", {".tsv", ".tab"}  # by suffix
PAGE = ".html", ".htm"
PACKED = {".gz", ".bz2", ".xz", ".zip", ".zst"}


def suffix_of(name):
    """The suffix by which a file is read or written, below that of its compression."""
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    if suffixes and suffixes[-1] in PACKED:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


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
    try:
        path = Path(out).resolve()
        is_there = path.exists()
    except OSError as error:  # a name too long
        raise ValueError(f"--out cannot be written to: {error.strerror}.") from error
    if path.is_dir():
        raise ValueError(f"{out} is a folder, not a file.")
    if is_there and any(data != STDIN and path.samefile(data) for data in read):
        raise ValueError(f"--out must be another file than the data, got {out} twice.")
    if not os.path.exists(out) and not path.parent.is_dir():
        raise ValueError(f"there is no folder {path.parent} to write to.")
    if os.path.exists(out) and not os.access(out, os.W_OK):
        raise ValueError(f"{out} cannot be written to.")


def check_save(save, others):
    """Refuse a model file that cannot be written, or that is another file.

    Raises
    ------
    ValueError
        If that is so.
    """
    folder = os.path.dirname(save) or "."
    if not os.path.isdir(folder):
        raise ValueError(f"there is no folder {folder} to write --save to.")
    if save in others:
        raise ValueError(f"--save must be a file of its own, got {save}.")


def check_out(put, out):
    """Write something where rows will be, and take it away again.

    Raises
    ------
    ValueError
        If that fails.
    """
    if is_stream(out):
        return
    try:
        with _Part(out) as part:
            put(part)
    except OSError as error:
        reason = error.strerror or error
        raise ValueError(f"{out} cannot be written to: {reason}.") from error


def check_rows(n_rows, n_columns):
    """Refuse more rows than the memory of the machine can hold.

    Raises
    ------
    ValueError
        If they are too many.
    """
    needed, memory = n_rows * n_columns * BYTES_A_VALUE, _memory()
    if needed > memory:
        raise ValueError(
            f"--rows must fit into memory, got {n_rows}: they need at least "
            f"{needed / 1e9:,.0f} GB, and this machine has {memory / 1e9:,.0f}. Write "
            "them in parts, with a --seed each."
        )


def read_bytes(data):
    """All bytes of a file, a pipe or the standard input."""
    return sys.stdin.buffer.read() if data == STDIN else Path(data).read_bytes()


def write(put, out):
    """Write by ``put``, a function of a path or a binary stream.

    A file that is there stays as it is until the new one is whole.
    """
    if out in STDOUT:
        sys.stdout.flush()
        put(sys.stdout.buffer)
        sys.stdout.flush()
    elif is_stream(out):
        put(out)
    else:
        with _Part(out) as part:
            put(part)
            path = Path(out).resolve()
            if path.exists():
                shutil.copymode(path, part)
            part.replace(path)


def is_stream(out):
    """Tell whether rows go to the standard output, a pipe or a device."""
    return out in STDOUT or (os.path.exists(out) and not os.path.isfile(out))


class _Part:
    """A file beside another one, which is gone after the block, or that other one."""

    def __init__(self, out):
        path = Path(out).resolve()
        # No longer than other names: pandas goes by their ends
        self.path = path.with_name(f".{os.getpid()}.{path.name[-12:]}")

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        self.path.unlink(missing_ok=True)


def _memory():
    """Bytes of memory of this machine."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not on every system
        return UNKNOWN_MEMORY
