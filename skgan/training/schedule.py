"""How long to train, which network is updated when, and what changes on the way."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from numbers import Real

from torch import Tensor

DISCRIMINATOR, GENERATOR = "discriminator", "generator"
COUNT_RULE = "an integer of at least 1, or one over such an integer"
MAX_UPDATES = 2**31  # in an iteration, which would not end in a lifetime
PENALTY_INTERVAL = 4

Updates = Generator[str, Tensor | None, None]


@dataclass(frozen=True)
class Schedule:
    """How long to train, and what changes on the way.

    ``n_critic`` is the number of discriminator updates before each generator update;
    one over a whole number is so many generator updates after each of the
    discriminator. Or it is a function of the iteration that returns such a number, or
    that yields the names of the networks to update, and is sent the loss of each.
    """

    max_iter: int
    n_critic: float | Callable[[int], float | Updates] = 1
    linear_decay: bool = True
    penalty_interval: int = PENALTY_INTERVAL

    def rate_factor(self, iteration: int) -> float:
        """The learning rate at an iteration as a share of the initial one."""
        return 1 - iteration / self.max_iter if self.linear_decay else 1.0

    def updates(self, iteration: int) -> Updates:
        """Yield the names of the networks to update in an iteration.

        The generator is to be sent the loss of each.

        Raises
        ------
        ValueError
            If the user's function of the iteration returns something else.
        """
        n_critic = self.n_critic
        plan = n_critic(iteration) if callable(n_critic) else n_critic
        if isinstance(plan, Generator):
            return plan
        counts = update_counts(plan)
        if counts is None:
            raise ValueError(
                f"n_critic must be {COUNT_RULE} at every iteration, got {plan!r} at "
                f"iteration {iteration}."
            )
        return in_turn(*counts)

    def penalty_factor(self, step: int) -> int:
        """What multiplies the penalties at a discriminator step; 0 leaves them out.

        A penalty at every ``interval``-th step with ``interval`` times the weight acts
        as one at every step, for a part of its cost (Karras et al. 2020, appendix B).
        """
        return 0 if step % self.penalty_interval else self.penalty_interval


def in_turn(n_discriminator: int, n_generator: int) -> Updates:
    """Yield so many times the one name and then the other."""
    for _ in range(n_discriminator):
        yield DISCRIMINATOR
    for _ in range(n_generator):
        yield GENERATOR


def update_counts(n_critic: object) -> tuple[int, int] | None:
    """Updates of discriminator and generator in an iteration; None if there are none.

    >>> update_counts(5), update_counts(1 / 3), update_counts(0.4)
    ((5, 1), (1, 3), None)
    """
    try:
        ratio = float(n_critic) if isinstance(n_critic, Real) else 0.0
    except OverflowError:  # an integer that no float is as large as
        return None
    if not 1 / MAX_UPDATES <= ratio <= MAX_UPDATES:
        return None
    n_updates = max(ratio, 1 / ratio)
    if abs(n_updates - round(n_updates)) > 1e-6 * n_updates:
        return None
    return (round(n_updates), 1) if ratio >= 1 else (1, round(n_updates))


def next_update(updates: Updates, loss: Tensor | None) -> str | None:
    """The next network to update, after an update with this loss; None at the end."""
    try:
        return updates.send(loss)
    except StopIteration:
        return None
