"""Quantile tables: what they keep, what they give back, what they hide."""

import pickle

import numpy as np
import pytest
from scipy.stats import ks_2samp, kstest

from skgan.encoding.columns.quantiles import MAX_KNOTS, QuantileTable
from skgan.privacy import MIN_ROWS

RNG = np.random.default_rng(0)
DATA = {
    "normal": RNG.normal(size=5_000),
    "ten decades": np.exp(RNG.normal(scale=5, size=5_000)),
    "skewed": RNG.exponential(size=5_000) ** 3,
    "whole": RNG.poisson(40, size=5_000).astype(float),
    "few rows": RNG.normal(size=30),
    "half shared": np.where(RNG.random(5_000) < 0.5, 3.0, RNG.normal(size=5_000)),
    "shared and rare": np.repeat([1.0, 2.0, 2.5, 3.0], [100, 3, 1, 100]),
}


@pytest.mark.parametrize("name", DATA)
def test_scores_are_normal_and_values_come_back(name):
    values = DATA[name]
    table = QuantileTable(values)
    scores = table.score(values, np.random.default_rng(1))
    assert kstest(scores, "norm").statistic < max(0.02, 2.2 / np.sqrt(len(values)))
    drawn = table.value(np.random.default_rng(2).normal(size=20_000))
    limit = max(0.02, 2.2 / np.sqrt(len(values)))
    assert ks_2samp(drawn, values).statistic < limit
    unique, counts = np.unique(values, return_counts=True)
    shared = np.isin(values, unique[MIN_ROWS.allows(counts)])
    np.testing.assert_array_equal(table.value(scores)[shared], values[shared])


def test_order_is_kept():
    values = DATA["ten decades"]
    table = QuantileTable(values)
    drawn = table.value(np.linspace(-5, 5, 1_000))
    assert (np.diff(drawn) >= 0).all()
    assert values.min() <= drawn.min() and drawn.max() <= values.max()


def test_knots_are_shared_values_or_means_of_five():
    """Against a loop over the sorted rows."""
    values = np.sort(DATA["few rows"])
    table = QuantileTable(values)
    chunks = [values[i : i + MIN_ROWS.n] for i in range(0, 30, MIN_ROWS.n)]
    expected = [chunk.mean() for chunk in chunks]
    expected[0], expected[-1] = chunks[0][1:].mean(), chunks[-1][:-1].mean()
    np.testing.assert_allclose(table.knots, expected)


def test_the_number_of_knots_is_bounded():
    assert len(QuantileTable(RNG.normal(size=100_000)).knots) <= MAX_KNOTS


@pytest.mark.parametrize("name", ["normal", "few rows", "skewed"])
def test_an_outlier_moves_no_knot(name):
    values = DATA[name].copy()
    before = QuantileTable(values).knots
    values[values.argmax()] *= 1_000
    np.testing.assert_allclose(QuantileTable(values).knots, before)


def test_no_unshared_value_is_stored():
    values = RNG.normal(size=2_000)
    dumped = pickle.dumps(QuantileTable(values))
    assert not any(value.tobytes() in dumped for value in values)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 9])
def test_few_rows(n):
    values = RNG.normal(size=n)
    table = QuantileTable(values)
    drawn = table.value(RNG.normal(size=50))
    assert np.isfinite(table.score(values, RNG)).all()
    assert values.min() <= drawn.min() and drawn.max() <= values.max()
