"""Rows as images."""

import math

import numpy as np
from sklearn.utils import check_array

from ._pyplot import pyplot


class SampleGridDisplay:
    """Rows as images in a grid.

    Parameters
    ----------
    samples : ndarray of shape (n_samples, n_pixels)
        Rows of pixels, one image each.
    image_shape : (int, int) or None, default=None
        Height and width. None is the most nearly square shape with ``n_pixels``.
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

    def __init__(self, *, samples, image_shape=None, name=None):
        self.samples = samples
        self.image_shape = image_shape
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
        self : SampleGridDisplay
            With the artists.

        Raises
        ------
        ValueError
            If ``image_shape`` is not two positive integers, or does not hold the number
            of pixels of a row.
        """
        rows = check_array(self.samples, dtype=np.float64, input_name="samples")
        if ax is None:
            _, ax = pyplot().subplots()
        grid = _grid(rows, _image_shape(self.image_shape, rows.shape[1]))
        self.image_ = ax.imshow(grid, **{"cmap": "gray", **(image_kwargs or {})})
        ax.set_axis_off()
        ax.set_title(name or self.name)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    @classmethod
    def from_samples(
        cls, samples, *, image_shape=None, ax=None, name=None, image_kwargs=None
    ):
        """Draw given rows.

        Parameters
        ----------
        samples : array-like of shape (n_samples, n_pixels)
            Rows of pixels.
        image_shape : (int, int) or None, default=None
            Height and width; None is the most nearly square shape.
        ax : matplotlib axes or None, default=None
            Axes to draw on; None makes a new figure.
        name : str or None, default=None
            Title.
        image_kwargs : dict or None, default=None
            Keywords of ``matplotlib.axes.Axes.imshow``.

        Returns
        -------
        SampleGridDisplay
            With the artists.
        """
        display = cls(samples=samples, image_shape=image_shape, name=name)
        return display.plot(ax=ax, image_kwargs=image_kwargs)

    @classmethod
    def from_estimator(
        cls,
        estimator,
        *,
        n_samples=64,
        random_state=None,
        image_shape=None,
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
        image_shape : (int, int) or None, default=None
            Height and width; None is the most nearly square shape.
        ax : matplotlib axes or None, default=None
            Axes to draw on; None makes a new figure.
        name : str or None, default=None
            Title; None is the estimator's class.
        image_kwargs : dict or None, default=None
            Keywords of ``matplotlib.axes.Axes.imshow``.

        Returns
        -------
        SampleGridDisplay
            With the artists.
        """
        return cls.from_samples(
            estimator.sample(n_samples, random_state=random_state),
            image_shape=image_shape,
            ax=ax,
            name=type(estimator).__name__ if name is None else name,
            image_kwargs=image_kwargs,
        )


def _image_shape(image_shape, n_pixels):
    if image_shape is None:
        divisors = (h for h in range(math.isqrt(n_pixels), 0, -1) if n_pixels % h == 0)
        height = next(divisors)
        return height, n_pixels // height
    sizes = np.array(image_shape)
    if sizes.shape != (2,) or sizes.dtype.kind not in "iu" or (sizes < 1).any():
        raise ValueError(
            f"image_shape must be two positive integers, got {image_shape!r}."
        )
    if math.prod(image_shape) != n_pixels:
        raise ValueError(
            f"image_shape={tuple(image_shape)} holds {math.prod(image_shape)} pixels, "
            f"but the rows have {n_pixels}."
        )
    return tuple(image_shape)


def _grid(rows, image_shape):
    """Images side by side, one pixel of NaN between them and NaN where one is missing.

    ``(n_down * (height + 1) - 1, n_across * (width + 1) - 1)``
    """
    n_across = math.ceil(math.sqrt(len(rows)))
    n_down = math.ceil(len(rows) / n_across)
    height, width = image_shape
    tiles = np.full((n_down * n_across, height + 1, width + 1), np.nan)
    tiles[: len(rows), :height, :width] = rows.reshape(-1, height, width)
    tiles = tiles.reshape(n_down, n_across, height + 1, width + 1).swapaxes(1, 2)
    return tiles.reshape(n_down * (height + 1), n_across * (width + 1))[:-1, :-1]
