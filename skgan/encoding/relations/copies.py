"""Columns that are copies of others, scaled and shifted."""

import math

import numpy as np

from .base import Copy, rests_on, widened
from .evidence import ALPHA, NEGLIGIBLE, beyond_chance, holds

MAX_TRIES = 5  # sources that a target is compared with


def find_copies(numbers, counted, found, min_rows):
    """Add copies of columns of numbers to the relations that are found."""
    weights = np.random.default_rng(0).normal(size=len(numbers[0]))
    keys = np.full(len(numbers), np.nan)  # codes stand for no numbers
    keys[counted] = [_affine_key(widened(numbers[j]), weights) for j in counted]
    order = np.argsort(keys)[: np.isfinite(keys).sum()]
    needed = math.log(max(len(order), 2) ** 2 / ALPHA)  # 2 orders fit, one mirrored
    for group in np.split(order, np.flatnonzero(np.diff(keys[order]) > NEGLIGIBLE) + 1):
        leaders = []
        for j in sorted(group.tolist()):
            copies = (_affine_copy(i, j, numbers) for i in leaders[:MAX_TRIES])
            copy = None if j in found else next(filter(None, copies), None)
            if copy and rests_on(found, copy.sources, j):  # by what is declared
                copy = None
            if copy and beyond_chance(numbers[j], needed, min_rows):
                found[j] = copy
            else:
                leaders.append(j)


def _affine_key(x, weights):
    """Return what affine copies share, |x @ weights| / |x|; a constant's is nan."""
    with np.errstate(all="ignore"):
        x = (x - x[0]).astype(np.float64)  # integers beyond 2^53 keep their last digits
        x -= x.mean()
        return np.abs(x @ weights) / np.sqrt(x @ x)


def _affine_copy(source, target, numbers):
    """Return the copy that a source makes of a target, None if it does not."""
    x, y = widened(numbers[source]), widened(numbers[target])
    low, high = x.argmin(), x.argmax()
    slope = (y[high].item() - y[low].item()) / (x[high].item() - x[low].item())
    integers = slope.is_integer() and x.dtype.kind == y.dtype.kind == "i"
    if integers and abs(slope) < 2**63:
        slope = int(slope)  # an overflow in the offset is undone by that in restoring
        fits = [(slope, (y[[low]] - slope * x[[low]]).item())]
    else:
        # By medians: an outlier must not show in the last digits
        middle_x, middle_y = float(np.median(x)), float(np.median(y))
        size = np.median(np.abs(y)) or np.abs(y).max()
        digits = 12 - math.ceil(np.log10(size))
        short = float(f"{slope:.12g}")  # 1.8 and 32, if that will do
        fits = [(a, middle_y - a * middle_x) for a in (short, slope)]
        fits = [(a, round(b, digits) + 0.0) for a, b in fits] + fits[1:]  # no -0
    copies = (Copy(target, (source,), numbers[target].dtype, *fit) for fit in fits)
    return next((copy for copy in copies if holds(copy, numbers, copy.offset)), None)
