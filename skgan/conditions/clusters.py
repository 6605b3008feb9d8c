"""Clusters of rows, found by k-means."""

from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from sklearn.cluster import MiniBatchKMeans
from sklearn.utils.extmath import randomized_svd

from .. import _torch
from ..privacy import MIN_ROWS
from ..storage import stored
from ..storage.fields import array, instance, optional, require

MIN_CLUSTER = 50  # rows, or half the mean where that is less
# Rows in which clusters are looked for, and numbers that are looked at at once
MAX_CLUSTERED_ROWS, MAX_NUMBERS = 20_000, 40_000_000
MIN_LABEL_ROWS = 20  # rows of a label in each cluster


@stored(
    "clusters/1",
    centers=array("f", 2),
    groups=array("i8", 1, 0),
    components=optional(array("f", 2)),
)
class Clusters:
    """Clusters of expanded rows: those of the nearest center.

    Parameters
    ----------
    centers : ndarray of shape (n_centers, n_expanded) or (n_centers, n_components)
        Means of enough rows each.
    groups : ndarray of shape (n_centers,)
        The cluster of each center, from 0.
    components : ndarray of shape (n_expanded, n_components) or None
        Distances are taken in these components of rows; None is in the rows.
    """

    def __init__(self, centers, groups, components=None):
        self.centers, self.groups, self.components = centers, groups, components

    def check_stored(self):
        """Check that each center has a cluster, and each cluster a center."""
        n_centers, size = self.centers.shape
        require(len(self.groups) == n_centers > 0, "centers have clusters")
        known = np.unique(self.groups)
        require(np.array_equal(known, np.arange(len(known))), "clusters have centers")
        components = self.components
        is_same = components is None or components.shape[1] == size
        require(is_same, "components are as many as columns of centers")

    @property
    def n_expanded(self):
        """Number of columns of an expanded row."""
        return len(self.centers.T if self.components is None else self.components)

    def __len__(self):
        return int(self.groups.max()) + 1

    def predict(self, rows):
        """The cluster of each expanded row, ``(n,)``."""
        if self.components is not None:
            rows = rows @ self.components
        return self.groups[_nearest(rows, self.centers)]


def principal_components(rows, n_components, seed, min_rows=MIN_ROWS):
    """Principal components ``(n_expanded, n_components)`` of expanded rows, or fewer.

    Without those in which fewer than ``min_rows`` rows hold half of the variance, which
    would show what these rows are; None if none is left.
    """
    n = max(1, min(n_components, len(rows) // min_rows.n, rows.shape[1]))
    centered = rows - rows.mean(axis=0)
    _, _, components = randomized_svd(
        centered, n, power_iteration_normalizer="QR", random_state=seed
    )
    components = components.T.astype(rows.dtype)
    shares = (centered @ components) ** 2
    largest = np.sort(shares, axis=0)[1 - min_rows.n :]
    is_common = 2 * largest.sum(axis=0) < shares.sum(axis=0)
    return components[:, is_common] if is_common.any() else None


def find_clusters(rows, n_clusters, seed, components=None, min_rows=MIN_ROWS):
    """Clusters of rows by k-means; those of few rows are joined to the nearest ones.

    Parameters
    ----------
    rows : ndarray of shape (n_samples, n_expanded) or (n_samples, n_components)
        Rows as the discriminator sees them, or their components.
    n_clusters : int
        At most so many, and at most one for each ``min_rows`` rows.
    seed : int
        Of the centers that k-means starts from.
    components : ndarray of shape (n_expanded, n_components) or None
        Those that ``rows`` are in.
    min_rows : MinRows, default=MIN_ROWS
        How many rows must share what is kept.

    Returns
    -------
    clusters : Clusters
    """
    k = max(1, min(n_clusters, len(rows) // min_rows.n))
    # In few columns all rows make up a batch: no more effort, and more even sizes
    options = {"n_init": 3, "batch_size": 1024}
    if components is not None:
        options = {"n_init": 1, "batch_size": len(rows), "max_iter": 20}
        options |= {"max_no_improvement": None, "reassignment_ratio": 0}
    means = MiniBatchKMeans(k, random_state=seed, **options)
    centers = _means(rows, means.fit(rows).cluster_centers_, min_rows)
    counts = np.bincount(_nearest(rows, centers), minlength=len(centers))
    least = max(min_rows.n, min(MIN_CLUSTER, len(rows) // (2 * k)))
    return Clusters(centers, _joined(centers, counts, least), components)


def _means(rows, centers, min_rows):
    """Means of the rows nearest to each center: k-means may leave single rows."""
    while True:
        members = _nearest(rows, centers)
        counts = np.bincount(members, minlength=len(centers))
        kept = counts >= min(min_rows.n, counts.max())
        if kept.all():
            break
        centers = centers[kept]
    sums = np.zeros(centers.shape)
    np.add.at(sums, members, rows)
    return (sums / counts[:, None]).astype(rows.dtype)


def _joined(centers, counts, least):
    """The cluster of each center; the smallest are joined first, if below ``least``."""
    groups = np.arange(len(centers))
    while True:
        sizes = np.bincount(groups, counts)
        labels = np.unique(groups)
        small = labels[sizes[labels].argmin()]
        if sizes[small] >= least or len(labels) == 1:
            return np.unique(groups, return_inverse=True)[1]
        others = np.flatnonzero(groups != small)
        middle = centers[groups == small].mean(axis=0)
        distance = ((centers[others] - middle) ** 2).sum(axis=1)
        groups[groups == small] = groups[others[distance.argmin()]]


def _nearest(rows, centers):
    """The number of the nearest center of each row."""
    distance = (centers**2).sum(axis=1) / 2 - rows @ centers.T
    return distance.argmin(axis=1)


@stored(
    "cluster_condition/1",
    clusters=instance(Clusters),
    shares=array("f8", 2, 0, 1),
)
@dataclass(frozen=True, eq=False)
class ClusterCondition:
    """Clusters found in the data, as a condition.

    Parameters
    ----------
    clusters : Clusters
        Those of rows.
    shares : ndarray of shape (n_labels, n_clusters)
        Shares of the clusters within each label, from cells of enough training rows;
        smaller ones of a label count alike, where they have enough together.
    """

    clusters: Clusters
    shares: np.ndarray

    def check_stored(self):
        """Check that each label has shares of all clusters."""
        shape = self.shares.shape
        require(shape[0] > 0 and shape[1] == self.size, "clusters have shares")
        require(np.allclose(self.shares.sum(axis=1), 1), "shares add up to 1")

    @property
    def size(self):
        """Number of clusters."""
        return len(self.clusters)

    def codes(self, rows):
        """The cluster of each of ``ConditionedRows``, ``(n,)``."""
        return cluster_codes(self.clusters, rows)

    def draw(self, label_codes, rng):
        """Clusters for new rows of these labels, by their shares in training."""
        ends = self.shares.cumsum(axis=1)[:, :-1]
        point = rng.random(len(label_codes))
        drawn = np.zeros(len(label_codes), dtype=np.int64)
        for label in np.unique(label_codes):
            own = label_codes == label
            drawn[own] = np.searchsorted(ends[label], point[own], side="right")
        return drawn


def cluster_codes(clusters, rows):
    """The cluster of each of ``ConditionedRows``, ``(n,)``."""
    size = _torch.chunk_size(rows.encoded.shape[1])
    starts = range(0, len(rows.encoded), size)
    chunks = (torch.from_numpy(rows.encoded[k : k + size]) for k in starts)
    codes = [clusters.predict(rows.expand(chunk).numpy()) for chunk in chunks]
    return np.concatenate(codes)


def find_clusters_of(rows, n_clusters, seed, n_components, min_rows=MIN_ROWS):
    """Clusters of ``ConditionedRows``; None if all rows are in one."""
    encoded, expand = rows.encoded, rows.expand
    n_expanded = expand(torch.tensor(encoded[:1])).shape[1]
    n_rows = min(MAX_CLUSTERED_ROWS, MAX_NUMBERS // n_expanded)
    some = np.random.default_rng(seed).permutation(len(encoded))[:MAX_CLUSTERED_ROWS]
    parts = np.split(some, range(n_rows, len(some), n_rows))
    expanded = (expand(torch.tensor(encoded[part])).numpy() for part in parts)
    points, components = next(expanded), None
    if n_components:
        components = principal_components(points, n_components, seed, min_rows)
    if components is not None:
        # One part after the other: of images all of them are much
        parts = chain([points], expanded)
        points = np.concatenate([part @ components for part in parts])
    clusters = find_clusters(points, n_clusters, seed, components, min_rows)
    return clusters if len(clusters) > 1 else None


def shares_of_clusters(label_codes, codes, shape, min_rows=MIN_ROWS):
    """Shares ``(n_labels, n_clusters)`` of clusters within labels.

    ``label_codes`` and ``codes`` of clusters are those of the training rows, ``(n,)``.
    """
    counts = np.zeros(shape)
    np.add.at(counts, (label_codes, codes), 1)
    overall = counts.sum(axis=0)  # a cluster has enough rows
    # A rare label must not go to clusters that it never occurs in
    is_small = (counts > 0) & ~min_rows.allows(counts)
    pooled = (counts * is_small).sum(axis=1)
    mean = pooled / np.maximum(is_small.sum(1), 1)
    pooled = np.where(min_rows.allows(pooled), mean, 0)
    counts = np.where(is_small, pooled[:, None], counts)
    counts[counts.sum(axis=1) == 0] = overall
    return counts / counts.sum(axis=1, keepdims=True)


def auto_n_clusters(n_rows, n_labels, rows_per_cluster, most):
    """How many clusters rows have by default.

    One for each ``rows_per_cluster`` rows, at most ``most``, and fewer where there are
    many labels.
    """
    return min(n_rows // max(rows_per_cluster, MIN_LABEL_ROWS * n_labels), most)
