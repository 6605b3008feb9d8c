"""What models learned on synthetic rows know of real ones."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import roc_auc_score

from skgan.metrics import train_on_synthetic_score


def rows(n, seed, independent=False):
    """Two numbers, text that follows one of them, and a class of three."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    table = {
        "x": x,
        "y": x + 0.3 * rng.normal(size=n),
        "sign": np.where(x > 0, "plus", "minus"),
        "third": np.digitize(x + 0.2 * rng.normal(size=n), [-0.5, 0.5]),
    }
    if independent:
        table = {name: rng.permutation(column) for name, column in table.items()}
    return pd.DataFrame(table)


TRAIN, TEST, FRESH = rows(900, 0), rows(900, 1), rows(900, 2)


def coded(table, target):
    return table.drop(columns=target).assign(
        **{"sign": table["sign"] == "plus"} if target != "sign" else {}
    )


def test_equals_scikit_learn_by_hand():
    """Labels: area under the curve, of two classes and of three. Numbers: R2."""
    model = HistGradientBoostingClassifier(random_state=0)
    model.fit(coded(FRESH, "sign"), FRESH["sign"])
    shares = model.predict_proba(coded(TEST, "sign"))[:, 1]
    score = train_on_synthetic_score(TRAIN, TEST, FRESH, "sign")
    expected = roc_auc_score(TEST["sign"] == "plus", shares)
    assert score.synthetic == pytest.approx(expected, abs=1e-12)

    options = {"random_state": 0, "categorical_features": ["sign"]}
    model = HistGradientBoostingClassifier(**options)
    model.fit(coded(TRAIN, "third"), TRAIN["third"])
    shares = model.predict_proba(coded(TEST, "third"))
    score = train_on_synthetic_score(TRAIN, TEST, FRESH, "third")
    expected = roc_auc_score(TEST["third"], shares, multi_class="ovr")
    assert score.real == pytest.approx(expected, abs=1e-12)

    model = HistGradientBoostingRegressor(**options)
    model.fit(coded(FRESH, "y"), FRESH["y"])
    score = train_on_synthetic_score(TRAIN, TEST, FRESH, "y")
    expected = model.score(coded(TEST, "y"), TEST["y"])
    assert score.synthetic == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("target", ["sign", "third", "y"])
def test_ranks_rows_rightly(target):
    good = train_on_synthetic_score(TRAIN, TEST, FRESH, target)
    poor = rows(900, 2, independent=True)
    bad = train_on_synthetic_score(TRAIN, TEST, poor, target)
    assert good.real == bad.real > 0.85
    assert good.synthetic == pytest.approx(good.real, abs=0.03)
    assert bad.synthetic < 0.7


def test_estimators_of_your_own():
    score = train_on_synthetic_score(
        TRAIN, TEST, FRESH, "y", estimator=LinearRegression()
    )
    assert score.synthetic == pytest.approx(score.real, abs=0.01) and score.real > 0.85
    forest = RandomForestClassifier(20, random_state=0)
    for target in ("sign", "third"):
        score = train_on_synthetic_score(TRAIN, TEST, FRESH, target, estimator=forest)
        assert score.synthetic > 0.9
    assert not hasattr(forest, "classes_")  # a clone was fitted
    # A number of many values, by a classifier, as its type says
    whole = [t.assign(y=t["y"].round()) for t in (TRAIN, TEST, FRESH)]
    log = LogisticRegression()
    assert train_on_synthetic_score(*whole, "y", estimator=log).synthetic > 0.8


def test_scoring():
    score = train_on_synthetic_score(TRAIN, TEST, FRESH, "sign", scoring="accuracy")
    assert 0.95 < score.synthetic <= 1
    score = train_on_synthetic_score(
        TRAIN, TEST, FRESH, "y", scoring="neg_mean_absolute_error"
    )
    assert -0.5 < score.synthetic < -0.2


def test_missing_targets_and_classes():
    gaps = TRAIN.assign(sign=TRAIN["sign"].where(TRAIN.index % 3 > 0))
    score = train_on_synthetic_score(gaps, TEST, FRESH, "sign")
    few = TRAIN[TRAIN.index % 3 > 0]
    assert score == train_on_synthetic_score(few, TEST, FRESH, "sign")
    # Synthetic rows lack a class: it cannot be told from the others
    lacking = FRESH[FRESH["third"] < 2]
    score = train_on_synthetic_score(TRAIN, TEST, lacking, "third")
    assert score.synthetic < score.real - 0.1
    model = HistGradientBoostingClassifier(
        random_state=0, categorical_features=["sign"]
    ).fit(coded(lacking, "third"), lacking["third"])
    shares = model.predict_proba(coded(TEST, "third"))
    areas = [roc_auc_score(TEST["third"] == k, shares[:, k]) for k in (0, 1)]
    assert score.synthetic == pytest.approx(np.mean([*areas, 0.5]), abs=1e-12)
    only = FRESH[FRESH["third"] == 1]
    assert train_on_synthetic_score(TRAIN, TEST, only, "third").synthetic == 0.5
    # Labels that no training row has are not asked for
    odd = TEST.assign(third=TEST["third"].where(TEST.index > 9, 7))
    score = train_on_synthetic_score(TRAIN, odd, FRESH, "third")
    assert score == train_on_synthetic_score(TRAIN, TEST[10:], FRESH, "third")


def test_containers():
    few = [table[:200] for table in (TRAIN, TEST, FRESH)]
    expected = train_on_synthetic_score(*few, "third")
    frames = [pl.from_pandas(table) for table in few]
    assert train_on_synthetic_score(*frames, "third") == expected
    numbers = [table[["x", "y", "third"]] for table in few]
    arrays = [table.to_numpy() for table in numbers]
    by_name = train_on_synthetic_score(*numbers, "third")
    assert train_on_synthetic_score(*arrays, 2) == by_name


def test_errors():
    with pytest.raises(ValueError, match="Column 'z' must be one of those of the real"):
        train_on_synthetic_score(TRAIN, TEST, FRESH, "z")
    for n, end in ((10, ", 'c9'."), (11, ", 'c9', ....")):
        wide = pd.DataFrame(np.eye(12, n), columns=[f"c{j}" for j in range(n)])
        with pytest.raises(ValueError, match="rows, 'c0', 'c1'") as error:
            train_on_synthetic_score(wide, wide, wide, "z")
        assert str(error.value).endswith(end)
    none = FRESH.assign(sign=np.full(len(FRESH), None))
    with pytest.raises(ValueError, match="synthetic must have values of the target"):
        train_on_synthetic_score(TRAIN, TEST, none, "sign")
    with pytest.raises(ValueError, match="real_test must have the columns of real_tr"):
        train_on_synthetic_score(TRAIN, TEST[["x"]], FRESH, "sign")


@pytest.mark.parametrize("target", ["sign", "y"])
def test_columns_without_any_number(target):
    gaps = FRESH.assign(x=np.nan)
    score = train_on_synthetic_score(TRAIN, TEST, gaps, target)
    full = train_on_synthetic_score(TRAIN, TEST, FRESH, target)
    assert score.real == full.real and 0 < score.synthetic < full.synthetic
