"""Rows chosen from a pool, each at most once, as the user asks for them."""

import numpy as np

from ..conditions import Shares, Where
from ..refinement import choose, rake_margins
from .demanded import one_in


def draw_from_pool(rows, log_chance, n_rows, where, shares, encoder, rng):
    """Rows of a pool that are accepted, none twice.

    Parameters
    ----------
    rows : Table
        The pool.
    log_chance : ndarray of shape (n,)
        Log probability of accepting each of its rows.
    n_rows : int
        How many to choose.
    where : dict, callable or None
        What all rows fulfill.
    shares : dict or None
        Shares of values of columns.
    encoder : TableEncoder
        By which the pool was read.
    rng : numpy.random.Generator
        Chooses them, and their order.

    Returns
    -------
    ndarray of shape (n_rows,)
        Their numbers.

    Raises
    ------
    ValueError
        If what is asked for breaks a rule, or if there are fewer such rows.
    """
    where, shares = Where(where, encoder), Shares(shares, encoder)
    tally = np.zeros((len(where), 2), dtype=np.int64)
    left = rng.permutation(where(rows, tally, rng))
    accepted = left[-rng.standard_exponential(len(left)) < log_chance[left]]
    most, those = len(accepted), f"of the pool of {len(log_chance)}"
    if len(where):
        those = f"{those}, of which {len(left)} fulfill where,"
    if shares and most:
        accepted, cells, weights = _weighted(accepted, shares, rows)
        most = int(weights.sum() / weights.max())
        those = f"{those} with such shares"
    if most < n_rows:
        found = ""
        if len(where):
            condition, share = where.rarest(tally)
            alone = one_in(share) if share else "none"
            found = f" The rarest condition by itself is {condition}: {alone}."
        raise ValueError(
            f"n_samples must be at most {most}, the rows {those} that are accepted "
            f"this time, got {n_rows}.{found}"
        )
    return accepted[choose(weights, cells, n_rows, rng) if shares else slice(n_rows)]


def _weighted(accepted, shares, rows):
    """Those in cells that are asked for, their cells and the weights that shares give.

    None of them is to be chosen twice.
    """
    cells = shares.codes(rows[accepted])
    shares.check(shares.counts(cells))
    is_wanted = shares.is_wanted(cells)
    accepted, cells = accepted[is_wanted], cells[is_wanted]
    multipliers, errors = rake_margins(cells, shares.shares, np.ones(len(cells)))
    shares.check_errors(errors)
    return accepted, cells, np.exp(multipliers.log_weights(cells))
