"""Whether synthetic rows are copies of training rows."""

from collections import Counter
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from skgan._torch import resolve_device

from .features import read_points
from .intervals import ends_by_error
from .neighbors import TIE, nearest
from .rows import own_stream, read_rows


class CopyShare(NamedTuple):
    """A share in percent, and its confidence interval."""

    percent: float
    low: float
    high: float


def copy_share(
    real_train: ArrayLike,
    real_test: ArrayLike,
    synthetic: ArrayLike,
    *,
    scale: str = "auto",
    device: str | torch.device = "auto",
    random_state: int | None = 0,
) -> CopyShare:
    """Measure the share of rows nearer to training than to held-out ones; 50 is best.

    Parameters
    ----------
    real_train : array-like or data frame of shape (n_train, n_features)
        The rows that the generator was trained on.
    real_test : array-like or data frame of shape (n_test, n_features)
        Real rows that it has not seen. Of the longer table as many rows are drawn as
        the other has, lest the denser one be nearer.
    synthetic : array-like or data frame of shape (n_synthetic, n_features)
        Rows to judge.
    scale : {"auto", "columns", "none"}, default="auto"
        "columns" divides numbers by their standard deviation, "none" leaves them.
        "auto" leaves those of arrays that look like pixels or features: at least 16
        columns that share one range. A class is a one-hot column in any case.
    device : str or torch.device, default="auto"
        Where distances are computed.
    random_state : int, RandomState instance or None, default=0
        Draws the rows.

    Returns
    -------
    CopyShare
        ``percent``, a tie counting half, and the ends ``low`` and ``high`` of its 95 %
        confidence interval. 50 for a generator that has learned the distribution alone,
        100 for copies.

    Raises
    ------
    ValueError
        If the columns differ or a parameter breaks its rule.

    Notes
    -----
    The interval is that of the share under all ways to divide the real rows in
    training and held-out ones: of a generator that has not seen its training rows these
    are alike, and 50 is outside of one interval in twenty. Many synthetic rows are near
    to one real row, so it is wider than that of as many tossed coins.

    Where few rows are held out, few training rows are drawn, and copies of the others
    count as fresh: of copies of all training rows, with a tenth held out, the share is
    56. A share near 50 is no proof of privacy: a few copied rows among many do not move
    it (see :func:`duplicate_share` and :func:`nearest_record_ratios`), and coordinates
    of noise hide the others.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.metrics import copy_share
    >>> train, test, fresh = np.random.default_rng(0).normal(size=(3, 500, 4))
    >>> copy_share(train, test, train).percent
    100.0
    >>> share = copy_share(train, test, fresh)
    >>> share.low < 50 < share.high
    True
    """
    *sides, points = read_points(
        scale=scale, real_train=real_train, real_test=real_test, synthetic=synthetic
    )
    share, error = nearer_share(*sides, points, device, random_state)
    ends = ends_by_error(share, error)
    return CopyShare(100 * share, *(100 * end for end in ends))


def nearer_share(train, test, points, device, random_state):
    """Share of points that are nearer to training rows, and its standard error.

    The error is that of the share under all ways to call half of the real rows training
    rows (a permutation test, Fisher 1935).
    """
    device, rng = resolve_device(device), own_stream(random_state)
    n = min(len(train), len(test))
    near, far = (
        nearest(points, side[chosen], 1, device)
        for side in (train, test)
        for chosen in [rng.permutation(len(side))[:n]]
    )
    distances = np.column_stack([near[0], far[0]])
    ties = np.abs(distances[:, 0] - distances[:, 1]) <= TIE * distances[:, 1]
    nearer = (distances[:, 0] < distances[:, 1])[~ties]
    # How many points have each of the 2 n real rows as their nearest one
    index = np.where(nearer, near[1][~ties, 0], n + far[1][~ties, 0])
    counts = np.bincount(index, minlength=2 * n)
    # Of the sum of counts of n rows out of 2 n, drawn without replacement
    variance = counts.var() * n**2 / (2 * n - 1)
    share = (nearer.sum() + ties.sum() / 2) / len(points)
    return float(share), float(np.sqrt(variance) / len(points))


def nearest_record_ratios(
    real_train: ArrayLike,
    synthetic: ArrayLike,
    *,
    scale: str = "auto",
    device: str | torch.device = "auto",
) -> NDArray[np.float64]:
    """Divide the distance to the nearest training row by that to the second nearest.

    Parameters
    ----------
    real_train, synthetic, scale, device
        As for :func:`copy_share`; at least two training rows.

    Returns
    -------
    ndarray of shape (n_synthetic,)
        Ratios between 0 (a copy of one training row) and 1 (as near to another one).
        They are 1, too, for rows at distance 0 from both.

    Raises
    ------
    ValueError
        As for :func:`copy_share`.

    Notes
    -----
    Compare low quantiles with those of held-out rows in place of the synthetic ones:
    ratios are large in many dimensions and small in few, whatever the generator. The
    measure of [1]_.

    References
    ----------
    .. [1] Zhao et al., "CTAB-GAN: Effective table data synthesizing", ACML, 2021.

    Examples
    --------
    >>> from skgan.metrics import nearest_record_ratios
    >>> nearest_record_ratios([[0.0], [3.0]], [[0.0], [1.0]]).round(9).tolist()
    [0.0, 0.5]
    """
    train, points = read_points(scale=scale, real_train=real_train, synthetic=synthetic)
    if len(train) < 2:
        raise ValueError(f"real_train must have 2 rows or more, got {len(train)}.")
    first, second = nearest(points, train, 2, resolve_device(device))[0].T
    return np.divide(first, second, out=np.ones_like(first), where=second > 0)


def duplicate_share(real_train: ArrayLike, synthetic: ArrayLike) -> float:
    """Measure the share of rows that equal a training row in all columns, in percent.

    Parameters
    ----------
    real_train, synthetic
        As for :func:`copy_share`.

    Returns
    -------
    float
        Between 0 and 100. Compare with the share among held-out rows: where columns are
        few and coarse, equal rows are no copies.

    Raises
    ------
    ValueError
        If the columns differ.

    Examples
    --------
    >>> from skgan.metrics import duplicate_share
    >>> duplicate_share([[1, 2], [3, 4]], [[3, 4], [3, 5]])
    50.0
    """
    tables = read_rows(real_train=real_train, synthetic=synthetic)
    return 100 * equal_share(*tables)


def equal_share(train, rows):
    """Share of rows that equal one of train in all columns."""
    keys = _row_keys(train, rows)
    known = set(keys[: train.n])
    return float(np.mean([key in known for key in keys[train.n :]]))


def repeated_share(rows):
    """Share of rows that equal another one in all columns."""
    counts = Counter(keys := _row_keys(rows))
    return float(np.mean([counts[key] > 1 for key in keys]))


def _row_keys(*tables):
    """Bytes that are the same for equal rows of all tables, one after the other."""
    columns = zip(*(table.columns for table in tables), strict=True)
    codes = [
        np.unique(np.concatenate(pair), return_inverse=True)[1] for pair in columns
    ]
    return [row.tobytes() for row in np.column_stack(codes)]
