"""What ``fit`` is given: X and y as rows, labels, and held-out rows."""

import os
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import issparse
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import validate_data

from ..conditions import Labels, check_labels_given, read_labels
from ..encoding import (
    as_array,
    as_plain,
    check_columns,
    check_magnitudes,
    check_unmasked,
    flatten,
    is_frame,
    shape_of,
)
from ..privacy import MIN_ROWS, MinRows
from ..refinement import Census

MIN_HELD_OUT, MAX_HELD_OUT = 5, 1_000  # rows
MAX_GIVEN = 20_000  # rows of X_val, of which early stopping may use more than others
MIN_LABELED = 10  # rows of a label from which some are held out


class Inputs(NamedTuple):
    """Rows as a fitted encoder reads them, their labels, and which are held out.

    ``label_codes`` are ``(n,)``, 0 without labels; ``training`` and ``held_out`` are
    indices of rows, the same ones where there are too few, and none before ``split``.
    Where the user gives rows to validate with, ``validation`` is a pair of these and
    their label codes, and ``held_out`` are indices of them. Where rows are a sample,
    ``census`` is what is counted of all.
    """

    encoder: Any
    rows: Any
    labels: Labels | None
    label_codes: np.ndarray
    training: np.ndarray = np.zeros(0, dtype=np.int64)
    held_out: np.ndarray = np.zeros(0, dtype=np.int64)
    validation: tuple | None = None
    census: Census | None = None

    def split(self, fraction, random_state):
        """The inputs with a share of the rows held out, or those given for it."""
        n_rows = len(self.rows)
        if self.validation is not None:
            order = random_state.permutation(len(self.validation[0]))
            parts = np.arange(n_rows), order[:MAX_GIVEN]
        else:
            parts = hold_out(n_rows, fraction, random_state, self.label_codes)
        return self._replace(training=parts[0], held_out=parts[1])

    @property
    def is_held_out(self):
        """Whether held-out rows are none that training sees."""
        n_rows = len(self.training) + len(self.held_out)
        # Counted by labels, as rows may have been let go
        return self.validation is not None or n_rows == len(self.label_codes)

    def held_out_rows(self, some=slice(None)):
        """Held-out rows, or some of them, and their label codes."""
        rows, label_codes = self.validation or (self.rows, self.label_codes)
        return rows[self.held_out[some]], label_codes[self.held_out[some]]


def fit_encoder(estimator, X, min_rows: MinRows = MIN_ROWS, all_rows=None):
    """The encoder of an estimator's parameters, fitted to X, and the rows it reads.

    ``all_rows`` is what is known of more rows than X, where it is a sample of them.
    """
    encoder = estimator._unfitted_encoder(X)
    rows = encoder.read(estimator._check_rows(X, encoder, reset=True))
    known = [all_rows] if all_rows is not None and encoder.reads_tables else []
    return encoder.fit(rows, min_rows, *known), rows


def read_inputs(estimator, X, y, min_rows: MinRows, all_rows=None):
    """The inputs of ``fit``, with an encoder that has learned from them."""
    encoder, rows = fit_encoder(estimator, X, min_rows, all_rows)
    labels, label_codes = None, np.zeros(len(rows), dtype=np.int64)
    if estimator.class_conditional:
        name = type(estimator).__name__
        labels, label_codes = read_labels(name, y, len(rows), min_rows)
    return Inputs(encoder, rows, labels, label_codes)


def read_more(estimator, X, y, encoder, labels):
    """The inputs of a fit that goes on, by the encoder and the labels of before.

    Raises
    ------
    ValueError
        If they have other columns or labels.
    """
    if estimator.class_conditional is not bool(labels):
        raise ValueError(
            "class_conditional must be what it was where training goes on, got "
            f"{estimator.class_conditional!r}."
        )
    rows = encoder.read(estimator._check_rows(X, encoder, reset=False))
    label_codes = np.zeros(len(rows), dtype=np.int64)
    if labels:
        check_labels_given(type(estimator).__name__, y, len(rows))
        label_codes = labels.encode(y)
    return Inputs(encoder, rows, labels, label_codes)


def with_validation(inputs, estimator, X_val, y_val):
    """The inputs with the rows that the user gives to hold out, if there are some."""
    if X_val is None and y_val is not None:
        raise ValueError("y_val needs X_val, whose labels it holds, got X_val=None.")
    if X_val is None:
        return inputs
    read = read_validation(estimator, inputs.encoder, inputs.labels, X_val, y_val)
    return inputs._replace(validation=read)


def read_validation(estimator, encoder, labels, X, y):
    """Rows that the user gives to validate with, read as those of X, and label codes.

    Raises
    ------
    ValueError
        If they break a rule for rows or labels; the message names ``X_val`` or
        ``y_val``.
    """
    with _named("X_val"):
        rows = encoder.read(estimator._check_rows(X, encoder, reset=False))
        if len(rows) < MIN_HELD_OUT:
            raise ValueError(f"must have {MIN_HELD_OUT} rows or more, got {len(rows)}.")
    if labels is None:
        return rows, np.zeros(len(rows), dtype=np.int64)
    with _named("y_val"):
        if y is None:
            raise ValueError("class_conditional=True needs the labels of X_val.")
        codes = labels.encode(y)
        check_consistent_length(rows, codes)
    return rows, codes


@contextmanager
def _named(name):
    """Put the name of what is read before the message of an error."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def hold_out(n_rows, fraction, random_state, label_codes):
    """Indices of training and of held-out rows; the same where there are too few.

    Of each label at most that fraction is held out, and nothing if it has few rows.

    Raises
    ------
    ValueError
        If fewer than two rows are left for training.
    """
    order = random_state.permutation(n_rows)
    counts = np.bincount(label_codes)
    quota = (fraction * counts).astype(int)
    if len(counts) > 1:
        quota[counts < MIN_LABELED] = 0
    by_label = order[np.argsort(label_codes[order], kind="stable")]
    first = np.cumsum(counts) - counts  # of each label among these
    rank = np.empty(n_rows, dtype=int)
    rank[by_label] = np.arange(n_rows) - np.repeat(first, counts)
    may_go = (rank < quota[label_codes])[order]
    n_held_out = min(int(may_go.sum()), MAX_HELD_OUT)
    if n_held_out < MIN_HELD_OUT:
        return np.arange(n_rows), order[:MAX_HELD_OUT]
    order = np.concatenate([order[may_go], order[~may_go]])
    n_left = n_rows - n_held_out
    if n_left < 2:
        raise ValueError(
            f"validation_fraction={fraction} leaves {n_left} of {n_rows} rows for "
            "training, which needs at least 2."
        )
    return order[n_held_out:], order[:n_held_out]


def refuse_paths(X, hint):
    """Refuse names of files in place of what is in them.

    Raises
    ------
    ValueError
        If X is a path, or a list of them; the hint says what to do.
    """
    first = X[0] if isinstance(X, list | tuple) and len(X) else X
    if isinstance(first, str | os.PathLike):
        raise ValueError(f"X must hold data, got the path {str(first)!r}: {hint}.")


def check_table(estimator, X, reset):
    """X as an array or data frame of columns of all types, checked by scikit-learn."""
    refuse_paths(X, "read the file, for example by pandas.read_csv")
    least = 2 if reset else 1
    if is_frame(X) or np.ma.is_masked(X):  # of which scikit-learn would lose the mask
        if len(X) < least:
            what = "a data frame" if is_frame(X) else "a masked array"
            raise ValueError(
                f"Found {what} with {len(X)} row(s) while a minimum of {least} is "
                "required."
            )
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


def check_numbers(estimator, X, reset):
    """X as it came, if scikit-learn takes it for rows of finite numbers."""
    refuse_paths(X, "read the file, for example by pandas.read_csv")
    check_columns(X)
    least = 2 if reset else 1
    rows = validate_data(
        estimator, X, dtype=np.float64, ensure_min_samples=least, reset=reset
    )
    if reset:
        names = getattr(estimator, "feature_names_in_", range(rows.shape[1]))
        check_magnitudes(rows, names)
    return X


def check_images(estimator, X, image_shape, reset):
    """X as it came, if scikit-learn takes it for images of one shape.

    ``image_shape`` is that of the training images, or in ``fit`` what the user says.
    """
    refuse_paths(X, "skgan.datasets.load_image_folder makes one array of a folder")
    X = as_plain(X)
    check_unmasked("X", X)
    X = X if is_frame(X) or issparse(X) else np.asarray(X)
    rows = flatten(X, shape_of(X, image_shape)) if np.ndim(X) > 2 else X
    check_columns(rows)
    least = 2 if reset else 1
    rows = validate_data(estimator, rows, ensure_min_samples=least, reset=reset)
    if rows.dtype == np.float64:  # no other holds such numbers
        check_magnitudes(rows, range(rows.shape[1]))
    return X


def as_rows(X):
    """Lists of rows and tensors as an array; all else as it is."""
    X = as_plain(X)
    return as_array(X) if isinstance(X, list | tuple) else X
