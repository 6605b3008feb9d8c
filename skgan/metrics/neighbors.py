"""Nearest neighbors among all pairs of two sets of points, in bounded memory."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from skgan._torch import exact_matmul, plain, resolve_device

TILE = 1024  # points per product
WIDTH = 4096  # of the others; a longer one makes choosing among them cheaper
SPARE = 8  # candidates beyond k, so that rounding leaves few points in doubt
TIE = 1e-9  # squared distances whose ratio is this close to 1 are one distance
MAX_FLOAT32 = 1e35  # squares beyond it leave too little room for their sums


class Products:
    """Squared distances or their lower bounds, a product of matrices for each tile.

    ``|p|^2 - 2 p.q + |q|^2`` is a product of ``(p, |p|^2, 1)`` and ``(-2 q, 1,
    |q|^2)``. The rounding of ``d + 2`` terms errs by less than ``error (|p|^2 +
    |q|^2)``; norms that are smaller by that share make the results lower bounds.

    Parameters
    ----------
    points, others : ndarray of shape (n, d) and (m, d), float64
        Near the origin, where norms are small and so are errors.
    dtype : torch.dtype
        Number format of the product.
    device : torch.device
        Where to compute.
    are_bounds : bool, default=True
        Whether to make norms smaller.
    """

    def __init__(self, points, others, dtype, device, are_bounds=True) -> None:
        length = points.shape[1] + 10
        self.error = length * torch.finfo(dtype).eps
        self.least = length * torch.finfo(dtype).tiny  # what underflows rounds, too
        self.norms = squared_norms(points), squared_norms(others)
        less, least = are_bounds * self.error, are_bounds * self.least
        left, right = ((1 - less) * norms[:, None] - least for norms in self.norms)
        ones = np.ones_like(left), np.ones_like(right)
        self.left = _tensor([points, left, ones[0]], dtype, device)
        self.right = _tensor([-2 * others, ones[1], right], dtype, device)

    def squares(self, rows: slice | NDArray, columns: slice) -> Tensor:
        """Squared distances ``(n_rows, n_columns)`` or lower bounds of them."""
        return self.left[rows] @ self.right[columns].T

    def margin(self, rows: slice, columns: slice) -> float:
        """How far above its lower bound a squared distance of the tile can be."""
        reach = self.norms[0][rows].max() + self.norms[1][columns].max()
        return 2 * (self.error * reach + 2 * self.least)


class Differences:
    """Squared distances by coordinates: slow, and right however far off points are.

    Takes what :class:`Products` takes but a number format, which is float64.
    """

    def __init__(self, points, others, device) -> None:
        self.left, self.right = (
            _tensor([part], torch.float64, device) for part in (points, others)
        )

    def squares(self, rows: slice | NDArray, columns: slice) -> Tensor:
        """Squared distances ``(n_rows, n_columns)``."""
        mode = "donot_use_mm_for_euclid_dist"
        return torch.cdist(
            self.left[rows], self.right[columns], compute_mode=mode
        ).square_()

    def margin(self, rows: slice, columns: slice) -> float:
        """How far above its bound a squared distance can be."""
        return 0.0


def squared_norms(points: NDArray) -> NDArray[np.float64]:
    """Squared length of each row."""
    return np.einsum("ij,ij->i", points, points)


def _tensor(blocks, dtype, device):
    return torch.from_numpy(np.hstack(blocks)).to(device, dtype)


def ways(
    points: NDArray, others: NDArray, device: torch.device
) -> Iterator[Products | Differences]:
    """Ways to squared distances, the cheapest first, one that is always right last."""
    # An origin in the midst keeps errors small; one far point does not move a median
    origin = np.median(others, axis=0)
    centered = points - origin, others - origin
    if max(squared_norms(part).max() for part in centered) < MAX_FLOAT32:
        yield Products(*centered, torch.float32, device)
    yield Products(*centered, torch.float64, device)
    yield Differences(points, others, device)  # of all digits, as they came


def squares_of_pairs(points: NDArray, others: NDArray) -> NDArray[np.float64]:
    """Squared distance of each point to the one in the same row of ``others``."""
    return squared_norms(points - others)


def float64_device(device: str | torch.device) -> torch.device:
    """The device that ``device`` names, or the CPU where it may have no float64."""
    resolved = resolve_device(device)
    return resolved if resolved.type == "cuda" else torch.device("cpu")


def nearest(
    points: NDArray, others: NDArray, k: int, device: str | torch.device
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The k nearest of ``others`` to each point, the nearest first.

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
    """The k nearest other rows of ``points`` to each, see :func:`nearest`.

    A row's own copies count; only itself does not.
    """
    return _search(points, points, k, float64_device(device), is_own=True)


def _search(points, others, k, device, is_own):
    n_others = len(others) - is_own
    if not 1 <= k <= n_others:
        raise ValueError(f"k must be in the range [1, {n_others}], got {k!r}.")
    n_candidates = min(k + SPARE, n_others)
    distances = np.empty((len(points), k))
    indices = np.empty((len(points), k), dtype=np.int64)
    left = np.arange(len(points))
    with plain(device), exact_matmul():
        for way in ways(points, others, device):
            unsure = []
            for start in range(0, len(left), TILE):
                rows = left[start : start + TILE]
                bound, found = _candidates(way, rows, n_candidates, is_own)
                squares, indices[rows] = _sorted(points[rows], others, found, k)
                distances[rows] = np.sqrt(squares)
                # All that were not candidates are at the bound or beyond
                is_sure = squares[:, -1] * (1 - TIE) <= bound.clip(0)
                unsure.append(rows[~is_sure & (n_candidates < n_others)])
            left = np.concatenate(unsure)
            if not len(left):
                break
    return distances, indices


def _candidates(way, rows, n_candidates, is_own):
    """The largest bound of a candidate, ``(n_rows,)``, and which they are."""
    best = way.left.new_empty(len(rows), 0)
    found = torch.empty(len(rows), 0, dtype=torch.int64, device=best.device)
    for start in range(0, len(way.right), WIDTH):
        tile = way.squares(rows, slice(start, start + WIDTH))
        width = tile.shape[1]
        if is_own:
            here = np.flatnonzero((rows >= start) & (rows < start + width))
            tile[here, rows[here] - start] = torch.inf
        values, places = tile.topk(min(n_candidates, width), largest=False)
        best = torch.cat([best, values], dim=1)
        found = torch.cat([found, places + start], dim=1)
        n_kept = min(n_candidates, best.shape[1])
        best, kept = best.topk(n_kept, largest=False)
        found = found.gather(1, kept)
    return best[:, -1].double().cpu().numpy(), found.cpu().numpy()


def _sorted(points, others, found, k):
    """The k nearest of the candidates by exact squared distances."""
    squares = np.empty(found.shape)
    for column, index in enumerate(found.T):
        squares[:, column] = squares_of_pairs(points, others[index])
    order = squares.argsort(axis=1, kind="stable")[:, :k]
    return (np.take_along_axis(part, order, axis=1) for part in (squares, found))
