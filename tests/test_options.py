"""Every option is obeyed, and a wrong one is named."""

import re
from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from skgan import GANGenerator
from skgan.estimators.parameters import learning_rates
from skgan.estimators.resolve import training_options
from skgan.losses import LOSSES
from skgan.networks import (
    Dropout,
    Maxout,
    RangeHead,
    mlp_discriminator,
    mlp_generator,
)
from skgan.penalties import r1
from skgan.training import make_player

SMALL = {
    "encoder": "scaled",
    "max_iter": 3,
    "hidden_layer_sizes": (16,),
    "n_score_samples": 200,
}


def small(**params):
    return GANGenerator(**{"random_state": 0, **SMALL, **params})


def named(params):
    """A test's name, the same in every process: without addresses of functions."""
    if isinstance(params, str):
        return params[:20]
    return re.sub(" at 0x[0-9a-f]+", "", str(params))[:60]


@dataclass
class Mean:
    """A loss or a penalty that no dict can hold: a data class has no hash."""

    sign: float

    def __call__(self, *tensors):
        last = tensors[-1]
        return self.sign * last.reshape(len(last), -1).mean(1)


@pytest.mark.parametrize("loss", [*LOSSES, LOSSES["hinge"], tuple(LOSSES["minimax"])])
@pytest.mark.parametrize("penalty", ["auto", None, "r1", ("r2", "interpolated"), r1])
def test_every_loss_goes_with_every_penalty(blobs, loss, penalty):
    gan = small(loss=loss, penalty=penalty).fit(blobs)
    assert np.isfinite(gan.loss_curve_).all()
    assert gan.loss_curve_.shape == (3, 2)


@pytest.mark.parametrize(
    "params",
    [
        {"discriminator": partial(mlp_discriminator, maxout_pieces=3, dropout=0.5)},
        {"dropout": 0.5},
        {"hidden_layer_sizes": ()},
        {"hidden_layer_sizes": [8, 8, 8]},
        {"latent_dim": 1, "noise": "uniform"},
        {"optimizer": "sgd", "learning_rate": 0.1},
        {"optimizer": partial(torch.optim.SGD, momentum=0.5), "learning_rate": 0.1},
        {"learning_rate": (1e-3, 1e-4)},
        {"learning_rate": [1e-3, 1e-4]},
        {"learning_rate_decay": None, "ema_decay": 0.0},
        {"n_critic": 3},
        {"n_critic": lambda iteration: 1 + iteration % 2},
        {"batch_size": 2},
        {"batch_size": 1_000},
        {"penalty_weight": 0.5},
        {"precision": "bfloat16"},
        {"validation_fraction": 0.0},
        {"device": torch.device("cpu")},
        {"optimizer": partial(torch.optim.Adam, betas=(0.5, 0.9))},
        {"optimizer": torch.optim.RMSprop},
        {"loss": (Mean(-1), Mean(1)), "penalty": Mean(0)},
    ],
    ids=named,
)
def test_every_option_trains(blobs, params):
    gan = small(**params).fit(blobs)
    assert np.isfinite(gan.sample(5)).all() and gan.n_iter_ == 3


def test_auto_penalty_knows_the_pairs_of_losses(blobs):
    by_name, by_pair = (
        small(loss=loss, random_state=0).fit(blobs).loss_curve_
        for loss in ("wasserstein", LOSSES["wasserstein"])
    )
    np.testing.assert_array_equal(by_name, by_pair)


def test_options_reach_the_networks(blobs):
    gan = small(dropout=0.5, hidden_layer_sizes=(7, 5)).fit(blobs)
    layers = [type(layer) for layer in gan.discriminator_.network]
    assert layers.count(nn.LeakyReLU) == layers.count(Dropout) == 2
    for network, last in ((gan.generator_, 2), (gan.discriminator_, 1)):
        widths = [m.out_features for m in network.modules() if isinstance(m, nn.Linear)]
        assert widths == [7, 5, last]


def test_options_of_a_function_reach_the_network(blobs):
    factory = partial(
        mlp_discriminator, hidden_layer_sizes=(7, 5), maxout_pieces=3, dropout=0.5
    )
    gan = small(discriminator=factory).fit(blobs)
    layers = [type(layer) for layer in gan.discriminator_.network]
    assert layers.count(Maxout) == layers.count(Dropout) == 2


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"generator": nn.Linear(2, 2)},
            "generator must be a function that builds a mod",
        ),
        (
            {"generator": lambda *_: 3},
            "generator must be a function that returns a torch",
        ),
        (
            {"generator": lambda latent_dim, n_outputs: nn.Linear(latent_dim, 7)},
            r"generator must map latents of shape \(2, 2\) to shape \(2, 2\), "
            r"got shape \(2, 7\)",
        ),
        (
            {"discriminator": lambda n_inputs: nn.Linear(n_inputs, 3)},
            r"discriminator must map rows of shape \(2, 2\) to one logit each, "
            r"got shape \(2, 3\)",
        ),
        (
            {"hidden_layer_sizes": (8, 0)},
            "hidden_layer_sizes must hold integers in the ra",
        ),
        ({"loss": (max,)}, "loss must be the name of a loss or a pair of functions"),
        (
            {"loss": ([1], [2])},
            "loss must be the name of a loss or a pair of functions",
        ),
        (
            {"loss": (lambda real, fake: (real - fake).mean(),) * 2},
            r"loss must be functions that return tensors of shape \(2,\), one number a "
            r"row, got shape \(\)",
        ),
        (
            {"loss": (lambda real, fake: 1.0,) * 2},
            r"loss must be functions that return tensors of shape \(2,\), one number a "
            r"row, got 1\.0",
        ),
        (
            {"penalty": lambda critic, real, fake: critic(real).mean()},
            r"penalty must return a tensor of shape \(2,\), one number a row, got shape"
            r" \(\)",
        ),
        (
            {"generator": lambda *sizes: nn.Identity()},
            "generator must have weights that require a gradient, got none",
        ),
        (
            {"discriminator": lambda n_inputs: nn.LSTM(n_inputs, 1)},
            r"discriminator must map rows of shape .* to one logit each, got \(tensor",
        ),
        ({"hidden_layer_sizes": [True]}, "hidden_layer_sizes must hold integers in"),
        (
            {"learning_rate": (1e-3,)},
            "learning_rate must be a positive number, or a pair of them .*got .0.001,",
        ),
        (
            {"learning_rate": (1e-3, 0.0)},
            "learning_rate must be a positive number, or a pair of them .generator, d",
        ),
        (
            {"learning_rate": ["a", 1e-3]},
            "learning_rate must be a positive number, or a pair of them .generator, d",
        ),
        (
            {"learning_rate": (1e-3, float("inf"))},
            "learning_rate must be a positive number, or a pair of them .generator, d",
        ),
        ({"penalty": [["r1"]]}, "penalty must hold functions or names of"),
        (
            {"validation_fraction": 0.999},
            "validation_fraction=0.999 leaves 1 of 400 rows for training, which needs",
        ),
        ({"penalty": ["r9"]}, "penalty must hold functions or names of"),
        ({"device": "cuda:77"}, "device must be 'auto' or a device that torch finds"),
        ({"device": "abacus"}, "device must be 'auto' or a device that torch finds"),
        (
            {"batch_size": 1},
            "The 'batch_size' parameter of GANGenerator must be an int",
        ),
        (
            {"loss": "vanilla"},
            "The 'loss' parameter of GANGenerator must be a str among",
        ),
        (
            {"learning_rate": 0.0},
            "The 'learning_rate' parameter of GANGenerator must be",
        ),
        (
            {"dropout": 1.0},
            "The 'dropout' parameter of GANGenerator must be a float in",
        ),
        ({"max_iter": 0}, "The 'max_iter' parameter of GANGenerator must be"),
        (
            {"n_critic": lambda iteration: 0.4},
            "or one over such an integer at every iteration, got 0.4 at iteration 0",
        ),
        (
            {"n_critic": 2.5},
            "n_critic must be an integer of at least 1, or one over such an integer, "
            "got 2.5",
        ),
        (
            {"n_critic": 0},
            "The 'n_critic' parameter of GANGenerator must be a float in",
        ),
        (
            {"n_critic": lambda iteration: iter([])},
            "or one over such an integer at every iteration, got <list_iterator",
        ),
    ],
    ids=named,
)
def test_bad_parameters_are_named(blobs, params, message):
    gan = small(**params)
    with pytest.raises(ValueError, match=message):
        gan.fit(blobs)
    assert set(vars(gan)) == set(gan.get_params())


@pytest.mark.parametrize(
    "params",
    [
        {"optimizer": "sgd"},
        {"optimizer": partial(torch.optim.Adam, betas=(0.9, 0.9))},
        {"learning_rate": 1e-2},
        {"learning_rate": (1e-3, 1e-2)},
        {"learning_rate": (1e-2, 1e-3)},
        {"learning_rate_decay": None},
        {"noise": "uniform"},
        {"precision": "bfloat16"},
        {"penalty_weight": 5.0},
        {"n_critic": 2},
        {"dropout": 0.5},
    ],
    ids=named,
)
def test_options_change_training(blobs, params):
    plain = small(precision="float32").fit(blobs).loss_curve_
    changed = small(**{"precision": "float32", **params}).fit(blobs).loss_curve_
    assert (plain != changed).any()


def test_averaging_changes_the_generator_alone(blobs):
    fits = [small(ema_decay=decay).fit(blobs) for decay in (0.0, 0.999)]
    np.testing.assert_array_equal(fits[0].loss_curve_, fits[1].loss_curve_)
    latents = np.ones((3, 2))
    assert not np.allclose(fits[0].generate(latents), fits[1].generate(latents))


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_optimizers_are_fused_and_set_up(optimizer):
    head, rows = RangeHead(2, nn.Identity()), torch.zeros(100, 2)
    chosen = training_options(GANGenerator(optimizer=optimizer), head, rows).optimizer
    used = make_player("generator", nn.Linear(2, 2), chosen, 0.1).optimizer.defaults
    assert used["fused"] and used["lr"] == 0.1
    expected = {"adam": ("betas", (0.0, 0.99)), "sgd": ("momentum", 0)}[optimizer]
    assert used[expected[0]] == expected[1]


def test_optimizers_of_users_are_made_of_weights_and_a_rate(blobs):
    made = []

    def optimizer(weights, lr):
        made.append((weights, lr))
        return torch.optim.Adam(weights, lr=lr, betas=(0.5, 0.999))

    gan = small(optimizer=optimizer, learning_rate=(0.1, 0.2)).fit(blobs)
    networks = gan.generator_, gan.discriminator_
    assert [lr for _, lr in made] == [0.1, 0.2]
    for (weights, _), network in zip(made, networks, strict=True):
        shapes = [weight.shape for weight in network.parameters()]
        assert [weight.shape for weight in weights] == shapes
    by_partial = partial(torch.optim.Adam, betas=(0.5, 0.999))
    same = small(optimizer=by_partial, learning_rate=(0.1, 0.2)).fit(blobs)
    np.testing.assert_array_equal(gan.loss_curve_, same.loss_curve_)


def test_a_learning_rate_is_that_of_both_networks(blobs):
    assert learning_rates(0.1) == (0.1, 0.1)
    assert learning_rates([0.1, 0.2]) == (0.1, 0.2)
    one, pair = (small(learning_rate=rate).fit(blobs) for rate in (0.1, (0.1, 0.1)))
    np.testing.assert_array_equal(one.loss_curve_, pair.loss_curve_)


def test_a_pair_of_rates_is_of_generator_and_discriminator(blobs):
    """A network whose rate is nearly 0 stays as it was."""
    moved = []
    for rates in ((0.1, 1e-12), (1e-12, 0.1)):
        gans = [
            small(learning_rate=rates, max_iter=n, learning_rate_decay=None).fit(blobs)
            for n in (1, 2)
        ]
        for name in ("generator_", "discriminator_"):
            first, second = (list(getattr(g, name).parameters())[0] for g in gans)
            moved.append(float((first - second).abs().max()) > 1e-6)
    assert moved == [True, False, False, True]


def test_auto_penalty_weight_follows_the_variance(split):
    X = np.random.RandomState(0).normal(size=(200, 3))
    gan = small().fit(X)
    training = split(X, 0.1)[0]
    variance = gan.encoder_.encode(training).var(axis=0, ddof=1).sum()
    same = small(penalty_weight=0.025 * float(variance)).fit(X)
    np.testing.assert_allclose(gan.loss_curve_, same.loss_curve_, rtol=1e-5)


def test_penalties_are_never_in_bfloat16(blobs):
    dtypes = {"losses": set(), "penalties": set()}
    caller = ["losses"]

    class Recording(nn.Linear):
        def forward(self, rows):
            logits = super().forward(rows)
            dtypes[caller[-1]].add(logits.dtype)
            return logits

    def watching(critic, real, fake):
        caller.append("penalties")
        value = r1(critic, real, fake)
        caller.pop()
        return value

    small(
        discriminator=lambda n_inputs: Recording(n_inputs, 1),
        precision="bfloat16",
        penalty=watching,
    ).fit(blobs)
    assert torch.bfloat16 in dtypes["losses"]
    assert dtypes["penalties"] == {torch.float32}


class Passing(nn.Linear):
    """Latents pass as they are."""

    def __init__(self, latent_dim, n_outputs):
        super().__init__(latent_dim, n_outputs, bias=False)
        nn.init.eye_(self.weight)


def test_uniform_noise_stays_so_in_samples():
    X = np.random.RandomState(0).normal(size=(300, 2)) * [1, 100]
    gan = small(generator=Passing, noise="uniform", learning_rate=1e-9).fit(X)
    gan.set_params(noise="normal", n_score_samples=7)  # changes no fitted model
    latents = gan.encoder_.encode(gan.sample(2_000, random_state=0))
    assert np.abs(latents).max() == pytest.approx(1, abs=0.01)
    assert latents.std() == pytest.approx(3**-0.5, abs=0.02)
    assert gan.score(X) == small().set_params(**gan.get_params()).set_params(
        noise="uniform", n_score_samples=200
    ).fit(X).score(X)


def test_score_centers_follow_the_random_state(blobs):
    params = {"generator": Passing, "learning_rate": 1e-9}
    scores = [small(**params, random_state=seed).fit(blobs) for seed in (0, 1)]
    assert scores[0]._model.seed != scores[1]._model.seed


def test_bandwidth_stops_at_its_floor(split):
    """A generator that repeats the held-out rows gains no infinite score."""

    class Signs(nn.Linear):
        def forward(self, latents):
            return torch.sign(super().forward(latents))

    X = np.repeat([[-1.0, 20.0], [1.0, 60.0]], 100, axis=0)
    gan = small(generator=Signs, loss="wasserstein").fit(X)
    held_out = split(X, 0.1)[1] / gan.encoder_.unit_
    floor = 0.02 * np.sqrt(held_out.var(axis=0).mean())
    assert gan.bandwidth_ == pytest.approx(floor)


@pytest.mark.parametrize(
    ("n_rows", "fraction", "expected"),
    [
        (100, 0.1, (90, 10)),
        (100_000, 0.1, (99_000, 1_000)),
        (49, 0.1, (49, 49)),
        (8_000, 0.0, (8_000, 1_000)),
        (3, 0.99, (3, 3)),
    ],
)
def test_held_out_rows(split, n_rows, fraction, expected):
    rows = np.arange(n_rows)[:, None]
    parts = split(rows, fraction)
    assert tuple(map(len, parts)) == expected
    if sum(expected) == n_rows:
        np.testing.assert_array_equal(np.sort(np.concatenate(parts), axis=0), rows)


def test_frozen_layers_of_a_user_stay_frozen(blobs):
    frozen = nn.Linear(2, 4).requires_grad_(False)
    kept = frozen.weight.clone()
    gan = small(
        discriminator=lambda n: nn.Sequential(frozen, nn.ReLU(), nn.Linear(4, 1)),
        generator=lambda *_: nn.Sequential(frozen, nn.ReLU(), nn.Linear(4, 2)),
        max_iter=20,
    ).fit(blobs)
    for network in (gan.generator_.network, gan.discriminator_.network):
        assert torch.equal(network[0].weight, kept)


@pytest.mark.parametrize(
    "setting",
    [
        torch.no_grad,
        torch.inference_mode,
        lambda: torch.autocast("cpu", torch.bfloat16),
    ],
)
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_callers_torch_settings_change_nothing(blobs, setting, precision):
    gan = small(precision=precision, max_iter=20)
    expected = gan.fit(blobs).sample(20, random_state=0), gan.score(blobs)
    with setting():
        rows = gan.fit(blobs).sample(20, random_state=0)
        score = gan.score(blobs)
    np.testing.assert_array_equal(rows, expected[0])
    assert score == expected[1]


def test_the_callers_default_dtype_changes_nothing(blobs):
    expected = small().fit(blobs).sample(20, random_state=0)
    torch.set_default_dtype(torch.float64)
    try:
        rows = small().fit(blobs).sample(20, random_state=0)
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    np.testing.assert_array_equal(rows, expected)


def test_networks_of_float64_are_trained_in_float32(blobs):
    gan = small(generator=lambda *sizes: mlp_generator(*sizes).double()).fit(blobs)
    assert gan.generator_.network[0].weight.dtype == torch.float32


@pytest.mark.parametrize("rate", [float("inf"), (1e-3, float("inf")), (1e-3,)])
def test_learning_rates_are_finite_and_at_most_two(blobs, rate):
    gan = GANGenerator(learning_rate=rate, encoder="scaled", max_iter=1)
    with pytest.raises(ValueError, match="learning_rate"):
        gan.fit(blobs)
