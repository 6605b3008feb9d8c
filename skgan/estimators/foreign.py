"""Rows of generators of others: fresh ones for each seed, encoded."""

import copy
from functools import partial
from inspect import signature

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator
from sklearn.utils import get_tags

from ..exceptions import warn_user
from .inputs import as_rows

N_TRIED = 50  # rows of a source


def unfrozen(estimator):
    """The estimator itself, where it is kept from being fitted again."""
    while isinstance(estimator, FrozenEstimator):
        estimator = estimator.estimator
    return estimator


def takes_tables(estimator):
    """Whether an estimator takes rows of all types as they are.

    Those of scikit-learn say what they take, and others that have tags of their own.
    All else is made for tables.
    """
    estimator = unfrozen(estimator)
    own = [cls for cls in type(estimator).__mro__ if issubclass(cls, BaseEstimator)]
    if not any(
        cls.__module__.startswith("sklearn.") or "__sklearn_tags__" in vars(cls)
        for cls in own
        if cls is not BaseEstimator
    ):
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
        self.n_columns = int(self._ends[-1:].sum()) + layout.n_columns - len(sizes)

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
        self.name = f"{type(unfrozen(estimator)).__name__}.sample"

    def __call__(self, n_rows, seed):
        """Encoded rows ``(n_rows, n_columns)`` of a seed."""
        return self.draw(n_rows, seed, np.random.default_rng([seed, 1]))

    def draw(self, n_rows, seed, rng):
        """Encoded rows; ``rng`` draws the ranks of values that rows share."""
        drawn = sampled(self.estimator, n_rows, seed)
        if self.is_expanded:
            numbers, one_hot = np.asarray(drawn), OneHot(self.encoder.layout)
            if numbers.shape != (n_rows, one_hot.n_columns):
                raise ValueError(
                    f"{self.name} must return rows of {one_hot.n_columns} numbers, "
                    f"which stand for those of a table, got shape {numbers.shape}."
                )
            return one_hot.restrict(numbers.astype(np.float64))
        return self.encoder.encode(read_as(self.name, drawn, self.encoder), rng)


def read_as(what, X, encoder):
    """Rows that are not the training rows, read as these; errors say ``what`` they are.

    Raises
    ------
    ValueError
        If X has other columns, or values that do not convert.
    """
    try:
        return encoder.read(as_rows(X))
    except (TypeError, ValueError) as error:
        rule = "must be rows like the training rows"
        raise ValueError(f"{what} {rule}. {error}") from error


def known_rows(what, X, rows, encoder, fate):
    """Which rows have only values that training rows have, bool ``(n,)``.

    Parameters
    ----------
    what : str
        What the rows are called.
    X : array-like or data frame of shape (n, n_features)
        The rows.
    rows : Table
        The training rows.
    encoder : TableEncoder
        Fitted to these. Values of its identifiers are not asked for.
    fate : str
        What becomes of others.

    Warns
    -----
    UserWarning
        If others have categories, booleans or gaps of which training rows have none.
    """
    schema = rows.schema.keep([own.categories for own in rows.columns])
    columns, odd = schema.read(as_rows(X)), {}
    for j, (column, own) in enumerate(zip(columns, rows.columns, strict=True)):
        if encoder.refusal(j) is not None:
            continue
        is_odd = column.missing & ~own.missing.any()
        if own.content != "number" or j in encoder.categorical_:
            known = np.isin(column.values, own.values[~own.missing])
            is_odd = is_odd | ~(known | column.missing)
        if is_odd.any():
            odd[own.name] = is_odd
    if not odd:
        return np.ones(len(columns[0].values), dtype=bool)
    is_known = ~np.any(list(odd.values()), axis=0)
    counts = ", ".join(f"{name!r} in {own.sum():,}" for name, own in odd.items())
    warn_user(
        f"{what} has values that no training row has, of column {counts} rows: of "
        f"{len(is_known):,} rows {(~is_known).sum():,} {fate}."
    )
    return is_known


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
        if hasattr(estimator, "__del__"):  # the end of a copy would be that of both
            return partial(_sampled_from, estimator, seed)
        estimator = copy.copy(estimator)
        estimator.random_state = seed
    elif hasattr(estimator, "set_random_state"):
        estimator.set_random_state(seed)
    return estimator.sample


def _sampled_from(estimator, seed, n_rows):
    """Rows of an estimator that has a seed for that time."""
    before = estimator.random_state
    try:
        estimator.random_state = seed
        return estimator.sample(n_rows)
    finally:
        estimator.random_state = before


def check_candidates(source, training, seeds):
    """Refuse a source that repeats its rows, and warn if it knows other values.

    Parameters
    ----------
    source : ForeignRows
        The source.
    training : Table
        The training rows.
    seeds : pair of int
        Different ones.

    Raises
    ------
    ValueError
        If rows of different seeds are the same.

    Warns
    -----
    UserWarning
        If rows have values that no training row has.
    """
    # Encoded alike, as equal rows are else told apart by chance
    first, second = (source.draw(N_TRIED, s, np.random.default_rng(0)) for s in seeds)
    if np.array_equal(first, second):
        raise ValueError(
            f"{source.name} must return fresh rows at each call, and returned the same "
            "twice: give it a random_state that can be set, or None."
        )
    if not source.is_expanded:
        rows = sampled(source.estimator, N_TRIED, seeds[0])
        fate = "get others by chance"
        known_rows(source.name, rows, training, source.encoder, fate)
