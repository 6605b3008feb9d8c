"""Clusters of rows, found by k-means."""

import numpy as np
from sklearn.cluster import MiniBatchKMeans

MIN_ROWS = 5  # whose mean a centre is
MAX_CLUSTERS, ROWS_PER_CLUSTER = 50, 100  # of "auto"
MIN_CLUSTER = 50  # rows, where there are enough; a smaller one would be memorised


class Clusters:
    """Clusters of open rows by their nearest centre.

    Parameters
    ----------
    centres : ndarray of shape (n_clusters, n_open)
        Means of at least five rows each.
    """

    def __init__(self, centres):
        self.centres = centres

    def __len__(self):
        return len(self.centres)

    def predict(self, rows):
        """The cluster of each open row, ``(n,)``."""
        distance = (self.centres**2).sum(axis=1) / 2 - rows @ self.centres.T
        return distance.argmin(axis=1)


def find_clusters(rows, n_clusters, seed):
    """Clusters of rows by k-means; those of few rows are merged into the nearest ones.

    Parameters
    ----------
    rows : ndarray of shape (n_samples, n_open)
        Rows as the discriminator sees them.
    n_clusters : "auto" or int
        "auto" is one for each hundred rows, at most 50.
    seed : int
        Of the centres that k-means starts from.

    Returns
    -------
    clusters : Clusters
    """
    if n_clusters == "auto":
        n_clusters = min(len(rows) // ROWS_PER_CLUSTER, MAX_CLUSTERS)
    k = max(1, min(n_clusters, len(rows)))
    least = max(MIN_ROWS, min(MIN_CLUSTER, len(rows) // (2 * k)))
    means = MiniBatchKMeans(k, n_init=3, batch_size=1024, random_state=seed)
    clusters = Clusters(means.fit(rows).cluster_centers_)
    while len(clusters) > 1:
        counts = np.bincount(clusters.predict(rows), minlength=len(clusters))
        if counts.min() >= least:
            break
        clusters = Clusters(np.delete(clusters.centres, counts.argmin(), axis=0))
    return clusters
