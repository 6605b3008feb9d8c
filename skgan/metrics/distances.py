"""Distances between the distributions of two sets of rows."""

from numbers import Real

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import pdist

from skgan._torch import exact_matmul, plain

from .features import read_points
from .pairwise import (
    Differences,
    Products,
    float64_device,
    pairs_of_tiles,
    squared_norms,
    tiles,
)
from .rows import numeric_array

N_MEDIAN = 1_000  # rows whose distances have the bandwidth as their median
TOLERANCE = 1e-4  # of a kernel's value; products that may err by more are not used


def maximum_mean_discrepancy(
    real: ArrayLike,
    synthetic: ArrayLike,
    *,
    bandwidth: float | str = "median",
    scale: str = "auto",
    device: str | torch.device = "auto",
) -> float:
    r"""Estimate the squared maximum mean discrepancy, Gaussian kernel, without bias.

    Parameters
    ----------
    real, synthetic : array-like or data frame of shape (n_rows, n_features)
        Rows of the same columns, at least two of each; how many may differ.
    bandwidth : float or "median", default="median"
        Standard deviation of the kernel, in the units of the scaled rows. "median" is
        the median distance, of those above 0, among 1,000 rows evenly spaced in the
        real and the synthetic ones put together.
    scale : {"auto", "columns", "none"}, default="auto"
        Whether numbers are divided by their standard deviation among the real rows;
        "auto" unless these are an array of at least 16 columns that share one range.
    device : str or torch.device, default="auto"
        Where to compute; "auto" is CUDA where there is one.

    Returns
    -------
    float
        Less is better: about 0 if the distributions are the same, and then as often
        below as above it; at most 2.

    Raises
    ------
    ValueError
        If the tables' columns differ, one has fewer than two rows, the bandwidth is not
        a positive finite number, the scale is unknown or the device not present.

    Notes
    -----
    With :math:`k(x, y) = \exp(-\|x - y\|^2 / 2 h^2)` and two different rows of a set
    for :math:`x, x'` and :math:`y, y'`, the means over all pairs [1]_ of

    .. math:: k(x, x') + k(y, y') - 2 k(x, y).

    Memory is bounded beyond copies of the rows. The median bandwidth depends on the
    synthetic rows; give a number to compare several sets of them.

    What fools it: copies of the real rows. A bandwidth far above the distances at which
    rows differ sees little beyond the means, one far below sees copies only. In many
    dimensions all kernels are nearly equal, and lost modes move it little.

    References
    ----------
    .. [1] Gretton et al., "A kernel two-sample test", Journal of Machine Learning
           Research, 2012.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.metrics import maximum_mean_discrepancy
    >>> real, fresh = np.random.RandomState(0).normal(size=(2, 500, 2))
    >>> abs(maximum_mean_discrepancy(real, fresh)) < 0.005
    True
    >>> round(maximum_mean_discrepancy(real, fresh + 1), 1)
    0.2
    """
    points = read_points(real=real, synthetic=synthetic, scale=scale)
    for name, rows in zip(("real", "synthetic"), points, strict=True):
        if len(rows) < 2:
            raise ValueError(f"{name} must have at least 2 rows, got {len(rows)}.")
    device = float64_device(device)
    h = _checked_bandwidth(bandwidth, points)
    # Minus squared distances of these are the exponents
    first, second = (rows / (h * np.sqrt(2)) for rows in points)
    n, m = len(first), len(second)
    with plain(device), exact_matmul():
        within = _kernel_sum(first, first, device, is_own=True) / (n * (n - 1))
        within += _kernel_sum(second, second, device, is_own=True) / (m * (m - 1))
        between = _kernel_sum(first, second, device, is_own=False) / (n * m)
    return within - 2 * between


def _checked_bandwidth(bandwidth, points):
    """Check a bandwidth, or take the median distance of points."""
    if isinstance(bandwidth, str) and bandwidth == "median":
        rows = np.concatenate(points)
        spaced = np.linspace(0, len(rows) - 1, min(len(rows), N_MEDIAN)).astype(int)
        distances = pdist(rows[spaced])
        distances = distances[distances > 0]
        return float(np.median(distances)) if len(distances) else 1.0
    if not isinstance(bandwidth, Real) or not 0 < bandwidth < np.inf:
        raise ValueError(
            "bandwidth must be 'median' or a positive finite number, got "
            f"{bandwidth!r}."
        )
    return float(bandwidth)


def _kernel_sum(points, others, device, is_own):
    """Sum the kernels of all pairs; of two different rows if both are one set."""
    way = _way(points, others, device)
    total = torch.zeros((), dtype=torch.float64, device=device)
    parts = tiles(len(points)), tiles(len(others))
    # The kernel is symmetric: of one set, each tile stands for its mirror image, too
    for rows, columns in pairs_of_tiles(*parts, is_one_set=is_own):
        kernels = way.squares(rows, columns).neg_().exp_()
        if is_own and rows == columns:
            kernels.fill_diagonal_(0)
        weight = 2 if is_own and rows != columns else 1
        total += weight * kernels.sum(dtype=torch.float64)
    return float(total)


def _way(points, others, device):
    """Choose the cheapest way whose errors change no kernel by more than tolerated."""
    reach = squared_norms(points).max() + squared_norms(others).max()
    for dtype in (torch.float32, torch.float64):
        way = Products(points, others, dtype, device, are_bounds=False)
        if way.error * reach < TOLERANCE:
            return way
    return Differences(points, others, device)


def frechet_distance(real: ArrayLike, synthetic: ArrayLike) -> float:
    r"""Measure how far apart Gaussians of two sets of features are: Fréchet, squared.

    Parameters
    ----------
    real, synthetic : array-like of shape (n_rows, n_features)
        Features as numbers, at least two rows of each; how many may differ. Neither
        scaled nor embedded here.

    Returns
    -------
    float
        At least 0, in squared units of the features. Less is better; it is 0 if means
        and covariances are equal.

    Raises
    ------
    ValueError
        If an array is not finite and two-dimensional, has fewer than two rows, or the
        numbers of columns differ.

    Notes
    -----
    With means :math:`m_i` and covariances :math:`C_i`, the squared distance of [1]_,

    .. math:: \|m_1 - m_2\|^2 + \mathrm{tr}(C_1 + C_2 - 2 (C_1 C_2)^{1/2}).

    Covariances may lack full rank. Values depend on the features and on their units:
    compare only those of the same features. In features of the Inception network it is
    the distance of [2]_, whose published values need that network's exact weights and
    preprocessing.

    What fools it: copies, and whatever has the right means and covariances, a Gaussian
    in place of clusters for one. It is biased upwards, the more so the fewer rows there
    are of many features: compare equal numbers of rows, and with what fresh real rows
    get.

    References
    ----------
    .. [1] Dowson & Landau, "The Fréchet distance between multivariate normal
           distributions", Journal of Multivariate Analysis, 1982.
    .. [2] Heusel et al., "GANs trained by a two time-scale update rule converge to a
           local Nash equilibrium", NeurIPS, 2017.

    Examples
    --------
    >>> from skgan.metrics import frechet_distance
    >>> round(frechet_distance([[-1.0], [1.0]], [[1.0], [5.0]]), 9)  # 3^2 + (2 - 1)^2 2
    11.0
    """
    real, synthetic = (
        numeric_array(rows, name, dtype=np.float64, ensure_min_samples=2)
        for name, rows in (("real", real), ("synthetic", synthetic))
    )
    if real.shape[1] != synthetic.shape[1]:
        raise ValueError(
            f"synthetic must have as many columns as real, {real.shape[1]}, got "
            f"{synthetic.shape[1]}."
        )
    means, factors = zip(*map(_moments, (real, synthetic)), strict=True)
    # The eigenvalues of C_1 C_2 = F_1'F_1 F_2'F_2 are the squared singular values of
    # F_1 F_2': so found, they lose no digits to a square root of what is nearly 0
    root = np.linalg.svd(factors[0] @ factors[1].T, compute_uv=False).sum()
    traces = sum(np.sum(factor**2) for factor in factors)
    distance = np.sum((means[0] - means[1]) ** 2) + traces - 2 * root
    return float(max(distance, 0.0))  # rounding can leave less


def _moments(rows: NDArray) -> tuple[NDArray, NDArray]:
    """Compute the mean and a factor F ``(r, d)`` of the covariance F'F."""
    mean = rows.mean(axis=0)
    factor = np.linalg.qr(rows - mean, mode="r")
    return mean, factor / np.sqrt(len(rows) - 1)
