import builtins

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from skgan import GANGenerator
from skgan.plotting import LossCurveDisplay, SampleGridDisplay


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def gan():
    X = np.random.RandomState(0).rand(30, 6)
    return GANGenerator(max_iter=12, n_score_samples=50, random_state=0).fit(X)


def test_loss_curve(gan):
    display = LossCurveDisplay.from_estimator(gan, line_kwargs={"linewidth": 3})
    for line, losses in zip(display.lines_, gan.loss_curve_.T, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), losses)
        assert line.get_linewidth() == 3
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert labels == ["discriminator", "generator"]
    assert display.ax_.get_title() == "GANGenerator"
    assert display.figure_ is display.ax_.figure


def test_displays_draw_on_given_axes(gan):
    _, (left, right) = plt.subplots(1, 2)
    display = LossCurveDisplay(loss_curve=gan.loss_curve_)
    assert display.plot(ax=left, name="mine") is display
    assert display.ax_ is left and left.get_title() == "mine"
    assert SampleGridDisplay.from_estimator(gan, ax=right).ax_ is right


def test_sample_grid_puts_every_image_in_its_place():
    rows = np.arange(5 * 6, dtype=float).reshape(5, 6)
    display = SampleGridDisplay.from_samples(rows, image_shape=(2, 3), name="rows")
    grid = np.ma.filled(display.image_.get_array().astype(float), np.nan)
    assert grid.shape == (5, 11)  # 2 images down, 3 across, gaps of one pixel
    for i in range(5):
        down, across = divmod(i, 3)
        image = grid[3 * down :, 4 * across :][:2, :3]
        np.testing.assert_array_equal(image, rows[i].reshape(2, 3))
    assert np.isnan(grid[2]).all() and np.isnan(grid[:, [3, 7]]).all()
    assert np.isnan(grid[3:, 8:]).all()
    assert display.ax_.get_title() == "rows"


def test_sample_grid_of_an_estimator_repeats(gan):
    grids = [
        SampleGridDisplay.from_estimator(gan, n_samples=9, random_state=0)
        for _ in range(2)
    ]
    first, second = (grid.image_.get_array() for grid in grids)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(grids[0].samples, gan.sample(9, random_state=0))


@pytest.mark.parametrize(
    ("n_pixels", "shape"), [(64, (8, 8)), (6, (2, 3)), (7, (1, 7)), (1, (1, 1))]
)
def test_images_are_as_square_as_can_be(n_pixels, shape):
    display = SampleGridDisplay.from_samples(np.zeros((1, n_pixels)))
    assert display.image_.get_array().shape == shape


def test_wrong_image_shape():
    with pytest.raises(
        ValueError, match=r"image_shape=\(2, 2\) holds 4 pixels, but the"
    ):
        SampleGridDisplay.from_samples(np.zeros((3, 6)), image_shape=(2, 2))


@pytest.mark.parametrize("shape", [3, "ab", (-1, -3), (1.0, 3.0), (1, 1, 3)])
def test_image_shape_must_be_two_positive_integers(shape):
    message = "image_shape must be two positive integers, got "
    with pytest.raises(ValueError, match=message):
        SampleGridDisplay.from_samples(np.zeros((2, 3)), image_shape=shape)


def test_unfitted():
    for display in (LossCurveDisplay, SampleGridDisplay):
        with pytest.raises(NotFittedError):
            display.from_estimator(GANGenerator())


def test_without_matplotlib(gan, monkeypatch):
    imported = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return imported(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"Plots need matplotlib: pip install"):
        LossCurveDisplay.from_estimator(gan)
