"""Whether a report says that rows are copies of training rows."""

import numpy as np
from scipy.stats import binom

from .figures import (
    EQUAL,
    FALSE_ALARMS,
    N_COPY_MEASURES,
    NEARER,
    RATIO,
    Estimate,
    Figure,
    by_error,
    copied,
    share_of,
)
from .intervals import TAIL
from .overlap import noise_of
from .privacy import equal_share, nearer_share, nearest_record_ratios

LOW_QUANTILE = 0.05  # of the nearest-record ratios
MIN_RATIO = 0.5  # of the real rows' figure, below which rows look copied


def judge_copies(tables, points, held_out_equal, seed):
    """Judge whether rows are copies of training rows.

    ``tables`` are training, held-out and synthetic rows, ``points`` the same as points,
    ``held_out_equal`` is the share of held-out rows that equal a training row.
    """
    share, error = nearer_share(*points, "auto", seed)
    nearer = by_error(100 * share, 100 * error, greatest=100.0)
    train, test, synthetic = tables
    equal = [equal_share(train, synthetic), held_out_equal]
    noise = noise_of((np.mean(equal),) * 2, min(test.n, synthetic.n))
    shares = zip(equal, (synthetic.n, test.n), strict=True)
    return [
        copied(NEARER, nearer, Estimate(50.0), 100 * error),
        _record_ratios(*points),
        copied(EQUAL, *(share_of(*pair, 100.0) for pair in shares), 100 * noise),
    ]


def _record_ratios(train, test, synthetic):
    """Judge low quantiles of the nearest-record ratios."""
    own, real = (
        nearest_record_ratios(train, rows, scale="none") for rows in (synthetic, test)
    )
    alpha = FALSE_ALARMS / N_COPY_MEASURES / 2  # for two quantiles
    is_copied = _quantile(own, alpha).high < MIN_RATIO * _quantile(real, alpha).low
    verdict = "copied" if is_copied else "good"
    ends = (*_quantile(own, TAIL), *_quantile(real, TAIL))
    return Figure(RATIO, *ends, "higher", verdict)


def _quantile(ratios, tail):
    """Estimate a low quantile; with this probability the interval ends too early.

    Its ends are the values whose ranks have the binomial distribution's quantiles.
    """
    ranks = binom.ppf([tail, 1 - tail], len(ratios), LOW_QUANTILE).astype(int)
    low, high = np.sort(ratios)[np.clip(ranks - [1, 0], 0, len(ratios) - 1)]
    return Estimate(float(np.quantile(ratios, LOW_QUANTILE)), float(low), float(high))
