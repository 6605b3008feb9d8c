"""Dates and times as text: how a column writes them, found in its values."""

import re
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from skgan.storage import fields, stored
from skgan.storage.fields import many, one_of, require

from .clocks import EPOCH
from .times import MAX, UNITS

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
DAYS = "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
NAMES = {"B": MONTHS, "b": [m[:3] for m in MONTHS]}
NAMES |= {"A": DAYS, "a": [day[:3] for day in DAYS], "p": ["AM", "PM"]}
FIRST, LAST = (datetime.min - EPOCH).days, (datetime.max - EPOCH).days
FINEST = {"S": "s", "M": "m", "H": "h", "I": "h", "d": "D"}
VALUES = {
    **{"Y": lambda t: t.year, "y": lambda t: t.year % 100, "m": lambda t: t.month},
    **{"d": lambda t: t.day, "H": lambda t: t.hour, "I": lambda t: t.hour % 12 or 12},
    **{"M": lambda t: t.minute, "S": lambda t: t.second},
}


LETTERS = {*NAMES, *VALUES, "f", ""}
MAX_FRACTION = 12  # digits


@stored(
    "date_format/1",
    parts=many(fields.fixed(one_of(*sorted(LETTERS)), fields.text), tuple, least=1),
    unpadded=many(one_of(*"mdHI"), frozenset),
    is_ambiguous=fields.flag,
)
class DateFormat(NamedTuple):
    """How dates or times stand as text, by parts in the letters of ``strftime``.

    Numbers are whole ones of the finest part, since 1970 or midnight; without a day,
    months since 1970.
    """

    parts: tuple  # pairs of a letter, or "" for what all texts share, and its text
    unpadded: frozenset = frozenset()
    is_ambiguous: bool = False  # whether months might be days

    is_plain = False

    def check_stored(self):
        """Check that each part stands once, and that the ends can be written."""
        letters = [letter for letter, _ in self.parts if letter]
        require(len(set(letters)) == len(letters) > 0, "each part stands once")
        require(("I" in letters) == ("p" in letters), "twelve hours have halves")
        fractions = [len(digits) for letter, digits in self.parts if letter == "f"]
        require(all(0 < n <= MAX_FRACTION for n in fractions), "fractions are short")
        texts = [*map(self.text, self.limits)]
        require(None not in self.numbers(texts), "the ends can be written")

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
            return 12 * (datetime.min.year - 1970), 12 * (datetime.max.year - 1969) - 1
        a_day = int(86_400 * self.per)
        if self.family == "time":
            return 0, a_day - 1
        return max(FIRST * a_day, -MAX), min((LAST + 1) * a_day - 1, MAX)

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

    def numbers(self, texts, exact=False):
        """Return the number that each text writes, None of other texts.

        ``exact`` numbers are those whose text comes back as it stood.
        """
        matches = map(self.pattern().fullmatch, texts)
        per, (low, high) = None if self.family == "month" else self.per, self.limits
        numbers = [
            self._number(match.groupdict(), per, text, exact) if match else None
            for match, text in zip(matches, texts, strict=True)
        ]
        return [None if n is None or not low <= n <= high else n for n in numbers]

    def _number(self, found, per, text, exact):
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
        return None if exact and self._text(number, per) != text else number

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
        width = 4 if letter == "Y" else 2
        return f"{own}" if letter in self.unpadded else f"{own:0{width}}"

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
