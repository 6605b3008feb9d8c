"""Logs for TensorBoard."""

from .grids import GridCallback


class TensorBoardLogger(GridCallback):
    """Writes losses, weights and samples where TensorBoard reads them.

    The losses of every iteration are scalars; the weights of both networks, so many
    iterations apart, are histograms; images of the same latent vectors are a picture.
    ``tensorboard --logdir folder`` shows them. Restarts (``n_init``) are further
    runs, ``restart_2`` and so on. Pass it to ``set_callbacks`` of an estimator.

    Parameters
    ----------
    folder : str or pathlib.Path
        Where the logs go, one folder for each fit. It is made if it is not there.
    every : int, default=500
        Number of iterations from one histogram and picture to the next.
    n_samples : int, default=16
        Number of images in a picture.
    y : label or array-like of shape (n_samples,), default=None
        Labels of the images, if the estimator is ``class_conditional``.
    image_shape : tuple of int or None, default=None
        Height and width, and 3 channels if in color, of what an estimator learns that
        has no ``image_shape_``. With None it gets no pictures.
    random_state : int or RandomState instance, default=0
        Seed of the latent vectors.

    Raises
    ------
    ValueError
        If ``every`` or ``n_samples`` is not a positive integer.
    ImportError
        If tensorboard is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_digits
    >>> from skgan import DCGANGenerator
    >>> from skgan.callbacks import TensorBoardLogger
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     gan = DCGANGenerator(base_channels=4, max_iter=100, n_score_samples=100)
    ...     _ = gan.set_callbacks(TensorBoardLogger(folder)).fit(load_digits().images)
    """

    def __init__(
        self,
        folder,
        *,
        every=500,
        n_samples=16,
        y=None,
        image_shape=None,
        random_state=0,
    ):
        _summary_writer()
        super().__init__(folder, every, n_samples, y, image_shape, random_state)

    def setup(self, estimator, context):
        """Forget the writers of an earlier fit."""
        super().setup(estimator, context)
        self._writers = {}

    def on_fit_task_begin(self, estimator, context):
        """Do nothing: this callback acts when an interval has ended."""

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        """Log a reporting interval that has ended."""
        if context.task_name != "interval":
            return
        writer, n_iter = self._writer(metadata["restart"]), metadata["n_iter"]
        first = n_iter - len(metadata["losses"]) + 1
        for step, losses in enumerate(metadata["losses"], first):
            for name, loss in zip(("discriminator", "generator"), losses, strict=True):
                writer.add_scalar(f"loss/{name}", loss, step)
        if n_iter % self.every == 0 or n_iter == metadata["max_iter"]:
            self._write_networks(writer, metadata["snapshot"](), n_iter)

    def teardown(self, estimator, context):
        """Close the logs when a fit is over, done or not."""
        for writer in self._writers.values():
            writer.close()
        self._writers = {}  # which cannot be pickled

    def _writer(self, restart):
        """Return the writer of a restart: from the second on it has its own folder."""
        if restart not in self._writers:
            name = f"restart_{restart}" if restart > 1 else ""
            self._writers[restart] = _summary_writer()(str(self.folder / name))
        return self._writers[restart]

    def _write_networks(self, writer, gan, n_iter):
        """Write histograms of the weights, and a picture of an estimator of images."""
        for name in ("generator", "discriminator"):
            for part, weights in getattr(gan, f"{name}_").named_parameters():
                writer.add_histogram(f"{name}/{part}", weights, n_iter)
        if self.image_shape or hasattr(gan, "image_shape_"):
            picture = self._picture(gan)
            layout = "HWC" if picture.ndim == 3 else "HW"
            writer.add_image("samples", picture, n_iter, dataformats=layout)


def _summary_writer():
    """Import TensorBoard's writer, or say what to install."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise ImportError(
            "TensorBoardLogger needs tensorboard: pip install 'skgan[tensorboard]' or "
            "tensorboard."
        ) from error
    return SummaryWriter
