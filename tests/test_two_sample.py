"""Scores of detectors against scikit-learn, loops, and rows with a known answer."""

import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import RobustScaler, StandardScaler
from sklearn.svm import LinearSVC

from skgan.metrics import two_sample_auc, two_sample_score
from skgan.metrics.rows import own_stream, read_rows
from skgan.metrics.two_sample import auc_of, equal_parts


def rows(n, seed, independent=False):
    """Two numbers that go together, text that follows one, and free ones."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    table = {
        "x": x,
        "y": x + 0.3 * rng.normal(size=n),
        "sign": np.where(x > 0, "plus", "minus"),
        "kind": rng.choice(list("abc"), size=n, p=[0.6, 0.3, 0.1]),
        "count": rng.poisson(3, size=n),
    }
    if independent:
        table = {name: rng.permutation(column) for name, column in table.items()}
    return pd.DataFrame(table)


REAL, FRESH = rows(400, 0), rows(400, 1)

# ---------------------------------------------------------------- areas by hand


def delong(scores, is_positive):
    """Area and standard error of DeLong et al. (1988), one pair at a time."""
    positive, negative = scores[is_positive], scores[~is_positive]
    wins = np.empty((len(positive), len(negative)))
    for i, a in enumerate(positive):
        for j, b in enumerate(negative):
            wins[i, j] = 1.0 if a > b else 0.5 if a == b else 0.0
    sides = [wins.mean(axis=axis) for axis in (1, 0)]
    variances = [np.cov(side) / len(side) for side in sides]
    return wins.mean(), np.sqrt(sum(variances))


def scores_of(m, n, rng, decimals):
    """Scores of m positive and n negative rows, shuffled; few decimals tie some."""
    is_positive = rng.permutation(m + n) < m
    return np.round(rng.normal(size=m + n) + is_positive, decimals), is_positive


@pytest.mark.parametrize("decimals", [9, 1, 0])
@pytest.mark.parametrize(("m", "n"), [(30, 30), (7, 50), (2, 2)])
def test_area_and_its_error_equal_their_definitions(m, n, decimals):
    scores, is_positive = scores_of(m, n, np.random.default_rng(0), decimals)
    assert m == 2 or (len(np.unique(scores)) == m + n) == (decimals == 9)
    auc = auc_of(scores, is_positive)
    assert auc == pytest.approx(delong(scores, is_positive), abs=1e-12)
    assert auc.value == pytest.approx(roc_auc_score(is_positive, scores), abs=1e-12)


@pytest.mark.parametrize("shuffled", [False, True])
def test_areas_of_scores_that_tell_all_or_nothing(shuffled):
    order = np.random.default_rng(0).permutation(20) if shuffled else np.arange(20)
    is_positive = (np.arange(20) >= 12)[order]
    assert auc_of(np.arange(20)[order], is_positive) == (1, 0)
    assert auc_of(-np.arange(20)[order], is_positive) == (0, 0)
    assert auc_of(np.zeros(20), is_positive) == (0.5, 0)


@pytest.mark.parametrize("decimals", [9, 0])
def test_the_error_is_the_spread_of_repeated_draws(decimals):
    rng = np.random.default_rng(0)
    found = [auc_of(*scores_of(60, 90, rng, decimals)) for _ in range(1_000)]
    values, errors = np.transpose(found)
    # 1000 draws tell a spread to 2.2 %
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(values.std(), rel=0.05)


@pytest.mark.parametrize("decimals", [9, 0])
def test_the_error_is_that_of_a_bootstrap(decimals):
    rng = np.random.default_rng(0)
    scores, is_positive = scores_of(200, 200, rng, decimals)
    sides = [np.flatnonzero(is_positive == side) for side in (True, False)]
    values = []
    for _ in range(1_000):
        drawn = np.concatenate([rng.choice(side, len(side)) for side in sides])
        values.append(auc_of(scores[drawn], is_positive[drawn]).value)
    error = auc_of(scores, is_positive).standard_error
    assert error == pytest.approx(np.std(values), rel=0.06)


def test_the_error_of_a_detector_is_the_spread_over_fresh_rows():
    rng = np.random.default_rng(0)
    aucs = [
        two_sample_auc(*shifted_pair(rng, 60, 0.6), classifier=GaussianNB())
        for _ in range(150)
    ]
    values, errors = np.transpose(aucs)
    assert errors.mean() == pytest.approx(values.std(), rel=0.25)
    # Alike rows are within their errors of 1/2
    aucs = [
        two_sample_auc(*shifted_pair(rng, 60, 0.0), classifier=GaussianNB())
        for _ in range(150)
    ]
    z = [(value - 0.5) / error for value, error in aucs]
    assert 0.8 < np.std(z) < 1.5


def shifted_pair(rng, n, shift):
    return rng.normal(size=(n, 1)), rng.normal(size=(n, 1)) + shift


# ----------------------------------------------------------- equal to scikit-learn


def coded(*tables):
    """Columns of numbers, with the codes of categories."""
    both = pd.concat(tables, ignore_index=True)
    texts = both.columns[[not pd.api.types.is_numeric_dtype(d) for d in both.dtypes]]
    is_text = both.columns.isin(texts)
    return both.assign(**{t: both[t].factorize()[0] for t in texts}), is_text


def one_hot(*tables):
    return pd.get_dummies(pd.concat(tables, ignore_index=True)).astype(float)


def folds_of(seed, n_folds):
    """The folds of a measure: its stream has drawn one number, a model's seed."""
    stream = own_stream(seed)
    stream.randint(2)
    return StratifiedKFold(n_folds, shuffle=True, random_state=stream)


def score_by_hand(model, X, n_folds=3, seed=0):
    y = np.repeat([0, 1], len(X) // 2)
    folds = folds_of(seed, n_folds)
    areas = cross_val_score(model, X, y, cv=folds, scoring="roc_auc")
    return 1 - 2 * (max(areas.mean(), 0.5) - 0.5)


@pytest.mark.parametrize(("n_folds", "seed"), [(3, 0), (2, 1)])
@pytest.mark.parametrize("independent", [True, False])
def test_trees_equal_scikit_learn(n_folds, seed, independent):
    synthetic = rows(400, 1, independent)
    X, is_text = coded(REAL, synthetic)
    model = HistGradientBoostingClassifier(categorical_features=is_text)
    options = {"n_folds": n_folds, "random_state": seed}
    score = two_sample_score(REAL, synthetic, **options)
    expected = score_by_hand(model, X, n_folds, seed)
    # Codes of categories are others, which moves a tie of two splits
    assert score == pytest.approx(expected, abs=5e-3)
    assert (score < 0.3) == independent


def test_trees_of_numbers_equal_scikit_learn_exactly():
    names = ["x", "y", "count"]
    synthetic = rows(400, 1, independent=True)
    gaps = synthetic.assign(x=synthetic["x"].where(synthetic["count"] > 1))
    X = pd.concat([REAL[names], gaps[names]])
    expected = score_by_hand(HistGradientBoostingClassifier(), X)
    score = two_sample_score(REAL[names], gaps[names])
    assert type(score) is float and score == pytest.approx(expected, abs=1e-12)


def test_logistic_equals_scikit_learn():
    synthetic = FRESH.assign(x=FRESH["x"] + 0.4)
    model = make_pipeline(RobustScaler(), LogisticRegression())
    expected = score_by_hand(model, one_hot(REAL, synthetic))
    score = two_sample_score(REAL, synthetic, classifier="logistic")
    assert score == pytest.approx(expected, abs=1e-3)
    assert 0.3 < score < 0.9


def test_a_logistic_detector_that_does_not_converge_is_no_matter():
    rng = np.random.default_rng(0)
    real, synthetic = rng.standard_cauchy(size=(2, 300, 30)) ** 3
    assert 0 <= two_sample_score(real, synthetic, classifier="logistic") <= 1


@pytest.mark.parametrize(
    "classifier",
    [
        RandomForestClassifier(30, random_state=0),  # chances only
        make_pipeline(StandardScaler(), RandomForestClassifier(30, random_state=0)),
        LinearSVC(),  # decisions only
        make_pipeline(StandardScaler(), LinearSVC()),
        LogisticRegression(max_iter=1_000),  # both
    ],
    ids=["forest", "pipeline", "SVC", "pipeline of SVC", "logistic"],
)
def test_any_classifier_equals_scikit_learn(classifier):
    synthetic = FRESH.assign(x=FRESH["x"] + 0.5)
    score = two_sample_score(REAL, synthetic, classifier=classifier)
    expected = score_by_hand(classifier, one_hot(REAL, synthetic))
    # Columns come in another order
    assert score == pytest.approx(expected, abs=0.06)
    assert score < 0.85
    with pytest.raises(AttributeError):  # a clone was fitted
        _ = (classifier[-1] if hasattr(classifier, "steps") else classifier).classes_


class Spy(ClassifierMixin, BaseEstimator):
    """A classifier that knows nothing and remembers what it saw."""

    seen = []

    def fit(self, X, y):
        """Remember the rows."""
        self.classes_ = np.unique(y)
        self.seen.append((X, y))
        return self

    def predict_proba(self, X):
        """The first column of X as chances."""
        self.seen.append((X, None))
        return np.column_stack([1 - X[:, 0], X[:, 0]])


def test_what_a_classifier_sees():
    """Numbers about the real mean, in their units; gaps as columns; one-hot classes."""
    real = pd.DataFrame({"x": [1.0, np.nan, 3.0, 8.0] * 2, "w": list("abab") * 2})
    synthetic = pd.DataFrame({"x": [4.0, 5.0] * 4, "w": ["a", "new"] * 4})
    Spy.seen.clear()
    auc = two_sample_auc(real, synthetic, classifier=Spy(), n_folds=2)
    assert len(Spy.seen) == 4
    for train, test in (Spy.seen[:2], Spy.seen[2:]):
        X, y = np.vstack([train[0], test[0]]), train[1]
        assert y.tolist() == sorted(y) and y.sum() == len(y) / 2 == 4
        assert X.shape == (16, 5)
        numbers = sorted((real["x"] - 4).fillna(0).to_list() + [0.0, 1.0] * 4)
        assert sorted(X[:, 0]) == numbers
        assert X[:, 1].sum() == 2 and (X[X[:, 1] == 1, 0] == 0).all()
        assert sorted(X[:, 2:].sum(axis=0)) == [4, 4, 8]
        assert (X[:, 2:].sum(axis=1) == 1).all()
    # 0 and 1 against gaps of 0, and -3, -1 and 4
    areas = []
    for X, _ in Spy.seen[1::2]:
        y = np.repeat([0, 1], 4)
        areas.append(roc_auc_score(y, X[:, 0]))
    assert auc.value == pytest.approx(np.mean(areas))


def test_xgboost_sees_one_hot_columns():
    xgboost = pytest.importorskip("xgboost")
    fresh = two_sample_score(REAL, FRESH, classifier="xgboost")
    synthetic = rows(400, 1, independent=True)
    score = two_sample_score(REAL, synthetic, classifier="xgboost")
    assert fresh > 0.85 and score < 0.3
    model = xgboost.XGBClassifier()
    expected = score_by_hand(model, one_hot(REAL, synthetic).to_numpy())
    assert score == pytest.approx(expected, abs=0.02)
    gaps = REAL.assign(x=REAL["x"].where(REAL["count"] > 2))
    assert two_sample_score(gaps, gaps, classifier="xgboost") > 0.9


def test_without_xgboost_an_error_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "xgboost", None)
    message = "^classifier='xgboost' needs XGBoost: pip install xgboost.$"
    with pytest.raises(ImportError, match=message):
        two_sample_score(REAL, FRESH, classifier="xgboost")


# --------------------------------------------------- rows whose answer is known


def test_good_rows_are_not_accused():
    for synthetic in (FRESH, rows(400, 2), REAL.sample(400, replace=True)):
        assert two_sample_score(REAL, synthetic) > 0.85
        assert two_sample_score(REAL, synthetic, classifier="logistic") > 0.85
    assert two_sample_score(REAL, REAL) == 1  # copies are no worse than guessing


BAD = {
    "shifted mean": (FRESH.assign(count=FRESH["count"] + 3), 0.35),
    "spread": (FRESH.assign(x=2 * FRESH["x"], y=2 * FRESH["y"]), 0.6),
    "dropped mode": (rows(800, 1).query("x > 0"), 0.6),
    "dropped category": (rows(600, 1).query("kind != 'b'"), 0.8),
    "unknown category": (FRESH.assign(kind=FRESH["kind"].replace("b", "z")), 0.75),
    "all missing": (FRESH.assign(x=np.nan), 0.01),
    "text all missing": (FRESH.assign(kind=None), 0.01),
    "constant": (FRESH.assign(x=0.0), 0.01),
    "rounded": (FRESH.round(1), 0.5),
}


@pytest.mark.parametrize("name", BAD)
def test_trees_see_what_is_wrong(name):
    synthetic, most = BAD[name]
    assert two_sample_score(REAL, synthetic) < most
    # From the other side, too
    assert two_sample_score(synthetic, REAL) < most + 0.02


def test_more_wrong_is_less():
    scores = [
        two_sample_score(REAL, FRESH.assign(x=FRESH["x"] + shift))
        for shift in (0, 0.2, 0.5, 1, 3)
    ]
    assert scores == sorted(scores, reverse=True) and scores[-1] < 0.02


def test_a_logistic_detector_sees_no_dependence():
    loose = rows(400, 1, independent=True)
    assert two_sample_score(REAL, loose) < 0.3
    assert two_sample_score(REAL, loose, classifier="logistic") > 0.93


def test_gaps_may_be_all_there_is():
    gaps = FRESH.assign(x=FRESH["x"].where(FRESH.index % 2 == 0))
    assert two_sample_score(REAL, gaps) < 0.65
    other = REAL.assign(x=REAL["x"].where(REAL.index % 2 == 0))
    assert two_sample_score(other, gaps) > 0.85


@pytest.mark.parametrize("classifier", ["trees", "logistic"])
def test_columns_without_numbers_in_a_fold(classifier):
    """All missing in both tables, or in all but one row."""
    empty = [table.assign(x=np.nan) for table in (REAL, FRESH)]
    assert two_sample_score(*empty, classifier=classifier) > 0.85
    one = empty[0].assign(x=[1.0, *[np.nan] * 399])
    assert two_sample_score(one, empty[1], classifier=classifier) > 0.85
    constant = [table.assign(x=0.1, kind="a") for table in (REAL, FRESH)]
    assert two_sample_score(*constant, classifier=classifier) > 0.85
    assert two_sample_score(np.ones((9, 1)), np.ones((9, 1))) == 1


def test_more_categories_than_trees_can_take():
    rng = np.random.default_rng(0)
    words = np.array([f"w{i}" for i in range(2_000)])
    # As categories: near-unique text is left out
    real, fresh = (
        pd.DataFrame({"w": pd.Categorical(rng.choice(words, 900))}) for _ in range(2)
    )
    assert two_sample_score(real, fresh) > 0.85
    # What is wrong with many rows is seen
    for word in ("w0", "never seen"):
        wrong = np.where(fresh.index % 2 == 0, fresh["w"].astype(str), word)
        assert two_sample_score(real, fresh.assign(w=wrong)) < 0.6
    # Names that are unique tell nothing
    own = [[f"{letter}{i}" for i in range(300)] for letter in "ab"]
    pair = [pd.DataFrame({"w": pd.Categorical(names)}) for names in own]
    assert two_sample_score(*pair) == 1


@pytest.mark.parametrize("classifier", ["trees", "logistic"])
def test_fresh_rare_words_accuse_nobody(classifier):
    """Each table has words that the other lacks."""
    rng = np.random.default_rng(0)
    shares = 1 / np.arange(1, 2_001)
    words = np.array([f"w{i}" for i in range(2_000)])
    real, fresh = (
        pd.DataFrame({"w": rng.choice(words, 500, p=shares / shares.sum())})
        for _ in range(2)
    )
    assert not set(fresh["w"]) < set(real["w"])
    assert two_sample_score(real, fresh, classifier=classifier) > 0.9
    frequent = fresh.replace("w0", "never seen")
    assert two_sample_score(real, frequent, classifier=classifier) < 0.9


# ---------------------------------------------------------------- draws of rows


def test_a_sorted_table_fools_nobody():
    """Of the longer table rows are drawn; its first ones are all alike."""
    long = pd.concat([rows(1_500, 2), FRESH]).sort_values("x")
    long = long.reset_index(drop=True)
    for pair in ((REAL, long), (long, REAL)):
        assert two_sample_score(*pair) > 0.8
        assert two_sample_score(*pair, classifier="logistic") > 0.8
    assert two_sample_score(REAL, long[:400]) < 0.3


def test_of_the_longer_table_rows_are_drawn_once_each():
    long, short = read_rows(long=np.arange(50.0)[:, None], short=np.ones((20, 1)))
    for pair in ((long, short), (short, long)):
        drawn = equal_parts(*pair, 3, np.random.RandomState(0))
        assert [part.n for part in drawn] == [20, 20]
        found = drawn[pair[1] is long].columns[0]
        assert len(set(found)) == 20 and set(found) != set(range(20))
        assert found.max() > 30
    assert equal_parts(short, short, 3, None) == [short, short]


def test_copies_drawn_by_the_seed_of_the_measure():
    """The rows that a bootstrap has left out are not those that are drawn."""
    rng = np.random.RandomState(0)
    drawn = rng.choice(400, 300, replace=False)
    assert two_sample_score(REAL, REAL.iloc[drawn], random_state=0) > 0.8


def test_seeds():
    pair = REAL[:150], FRESH[:150]
    for classifier in ("trees", "logistic", RandomForestClassifier(5, random_state=0)):
        options = {"classifier": classifier}
        first = two_sample_auc(*pair, random_state=3, **options)
        assert first == two_sample_auc(*pair, random_state=3, **options)
        assert first != two_sample_auc(*pair, random_state=4, **options)
        fresh = [two_sample_auc(*pair, random_state=None, **options) for _ in range(2)]
        assert fresh[0] != fresh[1]
    zero = two_sample_auc(*pair, random_state=0)
    assert two_sample_auc(*pair) == zero
    stream = np.random.RandomState(0)
    first = two_sample_auc(*pair, random_state=stream)
    assert first != two_sample_auc(*pair, random_state=stream)


@pytest.mark.parametrize("seed", [0, None])
def test_inputs_and_the_global_generator_are_left_alone(seed):
    given = REAL[:150], FRESH[:150]
    X, Y = (table[["x", "y"]].to_numpy(copy=True) for table in given)
    tables, copies = [table.copy() for table in given], (X.copy(), Y.copy())
    X.flags.writeable = Y.flags.writeable = False
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    for classifier in ("trees", "logistic"):
        two_sample_score(X, Y, classifier=classifier, random_state=seed)
        two_sample_score(*tables, classifier=classifier, random_state=seed)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    np.testing.assert_array_equal([X, Y], copies)
    for table, copy in zip(tables, given, strict=True):
        pd.testing.assert_frame_equal(table, copy)


def test_area_and_score_agree():
    pair = REAL, FRESH.assign(x=FRESH["x"] + 0.5)
    auc = two_sample_auc(*pair)
    assert type(auc.value) is type(auc.standard_error) is float
    score = two_sample_score(*pair)
    assert score == 1 - 2 * (auc.value - 0.5)
    assert 0.005 < auc.standard_error < 0.02
    # Worse than guessing is no better than guessing
    auc = two_sample_auc(REAL, REAL)
    assert auc.value < 0.5 and two_sample_score(REAL, REAL) == 1


@pytest.mark.parametrize("n_folds", [2, 4])
def test_number_of_folds(n_folds):
    Spy.seen.clear()
    pair = np.random.default_rng(0).random((2, 40, 1))
    two_sample_score(*pair, classifier=Spy(), n_folds=n_folds)
    assert len(Spy.seen) == 2 * n_folds
    assert all(len(X) == 80 // n_folds for X, _ in Spy.seen[1::2])


@pytest.mark.parametrize("n", [6, 7, 11])
def test_a_few_rows_are_enough(n):
    rng = np.random.default_rng(0)
    auc = two_sample_auc(rng.normal(size=(n, 2)), rng.normal(size=(n, 2)))
    assert 0 <= auc.value <= 1 and np.isfinite(auc.standard_error)


def test_frames_and_arrays_of_any_library():
    numbers = ["x", "y", "count"]
    real, fresh = REAL[numbers][:150], FRESH[numbers][:150]
    expected = two_sample_auc(real, fresh)
    assert two_sample_auc(real, pl.from_pandas(fresh[numbers[::-1]])) == expected
    assert two_sample_auc(real.to_numpy(), fresh.to_numpy()) == expected
    assert two_sample_auc(real, fresh.to_numpy().tolist()) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"classifier": "forest"},
            r"^classifier must be one of \('trees', 'xgboost', 'logistic'\) or a "
            r"classifier, got 'forest'\.$",
        ),
        ({"classifier": None}, r"^classifier must be one of .*, got None\.$"),
        (
            {"classifier": LinearRegression()},
            r"^classifier must be one of .*, got LinearRegression\(\)\.$",
        ),
        ({"n_folds": 1}, r"^n_folds must be an integer in the range \[2, .*, got 1.$"),
        ({"n_folds": 2.0}, r"^n_folds must be an integer in .*, got 2\.0\.$"),
        ({"n_folds": None}, "^n_folds must be an integer in .*, got None.$"),
        ({"n_folds": "3"}, "^n_folds must be an integer in .*, got '3'.$"),
        ({"n_folds": 201}, "must have 2 rows for each of 201 folds, got 400 and 400.$"),
        ({"random_state": "seed"}, "'seed' cannot be used to seed"),
    ],
)
def test_parameters(options, message):
    with pytest.raises(ValueError, match=message):
        two_sample_score(REAL, FRESH, **options)
    with pytest.raises(ValueError, match=message):
        two_sample_auc(REAL, FRESH, **options)


def test_tables_that_do_not_fit():
    with pytest.raises(ValueError, match="^synthetic must have the columns of real, "):
        two_sample_score(REAL, FRESH[["x"]])
    message = "^real and synthetic must have 2 rows for each of 3 folds, got 5 and 400"
    with pytest.raises(ValueError, match=message):
        two_sample_score(REAL[:5], FRESH)
    with pytest.raises(TypeError, match="instance of scikit-learn estimator instead"):
        two_sample_score(REAL, FRESH, classifier=LogisticRegression)
