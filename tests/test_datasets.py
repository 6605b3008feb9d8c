"""Made rows: the moments of each mode, seeds and wrong parameters."""

import numpy as np
import pytest

from skgan.datasets import make_grid, make_ring

MAKERS = {"ring": make_ring, "grid": make_grid}


@pytest.fixture(params=MAKERS)
def make(request):
    return MAKERS[request.param]


def test_ring_of_pacgan():
    X, y, centers = make_ring(random_state=0)
    assert X.shape == (100_000, 2) and y.shape == (100_000,)
    assert X.dtype == centers.dtype == np.float64 and y.dtype.kind == "i"
    half = np.sqrt(0.5)
    expected = [[1, 0], [half, half], [0, 1], [-half, half]]
    expected += [[-x, -y] for x, y in expected]
    np.testing.assert_allclose(centers, expected, atol=1e-15)
    assert (X - centers[y]).std(axis=0) == pytest.approx(0.01, rel=0.02)


def test_grid_of_pacgan():
    X, y, centers = make_grid(random_state=0)
    assert X.shape == (100_000, 2) and y.shape == (100_000,)
    assert X.dtype == centers.dtype == np.float64 and y.dtype.kind == "i"
    values = (-4, -2, 0, 2, 4)
    assert centers.tolist() == [[a, b] for b in values for a in values]
    assert (X - centers[y]).std(axis=0) == pytest.approx(0.05, rel=0.02)


def test_centers_by_other_parameters():
    *_, centers = make_ring(5, n_modes=2, radius=3.0, random_state=0)
    np.testing.assert_allclose(centers, [[3, 0], [-3, 0]], atol=1e-15)
    *_, centers = make_grid(5, side=2, spacing=0.5, random_state=0)
    assert (4 * centers).tolist() == [[-1, -1], [1, -1], [-1, 1], [1, 1]]
    assert make_grid(5, side=1, random_state=0)[2].tolist() == [[0, 0]]


def test_modes_are_equally_likely_in_random_order(make):
    _, y, centers = make(random_state=0)
    share = 1 / len(centers)
    deviation = np.sqrt(share * (1 - share) / len(y))  # of a binomial share
    for part in (y, y[: len(y) // 4]):
        shares = np.bincount(part, minlength=len(centers)) / len(part)
        bound = 4.5 * deviation * np.sqrt(len(y) / len(part))
        assert np.abs(shares - share).max() < bound
    assert (y[1:] == y[:-1]).mean() == pytest.approx(share, abs=5 * deviation)


def test_each_mode_is_an_isotropic_gaussian(make):
    X, y, centers = make(std=0.3, random_state=0)
    for mode, center in enumerate(centers):
        z = (X[y == mode] - center) / 0.3
        bound = 5 / np.sqrt(len(z))
        assert np.abs(z.mean(axis=0)).max() < bound
        np.testing.assert_allclose(np.cov(z.T), np.eye(2), atol=1.5 * bound)
        within = (np.linalg.norm(z, axis=1) < 1).mean()
        assert within == pytest.approx(1 - np.exp(-0.5), abs=bound)


def test_seed_of_a_draw(make):
    X, y, _ = make(50, random_state=3)
    again = make(50, random_state=3)
    assert np.array_equal(X, again[0]) and np.array_equal(y, again[1])
    assert not np.array_equal(X, make(50, random_state=4)[0])
    rng = np.random.RandomState(3)
    assert np.array_equal(X, make(50, random_state=rng)[0])
    assert not np.array_equal(X, make(50, random_state=rng)[0])


def test_no_seed_is_fresh_entropy(make):
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1:3]  # noqa: NPY002
    one = make(50)
    after = np.random.get_state()[1:3]  # noqa: NPY002
    assert np.array_equal(before[0], after[0]) and before[1] == after[1]
    np.random.seed(0)  # noqa: NPY002
    assert not np.array_equal(one[0], make(50)[0])


@pytest.mark.parametrize("value", [0, -1, 2.0, "2", None], ids=repr)
@pytest.mark.parametrize(
    ("make_rows", "name"),
    [
        (make_ring, "n_samples"),
        (make_grid, "n_samples"),
        (make_ring, "n_modes"),
        (make_grid, "side"),
    ],
)
def test_counts_must_be_positive_integers(make_rows, name, value):
    message = f"^{name} must be an integer in the range .1, inf., got {value!r}.$"
    with pytest.raises(ValueError, match=message):
        make_rows(**{name: value})


@pytest.mark.parametrize("value", [0, -0.1, np.nan, np.inf, "2", None], ids=repr)
@pytest.mark.parametrize(
    ("make_rows", "name"),
    [
        (make_ring, "radius"),
        (make_ring, "std"),
        (make_grid, "spacing"),
        (make_grid, "std"),
    ],
)
def test_lengths_must_be_positive_and_finite(make_rows, name, value):
    message = f"^{name} must be a positive finite number, got {value!r}.$"
    with pytest.raises(ValueError, match=message):
        make_rows(**{name: value})


def test_seed_must_be_one(make):
    with pytest.raises(ValueError, match="'no' cannot be used to seed"):
        make(5, random_state="no")
