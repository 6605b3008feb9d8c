"""Random processes that draw tables in which some columns are ordered, or nearly."""

import numpy as np
import pandas as pd
from scipy import stats

TAILS = [
    *(stats.norm, stats.logistic, stats.laplace, stats.t(3), stats.t(6)),
    *(stats.gumbel_r, stats.gumbel_l, stats.gamma(5), stats.gamma(20)),
    *(stats.weibull_min(3), stats.lognorm(0.4), stats.skewnorm(4), stats.skewnorm(-4)),
]
EDGES = [stats.expon, stats.uniform, stats.halfnorm, stats.gamma(1.5), stats.lognorm(1)]


def process(seed):
    """A function that draws a table of some rows, with a generator of its own.

    Its columns are independent, or one plus a gap: with a tail of which a share between
    1e-5 and .3 is below 0, or with an end at 0 or above; or near a multiple of one.
    """
    rng = np.random.default_rng(seed)
    makers = []
    for k in range(int(rng.integers(2, 4))):
        makers.append((f"own {k}", None, _own(rng)))
    for k in range(int(rng.integers(1, 4))):
        source = makers[int(rng.integers(len(makers)))][0]
        makers.append((f"made {k}", source, _made(rng)))
    digits, as_days = int(rng.integers(0, 4)), rng.random() < 0.3

    def draw(n, rng):
        table = pd.DataFrame()
        for name, source, make in makers:
            table[name] = make(n, rng, None if source is None else table[source])
        if as_days:
            return pd.Timestamp("2000-01-01") + table.mul(10).round().apply(
                pd.to_timedelta, unit="D"
            )
        return table.round(digits) if digits else table

    return draw


def _own(rng):
    """Draw how a column is drawn that depends on no other."""
    base = [stats.norm, stats.uniform, stats.expon, stats.lognorm(1), stats.t(3)]
    own = base[int(rng.integers(len(base)))]
    scale, shift = np.exp(rng.normal(0, 1)), rng.normal(0, 2)
    return lambda n, rng, _: shift + scale * own.rvs(size=n, random_state=rng)


def _made(rng):
    """Draw how a column is made of another."""
    scale, which = np.exp(rng.normal(0, 1)), rng.random()
    if which < 0.55:
        tail = TAILS[int(rng.integers(len(TAILS)))]
        start = tail.ppf(np.exp(rng.uniform(np.log(1e-5), np.log(0.3))))
    elif which < 0.85:
        tail = EDGES[int(rng.integers(len(EDGES)))]
        start = tail.ppf(0) - rng.choice([0, 0, rng.exponential()])
    else:
        slope = rng.normal(1, 0.3)
        spread = np.exp(rng.normal(-1, 1))
        return lambda n, rng, x: slope * x + spread * rng.normal(size=n)
    return lambda n, rng, x: x + scale * (tail.rvs(size=n, random_state=rng) - start)


def broken(table, low, high):
    """The share of rows in which the second column is below the first."""
    return float((table[high] < table[low]).mean())
