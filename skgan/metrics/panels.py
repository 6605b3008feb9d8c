"""Columns of some tables in bins, in the units that their values are read in."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from skgan.encoding import UNITS, as_array, is_frame, read_table
from skgan.privacy import MinRows

from .rows import Rows

MIN_BINS, N_BINS = 5, 30
MEAN_IN_BIN = 5  # times the rows that a bin must have: fewer rows get fewer bins
MAX_CLASSES = 12  # bars of one column
MAX_WHOLE = 2.0**50  # below it, halves of whole numbers are exact
ENDS = 0.005, 0.995  # quantiles between which bins lie; values beyond go to the last
EVERY = MinRows(1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


class Panel(NamedTuple):
    """One column of some tables, real ones first and the synthetic one last.

    ``bins`` are the texts of classes, or the ``n_bins + 1`` edges of bins of numbers.
    ``shares`` ``(n_tables, n_bins)`` are in percent: of the rows for classes, of which
    a missing value is one; of the values that are present for numbers, whose values
    beyond the bins count in the first and the last one. ``missing`` ``(n_tables,)`` is
    the percentage of rows without a number. ``unit`` is "date" where edges are days
    since 1970, the unit of durations and times of day, or "".
    """

    name: object
    bins: list[str] | NDArray[np.float64]
    shares: NDArray[np.float64]
    missing: NDArray[np.float64]
    unit: str = ""

    @property
    def is_of_classes(self) -> bool:
        """Whether the column holds classes and not numbers."""
        return isinstance(self.bins, list)


def panel_of(
    table,
    rows: list[Rows],
    j: int,
    min_rows: MinRows = EVERY,
    of_real: bool = False,
) -> Panel:
    """Count column j in bins.

    Parameters
    ----------
    table : array-like or data frame
        What the first of the rows came as.
    rows : list of Rows
        Real ones first, the synthetic ones last.
    j : int
        Number of the column.
    min_rows : MinRows
        How many rows of the first table share what is named, and how many of a real one
        a bin of numbers: with fewer it stays empty.
    of_real : bool
        Whether bins of numbers lie where real ones do, so that they are the same for
        other synthetic rows.
    """
    columns, categories = [part.columns[j] for part in rows], rows[0].categories[j]
    if categories is not None:
        found = _classes(categories, rows[0].n_classes(j), columns, min_rows)
        return Panel(rows[0].names[j], *found, np.zeros(len(rows)))
    present = [values[~np.isnan(values)] for values in columns]
    unit, per = _unit(table, j, columns[0])
    present = [values / per for values in present]
    edges = _edges(present, min_rows, of_real)
    counts = [np.histogram(v.clip(*edges[[0, -1]]), edges)[0] for v in present]
    shares = [100 * count / max(count.sum(), 1) for count in counts]
    for own, count in zip(shares[:-1], counts, strict=False):
        own[~min_rows.allows(count)] = 0.0
    missing = [100 * np.isnan(values).mean() for values in columns]
    return Panel(rows[0].names[j], edges, np.array(shares), np.array(missing), unit)


def _classes(categories, n, columns, min_rows):
    """Find texts and shares of the most frequent classes, and of all others."""
    counts = np.array([np.bincount(codes, minlength=n) for codes in columns])
    shares = 100 * counts / counts.sum(axis=1, keepdims=True)
    order = np.argsort(-shares.sum(axis=0), kind="stable")
    order = order[shares[:, order].any(axis=0)]
    special = {n - 2: "(none of the real)", n - 1: "(missing)"}
    may_be_named = min_rows.allows(counts[0])
    may_be_named[[*special]] = True
    named = order[may_be_named[order]]
    is_all = len(named) == len(order) <= MAX_CLASSES
    shown = named if is_all else named[: MAX_CLASSES - 1]
    texts = [special[k] if k in special else short(categories[k]) for k in shown]
    if is_all:
        return texts, shares[:, shown]
    others = np.setdiff1d(order, shown)
    rest = shares[:, others].sum(axis=1, keepdims=True)
    texts.append(f"({len(others)} other{'s' * (len(others) > 1)})")
    return texts, np.hstack([shares[:, shown], rest])


def short(value, length=24) -> str:
    """Return the text of a value on one line, cut at a length."""
    text = " ".join(str(value).split()) or repr(value)
    return text if len(text) <= length else text[: length - 1] + "…"


def _edges(values, min_rows, of_real):
    """Find edges of bins for most values, those of the first table in a third or more.

    Of real tables, all but the last, no extreme value shows: as many as must share a
    bin are not looked at.
    """
    *real, synthetic = values
    shielded = [_shielded(own, min_rows.n) for own in real]
    present = [own for own in shielded if len(own)]
    if len(synthetic) and not (of_real and present):
        present.append(synthetic)
    if not present:
        return np.array([0.0, 1.0])
    first, both = next(filter(len, values)), np.concatenate(present)
    n_bins = len(first) // (MEAN_IN_BIN * min_rows.n)
    n_bins = min(max(n_bins, MIN_BINS), N_BINS)
    lows, highs = np.transpose([np.quantile(own, ENDS) for own in present])
    reach = highs[0] - lows[0] or np.inf
    low, high = max(lows.min(), lows[0] - reach), min(highs.max(), highs[0] + reach)
    if low == high:  # most values are equal
        low, high = both.min(), both.max()
    if (first == np.rint(first)).all() and abs(high) < MAX_WHOLE > abs(low):
        low, high = np.floor(low), np.ceil(high)
        width = np.ceil((high - low + 1) / n_bins)  # as many whole numbers in each bin
        return low - 0.5 + width * np.arange(1 + np.ceil((high - low + 1) / width))
    if low == high:
        half = max(abs(low) / 20, 0.5)
        low, high = low - half, high + half
    return np.linspace(low, high, n_bins + 1)


def _shielded(values, n):
    """Sort values; the n least ones, and the next n, become the mean of the latter.

    The greatest ones likewise. Where one value may show, all stay as they are.
    """
    values = np.sort(values)
    if n > 1 and len(values):
        for own in (values, values[::-1]):
            own[: 2 * n] = own[n : 2 * n].mean() if len(own) > n else own.mean()
    return values


def _unit(table, j, numbers):
    """Find what a column's numbers stand for, and how many of them are one.

    The largest of them shows it, beside the value that it was read from.
    """
    sizes = np.abs(numbers)
    if not np.nanmax(sizes, initial=0.0):
        return "", 1.0
    i = int(np.nanargmax(sizes))
    value = _value(table, i, j)
    if isinstance(value, Decimal):
        return "", 10.0 ** np.rint(np.log10(sizes[i] / abs(float(value))))
    if isinstance(value, str):
        return _unit_of_text(table, j, sizes[i])
    seconds = _seconds(value)
    if seconds is None:
        return "", 1.0
    # A clock has few units: one of them is exact, where the value may be rounded
    per = min(
        UNITS.values(), key=lambda per: abs(np.log(sizes[i] / abs(seconds * per)))
    )
    if isinstance(value, date):
        return "date", float(per * SECONDS["days"])
    return _clock_unit(abs(seconds), per)


def _unit_of_text(table, j, largest):
    """Find the unit of numbers or times that stand as text."""
    schema = read_table(table)[1].columns[j]
    if schema.family == "date":
        return "date", float(schema.per * SECONDS["days"])
    if schema.family == "time":
        return _clock_unit(largest / float(schema.per), schema.per)
    return "", float(schema.per)


def _clock_unit(seconds, per):
    """Return the largest unit of which there are two in so many seconds."""
    unit = next((u for u, n in SECONDS.items() if seconds >= 2 * n), "seconds")
    return unit, float(per * SECONDS[unit])


def _value(table, i, j):
    """Return one value of a table, as Python has it."""
    if not is_frame(table):
        value = as_array(table)[i, j]
        is_clock = isinstance(value, np.datetime64 | np.timedelta64)
        return value.astype(f"{value.dtype.kind}8[us]").item() if is_clock else value
    return nw.from_native(table, eager_only=True).item(i, j)


def _seconds(value):
    """Return seconds since 1970, of a duration or since midnight; None of others."""
    if isinstance(value, datetime):
        value = value if value.tzinfo else value.replace(tzinfo=UTC)
        return (value - EPOCH).total_seconds()
    if isinstance(value, date):
        return 86_400 * (value.toordinal() - EPOCH.toordinal())
    if isinstance(value, time):
        return 3_600 * value.hour + 60 * value.minute + value.second
    return value.total_seconds() if isinstance(value, timedelta) else None
