"""Whole numbers that are dates, as 20240131."""

from dataclasses import dataclass

import numpy as np

from skgan.privacy import MIN_ROWS
from skgan.storage import stored

from .calendars import LAST, DateFormat
from .errors import column_error
from .times import UNITS

FIRST = int(np.datetime64("1000-01-01").astype(np.int64))  # of eight digits
DIGITS = DateFormat((("Y", "0000"), ("m", "00"), ("d", "00")))
WIDE_ENOUGH = "int32", "int64", "uint32", "uint64", "float64"  # for eight digits


@stored("date_numbers/1")
@dataclass(frozen=True)
class DateNumbers:
    """Dates that stand as whole numbers: year, month and day."""

    is_plain = False

    def days(self, values):
        """Return days since 1970 of numbers, and which of them are dates, ``(n,)``."""
        whole = np.where(np.abs(values) < 1e9, values, 0).astype(np.int64)
        year, month, day = whole // 10_000, whole // 100 % 100, whole % 100
        is_date = (whole == values) & (year >= 1_000) & (year < 10_000)
        is_date &= (month >= 1) & (month <= 12) & (day >= 1)
        months = np.where(is_date, 12 * (year - 1970) + month - 1, 0)
        first, end = (_first_days(months + more) for more in (0, 1))
        days = first + day - 1
        return days, is_date & (days < end)

    def numbers(self, texts, exact=False):
        """Return the day that each text of eight digits writes, None of others."""
        return DIGITS.numbers(texts, exact)

    def written(self, days):
        """Return the numbers of days, int64 ``(n,)``."""
        dates = days.astype("M8[D]")
        months = dates.astype("M8[M]")
        month = months.astype(np.int64)
        day = (dates - months).astype(np.int64) + 1
        return 10_000 * (month // 12 + 1970) + 100 * (month % 12 + 1) + day

    def __str__(self):
        return "dates as numbers like 20240131"


def as_dates(schema, column):
    """Return the schema and column of numbers as those of dates, if all are dates.

    Of eight random digits one in 27 numbers is a date. So five different ones are none
    by chance.
    """
    is_whole = schema.python in (None, int) and schema.stored in WIDE_ENOUGH
    if schema.family != "number" or schema.keeps_nan or not is_whole:
        return schema, column
    present = column.values[~column.missing]
    written = DateNumbers()
    for some in (present[:100], present):  # most columns are none
        if not len(some) or not written.days(some)[1].all():
            return schema, column
    if not MIN_ROWS.allows(len(np.unique(present))):
        return schema, column
    schema = schema._replace(written=written, family="date", per=UNITS["D"])
    schema = schema._replace(wide="int64", low=FIRST, high=LAST)
    days = written.days(column.values)[0]
    return schema, schema.column(column.name, days, column.missing)


def adopt_dates(schema, column):
    """Return a column of numbers as one of the schema's dates.

    Raises
    ------
    ValueError
        If a number is none.
    """
    days, is_date = schema.written.days(column.values)
    odd = column.values[~is_date & ~column.missing]
    if len(odd):
        rule = "hold dates like 20240131 as the training rows do"
        raise column_error(column.name, rule, odd[0])
    return schema.column(column.name, days, column.missing)


def _first_days(months):
    """Return the days since 1970 of the first of months since 1970."""
    return months.astype("M8[M]").astype("M8[D]").astype(np.int64)
