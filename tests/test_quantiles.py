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
    """Against a loop over the sorted rows: the two extremes count nowhere."""
    values = np.sort(DATA["few rows"])
    table = QuantileTable(values)
    inner = values[1:-1]
    chunks = [inner[i : i + MIN_ROWS.n] for i in range(0, 20, MIN_ROWS.n)]
    chunks.append(inner[20:])
    np.testing.assert_allclose(table.knots, [chunk.mean() for chunk in chunks])


@pytest.mark.parametrize("n", [7, 11, 12, 30, 301])
@pytest.mark.parametrize("code", [None, -999.0, 999.0])
def test_every_mean_is_of_five_values_or_more(n, code):
    """One row moved within its segment moves its knot by at most a fifth of that."""
    values = np.sort(RNG.normal(size=n))
    shared = [] if code is None else [code] * 9
    knots = QuantileTable(np.r_[values, shared]).knots
    for i in range(n):
        moved = values.copy()
        step = moved[i] = (
            (values[i + 1] + values[i]) / 2 if i < n - 1 else 2 * values[i]
        )
        step -= values[i]
        change = QuantileTable(np.r_[moved, shared]).knots - knots
        assert np.abs(change).max() <= abs(step) / MIN_ROWS.n * (1 + 1e-9)
        if i in (0, n - 1):
            assert (change == 0).all()


@pytest.mark.parametrize("code", [99_999.0, -1.0, 85.0])
@pytest.mark.parametrize("n_code", [5, 9, 40])
def test_nothing_is_made_between_the_body_and_a_shared_value(code, n_code):
    body = RNG.normal(50, 5, size=300 - n_code)
    table = QuantileTable(np.r_[np.full(n_code, code), body])
    drawn = table.value(RNG.normal(size=50_000))
    is_code = drawn == code
    inside = (body.min() <= drawn) & (drawn <= body.max())
    assert (is_code | inside).all()
    assert is_code.mean() == pytest.approx(n_code / 300, abs=0.005)
    # ... and no row of the body is read as the code
    scores = table.score(np.r_[body, 0.0, 65.0, 10_000.0], RNG)
    assert (table.value(scores) != code).all()


def test_shared_values_amid_others_make_nothing_across():
    """Between the runs around two codes there is nothing, and shares stay."""
    runs = [RNG.uniform(low, low + 1, size=20) for low in (0, 10, 20)]
    values = np.concatenate([*runs, np.repeat([5.0, 15.0], 20)])
    table = QuantileTable(values)
    drawn = table.value(RNG.normal(size=20_000))
    inside = [(low <= drawn) & (drawn <= low + 1) for low in (0, 10, 20)]
    parts = [*inside, drawn == 5, drawn == 15]
    assert np.sum(parts) == len(drawn)
    np.testing.assert_allclose(np.mean(parts, axis=1), 0.2, atol=0.015)


def test_mean_and_spread_are_those_of_the_knots():
    values = np.r_[DATA["few rows"], np.repeat(3.0, 10)]
    table = QuantileTable(values)
    n_rows = [6, 5, 5, 5, 9, 10]
    repeated = np.repeat(table.knots, n_rows)
    assert table.mean == pytest.approx(repeated.mean())
    assert table.spread == pytest.approx(repeated.std())
    big = QuantileTable(DATA["normal"])
    assert big.mean == pytest.approx(DATA["normal"].mean(), abs=0.005)
    assert big.spread == pytest.approx(DATA["normal"].std(), abs=0.01)


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
