"""What is said at the end of a fit: p-values that hold, and when one is warned."""

import itertools
import sys
import warnings

import numpy as np
import pytest
import torch

from skgan import DCGANGenerator, GANGenerator
from skgan.encoding import ScaledEncoder
from skgan.exceptions import (
    CollapseWarning,
    CopiesWarning,
    TrainingWarning,
    UndecidedWarning,
)
from skgan.losses import LOSSES, AdversarialLoss
from skgan.metrics.permutation import copy_test, coverage_test
from skgan.model.refined import CPU
from skgan.model.training_report import (
    loss_gap,
    points_of,
    some_of,
    training_report,
    warn_of,
)
from skgan.privacy import MIN_ROWS

SMALL = {"encoder": "scaled", "max_iter": 3, "hidden_layer_sizes": (8,)}
SMALL |= {"n_score_samples": 100, "random_state": 0}
FINE = {
    "coverage": 0.9,
    "training_coverage": 0.95,
    "coverage_p_value": 0.4,
    "copied_percent": 3.0,
    "copied_p_value": 0.6,
    "discriminator_auc": 0.5,
    "loss_gap": 0.1,
}


def rng():
    return np.random.default_rng(0)


def no_labels(*sides):
    return tuple(np.zeros(len(side), dtype=int) for side in sides)


# ------------------------------------------------------------------- missing regions


def covered(real, points, radii):
    """How many real rows have a point in their ball, one pair after the other."""
    return sum(
        any(np.linalg.norm(x - p) <= radius for p in points)
        for x, radius in zip(real, radii, strict=True)
    )


def test_coverage_is_that_of_all_divisions_in_halves():
    real = rng().normal(size=(12, 2))
    both = np.random.default_rng(6).normal(size=(8, 2)) * 3
    distances = np.linalg.norm(real[:, None] - real[None], axis=-1)
    radii = np.sort(distances, axis=1)[:, 5]  # the first is a row itself
    found = coverage_test(real, both[:4], both[4:], rng())
    shares = [covered(real, half, radii) / 12 for half in (both[:4], both[4:])]
    assert [found.synthetic, found.other] == pytest.approx(shares)
    gap = shares[1] - shares[0]
    every = []
    for half in itertools.combinations(range(8), 4):
        rest = [i for i in range(8) if i not in half]
        own = [covered(real, both[list(part)], radii) / 12 for part in (half, rest)]
        every.append(own[1] - own[0] >= gap - 1e-9)
    assert 0.05 < np.mean(every) < 0.95
    assert found.p_value == pytest.approx(np.mean(every), abs=0.04)


def test_a_missing_cluster_is_found_and_fresh_rows_are_not():
    real, other, fresh = rng().normal(size=(3, 120, 2))
    for rows in (real, other, fresh):
        rows[:60] += 8
    assert coverage_test(real, fresh, other, rng()).p_value > 0.05
    one_cluster = np.concatenate([fresh[:60], fresh[:60]])
    found = coverage_test(real, one_cluster, other, rng())
    assert found.p_value < 1e-3 and found.synthetic < 0.55 < 0.9 < found.other


# ---------------------------------------------------------------------------- copies


def test_copies_are_counted_under_all_ways_to_hold_rows_out():
    real = rng().normal(size=(9, 2))
    synthetic = rng().normal(size=(40, 2))
    train, held_out = real[:6], real[6:]
    squares = ((synthetic[:, None] - real[None]) ** 2).sum(-1)
    counts = np.bincount(squares.argmin(1), minlength=9)
    found = copy_test(train, held_out, synthetic, no_labels(train, held_out), rng())
    expected = counts.sum() * 3 / 9
    assert found.percent == pytest.approx(
        max(100 * (1 - counts[6:].sum() / expected), 0)
    )
    assert found.p_value is None  # 84 ways are too few for one in a thousand


def test_the_share_of_ways_is_right_within_labels():
    real = rng().normal(size=(52, 2))
    train, held_out = real[:40], real[40:]
    labels = np.arange(40) % 2, np.arange(12) % 3 == 0  # 4 of one, 8 of the other
    labels = tuple(part.astype(int) for part in labels)
    synthetic = np.random.default_rng(1).normal(size=(300, 2))
    found = copy_test(train, held_out, synthetic, labels, rng())
    codes = np.concatenate(labels)
    squares = ((synthetic[:, None] - real[None]) ** 2).sum(-1)
    counts = np.bincount(squares.argmin(1), minlength=52)
    draws, stream = [], np.random.default_rng(1)
    for _ in range(4_000):
        own = [
            stream.choice(np.flatnonzero(codes == code), size, replace=False)
            for code, size in ((0, 8), (1, 4))
        ]
        draws.append(counts[np.concatenate(own)].sum())
    share = np.mean(np.array(draws) <= counts[40:].sum())
    assert 0.02 < share < 0.98
    assert found.p_value == pytest.approx(share, abs=0.04)


def test_copies_are_found_and_fresh_rows_are_not():
    real = rng().normal(size=(1_000, 3))
    train, held_out = real[:900], real[900:]
    labels = no_labels(train, held_out)
    copies = train[rng().integers(900, size=500)] + 1e-3
    found = copy_test(train, held_out, copies, labels, rng())
    assert found.percent == 100 and found.p_value < 1e-3
    fresh = np.random.default_rng(2).normal(size=(500, 3))
    assert copy_test(train, held_out, fresh, labels, rng()).p_value > 0.01


def test_p_values_of_fresh_rows_are_even():
    """Though rows lie in heaps, so that many share one neighbor."""
    stream = np.random.default_rng(0)
    p_values = []
    for _ in range(100):
        centers = stream.normal(size=(30, 2))
        real, fresh = (
            centers[stream.integers(30, size=n)] + 0.1 * stream.normal(size=(n, 2))
            for n in (60, 200)
        )
        sides = real[:45], real[45:]
        found = copy_test(*sides, fresh, no_labels(*sides), stream)
        p_values.append(found.p_value)
    p_values = np.array(p_values, dtype=float)
    assert 0.35 < np.mean(p_values <= 0.5) < 0.75
    assert np.mean(p_values <= 0.05) <= 0.12


def test_rows_at_one_distance_share_what_is_nearest():
    """So that copies of rows that are among both sides count for neither."""
    train, held_out = np.zeros((30, 1)), np.zeros((30, 1))
    train[20:], held_out[20:] = 1, 1
    synthetic = np.repeat([[0.0], [1.0]], 500, axis=0)
    found = copy_test(train, held_out, synthetic, no_labels(train, held_out), rng())
    # One row of each value has all: nothing below one in a thousand can be found
    assert found.p_value is None
    rows = np.arange(200.0)[:, None]
    found = copy_test(rows, rows, rows, no_labels(rows, rows), rng())
    assert found.percent < 20 and found.p_value > 0.05


# ---------------------------------------------------------------------------- losses


def test_points_have_a_coordinate_for_each_class():
    first = np.array([[0, 1], [1, -1]]), np.array([[0.5], [np.nan]])
    second = np.array([[2, 0]]), np.array([[2.0]])
    points = points_of([first, second])
    assert points[0].shape == (2, 8) and points[1].shape == (1, 8)
    squares = ((points[0][:, None] - points[0][None]) ** 2).sum(-1)
    np.testing.assert_allclose(squares[0, 1], 2 + 2 + 0.25)
    np.testing.assert_allclose(((points[0][0] - points[1][0]) ** 2).sum(), 4 + 2.25)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_gap_is_that_from_logits_of_zero(loss):
    zero = torch.zeros(1)
    undecided = [float(half(zero, zero)) for half in LOSSES[loss]]
    curve = np.tile(undecided, (50, 1))
    assert loss_gap(curve, LOSSES[loss]) == pytest.approx(0, abs=1e-6)
    curve[5:10, 1] -= 0.3  # one tenth of the iterations
    assert loss_gap(curve, LOSSES[loss]) == pytest.approx(0.3, abs=1e-6)


# -------------------------------------------------------------------------- warnings


@pytest.mark.parametrize(
    ("change", "category", "words"),
    [
        (
            {"coverage": 0.5, "coverage_p_value": 5e-4},
            CollapseWarning,
            "cover 50 % of the held-out rows, as many training rows 95 %",
        ),
        (
            {"copied_percent": 80.0, "copied_p_value": 5e-4},
            CopiesWarning,
            "look like copies of training rows: 80 %",
        ),
        ({"loss_gap": 1e-3}, UndecidedWarning, "never left their values"),
    ],
)
def test_what_is_warned_of(change, category, words):
    assert issubclass(category, TrainingWarning)
    with pytest.warns(category, match=words) as caught:
        warn_of(FINE | change, 500)
    assert len(caught) == 1 and caught[0].filename == __file__
    warn_of(FINE | change, 499)  # a trial
    warn_of(FINE | change, 299, by_default=True)
    with pytest.raises(category), warnings.catch_warnings():
        warnings.simplefilter("error", TrainingWarning)
        warn_of(FINE | change, 300, by_default=True)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"coverage": 0.5, "coverage_p_value": 2e-3},
        {"coverage": 0.77, "coverage_p_value": 5e-4},
        {"coverage": None, "training_coverage": None, "coverage_p_value": None},
        {"copied_percent": 80.0, "copied_p_value": 2e-3},
        {"copied_percent": 49.0, "copied_p_value": 5e-4},
        {"copied_percent": 100.0, "copied_p_value": None},
        {"loss_gap": None},
    ],
)
def test_what_is_not_warned_of(change):
    warn_of(FINE | change, 9_000)


def test_a_fit_warns_once_and_keeps_the_report(blobs, monkeypatch):
    module = sys.modules[warn_of.__module__]
    monkeypatch.setattr(module, "MIN_ITERATIONS", 3)
    with pytest.warns(CollapseWarning) as caught:
        gan = GANGenerator(**SMALL).fit(blobs)
    assert len(caught) == 1 and caught[0].filename == __file__
    report = gan.training_report_
    assert list(report) == list(FINE)
    assert {type(value) for value in report.values()} <= {float, type(None)}
    assert report["coverage"] < 0.5 < report["training_coverage"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(CollapseWarning):
            gan.fit(blobs)
    assert np.isfinite(gan.score(blobs))  # what was learned is kept


def test_a_fit_as_long_as_by_default_is_no_trial(blobs, monkeypatch):
    """But one as short is, where the user chose that."""
    monkeypatch.setattr(sys.modules[warn_of.__module__], "MIN_BY_DEFAULT", 3)
    monkeypatch.setattr("skgan.estimators.resolve.MIN_ITER", 3)
    monkeypatch.setattr("skgan.estimators.resolve.ITER_FACTOR", 0)
    with pytest.warns(CollapseWarning):
        gan = GANGenerator(**SMALL | {"max_iter": "auto"}).fit(blobs)
    assert gan.n_iter_ == 3
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        GANGenerator(**SMALL).fit(blobs)


class Copier:
    """A model that draws the first rows of one label, and whose logits tell labels."""

    seed, loss_curve = 0, np.zeros((10, 2))

    def __init__(self, rows):
        self.encoder = ScaledEncoder().fit(rows, MIN_ROWS)
        self.rows = self.encoder.encode(rows)

    def label_codes(self, y, n_rows, seed):
        return np.zeros(n_rows, dtype=int)

    def draw(self, label_codes, seed, *, refine=True, device):
        return self.rows[:40] if refine else self.rows

    def logits(self, encoded, label_codes, *, device):
        return encoded[:, 0].astype(float) + label_codes

    def held_out_logits(self, rows, label_codes, device):
        return self.logits(self.encoder.encode(rows), label_codes, device=device)


def test_the_report_is_of_refined_rows_and_of_the_discriminator():
    """Of as many training as held-out rows, so that all are compared."""
    train, held_out = np.random.default_rng(0).normal(size=(2, 40, 2))
    train[20:], drawn = train[20:] + 2, np.tile(train[:8] * 1.2, (5, 1))
    labels = np.arange(40) % 2, (np.arange(40) % 4 == 0).astype(int)
    model = Copier(np.vstack([drawn, train]))
    training = model.encoder.encode(train), labels[0]
    given = model, training, (held_out, labels[1])
    report = training_report(*given, LOSSES["hinge"], CPU)
    assert report["loss_gap"] == pytest.approx(2)  # that of the discriminator is 0 here
    *real, synthetic = (
        model.encoder.measure(rows)[1] for rows in (train, held_out, drawn)
    )
    distances = np.linalg.norm(real[1][:, None] - real[1], axis=-1)
    radii = np.sort(distances, axis=1)[:, 5]
    shares = [covered(real[1], own, radii) / 40 for own in (synthetic, real[0])]
    assert [report["coverage"], report["training_coverage"]] == pytest.approx(shares)
    assert shares[0] < shares[1]
    nearest = np.linalg.norm(synthetic[:, None] - np.vstack(real), axis=-1).argmin(1)
    counts, codes = np.bincount(nearest, minlength=80), np.concatenate(labels)
    expected = sum(counts[codes == k].mean() * (labels[1] == k).sum() for k in (0, 1))
    share = 1 - counts[40:].sum() / expected
    assert 0.1 < share < 0.9 and report["copied_percent"] == pytest.approx(100 * share)
    logits = [training[0][:, 0] + labels[0]]
    logits.append(model.held_out_logits(held_out, labels[1], CPU))
    auc = np.mean(logits[0][:, None] > logits[1])
    assert report["discriminator_auc"] == pytest.approx(auc) and abs(auc - 0.5) > 0.1
    own_loss = AdversarialLoss(*LOSSES["hinge"][::-1])
    assert training_report(*given, own_loss, CPU)["loss_gap"] is None


def test_without_held_out_rows_only_losses_are_judged(blobs):
    gan = GANGenerator(**SMALL, validation_fraction=0.0).fit(blobs)
    report = gan.training_report_
    assert [name for name, value in report.items() if value is not None] == ["loss_gap"]


def test_the_report_changes_no_sample_and_no_score(blobs, monkeypatch):
    gan = GANGenerator(**SMALL, refinement="trees").fit(blobs)
    expected = gan.sample(9, random_state=0), gan.score_samples(blobs)
    monkeypatch.setattr("skgan.estimators.fitting.reported", lambda model, plan: model)
    other = GANGenerator(**{**SMALL, "max_iter": 3}, refinement="trees").fit(blobs)
    np.testing.assert_array_equal(other.sample(9, random_state=0), expected[0])
    np.testing.assert_array_equal(other.score_samples(blobs), expected[1])
    with pytest.raises(AttributeError, match="training_report_ is not there"):
        _ = other.training_report_


def test_labels_and_images(digits):
    gan = DCGANGenerator(base_channels=2, max_iter=2, n_score_samples=50)
    gan.set_params(class_conditional=True, random_state=0)
    gan.fit(digits[:300], np.arange(300) % 3)
    assert gan.training_report_["coverage"] is not None


def test_of_very_many_rows_some_are_compared(monkeypatch):
    """As many as there is memory for; of fewer, all, as they are."""
    gan = GANGenerator(**SMALL).fit(rng().normal(size=(60, 4)))
    encoded, codes = np.arange(4_000.0).reshape(1_000, 4), np.arange(1_000)
    assert some_of((encoded, codes), gan._model)[0] is encoded
    monkeypatch.setitem(some_of.__globals__, "MAX_NUMBERS", 1_603)
    rows, own = some_of((encoded, codes), gan._model)
    assert len(rows) == 400  # of 4 numbers each
    np.testing.assert_array_equal(rows, encoded[own])
    assert len(np.unique(own)) == 400 and own.max() > 700
    monkeypatch.setitem(some_of.__globals__, "MAX_NUMBERS", 8)
    assert len(some_of((encoded, codes), gan._model)[0]) == 300  # coverage asks for
