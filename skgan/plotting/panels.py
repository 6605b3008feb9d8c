"""Columns of two tables in bins, in the units that their values are read in."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from skgan.encoding import UNITS, as_array, is_frame, read_table
from skgan.metrics.rows import Rows

N_BINS = 30
MAX_CLASSES = 12  # bars of one column
MAX_WHOLE = 2.0**50  # below it, halves of whole numbers are exact
ENDS = 0.005, 0.995  # quantiles between which bins lie; values beyond go to the last
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


class Panel(NamedTuple):
    """One column of real and synthetic rows, the real ones first.

    ``bins`` are the texts of classes, or the ``n_bins + 1`` edges of bins of numbers.
    ``shares`` ``(2, n_bins)`` add up to 100 %: of the rows for classes, of which a
    missing value is one; of the values that are present for numbers, whose values
    beyond the bins count in the first and the last one. ``missing`` ``(2,)`` is the
    percentage of rows without a number. ``unit`` is "date" where edges are days since
    1970, the unit of durations and times of day, or "".
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


def panel_of(table, real: Rows, synthetic: Rows, j: int) -> Panel:
    """Count column j in bins; ``table`` is what the real rows came as."""
    pair = real.columns[j], synthetic.columns[j]
    if real.categories[j] is not None:
        return Panel(real.names[j], *_classes(real, pair, j), np.zeros(2))
    present = [values[~np.isnan(values)] for values in pair]
    unit, per = _unit(table, j, pair[0])
    edges = _edges(*(values / per for values in present))
    counts = [np.histogram((v / per).clip(*edges[[0, -1]]), edges)[0] for v in present]
    shares = [100 * count / max(count.sum(), 1) for count in counts]
    missing = [100 * np.isnan(values).mean() for values in pair]
    return Panel(real.names[j], edges, np.array(shares), np.array(missing), unit)


def _classes(rows, pair, j):
    """Find texts and shares of the most frequent classes, and of all others."""
    categories, n = rows.categories[j], rows.n_classes(j)
    shares = np.array([100 * np.bincount(v, minlength=n) / len(v) for v in pair])
    order = np.argsort(-shares.sum(axis=0), kind="stable")
    order = order[shares[:, order].any(axis=0)]
    shown = order[: MAX_CLASSES if len(order) <= MAX_CLASSES else MAX_CLASSES - 1]
    others = order[len(shown) :]
    special = {n - 2: "(none of the real)", n - 1: "(missing)"}
    texts = [special[k] if k in special else short(categories[k]) for k in shown]
    shares, rest = shares[:, shown], shares[:, others].sum(axis=1, keepdims=True)
    if not len(others):
        return texts, shares
    return [*texts, f"({len(others)} others)"], np.hstack([shares, rest])


def short(value, length=24) -> str:
    """Return the text of a value on one line, cut at a length."""
    text = " ".join(str(value).split()) or repr(value)
    return text if len(text) <= length else text[: length - 1] + "…"


def _edges(real, synthetic):
    """Find edges of bins for most values, real ones in a third of them or more."""
    present = [values for values in (real, synthetic) if len(values)]
    if not present:
        return np.array([0.0, 1.0])
    first, both = present[0], np.concatenate(present)
    lows, highs = np.transpose([np.quantile(values, ENDS) for values in present])
    reach = highs[0] - lows[0] or np.inf
    low, high = max(lows.min(), lows[0] - reach), min(highs.max(), highs[0] + reach)
    if low == high:  # most values are equal
        low, high = both.min(), both.max()
    if (first == np.rint(first)).all() and abs(high) < MAX_WHOLE > abs(low):
        low, high = np.floor(low), np.ceil(high)
        width = np.ceil((high - low + 1) / N_BINS)  # as many whole numbers in each bin
        return low - 0.5 + width * np.arange(1 + np.ceil((high - low + 1) / width))
    if low == high:
        half = max(abs(low) / 20, 0.5)
        low, high = low - half, high + half
    return np.linspace(low, high, N_BINS + 1)


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
