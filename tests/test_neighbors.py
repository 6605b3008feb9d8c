"""Nearest neighbors against scikit-learn's, and where rounding would mislead them."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors

from skgan.metrics import neighbors, pairwise
from skgan.metrics.neighbors import nearest, nearest_others


@pytest.fixture(autouse=True, params=["scikit-learn", "torch"])
def _products_of(request, monkeypatch):
    """Do all by scikit-learn, and as it is done on CUDA."""
    if request.param == "torch":
        by_torch = neighbors._by_products_of_torch
        monkeypatch.setattr(neighbors, "_by_products", by_torch)


@pytest.fixture
def asked_again(monkeypatch):
    """A list that receives how many points at a time were in doubt."""
    numbers, by_differences = [], neighbors._by_differences

    def recorded(points, *arguments):
        numbers.append(len(points))
        return by_differences(points, *arguments)

    monkeypatch.setattr(neighbors, "_by_differences", recorded)
    return numbers


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


@pytest.mark.parametrize(("tile", "n_pairs"), [(1, 3), (7, 150), (64, 1000)])
def test_tiles_do_not_change_the_result(monkeypatch, tile, n_pairs):
    points, others = normal(50, 70, 4)
    shapes, by_products = [], torch.cdist

    def recorded(points, others, **options):
        shapes.append((len(points), len(others)))
        return by_products(points, others, **options)

    monkeypatch.setattr(torch, "cdist", recorded)
    monkeypatch.setattr(pairwise, "TILE", tile)
    monkeypatch.setattr(neighbors, "MAX_PAIRS", n_pairs)
    assert_nearest(points, others, 6)
    assert_nearest(points, points, 6, is_own=True)
    for n, m in shapes:
        assert n == 1 or n * m <= n_pairs, "memory is bounded"


@pytest.mark.parametrize("k", [1, 3, 30, 59])
@pytest.mark.parametrize("n_copies", [2, 20])
def test_copies_are_at_distance_zero(asked_again, k, n_copies):
    points = np.repeat(normal(60 // n_copies, 1, 5)[0], n_copies, axis=0) + 1e3
    points = np.random.default_rng(1).permutation(points)
    assert_nearest(points, points, k)
    assert (nearest(points, points, 1, "cpu")[0] == 0).all()
    distances, indices = nearest_others(points, n_copies, "cpu")
    assert (distances[:, : n_copies - 1] == 0).all() and (distances[:, -1] > 0).all()
    assert (indices != np.arange(60)[:, None]).all(), "only the row itself is left out"
    assert not asked_again, "nothing is nearer than 0"


def test_rows_of_ties():
    """One-hot rows, whose squared distances are 0, 2, 4 and so on to many others."""
    rng = np.random.default_rng(0)
    points = np.hstack([np.eye(7)[rng.integers(7, size=400)] for _ in range(8)])
    assert_nearest(points / 0.3, points / 0.3, 10, is_own=True)


@pytest.mark.parametrize("offset", [1e3, 1e6, -1e9])
def test_far_from_the_origin_products_still_do(asked_again, offset):
    points, others = normal(200, 300, 20)
    assert_nearest(points + offset, others + offset, 5)
    assert not asked_again


@pytest.mark.parametrize(
    ("at", "spread", "expected"), [(1.0, 1.0, []), (1e4, 1e-2, []), (1e6, 1e-6, [200])]
)
def test_where_rounding_misleads_differences_decide(asked_again, at, spread, expected):
    points = far_clusters(200, 10, at=at, spread=spread)
    assert_nearest(points, points, 5, is_own=True)
    assert asked_again == expected


def test_only_points_in_doubt_are_looked_at_again(asked_again):
    points, others = normal(300, 300, 10)
    points[:5] = far_clusters(5, 10, at=1e7)
    others[:100] = far_clusters(100, 10, at=1e7)
    assert_nearest(points, others, 3)
    assert asked_again == [5]


@pytest.mark.parametrize("d", [1, 30, 784])
@pytest.mark.parametrize("case", ["normal", "equal columns", "near", "tiny", "one far"])
def test_bounds_hold_for_all_that_are_no_candidates(case, d):
    points, others = normal(40, 60, d)
    if case == "equal columns":  # errors of one sign add up
        points, others = (
            np.repeat(part[:, :1], d, axis=1) for part in (points, others)
        )
    elif case == "near":
        others += 1e4
        points = others[:40] + 1e-5 * points
    elif case == "tiny":
        points, others = 1e-22 * points, 1e-22 * others
    elif case == "one far":
        points[0] = others[0] = 1e7
    device = torch.device("cpu")
    found, squares = neighbors._by_products(points, others, 7, device)
    bounds = neighbors._without_rounding(squares, points)
    exact = cdist(points, others, "sqeuclidean")
    np.put_along_axis(exact, found, np.inf, axis=1)
    assert (bounds <= exact.min(axis=1)).all()
    norms = (points**2).sum(axis=1)
    assert (squares - bounds <= 5 * (d + 20) * 2.3e-16 * (norms + squares)).all()


@pytest.mark.parametrize("outlier", [1e4, 1e8, 1e20, 1e100])
def test_one_far_row_spoils_nothing(asked_again, outlier):
    points, others = normal(100, 150, 8)
    others[3] = points[7] = outlier
    assert_nearest(points, others, 4)
    assert_nearest(others, others, 4, is_own=True)
    assert not asked_again


def test_rows_that_centering_would_blur():
    points, _ = normal(100, 1, 3)
    points[:60] += 1e6  # the median is among these
    points[60:] *= 1e-12
    assert_nearest(points, points, 4, is_own=True)


@pytest.mark.parametrize("scale", [1e-30, 1e-18, 1e18, 1e60])
def test_units_do_not_matter(scale):
    points, others = (scale * part for part in normal(100, 150, 8))
    assert_nearest(points, others, 4)


@pytest.mark.parametrize("n", [2, 5, 30])
def test_as_many_as_there_are(asked_again, n):
    points = far_clusters(n, 3, at=1e7)
    assert_nearest(points, points, n)
    assert_nearest(points, points, n - 1, is_own=True)
    assert not asked_again, "where all are candidates, none is in doubt"


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


def test_inputs_are_left_alone():
    points, others = normal(200, 300, 10)
    copies = points.copy(), others.copy()
    points.flags.writeable = others.flags.writeable = False
    nearest(points, others, 5, "cpu")
    np.testing.assert_array_equal(points, copies[0])
    np.testing.assert_array_equal(others, copies[1])


def test_reduced_precision_is_ignored():
    points, others = normal(200, 300, 100)
    expected = nearest(points, others, 5, "cpu")
    before = torch.get_default_dtype(), torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    try:
        with torch.autocast("cpu", dtype=torch.bfloat16), torch.inference_mode():
            found = nearest(points, others, 5, "cpu")
        assert torch.get_float32_matmul_precision() == "medium"
    finally:
        torch.set_float32_matmul_precision(before[1])
    assert torch.get_default_dtype() == before[0]
    for part, own in zip(found, expected, strict=True):
        np.testing.assert_array_equal(part, own)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_equals_the_cpu():
    for points, others in [normal(3000, 5000, 30), [far_clusters(2000, 10)] * 2]:
        here, there = (nearest(points, others, 5, name) for name in ("cpu", "cuda"))
        np.testing.assert_allclose(there[0], here[0], rtol=1e-9)
