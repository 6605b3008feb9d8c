"""Searching candidates: which rows are found, how many are drawn, and when it ends."""

import numpy as np
import pytest
from scipy.stats import chisquare

from skgan.refinement import TooRareError, affordable, search, upper_bound


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
    assert 95_000 < sum(source.sizes) < 130_000 and len(source.sizes) < 6
    assert max(source.sizes) <= 65_536
    found(5_000, source := Source(0, share=0.05), most=4_000)
    assert max(source.sizes) == 4_000


def test_none_at_all_ends_as_soon_as_a_bound_says_so():
    """Of 100,000 rows or of 1,000 after the first candidates; of 50 after ten times."""
    for n_rows, least, most in [
        (100_000, 65_536, 65_536),
        (1_000, 30_000, 30_000),
        (50, 599_000, 665_000),
    ]:
        source = Source(10)
        with pytest.raises(TooRareError) as caught:
            found(n_rows, source)
        progress = caught.value.progress
        assert least <= sum(source.sizes) == progress.n_drawn <= most
        assert progress.n_found == progress.expected == 0
        # None of n, with 95 % confidence
        assert progress.bound == pytest.approx(1 - 0.05 ** (1 / progress.n_drawn))
        before = sum(source.sizes[:-1])
        assert before < 30_000 or 1e7 * upper_bound(0, before) >= n_rows


def test_few_rows_are_looked_for_to_the_end():
    """Of one in a million there is one among all candidates that may be drawn."""
    row = np.zeros(1), np.zeros(1)

    def attempt(n, n_round, at=3_000_000):
        sizes.append(n)
        is_there = sum(sizes[:-1]) <= at < sum(sizes)
        return row if is_there else (np.zeros(0), np.zeros(0))

    sizes = []
    assert len(found(1, attempt)) == 1
    assert 3_000_000 < sum(sizes) < 3_000_000 + 65_536
    sizes = []
    with pytest.raises(TooRareError) as caught:
        found(1, lambda n, n_round: attempt(n, n_round, at=10_000_001))
    assert sum(sizes) == caught.value.progress.n_drawn == 10_000_000
    sizes = []
    with pytest.raises(TooRareError):  # of half the rows, half the candidates
        found(1, attempt, share=0.2)
    assert sum(sizes) == 2_000_000


def test_too_many_rows_end_as_soon_as_a_bound_says_so():
    """A thousandth of the rows is enough for 10,000 of them, and not for 11,000."""
    source = Source(0, share=1e-3)
    with pytest.raises(TooRareError) as caught:
        found(14_000, source)
    assert 30_000 <= caught.value.progress.n_drawn < 300_000
    assert len(found(9_000, Source(0, share=1e-3))) == 9_000


def test_rows_that_are_enough_tell_whether_there_are_all():
    source = Source(0, share=1e-3)
    assert len(found(9_000, source, enough=30)) == 30
    assert sum(source.sizes) < 60_000
    with pytest.raises(TooRareError):
        found(30_000, Source(0, share=1e-3), enough=500)


def test_good_candidates_that_come_first_only():
    def attempt(n, n_round):
        good = 20 if sum(sizes) < 30_000 else 0
        sizes.append(n)
        return np.zeros(good), np.zeros(good)

    sizes = []
    with pytest.raises(TooRareError) as caught:
        found(1_000, attempt)
    progress = caught.value.progress
    assert 200_000 < progress.n_drawn < 700_000
    # As soon as all that may come would be too few
    assert 1e7 * progress.bound < 1_000
    before = upper_bound(progress.expected, progress.n_drawn - sizes[-1])
    assert 1e7 * before >= 1_000


def test_a_part_of_the_rows_gets_its_share_of_candidates():
    with pytest.raises(TooRareError):
        found(1_500, Source(0, share=1e-3), share=0.1)
    assert len(found(500, Source(0, share=1e-3), share=0.1)) == 500


def test_of_more_than_a_million_rows_each_may_take_ten():
    assert affordable(1) == affordable(1_000_000) == 10_000_000
    assert affordable(3_000_000) == 30_000_000
    for share, is_found in ((0.12, True), (0.08, False)):
        source = Source(0, share=share)
        how = {"share": 1e-2}  # of three million
        if is_found:
            assert len(found(30_000, source, **how)) == 30_000
        else:
            with pytest.raises(TooRareError):
                found(30_000, source, **how)


def test_the_bound_is_that_of_clopper_and_pearson():
    assert upper_bound(0, 100) == pytest.approx(1 - 0.05 ** (1 / 100))
    assert upper_bound(10, 10) == 1.0
    # A binomial with the bound has 5 % of its mass at 3 or below
    from scipy.stats import binom

    assert binom.cdf(3, 50, upper_bound(3, 50)) == pytest.approx(0.05)
