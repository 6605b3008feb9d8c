"""Attacks that know synthetic rows, and perhaps others from the same source."""

from collections.abc import Callable
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import gaussian_kde, rankdata

from .features import TreesClassifier, as_features, as_measured, as_points
from .mixed import MixedDensity
from .neighbors import nearest, nearest_others
from .rows import Rows
from .two_sample import decisions, equal_parts

N_NEIGHBORS = 5  # whose mean distance says how exposed a row is
N_GRID = 512  # points at which densities of distances are computed
MAX_TUNING = 1_000  # reference rows on which the width of a density is chosen
FLOOR = 1e-6  # of the median distance: what distance 0 counts as in logarithms


class Evidence:
    """What an attacker has, and the distances in it.

    All is read and scaled by the synthetic rows, and candidates are one table: nothing
    here knows which of them are members.

    Parameters
    ----------
    synthetic, candidates : Rows
        Rows that a generator made, and rows that may be among its training rows.
    reference : Rows or None
        Rows from the same source that are neither.
    random_state : RandomState
        Draws rows, and seeds classifiers.
    scale_columns : bool
        As of ``as_points``.
    """

    def __init__(
        self,
        synthetic: Rows,
        candidates: Rows,
        reference: Rows | None,
        random_state: np.random.RandomState,
        scale_columns: bool,
    ) -> None:
        self.synthetic, self.candidates = synthetic, candidates
        self.reference, self.random_state = reference, random_state
        self.scale_columns = scale_columns

    @property
    def tables(self) -> list[Rows]:
        """Synthetic rows, candidates, and reference rows if there are any."""
        tables = self.synthetic, self.candidates, self.reference
        return [table for table in tables if table is not None]

    @cached_property
    def points(self) -> list[NDArray[np.float64]]:
        """The tables as points."""
        return as_points(*self.tables, scale_columns=self.scale_columns)

    @cached_property
    def to_synthetic(self) -> NDArray[np.float64]:
        """Distance of each candidate to the closest synthetic row, ``(n,)``."""
        return closest_distance(self.points[1], self.points[0])

    @cached_property
    def to_reference(self) -> NDArray[np.float64]:
        """Distance of each candidate to the closest reference row, ``(n,)``."""
        return closest_distance(self.points[1], self.points[2])

    @cached_property
    def exposure(self) -> NDArray[np.float64]:
        """How far each candidate is from others like it, ``(n,)``."""
        return exposure(self.points[1])


def closest_distance(points: NDArray, others: NDArray) -> NDArray[np.float64]:
    """Find the distance of each point to the closest of others."""
    return nearest(points, others, 1, "auto")[0][:, 0]


def exposure(points: NDArray) -> NDArray[np.float64]:
    """Compute the mean distance of each point to its five closest others.

    Rows that are far from others are those that attacks find (Meeus et al. 2023).
    """
    k = min(N_NEIGHBORS, len(points) - 1)
    return nearest_others(points, k, "auto")[0].mean(axis=1)


def log_distances(distances: NDArray) -> NDArray[np.float64]:
    """Take logarithms of distances, of which some may be 0."""
    present = distances[distances > 0]
    least = FLOOR * float(np.median(present)) if len(present) else 1.0
    return np.log(distances.clip(least))


def closest(evidence: Evidence) -> NDArray[np.float64]:
    """Claim rows that are close to a synthetic one."""
    return -evidence.to_synthetic


def distance_ratio(evidence: Evidence) -> NDArray[np.float64]:
    """Claim rows that are closer to a synthetic row than to a reference row.

    A row among many others is close to synthetic ones by right; one that is alone is
    not.
    """
    distances = np.stack([evidence.to_synthetic, evidence.to_reference])
    own, other = log_distances(distances)
    return other - own


def nearest_distances(evidence: Evidence) -> NDArray[np.float64]:
    """Claim rows whose distances candidates have more often than reference rows have.

    Kernel densities of the distances to the closest synthetic row, near or far
    (Pathak and Jana 2026): of reference rows, which are no members, and of candidates.
    Distances count by their ranks, where neither copies nor outliers stretch kernels.
    """
    synthetic, _, reference = evidence.points
    own, other = evidence.to_synthetic, closest_distance(reference, synthetic)
    ranks = rankdata(np.concatenate([own, other])) / (len(own) + len(other) + 1)
    grid = np.linspace(0, 1, N_GRID)
    parts = ranks[: len(own)], ranks[len(own) :]
    if any(np.ptp(part) == 0 for part in parts):  # no density, and nothing to tell
        return -own
    density, usual = (gaussian_kde(part)(grid) for part in parts)
    ratio = np.log(density + FLOOR) - np.log(usual + FLOOR)
    return np.interp(parts[0], grid, ratio)


def density_ratio(evidence: Evidence) -> NDArray[np.float64]:
    """Claim rows around which synthetic rows are denser than reference rows.

    Kernel densities of both (van Breugel et al. 2023), of one width.
    """
    (synthetic, candidates, reference), _ = as_measured(
        *evidence.tables, scale_columns=evidence.scale_columns
    )
    order = evidence.random_state.permutation(len(reference.numbers))[:MAX_TUNING]
    cpu = torch.device("cpu")
    density, usual = (MixedDensity(rows, cpu) for rows in (synthetic, reference))
    width, smoothing = density.best(reference.take(order), None)
    own, other = (
        of.log_likelihoods(candidates, np.array([width]), smoothing)[0]
        for of in (density, usual)
    )
    return own - other


def classifier(evidence: Evidence) -> NDArray[np.float64]:
    """Claim rows that a classifier of synthetic and reference rows takes for synthetic.

    Boosted trees in place of a discriminator (Hayes et al. 2019).
    """
    rng = evidence.random_state
    pair = equal_parts(evidence.reference, evidence.synthetic, 2, rng)
    (*sides, X), is_class = as_features(*pair, evidence.candidates)
    seed = rng.randint(np.iinfo(np.int32).max)
    model = TreesClassifier(categorical_features=is_class, random_state=seed)
    model.fit(np.vstack(sides), np.repeat([0, 1], pair[0].n))
    return decisions(model, X)


# By name, and whether it needs reference rows
BLACK_BOX: dict[str, tuple[Callable[[Evidence], NDArray], bool]] = {
    "closest": (closest, False),
    "distance_ratio": (distance_ratio, True),
    "nearest_distances": (nearest_distances, True),
    "density_ratio": (density_ratio, True),
    "classifier": (classifier, True),
}
