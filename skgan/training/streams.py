"""What training is fed with: batches of rows, and latents."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .. import _torch
from ..networks.batches import Batch, Latents
from ..storage import stored
from ..storage.fields import one_of, whole
from .parts import WHOLE, Whole


class Rows(Protocol):
    """Encoded rows by index that need not be in memory: float32 arrays."""

    shape: tuple[int, int]

    def __len__(self) -> int: ...

    def __getitem__(self, index: Any) -> NDArray: ...


class TrainingData(NamedTuple):
    """Encoded training rows and the codes of their conditions.

    ``encoded`` is ``(n, n_columns)``, ``codes`` ``(n, n_parts)`` of whole numbers.
    ``weights`` ``(n,)``, in float64, say how often each row is to be drawn; None is all
    alike. All are on the device, or all in pinned memory of the host, where ``encoded``
    may also be rows that are read by index.
    """

    encoded: Tensor | Rows
    codes: Tensor
    weights: Tensor | None = None


def training_data(
    encoded: Rows, codes: NDArray, weights: NDArray | None, device: torch.device
) -> TrainingData:
    """Training rows on the device, or pinned in memory of the host if they are large.

    Rows that are read when they are asked for stay where they are, with their codes.
    """
    rest = [torch.from_numpy(part) for part in (codes, weights) if part is not None]
    if isinstance(encoded, np.ndarray):
        return TrainingData(*_torch.placed([torch.from_numpy(encoded), *rest], device))
    if device.type == "cuda":
        rest = [part.pin_memory() for part in rest]
    return TrainingData(encoded, *rest)


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
    down. The order of an epoch follows from its number and the seed of ``rng``, so that
    ``n_drawn`` says which rows come next.

    Parameters
    ----------
    data : TrainingData
        The rows.
    batch_size : int
        Number of rows in a batch.
    rng : torch.Generator
        Its seed decides the order, and nothing is drawn from it: it is for noise. It
        lives on the device, to which batches go.
    expand : callable
        Makes of encoded rows and codes the batch that the discriminator sees.
    part : Whole
        Which rows of each batch are gathered here.
    """

    data: TrainingData
    batch_size: int
    rng: torch.Generator
    expand: Callable[[Tensor, Tensor], Batch] = Batch
    n_drawn: int = 0  # rows
    part: Whole = WHOLE
    _latest: tuple[tuple[int, int], Tensor] | None = field(init=False, default=None)

    @property
    def device(self) -> torch.device:
        """Where batches are."""
        return self.rng.device

    def order(self, epoch: int) -> Tensor:
        """Indices of the rows of an epoch, ``(n,)``, as they are drawn."""
        key = self.rng.initial_seed(), epoch  # a state that rng takes over has a seed
        if self._latest is None or self._latest[0] != key:
            own_seed = int(np.random.SeedSequence(key).generate_state(1)[0])
            rng = torch.Generator(self.device).manual_seed(own_seed)
            self._latest = key, self._permutation(rng)
        return self._latest[1]

    def _permutation(self, rng: torch.Generator) -> Tensor:
        """Indices of rows, as often as their weights say, in random order."""
        codes, weights = self.data.codes, self.data.weights
        order = _shuffled(torch.arange(len(codes), device=codes.device), rng)
        if weights is None:
            return order
        # Systematic draws: points at equal distances along the weights
        ends = weights[order].cumsum(0)
        start = torch.rand(1, generator=rng, device=rng.device).to(ends)
        points = torch.arange(len(ends), device=ends.device) + start
        drawn = torch.searchsorted(ends, points * ends[-1] / len(ends), right=True)
        return _shuffled(order[drawn.clamp(max=len(order) - 1)], rng)

    def draw(self) -> EncodedBatch:
        """The own part of the next batch, for ``expand``."""
        n_rows, start = len(self.data.encoded), self.n_drawn
        self.n_drawn = end = start + self.batch_size
        index = torch.cat(
            [
                self.order(epoch)[max(start - epoch * n_rows, 0) : end - epoch * n_rows]
                for epoch in range(start // n_rows, -(-end // n_rows))
            ]
        )
        return self.take(self.part.cut(index))

    def take(self, index: Tensor) -> EncodedBatch:
        """The rows of an index, which is where these are, for ``expand``."""
        return EncodedBatch(
            self._gather(self.data.encoded, index), self._gather(self.data.codes, index)
        )

    def _gather(self, rows: Tensor | Rows, index: Tensor) -> Tensor:
        """The rows of an index, on the device."""
        if not isinstance(rows, Tensor):
            return torch.from_numpy(rows[index.numpy()]).to(self.device)
        if rows.device.type == self.device.type:
            return rows[index]
        # From pinned memory a copy waits for nothing, and nothing waits for it
        shape = len(index), *rows.shape[1:]
        staged = torch.empty(shape, dtype=rows.dtype, pin_memory=True)
        torch.index_select(rows, 0, index, out=staged)
        return staged.to(self.device, non_blocking=True)


def _shuffled(index: Tensor, rng: torch.Generator) -> Tensor:
    """Indices in random order."""
    order = torch.randperm(len(index), generator=rng, device=rng.device)
    return index[order.to(index.device)]


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
