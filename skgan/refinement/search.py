"""Searching candidates for rows that fulfill a condition, however rare, within bounds.

It knows neither where candidates come from nor what is asked of them.
"""

import math
from itertools import count
from typing import NamedTuple

import numpy as np
from scipy.stats import beta

N_PILOT = 30_000  # candidates before which nothing is given up
MAX_CANDIDATES, LEAST_PER_ROW = 10_000_000, 10  # for all rows together, or a row
LEAST, MOST = 512, 65_536  # candidates of a round
CONFIDENCE = 0.95


class TooRareError(Exception):
    """Too few candidates are accepted for the number of rows.

    Parameters
    ----------
    progress : Progress
        What was found until then.
    """

    def __init__(self, progress):
        super().__init__(progress)
        self.progress = progress


class Progress(NamedTuple):
    """What a search has come to: rows found, accepted ones expected, and candidates."""

    n_found: int = 0
    expected: float = 0.0
    n_drawn: int = 0

    @property
    def rate(self):
        """The share of candidates that are accepted, as far as is known."""
        return self.expected / self.n_drawn

    @property
    def bound(self):
        """An upper confidence bound of the share of candidates that are accepted."""
        return upper_bound(self.expected, self.n_drawn)


def upper_bound(n_hits, n):
    """An upper confidence bound of a share (Clopper and Pearson 1934)."""
    return float(beta.ppf(CONFIDENCE, n_hits + 1, n - n_hits)) if n_hits < n else 1.0


def affordable(n_rows):
    """How many candidates may be drawn for so many rows."""
    return max(MAX_CANDIDATES, LEAST_PER_ROW * n_rows)


def search(n_rows, attempt, seed, *, share=1.0, most=MOST, enough=None):
    """The first rows that are accepted, in the order in which candidates are drawn.

    So they are independent, and distributed as accepted candidates are.

    Parameters
    ----------
    n_rows : int
        Number of rows.
    attempt : callable
        ``attempt(n, n_round)`` draws n candidates; it returns those that fulfill what
        is asked for, which take arrays of indices, and the log probability of accepting
        each.
    seed : sequence of int
        Of the numbers that decide.
    share : float, default=1.0
        Share of all candidates that may be spent on these rows.
    most : int, default=65_536
        Number of candidates at once.
    enough : int or None, default=None
        Number of rows after which the search ends; None is all. Whether there can be
        all is asked in any case.

    Returns
    -------
    parts : list
        Rows of each round, as ``attempt`` returns them.

    Raises
    ------
    TooRareError
        As soon as a confidence bound says that all candidates that may be drawn would
        be too few, and at the latest when these are drawn.
    """
    parts, progress, enough = [], Progress(), enough or n_rows
    n_affordable = math.ceil(share * affordable(n_rows / share))
    for n_round in count():
        missing = enough - progress.n_found
        if missing == 0:
            break
        n_left = max(n_affordable, N_PILOT) - progress.n_drawn
        n = min(_size(missing, progress), most, n_left)
        candidates, log_chance = attempt(n, n_round)
        rng = np.random.default_rng([*seed, 3, n_round])
        is_taken = -rng.standard_exponential(len(log_chance)) < log_chance
        taken = np.flatnonzero(is_taken)[:missing]
        parts.append(candidates[taken])
        progress = Progress(
            progress.n_found + len(taken),
            progress.expected + float(np.exp(log_chance).sum()),
            progress.n_drawn + n,
        )
        if progress.n_found < enough and progress.n_drawn >= N_PILOT:
            is_hopeless = n_rows > n_affordable * progress.bound
            if is_hopeless or progress.n_drawn >= n_affordable:
                raise TooRareError(progress)
    return parts


def _size(missing, progress):
    """The number of candidates of the next round: about as many as are needed."""
    if progress.n_drawn == 0:
        return int(np.clip(2 * missing, LEAST, MOST))
    needed = 1.1 * missing / max(progress.rate, 1 / MOST)
    most = N_PILOT - progress.n_drawn if progress.n_drawn < N_PILOT else MOST
    return int(np.clip(needed, min(LEAST, most), min(most, MOST)))
