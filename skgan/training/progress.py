"""Lines that say how far training is and how long it will take."""

import time

from .state import TrainingState

SECONDS_BETWEEN_LINES = 2.0


class Progress:
    """Prints iteration, losses and time left, at most every two seconds.

    Parameters
    ----------
    name : str
        What is trained.
    max_iter : int
        Number of iterations at which training ends.
    """

    def __init__(self, name: str, max_iter: int) -> None:
        self.name = name
        self.max_iter = max_iter
        self.start = self.last_line = time.monotonic()

    def __call__(self, state: TrainingState) -> None:
        """Print a line if it is time for one, and always at the end."""
        now, done = time.monotonic(), state.iteration
        if done < self.max_iter and now - self.last_line < SECONDS_BETWEEN_LINES:
            return
        self.last_line = now
        discriminator, generator = state.loss_curve(done - 1)[0].tolist()
        left = (now - self.start) / done * (self.max_iter - done)
        print(
            f"[{self.name}] iteration {done:,} of {self.max_iter:,}, "
            f"loss of the discriminator {discriminator:.3f}, of the generator "
            f"{generator:.3f}, {left:.0f} s left",
            flush=True,
        )
