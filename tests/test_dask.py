"""A search on workers of dask: what one process finds, with the threads of a worker."""

import numpy as np
import pandas as pd
import pytest
import torch
from joblib import parallel_config
from sklearn.model_selection import GridSearchCV

from skgan import GANGenerator
from skgan.refinement import trees

pytestmark = pytest.mark.slow
dask = pytest.importorskip("distributed")


class Counted(pd.DataFrame):
    """A frame that counts how often it is pickled in its process."""

    n_pickled = 0

    @property
    def _constructor(self):
        return pd.DataFrame

    def __reduce_ex__(self, protocol):
        Counted.n_pickled += 1
        return super().__reduce_ex__(protocol)


def measures(estimator, X, y=None):
    """The score, and how many threads there are for it, and for trees."""
    n_trees = trees._n_threads()
    return {
        "score": estimator.score(X),
        "threads": torch.get_num_threads(),
        "threads_of_trees": n_trees,
    }


def search():
    gan = GANGenerator(
        max_iter=30,
        hidden_layer_sizes=(16, 16),
        n_score_samples=200,
        refinement="trees",
        random_state=0,
    )
    grid = {"latent_dim": [2, 8], "learning_rate": [1e-3, 1e-1]}
    return GridSearchCV(
        gan, grid, scoring=measures, refit="score", cv=3, error_score="raise"
    )


@pytest.fixture
def cluster():
    """Two processes with one thread each."""
    options = {"threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with (
        dask.LocalCluster(n_workers=2, **options) as cluster,
        dask.Client(cluster) as client,
    ):
        yield client


@pytest.mark.filterwarnings("default")  # of dask, when it ends its workers
def test_a_search_on_two_workers_finds_what_one_process_does(cluster, all_trees):
    X = Counted(np.random.default_rng(0).normal(size=(600, 3)), columns=[*"abc"])
    alone = search().fit(X)
    Counted.n_pickled = 0
    with parallel_config(backend="dask", scatter=[X]):
        found = search().fit(X)
    assert Counted.n_pickled <= 2  # of twelve tasks, and the fit of the best
    assert found.best_params_ == alone.best_params_
    np.testing.assert_allclose(
        found.cv_results_["mean_test_score"],
        alone.cv_results_["mean_test_score"],
        rtol=1e-6,
    )
    assert set(found.cv_results_["mean_test_threads"]) == {1}
    assert set(found.cv_results_["mean_test_threads_of_trees"]) == {1}
    rows = (s.best_estimator_.sample(9, random_state=0) for s in (found, alone))
    pd.testing.assert_frame_equal(*rows, rtol=1e-3)
