"""What was learned as plain values, arrays and dtypes, and back.

The objects behind an encoder become entries of one list, in which later ones refer to
earlier ones: what two of them share is shared again when they are made from it.
"""

from .columns import (
    Choice,
    Constant,
    Discrete,
    Given,
    HighCardinality,
    Identifier,
    Key,
    Mixture,
    NanApart,
    NumberIdentifier,
    Numeric,
    PatternSampler,
    QuantileTable,
    Run,
    Shape,
    WallClock,
)
from .frames import ColumnSchema, Grid, ImageSchema, TableSchema
from .frames.calendars import DateFormat
from .frames.clocks import Clock
from .frames.libraries import Arrays, Arrow, MaskedArrays, Pandas, Polars
from .frames.written import NumberFormat
from .relations import Arithmetic, Copy, Indicators, Map, Total

CLASSES = {
    own.__name__: own
    for own in (
        *(Choice, Constant, Discrete, Given, HighCardinality, Identifier, Key),
        *(Mixture, NanApart, NumberIdentifier, Numeric, PatternSampler),
        *(QuantileTable, Run, Shape, WallClock),
        *(Clock, ColumnSchema, DateFormat, Grid, ImageSchema, NumberFormat),
        *(TableSchema, Arrays, Arrow, MaskedArrays, Pandas, Polars),
        *(Arithmetic, Copy, Indicators, Map, Total),
    )
}
SEQUENCES = {own.__name__: own for own in (tuple, set, frozenset, range)}


def register(own):
    """Let states hold objects of a class, by their attributes; returns the class."""
    CLASSES[own.__name__] = own
    return own


def to_state(value):
    """Return a value as plain values, arrays and dtypes, which ``from_state`` takes.

    Parameters
    ----------
    value : object
        Numbers, text, arrays, collections of these, and objects of this package's
        classes. Others are kept as they are.

    Returns
    -------
    state : dict
        ``objects``, a list of the classes and attributes of objects, and ``value``.
    """
    packer = _Packer()
    packed = packer.pack(value)
    return {"objects": packer.objects, "value": packed}


def from_state(state):
    """Return the value of which ``to_state`` made a state."""
    objects = []
    for packed in state["objects"]:
        own, attributes = CLASSES[packed["class"]], packed["attributes"]
        attributes = {name: _unpack(v, objects) for name, v in attributes.items()}
        if issubclass(own, tuple):
            objects.append(own(**attributes))
        else:
            objects.append(own.__new__(own))
            vars(objects[-1]).update(attributes)
    return _unpack(state["value"], objects)


class _Packer:
    """Packs values, and lists each object of our classes once."""

    def __init__(self):
        self.objects, self._index = [], {}

    def pack(self, value):
        """Return a value in which references stand for objects."""
        own = type(value)
        if CLASSES.get(own.__name__) is own:
            return {"object": self._index_of(value)}
        if own is type and CLASSES.get(value.__name__) is value:
            return {"class": value.__name__}
        if own is dict:
            pairs = value.items()
            return {"dict": [[self.pack(key), self.pack(v)] for key, v in pairs]}
        if own is range:
            return {"range": [value.start, value.stop]}
        if own.__name__ in SEQUENCES:
            return {own.__name__: [self.pack(item) for item in value]}
        return [self.pack(item) for item in value] if own is list else value

    def _index_of(self, value):
        """Return the number of an object, which is listed after all it refers to."""
        if id(value) not in self._index:
            is_tuple = isinstance(value, tuple)
            attributes = value._asdict() if is_tuple else vars(value)
            attributes = {name: self.pack(v) for name, v in attributes.items()}
            packed = {"class": type(value).__name__, "attributes": attributes}
            self._index[id(value)] = len(self.objects)
            self.objects.append(packed)
        return self._index[id(value)]


def _unpack(packed, objects):
    """Return a packed value, given the objects that it may refer to."""
    if isinstance(packed, list):
        return [_unpack(item, objects) for item in packed]
    if not isinstance(packed, dict):
        return packed
    ((word, content),) = packed.items()
    if word == "object":
        return objects[content]
    if word == "class":
        return CLASSES[content]
    if word == "range":
        return range(*content)
    content = _unpack(content, objects)
    return dict(content) if word == "dict" else SEQUENCES[word](content)
