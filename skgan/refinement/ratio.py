"""The estimated density ratio of real rows to generated ones."""

from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression

from .cells import Cells
from .raking import MAX_PAIRED, Raking
from .trees import fit_trees

METHODS = ("trees", "network", "both")
MAX_REAL = 100_000  # training rows to learn from
# Candidates for each of these: few would make the shares of cells uncertain
N_PER_ROW, MAX_FAKE = 40, 300_000
N_FOR_TREES = 20  # of these, that trees are fitted to
MAX_NUMBERS = 20_000_000  # of all of them together
LOW, HIGH = -6.0, 5.0  # of a log ratio
# Quantiles of the ratio from which on candidates are always accepted: the first
# by which so many of all are
CAPS, MIN_RATE = (0.97, 0.95, 0.9), 0.05
MIN_CAPPED = 50  # candidates of a label that has a cap of its own


class Seen(NamedTuple):
    """What refinement sees of rows.

    ``places`` are int ``(n, n_columns)``, those that the encoder knows, ``logits`` of
    the discriminator float ``(n,)`` and ``labels`` codes ``(n,)``.
    """

    places: np.ndarray
    logits: np.ndarray
    labels: np.ndarray


class Refinement:
    """How likely candidates are accepted; holds arrays and numbers only.

    Parameters
    ----------
    network : tuple of float
        Offset and slope of the discriminator's logits, which make a log ratio of them.
    cells : Cells or None
        None if the network alone is asked.
    trees : Trees or None
        What boosted trees add to the log ratio.

    Attributes
    ----------
    raking : Raking or None
        What the shares of cells add to that.
    log_caps : ndarray of shape (n_labels,)
        Log ratio of each label from which on candidates are always accepted.
    """

    def __init__(self, network, cells=None, trees=None):
        self.network, self.cells, self.trees = network, cells, trees
        self.raking, self.log_caps = None, np.zeros(1)

    @property
    def sees_logits(self):
        """Whether logits count."""
        return self.network[1] != 0

    def log_ratio(self, seen):
        """The log density ratio of each row, up to a constant, ``(n,)``."""
        offset, slope = self.network
        ratio = offset + slope * seen.logits
        if self.cells is None:
            return ratio.clip(LOW, HIGH)
        cells = self.cells(_with_labels(seen, self.cells.sizes))
        ratio = (ratio + self.trees.predict(cells)).clip(LOW, HIGH)
        if self.raking is None:
            return ratio
        return ratio + self.raking.predict(self.cells.coarse(cells))

    def log_chance(self, seen):
        """The log probability with which each row is accepted, ``(n,)``."""
        return np.minimum(self.log_ratio(seen) - self.log_caps[seen.labels], 0.0)


def n_learnt_from(n_rows, n_columns):
    """Number of training rows, and of candidates, that a refinement is learnt from."""
    most = MAX_NUMBERS // max(n_columns, 1)
    n_real = min(n_rows, MAX_REAL, max(most // 4, 1))
    return n_real, min(N_PER_ROW * n_real, MAX_FAKE, max(most - n_real, 1))


def learn_refinement(method, real, fake, held_out, encoder, n_labels, seed):
    """The refinement of candidates, and the share of these that it accepts.

    Parameters
    ----------
    method : {"trees", "network", "both"}
        Whose ratio: that of boosted trees and raking, of the discriminator, or of
        trees on top of it.
    real, fake : Seen
        Training rows and candidates.
    held_out : ndarray of shape (n,)
        Logits of real rows that training has not seen.
    encoder : object
        With ``n_places`` and ``ranked`` of each column.
    n_labels : int
        1 if rows have none.
    seed : int
        Of the folds of the trees.

    Returns
    -------
    refinement : Refinement
    acceptance_rate : float
    """
    network = (0.0, 0.0) if method == "trees" else _calibrated(held_out, fake.logits)
    refinement = Refinement(network)
    if method != "network":
        _add_trees(refinement, real, fake, encoder, n_labels, seed)
    ratio = refinement.log_ratio(fake)
    refinement.log_caps = _log_caps(ratio, fake.labels, n_labels)
    return refinement, float(np.exp(refinement.log_chance(fake)).mean())


def _calibrated(real, fake):
    """Offset and slope of a logistic regression, both sides of equal weight."""
    logits = np.concatenate([real, fake])
    scale = logits.std() or 1.0
    model = LogisticRegression(class_weight="balanced")
    model.fit(logits[:, None] / scale, np.repeat([1, 0], [len(real), len(fake)]))
    slope = max(model.coef_[0, 0] / scale, 0.0)  # below 0 it knows nothing
    ratio = slope * fake
    return -float(np.log(np.mean(np.exp(ratio - ratio.max()))) + ratio.max()), slope


def _add_trees(refinement, real, fake, encoder, n_labels, seed):
    n_places, ranked = list(encoder.n_bins), list(encoder.ranked)
    if n_labels > 1:  # one more column
        n_places, ranked = [*n_places, n_labels], [*ranked, False]
    offset, slope = refinement.network
    cells = Cells(_with_labels(real, n_places), n_places, ranked)
    sides = [cells(_with_labels(seen, n_places)) for seen in (real, fake)]
    some = slice(N_FOR_TREES * len(sides[0]))
    weights = np.exp((offset + slope * fake.logits[some]).clip(LOW, HIGH))
    refinement.trees = fit_trees(
        sides[0], sides[1][some], ~cells.ranked, weights=weights, seed=seed
    )
    refinement.cells = cells
    ratio = refinement.log_ratio(fake)
    coarse = [cells.coarse(side) for side in sides]
    paired = refinement.trees.busiest(MAX_PAIRED)

    def log_cap(ratio):
        return _log_caps(ratio, fake.labels, n_labels)[fake.labels]

    refinement.raking = Raking(*coarse, cells.coarse_sizes, ratio, paired, log_cap)


def _with_labels(seen, columns):
    """Places, and labels as one more column where the columns have that."""
    has_labels = len(columns) > seen.places.shape[1]
    parts = [seen.places, seen.labels[:, None]] if has_labels else [seen.places]
    return np.hstack(parts)


def _log_caps(ratio, labels, n_labels):
    log_caps = np.full(n_labels, _log_cap(ratio))
    order = np.argsort(labels, kind="stable")
    own = np.split(ratio[order], np.bincount(labels, minlength=n_labels).cumsum()[:-1])
    for label in range(n_labels if n_labels > 1 else 0):
        if len(own[label]) >= MIN_CAPPED:
            log_caps[label] = _log_cap(own[label])
    return log_caps


def _log_cap(ratio):
    """Where log ratios are cut so that enough candidates are accepted."""
    for log_cap in np.quantile(ratio, CAPS):
        if np.exp(np.minimum(ratio - log_cap, 0.0)).mean() >= MIN_RATE:
            break
    return log_cap
