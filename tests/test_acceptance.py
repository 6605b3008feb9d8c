"""Accepting candidates: how many, which, and what happens if too few are good."""

import warnings

import numpy as np
import pytest

from skgan.exceptions import RefinementWarning
from skgan.refinement import accept


class Source:
    """Candidates of one number each, 0 to 9, and the log chances of these."""

    def __init__(self, weights, seed=7):
        self.seed = seed
        self.log_weights = np.log(np.maximum(weights, 1e-300))
        self.n_drawn = 0

    def draw(self, rows, n_round):
        self.n_drawn += len(rows)
        rng = np.random.default_rng([self.seed, n_round])
        return rng.integers(0, 10, (len(rows), 1)).astype(np.float32)

    def log_chance(self, candidates, rows):
        return self.log_weights[candidates[:, 0].astype(int)]


@pytest.mark.parametrize("n_rows", [7, 900, 30_000])
def test_rows_follow_the_weights(n_rows):
    weights = np.arange(10) / 9
    shares = np.zeros(10)
    for seed in range(max(1, 30_000 // n_rows)):
        source = Source(weights, seed)
        rows = accept(n_rows, source.draw, source.log_chance, seed)
        assert rows.shape == (n_rows, 1) and rows.dtype == np.float32
        shares += np.bincount(rows[:, 0].astype(int), minlength=10)
    np.testing.assert_allclose(
        shares / shares.sum(), weights / weights.sum(), atol=0.01
    )
    assert shares[0] == 0


def test_many_rows_need_no_more_candidates_than_the_rate_says():
    source = Source(np.full(10, 0.25))
    accept(50_000, source.draw, source.log_chance, 0)
    assert 3.9 < source.n_drawn / 50_000 < 4.2


def test_all_are_taken_where_all_are_good():
    source = Source(np.ones(10))
    rows = accept(1_000, source.draw, source.log_chance, 0)
    np.testing.assert_array_equal(rows, source.draw(np.arange(1_000), 0))


def test_one_row_needs_one_round():
    source = Source(np.full(10, 0.5))
    accept(1, source.draw, source.log_chance, 0)
    assert source.n_drawn == 512  # and of these the first that is taken
    taken = source.draw(np.zeros(512, dtype=int), 0)
    rng = np.random.default_rng([0, 3, 0])
    first = np.argmax(-rng.standard_exponential(512) < np.log(0.5))
    assert accept(1, source.draw, source.log_chance, 0)[0] == taken[first]


def test_the_same_however_many_are_judged_at_once():
    source = Source(np.linspace(0.1, 1, 10))

    def one_by_one(candidates, rows):
        parts = np.split(candidates, len(rows)), np.split(rows, len(rows))
        return np.concatenate(list(map(source.log_chance, *parts)))

    whole = accept(300, source.draw, source.log_chance, 5)
    np.testing.assert_array_equal(whole, accept(300, source.draw, one_by_one, 5))
    assert (whole != accept(300, source.draw, source.log_chance, 6)).any()


def test_rows_have_their_own_candidates():
    wanted = np.arange(1_000) % 10

    def draw(rows, n_round):
        return wanted[rows][:, None]

    def log_chance(candidates, rows):
        assert (candidates[:, 0] == wanted[rows]).all()
        return np.full(len(rows), -1.0)

    rows = accept(1_000, draw, log_chance, 0)
    np.testing.assert_array_equal(rows[:, 0], wanted)


def test_too_few_good_ones_are_drawn_by_weight_with_a_warning():
    weights = 1e-5 * np.arange(10)
    source = Source(weights)
    message = (
        r"\d+ candidates were too few for 2000 rows: [\d.]+ % were accepted, the "
        "others are drawn by weight"
    )
    with pytest.warns(RefinementWarning, match=message) as caught:
        rows = accept(2_000, source.draw, source.log_chance, 0)
    assert caught[0].filename == __file__
    assert source.n_drawn <= 101 * 2_000
    # Of about 100 candidates each by weight: the shares of the weights
    shares = np.bincount(rows[:, 0].astype(int), minlength=10) / 2_000
    np.testing.assert_allclose(shares, weights / weights.sum(), atol=0.03)


def test_no_warning_where_enough_are_good():
    source = Source(np.full(10, 0.06))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        accept(5_000, source.draw, source.log_chance, 0)
