"""Two-sample tests by classifiers that tell synthetic rows from real ones."""

import warnings
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import RobustScaler

from .features import TreesClassifier, as_features, as_points
from .rows import Rows, own_stream, read_rows

DETECTORS = ("trees", "xgboost", "logistic")
METHODS = ("decision_function", "predict_proba")  # by which classifiers score rows


class AUC(NamedTuple):
    """Area under a ROC curve, and its standard error."""

    value: float
    standard_error: float


def two_sample_score(
    real: ArrayLike,
    synthetic: ArrayLike,
    *,
    classifier: Any = "trees",
    n_folds: int = 3,
    random_state: int | None = 0,
) -> float:
    """Ask how little a classifier can tell synthetic rows from real ones; 1 is best.

    Parameters
    ----------
    real : array-like or data frame of shape (n_real, n_features)
        Real rows: those of training or, more telling, those held out of it.
    synthetic : array-like or data frame of shape (n_synthetic, n_features)
        Rows to judge, with the columns of ``real``. Of the longer table as many rows
        are drawn as the other has.
    classifier : {"trees", "xgboost", "logistic"} or classifier, default="trees"
        "trees" are ``HistGradientBoostingClassifier`` with categories as such.
        "xgboost" are XGBoost's defaults on one-hot columns, the protocol of most
        published tables. "logistic" is the weak detector of SDMetrics, for comparison
        with papers alone. A classifier of your own is cloned and gets numbers, missing
        ones as their mean beside a column that says so, and one-hot columns.
    n_folds : int, default=3
        Number of stratified, shuffled folds. Rows are judged by a classifier that has
        not seen them.
    random_state : int, RandomState instance or None, default=0
        Draws rows and folds, and seeds the built-in classifiers.

    Returns
    -------
    float
        ``1 - 2 (max(AUC, 1/2) - 1/2)``, between 0 (told apart without fail) and 1
        (guessing).

    Raises
    ------
    ValueError
        If a parameter breaks its rule, the columns differ, or a table has fewer than
        two rows a fold.
    ImportError
        If XGBoost is asked for and not installed.

    See Also
    --------
    two_sample_auc : The area itself, with its standard error.
    explain_two_sample : Where the classifier sees the difference.

    Notes
    -----
    Copies of the training rows score about 1 against these: see :func:`copy_share`, and
    compare with held-out rows. Against these, rows that repeat each other are
    recognized from one fold to the next, so that a bootstrap scores less than fresh
    rows do. Few rows make every classifier guess: quote the number of rows. A logistic
    detector sees no dependence between columns: rows of *independent* columns get 1.000
    by it on the Adult table, and .02 by trees. In columns of more than 255 categories
    the rarest are taken together, so that names which occur once tell nothing.

    The classifier two-sample test is from [1]_, the scale of the score from SDMetrics.

    References
    ----------
    .. [1] Lopez-Paz & Oquab, "Revisiting classifier two-sample tests", ICLR, 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.metrics import two_sample_score
    >>> rng = np.random.default_rng(0)
    >>> real, fresh = rng.normal(size=(2, 1000, 2))
    >>> bool(two_sample_score(real, fresh) > 0.9)
    True
    >>> bool(two_sample_score(real, fresh + [0, 3]) < 0.1)
    True
    """
    auc = two_sample_auc(
        real,
        synthetic,
        classifier=classifier,
        n_folds=n_folds,
        random_state=random_state,
    )
    return score_of(auc.value)


def score_of(area: float) -> float:
    """Turn an area under a ROC curve into the two-sample score."""
    return 1 - 2 * max(area - 0.5, 0.0)


def two_sample_auc(
    real: ArrayLike,
    synthetic: ArrayLike,
    *,
    classifier: Any = "trees",
    n_folds: int = 3,
    random_state: int | None = 0,
) -> AUC:
    """Measure by an area how well a classifier tells real from synthetic rows.

    Parameters
    ----------
    real, synthetic, classifier, n_folds, random_state
        As for :func:`two_sample_score`.

    Returns
    -------
    AUC
        ``value``, the mean over the folds of the area on rows that the classifier has
        not seen: 1/2 for guessing, 1 for rows told apart without fail. And its
        ``standard_error`` for the rows at hand, by the method of DeLong et al. (1988),
        folds taken as independent; training the generator anew varies more.

    Raises
    ------
    ValueError, ImportError
        As for :func:`two_sample_score`.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.metrics import two_sample_auc
    >>> rng = np.random.default_rng(0)
    >>> auc = two_sample_auc(rng.normal(size=(500, 2)), rng.normal(size=(500, 2)))
    >>> bool(abs(auc.value - 0.5) < 3 * auc.standard_error)
    True
    """
    pair = read_rows(real=real, synthetic=synthetic)
    return rows_auc(*pair, classifier, n_folds, random_state)


def rows_auc(real, synthetic, classifier="trees", n_folds=3, random_state=0) -> AUC:
    """Compute ``two_sample_auc`` of rows that are read."""
    random_state = own_stream(random_state)
    pair = equal_parts(real, synthetic, n_folds, random_state)
    X, model = detector(*pair, classifier, random_state)
    is_synthetic = np.repeat([0, 1], pair[0].n)
    areas = []
    for train, test in folds(is_synthetic, n_folds, random_state):
        fitted = clone(model).fit(X[train], is_synthetic[train])
        areas.append(auc_of(decisions(fitted, X[test]), is_synthetic[test] == 1))
    values, errors = np.transpose(areas)
    return AUC(float(values.mean()), float(np.linalg.norm(errors) / len(errors)))


def equal_parts(real: Rows, synthetic: Rows, n_folds, random_state) -> list[Rows]:
    """Draw from the longer table as many rows as the other has."""
    if not isinstance(n_folds, Integral) or n_folds < 2:
        raise ValueError(
            f"n_folds must be an integer in the range [2, inf), got {n_folds!r}."
        )
    n = min(real.n, synthetic.n)
    if n < 2 * n_folds:
        raise ValueError(
            f"real and synthetic must have 2 rows for each of {n_folds} folds, got "
            f"{real.n} and {synthetic.n}."
        )
    return [
        rows.take(random_state.choice(rows.n, n, replace=False)) if rows.n > n else rows
        for rows in (real, synthetic)
    ]


def folds(is_synthetic, n_folds, random_state):
    """Split rows into stratified, shuffled folds."""
    splits = StratifiedKFold(n_folds, shuffle=True, random_state=random_state)
    return splits.split(is_synthetic, is_synthetic)


def detector(real: Rows, synthetic: Rows, classifier, random_state):
    """Make the classifier, and the matrix that it sees: real rows first."""
    seed = random_state.randint(np.iinfo(np.int32).max)
    if isinstance(classifier, str) and classifier == "trees":
        tables, is_class = as_features(real, synthetic)
        model = TreesClassifier(categorical_features=is_class, random_state=seed)
        return np.vstack(tables), model
    X = np.vstack(as_points(real, synthetic, scale_columns=False))
    if any(hasattr(classifier, method) for method in METHODS):
        return X, classifier
    if classifier == "xgboost":
        return X, _xgboost(seed)
    if classifier == "logistic":
        return X, make_pipeline(RobustScaler(), _Unconverged(random_state=seed))
    raise ValueError(
        f"classifier must be one of {DETECTORS} or a classifier, got {classifier!r}."
    )


class _Unconverged(LogisticRegression):
    """The logistic regression of the papers: a hundred steps, converged or not."""

    def fit(self, X, y):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return super().fit(X, y)


def _xgboost(seed):
    """Make XGBoost's classifier with its defaults."""
    try:
        from xgboost import XGBClassifier
    except ImportError as error:
        raise ImportError(
            "classifier='xgboost' needs XGBoost: pip install xgboost."
        ) from error
    return XGBClassifier(random_state=seed)


def decisions(fitted, X) -> NDArray[np.float64]:
    """Ask a fitted classifier how synthetic rows look; larger is more so."""
    if hasattr(fitted, "decision_function"):
        return fitted.decision_function(X)
    return fitted.predict_proba(X)[:, 1]


def auc_of(scores: NDArray, is_positive: NDArray) -> AUC:
    """Compute the area under the ROC curve and its error by DeLong et al. (1988)."""
    positive, negative = scores[is_positive], scores[~is_positive]
    m, n = len(positive), len(negative)
    ranks = rankdata(scores)
    # Shares of the other side that lie below a positive and above a negative score
    below = (ranks[is_positive] - rankdata(positive)) / n
    above = 1 - (ranks[~is_positive] - rankdata(negative)) / m
    variance = below.var(ddof=1) / m + above.var(ddof=1) / n
    return AUC(float(below.mean()), float(np.sqrt(variance)))
