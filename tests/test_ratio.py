"""The log density ratio, where it is known."""

from types import SimpleNamespace

import numpy as np
import pytest

from skgan.refinement import Features, Refinement, learn_refinement, learning_sizes
from skgan.refinement import ratio as module

ENCODER = SimpleNamespace(n_bins=[40, 4], ranked=[True, False])


def features(n, rng, shares, shift, n_labels=1):
    """Rows of a class with known shares, a number of no meaning, and logits."""
    bins = np.column_stack([rng.integers(0, 40, n), rng.choice(4, n, p=shares)])
    logits = shift + rng.normal(size=n)
    return Features(bins, logits, rng.integers(0, n_labels, n))


def learn(method, real_shift=0.0, n_labels=1, n=6_000):
    rng = np.random.default_rng(0)
    real = features(n, rng, [0.4, 0.3, 0.2, 0.1], real_shift, n_labels)
    fake = features(5 * n, rng, [0.1, 0.2, 0.3, 0.4], 0.0, n_labels)
    held_out = real_shift + rng.normal(size=4_000)
    return learn_refinement(method, real, fake, held_out, ENCODER, n_labels, 0)


def by_class(refinement, logits):
    """The mean log ratio of each class over all numbers."""
    bins = np.array([(x, k) for k in range(4) for x in range(40)])
    rows = Features(bins, np.full(160, logits), np.zeros(160, dtype=int))
    return refinement.log_ratio(rows).reshape(4, 40).mean(axis=1)


def test_the_ratio_of_classes():
    refinement, rate = learn("trees")
    found = by_class(refinement, 0.0)
    expected = np.log([4, 3 / 2, 2 / 3, 1 / 4])
    np.testing.assert_allclose(found - found.mean(), expected, atol=0.08)
    # Rows of the first class are accepted always, those of the others less often; noise
    # lifts the cap, so that it is a little less than without
    exact = 0.1 + 0.2 * 3 / 8 + 0.3 / 6 + 0.4 / 16
    assert 0.75 * exact < rate < exact
    assert not refinement.uses_logits


def test_what_candidates_teach_by_chance_takes_no_share_from_rare_rows():
    """Of ten columns alike on both sides; one row in fifty has the last bin in all.

    Pairs of columns have hardly more candidates than cells: the factors that these have
    by chance are larger for other candidates, but not for rows that are all alike.
    """
    rng = np.random.default_rng(1)
    encoder = SimpleNamespace(n_bins=[24] * 10, ranked=[True] * 10)

    def rows(n):
        bins = rng.integers(0, 23, (n, 10))
        bins[rng.random(n) < 0.02] = 23
        return Features(bins, np.zeros(n), np.zeros(n, dtype=int))

    real, fake = rows(4_000), rows(16_000)
    refinement, rate = learn_refinement("trees", real, fake, None, encoder, 1, 0)
    other = rows(40_000)
    chance = np.exp(refinement.log_chance(other))
    rare = other.bins[:, 0] == 23
    share = (real.bins[:, 0] == 23).mean()
    assert chance[rare].sum() / chance.sum() == pytest.approx(share, rel=0.08)
    assert chance.mean() == pytest.approx(rate, rel=0.05)


def test_candidates_may_come_in_any_order():
    """Mixtures draw one component after the other."""
    rng = np.random.default_rng(0)
    real = features(2_000, rng, [0.4, 0.3, 0.2, 0.1], 0.0)
    fake = features(8_000, rng, [0.1, 0.2, 0.3, 0.4], 0.0)
    fake = Features(*(own[np.argsort(fake.bins[:, 1])] for own in fake))
    refinement, _ = learn_refinement("trees", real, fake, None, ENCODER, 1, 0)
    found = by_class(refinement, 0.0)
    expected = np.log([4, 3 / 2, 2 / 3, 1 / 4])
    np.testing.assert_allclose(found - found.mean(), expected, atol=0.3)


def test_the_ratio_of_logits():
    """Normal logits a shift apart: the log ratio has that shift as its slope."""
    refinement, _ = learn("network", real_shift=0.7)
    assert refinement.bins is None and refinement.uses_logits
    offset, slope = refinement.network
    assert slope == pytest.approx(0.7, abs=0.05)
    assert offset == pytest.approx(-0.245, abs=0.05)
    # Of the mean of a ratio under candidates, 1
    logits = np.random.default_rng(1).normal(size=100_000)
    assert np.exp(offset + slope * logits).mean() == pytest.approx(1, abs=0.05)


def test_trees_add_what_the_network_leaves(monkeypatch):
    # A low cap would be made up for by raking: shown are the ratios, not what is kept
    monkeypatch.setattr(module, "CAPS", (0.999,))
    refinement, _ = learn("both", real_shift=0.7)
    low, high = by_class(refinement, -1.0), by_class(refinement, 1.0)
    np.testing.assert_allclose(high - low, 1.4, atol=0.1)
    expected = np.log([4, 3 / 2, 2 / 3, 1 / 4])
    np.testing.assert_allclose(low - low.mean(), expected, atol=0.08)


def test_a_network_that_knows_the_wrong_way_is_not_heard():
    refinement, rate = learn("network", real_shift=-0.7)
    assert refinement.network[1] == 0 and rate == 1


@pytest.mark.parametrize("n_labels", [1, 3])
def test_caps_are_of_labels(n_labels, few_trees):
    refinement, _ = learn("both", real_shift=0.5, n_labels=n_labels)
    assert refinement.log_caps.shape == (n_labels,)
    assert refinement.bins.sizes == ([40, 4] if n_labels == 1 else [40, 4, 3])


def test_candidates_are_cut_at_the_cap_of_their_label():
    refinement = Refinement((0.0, 1.0))  # the ratio of the logits alone
    refinement.log_caps = np.array([0.5, 2.0, -1.0])
    labels, logits = np.array([0, 1, 2, 0, 1, 2]), np.repeat([0.0, 1.0], 3)
    rows = Features(np.zeros((6, 0), dtype=int), logits, labels)
    chances = refinement.log_chance(rows)
    np.testing.assert_allclose(chances, [-0.5, -2.0, 0.0, 0.0, -1.0, 0.0])


def test_enough_candidates_are_accepted():
    rng = np.random.default_rng(0)
    ratio = np.where(rng.random(10_000) < 0.006, 5.0, -6.0)
    assert np.quantile(ratio, 0.995) == 5  # at which hardly any would be
    log_cap = module._log_cap(ratio)
    assert np.exp(np.minimum(ratio - log_cap, 0)).mean() > 0.05


def test_caps_of_many_labels_are_those_of_loops():
    rng = np.random.default_rng(0)
    labels, ratio = rng.integers(0, 30, 5_000) % 29, rng.normal(size=5_000)
    labels[labels == 7] = 8
    labels[:20] = 7  # too few for a cap of its own
    found = module._log_caps(ratio, labels, 30)
    for label in range(30):
        own = ratio[labels == label]
        expected = module._log_cap(own if len(own) >= 50 else ratio)
        assert found[label] == expected


@pytest.mark.parametrize(
    ("n_rows", "n_columns", "expected"),
    [
        (500, 10, (500, 20_000)),
        (30_000, 20, (30_000, 600_000)),
        (10**6, 10, (100_000, 600_000)),
        (30_000, 1_000, (5_000, 15_000)),
        (2, 10**9, (1, 1)),
    ],
)
def test_how_many_rows_are_learned_from(n_rows, n_columns, expected, all_trees):
    assert learning_sizes(n_rows, n_columns) == expected
    assert sum(expected) * n_columns <= module.MAX_NUMBERS or n_columns > 10**8


def test_fewer_candidates_follow_a_short_training(all_trees):
    assert (
        module.effort(100) == 0.1 and module.effort(1_000) == module.effort(9**9) == 1
    )
    for share, n_fake in ((0.5, 10_000), (0.1, 2_500), (1e-9, 2_500)):
        assert learning_sizes(500, 10, share) == (500, n_fake)
