"""Recovered modes, against a double loop and known answers."""

import math

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skgan.datasets import make_grid, make_ring
from skgan.metrics.modes import ModeRecovery, mode_recovery

GRID = make_grid(1, random_state=0)[2]


def double_loop(samples, centers, stds, n_stds, weights):
    """The definition, one distance at a time."""
    counts = [0] * len(centers)
    for sample in samples:
        distances = [math.dist(sample, center) for center in centers]
        nearest = distances.index(min(distances))
        if distances[nearest] < n_stds * stds[nearest]:
            counts[nearest] += 1
    divergence = 0.0
    for count, weight in zip(counts, weights, strict=True):
        if count:
            share = count / sum(counts)
            divergence += share * math.log(share / (weight / sum(weights)))
    found = sum(count > 0 for count in counts)
    return found, sum(counts) / len(samples), divergence


@pytest.mark.parametrize("d", [1, 2, 5])
@pytest.mark.parametrize("n_stds", [1, 2.5])
def test_equals_the_double_loop(d, n_stds):
    rng = np.random.default_rng(d)
    centers = 3 * rng.normal(size=(12, d))
    samples = centers[rng.integers(9, size=300)] + 0.3 * rng.normal(size=(300, d))
    stds, weights = rng.uniform(0.1, 0.5, size=12), rng.uniform(1, 30, size=12)
    result = mode_recovery(samples, centers, stds, n_stds=n_stds, weights=weights)
    expected = double_loop(samples, centers, stds, n_stds, weights)
    assert result == pytest.approx(expected, rel=1e-12)
    assert 0 < result.high_quality < 1 and result.reverse_kl > 0
    one = mode_recovery(samples, centers, 0.2, n_stds=n_stds)
    expected = double_loop(samples, centers, [0.2] * 12, n_stds, [1] * 12)
    assert one == pytest.approx(expected, rel=1e-12)
    assert [type(value) for value in result] == [int, float, float]


def test_exact_centers_are_perfect():
    """Though no mode has any width."""
    assert mode_recovery(GRID, GRID, 0.05) == ModeRecovery(25, 1.0, 0.0)


def test_dropped_modes():
    X, y, _ = make_grid(5_000, random_state=0)
    found = mode_recovery(np.repeat(GRID[:20], 100, axis=0), GRID, 0.05)
    assert found == pytest.approx((20, 1.0, math.log(25 / 20)))
    found = mode_recovery(X[y < 20], GRID, 0.05)
    assert found.n_modes == 20
    assert found.reverse_kl == pytest.approx(math.log(25 / 20), abs=0.01)
    one = mode_recovery(X[y == 7], GRID, 0.05)
    assert (one.n_modes, one.reverse_kl) == (1, pytest.approx(math.log(25)))


@pytest.mark.parametrize(("make", "std"), [(make_ring, 0.01), (make_grid, 0.05)])
def test_a_perfect_sampler_in_two_dimensions(make, std):
    X, _, centers = make(random_state=0)
    found = mode_recovery(X, centers, std)
    assert found.n_modes == len(centers)
    assert found.high_quality == pytest.approx(1 - math.exp(-4.5), abs=0.0015)
    assert found.reverse_kl < 2 * len(centers) / len(X)


def test_divergence_of_a_perfect_sampler_is_as_documented():
    found = [
        mode_recovery(make_grid(2_500, random_state=seed)[0], GRID, 0.05).reverse_kl
        for seed in range(100)
    ]
    assert np.mean(found) == pytest.approx(24 / 5_000, rel=0.1)


def test_noise_far_away_lowers_the_quality_alone():
    clean = mode_recovery(GRID, GRID, 0.05)
    noise = np.full((75, 2), 50.0)
    found = mode_recovery(np.concatenate([GRID, noise]), GRID, 0.05)
    assert found == clean._replace(high_quality=0.25)


@pytest.mark.parametrize("far", [1e9, 1e200, -1.7e308])
def test_no_good_sample_is_the_worst(far):
    assert mode_recovery([[far, 0.0]], GRID, 0.05) == ModeRecovery(0, 0.0, math.inf)
    found = mode_recovery([[far, far], [0.0, 0.0]], GRID, [1e300] + [0.05] * 24)
    assert found == ModeRecovery(1, 0.5, pytest.approx(math.log(25)))


def test_the_bound_is_exclusive():
    found = mode_recovery([[2.9], [3.0], [3.1]], [[0.0]], 1.0)
    assert found.high_quality == pytest.approx(1 / 3)


def test_a_sample_belongs_to_the_nearest_center_whatever_its_width():
    found = mode_recovery([[0.9]], [[0.0], [1.0]], [10.0, 0.01])
    assert found == ModeRecovery(0, 0.0, math.inf)


def test_weights_of_modes():
    samples = [[0.0]] * 3 + [[5.0]]
    centers = [[0.0], [5.0]]
    for weights in ([3, 1], [0.75, 0.25], [1.5e308, 0.5e308], pd.Series([6, 2])):
        found = mode_recovery(samples, centers, 0.1, weights=weights)
        assert found == pytest.approx((2, 1.0, 0.0), abs=1e-12)
    found = mode_recovery([[0.0]] * 13 + [[5.0]] * 10, centers, 0.1, weights=[13, 10])
    assert found.reverse_kl == 0, "rounding leaves less than 0"
    found = mode_recovery(samples, centers, 0.1, weights=[1, 3])
    assert found.reverse_kl == pytest.approx(0.75 * math.log(3) - 0.25 * math.log(3))
    found = mode_recovery(samples, centers, 0.1, weights=[1, 0])
    assert found == ModeRecovery(2, 1.0, math.inf)
    found = mode_recovery(samples[:3], centers, 0.1, weights=[1, 0])
    assert found == ModeRecovery(1, 1.0, 0.0)


@pytest.mark.parametrize(
    "frame", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "arrow"]
)
def test_samples_of_any_container(frame):
    X = make_grid(200, random_state=0)[0]
    expected = mode_recovery(X, GRID, 0.05)
    assert mode_recovery(frame({"a": X[:, 0], "b": X[:, 1]}), GRID, 0.05) == expected


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"samples": [[0.0]]},
            "^samples must have as many columns as .* 2, got 1.$",
        ),
        ({"samples": [[np.nan, 0.0]]}, "Input samples contains NaN"),
        ({"centers": [[np.inf, 0.0]]}, "Input centers contains infinity"),
        ({"samples": [0.0, 1.0]}, "Expected 2D array, got 1D array"),
        ({"std": 0}, "^std must be positive and finite, got 0.$"),
        ({"std": [1, -1]}, r"^std must be positive and finite, got \[1, -1\].$"),
        ({"std": np.inf}, "^std must be positive and finite, got inf.$"),
        ({"std": np.nan}, "^std must be positive and finite, got nan.$"),
        ({"std": [1.0] * 3}, "^std must be a number, or one for each of 2 centers"),
        ({"std": "wide"}, "^std must be a number, or .* got 'wide'.$"),
        ({"n_stds": 0}, "^n_stds must be a positive finite number, got 0.$"),
        ({"n_stds": np.inf}, "^n_stds must be a positive finite number, got inf.$"),
        ({"n_stds": [3]}, r"^n_stds must be a positive finite number, got \[3\].$"),
        ({"weights": 1.0}, "^weights must hold one number for each of 2 centers"),
        ({"weights": [1] * 3}, r"^weights must hold one .* got \[1, 1, 1\].$"),
        ({"weights": ["a", "b"]}, "^weights must hold one number for each of 2"),
        ({"weights": [2, -1]}, "^weights must be finite, not negative and not all 0"),
        ({"weights": [0, 0]}, r"^weights must be finite, .* got \[0, 0\].$"),
        ({"weights": [1, np.inf]}, "^weights must be finite, not negative and not"),
        ({"weights": [1, np.nan]}, "^weights must be finite, not negative and not"),
    ],
    ids=str,
)
def test_wrong_parameters(changes, message):
    right = {"samples": [[0.0, 0.0]], "centers": [[0.0, 0.0], [1.0, 1.0]], "std": 0.1}
    assert mode_recovery(**right).n_modes == 1
    with pytest.raises(ValueError, match=message):
        mode_recovery(**right | changes)
