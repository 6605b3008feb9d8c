"""Rows chosen so that several margins have the shares that are asked for.

The cell of a row in each margin is a column of ``cells``, int ``(n_rows, n_margins)``.
"""

from typing import NamedTuple

import numpy as np

from .raking import log_multipliers

N_SWEEPS, CLOSE = 500, 1e-4  # of raking, and when it ends: the largest error of a share
ROOM = 1.25  # more rows than are needed, as far as is known


class Multipliers(NamedTuple):
    """Weights of rows by their cells, and which rows are not even looked at.

    Parameters
    ----------
    tables : list of ndarray
        For each margin the log multipliers of its cells, of which the largest product
        in any row is ``exp(log_most)``.
    log_most : float
        Rows of that weight are all kept.
    """

    tables: list
    log_most: float

    def log_weights(self, cells):
        """The logs of the weights of rows, ``(n,)``."""
        pairs = zip(self.tables, cells.T, strict=True)
        return np.sum([own[column] for own, column in pairs], axis=0)

    def chance(self, cells):
        """How likely rows are kept: about as much as they weigh, ``(n,)``."""
        log_chance = self.log_weights(cells) - self.log_most + np.log(ROOM)
        return np.exp(np.minimum(log_chance, 0.0))


def equal_multipliers(shares):
    """Those that keep all rows but those of cells without a share."""
    with np.errstate(divide="ignore"):
        return Multipliers([np.log(own > 0) for own in shares], 0.0)


def rake_margins(cells, shares, base):
    """Multipliers under which the cells of each margin have given shares.

    Iterative proportional fitting (Deming and Stephan 1940). Of all weights that do so
    these are the nearest to those given: what margins do not ask for stays as it is.

    Parameters
    ----------
    cells : ndarray of int, shape (n_rows, n_margins)
        Cells of rows, none of them without a share.
    shares : list of ndarray
        For each margin those of its cells, which sum to 1.
    base : ndarray of shape (n_rows,)
        Weights of the rows to start from.

    Returns
    -------
    multipliers : Multipliers
    errors : ndarray of shape (n_margins,)
        The largest error of a share that each margin is left with.
    """
    cells, weights = _grouped(cells, base)
    margins = list(zip(cells.T, shares, strict=True))
    tables = equal_multipliers(shares).tables
    log_weights = np.log(weights)
    for _ in range(N_SWEEPS):
        for k, (joint, own) in enumerate(margins):
            weights = np.exp(log_weights - log_weights.max())
            logs = log_multipliers((0,), own, own > 0, joint, weights)
            tables[k] = tables[k] + logs
            log_weights = log_weights + logs[joint]
        weights = np.exp(log_weights - log_weights.max())
        weights /= weights.sum()
        held = (np.bincount(joint, weights, len(own)) for joint, own in margins)
        errors = [np.abs(a - b).max() for a, b in zip(held, shares, strict=True)]
        if max(errors) < CLOSE:
            break
    found = Multipliers(tables, 0.0)
    return found._replace(log_most=found.log_weights(cells).max()), np.array(errors)


def _grouped(cells, weights):
    """Rows of different cells, and the weights of all that share these."""
    joint = np.zeros(len(cells), dtype=np.int64)
    for column in cells.T:
        joint = joint * (column.max() + 1) + column
        _, first, joint = np.unique(joint, return_index=True, return_inverse=True)
    return cells[first], np.bincount(joint, weights)


def n_missing(weights, n_rows, multipliers):
    """How many more rows are needed, so that none of ``n_rows`` is chosen twice."""
    most = max(weights.max(), np.exp(multipliers.log_most))
    if n_rows * weights.max() <= weights.sum():
        return 0
    # Each that is drawn with its chance weighs at least most / ROOM
    return int(ROOM * (n_rows - weights.sum() / most)) + 1


def choose(weights, cells, n_rows, rng):
    """Rows with probabilities proportional to weights, none of them twice.

    Systematic sampling in the order of cells: each combination of cells gets the number
    of rows that weights say, but for one, and which ones is left to chance.

    Parameters
    ----------
    weights : ndarray of shape (n,)
        Of so many rows that ``n_missing`` is 0.
    cells : ndarray of int, shape (n, n_margins)
        Their cells.
    n_rows : int
        How many to choose.
    rng : numpy.random.Generator
        Chooses them, and their order.

    Returns
    -------
    ndarray of shape (n_rows,)
        Indices.
    """
    order = rng.permutation(len(weights))
    order = order[np.lexsort(cells[order].T)]
    ends = weights[order].cumsum()
    points = (np.arange(n_rows) + rng.random()) * (ends[-1] / n_rows)
    chosen = np.searchsorted(ends, points, side="right").clip(max=len(order) - 1)
    return rng.permutation(order[chosen])
