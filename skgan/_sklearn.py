"""The one import point for scikit-learn's private names.

Third-party estimators rely on them for want of a public equivalent; if one moves, this
file is the only one to change.
"""

from dataclasses import dataclass, field, fields

import numpy as np
from sklearn.callback._callback_support import (
    callback_management_context as ending_callbacks,
)
from sklearn.utils import InputTags, Tags
from sklearn.utils import _safe_indexing as safe_indexing
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    Options,
    StrOptions,
)

# All estimators are exposed at the top, whichever module they live in
PAGES = "https://skgan.readthedocs.io/en/stable/generated/skgan.{estimator_name}.html"

__all__ = [
    "N_VALUES",
    "DocumentedMixin",
    "HasMethods",
    "Interval",
    "Options",
    "StrOptions",
    "as_sampler",
    "callbacks_of",
    "ending_callbacks",
    "grown_trees",
    "safe_indexing",
]


class DocumentedMixin:
    """Links an estimator's HTML representation to its page of the documentation."""

    _doc_link_module = "skgan"
    _doc_link_template = PAGES


def callbacks_of(estimator):
    """The callbacks that were set."""
    return getattr(estimator, "_skl_callbacks", [])


@dataclass(slots=True)
class SamplerTags:
    """What imbalanced-learn asks of a sampler: whether it chooses among rows."""

    sample_indices: bool = False


@dataclass(slots=True)
class SamplerInputTags(InputTags):
    """What it asks of a sampler's input: whether that may be a data frame."""

    dataframe: bool = True


@dataclass(slots=True)
class ResamplerTags(Tags):
    """With the tags of imbalanced-learn, which need not be installed."""

    sampler_tags: SamplerTags = field(default_factory=SamplerTags)


def as_sampler(tags):
    """The tags of an estimator, made those of a sampler."""
    own = {f.name: getattr(tags, f.name) for f in fields(tags)}
    inputs = {f.name: getattr(tags.input_tags, f.name) for f in fields(InputTags)}
    own |= {"estimator_type": "sampler", "input_tags": SamplerInputTags(**inputs)}
    return ResamplerTags(**own)


N_VALUES = 256  # of a column that trees are grown on: whole numbers from 0


def grown_trees(model):
    """Histogram-based boosting, fitted to whole numbers below 256, as plain values.

    Returns
    -------
    offset : float
        Where sums of leaves start.
    trees : list of (splits, leaves)
        Splits are tuples (column, right, first, end): the column of X, which numbers go
        right, bool ``(256,)``, and the range of leaves on the left. Leaves are their
        values, from left to right.
    """
    columns, known = np.arange(model.n_features_in_), [None] * model.n_features_in_
    if model.is_categorical_ is not None:  # then these come first
        columns = np.argsort(~model.is_categorical_, kind="stable")
        categories = model._preprocessor.named_transformers_["encoder"].categories_
        known[: len(categories)] = categories
    trees = []
    for (tree,) in model._predictors:
        splits, leaves = [], []
        for node, first, end in _walk(tree.nodes, 0, leaves):
            feature = node["feature_idx"]
            right = _goes_right(node, tree.raw_left_cat_bitsets, known[feature])
            splits.append((columns[feature], right, first, end))
        trees.append((splits, leaves))
    return float(model._baseline_prediction.item()), trees


def _walk(nodes, at, leaves):
    """Yield inner nodes and the leaves on their left; leaves are added as they come."""
    node = nodes[at]
    if node["is_leaf"]:
        leaves.append(node["value"])
        return
    first = len(leaves)
    yield from _walk(nodes, node["left"], leaves)
    yield node, first, len(leaves)
    yield from _walk(nodes, node["right"], leaves)


def _goes_right(node, bitsets, known):
    """Which numbers go right, bool ``(256,)``; ``known`` are categories or None."""
    if known is None:
        return np.arange(N_VALUES) > node["num_threshold"]
    words = bitsets[node["bitset_idx"]].astype("<u4")
    goes_left = np.unpackbits(words.view(np.uint8), bitorder="little").view(bool)
    right = np.full(N_VALUES, not node["missing_go_to_left"])  # where unknown
    right[known.astype(int)] = ~goes_left[: len(known)]
    return right
