"""Columns that are the sum of three or more others in every row."""

import math

import numpy as np

from .base import Total
from .evidence import ALPHA, NEGLIGIBLE, beyond_chance, holds

MAX_COLUMNS, SKETCH_ROWS = 300, 1_024  # among which totals are looked for
NEAR = 1e-6  # how far a factor may be from 0 or 1


def candidates(numbers, columns, rng):
    """Yield totals of some rows, ``(target, sources)``; sources are smaller columns.

    Column by column, from the smallest, what earlier ones make up is taken away
    (Gram-Schmidt). Of a total nothing is left, and the factors of its parts are 1.

    Parameters
    ----------
    numbers : list of ndarray of shape (n_samples,)
        The values of all columns.
    columns : list of int
        Those to look at.
    rng : numpy.random.Generator
        Draws the rows, more than twice as many as columns.
    """
    rows = rng.permutation(len(numbers[0]))[:SKETCH_ROWS]
    sketch = {j: numbers[j][rows].astype(np.float64) for j in columns[:MAX_COLUMNS]}
    size = {j: np.abs(x).sum() for j, x in sketch.items() if np.ptp(x) > 0}
    if len(rows) < 2 * len(size) + 20:
        return
    basis, factors, kept = np.zeros((len(rows), len(size))), np.eye(len(size)), []
    for j in sorted(size, key=size.get):
        k = len(kept)
        x = sketch[j] - sketch[j].mean()
        along = basis[:, :k].T @ x
        rest = x - basis[:, :k] @ along
        again = basis[:, :k].T @ rest  # once more, against rounding
        rest, along = rest - basis[:, :k] @ again, along + again
        if np.linalg.norm(rest) > NEGLIGIBLE * np.linalg.norm(x):
            basis[:, k] = rest / np.linalg.norm(rest)
            factors[:k, k], factors[k, k] = along, np.linalg.norm(rest)
            kept.append(j)
            continue
        parts = np.linalg.solve(factors[:k, :k], along)
        is_one = np.abs(parts - 1) < NEAR
        if is_one.sum() > 2 and (is_one | (np.abs(parts) < NEAR)).all():
            yield j, tuple(sorted(kept[i] for i in np.flatnonzero(is_one)))


def find_totals(numbers, columns, found, min_rows):
    """Add totals of columns to the relations that are found, by their targets."""
    free = [j for j in columns if j not in found]
    needed = len(free) * math.log(2) - math.log(ALPHA)  # any subset might have fitted
    rng = np.random.default_rng(0)
    for target, sources in candidates(numbers, free, rng):
        total = Total(target, sources, numbers[target].dtype)
        term = sum(np.abs(numbers[j].astype(np.float64)) for j in sources)
        is_sure = beyond_chance(numbers[target], needed, min_rows)
        if is_sure and holds(total, numbers, term):
            found[target] = total
