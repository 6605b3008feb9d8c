"""Words for values of Python and numpy that are not plain."""

import datetime as dt
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


def _is_array(kinds: str) -> Callable[[Any], bool]:
    """A test for arrays of some kinds of dtypes."""
    return lambda value: type(value) is np.ndarray and value.dtype.kind in kinds


def checked_dtype(name: Any, kinds: str = "?biufMmUSO") -> np.dtype:
    """A dtype of numpy from its name, of some kinds.

    Raises
    ------
    ValueError
        If it is another.
    """
    if type(name) is not str or len(name) > 20:  # noqa: PLR2004
        raise ValueError(f"{name!r:.20} is no dtype")
    dtype = np.dtype(name)
    if dtype.kind not in kinds or dtype.names or dtype.subdtype:
        raise ValueError(f"{name!r} is no dtype of {kinds}")
    return dtype


def _pack_items(array: np.ndarray) -> list[Any]:
    return [array.dtype.str, list(array.shape), array.ravel().tolist()]


def _unpack_items(plain: Any) -> np.ndarray:
    name, shape, items = plain
    array = np.empty(len(items), checked_dtype(name, "UO"))
    array[:] = items
    if array.dtype.kind == "U" and array.tolist() != items:
        raise ValueError("texts are longer than their dtype")
    return array.reshape(shape)


def _unpack_times(plain: Any) -> np.ndarray:
    name, numbers = plain
    if type(numbers) is not np.ndarray or numbers.dtype != np.int64:
        raise ValueError("times are no whole numbers")
    return numbers.view(checked_dtype(name, "Mm"))


def _unpack_scalar(array: Any) -> Any:
    if type(array) is not np.ndarray or array.ndim:
        raise ValueError("it is no number of numpy")
    return array[()]


def _zone(value: Any) -> Any:
    """A name of a time zone, seconds of one without a name, or None."""
    zone = value.tzinfo
    if zone is None or isinstance(zone, zoneinfo.ZoneInfo):
        return zone and zone.key
    return zone.utcoffset(None).total_seconds()


def _with_zone(value: Any, zone: Any) -> Any:
    """A time without a zone, in one."""
    if isinstance(zone, str):
        return value.replace(tzinfo=zoneinfo.ZoneInfo(zone))
    if zone is None:
        return value
    return value.replace(tzinfo=dt.timezone(dt.timedelta(seconds=zone)))


def _time_of(own: Any) -> Value:
    """A word for datetimes or times of a day."""

    def pack(value: Any) -> list[Any]:
        return [value.replace(tzinfo=None).isoformat(), value.fold, _zone(value)]

    def unpack(plain: Any) -> Any:
        text, fold, zone = plain
        return _with_zone(own.fromisoformat(text).replace(fold=fold), zone)

    return of_class(own, pack, unpack)


STANDARD = (
    Value("items", _is_array("UO"), _pack_items, _unpack_items),
    Value(
        "times", _is_array("Mm"), lambda a: [a.dtype.str, a.view("i8")], _unpack_times
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
    of_class(Decimal, str, Decimal),
    of_class(Fraction, Fraction.as_integer_ratio, lambda pair: Fraction(*pair)),
    of_class(bytes, bytes.hex, bytes.fromhex),
)
