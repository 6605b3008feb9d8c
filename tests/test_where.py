"""Rows that fulfill conditions: none that does not, as many as asked, and which."""

import copy
import pickle
import sys
import warnings
from datetime import date, time, timedelta
from decimal import Decimal
from unittest import mock

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy.stats import chi2_contingency
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skgan
from skgan import MISSING, PRESENT, GANGenerator
from skgan.conditions import Where
from skgan.encoding import FewNames, TableEncoder
from skgan.encoding.columns.patterns import PatternSampler
from skgan.model import demanded, sources
from skgan.refinement import search

SHORT = {"max_iter": 40, "hidden_layer_sizes": (16,), "n_score_samples": 100}
SHORT |= {"penalty_weight": 0.15}  # so that so short a training has an effect
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
    return fitted(people(500), refinement="trees")


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
        lambda X: (
            (X.age >= 40)
            & (X.sex == "m")
            & (X.state.isin(["CA", "TX"]))
            & X.income.notna()
        ),
    ),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_all_rows_fulfill_it_and_none_is_missing(refined, name):
    where, holds = CONDITIONS[name]
    free = refined.sample(200, refine=False, random_state=0)
    assert not holds(free).all()  # it asks for something
    for seed in range(2):
        rows = refined.sample(50, where=where, random_state=seed)
        assert len(rows) == 50 and holds(rows).all()
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


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_conditions_are_asked_of_values_as_they_leave(make):
    """Not of numbers before the dtype of the table has rounded and clipped them."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=300)
    table = {
        "narrow": x.astype(np.float32) / 3,
        "small": np.clip(90 * x, -128, 127).astype(np.int8),
        "price": [Decimal(round(100 * abs(own))) / 100 for own in x],
        "text": [f"{100 + own:.1f} km" for own in x],
        "day": [date(2020, 1, 1) + timedelta(days=int(30 * own)) for own in x],
        "twice": 2 * x.astype(np.float32) / 3,
        "sex": rng.choice(["f", "m"], 300),
        "member": x > 0.3,
    }
    encoder = TableEncoder().fit(make(table))
    rng = np.random.default_rng(1)
    encoded = encoder.encode(encoder.read(make(table)), rng)
    n_classes = len(encoder.layout.class_sizes)
    encoded[:, n_classes:] *= 3  # beyond what training rows had
    held = encoder.decode_table(encoded)
    built = encoder.build(encoded)
    expected = encoder.schema.read(built)
    for own, read in zip(held.columns, expected, strict=True):
        np.testing.assert_array_equal(own.values, read.values, strict=True)
        np.testing.assert_array_equal(own.missing, read.missing)
    again = encoder.schema.read(encoder.build_table(held))
    for own, read in zip(again, expected, strict=True):
        np.testing.assert_array_equal(own.values, read.values)


def test_a_decimal_stands_for_that_of_the_dtype():
    table = pd.DataFrame({"x": np.float32([0.1, 0.3, 0.7] * 50), "y": range(150)})
    gan = fitted(table, refinement=None, max_iter=3)
    for where in ({"x": 0.1}, {"x": [0.1, 0.7]}, {"x": (0.1, 0.1)}, {"x": (None, 0.3)}):
        rows = gan.sample(20, where=where, random_state=0)
        assert rows.x.dtype == np.float32 and len(rows) == 20
    assert set(rows.x) == {np.float32(0.1), np.float32(0.3)}  # both ends included
    assert len(gan.sample(5, where={"x": (None, 1e300)})) == 5


def test_a_float_stands_for_the_decimal_that_it_prints_as():
    """100 * 0.29 is 28.999999999999996."""
    cents = [29, 30] * 100
    table = pd.DataFrame({"exact": [Decimal(own) / 100 for own in cents]})
    table["text"] = [f"{own / 100:.2f} EUR" for own in cents]
    table["text"] = np.where(np.arange(200) % 20, table["text"], "1.15 EUR")
    gan = fitted(table, refinement=None, max_iter=3)
    for name in table:
        for value in (0.29, np.float64(0.29), Decimal("0.29")):
            rows = gan.sample(5, where={name: value}, random_state=0)
            assert set(rows[name]) == {table[name][2]}
        with pytest.raises(ValueError, match="numbers of at most 2 decimals, .*0.295"):
            gan.sample(5, where={name: 0.295})


def test_text_is_a_date_or_time_whatever_a_column_has():
    days = [date(2024, 1, 1) + timedelta(days=own % 90) for own in range(300)]
    table = pl.DataFrame(
        {
            "day": days,
            "number": [int(f"{own:%Y%m%d}") for own in days],
            "text": [f"{own:%d.%m.%Y}" for own in days],
            "clock": [time(own % 24, own % 60) for own in range(300)],
        }
    )
    gan = fitted(table, refinement=None, max_iter=3)
    asked = {"day": date(2024, 2, 1), "number": 20240201, "text": "01.02.2024"}
    for name, end in asked.items():
        for low in (end, "2024-02-01", date(2024, 2, 1)):
            rows = gan.sample(30, where={name: (low, None)}, random_state=0)
            found = rows[name].cast(str).str.replace(r"(..)\.(..)\.(.{4})", "$3-$2-$1")
            assert min(found) >= ("20240201" if name == "number" else "2024-02-01")
    rows = gan.sample(30, where={"clock": ("12:30", None)}, random_state=0)
    assert min(rows["clock"]) >= time(12, 30)
    with pytest.raises(ValueError, match="must hold dates in steps of 86400 s, as the"):
        gan.sample(5, where={"day": "2024-02-01 12:00"})


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
    many = refined.sample(20_000, refine=refine, random_state=100)
    expected = as_counts(many[holds(many)])
    counts = sum(
        as_counts(refined.sample(100, where=where, refine=refine, random_state=seed))
        for seed in range(20)
    )
    assert counts.sum() == 2_000 and p_value(counts, expected) > 0.01
    # Rows that were not refined, or not independent, would show
    other = refined.sample(20_000, refine=not refine, random_state=100)
    other = as_counts(other[holds(other)])
    assert p_value(counts, other) < 1e-3


def labeled(n, seed=0):
    """Two numbers and a label: a condition on the first changes the label's shares."""
    rng = np.random.default_rng(seed)
    y = rng.choice(3, n, p=[0.6, 0.3, 0.1])
    x = y + rng.normal(0, 0.8, n)
    return pd.DataFrame({"x": x, "z": x**2 + rng.normal(size=n)}), y


@pytest.fixture(scope="module")
def conditional():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gan = GANGenerator(
            class_conditional=True, refinement="trees", random_state=0, **SHORT
        )
        return gan.fit(*labeled(500))


def joint_counts(rows, labels):
    """In how many rows each label and each of some ranges of both numbers is."""
    x, z = np.digitize(rows.x, [1.0, 1.5, 2.0, 2.5]), np.digitize(rows.z, [1, 3, 6])
    return np.bincount((np.asarray(labels) * 5 + x) * 4 + z, minlength=60)


def test_labels_have_the_shares_that_a_condition_gives_them(conditional):
    many, labels = conditional.sample(15_000, return_y=True, random_state=50)
    kept = many.x > 1
    before, after = (
        np.bincount(own, minlength=3) / len(own) for own in (labels, labels[kept])
    )
    assert np.abs(before - after).max() > 0.1
    expected = joint_counts(many[kept], labels[kept])
    counts = 0
    for seed in range(20):
        rows, own = conditional.sample(
            100, where={"x": (1, None)}, return_y=True, random_state=seed
        )
        assert (rows.x >= 1).all() and len(own) == 100
        counts = counts + joint_counts(rows, own)
    assert p_value(counts, expected) > 0.01


def test_labels_that_are_drawn_are_refined_only_where_there_are_such_rows(conditional):
    judged = []
    refinement = conditional._model.refinement
    counted = mock.patch.object(
        type(refinement), "log_chance", lambda self, features: judged.append(features)
    )
    with counted, pytest.raises(ValueError, match="too rare: none of 30,000"):
        conditional.sample(1_000, where=lambda table: table.x > 50, random_state=0)
    # Some, but not enough
    x = conditional.sample(20_000, refine=False, random_state=1).x
    few = {"x": (x.nlargest(20).min(), None)}
    with counted, pytest.raises(ValueError, match="too rare: about 1 in"):
        conditional.sample(100_000, where=few, random_state=0)
    assert judged == []


def test_errors_say_of_which_label_rows_are_too_rare(conditional):
    rows, labels = conditional.sample(20_000, return_y=True, random_state=1)
    highest = rows.x.groupby(np.asarray(labels)).max()
    for label, y in ((0, 0), (1, 1), (1, np.repeat([1, 2], 15_000))):
        where = {"x": (highest[label] - 0.01, None)}
        message = (
            rf"of the generator's rows of label {label} fulfills the conditions .* The "
            rf"rarest condition by itself is 'x' >= {where['x'][0].item()}: [1n]"
        )
        with pytest.raises(ValueError, match=message):
            conditional.sample(30_000, y=y, where=where, random_state=0)


def test_labels_that_are_given_stay_where_they_are(conditional):
    y = np.array([2, 0, 1, 0, 2] * 40)
    rows, labels = conditional.sample(
        200, y=y, where={"x": (0.5, 1.5)}, return_y=True, random_state=0
    )
    np.testing.assert_array_equal(labels, y)
    assert rows.x.between(0.5, 1.5).all()
    many = conditional.sample(4_000, y=2, random_state=9)
    many = many.z[many.x.between(0.5, 1.5)]
    of_label = [
        conditional.sample(200, y=y, where={"x": (0.5, 1.5)}, random_state=seed).z[
            y == 2
        ]
        for seed in range(5)
    ]
    assert abs(np.mean(of_label) - many.mean()) < 4 * many.std() / np.sqrt(400)
    one = conditional.sample(30, y=1, where={"x": (0.5, 1.5)}, random_state=0)
    assert len(one) == 30 and one.x.between(0.5, 1.5).all()


# ------------------------------------------------------------------------ errors

ERRORS = {
    "unknown column": ({"agee": 3}, r"where\['agee'\] is no column .* mean 'age'\?"),
    "unknown category": (
        {"state": "CAL"},
        r"where\['state'\] must hold values that new rows can have.*'CA', 'NY', 'TX', "
        r"'WY'\), got 'CAL'. Did you mean 'CA'\?",
    ),
    "unknown category of a determined column": ({"region": "south"}, "got 'south'"),
    "range of categories": (
        {"state": ("CA", "NY")},
        r"must be a list, as only numbers, dates and times have ranges and this column "
        r"holds categories: \['CA', 'NY'\]",
    ),
    "range of booleans": ({"member": (0, 1)}, "holds booleans"),
    "empty range": ({"age": (40, 30)}, r"low <= high, got \(40, 30\)"),
    "no end": ({"age": (None, None)}, "or be skgan.PRESENT"),
    "end of nothing": ({"age": (np.inf, None)}, "hold a number.*got inf"),
    "end before all": ({"age": (None, -np.inf)}, "hold a number.*got -inf"),
    "fraction": ({"age": 60.5}, r"\['age'\] must hold whole numbers.*got 60.5"),
    "fraction in a list": ({"age": [60.5, 40]}, "must hold whole numbers.*got 60.5"),
    "three ends": ({"age": (1, 2, 3)}, r"a pair \(low, high\), or a list of values"),
    "empty list": ({"state": []}, "no row fulfills an empty list"),
    "text for a number": (
        {"age": "old"},
        "hold a number, as the column does, got 'old'",
    ),
    "boolean for a number": ({"age": True}, "hold a number.*got True"),
    "number for a date": (
        {"since": (1, None)},
        "hold a date, as the column does, got 1",
    ),
    "no date": ({"since": "soon"}, "hold a date, as the column does, got 'soon'"),
    "no value": (
        {"age": None},
        "as the column does, got None. skgan.MISSING stands for a missing",
    ),
    "missing end": ({"age": (np.nan, 3)}, "skgan.MISSING stands for a missing value"),
    "never missing": ({"age": MISSING}, "too few training rows had none"),
    "dict": ({"age": {"low": 3}}, "must be a value, a list, a pair or a function"),
    "identifier": ({"code": "x-1"}, "column 'code' names rows"),
    "no dict": (3, "where must be a dict with a condition for each column, or a func"),
    "wrong answer": ({"age": lambda age: age}, r"\['age'\] must return True or False"),
    "too few answers": (lambda X: np.array([True]), "the function where must return"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_what_cannot_be_asked_is_refused_by_name(plain, name):
    where, message = ERRORS[name]
    with pytest.raises(ValueError, match=message):
        plain.sample(10, where=where, random_state=0)


def test_a_category_that_was_merged_because_it_is_rare(plain):
    table = people(300)
    table.loc[:2, "state"] = "ZZ"
    rare = fitted(table, refinement=None, max_iter=3)
    with pytest.raises(ValueError, match="as enough training rows had them.*got 'ZZ'"):
        rare.sample(10, where={"state": "ZZ"})
    declared = table.iloc[3:].drop(columns="region")
    declared["state"] = declared.state.astype(pd.CategoricalDtype([*STATES, "OR"]))
    declared = fitted(declared, refinement=None, max_iter=3)
    with pytest.raises(ValueError, match="as enough training rows had them.*got 'OR'"):
        declared.sample(10, where={"state": "OR"})


def test_a_column_that_was_dropped():
    dropped = fitted(
        people(300),
        encoder=TableEncoder(on_identifiers="drop"),
        refinement=None,
        max_iter=3,
    )
    with pytest.raises(ValueError, match="column 'code' is left out of new rows"):
        dropped.sample(10, where={"code": "x-1"})
    rows = dropped.sample(10, where=lambda X: X["age"] > 50, random_state=0)
    assert (rows.age > 50).all() and "code" not in rows


def test_rows_that_are_too_rare_are_refused_with_their_share(plain):
    where = {"age": (60, None), "twice": (None, 110)}
    message = (
        r"too rare: none of 30,000 of the generator's rows fulfills .*at most 1 in "
        r"10,000, with 95% confidence\)\. At most 10,000,000 candidates are drawn\. "
        r"The rarest condition by itself is 'age' >= 60: \d\d%\.$"
    )
    with pytest.raises(ValueError, match=message):
        plain.sample(1_000, where=where, random_state=0)


def test_ranges_that_no_row_can_reach_are_refused_before_any_is_drawn(plain):
    rows = plain.sample(2_000, random_state=0)
    lowest, highest = (rows.age.agg(own) for own in ("min", "max"))
    schema, age = plain.encoder_.schema, 0
    spans = plain.encoder_.spans(age)
    assert spans[:, 0].min() <= lowest and highest <= spans[:, 1].max()
    assert 18 <= spans.min() and spans.max() <= 89
    rule = "must reach values that new rows can have"
    for where, words in {
        "high": ({"age": (200, None)}, r"from 18 to 8\d, got \(200, None\)"),
        "low": ({"age": (None, 17)}, r"from 18 to 8\d, got \(None, 17\)"),
        "number": ({"age": 300}, r"from 18 to 8\d, got 300"),
        "among": ({"age": [20, 300]}, r"from 18 to 8\d, got 300"),
        "copy": ({"twice": (None, 30)}, r"from 36 to 17\d, got \(None, 30\)"),
        "date": ({"since": (date(2031, 1, 1), None)}, "from 2020-01-0.* to 2022-06"),
    }.values():
        with pytest.raises(ValueError, match=f"{rule}, {words}"):
            Where(where, plain.encoder_)
    for where in ({"age": (highest, None)}, {"age": (None, 18)}, {"twice": 36}):
        assert len(Where(where, plain.encoder_)) == 1
    assert schema.columns[age].content == "number"


def test_what_is_hardly_beyond_all_numbers_may_be_rounding():
    values = np.random.default_rng(0).normal(size=500)
    encoder = TableEncoder().fit(pd.DataFrame({"size": values}))
    lowest, highest = encoder.spans(0)[0]
    assert lowest < -1 and highest > 1
    for ends in ((highest * (1 + 1e-9), None), (None, lowest * (1 + 1e-9))):
        assert len(Where({"size": ends}, encoder)) == 1
    for ends in ((highest * (1 + 1e-5), None), (None, lowest * (1 + 1e-5))):
        with pytest.raises(ValueError, match="must reach values that new rows can"):
            Where({"size": ends}, encoder)


def test_a_number_that_rows_have_by_no_chance_is_refused():
    """Off the grid of a column, or among all numbers, but for those that rows share."""
    rng = np.random.default_rng(0)
    any_number = rng.normal(size=500).astype(np.float32)
    any_number[:50] = 0.1  # many rows share it
    X = pd.DataFrame(
        {
            "any": any_number,
            "gaps": pd.array(
                np.where(rng.random(500) < 0.1, None, any_number), "Float64"
            ),
            "cents": rng.gamma(2, 9, 500).round(2),
            "tens": 10 * rng.integers(0, 300, 500),
        }
    )
    encoder = TableEncoder().fit(X)
    for column, value in [("any", 0.1), ("gaps", 0.1), ("cents", 9.87), ("tens", 120)]:
        assert len(Where({column: value}, encoder)) == 1
        wrong = value + 1 / 512 if column != "tens" else value + 5
        for asked in (wrong, [value, wrong]):
            message = rf"had them, got {wrong}. A pair \(low, high\) is a range.$"
            with pytest.raises(ValueError, match=message):
                Where({column: asked}, encoder)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int8, np.uint64])
def test_what_rows_have_is_reached(dtype):
    """In whatever dtypes; between values that are classes there is nothing."""
    rng = np.random.default_rng(0)
    many = rng.choice(np.linspace(1, 100, 331), 600).astype(dtype)
    few = rng.choice(np.array([1, 4, 9], dtype=dtype), 600)
    spiky = np.where(rng.random(600) < 0.5, 0, many).astype(dtype)
    X = pd.DataFrame({"many": many, "few": few, "spiky": spiky, "same": dtype(3)})
    encoder = TableEncoder().fit(X)
    encoded = encoder.encode(encoder.read(X), rng)
    encoded[:, len(encoder.layout.class_sizes) :] *= 9  # as far as numbers reach
    rows = encoder.build(encoded, rng)
    for name in X:
        low, high = rows[name].min(), rows[name].max()
        for asked in ((None, low), (high, None), (low, high), low, high):
            assert len(Where({name: asked}, encoder)) == 1
    for asked in ({"few": (5, 8)}, {"few": (10, None)}, {"same": (4, 5)}):
        with pytest.raises(ValueError, match=r"can have, (1(.0)?, 4(.0)?, 9|3)"):
            Where(asked, encoder)
    with pytest.raises(ValueError, match="can have, from 0"):
        Where({"spiky": (0.2, 0.5) if dtype == np.float64 else (120, None)}, encoder)


def test_the_rarest_condition_and_the_candidates_are_named(plain, monkeypatch):
    searching = sys.modules[search.__module__]
    monkeypatch.setattr(searching, "MAX_CANDIDATES", 200_000)
    where = {"state": "WY", "sex": "f", "age": lambda age: age > 0}
    message = (
        r"too rare: about 1 in \d\d of .*at most 1 in \d\d.*10,000 rows would need "
        r"about \d+,000 candidates.*The rarest condition by itself is 'state' = 'WY': 1"
    )
    with pytest.raises(ValueError, match=message):
        plain.sample(10_000, where=where, random_state=0)


def test_a_function_that_does_not_judge_each_row_is_found_out(plain):
    """Before a single row is looked for, and in the end by the rows themselves."""

    def every_second(X):
        return np.arange(len(X)) % 2 == 0

    rule = "the function where must judge each row by its own values, without chance "
    rule += "and without identifiers: of "
    chance = np.random.default_rng(0)
    for where in (
        every_second,
        lambda X: chance.random(len(X)) < 0.5,
        lambda X: X.code.str[2:].astype(int) % 2 == 0,
    ):
        sizes, message = [], rule + r"512 rows it judges \d+ otherwise"

        def noted(X, where=where, sizes=sizes):
            sizes.append(len(X))
            return where(X)

        with pytest.raises(ValueError, match=message):
            plain.sample(20, where=noted, random_state=0)
        assert sizes == [512, 512]
    with pytest.raises(
        ValueError, match=rule + r"20 rows that fulfilled it \d+ do not"
    ):
        plain.sample(20, where=lambda X: X.age > X.age.mean(), random_state=0)


def test_functions_see_all_columns_and_few_names(plain, monkeypatch):
    """Names are not made of candidates: there may be no room for so many."""
    frames, made = [], []
    make = PatternSampler.sample

    def counted(self, n, *others):
        made.append(n)
        return make(self, n, *others)

    monkeypatch.setattr(PatternSampler, "sample", counted)

    def old(X):
        frames.append(X)
        return X.age > 80

    rows = plain.sample(30, where=old, random_state=0)
    assert sum(made) <= 20 * (len(frames) + 1) + 30
    for frame in frames:
        pd.testing.assert_index_equal(frame.columns, rows.columns)
        assert frame.dtypes.equals(rows.dtypes) and frame.notna().code.all()
    assert rows.code.is_unique and (rows.age > 80).all()


def test_few_names_are_others_in_a_second_table(plain):
    """So that a function that reads them is found out."""
    encoder, rng, names = plain.encoder_, np.random.default_rng(0), FewNames()
    table = encoder.read(plain.sample(60, random_state=0))
    first, second = (set(encoder.build_table(table, rng, names).code) for _ in "ab")
    assert len(first) == len(second) == 20 and not first & second


def test_a_function_of_a_column_gets_it_as_it_is_in_the_table(plain, monkeypatch):
    columns = {}

    def noted(column):
        columns[column.name] = column
        return np.ones(len(column), dtype=bool)

    where = dict.fromkeys(["age", "state", "income", "since", "member"], noted)
    rows = plain.sample(30, where=where, random_state=0)
    for name in where:
        pd.testing.assert_series_equal(columns[name], rows[name])


# --------------------------------------------------------------- containers


@pytest.mark.parametrize("make", [pl.DataFrame, pa.table])
def test_other_libraries(make):
    table = people(200).drop(columns=["since", "code"]).to_dict("list")
    table["income"] = [None if x != x else x for x in table["income"]]
    gan = fitted(make(table), refinement=None, max_iter=3)
    where = {
        "age": (30, None),
        "state": ["CA", "NY"],
        "income": MISSING,
        "member": lambda member: member if make is pl.DataFrame else member.to_pylist(),
    }
    rows = gan.sample(30, where=where, random_state=0)
    assert type(rows) is type(make(table))
    frame = rows.to_pandas()
    assert len(frame) == 30 and (frame.age >= 30).all() and frame.member.all()
    assert frame.income.isna().all() and frame.state.isin(["CA", "NY"]).all()
    halves = {"sex": {"f": 0.5, "m": 0.5}}
    frame = gan.sample(40, shares=halves, random_state=0).to_pandas()
    assert (frame.sex == "f").sum() == 20


def test_what_a_nullable_column_says_of_missing_values_is_no_yes():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"n": pd.array(rng.integers(0, 90, 200), dtype="Int64")})
    table["member"] = pd.array(rng.random(200) < 0.5, dtype="boolean")
    table.loc[::3, ["n", "member"]] = pd.NA
    gan = fitted(table, refinement=None, max_iter=3)
    for where in (
        {"n": lambda n: n > 20, "member": lambda member: member},
        {"n": (21, None), "member": [True]},
        lambda table: (table.n > 20) & table.member,
    ):
        rows = gan.sample(40, where=where, random_state=0)
        assert rows.n.dtype == "Int64" and (rows.n > 20).all() and rows.member.all()
        assert rows.notna().all(axis=None)
    rows = gan.sample(40, where={"n": MISSING}, random_state=0)
    assert rows.n.isna().all()


@pytest.mark.parametrize("encoder", ["table", "scaled"])
def test_columns_of_arrays_by_their_indices(encoder):
    X = np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
    gan = fitted(X, encoder=encoder, refinement=None)
    rows = gan.sample(50, where={0: (0, 0.5), -1: lambda x: x < 0}, random_state=0)
    assert rows.dtype == np.float32 and rows.shape == (50, 3)
    assert ((rows[:, 0] >= 0) & (rows[:, 0] <= 0.5) & (rows[:, 2] < 0)).all()
    end = float(np.median(gan.sample(500, random_state=1)[:, 1]))
    below = gan.sample(50, where={1: (None, end)}, random_state=0)
    assert (below[:, 1] <= np.float32(end)).all()
    for name in (3, "a", -4):
        with pytest.raises(
            ValueError, match="is no column: they are numbered from 0 to 2"
        ):
            gan.sample(5, where={name: 0})


def test_an_encoder_of_the_user_is_asked_about_rows_that_leave():
    class Logarithms(skgan.encoding.ScaledEncoder):
        def read(self, X):
            return np.log(super().read(X))

        def build(self, encoded, rng=None):
            return np.exp(self.decode(encoded))

    X = np.exp(np.random.default_rng(0).normal(size=(200, 2)))
    gan = fitted(X, encoder=Logarithms(), refinement=None)
    end = np.median(gan.sample(200, random_state=1)[:, 0])
    assert end > 0.1  # and its logarithm is another number
    rows = gan.sample(50, where={0: (end, None)}, random_state=0)
    assert (rows[:, 0] >= end).all()


def test_images_have_no_columns(digits):
    gan = fitted(digits[:100], encoder="scaled", max_iter=2)
    assert len(gan.sample(5, where={20: (2, None)})) == 5  # pixels of rows are columns
    images = skgan.DCGANGenerator(max_iter=1, base_channels=8, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        images.fit(digits[:60].reshape(-1, 8, 8))
    for demand in ({"where": {0: 1}}, {"shares": {0: {1: 1.0}}}):
        with pytest.raises(ValueError, match="needs rows with columns to name: images"):
            images.sample(2, **demand)


def test_text_that_writes_numbers_is_asked_as_it_stands():
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "price": [f"{x:.2f} EUR" for x in rng.uniform(1, 9, 200)],
            "income": rng.choice(["<=50K", ">50K"], 200, p=[0.7, 0.3]),
        }
    )
    gan = fitted(table, refinement=None, max_iter=3)
    rows = gan.sample(20, where={"price": ("4.00 EUR", None)}, random_state=0)
    assert (rows.price.str.removesuffix(" EUR").astype(float) >= 4).all()
    for value in ("<=50K", ">50K"):
        rows = gan.sample(20, where={"income": value}, random_state=0)
        assert (rows.income == value).all()
    with pytest.raises(
        ValueError, match="hold numbers as '.*EUR', as the column does, got 'cheap'.$"
    ):
        gan.sample(20, where={"price": ("cheap", None)})


def test_a_category_that_no_row_has_is_no_value():
    """Whether the dtype declares it or not, and it is not what was meant."""
    rng = np.random.default_rng(0)
    drinks = pd.Categorical(rng.choice(["tea", "milk"], 200), ["tea", "milk", "mil"])
    table = pd.DataFrame({"drink": drinks, "x": rng.normal(size=200)})
    gan = fitted(table, refinement=None, max_iter=3)
    message = r"had them \('tea', 'milk'\), got 'mil'. Did you mean 'milk'\?$"
    with pytest.raises(ValueError, match=message):
        gan.sample(5, where={"drink": "mil"})


def test_categories_that_share_classes_are_asked_one_by_one():
    rng = np.random.default_rng(0)
    names = np.array([f"town {i}" for i in range(200)])
    table = pd.DataFrame({"town": np.repeat(names, 6), "x": rng.normal(size=1_200)})
    gan = fitted(table, refinement=None, max_iter=3)
    known = gan.encoder_.schema.columns[0].categories[-1]
    assert (gan.sample(20, where={"town": known}, random_state=0).town == known).all()


# ------------------------------------------------------------------------ shares


@pytest.fixture
def small_pool(monkeypatch):
    monkeypatch.setattr(demanded, "N_POOL", 1_500)


def shares_of(column):
    return column.value_counts(normalize=True).to_dict()


@pytest.mark.usefixtures("small_pool")
def test_several_margins_at_once(refined):
    shares = {
        "sex": {"f": 0.7, "m": 0.3},
        "state": {"CA": 0.25, "NY": 0.25, "TX": 0.25, "WY": 0.25},
        "income": {MISSING: 0.5, PRESENT: 0.5},
    }
    rows = refined.sample(1_000, shares=shares, random_state=0)
    assert len(rows) == 1_000 and rows.code.is_unique
    assert shares_of(rows.sex) == pytest.approx(shares["sex"], abs=0.005)
    assert shares_of(rows.state) == pytest.approx(shares["state"], abs=0.005)
    assert rows.income.isna().mean() == pytest.approx(0.5, abs=0.005)
    again = refined.sample(1_000, shares=shares, random_state=0)
    pd.testing.assert_frame_equal(rows, again)


@pytest.mark.usefixtures("small_pool")
def test_columns_together_with_ranges_and_what_is_left(refined):
    table = {("f", (None, 40)): 0.1, ("m", (41, None)): 0.6}
    rows = refined.sample(1_000, shares={("sex", "age"): table}, random_state=0)
    assert ((rows.sex == "f") & (rows.age <= 40)).mean() == pytest.approx(
        0.1, abs=0.005
    )
    assert ((rows.sex == "m") & (rows.age > 40)).mean() == pytest.approx(0.6, abs=0.005)
    table = pd.Series({"f": 1.0})
    assert (refined.sample(50, shares={"sex": table}, random_state=0).sex == "f").all()


@pytest.mark.usefixtures("small_pool")
def test_shares_and_conditions_together(refined):
    where, shares = {"age": (50, None)}, {"sex": {"f": 0.5, "m": 0.5}}
    rows = refined.sample(500, where=where, shares=shares, random_state=0)
    assert (rows.age >= 50).all() and (rows.sex == "f").sum() == 250


@pytest.mark.slow
def test_rows_inside_a_margin_are_as_they_were(refined):
    """Only the margin changes: given the sex, all else is as without shares."""
    free = refined.sample(30_000, random_state=7)
    counts = 0
    for seed in range(4):
        rows = refined.sample(
            1_500, shares={"sex": {"f": 0.8, "m": 0.2}}, random_state=seed
        )
        counts = counts + as_counts(rows[rows.sex == "f"])
    assert p_value(counts, as_counts(free[free.sex == "f"])) > 0.01


@pytest.mark.usefixtures("small_pool")
@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ({"sexx": {"f": 1}}, r"shares\['sexx'\] is no column .*mean 'sex'"),
        ({"sex": {"x": 1.0}}, "must hold values that new rows can have"),
        ({"sex": {"f": 0.7, "m": 0.7}}, "sum to 1, or to less"),
        ({"sex": {"f": -0.1, "m": 1.1}}, "not negative"),
        ({"sex": {"f": "half"}}, "not negative"),
        ({"sex": 0.5}, "must be a dict or a series of shares, .* got 0.5"),
        (0.5, "shares must be a dict from columns to their shares, got 0.5"),
        ({("sex", "state"): {"f": 0.5}}, "must have a tuple of 2 values"),
        ({"code": {"x-1": 1.0}}, "column 'code' names rows"),
        ({"age": {(20, 30): 0.5, (30, 40): 0.5}}, "exclude each other, got"),
        (
            {("region", "state"): {("east", "CA"): 0.5}},
            r"asks for \('east', 'CA'\), of which there is none among the 1,500 ",
        ),
        (
            {("region", "state"): {("east", "CA"): 1}},
            r"asks for \('east', 'CA'\), of which there is none among the 30,000 "
            "rows that were drawn",
        ),
        (
            {"sex": {"f": 0.9, "m": 0.1}, ("sex", "member"): {("f", True): 0.2}},
            None,
        ),
        (
            {"sex": {"f": 0.9}, ("sex",): {"f": 0.1}},
            "contradicts other shares, or the rows that there are: it would be off by",
        ),
    ],
)
def test_shares_that_cannot_be(refined, shares, message):
    if message is None:
        assert len(refined.sample(10, shares=shares, random_state=0)) == 10
        return
    with pytest.raises(ValueError, match=message):
        refined.sample(10, shares=shares, random_state=0)


@pytest.mark.usefixtures("small_pool")
def test_shares_of_two_columns_may_be_a_table(refined):
    """As crosstab makes it: the first column along the rows, the second across."""
    other = people(3_000, seed=5).query("state != 'CA'")
    table = pd.crosstab(other["state"], other["sex"], normalize=True)
    rows = refined.sample(2_000, shares={("state", "sex"): table}, random_state=0)
    found = pd.crosstab(rows["state"], rows["sex"], normalize=True)
    assert found.shape == table.shape == (3, 2)
    np.testing.assert_allclose(found, table, atol=1e-3)
    for name in ("state", ("state", "sex", "member")):
        message = r"must be a dict or a series of shares, or a table of two columns"
        with pytest.raises(ValueError, match=message):
            refined.sample(5, shares={name: table})


def test_shares_need_one_label(conditional):
    shares = {"x": {(None, 1): 0.5}}
    rows = conditional.sample(100, y=2, shares=shares, random_state=0)
    assert (rows.x <= 1).sum() == 50
    rows = conditional.sample(100, shares=shares, random_state=0)
    assert (rows.x <= 1).sum() == 50
    with pytest.raises(ValueError, match="shares need one label in y for all rows"):
        conditional.sample(2, y=[0, 1], shares=shares)


# ------------------------------------------------------- pipelines and markers


def test_pipelines_pass_on_what_their_rows_fulfill(plain):
    X = np.random.default_rng(0).normal(size=(100, 2))
    gan = GANGenerator(encoder="scaled", random_state=0, **SHORT)
    pipeline = make_pipeline("passthrough", gan).fit(X)
    rows = skgan.sample(pipeline, 20, where={0: (0, None)}, random_state=0)
    assert (rows[:, 0] >= 0).all()
    rows = skgan.sample(pipeline, 20, shares={0: {(0, None): 0.5}}, random_state=0)
    assert (rows[:, 0] >= 0).sum() == 10
    scaled = make_pipeline(StandardScaler(), gan).fit(X)
    for demand in ({"where": {0: (0, None)}}, {"shares": {0: {(0, None): 0.5}}}):
        with pytest.raises(ValueError, match="step 'standardscaler' of the pipeline"):
            skgan.sample(scaled, 20, **demand)


def test_markers_print_as_their_names_and_stay_what_they_are():
    assert repr(MISSING) == "skgan.MISSING" and repr(PRESENT) == "skgan.PRESENT"
    for marker in (MISSING, PRESENT):
        assert copy.deepcopy(marker) is marker
        assert pickle.loads(pickle.dumps(marker)) is marker


def test_conditions_print_as_they_were_written(plain):
    where = {"age": (30, 40), "state": [*STATES], "sex": "f", "income": MISSING}
    found = Where(where | {"twice": (None, 90)}, plain.encoder_)
    assert [*map(str, found.columns)] == [
        "'age' >= 30 and <= 40",
        "'state' among 'CA', 'NY', 'TX', 'WY'",
        "'sex' = 'f'",
        "'income' missing",
        "'twice' <= 90",
    ]


def test_wide_rows_are_drawn_in_small_parts(plain, monkeypatch):
    sizes = []
    draw = demanded.Drawing._attempt

    def noted(self, n, *others):
        sizes.append(n)
        return draw(self, n, *others)

    monkeypatch.setattr(demanded.Drawing, "_attempt", noted)
    monkeypatch.setattr(sources, "MAX_NUMBERS", 1_000)
    assert len(plain.sample(300, where={"sex": "f"}, random_state=0)) == 300
    assert max(sizes) == 1_000 // plain.encoder_.layout.n_columns
