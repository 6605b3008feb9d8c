"""Functions of the user, which no file holds."""

import copy
from collections.abc import Mapping
from typing import NamedTuple

import narwhals as nw
import numpy as np

from skgan.storage import stored
from skgan.storage.fields import either, instance, mapping, text, whole

from .frames import is_missing


@stored("user_function/1", name=text)
class UserFunction(NamedTuple):
    """What stands for a function of the user that is not there.

    ``name`` is what the user calls the column for which it makes values, or
    "constraint_0" for the first constraint.
    """

    name: str

    def __call__(self, argument):
        """Say that the function is missing."""
        raise ValueError(
            f"{self.name!r} must be given again, as a function: a file holds none."
        )


def mask_of(function, X, n, label):
    """Return which rows a function says True of, bool ``(n,)``.

    Parameters
    ----------
    function : callable
        Takes a table or a column as the user knows it.
    X : object
        That.
    n : int
        Number of its rows.
    label : object
        What errors call the function.

    Raises
    ------
    ValueError
        If it says something else.
    """
    result = function(X)
    series = nw.from_native(result, series_only=True, pass_through=True)
    flags = np.asarray(result if series is result else series.to_list())
    if flags.dtype == object:  # of nullable dtypes: what is missing is no True
        flags = np.array([not is_missing(flag) and flag for flag in flags])
    if flags.shape != (n,) or flags.dtype != bool:
        raise ValueError(
            f"{label} must return True or False for each of {n} rows, got "
            f"{flags.dtype} of shape {flags.shape}."
        )
    return flags


def check_functions(identifiers):
    """Refuse functions in an option: a ``UserFunction`` stands for each."""
    if isinstance(identifiers, Mapping):
        mapping(either(text, whole()), instance(UserFunction))(identifiers)


def functions_of(identifiers, constraints=()):
    """Return the functions that options have, by names of columns or by positions."""
    named = dict(identifiers) if isinstance(identifiers, Mapping) else {}
    return named | {
        f"constraint_{k}": own for k, own in enumerate(constraints) if callable(own)
    }


def new_options(identifiers, constraints, functions):
    """Return both options with some functions replaced, by their names."""
    if isinstance(identifiers, Mapping):
        own = {name: functions.get(name, old) for name, old in identifiers.items()}
        identifiers = own
    named = functions_of((), constraints) | functions
    replaced = [
        named.get(f"constraint_{k}", own) if callable(own) else own
        for k, own in enumerate(constraints)
    ]
    return identifiers, type(constraints)(replaced)


def with_functions(encoders, functions):
    """Return the encoders of columns, of which some have other functions.

    Both are dicts by the indices of columns.
    """
    encoders = dict(encoders)
    for j, function in functions.items():
        if j in encoders:  # if it is no copy of another column
            encoders[j] = copy.copy(encoders[j])
            encoders[j].function = function
    return encoders
