"""What training changes, and how it draws its batches."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from .averaging import WeightAverage

LEAST_ROOM = 1_000  # iterations


@dataclass
class Player:
    """A network with its optimiser and the rate that its schedule starts from."""

    network: nn.Module
    optimizer: Optimizer
    learning_rate: float

    def require_grad(self, required: bool) -> None:
        """Let the weights that the optimiser holds gather gradients, or not."""
        for group in self.optimizer.param_groups:
            for weight in group["params"]:
                weight.requires_grad_(required)

    def set_rate(self, factor: float) -> None:
        """Scale the learning rate to ``factor`` times that of the start."""
        for group in self.optimizer.param_groups:
            group["lr"] = factor * self.learning_rate


@dataclass
class TrainingState:
    """The two players, the averaged generator, and the iterations done so far."""

    generator: Player
    discriminator: Player
    average: WeightAverage
    iteration: int = 0
    n_discriminator_steps: int = 0
    # (n, 2) on the device, with room for more iterations than have been done
    _losses: Tensor = field(init=False, default_factory=lambda: torch.empty(0, 2))

    def end_iteration(self, losses: Tensor) -> None:
        """An iteration had these losses of discriminator and generator, ``(2,)``."""
        # One tensor that doubles: a small one of each iteration, kept between the big
        # ones that come and go, would leave holes in the heap that grow to gigabytes
        if self.iteration == len(self._losses):
            more = losses.new_empty(max(len(self._losses), LEAST_ROOM), 2)
            self._losses = torch.cat([self._losses.to(losses), more])
        self._losses[self.iteration] = losses
        self.iteration += 1

    def loss_curve(self, start: int = 0) -> Tensor:
        """Losses of discriminator and generator from an iteration on, ``(n, 2)``."""
        return self._losses[start : self.iteration].to("cpu", copy=True)


@dataclass
class BatchStream:
    """An endless reshuffled stream of rows, drawn by index on the device.

    ``open`` makes of the rows drawn what the discriminator sees.

    Every row is seen equally often: a new permutation begins where one ends, in the
    middle of a batch if need be, so that any batch size works for any number of rows.
    With ``weights`` ``(n,)``, in float64, an epoch of n draws has each row as often as
    they say, rounded up or down.
    """

    rows: Tensor  # (n, d)
    batch_size: int
    rng: torch.Generator
    open: Callable[[Tensor], Tensor] = lambda rows: rows
    weights: Tensor | None = None
    _order: Tensor = field(init=False)
    _position: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._order = self._permutation()

    def _permutation(self) -> Tensor:
        order = self._shuffled(torch.arange(len(self.rows), device=self.rows.device))
        if self.weights is None:
            return order
        # Systematic draws: places at equal distances along the weights
        ends = self.weights[order].cumsum(0)
        start = torch.rand(1, generator=self.rng, device=ends.device)
        places = torch.arange(len(ends), device=ends.device) + start.double()
        drawn = torch.searchsorted(ends, places * ends[-1] / len(ends), right=True)
        return self._shuffled(order[drawn.clamp(max=len(order) - 1)])

    def _shuffled(self, index: Tensor) -> Tensor:
        n = len(index)
        return index[torch.randperm(n, generator=self.rng, device=index.device)]

    def draw(self) -> Tensor:
        """The next batch, ``(batch_size, d)``."""
        while len(self._order) - self._position < self.batch_size:
            rest = self._order[self._position :]
            self._order = torch.cat([rest, self._permutation()])
            self._position = 0
        end = self._position + self.batch_size
        index = self._order[self._position : end]
        self._position = end
        return self.open(self.rows[index])


class Noise(NamedTuple):
    """What a generator is fed: latents, conditions, and Gumbel noise for classes.

    Latents are standard normal, or uniform between -1 and 1.
    """

    latent_dim: int
    distribution: str
    n_gumbel: int = 0
    n_conditions: int = 0

    @property
    def n_columns(self) -> int:
        """Number of columns in all."""
        return self.latent_dim + self.n_conditions + self.n_gumbel

    def draw(self, conditions: Tensor, rng: torch.Generator) -> Tensor:
        """Noise ``(n, n_columns)`` for conditions ``(n, n_conditions)``.

        ``rng`` lives on the device of the conditions.
        """
        latents = conditions.new_empty(len(conditions), self.latent_dim)
        if self.distribution == "normal":
            latents.normal_(generator=rng)
        else:
            latents.uniform_(-1, 1, generator=rng)
        parts = [latents]
        if self.n_conditions:
            parts.append(conditions)
        if self.n_gumbel:
            times = latents.new_empty(len(latents), self.n_gumbel)
            parts.append(-times.exponential_(generator=rng).log())
        return torch.cat(parts, 1) if len(parts) > 1 else latents


@dataclass
class NoiseStream:
    """An endless stream of noise, drawn on the device."""

    noise: Noise
    rng: torch.Generator

    def draw(self, real: Tensor) -> Tensor:
        """Noise for as many rows as ``real``, which end in their conditions.

        A fake row takes the conditions of the real row that it is paired with, so that
        no batch has others than the data.
        """
        n_columns = real.shape[1]
        conditions = real[:, n_columns - self.noise.n_conditions :]
        return self.noise.draw(conditions, self.rng)
