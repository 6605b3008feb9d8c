"""How sure an average error of columns or pairs is."""

from collections.abc import Callable

import numpy as np

from .rows import Rows

N_DRAWS = 20
MAX_ROWS = 2_000  # of a table that is drawn from another; errors of more are scaled
MAX_COLUMNS = 20


def mean_of(errors: dict) -> float:
    """Average errors over columns or pairs."""
    return float(np.mean([*errors.values()]))


def standard_error(
    errors_of: Callable[[Rows, Rows], dict],
    real: Rows,
    rows: Rows,
    rng: np.random.RandomState,
) -> float:
    """Find the standard error of an average error by drawing rows with replacement.

    Of long tables fewer rows are drawn than there are, the same share of both, and the
    error is scaled by its root (Bickel et al. 1997). Of wide tables some columns are
    drawn: the average over more of them has an error that is no greater.
    """
    kept = sorted(rng.permutation(len(real.names))[:MAX_COLUMNS])
    real, rows = real.only(kept), rows.only(kept)
    share = min(1.0, MAX_ROWS / max(real.n, rows.n))
    means = []
    for _ in range(N_DRAWS):
        drawn = (
            table.take(rng.randint(table.n, size=max(2, int(share * table.n))))
            for table in (real, rows)
        )
        means.append(mean_of(errors_of(*drawn)))
    return float(np.std(means, ddof=1) * np.sqrt(share))
