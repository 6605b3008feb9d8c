"""The one printer of progress: lines that say how far work is and what is left."""

import time

SECONDS_BETWEEN_LINES = 2.0


def losses_in_words(losses, n_decimals):
    """Losses of discriminator and generator, a pair, as progress and callbacks do.

    Examples
    --------
    >>> from skgan.progress import losses_in_words
    >>> losses_in_words((0.5, 0.25), 3)
    'loss of the discriminator 0.500, of the generator 0.250'
    """
    discriminator, generator = (f"{loss:.{n_decimals}f}" for loss in losses)
    return f"loss of the discriminator {discriminator}, of the generator {generator}"


class ProgressPrinter:
    """Prints how far work is and how long it will take, at most every two seconds.

    Parameters
    ----------
    name : str
        What is done.
    total : int
        Number of units, of which each call says how many are done.
    unit : str
        What is counted, in the singular: "iteration", "file".
    n_before : int, default=0
        Number of units that were done before.

    Examples
    --------
    >>> from skgan.progress import ProgressPrinter
    >>> ProgressPrinter("faces", 3, "file")(3)
    [faces] file 3 of 3, 0 s left
    """

    def __init__(self, name: str, total: int, unit: str, n_before: int = 0) -> None:
        self.name, self.total, self.unit = name, total, unit
        self.n_before = n_before
        self.start = self.last_line = time.monotonic()

    def __call__(self, n_done: int, details: str = "") -> None:
        """Print a line if it is time for one, and always at the end."""
        now = time.monotonic()
        if n_done < self.total and now - self.last_line < SECONDS_BETWEEN_LINES:
            return
        self.last_line = now
        each = (now - self.start) / (n_done - self.n_before)
        left = each * (self.total - n_done)
        middle = f", {details}" if details else ""
        print(
            f"[{self.name}] {self.unit} {n_done:,} of {self.total:,}{middle}, "
            f"{left:.0f} s left",
            flush=True,
        )
