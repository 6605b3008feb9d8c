"""Words for the types and schemas of pyarrow."""

from skgan.storage import Value

from .. import namespaces
from .base import is_of, of_library

_pyarrow = namespaces.pyarrow


def _types():
    """Return the types without parameters, and those of a unit, by their names."""
    pa = _pyarrow()
    types = [pa.null(), pa.bool_(), pa.float16(), pa.float32(), pa.float64()]
    types += [pa.int8(), pa.int16(), pa.int32(), pa.int64()]
    types += [pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]
    types += [pa.string(), pa.large_string(), pa.string_view()]
    types += [pa.binary(), pa.large_binary(), pa.date32(), pa.date64()]
    types += [*map(pa.time32, ("s", "ms")), *map(pa.time64, ("us", "ns"))]
    types += map(pa.duration, ("s", "ms", "us", "ns"))
    types += map(pa.timestamp, ("s", "ms", "us", "ns"))
    return {str(own): own for own in types}


def _unpack_type(name):
    """Return the type of a name."""
    return _types()[name]


def _unpack_timestamp(plain):
    """Return the type of times in a zone."""
    name, zone = plain
    return _pyarrow().timestamp(_types()[name].unit, zone)


def _unpack_decimal(plain):
    """Return the type of decimals, by their bits."""
    pa, (bits, precision, scale) = _pyarrow(), plain
    of_bits = {32: pa.decimal32, 64: pa.decimal64, 128: pa.decimal128}
    of_bits[256] = pa.decimal256
    return of_bits[bits](precision, scale)


def _is_plain(value):
    """Whether it is a type without parameters."""
    names = "DataType", "Time32Type", "Time64Type", "DurationType"
    own = type(value)
    is_time = is_of(own, "pyarrow", "TimestampType") and value.tz is None
    return is_time or is_of(own, "pyarrow", *names)


def _is_decimal(value):
    """Whether it is a type of decimals."""
    names = (f"Decimal{bits}Type" for bits in (32, 64, 128, 256))
    return is_of(type(value), "pyarrow", *names)


def _pack_timestamp(own):
    """Return the unit of a type of times, as that without a zone, and the zone."""
    return [f"timestamp[{own.unit}]", own.tz]


ARROW_VALUES = (
    Value("pyarrow_type", _is_plain, str, _unpack_type),
    of_library("pyarrow", "TimestampType", _pack_timestamp, _unpack_timestamp),
    Value(
        "pyarrow_decimal",
        _is_decimal,
        lambda own: [own.bit_width, own.precision, own.scale],
        _unpack_decimal,
    ),
    of_library(
        "pyarrow",
        "DictionaryType",
        lambda own: [own.index_type, own.value_type, bool(own.ordered)],
        lambda plain: _pyarrow().dictionary(*plain),
    ),
    of_library(
        "pyarrow",
        "Schema",
        lambda own: [[field.name, field.type, field.nullable] for field in own],
        lambda plain: _pyarrow().schema(
            [_pyarrow().field(name, own, null) for name, own, null in plain]
        ),
    ),
)
