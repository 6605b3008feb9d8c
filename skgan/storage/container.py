"""One safetensors file: a header of JSON, a tree of plain values, and arrays."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from ..exceptions import FileError
from .limits import Refused, checked_header, parsed
from .tree import from_json, to_json
from .whole import write_whole

FORMAT = 1
KEY = "skgan"  # of the header in the metadata of the file
NAMES = {"format", "class", "versions", "tree", "sha256"}


def write(
    path: str | os.PathLike, class_name: str, tree: Any, versions: dict[str, str]
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

    Raises
    ------
    TypeError
        If the tree holds something else.
    OSError
        If the file cannot be written.
    """
    arrays: list[NDArray] = []
    header = {
        "format": FORMAT,
        "class": class_name,
        "versions": versions,
        "tree": to_json(tree, arrays),
    }
    arrays = [np.asarray(array, order="C") for array in arrays]
    header["sha256"] = digest(header, arrays)
    named = {str(index): array for index, array in enumerate(arrays)}
    write_whole(path, save(named, {KEY: json.dumps(header, allow_nan=False)}))


def read(path: str | os.PathLike) -> tuple[dict[str, Any], Any]:
    """Read a file that ``write`` has written.

    Returns
    -------
    header : dict
        ``format``, ``class``, ``versions`` and ``sha256``.
    tree : object
        What was written.

    Raises
    ------
    FileError
        If the file is not whole, was changed, breaks a limit, or is of a newer format.
    OSError
        If it cannot be read.
    """
    header = _read_header(path)
    try:
        with safe_open(path, framework="np") as file:
            names = file.keys()
            arrays = [file.get_tensor(str(index)) for index in range(len(names))]
        if digest(header, arrays) != header["sha256"]:
            raise Refused("sha256", "the content has changed since it was written")
        tree = from_json(header.pop("tree"), arrays)
    except (SafetensorError, Refused) as error:
        part = getattr(error, "part", "arrays")
        raise FileError(path, part, str(error), header.get("versions")) from None
    return header, tree


def read_header(path: str | os.PathLike) -> dict[str, Any]:
    """Read the header alone, of which nothing but its shape has been checked.

    Raises
    ------
    FileError, OSError
        As for ``read``.
    """
    header = _read_header(path)
    return {name: header[name] for name in NAMES - {"tree"}}


def digest(header: dict[str, Any], arrays: list[NDArray]) -> str:
    """SHA-256 of a header but for its digest, and of arrays with dtypes and shapes."""
    said = {name: value for name, value in header.items() if name != "sha256"}
    found = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
    for array in arrays:
        found.update(f"{array.dtype.str}{array.shape}".encode())
        found.update(array.data if array.flags.c_contiguous else array.tobytes())
    return found.hexdigest()


def _read_header(path: str | os.PathLike) -> dict[str, Any]:
    """The header, in the limits and of the shape that it must have."""
    versions = None
    try:
        with Path(path).open("rb") as file:
            found = checked_header(file, os.fstat(file.fileno()).st_size)
        metadata = found.get("__metadata__")
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
        names = found.keys() - {"__metadata__"}
        if names != {str(index) for index in range(len(names))}:
            raise Refused("arrays", "they are not counted from 0")
    except Refused as error:
        raise FileError(path, error.part, str(error), versions) from None
    return header
