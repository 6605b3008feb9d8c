"""The scorer by Parzen windows, against slow sums and double loops."""

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.special import logsumexp
from scipy.stats import norm

from skgan.metrics import ParzenScorer
from skgan.metrics.mixed import Measured, MixedDensity


def numbers(n, seed=0):
    """Two numbers that go together, of other units, and one that does not."""
    rng = np.random.default_rng(seed)
    x, noise, z = rng.normal(size=(3, n))
    return np.column_stack([x, 1e3 * (x + 0.3 * noise) - 7e3, np.exp(z)])


def mixed(n, seed=0):
    """Numbers, some missing, a whole number, text with gaps, and truth."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, n))
    kind = np.where(x + 0.3 * y > 0, "up", "down").astype(object)
    kind[rng.random(n) < 0.1] = None
    y[rng.random(n) < 0.2] = np.nan
    return pd.DataFrame(
        {
            "x": 5 * x,
            "y": y + x,
            "whole": rng.integers(1, 20, n),
            "kind": kind,
            "sign": (x > 0) ^ (rng.random(n) < 0.1),
        }
    )


def slow_parzen(X, samples, h):
    """The definition, one row at a time."""
    d = X.shape[1]
    sums = [logsumexp(-((samples - x) ** 2).sum(axis=1) / (2 * h**2)) for x in X]
    return np.array(sums) - np.log(len(samples)) - d * np.log(h * np.sqrt(2 * np.pi))


def halves_of(n, seed=0):
    return np.array_split(np.random.RandomState(seed).permutation(n), 2)


@pytest.mark.parametrize("n", [2, 41])
def test_fixed_bandwidth_equals_the_definition(n):
    X, samples = numbers(n), numbers(60, 1)
    scales = X.std(axis=0)
    expected = slow_parzen(X / scales, samples / scales, 0.4) - np.log(scales).sum()
    score = ParzenScorer(bandwidth=0.4).compare(X, samples)
    assert score == pytest.approx(expected.mean(), abs=1e-9)


def best_widths(rows, samples, halves):
    """Bandwidth and smoothing for each half, chosen on the other."""
    density = MixedDensity(Measured(*samples), torch.device("cpu"))
    return [
        density.best(Measured(*(part[half] for part in rows)), None)
        for half in reversed(halves)
    ]


@pytest.mark.parametrize("seed", [0, 5])
def test_auto_bandwidth_is_chosen_on_the_other_half(seed):
    X, samples = numbers(75), numbers(60, 1)
    scales, halves = X.std(axis=0), halves_of(75, seed)
    Z, S = X / scales, samples / scales
    nothing = [np.zeros((len(rows), 0), dtype=int) for rows in (Z, S)]
    widths = best_widths((nothing[0], Z), (nothing[1], S), halves)
    log_densities = np.empty(75)
    for (width, _), half, other in zip(widths, halves, reversed(halves), strict=True):
        log_densities[half] = slow_parzen(Z[half], S, width)
        tried = [slow_parzen(Z[other], S, width * f).mean() for f in (0.9, 1, 1.1)]
        assert np.argmax(tried) == 1
    assert widths[0] != widths[1]
    score = ParzenScorer(random_state=seed).compare(X, samples)
    expected = log_densities.mean() - np.log(scales).sum()
    assert score == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("bandwidth", ["auto", 0.3])
def test_units_change_the_score_by_their_volume(bandwidth):
    X, samples = numbers(80), numbers(90, 1)
    scorer = ParzenScorer(bandwidth=bandwidth)
    units = np.array([10, 1e-3, 7])
    moved = scorer.compare(X * units, samples * units)
    expected = scorer.compare(X, samples) - np.log(units).sum()
    assert moved == pytest.approx(expected, abs=1e-6)


def test_a_missing_number_has_no_volume():
    X, samples = mixed(80), mixed(90, 1)
    larger = [table.assign(y=10 * table["y"]) for table in (X, samples)]
    gap = ParzenScorer().compare(*larger) - ParzenScorer().compare(X, samples)
    share = X["y"].notna().mean()
    assert 0.5 < share < 1
    # The Gaussian of all samples has a floor to its width that has no unit
    assert gap == pytest.approx(-share * np.log(10), abs=1e-3)


@pytest.mark.parametrize("n_columns", [15, 16])
def test_arrays_like_pixels_are_not_scaled(n_columns):
    """From 16 columns that share a range on."""
    rng = np.random.default_rng(0)
    X, samples = 255 * rng.random((2, 50, n_columns))
    scales = X.std(axis=0) if n_columns < 16 else np.ones(n_columns)
    expected = slow_parzen(X / scales, samples / scales, 5.0) - np.log(scales).sum()
    score = ParzenScorer(bandwidth=5.0).compare(X, samples)
    assert score == pytest.approx(expected.mean(), abs=1e-6)
    frames = map(pd.DataFrame, (X, samples))
    scaled = ParzenScorer(bandwidth=5.0).compare(*frames)
    assert (scaled == score) == (n_columns < 16)


def slow_mixed(rows, samples, sizes, h, s):
    """Product kernels, pair by pair; the number is absent where it is nan."""
    (classes, number), (center_classes, centers) = rows, samples
    n = len(centers)
    present = centers[~np.isnan(centers)]
    spread = norm(present.mean(), present.std() + 1e-2)
    result = []
    for own, x in zip(classes, number[:, 0], strict=True):
        density = 0.0
        for other, c in zip(center_classes, centers[:, 0], strict=True):
            kernel = 1.0
            for b, size in enumerate(sizes):
                count = (center_classes[:, b] == own[b]).sum()
                q = (count + 1) / (n + size + 1)
                kernel *= s * q + (1 - s) * (own[b] == other[b])
            if not np.isnan(x):
                kernel *= spread.pdf(x) if np.isnan(c) else norm(c, h).pdf(x)
            density += kernel / n
        result.append(np.log(density))
    return np.array(result)


@pytest.mark.parametrize("gaps", ["both", "rows", "samples"])
def test_classes_and_gaps_equal_the_double_loop(gaps):
    """Classes: of text the seen ones, others and missing; of a number, missing."""
    X, samples = mixed(30)[["kind", "y"]], mixed(40, 1)[["kind", "y"]]
    if gaps != "both":
        full = samples if gaps == "rows" else X
        full["y"] = full["y"].fillna(0.3)
    samples.loc[:3, "kind"] = "sideways"  # no real row has it
    X.loc[4, "kind"] = "never"  # no sample has it
    codes = {"down": 0, "never": 1, "up": 2, "sideways": 3, None: 4}
    scale = np.nanstd(X["y"])
    rows, centers = (
        (
            np.column_stack([[codes[kind] for kind in kinds], table["y"].isna()]),
            table[["y"]].to_numpy() / scale,
        )
        for table in (X, samples)
        for kinds in [table["kind"].astype(object).where(table["kind"].notna(), None)]
    )
    assert set(rows[0][:, 0]) == {0, 1, 2, 4} and set(centers[0][:, 0]) == {0, 2, 3, 4}
    sizes = 5, 1 + centers[0][:, 1].max()
    halves = halves_of(30)
    widths = best_widths(rows, centers, halves)
    total = 0.0
    for half, (h, s) in zip(halves, widths, strict=True):
        own = [part[half] for part in rows]
        total += slow_mixed(own, centers, sizes, h, s).sum()
    total -= X["y"].notna().sum() * np.log(scale)
    assert ParzenScorer().compare(X, samples) == pytest.approx(total / 30, abs=1e-9)


def test_text_alone():
    X, samples = mixed(200)[["kind", "sign"]], mixed(300, 1)[["kind", "sign"]]
    score = ParzenScorer().compare(X, samples)
    own, drawn = (
        table.fillna("?").value_counts(normalize=True) for table in (X, samples)
    )
    expected = (own * np.log(drawn)).sum()
    assert score == pytest.approx(expected, abs=0.05)
    order = np.random.default_rng(0).permutation(300)
    torn = samples.assign(sign=samples["sign"].to_numpy()[order])
    assert ParzenScorer().compare(X, torn) < score - 0.1


def test_odd_rows_have_finite_scores():
    X, samples = mixed(40), mixed(50, 1)
    unseen = X.assign(kind=np.where(X.index < 5, "other", X["kind"]))
    scores = [ParzenScorer().compare(table, samples) for table in (X, unseen)]
    assert np.isfinite(scores).all() and scores[0] > scores[1]
    for odd in (
        X.assign(kind=None),
        X.assign(y=np.nan),
        X.assign(x=2.0, whole=1),
        X[:2],
        X.assign(x=1e6),
        X.assign(x=1e12 + X["x"]),
    ):
        assert np.isfinite(ParzenScorer().compare(odd, samples))
        assert np.isfinite(ParzenScorer().compare(samples, odd))


@pytest.mark.parametrize("value", [2.0, 0.1])
def test_a_constant_column_adds_the_height_of_the_kernel(value):
    """Whatever rounding makes of its standard deviation."""
    X, samples = numbers(50), numbers(60, 1)
    wider = [
        np.column_stack([rows, np.full(len(rows), value)]) for rows in (X, samples)
    ]
    scorer = ParzenScorer(bandwidth=0.3)
    height = -np.log(0.3 * np.sqrt(2 * np.pi))
    gap = scorer.compare(*wider) - scorer.compare(X, samples)
    assert gap == pytest.approx(height, abs=1e-6)


@pytest.mark.parametrize("value", [0, -1.0, "x", np.nan, np.inf, True, None, [0.1]])
def test_bandwidth_must_be_positive_and_finite(value):
    message = r"^bandwidth must be a positive finite number or 'auto', got .*\.$"
    with pytest.raises(ValueError, match=message):
        ParzenScorer(bandwidth=value)


def test_bandwidths_of_any_number_type():
    arrays = numbers(20), numbers(20, 1)
    score = ParzenScorer(bandwidth=0.5).compare(*arrays)
    for value in (np.float32(0.5), np.float64(0.5)):
        assert ParzenScorer(bandwidth=value).compare(*arrays) == score
    whole = ParzenScorer(bandwidth=1).compare(*arrays)
    assert whole == ParzenScorer(bandwidth=1.0).compare(*arrays)
