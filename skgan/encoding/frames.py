"""Tables as plain columns of numbers, and new columns as the same kind of table."""

from collections import Counter

import narwhals as nw
import numpy as np
from scipy.sparse import issparse

from .forms import check_finite, factorise, form_of, read_objects
from .libraries import Arrays, Arrow, Pandas, Polars, column_error, native

MAX_NAMES = 5  # in a message, as in scikit-learn's


class TableForm:
    """How a table came, so that new columns leave as such a table.

    Made by ``read_table``. It keeps the container, names, dtypes, units and scales, and
    no value of a row: of categories that no dtype declares the caller says by ``keep``
    which ones may stay.
    """

    def __init__(self, library, template, names, forms):
        self._library, self._template = library, template
        self._names, self._forms = names, forms
        self.dropped = set()

    def drop(self, columns):
        """Leave columns, given by their indices, out of what ``build`` makes.

        Raises
        ------
        ValueError
            If none are left.
        """
        self.dropped = set(columns)
        kept = [j for j in range(len(self._forms)) if j not in self.dropped]
        if not kept:
            raise ValueError(
                f"identifiers='drop' must leave a column, got {len(columns)} "
                "identifiers and nothing else."
            )
        self._template = self._library.select(self._template, kept)

    def keep(self, categories):
        """Keep the categories that codes stand for in ``read`` and ``build``.

        Parameters
        ----------
        categories : list of (tuple or None)
            For each column those of its ``Column``, with None instead of one that must
            not be kept. None where there are none; declared ones stay as they are.
        """
        pairs = zip(self._forms, categories, strict=True)
        self._forms = [
            form if form.declared else form._replace(categories=kept)
            for form, kept in pairs
        ]

    def read(self, X):
        """Columns of new rows, in the kinds and units of the training rows.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Rows with the training columns. Where dtypes differ, values are converted.

        Returns
        -------
        columns : list of Column
            Categories that are not among those kept have the code -1. Numbers of a
            whole column are float64 where X has floats or fractions of its unit.

        Raises
        ------
        ValueError
            If the columns are others, or values do not convert.
        """
        *_, names, columns = _open(X)
        _check_names(names, self._names)
        pieces = zip(self._names, self._forms, columns, strict=True)
        return [_adopt(*piece) for piece in pieces]

    def build(self, values, missing):
        """The table of new columns.

        Parameters
        ----------
        values : list of ndarray of shape (n_samples,)
            For each column what ``Column`` says. Whole values may come as floats, and
            are rounded; all numbers are clipped to what the dtype holds. Text may come
            as objects instead of codes.
        missing : list of (ndarray of shape (n_samples,) or None)
            For each column where values are missing.

        Returns
        -------
        X : ndarray or data frame of shape (n_samples, n_features)
            A table like the training rows, with a default index.
        """
        pieces = zip(self._forms, self._names, values, missing, strict=True)
        columns = [
            form.build(*piece)
            for j, (form, *piece) in enumerate(pieces)
            if j not in self.dropped
        ]
        return self._library.table(columns, self._template)


def read_table(X):
    """A table as columns of numbers.

    Parameters
    ----------
    X : array-like or data frame of shape (n_samples, n_features)
        An array, lists of rows, a data frame of pandas or polars, a pyarrow table.

    Returns
    -------
    columns : list of Column
        One for each column of X.
    form : TableForm
        Brings new columns back as a table like X.

    Raises
    ------
    ValueError
        If X is no table or has no rows or columns, if names repeat, or if a column is
        nested, complex or binary, or holds infinite or unhashable values.

    Examples
    --------
    >>> import pandas as pd
    >>> from skgan.encoding.frames import read_table
    >>> X = pd.DataFrame({"job": ["smith", None, "baker"], "age": [41, 27, 63]})
    >>> (job, age), form = read_table(X)
    >>> job.categories, job.values, job.missing
    (('baker', 'smith'), array([1, 0, 0]), array([False,  True, False]))
    >>> form.keep([job.categories, None])
    >>> form.build([[0, 1], [30.7, 52.2]], [None, None])
         job  age
    0  baker   31
    1  smith   52
    """
    library, template, names, natives = _open(X)
    pairs = [_read(*piece) for piece in zip(names, natives, strict=True)]
    forms, columns = map(list, zip(*pairs, strict=True))
    return columns, TableForm(library, template, names, forms)


def _open(X):
    """The library of a table, what it needs to make one, names and columns."""
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
        raise ValueError(
            f"Lazy frames are not supported: collect the rows first, got a "
            f"{type(X).__name__}."
        )
    if not isinstance(frame, nw.DataFrame):
        X = as_array(X)
        _check_shape(X.shape)
        columns = [(Arrays, X.dtype, column) for column in X.T]
        return Arrays, X.dtype, range(len(columns)), columns
    _check_shape(frame.shape)
    names, columns = frame.columns, [*map(native, frame.iter_columns())]
    if frame.implementation.is_polars():
        return Polars, names, names, columns
    if frame.implementation.is_pyarrow():
        return Arrow, X.schema.remove_metadata(), names, columns
    return Pandas, (frame.implementation, X.columns), names, columns


def as_array(X):
    """A 2-D array of an array or of lists of rows, numbers among text as they are.

    Raises
    ------
    ValueError
        If values are masked, or rows differ in length.
    """
    if np.ma.is_masked(X):
        raise ValueError(
            "Masked arrays are not supported: pass X.filled(numpy.nan), got a mask."
        )
    try:
        array = np.asarray(X)
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
    """Rows of which some values have a length themselves; None if they differ in it."""
    if not all(isinstance(row, list | tuple) for row in rows):
        return None
    if len(set(map(len, rows))) > 1:
        return None
    array = np.empty((len(rows), len(rows[0])), dtype=object)
    for i, row in enumerate(rows):
        array[i] = np.fromiter(row, object, len(row))
    return array


def _check_shape(shape):
    for count, what in zip(shape, ("sample(s)", "feature(s)"), strict=True):
        if count == 0:
            raise ValueError(
                f"Tables need rows and columns, got {count} {what} (shape={shape}) "
                "while a minimum of 1 is required."
            )


def _check_names(names, expected):
    """Refuse other columns than ``expected``, in the words of scikit-learn."""
    named = not (isinstance(names, range) or isinstance(expected, range))
    if named and list(names) != list(expected):
        lines = ["The feature names should match those that were passed during fit."]
        rules = (
            ("Feature names unseen at fit time:", set(names) - set(expected)),
            (
                "Feature names seen at fit time, yet now missing:",
                set(expected) - set(names),
            ),
        )
        for rule, odd in rules:
            odd = [f"- {name}" for name in sorted(odd, key=str)]
            odd = [*odd[:MAX_NAMES], "- ..."] if len(odd) > MAX_NAMES else odd
            lines += [rule, *odd] if odd else []
        if len(lines) == 1:
            lines += ["Feature names must be in the same order as they were in fit."]
        raise ValueError("\n".join([*lines, ""]))
    if len(names) != len(expected):
        raise ValueError(
            f"X has {len(names)} features, but TableForm is expecting {len(expected)} "
            "features as input."
        )


def _read(name, native):
    """The column of numbers of a column of a library, and its form."""
    library, dtype, column = native
    form = form_of(name, library, dtype, column)
    if form.is_coded:
        codes, categories = library.codes(column)
        factorise(name, np.fromiter(categories, object, len(categories)))  # checks
        if form.declared:
            form = form._replace(categories=categories)
        return form, form.column(name, codes, codes < 0, categories)
    if form.kind == "category" or form.python:
        return read_objects(name, form, library.objects(column))
    values, missing = library.numbers(column, form.wide)
    if form.wide == "float64":
        nan = np.isnan(values)
        if nan.any() and not missing.any():
            form = form._replace(null=np.nan)
        missing = missing | nan
        check_finite(name, values)
    return form, form.column(name, values, missing)


def _adopt(name, form, native):
    """The column of new rows as one of training rows of the form."""
    own, column = _read(name, native)
    missing, values = column.missing, column.values
    if form.kind == "category":
        categories = form.kept_categories(name)
        if column.kind != "category":
            library, _, objects = native
            codes, found, _ = factorise(name, library.objects(objects))
            column = column._replace(values=codes, categories=found)
        values = _recode(column, categories)
        return form.column(name, values, missing, categories)
    if missing.all():
        return form.column(name, np.zeros(len(missing), form.wide), missing)
    if own.kind == "category" or own.family != form.family:
        rule = f"convert to the {form.dtype} of the training rows"
        raise column_error(name, rule, own.dtype)
    values = _convert(values, form.per / own.per)
    if form.kind == "boolean":
        odd = values[(values != 0) & (values != 1)]
        if len(odd):
            raise column_error(name, "hold booleans as the training rows do", odd[0])
        values = values.astype(np.int64)
    return form.column(name, values, missing)


def _recode(column, categories):
    """Codes of ``categories`` for those of the column, -1 where it has others."""
    kept = [(value, code) for code, value in enumerate(categories) if value is not None]
    by_type = len({value for value, _ in kept}) < len(kept)  # 1, True and 1.0
    code_of = {(by_type and type(value), value): code for value, code in kept}
    codes = [code_of.get((by_type and type(v), v), -1) for v in column.categories]
    return np.array([*codes, -1])[np.where(column.missing, -1, column.values)]


def _convert(values, factor):
    """Values in another unit, exact where whole numbers stay whole."""
    if factor == 1:
        return values
    up, down = factor.numerator, factor.denominator
    floats = values * (up / down)
    is_whole = values.dtype.kind in "iu" and np.abs(floats).max() * down < 2**63
    if is_whole and not (values * up % down).any():
        return values * up // down
    return floats
