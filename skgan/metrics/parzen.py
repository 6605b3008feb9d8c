"""Parzen-window log-likelihood of rows under a density fitted to samples."""

from collections.abc import Callable, Iterator
from functools import partial
from numbers import Real

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from skgan._torch import exact_matmul

from .pairwise import (
    add_log_sums,
    distances_by_differences,
    float64_device,
    log_sum_exp,
    tiles,
)
from .rows import numeric_array

TOLERANCE = 0.01  # nats; where products may err by more, they are not used
# In fewer columns, products are cheap beside the exponentials and float32 saves little
MIN_FLOAT32_COLUMNS = 65


def parzen_log_likelihood(
    X: ArrayLike,
    samples: ArrayLike,
    bandwidth: float,
    *,
    device: str | torch.device = "auto",
) -> NDArray[np.float64]:
    r"""Compute the log-likelihood of each row under a Parzen window on the samples.

    Parameters
    ----------
    X : array-like of shape (n_rows, n_features)
        Rows to evaluate, in the units of ``samples``.
    samples : array-like of shape (n_samples, n_features)
        Draws from the model; an isotropic Gaussian is centered at each.
    bandwidth : float
        Standard deviation of each Gaussian, in the units of the data.
    device : str or torch.device, default="auto"
        Where to compute; "auto" is CUDA where there is one.

    Returns
    -------
    ndarray of shape (n_rows,), float64
        Log-density of each row, in nats.

    Raises
    ------
    ValueError
        If an array is not finite and two-dimensional, the numbers of columns differ,
        the bandwidth is not a positive finite number or the device is not present.

    Notes
    -----
    With :math:`m` samples :math:`s_j` in :math:`d` dimensions and bandwidth :math:`h`,

    .. math:: \log \sum_j e^{-\|x - s_j\|^2 / 2 h^2} - \log m - d \log(h \sqrt{2 \pi}).

    Memory is bounded beyond a copy of the samples; no product is in reduced precision.
    The measure of [1]_ and [2]_ can be gamed [3]_: in high dimension it stays far from
    the truth, and cluster centers of training rows outscore draws from their density.

    References
    ----------
    .. [1] Breuleux, Bengio & Vincent, "Quickly generating representative samples from
           an RBM-derived process", Neural Computation, 2011.
    .. [2] Goodfellow et al., "Generative adversarial nets", NeurIPS, 2014.
    .. [3] Theis et al., "A note on the evaluation of generative models", ICLR, 2016.

    Examples
    --------
    >>> from skgan.metrics import parzen_log_likelihood
    >>> parzen_log_likelihood([[0.0], [9.0]], [[-1.0], [1.0]], bandwidth=1.0).round(4)
    array([ -1.4189, -33.6121])
    """
    return parzen_log_likelihoods(X, samples, [bandwidth], device=device)[0]


def parzen_log_likelihoods(
    X: ArrayLike,
    samples: ArrayLike,
    bandwidths: ArrayLike,
    *,
    device: str | torch.device = "auto",
) -> NDArray[np.float64]:
    """Compute Parzen log-likelihoods for a grid of bandwidths, distances once.

    Parameters
    ----------
    X, samples, device
        As for :func:`parzen_log_likelihood`.
    bandwidths : array-like of shape (n_bandwidths,)
        Standard deviations of the Gaussians, in the units of the data.

    Returns
    -------
    ndarray of shape (n_bandwidths, n_rows), float64
        Log-densities, in nats.

    Raises
    ------
    ValueError
        As for :func:`parzen_log_likelihood`, and if the grid is empty.

    Examples
    --------
    >>> from skgan.metrics import parzen_log_likelihoods
    >>> parzen_log_likelihoods([[0.0]], [[-1.0], [1.0]], [0.5, 1.0]).round(4).tolist()
    [[-2.2258], [-1.4189]]
    """
    X, samples = numeric_array(X, "X"), numeric_array(samples, "samples")
    if X.shape[1] != samples.shape[1]:
        raise ValueError(f"X has {X.shape[1]} columns, samples has {samples.shape[1]}")
    grid = _checked_bandwidths(bandwidths)
    device = float64_device(device)
    with exact_matmul(), np.errstate(over="ignore"):
        log_sums = _log_sums(X, samples, grid, device).cpu().numpy()
    log_volumes = X.shape[1] * (np.log(grid) + np.log(2 * np.pi) / 2)
    return log_sums - log_volumes[:, None] - np.log(len(samples))


def select_bandwidth(
    X: ArrayLike,
    samples: ArrayLike,
    bandwidths: ArrayLike,
    *,
    device: str | torch.device = "auto",
) -> float:
    """Choose the bandwidth under which held-out rows are the most likely.

    Parameters
    ----------
    X, samples, bandwidths, device
        As for :func:`parzen_log_likelihoods`; keep X apart from the rows to report.

    Returns
    -------
    float
        The bandwidth with the largest mean log-likelihood; the first of equals.

    Raises
    ------
    ValueError
        As for :func:`parzen_log_likelihoods`.

    Examples
    --------
    >>> from skgan.metrics import select_bandwidth
    >>> select_bandwidth([[0.0]], [[-1.0], [1.0]], [0.1, 1.0, 10.0])
    1.0
    """
    grid = _checked_bandwidths(bandwidths)
    scores = parzen_log_likelihoods(X, samples, grid, device=device).mean(axis=1)
    return grid[scores.argmax()]


def _checked_bandwidths(bandwidths: ArrayLike) -> list[float]:
    """Check a grid of bandwidths, and make a list of it."""
    if isinstance(bandwidths, Real):
        raise ValueError(f"bandwidths must be a sequence of them, got {bandwidths!r}")
    if not (grid := list(bandwidths)):
        raise ValueError("bandwidths must hold at least one bandwidth, got none")
    for h in grid:
        if not isinstance(h, Real) or not 0 < h < np.inf:
            raise ValueError(f"bandwidth must be a positive finite number, got {h!r}")
    return [float(h) for h in grid]


def _log_sums(
    X: NDArray, samples: NDArray, grid: list[float], device: torch.device
) -> Tensor:
    """Compute log sum_j exp(-|x - s_j|^2 / 2 h^2), shape (n_bandwidths, n_rows).

    By the cheapest way whose rounding stays within the tolerance: products in float32
    or in float64 of what is left of rows and samples without the samples' mean; else
    differences, always exact.
    """
    unit = min(grid)
    scales = torch.as_tensor((unit / np.array(grid)) ** 2).to(device)
    sums = scales.new_full((len(scales), len(X)), -np.inf)
    # Rounding errors grow with the norms, hence the mean. They are all of one sign if
    # the entries of a row are all alike: a jitter of the origin makes them cancel.
    origin = samples.mean(axis=0, dtype=np.float64)
    origin += np.random.default_rng(0).normal(scale=unit / 100, size=len(origin))
    growth = np.sqrt(len(origin)) / 4 + 4  # of one rounding, over sums so long
    few_columns = len(origin) < MIN_FLOAT32_COLUMNS
    for dtype in (torch.float64,) if few_columns else (torch.float32, torch.float64):
        scaled = partial(_scaled, origin=origin, unit=unit, device=device, dtype=dtype)
        centers = list(scaled(samples))
        norms, row_norms = (
            [_half_norms(tile) for tile in part] for part in (centers, scaled(X))
        )
        reach = 2 * max(float(norm.max()) for norm in [*norms, *row_norms])
        if reach * growth * torch.finfo(dtype).eps < TOLERANCE:
            norms = [norm.to(dtype) for norm in norms]
            tiles_of_samples = list(zip(centers, norms, strict=True))
            add_log_sums(sums, scaled(X), tiles_of_samples, _by_products(scales))
            # |row|^2 is the same for every center: only here, in float64, does it join
            return sums - scales[:, None] * torch.cat(row_norms)
    scaled = partial(_scaled, origin=0.0, unit=1.0, device=device, dtype=dtype)
    add_log_sums(sums, scaled(X), list(scaled(samples)), _by_differences(scales, unit))
    return sums


def _scaled(
    points: NDArray,
    *,
    origin: NDArray | float,
    unit: float,
    device: torch.device,
    dtype: torch.dtype,
) -> Iterator[Tensor]:
    """Make tiles of points, seen from the origin and in units of a bandwidth."""
    for rows in tiles(len(points)):
        tile = (points[rows] - origin) / unit
        yield torch.as_tensor(tile).to(device, dtype)


def _half_norms(points: Tensor) -> Tensor:
    """Compute half of each point's squared length."""
    return points.double().square().sum(dim=1) / 2


def _by_products(scales: Tensor) -> Callable:
    """Sum over tiles in units of a bandwidth, without what a row's norm adds."""
    buffers = []

    def log_sums_of(rows: Tensor, samples: tuple[Tensor, Tensor]) -> Iterator[Tensor]:
        centers, norms = samples
        if not buffers:  # no later tile is larger than the first
            buffers.append(rows.new_empty(2, len(rows), len(centers)))
        exponents, scaled = buffers[0][:, : len(rows), : len(centers)]
        torch.addmm(norms, rows, centers.T, beta=-1, out=exponents)
        for scale in scales:
            torch.mul(exponents, scale, out=scaled)
            yield log_sum_exp(scaled).double()

    return log_sums_of


def _by_differences(scales: Tensor, unit: float) -> Callable:
    """Sum over tiles of plain points; -inf where no float64 holds a distance."""

    def log_sums_of(rows: Tensor, centers: Tensor) -> Iterator[Tensor]:
        distances = distances_by_differences(rows, centers)
        exponents = (distances / unit).square_() / -2
        for scale in scales:
            yield torch.logsumexp(scale * exponents, dim=1)

    return log_sums_of
