"""Columns that are the sum, difference or product of two others."""

import math
from itertools import islice

import numpy as np

from .base import Arithmetic, rests_on
from .evidence import ALPHA, beyond_chance, holds

# Bounds of the search: failures before a target is given up, numeric columns and rows
# among which sums and products are looked for, and how many
MAX_TRIES, MAX_NUMERIC, SKETCH_ROWS, MAX_CANDIDATES = 5, 2000, 1024, 20_000


def find_arithmetic(numbers, columns, found, min_rows):
    """Add sums, differences and products to the relations that are found."""
    ways = []
    for operation, a, b, c in islice(_candidates(numbers, columns), MAX_CANDIDATES):
        solved = [(c, (a, b), operation)]
        if operation == "+":
            solved += [(a, (c, b), "-"), (b, (c, a), "-")]
        # The last column is the target, unless it is gone already
        for rank, way in enumerate(sorted(solved, reverse=True)):
            ways.append((rank, -way[0], way))
    needed, tries = math.log(len(columns) ** 3 / ALPHA), dict.fromkeys(columns, 0)
    for _, _, (target, sources, operation) in sorted(ways):
        gone = target in found or tries[target] == MAX_TRIES
        if gone or rests_on(found, sources, target):
            continue
        tries[target] += 1
        relation = Arithmetic(target, sources, numbers[target].dtype, operation)
        (a, b), c = (numbers[j] for j in sources), numbers[target]
        if holds(relation, numbers, 0 if operation == "*" else a):
            if operation == "*":  # beside a zero any value does
                a, b = a[b != 0], b[a != 0]
            if all(beyond_chance(x, needed, min_rows) for x in (a, b, c)):
                found[target] = relation


def _candidates(numbers, columns):
    """Yield (operation, a, b, c) that agree in one random projection of some rows."""
    rng, n = np.random.default_rng(0), len(numbers[0])
    rows = rng.permutation(n)[:SKETCH_ROWS]
    sketch = np.stack([numbers[j][rows].astype(np.float64) for j in columns])
    varies = np.ptp(sketch, axis=1) > 0
    sketch, columns = sketch[varies], np.array(columns)[varies].tolist()
    weights = rng.uniform(1, 2, size=len(rows))
    keys, size = sketch @ weights, np.abs(sketch) @ weights
    # The projection of a sum is a sum, those of all products are one matrix product
    norm, products = np.sqrt(sketch**2 @ weights), (sketch * weights) @ sketch.T
    order = np.argsort(keys)
    for i in range(len(columns)):
        rest = slice(i + 1, None)
        wanted = np.stack([keys[i] + keys[rest], products[i, rest]])
        slack = 1e-11 * np.stack([size[i] + size[rest], norm[i] * norm[rest]])
        start = np.searchsorted(keys, wanted - slack, "left", sorter=order)
        stop = np.searchsorted(keys, wanted + slack, "right", sorter=order)
        for which, j in np.argwhere(stop > start).tolist():
            hits = set(order[start[which, j] : stop[which, j]].tolist())
            for k in hits - {i, i + 1 + j}:
                yield "+*"[which], columns[i], columns[i + 1 + j], columns[k]
