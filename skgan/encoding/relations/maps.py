"""Columns that are functions of the classes of one other."""

import math

import numpy as np

from .base import Map, rests_on
from .evidence import ALPHA, log_orders

MAX_LOST = 0.01  # share of rows, all of rare classes, that a map may restore wrongly
# Bounds of the search: sources compared at once, failures before a target is given up
CHUNK_SIZE, MAX_TRIES = 256, 5


def find_maps(columns, sources, found, min_rows):
    """Add functions of the sources' classes to the relations that are found."""
    n, rng = len(columns[0]), np.random.default_rng(0)
    sizes = {j: np.bincount(columns[j]) for j in sources}
    # A source in which two rows hardly ever share a class determines everything
    sources = [j for j in sources if n * n / (sizes[j] @ sizes[j]) < n / min_rows.n]
    sources.sort(key=lambda j: (np.count_nonzero(sizes[j]), j))
    needed = math.log((len(sources) * len(columns) + 1) / ALPHA)
    witnesses = [_witnesses(y, min_rows, rng) for y in columns]
    tries = [0] * len(columns)
    for start in range(0, len(sources), CHUNK_SIZE):
        chunk = sources[start : start + CHUNK_SIZE]
        following = np.stack([_next_in_class(columns[j]) for j in chunk])
        for target in reversed(range(len(columns))):  # of equals the first is kept
            y, rows = columns[target], witnesses[target]
            if target in found or rows is None or tries[target] == MAX_TRIES:
                continue
            alive = (y[following[:, rows[:8]]] == y[rows[:8]]).all(axis=1).nonzero()[0]
            same = y[following[np.ix_(alive, rows)]] == y[rows]
            for i in alive[same.all(axis=1)].tolist():
                if target in found or tries[target] == MAX_TRIES:
                    break
                if not rests_on(found, {chunk[i]}, target):
                    tries[target] += 1
                    if np.array_equal(y[following[i]], y):
                        _take_map(chunk[i], target, columns, found, needed, min_rows)


def _witnesses(y, min_rows, rng):
    """Draw rows where y is not at its commonest value; None if hardly any are."""
    values, counts = np.unique(y[rng.integers(len(y), size=256)], return_counts=True)
    rows = np.flatnonzero(y != values[counts.argmax()])
    return (
        rows[rng.integers(len(rows), size=64)] if min_rows.allows(len(rows)) else None
    )


def _next_in_class(codes):
    """Return for each row the next row of its class; for the last one the first."""
    short = codes.astype(np.uint16) if codes.max() < 2**16 else codes  # sorts faster
    order = np.argsort(short, kind="stable").astype(np.int32)
    ends = np.append(np.flatnonzero(np.diff(codes[order])), len(codes) - 1)
    following = np.empty_like(order)
    following[order[:-1]] = order[1:]
    following[order[ends]] = order[np.append(0, ends[:-1] + 1)]
    return following


def _take_map(source, target, columns, found, needed, min_rows):
    """Add a map to the relations found unless it holds too little or may be chance."""
    x, y = columns[source], columns[target]
    sizes = np.bincount(x)
    row_of, codes = np.zeros(len(sizes), dtype=np.intp), np.flatnonzero(sizes)
    row_of[x] = np.arange(len(x))
    sizes, (levels, level) = (
        sizes[codes],
        np.unique(y[row_of[codes]], return_inverse=True),
    )
    held = min_rows.allows(sizes)
    rows = np.bincount(level[held], sizes[held], minlength=len(levels))
    common = rows.argmax()
    lost = sizes[~held & (level != common)].sum()
    enough = np.count_nonzero(rows) > 1 and lost <= max(
        min_rows.n - 1, MAX_LOST * len(x)
    )
    if enough and _map_surprise(sizes, np.bincount(level, sizes)) > needed:
        stored = codes[held], levels[level[held]], levels[common]
        found[target] = Map(target, (source,), y.dtype, *stored)


def _map_surprise(sizes, rows):
    """Bound -log P(classes of ``sizes`` determine a column by chance) from below.

    The ways to fill the ``rows`` of each value with whole classes are a coefficient of
    prod_s sum_y x_y^size_s: at most that divided by prod_y x_y^rows_y, for any x.
    """
    sizes, times = np.unique(sizes, return_counts=True)
    powers = np.linspace(0, 1, 6)[:, None] * np.log(rows / rows.sum())
    ways = [times @ np.logaddexp.reduce(sizes[:, None] * x, axis=1) for x in powers]
    return log_orders(rows) - min(ways - powers @ rows)
