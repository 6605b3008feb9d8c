"""Images that are not in memory, as ``fit`` and ``score`` are given them."""

import numpy as np
from sklearn.utils import check_array
from sklearn.utils.validation import validate_data

from ..encoding import LazyImages, check_magnitudes, flatten, shape_of


def check_lazy_images(estimator, X, image_shape, reset):
    """X as it came, if scikit-learn takes it for images of one shape.

    Parameters
    ----------
    estimator : DCGANGenerator
        Whose ``n_features_in_`` is set, or compared with.
    X : array-like of shape (n, ...)
        Images that are read some at a time.
    image_shape : sequence of int or None
        That of the training images, or in ``fit`` what the user says.
    reset : bool
        Whether it is ``fit`` that is called.

    Raises
    ------
    ValueError
        If there are too few, if they have other axes, or numbers that are not finite.
    """
    axes = np.empty((0, *X.shape[1:]), X.dtype)
    shape = shape_of(axes, image_shape)
    first = flatten(np.asarray(X[:2]), shape)
    validate_data(estimator, first, ensure_min_samples=2 if reset else 1, reset=reset)
    if X.dtype.kind == "f":
        for rows in LazyImages(X, shape).chunks():
            check_array(rows, input_name="X")
            if rows.dtype == np.float64:  # no other holds such numbers
                check_magnitudes(rows, range(rows.shape[1]))
    return X
