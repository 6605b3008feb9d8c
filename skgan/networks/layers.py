"""Layers that torch does not have."""

from typing import Any

import torch
from torch import Tensor, nn


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


class Dropout(nn.Dropout):
    """Torch's dropout, with a random stream of its own.

    A run lends it its own stream, as to all that draws in training. So a fit with
    dropout depends on no global stream, and fits in threads need not wait for each
    other. Copies have no stream, and draw from torch's global one in training mode.

    Parameters
    ----------
    p : float, default=0.5
        Share of the units that are zeroed in training, in [0, 1).

    Examples
    --------
    >>> import torch
    >>> from skgan.networks import Dropout
    >>> dropout = Dropout(0.75)
    >>> dropout.rng = torch.Generator().manual_seed(0)
    >>> dropout(torch.ones(8))
    tensor([0., 0., 0., 0., 0., 0., 4., 0.])
    """

    rng: torch.Generator | None = None

    def forward(self, rows: Tensor) -> Tensor:
        """Rows of any shape, with the same mean."""
        if not (self.training and self.p):
            return rows
        kept = torch.empty_like(rows).bernoulli_(1 - self.p, generator=self.rng)
        return rows * kept.div_(1 - self.p)

    def __getstate__(self) -> dict[str, Any]:
        """What copies and pickles hold: all but the stream, which is that of a run."""
        return {k: v for k, v in vars(self).items() if k != "rng"}


class Affine(nn.Module):
    """From one range to another: no weights, the same map for all numbers.

    Encoded pixels are between -1 and 1. A network of yours that was made for those
    between 0 and 1 begins, if it is a discriminator, with ``Affine(0.5, 0.5)``; a
    generator that ended in a sigmoid ends in ``Affine(0.5)``, since the tanh that skgan
    applies then makes the same colors.

    Parameters
    ----------
    scale : float
        What numbers are multiplied by.
    shift : float, default=0.0
        What is added then.

    Examples
    --------
    >>> import torch
    >>> from skgan.networks import Affine
    >>> Affine(0.5, 0.5)(torch.tensor([[-1.0, 0.0, 1.0]]))
    tensor([[0.0000, 0.5000, 1.0000]])
    """

    def __init__(self, scale: float, shift: float = 0.0) -> None:
        super().__init__()
        self.scale, self.shift = scale, shift

    def forward(self, x: Tensor) -> Tensor:
        """``scale * x + shift``, of any shape."""
        return self.scale * x + self.shift


class ConditionEmbedding(nn.Linear):
    """A vector for each condition: a linear layer of one-hot columns, without bias."""

    def __init__(self, n_conditions: int, n_embedded: int) -> None:
        super().__init__(n_conditions, n_embedded, bias=False)
