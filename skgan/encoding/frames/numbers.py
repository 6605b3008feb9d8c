"""Tables of numbers alone: what is refused of them, and their schema."""

import narwhals as nw
import numpy as np

from .libraries import Arrays
from .parts import is_frame, take_apart
from .plain import check_unmasked, lazy_error
from .rounding import grid_of
from .schema import schema_of
from .table import TableSchema

MAGNITUDE = 1e100


def number_table(X, rows):
    """Return the schema of a table of numbers and booleans, with their grids.

    Where the values of a column are in steps, as decimals are, so are new ones.

    Parameters
    ----------
    X : array-like or data frame of shape (n_samples, n_features)
        The training rows. Only names, dtypes and grids are kept. Arrays of objects
        come back as float64.
    rows : ndarray of shape (n_samples, n_features)
        The same as float64.

    Returns
    -------
    schema : TableSchema
        Its ``build_rows`` brings float64 rows back as a table like X.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.encoding.frames import number_table
    >>> X = np.array([[0.5, 2.0], [1.5, 3.0]])
    >>> number_table(X, X).build_rows(np.array([[0.123, 4.567]]))
    array([[0.1, 5. ]])
    """
    library, template, names, natives = take_apart(X)
    if library is Arrays and template.kind not in "biuf":
        template = rows.dtype
        natives = [(Arrays, template, column) for column in rows.T]
    columns = []
    for name, native, values in zip(names, natives, rows.T, strict=True):
        schema = schema_of(name, *native)
        columns.append(schema._replace(grid=grid_of(values)))
    return TableSchema(library, template, names, columns)


def check_columns(X):
    """Refuse data frame columns that are not numbers, naming the column.

    Raises
    ------
    ValueError
        If a column is neither numeric nor boolean, has missing values, or shares its
        name with another, if the frame is lazy, or if values of an array are masked.
    """
    if isinstance(nw.from_native(X, pass_through=True), nw.LazyFrame):
        raise lazy_error(X)
    check_unmasked("X", X)
    if is_frame(X):
        for column in nw.from_native(X, eager_only=True).iter_columns():
            _check_column(column)


def _check_column(column):
    """Refuse a data frame column that is not numeric, or has missing values."""
    own = getattr(column.to_native(), "dtype", None)
    is_array = isinstance(own, np.dtype) and own.kind in "biuf"  # of any byte order
    if not (is_array or column.dtype.is_numeric() or column.dtype == nw.Boolean):
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


def check_numbers(columns):
    """Refuse columns of a table whose numbers are too large or too close.

    Raises
    ------
    ValueError
        As by ``check_magnitudes``.
    """
    for column in columns:
        present = column.values[~column.missing]
        if column.content == "number" and len(present):
            check_magnitudes(present[:, None].astype(np.float64), [column.name])


def check_magnitudes(rows, names):
    """Refuse values that float64 arithmetic on squares cannot handle.

    Parameters
    ----------
    rows : ndarray of shape (n_samples, n_features)
        Float64 values.
    names : sequence of length n_features
        The names of their columns, for messages.

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
