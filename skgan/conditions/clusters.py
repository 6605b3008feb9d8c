"""Clusters of rows: found by k-means, and joined where they do not lie apart."""

import numpy as np
from scipy.sparse.csgraph import connected_components
from sklearn.cluster import MiniBatchKMeans

MIN_ROWS = 5  # whose mean a centre is
MAX_CLUSTERS = 50  # that "auto" looks at
MIN_CLUSTER = 50  # rows, where there are enough; a smaller one would be memorised
# Clusters lie apart if their centres are so many times the sum of their standard
# deviations apart, all along the line between them. The parts that k-means makes of one
# normal distribution have 1.5 to 2.
APART = 3.0


class Clusters:
    """Groups of rows by their nearest centre.

    Parameters
    ----------
    centres : ndarray of shape (n_centres, n_open)
        Means of at least five rows each.
    groups : ndarray of shape (n_centres,)
        The group of each centre, from 0.
    """

    def __init__(self, centres, groups):
        self.centres, self.groups = centres, groups
        self.n_groups = int(groups.max()) + 1

    def predict(self, rows):
        """The group of each open row."""
        return self.groups[_nearest(rows, self.centres)]


def find_clusters(rows, n_clusters, seed):
    """Clusters of rows by k-means; those of few rows are merged into the nearest one.

    Parameters
    ----------
    rows : ndarray of shape (n_samples, n_open)
        Rows as the discriminator sees them.
    n_clusters : "auto" or int
        "auto" joins clusters until those that are left lie apart: what may be only one.
    seed : int
        Of the centres that k-means starts from.

    Returns
    -------
    clusters : Clusters
    """
    auto = n_clusters == "auto"
    k = min(len(rows) // MIN_CLUSTER, MAX_CLUSTERS) if auto else n_clusters
    k = max(1, min(k, len(rows)))
    # Where rows lie apart must be seen on others than those that centres were fitted to
    fitted, others = (rows[::2], rows[1::2]) if auto else (rows, rows)
    least = min(MIN_CLUSTER, len(rows) // (2 * k)) * len(fitted) // len(rows)
    means = MiniBatchKMeans(k, n_init=1, batch_size=1024, random_state=seed)
    centres = means.fit(fitted).cluster_centers_
    centres = _settled(centres, fitted, max(MIN_ROWS, least))
    groups = _groups_apart(centres, others) if auto else np.arange(len(centres))
    return Clusters(centres, groups)


def _settled(centres, rows, least):
    """Centres nearest to at least ``least`` rows, the smallest left out first.

    One is left in any case.
    """
    while True:
        members = _nearest(rows, centres)
        counts = np.bincount(members, minlength=len(centres))
        if len(centres) == 1 or counts.min() >= least:
            return centres
        centres = np.delete(centres, counts.argmin(), axis=0)


def _groups_apart(centres, rows):
    """The group of each centre: those that do not lie apart are in one."""
    members = _nearest(rows, centres)
    places = rows @ centres.T  # (n, k): along the line of a pair by their difference
    k = len(centres)
    mean, spread = np.zeros((k, k, k)), np.full((k, k, k), np.inf)
    for own in range(k):
        mine = places[members == own]
        if len(mine) < 2:
            continue
        covariance = np.atleast_2d(np.cov(mine.T))
        variance = np.diag(covariance)
        gap = variance[:, None] + variance - 2 * covariance
        spread[own] = np.sqrt(gap.clip(0))
        mean[own] = mine.mean(axis=0)[:, None] - mine.mean(axis=0)
    a, b = np.ogrid[:k, :k]
    distance = mean[a, a, b] - mean[b, a, b]
    joined = distance < APART * (spread[a, a, b] + spread[b, a, b])
    return connected_components(joined, directed=False)[1]


def _nearest(rows, centres):
    distance = (centres**2).sum(axis=1) / 2 - rows @ centres.T
    return distance.argmin(axis=1)
