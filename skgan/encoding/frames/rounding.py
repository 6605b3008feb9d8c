"""The decimals that all values of a column have, and new values rounded to them."""

import numpy as np

MAX_DECIMALS = 6
N_SCREENED = 1_000  # values of a column


def decimals_of(values, dtype):
    """Count the decimals that all values have in a dtype; None for more than six.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Numbers, finite.
    dtype : dtype
        What the column holds them in: a float32 has decimals that no float64 has.
    """
    if np.dtype(dtype).kind != "f":
        return 0
    some = values[:: max(1, len(values) // N_SCREENED)]  # enough to find too many
    for decimals in range(MAX_DECIMALS + 1):
        if all(_are_rounded(part, dtype, decimals) for part in (some, values)):
            return decimals
    return None


def round_to(values, decimals):
    """Round values to decimals, without negative zeros; None leaves them."""
    return values if decimals is None else np.round(values, decimals) + 0.0


def _are_rounded(values, dtype, decimals):
    """Whether rounding to decimals changes no value in a dtype."""
    rounded = np.round(values.astype(np.float64), decimals)
    return np.array_equal(rounded.astype(dtype), values.astype(dtype))
