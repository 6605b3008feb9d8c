"""What training changes, and how it draws its batches."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from .averaging import WeightAverage


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
    losses: list[Tensor] = field(default_factory=list)  # (2,) each, on the device

    def loss_curve(self, start: int = 0) -> Tensor:
        """Losses of discriminator and generator from an iteration on, ``(n, 2)``."""
        return torch.stack(self.losses[start:]).cpu()


@dataclass
class BatchStream:
    """An endless reshuffled stream of rows, drawn by index on the device.

    Every row is seen equally often: a new permutation begins where one ends, in the
    middle of a batch if need be, so that any batch size works for any number of rows.
    """

    rows: Tensor  # (n, d)
    batch_size: int
    rng: torch.Generator
    _order: Tensor = field(init=False)
    _position: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._order = self._permutation()

    def _permutation(self) -> Tensor:
        n = len(self.rows)
        return torch.randperm(n, generator=self.rng, device=self.rows.device)

    def draw(self) -> Tensor:
        """The next batch, ``(batch_size, d)``."""
        while len(self._order) - self._position < self.batch_size:
            rest = self._order[self._position :]
            self._order = torch.cat([rest, self._permutation()])
            self._position = 0
        end = self._position + self.batch_size
        index = self._order[self._position : end]
        self._position = end
        return self.rows[index]


@dataclass
class NoiseStream:
    """An endless stream of latent vectors, drawn on the device."""

    shape: tuple[int, int]  # (batch_size, latent_dim)
    distribution: str
    rng: torch.Generator

    def draw(self) -> Tensor:
        """The next batch of latent vectors."""
        return draw_noise(self.shape, self.distribution, self.rng)


def draw_noise(
    shape: tuple[int, int], distribution: str, rng: torch.Generator
) -> Tensor:
    """Latent vectors: standard normal, or uniform between -1 and 1."""
    noise = torch.empty(shape, dtype=torch.float32, device=rng.device)
    if distribution == "normal":
        return noise.normal_(generator=rng)
    return noise.uniform_(-1, 1, generator=rng)
