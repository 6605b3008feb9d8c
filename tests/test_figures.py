"""Intervals of a report's figures, and what is worse than real rows by them."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression

from skgan.metrics.bootstrap import mean_of, standard_error
from skgan.metrics.columns import rows_shape_errors, rows_trend_errors
from skgan.metrics.figures import (
    Estimate,
    Figure,
    by_error,
    judged,
    judgments,
    share_of,
    top_of_errors,
)
from skgan.metrics.rows import read_rows
from skgan.metrics.utility import _mean_auc, _r2


def test_intervals_of_shares_are_exact():
    for hits, n in ((0, 12), (3, 12), (12, 12), (970, 1_000)):
        expected = binomtest(hits, n).proportion_ci(0.95, method="exact")
        estimate = share_of(hits / n, n, 100.0)
        np.testing.assert_allclose(estimate[1:], 100 * np.array(expected), rtol=1e-9)
        assert estimate.value == pytest.approx(100 * hits / n)


def test_intervals_by_errors_stay_where_values_can_be():
    np.testing.assert_allclose(by_error(0.5, 0.1), (0.5, 0.304, 0.696), atol=1e-3)
    np.testing.assert_allclose(by_error(0.9, 0.1), (0.9, 0.704, 1.0), atol=1e-3)
    np.testing.assert_allclose(by_error(1.0, 2.0, 100), (1.0, 0.0, 4.92), atol=1e-3)
    assert by_error(0.0, 0.1).low == 0
    np.testing.assert_allclose(by_error(-1.0, 0.5), (-1.0, -1.98, -0.02), atol=1e-3)


def test_charts_of_errors_end_where_all_real_ones_are_shown():
    assert top_of_errors([1.0, 2.0, 3.0]) == 10
    assert top_of_errors([0.0] * 9 + [4.0]) == 4
    assert top_of_errors([0.0, 0.0]) == 1


@pytest.mark.parametrize(
    ("better", "own", "real", "is_worse"),
    [
        # Ends that are 3 and 4 away may lie 5 apart, (value, low, high) each
        ("lower", (10.1, 7.1, 99), (5, 0, 9), True),
        ("lower", (9.9, 6.9, 99), (5, 0, 9), False),
        ("higher", (4.9, 0, 7.9), (10, 6, 99), True),
        ("higher", (5.1, 0, 8.1), (10, 6, 99), False),
        ("50", (54.9, 50, 99), (50, np.nan, np.nan), False),
        ("50", (55.1, 50.2, 99), (50, np.nan, np.nan), True),
        ("50", (10.0, 9, 11), (50, np.nan, np.nan), False),
        ("higher", (12.0, 12, 12), (10, 10, 10), False),
        ("lower", (2.0, *[np.nan] * 2), (3.0, *[np.nan] * 2), False),
    ],
)
def test_what_is_worse_than_real_rows(better, own, real, is_worse):
    assert Figure("", *own, *real, better, "").is_worse is is_worse


def test_copies_are_judged_by_their_own_rule():
    figure = Figure(
        "nearer to training rows, %", 52, 51, 53, 50, 49.9, 50, "50", "good"
    )
    assert figure.is_worse and figure.judgment == "good" and not judgments([figure])


def test_nothing_is_worse_that_chance_explains():
    far, wide = Estimate(0.5, 0.2, 0.8), Estimate(0.9, 0.6, 1.0)
    assert judged("precision", far, wide, noise=0.0).verdict == "good"
    near = Estimate(0.5, 0.45, 0.55)
    assert judged("precision", near, Estimate(0.9, 0.8, 1.0), 0.0).verdict == "off"


@pytest.mark.parametrize("errors_of", [rows_shape_errors, rows_trend_errors])
def test_errors_of_averages_are_those_of_fresh_rows(errors_of):
    """The spread over many pairs of tables, within what twenty draws can tell."""
    rng = np.random.default_rng(0)

    def tables(n):
        real, rows = rng.normal(size=(2, n, 3))
        rows[:, 0] *= 2  # a difference that many rows show
        rows[:, 1] += 0.7 * real[:, 2]
        real[:, 1] += 0.7 * real[:, 2]
        return read_rows(real=real, rows=rows)

    for n in (500, 6_000):  # of more than 2,000 some are drawn
        spread = np.std([mean_of(errors_of(*tables(n))) for _ in range(100)])
        stream = np.random.RandomState(0)
        found = [standard_error(errors_of, *tables(n), stream) for _ in range(6)]
        assert 0.75 < np.mean(found) / spread < 1.35


def test_of_wide_tables_some_columns_tell():
    real, rows = np.random.default_rng(0).normal(size=(2, 400, 30))
    tables = read_rows(real=real, rows=rows)
    drawn = []

    def errors_of(*pair):
        drawn.append([part.names for part in pair])
        return rows_shape_errors(*pair)

    found = standard_error(errors_of, *tables, np.random.RandomState(0))
    names = drawn[0][0]
    assert len(set(names)) == 20 and all(own == [names] * 2 for own in drawn)
    few = [rows.only([tables[0].index(name) for name in names]) for rows in tables]
    again = standard_error(rows_shape_errors, *few, np.random.RandomState(1))
    assert found == pytest.approx(again, rel=0.5)


def test_the_error_of_r2_is_that_of_fresh_rows():
    rng = np.random.default_rng(0)
    scores = []
    for _ in range(400):
        y = rng.normal(size=300)
        scores.append(_r2(y, y + rng.normal(size=300) * (0.3 + abs(y))))
    values, errors = np.transpose(scores)
    assert abs(errors.mean() / values.std() - 1) < 0.15


def test_of_one_value_or_class_there_is_nothing_to_learn():
    assert _r2(np.ones(9), np.ones(9)) == (1, 0)
    X, y = np.arange(9.0)[:, None], np.zeros(9)
    assert _mean_auc(None, X, y, X, y) == (0.5, pytest.approx(np.nan, nan_ok=True))


@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_error_of_areas_is_that_of_fresh_rows(n_classes):
    """Of two classes both areas are one; of three their average varies less."""
    rng = np.random.default_rng(0)

    def rows(n):
        y = rng.integers(n_classes, size=n)
        return y[:, None] + 1.5 * rng.normal(size=(n, 2)), y

    train = rows(300)
    scores = [_mean_auc(LogisticRegression(), *train, *rows(200)) for _ in range(200)]
    values, errors = np.transpose(scores)
    ratio = errors.mean() / values.std()
    assert 0.85 < ratio < 1.15 if n_classes == 2 else 1 < ratio < 1.8
