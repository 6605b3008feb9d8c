"""Lines of losses while training goes on."""

import time

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
        """A fit begins."""
        self._last = time.perf_counter()

    def on_fit_task_begin(self, estimator, context):
        """A reporting interval begins."""

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        """A reporting interval has ended: perhaps it is time for a line."""
        if context.task_name != "interval" or metadata["n_iter"] % self.every:
            return
        discriminator, generator = metadata["losses"][-1]
        now = time.perf_counter()
        print(
            f"iteration {metadata['n_iter']}: loss of the discriminator "
            f"{discriminator:.4f}, of the generator {generator:.4f}, "
            f"{now - self._last:.1f} s",
            flush=True,
        )
        self._last = now

    def teardown(self, estimator, context):
        """The fit is over, done or not."""
