"""Scores of bins, and normal distributions of them: whether a row makes sense."""

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import ndtri

from ..storage import stored
from ..storage.fields import array, instance, many, number, optional, require

MAX_SCORES, N_COMPONENTS = 200, 50  # of more scores, so many principal components
MAX_DECOMPOSED = 2_000  # generated rows that these are found in, and numbers
MAX_NUMBERS = 2**22
CHUNK_SIZE = 2**20  # numbers of rows that are reduced at once
RIDGE = 0.05  # added to the variance of each score
WIDTH = 1.5  # variance of each score among rows whose columns know nothing of another
PRIOR = 3.0  # generated rows that real ones are joined by, for each score
LOG_ODDS = np.log(0.01 / 0.99)  # of an arbitrary row, before it is looked at


@stored(
    "scores/1",
    tables=many(array("f8", 2), least=1),
    components=optional(array("f8", 2)),
    center=array("f8"),
)
class Scores:
    """Numbers of bins: normal scores where these follow an order, else dummies.

    Where they are many, principal components of the scores of generated rows stand for
    them, and how far a row is from these components.

    Parameters
    ----------
    real, fake : ndarray of int, shapes (n_real, n_columns), (n_fake, n_columns)
        Coarse bins.
    sizes : sequence of int
        Number of bins of each column.
    ranked : ndarray of bool, shape (n_columns,)
        Whether the bins of a column follow the order of its values.

    Attributes
    ----------
    tables : list of ndarray of shape (n_bins, n_scores)
        Scores of the bins of each column.
    components : ndarray of shape (n_scores, n_components) or None
        None are the scores themselves.
    """

    def __init__(self, real, fake, sizes, ranked):
        self.tables, self.components = [], None
        for column, size, in_order in zip(real.T, sizes, ranked, strict=True):
            shares = np.bincount(column, minlength=size) / len(column)
            self.tables.append(_normal(shares) if in_order else _dummies(shares))
        scores = self._of_bins(fake)
        self.center = scores.mean(axis=0)
        if scores.shape[1] > MAX_SCORES:
            n_rows = max(N_COMPONENTS, MAX_NUMBERS // scores.shape[1])
            scores = scores[: min(n_rows, MAX_DECOMPOSED)].copy()  # the rest may go
            scores -= self.center
            _, _, components = np.linalg.svd(scores, full_matrices=False)
            self.components = components[:N_COMPONENTS].T

    @property
    def n_scores(self):
        """Number of scores of a row."""
        if self.components is None:
            return len(self.center)
        return self.components.shape[1] + 1

    def check_stored(self):
        """Check that tables, center and components are of as many scores."""
        n_scores = sum(table.shape[1] for table in self.tables)
        require(len(self.center) == n_scores, "the center has all scores")
        components = self.components
        is_square = components is None or len(components) == n_scores
        require(is_square, "components are of all scores")

    def __call__(self, bins):
        """The scores of rows, float64 ``(n, n_scores)``."""
        if self.components is None:
            return self._of_bins(bins)
        n_chunks = max(1, len(bins) * len(self.center) // CHUNK_SIZE)
        return np.concatenate([*map(self._reduced, np.array_split(bins, n_chunks))])

    def _of_bins(self, bins):
        """The scores of rows by the tables."""
        columns = zip(self.tables, bins.T, strict=True)
        ends = np.cumsum([table.shape[1] for table in self.tables])
        scores = np.empty((len(bins), ends[-1]))
        for (table, column), end in zip(columns, ends, strict=True):
            scores[:, end - table.shape[1] : end] = table[column]
        return scores

    def _reduced(self, bins):
        """Components of the scores of rows, and how far these are from them."""
        scores = self._of_bins(bins)
        scores -= self.center
        parts = scores @ self.components
        left = (scores**2).sum(axis=1) - (parts**2).sum(axis=1)
        return np.column_stack([parts, np.log1p(left.clip(0))])


def _normal(shares):
    """Normal scores ``(n_bins, 1)`` of bins by their middle ranks."""
    ranks = np.cumsum(shares) - shares / 2
    return ndtri(ranks.clip(1e-3, 1 - 1e-3))[:, None]


def _dummies(shares):
    """One-hot scores ``(n_bins, n_bins)``, of mean 0 and of variance 1 at most."""
    scale = np.sqrt(shares * (1 - shares) + 1e-3)
    return (np.eye(len(shares)) - shares) / scale


@stored(
    "normal/1",
    mean=array("f8"),
    _whitening=array("f8", 2),
    _log_scale=number(),
)
class Normal:
    """A multivariate normal distribution.

    Parameters
    ----------
    mean : ndarray of shape (n_scores,)
        Its mean.
    covariance : ndarray of shape (n_scores, n_scores)
        Its covariance, of which a factor is kept.
    """

    def __init__(self, mean, covariance):
        self.mean = mean
        factor = np.linalg.cholesky(covariance)
        self._log_scale = np.log(np.diag(factor)).sum()
        self._whitening = solve_triangular(factor, np.eye(len(mean)), lower=True)

    def check_stored(self):
        """Check that the factor is as large as the mean."""
        n_scores = len(self.mean)
        require(self._whitening.shape == (n_scores, n_scores), "it is a square")

    def log_density(self, scores):
        """The log density of each row but for a constant, ``(n,)``."""
        white = (scores - self.mean) @ self._whitening.T
        return -0.5 * (white**2).sum(axis=1) - self._log_scale


def moments(scores):
    """Mean ``(n_scores,)`` and covariance of rows ``(n, n_scores)``."""
    n_scores = scores.shape[1]
    covariance = np.cov(scores.T).reshape(n_scores, n_scores)
    return scores.mean(axis=0), covariance + RIDGE * np.eye(n_scores)


@stored(
    "sense/1",
    real=instance(Normal),
    fake=instance(Normal),
    arbitrary=instance(Normal),
)
class Sense:
    """Whether rows are like real or generated ones at all, by two moments of scores.

    Of arbitrary rows neither side has any, so that what a ratio of both says of them is
    chance.

    Parameters
    ----------
    real, fake : ndarray of float, shapes (n_real, n_scores), (n_fake, n_scores)
        Scores; there may be no real rows.
    """

    def __init__(self, real, fake):
        n_scores = fake.shape[1]
        known = moments(fake)
        self.real = self.fake = Normal(*known)
        if len(real):  # both moments count as so many rows each
            share = len(real) / (len(real) + PRIOR * n_scores)
            pairs = zip(moments(real), known, strict=True)
            self.real = Normal(*(share * a + (1 - share) * b for a, b in pairs))
        self.arbitrary = Normal(np.zeros(n_scores), WIDTH * np.eye(n_scores))

    @property
    def n_scores(self):
        """Number of scores."""
        return len(self.fake.mean)

    def check_stored(self):
        """Check that all three are about as many scores."""
        sides = self.real, self.fake, self.arbitrary
        require(len({len(own.mean) for own in sides}) == 1, "sizes are equal")

    def log_probability(self, scores):
        """The log probability that rows are real or generated, not arbitrary."""
        sides = self.real.log_density(scores), self.fake.log_density(scores)
        either = np.logaddexp(*sides) - np.log(2)
        arbitrary = LOG_ODDS + self.arbitrary.log_density(scores)
        return -np.logaddexp(0, arbitrary - either)
