"""Generators of points: each learns from points and a seed, and draws others.

Points are ``(n, n_coordinates)``, of about unit spread. ``draw(n, seed)`` returns n.
"""

import warnings

import numpy as np
from scipy.special import expit
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.neighbors import KernelDensity, NearestNeighbors
from sklearn.neural_network import BernoulliRBM

N_COMPONENTS = (1, 2, 4, 8, 16, 32)
N_COMPONENTS_ROWS = 5_000  # among which the number of components is chosen
BANDWIDTHS = np.geomspace(0.02, 2, 13)
N_BANDWIDTH_ROWS = 2_000
N_HIDDEN, N_UPDATES, N_CHAINS, RATE, N_GIBBS = 128, 10_000, 100, 0.2, 100
N_CENTERS = 1_000


class Mixture:
    """Gaussians of full covariance, as many as BIC asks for on some of the rows.

    More are tried until BIC gets worse.
    """

    def __init__(self, points, seed):
        some = _some(points, N_COMPONENTS_ROWS, seed)
        best, n_components = np.inf, 1
        for k in N_COMPONENTS:
            bic = _mixture(k, some, seed).bic(some) if k <= len(some) else np.inf
            if bic >= best:
                break
            best, n_components = bic, k
        self.model = _mixture(n_components, points, seed)

    def draw(self, n, seed):
        rng = np.random.RandomState(seed)
        points, _ = self.model.set_params(random_state=rng).sample(n)
        return rng.permutation(points)  # they come by components


def _mixture(n_components, points, seed):
    model = GaussianMixture(n_components, reg_covar=1e-3, random_state=seed)
    with warnings.catch_warnings():
        message = "Best performing initialization did not converge"
        warnings.filterwarnings("ignore", message, ConvergenceWarning)
        return model.fit(points)


class Kernels:
    """A Gaussian at each row, of the width that three folds of some rows like best."""

    def __init__(self, points, seed):
        folds = KFold(3, shuffle=True, random_state=seed)
        search = GridSearchCV(KernelDensity(), {"bandwidth": BANDWIDTHS}, cv=folds)
        search.fit(_some(points, N_BANDWIDTH_ROWS, seed))
        self.model = KernelDensity(**search.best_params_).fit(points)

    def draw(self, n, seed):
        return self.model.sample(n, random_state=seed)


class Noise:
    """A point, moved at random about as far as the next one is."""

    def __init__(self, points, seed):
        self.points, (n, n_coordinates) = points, points.shape
        self.width = np.zeros((n, 1))
        if n > 1:
            found, _ = NearestNeighbors(n_neighbors=1).fit(points).kneighbors()
            self.width = found / np.sqrt(n_coordinates)

    def draw(self, n, seed):
        rng = np.random.RandomState(seed)
        own = rng.randint(len(self.points), size=n)
        noise = rng.normal(size=(n, self.points.shape[1]))
        return self.points[own] + self.width[own] * noise


class Components:
    """Independent Gaussians on the principal components of 99 % of the variance."""

    def __init__(self, points, seed):
        self.model = PCA(0.99, random_state=seed).fit(points)

    def draw(self, n, seed):
        spread = np.sqrt(self.model.explained_variance_)
        noise = np.random.RandomState(seed).normal(size=(n, len(spread)))
        return self.model.inverse_transform(spread * noise)


class Boltzmann:
    """A restricted Boltzmann machine on coordinates between 0 and 1.

    Trained by persistent contrastive divergence at a falling rate. Each point is the
    end of a Gibbs chain of its own. It starts with units that are on as often as they
    are in training, each apart from the others, and the coordinates are the
    probabilities of its last units.
    """

    def __init__(self, points, seed):
        self.low, self.width = points.min(axis=0), np.ptp(points, axis=0)
        units = (points - self.low) / np.where(self.width > 0, self.width, 1)
        self.means = units.mean(axis=0)
        rng = np.random.RandomState(seed)
        # A batch is as large as the set of chains, of which there are batch_size
        self.model = BernoulliRBM(N_HIDDEN, batch_size=N_CHAINS, random_state=rng)
        for rate in np.linspace(RATE, 0, N_UPDATES, endpoint=False):
            batch = units[rng.randint(len(units), size=N_CHAINS)]
            self.model.set_params(learning_rate=rate).partial_fit(batch)

    def draw(self, n, seed):
        rng = np.random.RandomState(seed)
        model, chances = self.model, np.tile(self.means, (n, 1))
        for _ in range(N_GIBBS):
            hidden = _switched(model.transform(_switched(chances, rng)), rng)
            chances = expit(hidden @ model.components_ + model.intercept_visible_)
        return self.low + self.width * chances


def _switched(chances, rng):
    return (rng.uniform(size=chances.shape) < chances).astype(float)


class Centers:
    """Centers of k-means, each as often as it has rows: what fools Parzen scores.

    At most one for two rows: with as many as there are, they would be the rows.
    """

    def __init__(self, points, seed):
        k = max(1, min(N_CENTERS, len(points) // 2))
        model = KMeans(k, n_init=1, max_iter=20, random_state=seed)
        with warnings.catch_warnings():  # rows may be equal
            message = "Number of distinct clusters"
            warnings.filterwarnings("ignore", message, ConvergenceWarning)
            model.fit(points)
        self.centers = model.cluster_centers_
        self.shares = np.bincount(model.labels_, minlength=k) / len(points)

    def draw(self, n, seed):
        rng = np.random.RandomState(seed)
        return self.centers[rng.choice(len(self.centers), size=n, p=self.shares)]


def _some(points, n, seed):
    return points[np.random.RandomState(seed).permutation(len(points))[:n]]
