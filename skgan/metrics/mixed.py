"""Log-likelihood of rows of classes and numbers under a kernel density on samples."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .pairwise import N_COLUMNS, add_log_sums, log_sum_exp, tiles
from .parzen import parzen_log_likelihoods

# The smallest bandwidth, as a share of the numbers' root mean variance. It keeps rows
# that repeat the held-out ones from an infinite score.
BANDWIDTH_FLOOR = 0.02
STEP = 1.4  # between two bandwidths of the coarse grid
SMOOTHINGS = np.geomspace(0.5, 0.001, 10)
MIN_SPREAD = 1e-2  # of the Gaussian of all samples' numbers


class Measured(NamedTuple):
    """Rows as a density sees them.

    ``classes`` ``(n, n_class_columns)`` are integers, -1 for one that no training row
    has; ``numbers`` ``(n, n_numbers)`` are in their units, and nan where a number is
    absent because the class of its column says so.
    """

    classes: NDArray[np.int64]
    numbers: NDArray[np.float64]

    def take(self, index: NDArray) -> "Measured":
        """Take some of the rows."""
        return Measured(self.classes[index], self.numbers[index])


class MixedDensity:
    """A product kernel around samples: Gaussians for numbers, shares for classes.

    The kernel gives a class that equals the sample's the probability ``1 - s + s q``
    and another ``s q``, where ``s`` is the smoothing and ``q`` the share of the class
    among the samples (Aitchison and Aitken 1976, with a prior). Where a row has a
    number that the sample has not, its density is a Gaussian of all samples' numbers.
    Without classes this is a Parzen window.

    Parameters
    ----------
    samples : Measured
        Rows drawn from a model.
    device : torch.device
        Where rows without classes are compared.
    """

    def __init__(self, samples: Measured, device: torch.device) -> None:
        self.samples, self.device = samples, device
        n, n_columns = samples.classes.shape
        highest = samples.classes.max(axis=0, initial=0)
        self.sizes = highest + 1
        self.offsets = np.concatenate([[0], np.cumsum(self.sizes)])[:-1].astype(int)
        counts = np.zeros(int(self.sizes.sum()))
        np.add.at(counts, self._flat(samples.classes), 1)
        column = np.repeat(np.arange(n_columns), self.sizes)
        self.shares = (counts + 1) / (n + self.sizes[column] + 1)
        self.unseen = 1 / (n + self.sizes + 1)
        self.mean, variance = _moments(samples.numbers)
        self.spread = np.sqrt(variance) + MIN_SPREAD

    def _flat(self, classes: NDArray) -> NDArray:
        """Number the classes of all columns through."""
        return classes + self.offsets

    def log_likelihoods(
        self, rows: Measured, bandwidths: NDArray, smoothing: float
    ) -> NDArray[np.float64]:
        """Compute log densities of rows, ``(n_bandwidths, n_rows)``."""
        if not rows.classes.shape[1]:  # a Parzen window
            points = rows.numbers, self.samples.numbers
            return parzen_log_likelihoods(*points, bandwidths, device=self.device)
        constant, left = self._row_features(rows, smoothing)
        right = self._sample_features()
        grid = np.asarray(bandwidths, dtype=np.float64)
        sums = torch.full((len(grid), len(constant)), -torch.inf, dtype=torch.float64)
        halves = (
            [[half[rows] for half in side] for rows in tiles(len(side[0]))]
            for side in (left, right)
        )
        add_log_sums(sums, *halves, partial(_log_sums, grid=grid))
        return sums.numpy() + constant - np.log(len(right[0]))

    def best(self, rows: Measured, bandwidth: float | None) -> tuple[float, float]:
        """Choose the bandwidth, if none is given, and the smoothing that suit rows."""
        smoothing, fixed = SMOOTHINGS[3], bandwidth
        variance = _moments(rows.numbers)[1]
        floor = BANDWIDTH_FLOOR * (np.sqrt(variance.mean()) if variance.any() else 1.0)
        if fixed is None:
            coarse = floor * STEP ** np.arange(15)  # up to 2.2 times the spread
            bandwidth = self._best_bandwidth(rows, coarse, smoothing)
        if rows.classes.shape[1]:
            scores = [
                self.log_likelihoods(rows, [bandwidth], share).mean()
                for share in SMOOTHINGS
            ]
            smoothing = SMOOTHINGS[int(np.argmax(scores))]
        if fixed is None:
            fine = bandwidth * np.geomspace(1 / STEP, STEP, 19)
            bandwidth = self._best_bandwidth(rows, fine.clip(floor), smoothing)
        return float(bandwidth), float(smoothing)

    def _best_bandwidth(self, rows: Measured, grid: NDArray, smoothing: float) -> float:
        """Choose the bandwidth of a grid under which rows are the most likely."""
        scores = self.log_likelihoods(rows, grid, smoothing).mean(axis=1)
        return float(grid[scores.argmax()])

    def _row_features(
        self, rows: Measured, smoothing: float
    ) -> tuple[NDArray, list[Tensor]]:
        """Compute what a row adds by itself, and its half of three products."""
        known = (rows.classes >= 0) & (rows.classes < self.sizes)
        unseen = len(self.shares)  # a class of its own, which no sample has
        flat = np.where(known, self._flat(rows.classes), unseen)
        share = np.where(known, np.append(self.shares, 1.0)[flat], self.unseen)
        constant = np.log(smoothing * share).sum(axis=1)
        one_hot = np.zeros((len(flat), unseen + 1))
        gain = np.log((1 - smoothing) / (smoothing * share) + 1)
        np.put_along_axis(one_hot, flat, gain, axis=1)
        present = ~np.isnan(rows.numbers)
        x = np.where(present, rows.numbers - self.mean, 0.0)  # products round less so
        z = x / self.spread
        log_prior = -(z**2) / 2 - np.log(self.spread * np.sqrt(2 * np.pi))
        constant = constant + (present * log_prior).sum(axis=1)
        here = present.astype(np.float64)
        halves = [
            np.hstack([one_hot, -here * (log_prior + np.log(2 * np.pi) / 2)]),
            np.hstack([-here * x**2 / 2, here * x, -here / 2]),
            here,
        ]
        return constant, [torch.from_numpy(half) for half in halves]

    def _sample_features(self) -> list[Tensor]:
        """Make the samples' half of the three products of ``_row_features``."""
        samples = self.samples
        one_hot = np.zeros((len(samples.classes), len(self.shares) + 1))
        np.put_along_axis(one_hot, self._flat(samples.classes), 1.0, axis=1)
        present = ~np.isnan(samples.numbers)
        c = np.where(present, samples.numbers - self.mean, 0.0)
        here = present.astype(np.float64)
        halves = [
            np.hstack([one_hot, here]),
            np.hstack([here, c, c**2]),
            here,
        ]
        return [torch.from_numpy(half) for half in halves]


def _log_sums(
    rows: list[Tensor], samples: list[Tensor], grid: NDArray
) -> Iterator[Tensor]:
    """Sum the kernels of a tile of samples, in logarithms and for each bandwidth."""
    pairs = zip(rows, samples, strict=True)
    agree, distance, both = (left @ right.T for left, right in pairs)
    for h in grid:
        exponents = torch.add(agree, distance, alpha=1 / h**2)
        yield log_sum_exp(exponents.add_(both, alpha=-np.log(h)))


def _moments(numbers: NDArray) -> tuple[NDArray, NDArray]:
    """Compute mean and variance of the numbers of each column that are present."""
    n_parts = max(1, numbers.shape[1] // N_COLUMNS)
    parts = [_moments_of(part) for part in np.array_split(numbers, n_parts, axis=1)]
    mean, variance = zip(*parts, strict=True)
    return np.concatenate(mean), np.concatenate(variance)


def _moments_of(numbers: NDArray) -> tuple[NDArray, NDArray]:
    """Compute mean and variance of columns, with some copies of them."""
    present = ~np.isnan(numbers)
    count = np.maximum(present.sum(axis=0), 1)
    mean = np.where(present, numbers, 0.0).sum(axis=0) / count
    squares = np.where(present, numbers - mean, 0.0) ** 2
    return mean, squares.sum(axis=0) / count
