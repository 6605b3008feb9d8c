"""Whether rows that should be others are among given ones, as training rows."""

import numpy as np

from skgan.exceptions import warn_user

from .figures import ONE_SIDED
from .privacy import repeated_share
from .rows import Rows

# More of the held-out rows that are training rows, beyond those that chance makes
# equal, and they are not held out
MAX_OVERLAP = 1.0  # percent
# What rows must be, and what follows where some are not
UNSEEN = (
    "rows that the generator has not seen",
    "they are not held out, and whether synthetic rows are copies cannot be told by "
    "them",
)


def noise_of(shares, n: int) -> float:
    """Compute the standard error of the difference of two shares of n rows."""
    return float(np.sqrt(sum(p * (1 - p) for p in shares) / n))


def overlap_of(
    train: Rows,
    test: Rows,
    share: float,
    names: tuple[str, str],
    words: tuple[str, str] = UNSEEN,
) -> float | None:
    """Percent of the held-out rows that are training rows; None if that is chance.

    Parameters
    ----------
    train, test : Rows
        Training rows, and rows that should be new.
    share : float
        Of these, that equal a training row.
    names : tuple of str
        Parameters that both tables are.
    words : tuple of str, default=UNSEEN
        What the others must be, and what follows where some are not.

    Raises
    ------
    ValueError
        If all held-out rows are training rows, more than chance makes equal.

    Warns
    -----
    UserWarning
        If some are.
    """
    by_chance = repeated_share(train)
    noise = noise_of((share, by_chance), min(test.n, train.n))
    if share - by_chance <= max(MAX_OVERLAP / 100, ONE_SIDED * noise):
        return None
    (own, other), (rule, result) = names, words
    if share == 1:
        raise ValueError(
            f"{other} must be {rule}, but all of its {test.n} rows are rows of {own}."
        )
    warn_user(
        f"{100 * share:.3g} % of the rows of {other} are rows of {own}, where "
        f"{100 * by_chance:.3g} % would be by chance: {result}."
    )
    return 100 * share
