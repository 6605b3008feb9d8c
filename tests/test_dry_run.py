"""A call of all that users write, before any work: what the messages say."""

import re

import pytest
import torch
from torch import nn

from skgan.losses import LOSSES
from skgan.networks import ImageHead, RangeHead, dry_run, image_networks, row_networks
from skgan.penalties import PENALTIES, r1

LATENT_DIM, N_CONDITIONS = 3, 2
ROWS = {"generator": "mlp", "discriminator": "mlp"}
ROWS |= {"hidden_layer_sizes": (4,), "dropout": 0.5}
IMAGES = {"generator": "dcgan", "discriminator": "dcgan"}
IMAGES |= {"base_channels": 2, "normalization": "batch"}


def of_rows(n_conditions=N_CONDITIONS, **options):
    head = RangeHead(5, nn.Identity())
    return row_networks(head, LATENT_DIM, n_conditions, **ROWS | options)


def of_images(n_conditions=N_CONDITIONS, **options):
    head = ImageHead((8, 9, 1))
    return image_networks(head, LATENT_DIM, n_conditions, **IMAGES | options)


def run(networks, losses=LOSSES["hinge"], penalties=(), n_conditions=N_CONDITIONS):
    dry_run(*networks, LATENT_DIM, n_conditions, losses, penalties)


def returning(value):
    """A module of one weight that returns a value whatever it gets."""

    class Network(nn.Linear):
        def forward(self, *inputs):
            return value

    return Network(1, 1)


@pytest.mark.parametrize("n_conditions", [0, N_CONDITIONS, 100])
@pytest.mark.parametrize("make", [of_rows, of_images])
def test_what_is_right_passes_and_changes_nothing(make, n_conditions):
    networks = make(n_conditions)
    before = [network.state_dict() for network in networks]
    before = [{k: v.clone() for k, v in state.items()} for state in before]
    stream = torch.get_rng_state()
    run(networks, penalties=[r1, PENALTIES["r2"]], n_conditions=n_conditions)
    assert torch.equal(stream, torch.get_rng_state())
    for network, state in zip(networks, before, strict=True):
        for name, value in network.state_dict().items():
            assert torch.equal(value, state[name])
        assert all(weight.grad is None for weight in network.parameters())


@pytest.mark.parametrize("shape", [(2,), (2, 1), (2, 1, 1, 1)])
def test_shapes_of_one_logit_each(shape):
    logits = torch.zeros(shape)
    run(of_rows(discriminator=lambda n_inputs: returning(logits)))


@pytest.mark.parametrize(
    ("value", "got"),
    [
        (torch.zeros(2, 4), "got shape (2, 4)."),
        (torch.zeros(5), "got shape (5,)."),
        ("rows", "got 'rows'."),
        (None, "got None."),
    ],
)
def test_generators_of_another_shape(value, got):
    networks = of_rows(generator=lambda latent_dim, n_outputs: returning(value))
    message = "generator must map latents of shape (2, 5) to shape (2, 5), " + got
    with pytest.raises(ValueError, match=re.escape(message)):
        run(networks)


def test_generators_of_images_of_another_shape():
    networks = of_images(generator=lambda *sizes: returning(torch.zeros(2, 8, 9, 1)))
    message = (
        "generator must map latents of shape (2, 5) to shape (2, 1, 8, 9), "
        "got shape (2, 8, 9, 1)."
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        run(networks)


def test_many_conditions_of_images_are_embedded():
    networks = of_images(100, generator=lambda *sizes: returning(torch.zeros(3)))
    message = "generator must map latents of shape (2, 67) to shape (2, 1, 8, 9)"
    with pytest.raises(ValueError, match=re.escape(message)):
        run(networks, n_conditions=100)


@pytest.mark.parametrize(
    ("make", "shape"),
    [(of_rows, "rows of shape (2, 7)"), (of_images, "images of shape (2, 3, 8, 9)")],
)
def test_discriminators_of_another_shape(make, shape):
    networks = make(
        discriminator=lambda sizes: returning(torch.zeros(2, 2)),
        **({"normalization": None} if make is of_images else {}),
    )
    message = f"discriminator must map {shape} to one logit each, got shape (2, 2)."
    with pytest.raises(ValueError, match=re.escape(message)):
        run(networks)


def test_networks_that_raise():
    networks = of_rows(discriminator=lambda n_inputs: nn.Linear(n_inputs + 1, 1))
    message = "discriminator must map rows.* to one logit each, but it raised: mat1 and"
    with pytest.raises(ValueError, match=message) as error:
        run(networks)
    assert isinstance(error.value.__cause__, RuntimeError)


@pytest.mark.parametrize(
    ("loss", "got"),
    [
        (lambda real, fake: fake.mean(), "got shape ()."),
        (lambda real, fake: fake[:, None], "got shape (2, 1)."),
        (lambda real, fake: 0.0, "got 0.0."),
        (lambda real, fake: fake.oops, "but it raised: 'Tensor' object has no attr"),
    ],
)
def test_losses_of_another_shape(loss, got):
    message = (
        "loss must be functions that return tensors of shape (2,), one number a row, "
    )
    for losses in [(loss, LOSSES["hinge"][1]), (LOSSES["hinge"][0], loss)]:
        with pytest.raises(ValueError, match=re.escape(message + got)):
            run(of_rows(), losses)


@pytest.mark.parametrize(
    ("penalty", "got"),
    [
        (lambda critic, real, fake: critic(real).mean(), "got shape ()."),
        (lambda critic, real, fake: fake, "got shape (2, 7)."),
        (lambda critic, real: 0.0, "but it raised: <lambda>() takes 2 positional"),
        (lambda *_: critic_of_none(), "but it raised: name 'critic_of_none'"),  # noqa: F821
    ],
    ids=["mean", "rows", "arguments", "name"],
)
def test_penalties_of_another_shape(penalty, got):
    message = "penalty must return a tensor of shape (2,), one number a row, "
    match = re.escape(message) + ".*" + re.escape(got)
    with pytest.raises(ValueError, match=match):
        run(of_rows(), penalties=[r1, penalty])
