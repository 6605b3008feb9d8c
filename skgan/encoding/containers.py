"""What form the training rows came in, so that new rows leave in the same.

The form is the container, its column names and dtypes, and the grid of each column:
where all values have at most so many decimals, new ones have no more.
"""

from typing import NamedTuple

import narwhals as nw
import numpy as np

MAX_DECIMALS = 6
MAGNITUDE = 1e100
N_SCREENED = 1_000  # values of a column


class ColumnForm(NamedTuple):
    """The dtype of a column and the decimals of its values; None: any number."""

    dtype: np.dtype
    decimals: int | None

    def cast(self, values):
        """Float64 values in this form, clipped to what the dtype can hold."""
        if self.dtype.kind == "b":
            return values >= 0.5
        if self.dtype.kind in "iu":
            info = np.iinfo(self.dtype)
            # float(2**63 - 1) is 2**63, one more than an int64 holds
            values = values.clip(info.min, np.nextafter(float(info.max), 0))
        if self.decimals is not None:
            values = np.round(values, self.decimals) + 0.0  # no negative zeros
        return values.astype(self.dtype)


def form_of(values, dtype):
    """The form of a column ``(n,)`` that came as numbers or booleans of ``dtype``."""
    if dtype.kind != "f":
        return ColumnForm(dtype, 0)
    some = values[:: max(1, len(values) // N_SCREENED)]  # enough to see no grid
    for decimals in range(MAX_DECIMALS + 1):
        if all(_has_grid(part, dtype, decimals) for part in (some, values)):
            return ColumnForm(dtype, decimals)
    return ColumnForm(dtype, None)


def _has_grid(values, dtype, decimals):
    rounded = np.round(values.astype(np.float64), decimals)
    return np.array_equal(rounded.astype(dtype), values.astype(dtype))


class Container:
    """What both containers share: ``forms``, one for each column."""

    def settle(self, values):
        """Float64 values as ``build`` brings them: rounded, clipped, whole, 0 or 1."""
        columns = [
            form.cast(values[:, j]).astype(np.float64)
            for j, form in enumerate(self.forms)
        ]
        return np.column_stack(columns)


class ArrayContainer(Container):
    """Rows leave as a numpy array of the dtype that the training rows had.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        The training rows as they came.
    rows : ndarray of shape (n_samples, n_features)
        The same as float64.
    """

    def __init__(self, X, rows):
        dtype = np.asarray(X).dtype
        self.dtype = dtype if dtype.kind in "biuf" else rows.dtype
        self.forms = [form_of(column, self.dtype) for column in rows.T]

    def build(self, values):
        """Rows from a float64 array ``(n_samples, n_features)``."""
        rows = np.empty(values.shape, self.dtype)
        for j, form in enumerate(self.forms):
            rows[:, j] = form.cast(values[:, j])
        return rows


class FrameContainer(Container):
    """Rows leave as a data frame of the training rows' library, names and dtypes.

    Parameters
    ----------
    X : data frame that narwhals knows (pandas, polars, pyarrow ...)
        The training rows. Only names, dtypes and grids are kept.
    """

    def __init__(self, X):
        frame = nw.from_native(X, eager_only=True)
        self.names = list(frame.columns)
        columns = map(_numeric, frame.iter_columns())
        self.forms = [form_of(column, column.dtype) for column in columns]
        self.implementation = frame.implementation
        native = frame.to_native()
        # The schema alone: a slice of no rows may keep its parent's buffers alive
        self.schema = native.dtypes if self._is_pandas_like else native.schema

    @property
    def _is_pandas_like(self):
        return self.implementation.is_pandas_like()

    def build(self, values):
        """Rows from a float64 array ``(n_samples, n_features)``."""
        columns = {
            name: form.cast(values[:, j])
            for j, (name, form) in enumerate(zip(self.names, self.forms, strict=True))
        }
        native = nw.from_dict(columns, backend=self.implementation).to_native()
        if self._is_pandas_like:
            return native.astype(self.schema)
        return native.cast(self.schema)


def container_of(X, rows):
    """The container that brings new rows back in the form of ``X``.

    ``rows`` are those of ``X`` as a float64 array.
    """
    return FrameContainer(X) if is_frame(X) else ArrayContainer(X, rows)


def check_columns(X):
    """Refuse data frame columns that are not numbers, naming the column.

    Raises
    ------
    ValueError
        If a column is neither numeric nor boolean, has missing values, or shares its
        name with another, or if the frame is lazy.
    """
    if isinstance(nw.from_native(X, pass_through=True), nw.LazyFrame):
        raise ValueError("Lazy frames are not supported: collect the rows first.")
    if is_frame(X):
        for column in nw.from_native(X, eager_only=True).iter_columns():
            _numeric(column)


def check_magnitudes(rows, names):
    """Refuse values that float64 arithmetic on squares cannot handle.

    ``rows`` is a float64 array ``(n_samples, n_features)``, ``names`` those of its
    columns.

    Raises
    ------
    ValueError
        If a value is beyond 1e100, or a column that varies has a spread below 1e-100.
    """
    low, high = rows.min(axis=0), rows.max(axis=0)
    with np.errstate(over="ignore"):
        largest, spread = np.maximum(-low, high), high - low
    rules = (
        (largest > MAGNITUDE, largest, f"values beyond {MAGNITUDE:g}"),
        ((0 < spread) & (spread < 1 / MAGNITUDE), spread, "a spread below 1e-100"),
    )
    for broken, values, rule in rules:
        if broken.any():
            worst = int(broken.argmax())
            raise ValueError(
                f"Columns with {rule} are not supported, but column {names[worst]!r} "
                f"has {values[worst]:g}: change its unit."
            )


def is_frame(X):
    """Whether X is a data frame that narwhals knows."""
    return isinstance(nw.from_native(X, pass_through=True), nw.DataFrame)


def _numeric(column):
    """The values of a numeric or boolean data frame column without missing values."""
    if not (column.dtype.is_numeric() or column.dtype == nw.Boolean):
        raise ValueError(
            f"Expected numeric or boolean columns, but column {column.name!r} has "
            f"dtype {column.dtype}."
        )
    n_missing = column.is_null().sum()
    if n_missing:
        raise ValueError(
            f"Missing values are not supported, but column {column.name!r} has "
            f"{n_missing}."
        )
    values = column.to_numpy()
    return values if values.dtype.kind in "biuf" else values.astype(np.float64)
