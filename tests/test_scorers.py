"""Scorers on generators whose order is known, in searches, through pipelines."""

import pickle
from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.decomposition import PCA
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    StratifiedKFold,
    cross_val_score,
    cross_validate,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skgan import GANGenerator
from skgan.encoding import TableEncoder
from skgan.metrics import (
    CoverageScorer,
    ParzenScorer,
    SampleScorer,
    ShapeScorer,
    TrendScorer,
    TwoSampleScorer,
    column_shape_error,
    column_trend_error,
    precision_recall_density_coverage,
    two_sample_score,
)

ALL = {
    "parzen": ParzenScorer(),
    "two_sample": TwoSampleScorer(),
    "coverage": CoverageScorer(),
    "shape": ShapeScorer(),
    "trend": TrendScorer(),
}
QUICK = ALL | {"two_sample": TwoSampleScorer(classifier="logistic")}
SMALL = {"max_iter": 3, "hidden_layer_sizes": (8,), "n_score_samples": 50}


class Resampler(BaseEstimator):
    """Samples are training rows, with their columns torn apart, or moved."""

    def __init__(self, independent=False, shift=0.0):
        self.independent = independent
        self.shift = shift

    def fit(self, X, y=None):
        self.rows_ = X
        return self

    def sample(self, n_samples=1, random_state=None):
        rng = np.random.RandomState(random_state)
        index = rng.randint(len(self.rows_), size=n_samples)
        if isinstance(self.rows_, np.ndarray):
            rows = self.rows_[index] + self.shift
            columns = [*map(rng.permutation, rows.T)]
            return np.column_stack(columns) if self.independent else rows
        rows = self.rows_.iloc[index].reset_index(drop=True)
        rows["x"] += self.shift
        torn = rows.apply(lambda column: rng.permutation(column.array))
        return torn if self.independent else rows


def numbers(n, seed=0):
    """Two numbers that go together, of other units, and one that does not."""
    rng = np.random.default_rng(seed)
    x, noise, z = rng.normal(size=(3, n))
    return np.column_stack([x, 1e3 * (x + 0.3 * noise) - 7e3, np.exp(z)])


def mixed(n, seed=0):
    """Numbers, some missing, a whole number, text with gaps, and truth."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, n))
    kind = np.where(x + 0.3 * y > 0, "up", "down").astype(object)
    kind[rng.random(n) < 0.1] = None
    y[rng.random(n) < 0.2] = np.nan
    return pd.DataFrame(
        {
            "x": 5 * x,
            "y": y + x,
            "whole": rng.integers(1, 20, n),
            "kind": kind,
            "sign": (x > 0) ^ (rng.random(n) < 0.1),
        }
    )


def test_containers_agree():
    X, samples = mixed(40), mixed(50, 1)
    for scorer in ALL.values():
        expected = scorer.compare(X, samples)
        frames = [pl.from_pandas(table) for table in (X, samples)]
        assert scorer.compare(*frames) == pytest.approx(expected, abs=1e-9)
        other_order = samples[samples.columns[::-1]]
        assert scorer.compare(X, other_order) == pytest.approx(expected, abs=1e-9)
    arrays = numbers(40), numbers(50, 1)
    frames = [pd.DataFrame(rows, columns=list("abc")) for rows in arrays]
    for scorer in ALL.values():
        assert scorer.compare(*frames) == scorer.compare(*arrays)
        assert scorer.compare(frames[0], arrays[1]) == scorer.compare(*arrays)


def test_scorers_are_the_measures():
    X, samples = mixed(60), mixed(60, 1)
    own = {"classifier": "logistic", "random_state": 3}
    score = TwoSampleScorer(**own).compare(X, samples)
    assert score == two_sample_score(X, samples, **own)
    coverage = precision_recall_density_coverage(X, samples, n_neighbors=3).coverage
    assert CoverageScorer(n_neighbors=3).compare(X, samples) == coverage
    assert ShapeScorer().compare(X, samples) == -column_shape_error(X, samples)
    assert TrendScorer().compare(X, samples) == -column_trend_error(X, samples)


@pytest.mark.parametrize("table", [numbers, mixed])
def test_ranks_generators_rightly(table):
    """Fresh rows before ones of independent columns and shifted ones."""
    X = table(800)
    generators = Resampler(), Resampler(independent=True), Resampler(shift=2.0)
    for name, scorer in ALL.items():
        rows, apart, moved = (
            cross_val_score(generator, X, cv=2, scoring=scorer, error_score="raise")
            for generator in generators
        )
        if name == "shape":  # it does not see this
            np.testing.assert_allclose(rows, apart)
        else:
            assert rows.min() > apart.max(), name
        if name == "trend" and isinstance(X, np.ndarray):  # nor these correlations that
            np.testing.assert_allclose(rows, moved)
        else:
            assert rows.min() > moved.max(), name


def test_rows_are_compared_in_the_users_space():
    X = numbers(300)
    generators = [
        Resampler(),
        make_pipeline(StandardScaler(), Resampler()),
        make_pipeline(StandardScaler(), PCA(), Resampler()),
        make_pipeline(StandardScaler(), PCA(1), Resampler()),
    ]
    for scorer in ALL.values():
        alone, scaled, turned, flat = (
            cross_val_score(generator, X, cv=2, scoring=scorer, error_score="raise")
            for generator in generators
        )
        np.testing.assert_allclose(scaled, alone, rtol=1e-9)
        np.testing.assert_allclose(turned, alone, rtol=1e-9)
        assert flat.max() < alone.min()


@dataclass(kw_only=True)
class CountScorer(SampleScorer):
    """One of a user's own."""

    def compare(self, X, samples):
        return len(samples)


def test_how_many_samples():
    generator, X = Resampler().fit(numbers(30)), numbers(50)
    assert CountScorer()(generator, X) == 50
    assert CountScorer()(generator, X.tolist()) == 50
    assert CountScorer(n_samples=np.int64(7))(generator, X) == 7
    drawn = generator.sample(1_000, random_state=0)
    assert ParzenScorer()(generator, X) == ParzenScorer().compare(X, drawn)
    drawn = generator.sample(50, random_state=4)
    parzen = ParzenScorer(n_samples=None, random_state=4)
    assert parzen(generator, X) == parzen.compare(X, drawn)


def test_scores_repeat_and_follow_the_seed():
    X = mixed(60)
    generator = Resampler().fit(mixed(80, 1))
    for scorer in ALL.values():
        score = scorer(generator, X)
        assert type(score) is float
        assert score == scorer(generator, X, y=X["x"])
        other = type(scorer)(random_state=1, n_samples=60)
        assert score != other(generator, X) == other(generator, X)


def test_scorers_are_values():
    words = "ParzenScorer(n_samples=1000, random_state=0, bandwidth='auto')"
    assert repr(ParzenScorer()) == words
    for scorer in [*ALL.values(), CountScorer(n_samples=3)]:
        search = GridSearchCV(GANGenerator(), {"max_iter": [1, 2]}, scoring=scorer)
        for copy in (pickle.loads(pickle.dumps(scorer)), clone(search).scoring):
            assert copy == scorer and copy is not scorer
    assert ParzenScorer() != ParzenScorer(bandwidth=1.0)


@pytest.fixture
def gan():
    return GANGenerator(**SMALL, random_state=0)


@pytest.mark.parametrize(
    ("name", "conditional"), [*((name, False) for name in ALL), ("two_sample", True)]
)
def test_searches_and_cross_validation(gan, blobs, name, conditional):
    scorer, X = QUICK[name], blobs[:100]
    y = np.where(X[:, 0] > 0, "right", "left") if conditional else None
    gan.set_params(class_conditional=conditional)
    options = {"scoring": scorer, "error_score": "raise"}
    options["cv"] = StratifiedKFold(2) if conditional else 2
    scores = cross_val_score(gan, X, y, **options)
    assert np.isfinite(scores).all()
    found = cross_validate(gan, X, y, **options)["test_score"]
    np.testing.assert_array_equal(found, scores)
    search = GridSearchCV(gan, {"max_iter": [3, 1]}, **options).fit(X, y)
    assert search.cv_results_["mean_test_score"][0] == scores.mean()
    assert np.isfinite(scorer(search, X, y))
    options |= {"resource": "max_iter", "min_resources": 1, "max_resources": 2}
    grid = {"learning_rate": [1e-4, 1e-2]}
    halving = HalvingGridSearchCV(gan, grid, factor=2, **options).fit(X, y)
    assert halving.best_estimator_.n_iter_ == 2
    assert np.isfinite(halving.cv_results_["mean_test_score"]).all()


@pytest.mark.parametrize("table", [numbers, mixed])
def test_several_at_once(gan, table):
    X = table(100)
    options = {"scoring": ALL, "cv": 2, "error_score": "raise"}
    scores = cross_validate(gan, X, **options)
    for name, scorer in ALL.items():
        alone = cross_val_score(gan, X, cv=2, scoring=scorer)
        np.testing.assert_array_equal(scores[f"test_{name}"], alone)
    grid = {"max_iter": [1, 2]}
    search = GridSearchCV(gan, grid, refit="shape", **options).fit(X)
    best = np.argmax(search.cv_results_["mean_test_shape"])
    assert search.best_params_ == {"max_iter": grid["max_iter"][best]}


def test_a_search_finds_what_its_scorer_asks_for():
    X = mixed(600)
    grid = {"independent": [True, False], "shift": [3.0, 0.0]}
    for name in ("parzen", "coverage"):
        search = GridSearchCV(Resampler(), grid, cv=2, scoring=ALL[name]).fit(X)
        assert search.best_params_ == {"independent": False, "shift": 0.0}
    scores = cross_val_score(search, X, cv=2, scoring=TrendScorer())  # nested
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("value", [0, -3, 2.0, True, "all"])
def test_n_samples_must_be_a_positive_integer(value):
    message = r"^n_samples must be None or an integer in the range \[1, inf\), got "
    for scorer in map(type, ALL.values()):
        with pytest.raises(ValueError, match=message):
            scorer(n_samples=value)


def test_held_out_rows_must_be_enough():
    generator = Resampler().fit(numbers(20))
    with pytest.raises(ValueError, match=r"^X must have 2 rows or more, got 1\.$"):
        ParzenScorer()(generator, numbers(1))
    with pytest.raises(ValueError, match=r"2 rows for each of 3 folds, got 5 and 5"):
        TwoSampleScorer()(generator, numbers(5))
    with pytest.raises(ValueError, match=r"n_neighbors must be an integer in the ra"):
        CoverageScorer()(generator, numbers(5))
    with pytest.raises(ValueError, match="must have two columns or more, got 1"):
        TrendScorer().compare(numbers(9)[:, :1], numbers(9)[:, :1])


@pytest.mark.filterwarnings("ignore:Left out, as nearly all values differ")
def test_samples_may_lack_identifiers_alone(gan):
    X = mixed(60).assign(name=[f"row {i:03}" for i in range(60)])
    gan.set_params(encoder=TableEncoder(on_identifiers="drop")).fit(X)
    for scorer in ALL.values():
        assert np.isfinite(scorer(gan, X)) and scorer(gan, X) == scorer(
            gan, X.drop(columns="name")
        )
        with pytest.raises(ValueError, match=r"must have the columns of .*'more'"):
            scorer(gan, X.assign(more=0.5))


def test_one_without_compare_cannot_be():
    with pytest.raises(TypeError, match="abstract"):
        SampleScorer()
