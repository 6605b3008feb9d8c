"""What training is fed with: batches of rows, and latents."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor

from ..networks.batches import Batch, Latents
from ..storage import stored
from ..storage.fields import one_of, whole


class TrainingData(NamedTuple):
    """Encoded training rows and the codes of their conditions.

    ``encoded`` is ``(n, n_columns)``, ``codes`` ``(n, n_parts)`` of whole numbers.
    ``weights`` ``(n,)``, in float64, say how often each row is to be drawn; None is all
    alike. All are on the device, or all in pinned memory of the host.
    """

    encoded: Tensor
    codes: Tensor
    weights: Tensor | None = None


class EncodedBatch(NamedTuple):
    """Encoded rows ``(batch_size, n_columns)`` and codes of their conditions."""

    encoded: Tensor
    codes: Tensor


@dataclass
class BatchStream:
    """An endless reshuffled stream of rows, drawn by index.

    Rows on the device are gathered there. Those in the memory of the host, pinned, are
    gathered there and copied while the device is still busy with earlier batches.

    Every row is seen equally often: a new permutation begins where one ends, in the
    middle of a batch if need be, so that any batch size works for any number of rows.
    With weights, an epoch of n draws has each row as often as they say, rounded up or
    down.

    Parameters
    ----------
    data : TrainingData
        The rows.
    batch_size : int
        Number of rows in a batch.
    rng : torch.Generator
        Decides the order; lives on the device, to which batches go.
    expand : callable
        Makes of encoded rows and codes the batch that the discriminator sees.
    """

    data: TrainingData
    batch_size: int
    rng: torch.Generator
    expand: Callable[[Tensor, Tensor], Batch] = Batch
    order: Tensor = field(init=False)  # of rows, of which those from position on wait
    position: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.order = self._permutation()

    @property
    def device(self) -> torch.device:
        """Where batches are."""
        return self.rng.device

    def _permutation(self) -> Tensor:
        """The order of the next epoch."""
        encoded, weights = self.data.encoded, self.data.weights
        order = self._shuffled(torch.arange(len(encoded), device=encoded.device))
        if weights is None:
            return order
        # Systematic draws: points at equal distances along the weights
        ends = weights[order].cumsum(0)
        start = torch.rand(1, generator=self.rng, device=self.device).to(ends)
        points = torch.arange(len(ends), device=ends.device) + start
        drawn = torch.searchsorted(ends, points * ends[-1] / len(ends), right=True)
        return self._shuffled(order[drawn.clamp(max=len(order) - 1)])

    def _shuffled(self, index: Tensor) -> Tensor:
        """Indices in random order."""
        places = torch.randperm(len(index), generator=self.rng, device=self.device)
        return index[places.to(index.device)]

    def draw(self) -> EncodedBatch:
        """The next batch, for ``expand``."""
        while len(self.order) - self.position < self.batch_size:
            rest = self.order[self.position :]
            self.order = torch.cat([rest, self._permutation()])
            self.position = 0
        end = self.position + self.batch_size
        index = self.order[self.position : end]
        self.position = end
        return EncodedBatch(
            self._gather(self.data.encoded, index), self._gather(self.data.codes, index)
        )

    def _gather(self, rows: Tensor, index: Tensor) -> Tensor:
        """The rows of an index, on the device."""
        if rows.device.type == self.device.type:
            return rows[index]
        # From pinned memory a copy waits for nothing, and nothing waits for it
        shape = len(index), *rows.shape[1:]
        staged = torch.empty(shape, dtype=rows.dtype, pin_memory=True)
        torch.index_select(rows, 0, index, out=staged)
        return staged.to(self.device, non_blocking=True)


MAX_LATENT = 2**24  # numbers for a row


@stored(
    "latent_sampler/1",
    latent_dim=whole(1, MAX_LATENT),
    distribution=one_of("normal", "uniform"),
    n_gumbel=whole(0, MAX_LATENT),
)
class LatentSampler(NamedTuple):
    """Draws what a generator is fed with.

    Latent vectors are standard normal, or uniform between -1 and 1; Gumbel noise is for
    heads that draw classes.
    """

    latent_dim: int
    distribution: str
    n_gumbel: int = 0

    def draw(self, conditions: Tensor, rng: torch.Generator) -> Latents:
        """Latents for conditions ``(n, n_conditions)``, on whose device ``rng`` is."""
        z = conditions.new_empty(len(conditions), self.latent_dim)
        if self.distribution == "normal":
            z.normal_(generator=rng)
        else:
            z.uniform_(-1, 1, generator=rng)
        times = z.new_empty(len(z), self.n_gumbel)
        if self.n_gumbel:
            times = -times.exponential_(generator=rng).log()
        return Latents(z, conditions, times)
