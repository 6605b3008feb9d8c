"""How long a fit will take, said once: training at its own pace, the rest by its size.

It is a record of the logger "skgan" at INFO, and a line where somebody looks.
"""

import logging
import sys
import time

from ..progress import duration, is_interactive
from ..refinement import learning_sizes
from ..training import REPORTING_INTERVAL

logger = logging.getLogger("skgan")

MIN_AHEAD = 10.0  # seconds that are worth a word
# Seconds on one core, measured on nine tables of 150 to 30,000 rows and 4 to 30
# columns: for each pair of a held-out row and a center and for each of their columns,
# and for each number of the candidates and of the rows that refinement learns from
A_PAIR, A_CLASS, A_PIXEL = 4e-7, 4e-8, 1e-9
A_CANDIDATE, A_ROW = 5e-6, 8e-5
SCORES = 0.3


def seconds_after(plan):
    """Guess how long what follows training takes: refinement, and scores."""
    (n_rows, n_columns), held_out = plan.rows.data.encoded.shape, plan.rows.held_out
    a_column = A_CLASS if plan.rows.head.n_gumbel else A_PIXEL
    scores = len(held_out[1]) * plan.n_centers * (A_PAIR + n_columns * a_column)
    scores = (SCORES + scores) * (plan.n_init + (plan.refinement is not None))
    if plan.refinement is None:
        return 0.0, scores
    n_real, n_fake = learning_sizes(n_rows, n_columns)
    return n_columns * (A_ROW * n_real + A_CANDIDATE * n_fake), scores


def begin_phase(estimator, phase):
    """Print what a fit begins with, if it prints progress."""
    if estimator.verbose:
        print(f"[{type(estimator).__name__}] {phase}", flush=True)


class Forecast:
    """Says how long a fit will take, after its first reporting interval.

    Parameters
    ----------
    name : str
        Of the estimator.
    plan : Plan
        What is trained.
    is_printed : bool
        Whether a line is printed, too, where somebody looks.
    """

    def __init__(self, name, plan, is_printed):
        self._name, self._plan, self._is_printed = name, plan, is_printed
        self._begun, self._is_due = None, True

    def begin(self, n_iter):
        """Training begins, or goes on, after so many iterations."""
        self._begun = n_iter, time.monotonic()

    def pace(self, n_iter):
        """Seconds an iteration; None before there have been enough."""
        n_before, start = self._begun
        n_done = n_iter - n_before
        is_known = n_done >= REPORTING_INTERVAL
        return (time.monotonic() - start) / n_done if is_known else None

    def __call__(self, n_iter, n_left):
        """Say how long all takes, once, after so many iterations of so many more."""
        pace = self.pace(n_iter) if self._is_due else None
        if pace is None:
            return
        self._is_due = False
        parts = dict(
            zip(("refinement", "scores"), seconds_after(self._plan), strict=True)
        )
        parts = {"training": pace * n_left} | parts
        ahead = sum(parts.values())
        if ahead <= MIN_AHEAD:
            return
        words = ", ".join(f"{k} {duration(v)}" for k, v in parts.items() if v >= 0.5)
        text = f"[{self._name}] about {duration(ahead)} to go: {words}"
        logger.info(text)
        if self._is_printed and is_interactive(sys.stderr):
            print(text, file=sys.stderr, flush=True)
