"""DiscriminatorFeatures: what a discriminator sees in images, for other estimators."""

import numpy as np
import torch
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    clone,
)
from sklearn.utils.validation import check_is_fitted

from .. import _torch
from .._sklearn import DocumentedMixin
from ..networks import IMAGE_DISCRIMINATORS

GRID = 4  # pooled maps are of at most so many rows and columns


class DiscriminatorFeatures(
    DocumentedMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator
):
    """Features of images: the maps of all layers of a trained discriminator.

    Each layer's maps are max-pooled to at most 4x4, flattened and put side by side, as
    in the experiment of Radford et al. 2015 [1]_. So a classifier with few labels
    learns from all images.

    Parameters
    ----------
    estimator : DCGANGenerator
        Fitted by ``fit`` as a clone. To use one that is fitted already, wrap it in
        :class:`sklearn.frozen.FrozenEstimator`. Its discriminator must be one of skgan.

    Attributes
    ----------
    estimator_ : DCGANGenerator
        The fitted estimator.
    n_features_in_ : int
        Number of pixels times channels.

    References
    ----------
    .. [1] Radford, Metz and Chintala, "Unsupervised representation learning with deep
       convolutional generative adversarial networks", ICLR 2016.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.svm import LinearSVC
    >>> from skgan import DCGANGenerator, DiscriminatorFeatures
    >>> X, y = load_digits(return_X_y=True)
    >>> gan = DCGANGenerator(base_channels=8, max_iter=20, random_state=0)
    >>> model = make_pipeline(DiscriminatorFeatures(gan), LinearSVC()).fit(X, y)
    >>> bool(model.score(X, y) > 0.9)
    True
    """

    def __init__(self, estimator):
        self.estimator = estimator

    def __sklearn_is_fitted__(self):
        return hasattr(self, "estimator_")

    def fit(self, X, y=None):
        """Train the estimator on images.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Images, in any layout that the estimator takes.
        y : array-like of shape (n_samples,), default=None
            Labels, for an estimator that is ``class_conditional``.

        Returns
        -------
        self : object
            The fitted transformer.

        Raises
        ------
        ValueError
            If the discriminator of the estimator is not one of skgan.
        """
        estimator = clone(self.estimator)
        if not has_features(estimator):
            raise ValueError(
                "estimator must be a DCGANGenerator with discriminator='dcgan' or "
                f"'residual', got {self.estimator!r}."
            )
        try:
            estimator.fit(X, y)
        except KeyboardInterrupt:
            if hasattr(estimator, "_model"):  # what was trained is kept here, too
                self._learn_from(estimator, X)
            raise
        self._learn_from(estimator, X)
        return self

    def _learn_from(self, estimator, X):
        """Set what there is to know of a fitted estimator."""
        estimator._read_rows(X)  # of the shape that a frozen one knows
        self.estimator_, self.n_features_in_ = estimator, estimator.n_features_in_
        if hasattr(estimator, "feature_names_in_"):
            self.feature_names_in_ = estimator.feature_names_in_
        some = torch.zeros(1, self.n_features_in_, dtype=torch.float32)
        self._n_features_out = self._features(some).shape[1]

    def transform(self, X):
        """Features of images.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Images, in any layout that the estimator takes.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            The features, float32.
        """
        check_is_fitted(self)
        gan = self.estimator_
        return self._of_encoded(gan.encoder_.encode(gan._read_rows(X)))

    def _of_encoded(self, rows):
        """Features of images as the discriminator is shown them, ``(n, n_pixels)``."""
        chunks = torch.tensor(rows).split(_torch.chunk_size(rows.shape[1]))
        return np.concatenate([self._features(chunk) for chunk in chunks])

    def _features(self, rows):
        discriminator, features = self.estimator_.discriminator_, []
        with _torch.plain(rows.device), torch.inference_mode():
            maps = discriminator.images(rows)
            for stage in discriminator.network.stages:
                maps = stage(maps)
                size = [min(GRID, side) for side in maps.shape[2:]]
                pooled = torch.nn.functional.adaptive_max_pool2d(maps, size)
                features.append(pooled.flatten(1))
        return torch.cat(features, 1).numpy()

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = getattr(self.estimator, "class_conditional", False)
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def has_features(estimator):
    """Whether the discriminator of an estimator is one that has features of images."""
    own = getattr(estimator, "discriminator", None)
    return isinstance(own, str) and own in IMAGE_DISCRIMINATORS
