"""One iteration of Algorithm 1: the updates that a schedule asks for."""

from collections.abc import Iterator
from typing import Protocol

import torch
from torch import Tensor

from ..networks.batches import Batch
from .schedule import DISCRIMINATOR, GENERATOR, Schedule, Updates, next_update
from .state import TrainingState
from .step import Objective, discriminator_step, generator_step
from .streams import BatchStream, EncodedBatch

# What a step of the discriminator is given: real rows, and what multiplies penalties
Turn = tuple[EncodedBatch, int]


class Game(Protocol):
    """What an iteration needs of a run: who plays, with what, by which rules."""

    state: TrainingState
    batches: BatchStream
    objective: Objective
    schedule: Schedule
    device: torch.device

    def generate(self, conditions: Tensor) -> Batch:
        """Return fake rows with these conditions, and their graph."""


def iterate(run: Game) -> None:
    """Do one iteration of Algorithm 1 (Goodfellow et al. 2014).

    Raises
    ------
    ValueError
        If the user's schedule names other networks, or leaves one out.
    """
    state, schedule = run.state, run.schedule
    state.set_rates(schedule.rate_factor(state.iteration))
    losses = play(run, schedule.updates(state.iteration), turns(run))
    state.end_iteration(losses)


def turns(run: Game) -> Iterator[Turn]:
    """Yield what further steps of the discriminator are given, and count them."""
    while True:
        factor = run.schedule.penalty_factor(run.state.n_discriminator_steps)
        run.state.n_discriminator_steps += 1
        yield run.batches.draw(), factor


def play(run: Game, updates: Updates, turns: Iterator[Turn]) -> Tensor:
    """Do the updates of one iteration.

    A batch of generated rows serves an update of the discriminator and the update of
    the generator that follows it. Nothing is read back from the device, and nothing of
    the run is changed but what is there: with fixed updates and turns on the device
    this can be recorded, and replayed.

    Returns
    -------
    tensor of shape (2,)
        The last losses of discriminator and generator.
    """
    state, objective, part = run.state, run.objective, run.batches.part
    losses, loss, fake = {}, None, None
    while (name := next_update(updates, loss)) is not None:
        if name == DISCRIMINATOR:
            rows, penalty_factor = next(turns)
            real = run.batches.expand(*rows)
            fake = run.generate(real.conditions)  # with its graph, for the generator
            loss, real_logits = discriminator_step(
                state.discriminator,
                objective,
                real,
                fake._replace(rows=fake.rows.detach()),
                penalty_factor,
                part,
            )
        elif name == GENERATOR and DISCRIMINATOR in losses:
            fake = fake or run.generate(real.conditions)
            loss = generator_step(
                state.generator, state.discriminator, objective, real_logits, fake, part
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
    return torch.stack([losses[DISCRIMINATOR], losses[GENERATOR]])
