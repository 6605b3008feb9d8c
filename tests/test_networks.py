"""Networks of rows, and networks chosen by name."""

import copy
import pickle
from functools import partial

import pytest
import torch
from torch import nn

from skgan import GANGenerator
from skgan.estimators.resolve import generator_of
from skgan.networks import (
    Affine,
    Batch,
    Dropout,
    ImageHead,
    Latents,
    Maxout,
    RangeHead,
    TableHead,
    build,
    image_networks,
    mlp_discriminator,
    mlp_generator,
    residual_generator,
    row_networks,
)
from skgan.networks.residual import ConcatenatedLayers

SIZES = [(1, 1, (1,)), (3, 7, (5, 4)), (8, 2, ()), (2, 11, (6, 6, 6))]


def assert_every_parameter_learns(module, inputs):
    module(inputs).square().sum().backward()
    for name, parameter in module.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize(("latent_dim", "n_outputs", "widths"), SIZES)
def test_generator_shapes(latent_dim, n_outputs, widths):
    net = mlp_generator(latent_dim, n_outputs, hidden_layer_sizes=widths)
    assert net(torch.randn(9, latent_dim)).shape == (9, n_outputs)
    assert [m.out_features for m in net if isinstance(m, nn.Linear)] == [
        *widths,
        n_outputs,
    ]


@pytest.mark.parametrize(("n_inputs", "_", "widths"), SIZES)
@pytest.mark.parametrize("maxout_pieces", [1, 3])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_discriminator_shapes(n_inputs, _, widths, maxout_pieces, dropout):
    net = mlp_discriminator(
        n_inputs,
        hidden_layer_sizes=widths,
        maxout_pieces=maxout_pieces,
        dropout=dropout,
    )
    assert net(torch.randn(9, n_inputs)).shape == (9,)
    assert sum(isinstance(m, Maxout) for m in net) == (maxout_pieces > 1) * len(widths)
    assert sum(isinstance(m, nn.Dropout) for m in net) == (dropout > 0) * len(widths)


def test_dropout_is_that_of_torch_from_a_stream_of_its_own():
    rows = torch.randn(50, 8, generator=torch.Generator().manual_seed(1))
    dropout, torchs = Dropout(0.3), nn.Dropout(0.3)
    dropout.rng = torch.Generator().manual_seed(5)
    with torch.random.fork_rng():
        torch.manual_seed(5)
        expected = [torchs(rows) for _ in range(2)]
        torch.manual_seed(6)
        found = [dropout(rows) for _ in range(2)]
        torch.manual_seed(5)
        copies = copy.deepcopy(dropout), pickle.loads(pickle.dumps(dropout))
        from_global = [layer(rows) for layer in copies]  # they draw from no other's
    assert all(map(torch.equal, found, expected))
    assert all(map(torch.equal, from_global, expected))
    assert dropout.rng is not None and copies[0].rng is copies[1].rng is None
    assert dropout.eval()(rows) is rows and Dropout(0.0)(rows) is rows


def test_every_parameter_gets_a_gradient():
    torch.manual_seed(0)
    assert_every_parameter_learns(mlp_generator(4, 3), torch.randn(64, 4))
    assert_every_parameter_learns(mlp_discriminator(4), torch.randn(64, 4))
    assert_every_parameter_learns(
        mlp_discriminator(4, maxout_pieces=3), torch.randn(64, 4)
    )


def test_maxout_is_the_largest_piece():
    layer = Maxout(3, 2, n_pieces=4)
    rows = torch.randn(5, 3)
    weight, bias = layer.linear.weight, layer.linear.bias  # (8, 3), (8,)
    for i in range(5):
        for unit in range(2):
            pieces = [
                weight[4 * unit + k] @ rows[i] + bias[4 * unit + k] for k in range(4)
            ]
            torch.testing.assert_close(layer(rows)[i, unit], max(pieces))


def test_affine_moves_ranges():
    """A sigmoid's colors from the tanh of a generator; pixels as a network expects."""
    x = torch.linspace(-5, 5, 11)
    tanh = torch.tanh(Affine(0.5)(x))
    torch.testing.assert_close(Affine(0.5, 0.5)(tanh), torch.sigmoid(x))
    assert not [*Affine(2.0).parameters()]


@pytest.mark.parametrize("widths", [(0,), (8, -1), (2.5,)])
@pytest.mark.parametrize("network", [mlp_generator, mlp_discriminator])
def test_bad_widths(network, widths):
    sizes = (2, 3) if network is mlp_generator else (2,)
    with pytest.raises(
        ValueError, match=r"hidden_layer_sizes must hold integers in the"
    ):
        network(*sizes, hidden_layer_sizes=widths)


def test_build_copies_what_a_function_hands_out():
    kept = nn.Linear(2, 3)
    built = build("generator", lambda latent_dim, n_outputs: kept, 2, 3)
    assert built is not kept
    assert torch.equal(built.weight, kept.weight)


def test_build_refuses_modules_and_other_things():
    with pytest.raises(
        ValueError, match="generator must be a function that builds a modu"
    ):
        build("generator", nn.Linear(2, 3), 2, 3)
    with pytest.raises(
        ValueError, match="discriminator must be a function that returns a"
    ):
        build("discriminator", lambda n_inputs: n_inputs, 2)


def test_residual_layers_see_all_that_came_before():
    """Each layer's outputs stand before what it got (Xu et al. 2019)."""
    net = residual_generator(4, 3, hidden_layer_sizes=(8, 5)).eval()
    rows = torch.randn(9, 4)
    first, second = net[0].layers
    hidden = torch.cat([first(rows), rows], 1)
    hidden = torch.cat([second(hidden), hidden], 1)
    assert hidden.shape == (9, 5 + 8 + 4)
    torch.testing.assert_close(net(rows), net[1](hidden))
    assert [type(layer) for layer in first] == [nn.Linear, nn.BatchNorm1d, nn.ReLU]
    assert_every_parameter_learns(net.train(), torch.randn(64, 4))


OPTIONS = {"hidden_layer_sizes": (8,), "dropout": 0.5}
TABLE = TableHead([3], [], torch.zeros(3, 0))
RANGE = RangeHead(5, nn.Tanh())


@pytest.mark.parametrize(
    ("head", "name", "layer"),
    [
        (RANGE, "mlp", nn.Linear),
        (TABLE, "residual", ConcatenatedLayers),
        (RANGE, "residual", ConcatenatedLayers),
        (TABLE, "mlp", nn.Linear),
    ],
)
def test_networks_of_rows_by_name(head, name, layer):
    generator, discriminator = row_networks(
        head, 4, 2, generator=name, discriminator="mlp", **OPTIONS
    )
    assert type(generator.network[0]) is layer
    assert generator.head is not head and type(generator.head) is type(head)
    assert any(isinstance(m, nn.Dropout) for m in discriminator.network)
    latents = Latents(torch.randn(9, 4), torch.eye(9, 2), torch.zeros(9, head.n_gumbel))
    assert discriminator(generator(latents)).shape == (9,)


def test_the_generator_of_a_table_is_residual_by_default():
    own = GANGenerator()
    assert [generator_of(own, head) for head in (RANGE, TABLE)] == ["mlp", "residual"]
    assert generator_of(GANGenerator(generator="mlp"), TABLE) == "mlp"
    assert generator_of(GANGenerator(generator=mlp_generator), TABLE) is mlp_generator


def test_options_are_those_of_networks_that_are_named():
    discriminator = partial(mlp_discriminator, maxout_pieces=3)
    _, ours = row_networks(
        RANGE, 4, 2, generator="mlp", discriminator=discriminator, **OPTIONS
    )
    widths = [m.linear.out_features for m in ours.network if isinstance(m, Maxout)]
    assert widths == [3 * 256, 3 * 256]
    assert not any(isinstance(m, nn.Dropout) for m in ours.network)


@pytest.mark.parametrize("n_conditions", [0, 3, 100])
@pytest.mark.parametrize("generator", ["dcgan", "projected", "residual"])
@pytest.mark.parametrize("discriminator", ["dcgan", "residual"])
def test_networks_of_images_by_name(generator, discriminator, n_conditions):
    options = {"base_channels": 2, "normalization": "spectral"}
    maker, judge = image_networks(
        ImageHead((8, 9, 2)),
        4,
        n_conditions,
        generator=generator,
        discriminator=discriminator,
        **options,
    )
    assert (maker.embedding is None) == (n_conditions < 100)
    conditions = torch.eye(5, n_conditions)
    fake = maker(Latents(torch.randn(5, 4), conditions, torch.zeros(5, 0)))
    assert fake.rows.shape == (5, 8 * 9 * 2) and fake.conditions is conditions
    assert judge(fake).shape == (5,)


def test_discriminators_of_images_that_users_write_get_conditions_as_planes():
    shapes = []

    def factory(image_shape):
        shapes.append(image_shape)
        return nn.Sequential(nn.Flatten(), nn.Linear(8 * 9 * image_shape[2], 1))

    for n_conditions in (0, 3, 100):
        _, judge = image_networks(
            ImageHead((8, 9, 2)),
            4,
            n_conditions,
            generator="dcgan",
            discriminator=factory,
            base_channels=2,
            normalization=None,
        )
        batch = Batch(torch.randn(5, 144), torch.eye(5, n_conditions))
        assert judge(batch).shape == (5, 1)
    assert shapes == [(8, 9, 2), (8, 9, 2 + 3), (8, 9, 2 + 16)]
