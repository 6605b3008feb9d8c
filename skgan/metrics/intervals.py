"""Confidence intervals of shares and of numbers with a standard error."""

from scipy.special import betaincinv
from scipy.stats import norm

CONFIDENCE = 0.95
TAIL = (1 - CONFIDENCE) / 2  # with which an interval ends too early, at either end
IN_ERRORS = float(norm.ppf(1 - TAIL))  # half an interval, in standard errors


def ends_by_error(
    value: float, error: float, greatest: float = 1.0
) -> tuple[float, float]:
    """Find the ends for a number with a standard error, from 0 to the greatest.

    Where the number is below 0, its interval is, too.
    """
    half = IN_ERRORS * error
    low = max(value - half, 0.0) if value >= 0 else value - half
    return low, min(value + half, greatest)


def exact_ends(share: float, n: int, tail: float = TAIL) -> tuple[float, float]:
    """Find the ends for a share of n rows (Clopper and Pearson 1934)."""
    hits, misses = share * n, n - share * n
    low = betaincinv(hits, misses + 1, tail) if hits else 0.0
    high = betaincinv(hits + 1, misses, 1 - tail) if misses else 1.0
    return float(low), float(high)
