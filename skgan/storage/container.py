"""One safetensors file: a header of JSON, a tree of plain values, and arrays."""

import hashlib
import io
import json
import os
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from ..exceptions import FileError
from .limits import DTYPES, Refused, checked_header, parsed
from .tree import from_json, to_json
from .whole import write_whole

FORMAT = 1
CHECKPOINT = "Checkpoint"  # the class of a file that is a state, and no model
KEY = "skgan"  # of the header in the metadata of the file
NAMES = {"format", "class", "params", "versions", "tree", "sha256"}
ALIGNED = 64  # bytes: products of matrices may round by where these begin in memory


def write(
    path: str | os.PathLike,
    class_name: str,
    tree: Any,
    versions: dict[str, str],
    params: Any = None,
) -> None:
    """Write a tree of plain values and arrays, whole or not at all.

    Parameters
    ----------
    path : path-like
        The file.
    class_name : str
        What the tree is of, in a word that readers know.
    tree : object
        None, booleans, numbers, text, arrays, and collections of these.
    versions : dict of str to str
        Of the libraries that write it.
    params : object, default=None
        What the user has asked for, as plain as the tree.

    Raises
    ------
    TypeError
        If the tree holds something else.
    OSError
        If the file cannot be written.
    """
    write_whole(path, to_bytes(class_name, tree, versions, params))


def to_bytes(
    class_name: str, tree: Any, versions: dict[str, str], params: Any = None
) -> bytes:
    """Return what ``write`` writes."""
    arrays: list[NDArray] = []
    header = {
        "format": FORMAT,
        "class": class_name,
        "params": to_json(params, arrays),
        "versions": versions,
        "tree": to_json(tree, arrays),
    }
    arrays = [np.asarray(array, order="C") for array in arrays]
    header["sha256"] = digest(header, arrays)
    named = {str(index): array for index, array in enumerate(arrays)}
    return save(named, {KEY: json.dumps(header, allow_nan=False)})


def read(path: str | os.PathLike) -> tuple[dict[str, Any], Any]:
    """Read a file that ``write`` has written.

    Returns
    -------
    header : dict
        ``format``, ``class``, ``params``, ``versions`` and ``sha256``.
    tree : object
        What was written.

    Raises
    ------
    FileError
        If the file is not whole, was changed, breaks a limit, or is of a newer format.
    OSError
        If it cannot be read.
    """
    with Path(path).open("rb") as file:
        return _read(file, os.fstat(file.fileno()).st_size, path)


def from_bytes(content: bytes, name: str) -> tuple[dict[str, Any], Any]:
    """Read what ``to_bytes`` has made, as ``read``; errors call it by a name."""
    return _read(io.BytesIO(content), len(content), name)


def read_header(path: str | os.PathLike) -> dict[str, Any]:
    """Read the header alone, of which nothing but its shape has been checked.

    Raises
    ------
    FileError, OSError
        As for ``read``.
    """
    with Path(path).open("rb") as file:
        header, _ = _header(file, os.fstat(file.fileno()).st_size, path)
    return {name: header[name] for name in NAMES - {"tree", "params"}}


def _read(
    file: BinaryIO, n_bytes: int, name: str | os.PathLike
) -> tuple[dict[str, Any], Any]:
    """Header and tree of a file of so many bytes."""
    header, entries = _header(file, n_bytes, name)
    at = file.tell()  # where the arrays begin
    try:
        arrays = [
            _array(file, at, entries[str(index)]) for index in range(len(entries))
        ]
        if digest(header, arrays) != header["sha256"]:
            raise Refused("sha256", "the content has changed since it was written")
        header["params"] = from_json(header["params"], arrays)
        tree = from_json(header.pop("tree"), arrays)
    except Refused as error:
        raise FileError(name, error.part, str(error), header["versions"]) from None
    return header, tree


def _array(file: BinaryIO, at: int, entry: dict[str, Any]) -> NDArray:
    """A copy of an array whose entry was checked, in memory of its own."""
    begin, end = entry["data_offsets"]
    room = np.empty(end - begin + ALIGNED, np.uint8)
    first = -room.ctypes.data % ALIGNED
    content = room[first : first + end - begin]
    file.seek(at + begin)
    if file.readinto(content) != end - begin:  # type: ignore[attr-defined]
        raise Refused("arrays", "the file was cut while it was read")
    if entry["dtype"] == "BOOL" and content.max(initial=0) > 1:
        raise Refused("arrays", "a boolean is neither 0 nor 1")
    try:
        return content.view(DTYPES[entry["dtype"]]).reshape(entry["shape"])
    except (ValueError, OverflowError) as error:  # of no numbers, and sides too long
        raise Refused("arrays", str(error)) from None


def digest(header: dict[str, Any], arrays: list[NDArray]) -> str:
    """SHA-256 of a header but for its digest, and of arrays with dtypes and shapes."""
    said = {name: value for name, value in header.items() if name != "sha256"}
    found = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
    for array in arrays:
        found.update(f"{array.dtype.str}{array.shape}".encode())
        found.update(array.data if array.flags.c_contiguous else array.tobytes())
    return found.hexdigest()


def _header(
    file: BinaryIO, n_bytes: int, name: str | os.PathLike
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header, and the entries of arrays, of the shape that they must have."""
    versions = None
    try:
        entries = checked_header(file, n_bytes)
        metadata = entries.pop("__metadata__", None)
        if not isinstance(metadata, dict) or metadata.keys() != {KEY}:
            raise Refused("header", "it is a safetensors file of another program")
        if not isinstance(metadata[KEY], str):
            raise Refused("header", "its words are no text")
        header = parsed(metadata[KEY], "header")
        if not isinstance(header, dict):
            raise Refused("header", "its words are no object")
        versions = header.get("versions")
        if header.get("format") != FORMAT:
            raise Refused("format", f"{header.get('format')!r:.20} is not {FORMAT}")
        if header.keys() != NAMES:
            raise Refused("header", f"its names are not {sorted(NAMES)}")
        if not all(isinstance(header[name], str) for name in ("class", "sha256")):
            raise Refused("header", "class or sha256 is no text")
        if entries.keys() != {str(index) for index in range(len(entries))}:
            raise Refused("arrays", "they are not counted from 0")
    except Refused as error:
        raise FileError(name, error.part, str(error), versions) from None
    return header, entries
