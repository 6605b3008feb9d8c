"""Which column encoder a column of a table gets."""

import numpy as np

from skgan.privacy import MIN_ROWS, MinRows

from .constant import Constant
from .discrete import Discrete
from .high_cardinality import MAX_CLASSES, HighCardinality
from .identifier import (
    Given,
    Identifier,
    Key,
    NumberIdentifier,
    is_identifier,
    is_key,
)
from .nan import NanApart
from .numeric import Numeric
from .wall_clock import WallClock, has_coarser_grid

MAX_DISTINCT = 20  # values up to which numbers are classes


def drop_rare_categories(column, min_rows=MIN_ROWS):
    """Return a column that stores shared categories only; others become -1."""
    if column.content != "category" or column.declared:
        return column
    counts = np.bincount(
        column.values[~column.missing], minlength=len(column.categories)
    )
    kept = min_rows.allows(counts)
    codes = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)  # one, if all miss
    categories = tuple(
        c for c, keep in zip(column.categories, kept, strict=True) if keep
    )
    return column._replace(values=codes[column.values], categories=categories)


def choose_column_encoder(column, categorical=False, min_rows=MIN_ROWS):
    """Choose the encoder of a column of a table, and let it learn.

    One value: constant. Near-unique text: an identifier. Categories: discrete, up to
    128 or else of high cardinality. Numbers of at most 20 distinct values: discrete;
    other numbers: numeric, with spikes and normal scores; times in a zone as its clocks
    show them, where these have the coarser grid.

    Parameters
    ----------
    column : Column
        The training column.
    categorical : bool, default=False
        Whether numbers and text are categories whatever they look like.
    min_rows : MinRows, default=MIN_ROWS
        How many rows share what is kept of them.

    Returns
    -------
    encoder : ColumnEncoder
        One that has learned.

    Raises
    ------
    ValueError
        If categories that are no text have no value that enough rows share.
    """
    values, missing = column.values, column.missing
    nan = np.isnan(values)
    if nan.any():
        others = column.take(np.flatnonzero(~nan))
        return NanApart(choose_column_encoder(others, categorical, min_rows))
    present = values[~missing]
    distinct, counts = np.unique(present, return_counts=True)
    if len(distinct) == 0:
        return Constant(values, missing)
    if column.content == "category":
        return _of_categories(column, counts, categorical, min_rows)
    if not min_rows.allows(len(present)) and min_rows.allows(len(values)):
        return Constant(values, np.ones(len(values), dtype=bool))  # as if none
    if len(distinct) == 1:
        return Constant(values, missing)
    if categorical:
        _check_shared(column, counts, min_rows)
        shared = min_rows.allows(counts)
        if shared.sum() > MAX_CLASSES:
            kept = present[np.isin(present, distinct[shared])]
            return HighCardinality(kept, missing)
        return Discrete(present, missing, ordered=False, min_rows=min_rows)
    if len(distinct) <= MAX_DISTINCT and len(present) >= min_rows.n * len(distinct):
        return Discrete(present, missing, ordered=True, min_rows=min_rows)
    clock = column.clock
    if clock and has_coarser_grid(clock, distinct, min_rows):
        return WallClock(Numeric(clock.local(values), missing, min_rows), clock)
    return Numeric(values, missing, min_rows)


def identifier_encoder(column, function=None, min_rows=MIN_ROWS):
    """Make the encoder of a column that is declared to be an identifier.

    Parameters
    ----------
    column : Column
        The training column.
    function : callable or None, default=None
        What makes values for a number of rows.
    min_rows : MinRows, default=MIN_ROWS
        How many rows share what is kept of them.

    Raises
    ------
    ValueError
        If the column is neither text nor whole numbers, or has too few values.
    """
    is_text = column.content == "category" and column.is_text
    is_number = column.content == "number" and column.is_number
    if not is_text and not is_number:
        rule = "be text or numbers to be an identifier"
        raise ValueError(f"Column {column.name!r} must {rule}, got {column.content}.")
    values, missing = column.values, column.missing
    if function is not None:
        return Given(str(column.name), function, missing)
    present = values[~missing]
    if is_text:
        texts = np.array(column.categories, dtype=object)
        return Identifier(texts[present], missing, min_rows)
    if not column.is_whole or not min_rows.allows(len(present)):
        raise ValueError(
            f"Column {column.name!r} must hold at least {min_rows.n} whole numbers to "
            f"be an identifier, got {len(present)} of dtype {values.dtype}."
        )
    if not missing.any() and is_key(present):
        return Key(present)
    return NumberIdentifier(present, missing, min_rows)


def finds_key(column):
    """Whether a column of a data frame counts its rows."""
    is_whole = column.is_whole and not column.has_decimals
    is_count = column.content == "number" and column.is_number and is_whole
    return is_count and not column.missing.any() and is_key(column.values)


def _of_categories(column, counts, categorical, min_rows):
    """Choose the encoder of a column of categories."""
    missing = column.missing
    if column.declared:
        own = {"ordered": column.ordered, "min_rows": MinRows(1)}  # not from rows
        return Discrete(column.values[~missing], missing, **own)
    n_rows = np.count_nonzero(~missing)
    is_unique = column.is_text and is_identifier(counts, n_rows, min_rows)
    if is_unique and not categorical:
        texts = np.array(column.categories, dtype=object)
        return Identifier(texts[column.values[~missing]], missing, min_rows)
    is_of_texts = all(isinstance(value, str) for value in column.categories)
    if not (categorical or is_of_texts) and is_identifier(counts, n_rows, min_rows):
        raise _unshared_error(column, counts, min_rows)
    _check_shared(column, counts, min_rows)
    values = drop_rare_categories(column, min_rows).values
    present = values[~missing & (values >= 0)]
    if min_rows.allows(counts).sum() > MAX_CLASSES:
        return HighCardinality(present, missing)
    if len(counts) == 1:
        return Constant(values, missing)
    return Discrete(present, missing, ordered=column.ordered, min_rows=min_rows)


def _check_shared(column, counts, min_rows):
    """Refuse a column of categories of which none has enough rows."""
    if not min_rows.allows(counts.max()):
        raise _unshared_error(column, counts, min_rows)


def _unshared_error(column, counts, min_rows):
    """Make the error of a column of categories that too few rows share."""
    other, got = "", "ones"
    if not column.is_text:
        other = "be text, numbers or times of one class and zone, or "
        types = {type(value).__name__ for value in column.categories or ()}
        got = f"objects ({', '.join(sorted(types))})" if types else got
    return ValueError(
        f"Column {column.name!r} must {other}have values that at least {min_rows.n} "
        f"rows share, got {len(counts)} different {got} in {counts.sum()} rows."
    )
