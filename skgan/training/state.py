"""What training changes: two players, the averaged generator, counters and losses."""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from .averaging import WeightAverage

MIN_CAPACITY = 1_000  # iterations


@dataclass
class Player:
    """A network with its optimizer and the rate that its schedule starts from."""

    network: nn.Module
    optimizer: Optimizer
    learning_rate: float

    def require_grad(self, required: bool) -> None:
        """Let the weights that the optimizer holds gather gradients, or not."""
        for group in self.optimizer.param_groups:
            for weight in group["params"]:
                weight.requires_grad_(required)

    def load(self, network: dict[str, Any], optimizer: dict[str, Any]) -> None:
        """Take over the states of a network and of an optimizer.

        Raises
        ------
        RuntimeError
            If they are of a network of other shapes.
        ValueError
            If they are of another optimizer.
        """
        own = [group.keys() for group in self.optimizer.param_groups]
        if own != [group.keys() for group in optimizer["param_groups"]]:
            name = type(self.optimizer).__name__
            raise ValueError(f"the state is of another optimizer than {name}.")
        self.network.load_state_dict(network)
        self.optimizer.load_state_dict(optimizer)
        for weight, moments in self.optimizer.state.items():
            for key, value in moments.items():
                if isinstance(value, Tensor) and value.shape == weight.shape:
                    # In the order of memory of the weights: fused updates rely on it
                    own_order = torch.empty_like(weight, dtype=value.dtype)
                    moments[key] = own_order.copy_(value)
        self.set_capturable(False)  # whatever the run was that it comes from

    def set_rate(self, factor: float) -> None:
        """Scale the learning rate to ``factor`` times that of the start."""
        for group in self.optimizer.param_groups:
            if isinstance(group["lr"], Tensor):  # that a recorded update reads
                group["lr"].fill_(factor * self.learning_rate)
            else:
                group["lr"] = factor * self.learning_rate

    def set_capturable(self, capturable: bool) -> None:
        """Keep rate and counts of steps where recorded updates read them, or not."""
        for group in self.optimizer.param_groups:
            rate, device = float(group["lr"]), group["params"][0].device
            group["lr"] = torch.tensor(rate, device=device) if capturable else rate
            if "capturable" in group:
                group["capturable"] = capturable


@dataclass
class TrainingState:
    """The two players, the averaged generator, and the iterations done so far."""

    generator: Player
    discriminator: Player
    average: WeightAverage
    iteration: int = 0
    n_discriminator_steps: int = 0
    # (n, 2) on the device, with room for more iterations than have been done
    _losses: Tensor = field(
        init=False, default_factory=lambda: torch.empty(0, 2, dtype=torch.float32)
    )

    def set_rates(self, factor: float) -> None:
        """Scale both learning rates to ``factor`` times those of the start."""
        self.generator.set_rate(factor)
        self.discriminator.set_rate(factor)

    def end_iteration(self, losses: Tensor) -> None:
        """Count an iteration, with losses of discriminator and generator, ``(2,)``."""
        # One tensor that doubles: a small one of each iteration, kept between the big
        # ones that come and go, would leave holes in the heap that grow to gigabytes
        if self.iteration == len(self._losses):
            more = losses.new_empty(max(len(self._losses), MIN_CAPACITY), 2)
            self._losses = torch.cat([self._losses.to(losses), more])
        self._losses[self.iteration] = losses
        self.iteration += 1

    def loss_curve(self, start: int = 0) -> Tensor:
        """Losses of discriminator and generator from an iteration on, ``(n, 2)``."""
        return self._losses[start : self.iteration].to("cpu", copy=True)

    def set_loss_curve(self, losses: Tensor) -> None:
        """Take over the losses of the iterations done so far, ``(iteration, 2)``."""
        self._losses = losses.to(self._losses.device, copy=True)
