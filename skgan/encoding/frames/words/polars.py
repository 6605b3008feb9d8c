"""Words for the dtypes of polars."""

from skgan.storage import Value

from .. import namespaces
from .base import is_of, of_library, one_of_them

_polars = namespaces.polars
PLAIN = (
    *("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64"),
    *("Int128", "UInt128", "Float16", "Float32", "Float64", "Boolean", "String"),
    *("Binary", "Date", "Time", "Null", "Object"),
)
UNITS = "ms", "us", "ns"


def _unpack_plain(name):
    """Return the dtype of a name of the list."""
    pl = _polars()
    known = {own: getattr(pl, own) for own in PLAIN if hasattr(pl, own)}
    return known[name]()


def _unpack_datetime(plain):
    """Return the dtype of times in a unit, and a zone."""
    unit, zone = plain
    return _polars().Datetime(one_of_them(unit, UNITS), zone)


def _pack_categorical(own):
    """Return the name, namespace and numbers of a dtype's categories, if any."""
    categories = own.categories
    if categories.is_global():
        return None
    physical = str(categories.physical())
    return [categories.name(), categories.namespace(), physical]


def _unpack_categorical(plain):
    """Return the dtype of categories that grow."""
    pl = _polars()
    if plain is None:
        return pl.Categorical()
    name, namespace, physical = plain
    own = _unpack_plain(physical)
    return pl.Categorical(pl.Categories(name, namespace=namespace, physical=own))


POLARS_VALUES = (
    Value(
        "polars_type",
        lambda value: is_of(type(value), "polars", *PLAIN),
        lambda value: type(value).__name__,
        _unpack_plain,
    ),
    of_library(
        "polars",
        "Datetime",
        lambda own: [own.time_unit, own.time_zone],
        _unpack_datetime,
    ),
    of_library(
        "polars",
        "Duration",
        lambda own: own.time_unit,
        lambda unit: _polars().Duration(one_of_them(unit, UNITS)),
    ),
    of_library(
        "polars",
        "Decimal",
        lambda own: [own.precision, own.scale],
        lambda plain: _polars().Decimal(*plain),
    ),
    of_library(
        "polars",
        "Enum",
        lambda own: own.categories.to_list(),
        lambda texts: _polars().Enum(texts),
    ),
    of_library("polars", "Categorical", _pack_categorical, _unpack_categorical),
)
