"""How many members an attack finds at so many false alarms, and how sure that is."""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from .intervals import exact_ends


class Rate(NamedTuple):
    """A share in percent, and its confidence interval."""

    percent: float
    low: float
    high: float


def without_ties(scores: NDArray, rng: np.random.RandomState) -> NDArray[np.int64]:
    """Rank scores from 0, equal ones in random order: a guess among them is no worse.

    Copies, and rows of few classes, share distances. A threshold between them would
    claim all or none, and miss the share of false alarms that is asked for.
    """
    order = np.lexsort([rng.permutation(len(scores)), scores])
    ranks = np.empty(len(scores), dtype=np.int64)
    ranks[order] = np.arange(len(scores))
    return ranks


def true_positives(
    ranks: NDArray, is_member: NDArray, alarms: float, tail: float
) -> Rate:
    """Measure how many members lie above the threshold of so many false alarms.

    Parameters
    ----------
    ranks : ndarray of shape (n,)
        Scores of members and others that are all different, larger for members.
    is_member : ndarray of shape (n,), bool
        Which are members.
    alarms : float
        Share of all non-members there are, not only of those at hand, that may lie
        above the threshold.
    tail : float
        With this probability the interval ends too early, at either end.

    Returns
    -------
    Rate
        The share of members. Where the non-members at hand are too few for a single
        false alarm, that above all of them; the interval tells that this is a guess.

    Notes
    -----
    Where members are like others, the share is ``alarms`` on average: of n non-members,
    ``j / (n + 1)`` of all there are lie above the j-th largest. Two things are random.
    Members come above a given threshold by a binomial distribution (Clopper and Pearson
    1934). And the threshold is one of the non-members: how many of these lie above the
    right one is binomial, too. Both intervals, put together as squares (Zou and Donner
    2008), are that of the share.
    """
    members = np.sort(ranks[is_member])
    others = np.sort(ranks[~is_member])[::-1]
    m, n = len(members), len(others)
    # Share of members above the j-th largest of the others: none, ..., all
    above = (m - np.searchsorted(members, others)) / m
    above = np.concatenate([[0.0], above, [1.0]])  # (n + 2,)
    share = float(np.interp(max(alarms * (n + 1), 1.0), np.arange(n + 2), above))
    of_threshold = above[[*_thresholds(n, alarms, tail)]]
    ends = np.array([exact_ends(share, m, tail), of_threshold])  # (2, low and high)
    low = share - np.linalg.norm(np.minimum(ends[:, 0] - share, 0))
    high = share + np.linalg.norm(np.maximum(ends[:, 1] - share, 0))
    return Rate(100 * share, 100 * max(float(low), 0.0), 100 * min(float(high), 1.0))


@cache
def _thresholds(n, alarms, tail):
    """Say how many of n others lie above the right threshold, at least and at most."""
    first, last = binom.ppf([tail, 1 - tail], n, alarms).astype(int)
    return int(first), int(last) + 1
