"""Lines of losses while training goes on."""

import time

from ..progress import losses_in_words
from .checks import check_positive


class LossPrinter:
    """Prints the losses of both networks, and the seconds, every so many iterations.

    The seconds are those since the line before. ``verbose=1`` of an estimator prints
    fewer lines, with the time left. Pass it to ``set_callbacks`` of an estimator.

    Parameters
    ----------
    every : int, default=20
        Number of iterations from one line to the next, for example those of an epoch:
        the number of rows by ``batch_size``.

    Raises
    ------
    ValueError
        If ``every`` is not a positive integer.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skgan import GANGenerator
    >>> from skgan.callbacks import LossPrinter
    >>> gan = GANGenerator(max_iter=60, loss="minimax", penalty=None, random_state=0)
    >>> _ = gan.set_callbacks(LossPrinter(every=30)).fit(load_iris().data)
    ... # doctest: +ELLIPSIS
    iteration 30: loss of the discriminator ..., of the generator ..., ... s
    iteration 60: loss of the discriminator ..., of the generator ..., ... s
    """

    def __init__(self, *, every=20):
        check_positive("every", every)
        self.every = every

    def setup(self, estimator, context):
        """Note the time when a fit begins."""
        self._last = time.perf_counter()

    def on_fit_task_begin(self, estimator, context):
        """Do nothing: this callback acts when an interval has ended."""

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        """Print a line if one is due at the end of this reporting interval."""
        if context.task_name != "interval" or metadata["n_iter"] % self.every:
            return
        now = time.perf_counter()
        words = losses_in_words(metadata["losses"][-1], 4)
        line = f"iteration {metadata['n_iter']}: {words}, {now - self._last:.1f} s"
        print(line, flush=True)
        self._last = now

    def teardown(self, estimator, context):
        """Do nothing when a fit is over: all lines are printed."""
