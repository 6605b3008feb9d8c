"""Numbers as text: how a column writes them, found in its values."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from skgan.storage import stored
from skgan.storage.fields import flag, one_of, require, text, whole

PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
MAX_DIGITS = 18  # of whole numbers in 64 bits
# Signs of currencies before it, a unit or a percent sign after it
BODY = re.compile(
    r"(?P<sign>[+\-]?)(?P<before>[^\w+\-.,]*)(?P<number>[+\-]?\d(?:.*\d)?)"
    r"(?P<after>[^\w+\-.,]*\w{0,4})"
)
MARKS = [(None, "."), (",", "."), (None, ","), (".", ","), (" ", ","), (" ", ".")]
MARKS += [("'", "."), ("\u00a0", ","), ("\u202f", ","), ("_", ".")]


@stored(
    "number_format/1",
    before=text,
    after=text,
    thousands=one_of(*dict(MARKS)),
    mark=one_of(".", ","),
    decimals=whole(0, MAX_DIGITS),
    least=whole(0, MAX_DIGITS),
    has_plus=flag,
    signs_first=flag,
)
class NumberFormat(NamedTuple):
    """How numbers stand as text: ``5 %``, ``+1.5``, ``9.281,00``.

    ``decimals`` are those of the finest number, ``least`` of them are written even if
    they are zeros. Numbers are whole ones in units of 10^-decimals. A sign may stand
    before all else: ``-$5``.
    """

    before: str
    after: str
    thousands: str | None
    mark: str
    decimals: int
    least: int
    has_plus: bool
    signs_first: bool = False

    family = "number"

    def check_stored(self):
        """Check that signs stand for one thing each."""
        require((self.thousands, self.mark) in MARKS, "marks are a pair")
        require(self.least <= self.decimals, "decimals are enough")

    @property
    def per(self):
        """How many units are one."""
        return Fraction(10) ** self.decimals

    @property
    def limits(self):
        """The least and the greatest number."""
        return 1 - 10**MAX_DIGITS, 10**MAX_DIGITS - 1

    @property
    def is_plain(self):
        """Whether numbers are digits alone, as codes are."""
        return not (self.before or self.after or self.has_plus or self.decimals)

    def numbers(self, texts, exact=False):
        """Return the number that each text writes, None of other texts.

        ``exact`` numbers are those whose text comes back as it stood.
        """
        return [self._number(text, exact) for text in texts]

    def _number(self, text, exact):
        """Return the number that a text writes, None of any other text."""
        found = BODY.fullmatch(text)
        if not found or (found["before"], found["after"]) != (self.before, self.after):
            return None
        signed = found["sign"] + found["number"]
        plain = signed.replace(self.thousands or "\0", "")
        is_exact = exact or plain != signed  # "1,2" is no 12
        plain = plain.replace(self.mark, ".")
        if not PLAIN.fullmatch(plain):
            return None
        number = Decimal(plain).scaleb(self.decimals)
        if abs(number) > self.limits[1]:
            return None
        number = int(number.to_integral_value())
        return None if is_exact and self.text(number) != text else number

    def text(self, number):
        """Return the text of a number."""
        digits = f"{abs(number):0{self.decimals + 1}}"
        at = len(digits) - self.decimals
        whole, rest = digits[:at], digits[at:]
        rest = rest[: self.least] + rest[self.least :].rstrip("0")
        if self.thousands:
            whole = f"{int(whole):,}".replace(",", self.thousands)
        sign = "-" if number < 0 else "+" if self.has_plus else ""
        end = f"{self.mark}{rest}" if rest else ""
        first = sign + self.before if self.signs_first else self.before + sign
        return f"{first}{whole}{end}{self.after}"

    def __str__(self):
        return f"numbers as {self.text(int(Decimal('1234.5').scaleb(self.decimals)))!r}"


def number_formats(texts):
    """Return the formats in which some of the texts may be numbers, likely ones first.

    Parameters
    ----------
    texts : list of str
        Some values of a column.
    """
    found = [match for match in map(BODY.fullmatch, texts) if match]
    if not found:
        return []
    around = [(match["before"], match["after"]) for match in found]
    before, after = max(around, key=around.count)
    numbers = [match["sign"] + match["number"] for match in found]
    signs_first = any(match["sign"] and match["before"] for match in found)
    has_plus = any(number.startswith("+") for number in numbers)
    formats = {}
    for thousands, mark in MARKS:
        ends = [number.rpartition(mark) for number in numbers]
        sizes = [len(end) if found and end.isdigit() else 0 for _, found, end in ends]
        wide = max(
            len(number) - size for number, size in zip(numbers, sizes, strict=True)
        )
        usual, most = max(sizes, key=sizes.count), min(max(sizes), MAX_DIGITS - wide)
        if usual > most or most < 0:  # the largest would have no number
            continue
        for decimals, least in ((usual, usual), (most, min(most, 1)), (most, 0)):
            own = before, after, thousands, mark, decimals, least
            own = *own, has_plus, signs_first
            formats[own] = NumberFormat(*own)
    # "+49" is no number where nothing else shows that it is
    shows = not has_plus or any(number.startswith("-") for number in numbers)
    return [own for own in formats.values() if shows or own.decimals]
