"""One update of each network: the only place where gradients are taken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..losses import AdversarialLoss
from ..penalties import Penalty
from .state import Player


@dataclass(frozen=True)
class Objective:
    """What the two networks minimise, and the number format they compute in.

    ``augment`` changes rows wherever the discriminator looks.
    """

    loss: AdversarialLoss
    penalties: Sequence[tuple[float, Penalty]] = ()  # (weight, penalty)
    precision: torch.dtype = torch.float32
    augment: Callable[[Tensor], Tensor] = lambda rows: rows

    def logits(self, discriminator: nn.Module, rows: Tensor) -> Tensor:
        """Logits ``(n,)`` in the format of ``rows``, products in ``precision``."""
        with self._autocast(rows.device):
            return discriminator(rows).flatten().to(rows.dtype)

    def generate(self, generator: nn.Module, latents: Tensor) -> Tensor:
        """Rows ``(n, n_outputs)`` in the format of ``latents``."""
        with self._autocast(latents.device):
            return generator(latents).to(latents.dtype)

    def _autocast(self, device: torch.device) -> torch.autocast:
        # Inside a caller's autocast a cache of cast weights would outlive their update
        lower = self.precision is not torch.float32
        return torch.autocast(
            device.type, self.precision, enabled=lower, cache_enabled=False
        )


def discriminator_step(
    discriminator: Player,
    objective: Objective,
    real: Tensor,
    fake: Tensor,
    penalty_factor: float,
) -> tuple[Tensor, Tensor]:
    """Update the discriminator on one batch; ``fake`` carries no graph.

    Returns its adversarial loss, without the penalties, and the real logits.
    """
    discriminator.require_grad(True)
    discriminator.optimizer.zero_grad()
    real, fake = objective.augment(real), objective.augment(fake)
    real_logits = objective.logits(discriminator.network, real)
    fake_logits = objective.logits(discriminator.network, fake)
    total = loss = objective.loss.discriminator(real_logits, fake_logits)
    if penalty_factor:
        for weight, penalty in objective.penalties:  # never in bfloat16
            value = penalty(discriminator.network, real, fake)
            total = total + penalty_factor * weight * value
    total.backward()
    discriminator.optimizer.step()
    return loss.detach(), real_logits.detach()


def generator_step(
    generator: Player,
    discriminator: Player,
    objective: Objective,
    real_logits: Tensor,
    fake: Tensor,
) -> Tensor:
    """Update the generator through ``fake``, which carries its graph.

    The discriminator is frozen, so that no gradient of its weights is computed.
    """
    discriminator.require_grad(False)
    generator.optimizer.zero_grad()
    fake_logits = objective.logits(discriminator.network, objective.augment(fake))
    loss = objective.loss.generator(real_logits, fake_logits)
    loss.backward()
    generator.optimizer.step()
    return loss.detach()
