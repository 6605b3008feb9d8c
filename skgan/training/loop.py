"""The training loop: iterations in blocks, each block reported once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from ..exceptions import DivergenceError
from .schedule import DISCRIMINATOR, GENERATOR, Schedule
from .state import BatchStream, NoiseStream, TrainingState
from .step import Objective, discriminator_step, generator_step

BLOCK_SIZE = 100

Report = Callable[[TrainingState], bool]


def train(
    state: TrainingState,
    batches: BatchStream,
    noise: NoiseStream,
    objective: Objective,
    schedule: Schedule,
    report: Report,
    intervals: Sequence[int] = (BLOCK_SIZE,),
) -> None:
    """Run iterations until ``schedule.max_iter`` or until ``report`` asks to stop.

    ``report(state)`` is called after every block, and a block ends at each multiple of
    one of the ``intervals``.

    Raises
    ------
    DivergenceError
        If a loss or a weight of the averaged generator is not finite. They are read
        back once a block.
    """
    while state.iteration < schedule.max_iter:
        start = state.iteration
        end = min(start // interval * interval + interval for interval in intervals)
        while state.iteration < min(end, schedule.max_iter):
            iterate(state, batches, noise, objective, schedule)
        _check_finite(state, start)
        if report(state):
            break


def _check_finite(state: TrainingState, start: int) -> None:
    finite = state.loss_curve(start).isfinite().all(1)
    if not finite.all():
        raise DivergenceError(start + int((~finite).nonzero()[0]))
    # The last update of all may spoil the weights after its losses were computed
    weights = state.average.module.parameters()
    if not all(bool(weight.isfinite().all()) for weight in weights):
        raise DivergenceError(state.iteration - 1)


def iterate(
    state: TrainingState,
    batches: BatchStream,
    noise: NoiseStream,
    objective: Objective,
    schedule: Schedule,
) -> None:
    """One iteration of Algorithm 1 (Goodfellow et al. 2014)."""
    factor = schedule.rate_factor(state.iteration)
    state.generator.set_rate(factor)
    state.discriminator.set_rate(factor)
    updates = Updater(state, batches, noise, objective, schedule)
    schedule.conduct(state.iteration, updates)
    state.end_iteration(updates.last_losses())


@dataclass
class Updater:
    """The updates of one iteration, called by the name of a network.

    A batch of generated rows serves an update of the discriminator and the update of
    the generator that follows it, unless ``schedule.fresh_noise``.
    """

    state: TrainingState
    batches: BatchStream
    noise: NoiseStream
    objective: Objective
    schedule: Schedule
    losses: dict[str, Tensor] = field(default_factory=dict)
    real: Tensor = field(init=False)  # (n, d), of the discriminator's last update
    real_logits: Tensor = field(init=False)  # (n,)
    fake: Tensor | None = None  # (n, d) with its graph, until the generator uses it

    def __call__(self, name: str) -> Tensor:
        """Update a network; returns its loss."""
        if name == DISCRIMINATOR:
            loss = self._update_discriminator()
        elif name == GENERATOR and DISCRIMINATOR in self.losses:
            loss = self._update_generator()
        else:
            raise ValueError(
                f'n_critic must yield "{DISCRIMINATOR}" or "{GENERATOR}", and the '
                f"discriminator first in each iteration, got {name!r} at iteration "
                f"{self.state.iteration}."
            )
        self.losses[name] = loss
        return loss

    def last_losses(self) -> Tensor:
        """The last losses of discriminator and generator, ``(2,)``."""
        if GENERATOR not in self.losses:
            raise ValueError(
                "n_critic must update both networks in each iteration, got no update "
                f"of the generator at iteration {self.state.iteration}."
            )
        return torch.stack([self.losses[DISCRIMINATOR], self.losses[GENERATOR]])

    def _update_discriminator(self) -> Tensor:
        state, objective = self.state, self.objective
        self.real = self.batches.draw()
        with torch.set_grad_enabled(not self.schedule.fresh_noise):
            self.fake = fake = self._generate()
        loss, self.real_logits = discriminator_step(
            state.discriminator,
            objective,
            self.real,
            fake.detach(),
            self.schedule.penalty_factor(state.n_discriminator_steps),
        )
        state.n_discriminator_steps += 1
        return loss

    def _update_generator(self) -> Tensor:
        state = self.state
        if self.fake is None or self.schedule.fresh_noise:
            self.fake = self._generate()
        loss = generator_step(
            state.generator,
            state.discriminator,
            self.objective,
            self.real_logits,
            self.fake,
        )
        self.fake = None
        state.average.update()
        return loss

    def _generate(self) -> Tensor:
        latents = self.noise.draw(self.real)
        return self.objective.generate(self.state.generator.network, latents)
