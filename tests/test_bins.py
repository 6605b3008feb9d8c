"""Bins: enough training rows in each, neighbors together, never too many."""

import numpy as np
import pandas as pd
import pytest

from skgan.encoding import ScaledEncoder, TableEncoder
from skgan.privacy import MinRows
from skgan.refinement import Bins
from skgan.refinement.bins import joined_by_size, joined_in_order


def counts_of(case, rng):
    if case == "even":
        return rng.integers(3, 9, 2_000)
    if case == "spikes":
        counts = rng.integers(0, 9, 1_000)
        counts[[0, 400, 401, 999]] = 5_000
        return counts
    if case == "lonely":
        return np.array([1, 0, 2, 900, 1, 900, 0, 1])
    return np.array([7])


@pytest.mark.parametrize("n_bins", [254, 40, 3])
@pytest.mark.parametrize("case", ["even", "spikes", "lonely", "one"])
def test_neighbors_are_joined(case, n_bins):
    counts = counts_of(case, np.random.default_rng(0))
    bins = joined_in_order(counts, n_bins)
    assert (np.diff(bins) >= 0).all() and (np.diff(bins) <= 1).all()
    rows = np.bincount(bins, counts)
    assert len(rows) <= n_bins and rows.min() >= 5


def test_bins_in_order_are_about_even():
    counts = np.full(1_000, 10)
    rows = np.bincount(joined_in_order(counts, 40), counts)
    assert len(rows) == 40 and (rows == 250).all()


def test_a_fine_bin_of_many_rows_is_a_bin_of_its_own():
    counts = np.full(1_000, 10)
    counts[500] = 3_000
    bins = joined_in_order(counts, 40)
    assert (bins == bins[500]).sum() == 1


def test_a_value_of_one_row_in_a_hundred_is_a_coarse_bin_of_its_own():
    """Raking keeps its share; with its neighbors it would keep theirs together."""
    counts = np.full(1_000, 6)
    counts[437] = 100
    fine = np.repeat(np.arange(1_000), counts)[:, None]
    bins = Bins(fine, [1_000], [True])
    coarse = bins.coarse(bins(fine))[:, 0]
    assert (coarse == coarse[437 * 6]).sum() == 100
    assert 30 <= bins.coarse_sizes[0] <= 42
    few = Bins(fine[::20], [1_000], [True])  # five rows in three hundred say little
    assert few.coarse_sizes[0] <= 40


def test_rare_classes_share_a_bin():
    counts = np.array([50, 2, 9, 0, 4, 100])
    assert joined_by_size(counts, 254).tolist() == [1, 3, 2, 3, 3, 0]
    assert joined_by_size(counts, 3).tolist() == [1, 2, 2, 2, 2, 0]


def test_a_rest_of_too_few_rows_takes_the_rarest_class():
    assert joined_by_size(np.array([50, 9, 3]), 254).tolist() == [0, 1, 1]


@pytest.mark.parametrize("counts", [[997, 3], [996, 2, 2], [3, 1]])
def test_a_rest_of_too_few_rows_is_no_bin(counts):
    assert set(joined_by_size(np.array(counts), 254)) == {0}


def test_another_rule_asks_for_other_numbers_of_rows():
    counts, rule = np.full(1_000, 10), MinRows(60)
    assert np.bincount(joined_in_order(counts, 254, rule), counts).min() >= 60
    counts = np.array([500, 59, 70, 60, 20])
    assert joined_by_size(counts, 254, rule).tolist() == [0, 3, 1, 2, 3]
    fine = np.repeat(range(5), counts)[:, None]
    bins = Bins(fine, [5], [False], rule)
    assert np.bincount(bins(fine)[:, 0]).tolist() == [500, 70, 60, 79]
    assert np.bincount(bins.coarse(bins(fine))[:, 0]).min() >= 60


def test_classes_of_enough_rows_stay_apart():
    assert joined_by_size(np.array([5, 80, 6]), 254).tolist() == [0, 1, 2]


def test_bins_of_a_table():
    rng = np.random.default_rng(0)
    zeros = np.where(rng.random(3_000) < 0.4, 0.0, rng.normal(size=3_000))
    zeros[:100] = np.nan
    text = rng.choice(list("abc"), 3_000, p=[0.7, 0.299, 0.001])
    table = {"zeros": zeros, "text": text, "few": rng.integers(0, 4, 3_000)}
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(table)
    encoder = TableEncoder()
    rows = encoder.read(table)
    encoded = encoder.fit(rows).encode(rows, rng)
    fine = encoder.bins(encoded)
    assert (fine < encoder.n_bins).all() and encoder.ranked == [True, False, True]
    bins = Bins(fine, encoder.n_bins, encoder.ranked)
    found = bins(fine)
    assert found.dtype == np.uint8 and bins.sizes[1:] == [2, 4]
    for column, size in zip(found.T, bins.sizes, strict=True):
        assert np.bincount(column, minlength=size).min() >= 5
    # Zeros and gaps are bins of their own, and other bins rise with the values
    zero, gap = found[zeros == 0, 0], found[np.isnan(zeros), 0]
    assert len(set(zero)) == len(set(gap)) == 1 and gap[0] == bins.sizes[0] - 1
    others = np.flatnonzero(np.isfinite(zeros) & (zeros != 0))
    assert set(found[others, 0]).isdisjoint({zero[0], gap[0]})
    rising = found[others[np.argsort(zeros[others])], 0].astype(int)
    assert (np.diff(rising) >= 0).all()
    coarse = bins.coarse(found)
    np.testing.assert_array_equal(bins.coarse_of_fine(fine), coarse)
    assert (coarse.max(axis=0) + 1).tolist() == bins.coarse_sizes
    assert bins.coarse_sizes[0] <= 40


@pytest.mark.parametrize("reaches_the_ends", [True, False])
def test_bins_of_scaled_columns_rise_with_their_values(reaches_the_ends):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 5))
    X = X.clip(-1, 1) if reaches_the_ends else X
    encoder = ScaledEncoder().fit(X)
    assert encoder.layout.activation == ("tanh" if reaches_the_ends else "linear")
    bins = encoder.bins(encoder.encode(encoder.read(X)))
    assert bins.min() >= 0 and (bins.max(axis=0) < encoder.n_bins).all()
    for column, values in zip(bins.T, X.T, strict=True):
        assert (np.diff(column[np.argsort(values, kind="stable")]) >= 0).all()
        assert len(np.unique(column)) > 100
    assert all(encoder.ranked) and len(encoder.ranked) == 5
    far = np.full((1, 5), 1e6, dtype=np.float32)
    assert (encoder.bins(far) == 999).all() and (encoder.bins(-far) == 0).all()


def test_bins_of_numbers_alone_are_those_beside_values_that_are_shared():
    """By one look-up where no value of the rows is shared, as where some are."""
    rng = np.random.default_rng(0)
    numbers = np.append(rng.normal(size=900), np.full(100, 3.5))
    X = pd.DataFrame({"size": numbers})
    encoder = TableEncoder().fit(X)
    bins = [
        encoder.bins(encoder.encode(encoder.read(own), rng))[:, 0]
        for own in (X, X[:900])
    ]
    np.testing.assert_array_equal(bins[0][:900], bins[1])
    assert len(np.unique(bins[1])) > 20
    rising = bins[1][np.argsort(numbers[:900])]
    assert (np.diff(rising) >= 0).all()
