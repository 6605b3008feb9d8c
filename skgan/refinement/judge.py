"""The judge behind ``discriminate``: how likely rows are real, learned after training.

The discriminator is none: it knows its training rows by heart.
"""

import numpy as np
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from ..privacy import MIN_ROWS
from ..storage import stored
from ..storage.fields import array, instance, optional, require
from .bins import Bins
from .platt import PlattScaling, fit_with_prior
from .ratio import bins_of, with_labels
from .sense import Scores, Sense
from .trees import Trees

MIN_JUDGED = 50  # training rows; of fewer, no ratio is learned
MAX_REAL = 5_000  # training rows to learn from
N_PER_ROW, MIN_FAKE = 10, 1_000  # generated rows for each of them, and at least
MAX_NUMBERS = 16_000_000  # of all of them together
CHUNK_SIZE = 2**20  # numbers at once
N_STEPS = 20  # ranges of each score
# Slow and short: few rows are known by heart soon
LEARNING_RATE, MAX_LEAVES, MIN_LEAF, L2 = 0.1, 8, 20, 10.0
MIN_ITER, MAX_ITER, ROWS_PER_ITER = 15, 100, 30
LOW, HIGH = -6.0, 6.0  # of a log ratio


@stored("ratio/1", edges=array("f8", 2), trees=instance(Trees))
class Ratio:
    """The log density ratio of real rows to generated ones, by boosted trees of scores.

    Parameters
    ----------
    real, fake : ndarray of float, shapes (n_real, n_scores), (n_fake, n_scores)
        Scores.
    seed : int
        Of the trees.

    Attributes
    ----------
    edges : ndarray of shape (n_scores, 19)
        Between ranges of each score: quantiles of generated rows.
    trees : Trees
    """

    def __init__(self, real, fake, seed):
        shares = np.arange(1, N_STEPS) / N_STEPS
        self.edges = np.quantile(fake, shares, axis=0).T
        sides = np.repeat([1, 0], [len(real), len(fake)])
        weights = np.where(sides, 1.0, len(real) / len(fake))
        model = HistGradientBoostingClassifier(
            learning_rate=LEARNING_RATE,
            max_iter=min(MIN_ITER + len(real) // ROWS_PER_ITER, MAX_ITER),
            max_leaf_nodes=MAX_LEAVES,
            min_samples_leaf=MIN_LEAF,
            l2_regularization=L2,
            early_stopping=False,
            random_state=seed,
        )
        steps = self._steps(np.vstack([real, fake]))
        with threadpool_limits(1, "openmp"):
            self.trees = Trees([model.fit(steps, sides, sample_weight=weights)])

    def check_stored(self):
        """Check that each score that is asked for has ranges."""
        require(self.edges.shape[1] == N_STEPS - 1, "scores have ranges")
        require((np.diff(self.edges) >= 0).all(), "ranges rise")
        require(self.trees.n_columns <= len(self.edges), "splits are of scores")

    def __call__(self, scores):
        """The log ratio of each row, ``(n,)``."""
        return self.trees.predict(self._steps(scores)).clip(LOW, HIGH)

    def _steps(self, scores):
        """The range of each score, uint8 ``(n, n_scores)``."""
        pairs = zip(self.edges, scores.T, strict=True)
        steps = [np.searchsorted(edges, score, "right") for edges, score in pairs]
        return np.column_stack(steps).astype(np.uint8)


@stored(
    "judge/1",
    bins=instance(Bins),
    scores=instance(Scores),
    sense=instance(Sense),
    ratio=optional(instance(Ratio)),
    scaling=instance(PlattScaling),
)
class Judge:
    """Probabilities of being real; holds arrays and numbers only.

    Parameters
    ----------
    bins : Bins
        Of the columns, and of labels.
    scores : Scores
        Of coarse bins.
    sense : Sense
        Of scores.
    ratio : Ratio or None
        Of scores; None of too few rows.
    scaling : PlattScaling
        Makes log odds of log ratios.
    """

    def __init__(self, bins, scores, sense, ratio):
        self.bins, self.scores, self.sense, self.ratio = bins, scores, sense, ratio
        self.scaling = PlattScaling(1.0, 0.0)

    def check_stored(self):
        """Check that scores are those of the bins, and all else is about them."""
        sizes, n_scores = [*map(len, self.scores.tables)], self.scores.n_scores
        require(sizes == self.bins.coarse_sizes, "bins have scores")
        require(self.sense.n_scores == n_scores, "sense is of scores")
        same = self.ratio is None or len(self.ratio.edges) == n_scores
        require(same, "the ratio is of scores")

    def parts(self, features):
        """The log ratio of each row, and the log probability that it makes sense."""
        coarse = _coarse(self.bins, with_labels(features, self.bins.sizes))
        scores = self.scores(coarse)
        ratio = np.zeros(len(scores)) if self.ratio is None else self.ratio(scores)
        return ratio, self.sense.log_probability(scores)

    def predict(self, features):
        """The probability that each row is real, float64 ``(n,)``."""
        ratio, sense = self.parts(features)
        return expit(self.scaling.slope * ratio + self.scaling.intercept + sense)


def judging_sizes(n_rows, n_columns):
    """Number of training rows, and of generated ones, that a judge is learned from."""
    most = max(MAX_NUMBERS // max(n_columns, 1), MIN_JUDGED)
    n_real = min(n_rows, MAX_REAL, max(most // 4, MIN_JUDGED))
    return n_real, min(max(N_PER_ROW * n_real, MIN_FAKE), most)


def learn_judge(real, fake, encoder, n_labels, seed, min_rows=MIN_ROWS):
    """A judge that is still to be calibrated.

    Parameters
    ----------
    real, fake : Features
        Training rows and generated ones.
    encoder : object
        With ``n_bins`` and ``ranked`` of each column.
    n_labels : int
        1 if rows have none.
    seed : int
        Of the trees.
    min_rows : MinRows, default=MIN_ROWS
        How many training rows bins must hold.

    Returns
    -------
    Judge
    """
    bins = bins_of(real, encoder, n_labels, min_rows)
    coarse = [_coarse(bins, with_labels(f, bins.sizes)) for f in (real, fake)]
    scores = Scores(*coarse, bins.coarse_sizes, bins.ranked)
    real, fake = map(scores, coarse)
    is_enough = len(real) >= MIN_JUDGED
    ratio = Ratio(real, fake, seed) if is_enough else None
    known = real if min_rows.allows(len(real)) else real[:0]
    return Judge(bins, scores, Sense(known, fake), ratio)


def _coarse(bins, fine):
    """The coarse bins of rows, uint8 ``(n, n_columns)``, some rows at a time."""
    chunks = np.array_split(fine, max(1, fine.size // CHUNK_SIZE))
    return np.concatenate([bins.coarse_of_fine(c).astype(np.uint8) for c in chunks])


def calibrate(judge, held_out, fake):
    """Scale a judge's ratio by rows that neither it nor training has seen.

    Parameters
    ----------
    judge : Judge
        What ``learn_judge`` gave; its ``scaling`` is set.
    held_out, fake : Features
        Real rows, of which there may be none, and generated ones.
    """
    sides = [judge.parts(features) for features in (held_out, fake)]
    judge.scaling = fit_with_prior(*sides)
