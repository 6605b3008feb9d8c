"""The one printer of progress: lines that say how far work is and what is left."""

import builtins
import shutil
import sys
import time
from importlib.util import find_spec

SECONDS_BETWEEN_LINES = 2.0
MAX_SECONDS = 100  # more are minutes
BAR = 21  # characters, with the space behind it


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


def duration(seconds):
    """A span of time in words, as precise as a forecast is.

    Examples
    --------
    >>> from skgan.progress import duration
    >>> [duration(seconds) for seconds in (46.2, 2812, 4200)]
    ['46 s', '47 min', '1 h 10 min']
    """
    if seconds < MAX_SECONDS:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def is_interactive(stream):
    """Whether somebody looks at a stream: a terminal, or IPython and notebooks."""
    return hasattr(builtins, "__IPYTHON__") or (stream is not None and stream.isatty())


def _bar(share, width):
    """Draw how much is done, before a line of a width: by rich, in terminals.

    The line is written as others are: nothing is to be put right where work fails.
    """
    is_wide = width + BAR < shutil.get_terminal_size().columns
    if not sys.stdout.isatty() or not is_wide or find_spec("rich") is None:
        return ""
    from rich.console import Console
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    console = Console(file=sys.stdout)
    with console.capture() as captured:
        console.print(ProgressBar(1, min(share, 1), width=BAR - 1))
    bar = captured.get().rstrip("\n")
    # Without colors what is still to do is not drawn
    return bar + " " * (BAR - Text.from_ansi(bar).cell_len)


class ProgressPrinter:
    """Prints how far work is and how long it will take, at most every two seconds.

    Where somebody looks it is one line that is written again and again, in a terminal
    with a bar, if rich is there and the terminal is wide enough.

    Parameters
    ----------
    name : str
        What is done.
    total : int
        Number of units, of which each call says how many are done. It may be changed.
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
        self._width = 0  # of a line that is to be written again

    def __call__(
        self, n_done: int, details: str = "", later: tuple[int, float] = (0, 0.0)
    ) -> None:
        """Print a line if it is time for one, and always at the end.

        ``later`` are units that follow when all are done, and further seconds.
        """
        now = time.monotonic()
        if n_done < self.total and now - self.last_line < SECONDS_BETWEEN_LINES:
            return
        self.last_line = now
        each = (now - self.start) / (n_done - self.n_before)
        left = duration(each * (self.total - n_done + later[0]) + later[1])
        middle = f", {details}" if details else ""
        line = f"[{self.name}] {self.unit} {n_done:,} of {self.total:,}{middle}, "
        self._print(f"{line}{left} left", n_done / self.total)
        if n_done >= self.total:
            self.end()

    def _print(self, line, share):
        """Print a line, over the one before where somebody looks."""
        if is_interactive(sys.stdout):
            bar = _bar(share, len(line))
            width = len(line) + (BAR if bar else 0)
            rest = " " * (self._width - width)
            print(f"\r{bar}{line}{rest}", end="", flush=True)
            self._width = width
        else:
            print(line, flush=True)

    def end(self) -> None:
        """Leave the line that was written again and again as it is."""
        if self._width:
            print(flush=True)
        self._width = 0
