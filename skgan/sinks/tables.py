"""Rows of all containers as tables of pandas or pyarrow, with their labels."""

import narwhals as nw
import numpy as np


def as_table(rows, labels=None):
    """Rows as a data frame of pandas, or as a table of pyarrow if they were no such.

    So no value changes on the way: whole numbers with gaps become no floats.

    Parameters
    ----------
    rows : array or data frame of shape (n, n_columns)
        Rows of a model. Columns of arrays are named by their indices, as in conditions.
    labels : array or series of shape (n,), default=None
        One more column, named as they are, or "label".

    Returns
    -------
    pandas.DataFrame or pyarrow.Table

    Raises
    ------
    ValueError
        If rows are images, or if the labels have the name of a column.
    """
    frame = nw.from_native(rows, pass_through=True)
    if frame is rows:
        table = _framed(rows)
    else:
        table = rows if frame.implementation.is_pandas() else frame.to_arrow()
    if labels is None:
        return table
    names = table.columns if hasattr(table, "iloc") else table.column_names
    name = getattr(labels, "name", None) or "label"
    if name in names:
        raise ValueError(
            f"the labels must have another name than a column of the rows, got {name!r}"
        )
    if hasattr(table, "iloc"):
        table = table.copy(deep=False)
        table[name] = labels if hasattr(labels, "iloc") else np.asarray(labels)
        return table
    return table.append_column(name, _as_arrow(labels))


def _as_arrow(labels):
    """Labels as a column of pyarrow."""
    import pyarrow as pa

    series = nw.from_native(labels, pass_through=True, series_only=True)
    return pa.array(labels) if series is labels else series.to_arrow()


def as_pandas(table):
    """A table of ``as_table`` as a data frame of pandas, missing values as such."""
    import pandas as pd

    if hasattr(table, "to_pandas"):
        return table.to_pandas(types_mapper=pd.ArrowDtype)
    return table


def _framed(rows):
    """An array as a data frame."""
    import pandas as pd

    if rows.ndim != 2:
        raise ValueError(f"a file holds tables, not images of {rows.shape[1:]}.")
    return pd.DataFrame(rows, columns=[*map(str, range(rows.shape[1]))])
