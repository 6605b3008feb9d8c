"""The estimated density ratio of real rows to generated ones."""

from typing import NamedTuple

import numpy as np

from ..privacy import MIN_ROWS
from ..storage import stored
from ..storage.fields import array, fixed, instance, number, optional, require
from .bins import Bins
from .cells import MAX_PAIRED
from .platt import fit_platt_scaling
from .raking import Raking
from .trees import Trees, fit_trees

METHODS = ("trees", "network", "both")
MAX_REAL = 100_000  # training rows to learn from
# Candidates for each of these: few would make the shares of cells uncertain
N_PER_ROW, MAX_FAKE = 40, 600_000
MAX_NUMBERS = 20_000_000  # of all of them together
FULL_ITER, MIN_PER_ROW = 1_000, 5  # a shorter training is a trial, and so is this
LOW, HIGH = -6.0, 5.0  # of a log ratio
# Quantiles of the ratio from which on candidates are always accepted: the first
# by which so many of all are
CAPS, MIN_RATE = (0.97, 0.95, 0.9), 0.05
MIN_CAPPED = 50  # candidates of a label that has a cap of its own


class Features(NamedTuple):
    """What refinement judges rows by.

    ``bins`` are int ``(n, n_columns)``, those that the encoder knows, ``logits`` of
    the discriminator float ``(n,)`` and ``labels`` codes ``(n,)``.
    """

    bins: np.ndarray
    logits: np.ndarray
    labels: np.ndarray


@stored(
    "refinement/1",
    network=fixed(number(), number(0)),
    bins=optional(instance(Bins)),
    trees=optional(instance(Trees)),
    raking=optional(instance(Raking)),
    log_caps=array("f8"),
)
class Refinement:
    """How likely candidates are accepted; holds arrays and numbers only.

    Parameters
    ----------
    network : tuple of float
        Offset and slope of the discriminator's logits, which make a log ratio of them.
    bins : Bins or None
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

    def __init__(self, network, bins=None, trees=None):
        self.network, self.bins, self.trees = network, bins, trees
        self.raking, self.log_caps = None, np.zeros(1)

    def check_stored(self):
        """Check that trees and raking are about the bins."""
        require(len(self.log_caps) > 0, "labels have caps")
        require((self.bins is None) == (self.trees is None), "trees have bins")
        if self.bins is None:
            require(self.raking is None, "raking has bins")
            return
        require(self.trees.n_columns <= len(self.bins.sizes), "splits are of columns")
        same = self.raking is None or self.raking.sizes == self.bins.coarse_sizes
        require(same, "raking is about the bins")

    @property
    def uses_logits(self):
        """Whether logits count."""
        return self.network[1] != 0

    def log_ratio(self, features):
        """The log density ratio of each row, up to a constant, ``(n,)``."""
        offset, slope = self.network
        ratio = offset + slope * features.logits
        if self.bins is None:
            return ratio.clip(LOW, HIGH)
        bins = self.bins(with_labels(features, self.bins.sizes))
        ratio = (ratio + self.trees.predict(bins)).clip(LOW, HIGH)
        if self.raking is None:
            return ratio
        return ratio + self.raking.predict(self.bins.coarse(bins))

    def log_chance(self, features):
        """The log probability with which each row is accepted, ``(n,)``."""
        return np.minimum(
            self.log_ratio(features) - self.log_caps[features.labels], 0.0
        )


def effort(n_iter):
    """The share of the full work that is worth it after so many iterations."""
    return min(1.0, n_iter / FULL_ITER)


def learning_sizes(n_rows, n_columns, share=1.0):
    """Number of training rows, and of candidates, that a refinement is learned from.

    ``share`` is that of the full work that is to be done.
    """
    per_row = min(max(MIN_PER_ROW, round(N_PER_ROW * share)), N_PER_ROW)
    most = MAX_NUMBERS // max(n_columns, 1)
    n_real = min(n_rows, MAX_REAL, max(most // 4, 1))
    return n_real, min(per_row * n_real, MAX_FAKE, max(most - n_real, 1))


def learn_refinement(
    method,
    real,
    fake,
    held_out,
    encoder,
    n_labels,
    seed,
    min_rows=MIN_ROWS,
    share=1.0,
    census=None,
):
    """The refinement of candidates, and the share of these that it accepts.

    Parameters
    ----------
    method : {"trees", "network", "both"}
        Whose ratio: that of boosted trees and raking, of the discriminator, or of
        trees on top of it.
    real, fake : Features
        Training rows and candidates. Half of these teach trees and pairs of columns,
        the others single columns.
    held_out : ndarray of shape (n,) or None
        Logits of real rows that training has not seen; trees alone need none.
    encoder : object
        With ``n_bins`` and ``ranked`` of each column.
    n_labels : int
        1 if rows have none.
    seed : int
        Of the folds of the trees.
    min_rows : MinRows, default=MIN_ROWS
        How many training rows bins and cells must hold.
    share : float, default=1.0
        Of the full work that is to be done: of the number of trees.
    census : Census or None, default=None
        Counts of all rows, where the training rows are a sample of them.

    Returns
    -------
    refinement : Refinement
    acceptance_rate : float
    """
    network = (0.0, 0.0) if method == "trees" else _scaled_logits(held_out, fake.logits)
    refinement = Refinement(network)
    # What trees and pairs of cells learn of candidates is less true of others. So the
    # shares of single columns, and all that is counted then, are those of fresh ones.
    # Mixtures of scikit-learn draw one component after the other: halves are by chance.
    order = np.random.default_rng([seed, 1]).permutation(len(fake.labels))
    halves = np.array_split(order, 2)
    taught, fresh = (Features(*(own[half] for own in fake)) for half in halves)
    del fake  # which are many
    if method != "network":
        sides = real, taught, fresh
        bins = census.bins if census else bins_of(real, encoder, n_labels, min_rows)
        counts = census.cells if census else None
        _add_trees(refinement, sides, bins, n_labels, seed, min_rows, share, counts)
    ratio = refinement.log_ratio(fresh)
    refinement.log_caps = _log_caps(ratio, fresh.labels, n_labels)
    return refinement, float(np.exp(refinement.log_chance(fresh)).mean())


def _scaled_logits(real, fake):
    """Offset and slope that make a log ratio of logits, of mean 1 among fakes."""
    slope = max(fit_platt_scaling(real, fake).slope, 0.0)  # below 0 it knows nothing
    ratio = slope * fake
    return -float(np.log(np.mean(np.exp(ratio - ratio.max()))) + ratio.max()), slope


def _add_trees(refinement, sides, bins, n_labels, seed, min_rows, share, counts):
    """Learn trees and raking on top of the network's ratio.

    ``sides`` are training rows, and candidates for trees and for single columns;
    ``counts`` those of the cells of more rows than these, or None.
    """
    real, taught, fresh = sides
    offset, slope = refinement.network
    refinement.bins = bins
    binned = [bins(with_labels(features, bins.sizes)) for features in sides]
    weights = np.exp((offset + slope * taught.logits).clip(LOW, HIGH))
    refinement.trees = fit_trees(
        *binned[:2], ~bins.ranked, weights=weights, seed=seed, share=share
    )
    paired = refinement.trees.busiest(MAX_PAIRED)

    def log_cap(ratio):
        return _log_caps(ratio, fresh.labels, n_labels)[fresh.labels]

    refinement.raking = Raking(
        *map(bins.coarse, binned),
        bins.coarse_sizes,
        [refinement.log_ratio(features) for features in (taught, fresh)],
        paired,
        log_cap,
        min_rows,
        counts,
    )


def bins_of(real, encoder, n_labels, min_rows):
    """Bins of the columns of training rows, and of their labels if these are many."""
    n_fine, ranked = list(encoder.n_bins), list(encoder.ranked)
    if n_labels > 1:  # one more column
        n_fine, ranked = [*n_fine, n_labels], [*ranked, False]
    return Bins(with_labels(real, n_fine), n_fine, ranked, min_rows)


def with_labels(features, columns):
    """Bins, and labels as one more column where the columns have that."""
    has_labels = len(columns) > features.bins.shape[1]
    if not has_labels:
        return features.bins
    return np.hstack([features.bins, features.labels[:, None]])


def _log_caps(ratio, labels, n_labels):
    """The cap of each label, that of all rows where a label has few."""
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
