"""Boosted trees of bins, kept as arrays."""

from functools import cached_property

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from joblib.parallel import get_active_backend
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import KFold
from threadpoolctl import threadpool_limits

from .._sklearn import N_VALUES, grown_trees
from ..storage import stored
from ..storage.fields import array, number, require

MAX_LEAVES = 32  # of a tree: bits of a word
ALL = 2**MAX_LEAVES - 1
N_FOLDS = 5
LOCAL = "joblib._parallel_backends"  # where joblib has those of one machine
LEARNING_RATE, MAX_ITER, MIN_LEAF, L2 = 0.2, 300, 50, 10.0
MIN_ITER = 10
CHUNK_SIZE = 1_024  # rows whose leaves are looked up at once: what caches hold


@stored(
    "trees/1",
    derived=("_tables",),
    offset=number(),
    tree=array("i4", 1, 0),
    column=array("i4", 1, 0),
    right=array("u1", 2),
    kept=array("u4"),
    values=array("f4", 2),
)
class Trees:
    """The mean of some models of boosted trees, as arrays.

    A split is the set of bins that go left, and the leaves that a row loses which goes
    right: those of the left branch. A row ends in the first leaf that it has not lost,
    so that all trees are walked at once, without a branch (QuickScorer, Lucchese et al.
    2015).

    Parameters
    ----------
    models : sequence of HistGradientBoostingClassifier
        Fitted to bins.

    Attributes
    ----------
    offset : float
        Where sums of leaves start.
    tree, column : ndarray of int32, shape (n_splits,)
        The tree and the column of each split.
    right : ndarray of uint8, shape (n_splits, 32)
        Bits of the bins that go right.
    kept : ndarray of uint32, shape (n_splits,)
        Bits of the leaves that these keep.
    values : ndarray of float32, shape (n_trees, 32)
        Of each leaf.
    """

    def __init__(self, models):
        splits, values, offsets = [], [], []
        for model in models:
            offset, trees = grown_trees(model)
            offsets.append(offset)
            for own, leaves in trees:
                for column, right, first, end in own:
                    kept = ALL & ~sum(1 << leaf for leaf in range(first, end))
                    splits.append((len(values), column, right, kept))
                values.append(np.pad(leaves, (0, MAX_LEAVES - len(leaves))))
        self.offset = float(np.mean(offsets))
        tree, column, right, kept = zip(*splits, strict=True) if splits else [[]] * 4
        self.tree = np.array(tree, dtype=np.int32)
        self.column = np.array(column, dtype=np.int32)
        right = np.array(right, dtype=bool).reshape(-1, N_VALUES)
        self.right = np.packbits(right, axis=1)
        self.kept = np.array(kept, dtype=np.uint32)
        self.values = np.array(values, dtype=np.float32) / len(models)

    def check_stored(self):
        """Check that each split is of a tree, and leaves a leaf to each row."""
        n_splits, n_trees = len(self.tree), len(self.values)
        lengths = {len(self.column), len(self.right), len(self.kept)}
        require(lengths == {n_splits}, "splits are as many")
        require(self.right.shape[1] == N_VALUES // 8, "each bin goes left or right")
        require(self.values.shape[1] == MAX_LEAVES, "leaves have values")
        require((self.tree < n_trees).all(), "splits are of trees")
        left = np.full(n_trees, ALL, dtype=np.uint32)
        np.bitwise_and.at(left, self.tree, self.kept)
        require(left.all(), "rows have a leaf")

    @property
    def n_columns(self):
        """Number of columns that splits ask for, those between included."""
        return int(self.column.max(initial=-1)) + 1

    def busiest(self, n_columns):
        """The columns with the most splits, at most so many, in their order."""
        counts = np.bincount(self.column)
        return sorted(np.argsort(-counts, kind="stable")[:n_columns].tolist())

    def predict(self, bins):
        """The mean decision function of the models, float64 ``(n,)``."""
        scores = np.empty(len(bins))
        for start in range(0, len(bins), CHUNK_SIZE):
            chunk = slice(start, start + CHUNK_SIZE)
            scores[chunk] = self._sums(bins[chunk])
        return scores + self.offset

    def __getstate__(self):
        """Tables can be made again."""
        return {name: value for name, value in vars(self).items() if name != "_tables"}

    @cached_property
    def _tables(self):
        """For each column in use its trees, and the leaves that each bin keeps."""
        tables = {}
        for column in np.unique(self.column):
            own = np.flatnonzero(self.column == column)
            used = np.unique(self.tree[own])
            if 2 * len(used) > len(self.values):  # then all of them are faster
                used = np.arange(len(self.values))
            table = np.full((N_VALUES, len(used)), ALL, dtype=np.uint32)
            goes = np.unpackbits(self.right[own], axis=1).view(bool)  # (n_own, 256)
            lost = np.where(goes, self.kept[own, None], np.uint32(ALL))
            column_at = np.searchsorted(used, self.tree[own])
            np.bitwise_and.at(table.T, column_at, lost)
            is_all = len(used) == len(self.values)
            tables[column] = slice(None) if is_all else used, table
        return tables

    def _sums(self, bins):
        leaves = np.full((len(bins), len(self.values)), ALL, dtype=np.uint32)
        for column, (used, table) in self._tables.items():
            leaves[:, used] &= table[bins[:, column]]
        first = leaves & (~leaves + np.uint32(1))
        # The position of the only bit: the exponent of the number
        leaf = (first.astype(np.float32).view(np.int32) >> 23) - 127
        leaf += MAX_LEAVES * np.arange(len(self.values), dtype=np.int32)
        return self.values.ravel().take(leaf).sum(axis=1, dtype=np.float64)


def fit_trees(real, fake, is_class, *, weights, seed, share=1.0):
    """Trees whose mean is the log density ratio of real rows to fake ones.

    Each model is fitted to the real rows of all folds but one.

    Parameters
    ----------
    real, fake : ndarray of uint8, shapes (n_real, n_columns), (n_fake, n_columns)
        Cells.
    is_class : ndarray of bool, shape (n_columns,)
        Columns whose bins follow no order.
    weights : ndarray of shape (n_fake,)
        Of the fake rows.
    seed : int
        Of the folds.
    share : float, default=1.0
        Of the number of trees.

    Returns
    -------
    trees : Trees
    """
    folds = KFold(N_FOLDS, shuffle=True, random_state=seed).split(real)
    fits = (
        delayed(_fit_one)(real[rows], fake, is_class, weights, seed, share)
        for rows, _ in folds
    )
    return Trees(Parallel(_n_threads(), require="sharedmem")(fits))


def _n_threads():
    """How many threads grow trees; one where others share out the work, as dask does.

    What joblib counts there are the cores of a cluster.
    """
    backend, _ = get_active_backend()
    if type(backend).__module__ != LOCAL:
        return 1
    return min(effective_n_jobs(-1), N_FOLDS)


def _fit_one(real, fake, is_class, weights, seed, share):
    # Each side weighs as much as there are real rows: as leaves see it, too
    weights = weights * (len(real) / weights.sum())
    return fit_classifier(
        real,
        fake,
        is_class,
        np.concatenate([np.ones(len(real)), weights]),
        learning_rate=LEARNING_RATE,
        max_iter=max(MIN_ITER, round(MAX_ITER * share)),
        min_samples_leaf=MIN_LEAF,
        l2_regularization=L2,
        early_stopping=True,
        random_state=seed,
    )


def fit_classifier(ours, theirs, is_class, weights=None, **params):
    """A classifier of bins, fitted on one thread: 1 are rows of ours, 0 of theirs."""
    is_class = is_class if is_class.any() else None
    model = HistGradientBoostingClassifier(categorical_features=is_class, **params)
    sides = np.repeat([1, 0], [len(ours), len(theirs)])
    with threadpool_limits(1, "openmp"):
        return model.fit(np.vstack([ours, theirs]), sides, sample_weight=weights)
