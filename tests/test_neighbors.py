"""Nearest neighbors against scikit-learn's, and where rounding would mislead them."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors

from skgan.metrics import neighbors
from skgan.metrics.neighbors import Differences, Products, nearest, nearest_others

FLOAT32, FLOAT64 = torch.float32, torch.float64


def normal(n, m, d, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.normal(size=(m, d))


def far_clusters(n, d, *, at=1e4, spread=1e-2):
    """Points around two centers whose distance hides those within a cluster."""
    points, _ = normal(n, 1, d)
    points *= spread
    points[::2] += at
    points[1::2] -= at
    return points


def assert_nearest(points, others, k, *, is_own=False, rtol=1e-9):
    """Compare with all differences, one by one in float64."""
    if is_own:
        distances, indices = nearest_others(points, k, "cpu")
    else:
        distances, indices = nearest(points, others, k, "cpu")
    assert distances.shape == indices.shape == (len(points), k)
    assert distances.dtype == np.float64 and indices.dtype == np.int64
    pairs = cdist(points, others)
    if is_own:
        np.fill_diagonal(pairs, np.inf)
    np.testing.assert_allclose(distances, np.sort(pairs)[:, :k], rtol=rtol)
    np.testing.assert_allclose(
        np.take_along_axis(pairs, indices, axis=1), distances, rtol=rtol
    )
    assert all(len(set(row)) == k for row in indices.tolist()), "a row came twice"


@pytest.mark.parametrize("d", [1, 3, 100])
@pytest.mark.parametrize("k", [1, 5])
def test_equals_scikit_learn(d, k):
    points, others = normal(300, 5000, d)
    brute = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(others)
    expected = brute.kneighbors(points)
    distances, indices = nearest(points, others, k, "cpu")
    np.testing.assert_allclose(distances, expected[0], rtol=1e-6)
    np.testing.assert_array_equal(indices, expected[1])


def test_others_equal_scikit_learn():
    points, _ = normal(1500, 1, 10)
    brute = NearestNeighbors(n_neighbors=4, algorithm="brute").fit(points)
    expected = brute.kneighbors()  # without rows, each row's own is left out
    distances, indices = nearest_others(points, 4, "cpu")
    np.testing.assert_allclose(distances, expected[0], rtol=1e-6)
    np.testing.assert_array_equal(indices, expected[1])


@pytest.mark.parametrize(("tile", "width"), [(1, 3), (7, 16), (64, 5), (1000, 1000)])
def test_tiles_do_not_change_the_result(monkeypatch, ways_used, tile, width):
    points, others = normal(50, 70, 4)
    monkeypatch.setattr(neighbors, "TILE", tile)
    monkeypatch.setattr(neighbors, "WIDTH", width)
    assert_nearest(points, others, 6)
    assert_nearest(points, points, 6, is_own=True)
    shapes = np.array([shape for *_, shape in ways_used])
    assert (shapes <= [tile, width]).all(), "memory is bounded by a tile"


@pytest.mark.parametrize("k", [1, 3, 30, 59])
@pytest.mark.parametrize("n_copies", [2, 20])
def test_copies_are_at_distance_zero(ways_used, k, n_copies):
    points = np.repeat(normal(60 // n_copies, 1, 5)[0], n_copies, axis=0) + 1e3
    points = np.random.default_rng(1).permutation(points)
    assert_nearest(points, points, k)
    ways_used.clear()
    assert (nearest(points, points, 1, "cpu")[0] == 0).all()
    assert [dtype for _, dtype, _ in ways_used] == [FLOAT32], "nothing is nearer than 0"
    distances, indices = nearest_others(points, n_copies, "cpu")
    assert (distances[:, : n_copies - 1] == 0).all() and (distances[:, -1] > 0).all()
    assert (indices != np.arange(60)[:, None]).all(), "only the row itself is left out"


def test_rows_of_ties():
    """One-hot rows, whose squared distances are 0, 2, 4 and so on to many others."""
    rng = np.random.default_rng(0)
    points = np.hstack([np.eye(7)[rng.integers(7, size=400)] for _ in range(8)])
    assert_nearest(points / 0.3, points / 0.3, 10, is_own=True)


@pytest.mark.parametrize("offset", [1e3, 1e6, -1e9])
def test_far_from_the_origin_products_in_float32_still_do(ways_used, offset):
    points, others = normal(200, 300, 20)
    assert_nearest(points + offset, others + offset, 5)
    assert {way[:2] for way in ways_used} == {(Products, FLOAT32)}


@pytest.mark.parametrize(
    ("at", "spread", "last"),
    [
        (1.0, 1.0, (Products, FLOAT32)),
        (1e4, 1e-2, (Products, FLOAT64)),
        (1e6, 1e-6, (Differences, FLOAT64)),
    ],
)
def test_where_rounding_misleads_a_dearer_way_is_taken(ways_used, at, spread, last):
    points = far_clusters(200, 10, at=at, spread=spread)
    assert_nearest(points, points, 5, is_own=True)
    assert ways_used[-1][:2] == last


def test_only_points_in_doubt_are_looked_at_again(ways_used):
    points, others = normal(300, 300, 10)
    points[:5] = far_clusters(5, 10)
    others[:100] = far_clusters(100, 10)
    assert_nearest(points, others, 3)
    again = [shape for _, dtype, shape in ways_used if dtype == FLOAT64]
    assert again == [(5, 300)]


@pytest.mark.parametrize("outlier", [1e4, 1e8, 1e20, 1e100])
def test_one_far_row_spoils_nothing(ways_used, outlier):
    points, others = normal(100, 150, 8)
    others[3] = points[7] = outlier
    assert_nearest(points, others, 4)
    assert_nearest(others, others, 4, is_own=True)
    assert all(way is Products for way, *_ in ways_used)


def test_rows_that_centering_would_blur():
    points, _ = normal(100, 1, 3)
    points[:60] += 1e6  # the median is among these
    points[60:] *= 1e-12
    assert_nearest(points, points, 4, is_own=True)


@pytest.mark.parametrize("scale", [1e-30, 1e-18, 1e18, 1e60])
def test_units_do_not_matter(scale):
    points, others = (scale * part for part in normal(100, 150, 8))
    assert_nearest(points, others, 4)


@pytest.mark.parametrize("dtype", [FLOAT32, FLOAT64], ids=str)
@pytest.mark.parametrize("d", [1, 30, 784])
@pytest.mark.parametrize("kind", ["normal", "equal columns", "near", "tiny", "one far"])
def test_products_bound_squared_distances(kind, d, dtype):
    points, others = normal(40, 60, d)
    if kind == "equal columns":  # errors of one sign add up
        points, others = (
            np.repeat(part[:, :1], d, axis=1) for part in (points, others)
        )
    elif kind == "near":
        others[:40] = points + 1e-5 * others[:40]
    elif kind == "tiny":
        points, others = 1e-22 * points, 1e-22 * others
    elif kind == "one far":
        points[0] = 1e7
    way = Products(points, others, dtype, torch.device("cpu"))
    exact = cdist(points, others, "sqeuclidean")
    for rows in (slice(0, 40), slice(1, 40)):
        low = way.squares(rows, slice(0, 60)).double().numpy()
        margin = way.margin(rows, slice(0, 60))
        assert (low <= exact[rows]).all()
        assert (exact[rows] <= low + margin).all()
        norms = (points[rows] ** 2).sum(axis=1).max() + (others**2).sum(axis=1).max()
        assert margin < 3 * (d + 10) * torch.finfo(dtype).eps * norms + 1e-33


@pytest.mark.parametrize("n", [2, 5, 30])
def test_as_many_as_there_are(ways_used, n):
    points = far_clusters(n, 3)
    assert_nearest(points, points, n)
    assert_nearest(points, points, n - 1, is_own=True)
    assert len(ways_used) == 2, "where all are candidates, none is in doubt"


@pytest.mark.parametrize("k", [0, 5])
def test_no_more_than_there_are(k):
    points, others = normal(9, 4, 2)
    with pytest.raises(ValueError, match=rf"k must be in the range \[1, 4\], got {k}"):
        nearest(points, others, k, "cpu")
    with pytest.raises(ValueError, match=rf"k must be in the range \[1, 3\], got {k}"):
        nearest_others(others, k, "cpu")


def test_device_must_exist():
    with pytest.raises(ValueError, match="device must be 'auto' or a device"):
        nearest(*normal(3, 3, 2), 1, "nowhere")


def test_devices_without_float64_give_way_to_the_cpu():
    assert neighbors.float64_device("meta") == torch.device("cpu")


def test_inputs_are_left_alone():
    points, others = normal(200, 300, 10)
    copies = points.copy(), others.copy()
    points.flags.writeable = others.flags.writeable = False
    nearest(points, others, 5, "cpu")
    np.testing.assert_array_equal(points, copies[0])
    np.testing.assert_array_equal(others, copies[1])


def test_reduced_precision_is_ignored_and_restored(monkeypatch, ways_used):
    points, others = normal(200, 300, 100)
    inside, squares = [], Products.squares

    def recorded(*arguments):
        inside.append(torch.backends.mkldnn.matmul.fp32_precision)
        inside.append(torch.backends.cuda.matmul.fp32_precision)
        return squares(*arguments)

    monkeypatch.setattr(Products, "squares", recorded)
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    try:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            nearest(points, others, 5, "cpu")
        assert torch.get_float32_matmul_precision() == "medium"
    finally:
        torch.set_float32_matmul_precision(before)
    assert inside == ["ieee", "ieee"]
    assert [dtype for _, dtype, _ in ways_used] == [FLOAT32]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_equals_the_cpu():
    for points, others in [normal(3000, 5000, 30), [far_clusters(2000, 10)] * 2]:
        here, there = (nearest(points, others, 5, name) for name in ("cpu", "cuda"))
        np.testing.assert_allclose(there[0], here[0], rtol=1e-9)
