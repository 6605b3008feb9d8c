"""Which columns a user declares to be categorical."""

from numbers import Integral

import numpy as np


def declared_columns(categorical_features, names):
    """Return indices of columns by names, indices or a mask; none for "from_dtype".

    Parameters
    ----------
    categorical_features : "from_dtype" or array-like
        What the user gave. Integers are positions, whatever the names are.
    names : list of str
        Names of all columns, numbers as text where there are none.

    Raises
    ------
    ValueError
        If a column is not there, or a mask has another length.
    """
    rule = "categorical_features must be 'from_dtype', or names, indices or a mask of"
    if isinstance(categorical_features, str):
        if categorical_features != "from_dtype":
            raise ValueError(f"{rule} columns, got {categorical_features!r}.")
        return set()
    own = np.array(categorical_features, dtype=object)
    if own.ndim != 1:
        raise ValueError(f"{rule} columns, got {categorical_features!r}.")
    own = own.tolist()
    if own and all(isinstance(flag, bool | np.bool_) for flag in own):
        if len(own) != len(names):
            raise ValueError(f"{rule} all {len(names)} columns, got {len(own)} flags.")
        return {j for j, flag in enumerate(own) if flag}
    return {_index(name, names, rule) for name in own}


def _index(name, names, rule):
    """Return the index of a column that a user names by text or number."""
    if isinstance(name, Integral) and not isinstance(name, bool):
        if -len(names) <= name < len(names):
            return int(name) % len(names)
    if isinstance(name, str) and name in names:
        return names.index(name)
    raise ValueError(f"{rule} columns of X, got {name!r}.")
