"""Files that are written whole or not at all."""

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

# What a file system says that knows no such request; a disk that fails says EIO
CANNOT_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.ENOSYS}


@contextlib.contextmanager
def whole_file(path: str | os.PathLike) -> Iterator[BinaryIO]:
    """Write a file, or leave everything as it was.

    The block writes to a new file beside it, which takes its place when all has reached
    the disk. So a reader never finds a half, whoever has the old file open or mapped
    keeps it, and a crash leaves one or the other. If the block fails, nothing is left.
    Permissions are those of the old file, of a link's target, or those that a new file
    gets.

    Parameters
    ----------
    path : path-like
        The file.

    Yields
    ------
    file : binary file
        Where to write its content.

    Raises
    ------
    OSError
        If the folder does not exist, cannot be written, or has no room.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    # 0o666 without what the process withholds from new files, as open() has it
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if target.exists():
                os.chmod(temporary, target.stat().st_mode & 0o7777)
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(target.parent)


def write_whole(path: str | os.PathLike, content: bytes) -> None:
    """Write a file of which the content is there, or leave everything as it was.

    Parameters
    ----------
    path : path-like
        The file.
    content : bytes-like
        What it is to hold.

    Raises
    ------
    OSError
        If the folder does not exist, cannot be written, or has no room.
    """
    with whole_file(path) as file:
        file.write(content)


def _sync_folder(folder: Path) -> None:
    """Let the new name reach the disk, where a system can be asked for that.

    Windows cannot, nor can some mounted folders, nor one that may be written but not
    read. The file is whole there, too; only a power cut may bring back the old one.
    """
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in CANNOT_SYNC:
            raise
    finally:
        os.close(descriptor)
