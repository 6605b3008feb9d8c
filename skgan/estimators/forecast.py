"""How long a fit will take, said once: training at its own pace, the rest by its size.

It is a record of the logger "skgan" at INFO, and a line where somebody looks.
"""

import logging
import sys
import time

from ..exceptions import warn_user
from ..progress import duration, is_interactive
from ..refinement import effort, learning_sizes
from ..sources import release_memory
from ..training import REPORTING_INTERVAL
from ..wording import parameter

logger = logging.getLogger("skgan")

MIN_AHEAD = 10.0  # seconds that are worth a word
WORTH_A_WORD = 0.1  # of the time given, for what is a guess
# Seconds on one core, measured on nine tables of 150 to 30,000 rows and 4 to 30
# columns: for each pair of a held-out row and a center and for each of their columns,
# and for each number of the candidates and of the rows that refinement learns from
A_PAIR, A_CLASS, A_PIXEL = 4e-7, 4e-8, 1e-9
A_CANDIDATE, A_ROW = 5e-6, 8e-5
SCORES = 0.3


def seconds_after(plan, n_iter, n_runs=None):
    """Guess how long what follows training takes: refinement, and scores.

    These are of so many runs; None stands for all.
    """
    n_runs = plan.n_init if n_runs is None else n_runs
    (n_rows, n_columns), held_out = plan.rows.data.encoded.shape, plan.rows.held_out
    a_column = A_CLASS if plan.rows.head.n_gumbel else A_PIXEL
    scores = len(held_out[1]) * plan.n_centers * (A_PAIR + n_columns * a_column)
    scores = (SCORES + scores) * (n_runs + (plan.refinement is not None))
    if plan.refinement is None:
        return 0.0, scores
    share = effort(n_iter)
    n_real, n_fake = learning_sizes(n_rows, n_columns, share)
    return n_columns * (share * A_ROW * n_real + A_CANDIDATE * n_fake), scores


def begin_phase(estimator, phase):
    """Print what a fit begins with, if it prints progress.

    What was before needs no more memory, which else adds up from phase to phase.
    """
    release_memory()
    if estimator.verbose:
        print(f"[{type(estimator).__name__}] {phase}", flush=True)


class Forecast:
    """Knows how long a fit will take, after its first reporting interval.

    Parameters
    ----------
    estimator : BaseGAN
        The estimator that is being fitted.
    plan : Plan
        What is trained.
    start : float
        When the fit began, by the monotonic clock.
    is_limited : bool, default=True
        Whether its ``max_time`` counts.
    """

    def __init__(self, estimator, plan, start, is_limited=True):
        self._name, self._plan = type(estimator).__name__, plan
        self._start = start
        self._max_time = estimator.max_time if is_limited else None
        self._begun, self._is_due = None, True

    def begin(self, n_iter):
        """Training begins, or goes on, after so many iterations."""
        self._begun = n_iter, time.monotonic()

    def _pace(self, n_iter):
        """Seconds an iteration; None before there have been enough."""
        n_before, start = self._begun
        n_done = n_iter - n_before
        is_known = n_done >= REPORTING_INTERVAL
        return (time.monotonic() - start) / n_done if is_known else None

    def max_iter(self, n_iter, most, n_runs):
        """How many iterations of each of the runs left there is time for.

        Parameters
        ----------
        n_iter : int
            Iterations done of this run.
        most : int
            At most so many.
        n_runs : int
            Number of runs, this one included.

        Returns
        -------
        int or None
            None if time is not limited, or the pace not known yet.
        """
        pace = self._pace(n_iter) if self._max_time is not None else None
        if pace is None:
            return None
        left = self._max_time - (time.monotonic() - self._start) + pace * n_iter

        def late(n):  # what follows takes longer the more iterations there are
            return pace * n_runs * n + sum(seconds_after(self._plan, n)) - left

        low, high = n_iter, most
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if late(middle) <= 0 else (low, middle - 1)
        self._warn_if_late(n_iter, late(n_iter))
        return low

    def _warn_if_late(self, n_iter, late):
        """Warn if a fit cannot end in time, as it takes so many seconds more."""
        if late > WORTH_A_WORD * self._max_time:
            spans = duration(self._max_time + late), duration(self._max_time)
            warn_user(
                f"{parameter('max_time')} is too short: the fit will take about "
                f"{spans[0]}, not {spans[1]}, though training ends after {n_iter} "
                "iterations."
            )

    def later(self, max_iter, n_runs):
        """Guess what follows a run of so many iterations, the first of those left.

        Returns
        -------
        tuple
            Iterations of other runs, and seconds after training.
        """
        after = seconds_after(self._plan, max_iter, n_runs)
        return (n_runs - 1) * max_iter, sum(after)

    def __call__(self, n_iter, n_left, is_printed):
        """Say how long all takes, once, after so many iterations of so many more.

        It is printed only if that is wanted, and where somebody looks.
        """
        pace = self._pace(n_iter) if self._is_due else None
        if pace is None:
            return
        self._is_due = False
        after = seconds_after(self._plan, n_iter + n_left)
        parts = {"training": pace * n_left, "refinement": after[0], "scores": after[1]}
        ahead = sum(parts.values())
        if ahead <= MIN_AHEAD:
            return
        words = ", ".join(f"{k} {duration(v)}" for k, v in parts.items() if v >= 0.5)
        text = f"[{self._name}] about {duration(ahead)} to go: {words}"
        logger.info(text)
        if is_printed and is_interactive(sys.stderr):
            print(text, file=sys.stderr, flush=True)
