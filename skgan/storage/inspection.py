"""What a file holds, in words, without the libraries that wrote it."""

import os
from textwrap import wrap
from typing import Any, NamedTuple

import numpy as np

from ..exceptions import FileError
from .container import CHECKPOINT, read
from .limits import Refused

MAX_SHOWN = 2_000  # numbers of an array
WIDTH, MAX_INDENT = 88, 60
WEIGHTS = "tensor/1"  # of a network: these are counted, not shown
STATE = (
    "It is the state of training, from which a fit of the same parameters and data "
    "goes on, and no model that can be loaded."
)


class Entry(NamedTuple):
    """An object of a file.

    ``number`` counts them, ``word`` says what it is, and ``content`` is what it holds.
    """

    number: int
    word: str
    content: Any


class Inspection:
    """What a file holds. Prints as an outline.

    Attributes
    ----------
    class_name : str
        What the file is of.
    params : dict
        The parameters.
    learned : dict
        All that was learned, by names; objects are tuples (number, word, content). Of a
        checkpoint its state, with text in place of arrays, that counts their numbers.
    columns : list of str
        Names of the columns of a table.
    versions : dict of str to str
        Of the libraries that wrote the file.
    sha256 : str
        The digest of the content. It is right: a changed file is refused.
    n_bytes : int
        Size of the file.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        header, tree = read(path)
        self._path, self.n_bytes = os.fspath(path), os.stat(path).st_size
        self.class_name, self.sha256 = header["class"], header["sha256"]
        self.versions = header["versions"]
        try:
            self.params, _ = _linked(header["params"])
            if self.class_name == CHECKPOINT:
                tree = {"objects": [], "value": _counted(tree)}
            self.learned, entries = _linked(tree)
            schemas = (e.content for e in entries if e.word.startswith("table_schema/"))
            self.columns = [str(name) for schema in schemas for name in schema["names"]]
        except (Refused, AttributeError, LookupError, TypeError, ValueError) as error:
            raise FileError(path, "tree", str(error), self.versions) from None

    def __repr__(self) -> str:
        return f"<Inspection of {self._path}; print it>"

    def __str__(self) -> str:
        libraries = ", ".join(f"{k} {v}" for k, v in self.versions.items())
        lines = [
            f"{self._path}: {self.class_name}, {self.n_bytes:,} bytes",
            f"sha256 {self.sha256}",
            f"written by {libraries}",
        ]
        if self.class_name == CHECKPOINT:
            lines += [*wrap(STATE, WIDTH), *_section("State", self.learned)]
        else:
            lines += _section("Parameters", self.params)
            lines += _section("Learned", self.learned)
        return "\n".join(lines)


def inspect(path: str | os.PathLike) -> Inspection:
    """Look at what a file holds, without loading it.

    Printed are parameters, and all that was learned of the data: every value, count and
    mean; arrays of more than 2,000 numbers are cut short, and weights of networks are
    counted. Neither torch nor a library of data frames is imported.

    Parameters
    ----------
    path : path-like
        A file of :func:`skgan.save`, or a checkpoint, of which weights and random
        streams are counted.

    Returns
    -------
    Inspection
        ``print`` it.

    Raises
    ------
    skgan.exceptions.FileError
        If the file was changed or cut, or is of another program or a newer version.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import skgan
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "model.skgan"
    ...     skgan.save(skgan.GANGenerator(max_iter=500), path)
    ...     found = skgan.inspect(path)
    >>> found.class_name, found.params["max_iter"]
    ('gan_generator/1', 500)
    """
    return Inspection(path)


def _counted(value: Any) -> Any:
    """A state with arrays, and dicts of nothing else, as text; plain values first."""
    arrays = _arrays(value)
    if arrays is not None and len(arrays) > 0:
        within = f" in {len(arrays):,} arrays" if len(arrays) > 1 else ""
        return f"{sum(array.size for array in arrays):,} numbers{within}"
    if isinstance(value, dict):
        counted = {key: _counted(item) for key, item in value.items()}
        return dict(sorted(counted.items(), key=lambda pair: _is_nested(pair[1])))
    if isinstance(value, list | tuple):
        return type(value)(map(_counted, value))
    return value


def _arrays(value: Any) -> list[Any] | None:
    """All arrays of a dict or list of nothing else, None of any other value."""
    if isinstance(value, np.ndarray):
        return [value]
    if not isinstance(value, dict | list | tuple):
        return None
    found: list[Any] = []
    for item in value.values() if isinstance(value, dict) else value:
        own = _arrays(item)
        if own is None:
            return None
        found += own
    return found


def _linked(packed: Any) -> tuple[Any, list[Entry]]:
    """A packed value with objects in place of references, and all objects."""
    if packed is None:
        return {}, []
    entries: list[Entry] = []
    for word, content in packed["objects"]:
        entries.append(Entry(len(entries), str(word), _link(content, entries)))
    return _link(packed["value"], entries), entries


def _link(value: Any, entries: list[Entry]) -> Any:
    """A value with objects in place of references."""
    if isinstance(value, list | tuple):
        return type(value)(_link(item, entries) for item in value)
    if not isinstance(value, dict):
        return value
    tag = next(iter(value), "")
    if tag == "@":
        if type(value[tag]) is not int or not 0 <= value[tag] < len(entries):
            raise Refused("tree", f"{value[tag]!r:.20} is no object before this one")
        return entries[value[tag]]
    if tag == "@dict":
        pairs = (_link(pair, entries) for pair in value[tag])
        return {_key(key): item for key, item in pairs}
    if tag.startswith("@"):
        return _link(value[tag], entries)
    return {key: _link(item, entries) for key, item in value.items()}


def _key(key: Any) -> Any:
    """A key as it is, or as text where it is no plain value."""
    return key if isinstance(key, str | int | float | None) else str(key)


def _section(title: str, value: dict[str, Any]) -> list[str]:
    """The lines of a part, under its title."""
    return ["", title, "-" * len(title), *_lines(value, "", set())]


def _lines(value: Any, indent: str, shown: set[int], names: Any = ()) -> list[str]:
    """Lines of what a container or an object holds; objects are shown once.

    ``names`` are those of the columns that its items may be about.
    """
    if len(indent) > MAX_INDENT:
        return [f"{indent}..."]
    if isinstance(value, Entry):
        shown.add(value.number)
        return _lines(value.content, indent, shown)
    is_named = isinstance(value, dict) and not any(type(key) is int for key in value)
    own = value.get("_names", value.get("names", ())) if is_named else names
    items = value.items() if isinstance(value, dict) else enumerate(value)
    lines: list[str] = []
    for key, item in items:
        head = f"{indent}{_title(key, () if is_named else own)}:"
        if not _is_nested(item):
            text = f"{head} {_text(item)}"
            lines += wrap(text, WIDTH, subsequent_indent=f"{indent}  ")
        elif isinstance(item, Entry) and item.number in shown:
            lines.append(f"{head} {item.word}, as above")
        else:
            word = f" {item.word}" if isinstance(item, Entry) else ""
            below = () if key == "relations_" else own
            lines += [f"{head}{word}", *_lines(item, f"{indent}  ", shown, below)]
    return lines


def _title(key: Any, names: Any) -> str:
    """A key, with the name of the column if it counts columns."""
    if type(key) is int and 0 <= key < len(names):
        return f"{key}, {names[key]!r}"
    return str(key)


def _is_nested(value: Any) -> bool:
    """Whether it takes more than one line: whether it holds objects, or names."""
    if isinstance(value, Entry):
        return value.word != WEIGHTS and _is_nested(value.content)
    if isinstance(value, list | tuple):
        return any(isinstance(item, Entry | list | tuple | dict) for item in value)
    return isinstance(value, dict) and len(value) > 0


def _text(value: Any) -> str:
    """A value that is not nested."""
    if isinstance(value, Entry) and value.word == WEIGHTS:
        array = value.content[1]
        return f"{array.size:,} weights, {array.dtype}"
    if isinstance(value, Entry):
        return f"{value.word} {_text(value.content)}"
    if isinstance(value, np.ndarray):
        numbers = ", ".join(map(str, value.ravel()[:MAX_SHOWN].tolist()))
        more = f", and {value.size - MAX_SHOWN:,} more" * (value.size > MAX_SHOWN)
        shape = "" if value.ndim == 1 else f" {value.shape}"
        return f"{value.dtype}{shape}: {numbers or 'none'}{more}"
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value)) or "none"
    return repr(value) if isinstance(value, str) else str(value)
