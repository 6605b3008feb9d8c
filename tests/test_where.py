"""Rows that fulfill conditions: none that does not, as many as asked, and which."""

import copy
import pickle
import warnings
from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy.stats import chi2_contingency

import skgan
from skgan import MISSING, PRESENT, GANGenerator
from skgan.conditions import Where
from skgan.model import demanded

SHORT = {"max_iter": 40, "hidden_layer_sizes": (16,), "n_score_samples": 100}
STATES = ["CA", "NY", "TX", "WY"]


def people(n, seed=0):
    """Columns of all types, that depend on each other."""
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 90, n)
    sex = np.where(rng.random(n) < 0.4, "f", "m")
    state = rng.choice(STATES, n, p=[0.5, 0.3, 0.15, 0.05])
    income = 1_000.0 * age + rng.normal(0, 9_000, n).round()
    return pd.DataFrame(
        {
            "age": age,
            "sex": sex,
            "state": state,
            "region": np.where(np.isin(state, ["CA", "WY"]), "west", "east"),
            "income": np.where(rng.random(n) < 0.2, np.nan, income),
            "twice": 2 * age,
            "since": np.datetime64("2020-01-01") + rng.integers(0, 900, n),
            "member": rng.random(n) < 0.3,
            "code": [f"x-{number}" for number in rng.permutation(90_000)[:n] + 10_000],
        }
    )


def fitted(table, **params):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # identifiers, and what too short a fit is like
        return GANGenerator(**{"random_state": 0, **SHORT, **params}).fit(table)


@pytest.fixture(scope="module")
def refined():
    return fitted(people(600))


@pytest.fixture(scope="module")
def plain():
    return fitted(people(600), refinement=None)


CONDITIONS = {
    "range": ({"age": (60, None)}, lambda X: X.age >= 60),
    "both ends": ({"age": (30, 40)}, lambda X: X.age.between(30, 40)),
    "one number": ({"age": (30, 30)}, lambda X: X.age == 30),
    "half a step": ({"age": (None, 30.5)}, lambda X: X.age <= 30),
    "infinite": ({"age": (-np.inf, 30)}, lambda X: X.age <= 30),
    "value": ({"sex": "f"}, lambda X: X.sex == "f"),
    "list": ({"state": ["NY", "WY"]}, lambda X: X.state.isin(["NY", "WY"])),
    "set": ({"state": {"NY"}}, lambda X: X.state == "NY"),
    "array": ({"state": np.array(["NY"])}, lambda X: X.state == "NY"),
    "missing": ({"income": MISSING}, lambda X: X.income.isna()),
    "present": ({"income": PRESENT}, lambda X: X.income.notna()),
    "range, not missing": ({"income": (0, None)}, lambda X: X.income >= 0),
    "determined": ({"region": "west"}, lambda X: X.state.isin(["CA", "WY"])),
    "a multiple": ({"twice": (120, 140)}, lambda X: X.age.between(60, 70)),
    "boolean": ({"member": True}, lambda X: X.member),
    "date": ({"since": (date(2021, 1, 1), None)}, lambda X: X.since >= "2021-01-01"),
    "date as text": (
        {"since": (None, "2020-06-01")},
        lambda X: X.since <= "2020-06-01",
    ),
    "timestamp": (
        {"since": (pd.Timestamp("2021-01-01 12:00"), None)},
        lambda X: X.since > "2021-01-01",
    ),
    "function": ({"age": lambda age: age % 2 == 0}, lambda X: X.age % 2 == 0),
    "function of all": (
        lambda X: X["income"] > 1_000 * X["age"],
        lambda X: X.income > 1_000 * X.age,
    ),
    "several": (
        {"age": (40, None), "sex": "m", "state": ["CA", "TX"], "income": PRESENT},
        lambda X: (X.age >= 40) & (X.sex == "m") & X.state.isin(["CA", "TX"]),
    ),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_all_rows_fulfill_it_and_none_is_missing(refined, name):
    where, holds = CONDITIONS[name]
    for seed in range(3):
        rows = refined.sample(50, where=where, random_state=seed)
        assert len(rows) == 50 and holds(rows).all()
        free = refined.sample(200, random_state=seed)
        assert not holds(free).all()  # it asks for something
        assert rows.dtypes.equals(free.dtypes) and rows.code.is_unique


def test_missing_values_may_be_among_those_of_a_list(refined):
    rows = refined.sample(
        100, where={"income": [MISSING, 40_000.0, 41_000.0]}, random_state=0
    )
    assert (rows.income.isna() | rows.income.isin([40_000, 41_000])).all()


def test_a_seed_repeats_rows_and_the_estimator_stays(refined):
    before = refined.sample(20, random_state=1)
    first, second = (
        refined.sample(20, where={"sex": "f"}, random_state=1) for _ in range(2)
    )
    pd.testing.assert_frame_equal(first, second)
    other = refined.sample(20, where={"sex": "f"}, random_state=2)
    assert not first.equals(other)
    pd.testing.assert_frame_equal(before, refined.sample(20, random_state=1))


def test_no_condition_at_all_is_fulfilled_by_any_row(refined):
    assert len(refined.sample(7, where={}, shares={})) == 7


# ------------------------------------------------------------------ distribution


def as_counts(rows):
    """In how many rows each combination of ranges and classes is."""
    age = np.digitize(rows.age, [30, 45, 60, 75])
    sex, state = (rows.sex == "f").astype(int), rows.state.map(STATES.index)
    gap, member = rows.income.isna().astype(int), rows.member.astype(int)
    joint = (((age * 2 + sex) * 4 + state) * 2 + gap) * 2 + member
    return np.bincount(joint, minlength=160)


def p_value(a, b):
    """Of two tables of counts being of one distribution; rare cells are joined."""
    rare = a + b < 20
    parts = [np.append(own[~rare], own[rare].sum()) for own in (a, b)]
    parts = np.array(parts)[:, np.add(*parts) > 0]
    return chi2_contingency(parts).pvalue


@pytest.mark.parametrize(
    "name, refine",
    [
        ("several", True),
        pytest.param("several", False, marks=pytest.mark.slow),
        pytest.param("determined", True, marks=pytest.mark.slow),
    ],
)
def test_rows_are_distributed_as_rejection_from_a_large_sample(refined, name, refine):
    where, holds = CONDITIONS[name]
    many = refined.sample(60_000, refine=refine, random_state=100)
    expected = as_counts(
        many[holds(many) & (many.income.notna() | (name != "several"))]
    )
    counts = sum(
        as_counts(refined.sample(200, where=where, refine=refine, random_state=seed))
        for seed in range(20)
    )
    assert counts.sum() == 4_000 and p_value(counts, expected) > 0.01
    # Rows that were not refined, or not independent, would show
    other = refined.sample(60_000, refine=not refine, random_state=100)
    other = as_counts(other[holds(other)])
    assert p_value(counts, other) < 1e-3
