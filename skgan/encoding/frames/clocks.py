"""What the clocks of a time zone show, and when it is so late on them."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from skgan.storage import stored
from skgan.storage.fields import instance, require, text

EPOCH, SECOND = datetime(1970, 1, 1), timedelta(seconds=1)
DAY = 86_400
SPAN = 3 * DAY  # changes that undo each other are further apart, in all zones
# What datetime holds, in seconds, without some days at either end
FIRST, LAST = ((end - EPOCH) // SECOND for end in (datetime.min, datetime.max))
FIRST, LAST = FIRST + 3 * SPAN, LAST - 3 * SPAN


@stored("clock/1", zone=text, per=instance(Fraction))
class Clock(NamedTuple):
    """The clocks of a time zone, which are set forward and back.

    Parameters
    ----------
    zone : str
        Its name in the database of time zones.
    per : Fraction
        How many units of numbers are one second.

    Examples
    --------
    >>> from fractions import Fraction
    >>> import numpy as np
    >>> from skgan.encoding.frames.clocks import Clock
    >>> hours = Clock("America/New_York", Fraction(1, 3600))
    >>> january, july = 0, 24 * 181
    >>> hours.local(np.array([january, july])) % 24
    array([19, 20])
    """

    zone: str
    per: Fraction

    def check_stored(self):
        """Check that the zone is known here, and that units are some."""
        require(known_zone(self.zone), f"a known time zone, got {self.zone!r:.40}")
        require(1e-12 < self.per < 2**64, "units are some")

    def local(self, values):
        """Return what clocks show at moments of UTC, ``(n,)``, since 1970.

        At the first moment of a day without a midnight they show that midnight.
        """
        return values + self._ahead(values, _ahead_at)

    def utc(self, values):
        """Return the moments at which clocks show what they do, ``(n,)``.

        Of two moments it is the first. A time that is skipped is as long after the
        skip as it would be after its start.
        """
        return values - self._ahead(values, _ahead_on)

    def _ahead(self, values, ahead):
        """Return how far ahead of UTC clocks are, in units of the values."""
        up, down = self.per.numerator, self.per.denominator
        seconds = np.clip(values * down // up, FIRST, LAST).astype(np.int64)
        return _by_spans(seconds, ahead, ZoneInfo(self.zone)) * up // down


def known_zone(name):
    """Return the name of a time zone, None where the database has none of that name."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # "+02:00" has clocks that are never set
        return None
    return name


def _by_spans(seconds, ahead, zone):
    """Return seconds ahead of UTC ``(n,)``, one by one only around a change."""
    spans, at = np.unique(seconds // SPAN, return_inverse=True)
    ends = spans * SPAN - 1, spans * SPAN + SPAN
    before, after = (_each(moments, ahead, zone) for moments in ends)
    found = before[at]
    rows = np.flatnonzero((before != after)[at])
    moments, at = np.unique(seconds[rows], return_inverse=True)
    found[rows] = _each(moments, ahead, zone)[at]
    return found


def _each(seconds, ahead, zone):
    """Return what a function says of each second, int64 ``(n,)``."""
    return np.array([ahead(s, zone) for s in seconds.tolist()], dtype=np.int64)


def _ahead_at(second, zone):
    """Return how far clocks are ahead at a moment of UTC."""
    moments = _moment(second - 1), _moment(second)
    before, after = (m.astimezone(zone).utcoffset() // SECOND for m in moments)
    skips = before < after and (second + after) % DAY
    return before if skips and (second + before) % DAY == 0 else after


def _ahead_on(second, zone):
    """Return how far clocks are ahead that show a time, at the first such moment."""
    value = _moment(second).replace(tzinfo=zone, fold=0)
    return value.utcoffset() // SECOND


def _moment(second):
    """Return the moment of UTC at a second since 1970."""
    return EPOCH.replace(tzinfo=UTC) + timedelta(seconds=second)
