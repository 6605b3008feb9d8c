"""Errors that name the column, the rule and the value."""

import numpy as np


def column_error(name, rule, got):
    """Make the error of a column that breaks a rule."""
    return ValueError(f"Column {name!r} must {rule}, got {got}.")


def bits_error(name, numbers):
    """Make the error of a column with numbers beyond 64 bits."""
    got = " and ".join(map(str, sorted({min(numbers), max(numbers)})))
    return column_error(name, "hold numbers of at most 64 bits", got)


def unsupported_error(name, got):
    """Make the error of a column whose dtype or objects no table may have."""
    if "complex" in got:
        return ValueError(f"Complex data not supported in column {name!r}, got {got}.")
    rule = "hold numbers, booleans, dates, times, text or categories"
    return column_error(name, rule, got)


def check_finite(name, values):
    """Refuse infinite values, naming the column."""
    infinite = np.isinf(values)
    if infinite.any():
        raise column_error(name, "hold finite numbers", values[infinite][0])
