"""The conditions of rows together, and their shares in the training data."""

import numpy as np
import torch

from .. import _torch
from .clusters import find_clusters, principal_components

MIN_ROWS = 5  # behind a share
# Rows in which clusters are looked for, and numbers that are looked at at once
N_CLUSTERED_MAX, N_NUMBERS_MAX = 20_000, 40_000_000
MIN_CELL = 20  # rows of a label in each cluster


class Conditions:
    """The conditions of rows as codes, one column of labels and one of clusters.

    Either may be absent. Shares of both together are kept from cells of at least five
    training rows; smaller ones of a label count alike, where they have five together.

    Parameters
    ----------
    labels : Labels or None
        Labels that the user gives.
    clusters : Clusters or None
        Clusters found in the data.

    Attributes
    ----------
    n_labels, n_clusters : int
        Number of labels and of clusters; 1 where they are absent.
    sizes : list of int
        Number of values of each block of codes that there is.
    n_columns : int
        Number of columns of all one-hot blocks.
    """

    def __init__(self, labels, clusters):
        self.labels, self.clusters = labels, clusters
        self.n_labels = len(labels.classes) if labels else 1
        self.n_clusters = len(clusters) if clusters else 1
        sizes = (labels, self.n_labels), (clusters, self.n_clusters)
        self.sizes = [size for part, size in sizes if part]
        self.n_columns = sum(self.sizes)

    def count(self, label_codes, codes):
        """Take the shares of labels from ``label_codes`` of all rows, ``(n,)``.

        Those of clusters within each label are from ``codes`` ``(n, n_blocks)`` of
        training rows.
        """
        of_labels = np.bincount(label_codes, minlength=self.n_labels)
        of_labels = np.maximum(of_labels, MIN_ROWS)  # no count of fewer rows is kept
        self._label_shares = of_labels / of_labels.sum()
        logs = np.log1p(of_labels)
        self._trained_shares = logs / logs.sum()
        label, group = np.zeros((2, len(codes)), dtype=np.int64)
        label = codes[:, 0] if self.labels else label
        group = codes[:, -1] if self.clusters else group
        cells = np.zeros((self.n_labels, self.n_clusters))
        np.add.at(cells, (label, group), 1)
        overall = cells.sum(axis=0)  # a cluster has enough rows
        # A rare label must not go to clusters that it has never been seen with
        is_small = (cells > 0) & (cells < MIN_ROWS)
        pooled = (cells * is_small).sum(axis=1)
        pooled = np.where(pooled < MIN_ROWS, 0, pooled / np.maximum(is_small.sum(1), 1))
        cells = np.where(is_small, pooled[:, None], cells)
        cells[cells.sum(axis=1) == 0] = overall
        self._group_shares = cells / cells.sum(axis=1, keepdims=True)

    def codes(self, compact, open_rows, label_codes):
        """The codes of rows, ``(n, n_blocks)``.

        ``open_rows`` makes open rows of compact ones, which are float32 arrays
        ``(n, n_compact)``; ``label_codes`` ``(n,)`` count where there are labels.
        """
        parts = [label_codes] if self.labels else []
        if self.clusters:
            chunks = torch.from_numpy(compact).split(_torch.n_at_once(compact.shape[1]))
            groups = [self.clusters.predict(open_rows(c).numpy()) for c in chunks]
            parts.append(np.concatenate(groups))
        return self._blocks(parts, len(compact))

    def draw_labels(self, n_rows, rng, as_trained=False):
        """Label codes ``(n_rows,)`` by their shares in the data, or in batches."""
        shares = self._trained_shares if as_trained else self._label_shares
        return rng.choice(self.n_labels, n_rows, p=shares)

    def weights(self, codes):
        """How often each row is to be trained on, ``(n,)``; None if all alike.

        ``codes`` is a tensor ``(n, n_blocks)``. Rare labels would never be learned, so
        labels count by the logarithm of their numbers (Xu et al. 2019).
        """
        of_labels = self._trained_shares / self._label_shares
        if np.allclose(of_labels, 1):
            return None
        return torch.tensor(of_labels, device=codes.device)[codes[:, 0].long()]

    def draw(self, label_codes, rng):
        """Codes for new rows of these labels, clusters by their shares in training."""
        parts = [label_codes] if self.labels else []
        if self.clusters:
            ends = self._group_shares.cumsum(axis=1)[:, :-1]
            place = rng.random(len(label_codes))
            groups = np.zeros(len(label_codes), dtype=np.int64)
            for label in np.unique(label_codes):
                own = label_codes == label
                groups[own] = np.searchsorted(ends[label], place[own], side="right")
            parts.append(groups)
        return self._blocks(parts, len(label_codes))

    def opener(self, open_rows):
        """A function that opens compact rows which end in their codes."""
        n_blocks = len(self.sizes)

        def open_both(rows):
            compact, codes = rows.tensor_split([rows.shape[1] - n_blocks], 1)
            return torch.cat([open_rows(compact), self.one_hot(codes)], 1)

        return open_both if n_blocks else open_rows

    @staticmethod
    def _blocks(parts, n_rows):
        return np.column_stack(parts) if parts else np.zeros((n_rows, 0), np.int64)

    def one_hot(self, codes):
        """Float tensor ``(n, n_columns)`` of codes ``(n, n_blocks)``, a tensor too."""
        blocks = [
            torch.nn.functional.one_hot(column.long(), size)
            for column, size in zip(codes.unbind(1), self.sizes, strict=True)
        ]
        if not blocks:
            shape = (len(codes), 0)
            return torch.zeros(shape, dtype=torch.float32, device=codes.device)
        return torch.cat(blocks, 1).float()


def auto_n_clusters(n_rows, n_labels, per_cluster, most):
    """How many clusters rows have by default.

    One for each ``per_cluster`` rows, at most ``most``, and fewer where there are many
    labels.
    """
    return min(n_rows // max(per_cluster, MIN_CELL * n_labels), most)


def find_conditions(labels, compact, open_rows, n_clusters, seed, n_components=None):
    """The conditions of training rows, whose shares are still to be counted.

    Parameters
    ----------
    labels : Labels or None
        The user's labels.
    compact : ndarray of shape (n_samples, n_compact)
        The training rows as an encoder writes them.
    open_rows : callable
        Makes tensors of compact rows what the discriminator sees.
    n_clusters : int
        0 or 1 is none.
    seed : int
        Of the search for clusters.
    n_components : int or None, default=None
        Clusters are looked for in so many principal components; None is in open rows.
    """
    clusters = None
    if n_clusters > 1:
        n_open = open_rows(torch.tensor(compact[:1])).shape[1]
        n_rows = min(N_CLUSTERED_MAX, N_NUMBERS_MAX // n_open)
        some = np.random.default_rng(seed).permutation(len(compact))[:N_CLUSTERED_MAX]
        parts = np.split(some, range(n_rows, len(some), n_rows))
        opened = (open_rows(torch.tensor(compact[part])).numpy() for part in parts)
        rows, components = next(opened), None
        if n_components:
            components = principal_components(rows, n_components, seed)
        if components is not None:
            rows = np.concatenate([part @ components for part in (rows, *opened)])
        found = find_clusters(rows, n_clusters, seed, components)
        clusters = found if len(found) > 1 else None
    return Conditions(labels, clusters)
