"""Errors of single columns and of pairs of columns, in percent."""

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .rows import Rows, read_rows

N_BINS = 10
MAX_CODES = 1 << 20  # of a joint table that is counted without a sort


def column_shape_errors(real: ArrayLike, synthetic: ArrayLike) -> dict[Any, float]:
    """Compare the distributions of each column, in percent.

    Parameters
    ----------
    real : array-like or data frame of shape (n_real, n_features)
        Real rows.
    synthetic : array-like or data frame of shape (n_synthetic, n_features)
        Rows to judge, with the columns of ``real``.

    Returns
    -------
    dict of column name to float
        Numbers, dates and times: the Kolmogorov-Smirnov distance of the values that
        are present, or the difference of the shares of missing ones if that is larger.
        Others: the total variation distance, a missing value being one more class.
        Between 0 (the same distribution) and 100 (no value in common).

    Raises
    ------
    ValueError
        If the columns differ, or a value does not convert to the dtype of ``real``.

    Notes
    -----
    The measure sees one column at a time: rows of independent columns have the errors
    of a bootstrap. That of real rows is not 0 either; compare with a bootstrap of them,
    or with held-out rows. The name is that of SDMetrics; its score is 1 - error / 100.

    Examples
    --------
    >>> from skgan.metrics import column_shape_errors
    >>> column_shape_errors([[1, 7], [2, 7]], [[1, 7], [1, 8]])
    {0: 50.0, 1: 50.0}
    """
    return rows_shape_errors(*read_rows(real=real, synthetic=synthetic))


def column_shape_error(real: ArrayLike, synthetic: ArrayLike) -> float:
    """Average :func:`column_shape_errors` over the columns, in percent; 0 is best.

    Parameters
    ----------
    real, synthetic
        As for :func:`column_shape_errors`.

    Returns
    -------
    float
        Between 0 and 100.

    Raises
    ------
    ValueError
        As for :func:`column_shape_errors`.

    Examples
    --------
    >>> from skgan.metrics import column_shape_error
    >>> column_shape_error([[1, 7], [2, 7]], [[1, 7], [1, 7]])
    25.0
    """
    return float(np.mean([*column_shape_errors(real, synthetic).values()]))


def column_trend_errors(
    real: ArrayLike, synthetic: ArrayLike
) -> dict[tuple[Any, Any], float]:
    """Compare the dependence of each pair of columns, in percent.

    Parameters
    ----------
    real, synthetic
        As for :func:`column_shape_errors`.

    Returns
    -------
    dict of (column name, column name) to float
        Two numbers: half the absolute difference of their Pearson correlations, over
        rows where both are present; that of a column that does not vary is 0. Else
        the total variation distance of their joint distribution, numbers cut into 10
        bins of equal width over the real range, missing values one more. Between 0 and
        100.

    Raises
    ------
    ValueError
        If the columns differ, or there is only one.

    Notes
    -----
    Pearson correlations see no dependence but a linear one, and a few outliers can rule
    them. Pairs with many classes have large errors even for fresh real rows: compare
    with a bootstrap. The name is that of SDMetrics, whose score is 1 - error / 100.

    Examples
    --------
    >>> from skgan.metrics import column_trend_errors
    >>> column_trend_errors([[1, 1], [2, 2], [3, 3]], [[1, 3], [2, 2], [3, 1]])
    {(0, 1): 100.0}
    """
    return rows_trend_errors(*read_rows(real=real, synthetic=synthetic))


def column_trend_error(real: ArrayLike, synthetic: ArrayLike) -> float:
    """Average :func:`column_trend_errors` over the pairs, in percent; 0 is best.

    Parameters
    ----------
    real, synthetic
        As for :func:`column_shape_errors`.

    Returns
    -------
    float
        Between 0 and 100.

    Raises
    ------
    ValueError
        As for :func:`column_trend_errors`.

    Examples
    --------
    >>> from skgan.metrics import column_trend_error
    >>> column_trend_error([[1, 1], [2, 2], [3, 3]], [[1, 1], [2, 2], [3, 3]])
    0.0
    """
    return float(np.mean([*column_trend_errors(real, synthetic).values()]))


def rows_shape_errors(real: Rows, synthetic: Rows) -> dict[Any, float]:
    """Compute ``column_shape_errors`` of rows that are read."""
    errors = {}
    for j, name in enumerate(real.names):
        pair = real.columns[j], synthetic.columns[j]
        is_number = real.categories[j] is None
        distance = _number_distance if is_number else _total_variation
        errors[name] = 100 * float(distance(*pair))
    return errors


def _number_distance(a, b):
    """Compute the distance of two columns of numbers, missing ones nan."""
    gaps = [np.isnan(values) for values in (a, b)]
    apart = abs(gaps[0].mean() - gaps[1].mean())
    present = [np.sort(a[~gaps[0]]), np.sort(b[~gaps[1]])]
    if not all(map(len, present)):
        return apart
    steps = np.concatenate(present)
    shares = [np.searchsorted(part, steps, "right") / len(part) for part in present]
    return max(apart, np.abs(shares[0] - shares[1]).max())


def rows_trend_errors(real: Rows, synthetic: Rows) -> dict[tuple[Any, Any], float]:
    """Compute ``column_trend_errors`` of rows that are read."""
    names = real.names
    if len(names) < 2:
        raise ValueError(f"real must have two columns or more, got {len(names)}.")
    correlations = [_correlations(rows) for rows in (real, synthetic)]
    halves = np.abs(correlations[0] - correlations[1]) / 2
    codes = [_codes(real, synthetic, j) for j in range(len(names))]
    errors = {}
    for i, j in combinations(range(len(names)), 2):
        if real.categories[i] is None and real.categories[j] is None:
            error = halves[i, j]
        else:
            (a, b), n_codes = codes[j]
            joint = [codes[i][0][0] * n_codes + a, codes[i][0][1] * n_codes + b]
            error = _total_variation(*joint)
        errors[names[i], names[j]] = 100 * float(error)
    return errors


def _correlations(rows: Rows) -> NDArray[np.float64]:
    """Correlate columns ``(n_columns, n_columns)`` over rows where both are present.

    0 where a column does not vary, or holds classes.
    """
    X = np.zeros((rows.n, len(rows.names)))
    for j, categories in enumerate(rows.categories):
        X[:, j] = rows.columns[j] if categories is None else np.nan
    here = (~np.isnan(X)).astype(np.float64)
    count = np.maximum(here.sum(axis=0), 1)
    X = np.where(here > 0, X, 0.0)
    X = np.where(here > 0, X - X.sum(axis=0) / count, 0.0)  # lest squares cancel
    X /= np.abs(X).max(axis=0, initial=1e-300)  # lest they overflow
    n = np.maximum(here.T @ here, 1)
    sums = X.T @ here / n  # of column i over the rows where j is present
    squares = (X**2).T @ here / n
    variance = (squares - sums**2).clip(min=0)
    covariance = X.T @ X / n - sums * sums.T
    scale = np.sqrt(variance * variance.T)
    varies = variance > 1e-12 * squares  # less is rounding
    varies = varies & varies.T
    return np.where(varies, covariance / np.where(varies, scale, 1.0), 0.0).clip(-1, 1)


def _codes(real, synthetic, j):
    """Encode column j by classes, or by bins of the real range; count the codes."""
    columns = [rows.columns[j] for rows in (real, synthetic)]
    if real.categories[j] is not None:
        return columns, real.n_classes(j)
    present = columns[0][~np.isnan(columns[0])]
    low, high = (present.min(), present.max()) if len(present) else (0.0, 0.0)
    edges = np.linspace(low, high, N_BINS + 1)[1:-1]
    return [
        np.where(np.isnan(values), N_BINS, np.searchsorted(edges, values, "right"))
        for values in columns
    ], N_BINS + 1


def _total_variation(a, b):
    """Sum half the differences of the shares of codes."""
    if max(a.max(), b.max()) >= MAX_CODES:
        both = np.unique(np.concatenate([a, b]), return_inverse=True)[1]
        a, b = np.split(both, [len(a)])
    n_codes = 1 + max(a.max(), b.max())
    shares = [np.bincount(x, minlength=n_codes) / len(x) for x in (a, b)]
    return np.abs(shares[0] - shares[1]).sum() / 2
