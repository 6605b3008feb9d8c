"""Features of images from the layers of a discriminator."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC
from torch import nn

from skgan import DCGANGenerator, DiscriminatorFeatures, GANGenerator

RNG = np.random.default_rng(0)
X = RNG.integers(0, 256, (20, 17, 24, 3), dtype=np.uint8)
SMALL = {"base_channels": 2, "max_iter": 3, "n_score_samples": 50, "random_state": 0}


@pytest.fixture(scope="module")
def gan():
    return DCGANGenerator(**SMALL).fit(X)


def convolved(maps, layer):
    """A strided convolution and leaky ReLU by a loop over its outputs."""
    weight, bias = layer.weight.numpy(), layer.bias.numpy()
    (kh, kw), (ph, pw) = layer.kernel_size, layer.padding
    padded = np.pad(maps, ((0, 0), (ph, ph), (pw, pw)))
    height = (padded.shape[1] - kh) // 2 + 1
    width = (padded.shape[2] - kw) // 2 + 1
    out = np.empty((len(weight), height, width))
    for i in range(height):
        for j in range(width):
            window = padded[:, 2 * i : 2 * i + kh, 2 * j : 2 * j + kw]
            out[:, i, j] = (weight * window).sum((1, 2, 3)) + bias
    return np.where(out > 0, out, 0.2 * out)


def pooled(maps):
    """The largest of each of 4x4 overlapping windows, or all where there are fewer."""
    _, height, width = maps.shape
    n_down, n_across = min(4, height), min(4, width)
    return [
        maps[
            k,
            i * height // n_down : -(-(i + 1) * height // n_down),
            j * width // n_across : -(-(j + 1) * width // n_across),
        ].max()
        for k in range(len(maps))
        for i in range(n_down)
        for j in range(n_across)
    ]


def test_features_are_pooled_maps_of_every_layer(gan):
    features = DiscriminatorFeatures(FrozenEstimator(gan)).fit(X)
    found = features.transform(X[:2])
    layers = [m for m in gan.discriminator_.modules() if isinstance(m, nn.Conv2d)]
    assert len(layers) == 2
    for image, row in zip(X[:2], found, strict=True):
        maps, expected = (image / 127.5 - 1).transpose(2, 0, 1), []
        for layer in layers:
            maps = convolved(maps, layer)
            expected += pooled(maps)
        np.testing.assert_allclose(row, expected, rtol=1e-4, atol=1e-6)


def test_a_frozen_estimator_is_used_as_it_is(gan):
    features = DiscriminatorFeatures(FrozenEstimator(gan)).fit(X[:5])
    assert features.estimator_.discriminator_ is gan.discriminator_


def test_a_frozen_estimator_knows_the_shape(gan):
    with pytest.raises(ValueError, match="Images of 17x24x3"):
        DiscriminatorFeatures(FrozenEstimator(gan)).fit(X[:, :9])


def test_an_estimator_is_cloned_and_trained():
    gan = DCGANGenerator(**SMALL)
    features = DiscriminatorFeatures(gan).fit(X)
    assert not hasattr(gan, "generator_")
    again = DiscriminatorFeatures(clone(gan)).fit(X).transform(X)
    np.testing.assert_array_equal(features.transform(X), again)
    assert features.get_feature_names_out()[0] == "discriminatorfeatures0"
    assert len(features.get_feature_names_out()) == again.shape[1]


@pytest.mark.parametrize("options", [{"discriminator": "residual"}, {"loss": "hinge"}])
def test_features_serve_a_classifier(options):
    digits, y = load_digits(return_X_y=True)
    gan = DCGANGenerator(**SMALL | {"base_channels": 8}, **options)
    model = make_pipeline(DiscriminatorFeatures(gan), LinearSVC())
    assert model.fit(digits[:1_000], y[:1_000]).score(digits[1_000:], y[1_000:]) > 0.8


def test_labels_reach_the_estimator():
    gan = DCGANGenerator(**SMALL, class_conditional=True)
    y = np.arange(20) % 2
    features = DiscriminatorFeatures(gan).fit(X, y)
    assert features.estimator_.classes_.tolist() == [0, 1]
    with pytest.raises(ValueError, match="requires y to be passed"):
        DiscriminatorFeatures(gan).fit(X)


def test_chunks_change_nothing(gan, monkeypatch):
    features = DiscriminatorFeatures(FrozenEstimator(gan)).fit(X)
    expected = features.transform(X)
    monkeypatch.setattr("skgan._torch.MAX_CHUNK_NUMBERS", 5_000)
    np.testing.assert_allclose(features.transform(X), expected, rtol=1e-5, atol=1e-6)


def test_other_discriminators_are_refused():
    def flat(image_shape):
        height, width, n_channels = image_shape
        return nn.Sequential(nn.Flatten(), nn.Linear(height * width * n_channels, 1))

    message = "estimator must be a DCGANGenerator with discriminator='dcgan' or 'residu"
    features = DiscriminatorFeatures(DCGANGenerator(discriminator=flat, **SMALL))
    for other in (features, DiscriminatorFeatures(GANGenerator(max_iter=10**9))):
        with pytest.raises(ValueError, match=message):
            other.fit(X)
    with pytest.raises(NotFittedError):
        features.transform(X)
