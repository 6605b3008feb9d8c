"""One iteration of Algorithm 1: the updates that a schedule asks for."""

from typing import Protocol

import torch
from torch import Tensor

from ..networks.batches import Batch
from .schedule import DISCRIMINATOR, GENERATOR, Schedule, next_update
from .state import TrainingState
from .step import Objective, discriminator_step, generator_step
from .streams import BatchStream


class Game(Protocol):
    """What an iteration needs of a run: who plays, with what, by which rules."""

    state: TrainingState
    batches: BatchStream
    objective: Objective
    schedule: Schedule

    def generate(self, conditions: Tensor) -> Batch:
        """Return fake rows with these conditions, and their graph."""


def iterate(run: Game) -> None:
    """Do one iteration of Algorithm 1 (Goodfellow et al. 2014).

    A batch of generated rows serves an update of the discriminator and the update of
    the generator that follows it.

    Raises
    ------
    ValueError
        If the user's schedule names other networks, or leaves one out.
    """
    state, schedule, objective = run.state, run.schedule, run.objective
    factor = schedule.rate_factor(state.iteration)
    state.generator.set_rate(factor)
    state.discriminator.set_rate(factor)
    updates, losses, loss, fake = schedule.updates(state.iteration), {}, None, None
    while (name := next_update(updates, loss)) is not None:
        if name == DISCRIMINATOR:
            real = run.batches.draw()
            fake = run.generate(real.conditions)  # with its graph, for the generator
            loss, real_logits = discriminator_step(
                state.discriminator,
                objective,
                real,
                fake._replace(rows=fake.rows.detach()),
                schedule.penalty_factor(state.n_discriminator_steps),
            )
            state.n_discriminator_steps += 1
        elif name == GENERATOR and DISCRIMINATOR in losses:
            fake = fake or run.generate(real.conditions)
            loss = generator_step(
                state.generator, state.discriminator, objective, real_logits, fake
            )
            fake = None
            state.average.update()
        else:
            raise ValueError(
                f'n_critic must yield "{DISCRIMINATOR}" or "{GENERATOR}", and the '
                f"discriminator first in each iteration, got {name!r} at iteration "
                f"{state.iteration}."
            )
        losses[name] = loss
    if GENERATOR not in losses:
        raise ValueError(
            "n_critic must update both networks in each iteration, got no update "
            f"of the generator at iteration {state.iteration}."
        )
    state.end_iteration(torch.stack([losses[DISCRIMINATOR], losses[GENERATOR]]))
