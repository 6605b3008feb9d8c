"""Every generator that the benchmarks compare, behind one interface.

``METHODS[name](seed)`` has ``fit(table, target=None, seconds=None)`` and ``sample(n,
seed)``. A table is a data frame, or an array of numbers; samples have its columns and
dtypes. ``target`` names the column whose classes "smote" keeps apart, ``seconds`` caps
the training of "ctgan" and "tvae"; the others ignore both.

Three are rulers: "bootstrap" is what no generator can beat, "held_out" what a perfect
one would reach, and "independent" what each should leave behind.
"""

import time
from functools import partial
from unittest import mock

import numpy as np
import pandas as pd
from codec import Codec, is_number
from densities import Boltzmann, Centers, Components, Kernels, Mixture
from joblib import parallel_config
from scipy.special import ndtr, ndtri

from skgan import GANGenerator

N_NEIGHBORS = 5
MAX_CLASSES, N_QUANTILES = 10, 4


class Method:
    """A generator of rows like those of a table."""

    _is_frame = True

    def __init__(self, seed):
        self.seed = seed

    def fit(self, table, *, target=None, seconds=None):
        self._is_frame = isinstance(table, pd.DataFrame)
        table = table if self._is_frame else pd.DataFrame(table)
        self._learn(table, target, seconds)
        return self

    def sample(self, n, seed):
        table = self._draw(n, seed)
        return table if self._is_frame else table.to_numpy()


class Bootstrap(Method):
    """Training rows drawn again."""

    def _learn(self, table, target, seconds):
        self._table = table

    def _draw(self, n, seed):
        rows = np.random.RandomState(seed).randint(len(self._table), size=n)
        return self._table.take(rows).reset_index(drop=True)


class HeldOut(Bootstrap):
    """Real rows, each at most once: ``fit`` is given the held-out ones."""

    def _draw(self, n, seed):
        n_rows = len(self._table)
        if n > n_rows:
            raise ValueError(f"n must be at most {n_rows}, the held-out rows, got {n}.")
        rows = np.random.RandomState(seed).permutation(n_rows)[:n]
        return self._table.take(rows).reset_index(drop=True)


class Independent(Bootstrap):
    """Values of each column drawn again, apart from the other columns."""

    def _draw(self, n, seed):
        shape = n, self._table.shape[1]
        index = np.random.RandomState(seed).randint(len(self._table), size=shape)
        return _taken(self._table, index)


class Copula(Method):
    """Normal scores of the ranks of each column, and their correlations.

    Equal values are ranked at random, classes lie in the order of their frequency, and
    missing numbers above all others. Samples hold values of training columns alone.
    """

    def _learn(self, table, target, seconds):
        rng = np.random.RandomState(self.seed)
        orders = [_random_order(column, rng) for _, column in table.items()]
        orders = np.column_stack(orders)  # (n, n_columns)
        self._sorted = _taken(table, orders)
        scores = ndtri((np.argsort(orders, axis=0) + 0.5) / len(table))
        correlations = np.atleast_2d(np.corrcoef(scores, rowvar=False))
        values, vectors = np.linalg.eigh(correlations)
        self._root = vectors * np.sqrt(values.clip(min=0))

    def _draw(self, n, seed):
        noise = np.random.RandomState(seed).normal(size=(n, len(self._root)))
        ranks = ndtr(noise @ self._root.T) * len(self._sorted)
        return _taken(self._sorted, ranks.astype(int).clip(max=len(self._sorted) - 1))


def _taken(table, index):
    """Take from each column its own rows, by an index ``(n, n_columns)``."""
    columns = {
        name: column.take(at).reset_index(drop=True)
        for (name, column), at in zip(table.items(), index.T, strict=True)
    }
    return pd.DataFrame(columns)


def _random_order(column, rng):
    """Index a column from low to high values, equal ones in any order."""
    if is_number(column):
        key = column.to_numpy(dtype=np.float64, na_value=np.nan)  # nan comes last
    else:
        codes, _ = pd.factorize(column, use_na_sentinel=False)
        by_frequency = np.argsort(-np.bincount(codes), kind="stable")
        key = np.argsort(by_frequency)[codes]
    return np.lexsort([rng.uniform(size=len(column)), key])


class OfPoints(Method):
    """A generator of points; a codec stands between it and the table."""

    def __init__(self, seed, density):
        super().__init__(seed)
        self.density = density

    def _learn(self, table, target, seconds):
        self._codec = Codec(table)
        self.density_ = self.density(self._codec.points(), self.seed)

    def _draw(self, n, seed):
        return self._codec.table_of_points(self.density_.draw(n, seed))


class Smote(Method):
    """SMOTE: points between a row and one of its nearest neighbors of the same class.

    Classes are drawn by their shares. Those of a target with many numbers are its
    quartiles, without a target all rows are one. A class of one row is repeated.
    """

    def _learn(self, table, target, seconds):
        self._classes = np.zeros(len(table), dtype=int)
        if target is not None:
            column = table[target]
            if is_number(column) and column.nunique() > MAX_CLASSES:
                column = pd.qcut(column, N_QUANTILES, duplicates="drop")
            self._classes, _ = pd.factorize(column, use_na_sentinel=False)
        self._codec = Codec(table)
        self._points = self._codec.points()

    def _draw(self, n, seed):
        rng = np.random.RandomState(seed)
        counts = np.bincount(rng.choice(self._classes, size=n))
        drawn = [
            _between_neighbors(self._points[self._classes == label], count, rng)
            for label, count in enumerate(counts)
            if count
        ]
        return self._codec.table_of_points(rng.permutation(np.vstack(drawn)))


def _between_neighbors(points, n, rng):
    from imblearn.over_sampling import SMOTE  # not among the dependencies

    if len(points) == 1:
        return np.repeat(points, n, axis=0)
    smote = SMOTE(
        sampling_strategy={0: len(points) + n},
        k_neighbors=min(N_NEIGHBORS, len(points) - 1),
        random_state=rng,
    )
    # It refuses rows of one class: here is one of another, which it leaves alone
    labels = np.repeat([0, 1], [len(points), 1])
    rows, _ = smote.fit_resample(np.vstack([points, points[:1]]), labels)
    return rows[len(labels) :]


class CTGAN(Method):
    """The package ``ctgan`` (Business Source License) with its defaults, on the CPU.

    Numbers are its continuous columns, all else is discrete, missing values included.
    It takes no missing numbers: the codec fills them with the mean and marks them in a
    discrete column. Training ends with the epoch that is ``seconds`` after the start of
    ``fit``; ``n_epochs_`` were done. The preparation of the table, which would take all
    cores, is kept to one.
    """

    model = "CTGAN"

    def _learn(self, table, target, seconds):
        start = time.perf_counter()
        import ctgan  # not among the dependencies

        def until_late(epochs, disable):
            for epoch in epochs:
                yield epoch
                self.n_epochs_ = epoch + 1
                if seconds is not None and time.perf_counter() - start >= seconds:
                    return

        self._codec = Codec(table)
        rows = pd.DataFrame(self._codec.plain).rename(columns=str)
        discrete = list(rows.columns[self._codec.n_classes > 0])
        rows = rows.astype(dict.fromkeys(discrete, int))
        self._model = getattr(ctgan, self.model)(enable_gpu=False)
        self._model.set_random_state(self.seed)
        progress_bar = f"{type(self._model).__module__}.tqdm"  # around the epochs
        with mock.patch(progress_bar, until_late), parallel_config("sequential"):
            self._model.fit(rows, discrete)

    def _draw(self, n, seed):
        self._model.set_random_state(seed)
        return self._codec.table_of_plain(self._model.sample(n).to_numpy(np.float64))


class TVAE(CTGAN):
    """The variational autoencoder of the same package, in the same way."""

    model = "TVAE"


class SkGAN(Method):
    """``GANGenerator`` with the given parameters."""

    refine = True

    def __init__(self, seed, **params):
        super().__init__(seed)
        self.params = params

    def _learn(self, table, target, seconds):
        gan = GANGenerator(random_state=self.seed, **self.params)
        self.gan_ = gan.fit(table if self._is_frame else table.to_numpy())

    def _draw(self, n, seed):
        rows = self.gan_.sample(n, refine=self.refine, random_state=seed)
        return rows if self._is_frame else pd.DataFrame(rows)


class UnrefinedSkGAN(SkGAN):
    """The same generator before refinement."""

    refine = False


METHODS = {
    "bootstrap": Bootstrap,
    "held_out": HeldOut,
    "independent": Independent,
    "gaussian_mixture": partial(OfPoints, density=Mixture),
    "kernel_density": partial(OfPoints, density=Kernels),
    "pca_gaussian": partial(OfPoints, density=Components),
    "rbm": partial(OfPoints, density=Boltzmann),
    "k_means": partial(OfPoints, density=Centers),
    "smote": Smote,
    "gaussian_copula": Copula,
    "ctgan": CTGAN,
    "ctgan_300": CTGAN,
    "tvae": TVAE,
    "skgan": SkGAN,
    "skgan_unrefined": UnrefinedSkGAN,
}
