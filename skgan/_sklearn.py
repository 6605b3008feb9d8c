"""The one import point for scikit-learn's private names.

Third-party estimators rely on them for want of a public equivalent; if one moves, this
file is the only one to change.
"""

import numpy as np
from sklearn.calibration import _SigmoidCalibration as SigmoidCalibration
from sklearn.utils._param_validation import Interval, Options, StrOptions

__all__ = ["Interval", "Options", "SigmoidCalibration", "StrOptions", "grown_trees"]


def grown_trees(model):
    """Offset, columns, known categories, and trees of histogram-based boosting.

    ``columns[j]`` is the column of the features that nodes call j, ``known[j]`` its
    categories, None for numbers. Of each tree there are nodes, a structured array, and
    bitsets, uint32 ``(n_splits, 8)``: which of the known categories go left.
    """
    columns, known = np.arange(model.n_features_in_), [None] * model.n_features_in_
    if model.is_categorical_ is not None:  # then these come first
        columns = np.argsort(~model.is_categorical_, kind="stable")
        categories = model._preprocessor.named_transformers_["encoder"].categories_
        known[: len(categories)] = categories
    trees = [(tree.nodes, tree.raw_left_cat_bitsets) for (tree,) in model._predictors]
    return float(model._baseline_prediction.item()), columns, known, trees
