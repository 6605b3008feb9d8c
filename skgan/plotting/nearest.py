"""Samples beside the training images that are nearest to them."""

import numpy as np
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import check_array

from skgan.encoding import flatten, shape_of
from skgan.model_selection.pipeline import sample

from .images import SampleGridDisplay, own_name, own_shape

WHAT = "Nearest training images beside samples"


class NearestImagesDisplay(SampleGridDisplay):
    """Samples, each followed by the training images that are nearest to it.

    A generator that copies shows the same image twice. Distances are Euclidean, between
    pixels. Parameters and attributes are those of :class:`SampleGridDisplay`.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skgan.plotting import NearestImagesDisplay
    >>> X = load_digits().images
    >>> display = NearestImagesDisplay.from_samples(X[:5], X[5:], n_neighbors=3)
    >>> display.samples.shape  # five lines of four images
    (20, 64)
    """

    @classmethod
    def from_samples(
        cls,
        samples,
        X,
        *,
        n_neighbors=5,
        image_shape=None,
        ax=None,
        name=None,
        image_kwargs=None,
    ):
        """Draw given images and their neighbors.

        Parameters
        ----------
        samples, X : array-like of shape (n, ...)
            Images, and those among which to look for neighbors, see
            :class:`SampleGridDisplay`.
        n_neighbors : int, default=5
            Number of neighbors of each sample.
        image_shape : tuple of int or None, default=None
            As in the class.
        ax : matplotlib axes or None, default=None
            Axes to draw on; None makes a new figure.
        name : str or None, default=None
            Title; None says what is shown.
        image_kwargs : dict or None, default=None
            Keywords of ``matplotlib.axes.Axes.imshow``.

        Returns
        -------
        NearestImagesDisplay
            With the artists.

        Raises
        ------
        ValueError
            If samples and X are of different shapes, or one of whole numbers and the
            other not.
        """
        samples, X = (np.asarray(images) for images in (samples, X))
        if samples.dtype.kind != X.dtype.kind:
            raise ValueError(
                "samples and X must be of the same range, got dtypes "
                f"{samples.dtype} and {X.dtype}."
            )
        shape = shape_of(samples, image_shape)
        rows, train = (
            check_array(flatten(images, shape), dtype=np.float32)
            for images in (samples, X)
        )
        search = NearestNeighbors(n_neighbors=n_neighbors).fit(train)
        neighbors = train[search.kneighbors(rows, return_distance=False)]
        lines = np.concatenate([rows[:, None], neighbors], axis=1)
        display = cls(
            samples=lines.reshape(-1, rows.shape[1]).astype(X.dtype),
            image_shape=shape,
            n_across=1 + n_neighbors,
            name=WHAT if name is None else name,
        )
        return display.plot(ax=ax, image_kwargs=image_kwargs)

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        *,
        n_samples=8,
        n_neighbors=5,
        random_state=None,
        image_shape=None,
        ax=None,
        name=None,
        image_kwargs=None,
    ):
        """Draw samples of a fitted generator and their neighbors.

        Parameters
        ----------
        estimator : fitted generator
            With ``sample``.
        X : array-like of shape (n, ...)
            Training images.
        n_samples, n_neighbors : int, default=8, 5
            Number of samples, and of neighbors of each.
        random_state : int, RandomState instance or None, default=None
            Seed of the samples.
        image_shape : tuple of int or None, default=None
            As in the class; None is that of the estimator if it has one.
        ax : matplotlib axes or None, default=None
            Axes to draw on; None makes a new figure.
        name : str or None, default=None
            Title; None says what is shown, and whose samples.
        image_kwargs : dict or None, default=None
            Keywords of ``matplotlib.axes.Axes.imshow``.

        Returns
        -------
        NearestImagesDisplay
            With the artists.
        """
        return cls.from_samples(
            sample(estimator, n_samples, random_state=random_state),
            X,
            n_neighbors=n_neighbors,
            image_shape=own_shape(estimator, image_shape),
            ax=ax,
            name=own_name(WHAT, estimator, name),
            image_kwargs=image_kwargs,
        )
