"""The density of rows of classes and numbers, against a double loop."""

import numpy as np
import pytest
import torch
from scipy.stats import norm

from skgan.metrics.mixed import Measured, MixedDensity

RNG = np.random.default_rng(0)
SIZES = (3, 4)


def rows_of(n, rng=RNG):
    """Two blocks; the number belongs to class 1 of the second one, another to none."""
    classes = np.column_stack([rng.integers(size, size=n) for size in SIZES])
    numbers = rng.normal(size=(n, 2))
    numbers[classes[:, 1] != 1, 0] = np.nan
    return Measured(classes, numbers)


def slow(rows, samples, h, s):
    n = len(samples.classes)
    counts = [
        np.bincount(samples.classes[:, b], minlength=k) for b, k in enumerate(SIZES)
    ]
    priors = []
    for j in range(2):
        present = samples.numbers[:, j][~np.isnan(samples.numbers[:, j])]
        priors.append((present.mean(), present.std() + 1e-2))
    result = []
    for classes, numbers in zip(*rows, strict=True):
        density = 0.0
        for own, centers in zip(*samples, strict=True):
            kernel = 1.0
            for b, size in enumerate(SIZES):
                total = n + size + 1
                q = (counts[b][classes[b]] + 1 if 0 <= classes[b] < size else 1) / total
                kernel *= s * q + (1 - s) * (classes[b] == own[b])
            for j in range(2):
                if np.isnan(numbers[j]):
                    continue
                if np.isnan(centers[j]):
                    kernel *= norm.pdf(numbers[j], *priors[j])
                else:
                    kernel *= norm.pdf(numbers[j], centers[j], h)
            density += kernel / n
        result.append(np.log(density))
    return np.array(result)


@pytest.mark.parametrize("offset", [0.0, 1e6])
@pytest.mark.parametrize("s", [0.01, 0.5])
def test_equals_the_double_loop(s, offset, monkeypatch):
    rows, samples = rows_of(20), rows_of(50)
    for measured in (rows, samples):
        measured.numbers[:] += offset
    rows.classes[3, 0] = rows.classes[4, 1] = -1
    rows.numbers[4, 0] = np.nan
    monkeypatch.setattr("skgan.metrics.pairwise.TILE", 16)
    result = MixedDensity(samples, torch.device("cpu")).log_likelihoods(
        rows, [0.3, 1.2], s
    )
    for row, h in zip(result, (0.3, 1.2), strict=True):
        np.testing.assert_allclose(row, slow(rows, samples, h, s), rtol=1e-7)


def test_smoothing_and_bandwidth_suit_the_rows():
    """Rows like the samples ask for little of both, other rows for more."""
    samples = rows_of(500)
    density = MixedDensity(samples, torch.device("cpu"))
    bandwidth, smoothing = density.best(samples, None)
    other = rows_of(200)
    wider, smoother = density.best(other, None)
    assert bandwidth < wider and smoothing <= smoother
    assert density.best(other, 0.7)[0] == 0.7
    best = density.log_likelihoods(other, [wider], smoother).mean()
    for h in (wider / 2, wider * 2):
        assert density.log_likelihoods(other, [h], smoother).mean() < best
