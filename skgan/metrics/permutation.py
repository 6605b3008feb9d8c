"""Permutation tests of whether generated rows miss regions, and whether they copy.

Which rows are generated, or which are held out, is drawn anew many times, among rows
that would be alike if the generator were right (Fisher 1935). So rows that share
neighbors, of which no binomial test knows, give no false alarms.
"""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from .neighbors import TIE, nearest_others
from .pairwise import distances_by_differences, midst, squared_norms

N_PERMUTATIONS = 1_999
N_NEIGHBORS = 5
MAX_PAIRS = 1 << 22  # of which distances are kept at once


class CoverageTest(NamedTuple):
    """Shares of real rows with a row of either set near them, and a p-value."""

    synthetic: float
    other: float
    p_value: float


class CopyTest(NamedTuple):
    """Share of synthetic rows that copying explains, and a p-value; None for none.

    ``percent`` is 0 for fresh rows and 100 where no synthetic row has a held-out row as
    its nearest real one.
    """

    percent: float
    p_value: float | None


def coverage_test(
    real: NDArray, synthetic: NDArray, other: NDArray, rng: np.random.Generator
) -> CoverageTest:
    """Test whether synthetic rows cover fewer real rows than as many other real rows.

    Parameters
    ----------
    real : ndarray of shape (n_real, d)
        Points to cover, each by a ball to its fifth nearest other one.
    synthetic, other : ndarray of shape (n, d)
        Generated points, and real ones.
    rng : numpy.random.Generator
        Divides both anew.

    Returns
    -------
    CoverageTest
        The p-value is the share of all divisions of both in halves in which the first
        covers less than the second by as much or more.
    """
    k = min(N_NEIGHBORS, len(real) - 1)
    radii = nearest_others(real, k, "cpu")[0][:, -1]
    both = np.concatenate([synthetic, other])
    distances = distances_by_differences(*map(torch.from_numpy, (real, both)))
    reach = torch.from_numpy(radii * (1 + TIE))[:, None]
    inside = (distances <= reach).float()  # (n_real, 2 n)
    halves = np.zeros((len(both), 1 + N_PERMUTATIONS), dtype=np.float32)
    halves[: len(synthetic)] = 1  # the first division is what was found
    halves[:, 1:] = rng.permuted(halves[:, 1:], axis=0)
    n_near = inside @ torch.from_numpy(halves)  # (n_real, 1 + n_permutations)
    covered = [n > 0 for n in (n_near, inside.sum(dim=1, keepdim=True) - n_near)]
    n_own, n_others = (part.sum(dim=0).numpy() for part in covered)
    gaps = n_others - n_own
    shares = (float(part[0] / len(real)) for part in (n_own, n_others))
    return CoverageTest(*shares, float(np.mean(gaps >= gaps[0])))


def copy_test(
    train: NDArray,
    held_out: NDArray,
    synthetic: NDArray,
    labels: tuple[NDArray, NDArray],
    rng: np.random.Generator,
) -> CopyTest:
    """Test whether synthetic rows keep to training rows, and away from held-out ones.

    Parameters
    ----------
    train, held_out, synthetic : ndarray of shape (n_train, d), ... , (n_synthetic, d)
        Points.
    labels : pair of ndarray of shape (n_train,) and (n_held_out,)
        Of each label so many rows are held out as were.
    rng : numpy.random.Generator
        Draws which rows are held out anew.

    Returns
    -------
    CopyTest
        The p-value is the share of all ways to hold rows out in which held-out rows are
        as rarely the nearest real ones of synthetic rows, or more rarely. None if no
        such share below .001 can be found.

    Notes
    -----
    All training rows are compared with, so that copies of all are found where few rows
    are held out (:func:`copy_share` draws as many as are held out).
    """
    n_train, codes = len(train), np.concatenate(labels)
    # Of several at one distance any may be first
    order = rng.permutation(n_train + len(held_out))
    real = np.concatenate([train, held_out], dtype=np.float64)[order]
    origin = midst(real)
    real -= origin  # in place, as rows may be many
    index = order[_nearest(synthetic - origin, real)]
    counts = np.bincount(index, minlength=len(real))
    n_found = counts[n_train:].sum()
    drawn = np.zeros(N_PERMUTATIONS, dtype=np.int64)
    least, expected = 0, 0.0
    for code in np.unique(labels[1]):
        own = np.flatnonzero(codes == code)
        n_held_out = np.count_nonzero(own >= n_train)
        values, sizes = np.unique(counts[own], return_counts=True)
        parts = rng.multivariate_hypergeometric(sizes, n_held_out, N_PERMUTATIONS)
        drawn += parts @ values
        least += np.sort(counts[own])[:n_held_out].sum()
        expected += counts[own].mean() * n_held_out
    percent = 100 * max(1 - float(n_found / expected), 0.0) if expected else 0.0
    if not np.mean(drawn <= least) < 1e-3:
        return CopyTest(percent, None)
    p_value = (1 + np.count_nonzero(drawn <= n_found)) / (1 + N_PERMUTATIONS)
    return CopyTest(percent, float(p_value))


def _nearest(points, others):
    """Find the first of the nearest ``others`` to each point, ties by rounding among.

    Both are near the origin. ``neighbors.nearest`` takes seconds where rows repeat.
    """
    norms = squared_norms(others)
    found = []
    for some in np.array_split(points, 1 + len(points) * len(others) // MAX_PAIRS):
        own = squared_norms(some)[:, None]
        squares = own - 2 * some @ others.T + norms
        least = squares.min(axis=1, keepdims=True)
        found.append((squares <= least + TIE * (own + least)).argmax(axis=1))
    return np.concatenate(found)
