import pytest
import torch
from torch import nn

from skgan.networks import Affine, Maxout, build, mlp_discriminator, mlp_generator

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
