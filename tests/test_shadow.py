"""An attack that fits the generator: it finds copies, and nothing where nothing is."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from scipy.stats import norm
from sklearn.base import BaseEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skgan.metrics import shadow_attack
from skgan.metrics.rates import true_positives
from skgan.metrics.shadow import ShadowReport, likelihood_ratios

X = np.random.default_rng(0).normal(size=(60, 2))
FITS = []


class Copier(BaseEstimator):
    """Draws its training rows, all of them, with noise of a given spread."""

    def __init__(self, noise=0.0, random_state=None):
        self.noise, self.random_state = noise, random_state

    def fit(self, X, y=None):
        FITS.append((np.asarray(X), self.random_state))
        self.rows_ = X
        return self

    def sample(self, n_samples=1, random_state=None):
        noise = np.random.RandomState(random_state).normal(size=(n_samples, 2))
        return self.rows_ + self.noise * noise


class Stranger(Copier):
    """Draws rows that have nothing to do with its training rows."""

    def sample(self, n_samples=1, random_state=None):
        return np.random.RandomState(random_state).normal(size=(n_samples, 2))


@pytest.fixture(autouse=True)
def no_fits():
    FITS.clear()


def test_copies_are_found(capsys):
    report = shadow_attack(Copier(0.001), X, n_targets=5)
    assert report.verdict == "members found"
    assert report.figures[0].at_10 == 100 and (report.areas == 1).all()
    assert "shadow finds 100 % of the members" in str(report)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "shadow_attack: 32 fits to at most 60 rows, for 5 targets."
    assert said[1].startswith("shadow_attack: the first took ")
    # With each target half of the fits, and always with all other rows
    targets = report.targets
    far = np.linalg.norm(X[:, None] - X, axis=2)
    np.fill_diagonal(far, np.inf)
    far = np.sort(far, axis=1)[:, :5].mean(axis=1)
    assert targets.tolist() == np.argsort(-far)[:5].tolist()
    assert len(FITS) == 32 and len({seed for _, seed in FITS}) == 32
    is_there = np.array([[(row == rows).all(1).any() for row in X] for rows, _ in FITS])
    assert (is_there[:, targets].sum(axis=0) == 16).all()
    assert np.delete(is_there, targets, axis=1).all()
    assert len(np.unique(is_there[:, targets], axis=0)) > 10  # each on its own
    assert (report.is_member == is_there[:, targets].ravel()).all()


def test_the_cost_is_said_before_anything_is_fitted(capsys):
    class Stuck(Copier):
        def fit(self, X, y=None):
            raise RuntimeError("too long")

    with pytest.raises(RuntimeError):
        shadow_attack(Stuck(), X, n_targets=5, n_shadows=8)
    said = "shadow_attack: 8 fits to at most 60 rows, for 5 targets.\n"
    assert capsys.readouterr().out == said


def test_where_there_is_nothing_nothing_is_found():
    """Of eight draws of 80 guesses each, and a hundredth of them may be in error."""
    areas = []
    for seed in range(8):
        report = shadow_attack(
            Stranger(), X, n_targets=5, n_shadows=16, random_state=seed, verbose=False
        )
        assert report.verdict == "none found"
        areas.append(report.areas.mean())
    assert np.mean(areas) == pytest.approx(0.48, abs=0.1)  # by leaving one out, below


def test_frames_pipelines_and_threads(capsys):
    """The same in two threads, through a pipeline, and of a data frame."""
    model = make_pipeline(StandardScaler(), Copier(0.3))
    options = {"n_targets": 3, "n_shadows": 8, "verbose": False}
    report = shadow_attack(model, pd.DataFrame(X), **options)
    assert all(seed is not None for _, seed in FITS) and len(FITS) == 8
    with parallel_config("threading"):
        other = shadow_attack(model, X, n_jobs=2, **options)
    assert (report.scores["shadow"] == other.scores["shadow"]).all()
    assert capsys.readouterr().out == ""


def test_ratios_are_those_of_normal_distributions():
    """Of each fit by all others, written out; and copies at one distance are finite."""
    rng = np.random.default_rng(0)
    values, is_there = rng.normal(size=(12, 3)), rng.permuted(
        np.tile([True, False], (3, 6)), axis=1
    ).T  # fmt: skip
    ratios = likelihood_ratios(values, is_there)
    for i in range(12):
        for t in range(3):
            own, there = (np.delete(part[:, t], i) for part in (values, is_there))
            means = own[there].mean(), own[~there].mean()
            spread = np.sqrt(np.mean((own - np.where(there, *means)) ** 2))
            right = [norm.logpdf(values[i, t], mean, spread) for mean in means]
            assert ratios[i, t] == pytest.approx(right[0] - right[1])
    assert np.isfinite(likelihood_ratios(is_there.astype(float), is_there)).all()


def test_the_report_counts_fits():
    rng = np.random.RandomState(0)
    is_there = np.tile(np.arange(40) < 20, (4, 1)).T
    report = ShadowReport(
        rng.normal(size=(40, 4)) + 2 * is_there, is_there, np.arange(4), rng
    )
    (figure,) = report.figures
    rate = true_positives(report.scores["shadow"], is_there.ravel(), 0.1, 0.025)
    assert figure[9:12] == pytest.approx(rate)
    assert report.areas.mean() == pytest.approx(figure.auc, abs=0.03)
    assert figure.auc == pytest.approx(norm.cdf(2 / np.sqrt(2)), abs=0.06)


def test_errors():
    with pytest.raises(ValueError, match=r"n_shadows must be an integer in .*, got 7"):
        shadow_attack(Copier(), X, n_shadows=7)
    with pytest.raises(ValueError, match=r"n_targets must be .* \[1, 30\], got 31"):
        shadow_attack(Copier(), X, n_targets=31)
