"""The conditions of training rows: labels that came with them, clusters found."""

import numpy as np

from ..privacy import MIN_ROWS
from .base import Conditions
from .clusters import (
    ClusterCondition,
    cluster_codes,
    find_clusters_of,
    shares_of_clusters,
)
from .labels import label_condition


def find_conditions(
    rows,
    n_clusters,
    seed,
    *,
    labels=None,
    label_codes=None,
    label_counts=None,
    n_components=None,
    min_rows=MIN_ROWS,
):
    """The conditions of training rows, and their codes.

    Parameters
    ----------
    rows : ConditionedRows
        The training rows.
    n_clusters : int
        0 or 1 is none.
    seed : int
        Of the search for clusters.
    labels : Labels or None, default=None
        The user's labels.
    label_codes : ndarray of shape (n_all_rows,), default=None
        The labels of all rows, those included that are held out.
    label_counts : ndarray of shape (n_labels,) or None, default=None
        How many rows have each label, where there are more rows than these.
    n_components : int or None, default=None
        Clusters are looked for in so many principal components; None is in expanded
        rows.
    min_rows : MinRows, default=MIN_ROWS
        How many rows must share what is kept.

    Returns
    -------
    conditions : Conditions
    codes : ndarray of shape (n, n_parts)
        Of the training rows.
    """
    parts, codes, n_labels = [], [], 1
    if labels:
        n_labels = len(labels.classes)
        parts.append(label_condition(labels, label_codes, min_rows, label_counts))
        codes.append(rows.label_codes)
    clusters = None
    if n_clusters > 1:
        clusters = find_clusters_of(rows, n_clusters, seed, n_components, min_rows)
    if clusters:
        codes.append(cluster_codes(clusters, rows))
        shares = shares_of_clusters(
            rows.label_codes, codes[-1], (n_labels, len(clusters)), min_rows
        )
        parts.append(ClusterCondition(clusters, shares))
    no_codes = np.zeros((len(rows.encoded), 0), np.int64)
    return Conditions(tuple(parts)), np.column_stack(codes) if codes else no_codes
