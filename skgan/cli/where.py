"""Conditions on the command line: ``--where "age>=60" --where "sex=Female"``."""

import re

from ..conditions import MISSING
from .csv import THOUSANDS, grouped

SIGN = re.compile(">=|<=|=")
FLAGS = {"true": "true", "1": "true", "false": "false", "0": "false"}


def read_where(texts, names):
    """Read conditions as pairs of columns with their ends, or values, as text.

    Parameters
    ----------
    texts : list of str
        ``NAME>=VALUE``, ``NAME<=VALUE`` or ``NAME=VALUE``, of which the last takes
        several values, ``NAME=A|B``, and none for a missing one.
    names : sequence
        Names of the columns. Numbers are named by their digits.

    Returns
    -------
    where : dict of tuple or list
        By columns: pairs of ends, of which one may be None, and lists of values.

    Raises
    ------
    ValueError
        If a text is no condition, or names no column or one in two ways.
    """
    where = {}
    for text in texts:
        name, sign, value = _parted(text, names)
        if sign == "=":
            added = value.split("|")
        else:
            added = (value, None) if sign == ">=" else (None, value)
        if name in where:
            added = _both(text, where[name], added)
        where[name] = added
    return where


def by_text(names):
    """Names, or values, by how they are written; text goes before what is none."""
    return {str(name): name for name in sorted(names, key=lambda n: isinstance(n, str))}


def _parted(text, names):
    """Name, sign and value of a condition: the longest name that is a column."""
    known, found = by_text(names), None
    for sign in SIGN.finditer(text):
        if text[: sign.start()].strip() in known:
            found = sign
    if found is None:
        shown = ", ".join(map(repr, names))
        raise ValueError(
            "--where must be COLUMN>=VALUE, COLUMN<=VALUE or COLUMN=VALUE, with a "
            f"column of {shown}, got {text!r}."
        )
    value = text[found.end() :].strip()
    return known[text[: found.start()].strip()], found.group(), value


def _both(text, first, second):
    """A range from two conditions of a column, one for each end."""
    is_pair = isinstance(first, tuple) and isinstance(second, tuple)
    if not is_pair or any(None not in pair for pair in zip(first, second, strict=True)):
        raise ValueError(
            "--where takes one list of values for a column, COLUMN=A|B, or two ends, "
            f"got {text!r} besides another."
        )
    return tuple(a if b is None else b for a, b in zip(first, second, strict=True))


def asked_of(gan, texts, decimal="."):
    """What conditions as text ask of the rows of a fitted generator.

    Raises
    ------
    ValueError
        If its rows are images, or if a text is no condition.
    """
    schema = gan.encoder_.schema
    if schema is None:
        raise ValueError("--where needs a model of a table, got one of images.")
    return as_values(read_where(texts, schema.names), schema, decimal)


def as_values(where, schema, decimal="."):
    """Turn the text of conditions into values of the columns.

    Parameters
    ----------
    where : dict
        What ``read_where`` returns.
    schema : TableSchema
        That of the encoder.
    decimal : str, default="."
        What stands before decimals.

    Returns
    -------
    where : dict or None
        For ``GANGenerator.sample``; None without conditions.

    Raises
    ------
    ValueError
        If a text does not convert.
    """
    converted = {}
    for name, wanted in where.items():
        own = schema.columns[schema.names.index(name)]
        convert = _converter(name, own, decimal)
        if isinstance(wanted, tuple):
            values = (None if text is None else convert(text) for text in wanted)
            converted[name] = tuple(values)
        else:
            values = (MISSING if text == "" else convert(text) for text in wanted)
            converted[name] = list(values)
    return converted or None


def _converter(name, schema, decimal):
    """What turns the text of a value into one of a column."""
    if schema.content != "number":
        is_boolean = schema.content == "boolean"
        known = by_text((False, True) if is_boolean else schema.categories or ())
        flags = {text.lower(): own for text, own in known.items()}
        flags = {text: flags.get(word, text) for text, word in FLAGS.items()}
        return lambda text: known.get(text, flags.get(text.lower(), text))
    if schema.family == "number":
        return lambda text: _number(name, schema.written, text, decimal)
    return str


def _number(name, written, text, decimal):
    """A number with a decimal mark; text as the column writes it stays."""
    if written is not None and written.numbers([text]) != [None]:
        return text
    plain = text
    if re.fullmatch(grouped(decimal), text):
        plain = text.replace(THOUSANDS[decimal], "")
    plain = plain.replace(decimal, ".")
    for number in (int, float):
        try:
            return number(plain)
        except ValueError:
            pass
    raise ValueError(f"--where needs a number for {name!r}, got {text!r}.")
