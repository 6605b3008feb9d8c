"""Images are added that a classifier of the real ones takes for their class."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.frozen import FrozenEstimator

from skgan import DCGANGenerator, DiscriminatorFeatures
from skgan.estimators.likeness import Likeness, _shifted, draw_alike

DIGITS = load_digits()
ORDER = np.random.default_rng(0).permutation(len(DIGITS.target))
IMAGES, IS_THREE = DIGITS.images[ORDER].astype(np.uint8), DIGITS.target[ORDER] == 3
X, IS_OWN = IMAGES[:800], IS_THREE[:800]
FRESH, IS_FRESH_THREE = IMAGES[800:], IS_THREE[800:]
SMALL = {"base_channels": 4, "max_iter": 20, "n_score_samples": 20}


@pytest.fixture(scope="module")
def gan():
    gan = DCGANGenerator(**SMALL, class_conditional=True, random_state=0)
    return gan.fit(X, IS_OWN)


def encoded(gan, images):
    return gan.encoder_.encode(gan._read_rows(images))


def test_real_images_of_a_class_score_higher_than_others(gan):
    likeness = Likeness(gan, X, IS_OWN, 0)
    scores = likeness(encoded(gan, FRESH))
    assert scores.shape == (len(FRESH),)
    others = np.quantile(scores[~IS_FRESH_THREE], 0.99)
    assert np.median(scores[IS_FRESH_THREE]) > others
    found = (scores >= likeness.least)[IS_FRESH_THREE].mean()
    assert 0.6 < found < 0.9


def test_real_images_are_scored_by_folds_that_they_are_not_in(gan):
    """Labels by chance: what has learned them by heart would know its own images."""
    by_chance = np.random.default_rng(0).random(len(X)) < 0.1
    likeness = Likeness(gan, X, by_chance, 0)
    found = likeness(encoded(gan, FRESH)) >= likeness.least
    assert 0.6 < found.mean() < 0.9


def test_the_seed_decides_on_the_folds(gan):
    rows = encoded(gan, FRESH)
    first, again, other = (Likeness(gan, X, IS_OWN, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first(rows), again(rows))
    assert first.least == again.least != other.least


def test_two_images_are_enough(gan):
    few = np.r_[np.flatnonzero(~IS_OWN)[:30], np.flatnonzero(IS_OWN)[:2]]
    scores = Likeness(gan, X[few], IS_OWN[few], 0)(encoded(gan, X))
    assert np.isfinite(scores).all() and scores.shape == (len(X),)


def gan_features(gan):
    """What the discriminator sees in images, ready for use."""
    return DiscriminatorFeatures(FrozenEstimator(gan)).fit(X[:1])


@pytest.mark.parametrize("limit", ["MAX_REAL", "MAX_FEATURES"])
def test_few_of_many_images_are_looked_at(gan, monkeypatch, limit):
    n_features = len(gan_features(gan).get_feature_names_out())
    most = {"MAX_REAL": 15, "MAX_FEATURES": 15 * 2 * 5 * n_features}[limit]
    monkeypatch.setattr(f"skgan.estimators.likeness.{limit}", most)
    sizes = []
    features = DCGANGenerator._read_rows

    def recording(own, rows):
        sizes.append(len(rows))
        return features(own, rows)

    monkeypatch.setattr(DCGANGenerator, "_read_rows", recording)
    Likeness(gan, X, IS_OWN, 0)
    assert set(sizes) == {1, 30}


def test_features_of_few_candidates_are_held_at_once(gan, monkeypatch):
    likeness, rows = Likeness(gan, X, IS_OWN, 0), encoded(gan, FRESH)
    scores, sizes = likeness(rows), []
    features = gan_features(gan).transform(FRESH)
    folds = [model.decision_function(features) for model in likeness._models]
    assert len(folds) == 5 and np.std(folds, axis=0).min() > 0
    np.testing.assert_allclose(np.mean(folds, axis=0), scores, rtol=1e-3, atol=1e-3)
    n_features = len(gan_features(gan).get_feature_names_out())
    monkeypatch.setattr("skgan.estimators.likeness.MAX_NUMBERS", 300 * n_features)
    features = DiscriminatorFeatures._of_encoded

    def recording(own, rows):
        sizes.append(len(rows))
        return features(own, rows)

    monkeypatch.setattr(DiscriminatorFeatures, "_of_encoded", recording)
    np.testing.assert_allclose(likeness(rows), scores, rtol=1e-3, atol=1e-3)
    assert sizes == [300, 300, 300, 97]


def test_few_candidates_are_drawn_at_once(gan, monkeypatch):
    monkeypatch.setattr("skgan.estimators.likeness.MAX_AT_ONCE", 90)
    bright = Brightness()
    draw_alike(gan, True, bright, 20, 0)
    assert [len(own) for own in bright.scores] == [90, 90, 20]


def test_images_are_shifted_to_each_side():
    image = np.arange(6.0).reshape(1, 6)  # two rows of three pixels
    sides = [(1, 0), (-1, 0), (0, 1), (0, -1)]
    expected = [
        [3, 4, 5, 3, 4, 5],
        [0, 1, 2, 0, 1, 2],
        [1, 2, 2, 4, 5, 5],
        [0, 0, 1, 3, 3, 4],
    ]
    for side, pixels in zip(sides, expected, strict=True):
        np.testing.assert_array_equal(_shifted(image, (2, 3, 1), side), [pixels])
    colors = np.arange(12.0).reshape(1, 12)
    shifted = _shifted(colors, (2, 2, 3), (0, 1))
    np.testing.assert_array_equal(shifted[0], [3, 4, 5, 3, 4, 5, 9, 10, 11, 9, 10, 11])


class Brightness:
    """Scores images by their mean, and counts them."""

    def __init__(self):
        self.scores = []

    def __call__(self, rows):
        self.scores.append(rows.mean(1))
        return self.scores[-1]


def test_the_best_of_ten_images_are_drawn(gan):
    bright = Brightness()
    found, score = draw_alike(gan, True, bright, 40, 0)
    (scores,) = bright.scores
    assert len(scores) == 10 * 40
    best = np.sort(scores)[-40:]
    assert score == np.median(best)
    assert found.shape == (40, 8, 8) and found.dtype == np.uint8
    means = encoded(gan, found).mean(1)  # of rounded pixels
    np.testing.assert_allclose(np.sort(means), best, atol=0.03)
    order = np.flatnonzero(scores >= best[0])
    np.testing.assert_allclose(means, scores[order], atol=0.03)


def test_images_are_drawn_some_at_a_time(gan, monkeypatch):
    monkeypatch.setattr("skgan.estimators.likeness.MAX_NUMBERS", 64 * 60)
    bright = Brightness()
    found, score = draw_alike(gan, True, bright, 20, 0)
    assert [len(own) for own in bright.scores] == [60, 60, 60, 20]
    scores = np.concatenate(bright.scores)
    assert len(np.unique(scores)) > 190, "each time others"
    assert score == np.median(np.sort(scores)[-20:])
    again, _ = draw_alike(gan, True, Brightness(), 20, 0)
    np.testing.assert_array_equal(found, again)
