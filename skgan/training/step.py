"""One update of each network: the only place where gradients are taken."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ..losses import AdversarialLoss
from ..penalties import Penalty


@dataclass(frozen=True)
class Objective:
    """What the two networks minimise, and the number format they compute in."""

    loss: AdversarialLoss
    penalties: Sequence[tuple[float, Penalty]] = ()  # (weight, penalty)
    precision: torch.dtype = torch.float32

    def logits(self, discriminator: nn.Module, rows: Tensor) -> Tensor:
        """Logits ``(n,)`` in the format of ``rows``, products in ``precision``."""
        lower = self.precision is not torch.float32
        with torch.autocast(rows.device.type, self.precision, enabled=lower):
            return discriminator(rows).flatten().to(rows.dtype)

    def generate(self, generator: nn.Module, latents: Tensor) -> Tensor:
        """Rows ``(n, n_outputs)`` in the format of ``latents``."""
        lower = self.precision is not torch.float32
        with torch.autocast(latents.device.type, self.precision, enabled=lower):
            return generator(latents).to(latents.dtype)


def discriminator_step(
    discriminator: nn.Module,
    optimizer: Optimizer,
    objective: Objective,
    real: Tensor,
    fake: Tensor,
    penalty_factor: float,
) -> tuple[Tensor, Tensor]:
    """Update the discriminator on one batch; ``fake`` carries no graph.

    Returns its adversarial loss, without the penalties, and the real logits.
    """
    discriminator.requires_grad_(True)
    optimizer.zero_grad()
    real_logits = objective.logits(discriminator, real)
    fake_logits = objective.logits(discriminator, fake)
    total = loss = objective.loss.discriminator(real_logits, fake_logits)
    if penalty_factor:
        for weight, penalty in objective.penalties:  # never in bfloat16
            value = penalty(discriminator, real, fake)
            total = total + penalty_factor * weight * value
    total.backward()
    optimizer.step()
    return loss.detach(), real_logits.detach()


def generator_step(
    discriminator: nn.Module,
    optimizer: Optimizer,
    objective: Objective,
    real_logits: Tensor,
    fake: Tensor,
) -> Tensor:
    """Update the generator through ``fake``, which carries its graph.

    The discriminator is frozen, so that no gradient of its weights is computed.
    """
    discriminator.requires_grad_(False)
    optimizer.zero_grad()
    fake_logits = objective.logits(discriminator, fake)
    loss = objective.loss.generator(real_logits, fake_logits)
    loss.backward()
    optimizer.step()
    return loss.detach()
