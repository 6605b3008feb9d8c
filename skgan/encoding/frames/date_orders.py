"""The formats that texts of dates and times may have, by their parts."""

import re
from itertools import pairwise, permutations

from .calendars import NAMES, DateFormat

ROLE_OF = {name.lower(): role for role, names in NAMES.items() for name in names}
TOKEN = re.compile(r"\d+|[^\W\d_]+|.", re.DOTALL)
MAX_SHAPES = 3  # of texts, that are tried
# Digits alone, by their number; the year has four
DIGITS = {6: "Ym", 8: "Ymd", 12: "YmdHM", 14: "YmdHMS"}


def date_formats(texts):
    """Return the formats in which some of the texts may be dates or times.

    Parameters
    ----------
    texts : list of str
        Some values of a column.
    """
    groups = {}
    for text in texts:
        tokens = TOKEN.findall(text)
        groups.setdefault(tuple(map(_class_of, tokens)), []).append(tokens)
    common = sorted(groups.items(), key=lambda pair: -len(pair[1]))[:MAX_SHAPES]
    found = [own for shape, rows in common for own in _formats(shape, rows)]
    own = (_without_padding(own, texts) for own in dict.fromkeys(found) if own)
    return [*filter(None, own)]


def _class_of(token):
    """Return what a token may be: a number by its digits, a name, or itself."""
    if token.isascii() and token.isdigit():
        return {1: "N", 2: "N", 4: "Y", 8: "D"}.get(len(token), "f")
    role = ROLE_OF.get(token.lower())
    return token if role is None else role.lower()


def _formats(shape, rows):
    """Return formats of texts of one shape; ``rows`` are their tokens."""
    letters = _of_names(rows)
    if shape in (("D",), ("f",)):
        return [*map(_of_digits, {len(text): text for (text,) in rows}.values())]
    for i, own in enumerate(shape):
        if own == ":" and shape[max(i - 1, 0) : i + 2] == ("N", ":", "N"):
            _set_time(letters, shape, i)
    hours = [i for i, letter in letters.items() if letter == "H"]
    if "p" in letters.values():
        at = next(i for i, letter in letters.items() if letter == "p")
        before = [i for i in range(at) if shape[i] == "N"]
        hours = hours or before[-1:]
        letters |= dict.fromkeys(hours, "I")
    rest = [i for i, own in enumerate(shape) if own in ("N", "Y") and i not in letters]
    return [
        _format(rows[0], letters | dict(zip(rest, order, strict=True)))
        for order in _orders([shape[i] for i in rest], letters, bool(hours))
    ]


def _of_names(rows):
    """Return the letters of tokens that are names, full ones or short, by position."""
    letters = {}
    for i, tokens in enumerate(zip(*rows, strict=True)):
        roles = {
            ROLE_OF.get(token.lower()) for token in tokens if token.lower() != "may"
        }
        roles = roles or {"b"}
        if len(roles) == 1 and None not in roles:
            letters[i] = roles.pop()
    return letters


def _set_time(letters, shape, i):
    """Set the letters of a time around the colon at i: hours, minutes, seconds."""
    if "H" in letters.values():
        if letters.get(i - 1) == "M":
            letters[i + 1] = "S"
            is_fraction = shape[i + 2 : i + 3] in ((".",), (",",))
            if is_fraction and len(shape) > i + 3 and shape[i + 3] in "NYDf":
                letters[i + 3] = "f"
        else:  # an offset, as all texts have it
            letters[i - 1] = letters[i + 1] = ""
    else:
        letters[i - 1], letters[i + 1] = "H", "M"


def _orders(rest, letters, has_time):
    """Return the letters that numbers of a date may have, in likely orders first.

    ``letters`` are those of names and times, by their positions.
    """
    has_month = bool({"b", "B"} & set(letters.values()))
    if not rest:
        return [()] if has_time and not has_month else []
    if has_time and rest.count("Y") == 2 and rest[-1] == "Y":  # an offset
        return [(*order, "") for order in _orders(rest[:-1], letters, False)]
    n_parts = len(rest) + has_month
    wanted = "Y" if "Y" in rest else "y"
    wanted += ("" if has_month else "m") + ("d" if n_parts == 3 else "")
    if len(wanted) != len(rest) or wanted in ("y", "ym"):
        return []
    fits = [
        "".join(order)
        for order in permutations(wanted)
        if all((c == "Y") == (r == "Y") for c, r in zip(order, rest, strict=True))
    ]
    # Clocks of twelve hours are of those who write the month first
    likely = ("mdy", "dmy", "ymd") if "p" in letters.values() else ("dmy", "mdy", "ymd")
    if len(wanted) < 3:
        return fits
    return sorted(
        (order for order in fits if order.lower() in likely),
        key=lambda order: likely.index(order.lower()),
    )


def _format(tokens, letters):
    """Return the format of tokens, of which some have letters."""
    parts, literal = [], ""
    for i, token in enumerate(tokens):
        letter = letters.get(i, "")
        if not letter:
            literal += token
            continue
        if literal:
            parts.append(("", literal))
        parts.append((letter, token))
        literal = ""
    return DateFormat((*parts, *([("", literal)] if literal else [])))


def _of_digits(text):
    """Return the format of digits alone, None of so many that are none."""
    letters = DIGITS.get(len(text))
    if letters is None:
        return None
    cuts = [0, *range(4, len(text) + 1, 2)]
    pieces = [text[a:b] for a, b in pairwise(cuts)]
    return DateFormat((*zip(letters, pieces, strict=True),))


def _without_padding(own, texts):
    """Return a format in which numbers that some texts have in one digit are such.

    None of months that all are: those may be quarters.
    """
    letters = own.letters & set("mdHI")
    if len(own.parts) == len(own.letters) and "Y" in own.letters:  # digits alone
        return own
    loose = own._replace(unpadded=frozenset(letters))
    matches = [*filter(None, map(loose.pattern().fullmatch, texts))]
    sizes = {letter: {len(match[letter]) for match in matches} for letter in letters}
    if own.family == "month" and sizes.get("m") == {1}:
        return None
    short = {letter for letter, found in sizes.items() if 1 in found}
    return own._replace(unpadded=frozenset(short))
