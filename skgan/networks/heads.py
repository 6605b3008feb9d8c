"""What stands between a generator's last layer and the rows that others see.

A row is *raw* as the last layer gives it, *expanded* as the discriminator sees it, and
*encoded* as an encoder writes and reads it. ``head(raw, gumbel)`` is expanded,
``head.encoded(raw, gumbel)`` encoded, ``head.expand(encoded)`` expanded.
"""

from collections.abc import Sequence
from math import prod
from typing import Any

import torch
from torch import Tensor, nn

from .batches import Batch, Latents, side_by_side
from .images import MAX_PLANES

N_BINS = 16  # of the piecewise-linear code of a scalar ...
MAX_CODES = 8_192  # ... and fewer in tables of very many columns
# In place of a variance, for gradient penalties of weight .15: the best of .015 to .15
# of 10,000 rows and more. For fewer they grow as these fall short, up to twenty times.
TABLE_VARIANCE, MANY_ROWS, MOST_TIMES = 6.0, 10_000, 20.0
# At most, of images: the weight is then 5, half the gamma of Mescheder et al. 2018
IMAGE_VARIANCE = 200.0
MAX_NUMBERS = 2**24  # of images, of which a variance is taken
# Raking of shares of classes: passes, when it ends, and the log of the least share
N_RAKED, CLOSE, LEAST = 100, 0.01, -20.0
END = 4.0  # normal score at which its first and last bin end
ACTIVATIONS = {"linear": nn.Identity, "tanh": nn.Tanh}


class Head(nn.Module):
    """What all heads share.

    Attributes
    ----------
    n_raw, n_expanded : int
        Number of columns of raw and of expanded rows.
    n_gumbel : int
        Number of columns of Gumbel noise that it draws classes with.
    raw_shape : tuple of int
        Shape of what the generator's last layer gives for one row.
    """

    name = "rows"
    n_raw: int
    n_expanded: int
    n_gumbel = 0
    raw_shape: tuple[int, ...]

    def input_shape(self, n_conditions: int) -> tuple[int, ...]:
        """Shape of what a discriminator sees of one row and its conditions."""
        return (self.n_expanded + n_conditions,)

    def log_shares(self, encoded: Tensor) -> Tensor:
        """Logs of the shares of all classes in encoded rows: there are none."""
        return torch.zeros(0)

    def log_chances(self, logits: Tensor) -> Tensor:
        """Logs of how often each class is drawn from logits: there are none."""
        return torch.zeros(0)


class RangeHead(Head):
    """Rows of numbers, raw, expanded and encoded the same but for an activation.

    Parameters
    ----------
    n_columns : int
        Number of columns.
    activation : torch.nn.Module
        Applied to raw rows.
    """

    def __init__(self, n_columns: int, activation: nn.Module) -> None:
        super().__init__()
        self.n_raw = self.n_expanded = n_columns
        self.raw_shape: tuple[int, ...] = (n_columns,)
        self.activation = activation

    def variance(self, encoded: Tensor) -> float:
        """What gradient penalties grow with: the variance summed over all columns."""
        return float(encoded.var(0).sum())

    def expand(self, encoded: Tensor) -> Tensor:
        """Encoded rows as they are."""
        return encoded

    def forward(self, raw: Tensor, gumbel: Tensor) -> Tensor:
        """Raw rows through the activation, in float32.

        In bfloat16 a tanh is exactly -1 from -3.5 on, and lets no gradient through.
        """
        return self.activation(raw.float())

    encoded = forward


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

    def input_shape(self, n_conditions: int) -> tuple[int, ...]:
        """Shape of one image with its conditions as further channels."""
        n_channels, height, width = self.raw_shape
        return n_channels + min(n_conditions, MAX_PLANES), height, width

    def variance(self, encoded: Tensor) -> float:
        """What gradient penalties grow with: many pixels are still one picture.

        Of very many images, which may be on disk, some tell.
        """
        step = -(-len(encoded) * encoded.shape[1] // MAX_NUMBERS)
        some = torch.as_tensor(encoded[::step])
        return min(super().variance(some), IMAGE_VARIANCE)

    def forward(self, raw: Tensor, gumbel: Tensor) -> Tensor:
        """Rows ``(n, height * width * channels)`` of raw images."""
        return super().forward(raw, gumbel).permute(0, 2, 3, 1).flatten(1)

    encoded = forward


class TableHead(Head):
    """Discrete variables, and scalars that count only where a variable has their class.

    Raw rows hold logits of all classes and the scalars, encoded rows the class of each
    variable and the scalars. Expanded rows hold one-hot variables, the scalars, a
    piecewise-linear code of each (Gorishniy et al. 2022) and a score of the class of
    each ordered variable.

    Parameters
    ----------
    sizes : sequence of int
        Number of classes of each variable.
    owners : sequence of int
        For each scalar the class that it belongs to, counted through all variables.
    order : tensor of shape (n_classes, n_ordered)
        Scores of the classes of each ordered variable, 0 for all other classes.
    """

    variable: Tensor  # of each class
    start: Tensor  # of each variable: its first class
    owners: Tensor
    order: Tensor
    member: Tensor  # (n_classes, n_variables), 1 where a class belongs to a variable
    edge: Tensor  # of each bin
    width: Tensor

    def __init__(
        self, sizes: Sequence[int], owners: Sequence[int], order: Tensor
    ) -> None:
        super().__init__()
        self.sizes = list(sizes)
        self.n_gumbel = n_classes = sum(sizes)
        self.n_raw = n_classes + len(owners)
        self.raw_shape = (self.n_raw,)
        n_bins = max(2, min(N_BINS, MAX_CODES // max(len(owners), 1)))
        self.n_expanded = self.n_raw + n_bins * len(owners) + order.shape[1]
        variable = torch.arange(len(sizes)).repeat_interleave(torch.tensor(self.sizes))
        edges = torch.special.ndtri(torch.linspace(0, 1, n_bins + 1)).clamp(-END, END)
        buffers = {
            "variable": variable,
            "start": torch.tensor([0, *self.sizes[:-1]]).cumsum(0),
            "owners": torch.tensor(list(owners), dtype=torch.long),
            "order": order,
            "member": nn.functional.one_hot(variable, len(sizes)).float(),
            "edge": edges[:-1],
            "width": edges.diff(),
        }
        for name, value in buffers.items():
            self.register_buffer(name, value, persistent=False)

    def variance(self, encoded: Tensor) -> float:
        """What gradient penalties grow with: how few rows there are.

        That of no variable exceeds that of another, and a discriminator that may be
        steep learns few rows by heart.
        """
        times = MANY_ROWS / len(encoded)
        return TABLE_VARIANCE * min(max(times, 1.0), MOST_TIMES)

    def expand(self, encoded: Tensor) -> Tensor:
        """Expanded rows ``(n, n_expanded)``.

        Encoded ones are ``(n, n_variables + n_scalars)``.
        """
        classes, scalars = encoded.tensor_split([len(self.sizes)], 1)
        one_hot = encoded.new_zeros(len(encoded), len(self.variable))
        one_hot.scatter_(1, classes.long() + self.start, 1.0)
        return self._with_codes(one_hot, scalars)

    def log_shares(self, encoded: Tensor) -> Tensor:
        """Logs of the shares of all classes in encoded rows, ``(n_classes,)``.

        A class without rows counts as that of half a row.
        """
        variables = encoded[:, : len(self.sizes)].long().unbind(1)
        counts = [
            torch.bincount(classes, minlength=size)
            for classes, size in zip(variables, self.sizes, strict=True)
        ]
        return log_shares_of(torch.cat(counts), len(encoded))

    def forward(self, raw: Tensor, gumbel: Tensor) -> Tensor:
        """Expanded rows of raw ones ``(n, n_raw)`` and noise ``(n, n_classes)``.

        Each variable takes the class with the largest noisy logit. The gradient is that
        of the softmax (straight-through Gumbel softmax, Jang et al. 2017).
        """
        with torch.autocast(raw.device.type, enabled=False):
            logits, scalars = raw.float().tensor_split([len(self.variable)], 1)
            logits = logits + gumbel
            top = self._largest(logits)[:, self.variable]  # (n, n_classes)
            soft = self._softmax(logits, top)
            hard = (logits == top).float()
            return self._with_codes(hard + soft - soft.detach(), scalars)

    def encoded(self, raw: Tensor, gumbel: Tensor) -> Tensor:
        """Encoded rows of the same."""
        logits, scalars = raw.float().tensor_split([len(self.variable)], 1)
        variables = (logits + gumbel).split(self.sizes, 1)
        classes = [logits.argmax(1, keepdim=True) for logits in variables]
        return torch.cat([*classes, scalars], 1)

    def log_chances(self, logits: Tensor) -> Tensor:
        """Logs of how often each class is drawn from logits ``(n, n_classes)``."""
        top = self._largest(logits)[:, self.variable]
        return self._softmax(logits, top).mean(0).log()  # (n_classes,)

    def _softmax(self, logits: Tensor, top: Tensor) -> Tensor:
        """The probabilities of classes within their variables, ``(n, n_classes)``."""
        shares = (logits - top).exp()
        return shares / (shares @ self.member)[:, self.variable]

    def _largest(self, logits: Tensor) -> Tensor:
        """The largest logit of each variable, ``(n, n_variables)``."""
        top = logits.new_full((len(logits), len(self.sizes)), -torch.inf)
        index = self.variable.expand(len(logits), -1)
        return top.scatter_reduce_(1, index, logits.detach(), "amax")

    def _with_codes(self, one_hot: Tensor, scalars: Tensor) -> Tensor:
        """One-hot variables with the codes of scalars and the scores of classes."""
        owned = one_hot[:, self.owners]  # (n, n_scalars)
        bins = ((scalars[:, :, None] - self.edge) / self.width).clamp(0, 1)
        codes = (bins * owned[:, :, None]).flatten(1)
        return torch.cat([one_hot, scalars * owned, codes, one_hot @ self.order], 1)


def log_shares_of(counts: Tensor, n_rows: int) -> Tensor:
    """Logs of the shares of classes ``(n_classes,)`` that so many rows have.

    A class without rows counts as that of half a row.
    """
    return (counts.clamp(min=0.5) / n_rows).log()


def make_head(layout: Any) -> RangeHead | TableHead:
    """The head of a generator of rows as an encoder lays them out.

    Parameters
    ----------
    layout : Layout
        The attribute ``layout`` of an encoder.
    """
    if layout.class_sizes:
        order = torch.tensor(layout.order)
        return TableHead(layout.class_sizes, layout.owners, order)
    if layout.image_shape:
        return ImageHead(layout.image_shape)
    return RangeHead(layout.n_columns, ACTIVATIONS[layout.activation]())


class HeadedGenerator(nn.Module):
    """A network and its head, as one map from latents to a batch.

    The batch has the conditions of the latents, so that the discriminator sees them.

    Parameters
    ----------
    network : torch.nn.Module
        Maps latent vectors and conditions, side by side, to raw rows.
    head : Head
        Makes expanded and encoded rows of raw ones.
    embedding : torch.nn.Linear or None, default=None
        What the network gets of conditions; None is these themselves. Each of hundreds
        of clusters would have weights for all of the first maps.
    """

    def __init__(
        self,
        network: nn.Module,
        head: RangeHead | TableHead,
        embedding: nn.Linear | None = None,
    ) -> None:
        super().__init__()
        self.network, self.embedding = network, embedding
        self.head: RangeHead | TableHead = head

    def raw(self, latents: Latents) -> Tensor:
        """What the network makes of latents, before the head."""
        conditions = latents.conditions
        if self.embedding is not None:
            conditions = self.embedding(conditions)
        return self.network(side_by_side(latents.z, conditions))

    @torch.no_grad()
    def start_from(self, encoded: Tensor) -> None:
        """Let first rows have classes by their shares in encoded rows.

        Else a class of one row would begin as one of many, and little training would
        leave far too much of it. Networks that do not end in a linear map of all raw
        columns are left as they are.
        """
        bias = self._class_bias()
        if bias is not None:
            bias.copy_(self.head.log_shares(encoded))

    @torch.no_grad()
    def rake(self, log_shares: Tensor, latents: Latents) -> None:
        """Let rows of latents have classes by given shares, as ``log_shares_of`` does.

        Each variable's biases move by iterative scaling until no share is off by a
        hundredth of itself. Of networks the same holds as in ``start_from``.
        """
        bias = self._class_bias()
        if bias is None:
            return
        wanted = log_shares.to(bias.device)
        logits = self.raw(latents).float()[:, : len(wanted)]
        for _ in range(N_RAKED):
            gap = wanted - self.head.log_chances(logits).clamp(min=LEAST)
            if not gap.abs().max() >= CLOSE:  # or no number: what diverged stays so
                break
            logits += gap
            bias += gap

    def _class_bias(self) -> Tensor | None:
        """The last biases of the network that are those of classes, if it has such."""
        maps = [part for part in self.network.modules() if isinstance(part, nn.Linear)]
        n_classes = self.head.n_gumbel
        if n_classes and maps and maps[-1].out_features == self.head.n_raw:
            bias = maps[-1].bias
            return None if bias is None else bias[:n_classes]
        return None

    def forward(self, latents: Latents) -> Batch:
        """Expanded rows with their conditions."""
        return Batch(self.head(self.raw(latents), latents.gumbel), latents.conditions)

    def encoded(self, latents: Latents) -> Tensor:
        """Encoded rows."""
        return self.head.encoded(self.raw(latents), latents.gumbel)


class RowDiscriminator(nn.Module):
    """A network of points as a discriminator: it sees conditions as further columns.

    Parameters
    ----------
    network : torch.nn.Module
        Maps points ``(n, n_expanded + n_conditions)`` to logits.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, batch: Batch) -> Tensor:
        """Logits of rows and their conditions."""
        return self.network(batch.joined())
