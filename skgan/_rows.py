"""How an estimator reads the rows it is given: checks, and the choice of encoding."""

import numpy as np
from sklearn.utils.validation import validate_data

from .encoding import (
    ScaledEncoder,
    TableEncoder,
    check_columns,
    check_magnitudes,
    container_of,
    is_frame,
    looks_like_pixels,
)


def make_encoder(estimator, X):
    """An encoder for X, and the rows of X as it takes them."""
    encoding = estimator.encoding
    if encoding == "auto":
        encoding = "scaled" if looks_like_pixels(X) else "table"
    if encoding == "table":
        X = _check_table(estimator, X, reset=True)
        encoder = TableEncoder(X)
        return encoder, encoder.read(X)
    rows = _check_numbers(estimator, X, reset=True)
    names = getattr(estimator, "feature_names_in_", range(rows.shape[1]))
    check_magnitudes(rows, names)
    return ScaledEncoder(rows, container_of(X, rows)), rows


def read_rows(estimator, X):
    """The rows of X as the encoder of a fitted estimator takes them."""
    if estimator.encoding_ == "table":
        return estimator.encoder_.read(_check_table(estimator, X, reset=False))
    return _check_numbers(estimator, X, reset=False)


def _check_numbers(estimator, X, reset):
    check_columns(X)
    least = 2 if reset else 1
    return validate_data(
        estimator, X, dtype=np.float64, ensure_min_samples=least, reset=reset
    )


def _check_table(estimator, X, reset):
    least = 2 if reset else 1
    if is_frame(X):
        _check_enough_rows(X, least)
        return validate_data(estimator, X, skip_check_array=True, reset=reset)
    return validate_data(
        estimator,
        X,
        dtype=None,
        ensure_all_finite="allow-nan",
        ensure_min_samples=least,
        reset=reset,
    )


def _check_enough_rows(X, least):
    """Refuse a data frame of too few rows."""
    if len(X) < least:
        raise ValueError(
            f"Found a data frame with {len(X)} row(s) while a minimum of {least} is "
            "required."
        )
