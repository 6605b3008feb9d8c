"""Whether rows that a sampler adds help a classifier."""

import math
import pickle
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from joblib import Memory
from scipy.integrate import quad
from sklearn.base import BaseEstimator, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris, make_classification
from sklearn.dummy import DummyClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import RFECV
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, balanced_accuracy_score
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    KFold,
    RepeatedStratifiedKFold,
    StratifiedKFold,
    TunedThresholdClassifierCV,
    cross_val_score,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skgan import GANGenerator, GANOverSampler, augmentation_gain
from skgan.model_selection.gains import AugmentationGain, mean_interval
from skgan.model_selection.resampled import with_sampler
from skgan.plotting import AugmentationGainDisplay

X, Y = make_classification(200, weights=[0.8], class_sep=0.5, random_state=0)
FOLDS = StratifiedKFold(3, shuffle=True, random_state=0)
REPEAT = RandomOverSampler(random_state=0)
MODEL = LogisticRegression()
GENERATED = 1e6  # in the first column of rows that were added


class Marked(BaseEstimator):
    """A sampler whose rows are known again, and which keeps the rows it was given."""

    given: list = []

    def fit_resample(self, X, y):
        assert (X[:, 0] < GENERATED).all()
        self.given.append(X)
        added = X.copy()
        added[:, 0] = GENERATED
        return np.r_[X, added], np.r_[y, y]


class Watching(DecisionTreeClassifier):
    """A classifier that is trained on added rows, and is never asked about one."""

    def fit(self, X, y):
        assert (X[:, 0] == GENERATED).sum() * 2 == len(X)
        return super().fit(X, y)

    def predict(self, X):
        assert (X[:, 0] < GENERATED).all()
        return super().predict(X)

    def predict_proba(self, X):
        assert (X[:, 0] < GENERATED).all()
        return super().predict_proba(X)


class Trusting(Watching):
    """The same, which may be trained without."""

    def fit(self, X, y):
        return DecisionTreeClassifier.fit(self, X, y)


GRID = {"max_depth": [1, 3]}
CLASSIFIERS = {
    "alone": Trusting(),
    "calibrated": CalibratedClassifierCV(Trusting(), cv=2),
    "search in a search": CalibratedClassifierCV(
        GridSearchCV(Trusting(), GRID, cv=2), cv=2
    ),
    "grid": GridSearchCV(Trusting(), GRID, cv=2),
    "halving": HalvingGridSearchCV(
        Trusting(), {"max_depth": [1, 3]}, cv=2, resource="min_samples_leaf",
        max_resources=4, min_resources=2,
    ),
    "threshold": TunedThresholdClassifierCV(Trusting(), cv=2),
}  # fmt: skip


@pytest.mark.parametrize("classifier", CLASSIFIERS.values(), ids=CLASSIFIERS)
def test_added_rows_are_trained_on_and_never_judged(classifier):
    Marked.given.clear()
    augmentation_gain(classifier, X, Y, Marked(), cv=FOLDS)
    assert Marked.given
    for _, test in FOLDS.split(X, Y):
        rows = {row.tobytes() for row in X[test]}
        unseen = [
            part for part in Marked.given if not rows & {r.tobytes() for r in part}
        ]
        assert len(unseen) >= len(Marked.given) / 3


def test_the_classifier_of_a_search_is_trained_on_added_rows(tmp_path):
    # Watching fails if a candidate is not
    search = GridSearchCV(Watching(), GRID, cv=2)
    Marked.given.clear()
    found = with_sampler(Marked(), search, Memory(tmp_path, verbose=0)).fit(X, Y)
    assert len(Marked.given) == 3  # once for each inner fold, and once for all rows
    assert found.best_params_["max_depth"] in GRID["max_depth"]
    assert found.best_estimator_.fitted_.max_depth == found.best_params_["max_depth"]
    assert search.estimator.max_depth is None


def test_scores_are_those_of_a_loop():
    model = LogisticRegression()
    found = augmentation_gain(model, X, Y, REPEAT, cv=FOLDS)
    for fold, (train, test) in enumerate(FOLDS.split(X, Y)):
        plain = clone(model).fit(X[train], Y[train])
        more = clone(model).fit(*clone(REPEAT).fit_resample(X[train], Y[train]))
        for scores, fitted in (
            (found.baseline, plain),
            (found.scores["RandomOverSampler"], more),
        ):
            own = average_precision_score(Y[test], fitted.decision_function(X[test]))
            assert scores[fold] == pytest.approx(own, abs=1e-12)
    gain = np.mean(found.scores["RandomOverSampler"] - found.baseline)
    assert found.gains[0].gain == pytest.approx(gain, abs=1e-15)
    assert found.gains[0].score == np.mean(found.scores["RandomOverSampler"])
    assert not hasattr(model, "coef_")


def student_t(x, df):
    """The density, as textbooks give it."""
    ratio = math.gamma((df + 1) / 2) / math.gamma(df / 2)
    return ratio / math.sqrt(df * math.pi) * (1 + x * x / df) ** (-(df + 1) / 2)


def test_the_interval_is_the_corrected_one():
    differences = np.array([0.1, 0.3, -0.1, 0.2])
    mean, low, high = mean_interval(differences, 0.25, 0.9)
    assert mean == pytest.approx(0.125)
    variance = sum((d - 0.125) ** 2 for d in differences) / 3
    reach = (high - mean) / math.sqrt(variance * (1 / 4 + 0.25))
    inside = quad(student_t, -reach, reach, args=(3,))[0]
    assert inside == pytest.approx(0.9, abs=1e-6)
    assert mean - low == pytest.approx(high - mean)


def test_several_samplers_make_wider_intervals():
    one = augmentation_gain(MODEL, X, Y, REPEAT, cv=FOLDS).gains[0]
    two = augmentation_gain(
        MODEL, X, Y, {"a": REPEAT, "b": SMOTE(random_state=0)}, cv=FOLDS, confidence=0.9
    )
    assert [gain.sampler for gain in two.gains] == ["a", "b"]
    # 95 % of one is 90 % of two
    assert (two.gains[0].low, two.gains[0].high) == pytest.approx((one.low, one.high))


def test_names_of_samplers():
    samplers = [REPEAT, SMOTE(), RandomOverSampler(random_state=1)]
    found = augmentation_gain(DummyClassifier(), X, Y, samplers, cv=2)
    names = [gain.sampler for gain in found.gains]
    assert names == ["RandomOverSampler-1", "SMOTE", "RandomOverSampler-2"]
    assert list(found.scores) == names


@pytest.mark.parametrize(
    ("differences", "verdict", "advice"),
    [
        ([0.1, 0.11, 0.12], "helps", "Train with rows of a."),
        ([-0.1, -0.11, -0.12], "harms", "no sampler is sure to help"),
        ([0.1, -0.11, 0.12], "no clear difference", "no sampler is sure to help"),
        ([0.0, 0.0, 0.0], "no clear difference", "no sampler is sure to help"),
    ],
)
def test_words(differences, verdict, advice):
    baseline = np.array([0.5, 0.6, 0.7])
    scores = {"a": baseline + differences, "b": baseline - 0.2}
    found = AugmentationGain("AUC", 0.95, baseline, scores, 0.25)
    # all equal, so that the spread is not known
    assert [gain.verdict for gain in found.gains] == [verdict, "no clear difference"]
    lines = str(found).splitlines()
    assert lines[0] == "AUC, mean of 3 folds: 0.6000"
    number = r"[+-]\d\.\d{4}"
    assert re.fullmatch(
        rf"a: {verdict}, {number} \(95 %: {number} to {number}\)", lines[1]
    )
    assert lines[2] == "b: no clear difference, -0.2000 (95 %: -0.2000 to -0.2000)"
    assert advice in lines[3]
    assert repr(found) == str(found)
    assert found.frame["verdict"].tolist() == [verdict, "no clear difference"]


def test_the_advice_is_a_sampler_that_helps():
    baseline = np.array([0.5, 0.6, 0.7])
    scores = {"wide": baseline + [0, 0.3, 0.3], "sure": baseline + [0.03, 0.031, 0.032]}
    found = AugmentationGain("AUC", 0.95, baseline, scores, 0.25)
    assert [gain.verdict for gain in found.gains] == ["no clear difference", "helps"]
    assert str(found).endswith("Train with rows of sure.")


def test_frame_without_pandas(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    found = AugmentationGain("AUC", 0.95, np.ones(2), {"a": np.arange(2.0)}, 1.0)
    assert found.frame[0]["sampler"] == "a"
    assert found.frame[0]["gain"] == -0.5


def test_the_default_score_is_that_of_the_rarer_class():
    names = np.where(Y == 1, "a rare one", "common")  # sorted before the common one
    found = augmentation_gain(LinearSVC(), X, names, REPEAT, cv=FOLDS)
    numbers = augmentation_gain(LinearSVC(), X, Y, REPEAT, cv=FOLDS)
    flipped = augmentation_gain(LinearSVC(), X, 1 - Y, REPEAT, cv=FOLDS)
    assert found.scoring == "average precision of class 'a rare one'"
    assert flipped.scoring == "average precision of class 0"
    assert found.baseline == pytest.approx(numbers.baseline, abs=1e-6)
    assert flipped.baseline == pytest.approx(numbers.baseline, abs=1e-6)


def test_the_default_score_of_more_than_two_classes():
    rows, species = load_iris(return_X_y=True)
    species = np.array(["a", "b", "c"])[species]
    found = augmentation_gain(GaussianNB(), rows, species, REPEAT, cv=FOLDS)
    assert found.scoring == "average precision"
    for fold, (train, test) in enumerate(FOLDS.split(rows, species)):
        model = GaussianNB().fit(rows[train], species[train])
        shares = model.predict_proba(rows[test]).T
        own = [
            average_precision_score(species[test] == label, share)
            for label, share in zip("abc", shares, strict=True)
        ]
        assert found.baseline[fold] == pytest.approx(np.mean(own), abs=1e-12)


def test_folds_by_default():
    found = augmentation_gain(GaussianNB(), X, Y, REPEAT, random_state=0)
    assert len(found.baseline) == 10
    for seed, is_same in ((0, True), (1, False)):
        splitter = RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=seed)
        own = augmentation_gain(GaussianNB(), X, Y, REPEAT, cv=splitter)
        assert np.array_equal(found.baseline, own.baseline) == is_same


def test_own_score_and_columns_that_are_chosen():
    def balanced(estimator, X, y):
        return balanced_accuracy_score(y, estimator.predict(X))

    chooser = RFECV(LogisticRegression(), cv=2, min_features_to_select=15)
    found = augmentation_gain(chooser, X, Y, REPEAT, scoring=balanced, cv=FOLDS)
    same = augmentation_gain(
        chooser, X, Y, REPEAT, scoring="balanced_accuracy", cv=FOLDS
    )
    assert found.scoring == "balanced"
    assert same.scoring == "balanced_accuracy"
    assert np.array_equal(found.baseline, same.baseline)
    assert np.array_equal(*(f.scores["RandomOverSampler"] for f in (found, same)))


class OfFrames(BaseEstimator):
    """A sampler that adds nothing, and takes frames alone."""

    def fit_resample(self, X, y):
        assert list(X.columns) == [f"c{j}" for j in range(20)]
        assert list(X.index) == list(y.index)
        return X, y


def test_samplers_see_frames():
    frame, labels = pd.DataFrame(X).add_prefix("c"), pd.Series(Y)
    found = augmentation_gain(MODEL, frame, labels, OfFrames(), cv=FOLDS)
    assert np.array_equal(found.baseline, found.scores["OfFrames"])


def test_frames_and_seeds():
    options = {"n_score_samples": 20, "refinement": None}
    gan = GANGenerator(max_iter=2, hidden_layer_sizes=(8,), **options)
    sampler = GANOverSampler(gan, random_state=0)
    frame = pd.DataFrame(X).add_prefix("c")
    runs = [augmentation_gain(MODEL, frame, Y, sampler, cv=2).scores for _ in range(2)]
    assert np.array_equal(*(run["GANOverSampler"] for run in runs))


def test_folds_as_masks_and_samplers_that_do_not_pickle():
    sampler = RandomOverSampler(sampling_strategy=lambda y: {1: 100}, random_state=0)
    folds = list(FOLDS.split(X, Y))
    masks = [[np.isin(np.arange(200), part) for part in fold] for fold in folds]
    found = [augmentation_gain(MODEL, X, Y, sampler, cv=cv) for cv in (folds, masks)]
    assert str(found[0]) == str(found[1])


def test_folds_at_a_time(monkeypatch):
    """As workers get them, which would take seconds to start."""
    one, asked = augmentation_gain(MODEL, X, Y, REPEAT, cv=3, n_jobs=1), []

    def recorded(*args, n_jobs, **options):
        asked.append(n_jobs)
        args, options = pickle.loads(pickle.dumps((args, options)))
        return cross_val_score(*args, **options)

    monkeypatch.setattr(
        "skgan.model_selection.augmentation_gain.cross_val_score", recorded
    )
    two = augmentation_gain(MODEL, X, Y, REPEAT, cv=3, n_jobs=2)
    assert np.array_equal(*(f.scores["RandomOverSampler"] for f in (one, two)))
    assert asked == [2, 2]


def nowhere(estimator, X, y):
    return np.nan


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"confidence": 1.0}, r"confidence must be in \(0, 1\), got 1\.0"),
        ({"sampler": []}, "sampler must be at least one sampler, got none"),
        ({"sampler": {"a": MODEL}}, "must have the method fit_resample, got Logistic"),
        ({"y": np.zeros(200, int)}, "y must have at least two classes, got one"),
        ({"cv": KFold(2), "y": np.sort(Y)}, "all 2 classes, got 1 in fold 0: make"),
        ({"scoring": nowhere}, "nowhere must be finite in each fold, got .nan"),
        ({"cv": [(np.arange(100), np.arange(100, 200))]}, "at least 2 folds, got 1"),
    ],
)
def test_bad_parameters(options, message):
    with pytest.raises(ValueError, match=message):
        augmentation_gain(
            **{"estimator": MODEL, "X": X, "y": Y, "sampler": REPEAT} | options
        )


def test_an_error_names_the_sampler():
    small = np.r_[np.zeros(194, int), np.ones(6, int)]
    samplers = {"same": REPEAT, "learned": GANOverSampler()}
    with pytest.raises(ValueError, match="class 1 has 4 rows") as caught:
        augmentation_gain(MODEL, X, small, samplers, cv=FOLDS)
    assert caught.value.__notes__ == ["The sampler was 'learned'."]


def test_display():
    baseline = np.array([0.5, 0.6, 0.7])
    scores = {
        "$a_$": baseline + [0.1, 0.11, 0.12],
        "down": baseline - [0.1, 0.11, 0.12],
        "same": baseline,
    }
    found = AugmentationGain("$a_$", 0.95, baseline, scores, 0.25)
    display = AugmentationGainDisplay.from_gain(found)
    assert [label.get_text() for label in display.ax_.get_yticklabels()] == list(scores)
    colors = [container.lines[0].get_color() for container in display.points_]
    assert colors == ["tab:green", "tab:red", "0.4"]
    for gain, container in zip(found.gains, display.points_, strict=True):
        assert container.lines[0].get_xdata() == [gain.gain]
        (segment,) = container.lines[2][0].get_segments()
        assert segment[:, 0] == pytest.approx([gain.low, gain.high])
    assert display.ax_.get_xlabel() == "gain in $a_$"
    display.figure_.canvas.draw()  # no mathematics
    axes = plt.subplots()[1]
    assert AugmentationGainDisplay(found=found).plot(axes).ax_ is axes
    plt.close("all")
