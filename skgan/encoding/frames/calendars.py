"""Dates and times as text: how a column writes them, found in its values."""

import re
from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

from .times import UNITS

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
DAYS = "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
NAMES = {"B": MONTHS, "b": [m[:3] for m in MONTHS]}
NAMES |= {"A": DAYS, "a": [day[:3] for day in DAYS], "p": ["AM", "PM"]}
ROLE_OF = {name.lower(): role for role, names in NAMES.items() for name in names}
TOKEN = re.compile(r"\d+|[^\W\d_]+|.", re.DOTALL)
EPOCH = datetime(1970, 1, 1)
FINEST = {"S": "s", "M": "m", "H": "h", "I": "h", "d": "D"}
VALUES = {
    **{"Y": lambda t: t.year, "y": lambda t: t.year % 100, "m": lambda t: t.month},
    **{"d": lambda t: t.day, "H": lambda t: t.hour, "I": lambda t: t.hour % 12 or 12},
    **{"M": lambda t: t.minute, "S": lambda t: t.second},
}
MAX_SHAPES = 3  # of texts, that are tried


class DateFormat(NamedTuple):
    """How dates or times stand as text, by parts in the letters of ``strftime``.

    Numbers are whole ones of the finest part, since 1970 or midnight; without a day,
    months since 1970.
    """

    parts: tuple  # pairs of a letter, or "" for what all texts share, and its text
    unpadded: frozenset = frozenset()
    is_ambiguous: bool = False  # whether months might be days

    is_plain = False

    @property
    def letters(self):
        """The letters of all parts."""
        return {letter for letter, _ in self.parts if letter}

    @property
    def family(self):
        """What numbers stand for: "date", "time" or "month"."""
        if not self.letters & {"Y", "y"}:
            return "time"
        return "date" if "d" in self.letters else "month"

    @property
    def per(self):
        """How many units are one second, or one month."""
        return _per(self.parts, self.family)

    @property
    def limits(self):
        """The least and the greatest number."""
        if self.family == "month":
            return -12 * 970, 12 * 1030 - 1
        if self.family == "time":
            return 0, int(86_400 * self.per) - 1
        first, last = datetime(1000, 1, 1) - EPOCH, datetime(3000, 1, 1) - EPOCH
        days = first.days, last.days
        return int(days[0] * 86_400 * self.per), int(days[1] * 86_400 * self.per) - 1

    def pattern(self):
        """Return the expression that texts match."""
        pieces = []
        for letter, text in self.parts:
            if letter in NAMES:
                pieces.append(f"(?P<{letter}>{'|'.join(NAMES[letter])})")
            elif letter:
                least = 1 if letter in self.unpadded else 2
                width = {"Y": "4", "f": f"{len(text)}"}.get(letter, f"{least},2")
                pieces.append(rf"(?P<{letter}>[0-9]{{{width}}})")
            else:
                pieces.append(re.escape(text))
        return re.compile("".join(pieces), re.IGNORECASE)

    def numbers(self, texts):
        """Return the number that each text writes, None of other texts."""
        matches = map(self.pattern().fullmatch, texts)
        per = None if self.family == "month" else self.per
        return [
            self._number(match.groupdict(), per, text) if match else None
            for match, text in zip(matches, texts, strict=True)
        ]

    def _number(self, found, per, text):
        """Return the number of the parts of a text, None if there is no such day."""
        month = found.get("m")
        for letter in "Bb":
            if letter in found:
                month = 1 + [name.lower() for name in NAMES[letter]].index(
                    found[letter].lower()
                )
        year = int(found.get("Y") or 1970)
        if "y" in found:
            year = int(found["y"]) + (1900 if int(found["y"]) > 68 else 2000)
        hour = int(found.get("H") or 0)
        if "I" in found:
            hour = int(found["I"]) % 12 + 12 * (found["p"].lower() == "pm")
        day, minute, second = (int(found.get(k, k == "d")) for k in "dMS")
        try:
            value = datetime(year, int(month or 1), day, hour, minute, second)
        except ValueError:
            return None
        number = 12 * (year - 1970) + value.month - 1
        if per:
            span = value - EPOCH
            seconds = 86_400 * span.days + span.seconds
            number = seconds * per.numerator // per.denominator
            number += int(found.get("f") or 0)
        return number if self._text(number, per) == text else None

    def text(self, number):
        """Return the text of a number."""
        return self._text(number, None if self.family == "month" else self.per)

    def _text(self, number, per):
        """Return the text of a number of so many units a second, None for months."""
        if per is None:
            value, fraction = datetime(1970 + number // 12, 1 + number % 12, 1), 0
        else:
            seconds, fraction = divmod(number * per.denominator, per.numerator)
            value = EPOCH + timedelta(seconds=seconds)
        return "".join([self._part(*part, value, fraction) for part in self.parts])

    def _part(self, letter, text, value, fraction):
        """Return the text of one part of a date; ``text`` shows how it is written."""
        if not letter:
            return text
        if letter in NAMES:
            at = {"p": value.hour // 12, "A": value.weekday(), "a": value.weekday()}
            name = NAMES[letter][at.get(letter, value.month - 1)]
            styles = (str.upper, str.lower) if text != text.title() else (str.title,)
            return next((s(name) for s in styles if s(text) == text), name)
        if letter == "f":
            return f"{fraction:0{len(text)}}"
        own = VALUES[letter](value)
        return f"{own}" if letter in self.unpadded else f"{own:02}"

    def __str__(self):
        pieces = [f"%{letter}" if letter else text for letter, text in self.parts]
        what = {"time": "times", "month": "months"}.get(self.family, "dates")
        first = [letter for letter, _ in self.parts if letter in ("d", "m")][:1]
        order = "day" if first == ["d"] else "month"
        doubt = f" ({order} first, though both would do)" if self.is_ambiguous else ""
        return f"{what} as {''.join(pieces)!r}{doubt}"


@lru_cache
def _per(parts, family):
    """Return how many units are one second, or one month, by the finest part."""
    letters = dict(parts)
    if "f" in letters:
        return Fraction(10 ** len(letters["f"]))
    if family == "month":
        return Fraction(1)
    return next(UNITS[unit] for letter, unit in FINEST.items() if letter in letters)


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
    return [_without_padding(own, texts) for own in dict.fromkeys(found)]


def _class_of(token):
    """Return what a token may be: a number by its digits, a name, or itself.

    A year has four digits and does not start with a zero, all of a date has eight.
    """
    if token.isascii() and token.isdigit():
        return {1: "N", 2: "N", 4: "Y", 8: "D"}.get(len(token), "f")
    role = ROLE_OF.get(token.lower())
    return token if role is None else role.lower()


def _formats(shape, rows):
    """Return formats of texts of one shape; ``rows`` are their tokens."""
    letters = _of_names(rows)
    if shape == ("D",):
        text = rows[0][0]
        return [DateFormat((("Y", text[:4]), ("m", text[4:6]), ("d", text[6:])))]
    for i, own in enumerate(shape):
        if (
            own == ":"
            and 0 < i < len(shape) - 1
            and "N" == shape[i - 1] == shape[i + 1]
        ):
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


def _without_padding(own, texts):
    """Return a format in which numbers that some texts have in one digit are such."""
    loose = own._replace(unpadded=frozenset("mdHI"))
    matches = filter(None, map(loose.pattern().fullmatch, texts))
    short = Counter(
        letter
        for match in matches
        for letter, text in match.groupdict().items()
        if len(text) == 1
    )
    return own._replace(unpadded=frozenset("mdHI") & set(short))
