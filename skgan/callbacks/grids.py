"""Pictures of samples while training goes on."""

from pathlib import Path

import numpy as np
from sklearn.utils import check_random_state

from ..datasets import import_pillow
from ..plotting.images import image_grid, limits_of, own_shape
from ..plotting.walks import draw_latents
from .checks import check_positive


class GridCallback:
    """The base of callbacks that draw the same latent vectors again and again."""

    def __init__(self, folder, every, n_samples, y, image_shape, random_state):
        check_positive("every", every)
        check_positive("n_samples", n_samples)
        self.folder = Path(folder)
        self.every = every
        self.n_samples = n_samples
        self.y = y
        self.image_shape = image_shape
        self.random_state = random_state

    def setup(self, estimator, context):
        """Forget the latent vectors of an earlier fit."""
        self._latents = None

    def _picture(self, gan):
        """Draw a picture, uint8, of shape (height, width) or (height, width, 3)."""
        if self._latents is None:
            rng = check_random_state(self.random_state)
            self._latents = draw_latents(gan, self.n_samples, rng)
        images = gan.generate(self._latents, y=self.y)
        limits = low, high = getattr(gan.encoder_, "limits_", None) or limits_of(images)
        shape = own_shape(gan, self.image_shape)
        grid = image_grid(images, shape, limits=limits)
        if grid.ndim == 2:  # gray, with nan between images
            grid = np.nan_to_num((grid - low) / ((high - low) or 1)).clip(0, 1)
        else:
            grid = grid[..., :3]
        return np.rint(255 * grid).astype(np.uint8)


class SampleGridCallback(GridCallback):
    """Writes images of the same latent vectors as a picture every so many iterations.

    Pictures are ``iteration_000100.png`` and so on, the last one at the end of
    training; ``training.gif`` shows them one after another. Those of restarts
    (``n_init``) begin with ``restart_2_``. Pass it to an estimator's ``set_callbacks``.

    Parameters
    ----------
    folder : str or pathlib.Path
        Where the pictures go. It is made if it is not there.
    every : int, default=1000
        Number of iterations from one picture to the next.
    n_samples : int, default=64
        Number of images in a picture.
    y : label or array-like of shape (n_samples,), default=None
        Labels of the images, if the estimator is ``class_conditional``.
    image_shape : tuple of int or None, default=None
        Height and width, and 3 channels if in color. None is that of the estimator if
        it has one, and of one channel and most nearly square otherwise.
    random_state : int or RandomState instance, default=0
        Seed of the latent vectors.

    Attributes
    ----------
    paths_ : list of pathlib.Path
        The pictures written in the last fit, and the animation.

    Raises
    ------
    ValueError
        If ``every`` or ``n_samples`` is not a positive integer.
    ImportError
        If Pillow is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_digits
    >>> from skgan import DCGANGenerator
    >>> from skgan.callbacks import SampleGridCallback
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pictures = SampleGridCallback(folder, every=100, n_samples=16)
    ...     gan = DCGANGenerator(base_channels=4, max_iter=200, n_score_samples=100)
    ...     _ = gan.set_callbacks(pictures).fit(load_digits().images)
    >>> [path.name for path in pictures.paths_]
    ['iteration_000100.png', 'iteration_000200.png', 'training.gif']
    """

    def __init__(
        self,
        folder,
        *,
        every=1_000,
        n_samples=64,
        y=None,
        image_shape=None,
        random_state=0,
    ):
        import_pillow()
        super().__init__(folder, every, n_samples, y, image_shape, random_state)

    def setup(self, estimator, context):
        """Make the folder when a fit begins."""
        super().setup(estimator, context)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.paths_ = []

    def on_fit_task_begin(self, estimator, context):
        """Do nothing: this callback acts when an interval has ended."""

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        """Write a picture if one is due at the end of this reporting interval."""
        if context.task_name != "interval":
            return
        n_iter, restart = metadata["n_iter"], metadata["restart"]
        is_due = n_iter % self.every == 0 or n_iter == metadata["max_iter"]
        if not is_due and self._latents is not None:
            return
        # The first one is made early, so that a wrong label costs one interval
        picture = import_pillow().Image.fromarray(self._picture(metadata["snapshot"]()))
        if is_due:
            prefix = f"restart_{restart}_" if restart > 1 else ""
            path = self.folder / f"{prefix}iteration_{n_iter:06}.png"
            picture.save(path)
            self.paths_.append(path)

    def teardown(self, estimator, context):
        """Write the animation when a fit is over, done or not."""
        if self.paths_:
            first, *others = self.paths_
            first = import_pillow().Image.open(first)
            others = (import_pillow().Image.open(path) for path in others)  # one by one
            path = self.folder / "training.gif"
            first.save(path, save_all=True, append_images=others, duration=300, loop=0)
            self.paths_.append(path)
