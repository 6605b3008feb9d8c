"""Distances of distributions against their definitions and closed forms."""

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.linalg import sqrtm

from skgan.metrics import pairwise
from skgan.metrics.distances import frechet_distance, maximum_mean_discrepancy
from skgan.metrics.pairwise import Differences, Products

FLOAT32, FLOAT64 = torch.float32, torch.float64


def normal(n, m, d, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.normal(size=(m, d))


# ------------------------------------------------------- maximum mean discrepancy


def by_double_loop(real, synthetic, h):
    """The definition, one pair at a time in float64."""

    def kernel(x, y):
        return np.exp(-np.sum((x - y) ** 2) / (2 * h**2))

    def within(points):
        pairs = [
            kernel(x, y)
            for i, x in enumerate(points)
            for j, y in enumerate(points)
            if i != j
        ]
        return np.mean(pairs)

    between = np.mean([kernel(x, y) for x in real for y in synthetic])
    return within(real) + within(synthetic) - 2 * between


def unscaled(real, synthetic, h):
    return maximum_mean_discrepancy(real, synthetic, bandwidth=h, scale="none")


@pytest.mark.parametrize("d", [1, 5, 200])
@pytest.mark.parametrize(("n", "m"), [(30, 40), (50, 2)])
@pytest.mark.parametrize("offset", [0, 1e5])
def test_discrepancy_equals_the_double_loop(n, m, d, offset):
    real, synthetic = normal(n, m, d)
    synthetic = 1.2 * synthetic + 0.3
    for h in (0.3, 1.0, 15.0):
        result = unscaled(real + offset, synthetic + offset, h)
        assert type(result) is float
        assert result == pytest.approx(by_double_loop(real, synthetic, h), abs=2e-6)


@pytest.mark.parametrize("tile", [1, 7, 16, 64])
def test_tiles_do_not_change_the_discrepancy(monkeypatch, ways_used, tile):
    monkeypatch.setattr(pairwise, "TILE", tile)
    real, synthetic = normal(40, 33, 3)
    expected = by_double_loop(real, synthetic + 1, 1.0)
    assert unscaled(real, synthetic + 1, 1.0) == pytest.approx(expected, abs=1e-6)
    assert max(max(shape) for *_, shape in ways_used) <= tile


@pytest.mark.parametrize(
    ("at", "spread", "way"),
    [
        (1.0, 1.0, (Products, FLOAT32)),
        (1e4, 1.0, (Products, FLOAT64)),
        (1e8, 1.0, (Differences, FLOAT64)),
        (1e4, 1e-3, (Differences, FLOAT64)),
    ],
)
def test_where_rounding_shows_a_dearer_way_is_taken(ways_used, at, spread, way):
    real, synthetic = (spread * part for part in normal(30, 40, 3))
    real[:10] += at
    synthetic[:20] += at
    expected = by_double_loop(real, synthetic, spread)
    assert unscaled(real, synthetic, spread) == pytest.approx(expected, abs=2e-6)
    assert {kind[:2] for kind in ways_used} == {way}


def test_discrepancy_of_normal_rows_has_a_closed_form():
    """E k(x, y) of x - y ~ N(m, s^2 I) is (1 + s^2/h^2)^(-d/2) exp(-m^2/2(h^2+s^2))."""
    d, h, shift = 3, 1.5, 0.7
    real, synthetic = normal(4000, 4000, d)
    within = (1 + 2 / h**2) ** (-d / 2)
    between = within * np.exp(-d * shift**2 / (2 * (h**2 + 2)))
    result = unscaled(real, synthetic + shift, h)
    assert result == pytest.approx(2 * within - 2 * between, abs=0.005)


def test_discrepancy_of_fresh_rows_is_zero_in_the_mean():
    results = [unscaled(*normal(50, 60, 4, seed), 2.0) for seed in range(60)]
    error = np.std(results) / np.sqrt(len(results))
    assert abs(np.mean(results)) < 3 * error < 0.003
    assert 10 < np.sum(np.array(results) < 0) < 50, "of both signs"


def test_discrepancy_grows_with_the_shift_and_sees_a_lost_mode():
    real, synthetic = normal(500, 500, 2)
    shifted = [maximum_mean_discrepancy(real, synthetic + t) for t in (0, 0.5, 1, 2)]
    assert shifted[0] < 0.01 and (np.diff(shifted) > 0.02).all()
    half = np.where(np.arange(500) % 2, -3, 3)[:, None]
    assert maximum_mean_discrepancy(real + half, synthetic + 3) > 0.1
    assert maximum_mean_discrepancy(real + half, synthetic + half) < 0.01
    far = maximum_mean_discrepancy(real, 0 * synthetic + 1e4, bandwidth=0.01)
    assert far == pytest.approx(1, abs=0.01), "one kernel is 1, the others are 0"
    assert maximum_mean_discrepancy(real, real) < 0, "copies"


@pytest.mark.parametrize(("n", "m"), [(30, 40), (1500, 700)])
def test_median_bandwidth(n, m):
    real, synthetic = normal(n, m, 3)
    pooled = np.vstack([real, synthetic])
    if n + m > 1000:
        pooled = pooled[[int(i * (n + m - 1) / 999) for i in range(1000)]]
    pairs = np.linalg.norm(pooled[:, None] - pooled, axis=2)
    h = np.median(pairs[np.triu_indices(len(pooled), 1)])
    result = maximum_mean_discrepancy(real, synthetic, scale="none")
    assert result == pytest.approx(unscaled(real, synthetic, h), rel=1e-9)


def test_median_bandwidth_of_rows_that_are_mostly_equal():
    real = np.zeros((20, 1))
    real[:3] = 5.0
    synthetic = real[:10]
    result = maximum_mean_discrepancy(real, synthetic, scale="none")
    assert result == pytest.approx(unscaled(real, synthetic, 5.0))
    assert maximum_mean_discrepancy(np.ones((4, 2)), np.ones((3, 2))) == 0


def test_discrepancy_of_scaled_columns():
    real, synthetic = normal(200, 200, 3)
    units = np.array([1, 1000, 0.001])
    expected = maximum_mean_discrepancy(real, synthetic + 1)
    result = maximum_mean_discrepancy(units * real, units * (synthetic + 1))
    assert result == pytest.approx(expected, abs=1e-6)
    plain = maximum_mean_discrepancy(units * real, units * synthetic + 1, scale="none")
    assert plain != pytest.approx(expected, abs=0.01)


def test_discrepancy_of_data_frames():
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {"size": rng.normal(size=200), "kind": rng.choice([*"ab"], 200)}
    )
    half = table.iloc[::2], table.iloc[1::2][["kind", "size"]]
    assert abs(maximum_mean_discrepancy(*half)) < 0.02
    assert maximum_mean_discrepancy(half[0], half[1].assign(kind="a")) > 0.05


@pytest.mark.parametrize("h", [0, -1.0, np.nan, np.inf, "wide", None, [1.0]], ids=repr)
def test_discrepancy_bandwidth_is_positive(h):
    message = "^bandwidth must be 'median' or a positive finite number, got "
    with pytest.raises(ValueError, match=message):
        unscaled(*normal(5, 5, 2), h)


@pytest.mark.parametrize(("n", "m", "name"), [(1, 5, "real"), (5, 1, "synthetic")])
def test_discrepancy_needs_two_rows_of_each(n, m, name):
    with pytest.raises(ValueError, match=f"^{name} must have at least 2 rows, got 1"):
        maximum_mean_discrepancy(*normal(n, m, 2))


def test_what_the_discrepancy_refuses():
    real, synthetic = normal(5, 5, 2)
    with pytest.raises(ValueError, match="synthetic must have as many columns as real"):
        maximum_mean_discrepancy(real, synthetic[:, :1])
    with pytest.raises(ValueError, match="scale must be one of"):
        maximum_mean_discrepancy(real, synthetic, scale="rows")
    with pytest.raises(ValueError, match="device must be 'auto' or a device"):
        maximum_mean_discrepancy(real, synthetic, device="nowhere")


def test_reduced_precision_is_ignored(monkeypatch, reduced_precision):
    real, synthetic = normal(200, 200, 60)
    expected = maximum_mean_discrepancy(real, synthetic)
    formats, squares = [], Products.squares

    def recorded(*arguments):
        formats.append(torch.backends.cuda.matmul.fp32_precision)
        return squares(*arguments)

    monkeypatch.setattr(Products, "squares", recorded)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert maximum_mean_discrepancy(real, synthetic) == expected
    assert formats == ["ieee"] * 3


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_equals_the_cpu():
    rows = normal(3000, 5000, 30)
    here, there = (
        maximum_mean_discrepancy(*rows, device=name) for name in ("cpu", "cuda")
    )
    assert there == pytest.approx(here, abs=1e-6)


# --------------------------------------------------------------- Frechet distance


def by_matrix_root(real, synthetic):
    first, second = (np.atleast_2d(np.cov(rows.T)) for rows in (real, synthetic))
    shift = real.mean(axis=0) - synthetic.mean(axis=0)
    root = np.atleast_2d(sqrtm(first @ second)).real
    return shift @ shift + np.trace(first + second - 2 * root)


def with_moments(mean, covariance_root, n=50):
    """Rows whose mean and covariance are exactly these."""
    d = len(mean)
    rows, _ = normal(n, 1, d)
    rows -= rows.mean(axis=0)
    rows = np.linalg.qr(rows)[0] * np.sqrt(n - 1)
    return rows @ covariance_root + mean


@pytest.mark.parametrize(("n", "m"), [(100, 80), (40, 300)])
@pytest.mark.parametrize("d", [1, 2, 30])
def test_frechet_equals_the_root_of_the_product(n, m, d):
    real, synthetic = normal(n, m, d)
    rng = np.random.default_rng(1)
    synthetic = synthetic @ rng.normal(size=(d, d)) + rng.normal(size=d)
    result = frechet_distance(real, synthetic)
    assert type(result) is float
    assert result == pytest.approx(by_matrix_root(real, synthetic), rel=1e-9)
    assert frechet_distance(synthetic, real) == pytest.approx(result, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_frechet_of_diagonal_covariances(seed):
    """|m1 - m2|^2 + sum (s1 - s2)^2, of deviations that may be 0."""
    rng = np.random.default_rng(seed)
    means, deviations = rng.normal(size=(2, 6)), rng.uniform(0.1, 3, size=(2, 6))
    deviations[0, 0] = deviations[:, 1] = 0
    rows = [with_moments(m, np.diag(s)) for m, s in zip(means, deviations, strict=True)]
    squares = (means[0] - means[1]) ** 2 + (deviations[0] - deviations[1]) ** 2
    assert frechet_distance(*rows) == pytest.approx(squares.sum(), rel=1e-12)


def test_frechet_of_covariances_that_do_not_commute():
    """In two dimensions tr root(A) is root(tr A + 2 root(det A))."""
    first, second = np.diag([3.0, 0.5]), np.array([[1.0, 1.0], [-1.0, 1.0]])
    second = np.diag([2.0, 0.1]) @ second
    product = first.T @ first @ second.T @ second
    root = np.sqrt(np.trace(product) + 2 * np.sqrt(np.linalg.det(product)))
    traces = np.sum(first**2) + np.sum(second**2)
    rows = with_moments(np.zeros(2), first), with_moments(np.zeros(2), second)
    assert frechet_distance(*rows) == pytest.approx(traces - 2 * root, rel=1e-12)


@pytest.mark.parametrize(("n", "m"), [(5, 7), (5, 100), (2, 2)])
def test_frechet_of_fewer_rows_than_features(n, m):
    """The nonzero eigenvalues of a product of covariances, from its small side."""
    real, synthetic = normal(n, m, 20)
    a, b = (
        (rows - rows.mean(axis=0)) / np.sqrt(len(rows) - 1)
        for rows in (real, synthetic)
    )
    eigenvalues = np.linalg.eigvalsh(a @ b.T @ b @ a.T)
    kept = eigenvalues[eigenvalues > 1e-9]
    shift = np.sum((real.mean(axis=0) - synthetic.mean(axis=0)) ** 2)
    expected = shift + np.sum(a**2) + np.sum(b**2) - 2 * np.sqrt(kept).sum()
    assert frechet_distance(real, synthetic) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("offset", [0, 1e4])
@pytest.mark.parametrize("n", [10, 200])
def test_frechet_of_the_same_rows_is_zero(n, offset):
    rows = normal(n, 1, 50)[0] + offset
    shuffled = np.random.default_rng(1).permutation(rows)
    assert 0 <= frechet_distance(rows, rows) < 1e-10
    assert 0 <= frechet_distance(rows, shuffled) < 1e-10
    assert frechet_distance(rows, shuffled + 1) == pytest.approx(50, rel=1e-9)


def test_frechet_is_above_zero_for_few_fresh_rows_of_many_features():
    few, many = (frechet_distance(*normal(n, n, 20)) for n in (100, 10_000))
    assert 0 < 20 * many < few


def test_frechet_takes_only_features():
    real, synthetic = normal(5, 6, 3)
    message = "^synthetic must have as many columns as real, 3, got 2"
    with pytest.raises(ValueError, match=message):
        frechet_distance(real, synthetic[:, :2])
    with pytest.raises(ValueError, match="minimum of 2 is required"):
        frechet_distance(real, synthetic[:1])
    with pytest.raises(ValueError, match="Input real contains NaN"):
        frechet_distance(real * np.nan, synthetic)
    with pytest.raises(ValueError, match="Expected 2D array, got 1D array"):
        frechet_distance(real, synthetic[0])
