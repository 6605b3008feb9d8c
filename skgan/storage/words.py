"""Words: what a file calls objects of ours, and what their attributes must be.

A class declares its word and its fields; a ``Vocabulary`` lists the classes that a file
may hold. Objects become entries of one list, in which later ones refer to earlier ones:
what two of them share is shared again when they are read, and there are no circles.
"""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, TypeVar

import numpy as np

from .fields import Check
from .limits import Refused
from .tree import SCALARS, ordered
from .values import STANDARD, Value

Own = TypeVar("Own", bound=type)

MAX_RANGE = 1_000_000  # numbers, which a library may make a list of
_CONTAINERS = {"@dict": dict, "@set": set, "@frozenset": frozenset}


def stored(
    word: str, /, *, derived: tuple[str, ...] = (), **fields: Check
) -> Callable[[Own], Own]:
    """Declare what files call objects of a class, and what they hold of them.

    A class may have a method ``check_stored()``, which is called when an object has
    been read: it raises ``ValueError`` where fields do not agree with each other, and
    sets the attributes that are derived from them.

    Parameters
    ----------
    word : str
        The name in files, with a version: "grid/1".
    derived : tuple of str, default=()
        Attributes that are not stored.
    **fields : callable
        For each attribute a check of ``fields``.

    Returns
    -------
    callable
        A decorator that returns the class.
    """

    def declare(own: Own) -> Own:
        own.stored_word, own.stored_fields = word, fields  # type: ignore[attr-defined]
        own.stored_derived = frozenset(derived)  # type: ignore[attr-defined]
        return own

    return declare


def writable(own: type, found: dict[str, Any]) -> dict[str, Any]:
    """Attributes that objects of a class may have in files.

    Raises
    ------
    TypeError
        If they may not.
    """
    for name, value in found.items():
        try:
            own.stored_fields[name](value)  # type: ignore[attr-defined]
        except ValueError as error:
            raise TypeError(
                f"{own.__name__}.{name} cannot be stored: it {error}."
            ) from None
    return found


class Vocabulary:
    """The words of files, by hand: nothing else is written, and nothing else is read.

    Parameters
    ----------
    classes : iterable of type
        Classes that ``stored`` has declared.
    values : iterable of Value, default=()
        Words for values of other libraries.
    """

    def __init__(self, classes: Iterable[type], values: Iterable[Value] = ()) -> None:
        self.classes = {own.stored_word: own for own in classes}  # type: ignore[attr-defined]
        self.values = {value.word: value for value in (*STANDARD, *values)}

    def __or__(self, other: "Vocabulary") -> "Vocabulary":
        """Return the words of two vocabularies."""
        classes = *self.classes.values(), *other.classes.values()
        values = {**self.values, **other.values}
        return Vocabulary(classes, values.values())

    def pack(self, value: Any) -> dict[str, Any]:
        """A value as plain values and arrays: ``objects``, and the ``value`` itself.

        Raises
        ------
        TypeError
            If an object has no word, or an attribute that is not declared.
        """
        packer = _Packer(self)
        packed = packer.pack(value)
        return {"objects": packer.objects, "value": packed}

    def unpack(self, packed: Any) -> Any:
        """The value that ``pack`` made plain, all fields of all objects checked.

        Raises
        ------
        Refused
            If something in it was never packed; ``part`` is the word and the field.
        """
        if not isinstance(packed, dict) or packed.keys() != {"objects", "value"}:
            raise Refused("tree", "it is not of objects and a value")
        if not isinstance(packed["objects"], list):
            raise Refused("tree", "its objects are no list")
        objects: list[Any] = []
        for entry in packed["objects"]:
            objects.append(self._made(entry, objects))
        return self._unpack(packed["value"], objects)

    def _made(self, entry: Any, objects: list[Any]) -> Any:
        """The object of an entry, which may refer to those before it."""
        if not isinstance(entry, list) or len(entry) != 2 or type(entry[0]) is not str:
            raise Refused("tree", f"{entry!r:.60} is no object")
        word, content = entry
        if word in self.values:
            plain = self._unpack(content, objects)
            return _refusing(word, self.values[word].unpack, plain)
        if word not in self.classes:
            raise Refused(word, "the word is unknown")
        own = self.classes[word]
        fields = own.stored_fields  # type: ignore[attr-defined]
        if not isinstance(content, dict) or content.keys() != fields.keys():
            raise Refused(word, f"its fields are not {sorted(fields)}")
        found = {name: self._unpack(content[name], objects) for name in fields}
        for name, check in fields.items():
            _refusing(f"{word}, {name}", check, found[name])
        made = _new(own, found)
        if hasattr(made, "check_stored"):
            _refusing(word, made.check_stored)
        return made

    def _unpack(self, packed: Any, objects: list[Any]) -> Any:
        """A packed value, given the objects that it may refer to."""
        if isinstance(packed, list | tuple):
            return type(packed)(self._unpack(item, objects) for item in packed)
        if type(packed) is range and abs(packed.stop - packed.start) > MAX_RANGE:
            raise Refused("tree", f"{packed!r:.60} is too long")
        if not isinstance(packed, dict):
            return packed
        tags = [key for key in packed if type(key) is not str or key[:1] == "@"]
        if not tags:
            return {key: self._unpack(item, objects) for key, item in packed.items()}
        if len(packed) > 1 or tags[0] not in ("@", *_CONTAINERS):
            raise Refused("tree", f"{tags[0]!r:.20} is unknown, or not alone")
        content = packed[tags[0]]
        if tags[0] == "@":
            if type(content) is not int or not 0 <= content < len(objects):
                raise Refused("tree", f"{content!r:.20} is no object before this one")
            return objects[content]
        if type(content) is not list:
            raise Refused("tree", f"{tags[0]!r} of {content!r:.60} is no list")
        items = self._unpack(content, objects)
        made = _refusing(f"tree, {tags[0]}", _CONTAINERS[tags[0]], items)
        if len(made) < len(items):
            raise Refused("tree", f"in {tags[0]!r} something stands twice")
        return made


def _refusing(part: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function returns; whatever it raises is the fault of the file.

    Libraries raise errors of many classes for what they cannot make.
    """
    try:
        return function(*arguments)
    except Exception as error:
        raise Refused(part, f"it {error}") from None


def _new(own: type, found: dict[str, Any]) -> Any:
    """An object with given attributes; no constructor is called but a tuple's."""
    if issubclass(own, tuple):
        return own(**found)
    made = own.__new__(own)
    vars(made).update(found)
    return made


class _Packer:
    """Packs values, and lists each object once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary, self.objects = vocabulary, []  # type: ignore[var-annotated]
        self._index: dict[Any, int] = {}  # by identity, or by what is written
        self._alive: list[Any] = []  # an id may be given again after its object is gone

    def pack(self, value: Any) -> Any:
        """A value in which references stand for objects."""
        own = type(value)
        if own in SCALARS or own is float:
            return value
        for known in self.vocabulary.values.values():
            if known.takes(value):
                return self._of_library(value, known)
        word = getattr(own, "stored_word", None)
        if word and self.vocabulary.classes.get(word) is own:
            return self._reference(value, word, self._fields_of(value))
        if own is dict:
            if all(type(key) is str and not key.startswith("@") for key in value):
                return {key: self.pack(item) for key, item in value.items()}
            return {"@dict": [list(map(self.pack, pair)) for pair in value.items()]}
        if own in (set, frozenset):
            return {f"@{own.__name__}": [*map(self.pack, ordered(value))]}
        if own in (list, tuple):
            return own(self.pack(item) for item in value)
        is_array = own is np.ndarray and value.dtype.kind in "biuf"
        if not is_array and own is not range:
            raise TypeError(f"{own.__name__} has no word in this vocabulary.")
        return value

    def _fields_of(self, value: Any) -> dict[str, Any]:
        """The attributes of an object that are stored: what is written can be read."""
        cls = type(value)
        fields, derived = cls.stored_fields, cls.stored_derived
        own = value._asdict() if issubclass(cls, tuple) else vars(value)
        if odd := (own.keys() ^ fields.keys()) - derived:
            raise TypeError(
                f"{cls.__name__} has other attributes than its word: {sorted(odd)}."
            )
        return writable(cls, {name: own[name] for name in fields})

    def _of_library(self, value: Any, known: Value) -> dict[str, int]:
        """A reference to a value of a library, one for all that are written alike.

        Libraries make such values anew when they are asked, so that whether two are one
        says nothing.
        """
        if id(value) in self._index:
            return {"@": self._index[id(value)]}
        content = self.pack(known.pack(value))
        key: Any = id(value)
        if not isinstance(value, np.ndarray):  # which may be changed
            with suppress(TypeError):  # of arrays in it
                key = known.word, json.dumps(content)
        return self._listed(key, value, [known.word, content])

    def _reference(self, value: Any, word: str, content: Any) -> dict[str, int]:
        """A reference to an object, which is listed after all that it refers to."""
        if id(value) in self._index:
            return {"@": self._index[id(value)]}
        return self._listed(id(value), value, [word, self.pack(content)])

    def _listed(self, key: Any, value: Any, packed: list[Any]) -> dict[str, int]:
        """A reference to what was packed, which is listed unless its key is known."""
        if key not in self._index:
            self._index[key] = len(self.objects)
            self._alive.append(value)
            self.objects.append(packed)
        return {"@": self._index[key]}
