"""GANGenerator as a user meets it."""

import pickle
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from own_networks import global_dropout
from scipy.special import expit
from sklearn.base import clone
from sklearn.mixture import GaussianMixture
from sklearn.utils import check_random_state
from torch import nn

import skgan
from skgan import GANGenerator
from skgan.estimators.inputs import read_inputs
from skgan.estimators.resolve import resolve, schedule_of
from skgan.losses import LOSSES
from skgan.metrics import parzen_log_likelihood
from skgan.model.density import draw_centers
from skgan.networks import Latents, mlp_discriminator, mlp_generator
from skgan.privacy import MIN_ROWS

SMALL = {
    "encoder": "scaled",
    "max_iter": 3,
    "hidden_layer_sizes": (16,),
    "n_score_samples": 200,
}


def small(**params):
    return GANGenerator(**{"random_state": 0, **SMALL, **params})


def two_clusters(n_samples, rng):
    centers = np.array([[-2.0, 0.0], [2.0, 1.0]])
    rows = centers[rng.randint(2, size=n_samples)]
    return rows + 0.3 * rng.normal(size=(n_samples, 2))


@pytest.fixture(scope="module")
def fitted():
    """A GAN that has learned two clusters, and fresh rows of them."""
    rng = np.random.RandomState(0)
    gan = GANGenerator(
        encoder="scaled",
        hidden_layer_sizes=(64, 64),
        max_iter=1_500,
        batch_size=128,
        random_state=0,
    )
    return gan.fit(two_clusters(2_000, rng)), two_clusters(2_000, rng)


def test_learns_two_clusters(fitted):
    gan, fresh = fitted
    samples = gan.sample(2_000, random_state=0)
    right = samples[:, 0] > 0
    assert right.mean() == pytest.approx(0.5, abs=0.1)
    np.testing.assert_allclose(samples[right].mean(0), [2, 1], atol=0.15)
    np.testing.assert_allclose(samples[~right].mean(0), [-2, 0], atol=0.15)
    np.testing.assert_allclose(samples[right].std(0), [0.3, 0.3], atol=0.12)


def test_score_is_near_that_of_the_true_model(fitted):
    gan, fresh = fitted
    truth = GaussianMixture(2, random_state=0).fit(fresh).score(fresh)
    assert truth - 0.3 < gan.score(fresh) < truth + 0.05


def test_score_falls_for_rows_from_elsewhere(fitted):
    gan, fresh = fitted
    assert gan.score(fresh) > gan.score(fresh + 3) + 5


def test_discriminate_is_calibrated():
    """Among rows given probability p, about a share p is real, in every tenth."""
    rng = np.random.RandomState(0)
    fresh = two_clusters(2_000, rng)
    gan = GANGenerator(
        encoder="scaled",
        hidden_layer_sizes=(64, 64),
        max_iter=300,
        validation_fraction=0.5,
        random_state=0,
    ).fit(two_clusters(4_000, rng))
    rows = np.concatenate([fresh, gan.sample(2_000, random_state=3)])
    is_real = np.repeat([1, 0], 2_000)

    def calibration_error(probability):
        tenths = np.array_split(np.argsort(probability), 10)
        gaps = [probability[tenth].mean() - is_real[tenth].mean() for tenth in tenths]
        return np.abs(gaps).mean()

    probability = gan.discriminate(rows)
    assert probability.shape == (4_000,)
    assert 0 <= probability.min() < 0.1 and 0.6 < probability.max() <= 1
    assert calibration_error(probability) < 0.1
    # The logits themselves are far from log odds
    logits = gan._model.logits(gan.encoder_.encode(rows), np.zeros(len(rows), int))
    assert calibration_error(expit(logits)) > 0.13


def test_discriminate_judges_rows_as_sample_returns_them():
    """Whole numbers and booleans too: the generator's raw outputs are not compared."""
    rng = np.random.RandomState(0)
    signs = rng.normal(size=(3_000, 2)) > [0, 1]
    X, fresh = signs[:2_000], signs[2_000:]
    gan = GANGenerator(
        hidden_layer_sizes=(32,),
        max_iter=200,
        validation_fraction=0.5,
        n_score_samples=20,
        refinement=None,
        random_state=0,
    ).fit(X)
    real = gan.discriminate(fresh).mean()
    generated = gan.discriminate(gan.sample(1_000, random_state=1)).mean()
    assert real >= generated
    assert real + generated == pytest.approx(1, abs=0.05)


def test_rows_from_very_far_away_are_judged(fitted):
    gan, _ = fitted
    probability = gan.discriminate([[1e40, 0], [0, -1e90]])
    assert ((probability >= 0) & (probability <= 1)).all()


def test_score_samples_is_the_parzen_density_of_the_samples(fitted):
    gan, fresh = fitted
    encoded = draw_centers(gan._model, gan.n_score_samples, torch.device("cpu"))
    centers = gan.encoder_.decode(encoded)
    unit = gan.encoder_.unit_
    expected = parzen_log_likelihood(fresh[:50] / unit, centers / unit, gan.bandwidth_)
    expected -= np.log(unit).sum()
    np.testing.assert_allclose(gan.score_samples(fresh[:50]), expected)


def test_density_in_columns_own_units_integrates_to_one():
    """The Jacobian of the columns' units is part of the density."""
    rng = np.random.RandomState(0)
    X = np.column_stack([rng.normal(size=300), rng.normal(size=300) * 50])
    gan = small(max_iter=50).fit(X)
    assert not (gan.encoder_.unit_ == 1).any()
    a, b = np.linspace(-8, 8, 161), np.linspace(-400, 400, 161)
    grid = np.stack(np.meshgrid(a, b), axis=-1).reshape(-1, 2)
    area = (a[1] - a[0]) * (b[1] - b[0])
    assert np.exp(gan.score_samples(grid)).sum() * area == pytest.approx(1, abs=0.01)


def test_score_follows_a_change_of_units():
    """Rows times 10: every log density falls by log 10 for each column."""
    X = np.random.RandomState(0).normal(size=(200, 3)) * [1, 5, 100]
    first, second = small().fit(X), small().fit(10 * X)
    np.testing.assert_allclose(
        second.score_samples(10 * X), first.score_samples(X) - 3 * np.log(10), rtol=1e-4
    )


def test_bandwidth_is_chosen_on_held_out_rows(fitted):
    gan, fresh = fitted
    scores = {}
    for factor in (0.5, 1.0, 2.0):
        density = replace(gan._model.density, bandwidth=gan.bandwidth_ * factor)
        other = gan._with_model(replace(gan._model, density=density))
        scores[factor] = other.score(fresh)
    assert max(scores, key=scores.get) == 1.0
    assert small(bandwidth=0.7).fit(fresh).bandwidth_ == 0.7


def test_bandwidth_has_a_floor():
    """A generator that repeats the held-out row gains no infinite score."""
    gan = small().fit(np.repeat([[1.0, 2.0], [3.0, 4.0]], 50, axis=0))
    assert gan.bandwidth_ >= 0.02 * 0.99
    assert np.isfinite(small().fit(np.ones((20, 2))).bandwidth_)


def test_generate_gives_the_row_of_a_latent():
    X = np.random.RandomState(0).normal(size=(50, 3))
    gan = small(latent_dim=5).fit(X)
    latents = np.random.RandomState(1).normal(size=(4, 5))
    rows = gan.generate(latents)
    assert rows.shape == (4, 3)
    np.testing.assert_allclose(gan.generate(latents[2:3]), rows[2:3], rtol=1e-5)
    given = Latents(
        torch.tensor(latents, dtype=torch.float32), torch.zeros(4, 0), torch.zeros(4, 0)
    )
    with torch.no_grad():
        outputs = gan.generator_(given).rows.numpy()
    np.testing.assert_allclose(gan.encoder_.decode(outputs), rows)
    with pytest.raises(
        ValueError, match="latents must have latent_dim_=5 columns, got 3"
    ):
        gan.generate(latents[:, :3])


def test_sampling_in_chunks(monkeypatch, blobs):
    gan = small().fit(blobs)
    latents = np.random.RandomState(0).normal(size=(100, 2))
    expected = gan.generate(latents), gan.discriminate(blobs)
    monkeypatch.setattr("skgan._torch.MAX_CHUNK_ROWS", 7)
    np.testing.assert_allclose(gan.generate(latents), expected[0], rtol=1e-5)
    np.testing.assert_allclose(gan.discriminate(blobs), expected[1], rtol=1e-5)
    assert len(np.unique(gan.sample(100, random_state=0), axis=0)) == 100


@pytest.mark.parametrize("n_samples", [0, -3, 1.5, "7", None])
def test_bad_n_samples(blobs, n_samples):
    with pytest.raises(
        ValueError, match=r"n_samples must be an integer in the range \[1"
    ):
        small().fit(blobs).sample(n_samples)


@pytest.mark.parametrize(
    ("n_columns", "latent_dim", "expected"),
    [(3, "auto", 3), (80, "auto", 64), (3, 9, 9)],
)
def test_latent_dim(n_columns, latent_dim, expected):
    X = np.random.RandomState(0).normal(size=(20, n_columns))
    gan = small(latent_dim=latent_dim).fit(X)
    assert gan.latent_dim_ == expected == gan.generator_.network[0].in_features


def test_networks_from_functions(blobs):
    gan = small(
        generator=partial(mlp_generator, hidden_layer_sizes=(9,)),
        discriminator=lambda n_inputs: nn.Linear(n_inputs, 1),
    ).fit(blobs)
    assert gan.generator_.network[0].out_features == 9
    assert isinstance(gan.discriminator_.network, nn.Linear)


def test_training_leaves_the_users_modules_alone(blobs):
    kept = mlp_generator(2, 2), mlp_discriminator(2)
    before = [pickle.dumps(net.state_dict()) for net in kept]
    gan = small(generator=lambda *_: kept[0], discriminator=lambda *_: kept[1])
    first, second = (gan.fit(blobs).sample(5, random_state=0) for _ in range(2))
    assert [pickle.dumps(net.state_dict()) for net in kept] == before
    np.testing.assert_array_equal(first, second)
    assert all(net.training for net in kept)


class BatchNormGenerator(nn.Sequential):
    def __init__(self, latent_dim, n_outputs):
        super().__init__(
            nn.Linear(latent_dim, 8),
            nn.BatchNorm1d(8),
            nn.ReLU(),
            nn.Linear(8, n_outputs),
        )


def test_batch_norm_samples_do_not_depend_on_their_batch(blobs):
    gan = small(generator=BatchNormGenerator, max_iter=20).fit(blobs)
    latents = np.random.RandomState(0).normal(size=(6, 2))
    together = gan.generate(latents)
    alone = np.concatenate([gan.generate(latent[None]) for latent in latents])
    np.testing.assert_allclose(together, alone, rtol=1e-4)
    assert (gan.generator_.network[1].running_var != 1).any()


def test_extreme_values_are_refused_by_name():
    table = pd.DataFrame({"fine": [1.0, 2.0], "huge": [1e200, 0.0]})
    with pytest.raises(ValueError, match="column 'huge' has 1e.200: change its unit"):
        small().fit(table)


def test_one_row_is_too_few(blobs):
    with pytest.raises(ValueError, match="minimum of 2 is required"):
        small().fit(blobs[:1])


def test_held_out_rows_are_not_trained_on(blobs, split):
    judged = []

    def remember(real_logits, fake_logits):
        return LOSSES["hinge"].discriminator(real_logits, fake_logits)

    class Watching(nn.Linear):
        def forward(self, rows):
            judged.append(rows.detach().clone())
            return super().forward(rows).flatten()

    gan = small(
        discriminator=lambda n: Watching(n, 1),
        loss=(remember, LOSSES["hinge"].generator),
        max_iter=20,
        validation_fraction=0.25,
    ).fit(blobs)
    held_out = split(blobs, 0.25)[1]
    assert len(held_out) == 100
    trained_on = {tuple(row) for rows in judged[: 20 * 3] for row in rows.numpy()}
    encoded = {tuple(row) for row in gan.encoder_.encode(held_out)}
    everything = {tuple(row) for row in gan.encoder_.encode(blobs)}
    assert not trained_on & encoded
    assert trained_on & everything == everything - encoded


@pytest.mark.parametrize(
    ("n_rows", "expected", "of_tables"),
    [
        *[(2, 3_000, 300), (299, 3_000, 300), (301, 3_000, 301), (1_500, 3_485, 1_500)],
        *[(8_000, 8_049, 8_000), (10_000, 9_000, 9_000), (10**6, 20_000, 20_000)],
    ],
)
def test_max_iter_auto(n_rows, expected, of_tables):
    for is_table, wanted in ((False, expected), (True, of_tables)):
        schedule = schedule_of(GANGenerator(), n_rows, is_table=is_table)
        assert schedule.max_iter == wanted


@pytest.mark.parametrize(("encoder", "expected"), [("scaled", 3_000), ("table", 360)])
def test_tables_are_told_by_their_encoder(encoder, expected, blobs):
    gan = GANGenerator(encoder=encoder, n_score_samples=50)
    inputs = read_inputs(gan, blobs, None, MIN_ROWS).split(0.1, check_random_state(0))
    plan = resolve(gan, inputs, 0, torch.device("cpu"))
    assert plan.training.schedule.max_iter == expected


def test_seeds(blobs):
    first, same, other, fresh = (
        small(random_state=seed).fit(blobs).sample(5, random_state=0)
        for seed in (0, 0, 1, None)
    )
    np.testing.assert_array_equal(first, same)
    assert not np.allclose(first, other) and not np.allclose(first, fresh)


@pytest.mark.parametrize(
    "params", [{"dropout": 0.5}, {"discriminator": global_dropout}]
)
def test_seed_governs_dropout_and_penalties_too(blobs, params):
    gan = small(**params, penalty="interpolated", max_iter=5)
    curves = [clone(gan).fit(blobs).loss_curve_ for _ in range(2)]
    np.testing.assert_array_equal(*curves)


def test_random_state_instance_is_consumed(blobs):
    stream = np.random.RandomState(0)
    first = small(random_state=stream).fit(blobs).sample(5, random_state=stream)
    second = small(random_state=stream).fit(blobs).sample(5, random_state=stream)
    assert not np.allclose(first, second)


def test_verbose_prints_progress(blobs, capsys):
    small().fit(blobs)
    assert capsys.readouterr().out == ""
    small(verbose=1).fit(blobs)
    assert "[GANGenerator] iteration 3 of 3" in capsys.readouterr().out


def test_fitted_networks_are_ready_to_use(blobs):
    gan = small().fit(blobs)
    for net in (gan.generator_, gan.discriminator_):
        assert not net.training
        for weight in net.parameters():
            assert weight.device.type == "cpu" and weight.grad is None
            assert not weight.requires_grad


def test_no_training_row_is_in_a_model():
    X = np.random.RandomState(0).normal(size=(300, 4))
    dumped = pickle.dumps(GANGenerator(max_iter=2, random_state=0).fit(X))
    for dtype in (np.float64, np.float32):
        for row in X.astype(dtype):
            assert row.tobytes() not in dumped
            assert row[:2].tobytes() not in dumped


def test_show_versions(capsys):
    skgan.show_versions()
    out = capsys.readouterr().out
    assert f"skgan: {skgan.__version__}" in out
    assert f"torch: {torch.__version__}" in out


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_normal_column_is_learned(seed):
    X = np.random.RandomState(seed).normal(loc=5, scale=2, size=(1_000, 1))
    samples = GANGenerator(random_state=seed).fit(X).sample(5_000, random_state=0)
    assert samples.mean() == pytest.approx(5, abs=0.3)
    assert samples.std() == pytest.approx(2, rel=0.15)
