"""Pipelines, searches and workers."""

import os

import numpy as np
import pytest
import torch
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.impute import SimpleImputer
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    cross_val_score,
    cross_validate,
)
from sklearn.neighbors import KernelDensity
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

from skgan import GANGenerator, sample
from skgan.metrics import (
    CoverageScorer,
    ParzenScorer,
    ShapeScorer,
    TrendScorer,
    TwoSampleScorer,
)

SMALL = {
    "encoder": "scaled",
    "max_iter": 3,
    "hidden_layer_sizes": (8,),
    "n_score_samples": 100,
}


@pytest.fixture
def gan():
    return GANGenerator(**SMALL, random_state=0)


def test_sample_of_a_generator(gan, blobs):
    gan.fit(blobs)
    np.testing.assert_array_equal(
        sample(gan, 5, random_state=0), gan.sample(5, random_state=0)
    )
    assert sample(gan).shape == (1, 2)


def test_sample_of_a_pipeline_is_in_the_users_space(gan, blobs):
    X = blobs * [1, 1000] + [5, -7]
    pipeline = make_pipeline(StandardScaler(), MinMaxScaler(), gan).fit(X)
    rows = sample(pipeline, 50, random_state=0)
    inner = pipeline[-1].sample(50, random_state=0)
    expected = pipeline[0].inverse_transform(pipeline[1].inverse_transform(inner))
    np.testing.assert_allclose(rows, expected)
    assert rows[:, 1].min() >= X[:, 1].min() - 1e-6  # MinMaxScaler's closed range
    assert rows[:, 1].max() <= X[:, 1].max() + 1e-6


def test_sample_of_a_pipeline_of_one_and_with_passthrough(gan, blobs):
    for pipeline in (make_pipeline(gan), make_pipeline("passthrough", gan)):
        assert sample(pipeline.fit(blobs), 3).shape == (3, 2)


def test_sample_of_nested_pipelines(gan, blobs):
    inner = make_pipeline(PCA(1), gan)
    rows = sample(make_pipeline(StandardScaler(), inner).fit(blobs), 4)
    assert rows.shape == (4, 2)


ONE_WAY = {
    "columns": (
        make_column_transformer((StandardScaler(), [0]), ("passthrough", [1])),
        "Step 'step' of the pipeline, ColumnTransformer, has no inverse_transform",
    ),
    "union": (
        make_union(StandardScaler(), PCA(1)),
        "Step 'step' of the pipeline, FeatureUnion, has no inverse_transform",
    ),
    "function": (
        FunctionTransformer(np.tanh),
        "Step 'step' of the pipeline, FunctionTransformer, has no inverse_func",
    ),
    "nested": (
        Pipeline([("a", FunctionTransformer(np.tanh)), ("b", StandardScaler())]),
        "Step 'step__a' of the pipeline, FunctionTransformer, has no inverse_func",
    ),
    "imputer": (
        SimpleImputer(),
        "Step 'step' of the pipeline cannot be inverted: 'inverse_transform' works",
    ),
}


@pytest.mark.parametrize("step", ONE_WAY)
def test_steps_that_cannot_be_inverted_are_named(gan, blobs, step):
    """And what to do, before any row is drawn."""
    step, message = ONE_WAY[step]
    pipeline = Pipeline([("first", StandardScaler()), ("step", step), ("gan", gan)])
    pipeline.fit(blobs)
    for estimator in (pipeline, GridSearchCV(pipeline, {}, cv=2).fit(blobs)):
        with pytest.raises((AttributeError, ValueError), match=message) as caught:
            sample(estimator, 3)
        assert "fit GANGenerator to the data as they are" in str(caught.value)


class Recorder(BaseEstimator):
    """A generator that keeps what it is asked for."""

    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self

    def sample(self, n_samples, **asked):
        self.asked = n_samples, asked
        rows = np.ones((n_samples, 2))
        return (rows, asked["y"]) if asked.get("return_y") else rows


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {}),
        ({"refine": True}, {}),
        ({"refine": False}, {"refine": False}),
        ({"y": [7] * 5}, {"y": [7] * 5, "return_y": False}),
        ({"y": [7] * 5, "return_y": True}, {"y": [7] * 5, "return_y": True}),
    ],
)
def test_a_generator_is_asked_for_what_its_pipeline_is(blobs, options, expected):
    """And for nothing else: others have no such options."""
    for generator in (Recorder(), make_pipeline(MinMaxScaler(), Recorder())):
        model = make_pipeline(StandardScaler(), generator).fit(blobs)
        found = sample(model, 5, **options, random_state=3)
        own = generator if isinstance(generator, Recorder) else generator[-1]
        assert own.asked == (5, {**expected, "random_state": 3})
        rows, *labels = found if options.get("return_y") else [found]
        assert rows.shape == (5, 2) and (labels == [[7] * 5] or not labels)
        if generator is own:
            np.testing.assert_allclose(rows[0], blobs.mean(0) + blobs.std(0))


def test_steps_of_pipelines_inside_are_inverted(gan, blobs):
    steps = make_pipeline(
        PCA(2), "passthrough", FunctionTransformer(np.cbrt, lambda x: x**3)
    )
    pipeline = make_pipeline(StandardScaler(), steps, gan).fit(blobs)
    rows = pipeline[-1].sample(9, random_state=0)
    expected = pipeline[0].inverse_transform(steps[0].inverse_transform(rows**3))
    np.testing.assert_allclose(sample(pipeline, 9, random_state=0), expected)


def test_sample_needs_a_generator_at_the_end(gan, blobs):
    search = GridSearchCV(gan, {"latent_dim": [1]}, cv=2, refit=False).fit(blobs)
    scaler = make_pipeline(StandardScaler(), StandardScaler()).fit(blobs)
    for estimator in (search, scaler):
        with pytest.raises(AttributeError, match="estimator must be a generator, "):
            sample(estimator)


def test_sample_of_unfitted_things(gan):
    for estimator in (gan, make_pipeline(gan), GridSearchCV(gan, {"latent_dim": [1]})):
        with pytest.raises(NotFittedError):
            sample(estimator)


def test_sample_of_scikit_learns_own_density(blobs):
    assert sample(KernelDensity().fit(blobs), 3).shape == (3, 2)


def test_grid_search(gan, blobs):
    grid = {"loss": ["relativistic", "hinge"], "latent_dim": [2]}
    search = GridSearchCV(gan, grid, cv=2, error_score="raise").fit(blobs)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    rows = sample(search, 4, random_state=0)
    np.testing.assert_array_equal(
        rows, search.best_estimator_.sample(4, random_state=0)
    )


SCORERS = {
    "parzen": ParzenScorer(),
    "two_sample": TwoSampleScorer(),
    "coverage": CoverageScorer(),
    "shape": ShapeScorer(),
    "trend": TrendScorer(),
}


@pytest.mark.usefixtures("all_trees")  # as in the workers
def test_searches_agree_whatever_the_number_of_workers(gan, blobs):
    scores = [
        cross_val_score(gan, blobs, cv=2, n_jobs=n_jobs, error_score="raise")
        for n_jobs in (1, 2)
    ]
    np.testing.assert_allclose(*scores, rtol=1e-6)
    # On labels, through a pipeline
    y = (blobs[:, 0] > 0).astype(int)
    pipeline = make_pipeline(StandardScaler(), gan.set_params(class_conditional=True))
    options = {"cv": 2, "scoring": SCORERS, "error_score": "raise"}
    alone, together = (
        cross_validate(pipeline, blobs, y, n_jobs=n_jobs, **options)
        for n_jobs in (1, 2)
    )
    for name in SCORERS:
        alike = alone[f"test_{name}"], together[f"test_{name}"]
        np.testing.assert_allclose(*alike, rtol=1e-5, atol=1e-5)


def test_search_through_a_pipeline(gan, blobs):
    pipeline = make_pipeline(StandardScaler(), gan)
    grid = {"gangenerator__hidden_layer_sizes": [(4,), (8, 8)]}
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(blobs)
    assert sample(search, 4).shape == (4, 2)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_halving_search_over_iterations(gan, blobs, n_jobs):
    search = HalvingGridSearchCV(
        gan,
        {"learning_rate": [1e-4, 1e-3, 1e-2]},
        resource="max_iter",
        max_resources=9,
        min_resources=1,
        cv=2,
        error_score="raise",
        n_jobs=n_jobs,
    ).fit(blobs)
    assert search.best_estimator_.n_iter_ == search.n_resources_[-1] == 3


def threads_of_a_fit(gan, X):
    asked = []

    def counting(critic, real, fake):
        asked.append(torch.get_num_threads())
        return critic(real)

    gan.set_params(penalty=counting).fit(X)
    return max(asked)


def test_workers_threads_are_limited(gan, blobs):
    """Two workers on two cores with two threads each would fight for the cores."""
    threads = Parallel(n_jobs=2, backend="loky")(
        delayed(threads_of_a_fit)(gan, blobs) for _ in range(2)
    )
    cores = len(os.sched_getaffinity(0))
    assert max(threads) <= max(1, cores // 2)


def test_search_prefers_more_training(blobs):
    options = {"hidden_layer_sizes": (32,), "n_score_samples": 500}
    gan = GANGenerator(**options, encoder="scaled", random_state=0)
    search = GridSearchCV(gan, {"max_iter": [1, 400]}, cv=2, error_score="raise")
    assert search.fit(blobs).best_params_ == {"max_iter": 400}
