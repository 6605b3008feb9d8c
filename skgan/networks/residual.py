"""A generator whose layers see all that came before them."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .mlp import check_widths


class ConcatenatedLayers(nn.Module):
    """Linear layers with batch norm and ReLU; each sees all earlier outputs."""

    def __init__(self, n_inputs: int, widths: Sequence[int]) -> None:
        super().__init__()
        self.layers = nn.ModuleList()
        for width in widths:
            layer = [nn.Linear(n_inputs, width), nn.BatchNorm1d(width), nn.ReLU()]
            self.layers.append(nn.Sequential(*layer))
            n_inputs += width
        self.n_outputs = n_inputs

    def forward(self, rows: Tensor) -> Tensor:
        """Outputs of all layers and the inputs, side by side."""
        for layer in self.layers:
            rows = torch.cat([layer(rows), rows], 1)
        return rows


def residual_generator(
    latent_dim: int,
    n_outputs: int,
    *,
    hidden_layer_sizes: Sequence[int] = (256, 256, 256),
) -> nn.Sequential:
    """A generator of tables: concatenating layers and a linear one.

    The generator of CTGAN (Xu et al. 2019).

    Parameters
    ----------
    latent_dim : int
        Number of columns of the noise.
    n_outputs : int
        Number of columns that it returns.
    hidden_layer_sizes : sequence of int, default=(256, 256, 256)
        Number of units of each concatenating layer.

    Returns
    -------
    torch.nn.Sequential
        Maps ``(n, latent_dim)`` to ``(n, n_outputs)``.

    Examples
    --------
    >>> import torch
    >>> from skgan.networks import residual_generator
    >>> residual_generator(8, 3, hidden_layer_sizes=(16,))(torch.zeros(5, 8)).shape
    torch.Size([5, 3])
    """
    layers = ConcatenatedLayers(latent_dim, check_widths(hidden_layer_sizes))
    return nn.Sequential(layers, nn.Linear(layers.n_outputs, n_outputs))
