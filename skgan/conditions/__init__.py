"""What a row is conditioned on: labels that users give, clusters found in the data.

Both are one-hot inputs of both networks (Mirza and Osindero 2014; for clusters Liu et
al. 2020). A fake row takes the conditions of the real row that it is paired with, and
samples draw them by their shares in training: so these are right from the start.
"""

from .clusters import Clusters, find_clusters, principal_components
from .labels import Labels, read_labels
from .mixture import Conditions, auto_n_clusters, find_conditions

__all__ = [
    "Clusters",
    "Conditions",
    "Labels",
    "auto_n_clusters",
    "find_clusters",
    "find_conditions",
    "principal_components",
    "read_labels",
]
