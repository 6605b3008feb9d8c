"""The benchmarks of few images: what is drawn, and what generators learn from."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow  # of the benchmarks, not of the package

LABELS = np.arange(12_000) % 6


class Images:
    """Images of one pixel, which is the number of the image."""

    train, labels = np.arange(12_000).reshape(-1, 1, 1), LABELS


@pytest.fixture
def few(benchmarks, monkeypatch):
    few = benchmarks("few_images")
    monkeypatch.setattr(few, "load", lambda name, folder: Images)
    return few


@pytest.fixture
def rare(few, benchmarks):
    return benchmarks("rare_images")


@pytest.mark.parametrize(("name", "draw"), [("mnist", 1), ("quickdraw", 3)])
def test_twenty_of_the_class_are_drawn_and_tested_on_others(
    few, name, draw, monkeypatch
):
    monkeypatch.setattr(few, "DIGIT", 5)
    rare = {"mnist": 5, "quickdraw": 3}[name]
    (X, y), (test, y_test) = few.images_of(name, None, draw)
    assert np.bincount(y).tolist() == [2_000, 20]
    assert np.bincount(y_test).tolist() == [833, 167]
    for rows, is_rare in ((X, y), (test, y_test)):
        assert ((LABELS[rows[:, 0]] == rare) == is_rare).all()
    assert not set(X[:, 0]) & set(test[:, 0])


def test_draws_of_one_kind_share_no_image_and_all_kinds_are_rare(few):
    kinds = [few.rare_class("quickdraw", k) for k in range(12)]
    assert kinds == [*range(6), *range(6)]
    parts = [few.images_of("quickdraw", None, draw) for draw in (2, 8)]
    first, second = (
        {*np.concatenate([own[:, 0] for own, _ in part])} for part in parts
    )
    assert not first & second


class Recording:
    """Keeps what it learns from."""

    def __init__(self, **params):
        self.params, self.class_conditional = params, params["class_conditional"]

    def fit(self, X, y=None):
        self.known = X, y


@pytest.mark.parametrize("name", ["alone", "accepted", "short", "unclustered"])
def test_who_learns_from_what(rare, monkeypatch, tmp_path, name):
    monkeypatch.setattr(rare, "DCGANGenerator", Recording)
    X, y = np.arange(6).reshape(-1, 1), np.array([0, 1, 0, 1, 0, 0])
    gan, _ = rare.Work(None, tmp_path).generator("mnist", name, 4, X, y)
    images, labels = gan.known
    if name == "alone":
        assert images.tolist() == [[1], [3]] and labels is None
    else:
        assert images.tolist() == X.tolist() and labels.tolist() == y.tolist()
    is_short = name in ("short", "unclustered")
    assert gan.params.get("max_iter") == (500 if is_short else None)
    assert gan.params.get("n_clusters") == (1 if name == "unclustered" else None)


def test_copies_are_nearer_to_what_is_known(rare):
    rng = np.random.default_rng(0)
    known, fresh, other = (rng.integers(0, 256, (20, 64)) for _ in range(3))
    assert rare.to_training(known, known, fresh) == 0
    assert rare.to_training(other, known, fresh) == pytest.approx(1, abs=0.05)
    near = known + (fresh - known) // 2  # at most half as far as a fresh one
    assert 0.3 < rare.to_training(near, known, fresh) < 0.7
