"""Indicators of which at most one is set: found, encoded once, and never two set."""

import numpy as np
import pandas as pd
import pytest

from skgan import GANGenerator
from skgan.encoding import TableEncoder


def dummies(n=2_000, seed=0, **options):
    """Dummies of a weekday, rare days among them, beside two columns that are free."""
    rng = np.random.default_rng(seed)
    days = ["mon", "tue", "wed", "thu", "fri"]
    day = pd.Series(rng.choice(days, n, p=[0.4, 0.3, 0.2, 0.09, 0.01]))
    table = pd.get_dummies(day, **options)
    return table.assign(flag=rng.random(n) < 0.3, x=rng.normal(size=n))


def groups_of(table):
    encoder = TableEncoder().fit(table)
    names = list(table.columns)
    return [[names[j] for j in group] for group in encoder._indicators.groups]


def round_trip(table, rows=None):
    encoder = TableEncoder().fit(table)
    rng = np.random.default_rng(0)
    encoded = encoder.encode(encoder.read(table if rows is None else rows), rng)
    return encoder, encoded, encoder.build(encoded, rng)


@pytest.mark.parametrize("dtype", [bool, int, float, np.uint8])
def test_dummies_are_one_variable(dtype):
    table = dummies(dtype=dtype)
    encoder, encoded, back = round_trip(table)
    assert groups_of(table) == [["fri", "mon", "thu", "tue", "wed"]]
    assert sorted(encoder.layout.class_sizes) == [1, 2, 5] and encoded.shape[1] == 4
    assert encoder.describe().relations == ["at most one of fri, ..., wed is set"]
    pd.testing.assert_frame_equal(back.drop(columns="x"), table.drop(columns="x"))


def test_dummies_of_which_one_is_left_out():
    table = dummies(drop_first=True, dtype=int)
    table = table[["mon", "x", "tue", "flag", "wed"]]
    assert groups_of(table) == [["mon", "tue", "wed"]]
    _, _, back = round_trip(table)
    pd.testing.assert_frame_equal(back.drop(columns="x"), table.drop(columns="x"))


def test_dummies_with_gaps_are_a_group():
    table = dummies(dtype=int)
    table.iloc[:300, :5] = 0
    assert groups_of(table) == [["mon", "thu", "tue", "wed"]]


def test_two_groups():
    table = dummies(seed=0, dtype=int).drop(columns=["flag", "x"])
    other = dummies(seed=1, dtype=int).drop(columns=["flag", "x"]).add_prefix("other_")
    both = pd.concat([table, other], axis=1)
    assert groups_of(both) == [list(table.columns), list(other.columns)]


def test_what_depends_on_the_group_is_restored():
    table = dummies(dtype=int)
    table["early"] = table["mon"] + table["tue"]
    encoder, _, back = round_trip(table)
    assert "early" in encoder.describe().relations[0]
    assert (back["early"] == back["mon"] + back["tue"]).all()


@pytest.mark.parametrize("seed", range(20))
def test_independent_flags_are_no_group(seed):
    rng = np.random.default_rng(seed)
    shares = rng.uniform(0, 0.3, 12)
    flags = pd.DataFrame(rng.random((400, 12)) < shares)
    assert groups_of(flags.add_prefix("flag_")) == []


def test_numbers_and_gaps_are_no_indicators():
    table = dummies(dtype=float)
    table["mon"] *= 2
    table.loc[3, "tue"] = np.nan
    assert groups_of(table[["mon", "tue"]]) == []
    table = pd.DataFrame({"a": [0, 1] * 50, "b": [1, 0] * 50})
    assert groups_of(table) == [["a", "b"]]


def test_rows_with_two_set_can_be_scored():
    table = dummies(dtype=int)
    gan = GANGenerator(max_iter=20, n_score_samples=200, random_state=0).fit(table)
    odd = table.head(20).assign(mon=1, tue=1)
    scores = gan.score_samples(odd)
    assert np.isfinite(scores).all()
    assert scores.mean() < gan.score_samples(table.head(20)).mean()
    assert np.isfinite(gan.discriminate(odd)).all()


def test_a_class_of_few_rows_is_not_stored():
    table = dummies(dtype=int)[["mon", "tue", "wed", "thu", "fri"]]
    table.loc[:] = np.eye(5, dtype=int)[np.arange(2_000) % 4]
    table.iloc[:4] = np.eye(5, dtype=int)[4]  # four rows of one class
    encoder, _, back = round_trip(table)
    assert encoder.layout.class_sizes == (4,) and not back["fri"].any()


def test_indicators_stay_sources_of_other_relations():
    table = dummies(dtype=int)
    table["paid"] = table["mon"] * table["x"]
    encoder, _, back = round_trip(table)
    assert encoder.describe().relations == [
        "paid is mon * x",
        "at most one of fri, ..., wed is set",
    ]
    np.testing.assert_allclose(back["paid"], back["mon"] * back["x"])


@pytest.mark.parametrize("odd", [np.nan, 0.5, 2.0])
def test_values_that_are_no_indicators_are_unknown(odd):
    table = dummies(dtype=float)
    encoder = TableEncoder().fit(table)
    rows = table.head(3).copy()
    rows.loc[1, "mon"] = odd
    classes = encoder.measure(encoder.read(rows))[0]
    (group,) = np.flatnonzero(np.array(encoder.layout.class_sizes) == 5)
    assert classes[1, group] == -1 and (classes[[0, 2], group] >= 0).all()


@pytest.mark.parametrize("as_array", [False, True])
def test_samples_have_exactly_one_set(as_array):
    table = dummies(dtype=int)
    X = table.to_numpy() if as_array else table
    gan = GANGenerator(max_iter=30, n_score_samples=200, random_state=0).fit(X)
    rows = np.asarray(gan.sample(1_000, random_state=0), dtype=float)
    assert (rows[:, :5].sum(axis=1) == 1).all()
    assert rows[:, 0].mean() == pytest.approx(0.01, abs=0.02)
