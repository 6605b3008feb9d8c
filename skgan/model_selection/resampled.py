"""Classifiers that are trained on what a sampler makes of their training rows."""

from joblib import hash
from sklearn.base import BaseEstimator, clone
from sklearn.utils import get_tags


def with_sampler(sampler, estimator, memory):
    """Wrap a classifier, within its search too, so that a sampler adds to its rows."""
    params = estimator.get_params(deep=False)
    if "cv" in params and params.get("estimator") is not None:
        inner = with_sampler(sampler, params["estimator"], memory)
        return clone(estimator).set_params(estimator=inner)
    return _Resampled(estimator, sampler, memory)


def _add_rows(sampler, X, y, key):
    """Draw rows with a sampler; ``key`` stands for X and y where this is cached."""
    return clone(sampler).fit_resample(X, y)


class _Resampled(BaseEstimator):
    """A classifier that is fitted on rows that a sampler has added to.

    For a search its parameters are the classifier's.
    """

    def __init__(self, estimator, sampler, memory):
        self.estimator = estimator
        self.sampler = sampler
        self.memory = memory

    def get_params(self, deep=True):
        """Return the classifier's parameters, or its own for a shallow copy."""
        return self.estimator.get_params() if deep else super().get_params(deep=False)

    def set_params(self, **params):
        """Set parameters of the classifier."""
        self.estimator.set_params(**params)
        return self

    def __sklearn_tags__(self):
        return get_tags(self.estimator)

    def fit(self, X, y):
        """Add rows, or take them from the cache, and fit the classifier."""
        # The folder is of one sampler, which need not be one that pickles
        add_rows = self.memory.cache(_add_rows, ignore=["sampler", "X", "y"])
        X, y = add_rows(self.sampler, X, y, hash((X, y)))
        self.fitted_ = clone(self.estimator).fit(X, y)
        return self

    def __getattr__(self, name):
        """Return an attribute of the classifier, the fitted one if there is one."""
        own = vars(self)
        if name.startswith("__") or "estimator" not in own:  # while it is copied
            raise AttributeError(name)
        return getattr(own.get("fitted_", self.estimator), name)
