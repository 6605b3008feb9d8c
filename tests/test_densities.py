"""Generators of points among the baselines, on points whose right answer is known."""

import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow  # of the benchmarks, not of the package

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture(scope="module")
def densities():
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import densities
    finally:
        sys.path.remove(str(BENCHMARKS))
    return densities


@pytest.mark.parametrize("name", ["Mixture", "Kernels", "Components"])
def test_densities_keep_a_gaussian(densities, name):
    covariance = [[1, 0.8], [0.8, 1]]
    points = np.random.default_rng(0).multivariate_normal([3, -3], covariance, 1_000)
    drawn = getattr(densities, name)(points, seed=0).draw(5_000, seed=0)
    assert drawn.mean(axis=0) == pytest.approx(points.mean(axis=0), abs=0.1)
    assert np.cov(drawn.T) == pytest.approx(np.cov(points.T), abs=0.12)


def clusters(seed=0):
    """Three clusters far apart, of 600, 300 and 100 points, in disorder."""
    rng = np.random.default_rng(seed)
    centers = np.repeat([-6.0, 0.0, 6.0], [600, 300, 100])[:, None]
    return rng.permutation(centers + 0.2 * rng.normal(size=(1_000, 2)))


@pytest.mark.parametrize("name", ["Mixture", "Kernels", "Centers"])
def test_densities_keep_clusters(densities, name):
    density = getattr(densities, name)(clusters(), seed=0)
    drawn = density.draw(3_000, seed=0)
    nearest = np.rint(drawn / 6).clip(-1, 1)
    assert (nearest[:, 0] == nearest[:, 1]).all()
    assert np.abs(drawn - 6 * nearest).max() < 2
    shares = [(nearest[:, 0] == k).mean() for k in (-1, 0, 1)]
    assert shares == pytest.approx([0.6, 0.3, 0.1], abs=0.04)
    # Points of all components come in disorder
    assert (nearest[:1_000, 0] == -1).mean() == pytest.approx(0.6, abs=0.05)


def test_mixture_stops_at_the_components_that_there_are(densities):
    assert densities.Mixture(clusters(), seed=0).model.n_components == 4
    gaussian = np.random.default_rng(0).normal(size=(500, 2))
    assert densities.Mixture(gaussian, seed=0).model.n_components == 1


def test_centers_are_means_and_no_rows(densities):
    points = clusters()
    drawn = densities.Centers(points, seed=0).draw(3_000, seed=0)
    assert 100 < len(np.unique(drawn, axis=0)) <= 500
    assert drawn.var(axis=0) == pytest.approx(points.var(axis=0), rel=0.1)


def test_boltzmann_machine_learns_correlated_bits(densities, monkeypatch):
    monkeypatch.setattr(densities, "N_UPDATES", 2_000)
    rng = np.random.default_rng(0)
    hidden = rng.random((2_000, 1)) < 0.4
    bits = hidden ^ (rng.random((2_000, 4)) < [0.1, 0.2, 0.2, 0.3])
    density = densities.Boltzmann(3.0 * bits - 2, seed=0)
    chances = (density.draw(2_000, seed=0) + 2) / 3
    assert 0 <= chances.min() and chances.max() <= 1
    drawn = rng.random(chances.shape) < chances
    assert drawn.mean(axis=0) == pytest.approx(bits.mean(axis=0), abs=0.06)
    assert np.corrcoef(drawn.T) == pytest.approx(np.corrcoef(bits.T), abs=0.1)
    assert np.corrcoef(bits.T)[0, 1] > 0.4
