"""What users wrote and the dry run could not see through: errors name it, late too."""

import re

import numpy as np
import pytest
import torch
from torch import nn

from skgan import GANGenerator
from skgan.networks import mlp_discriminator

SMALL = {"encoder": "scaled", "max_iter": 8, "hidden_layer_sizes": (4,)}
SMALL |= {"n_score_samples": 50, "batch_size": 16, "random_state": 0}


def later(values, n_calls=6):
    """A loss or penalty, one number a row at first, and then something else."""
    calls = []

    def function(*args):
        calls.append(1)
        right = args[-1] if args[-1].dim() == 1 else args[0](args[-1])
        return values(right) if len(calls) > n_calls else right

    return function


SIMPLE = (lambda real, fake: fake - real, lambda real, fake: real - fake)
ODD = {
    "a number": (lambda x: 0.5, "got 0.5."),
    "a mean": (lambda x: x.mean(), "got shape ()."),
    "another length": (lambda x: x[:5], "got shape (5,)."),
    "a column": (lambda x: x[:, None], "got shape (16, 1)."),
    "nothing": (lambda x: None, "got None."),
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "what", ["discriminator's loss", "generator's loss", "penalty"]
)
def test_what_changes_its_shape_is_named(what, odd, blobs):
    values, got = ODD[odd]
    losses, penalty = list(SIMPLE), None
    if what == "penalty":
        penalty = later(values, n_calls=1)
    else:
        losses[what.startswith("g")] = later(values)
    gan = GANGenerator(**SMALL, loss=tuple(losses), penalty=penalty)
    name = what.rpartition(" ")[2]
    rule = f"{name} must return a tensor of shape (16,), one number a row, at every"
    with pytest.raises(ValueError, match=f"{re.escape(rule)}.*{re.escape(got)}"):
        gan.fit(blobs)
    assert set(vars(gan)) == set(gan.get_params())


class Fickle(nn.Module):
    """A discriminator that changes with how often it was called, or with its mode."""

    def __init__(self, n_inputs, change):
        super().__init__()
        self.inner, self.change = mlp_discriminator(n_inputs), change
        self.n_calls = 0

    def forward(self, x):
        self.n_calls += 1
        return self.change(self, self.inner(x))


def test_a_discriminator_that_changes_its_shape_is_named(blobs):
    def change(network, logits):
        return logits[:7] if network.n_calls > 6 else logits

    gan = GANGenerator(**SMALL, discriminator=lambda n: Fickle(n, change))
    with pytest.raises(ValueError, match=r"discriminator must return .*got shape \(7,"):
        gan.fit(blobs)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_discriminator_that_is_not_finite_in_eval_mode_is_named(value, blobs):
    """In the dry run it still is, on zeros. Refinement by logits asks it then."""

    def change(network, logits):
        if network.training or network.n_calls < 3:
            return logits
        return torch.where(logits > logits.median(), value, logits)

    own = {"discriminator": lambda n: Fickle(n, change), "refinement": "network"}
    gan = GANGenerator(**SMALL | own)
    rule = f"discriminator must return finite logits in eval mode, too, got {value} for"
    with pytest.raises(ValueError, match=rule):
        gan.fit(blobs)
    assert set(vars(gan)) == set(gan.get_params())


class Broken:
    """A callback that fails when it is taken down."""

    def setup(self, estimator, context):
        pass

    on_fit_task_begin = setup

    def on_fit_task_end(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        raise RuntimeError("teardown")


@pytest.mark.parametrize("n_callbacks", [1, 2])
def test_a_teardown_that_fails_leaves_nothing_or_what_was(n_callbacks, blobs):
    callbacks = [Broken() for _ in range(n_callbacks)]
    gan = GANGenerator(**SMALL).set_callbacks(*callbacks)
    with pytest.raises((RuntimeError, ExceptionGroup), match="teardown"):
        gan.fit(blobs)
    assert not hasattr(gan, "generator_") and not hasattr(gan, "n_features_in_")
    gan.set_callbacks().fit(blobs)
    before = gan.sample(5, random_state=0)
    with pytest.raises((RuntimeError, ExceptionGroup)):
        gan.set_callbacks(*callbacks).fit(np.zeros((9, 5)))
    np.testing.assert_array_equal(gan.sample(5, random_state=0), before)


@pytest.mark.parametrize(
    "name", ["n_critic", "max_iter", "batch_size", "learning_rate"]
)
def test_endless_integers_are_refused(name, blobs):
    gan = GANGenerator(**{**SMALL, name: 10**400})
    with pytest.raises(
        ValueError, match=rf"{name} must be below 2\*\*63, got an integ"
    ):
        gan.fit(blobs)
    pair = GANGenerator(**SMALL).set_params(learning_rate=(10**400, 1e-3))
    with pytest.raises(ValueError, match=r"learning_rate must be below 2\*\*63, got"):
        pair.fit(blobs)


@pytest.mark.parametrize("n_critic", [10**400, 2**62, 1e300, 1e-300, float("inf")])
def test_a_function_that_asks_for_endless_updates_is_named(n_critic, blobs):
    gan = GANGenerator(**SMALL, n_critic=lambda t: 1 if t < 2 else n_critic)
    rule = "n_critic must be an integer of at least 1, or one over such an integer at"
    with pytest.raises(ValueError, match=f"{rule}.*at iteration 2"):
        gan.fit(blobs)
