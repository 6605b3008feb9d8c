"""Words: what a file calls objects of ours, and what their attributes must be.

A class declares its word and its fields; a ``Vocabulary`` lists the classes that a file
may hold. Objects become entries of one list, in which later ones refer to earlier ones:
what two of them share is shared again when they are read, and there are no circles.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from .fields import Check
from .limits import Refused
from .values import STANDARD, Value

Own = TypeVar("Own", bound=type)

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
            try:
                return self.values[word].unpack(self._unpack(content, objects))
            except (ArithmeticError, LookupError, TypeError, ValueError) as error:
                raise Refused(word, str(error)) from None
        if word not in self.classes:
            raise Refused(word, "the word is unknown")
        own = self.classes[word]
        fields = own.stored_fields  # type: ignore[attr-defined]
        if not isinstance(content, dict) or content.keys() != fields.keys():
            raise Refused(word, f"its fields are not {sorted(fields)}")
        found = {name: self._unpack(v, objects) for name, v in content.items()}
        for name, check in fields.items():
            try:
                check(found[name])
            except ValueError as error:
                raise Refused(f"{word}, {name}", f"it {error}") from None
        made = _new(own, found)
        if hasattr(made, "check_stored"):
            try:
                made.check_stored()
            except ValueError as error:
                raise Refused(word, str(error)) from None
        return made

    def _unpack(self, packed: Any, objects: list[Any]) -> Any:
        """A packed value, given the objects that it may refer to."""
        if isinstance(packed, list | tuple):
            return type(packed)(self._unpack(item, objects) for item in packed)
        if not isinstance(packed, dict):
            return packed
        tag = next(iter(packed), "")
        if not tag.startswith("@"):
            return {key: self._unpack(item, objects) for key, item in packed.items()}
        content = packed[tag]
        if len(packed) > 1:
            raise Refused("tree", f"{tag!r} must be alone")
        if tag == "@":
            if type(content) is not int or not 0 <= content < len(objects):
                raise Refused("tree", f"{content!r:.20} is no object before this one")
            return objects[content]
        try:
            return _CONTAINERS[tag](self._unpack(content, objects))
        except (KeyError, ValueError, TypeError) as error:
            raise Refused("tree", f"{tag!r} of {content!r:.60}: {error}") from None


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
        self._index: dict[int, int] = {}
        self._alive: list[Any] = []  # an id may be given again after its object is gone

    def pack(self, value: Any) -> Any:
        """A value in which references stand for objects."""
        own = type(value)
        word = getattr(own, "stored_word", None)
        if word and self.vocabulary.classes.get(word) is own:
            return self._reference(value, word, self._fields_of(value))
        for known in self.vocabulary.values.values():
            if known.takes(value):
                return self._reference(value, known.word, known.pack(value))
        if own is dict:
            if all(type(key) is str and not key.startswith("@") for key in value):
                return {key: self.pack(item) for key, item in value.items()}
            return {"@dict": [list(map(self.pack, pair)) for pair in value.items()]}
        if own in (set, frozenset):
            ordered = sorted(value, key=lambda item: (type(item).__name__, repr(item)))
            return {f"@{own.__name__}": [self.pack(item) for item in ordered]}
        if own in (list, tuple):
            return own(self.pack(item) for item in value)
        if word or own.__module__.partition(".")[0] == __name__.partition(".")[0]:
            raise TypeError(f"{own.__name__} has no word in this vocabulary.")
        return value

    def _fields_of(self, value: Any) -> dict[str, Any]:
        """The attributes of an object that are stored."""
        fields, derived = type(value).stored_fields, type(value).stored_derived
        own = vars(value) if hasattr(value, "__dict__") else value._asdict()
        if odd := (own.keys() ^ fields.keys()) - derived:
            name = type(value).__name__
            raise TypeError(f"{name} has other attributes than its word: {odd}.")
        return {name: own[name] for name in fields}

    def _reference(self, value: Any, word: str, content: Any) -> dict[str, int]:
        """A reference to an object, which is listed after all that it refers to."""
        if id(value) not in self._index:
            packed = [word, self.pack(content)]
            self._index[id(value)] = len(self.objects)
            self._alive.append(value)
            self.objects.append(packed)
        return {"@": self._index[id(value)]}
