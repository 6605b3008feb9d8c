"""How much of the real rows' region synthetic rows fill, and how much they leave it."""

from numbers import Integral
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from skgan._torch import exact_matmul, plain

from .features import read_points
from .neighbors import TIE, nearest, nearest_others
from .pairwise import (
    float64_device,
    pairs_of_tiles,
    squares_of_pairs,
    tiles,
    ways,
)

MAX_IN_DOUBT = 1 / 256  # share of a tile's pairs that are looked at one by one
LEVELS = np.linspace(0, 1, 30)


class Coverage(NamedTuple):
    """What k-nearest-neighbor balls say of synthetic rows.

    ``precision``, ``recall`` and ``coverage`` are shares of rows, ``density`` is at
    least 0 and near 1 for real rows; of all four more is better.
    """

    precision: float
    recall: float
    density: float
    coverage: float


def precision_recall_density_coverage(
    real: ArrayLike,
    synthetic: ArrayLike,
    *,
    n_neighbors: int = 5,
    scale: str = "auto",
    device: str | torch.device = "auto",
) -> Coverage:
    r"""Count rows in balls to the k-th nearest neighbors: precision to coverage.

    Parameters
    ----------
    real, synthetic : array-like or data frame of shape (n_rows, n_features)
        Rows of the same columns; how many of each may differ.
    n_neighbors : int, default=5
        Each row's ball reaches to its k-th nearest other row of its own set.
    scale : {"auto", "columns", "none"}, default="auto"
        Whether numbers are divided by their standard deviation among the real rows;
        "auto" unless these are an array of at least 16 columns that share one range.
    device : str or torch.device, default="auto"
        Where to compute; "auto" is CUDA where there is one.

    Returns
    -------
    Coverage
        ``precision`` is the share of synthetic rows in any real row's ball, ``recall``
        the share of real rows in any synthetic row's ball [1]_. ``density`` is the mean
        number of real balls around a synthetic row over k, ``coverage`` the share of
        real rows whose ball holds a synthetic row [2]_.

    Raises
    ------
    ValueError
        If the tables' columns differ, n_neighbors is not from 1 to one less than the
        rows of the smaller table, the scale is unknown or the device not present.

    Notes
    -----
    Of all four more is better. Density can pass 1; the others are from 0 to 1. Fresh
    real rows get a density of about 1 and, if they are as many as the real ones, a
    coverage of about :math:`1 - 2^{-k}`. Their precision and recall are near 1 in few
    dimensions but .5 in 1,000, where density varies by .05 from draw to draw: compare
    what as many held-out rows get.

    Balls include their surface, so copies of repeated rows count as inside.

    What fools them: copies of the real rows get the best of all four, so memorizing
    goes unseen. One real outlier's wide ball raises precision, and one synthetic
    outlier's raises recall; density and coverage move little. Density exceeds 1 where
    synthetic rows crowd where real ones are dense, or where rows repeat.

    References
    ----------
    .. [1] Kynkäänniemi et al., "Improved precision and recall metric for assessing
           generative models", NeurIPS, 2019.
    .. [2] Naeem et al., "Reliable fidelity and diversity metrics for generative
           models", ICML, 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.metrics import precision_recall_density_coverage
    >>> real = np.random.RandomState(0).normal(size=(200, 2))
    >>> half = np.abs(real) * [1, 0.5]  # one quarter of the plane, and flatter
    >>> measures = precision_recall_density_coverage(real, half)
    >>> measures.precision, round(measures.recall, 2), round(measures.coverage, 2)
    (1.0, 0.26, 0.33)
    """
    real, synthetic = read_points(real=real, synthetic=synthetic, scale=scale)
    highest = min(len(real), len(synthetic)) - 1
    is_integer = isinstance(n_neighbors, Integral) and not isinstance(n_neighbors, bool)
    if not is_integer or not 1 <= n_neighbors <= highest:
        raise ValueError(
            f"n_neighbors must be an integer in the range [1, {highest}], "
            f"got {n_neighbors!r}."
        )
    device = float64_device(device)
    radii = [
        nearest_others(points, n_neighbors, device)[0][:, -1]
        for points in (real, synthetic)
    ]
    return _coverage(real, synthetic, radii, n_neighbors, device)


def _coverage(real, synthetic, radii, k, device):
    """Count which rows lie in whose balls, of given radii."""
    limits = [radius**2 * (1 + TIE) for radius in radii]
    precise = np.zeros(len(synthetic), dtype=bool)
    recalled, covered = np.zeros((2, len(real)), dtype=bool)
    n_inside = 0
    remaining = ways(real, synthetic, device)
    way = next(remaining)
    parts = tiles(len(real)), tiles(len(synthetic))
    with plain(device), exact_matmul():
        for rows, columns in pairs_of_tiles(*parts):
            pairs = real[rows], synthetic[columns]
            reach = limits[0][rows, None], limits[1][None, columns]
            while (inside := _inside(way, rows, columns, pairs, reach)) is None:
                way = next(remaining)
            in_real, in_synthetic = inside  # (n_rows, n_columns) each
            precise[columns] |= in_real.any(axis=0)
            covered[rows] |= in_real.any(axis=1)
            recalled[rows] |= in_synthetic.any(axis=1)
            n_inside += np.count_nonzero(in_real)
    density = n_inside / (k * len(synthetic))
    means = precise.mean(), recalled.mean(), density, covered.mean()
    return Coverage(*map(float, means))


def _inside(way, rows, columns, pairs, reach):
    """Find pairs of rows within each reach; None where too many are left in doubt."""
    bounds, margin = way.squares(rows, columns), way.margin(rows, columns)
    masks = []
    for limit in reach:
        inside, possible = (
            (bounds <= torch.from_numpy(level).to(bounds)).cpu().numpy()
            for level in (limit - margin, limit)
        )
        in_doubt = np.flatnonzero(inside != possible)
        if len(in_doubt) > MAX_IN_DOUBT * inside.size:
            return None
        i, j = np.unravel_index(in_doubt, inside.shape)
        squares = squares_of_pairs(pairs[0][i], pairs[1][j])
        inside[i, j] = squares <= np.broadcast_to(limit, inside.shape)[i, j]
        masks.append(inside)
    return masks


def alpha_precision(
    real: ArrayLike, synthetic: ArrayLike, *, scale: str = "auto"
) -> float:
    r"""Ask by distance to the center whether synthetic rows are as typical as real.

    Parameters
    ----------
    real, synthetic, scale
        As for :func:`precision_recall_density_coverage`.

    Returns
    -------
    float
        From 0 (worst, approached by rows that are all far off) to 1, which fresh real
        rows come close to.

    Raises
    ------
    ValueError
        If the tables' columns differ or the scale is unknown.

    Notes
    -----
    With :math:`P(a)` the share of synthetic rows no farther from the mean of the real
    rows than the :math:`a`-quantile of these, and 30 levels evenly spaced from 0 to 1,

    .. math:: 1 - \sum_a |a - P(a)| / \sum_a a.

    This is the measure of [1]_ on the rows themselves, without a learned embedding.
    Only distances count: rows on the right spheres around the mean but in directions
    that real rows never take fool it, as do copies. Where most rows are equal, even
    real rows get less than 1.

    References
    ----------
    .. [1] Alaa et al., "How faithful is your synthetic data? Sample-level metrics for
           evaluating and auditing generative models", ICML, 2022.

    Examples
    --------
    >>> from skgan.metrics import alpha_precision
    >>> real = [[float(i)] for i in range(101)]
    >>> round(alpha_precision(real, [[50.0]] * 9), 3)  # the most typical row only
    0.0
    """
    real, synthetic = read_points(real=real, synthetic=synthetic, scale=scale)
    center = real.mean(axis=0)
    inner, outer = (_distances(points, center) for points in (real, synthetic))
    return _agreement(outer[:, None] <= np.quantile(inner, LEVELS))


def _distances(points: NDArray, center: NDArray) -> NDArray[np.float64]:
    """Measure the distance of each point to a center."""
    return np.sqrt(squares_of_pairs(points, center))


def _agreement(counts: NDArray[np.bool_]) -> float:
    """Compare shares of rows ``(n_rows, n_levels)`` with the levels they should be."""
    gaps = np.abs(LEVELS - counts.mean(axis=0))
    return float(1 - gaps.sum() / LEVELS.sum())


def beta_recall(
    real: ArrayLike,
    synthetic: ArrayLike,
    *,
    scale: str = "auto",
    device: str | torch.device = "auto",
) -> float:
    r"""Ask whether real rows have synthetic ones near them, the typical before the odd.

    Parameters
    ----------
    real, synthetic, scale, device
        As for :func:`precision_recall_density_coverage`.

    Returns
    -------
    float
        From 0 to 1. Of as many fresh real rows about .5, since they are nearer to a
        real row than its nearest other one every second time; of copies 1.

    Raises
    ------
    ValueError
        If the tables' columns differ, there are fewer than two real rows, the scale is
        unknown or the device not present.

    Notes
    -----
    Let :math:`s(x)` be the synthetic row nearest to a real row :math:`x`. The row
    counts at level :math:`b` if :math:`s(x)` is no farther from it than its nearest
    other real row, and within the :math:`b`-quantile of the distances of these
    :math:`s(x)` to the mean of the synthetic rows. With :math:`R(b)` the share that
    counts, and 30 levels evenly spaced from 0 to 1, the measure [1]_ on the rows
    themselves is

    .. math:: 1 - \sum_b |b - R(b)| / \sum_b b.

    More synthetic rows get more, and what beats fresh rows is not better but copied:
    copies of real rows, with little noise, fool it up to 1.

    References
    ----------
    .. [1] Alaa et al., "How faithful is your synthetic data? Sample-level metrics for
           evaluating and auditing generative models", ICML, 2022.

    Examples
    --------
    >>> from skgan.metrics import beta_recall
    >>> real = [[float(i)] for i in range(100)]
    >>> round(beta_recall(real, real), 2), round(beta_recall(real, real[:50]), 2)
    (0.99, 0.75)
    """
    real, synthetic = read_points(real=real, synthetic=synthetic, scale=scale)
    if len(real) < 2:
        raise ValueError(f"real must have at least 2 rows, got {len(real)}.")
    own = nearest_others(real, 1, device)[0][:, 0]
    (distance,), (index,) = (part.T for part in nearest(real, synthetic, 1, device))
    to_center = _distances(synthetic, synthetic.mean(axis=0))[index]
    is_within = to_center[:, None] <= np.quantile(to_center, LEVELS)
    return _agreement(is_within & (distance <= own)[:, None])
