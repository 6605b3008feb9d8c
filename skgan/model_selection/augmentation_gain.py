"""Whether rows that a sampler adds help a classifier, and by how much."""

from collections.abc import Mapping
from tempfile import TemporaryDirectory

import numpy as np
from joblib import Memory
from sklearn.metrics import average_precision_score, get_scorer, make_scorer
from sklearn.model_selection import RepeatedStratifiedKFold, check_cv, cross_val_score

from .gains import AugmentationGain
from .resampled import with_sampler

N_SPLITS, N_REPEATS = 5, 2


def augmentation_gain(
    estimator,
    X,
    y,
    sampler,
    *,
    scoring=None,
    cv=None,
    confidence=0.95,
    random_state=None,
    n_jobs=None,
):
    """Measure whether rows that a sampler adds help a classifier, and by how much.

    The classifier is fitted on the training rows of each fold, with and without what
    the sampler adds to them, and scored on the rows of the fold, which no sampler was
    given. If it is a search, as ``GridSearchCV(classifier, ...)``, or another estimator
    with ``estimator`` and ``cv``, the sampler acts within those inner folds, too:
    generated rows are not validated on there either. Other estimators that validate
    within ``fit``, as by early stopping or stacking, do so on generated rows; the gain
    is still that on their test rows.

    The interval of the gain is that of the corrected resampled t-test [1]_, as folds
    share rows, and wider for several samplers, so that all hold together (Bonferroni).
    Where the rows change the score of no fold it has no width, and tells nothing.

    Parameters
    ----------
    estimator : classifier
        What is to be trained, alone or in a search. Make the search the outermost:
        within a pipeline it tunes on generated rows.
    X : array-like or data frame of shape (n_samples, n_features)
        Rows.
    y : array-like of shape (n_samples,)
        Their labels.
    sampler : object with ``fit_resample``, or list or dict of them
        As :class:`GANOverSampler` and those of imbalanced-learn. A dict has names.
    scoring : str, callable or None, default=None
        A score of scikit-learn. None is "average_precision", the area under the
        precision-recall curve: of the rarer of two classes, or the mean over more. Of
        scores that depend on a threshold, as "balanced_accuracy", a part of the gain
        may be had by moving it.
    cv : int, splitter, iterable or None, default=None
        As of scikit-learn's ``cross_validate``. None is 5 stratified folds, twice. For
        rows in groups give ``list(GroupKFold().split(X, y, groups))``; the inner folds
        of a search ignore groups.
    confidence : float, default=0.95
        With this probability all intervals hold, in (0, 1).
    random_state : int, RandomState instance or None, default=None
        Seed of the default folds. Estimator and samplers have their own.
    n_jobs : int or None, default=None
        Number of folds at a time.

    Returns
    -------
    AugmentationGain
        The gains, which print as sentences.

    Raises
    ------
    ValueError
        If a parameter breaks a rule, if a fold has no test rows of a class, or if a
        score is not finite.

    See Also
    --------
    GANOverSampler : Adds generated rows.
    skgan.plotting.AugmentationGainDisplay : Draws the gains.

    References
    ----------
    .. [1] Nadeau and Bengio, "Inference for the generalization error", Machine
       Learning 52, 2003.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skgan import GANGenerator, GANOverSampler, augmentation_gain
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> gan = GANGenerator(max_iter=20, refinement=None)  # a short trial
    >>> sampler = GANOverSampler(gan, random_state=0)
    >>> model = LogisticRegression(solver="newton-cholesky")
    >>> found = augmentation_gain(model, X, y, sampler, cv=3)
    >>> found.gains[0].verdict
    'no clear difference'
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be in (0, 1), got {confidence!r}.")
    samplers = _by_name(sampler)
    counts = dict(zip(*np.unique(y, return_counts=True), strict=True))
    if len(counts) < 2:
        raise ValueError("y must have at least two classes, got one.")
    title, scorer = _scorer(scoring, counts)
    if cv is None:
        cv = RepeatedStratifiedKFold(
            n_splits=N_SPLITS, n_repeats=N_REPEATS, random_state=random_state
        )
    folds = _folds(cv, X, y)
    if scoring is None:
        _check_classes(folds, np.asarray(y), len(counts))
    options = {"scoring": scorer, "cv": folds, "n_jobs": n_jobs, "error_score": "raise"}
    baseline = _finite(cross_val_score(estimator, X, y, **options), title)
    scores = {}
    for name, own in samplers.items():
        # All candidates of a search are trained on the same added rows of a fold
        with TemporaryDirectory() as folder:
            model = with_sampler(own, estimator, Memory(folder, verbose=0))
            try:
                found = cross_val_score(model, X, y, **options)
                scores[name] = _finite(found, title)
            except Exception as error:
                error.add_note(f"The sampler was {name!r}.")
                raise
    test_share = np.mean([len(test) / len(train) for train, test in folds])
    return AugmentationGain(title, confidence, baseline, scores, test_share)


def _folds(cv, X, y):
    """Split rows into folds: indices of training and test rows of each."""
    every = np.arange(len(y))
    folds = [
        (every[train], every[test])
        for train, test in check_cv(cv, y, classifier=True).split(X, y)
    ]
    if len(folds) < 2:
        raise ValueError(f"cv must make at least 2 folds, got {len(folds)}.")
    return folds


def _check_classes(folds, labels, n_classes):
    """Refuse folds whose test rows lack a class."""
    for fold, (_, test) in enumerate(folds):
        n_found = len(np.unique(labels[test]))
        if n_found < n_classes:
            raise ValueError(
                f"The test rows of each fold must have all {n_classes} classes, got "
                f"{n_found} in fold {fold}: make fewer folds, or leave out the class."
            )


def _finite(scores, title):
    """Return scores of folds, all finite, or raise."""
    if not np.isfinite(scores).all():
        raise ValueError(f"{title} must be finite in each fold, got {scores}.")
    return scores


def _by_name(sampler):
    """Name samplers by their class, numbered where several share it."""
    if isinstance(sampler, Mapping):
        samplers = dict(sampler)
    else:
        own = sampler if isinstance(sampler, list | tuple) else [sampler]
        names = [type(each).__name__ for each in own]
        samplers = {
            name if names.count(name) == 1 else f"{name}-{names[:i].count(name) + 1}": s
            for i, (name, s) in enumerate(zip(names, own, strict=True))
        }
    if not samplers:
        raise ValueError("sampler must be at least one sampler, got none.")
    for name, each in samplers.items():
        if not hasattr(each, "fit_resample"):
            raise ValueError(
                f"sampler must have the method fit_resample, got {each!r} for {name!r}."
            )
    return samplers


def _scorer(scoring, counts):
    """Find the name of a score, and its scorer; ``counts`` are rows by class."""
    if scoring is None:
        if len(counts) > 2:
            return "average precision", get_scorer("average_precision")
        rarer = min(counts, key=counts.get)
        rarer = getattr(rarer, "item", lambda: rarer)()  # a plain one, to be shown
        response = ("decision_function", "predict_proba")
        scorer = make_scorer(
            average_precision_score, response_method=response, pos_label=rarer
        )
        return f"average precision of class {rarer!r}", scorer
    if isinstance(scoring, str):
        return scoring, get_scorer(scoring)
    return getattr(scoring, "__name__", str(scoring)), scoring
