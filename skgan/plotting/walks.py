"""Walks through latent space."""

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from .._torch import available_device
from .images import SampleGridDisplay, own_name, own_shape


class InterpolationDisplay(SampleGridDisplay):
    """Walks through latent space: images between images, a walk in each line.

    Where images change step by step and stay likely on the way, the generator has
    learned more than its training images (Radford et al. 2015). Parameters and
    attributes are those of :class:`SampleGridDisplay`.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skgan import DCGANGenerator
    >>> from skgan.plotting import InterpolationDisplay
    >>> gan = DCGANGenerator(base_channels=4, max_iter=10).fit(load_digits().images)
    >>> display = InterpolationDisplay.from_estimator(gan, n_walks=3, n_steps=7)
    >>> display.samples.shape
    (21, 8, 8)
    """

    @classmethod
    def from_estimator(
        cls,
        estimator,
        *,
        n_walks=6,
        n_steps=8,
        y=None,
        random_state=None,
        image_shape=None,
        ax=None,
        name=None,
        image_kwargs=None,
    ):
        """Walk between random latent vectors of a fitted generator.

        Parameters
        ----------
        estimator : DCGANGenerator or GANGenerator
            A fitted generator.
        n_walks : int, default=6
            Number of walks.
        n_steps : int, default=8
            Number of images of a walk, at least 2: both ends are among them.
        y : label or array-like of shape (n_walks,), default=None
            The label of all walks, or of each, if the estimator is
            ``class_conditional``.
        random_state : int, RandomState instance or None, default=None
            Seed of the ends.
        image_shape : tuple of int or None, default=None
            As in the class; None is that of the estimator if it has one.
        ax : matplotlib axes or None, default=None
            Axes to draw on; None makes a new figure.
        name : str or None, default=None
            Title; None says between whose samples the walks are.
        image_kwargs : dict or None, default=None
            Keywords of ``matplotlib.axes.Axes.imshow``.

        Returns
        -------
        InterpolationDisplay
            With the artists.

        Notes
        -----
        Normal latent vectors are walked between along great circles (White 2016):
        on straight lines they would be shorter than any that training has seen.
        """
        check_is_fitted(estimator)
        rng = check_random_state(random_state)
        # One label and one cluster a walk
        model, device = estimator._model, available_device(estimator.device)
        codes = model.condition_codes(model.label_codes(y, n_walks, 0), 0)
        first, last = (draw_latents(estimator, n_walks, rng) for _ in range(2))
        if estimator.noise == "normal":
            walks = _great_circles(first, last, n_steps)
        else:
            walks = np.linspace(first, last, n_steps, axis=1)
        latents = walks.reshape(-1, estimator.latent_dim_).astype(np.float32)
        return cls.from_samples(
            model.generate_from(latents, codes.repeat(n_steps, axis=0), device),
            image_shape=own_shape(estimator, image_shape),
            n_across=n_steps,
            ax=ax,
            name=own_name("Walks between samples", estimator, name),
            image_kwargs=image_kwargs,
        )


def draw_latents(estimator, n_samples, rng):
    """Draw latent vectors as a fitted estimator's generator is fed them."""
    size = n_samples, estimator.latent_dim_
    if estimator.noise == "normal":
        return rng.normal(size=size)
    return rng.uniform(-1, 1, size)


def _great_circles(first, last, n_steps):
    """Step between vectors at equal angles: ``(n_walks, n_steps, dim)``."""
    lengths = [np.linalg.norm(ends, axis=1) for ends in (first, last)]
    cosine = (first * last).sum(axis=1) / (lengths[0] * lengths[1])
    angle = np.arccos(cosine.clip(-1, 1))[:, None, None]
    share = np.linspace(0, 1, n_steps)[:, None]  # (n_steps, 1)
    small = np.sin(angle) < 1e-6  # then a line is as good
    angle = np.where(small, 1.0, angle)
    weights = [
        np.where(small, line, np.sin(line * angle) / np.sin(angle))
        for line in (1 - share, share)
    ]
    return weights[0] * first[:, None] + weights[1] * last[:, None]
