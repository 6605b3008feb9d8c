"""The training loop: iterations in blocks, each block reported once."""

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral

import torch

from ..exceptions import DivergenceError
from .state import BatchStream, NoiseStream, TrainingState
from .step import Objective, discriminator_step, generator_step

BLOCK_SIZE = 100

Report = Callable[[TrainingState], bool]


@dataclass(frozen=True)
class Schedule:
    """How long to train, and what changes on the way.

    ``n_critic`` is the number of discriminator updates before each generator update,
    or a function of the iteration that returns it.
    """

    max_iter: int
    n_critic: int | Callable[[int], int] = 1
    linear_decay: bool = True
    fresh_noise: bool = False
    penalty_interval: int = 1

    def rate_factor(self, iteration: int) -> float:
        """The learning rate at an iteration as a share of the initial one."""
        return 1 - iteration / self.max_iter if self.linear_decay else 1.0

    def n_discriminator_steps(self, iteration: int) -> int:
        """The number of discriminator updates in an iteration."""
        n_critic = self.n_critic
        n_steps = n_critic(iteration) if callable(n_critic) else n_critic
        if not isinstance(n_steps, Integral) or n_steps < 1:
            raise ValueError(
                "n_critic must be an integer of at least 1 at every iteration, got "
                f"{n_steps!r} at iteration {iteration}."
            )
        return n_steps

    def penalty_factor(self, step: int) -> int:
        """What multiplies the penalties at a discriminator step; 0 leaves them out.

        A penalty at every ``interval``-th step with ``interval`` times the weight acts
        as one at every step, for a part of its cost (Karras et al. 2020, appendix B).
        """
        return 0 if step % self.penalty_interval else self.penalty_interval


def train(
    state: TrainingState,
    batches: BatchStream,
    noise: NoiseStream,
    objective: Objective,
    schedule: Schedule,
    report: Report,
) -> None:
    """Run iterations until ``schedule.max_iter`` or until ``report`` asks to stop.

    ``report(state)`` is called after every block of at most 100 iterations.

    Raises
    ------
    DivergenceError
        If a loss or a weight of the averaged generator is not finite. They are read
        back once a block.
    """
    while state.iteration < schedule.max_iter:
        start = state.iteration
        while state.iteration < min(start + BLOCK_SIZE, schedule.max_iter):
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
    """One iteration of Algorithm 1 (Goodfellow et al. 2014).

    The generator is run once for both updates, unless ``schedule.fresh_noise``.
    """
    generator, discriminator = state.generator, state.discriminator
    factor = schedule.rate_factor(state.iteration)
    generator.set_rate(factor)
    discriminator.set_rate(factor)

    n_critic = schedule.n_discriminator_steps(state.iteration)
    for remaining in reversed(range(n_critic)):
        shared = remaining == 0 and not schedule.fresh_noise
        real = batches.draw()
        with torch.set_grad_enabled(shared):
            fake = objective.generate(generator.network, noise.draw(real))
        discriminator_loss, real_logits = discriminator_step(
            discriminator,
            objective,
            real,
            fake.detach(),
            schedule.penalty_factor(state.n_discriminator_steps),
        )
        state.n_discriminator_steps += 1
    if schedule.fresh_noise:
        fake = objective.generate(generator.network, noise.draw(real))
    generator_loss = generator_step(
        generator, discriminator, objective, real_logits, fake
    )
    state.average.update()
    state.losses.append(torch.stack([discriminator_loss, generator_loss]))
    state.iteration += 1
