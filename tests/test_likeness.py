"""Images are added that a classifier of the real ones takes for their class."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skgan import DCGANGenerator
from skgan.estimators.likeness import Likeness, _shifted, draw_alike
from skgan.refinement import TooRareError

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


def test_a_quarter_of_the_real_images_look_like_their_class_and_others_do_not(gan):
    alike = Likeness(gan, X, IS_OWN, 0)
    found = alike(encoded(gan, FRESH))
    assert found.dtype == bool and found.shape == (len(FRESH),)
    assert 0.1 < found[IS_FRESH_THREE].mean() < 0.45
    assert found[~IS_FRESH_THREE].mean() < 0.01


def test_real_images_are_scored_by_folds_that_they_are_not_in(gan):
    """Labels by chance: what has learned them by heart would know its own images."""
    by_chance = np.random.default_rng(0).random(len(X)) < 0.1
    found = Likeness(gan, X, by_chance, 0)(encoded(gan, FRESH))
    assert 0.1 < found.mean() < 0.45


def test_the_seed_decides_on_the_folds(gan):
    rows = encoded(gan, FRESH)
    first, again, other = (Likeness(gan, X, IS_OWN, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first(rows), again(rows))
    assert first._least == again._least != other._least


def test_two_images_are_enough(gan):
    few = np.r_[np.flatnonzero(~IS_OWN)[:30], np.flatnonzero(IS_OWN)[:2]]
    found = Likeness(gan, X[few], IS_OWN[few], 0)(encoded(gan, X))
    assert found.shape == (len(X),)


def test_few_of_many_images_are_looked_at(gan, monkeypatch):
    monkeypatch.setattr("skgan.estimators.likeness.MAX_REAL", 15)
    sizes = []
    features = DCGANGenerator._read_rows

    def recording(own, rows):
        sizes.append(len(rows))
        return features(own, rows)

    monkeypatch.setattr(DCGANGenerator, "_read_rows", recording)
    Likeness(gan, X, IS_OWN, 0)
    assert set(sizes) == {15 + min(15, IS_OWN.sum())}


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


def test_images_are_drawn_until_enough_look_alike(gan):
    drawn = encoded(gan, gan.sample(500, y=True, random_state=0))
    least = np.median(drawn.mean(1))

    def is_bright(rows):
        return rows.mean(1) > least

    found, share = draw_alike(gan, True, is_bright, 300, 0)
    assert found.shape == (300, 8, 8) and found.dtype == np.uint8
    assert 0.3 < share < 0.6  # pixels are not yet rounded
    assert (encoded(gan, found).mean(1) > least - 0.02).all()
    again, _ = draw_alike(gan, True, is_bright, 300, 0)
    np.testing.assert_array_equal(found, again)
    assert len(np.unique(found.reshape(300, -1), axis=0)) > 200


def test_images_that_are_too_rare_end_the_search(gan):
    n_asked = []

    def never(rows):
        n_asked.append(len(rows))
        return np.zeros(len(rows), dtype=bool)

    with pytest.raises(TooRareError) as caught:
        draw_alike(gan, True, never, 10, 0)
    assert caught.value.progress.n_found == 0
    assert sum(n_asked) == 30_000
