"""Labels of rows as codes, and back as the user gave them."""

from dataclasses import dataclass

import narwhals as nw
import numpy as np
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.multiclass import type_of_target

from ..encoding import check_unmasked, is_missing
from ..exceptions import warn_user
from ..privacy import MIN_ROWS
from ..storage import stored
from ..storage.fields import anything, array, instance, require


@stored("labels/1", classes=array("biufmMUSO"), _series=anything)
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
        values = _values(y)
        _check_labels(values)
        self.classes = _distinct(values)
        series, self._series = _series_of(y), None
        if series is not None:
            native = series.to_native()
            dtype = native.type if hasattr(native, "type") else native.dtype
            self._series = series.implementation, series.name, dtype

    def check_stored(self):
        """Check that labels differ, and come back in their container."""
        labels = _items(self.classes)
        require(0 < len(labels) == len(set(labels)), "labels differ")
        self.decode(np.arange(len(labels)))

    def encode(self, y):
        """Codes of labels ``(n,)``; of one label an array ``(1,)``."""
        values = np.array([y]) if np.ndim(y) == 0 else _values(y)
        if self.classes.dtype.kind in "mM":
            values = values.astype(self.classes.dtype)
        labels = _items(values)
        code_of = {label: code for code, label in enumerate(_items(self.classes))}
        codes = [code_of.get(label, -1) for label in labels]
        if -1 in codes:
            odd = labels[codes.index(-1)]
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
        shown = ", ".join(map(repr, _items(self.classes[:5])))
        return shown + (", ..." if len(self.classes) > 5 else "")


def _series_of(y):
    """A series of narwhals, None for all but series."""
    series = nw.from_native(y, pass_through=True, series_only=True)
    return series if isinstance(series, nw.Series) else None


def _values(y):
    """Labels as an array ``(n,)``, whole numbers whole; a series by its objects."""
    check_unmasked("y", y)
    check_given(y)
    series = _series_of(y)
    if series is None:
        return column_or_1d(y, warn=True)
    labels = series.to_list()
    array = np.array(labels)
    if array.ndim == 1 and array.dtype.kind in "biufSU":
        return array
    array = np.empty(len(labels), dtype=object)
    array[:] = labels
    return array


def _items(values):
    """Labels as objects that can be looked up; times keep their unit."""
    return list(values) if values.dtype.kind in "mM" else values.tolist()


def _distinct(y):
    try:
        return np.unique(y)
    except TypeError:
        _refuse_types(y)


def check_given(y):
    """Refuse labels that are missing, and objects that cannot be sorted.

    numpy would make text of both: "nan", and "1" of the number.

    Raises
    ------
    ValueError
        If there are such labels.
    """
    series = _series_of(y)
    if series is not None:
        labels = series.to_list()
    else:  # one column, perhaps
        labels = list(y) if np.ndim(y) == 1 else np.asarray(y, dtype=object).ravel()
    n_missing = sum(map(is_missing, labels))
    if n_missing:
        raise ValueError(
            f"y must have a label for each row. Input y contains NaN: {n_missing} of "
            f"{len(labels)} labels are missing."
        )
    is_text = {isinstance(label, str) for label in labels}
    if len(is_text) > 1:
        _refuse_types(labels)


def _refuse_types(labels):
    """Raise for labels of types that cannot be compared."""
    types = sorted({type(label).__name__ for label in labels})
    raise ValueError(
        f"Unknown label type: y must hold labels that can be sorted, got {types}."
    )


def _check_labels(y):
    """Refuse labels that are no classes."""
    plain = np.array(y.tolist()) if y.dtype == object else y
    # Other objects (dates, decimals) are labels if they can be sorted
    is_plain = plain.dtype.kind not in "OS"
    target_type = type_of_target(plain, "y") if is_plain else "multiclass"
    if target_type not in ("binary", "multiclass"):
        raise ValueError(
            f"Unknown label type: {target_type}. class_conditional=True needs class "
            "labels in y: leave class_conditional=False and make y a column of X, or "
            "cut it into classes."
        )


def check_labels_given(name, y, n_rows):
    """Refuse to go without a label for each row.

    ``name`` is that of the estimator.

    Raises
    ------
    ValueError
        If y is None, or of another length.
    """
    if y is None:
        raise ValueError(
            f"This {name} estimator requires y to be passed, but the target y is None: "
            "class_conditional=True learns the rows of each label."
        )
    check_consistent_length(np.empty(n_rows), y)


def read_labels(name, y, n_rows, min_rows=MIN_ROWS):
    """``Labels`` of training rows, and the code of each row.

    ``name`` is that of the estimator.

    Raises
    ------
    ValueError
        If y is None, of another length, continuous, or has missing labels.
    """
    check_labels_given(name, y, n_rows)
    labels = Labels(y)
    codes = labels.encode(y)
    counts = np.bincount(codes)
    if not min_rows.allows(counts.min()):
        rare = _items(labels.classes)[counts.argmin()]
        warn_user(
            f"Class {rare!r} has {counts.min()} rows, fewer than {min_rows.n}: rows "
            "generated for it may repeat them."
        )
    return labels, codes


@stored(
    "label_condition/1",
    labels=instance(Labels),
    shares=array("f8", 1, 0, 1),
    batch_shares=array("f8", 1, 0, 1),
)
@dataclass(frozen=True, eq=False)
class LabelCondition:
    """Labels that the user gives, as a condition.

    Parameters
    ----------
    labels : Labels
        Maps them to codes, and back.
    shares : ndarray of shape (n_labels,)
        Their shares in the data; no count of too few rows is kept.
    batch_shares : ndarray of shape (n_labels,)
        Their shares in batches, by the logarithm of their numbers.
    """

    labels: Labels
    shares: np.ndarray
    batch_shares: np.ndarray

    def check_stored(self):
        """Check that each label has its shares."""
        for shares in (self.shares, self.batch_shares):
            require(len(shares) == len(self.labels.classes), "labels have shares")
            require(np.isclose(shares.sum(), 1), "shares add up to 1")

    @property
    def size(self):
        """Number of labels."""
        return len(self.shares)

    def codes(self, rows):
        """The codes that came with the rows."""
        return rows.label_codes

    def draw(self, label_codes, rng):
        """The codes that new rows are to have."""
        return label_codes


def label_condition(labels, label_codes, min_rows=MIN_ROWS, counts=None):
    """The condition of labels with the codes ``(n,)`` of all rows.

    ``counts`` ``(n_labels,)`` are those of more rows, of which these are a sample.
    """
    if counts is None:
        counts = np.bincount(label_codes, minlength=len(labels.classes))
    counts = np.maximum(counts, min_rows.n)
    logs = np.log1p(counts)
    return LabelCondition(labels, counts / counts.sum(), logs / logs.sum())
