"""Accepting candidates: as many rows as are asked for, whatever the rate."""

import numpy as np

from ..exceptions import RefinementWarning, warn_user
from ..wording import setting

MIN_CANDIDATES = 512  # of a round, so that few rows need few rounds
MAX_PER_ROW = 100  # candidates for each row


def accept(n_rows, draw, log_chance, seed):
    """For each row the first of its candidates that is accepted.

    Each round draws candidates for the rows that still have none. Rows left over when
    too many candidates are drawn take one of theirs by weight, and a warning tells.

    Parameters
    ----------
    n_rows : int
        Number of rows.
    draw : callable
        ``draw(rows, round)`` returns a candidate for each entry of ``rows``, the
        indices of rows, which may repeat.
    log_chance : callable
        ``log_chance(candidates, rows)`` returns the log probability of accepting each.
    seed : int
        Of the numbers that decide. Each belongs to a candidate, however many are judged
        at once.

    Returns
    -------
    ndarray of shape (n_rows, n_columns)

    Warns
    -----
    RefinementWarning
        If there are rows left over.
    """
    accepted, best = None, np.full(n_rows, -np.inf)
    waiting, n_drawn, n_round = np.arange(n_rows), 0, 0
    most = max(MAX_PER_ROW * n_rows, 10 * MIN_CANDIDATES)
    while len(waiting) and n_drawn < most:
        n_each = -(-MIN_CANDIDATES // len(waiting))
        rows = np.repeat(waiting, n_each)
        candidates = draw(rows, n_round)
        chance = log_chance(candidates, rows)
        rng = np.random.default_rng([seed, 3, n_round])
        is_taken = -rng.standard_exponential(len(rows)) < chance
        # The largest key: the first that is taken, or else one by weight (Gumbel-max)
        key = np.where(is_taken, np.inf, chance + rng.gumbel(size=len(rows)))
        best_of_row = key.reshape(-1, n_each).argmax(axis=1)
        best_of_row += n_each * np.arange(len(waiting))
        if accepted is None:
            accepted = np.empty((n_rows, candidates.shape[1]), candidates.dtype)
        better = key[best_of_row] > best[waiting]
        best[waiting[better]] = key[best_of_row[better]]
        accepted[waiting[better]] = candidates[best_of_row[better]]
        waiting = waiting[~is_taken[best_of_row]]
        n_drawn, n_round = n_drawn + len(rows), n_round + 1
    if len(waiting):
        warn_user(
            f"{n_drawn} candidates were too few for {n_rows} rows: "
            f"{100 * (1 - len(waiting) / n_rows):.3g} % were accepted, the others are "
            "drawn by weight. The generator may be trained too briefly; "
            f"{setting('refinement', None)} takes its rows as they are.",
            RefinementWarning,
        )
    return accepted
