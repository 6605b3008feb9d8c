"""What stands between a generator's last layer and the rows that others see.

A head knows three forms of a row: *raw*, what the last layer gives; *open*, what the
discriminator sees; *compact*, what an encoder writes and reads. ``head(raw, noise)`` is
open, ``head.compact(raw, noise)`` compact, ``head.open(compact)`` open.
"""

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor, nn

from .images import MAX_PLANES

N_BINS = 16  # of the piecewise-linear code of a scalar ...
MAX_CODES = 8_192  # ... and fewer in tables of very many columns
# In place of a variance, for gradient penalties of weight .15: the best of .015 to .15
TABLE_VARIANCE = 6.0
# At most, of images: the weight is then 5, half the gamma of Mescheder et al. 2018
IMAGE_VARIANCE = 200.0
END = 4.0  # normal score at which its first and last bin end


class Head(nn.Module):
    """What all heads share."""

    name = "rows"
    n_open: int

    def seen_shape(self, n_conditions: int) -> tuple[int, ...]:
        """Shape of what a discriminator sees of one row and its conditions."""
        return (self.n_open + n_conditions,)


class RangeHead(Head):
    """Rows of numbers, the same in every form but for an output activation.

    Parameters
    ----------
    n_columns : int
        Number of columns.
    activation : torch.nn.Module
        Applied to raw rows.
    """

    n_noise = 0

    def __init__(self, n_columns: int, activation: nn.Module) -> None:
        super().__init__()
        self.n_raw = self.n_open = n_columns
        self.raw_shape: tuple[int, ...] = (n_columns,)
        self.activation = activation

    def variance(self, rows: Tensor) -> float:
        """What gradient penalties grow with: the variance summed over all columns."""
        return float(rows.var(0).sum())

    def open(self, rows: Tensor) -> Tensor:
        """Compact rows as they are."""
        return rows

    def forward(self, raw: Tensor, noise: Tensor) -> Tensor:
        """Raw rows through the activation, in float32.

        In bfloat16 a tanh is exactly -1 from -3.5 on, and lets no gradient through.
        """
        return self.activation(raw.float())

    compact = forward


class ImageHead(RangeHead):
    """Images with a tanh, in rows of height, width and channel.

    Raw images are ``(n, channels, height, width)``.

    Parameters
    ----------
    image_shape : (int, int, int)
        Height, width and number of channels.
    """

    name = "images"

    def __init__(self, image_shape: Sequence[int]) -> None:
        super().__init__(prod(image_shape), nn.Tanh())
        height, width, n_channels = self.image_shape = tuple(image_shape)
        self.raw_shape = n_channels, height, width

    def seen_shape(self, n_conditions: int) -> tuple[int, ...]:
        """Shape of one image with its conditions as further channels."""
        n_channels, height, width = self.raw_shape
        return n_channels + min(n_conditions, MAX_PLANES), height, width

    def variance(self, rows: Tensor) -> float:
        """What gradient penalties grow with: many pixels are still one picture."""
        return min(super().variance(rows), IMAGE_VARIANCE)

    def forward(self, raw: Tensor, noise: Tensor) -> Tensor:
        """Rows ``(n, height * width * channels)`` of raw images."""
        return super().forward(raw, noise).permute(0, 2, 3, 1).flatten(1)

    compact = forward


class TableHead(Head):
    """Blocks of classes, and scalars that count only where a block has their class.

    Raw rows hold logits of all classes and the scalars, compact rows the class of each
    block and the scalars. Open rows hold one-hot blocks, the scalars, a piecewise-
    linear code of each (Gorishniy et al. 2022) and a score of the class of each ordered
    block.

    Parameters
    ----------
    sizes : sequence of int
        Number of classes of each block.
    owners : sequence of int
        For each scalar the class that it belongs to, counted through all blocks.
    order : tensor of shape (n_classes, n_ordered)
        Scores of the classes of each ordered block, 0 for all other classes.
    """

    block: Tensor  # of each class
    start: Tensor  # of each block
    owners: Tensor
    order: Tensor
    member: Tensor  # (n_classes, n_blocks), 1 where a class belongs to a block
    edge: Tensor  # of each bin
    width: Tensor

    def __init__(
        self, sizes: Sequence[int], owners: Sequence[int], order: Tensor
    ) -> None:
        super().__init__()
        self.sizes = list(sizes)
        self.n_noise = n_classes = sum(sizes)
        self.n_raw = n_classes + len(owners)
        self.raw_shape = (self.n_raw,)
        n_bins = max(2, min(N_BINS, MAX_CODES // max(len(owners), 1)))
        self.n_open = self.n_raw + n_bins * len(owners) + order.shape[1]
        block = torch.arange(len(sizes)).repeat_interleave(torch.tensor(self.sizes))
        edges = torch.special.ndtri(torch.linspace(0, 1, n_bins + 1)).clamp(-END, END)
        buffers = {
            "block": block,
            "start": torch.tensor([0, *self.sizes[:-1]]).cumsum(0),
            "owners": torch.tensor(list(owners), dtype=torch.long),
            "order": order,
            "member": nn.functional.one_hot(block, len(sizes)).float(),
            "edge": edges[:-1],
            "width": edges.diff(),
        }
        for name, value in buffers.items():
            self.register_buffer(name, value, persistent=False)

    def variance(self, rows: Tensor) -> float:
        """What gradient penalties grow with: a constant, blocks are alike in tables."""
        return TABLE_VARIANCE

    def open(self, rows: Tensor) -> Tensor:
        """Open rows ``(n, n_open)`` of compact ones ``(n, n_blocks + n_scalars)``."""
        classes, scalars = rows.tensor_split([len(self.sizes)], 1)
        one_hot = rows.new_zeros(len(rows), len(self.block))
        one_hot.scatter_(1, classes.long() + self.start, 1.0)
        return self._open(one_hot, scalars)

    def forward(self, raw: Tensor, noise: Tensor) -> Tensor:
        """Open rows of raw ones ``(n, n_raw)`` and Gumbel noise ``(n, n_classes)``.

        Each block takes the class with the largest noisy logit. The gradient is that of
        the softmax (straight-through Gumbel softmax, Jang et al. 2017).
        """
        with torch.autocast(raw.device.type, enabled=False):
            logits, scalars = raw.float().tensor_split([len(self.block)], 1)
            logits = logits + noise
            top = self._largest(logits)[:, self.block]  # (n, n_classes)
            shares = (logits - top).exp()
            soft = shares / (shares @ self.member)[:, self.block]
            hard = (logits == top).float()
            return self._open(hard + soft - soft.detach(), scalars)

    def compact(self, raw: Tensor, noise: Tensor) -> Tensor:
        """Compact rows of the same."""
        logits, scalars = raw.float().tensor_split([len(self.block)], 1)
        blocks = (logits + noise).split(self.sizes, 1)
        classes = [block.argmax(1, keepdim=True) for block in blocks]
        return torch.cat([*classes, scalars], 1)

    def _largest(self, logits: Tensor) -> Tensor:
        top = logits.new_full((len(logits), len(self.sizes)), -torch.inf)
        index = self.block.expand(len(logits), -1)
        return top.scatter_reduce_(1, index, logits.detach(), "amax")

    def _open(self, one_hot: Tensor, scalars: Tensor) -> Tensor:
        owned = one_hot[:, self.owners]  # (n, n_scalars)
        bins = ((scalars[:, :, None] - self.edge) / self.width).clamp(0, 1)
        codes = (bins * owned[:, :, None]).flatten(1)
        return torch.cat([one_hot, scalars * owned, codes, one_hot @ self.order], 1)


class HeadedGenerator(nn.Module):
    """A network and its head, as one map from noise to rows.

    The noise holds the latents first, then the conditions, then what the head needs.
    The network sees latents and conditions; open rows end in the conditions, so that
    the discriminator sees them too.
    """

    def __init__(
        self,
        network: nn.Module,
        head: RangeHead | TableHead,
        latent_dim: int,
        n_conditions: int = 0,
    ) -> None:
        super().__init__()
        self.network = network
        self.head: RangeHead | TableHead = head
        self.latent_dim, self.n_inputs = latent_dim, latent_dim + n_conditions

    def forward(self, noise: Tensor) -> Tensor:
        """Open rows and their conditions, ``(n, n_open + n_conditions)``."""
        inputs, rest = noise.tensor_split([self.n_inputs], 1)
        rows = self.head(self.network(inputs), rest)
        if self.n_inputs == self.latent_dim:
            return rows
        return torch.cat([rows, inputs[:, self.latent_dim :]], 1)

    def compact(self, noise: Tensor) -> Tensor:
        """Compact rows."""
        inputs, rest = noise.tensor_split([self.n_inputs], 1)
        return self.head.compact(self.network(inputs), rest)
