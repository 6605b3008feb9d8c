"""Searching candidates: which rows are found, how many are drawn, and when it ends."""

import numpy as np
import pytest
from scipy.stats import chisquare

from skgan.refinement import TooRareError, search, upper_bound


class Source:
    """Candidates 0 to 9 of which some fulfill, and log chances by their numbers."""

    def __init__(self, least, weights=(1,) * 10, share=1.0, seed=0):
        self.least, self.log_weights, self.share = least, np.log(weights), share
        self.seed, self.sizes = seed, []

    def __call__(self, n, n_round):
        self.sizes.append(n)
        rng = np.random.default_rng([self.seed, n_round])
        drawn = rng.integers(0, 10, n)
        left = drawn[(drawn >= self.least) & (rng.random(n) < self.share)]
        return left, self.log_weights[left]


def found(n_rows, source, seed=3, **options):
    return np.concatenate(search(n_rows, source, [seed], **options))


@pytest.mark.parametrize("n_rows", [1, 700, 30_000])
def test_rows_are_as_many_and_follow_the_weights(n_rows):
    weights = np.arange(1, 11) / 10
    seeds = range(max(1, 3_000 // n_rows))
    parts = [found(n_rows, Source(4, weights, seed=seed), seed) for seed in seeds]
    assert {len(part) for part in parts} == {n_rows}
    counts = np.bincount(np.concatenate(parts), minlength=10)
    assert counts[:4].sum() == 0
    expected = counts.sum() * weights[4:] / weights[4:].sum()
    assert chisquare(counts[4:], expected).pvalue > 1e-3


def test_of_the_last_round_the_first_are_taken():
    def attempt(n, n_round):
        return np.arange(n), np.zeros(n)

    np.testing.assert_array_equal(found(1_000, attempt), np.arange(1_000))


def test_rounds_are_about_as_large_as_is_needed():
    source = Source(0, share=0.05)
    found(5_000, source)
    assert 100_000 < sum(source.sizes) < 130_000 and len(source.sizes) < 6
    assert max(source.sizes) <= 65_536
    found(5_000, source := Source(0, share=0.05), most=4_000)
    assert max(source.sizes) == 4_000


def test_none_at_all_ends_after_the_pilot():
    source = Source(10)
    with pytest.raises(TooRareError) as caught:
        found(1, source)
    progress = caught.value.progress
    assert sum(source.sizes) == progress.n_drawn == 100_000
    assert progress.n_found == progress.expected == 0
    assert progress.bound == pytest.approx(1 - 0.05**1e-5, rel=1e-6)  # none of n


def test_too_many_candidates_end_after_the_pilot():
    """A thousandth of the rows is enough for 10,000 of them, and not for 11,000."""
    source = Source(0, share=1e-3)
    with pytest.raises(TooRareError):
        found(13_000, source)
    assert sum(source.sizes) == 100_000
    assert len(found(100, Source(0, share=1e-3))) == 100


def test_a_wrong_estimate_ends_at_twice_as_many():
    """Good ones come in the pilot only."""

    def attempt(n, n_round):
        good = 20 if sum(sizes) < 100_000 else 0
        sizes.append(n)
        return np.zeros(good), np.zeros(good)

    sizes = []
    with pytest.raises(TooRareError) as caught:
        found(1_000, attempt)
    drawn = caught.value.progress.n_drawn
    assert 200_000 < drawn < 20_000_000
    # As soon as it is certain that twice all candidates would be too few
    assert 1_000 > 2e7 * caught.value.progress.bound
    before = upper_bound(caught.value.progress.expected, drawn - sizes[-1])
    assert 1_000 <= 2e7 * before


def test_a_part_of_the_rows_gets_its_share_of_candidates():
    with pytest.raises(TooRareError):
        found(1_500, Source(0, share=1e-3), share=0.1)
    assert len(found(500, Source(0, share=1e-3), share=0.1)) == 500


def test_the_bound_is_that_of_clopper_and_pearson():
    assert upper_bound(0, 100) == pytest.approx(1 - 0.05 ** (1 / 100))
    assert upper_bound(10, 10) == 1.0
    # A binomial with the bound has 5 % of its mass at 3 or below
    from scipy.stats import binom

    assert binom.cdf(3, 50, upper_bound(3, 50)) == pytest.approx(0.05)
