"""Files that are written whole or not at all."""

import contextlib
import errno
import os
import secrets
from pathlib import Path

# What a file system says that knows no such request; a disk that fails says EIO
CANNOT_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.ENOSYS}


def write_whole(path: str | os.PathLike, content: bytes) -> None:
    """Write a file, or leave everything as it was.

    The content goes to a new file beside it, which takes its place when it has reached
    the disk. So a reader never finds a half, whoever has the old file open or mapped
    keeps it, and a crash leaves one or the other. Permissions are those of the old
    file, of a link's target, or those that a new file gets.

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
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    # 0o666 without what the process withholds from new files, as open() has it
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if target.exists():
                os.chmod(temporary, target.stat().st_mode & 0o7777)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(target.parent)


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
