"""How an estimator of images reads what it is given."""

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from .encoding import (
    ImageEncoder,
    check_columns,
    check_magnitudes,
    check_sides,
    flatten,
    shape_of,
)


def make_image_encoder(estimator, X):
    """An encoder for the images X, and X as the rows that it takes."""
    X = _as_images(X)
    if np.ndim(X) > 2:
        shape = shape_of(X, estimator.image_shape)
        check_sides(shape)
        rows = _check_rows(estimator, flatten(X, shape), reset=True)
        return ImageEncoder(rows, shape, X), rows
    rows = _check_rows(estimator, X, reset=True)
    shape = shape_of(rows, estimator.image_shape)
    if estimator.image_shape is not None:
        check_sides(shape)
    return ImageEncoder(flatten(rows, shape), shape, X), rows


def read_images(estimator, X):
    """Images as the encoder of a fitted estimator takes them."""
    check_is_fitted(estimator)
    X = _as_images(X)
    if np.ndim(X) > 2:
        X = flatten(X, estimator.image_shape_)
    return _check_rows(estimator, X, reset=False)


def _as_images(X):
    """What has a shape, as numpy knows it."""
    return X if hasattr(X, "shape") else np.asarray(X)


def _check_rows(estimator, X, reset):
    """Rows of pixels, an array of the dtype that they came in."""
    check_columns(X)
    least = 2 if reset else 1
    rows = validate_data(estimator, X, ensure_min_samples=least, reset=reset)
    if rows.dtype == np.float64:  # no other holds such numbers
        check_magnitudes(rows, range(rows.shape[1]))
    return rows
