"""Nearest neighbors, found by scikit-learn or on CUDA, and exact all the same.

Both compare points by products of matrices, whose rounding can put neighbors in the
wrong order. So more candidates than needed are asked for, their distances computed anew
by differences, and points for which another one could still be nearer asked again, of
a tree that compares by differences.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from skgan._torch import plain

from .pairwise import centered, float64_device, squared_norms, squares_of_pairs, tiles

MAX_PAIRS = 1 << 25  # whose distances are kept at once on CUDA
SPARE = 8  # candidates beyond k, so that rounding leaves few points in doubt
TIE = 1e-9  # squared distances whose ratio is this close to 1 are one distance


def nearest(
    points: NDArray, others: NDArray, k: int, device: str | torch.device
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Find the k nearest of ``others`` to each point, the nearest first.

    Parameters
    ----------
    points, others : ndarray of shape (n, d) and (m, d), float64
        Finite rows.
    k : int
        How many; at most m.
    device : str or torch.device
        Where products are computed; "auto" is CUDA where there is one.

    Returns
    -------
    distances : ndarray of shape (n, k), float64
        Euclidean and ascending. Of equal points 0, else right to nine digits or more.
    indices : ndarray of shape (n, k), int64
        Rows of ``others``, any of those at one distance.

    Raises
    ------
    ValueError
        If there are fewer than k others, or the device is not present.
    """
    return _search(points, others, k, float64_device(device), is_own=False)


def nearest_others(
    points: NDArray, k: int, device: str | torch.device
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Find the k nearest other rows of ``points`` to each, see :func:`nearest`.

    A row's own copies count; only itself does not.
    """
    return _search(points, points, k, float64_device(device), is_own=True)


def _search(points, others, k, device, is_own):
    """Find the k nearest of ``others``, or of other rows where both are one set."""
    n_others = len(others) - is_own
    if not 1 <= k <= n_others:
        raise ValueError(f"k must be in the range [1, {n_others}], got {k!r}.")
    n_candidates = min(k + SPARE, n_others) + is_own  # a row finds itself, too
    own = np.arange(len(points)) if is_own else np.full(len(points), -1)
    near = centered(points, others)
    found, bounds = _by_products(*near, n_candidates, device)
    squares, indices = _nearest_of(found, points, others, own, k)
    if n_candidates < len(others):
        # All that were not candidates are at the bound or beyond
        bounds = _without_rounding(bounds, near[0]).clip(0)
        unsure = np.flatnonzero(squares[:, -1] * (1 - TIE) > bounds)
        if len(unsure):
            found = _by_differences(points[unsure], others, n_candidates)
            squares[unsure], indices[unsure] = _nearest_of(
                found, points[unsure], others, own[unsure], k
            )
    return np.sqrt(squares), indices


def _by_products(points, others, n, device):
    """Find n candidates for each point, and the largest of their squared distances."""
    if device.type == "cuda":
        return _by_products_of_torch(points, others, n, device)
    search = NearestNeighbors(n_neighbors=n, algorithm="brute", metric="sqeuclidean")
    squares, found = search.fit(others).kneighbors(points)
    return found, squares[:, -1]


def _by_products_of_torch(points, others, n, device):
    """Find them on a device, as scikit-learn does on the CPU."""
    others, parts = torch.from_numpy(others).to(device), []
    with plain(device):
        points = torch.from_numpy(points).to(device)
        for some in points.split(max(1, MAX_PAIRS // len(others))):
            distances = torch.cdist(some, others, compute_mode="use_mm_for_euclid_dist")
            parts.append(distances.topk(n, largest=False))
    distances, found = (
        torch.cat(part).cpu().numpy() for part in zip(*parts, strict=True)
    )
    return found, distances[:, -1] ** 2


def _without_rounding(squares, points):
    """Bound from below squared distances that products found to be so large or larger.

    Between points p and q, d numbers each, products are wrong by no more than e (|p|^2
    + |q|^2) with e = (d + 20) eps. And |q| <= |p| + D if D is their distance, so |q|^2
    <= 2 |p|^2 + 2 D^2: however far off q is, what was found is at most D^2 (1 + 2 e) +
    3 e |p|^2.
    """
    error = (points.shape[1] + 20) * np.finfo(np.float64).eps
    return (squares - 3 * error * squared_norms(points)) / (1 + 2 * error)


def _by_differences(points, others, n):
    """Find the n nearest of ``others``, of which no rounding hides one."""
    search = NearestNeighbors(n_neighbors=n, algorithm="kd_tree").fit(others)
    return search.kneighbors(points, return_distance=False)


def _nearest_of(found, points, others, own, k):
    """Choose the k nearest candidates but a row itself, by exact squared distances."""
    squares = np.empty(found.shape)
    for rows in tiles(len(points)):
        for j, index in enumerate(found[rows].T):
            squares[rows, j] = squares_of_pairs(points[rows], others[index])
    squares[found == own[:, None]] = np.inf
    order = squares.argsort(axis=1, kind="stable")[:, :k]
    return [np.take_along_axis(part, order, axis=1) for part in (squares, found)]
