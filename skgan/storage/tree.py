"""Plain values as JSON, in which arrays are numbers of a list beside it.

None, booleans, text, whole and finite numbers, lists, and dicts with keys of text stand
for themselves. What JSON has not is an object with one name that begins with "$":
arrays, tuples, sets, other keys, other numbers.
"""

import math
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .limits import MAX_DEPTH, Refused

DTYPES = "?bhilqBHILQefd"  # characters of the dtypes of arrays
PART = "tree"
_BITS = struct.Struct(">d")  # infinities, and NaN with its sign
MAX_TREE = MAX_DEPTH // 2 - 1  # a tagged container is two, the header two more
SCALARS = (str, bool, int, type(None))


def to_json(value: Any, arrays: list[NDArray], depth: int = 0) -> Any:
    """A value for ``json.dumps``; arrays are added to the list.

    Raises
    ------
    TypeError
        If a value is not plain.
    """
    if depth > MAX_TREE:
        raise TypeError(
            f"A plain tree has {MAX_TREE} containers in containers at most."
        )
    own = type(value)
    if own in SCALARS:
        return value
    if own is float:
        return value if math.isfinite(value) else {"$float": _BITS.pack(value).hex()}
    if own is np.ndarray:
        if value.dtype.char not in DTYPES or not value.dtype.isnative:
            raise TypeError(f"Arrays of {value.dtype} are not plain.")
        # Products may round by the order of numbers in memory
        is_turned = value.flags.f_contiguous and not value.flags.c_contiguous
        arrays.append(value.T if is_turned else value)
        return {"$turned" if is_turned else "$array": len(arrays) - 1}
    if own is dict:
        return _of_dict(value, arrays, depth)
    if own in (list, tuple, set, frozenset):
        items = [to_json(item, arrays, depth + 1) for item in ordered(value)]
        return items if own is list else {f"${own.__name__}": items}
    if own is range:
        return {"$range": [value.start, value.stop, value.step]}
    raise TypeError(f"{own.__name__} is not plain: {value!r:.80}")


def _of_dict(value: dict, arrays: list[NDArray], depth: int) -> Any:
    """A dict as an object, or as pairs if a key is not text or would be mistaken."""
    if all(type(key) is str and not key.startswith("$") for key in value):
        return {key: to_json(v, arrays, depth + 1) for key, v in value.items()}
    pairs = [
        [to_json(part, arrays, depth + 2) for part in pair] for pair in value.items()
    ]
    return {"$dict": pairs}


def ordered(value: Any) -> list[Any]:
    """The items of a container; of a set in an order that is always the same."""
    if isinstance(value, set | frozenset):
        return sorted(value, key=lambda item: (type(item).__name__, repr(item)))
    return list(value)


def from_json(found: Any, arrays: list[NDArray]) -> Any:
    """The value of which ``to_json`` made this.

    Raises
    ------
    Refused
        If it did not.
    """
    if isinstance(found, list):
        return [from_json(item, arrays) for item in found]
    if not isinstance(found, dict):
        return found
    tag = next(iter(found), "")
    if not tag.startswith("$"):
        if any(key.startswith("$") for key in found):
            raise Refused(PART, "a name begins with $ that must not")
        return {key: from_json(value, arrays) for key, value in found.items()}
    if len(found) > 1 or tag not in _READERS:
        raise Refused(PART, f"{tag!r} is unknown")
    try:
        return _READERS[tag](found[tag], arrays)
    except (TypeError, ValueError, IndexError, struct.error) as error:
        raise Refused(PART, f"{tag!r} of {found[tag]!r:.80}: {error}") from None


def _array(index: Any, arrays: list[NDArray]) -> NDArray:
    if type(index) is not int or index < 0:
        raise ValueError("it is no number of an array")
    return arrays[index]


def _float(text: Any, _: list[NDArray]) -> float:
    (value,) = _BITS.unpack(bytes.fromhex(text))
    if math.isfinite(value):
        raise ValueError("it is finite")
    return value


def _range(ends: Any, _: list[NDArray]) -> range:
    start, stop, step = ends
    return range(start, stop, step)


def _items(found: Any, arrays: list[NDArray]) -> list[Any]:
    if not isinstance(found, list):
        raise ValueError("it is no list")
    return [from_json(item, arrays) for item in found]


def _pairs(found: Any, arrays: list[NDArray]) -> dict[Any, Any]:
    made = dict(_items(found, arrays))
    if len(made) < len(found):
        raise ValueError("a key stands twice")
    return made


_READERS = {
    "$array": _array,
    "$turned": lambda index, arrays: _array(index, arrays).T,
    "$float": _float,
    "$range": _range,
    "$dict": _pairs,
    "$tuple": lambda found, arrays: tuple(_items(found, arrays)),
    "$set": lambda found, arrays: set(_items(found, arrays)),
    "$frozenset": lambda found, arrays: frozenset(_items(found, arrays)),
}
