"""Clusters of rows, found by k-means."""

import numpy as np
from sklearn.cluster import MiniBatchKMeans
from sklearn.utils.extmath import randomized_svd

MIN_ROWS = 5  # whose mean a centre is
MIN_CLUSTER = 50  # rows, or half the mean where that is less


class Clusters:
    """Clusters of open rows: those of the nearest centre.

    Parameters
    ----------
    centres : ndarray of shape (n_centres, n_open) or (n_centres, n_components)
        Means of at least five rows each.
    groups : ndarray of shape (n_centres,)
        The cluster of each centre, from 0.
    components : ndarray of shape (n_open, n_components) or None
        What is near is told in these components of rows; None is in the rows.
    """

    def __init__(self, centres, groups, components=None):
        self.centres, self.groups, self.components = centres, groups, components

    def __len__(self):
        return int(self.groups.max()) + 1

    def predict(self, rows):
        """The cluster of each open row, ``(n,)``."""
        if self.components is not None:
            rows = rows @ self.components
        return self.groups[_nearest(rows, self.centres)]


def principal_components(rows, n_components, seed):
    """Principal components ``(n_open, n_components)`` of open rows, or fewer.

    Without those in which four rows hold half of the variance, which would give away
    what these rows are; None if none is left.
    """
    n = max(1, min(n_components, len(rows) // MIN_ROWS, rows.shape[1]))
    centred = rows - rows.mean(axis=0)
    _, _, components = randomized_svd(
        centred, n, power_iteration_normalizer="QR", random_state=seed
    )
    components = components.T.astype(rows.dtype)
    shares = (centred @ components) ** 2
    largest = np.sort(shares, axis=0)[1 - MIN_ROWS :]
    is_common = 2 * largest.sum(axis=0) < shares.sum(axis=0)
    return components[:, is_common] if is_common.any() else None


def find_clusters(rows, n_clusters, seed, components=None):
    """Clusters of rows by k-means; those of few rows are joined to the nearest ones.

    Parameters
    ----------
    rows : ndarray of shape (n_samples, n_open) or (n_samples, n_components)
        Rows as the discriminator sees them, or their components.
    n_clusters : int
        At most so many, and at most one for each five rows.
    seed : int
        Of the centres that k-means starts from.
    components : ndarray of shape (n_open, n_components) or None
        Those that ``rows`` are in.

    Returns
    -------
    clusters : Clusters
    """
    k = max(1, min(n_clusters, len(rows) // MIN_ROWS))
    # In few columns all rows make up a batch: no more effort, and more even sizes
    options = {"n_init": 3, "batch_size": 1024}
    if components is not None:
        options = {"n_init": 1, "batch_size": len(rows), "max_iter": 20}
        options |= {"max_no_improvement": None, "reassignment_ratio": 0}
    means = MiniBatchKMeans(k, random_state=seed, **options)
    centres = _means(rows, means.fit(rows).cluster_centers_)
    counts = np.bincount(_nearest(rows, centres), minlength=len(centres))
    least = max(MIN_ROWS, min(MIN_CLUSTER, len(rows) // (2 * k)))
    return Clusters(centres, _joined(centres, counts, least), components)


def _means(rows, centres):
    """Means of the rows nearest to each centre: k-means may leave single rows."""
    while True:
        members = _nearest(rows, centres)
        counts = np.bincount(members, minlength=len(centres))
        kept = counts >= min(MIN_ROWS, counts.max())
        if kept.all():
            break
        centres = centres[kept]
    sums = np.zeros(centres.shape)
    np.add.at(sums, members, rows)
    return (sums / counts[:, None]).astype(rows.dtype)


def _joined(centres, counts, least):
    """The cluster of each centre; the smallest are joined first, if below ``least``."""
    groups = np.arange(len(centres))
    while True:
        sizes = np.bincount(groups, counts)
        labels = np.unique(groups)
        small = labels[sizes[labels].argmin()]
        if sizes[small] >= least or len(labels) == 1:
            return np.unique(groups, return_inverse=True)[1]
        others = np.flatnonzero(groups != small)
        middle = centres[groups == small].mean(axis=0)
        distance = ((centres[others] - middle) ** 2).sum(axis=1)
        groups[groups == small] = groups[others[distance.argmin()]]


def _nearest(rows, centres):
    distance = (centres**2).sum(axis=1) / 2 - rows @ centres.T
    return distance.argmin(axis=1)
