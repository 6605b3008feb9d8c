"""What speaks for a relation between columns: that it holds, and is no chance."""

import math

import numpy as np

from .relations import widened

ALPHA = 1e-3  # share of tables of independent columns that may show one of a kind
# Rounding of a few operations, as a share of the terms; and what it may be of a spread
ROUNDING, NEGLIGIBLE = 64 * np.finfo(np.float64).eps, 1e-9


def holds(relation, numbers, term):
    """Whether integers return exactly, floats but for rounding of them and ``term``."""
    sources, target = [numbers[j] for j in relation.sources], numbers[relation.target]
    with np.errstate(all="ignore"):
        values, wide = relation._compute(*map(widened, sources)), widened(target)
        if "f" in (values.dtype.kind, wide.dtype.kind):
            rounding = ROUNDING * (np.abs(term) + np.abs(wide))
            most = np.minimum(rounding, NEGLIGIBLE * wide.std())
            if not (np.abs(values - wide) <= most).all():
                return False
        same = target.dtype.kind == "f" or relation.restore(*sources) == target
    return bool(np.all(same))


def beyond_chance(values, needed, min_rows):
    """Whether the values, and not a few rows alone, have over exp(needed) orders."""
    for part in (values[:: len(values) // 256 + 1], values):  # a bound, and faster
        counts = np.unique(part, return_counts=True)[1]
        varied = len(part) - counts.max(initial=0) >= min_rows
        if varied and log_orders(counts) > needed:
            return True
    return False


def log_orders(counts):
    """Log of the number of orders of values that occur ``counts`` times."""
    return math.lgamma(sum(counts) + 1) - sum(math.lgamma(c + 1) for c in counts)
