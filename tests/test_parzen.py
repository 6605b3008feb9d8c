import warnings

import numpy as np
import pytest
import torch
from scipy.integrate import trapezoid
from sklearn.neighbors import KernelDensity

from skgan.metrics import (
    pairwise,
    parzen_log_likelihood,
    parzen_log_likelihoods,
    select_bandwidth,
)

NATS = 0.01
GRID = [0.1, 0.2, 0.5, 1.0]


def brute_force(X, samples, bandwidth):
    """The definition, one pair at a time in float64."""
    X, samples = np.asarray(X, dtype=float), np.asarray(samples, dtype=float)
    d = X.shape[1]
    result = []
    for x in X:
        exponents = [-np.sum((x - s) ** 2) / (2 * bandwidth**2) for s in samples]
        log_mean = np.logaddexp.reduce(exponents) - np.log(len(samples))
        result.append(log_mean - d * np.log(bandwidth * np.sqrt(2 * np.pi)))
    return np.array(result)


def uniform(n_rows, n_samples, d, seed=0):
    rng = np.random.default_rng(seed)
    return rng.random((n_rows, d)), rng.random((n_samples, d))


def products_done(monkeypatch):
    """A list that receives the format of each product of two tiles."""
    formats = []
    product = torch.addmm

    def recorded(bias, rows, centers, **options):
        formats.append(rows.dtype)
        return product(bias, rows, centers, **options)

    monkeypatch.setattr(torch, "addmm", recorded)
    return formats


@pytest.mark.parametrize("bandwidth", GRID)
@pytest.mark.parametrize("scale", [1, 255])
@pytest.mark.parametrize("offset", [0, 1000])
def test_equals_the_definition_in_784_dimensions(bandwidth, scale, offset):
    X, samples = uniform(20, 30, 784)
    X[:10] = samples[:10] + 0.01 * X[:10]  # some rows near a sample
    X, samples = offset + scale * X, offset + scale * samples
    result = parzen_log_likelihood(X, samples, bandwidth)
    assert result.dtype == np.float64
    assert result.shape == (20,)
    assert np.abs(result - brute_force(X, samples, bandwidth)).max() < NATS


@pytest.mark.parametrize(("d", "bandwidth"), [(200, 0.07), (784, 0.17)])
def test_rounding_errors_of_equal_columns_cancel(monkeypatch, d, bandwidth):
    levels, sample_levels = uniform(100, 120, 1)
    X, samples = np.repeat(levels, d, axis=1), np.repeat(sample_levels, d, axis=1)
    formats = products_done(monkeypatch)
    result = parzen_log_likelihood(X, samples, bandwidth)
    assert formats == [torch.float32]
    assert np.abs(result - brute_force(X, samples, bandwidth)).max() < NATS / 2


def test_float32_products_unless_their_rounding_shows(monkeypatch):
    X, samples = uniform(20, 30, 784)
    formats = products_done(monkeypatch)
    parzen_log_likelihood(X, samples, 0.2)
    parzen_log_likelihood(X + 1000, samples + 1000, 0.2)
    assert formats == [torch.float32] * 2
    parzen_log_likelihood(255 * X, 255 * samples, 0.2)
    parzen_log_likelihoods(X, samples, [1.0, 0.01])  # the smallest decides
    assert formats[2:] == [torch.float64] * 2


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8, np.int64, bool])
def test_number_formats_of_the_inputs(dtype):
    X, samples = (np.rint(p).astype(dtype) for p in uniform(7, 9, 4))
    result = parzen_log_likelihood(X.tolist(), samples, 0.5)
    np.testing.assert_allclose(result, brute_force(X, samples, 0.5), atol=1e-4)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_equals_kernel_density_in_few_dimensions(d):
    X, samples = uniform(50, 200, d)
    expected = KernelDensity(bandwidth=0.3).fit(samples).score_samples(X)
    result = parzen_log_likelihood(X, samples, 0.3)
    np.testing.assert_allclose(result, expected, atol=1e-4)


def test_density_integrates_to_one():
    line = np.linspace(-8, 9, 2001)
    samples = np.random.default_rng(0).random((50, 1))
    log_density = parzen_log_likelihood(line[:, None], samples, 0.7)
    assert trapezoid(np.exp(log_density), line) == pytest.approx(1, abs=1e-5)


def test_one_sample_is_a_gaussian():
    result = parzen_log_likelihood([[3.0, 4.0]], [[0.0, 0.0]], 5.0)
    assert result[0] == pytest.approx(-0.5 - 2 * np.log(5 * np.sqrt(2 * np.pi)))


def test_grid_equals_one_by_one():
    X, samples = uniform(30, 40, 20)
    grid = [1.0, 0.1, 0.3, 1e170]
    result = parzen_log_likelihoods(X, samples, iter(grid))
    assert result.dtype == np.float64
    assert result.shape == (4, 30)
    for row, bandwidth in zip(result, grid, strict=True):
        one = parzen_log_likelihood(X, samples, bandwidth)
        np.testing.assert_allclose(row, one, atol=1e-3)


def test_distances_are_computed_once_for_a_grid(monkeypatch):
    monkeypatch.setattr(pairwise, "TILE", 8)
    X, samples = uniform(20, 30, 5)
    formats = products_done(monkeypatch)
    parzen_log_likelihoods(X, samples, [0.3])
    assert len(formats) == 3 * 4  # tiles of rows by tiles of samples
    parzen_log_likelihoods(X, samples, np.linspace(0.3, 1, 20))
    assert len(formats) == 2 * 3 * 4
    select_bandwidth(X, samples, np.linspace(0.3, 1, 20))
    assert len(formats) == 3 * 3 * 4


@pytest.mark.parametrize("tile", [1, 7, 10, 64])
def test_tiles_do_not_change_the_result(monkeypatch, tile):
    X, samples = uniform(20, 33, 6)
    samples[-1] = X[0]  # the maximum rises in the last tile
    expected = brute_force(X, samples, 0.05)
    monkeypatch.setattr(pairwise, "TILE", tile)
    result = parzen_log_likelihood(X, samples, 0.05)
    np.testing.assert_allclose(result, expected, atol=NATS)


def test_far_rows_have_the_right_finite_log_likelihood():
    _, samples = uniform(1, 50, 10)
    X = np.array([[1e2], [1e4], [1e8]]) * np.ones(10)
    result = parzen_log_likelihood(X, samples, 0.1)
    assert np.isfinite(result).all()
    np.testing.assert_allclose(result, brute_force(X, samples, 0.1), rtol=1e-12)


@pytest.mark.parametrize("outlier", [1e8, 1e10, 1e100, 1e200])
def test_one_far_sample_spoils_nothing(outlier):
    X, samples = uniform(20, 30, 3)
    samples[0] = outlier
    X[0] = outlier
    with np.errstate(over="ignore"):
        expected = brute_force(X, samples, 0.1)
    result = parzen_log_likelihood(X, samples, 0.1)
    np.testing.assert_allclose(result, expected, rtol=1e-12)


def test_rounding_of_large_data_is_no_issue():
    X, samples = uniform(20, 30, 784)
    X[:10] = samples[:10] + 1e-7 * X[:10]
    result = parzen_log_likelihood(1e7 * X, 1e7 * samples, 0.1)
    expected = brute_force(1e7 * X, 1e7 * samples, 0.1)
    np.testing.assert_allclose(result, expected, rtol=1e-12)


def test_infinitely_many_bandwidths_away_the_density_is_zero():
    result = parzen_log_likelihood([[0.5], [1.0]], [[0.0], [1.0]], 1e-160)
    assert result[0] == -np.inf and np.isfinite(result[1])


def test_float32_is_used_from_65_columns_on(monkeypatch):
    formats = products_done(monkeypatch)
    for d in (64, 65):
        parzen_log_likelihood(*uniform(5, 5, d), 0.2)
    assert formats == [torch.float64, torch.float32]


def test_rounding_bound_holds_where_float32_is_used(monkeypatch):
    """Up to the size of data at which float64 takes over, errors are within bounds."""
    formats = products_done(monkeypatch)
    worst = 0.0
    for scale in np.geomspace(0.5, 50, 12):
        X, samples = (scale * p for p in uniform(30, 40, 784))
        X[:15] = samples[:15] + 0.01 * X[:15] / scale
        formats.clear()
        result = parzen_log_likelihood(X, samples, 0.1)
        if formats[0] == torch.float32:
            worst = max(worst, np.abs(result - brute_force(X, samples, 0.1)).max())
    assert 0 < worst < NATS / 4


def test_order_of_the_samples_does_not_matter(monkeypatch):
    monkeypatch.setattr(pairwise, "TILE", 16)
    X, samples = uniform(20, 70, 30)
    expected = parzen_log_likelihood(X, samples, 0.2)
    shuffled = np.random.default_rng(1).permutation(samples)
    result = parzen_log_likelihood(X, shuffled, 0.2)
    np.testing.assert_allclose(result, expected, atol=1e-3)


def test_select_bandwidth_finds_the_best_of_the_grid():
    X, samples = uniform(40, 60, 8)
    grid = np.geomspace(0.01, 10, 25)
    means = [brute_force(X, samples, bandwidth).mean() for bandwidth in grid]
    best = int(np.argmax(means))
    assert 0 < best < len(grid) - 1
    result = select_bandwidth(X, samples, grid)
    assert type(result) is float
    assert result == grid[best]


@pytest.mark.parametrize(
    "bandwidth", [0, -1.0, np.nan, np.inf, "wide", None, [0.1]], ids=repr
)
def test_bandwidth_must_be_positive_and_finite(bandwidth):
    message = "^bandwidth must be a positive finite number, got "
    with pytest.raises(ValueError, match=message):
        parzen_log_likelihood([[0.0]], [[0.0]], bandwidth)
    with pytest.raises(ValueError, match=message):
        select_bandwidth([[0.0]], [[0.0]], [1.0, bandwidth])


def test_bandwidth_of_the_message_is_the_one_given():
    with pytest.raises(ValueError, match=r"finite number, got -0\.25$"):
        parzen_log_likelihood([[0.0]], [[0.0]], -0.25)


def test_grid_must_not_be_empty():
    message = "^bandwidths must hold at least one bandwidth, got none$"
    with pytest.raises(ValueError, match=message):
        select_bandwidth([[0.0]], [[0.0]], [])
    with pytest.raises(ValueError, match="^bandwidths must be a sequence .* got 1.5$"):
        select_bandwidth([[0.0]], [[0.0]], 1.5)


def test_columns_must_agree():
    with pytest.raises(ValueError, match="^X has 3 columns, samples has 2$"):
        parzen_log_likelihood(np.zeros((5, 3)), np.zeros((5, 2)), 1.0)


def test_inputs_must_be_finite_and_two_dimensional():
    with pytest.raises(ValueError, match="Input X contains NaN"):
        parzen_log_likelihood([[np.nan]], [[0.0]], 1.0)
    with pytest.raises(ValueError, match="Input samples contains infinity"):
        parzen_log_likelihood([[0.0]], [[np.inf]], 1.0)
    with pytest.raises(ValueError, match="Expected 2D array, got 1D array"):
        parzen_log_likelihood([0.0], [[0.0]], 1.0)


def test_device_must_exist():
    with pytest.raises(ValueError, match="device must be 'auto' or a device"):
        parzen_log_likelihood([[0.0]], [[0.0]], 1.0, device="nowhere")


def test_reduced_precision_is_ignored_and_restored(monkeypatch):
    X, samples = uniform(20, 30, 784)
    expected = parzen_log_likelihood(X, samples, 0.2)
    inside = []
    product = torch.addmm

    def recorded(*arguments, **options):
        inside.append(torch.backends.mkldnn.matmul.fp32_precision)
        inside.append(torch.backends.cuda.matmul.fp32_precision)
        return product(*arguments, **options)

    monkeypatch.setattr(torch, "addmm", recorded)
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    try:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            result = parzen_log_likelihood(X, samples, 0.2)
        assert torch.get_float32_matmul_precision() == "medium"
    finally:
        torch.set_float32_matmul_precision(before)
    np.testing.assert_array_equal(result, expected)
    assert inside == ["ieee", "ieee"]


def test_inputs_and_global_generators_are_left_alone():
    X, samples = uniform(5, 6, 3)
    copies = X.copy(), samples.copy()
    state, torch_state = np.random.get_state()[1].copy(), torch.get_rng_state()  # noqa: NPY002
    X.flags.writeable = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parzen_log_likelihood(X, samples, 0.2)
    np.testing.assert_array_equal(X, copies[0])
    np.testing.assert_array_equal(samples, copies[1])
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), torch_state)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("scale", [1, 255])
def test_cuda_equals_the_definition(scale):
    X, samples = (scale * points for points in uniform(20, 30, 784))
    result = parzen_log_likelihoods(X, samples, GRID, device="cuda")
    for row, bandwidth in zip(result, GRID, strict=True):
        assert np.abs(row - brute_force(X, samples, bandwidth)).max() < NATS
