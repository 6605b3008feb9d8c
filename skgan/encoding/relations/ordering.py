"""Columns of numbers, dates and times that are never below others: found in rows."""

import math
from dataclasses import replace
from graphlib import TopologicalSorter
from typing import NamedTuple

import numpy as np

from skgan.privacy import MIN_ROWS

from ..columns import Discrete, Numeric, WallClock
from .base import widened
from .evidence import ALPHA
from .order import FAR, Order, in_units
from .order_evidence import MIN_ROWS_OF_ORDER, is_no_accident, is_no_chance
from .scales import Levels, scale_of

MAX_COLUMNS, SKETCH_ROWS = 300, 256  # among which orders are looked for


class Member(NamedTuple):
    """A column that may be ordered, its encoder and its schema."""

    column: object
    encoder: object
    schema: object

    @property
    def present(self):
        """Where values are."""
        return ~self.column.missing


def find_orders(columns, encoders, schemas, own, declared=(), min_rows=MIN_ROWS):
    """Find columns that are not below others, in any row that has both.

    Numbers are compared with numbers, dates with dates, times with times. At least 500
    rows must have both, and more must speak for it, see ``order_evidence``.

    Parameters
    ----------
    columns, encoders, schemas : list
        The columns of the training rows, the encoder and the schema of each.
    own : list of int
        Columns that no others determine.
    declared : sequence of (int, int), default=()
        Pairs that are in order whatever speaks for it; the second is in ``own``.
    min_rows : MinRows, default=MIN_ROWS
        How many rows share what is kept of them.

    Returns
    -------
    orders : list of Order
        In the order of restoring. The columns of their gaps are thought behind those
        there are, two for each, as ``Order.columns`` makes them.
    """
    members = {
        j: Member(columns[j], encoders[j], schemas[j])
        for j in own
        if j < len(schemas) and is_ordered(columns[j], encoders[j])
    }
    members = dict(list(members.items())[:MAX_COLUMNS])
    pairs = [*_candidates(members)]
    needed = math.log(max(len(members), 2) ** 2 / ALPHA)
    found = [pair for pair in pairs if _is_sure(*pair, members, needed, min_rows)]
    found += _implied(found, pairs, members)
    for j in {j for pair in declared for j in pair}:
        members[j] = Member(columns[j], encoders[j], schemas[j])
    found = [*declared, *(pair for pair in found if pair not in declared)]
    return orders_of(found, members, len(columns), min_rows)


def is_ordered(column, encoder):
    """Whether values of a column are numbers, dates or times with an order."""
    is_number = isinstance(encoder, Numeric | WallClock)
    is_number |= isinstance(encoder, Discrete) and encoder.ordered
    return column.content == "number" and is_number


def unit_between(low, high):
    """Return how many units of the second column are one of the first; None if none."""
    a, b = low.schema, high.schema
    unit = b.per / a.per
    if a.family != b.family:
        return None
    if a.wide == "float64" and b.wide != "float64" and unit != 1:
        return None  # 1.1 is a little more than 110 hundredths
    if a.stored != b.stored and {a.stored, b.stored} & {"float16", "float32"}:
        return None  # equal numbers are rounded to others
    for member, factor in ((low, max(unit, 1)), (high, 1)):
        values = member.column.values
        if values.dtype.kind != "f" and len(values):
            if max(abs(int(values.min())), abs(int(values.max()))) * factor >= FAR:
                return None
    return unit


def orders_of(pairs, members, n_columns, min_rows=MIN_ROWS):
    """Return orders that hold pairs of columns, given by their indices.

    Parameters
    ----------
    pairs : list of (int, int)
        The second is not below the first.
    members : dict of Member
        The columns by their indices.
    n_columns : int
        Number of all columns, behind which those of gaps are thought.
    min_rows : MinRows, default=MIN_ROWS
        How many rows share what is kept of them.
    """
    lower = {}
    for low, high in pairs:
        if high not in _below(lower, low):  # where values are missing
            lower.setdefault(high, set()).add(low)
    orders, n = [], n_columns
    for high in TopologicalSorter(lower).static_order():
        if high in lower:
            starts = _needed(high, lower, members)
            orders.append(_order(high, starts, n, members, min_rows))
            n += 2
    return orders


def _candidates(members):
    """Yield pairs of columns of a sort that are in order in some rows."""
    if len(members) < 2:
        return
    n = len(next(iter(members.values())).column.values)
    rows = np.random.default_rng(0).permutation(n)[:SKETCH_ROWS]
    some = np.stack([_floats(member)[rows] for member in members.values()])
    indices = list(members)
    for j, low in zip(indices, some, strict=True):
        is_below = ~(some < low).any(axis=1)  # nan is not
        for i in np.flatnonzero(is_below).tolist():
            high = indices[i]
            if high != j and unit_between(members[j], members[high]) is not None:
                yield j, high


def _floats(member):
    """Return values in units of their own as floats, nan where they are missing."""
    values = member.column.values.astype(np.float64) / float(member.schema.per)
    return np.where(member.column.missing, np.nan, values)


def _implied(found, pairs, members):
    """Return pairs that others imply where no column between is missing.

    They hold in all other rows, too.
    """
    lower = {}
    for low, high in found:
        lower.setdefault(high, set()).add(low)
    rest = [
        (low, high)
        for low, high in pairs
        if (low, high) not in found and low in _below(lower, high)
    ]
    both = (_in_both(*(members[j] for j in pair)) for pair in rest)
    pairs = zip(rest, both, strict=True)
    return [pair for pair, (values, floor) in pairs if (values >= floor).all()]


def _in_both(low, high):
    """Return values of the second column where both are, and those of the first.

    These are in units of the second.
    """
    rows = np.flatnonzero(low.present & high.present)
    values = widened(high.column.values[rows])
    is_whole = values.dtype.kind == "i"
    return values, in_units(low.column.values[rows], unit_between(low, high), is_whole)


def _is_sure(low, high, members, needed, min_rows):
    """Whether the second column is not below the first, by more than chance."""
    low, high = members[low], members[high]
    values, floor = _in_both(low, high)
    if len(values) < MIN_ROWS_OF_ORDER or not min_rows.allows(len(values)):
        return False
    if (values < floor).any() or not min_rows.allows(np.sum(values > floor)):
        return False
    if not is_no_chance(floor, values, needed):
        return False
    scale, clock = _scale(high, min_rows)
    local = [x if clock is None else clock.local(x) for x in (values, floor)]
    gaps = np.subtract(*map(scale.above, local))
    if gaps.min() < 0:
        return False
    if isinstance(scale, Levels):  # gaps from what is below all of them are cut
        whole = local[1] >= scale.levels[0]
        gaps = gaps[whole] if whole.sum() >= MIN_ROWS_OF_ORDER else gaps
    return is_no_accident(gaps)


def _below(lower, column):
    """Return all columns that a column is not below, by way of others too."""
    below, ahead = set(), {column}
    while ahead:
        found = lower.get(ahead.pop(), set()) - below
        below |= found
        ahead |= found
    return below


def _needed(high, lower, members):
    """Return the columns below one that no other of them stands between in all rows."""
    starts = lower[high]

    def is_implied(low):
        between = [j for j in starts if low in lower.get(j, ())]
        both = members[low].present & members[high].present
        return any((members[j].present | ~both).all() for j in between)

    return sorted(j for j in starts if not is_implied(j))


def _order(high, starts, n_columns, members, min_rows):
    """Return the order of a column above its starts, with gaps in the next columns."""
    member = members[high]
    units = tuple(unit_between(members[j], member) for j in starts)
    scale, clock = _scale(member, min_rows)
    own = member.encoder.inner if clock else member.encoder
    n_classes = own.n_classes - own.has_missing
    values, _ = own.decode(np.arange(n_classes), np.full(n_classes, 6.0), None)
    usual, _ = own.decode(np.array([n_classes // 2]), np.zeros(1), None)
    apart = own._spikes if isinstance(own, Numeric) and own.has_scalar else values[:0]
    if clock:
        usual, apart = clock.utc(usual), clock.utc(apart)
    order = Order(
        target=high,
        sources=(*starts, n_columns, n_columns + 1),
        dtype=member.column.values.dtype,
        units=units,
        scale=scale,
        least=0,
        last=scale.above(widened(values).max(keepdims=True)).item(),
        apart=apart,
        usual=None if member.column.missing.any() else widened(usual).item(),
        clock=clock,
    )
    columns = {j: own.column for j, own in members.items()}
    gaps, _ = order.columns(columns)
    gaps = gaps.values[~gaps.missing]
    is_shared = len(gaps) > 0 and min_rows.allows(np.sum(gaps == gaps.min()))
    return replace(order, least=gaps.min().item()) if is_shared else order


def _scale(member, min_rows):
    """Return what gaps of a column are counted on, and the clock of its times."""
    encoder, column = member.encoder, member.column
    if isinstance(encoder, Discrete):
        return Levels(widened(encoder._values)), None
    clock = encoder.clock if isinstance(encoder, WallClock) else None
    values = widened(column.values[member.present])
    values = values if clock is None else clock.local(values)
    return scale_of(values, encoder._grid, min_rows), clock
