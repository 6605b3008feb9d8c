"""How useful synthetic rows are: what a model learned on them knows of real ones."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone, is_classifier
from sklearn.metrics import get_scorer, r2_score

from .features import TreesClassifier, TreesRegressor, as_features, as_points
from .rows import read_rows
from .two_sample import auc_of

MAX_LABELS = 20  # a number with no more distinct values is a label
MODELS = {True: TreesClassifier, False: TreesRegressor}


class Utility(NamedTuple):
    """Scores on real test rows after training on synthetic and on real rows."""

    synthetic: float
    real: float


def train_on_synthetic_score(
    real_train: ArrayLike,
    real_test: ArrayLike,
    synthetic: ArrayLike,
    target: Any,
    *,
    estimator: Any = None,
    scoring: Any = None,
    random_state: int | None = 0,
) -> Utility:
    """Score on real test rows a model that has learned from synthetic rows.

    Parameters
    ----------
    real_train : array-like or data frame of shape (n_train, n_features)
        The rows that the generator was trained on.
    real_test : array-like or data frame of shape (n_test, n_features)
        Real rows that it has not seen.
    synthetic : array-like or data frame of shape (n_synthetic, n_features)
        Rows to judge.
    target : column name or index
        The column to predict from all others. Text, categories, booleans and numbers
        of at most 20 distinct values are labels, other numbers are regressed.
    estimator : classifier or regressor, default=None
        Cloned and fitted twice. None is ``HistGradientBoostingClassifier`` or
        ``HistGradientBoostingRegressor`` with categories as such. Others get
        standardized numbers, missing ones as their mean beside a column that says so,
        and one-hot columns; labels come as integers.
    scoring : str or callable, default=None
        A scorer of scikit-learn. None is the area under the ROC curve of a classifier
        (the mean of one class against all others if there are more than two), and R2 of
        a regressor.
    random_state : int, RandomState instance or None, default=0
        Seeds the built-in models.

    Returns
    -------
    Utility
        ``synthetic``, the score after training on synthetic rows, and ``real``, that
        after training on ``real_train``, which is what to compare with. Larger is
        better; an area is between 0 and 1, R2 at most 1.

    Raises
    ------
    ValueError
        If there is no such column, or no row of a table has a target.

    Notes
    -----
    The protocol "train on synthetic, test on real" [1]_. It sees what predicts the one
    target, and nothing else: rows with a good target in bad columns score well, and so
    do copies of the training rows.

    References
    ----------
    .. [1] Esteban et al., "Real-valued (medical) time series generation with recurrent
           conditional GANs", 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.metrics import train_on_synthetic_score
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(900, 2))
    >>> rows = np.column_stack([X, X[:, 0] > 0])
    >>> score = train_on_synthetic_score(rows[:300], rows[300:600], rows[600:], 2)
    >>> bool(score.synthetic > 0.95 and score.real > 0.95)
    True
    """
    scores = utility_scores(
        real_train, real_test, synthetic, target, estimator, scoring, random_state
    )
    return Utility(*(score for score, _ in scores))


def utility_scores(
    real_train,
    real_test,
    synthetic,
    target,
    estimator=None,
    scoring=None,
    random_state=0,
) -> list[tuple[float, float]]:
    """Compute ``train_on_synthetic_score`` with standard errors, nan of other scorers.

    They are for the test rows at hand; to fit the model anew varies more.
    """
    tables = read_rows(real_train=real_train, real_test=real_test, synthetic=synthetic)
    j = tables[0].index(target)
    targets, is_class = _targets(tables, j)
    others = [table.without(j) for table in tables]
    if estimator is None:
        matrices, is_category = as_features(*others)
        estimator = MODELS[is_class](
            categorical_features=is_category, random_state=random_state
        )
    else:
        is_class, matrices = is_classifier(estimator), as_points(*others)
    parts = zip(matrices, targets, strict=True)
    train, test, own = ((X[~np.isnan(y)], y[~np.isnan(y)]) for X, y in parts)
    if is_class:
        classes = np.unique(train[1])
        train, test, own = (_coded(*pair, classes) for pair in (train, test, own))
    return [_score(estimator, *part, *test, scoring, is_class) for part in (own, train)]


def _targets(tables, j):
    """Take the targets of each table, nan where missing, and ask if they are labels."""
    targets = [table.columns[j] for table in tables]
    is_class = tables[0].categories[j] is not None
    if is_class:
        missing = tables[0].n_classes(j) - 1
        targets = [np.where(y == missing, np.nan, y) for y in targets]
    for name, y in zip(("real_train", "real_test", "synthetic"), targets, strict=True):
        if np.isnan(y).all():
            raise ValueError(
                f"{name} must have values of the target {tables[0].names[j]!r}, got "
                "none."
            )
    few = len(np.unique(targets[0][~np.isnan(targets[0])])) <= MAX_LABELS
    return targets, is_class or few


def _coded(X, y, classes):
    """Keep rows whose label is one of the classes; labels become their positions."""
    known = np.isin(y, classes)
    return X[known], np.searchsorted(classes, y[known])


def _score(estimator, X, y, X_test, y_test, scoring, is_class):
    """Score an estimator on test rows after fitting it to others; and the error."""
    if is_class and scoring is None:
        return _mean_auc(estimator, X, y, X_test, y_test)
    fitted = clone(estimator).fit(X, y)
    if scoring is None:
        return _r2(y_test, fitted.predict(X_test))
    return float(get_scorer(scoring)(fitted, X_test, y_test)), np.nan


def _r2(y, predicted):
    """Compute R2, and its standard error by the delta method."""
    squares = np.stack([(y - predicted) ** 2, (y - y.mean()) ** 2])  # (2, n)
    score, total = r2_score(y, predicted), squares[1].mean()
    pulls = (squares[0] - (1 - score) * squares[1]) / (total or 1.0)
    return float(score), float(pulls.std() / np.sqrt(len(y)))


def _mean_auc(estimator, X, y, X_test, y_test):
    """Average areas over the test rows' classes; one that was not learned gets 1/2.

    Errors are averaged as if all classes erred together: at most so large is that of
    the average.
    """
    if len(np.unique(y)) < 2:
        return 0.5, np.nan  # nothing to learn from
    fitted = clone(estimator).fit(X, y)
    shares = fitted.predict_proba(X_test)
    areas = []
    for code in np.unique(y_test):
        column = np.flatnonzero(fitted.classes_ == code)
        scores = shares[:, column[0]] if len(column) else np.zeros(len(y_test))
        if 1 < (y_test == code).sum() < len(y_test) - 1:
            areas.append(auc_of(scores, y_test == code))
    if not areas:
        return 0.5, np.nan
    value, error = np.mean(areas, axis=0)
    return float(value), float(error)
