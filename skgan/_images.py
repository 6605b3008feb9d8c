"""What an estimator of images is given: images, and options that name networks."""

from functools import partial

import numpy as np
import torch
from scipy.sparse import issparse
from sklearn.utils.validation import check_is_fitted, validate_data

from ._fitting import penalties_of
from .augmentation import check_names
from .encoding import (
    ImageEncoder,
    check_columns,
    check_magnitudes,
    flatten,
    is_frame,
)
from .networks import (
    MAX_PLANES,
    Embedded,
    Planes,
    build,
    dcgan_discriminator,
    dcgan_generator,
    residual_image_discriminator,
    residual_image_generator,
)

GENERATORS = {
    "dcgan": dcgan_generator,
    "projected": partial(dcgan_generator, projection=True),
    "residual": residual_image_generator,
}
MAX_EMBEDDED = 64  # numbers that tell a generator of its conditions
FASTEST = torch.channels_last  # for convolutions


def check_image_options(estimator):
    """Refuse, before any work, what the constraints of scikit-learn cannot express.

    Raises
    ------
    ValueError
        If ``augmentation`` or ``normalization`` break a rule; the message says which.
    """
    check_names(estimator.augmentation)
    own, discriminator = estimator.normalization, estimator.discriminator
    if own == "batch" and discriminator == "residual":
        raise ValueError(
            "normalization='batch' needs discriminator='dcgan', got 'residual'."
        )
    if own != "auto" and callable(discriminator):
        raise ValueError(
            "normalization must be 'auto' with a discriminator of your own, which "
            f"normalises as it likes, got {own!r}."
        )


def make_image_encoder(estimator, X):
    """An encoder for the images X, and X as the rows that it takes."""
    X = _as_images(X)
    if np.ndim(X) <= 2:
        _check_rows(estimator, X, reset=True)
    encoder = ImageEncoder(estimator.image_shape)
    rows = encoder.read(X)
    if np.ndim(X) > 2:
        _check_rows(estimator, rows, reset=True)
    return encoder.fit(rows), rows


def read_images(estimator, X):
    """Images as the encoder of a fitted estimator takes them."""
    check_is_fitted(estimator)
    X = _as_images(X)
    if np.ndim(X) > 2:
        X = flatten(X, estimator.image_shape_)
    return _check_rows(estimator, X, reset=False)


def _as_images(X):
    """Lists, tensors and what else numpy knows as arrays."""
    return X if is_frame(X) or issparse(X) else np.asarray(X)


def _check_rows(estimator, X, reset):
    """Rows of pixels, an array of the dtype that they came in."""
    check_columns(X)
    least = 2 if reset else 1
    rows = validate_data(estimator, X, ensure_min_samples=least, reset=reset)
    if rows.dtype == np.float64:  # no other holds such numbers
        check_magnitudes(rows, range(rows.shape[1]))
    return rows


def make_generator(estimator, latent_dim, n_conditions, image_shape):
    """A network from latents followed by conditions to images."""
    n_embedded = min(n_conditions, MAX_EMBEDDED)
    n_inputs, generator = latent_dim + n_embedded, estimator.generator
    if callable(generator):
        network = build("generator", generator, n_inputs, image_shape)
    else:
        make = partial(GENERATORS[generator], width=estimator.width)
        network = make(n_inputs, image_shape).to(memory_format=FASTEST)
    if n_embedded < n_conditions:
        network = Embedded(network, latent_dim, n_conditions, n_embedded)
    return network


def make_discriminator(estimator, n_conditions, image_shape):
    """A network of images ``(n, channels, height, width)`` and their conditions."""
    discriminator, width = estimator.discriminator, estimator.width
    if callable(discriminator):
        height, breadth, n_channels = image_shape
        n_planes = min(n_conditions, MAX_PLANES)
        seen = height, breadth, n_channels + n_planes
        network = build("discriminator", discriminator, seen)
        return Planes(network, n_conditions, n_planes)
    is_residual = discriminator == "residual"
    normalization = estimator.normalization
    if normalization == "auto":
        normalization = None if is_residual or penalties_of(estimator) else "batch"
    make = residual_image_discriminator if is_residual else dcgan_discriminator
    network = make(image_shape, n_conditions, width=width, normalization=normalization)
    return network.to(memory_format=FASTEST)
