"""The protocol of 2014, against a plain transcription in numpy."""

import numpy as np
import pandas as pd
import pytest

from skgan.metrics.goodfellow import ParzenScore, goodfellow_log_likelihood


def log_likelihoods(rows, samples, sigmas):
    """One row at a time: the mean of Gaussians around the samples; no row is far."""
    result = []
    for row in rows:
        squares = ((row - samples) ** 2).sum(axis=1)
        result.append([np.exp(-squares / (2 * s**2)).mean() for s in sigmas])
    return np.log(result) - samples.shape[1] * np.log(sigmas * np.sqrt(2 * np.pi))


def protocol(samples, validation, test):
    grid = np.logspace(-1, 0, 10)
    means = log_likelihoods(validation[:1_000], samples, grid).mean(axis=0)
    sigma = grid[np.argmax(means)]
    scores = log_likelihoods(test, samples, np.array([sigma]))[:, 0]
    error = np.sqrt(np.mean((scores - scores.mean()) ** 2) / len(scores))
    return scores.mean(), error, sigma


@pytest.fixture(scope="module")
def images():
    """Samples at the corners of a cube, and rows about them: no bandwidth is an end."""
    rng = np.random.default_rng(0)
    corners = rng.choice([0.2, 0.8], size=(11_030, 3))
    samples, rows = corners[:10_000], corners[10_000:]
    rows = np.clip(rows + 0.25 * rng.normal(size=rows.shape), 0, 1)
    return {"samples": samples, "validation": rows[:1_000], "test": rows[1_000:]}


@pytest.fixture(scope="module")
def expected(images):
    return protocol(**images)


def test_equals_the_transcription(images, expected):
    result = goodfellow_log_likelihood(**images)
    assert isinstance(result, ParzenScore)
    assert 0.1 < result.bandwidth < 1
    assert [result.mean, result.standard_error, result.bandwidth] == pytest.approx(
        expected, rel=1e-7
    )
    assert [type(value) for value in result] == [float] * 3


def test_only_the_first_thousand_choose_the_bandwidth(images, expected):
    more = np.concatenate([images["validation"], np.full((9_000, 3), 0.2)])
    result = goodfellow_log_likelihood(**images | {"validation": more})
    assert result == pytest.approx(expected, rel=1e-7)
    result = goodfellow_log_likelihood(**images | {"validation": more[::-1]})
    assert result.bandwidth == 0.1


def test_data_frames(images, expected):
    frames = {name: pd.DataFrame(rows) for name, rows in images.items()}
    assert goodfellow_log_likelihood(**frames) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        (
            "samples",
            lambda X: X[1:],
            "^samples must .* exactly 10,000 rows, got 9,999.$",
        ),
        ("samples", lambda X: np.repeat(X, 2, 0), "exactly 10,000 rows, got 20,000.$"),
        ("validation", lambda X: X[1:], "^validation .* least 1,000 rows, got 999.$"),
        ("samples", lambda X: X - 0.3, "^samples must be pixels in .* 1., got -0.09"),
        ("samples", lambda X: X + 0.3, "^samples must be pixels in .* 1., got 1.1"),
        ("validation", lambda X: -X, "^validation must be pixels in .* 1., got -1.0.$"),
        ("test", lambda X: 255 * X, "^test must be pixels in the range .0, 1., got 2"),
        ("validation", lambda X: X[:, 1:], "^validation must .* samples, 3, got 2.$"),
        ("test", lambda X: X[:, 1:], "^test must have as many columns as samples, 3"),
        ("samples", lambda X: X * np.nan, "Input samples contains NaN"),
        ("validation", lambda X: X + np.inf, "Input validation contains infinity"),
        ("test", lambda X: X[0], "Expected 2D array, got 1D array"),
        ("test", lambda X: X[:0], "Found array with 0 sample"),
    ],
)
def test_rules_of_the_protocol(images, name, change, message):
    with pytest.raises(ValueError, match=message):
        goodfellow_log_likelihood(**images | {name: change(images[name])})


def test_device_must_exist(images):
    with pytest.raises(ValueError, match="device must be 'auto' or a device"):
        goodfellow_log_likelihood(**images, device="nowhere")
