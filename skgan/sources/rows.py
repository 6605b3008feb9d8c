"""Some rows of arrays and of data frames, whatever their library."""

import ctypes
import sys

import narwhals as nw
import numpy as np


def n_rows_of(X):
    """Return the number of rows of an array or data frame."""
    frame = nw.from_native(X, pass_through=True, eager_only=True)
    return len(frame)


def taken(X, rows):
    """Return some rows, given by a slice or by their positions.

    Parameters
    ----------
    X : array or data frame of shape (n_samples, n_features)
        Rows.
    rows : slice or ndarray of shape (n,)
        Which of them.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.sources import taken
    >>> taken(np.array([[1], [2], [3]]), slice(1, 3))
    array([[2],
           [3]])
    """
    frame = nw.from_native(X, pass_through=True, eager_only=True)
    if not isinstance(frame, nw.DataFrame):
        return X[rows]
    return nw.to_native(frame[rows])


def concatenated(parts):
    """Return rows of several tables below each other, in the type of the first.

    Where dictionaries, units or widths of numbers differ, columns get what holds all;
    text beside dictionaries is text.

    Parameters
    ----------
    parts : list of array or data frame
        Tables of the same columns, at least one.

    Raises
    ------
    ValueError
        If they have other columns.
    """
    first = parts[0]
    if len(parts) == 1:
        return first
    frames = [nw.from_native(part, pass_through=True) for part in parts]
    if not isinstance(frames[0], nw.DataFrame):
        return np.concatenate(parts)
    if frames[0].implementation.is_pyarrow():
        pyarrow = nw.dependencies.get_pyarrow()
        schemas = without_mixed_codes([part.schema for part in parts])
        pairs = zip(parts, schemas, strict=True)
        parts = [own if own.schema == new else own.cast(new) for own, new in pairs]
        return pyarrow.concat_tables(parts, promote_options="permissive")
    if frames[0].implementation.is_polars():
        return nw.dependencies.get_polars().concat(parts, how="vertical_relaxed")
    return nw.to_native(nw.concat(frames, how="vertical"))


def without_mixed_codes(schemas):
    """Return schemas of pyarrow in which no column has dictionaries in some alone.

    Parameters
    ----------
    schemas : list of pyarrow.Schema
        Those of tables of the same columns, in any order.
    """
    types = nw.dependencies.get_pyarrow().types
    schemas, fields = list(schemas), [field for own in schemas for field in own]
    plain = {
        field.name
        for field in fields
        if not (types.is_dictionary(field.type) or types.is_null(field.type))
    }
    for i, own in enumerate(schemas):
        for j, field in enumerate(own):
            if types.is_dictionary(field.type) and field.name in plain:
                schemas[i] = schemas[i].set(j, field.with_type(field.type.value_type))
    return schemas


def release_memory():
    """Give back memory to the system that pyarrow and glibc keep for further use."""
    pyarrow = nw.dependencies.get_pyarrow()
    if pyarrow is not None:
        pyarrow.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc alone
        if trim is not None:
            trim(0)
