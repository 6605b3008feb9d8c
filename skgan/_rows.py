"""How an estimator reads the rows it is given: checks, and the choice of encoding."""

import numpy as np
from sklearn.utils.validation import validate_data

from .encoding import (
    ScaledEncoder,
    TableEncoder,
    as_array,
    check_columns,
    check_magnitudes,
    is_frame,
    looks_like_pixels,
)


def make_encoder(estimator, X):
    """An encoder for X, and the rows of X as it takes them."""
    X = as_array(X) if isinstance(X, list | tuple) else X
    encoding, declared = estimator.encoding, estimator.categorical_features
    is_declared = not (isinstance(declared, str) and declared == "from_dtype")
    if encoding == "auto":
        is_scaled = looks_like_pixels(X) and not is_declared
        encoding = "scaled" if is_scaled else "table"
    if encoding == "table":
        X = _check_table(estimator, X, reset=True)
        own = {"categorical_features": declared, "identifiers": estimator.identifiers}
        encoder = TableEncoder(**own)
        rows = encoder.read(X)
        return encoder.fit(rows), rows
    if is_declared:
        raise ValueError(
            "categorical_features needs encoding='table', got encoding='scaled'."
        )
    rows = _check_numbers(estimator, X, reset=True)
    names = getattr(estimator, "feature_names_in_", range(rows.shape[1]))
    check_magnitudes(rows, names)
    encoder = ScaledEncoder()
    rows = encoder.read(X)
    return encoder.fit(rows), rows


def read_rows(estimator, X):
    """The rows of X as the encoder of a fitted estimator takes them."""
    X = as_array(X) if isinstance(X, list | tuple) else X
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
    with np.errstate(invalid="ignore"):  # infinities are refused with more than that
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
