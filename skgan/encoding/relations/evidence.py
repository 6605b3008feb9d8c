"""What speaks for a relation between columns: that it holds, and is no chance."""

import math

import numpy as np

from .base import widened

ALPHA = 1e-3  # share of tables of independent columns that may show one of a sort
# Rounding of a few operations, as a share of the terms; and what it may be of a spread
ROUNDING, NEGLIGIBLE = 64 * np.finfo(np.float64).eps, 1e-9


def holds(relation, numbers, term):
    """Whether integers come back exactly, floats but for rounding, of a term too."""
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
    """Whether values, and not those of a few rows, have over exp(needed) orders."""
    for part in (values[:: len(values) // 256 + 1], values):  # a bound, and faster
        counts = np.unique(part, return_counts=True)[1]
        varied = min_rows.allows(len(part) - counts.max(initial=0))
        if varied and log_orders(counts) > needed:
            return True
    return False


def log_orders(counts):
    """Return the log of the number of orders of values, by their counts."""
    return math.lgamma(sum(counts) + 1) - sum(math.lgamma(c + 1) for c in counts)
