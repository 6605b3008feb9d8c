"""DCGANGenerator: images of every layout, networks of every architecture."""

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from torch import nn

import skgan
from skgan import DCGANGenerator, GANGenerator
from skgan.augmentation import augment
from skgan.conditions import ClusterCondition, Labels
from skgan.encoding import ImageEncoder
from skgan.estimators import fitting
from skgan.estimators.inputs import Inputs
from skgan.estimators.plan import _augmenter, new_run
from skgan.estimators.resolve import augmentation_of, n_clusters_of, penalties_of
from skgan.networks import Batch, ImageHead, Latents
from skgan.networks.residual_images import Residual
from skgan.training import Objective, Player
from skgan.training.step import discriminator_step, generator_step

DIGITS = load_digits()
SMALL = {"base_channels": 2, "max_iter": 4, "n_score_samples": 100, "random_state": 0}
COLOR = np.random.default_rng(0).integers(0, 256, (30, 9, 12, 3), dtype=np.uint8)


def small(**options):
    return DCGANGenerator(**SMALL | options)


class Flat(nn.Module):
    """A generator of images that users might write."""

    def __init__(self, latent_dim, image_shape):
        super().__init__()
        height, width, n_channels = image_shape
        self.layers = nn.Sequential(
            nn.Linear(latent_dim, height * width * n_channels),
            nn.Unflatten(1, (n_channels, height, width)),
        )

    def forward(self, latents):
        return self.layers(latents)


LAYOUTS = {
    "last": COLOR,
    "first": COLOR.transpose(0, 3, 1, 2),
    "gray": COLOR[..., 0],
    "gray last": COLOR[..., :1],
    "gray first": COLOR[:, None, :, :, 0],
    "shares": COLOR / 255.0,
    "float32": (COLOR / 127.5 - 1).astype(np.float32),
    "booleans": COLOR[..., 0] > 127,
    "whole numbers": COLOR.astype(np.int64),
}


@pytest.mark.parametrize("X", LAYOUTS.values(), ids=LAYOUTS)
def test_samples_are_as_the_images_that_went_in(X):
    gan = small().fit(X)
    images = gan.sample(5, random_state=0)
    assert (images.shape, images.dtype) == ((5, *X.shape[1:]), X.dtype)
    assert images.min() >= X.min() and images.max() <= X.max()
    channels = 3 if COLOR[0].size == X[0].size else 1
    assert gan.image_shape_ == (9, 12, channels)
    rows = np.asarray(X[:4])
    assert gan.score_samples(rows).shape == gan.discriminate(rows).shape == (4,)
    latents = np.zeros((3, gan.latent_dim_))
    assert gan.generate(latents).shape == (3, *X.shape[1:])


def test_layouts_of_the_same_images_train_alike():
    last, first = small().fit(COLOR), small().fit(LAYOUTS["first"])
    flat = small(image_shape=(9, 12, 3)).fit(COLOR.reshape(30, -1))
    images = last.sample(3, random_state=0)
    assert np.array_equal(first.sample(3, random_state=0), images.transpose(0, 3, 1, 2))
    assert np.array_equal(flat.sample(3, random_state=0), images.reshape(3, -1))


def test_a_fitted_estimator_takes_any_layout():
    gan = small().fit(COLOR)
    scores = gan.score_samples(COLOR)
    assert np.array_equal(gan.score_samples(LAYOUTS["first"]), scores)
    assert np.array_equal(gan.score_samples(COLOR.reshape(30, -1)), scores)
    with pytest.raises(ValueError, match=r"Images of 9x12x3 .* got an array of shape"):
        gan.score_samples(COLOR[..., 0])


def test_lists_of_images_are_images():
    images = DIGITS.images[:20]
    gan = small().fit(images.tolist())
    assert gan.sample(2).shape == (2, 8, 8)


@pytest.mark.parametrize(
    ("options", "X", "message"),
    [
        ({"image_shape": (8, 9)}, DIGITS.data, r"Images of 8x9x1 \(height, width, cha"),
        ({"image_shape": (4, 16)}, DIGITS.data, "Images must have 8 to 128 pixels"),
        ({"image_shape": (8,)}, DIGITS.data, r"image_shape must be \(height, width\)"),
        ({"image_shape": (8, 8, 3)}, DIGITS.images, r"Images of 8x8x3 \(height"),
        ({}, np.zeros((5, 7, 9)), "Images must have 8 to 128 pixels a side, got 7x9"),
        ({}, np.zeros((5, 9, 9, 2)), r"with 1 or 3 channels, got shape \(5, 9, 9, 2\)"),
        ({}, np.full((5, 8, 8), np.nan), "contains NaN"),
        (
            {"augmentation": ["blur"]},
            DIGITS.images,
            "augmentation must be 'auto', None",
        ),
        ({"augmentation": "color"}, DIGITS.images, "The 'augmentation' parameter"),
        (
            {"normalization": "batch", "discriminator": "residual"},
            DIGITS.images,
            "normalization='batch' needs discriminator='dcgan', got 'residual'",
        ),
        (
            {"normalization": "spectral", "discriminator": Flat},
            DIGITS.images,
            "normalization must be 'auto' with a discriminator of your own",
        ),
        ({"normalization": "layer"}, DIGITS.images, "The 'normalization' parameter"),
        (
            {"base_channels": 0},
            DIGITS.images,
            "The 'base_channels' parameter of DCGANGenerator must be",
        ),
    ],
)
def test_bad_input_is_named(options, X, message):
    gan = small(**options)
    with pytest.raises(ValueError, match=message):
        gan.fit(X)
    assert not hasattr(gan, "generator_")


@pytest.mark.parametrize(
    ("discriminator", "normalization", "generator"),
    [  # every generator with every discriminator, normalized in every way
        ("dcgan", "auto", "dcgan"),
        ("dcgan", "batch", "projected"),
        ("dcgan", "spectral", "residual"),
        ("dcgan", None, "dcgan"),
        ("residual", "auto", "projected"),
        ("residual", "spectral", "dcgan"),
        ("residual", None, "residual"),
    ],
)
def test_networks_train_pickle_and_clone(discriminator, normalization, generator):
    gan = small(
        generator=generator,
        discriminator=discriminator,
        normalization=normalization,
        class_conditional=True,
        n_clusters=2,
    ).fit(DIGITS.images[:100], DIGITS.target[:100] > 4)
    copied = pickle.loads(pickle.dumps(gan))
    for other in (copied, clone(gan).fit(DIGITS.images[:100], DIGITS.target[:100] > 4)):
        (images, labels), (again, same) = (
            model.sample(20, return_y=True, random_state=1) for model in (gan, other)
        )
        assert np.array_equal(images, again)
        assert np.array_equal(labels, same)
    rows = DIGITS.images[:5]
    assert np.array_equal(copied.discriminate(rows), gan.discriminate(rows))


def parts_of(network):
    """What tells the networks of skgan apart."""
    modules = list(network.modules())
    return {
        "batch": any(isinstance(m, nn.BatchNorm2d) for m in modules),
        "units": any(isinstance(m, nn.BatchNorm1d) for m in modules),
        "residual": any(isinstance(m, Residual) for m in modules),
        "spectral": any(hasattr(m, "parametrizations") for m in modules),
    }


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ({}, []),
        ({"loss": "non_saturating"}, ["batch"]),
        ({"loss": "non_saturating", "penalty": "r1"}, []),
        ({"penalty": None}, ["batch"]),
        ({"normalization": "batch"}, ["batch"]),
        ({"normalization": None, "loss": "hinge"}, []),
        ({"normalization": "spectral"}, ["spectral"]),
        ({"discriminator": "residual", "loss": "hinge"}, ["residual"]),
        (
            {"discriminator": "residual", "normalization": "spectral"},
            ["residual", "spectral"],
        ),
    ],
)
def test_discriminators_are_what_was_asked_for(options, parts):
    head = ImageHead((16, 16, 1))
    _, network = small(**options)._networks(head)(head, 4, 0)
    assert [part for part, found in parts_of(network).items() if found] == parts


@pytest.mark.parametrize(
    ("generator", "parts"),
    [
        ("dcgan", ["batch"]),
        ("projected", ["batch", "units"]),
        ("residual", ["residual"]),
    ],
)
def test_generators_are_what_was_asked_for(generator, parts):
    gan = small(generator=generator, image_shape=(16, 16))
    network = gan.fit(np.tile(DIGITS.data[:40], 4)).generator_
    assert [part for part, found in parts_of(network).items() if found] == parts


def test_spectral_normalization_is_kept_in_the_weights():
    gan = small(normalization="spectral", max_iter=40).fit(DIGITS.images)
    for weight in gan.discriminator_.parameters():
        if weight.dim() > 1:
            assert torch.linalg.matrix_norm(weight.flatten(1), 2) < 1.2
    assert not parts_of(gan.discriminator_)["spectral"]


def test_networks_of_users():
    asked = []

    def discriminator(image_shape):
        asked.append(image_shape)
        height, width, n_channels = image_shape
        n_features = 4 * ((height - 1) // 2) * ((width - 1) // 2)
        return nn.Sequential(
            nn.Conv2d(n_channels, 4, 3, 2), nn.Flatten(), nn.Linear(n_features, 1)
        )

    gan = small(generator=Flat, discriminator=discriminator).fit(COLOR)
    assert gan.sample(2).shape == (2, 9, 12, 3)
    y = np.arange(30) % 2
    gan.set_params(class_conditional=True).fit(COLOR, y)
    assert gan.sample(4, y=1).shape == (4, 9, 12, 3)
    assert asked == [(9, 12, 3), (9, 12, 5)]


def test_a_generator_of_wrong_images_is_named():
    def narrow(latent_dim, image_shape):
        return Flat(latent_dim, (9, 11, 3))

    message = (
        r"generator must map latents of shape \(2, 64\) to shape \(2, 3, 9, 12\), "
    )
    with pytest.raises(ValueError, match=message + r"got shape \(2, 3, 9, 11\)"):
        small(generator=narrow).fit(COLOR)


def test_networks_that_fail_are_named():
    def judge(image_shape):
        return nn.Sequential(nn.Flatten(), nn.Linear(7, 1))

    message = (
        r"discriminator must map images of shape \(2, 5, 9, 12\) to one logit each, b"
    )
    gan = small(discriminator=judge, class_conditional=True)
    with pytest.raises(
        ValueError, match=message + "ut it raised: mat1 and mat2 shapes"
    ):
        gan.fit(COLOR, np.arange(30) % 2)


@pytest.mark.parametrize("n_labels", [64, 65])
def test_many_conditions_are_embedded(n_labels):
    X, y = np.repeat(DIGITS.images[:90], 8, axis=0), np.arange(720) % n_labels
    gan = small(class_conditional=True, n_clusters=1, latent_dim=3).fit(X, y)
    first = next(p for p in gan.generator_.network.modules() if hasattr(p, "stride"))
    assert first.in_channels == 3 + 64
    assert (gan.generator_.embedding is not None) == (n_labels > 64)
    again = pickle.loads(pickle.dumps(gan)).sample(2, y=[0, n_labels - 1])
    assert again.shape == (2, 8, 8)


def test_networks_of_users_get_many_labels_in_few_columns():
    asked = {}

    def draw(latent_dim, image_shape):
        asked["latents"] = latent_dim
        return Flat(latent_dim, image_shape)

    def judge(image_shape):
        asked["image"] = image_shape
        return nn.Sequential(nn.Flatten(), nn.Linear(int(np.prod(image_shape)), 1))

    X, y = np.repeat(DIGITS.images[:70], 6, axis=0), np.arange(420) % 70
    options = {"class_conditional": True, "n_clusters": 1, "latent_dim": 3}
    gan = small(generator=draw, discriminator=judge, **options).fit(X, y)
    assert asked == {"latents": 3 + 64, "image": (8, 8, 1 + 16)}
    assert gan.sample(2, y=[0, 69]).shape == (2, 8, 8)
    assert np.isfinite(gan.discriminate(X[:3], y=y[:3])).all()


def test_auto_clusters_of_images_are_at_most_500():
    def found(n_rows, labels=None):
        training, held_out = np.arange(n_rows), np.arange(0)
        inputs = Inputs(ImageEncoder(), None, labels, None, training, held_out)
        return n_clusters_of(small(), inputs)

    assert [found(n) for n in (1_000, 10**6)] == [20, 500]
    assert found(54_000, Labels(np.arange(10))) == 270


@pytest.mark.parametrize(
    ("n_clusters", "least", "most"), [("auto", 30, 35), (1, 1, 1), (3, 3, 3)]
)
def test_images_have_clusters(n_clusters, least, most):
    """One for each fifty of 1,797 images; small ones are joined."""
    gan = small(n_clusters=n_clusters, validation_fraction=0.0).fit(DIGITS.images)
    assert least <= gan.n_clusters_ <= most
    found = gan._model.conditions.part(ClusterCondition)
    assert n_clusters == 1 or found.clusters.components.shape == (64, 50)


def test_searches_find_channels_and_a_loss():
    grid = {"base_channels": [2, 3], "loss": ["relativistic", "non_saturating"]}
    search = GridSearchCV(small(), grid, cv=2, n_jobs=1).fit(DIGITS.data[:60])
    scores = search.cv_results_["mean_test_score"]
    assert np.isfinite(scores).all() and len(set(scores)) == 4
    assert search.best_score_ == scores.max()
    assert skgan.sample(search, 3).shape == (3, 64)


def test_pipelines_of_rows():
    model = make_pipeline(MinMaxScaler(), small(image_shape=(8, 8)))
    assert skgan.sample(model.fit(DIGITS.data), 3).shape == (3, 64)


def test_a_fit_without_labels_forgets_those_of_an_earlier_one():
    gan = small(class_conditional=True).fit(COLOR, np.arange(30) % 2)
    assert gan.classes_.tolist() == [0, 1]
    gan.set_params(class_conditional=False).fit(COLOR)
    assert not hasattr(gan, "classes_")


def test_labels_are_kept_apart():
    """Black images and white ones, told apart by their label alone."""
    X = np.zeros((200, 8, 8), np.uint8)
    y = np.repeat(["black", "white"], 100)
    X[y == "white"] = 255
    options = {"max_iter": 300, "base_channels": 16, "class_conditional": True}
    gan = small(**options, augmentation=None).fit(X, y)
    for label, low, high in [("black", 0, 60), ("white", 195, 255)]:
        mean = gan.sample(50, y=label, random_state=0).mean()
        assert low <= mean <= high


# ------------------------------------------------------------------ averaging


@pytest.mark.usefixtures("all_trees")
@pytest.mark.parametrize("generator", ["dcgan", "projected", "residual"])
def test_averaged_and_raw_generators_agree_when_training_stands_still(generator):
    """So the averaged one has the statistics of batch normalization of its weights."""
    options = {"learning_rate": 1e-12, "ema_decay": 0.9, "max_iter": 30}
    gan = small(generator=generator, n_clusters=1, **options)
    runs = []

    def spy(*args):
        runs.append(new_run(*args))
        return runs[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "new_run", spy)
        gan.fit(DIGITS.images)
    none = torch.empty(4_000, 0)
    latents = Latents(torch.randn(4_000, gan.latent_dim_), none, none)
    raw = runs[0].state.generator.network.train()
    with torch.no_grad():
        expected, found = raw(latents).rows, gan.generator_(latents).rows
    assert expected.std() > 1e-3
    difference = (expected - found).square().mean().sqrt()
    # Either knows the statistics from some thousands of rows
    assert difference < 0.05 * expected.std()


# --------------------------------------------------------------- augmentation


class Spy(nn.Module):
    """Remembers what it is shown."""

    def __init__(self):
        super().__init__()
        self.scale, self.shown = nn.Parameter(torch.ones(())), []

    def forward(self, batch):
        self.shown.append(batch.rows)
        return self.scale * batch.rows.sum(1)


def test_a_step_augments_whatever_the_discriminator_sees():
    none = torch.empty(3, 0)
    rows = torch.full((3, 4), 2.0, requires_grad=True)
    real, fake = Batch(torch.ones(3, 4), none), Batch(rows, none)
    shown_to_penalty = []

    def penalty(critic, real, fake):
        shown_to_penalty.append((real, fake))
        return critic(real)

    def augment(batch):
        return batch._replace(rows=10 * batch.rows)

    loss = skgan.losses.LOSSES["non_saturating"]
    objective = Objective(loss, [(1.0, penalty)], augment=augment)
    players = [Player(Spy(), None, 0.0) for _ in range(2)]
    for player in players:
        player.optimizer = torch.optim.SGD(player.network.parameters(), 0.0)
    discriminator = players[1]
    detached = fake._replace(rows=rows.detach())
    discriminator_step(discriminator, objective, real, detached, 1)
    generator_step(players[0], discriminator, objective, torch.zeros(3), fake)
    values = [shown.unique().tolist() for shown in discriminator.network.shown]
    assert values == [[10], [20], [10], [20]]
    assert [shown.unique().tolist() for shown in shown_to_penalty[0]] == [[10], [20]]
    assert rows.grad.abs().sum() > 0


@pytest.mark.parametrize(
    ("augmentation", "n_rows", "names"),
    [
        ("auto", 4_999, ("color", "translation", "cutout")),
        ("auto", 5_000, ()),
        (None, 10, ()),
        (["cutout"], 10_000, ("cutout",)),
    ],
)
def test_augmentation_is_for_few_images(augmentation, n_rows, names):
    gan = small(class_conditional=True, augmentation=augmentation)
    assert augmentation_of(gan, n_rows) == names
    head = ImageHead((9, 8, 3))
    change = _augmenter(names, head, torch.Generator().manual_seed(3))
    batch = Batch(torch.rand(5, 216), torch.rand(5, 2))
    changed = change(batch)
    assert torch.equal(changed.conditions, batch.conditions)
    images = batch.rows.unflatten(1, (9, 8, 3))
    images = augment(images, names, torch.Generator().manual_seed(3))
    assert torch.equal(changed.rows, images.flatten(1))


# ---------------------------------------------------------------------- inputs


def test_tensors_are_arrays():
    X = torch.tensor(COLOR).permute(0, 3, 1, 2)
    gan = small().fit(X)
    images = gan.sample(2, random_state=0)
    assert isinstance(images, np.ndarray) and images.dtype == np.uint8
    expected = small().fit(LAYOUTS["first"]).sample(2, random_state=0)
    assert np.array_equal(images, expected)


@pytest.mark.parametrize("library", [pd, pl])
def test_data_frames_of_pixels(library):
    frame = library.DataFrame({f"pixel{j}": DIGITS.data[:, j] for j in range(64)})
    rows = small(image_shape=(8, 8)).fit(frame).sample(3)
    assert type(rows) is type(frame) and list(rows.columns) == list(frame.columns)


def test_rows_that_look_like_color_are_asked_about():
    rows = COLOR[:, :8, :8].reshape(30, -1)
    message = r"Rows of 192 numbers are taken for gray images of 12x16\. If they are in"
    with pytest.warns(UserWarning, match=message) as caught:
        small().fit(rows)
    assert caught[0].filename == __file__
    small(image_shape=(8, 8, 3)).fit(rows)
    small(image_shape=(12, 16)).fit(rows)


def test_scores_are_in_the_units_of_the_pixels():
    """Densities of bytes and of shares differ by the width of a byte, per pixel."""
    whole, shares = (small().fit(X).score_samples(X[:5]) for X in (COLOR, COLOR / 255))
    np.testing.assert_allclose(shares - whole, 324 * np.log(255), rtol=1e-4)


@pytest.mark.parametrize("refinement", ["network", "trees", "both"])
def test_images_may_be_refined(refinement):
    gan = small(refinement=refinement, class_conditional=True)
    gan.fit(DIGITS.images[:120], DIGITS.target[:120] > 4)
    assert gan.refinement_ == refinement and 0 < gan.acceptance_rate_ <= 1
    assert gan.sample(7, y=True, random_state=0).shape == (7, 8, 8)


def test_large_images_are_scored_by_fewer_samples(monkeypatch):
    gan = small(n_score_samples=100)
    assert gan.fit(COLOR)._model.density.n_centers == 100
    monkeypatch.setattr("skgan.estimators.resolve.MAX_NUMBERS", 10_000)
    gan.fit(COLOR)
    assert gan._model.density.n_centers == 10_000 // 324
    assert np.isfinite(gan.score(COLOR))


@pytest.mark.parametrize(("contrast", "weight"), [(1.0, 5.0), (0.5, 0.025 * 576 / 4)])
def test_auto_penalty_weight_grows_with_the_variance_up_to_five(contrast, weight):
    signs = np.random.default_rng(0).choice([-1.0, 1.0], (300, 24, 24))
    images = contrast * signs.astype(np.float32)
    images[0, 0, :2] = -1, 1  # the range
    variance = ImageHead((24, 24, 1)).variance(torch.tensor(images).flatten(1))
    [(found, _), _] = penalties_of(small(), variance)
    assert found == pytest.approx(weight, rel=0.01)
    fits = [
        small(penalty_weight=own, validation_fraction=0.0).fit(images)
        for own in ("auto", found)
    ]
    np.testing.assert_allclose(fits[0].loss_curve_, fits[1].loss_curve_, rtol=1e-5)


@pytest.mark.parametrize("X", ["folder", Path("folder"), ["a.png", "b.png"]])
def test_paths_are_no_images(X):
    hint = "skgan.datasets.load_image_folder makes one array of a folder"
    with pytest.raises(ValueError, match=f"got the path '(folder|a.png)': {hint}"):
        DCGANGenerator().fit(X)
    gan = small().fit(np.random.default_rng(0).random((20, 8, 8)))
    with pytest.raises(ValueError, match=f"got the path 'folder': {hint}"):
        gan.score("folder")


def test_paths_are_no_rows_to_score():
    gan = GANGenerator(max_iter=1).fit(np.random.default_rng(0).normal(size=(50, 2)))
    with pytest.raises(ValueError, match="got the path .*: read the file, for example"):
        gan.score(Path("rows.csv"))
