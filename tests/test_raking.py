"""Raking, against loops that are slow and obvious."""

import numpy as np
import pytest

from skgan.privacy import MIN_ROWS, MinRows
from skgan.refinement import CellCounts, Raking

SIZES = [3, 4, 5]


def no_cap(log_weights):
    return np.full(len(log_weights), np.inf)


def sides(n=4_000):
    rng = np.random.default_rng(0)
    real = rng.integers(0, SIZES, (n, 3))
    real[:, 1] = np.where(rng.random(n) < 0.5, real[:, 0], real[:, 1])
    return real, rng.integers(0, SIZES, (3 * n, 3))


def slowly(real, fake, weights, pairs):
    """Log multipliers of each candidate, by loops over rows."""
    log_weights = np.log(weights)
    for margins, n_sweeps in [(pairs, 4), ([(0,), (1,), (2,)], 20)]:
        for _ in range(n_sweeps):
            for key in margins:
                cells = [tuple(row[list(key)]) for row in fake]
                held, counts = {}, {}
                total = np.exp(log_weights).sum()
                for cell, weight in zip(cells, np.exp(log_weights), strict=True):
                    held[cell] = held.get(cell, 0) + weight / total
                for row in real:
                    cell = tuple(row[list(key)])
                    counts[cell] = counts.get(cell, 0) + 1
                for i, cell in enumerate(cells):
                    n = counts.get(cell, 0)
                    if n >= 5:
                        log = np.log(np.clip(n / len(real) / held[cell], 0.2, 5.0))
                        shrunk = 0.3 * n / (n + 50) if len(key) == 2 else 1.0
                        log_weights[i] += shrunk * log
    return log_weights - np.log(weights)


def test_the_same_as_loops():
    real, fake = sides(200)
    weights = np.random.default_rng(1).uniform(0.5, 2, len(fake))
    logs = [np.log(weights)] * 2
    raking = Raking(real, fake, fake, SIZES, logs, [0, 1, 2], no_cap)
    expected = slowly(real, fake, weights, [(0, 1), (0, 2), (1, 2)])
    np.testing.assert_allclose(raking.predict(fake), expected, atol=1e-12)


def test_shares_of_columns_are_those_of_training_rows():
    real, fake = sides()
    weights = np.exp(raking_of(real, fake).predict(fake))
    for column, size in enumerate(SIZES):
        expected = np.bincount(real[:, column], minlength=size) / len(real)
        found = np.bincount(fake[:, column], weights, minlength=size) / weights.sum()
        np.testing.assert_allclose(found, expected, atol=1e-9)


def test_single_columns_are_raked_by_candidates_that_taught_no_pairs():
    """Of which shares are exact; what pairs know of others is all the same."""
    real, fake = sides()
    taught, fresh = fake[:7_000], fake[7_000:]
    zeros = [np.zeros(7_000), np.zeros(5_000)]
    raking = Raking(real, taught, fresh, SIZES, zeros, [0, 1, 2], no_cap)
    pairs = raking_of(real, taught).tables
    for key in [(0, 1), (0, 2), (1, 2)]:
        np.testing.assert_array_equal(raking.tables[key], pairs[key])
    errors = []
    for rows in (taught, fresh):
        weights = np.exp(raking.predict(rows))
        found = np.bincount(rows[:, 2], weights, minlength=5) / weights.sum()
        errors.append(np.abs(found - np.bincount(real[:, 2]) / len(real)).max())
    assert errors[1] < 1e-9 < 1e-4 < errors[0]


def test_shares_of_pairs_come_nearer():
    real, fake = sides()
    expected = np.histogram2d(real[:, 0], real[:, 1], [3, 4])[0] / len(real)

    def error(weights):
        found = np.histogram2d(fake[:, 0], fake[:, 1], [3, 4], weights=weights)[0]
        return np.abs(found / weights.sum() - expected).sum()

    singles = error(np.exp(raking_of(real, fake, paired=[]).predict(fake)))
    assert error(np.exp(raking_of(real, fake).predict(fake))) < 0.3 * singles


def raking_of(real, fake, paired=(0, 1, 2), cap=no_cap, min_rows=MIN_ROWS):
    zeros = np.zeros(len(fake))
    return Raking(real, fake, fake, SIZES, [zeros] * 2, paired, cap, min_rows)


def test_shares_are_those_of_weights_that_are_cut():
    real, fake = sides()
    caps = np.full(len(fake), 1.3)
    weights = np.exp(raking_of(real, fake, cap=lambda _: np.log(caps)).predict(fake))
    assert (weights > caps).mean() > 0.05
    cut = np.minimum(weights, caps)
    expected = np.bincount(real[:, 1], minlength=4) / len(real)
    found = np.bincount(fake[:, 1], cut, minlength=4) / cut.sum()
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_cells_of_few_rows_are_left_alone():
    real, fake = sides()
    few = np.flatnonzero(real[:, 2] == 4)
    rule = MinRows(9)
    for n, rows, is_left in [
        (4, MIN_ROWS, True),
        (5, MIN_ROWS, False),
        (8, rule, True),
        (9, rule, False),
    ]:
        kept = np.delete(real, few[n:], axis=0)
        raking = raking_of(kept, fake, paired=[], min_rows=rows)
        assert (raking.tables[2,][4] == 0) == is_left


def test_caps_follow_the_weights():
    real, fake = sides()
    caps = []

    def cap(log_weights):
        caps.append(np.quantile(log_weights, 0.9))
        return caps[-1]

    last = raking_of(real, fake, cap=cap).predict(fake)
    assert len(caps) == 20 and np.quantile(last, 0.9) == pytest.approx(caps[-1])


def test_pairs_of_few_columns_only():
    real, fake = sides()
    tables = raking_of(real, fake, paired=[0, 2]).tables
    assert set(tables) == {(0, 2), (0,), (1,), (2,)}
    assert tables[0, 2].shape == (15,) and tables[1,].shape == (4,)


def test_cells_of_fewer_candidates_than_rows_are_left():
    """Their share of candidates is noise; that of many, or beside few rows, is not."""
    real = np.repeat([0, 1, 2], [900, 60, 40])[:, None]
    fake = np.repeat([0, 1, 2], [2_000, 50, 50])[:, None]
    logs = [np.zeros(len(fake))] * 2
    raking = Raking(real, fake, fake, [3], logs, [], no_cap)
    multipliers = np.exp(raking.tables[(0,)])
    assert multipliers[1] == 1  # 50 candidates, 60 rows
    assert multipliers[2] != 1 != multipliers[0]
    weights = multipliers[fake[:, 0]]
    found = np.bincount(fake[:, 0], weights, minlength=3) / weights.sum()
    assert found[0] / found[2] == pytest.approx(900 / 40)


def test_counts_of_more_rows_come_before_those_at_hand():
    real, fake = sides(500)
    everything, _ = sides(20_000)
    counts = CellCounts(SIZES)
    for start in range(0, 20_000, 900):
        counts.add(everything[start : start + 900])
    logs = [np.zeros(len(fake))] * 2
    options = fake, fake, SIZES, logs, [2, 0, 1], no_cap  # columns in another order
    found = Raking(real, *options, MIN_ROWS, counts)
    expected = Raking(everything, *options)
    assert found.tables.keys() == expected.tables.keys()
    for key, table in expected.tables.items():
        np.testing.assert_allclose(found.tables[key], table)
