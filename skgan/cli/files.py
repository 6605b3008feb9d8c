"""What the command line reads and writes: files, pipes, and the standard streams."""

import io
import os
import shutil
import sys
from pathlib import Path

STDIN, STDOUT = "-", {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}
BYTES_A_VALUE = 16  # of new rows, at least
UNKNOWN_MEMORY = 2**40  # bytes, where the system does not say


def check_files(data, out):
    """Refuse a file that cannot be read, and one that cannot be written.

    Raises
    ------
    ValueError
        If one is missing, a folder, or closed, or if both are the same.
    """
    if data != STDIN:
        if not os.path.exists(data):
            raise ValueError(f"there is no file {data}.")
        if os.path.isdir(data):
            raise ValueError(f"{data} is a folder, not a file.")
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
    if is_there and data != STDIN and path.samefile(data):
        raise ValueError(f"--out must be another file than the data, got {out} twice.")
    if not os.path.exists(out) and not path.parent.is_dir():
        raise ValueError(f"there is no folder {path.parent} to write to.")
    if os.path.exists(out) and not os.access(out, os.W_OK):
        raise ValueError(f"{out} cannot be written to.")


def check_out(rows, out, how):
    """Write a few rows where the new ones will be, and take them away again.

    Raises
    ------
    ValueError
        If that fails.
    """
    if is_stream(out):
        return
    try:
        with _Part(out) as part:
            rows.to_csv(part, **how)
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


def read_again(data):
    """Return a function whose results pandas reads, each from the beginning.

    A pipe can be read once only: what comes out of it is kept.
    """
    if data != STDIN and os.path.isfile(data):
        return lambda: data
    if data == STDIN:
        content = sys.stdin.buffer.read()
    else:
        with open(data, "rb") as stream:
            content = stream.read()
    return lambda: io.BytesIO(content)


def write(rows, out, how):
    """Write rows; a file that is there stays as it is until the new one is whole."""
    if out in STDOUT:
        sys.stdout.flush()
        rows.to_csv(sys.stdout.buffer, mode="wb", **how)
        sys.stdout.flush()
    elif is_stream(out):
        rows.to_csv(out, **how)
    else:
        with _Part(out) as part:
            rows.to_csv(part, **how)
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
        # No longer than other names: pandas compresses by their ends
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
