"""Rows of generators of others: fresh ones for each seed, encoded."""

import copy
from functools import partial
from inspect import signature

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.utils import get_tags


def unfrozen(estimator):
    """The estimator itself, where it is kept from being fitted again."""
    while isinstance(estimator, FrozenEstimator):
        estimator = estimator.estimator
    return estimator


def takes_tables(estimator):
    """Whether an estimator takes rows of all types as they are.

    Those of scikit-learn say what they take; others are made for tables.
    """
    estimator = unfrozen(estimator)
    if not hasattr(estimator, "__sklearn_tags__"):
        return True
    tags = get_tags(estimator).input_tags
    return tags.string and tags.categorical


class OneHot:
    """Encoded rows as numbers alone, and back: classes are columns of 0 and 1.

    Parameters
    ----------
    layout : Layout
        The columns of encoded rows.
    """

    def __init__(self, layout):
        sizes = np.array(layout.class_sizes, dtype=np.int64)
        self._sizes, self._many = sizes, np.flatnonzero(sizes > 1)
        self._ends = np.cumsum(sizes[self._many])

    def expand(self, encoded):
        """Numbers, float64 ``(n, n_expanded)``."""
        n = len(self._sizes)
        classes = encoded[:, self._many].astype(np.int64)
        columns = [
            np.eye(size)[codes]
            for size, codes in zip(self._sizes[self._many], classes.T, strict=True)
        ]
        return np.hstack([*columns, encoded[:, n:].astype(np.float64)])

    def restrict(self, numbers):
        """Encoded rows, each variable of the class whose number is the largest."""
        *columns, scalars = np.split(numbers, self._ends, axis=1)
        encoded = np.zeros((len(numbers), len(self._sizes)), dtype=np.float32)
        for j, own in zip(self._many, columns, strict=True):
            encoded[:, j] = own.argmax(axis=1)
        return np.hstack([encoded, scalars.astype(np.float32)])


class ForeignRows:
    """What a fitted estimator samples, as encoded rows.

    Parameters
    ----------
    estimator : object
        With ``sample(n)``, which returns rows, or rows and labels.
    encoder : Encoder
        Encodes the rows.
    is_expanded : bool
        Whether it samples numbers as ``OneHot`` makes them of encoded rows, or else
        rows as the encoder reads them.
    """

    def __init__(self, estimator, encoder, is_expanded):
        self.estimator, self.encoder = estimator, encoder
        self.is_expanded = is_expanded

    def __call__(self, n_rows, seed):
        """Encoded rows ``(n_rows, n_columns)`` of a seed."""
        return self.draw(n_rows, seed, np.random.default_rng([seed, 1]))

    def draw(self, n_rows, seed, rng):
        """Encoded rows; ``rng`` draws the ranks of values that rows share."""
        drawn = sampled(self.estimator, n_rows, seed)
        if self.is_expanded:
            numbers = np.asarray(drawn, dtype=np.float64)
            return OneHot(self.encoder.layout).restrict(numbers)
        return self.encoder.encode(self.encoder.read(drawn), rng)


def sampled(estimator, n_rows, seed):
    """Rows of an estimator, by a copy of it that has the seed, if it takes one.

    Raises
    ------
    ValueError
        If there are more or fewer rows.
    """
    estimator = unfrozen(estimator)
    drawn = _seeded(estimator, seed)(n_rows)
    rows = drawn[0] if isinstance(drawn, tuple) else drawn
    if len(rows) != n_rows:
        name = type(estimator).__name__
        raise ValueError(
            f"{name}.sample({n_rows}) must return so many rows, got {len(rows)}."
        )
    return rows


def _seeded(estimator, seed):
    """The method ``sample`` for a seed."""
    if "random_state" in signature(estimator.sample).parameters:
        return partial(estimator.sample, random_state=seed)
    if hasattr(estimator, "random_state"):
        estimator = copy.copy(estimator)
        estimator.random_state = seed
    elif hasattr(estimator, "set_random_state"):
        estimator.set_random_state(seed)
    return estimator.sample


def check_fresh(source, seeds):
    """Refuse a source that repeats its rows.

    Raises
    ------
    ValueError
        If rows of different seeds are the same.
    """
    # Encoded alike, as equal rows are else told apart by chance
    first, second = (source.draw(50, s, np.random.default_rng(0)) for s in seeds)
    if np.array_equal(first, second):
        name = type(unfrozen(source.estimator)).__name__
        raise ValueError(
            f"{name}.sample must return fresh rows at each call, and returned the same "
            "twice: give it a random_state that can be set, or None."
        )
