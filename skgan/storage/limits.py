"""What a file may ask for, checked before memory is taken for it."""

import json
import math
from typing import Any, BinaryIO

import numpy as np

MAX_HEADER = 16 * 2**20  # bytes
MAX_ARRAYS = 100_000
MAX_DEPTH = 32  # of containers in containers
MAX_DIMENSIONS = 32  # of an array
DTYPES = {  # by their names in the header
    "BOOL": np.dtype("?"),
    **{f"I{8 * n}": np.dtype(f"<i{n}") for n in (1, 2, 4, 8)},
    **{f"U{8 * n}": np.dtype(f"<u{n}") for n in (1, 2, 4, 8)},
    **{f"F{8 * n}": np.dtype(f"<f{n}") for n in (2, 4, 8)},
}


class Refused(ValueError):
    """A file breaks a rule; ``part`` is where."""

    def __init__(self, part: str, problem: str) -> None:
        super().__init__(problem)
        self.part = part


def checked_header(file: BinaryIO, n_bytes: int) -> dict[str, Any]:
    """The header of a safetensors file of so many bytes, within all limits.

    Raises
    ------
    Refused
        If it breaks one, or if the arrays do not fill the file.
    """
    length = int.from_bytes(file.read(8), "little")
    if n_bytes < 8 or length > n_bytes - 8:
        raise Refused("header", "the file is cut short, or no safetensors file")
    if length > MAX_HEADER:
        raise Refused("header", f"it has {length} bytes, and may have {MAX_HEADER}")
    header = parsed(file.read(length), "header")
    if not isinstance(header, dict):
        raise Refused("header", "it is no object")
    arrays = {name: v for name, v in header.items() if name != "__metadata__"}
    if len(arrays) > MAX_ARRAYS:
        raise Refused("header", f"{len(arrays)} arrays, and {MAX_ARRAYS} may be there")
    ends = sorted(_extent(name, entry) for name, entry in arrays.items())
    at = 0
    for begin, end in ends:
        if begin != at:
            raise Refused("header", "arrays overlap, or leave gaps")
        at = end
    if at != n_bytes - 8 - length:
        raise Refused("header", "the arrays do not fill the file")
    return header


def parsed(text: bytes | str, part: str) -> Any:
    """The value of a JSON text, in which no name stands twice and no number is odd."""
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except Refused as error:
        raise Refused(part, str(error)) from None
    except (ValueError, RecursionError) as error:
        raise Refused(part, f"it is no JSON: {error}") from None
    _check_depth(value, part)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose names differ."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refused("", "a name stands twice in an object")
    return found


def _no_constant(name: str) -> None:
    """Refuse what JSON does not know."""
    raise Refused("", f"{name} is no number of JSON")


def _check_depth(value: Any, part: str) -> None:
    """Refuse containers in containers beyond a depth."""
    level, depth = [value], 0
    while level := [
        item
        for held in level
        if isinstance(held, dict | list)
        for item in (held.values() if isinstance(held, dict) else held)
    ]:
        depth += 1
        if depth > MAX_DEPTH:
            raise Refused(part, f"containers in containers, more than {MAX_DEPTH}")


def _extent(name: str, entry: Any) -> tuple[int, int]:
    """First and last byte of an array, if its entry in the header makes sense."""
    part = f"array {name!r}"
    if not isinstance(entry, dict) or entry.keys() != {
        *("dtype", "shape", "data_offsets")
    }:
        raise Refused(part, "its entry is not of dtype, shape and offsets")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise Refused(part, f"{dtype!r} is none of the dtypes {list(DTYPES)}")
    if not _are_counts(shape) or len(shape) > MAX_DIMENSIONS:
        raise Refused(part, f"the shape is {shape!r}")
    if not _are_counts(offsets) or len(offsets) != 2:
        raise Refused(part, f"the offsets are {offsets!r}")
    begin, end = offsets
    if end - begin != math.prod(shape) * DTYPES[dtype].itemsize:
        raise Refused(part, "shape and dtype do not agree with its bytes")
    return begin, end


def _are_counts(numbers: Any) -> bool:
    """Whether it is a list of whole numbers that are not negative."""
    return isinstance(numbers, list) and all(
        type(n) is int and 0 <= n < 2**63 for n in numbers
    )
