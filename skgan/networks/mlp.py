"""Multi-layer perceptrons for rows of numbers."""

from collections.abc import Sequence
from numbers import Integral

from torch import nn

from .layers import Dropout, Maxout


def mlp_generator(
    latent_dim: int, n_outputs: int, *, hidden_layer_sizes: Sequence[int] = (256, 256)
) -> nn.Sequential:
    """A generator of rows: linear layers with ReLU between them.

    The last layer is linear. The estimator applies the output activation that the
    range of its data asks for.

    Parameters
    ----------
    latent_dim : int
        Number of columns of the noise.
    n_outputs : int
        Number of columns of a generated row.
    hidden_layer_sizes : sequence of int, default=(256, 256)
        Number of units of each hidden layer.

    Returns
    -------
    torch.nn.Sequential
        Maps ``(n, latent_dim)`` to ``(n, n_outputs)``.

    Examples
    --------
    >>> import torch
    >>> from skgan.networks import mlp_generator
    >>> mlp_generator(8, 3, hidden_layer_sizes=(16,))(torch.zeros(5, 8)).shape
    torch.Size([5, 3])
    """
    layers: list[nn.Module] = []
    for width in check_widths(hidden_layer_sizes):
        layers += [nn.Linear(latent_dim, width), nn.ReLU()]
        latent_dim = width
    return nn.Sequential(*layers, nn.Linear(latent_dim, n_outputs))


def mlp_discriminator(
    n_inputs: int,
    *,
    hidden_layer_sizes: Sequence[int] = (256, 256),
    maxout_pieces: int = 1,
    dropout: float = 0.0,
) -> nn.Sequential:
    """A discriminator of rows: linear layers with leaky ReLU, or maxout units.

    Parameters
    ----------
    n_inputs : int
        Number of columns of a row.
    hidden_layer_sizes : sequence of int, default=(256, 256)
        Number of units of each hidden layer.
    maxout_pieces : int, default=1
        From 2 on, each hidden unit is the largest of that many linear maps
        (Goodfellow et al. 2013), as in the first GAN (Goodfellow et al. 2014).
    dropout : float, default=0.0
        Share of the hidden units that are zeroed in training, in [0, 1).

    Returns
    -------
    torch.nn.Sequential
        Maps ``(n, n_inputs)`` to logits ``(n,)``.

    Examples
    --------
    >>> import torch
    >>> from skgan.networks import mlp_discriminator
    >>> mlp_discriminator(3, maxout_pieces=5, dropout=0.5)(torch.zeros(7, 3)).shape
    torch.Size([7])
    """
    layers: list[nn.Module] = []
    for width in check_widths(hidden_layer_sizes):
        if maxout_pieces > 1:
            layers.append(Maxout(n_inputs, width, maxout_pieces))
        else:
            layers += [nn.Linear(n_inputs, width), nn.LeakyReLU(0.2)]
        if dropout:
            layers.append(Dropout(dropout))
        n_inputs = width
    return nn.Sequential(*layers, nn.Linear(n_inputs, 1), nn.Flatten(0))


def check_widths(hidden_layer_sizes: Sequence[int]) -> Sequence[int]:
    """The widths, if they are positive integers."""
    for width in hidden_layer_sizes:
        if not isinstance(width, Integral) or isinstance(width, bool) or width < 1:
            raise ValueError(
                "hidden_layer_sizes must hold integers in the range [1, inf), "
                f"got {tuple(hidden_layer_sizes)!r}."
            )
    return hidden_layer_sizes
