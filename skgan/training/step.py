"""One update of each network: the only place where gradients are taken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..losses import AdversarialLoss
from ..networks.batches import Batch, Latents
from ..networks.dry_run import one_a_row
from ..penalties import Penalty
from .parts import WHOLE, Whole
from .state import Player


@dataclass(frozen=True)
class Objective:
    """What the two networks minimize, and the number format they compute in.

    ``augment`` changes rows wherever the discriminator looks.
    """

    loss: AdversarialLoss
    penalties: Sequence[tuple[float, Penalty]] = ()  # (weight, penalty)
    precision: torch.dtype = torch.float32
    augment: Callable[[Batch], Batch] = lambda batch: batch

    def logits(self, discriminator: nn.Module, batch: Batch) -> Tensor:
        """Logits ``(n,)`` in the format of the rows, products in ``precision``."""
        with self._autocast(batch.rows.device):
            logits = discriminator(batch).flatten().to(batch.rows.dtype)
        return one_a_row("discriminator", logits, len(batch.rows))

    def generate(self, generator: nn.Module, latents: Latents) -> Batch:
        """Rows ``(n, n_expanded)`` in the format of the latents, and conditions."""
        with self._autocast(latents.z.device):
            fake = generator(latents)
        return fake._replace(rows=fake.rows.to(latents.z.dtype))

    def _autocast(self, device: torch.device) -> torch.autocast:
        """Products in ``precision`` inside the block."""
        # Inside a caller's autocast a cache of cast weights would outlive their update
        lower = self.precision is not torch.float32
        return torch.autocast(
            device.type, self.precision, enabled=lower, cache_enabled=False
        )


def discriminator_step(
    discriminator: Player,
    objective: Objective,
    real: Batch,
    fake: Batch,
    penalty_factor: float,
    part: Whole = WHOLE,
) -> tuple[Tensor, Tensor]:
    """Update the discriminator on one batch; ``fake`` carries no graph.

    Returns its adversarial loss, without the penalties, and the real logits; these are
    of the part of the batch that is given.
    """
    discriminator.require_grad(True)
    discriminator.optimizer.zero_grad()
    real, fake = objective.augment(real), objective.augment(fake)
    real_logits = objective.logits(discriminator.network, real)
    fake_logits = objective.logits(discriminator.network, fake)
    losses = objective.loss.discriminator(real_logits, fake_logits)
    total = loss = part.mean(one_a_row("loss", losses, len(real_logits)))
    if penalty_factor and objective.penalties:  # never in bfloat16
        points = real.joined(), fake.joined()
        for weight, penalty in objective.penalties:
            values = penalty(
                lambda points: discriminator.network(real.split(points)).flatten(),
                *points,
            )
            mean = part.mean(one_a_row("penalty", values, len(real_logits)))
            total = total + penalty_factor * weight * mean
    total.backward()
    loss = part.reduced(discriminator, loss.detach())
    discriminator.optimizer.step()
    return loss, real_logits.detach()


def generator_step(
    generator: Player,
    discriminator: Player,
    objective: Objective,
    real_logits: Tensor,
    fake: Batch,
    part: Whole = WHOLE,
) -> Tensor:
    """Update the generator through ``fake``, which carries its graph.

    The discriminator is frozen, so that no gradient of its weights is computed.
    """
    discriminator.require_grad(False)
    generator.optimizer.zero_grad()
    fake_logits = objective.logits(discriminator.network, objective.augment(fake))
    losses = objective.loss.generator(real_logits, fake_logits)
    loss = part.mean(one_a_row("loss", losses, len(fake_logits)))
    loss.backward()
    loss = part.reduced(generator, loss.detach())
    generator.optimizer.step()
    return loss
