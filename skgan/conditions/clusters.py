"""Clusters of rows, found by k-means."""

import numpy as np
from sklearn.cluster import MiniBatchKMeans

MIN_ROWS = 5  # whose mean a centre is
MIN_CLUSTER = 50  # rows, where there are enough; a smaller one would be memorised


class Clusters:
    """Clusters of open rows: those of the nearest centre.

    Parameters
    ----------
    centres : ndarray of shape (n_centres, n_open)
        Means of at least five rows each.
    groups : ndarray of shape (n_centres,)
        The cluster of each centre, from 0.
    """

    def __init__(self, centres, groups):
        self.centres, self.groups = centres, groups

    def __len__(self):
        return int(self.groups.max()) + 1

    def predict(self, rows):
        """The cluster of each open row, ``(n,)``."""
        return self.groups[_nearest(rows, self.centres)]


def find_clusters(rows, n_clusters, seed):
    """Clusters of rows by k-means; those of few rows are joined to the nearest ones.

    Parameters
    ----------
    rows : ndarray of shape (n_samples, n_open)
        Rows as the discriminator sees them.
    n_clusters : int
        At most so many, and at most one for each five rows.
    seed : int
        Of the centres that k-means starts from.

    Returns
    -------
    clusters : Clusters
    """
    k = max(1, min(n_clusters, len(rows) // MIN_ROWS))
    means = MiniBatchKMeans(k, n_init=3, batch_size=1024, random_state=seed)
    centres = _means(rows, means.fit(rows).cluster_centers_)
    counts = np.bincount(_nearest(rows, centres), minlength=len(centres))
    least = max(MIN_ROWS, min(MIN_CLUSTER, len(rows) // (2 * k)))
    return Clusters(centres, _joined(centres, counts, least))


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
