"""What networks are given: latents with conditions, and rows with conditions."""

from typing import NamedTuple

import torch
from torch import Tensor


class Latents(NamedTuple):
    """What a generator makes rows of.

    ``z`` are latent vectors ``(n, latent_dim)``, ``conditions`` one-hot columns
    ``(n, n_conditions)``, ``gumbel`` the noise ``(n, n_gumbel)`` with which a head
    draws classes.
    """

    z: Tensor
    conditions: Tensor
    gumbel: Tensor


class Batch(NamedTuple):
    """What a discriminator judges.

    ``rows`` are expanded rows ``(n, n_expanded)``, real or generated, ``conditions``
    one-hot columns ``(n, n_conditions)``.
    """

    rows: Tensor
    conditions: Tensor

    def joined(self) -> Tensor:
        """Rows and conditions as points of one space, in which penalties are taken."""
        return side_by_side(self.rows, self.conditions)

    def split(self, points: Tensor) -> "Batch":
        """Points ``(n, n_expanded + n_conditions)`` as a batch of such rows."""
        return Batch(*points.tensor_split([self.rows.shape[1]], 1))


def side_by_side(left: Tensor, right: Tensor) -> Tensor:
    """Columns of both; no copy if there are none on the right."""
    return torch.cat([left, right], 1) if right.shape[1] else left
