"""Layers that torch does not have."""

import torch
from torch import Tensor, nn

# Where bfloat16 pays: below them a cast costs more than the product saves
WIDE_UNITS, WIDE_MAPS = 256, 32


class Maxout(nn.Module):
    """The largest of several linear maps, unit by unit (Goodfellow et al. 2013).

    Parameters
    ----------
    n_inputs, n_outputs : int
        Number of columns coming in and going out.
    n_pieces : int
        Number of linear maps of which each unit takes the largest.

    Examples
    --------
    >>> import torch
    >>> from skgan.networks import Maxout
    >>> Maxout(3, 4, n_pieces=2)(torch.zeros(5, 3)).shape
    torch.Size([5, 4])
    """

    def __init__(self, n_inputs: int, n_outputs: int, n_pieces: int) -> None:
        super().__init__()
        self.n_pieces = n_pieces
        self.linear = nn.Linear(n_inputs, n_outputs * n_pieces)

    def forward(self, rows: Tensor) -> Tensor:
        """Units of each row, ``(n, n_outputs)``."""
        pieces = self.linear(rows).unflatten(1, (-1, self.n_pieces))  # (n, units, k)
        return torch.amax(pieces, dim=2)


class ConditionEmbedding(nn.Linear):
    """A vector for each condition: a linear layer of one-hot columns, without bias."""

    def __init__(self, n_conditions: int, n_embedded: int) -> None:
        super().__init__(n_conditions, n_embedded, bias=False)


class OfOnePixel(nn.ConvTranspose2d):
    """A transposed convolution of images of one pixel: a product of matrices."""

    def __init__(self, n: int, n_maps: int, size: tuple[int, int]) -> None:
        super().__init__(n, n_maps, size, bias=False)

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Maps ``(n, n_maps, height, width)`` of noise ``(n, latent_dim, 1, 1)``."""
        weight = self.weight.permute(0, 2, 3, 1)  # its order in memory, channels last
        maps = input.flatten(1) @ weight.flatten(1)
        return maps.unflatten(1, weight.shape[1:]).permute(0, 3, 1, 2)


def is_wide(network: nn.Module) -> bool:
    """Whether a layer has many units, or many maps, going in and coming out.

    Not what conditions or the noise alone go through: that is little work.
    """
    return any(
        not isinstance(layer, ConditionEmbedding | OfOnePixel)
        and (
            (isinstance(layer, nn.Linear) and min(layer.weight.shape) >= WIDE_UNITS)
            or (
                isinstance(layer, nn.Conv2d | nn.ConvTranspose2d)
                and min(layer.weight.shape[:2]) >= WIDE_MAPS
            )
        )
        for layer in network.modules()
    )
