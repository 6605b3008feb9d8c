"""Copies are seen, fresh rows are not accused."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.neighbors import NearestNeighbors

from skgan.metrics import copy_share, duplicate_share, nearest_record_ratios
from skgan.metrics.privacy import nearer_share, repeated_share
from skgan.metrics.rows import read_rows


def rows(n, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    sign = np.where(x > 0, "plus", "minus")
    return pd.DataFrame({"x": x, "y": x + rng.normal(size=n), "sign": sign})


TRAIN, TEST, FRESH = rows(400, 0), rows(400, 1), rows(600, 2)


def points(table):
    scaled = (table[["x", "y"]] - TRAIN[["x", "y"]].mean()) / TRAIN[["x", "y"]].std(
        ddof=0
    )
    return np.column_stack([scaled, table["sign"] == "plus", table["sign"] == "minus"])


def test_copy_share_equals_scikit_learn():
    sides = [
        NearestNeighbors(n_neighbors=1).fit(points(side)).kneighbors(points(FRESH))[0]
        for side in (TRAIN, TEST)
    ]
    share = copy_share(TRAIN, TEST, FRESH)
    n_near = int((sides[0] < sides[1]).sum())
    assert share.percent == pytest.approx(100 * n_near / len(FRESH))
    assert share.low < 50 < share.high


def test_the_interval_is_that_of_all_ways_to_divide_real_rows():
    """By drawing 20,000 of them."""
    both = np.concatenate([points(TRAIN), points(TEST)])
    search = NearestNeighbors(n_neighbors=1).fit(both)
    counts = np.bincount(search.kneighbors(points(FRESH))[1][:, 0], minlength=800)
    rng = np.random.default_rng(0)
    orders = rng.permuted(np.tile(np.arange(800) < 400, (20_000, 1)), axis=1)
    shares = orders @ counts / len(FRESH)
    share, error = nearer_share(points(TRAIN), points(TEST), points(FRESH), "cpu", 0)
    assert error == pytest.approx(shares.std(), rel=0.03)
    assert error > 1.03 * np.sqrt(0.25 / len(FRESH))  # than of as many tossed coins
    found = copy_share(TRAIN, TEST, FRESH)
    assert found.low == pytest.approx(100 * (share - 1.96 * error), abs=0.01)
    assert found.high == pytest.approx(100 * (share + 1.96 * error), abs=0.01)


def test_copies_are_seen():
    assert copy_share(TRAIN, TEST, TRAIN) == pytest.approx((100, 96.53, 100), abs=0.01)
    noisy = TRAIN.assign(x=TRAIN["x"] + 1e-3)
    assert copy_share(TRAIN, TEST, noisy).percent > 97
    assert copy_share(TRAIN, TEST, TEST).percent == 0
    some = pd.concat([FRESH, TRAIN[:200]])
    assert copy_share(TRAIN, TEST, some).low > 55


def test_ties_count_half():
    constant = pd.DataFrame({"x": [1.0] * 10, "y": [2] * 10})
    assert copy_share(constant, constant, constant).percent == 50
    # Equal on paper, and not after rounding
    train, test = [[0.1], [0.7]], [[0.5], [-0.1]]
    assert copy_share(train, test, [[0.3], [0.0], [0.6]], scale="none").percent == 50


def test_the_longer_side_is_cut_at_random():
    """Not to its first rows: of a sorted table they are all on one side."""
    long = pd.concat([TEST, rows(4_000, 3)]).sort_values("x")
    assert 40 < copy_share(TRAIN, long, FRESH).percent < 60
    assert 40 < copy_share(long, TRAIN, FRESH).percent < 60
    first = copy_share(TRAIN, long, FRESH, random_state=1)
    assert first == copy_share(TRAIN, long, FRESH, random_state=1)
    assert first != copy_share(TRAIN, long, FRESH, random_state=2)


def test_ratios_equal_scikit_learn():
    model = NearestNeighbors(n_neighbors=2).fit(points(TRAIN))
    first, second = model.kneighbors(points(FRESH))[0].T
    ratios = nearest_record_ratios(TRAIN, FRESH)
    np.testing.assert_allclose(ratios, first / second, rtol=1e-9)
    assert nearest_record_ratios(TRAIN, TRAIN).max() == 0


def test_ratios_of_repeated_rows():
    """Two training rows that are equal are nobody's secret."""
    assert nearest_record_ratios([[1.0], [1.0]], [[1.0], [2.0]]).tolist() == [1, 1]
    with pytest.raises(ValueError, match="real_train must have 2 rows or more, got 1"):
        nearest_record_ratios([[1.0]], [[1.0]])


def test_scales():
    """Columns in a small unit count as much as others, unless they are told not to."""
    rng = np.random.default_rng(0)
    train, test, fresh = rng.normal(size=(3, 300, 9)) * [1, *[1e-6] * 8]
    copied = np.column_stack([fresh[:, 0], train[:, 1:]])
    assert copy_share(train, test, copied).percent > 85
    assert copy_share(train, test, copied, scale="none").percent < 60
    with pytest.raises(ValueError, match="scale must be one of .*, got 'all'"):
        copy_share(train, test, fresh, scale="all")


def test_duplicates():
    assert duplicate_share(TRAIN, TRAIN[::2]) == 100
    assert duplicate_share(TRAIN, FRESH) == 0
    some = pd.concat([TRAIN[:150], FRESH[:450]])
    assert duplicate_share(TRAIN, some) == 25
    # One cell makes a row another one
    other = TRAIN.assign(sign=np.where(TRAIN["sign"] == "plus", "minus", "plus"))
    assert duplicate_share(TRAIN, other) == 0


def test_duplicates_with_missing_and_unknown_values():
    train = pd.DataFrame({"a": [1.0, np.nan, 3.0], "b": ["x", "y", None]})
    same = pl.from_pandas(train)
    assert duplicate_share(train, same) == 100
    assert duplicate_share(train, train.assign(b=["x", "z", None])) == pytest.approx(
        200 / 3
    )
    assert duplicate_share(train, train.assign(a=[1.0, 0.0, 3.0])) == pytest.approx(
        200 / 3
    )


def test_columns_must_agree():
    with pytest.raises(ValueError, match="synthetic must have the columns of real_tr"):
        duplicate_share(TRAIN, FRESH[["x"]])


def test_the_seed_that_drew_the_rows_hides_no_copies():
    """A bootstrap and the cut of the longer side by one seed must not fit together."""
    train = rows(2_000, 3)
    for seed in range(3):
        drawn = np.random.RandomState(seed).randint(2_000, size=2_000)
        share = copy_share(train, rows(1_000, 4), train.iloc[drawn], random_state=seed)
        # The half that is left out counts as fresh
        assert share.percent == pytest.approx(75, abs=4)


def test_share_of_rows_that_are_repeated():
    table = pd.DataFrame({"a": [1, 1, 2, 2, 3], "b": ["x", "x", "y", "z", "x"]})
    (rows,) = read_rows(real=table)
    assert repeated_share(rows) == 2 / 5
