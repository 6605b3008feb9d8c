"""Take a table of any library apart: its names, and its columns."""

from collections import Counter

import narwhals as nw
import numpy as np
from scipy.sparse import issparse

from .libraries import Arrays, Arrow, MaskedArrays, Pandas, Polars, native_column
from .plain import as_plain, lazy_error


def is_frame(X):
    """Whether X is a data frame that narwhals knows."""
    return isinstance(nw.from_native(X, pass_through=True), nw.DataFrame)


def as_array(X):
    """Return a 2-D array of an array or of lists of rows; numbers among text stay.

    It is a masked one where values are masked.

    Raises
    ------
    ValueError
        If rows differ in length.
    """
    X = as_plain(X)
    try:
        array = X if np.ma.is_masked(X) else np.asarray(X)
    except ValueError as error:
        array = _as_objects(X)
        if array is None:
            found = f"a list of {len(X)} that differ"
            message = f"Expected rows of equal length, got {found}."
            raise ValueError(message) from error
    if array.dtype.kind in "SU" and not isinstance(X, np.ndarray):
        array = np.array(X, dtype=object)  # numbers among text stay numbers
    if array.ndim != 2:
        raise ValueError(
            "Expected 2D data. Reshape your data by array.reshape(-1, 1) if it is one "
            "column, or array.reshape(1, -1) if it is one row, got "
            f"{array.ndim}D data of shape {array.shape}."
        )
    return array


def _as_objects(rows):
    """Return rows whose values may have a length as objects; None if ragged."""
    if not all(isinstance(row, list | tuple) for row in rows):
        return None
    if len(set(map(len, rows))) > 1:
        return None
    array = np.empty((len(rows), len(rows[0])), dtype=object)
    for i, row in enumerate(rows):
        array[i] = np.fromiter(row, object, len(row))
    return array


def take_apart(X):
    """Return the library of a table, what it needs to make one, names and columns.

    A column is a triple of its library, its dtype and itself, as ``schema_of`` takes
    them. Names of arrays are a range.

    Raises
    ------
    ValueError
        If X is no table or has no rows or columns, or if names repeat.
    """
    if issparse(X):
        raise ValueError(
            "Sparse tables are not supported: pass X.toarray(), got "
            f"{type(X).__name__}."
        )
    try:
        frame = nw.from_native(X, pass_through=True)
    except nw.exceptions.DuplicateError as error:
        names = X.column_names if hasattr(X, "column_names") else X.columns
        name, count = Counter(names).most_common(1)[0]
        message = f"Column names must be unique, got {name!r} {count} times."
        raise ValueError(message) from error
    if isinstance(frame, nw.LazyFrame):
        raise lazy_error(X)
    if not isinstance(frame, nw.DataFrame):
        X = as_array(X)
        _check_shape(X.shape)
        library = MaskedArrays if np.ma.is_masked(X) else Arrays
        columns = [(library, X.dtype, column) for column in X.T]
        return library, X.dtype, range(len(columns)), columns
    _check_shape(frame.shape)
    names, columns = frame.columns, [*map(native_column, frame.iter_columns())]
    if frame.implementation.is_polars():
        return Polars, names, names, columns
    if frame.implementation.is_pyarrow():
        return Arrow, Arrow.bare(X.schema), names, columns
    return Pandas, (frame.implementation, X.columns), names, columns


def with_codes(X):
    """Return a data frame with texts as codes, where that is quicker to read.

    Read by the schema of a table that has learned, both are the same.
    """
    frame = nw.from_native(X, pass_through=True, eager_only=True)
    is_quick = isinstance(frame, nw.DataFrame) and (
        frame.implementation.is_pyarrow() or frame.implementation.is_polars()
    )
    if not is_quick:
        return X
    texts = [name for name, dtype in frame.schema.items() if dtype == nw.String]
    if not texts:  # polars has no columns of no name
        return X
    return nw.to_native(frame.with_columns(nw.col(texts).cast(nw.Categorical)))


def _check_shape(shape):
    """Refuse a table without rows or columns."""
    for count, what in zip(shape, ("sample(s)", "feature(s)"), strict=True):
        if count == 0:
            raise ValueError(
                f"Tables need rows and columns, got {count} {what} (shape={shape}) "
                "while a minimum of 1 is required."
            )
