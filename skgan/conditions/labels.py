"""Labels of rows as codes, and back as the user gave them."""

import warnings

import narwhals as nw
import numpy as np
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.multiclass import type_of_target

MIN_ROWS = 5  # of a class without a warning


class Labels:
    """The labels of rows as codes, and back as the user gave them.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Labels of the training rows.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        The distinct labels, sorted.
    """

    def __init__(self, y):
        values = column_or_1d(y, warn=True)
        _check_labels(values)
        self.classes = _distinct(values)
        series = nw.from_native(y, pass_through=True, series_only=True)
        self._series = None
        if isinstance(series, nw.Series):
            native = series.to_native()
            self._series = series.implementation, series.name, native.dtype

    def encode(self, y):
        """Codes of labels ``(n,)``; of one label an array ``(1,)``."""
        values = np.atleast_1d(np.asarray(y))
        if values.ndim > 1:
            raise ValueError(f"y must be one label or 1D, got shape {values.shape}.")
        if self.classes.dtype.kind in "mM":
            values = values.astype(self.classes.dtype)
        code_of = {label: code for code, label in enumerate(self.classes.tolist())}
        codes = [code_of.get(label, -1) for label in values.tolist()]
        if -1 in codes:
            odd = values.tolist()[codes.index(-1)]
            raise ValueError(
                f"y must hold labels seen in fit, {self._known()}, got {odd!r}."
            )
        return np.array(codes, dtype=np.int64)

    def decode(self, codes):
        """Labels of codes, in the container and dtype of those of ``fit``."""
        labels = self.classes[codes]
        if self._series is None:
            return labels
        backend, name, dtype = self._series
        series = nw.new_series(name or "", labels.tolist(), backend=backend).to_native()
        if backend.is_pandas_like():
            return series.astype(dtype).rename(name)
        return series.cast(dtype)

    def _known(self):
        shown = ", ".join(map(repr, self.classes[:5].tolist()))
        return shown + (", ..." if len(self.classes) > 5 else "")


def _distinct(y):
    try:
        return np.unique(y)
    except TypeError as error:
        types = sorted({type(label).__name__ for label in y})
        raise ValueError(
            f"Unknown label type: y must hold labels that can be sorted, got {types}."
        ) from error


def _check_labels(y):
    odd = [label for label in y.tolist() if label is None or label != label]
    if odd:
        raise ValueError(
            f"y must have a label for each row. Input y contains NaN: {len(odd)} of "
            f"{len(y)} labels are missing."
        )
    plain = np.array(y.tolist()) if y.dtype == object else y
    # Other objects (dates, decimals) are labels if they can be sorted
    kind = "multiclass" if plain.dtype == object else type_of_target(plain, "y")
    if kind not in ("binary", "multiclass"):
        raise ValueError(
            f"Unknown label type: {kind}. class_conditional=True needs class labels in "
            "y: leave class_conditional=False and make y a column of X, or cut "
            "it into classes."
        )


def read_labels(name, y, n_rows):
    """``Labels`` of training rows, and the code of each row.

    ``name`` is that of the estimator.

    Raises
    ------
    ValueError
        If y is None, of another length, continuous, or has missing labels.
    """
    if y is None:
        raise ValueError(
            f"This {name} estimator requires y to be passed, but the target y is None: "
            "class_conditional=True learns the rows of each label."
        )
    check_consistent_length(np.empty(n_rows), y)
    labels = Labels(y)
    codes = labels.encode(column_or_1d(y))
    counts = np.bincount(codes)
    if counts.min() < MIN_ROWS:
        rare = labels.classes.tolist()[counts.argmin()]
        warnings.warn(
            f"Class {rare!r} has {counts.min()} rows, fewer than {MIN_ROWS}: rows "
            "generated for it may repeat them.",
            stacklevel=6,  # the line that called fit
        )
    return labels, codes
