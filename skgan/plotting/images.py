"""Images in a grid."""

import math

import numpy as np
from sklearn.utils import check_array

from skgan._pyplot import pyplot
from skgan.encoding import flatten, pixel_limits, shape_of
from skgan.model_selection.pipeline import sample


class SampleGridDisplay:
    """Images in a grid.

    Parameters
    ----------
    samples : ndarray of shape (n_samples, ...)
        Images: rows of pixels, ``(n, height, width)``, or ``(n, height, width,
        channels)`` or ``(n, channels, height, width)`` with 1 or 3 channels.
    image_shape : (int, int) or (int, int, int) or None, default=None
        Height and width, and 3 channels if in color. None is that of the axes; for
        rows it is one channel and the most nearly square shape.
    n_across : int or None, default=None
        Number of images in a line; None makes a square of them.
    name : str or None, default=None
        Title of the plot.

    Attributes
    ----------
    image_ : matplotlib.image.AxesImage
        The grid, one image.
    ax_ : matplotlib.axes.Axes
        The axes.
    figure_ : matplotlib.figure.Figure
        The figure.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skgan.plotting import SampleGridDisplay
    >>> display = SampleGridDisplay.from_samples(load_digits().data[:20])
    >>> display.image_.get_array().shape
    (35, 44)
    """

    def __init__(self, *, samples, image_shape=None, n_across=None, name=None):
        self.samples = samples
        self.image_shape = image_shape
        self.n_across = n_across
        self.name = name

    def plot(self, ax=None, *, name=None, image_kwargs=None):
        """Draw the images.

        Parameters
        ----------
        ax : matplotlib axes or None, default=None
            Axes to draw on; None makes a new figure.
        name : str or None, default=None
            Title; None is the one given at construction.
        image_kwargs : dict or None, default=None
            Keywords of ``matplotlib.axes.Axes.imshow``.

        Returns
        -------
        self : object
            The display, with the artists.

        Raises
        ------
        ValueError
            If ``image_shape`` breaks a rule, or the samples are not of that shape.
        """
        grid = image_grid(self.samples, self.image_shape, self.n_across)
        if ax is None:
            _, ax = pyplot().subplots()
        low, high = limits_of(self.samples)
        gray = {"cmap": "gray", "vmin": low, "vmax": high}
        self.image_ = ax.imshow(grid, **gray | (image_kwargs or {}))
        ax.set_axis_off()
        ax.set_title(name or self.name)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    @classmethod
    def from_samples(
        cls,
        samples,
        *,
        image_shape=None,
        n_across=None,
        ax=None,
        name=None,
        image_kwargs=None,
    ):
        """Draw given images.

        Parameters
        ----------
        samples : array-like of shape (n_samples, ...)
            Images, see the class.
        image_shape, n_across, name : object
            As in the class.
        ax : matplotlib axes or None, default=None
            Axes to draw on; None makes a new figure.
        image_kwargs : dict or None, default=None
            Keywords of ``matplotlib.axes.Axes.imshow``.

        Returns
        -------
        SampleGridDisplay
            With the artists.
        """
        shapes = {"image_shape": image_shape, "n_across": n_across}
        display = cls(samples=samples, **shapes, name=name)
        return display.plot(ax=ax, image_kwargs=image_kwargs)

    @classmethod
    def from_estimator(
        cls,
        estimator,
        *,
        n_samples=64,
        random_state=None,
        image_shape=None,
        n_across=None,
        ax=None,
        name=None,
        image_kwargs=None,
    ):
        """Draw samples of a fitted generator.

        Parameters
        ----------
        estimator : fitted generator
            With ``sample``.
        n_samples : int, default=64
            Number of images.
        random_state : int, RandomState instance or None, default=None
            Seed of the samples.
        image_shape : tuple of int or None, default=None
            As in the class; None is that of the estimator if it has one.
        n_across : int or None, default=None
            As in the class.
        ax : matplotlib axes or None, default=None
            Axes to draw on; None makes a new figure.
        name : str or None, default=None
            Title; None says whose samples they are.
        image_kwargs : dict or None, default=None
            Keywords of ``matplotlib.axes.Axes.imshow``.

        Returns
        -------
        SampleGridDisplay
            With the artists.
        """
        return cls.from_samples(
            sample(estimator, n_samples, random_state=random_state),
            image_shape=own_shape(estimator, image_shape),
            n_across=n_across,
            ax=ax,
            name=own_name("Samples", estimator, name),
            image_kwargs=image_kwargs,
        )


def image_grid(samples, image_shape=None, n_across=None, limits=None):
    """Lay images side by side in one array, one pixel between them.

    Gray ones keep their values, ``(height, width)``, with NaN where no image is; those
    in color are ``(height, width, 4)``, from 0 to 1, transparent where no image is.
    ``limits`` are what is black and what is white, None those of the samples.
    """
    samples = np.asarray(samples)
    shape = shape_of(samples, image_shape)
    rows = check_array(flatten(samples, shape), dtype="numeric", input_name="samples")
    if shape[2] == 1:
        images = rows.astype(np.float64).reshape(-1, *shape)
        return _tiled(images, n_across, np.nan)[:, :, 0]
    low, high = limits or limits_of(rows)
    images = ((rows - low) / ((high - low) or 1.0)).reshape(-1, *shape)
    opaque = np.ones((*images.shape[:3], 1))
    return _tiled(np.concatenate([images, opaque], axis=3), n_across, 0.0)


def limits_of(samples):
    """Return what is black and what is white in images, as an encoder reads them."""
    rows = np.asarray(samples).reshape(len(samples), -1)
    return pixel_limits(rows)


def _tiled(images, n_across, gap):
    """Tile images ``(n, height, width, channels)`` into one, ``gap`` between them."""
    n, height, width, n_channels = images.shape
    n_across = n_across or math.ceil(math.sqrt(n))
    n_down = math.ceil(n / n_across)
    tiles = np.full((n_down * n_across, height + 1, width + 1, n_channels), gap)
    tiles[:n, :height, :width] = images
    tiles = tiles.reshape(n_down, n_across, height + 1, width + 1, n_channels)
    grid = tiles.swapaxes(1, 2).reshape(-1, n_across * (width + 1), n_channels)
    return grid[:-1, :-1]


def own_shape(estimator, image_shape):
    """Return a shape that is given, or else that of an estimator, None without one."""
    own = getattr(estimator, "image_shape_", None)
    return own if image_shape is None else image_shape


def own_name(what, estimator, name):
    """Return a name that is given, or else what is shown of which class."""
    return f"{what} of {type(estimator).__name__}" if name is None else name
