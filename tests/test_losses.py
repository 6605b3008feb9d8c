import itertools

import numpy as np
import pytest
import torch

from skgan.losses import LOSSES, AdversarialLoss, undecided_losses

GENERATOR = np.random.RandomState(0)
REAL, FAKE = GENERATOR.normal(size=(2, 50)) * 3


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# What the papers write of one pair of logits, without a thought for stability
FORMULAS = {
    "relativistic": (
        lambda real, fake: -np.log(sigmoid(real - fake)),
        lambda real, fake: -np.log(sigmoid(fake - real)),
    ),
    "non_saturating": (
        lambda real, fake: -np.log(sigmoid(real)) - np.log(1 - sigmoid(fake)),
        lambda real, fake: -np.log(sigmoid(fake)),
    ),
    "minimax": (
        lambda real, fake: -np.log(sigmoid(real)) - np.log(1 - sigmoid(fake)),
        lambda real, fake: np.log(1 - sigmoid(fake)),
    ),
    "wasserstein": (lambda real, fake: fake - real, lambda real, fake: -fake),
    "hinge": (
        lambda real, fake: max(0, 1 - real) + max(0, 1 + fake),
        lambda real, fake: -fake,
    ),
    "least_squares": (
        lambda real, fake: 0.5 * (real - 1) ** 2 + 0.5 * fake**2,
        lambda real, fake: 0.5 * (fake - 1) ** 2,
    ),
}

# And of a batch, real and generated rows each with a mean of their own
TEXTBOOK = {
    "relativistic": (
        lambda real, fake: -np.log(sigmoid(real - fake)).mean(),
        lambda real, fake: -np.log(sigmoid(fake - real)).mean(),
    ),
    "non_saturating": (
        lambda real, fake: (
            -np.log(sigmoid(real)).mean() - np.log(1 - sigmoid(fake)).mean()
        ),
        lambda real, fake: -np.log(sigmoid(fake)).mean(),
    ),
    "minimax": (
        lambda real, fake: (
            -np.log(sigmoid(real)).mean() - np.log(1 - sigmoid(fake)).mean()
        ),
        lambda real, fake: np.log(1 - sigmoid(fake)).mean(),
    ),
    "wasserstein": (
        lambda real, fake: fake.mean() - real.mean(),
        lambda real, fake: -fake.mean(),
    ),
    "hinge": (
        lambda real, fake: (
            np.maximum(0, 1 - real).mean() + np.maximum(0, 1 + fake).mean()
        ),
        lambda real, fake: -fake.mean(),
    ),
    "least_squares": (
        lambda real, fake: 0.5 * ((real - 1) ** 2).mean() + 0.5 * (fake**2).mean(),
        lambda real, fake: 0.5 * ((fake - 1) ** 2).mean(),
    ),
}

# Derivatives of the same formulas by the logits: (discriminator by real, by fake,
# generator by fake), for one row
SLOPES = {
    "relativistic": lambda r, f: (
        sigmoid(r - f) - 1,
        1 - sigmoid(r - f),
        -sigmoid(r - f),
    ),
    "non_saturating": lambda r, f: (sigmoid(r) - 1, sigmoid(f), sigmoid(f) - 1),
    "minimax": lambda r, f: (sigmoid(r) - 1, sigmoid(f), -sigmoid(f)),
    "wasserstein": lambda r, f: (-1, 1, -1),
    "hinge": lambda r, f: (-float(r < 1), float(f > -1), -1),
    "least_squares": lambda r, f: (r - 1, f, f - 1),
}


@pytest.fixture(params=list(LOSSES))
def name(request):
    return request.param


def test_every_loss_has_a_formula():
    assert set(LOSSES) == set(FORMULAS) == set(TEXTBOOK) == set(SLOPES)


@pytest.mark.parametrize("player", ["discriminator", "generator"])
def test_loss_is_its_formula_pair_by_pair(name, player):
    loss = getattr(LOSSES[name], player)
    formula = FORMULAS[name][player == "generator"]
    actual = loss(torch.tensor(REAL), torch.tensor(FAKE))
    assert actual.shape == (50,)
    expected = [formula(*pair) for pair in zip(REAL, FAKE, strict=True)]
    np.testing.assert_allclose(actual, expected, rtol=1e-12)


@pytest.mark.parametrize("player", ["discriminator", "generator"])
def test_mean_over_pairs_is_the_mean_of_the_textbook(name, player):
    loss = getattr(LOSSES[name], player)
    expected = TEXTBOOK[name][player == "generator"](REAL, FAKE)
    actual = loss(torch.tensor(REAL), torch.tensor(FAKE)).mean()
    np.testing.assert_allclose(actual.item(), expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_values_and_gradients_at_extreme_logits(name, dtype):
    loss, sizes = LOSSES[name], [-100.0, 0.5, 100.0]
    pairs = np.array(list(itertools.product(sizes, sizes)))
    real_logits, fake_logits = torch.tensor(pairs.T, dtype=dtype).requires_grad_()
    discriminator = loss.discriminator(real_logits, fake_logits)
    generator = loss.generator(real_logits.detach(), fake_logits)
    assert discriminator.isfinite().all() and generator.isfinite().all()
    slopes = [
        *torch.autograd.grad(discriminator.sum(), [real_logits, fake_logits]),
        *torch.autograd.grad(generator.sum(), [fake_logits]),
    ]
    with np.errstate(over="ignore"):
        expected = [SLOPES[name](real, fake) for real, fake in pairs]
    np.testing.assert_allclose(torch.stack(slopes, 1), expected, rtol=1e-6, atol=1e-30)


def test_relativistic_sees_differences_only():
    loss, real, fake = LOSSES["relativistic"], torch.tensor(REAL), torch.tensor(FAKE)
    for half in loss:
        torch.testing.assert_close(half(real + 7, fake + 7), half(real, fake))


def test_relativistic_pairs_row_by_row():
    loss, real, fake = LOSSES["relativistic"], torch.tensor(REAL), torch.tensor(FAKE)
    for half in loss:
        assert not torch.isclose(
            half(real, fake).mean(), half(real, fake.flip(0)).mean()
        )


def test_hinge_is_zero_past_the_margin():
    real, fake = torch.tensor([1.0, 5.0]), torch.tensor([-1.0, -5.0])
    assert LOSSES["hinge"].discriminator(real, fake).tolist() == [0, 0]


def test_minimax_saturates_where_non_saturating_does_not():
    fake = torch.tensor([-100.0], requires_grad=True)
    slopes = {
        name: torch.autograd.grad(LOSSES[name].generator(fake, fake), fake)[0].item()
        for name in ("minimax", "non_saturating")
    }
    assert slopes["non_saturating"] == -1
    assert abs(slopes["minimax"]) < 1e-30


def test_a_loss_is_a_pair():
    assert all(isinstance(loss, AdversarialLoss) for loss in LOSSES.values())
    discriminator, generator = LOSSES["hinge"]
    assert AdversarialLoss(discriminator, generator) == LOSSES["hinge"]


@pytest.mark.parametrize("name", LOSSES)
def test_undecided_losses_are_those_of_the_best_single_logit(name):
    """Where all rows must have one logit, the discriminator has none that is better."""
    own, other = undecided_losses(name)
    assert undecided_losses(tuple(LOSSES[name])) == (own, other)
    logits = np.linspace(-3, 3, 601)
    discriminator, generator = FORMULAS[name]
    losses = np.array([discriminator(logit, logit) for logit in logits])
    assert own == pytest.approx(losses.min(), abs=1e-6)
    best = logits[losses <= losses.min() + 1e-9]
    others = [generator(logit, logit) for logit in best]
    assert min(others) - 1e-6 <= other <= max(others) + 1e-6


def test_of_a_loss_of_the_users_own_nothing_is_known():
    assert (
        undecided_losses((lambda real, fake: 1 / 0, lambda real, fake: 1 / 0)) is None
    )
