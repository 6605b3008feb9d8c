"""Whether a fit is the same as an earlier one: a digest of parameters and data."""

import hashlib
from functools import partial
from types import CodeType, FunctionType, MethodType

import numpy as np
from torch import Tensor

from ..encoding import LazyEncoded, encode_rows
from ..training import to_plain
from .stopping import stopping_of

# Where and how loudly a fit runs; whether it goes on says what it goes on from
MAY_DIFFER = {"device", "verbose", "warm_start"}
CHUNK_ROWS = 256  # that are read at once, where they are not in memory


def fingerprint(estimator, inputs, *others):
    """SHA-256 of an estimator's parameters, of training rows, and of other values.

    Rows count by how they are encoded, with their labels; functions by their names and
    their code. All that is random is left out, so that it is the same in any process.
    """
    params = estimator.get_params(deep=False)
    params = {name: v for name, v in params.items() if name not in MAY_DIFFER}
    stops = stopping_of(estimator)
    found = hashlib.sha256()
    for value in (type(estimator), params, stops and vars(stops), *others):
        add_to(found, value)
    pairs = (inputs.rows, inputs.label_codes), inputs.validation
    for rows, label_codes in filter(None, pairs):
        index = np.arange(len(rows))
        encoded = encode_rows(inputs.encoder, rows, index, np.random.default_rng(0))
        add_to(found, [encoded, label_codes])
    return found.hexdigest()


def _add_rows(found, rows):
    """Add rows that are not in memory to a digest, as the array that they are."""
    found.update(f"<f4{rows.shape}".encode())
    for start in range(0, len(rows), CHUNK_ROWS):
        found.update(rows[start : start + CHUNK_ROWS].tobytes())


def add_to(found, value):
    """Add a value to a digest, container by container."""
    name = np.ndarray if isinstance(value, LazyEncoded) else type(value)
    found.update(f"({name.__module__}.{name.__qualname__}".encode())
    if isinstance(value, LazyEncoded):
        _add_rows(found, value)
    elif isinstance(value, np.ndarray) and not value.dtype.hasobject:
        found.update(f"{value.dtype.str}{value.shape}".encode() + value.tobytes())
    elif isinstance(value, list | tuple | np.ndarray):
        for item in value:
            add_to(found, item)
    elif isinstance(value, set | frozenset):
        found.update(repr(sorted(map(repr, value))).encode())
    else:
        parts = _parts(value)
        if parts is None:
            found.update(repr(value).encode())
        else:
            add_to(found, list(parts))
    found.update(b")")


def _parts(value):
    """What makes up a value that is no array or sequence; None if its text does."""
    if isinstance(value, dict):
        return [part for pair in value.items() for part in pair]
    if isinstance(value, partial):
        return value.func, value.args, value.keywords
    if isinstance(value, np.random.RandomState):
        return [value.get_state(legacy=False)]
    if isinstance(value, FunctionType):
        cells = [cell.cell_contents for cell in value.__closure__ or ()]
        names = value.__module__, value.__qualname__
        return *names, value.__code__, value.__defaults__, value.__kwdefaults__, cells
    if isinstance(value, MethodType):  # it shows the attributes of its function
        return value.__func__, value.__self__
    if isinstance(value, Tensor):
        return [to_plain(value)]
    if isinstance(value, CodeType):  # its own text has an address in it
        return value.co_code, value.co_consts, value.co_names
    if isinstance(value, type) or not hasattr(value, "__dict__"):
        return None
    return [vars(value)]
