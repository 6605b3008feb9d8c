"""Files, checkpoints and stopping on CUDA. Skipped where there is no GPU."""

import numpy as np
import pytest
import torch

import skgan
from skgan import DCGANGenerator, GANGenerator
from skgan.callbacks import Checkpoint

pytestmark = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="needs a CUDA device"
)
SMALL = {"random_state": 0, "learning_rate_decay": None, "dropout": 0.3}
ALIKE = {"rtol": 1e-2, "atol": 1e-2}


def small(device="cuda", **params):
    return GANGenerator(device=device, **SMALL | {"max_iter": 60} | params)


class Cut(RuntimeError):
    """What ends a fit in a test."""


class Cuts:
    """A callback that ends a fit at an iteration."""

    every = 30

    def setup(self, estimator, context):
        pass

    teardown = on_fit_task_begin = setup

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        if metadata and metadata["n_iter"] == 30:
            raise Cut


def samples(gan):
    return gan.sample(50, random_state=0)


def test_a_fit_that_was_cut_goes_on(blobs, tmp_path):
    expected = small().fit(blobs)
    gan, keeps = small(), Checkpoint(tmp_path, every=10)
    with pytest.raises(Cut):
        gan.set_callbacks(keeps, Cuts()).fit(blobs)
    assert list(tmp_path.glob("*/*"))
    gan.set_callbacks(keeps).fit(blobs)
    np.testing.assert_allclose(gan.loss_curve_, expected.loss_curve_, **ALIKE)
    np.testing.assert_allclose(samples(gan), samples(expected), **ALIKE)


def test_two_fits_are_one(blobs):
    expected = small().fit(blobs)
    gan = small(max_iter=40, warm_start=True).fit(blobs)
    gan.set_params(max_iter=60).fit(blobs)
    assert gan.n_iter_ == 60
    np.testing.assert_allclose(gan.loss_curve_, expected.loss_curve_, **ALIKE)
    np.testing.assert_allclose(samples(gan), samples(expected), **ALIKE)


def test_a_fit_of_one_device_goes_on_on_another(blobs, tmp_path):
    for first, second in (("cuda", "cpu"), ("cpu", "cuda")):
        unbroken = small(first).fit(blobs)
        gan, keeps = small(first), Checkpoint(tmp_path / first, every=10)
        with pytest.raises(Cut):
            gan.set_callbacks(keeps, Cuts()).fit(blobs)
        gan.set_callbacks(keeps).set_params(device=second)
        with pytest.warns(UserWarning, match="with other random numbers: device"):
            gan.fit(blobs)
        assert gan.n_iter_ == 60
        own, expected = gan.loss_curve_, unbroken.loss_curve_
        np.testing.assert_allclose(own[:30], expected[:30], **ALIKE)
        assert not np.allclose(own[30:], expected[30:])  # with other random numbers
        assert np.abs(samples(gan).mean(0) - samples(unbroken).mean(0)).max() < 2


def test_passes_repeat(blobs):
    drawn = []
    for _ in range(2):
        gan = small()
        for _ in range(3):
            gan.partial_fit(blobs)
        drawn.append(samples(gan))
    np.testing.assert_allclose(*drawn, **ALIKE)


def test_a_file_written_on_cuda_is_read_on_a_cpu(blobs, tmp_path):
    labels = np.where(blobs[:, 0] > 0, "right", "left")
    gan = small(class_conditional=True, refinement="trees").fit(blobs, labels)
    skgan.save(gan, tmp_path / "gan")
    again = skgan.load(tmp_path / "gan")
    assert not any(weight.is_cuda for weight in again.generator_.parameters())
    np.testing.assert_array_equal(samples(again), samples(gan))
    on_cpu = samples(again.set_params(device="cpu"))
    np.testing.assert_allclose(on_cpu, samples(gan), **ALIKE)


def test_a_state_is_chosen_on_cuda(blobs):
    curves = []
    for device in ("cuda", "cpu"):
        gan = small(device, max_iter=300, early_stopping=True).fit(blobs)
        assert gan.best_iter_ in dict(gan.validation_scores_)
        curves.append(gan.validation_scores_)
    assert curves[0][:, 0].tolist() == curves[1][:, 0].tolist() == [100, 200, 300]
    # The less the longer both were trained, each with random numbers of its own
    np.testing.assert_allclose(curves[0][:, 1], curves[1][:, 1], atol=1.0)


def test_files_of_images(tmp_path):
    images = np.random.default_rng(0).random((64, 8, 8, 1))
    params = {"base_channels": 4, "max_iter": 20, "random_state": 0, "device": "cuda"}
    gan = DCGANGenerator(**params)
    expected = samples(gan.fit(images))
    skgan.save(gan, tmp_path / "gan")
    np.testing.assert_array_equal(samples(skgan.load(tmp_path / "gan")), expected)
