"""All pairs of two sets of rows, tile by tile, and their distances."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from skgan._torch import resolve_device

TILE = 1024  # rows of either set; 4 MiB of float32 stays in the cache
N_COLUMNS = 512  # of which medians or moments are taken at once
MAX_FLOAT32 = 1e35  # squares beyond it leave too little room for their sums

First, Second = TypeVar("First"), TypeVar("Second")


def tiles(n_rows: int) -> list[slice]:
    """Cut so many rows into tiles."""
    return [slice(start, start + TILE) for start in range(0, n_rows, TILE)]


def pairs_of_tiles(
    firsts: Iterable[First], seconds: Sequence[Second], is_one_set: bool = False
) -> Iterator[tuple[First, Second]]:
    """Visit the tiles of all pairs of rows, one tile of the first set after the other.

    Parameters
    ----------
    firsts : iterable
        Tiles of the first set: slices, tensors or what stands for them. A generator is
        asked for the next one only when the last is done with, and none is kept.
    seconds : sequence
        Tiles of the second set.
    is_one_set : bool, default=False
        Whether both are tiles of the same rows, in the same order. Then of two tiles
        that mirror each other one is visited.

    Yields
    ------
    pair : tuple
        A tile of the first and a tile of the second set.

    Examples
    --------
    >>> from skgan.metrics.pairwise import pairs_of_tiles
    >>> [*pairs_of_tiles("ab", "ab")]
    [('a', 'a'), ('a', 'b'), ('b', 'a'), ('b', 'b')]
    >>> [*pairs_of_tiles("ab", "ab", is_one_set=True)]
    [('a', 'a'), ('a', 'b'), ('b', 'b')]
    """
    for i, first in enumerate(firsts):
        for second in seconds[i if is_one_set else 0 :]:
            yield first, second


def add_log_sums(
    sums: Tensor,
    firsts: Iterable[First],
    seconds: Sequence[Second],
    log_sums_of: Callable[[First, Second], Iterable[Tensor]],
) -> None:
    """Add up exponentials over all rows of the second set, in logarithms.

    Parameters
    ----------
    sums : Tensor of shape (n_sums, n_rows), float64
        Logarithms so far, -inf at first; changed.
    firsts, seconds
        Tiles as for :func:`pairs_of_tiles`.
    log_sums_of : callable
        Maps a tile of each set to ``n_sums`` tensors: the logarithms of the sums over
        the second tile, for each row of the first.
    """
    firsts = zip(tiles(sums.shape[1]), firsts, strict=True)
    for (rows, first), second in pairs_of_tiles(firsts, seconds):
        for k, log_sum in enumerate(log_sums_of(first, second)):
            sums[k, rows] = torch.logaddexp(sums[k, rows], log_sum)


def log_sum_exp(exponents: Tensor) -> Tensor:
    """Take the logarithm of each row's sum of exponentials; exponents are finite.

    One pass, where ``logsumexp`` takes four and is many times slower at exponents that
    underflow.
    """
    return exponents[:, 0] - torch.log_softmax(exponents, dim=1)[:, 0]


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

    def squares(self, rows: slice, columns: slice) -> Tensor:
        """Compute squared distances ``(n_rows, n_columns)`` or lower bounds of them."""
        return self.left[rows] @ self.right[columns].T

    def margin(self, rows: slice, columns: slice) -> float:
        """Say how far above its bound a squared distance of the tile can be."""
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

    def squares(self, rows: slice, columns: slice) -> Tensor:
        """Compute squared distances ``(n_rows, n_columns)`` or lower bounds of them."""
        return distances_by_differences(self.left[rows], self.right[columns]).square_()

    def margin(self, rows: slice, columns: slice) -> float:
        """Say how far above its bound a squared distance of the tile can be."""
        return 0.0


def distances_by_differences(points: Tensor, others: Tensor) -> Tensor:
    """Compute distances ``(n, m)`` without products, which cancel far off."""
    return torch.cdist(points, others, compute_mode="donot_use_mm_for_euclid_dist")


def squared_norms(points: NDArray) -> NDArray[np.float64]:
    """Compute the squared length of each row."""
    return np.einsum("ij,ij->i", points, points)


def squares_of_pairs(points: NDArray, others: NDArray) -> NDArray[np.float64]:
    """Compute each point's squared distance to the same row of ``others``."""
    return squared_norms(points - others)


def _tensor(columns, dtype, device):
    """Stack columns side by side in a tensor on the device."""
    return torch.from_numpy(np.hstack(columns)).to(device, dtype)


def centered(*sets: NDArray) -> list[NDArray[np.float64]]:
    """Move points so that the last set's median is the origin."""
    origin = midst(sets[-1])
    return [points - origin for points in sets]


def midst(points: NDArray) -> NDArray[np.float64]:
    """Compute the median of each column.

    An origin in the midst keeps norms small, and with them the errors of products; one
    far point does not move a median.
    """
    n_parts = max(1, points.shape[1] // N_COLUMNS)
    parts = np.array_split(points, n_parts, axis=1)  # a median takes a copy
    return np.concatenate([np.median(part, axis=0) for part in parts])


def ways(
    points: NDArray, others: NDArray, device: torch.device
) -> Iterator[Products | Differences]:
    """Offer ways to squared distances, the cheapest first; the last is always right."""
    near = centered(points, others)
    if max(squared_norms(part).max() for part in near) < MAX_FLOAT32:
        yield Products(*near, torch.float32, device)
    yield Products(*near, torch.float64, device)
    yield Differences(points, others, device)  # of all digits, as they came


def float64_device(device: str | torch.device) -> torch.device:
    """Find the device so named, or the CPU where it may have no float64."""
    resolved = resolve_device(device)
    return resolved if resolved.type == "cuda" else torch.device("cpu")
