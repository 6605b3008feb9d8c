"""Which columns a user declares to be categorical, and which to be identifiers."""

from collections.abc import Mapping
from numbers import Integral

import numpy as np

from .identifier import Identifier

RULES = {
    "categorical_features": "categorical_features must be 'from_dtype', or names, "
    "indices or a mask of",
    "identifiers": "identifiers must be 'auto', or names, indices or a mask of",
}


def declared_columns(given, names, parameter="categorical_features"):
    """Return indices of columns by names, indices or a mask; none for the default.

    Parameters
    ----------
    given : str or array-like
        What the user gave. Integers are positions, whatever the names are.
    names : list of str
        Names of all columns, numbers as text where there are none.
    parameter : str, default="categorical_features"
        The name of the parameter, for messages.

    Raises
    ------
    ValueError
        If a column is not there, or a mask has another length.
    """
    rule = RULES[parameter]
    if isinstance(given, str):
        if given not in ("from_dtype", "auto") or repr(given) not in rule:
            raise ValueError(f"{rule} columns, got {given!r}.")
        return set()
    own = np.array(given, dtype=object)
    if own.ndim != 1:
        raise ValueError(f"{rule} columns, got {given!r}.")
    own = own.tolist()
    if own and all(isinstance(flag, bool | np.bool_) for flag in own):
        if len(own) != len(names):
            raise ValueError(f"{rule} all {len(names)} columns, got {len(own)} flags.")
        return {j for j, flag in enumerate(own) if flag}
    return {index_of(name, names, rule) for name in own}


def declared_identifiers(identifiers, names, categorical=()):
    """Return the functions of identifiers by their indices, None where there is none.

    Parameters
    ----------
    identifiers : "auto", array-like or dict
        What the user gave: names, indices or a mask of columns, or functions by names.
    names : list of str
        Names of all columns, numbers as text where there are none.
    categorical : set of int, default=()
        Indices of columns that are declared to be categories.

    Raises
    ------
    ValueError
        If a column is not there, is declared to be categories, too, or if what stands
        for a function is none.
    """
    functions = identifiers if isinstance(identifiers, Mapping) else {}
    for name, function in functions.items():
        if not callable(function):
            raise ValueError(
                f"identifiers[{name!r}] must be a function from a number of rows to "
                f"their values, got {function!r}."
            )
    given = list(functions) if functions else identifiers
    found = dict.fromkeys(declared_columns(given, names, "identifiers"))
    for name, function in functions.items():
        found[index_of(name, names, RULES["identifiers"])] = function
    both = [names[j] for j in found if j in categorical]
    if both:
        raise ValueError(
            "identifiers and categorical_features must name different columns, got "
            f"{both[0]!r} in both."
        )
    return found


def categorical_columns(columns, encoders, declared):
    """Return indices of columns of text that are categories, and declared ones."""
    return [
        j
        for j, (column, encoder) in enumerate(zip(columns, encoders, strict=True))
        if j in declared or (column.is_text and not isinstance(encoder, Identifier))
    ]


def index_of(name, names, rule):
    """Return the index of a column that a user names by text or number."""
    if isinstance(name, Integral) and not isinstance(name, bool):
        if -len(names) <= name < len(names):
            return int(name) % len(names)
    if isinstance(name, str) and name in names:
        return names.index(name)
    raise ValueError(f"{rule} columns of X, got {name!r}.")
