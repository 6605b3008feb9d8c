"""Objects of dates and times as whole numbers, in the largest unit that they need."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from math import gcd

import numpy as np

from .clocks import known_zone

# Units of a second, as numpy names them, the largest first
UNITS = {
    **{"D": Fraction(1, 86_400), "h": Fraction(1, 3_600), "m": Fraction(1, 60)},
    **{"s": Fraction(1), "ms": Fraction(10**3), "us": Fraction(10**6)},
    "ns": Fraction(10**9),
}
FAMILIES = {"datetime": "date", "timedelta": "duration"}
EPOCH = date(1970, 1, 1).toordinal()
MAX = 2**63 - 1


def read_times(schema, objects):
    """Return the schema of objects of one class of times, and their numbers.

    Parameters
    ----------
    schema : ColumnSchema
        That of the column of objects.
    objects : list
        The distinct ones, none of them missing.

    Returns
    -------
    pair : (ColumnSchema, list of int), or None
        None where they are no times, or not of one class, time zone or frequency.
    """
    (python, *others) = set(map(type, objects)) or {None}
    if others or python is None:
        return None
    if issubclass(python, np.datetime64 | np.timedelta64):
        return _of_numpy(schema, objects, python)
    if python.__name__ == "Period":
        return _of_periods(schema, objects, python)
    if python is date:
        numbers = [day.toordinal() - EPOCH for day in objects]
        low, high = date.min.toordinal() - EPOCH, date.max.toordinal() - EPOCH
        own = {"family": "date", "per": UNITS["D"], "low": low, "high": high}
        return _schema(schema, python, **own), numbers
    base = next((b for b in (datetime, time, timedelta) if issubclass(python, b)), None)
    zones = {str(zone_of(value)): zone_of(value) for value in objects}
    if base is None or len(zones) > 1:
        return None
    (zone,) = zones.values()
    numbers = [*map(_nanoseconds, objects)]
    divisor, ns = gcd(*numbers), UNITS["ns"]
    per = next(unit for unit in UNITS.values() if divisor % (ns / unit) == 0)
    numbers = [int(number * per / ns) for number in numbers]
    low, high = (int(end * per / ns) for end in _limits(base, zone))
    family = FAMILIES.get(base.__name__, base.__name__)
    family = f"{family} with time zone" if zone else family
    own = {"family": family, "per": per, "low": max(low, -MAX), "high": min(high, MAX)}
    if zone and base is datetime:
        own["zone"] = known_zone(str(zone))
    return _schema(schema, python, **own, calendar=zone), numbers


def time_object(number, python, per, calendar):
    """Return the object of a class that stands for a number, in a zone or frequency."""
    if issubclass(python, np.datetime64 | np.timedelta64):
        return python(number, calendar)
    if python.__name__ == "Period":
        return python(ordinal=number, freq=calendar)
    if python is date:
        return date.fromordinal(number + EPOCH)
    micros, nanos = divmod(int(number * UNITS["ns"] / per), 1_000)
    if issubclass(python, timedelta):
        more = {"nanoseconds": nanos} if nanos else {}
        return python(microseconds=micros, **more)
    span = timedelta(microseconds=micros)
    if issubclass(python, time):
        return (datetime.min + span).time().replace(tzinfo=calendar)
    value = python(1970, 1, 1, tzinfo=UTC if calendar else None) + span
    value = value + np.timedelta64(nanos, "ns") if nanos else value
    return value.astimezone(calendar) if calendar else value


def zone_of(value):
    """Return the time zone of an object, None without."""
    return getattr(value, "tzinfo", None)


def _schema(schema, python, **own):
    """Return the schema of whole numbers that objects of a class stand for."""
    own = {"content": "number", "is_text": False, "python": python, **own}
    return schema._replace(**own)


def _nanoseconds(value):
    """Return nanoseconds since 1970, since midnight, or of a duration."""
    if isinstance(value, time):
        seconds = 3_600 * value.hour + 60 * value.minute + value.second
        return 10**9 * seconds + 1_000 * value.microsecond
    if isinstance(value, datetime):
        value = value - datetime(1970, 1, 1, tzinfo=UTC if value.tzinfo else None)
    micros = 10**6 * (86_400 * value.days + value.seconds) + value.microseconds
    return 1_000 * micros + getattr(value, "nanoseconds", 0)  # pandas has them


def _limits(base, zone):
    """Return the least and the greatest nanoseconds of a class.

    In a zone they are a day off the ends, where other clocks have no date.
    """
    if base is time:
        return 0, 86_400 * 10**9 - 1
    off = timedelta(days=1 if zone not in (None, UTC) else 0)
    first, last = datetime.min + off, datetime.max - off
    return (-MAX, MAX) if base is timedelta else map(_nanoseconds, (first, last))


def _of_numpy(schema, objects, python):
    """Return the schema and numbers of numpy's times, in a unit of theirs."""
    values = np.array(objects)
    unit = np.datetime_data(values.dtype)[0]
    if unit not in UNITS:
        unit = "s" if python is np.timedelta64 else "D"
        values = values.astype(f"{values.dtype.kind}8[{unit}]")
    family = "date" if python is np.datetime64 else "duration"
    own = {"family": family, "per": UNITS[unit], "low": -MAX, "high": MAX}
    numbers = values.astype(np.int64).tolist()
    return _schema(schema, python, **own, calendar=unit), numbers


def _of_periods(schema, objects, python):
    """Return the schema and ordinals of pandas' periods of one frequency."""
    if len({period.freqstr for period in objects}) > 1:
        return None
    freq = objects[0].freqstr
    own = {"family": f"period {freq}", "low": -MAX, "high": MAX, "calendar": freq}
    return _schema(schema, python, **own), [period.ordinal for period in objects]
