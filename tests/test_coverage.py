"""Coverage measures against their definitions, and on rows of known faults."""

import numpy as np
import pandas as pd
import pytest
import torch

from skgan.metrics import coverage, pairwise
from skgan.metrics.coverage import (
    alpha_precision,
    beta_recall,
    precision_recall_density_coverage,
)
from skgan.metrics.pairwise import Differences, Products

FLOAT32, FLOAT64 = torch.float32, torch.float64
CORNERS = np.array([[-5.0, -5.0], [-5.0, 5.0], [5.0, -5.0], [5.0, 5.0]])


def normal(n, m, d, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.normal(size=(m, d))


def modes(n, n_modes, seed):
    """Rows around the first of four centers."""
    rng = np.random.default_rng(seed)
    return CORNERS[np.arange(n) % n_modes] + rng.normal(size=(n, 2))


def from_others(points, i):
    """Sorted distances of a row to the other rows."""
    rest = [x for j, x in enumerate(points) if j != i]
    return sorted(np.linalg.norm(points[i] - x) for x in rest)


def by_double_loops(real, synthetic, k):
    """The definitions of the four, a pair at a time."""
    radii = [from_others(real, i)[k - 1] for i in range(len(real))]
    own_radii = [from_others(synthetic, j)[k - 1] for j in range(len(synthetic))]
    precise, density, recalled, covered = set(), 0, set(), set()
    for i, x in enumerate(real):
        for j, y in enumerate(synthetic):
            distance = np.linalg.norm(x - y)
            if distance <= radii[i]:
                precise.add(j)
                covered.add(i)
                density += 1 / (k * len(synthetic))
            if distance <= own_radii[j]:
                recalled.add(i)
    shares = len(precise) / len(synthetic), len(recalled) / len(real)
    return (*shares, density, len(covered) / len(real))


def assert_by_double_loops(real, synthetic, k):
    result = precision_recall_density_coverage(
        real, synthetic, n_neighbors=k, scale="none"
    )
    assert all(type(value) is float for value in result)
    assert result == pytest.approx(by_double_loops(real, synthetic, k), abs=1e-12)
    return result


# ---------------------------------------------------------- precision to coverage


@pytest.mark.parametrize("d", [1, 3, 40])
@pytest.mark.parametrize(("n", "m", "k"), [(40, 50, 5), (60, 20, 1), (20, 60, 19)])
def test_equals_double_loops(n, m, k, d):
    real, synthetic = normal(n, m, d)
    assert_by_double_loops(real, 0.8 * synthetic + 0.3, k)


@pytest.mark.parametrize("tile", [1, 7, 64])
def test_tiles_do_not_change_the_result(monkeypatch, tile):
    monkeypatch.setattr(pairwise, "TILE", tile)
    real, synthetic = normal(40, 50, 3)
    assert_by_double_loops(real, 1.5 * synthetic, 3)


def test_rows_on_a_ball_are_inside():
    grid = np.random.default_rng(0).integers(3, size=(120, 3)).astype(float)
    result = assert_by_double_loops(grid[:60], grid[60:], 4)
    assert result.density > 1.5, "equal distances are many here"


@pytest.mark.parametrize("share", [0.001, 1.0])
@pytest.mark.parametrize("offset", [0, 1e6])
def test_rounding_decides_nothing(monkeypatch, offset, share):
    """Rows at a ball's surface up to a millionth of its radius, on either side."""
    monkeypatch.setattr(coverage, "MAX_IN_DOUBT", share)
    rng = np.random.default_rng(0)
    real = 10 * rng.normal(size=(40, 5))
    radii = [from_others(real, i)[2] for i in range(len(real))]
    steps = rng.normal(size=(40, 5))
    steps *= (radii / np.linalg.norm(steps, axis=1))[:, None]
    steps *= 1 + 1e-6 * rng.choice([-1, 1], size=(40, 1))
    assert_by_double_loops(real + offset, real + steps + offset, 3)


@pytest.fixture
def balls_by(monkeypatch):
    """A list that receives the way and the format of each tile of balls."""
    used = []
    inside = coverage._inside

    def recorded(way, *arguments):
        used.append((type(way), way.left.dtype))
        return inside(way, *arguments)

    monkeypatch.setattr(coverage, "_inside", recorded)
    return used


@pytest.mark.parametrize(
    ("at", "spread", "last"),
    [(1e4, 1e-2, (Products, FLOAT64)), (1e6, 1e-6, (Differences, FLOAT64))],
)
def test_far_clusters(balls_by, at, spread, last):
    real, synthetic = (spread * part for part in normal(40, 50, 4))
    real[::2] += at
    synthetic[::3] += at
    assert_by_double_loops(real, synthetic, 3)
    assert balls_by[-1] == last


def test_few_rows_in_doubt_leave_products_in_float32(balls_by):
    precision_recall_density_coverage(*normal(3000, 3000, 50), scale="none")
    assert balls_by == [(Products, FLOAT32)] * 9


def test_reduced_precision_is_ignored(monkeypatch, reduced_precision):
    real, synthetic = normal(300, 300, 50)
    expected = precision_recall_density_coverage(real, synthetic)
    formats, inside = [], coverage._inside

    def recorded(*arguments):
        formats.append(torch.backends.cuda.matmul.fp32_precision)
        return inside(*arguments)

    monkeypatch.setattr(coverage, "_inside", recorded)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert precision_recall_density_coverage(real, synthetic) == expected
    assert formats == ["ieee"]


@pytest.mark.parametrize("k", [1, 5])
@pytest.mark.parametrize("d", [2, 10])
def test_fresh_rows(d, k):
    result = precision_recall_density_coverage(*normal(2000, 2000, d), n_neighbors=k)
    assert result.density == pytest.approx(1, abs=0.06)
    assert result.coverage == pytest.approx(1 - 2.0**-k, abs=0.03)
    assert result.precision == pytest.approx(result.recall, abs=0.05)


@pytest.mark.parametrize("n_repeats", [1, 8])
def test_copies_get_the_best_of_all(n_repeats):
    rows = np.repeat(normal(100, 1, 30)[0], n_repeats, axis=0)
    result = precision_recall_density_coverage(rows, rows[::-1])
    assert result[:2] == (1, 1) and result.coverage == 1
    assert result.density >= 1


@pytest.mark.parametrize("shift", [0, 1, 2, 4])
def test_shifted_rows_lose_precision_and_density(shift):
    real, synthetic = normal(1000, 1000, 2)
    near, far = (
        precision_recall_density_coverage(real, synthetic + part)
        for part in (shift, shift + 1)
    )
    assert far.precision < near.precision - 0.01 and far.density < near.density
    assert far.recall < near.recall and far.coverage < near.coverage


def test_lost_modes_cost_recall_and_coverage_but_no_precision():
    real = modes(1000, 4, seed=0)
    all_four, two = (
        precision_recall_density_coverage(real, modes(1000, n, seed=1)) for n in (4, 2)
    )
    assert min(all_four) > 0.9
    assert two.precision > 0.97 and two.density > 0.9
    assert two.recall < 0.52 and two.coverage < 0.52


def test_one_outlier_fools_precision_but_not_density():
    real, synthetic = normal(500, 500, 2)
    synthetic[:250] += 20  # off all real rows
    honest = precision_recall_density_coverage(real, synthetic, scale="none")
    real[0] = 40
    fooled = precision_recall_density_coverage(real, synthetic, scale="none")
    assert honest.precision < 0.5 and fooled.precision > 0.95
    assert honest.density < 0.55 and fooled.density < honest.density + 0.11
    assert fooled.coverage < honest.coverage + 0.01


PUBLISHED = 0.4772, 0.4705, 1.0555, 0.9735


@pytest.mark.slow
def test_published_numbers_of_normal_rows():
    """Of 10,000 rows in 1,000 dimensions (Naeem et al. 2020).

    Theirs are of one draw. From draw to draw density varies by .07, which is more than
    its distance from 1, the others by .01: one of our first twelve draws is as near to
    all four as this, and the mean of several is near to all but density.
    """
    rng = np.random.RandomState(11)
    found = precision_recall_density_coverage(*rng.normal(size=(2, 10_000, 1_000)))
    np.testing.assert_allclose(found, PUBLISHED, rtol=0, atol=0.02)
    draws = [
        precision_recall_density_coverage(
            *normal(10_000, 10_000, 1_000, seed), scale="none"
        )
        for seed in range(4)
    ]
    means = np.mean(draws, axis=0)
    np.testing.assert_allclose(means[[0, 1, 3]], np.delete(PUBLISHED, 2), atol=0.02)
    assert means[2] == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("k", [0, 20, -1, 2.0, True, None, "5"], ids=repr)
def test_n_neighbors_are_fewer_than_the_rows(k):
    message = rf"^n_neighbors must be an integer in the range \[1, 19\], got {k!r}\.$"
    for n, m in [(20, 30), (30, 20)]:
        with pytest.raises(ValueError, match=message):
            precision_recall_density_coverage(*normal(n, m, 2), n_neighbors=k)


# ----------------------------------------------- alpha precision and beta recall


def alpha_by_loops(real, synthetic):
    center = real.mean(axis=0)
    inner = [np.linalg.norm(x - center) for x in real]
    gaps, levels = 0, np.linspace(0, 1, 30)
    for level in levels:
        radius = np.quantile(inner, level)
        inside = [np.linalg.norm(y - center) <= radius for y in synthetic]
        gaps += abs(level - np.mean(inside))
    return 1 - gaps / levels.sum()


def beta_by_loops(real, synthetic):
    center = synthetic.mean(axis=0)
    near, from_center = [], []
    for i, x in enumerate(real):
        distances = [np.linalg.norm(x - y) for y in synthetic]
        near.append(min(distances) <= from_others(real, i)[0])
        closest = synthetic[int(np.argmin(distances))]
        from_center.append(np.linalg.norm(closest - center))
    gaps, levels = 0, np.linspace(0, 1, 30)
    for level in levels:
        inside = np.array(from_center) <= np.quantile(from_center, level)
        gaps += abs(level - np.mean(inside & near))
    return 1 - gaps / levels.sum()


@pytest.mark.parametrize("d", [1, 3, 30])
@pytest.mark.parametrize(("n", "m"), [(40, 60), (60, 7), (2, 30)])
def test_alpha_and_beta_equal_their_definitions(n, m, d):
    real, synthetic = normal(n, m, d)
    synthetic = 0.8 * synthetic + 0.1
    expected = alpha_by_loops(real, synthetic), beta_by_loops(real, synthetic)
    result = [
        part(real, synthetic, scale="none") for part in (alpha_precision, beta_recall)
    ]
    assert result == pytest.approx(expected, abs=1e-12)
    assert all(type(value) is float for value in result)


def test_rows_on_the_radius_count_for_alpha():
    real, synthetic = np.random.default_rng(0).integers(5, size=(2, 90, 1)) + 0.0
    result = alpha_precision(real, synthetic, scale="none")
    assert result == pytest.approx(alpha_by_loops(real, synthetic), abs=1e-12)
    assert result < 0.9, "the price of equal rows"


@pytest.mark.parametrize("d", [2, 50])
def test_alpha_and_beta_of_fresh_rows_and_of_copies(d):
    real, fresh = normal(2000, 2000, d)
    copies = real[np.random.default_rng(1).permutation(2000)]
    assert alpha_precision(real, fresh) > 0.96
    assert beta_recall(real, fresh) == pytest.approx(0.5, abs=0.03)
    assert min(alpha_precision(real, copies), beta_recall(real, copies)) > 0.999


@pytest.mark.parametrize("shift", [0, 1, 2])
def test_shifted_rows_lose_alpha_and_beta(shift):
    real, fresh = normal(1000, 1000, 2)
    for measure in (alpha_precision, beta_recall):
        near, far = (measure(real, fresh + part) for part in (shift, shift + 1))
        assert 0 <= far < near - 0.05


def test_alpha_sees_rows_too_near_the_center_as_well():
    real, fresh = normal(1000, 1000, 3)
    assert alpha_precision(real, 0.3 * fresh) < 0.3
    assert alpha_precision(real, 3 * fresh) < 0.4
    assert alpha_precision(real, real.mean(axis=0, keepdims=True)) < 0.01
    assert alpha_precision(real, fresh + 1000) == 0


def test_right_distances_in_wrong_directions_fool_alpha():
    real, _ = normal(1000, 1, 2)
    ring = np.zeros_like(real)
    ring[:, 0] = np.linalg.norm(real - real.mean(axis=0), axis=1)
    assert alpha_precision(real, ring + real.mean(axis=0), scale="none") > 0.99


def test_lost_modes_cost_beta():
    real = modes(1000, 4, seed=0)
    all_four, two = (beta_recall(real, modes(1000, n, seed=1)) for n in (4, 2))
    assert all_four > 0.45 and two < 0.4


def test_beta_needs_another_real_row():
    with pytest.raises(ValueError, match=r"^real must have at least 2 rows, got 1\.$"):
        beta_recall(*normal(1, 5, 2))
    assert beta_recall(*normal(5, 1, 2)) >= 0, "one synthetic row will do"


# ------------------------------------------------------------------- rows and units

MEASURES = [precision_recall_density_coverage, alpha_precision, beta_recall]


@pytest.mark.parametrize("measure", MEASURES)
def test_units_of_columns_count_only_unscaled(measure):
    real, synthetic = normal(300, 300, 3)
    synthetic[:, 0] *= 3
    units = np.array([1, 1000, 0.001])
    expected = measure(real, synthetic, scale="columns")
    scaled = measure(units * real, units * synthetic)
    assert scaled == pytest.approx(expected, abs=1e-9), "auto scales tables"
    plain = [measure(u * real, u * synthetic, scale="none") for u in (1, units)]
    assert plain[0] != pytest.approx(plain[1], abs=0.01)


@pytest.mark.parametrize("measure", MEASURES)
def test_data_frames_of_classes_and_gaps(measure):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "size": np.where(rng.random(200) < 0.1, np.nan, rng.normal(size=200)),
            "kind": pd.Categorical(rng.choice(["a", "b", "c"], size=200)),
        }
    )
    same = measure(table, table[["kind", "size"]])
    assert np.min(same) > 0.97
    wrong = table.assign(kind="a", size=table["size"] + 3)
    assert np.min(measure(table, wrong)) < 0.5


@pytest.mark.parametrize("measure", MEASURES)
def test_what_is_refused(measure):
    real, synthetic = normal(30, 30, 3)
    with pytest.raises(ValueError, match="synthetic must have as many columns as real"):
        measure(real, synthetic[:, :2])
    with pytest.raises(ValueError, match="scale must be one of"):
        measure(real, synthetic, scale="rows")


@pytest.mark.parametrize("measure", [precision_recall_density_coverage, beta_recall])
def test_device_must_exist(measure):
    with pytest.raises(ValueError, match="device must be 'auto' or a device"):
        measure(*normal(30, 30, 3), device="nowhere")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("measure", [precision_recall_density_coverage, beta_recall])
def test_cuda_equals_the_cpu(measure):
    rows = normal(3000, 5000, 30)
    here, there = (measure(*rows, device=name) for name in ("cpu", "cuda"))
    assert there == pytest.approx(here, abs=1e-12)
