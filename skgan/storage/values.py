"""Words for values of Python and numpy that are not plain."""

import datetime as dt
import re
import sys
import uuid
import zoneinfo
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np


class Value(NamedTuple):
    """A word for values of another library.

    ``takes(value)`` tells whether it is one, ``pack(value)`` makes plain values of it,
    ``unpack(plain)`` makes it again, and raises an error for what it never made.
    """

    word: str
    takes: Callable[[Any], bool]
    pack: Callable[[Any], Any]
    unpack: Callable[[Any], Any]


def of_class(own: type, pack: Callable, unpack: Callable, word: str = "") -> Value:
    """A word for values of a class, and of none below it."""
    word = word or own.__name__.lower()
    return Value(word, lambda value: type(value) is own, pack, unpack)


def checked(value: Any, *types: type) -> Any:
    """A value of exactly one of some types.

    Raises
    ------
    ValueError
        If it is of another.
    """
    if type(value) not in types:
        raise ValueError(f"is of type {type(value).__name__}")
    return value


def checked_dtype(name: Any, letters: str = "biufmMUSO") -> np.dtype:
    """A dtype of numpy from its name, as ``dtype.str`` has it.

    Raises
    ------
    ValueError
        If it is another, or none.
    """
    found = _DTYPE.fullmatch(checked(name, str))
    if not found or found[1] not in letters:
        raise ValueError(f"{name!r:.20} is no dtype of {letters!r}")
    dtype = np.dtype(name)
    if dtype.str != name:
        raise ValueError(f"{name!r:.20} has another name")
    return dtype


_DTYPE = re.compile(r"[<>|=]([biufmMUSO])\d{0,9}(?:\[\d{0,9}[YMWDhmsunpfa]{1,2}\])?")
_TEXT = {"U": "u4", "S": "u1"}  # what their characters are
_ZONE = re.compile(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*")


def _is_array(letters: str) -> Callable[[Any], bool]:
    """A test for arrays of dtypes with some letters."""
    return lambda value: type(value) is np.ndarray and value.dtype.kind in letters


def _check_single(value: Any) -> None:
    """Refuse containers of containers, which may be huge once they are shared."""
    own = type(value)
    if own in (tuple, frozenset):
        for item in value:
            _check_single(item)
    elif issubclass(own, np.ndarray | list | dict | set | tuple | frozenset):
        raise ValueError(f"{own.__name__} is no value of an array")


def _pack_objects(array: np.ndarray) -> list[Any]:
    return [list(array.shape), array.ravel().tolist()]


def _unpack_objects(plain: Any) -> np.ndarray:
    shape, items = checked(plain, list)
    for item in checked(items, list):
        _check_single(item)
    array = np.empty(len(items), object)
    array[:] = items
    return array.reshape(checked(shape, list))


def _pack_texts(array: np.ndarray) -> list[Any]:
    own = array.astype(array.dtype.newbyteorder("="))
    codes = np.frombuffer(own.tobytes(), _TEXT[own.dtype.kind])
    return [array.dtype.str, list(array.shape), codes]


def _unpack_texts(plain: Any) -> np.ndarray:
    name, shape, codes = checked(plain, list)
    dtype = checked_dtype(name, "US")
    if checked(codes, np.ndarray).dtype != _TEXT[dtype.kind]:
        raise ValueError(f"characters are of dtype {codes.dtype}")
    if dtype.kind == "U" and (codes > sys.maxunicode).any():
        raise ValueError("there is no such character")
    own = codes.view(dtype.newbyteorder("=")).astype(dtype)
    return own.reshape(checked(shape, list))


def _unpack_times(plain: Any) -> np.ndarray:
    name, numbers = checked(plain, list)
    if checked(numbers, np.ndarray).dtype != np.int64:
        raise ValueError("times are no whole numbers")
    return numbers.view(checked_dtype(name, "mM"))


def _unpack_scalar(array: Any) -> Any:
    if checked(array, np.ndarray).ndim or array.dtype.kind == "O":
        raise ValueError("it is no number of numpy")
    return array[()]


def _unpack_zone(name: Any) -> zoneinfo.ZoneInfo:
    if not _ZONE.fullmatch(checked(name, str)):
        raise ValueError(f"{name!r:.60} is no time zone")
    return zoneinfo.ZoneInfo(name)


def _pack_offset(zone: dt.timezone) -> list[Any]:
    offset, *name = zone.__getinitargs__()  # type: ignore[attr-defined]
    return [offset, *name]


def _time_of(own: Any) -> Value:
    """A word for datetimes or times of a day."""

    def pack(value: Any) -> list[Any]:
        return [value.replace(tzinfo=None).isoformat(), value.fold, value.tzinfo]

    def unpack(plain: Any) -> Any:
        text, fold, zone = checked(plain, list)
        return own.fromisoformat(text).replace(fold=fold, tzinfo=zone)

    return of_class(own, pack, unpack)


STANDARD = (
    Value("objects", _is_array("O"), _pack_objects, _unpack_objects),
    Value("texts", _is_array("US"), _pack_texts, _unpack_texts),
    Value(
        "times", _is_array("mM"), lambda a: [a.dtype.str, a.view("i8")], _unpack_times
    ),
    Value("scalar", lambda v: isinstance(v, np.generic), np.asarray, _unpack_scalar),
    Value("dtype", lambda v: isinstance(v, np.dtype), lambda d: d.str, checked_dtype),
    _time_of(dt.datetime),
    _time_of(dt.time),
    of_class(dt.date, dt.date.isoformat, dt.date.fromisoformat),
    of_class(
        dt.timedelta,
        lambda value: [value.days, value.seconds, value.microseconds],
        lambda plain: dt.timedelta(*plain),
    ),
    of_class(zoneinfo.ZoneInfo, lambda zone: zone.key, _unpack_zone),
    of_class(dt.timezone, _pack_offset, lambda plain: dt.timezone(*plain)),
    of_class(Decimal, str, lambda text: Decimal(checked(text, str))),
    of_class(
        Fraction,
        lambda value: list(value.as_integer_ratio()),
        lambda pair: Fraction(*(checked(n, int) for n in checked(pair, list))),
    ),
    of_class(bytes, bytes.hex, bytes.fromhex),
    of_class(uuid.UUID, str, uuid.UUID),
)
