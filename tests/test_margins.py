"""Margins: multipliers against a slow loop, and rows chosen by weights."""

import numpy as np
import pytest

from skgan.refinement import choose, equal_multipliers, n_missing, rake_margins


def slow_raking(cells, shares, base, n_sweeps=100):
    weights = base.astype(float).copy()
    for _ in range(n_sweeps):
        for k, own in enumerate(shares):
            for cell, share in enumerate(own):
                rows = cells[:, k] == cell
                if rows.any():
                    weights[rows] *= share / weights[rows].sum() * weights.sum()
            weights /= weights.sum()
    return weights


@pytest.fixture
def cells():
    rng = np.random.default_rng(0)
    a = rng.choice(3, 4_000, p=[0.7, 0.25, 0.05])
    b = np.where(rng.random(4_000) < 0.3, a % 2, rng.integers(0, 2, 4_000))
    return np.column_stack([a, b])


SHARES = [np.array([0.2, 0.4, 0.4]), np.array([0.9, 0.1])]


def test_multipliers_are_those_of_a_slow_loop(cells):
    base = np.random.default_rng(1).uniform(1, 3, len(cells))
    multipliers, errors = rake_margins(cells, SHARES, base)
    weights = base * np.exp(multipliers.log_weights(cells))
    expected = slow_raking(cells, SHARES, base)
    np.testing.assert_allclose(weights / weights.sum(), expected, rtol=2e-3)
    assert errors.max() < 1e-4
    assert multipliers.log_most == multipliers.log_weights(cells).max()
    for k, own in enumerate(SHARES):
        held = np.bincount(cells[:, k], weights) / weights.sum()
        np.testing.assert_allclose(held, own, atol=1e-4)


def test_margins_that_contradict_each_other_are_left_with_an_error(cells):
    twice = np.column_stack([cells[:, 1], cells[:, 1]])
    _, errors = rake_margins(twice, [SHARES[1], SHARES[1][::-1]], np.ones(len(twice)))
    assert errors.max() > 0.3


def test_a_cell_without_a_share_is_not_kept(cells):
    multipliers = equal_multipliers([np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.5])])
    np.testing.assert_array_equal(multipliers.chance(cells), cells[:, 0] < 2)


def test_rows_that_are_kept_with_their_chance_need_hardly_more(cells):
    multipliers, _ = rake_margins(cells, SHARES, np.ones(len(cells)))
    chance = multipliers.chance(cells)
    np.testing.assert_allclose(
        chance,
        np.minimum(
            1.25 * np.exp(multipliers.log_weights(cells) - multipliers.log_most), 1
        ),
    )
    assert chance.max() == 1.0 and chance.min() < 0.1
    weights = np.exp(multipliers.log_weights(cells))
    n_rows = int(weights.sum() / weights.max())  # none of these is chosen twice
    assert n_missing(weights, n_rows, multipliers) == 0
    more = n_missing(weights, n_rows + 100, multipliers)
    assert 100 <= more <= 130
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(cells), 200_000)
    drawn = drawn[rng.random(len(drawn)) < chance[drawn]][:more]
    weights = np.concatenate(
        [weights, (np.exp(multipliers.log_weights(cells)) / chance)[drawn]]
    )
    assert n_missing(weights, n_rows + 100, multipliers) == 0


def test_choosing_follows_weights_and_takes_no_row_twice():
    rng = np.random.default_rng(0)
    cells = rng.integers(0, 3, (500, 2))
    weights = rng.uniform(0.5, 1.5, 500)
    times = np.zeros(500)
    for seed in range(2_000):
        chosen = choose(weights, cells, 150, np.random.default_rng(seed))
        assert len(np.unique(chosen)) == 150
        times[chosen] += 1
    expected = 150 * weights / weights.sum()
    np.testing.assert_allclose(times / 2_000, expected, atol=5 * 0.5 / np.sqrt(2_000))


def test_each_combination_of_cells_gets_its_number_of_rows(cells):
    multipliers, _ = rake_margins(cells, SHARES, np.ones(len(cells)))
    weights = np.exp(multipliers.log_weights(cells))
    n_rows = int(weights.sum() / weights.max())
    chosen = cells[choose(weights, cells, n_rows, np.random.default_rng(0))]
    joint = 2 * cells[:, 0] + cells[:, 1]
    expected = n_rows * np.bincount(joint, weights) / weights.sum()
    counts = np.bincount(2 * chosen[:, 0] + chosen[:, 1], minlength=6)
    assert np.abs(counts - expected).max() < 1


def test_the_order_of_chosen_rows_is_left_to_chance(cells):
    chosen = cells[choose(np.ones(len(cells)), cells, 2_000, np.random.default_rng(0))]
    halves = np.split(chosen[:, 0], 2)
    assert abs(halves[0].mean() - halves[1].mean()) < 0.1
