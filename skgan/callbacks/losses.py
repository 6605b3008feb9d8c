"""Lines of losses while training goes on."""

from .checks import check_positive


class LossPrinter:
    """Prints the losses of both networks every so many iterations.

    ``verbose=1`` of an estimator prints fewer, and the time left. Pass it to
    ``set_callbacks`` of an estimator.

    Parameters
    ----------
    every : int, default=20
        Number of iterations from one line to the next.

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
    iteration 30: loss of the discriminator ..., of the generator ...
    iteration 60: loss of the discriminator ..., of the generator ...
    """

    def __init__(self, *, every=20):
        check_positive("every", every)
        self.every = every

    def setup(self, estimator, context):
        """A fit begins."""

    def on_fit_task_begin(self, estimator, context):
        """A block of iterations begins."""

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        """A block of iterations has ended: its lines are printed."""
        if context.task_name != "block":
            return
        losses = metadata["losses"]
        first = metadata["n_iter"] - len(losses)
        for n_iter, (discriminator, generator) in enumerate(losses, first + 1):
            if n_iter % self.every == 0:
                print(
                    f"iteration {n_iter}: loss of the discriminator "
                    f"{discriminator:.4f}, of the generator {generator:.4f}",
                    flush=True,
                )

    def teardown(self, estimator, context):
        """The fit is over, done or not."""
