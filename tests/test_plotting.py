import builtins

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from skgan import DCGANGenerator, GANGenerator
from skgan._torch import available_device
from skgan.model import FittedGAN
from skgan.plotting import (
    InterpolationDisplay,
    LossCurveDisplay,
    NearestImagesDisplay,
    SampleGridDisplay,
)
from skgan.plotting.walks import _great_circles

SMALL = {"base_channels": 2, "max_iter": 2, "n_score_samples": 50}


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
    for line, raw, losses in zip(
        display.lines_, display.raw_lines_, gan.loss_curve_.T, strict=True
    ):
        np.testing.assert_array_equal(raw.get_ydata(), losses)
        assert line.get_linewidth() == 3 > raw.get_linewidth()
        assert line.get_color() == raw.get_color() and raw.get_alpha() < 0.5
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert labels == ["discriminator", "generator", "undecided"]
    assert display.ax_.get_title() == "GANGenerator"
    assert display.figure_ is display.ax_.figure


def test_losses_are_smoothed_by_those_around_them():
    curve = np.random.default_rng(0).normal(size=(250, 2))
    display = LossCurveDisplay(loss_curve=curve).plot()
    assert display.undecided_lines_ == []
    for line, losses in zip(display.lines_, curve.T, strict=True):
        expected = [losses[max(i - 2, 0) : i + 3].mean() for i in range(250)]
        np.testing.assert_allclose(line.get_ydata(), expected)


def test_dashed_lines_are_the_values_of_undecided_losses(gan):
    own = LossCurveDisplay.from_estimator(gan).undecided_lines_
    assert [line.get_ydata()[0] for line in own] == pytest.approx([np.log(2)] * 2)
    assert {line.get_linestyle() for line in own} == {"--"}
    other = clone(gan).set_params(loss="least_squares", max_iter=2)
    lines = LossCurveDisplay.from_estimator(
        other.fit(np.random.RandomState(0).rand(30, 6))
    ).undecided_lines_
    assert [line.get_ydata()[0] for line in lines] == pytest.approx([0.25, 0.125])


def test_displays_draw_on_given_axes(gan):
    _, (left, right) = plt.subplots(1, 2)
    display = LossCurveDisplay(loss_curve=gan.loss_curve_)
    assert display.plot(ax=left, name="mine") is display
    assert display.ax_ is left and left.get_title() == "mine"
    assert SampleGridDisplay.from_estimator(gan, ax=right).ax_ is right


def test_sample_grid_puts_every_image_where_it_belongs():
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
    assert grids[0].ax_.get_title() == "Samples of GANGenerator"
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
    message = r"Images of 2x2x1 \(height, width, channels\) must be rows of 4 numbers"
    with pytest.raises(ValueError, match=message):
        SampleGridDisplay.from_samples(np.zeros((3, 6)), image_shape=(2, 2))


@pytest.mark.parametrize("shape", [3, "ab", (-1, -3), (1.0, 3.0), (3, 1, 2)])
def test_image_shape_has_rules(shape):
    message = r"image_shape must be \(height, width\) or \(height, width, channels\)"
    with pytest.raises(ValueError, match=message):
        SampleGridDisplay.from_samples(np.zeros((2, 3)), image_shape=shape)


@pytest.mark.parametrize("is_first", [False, True])
def test_images_in_color_keep_their_colors(is_first):
    images = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 3), dtype=np.uint8)
    given = images.transpose(0, 3, 1, 2) if is_first else images
    grid = SampleGridDisplay.from_samples(given).image_.get_array()
    assert grid.shape == (9, 11, 4)
    for i, (down, across) in enumerate([(0, 0), (0, 6), (5, 0)]):
        tile = grid[down:, across:][:4, :5]
        np.testing.assert_allclose(tile[..., :3], images[i] / 255, atol=1e-6)
        assert (tile[..., 3] == 1).all()
    assert (grid[4] == 0).all() and (grid[5:, 6:] == 0).all()  # transparent


def test_images_in_a_line():
    display = SampleGridDisplay.from_samples(np.zeros((6, 2, 3)), n_across=6)
    assert display.image_.get_array().shape == (2, 23)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (30, 8, 9, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def image_gan(images):
    options = SMALL | {"random_state": 0}
    y = np.arange(30) % 2
    return DCGANGenerator(**options, class_conditional=True).fit(images, y)


def test_samples_have_the_shape_of_their_estimator(image_gan):
    flat = clone(image_gan).set_params(image_shape=(8, 27))
    flat.fit(np.random.default_rng(0).random((30, 216)), np.arange(30) % 2)
    grid = SampleGridDisplay.from_estimator(flat, n_samples=1).image_.get_array()
    assert grid.shape == (8, 27)
    grid = SampleGridDisplay.from_estimator(image_gan, n_samples=1).image_.get_array()
    assert grid.shape == (8, 9, 4)


def test_a_walk_goes_from_one_end_to_the_other(image_gan):
    display = InterpolationDisplay.from_estimator(
        image_gan, n_walks=3, n_steps=5, y=1, random_state=0
    )
    ends = np.random.RandomState(0).normal(size=(2, 3, image_gan.latent_dim_))
    asked = latents_of_walks(image_gan, n_walks=3, n_steps=5, y=1)
    np.testing.assert_allclose(asked, _great_circles(*ends, 5), rtol=1e-5)
    walks = display.samples.reshape(3, 5, 8, 9, 3)
    for end, step in zip(ends, (0, -1), strict=True):
        expected = image_gan.generate(end, y=1).astype(int)
        assert abs(walks[:, step].astype(int) - expected).max() <= 1
    assert display.image_.get_array().shape == (3 * 9 - 1, 5 * 10 - 1, 4)
    assert display.ax_.get_title() == "Walks between samples of DCGANGenerator"


def latents_of_walks(gan, **options):
    """What a display asks the generator for, ``(n_walks, n_steps, latent_dim)``."""
    own, asked = FittedGAN.generate_from, []

    def recorded(model, *given):
        asked.extend(given)
        return own(model, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FittedGAN, "generate_from", recorded)
        InterpolationDisplay.from_estimator(gan, **options, random_state=0)
    assert asked[2] == available_device(gan.device)  # where it is to be computed
    shape = options["n_walks"], options["n_steps"], -1
    codes = asked[1].reshape(shape)
    assert (codes == codes[:, :1]).all()  # one label and one cluster a walk
    return asked[0].reshape(shape)


@pytest.mark.parametrize("y", [None, 1, [0, 1, 1, 0, 0]])
def test_a_walk_stays_in_one_label_and_one_cluster(images, y):
    options = SMALL | {"random_state": 0}
    gan = DCGANGenerator(**options, class_conditional=True, n_clusters=2)
    gan.fit(images, np.arange(30) % 2)
    latents_of_walks(gan, n_walks=5, n_steps=4, y=y)


def test_walks_are_on_great_circles():
    """Of constant angle, between the ends' lengths; straight between parallel ends."""
    first, last = np.random.default_rng(0).normal(size=(2, 4, 6))
    last[3] = 2 * first[3]
    walks = _great_circles(first, last, 7)
    np.testing.assert_allclose(walks[:, 0], first)
    np.testing.assert_allclose(walks[:, -1], last)
    first[:3] /= np.linalg.norm(first[:3], axis=1, keepdims=True)
    last[:3] /= np.linalg.norm(last[:3], axis=1, keepdims=True)
    walks = _great_circles(first, last, 7)
    np.testing.assert_allclose(np.linalg.norm(walks[:3], axis=2), 1)
    cosines = (walks[:3, :-1] * walks[:3, 1:]).sum(axis=2)
    np.testing.assert_allclose(cosines, cosines[:, :1].repeat(6, axis=1))
    np.testing.assert_allclose(walks[3], first[3] * np.linspace(1, 2, 7)[:, None])


def test_walks_of_uniform_noise_stay_in_its_range(images):
    options = SMALL | {"random_state": 0}
    gan = DCGANGenerator(noise="uniform", **options).fit(images)
    walks = latents_of_walks(gan, n_walks=2, n_steps=3)
    np.testing.assert_allclose(walks[:, 1], (walks[:, 0] + walks[:, 2]) / 2, atol=1e-6)
    assert abs(walks).max() <= 1 and abs(walks).max() > 0.9


def test_nearest_images_are_those_of_a_double_loop(images):
    samples, X = images[:4], images[4:]
    display = NearestImagesDisplay.from_samples(samples, X, n_neighbors=2)
    assert display.ax_.get_title() == "Nearest training images beside samples"
    lines = display.samples.reshape(4, 3, 8, 9, 3)
    for i in range(4):
        distances = [((samples[i].astype(float) - image) ** 2).sum() for image in X]
        nearest = np.argsort(distances)[:2]
        np.testing.assert_array_equal(lines[i, 0], samples[i])
        np.testing.assert_array_equal(lines[i, 1:], X[nearest])
    assert display.image_.get_array().shape == (4 * 9 - 1, 3 * 10 - 1, 4)


def test_neighbors_are_of_the_same_range(images):
    message = "samples and X must be of the same range, got dtypes float64 and uint8"
    with pytest.raises(ValueError, match=message):
        NearestImagesDisplay.from_samples(images / 255, images)


def test_grays_are_shown_as_they_are():
    """Not stretched: gray mush looks gray."""
    X = np.full((4, 8, 8), 120, np.uint8)
    X[0] = 130
    assert SampleGridDisplay.from_samples(X).image_.get_clim() == (0, 255)
    assert SampleGridDisplay.from_samples(X / 255).image_.get_clim() == (0, 1)
    limits = SampleGridDisplay.from_samples(X, image_kwargs={"vmin": 120}).image_
    assert limits.get_clim() == (120, 255)


def test_samples_come_through_pipelines(images):
    options = SMALL
    gan = DCGANGenerator(image_shape=(8, 9, 3), **options)
    rows = images.reshape(30, -1) / 255
    model = make_pipeline(MinMaxScaler(), gan).fit(rows)
    display = SampleGridDisplay.from_estimator(
        model, n_samples=2, image_shape=(8, 9, 3), random_state=0
    )
    assert display.image_.get_array().shape == (8, 19, 4)


def test_nearest_images_of_an_estimator(image_gan, images):
    display = NearestImagesDisplay.from_estimator(
        image_gan, images, n_samples=3, n_neighbors=1, random_state=0
    )
    title = "Nearest training images beside samples of DCGANGenerator"
    assert display.ax_.get_title() == title
    lines = display.samples.reshape(3, 2, 8, 9, 3)
    np.testing.assert_array_equal(lines[:, 0], image_gan.sample(3, random_state=0))


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
