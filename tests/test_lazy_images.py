"""Images that are larger than memory: read when asked for, learned as others are."""

import os
import sys

import numpy as np
import pytest
from PIL import Image

import skgan.encoding.lazy
from skgan import DCGANGenerator
from skgan.callbacks import Checkpoint
from skgan.datasets import ImageFolder, load_image_folder
from skgan.encoding import ImageEncoder, LazyImages, is_lazy
from skgan.estimators.fingerprints import fingerprint
from skgan.estimators.inputs import read_inputs
from skgan.networks import make_head
from skgan.privacy import MIN_ROWS

N = 130
SHAPES = {
    "gray": (8, 8),
    "color": (8, 8, 3),
    "channels first": (3, 8, 8),
    "rows": (64,),
}


class Counted:
    """Images on disk, say: it counts which were asked for, and how many at once."""

    def __init__(self, images):
        self._images, self.shape, self.dtype = images, images.shape, images.dtype
        self.most, self.n_read = 0, 0

    def __len__(self):
        return len(self._images)

    def __getitem__(self, index):
        if not isinstance(index, slice):
            assert (np.diff(index) > 0).all()  # as h5py asks for
        found = self._images[index].copy()
        self.most, self.n_read = max(self.most, len(found)), self.n_read + len(found)
        return found


def images_of(shape, dtype=np.uint8):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (N, *shape)).astype(dtype)
    return images if dtype == np.uint8 else (images / 255).round(2).astype(dtype)


def mapped(images, tmp_path):
    np.save(tmp_path / "images.npy", images)
    return np.load(tmp_path / "images.npy", mmap_mode="r")


def fitted(images, y=None, **options):
    options = {"base_channels": 2, "batch_size": 16, "n_score_samples": 30} | options
    return DCGANGenerator(**{"max_iter": 8, "random_state": 0} | options).fit(images, y)


def assert_equal_models(a, b):
    assert np.array_equal(a.loss_curve_, b.loss_curve_)
    assert np.array_equal(a.sample(9, random_state=0), b.sample(9, random_state=0))
    assert a.validation_score_ == b.validation_score_ and a.bandwidth_ == b.bandwidth_
    assert a.training_report_ == b.training_report_
    assert a.n_clusters_ == b.n_clusters_


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("layout", SHAPES)
def test_a_memory_map_is_learned_bit_for_bit(layout, dtype, tmp_path):
    images = images_of(SHAPES[layout], dtype)
    on_disk = mapped(images, tmp_path)
    gan, expected = fitted(on_disk), fitted(images)
    assert_equal_models(gan, expected)
    new = gan.sample(2, random_state=0)
    assert new.dtype == dtype and new.shape == (2, *SHAPES[layout])
    for n in (1, 5):
        scores = gan.score_samples(on_disk[:n]), expected.score_samples(images[:n])
        assert np.array_equal(*scores)


def test_with_labels_early_stopping_and_more_of_the_same(tmp_path):
    images, y = images_of((8, 8)), np.arange(N) % 2
    options = {"class_conditional": True, "early_stopping": True}
    options |= {"validation_fraction": 0.4, "warm_start": True}
    on_disk = mapped(images, tmp_path)
    pair = [fitted(X, y, **options) for X in (on_disk, images)]
    assert_equal_models(*pair)
    for gan, X in zip(pair, (on_disk, images), strict=True):
        gan.set_params(max_iter=12).fit(X, y, X_val=X[:50], y_val=y[:50])
        gan.set_params(early_stopping=False).partial_fit(X, y)
    assert_equal_models(*pair)


@pytest.fixture
def small_reads(monkeypatch):
    monkeypatch.setattr(skgan.encoding.lazy, "CHUNK_NUMBERS", 20 * 64)
    monkeypatch.setattr("skgan._torch.MAX_CHUNK_NUMBERS", 20 * 64)
    monkeypatch.setattr("skgan.networks.heads.MAX_NUMBERS", 30 * 64)
    monkeypatch.setattr("skgan.conditions.clusters.MAX_NUMBERS", 30 * 64)
    monkeypatch.setattr("skgan.estimators.resolve.MAX_HELD_NUMBERS", 12 * 64)
    monkeypatch.setattr("skgan.refinement.judge.MAX_NUMBERS", 30 * 64)
    monkeypatch.setattr("skgan.refinement.judge.MIN_JUDGED", 30)
    module = sys.modules["skgan.model.training_report"]  # a function has its name
    monkeypatch.setattr(module, "MAX_READ", 30 * 64)
    monkeypatch.setattr(module, "N_COVERED", 20)


def test_never_all_images_are_read_at_once(small_reads):
    images = Counted(images_of((8, 8)))
    gan = fitted(images)
    assert 16 <= images.most <= 30
    # As often as batches and passes over all ask for, and no more
    n_batches = 8 * 16
    assert images.n_read < n_batches + 5 * N
    assert gan.sample(3).shape == (3, 8, 8)


def test_images_are_read_in_order_each_once():
    images = Counted(images_of((3, 8, 8)))
    rows = LazyImages(images, (8, 8, 3))
    index = np.array([7, 3, 3, 120, 0])
    expected = images_of((3, 8, 8)).transpose(0, 2, 3, 1).reshape(N, -1)
    assert np.array_equal(rows[index], expected[index]) and images.n_read == 4
    assert np.array_equal(rows[2:9:3], expected[2:9:3])
    assert (rows.min(), rows.max()) == (expected.min(), expected.max())
    assert np.array_equal(rows, expected) and len(rows) == N


def test_ends_of_all_chunks_count(small_reads):
    images = np.full((N, 8, 8), 5, np.uint8)
    images[70, 3, 4], images[90, 1, 2] = 2, 7
    rows = LazyImages(Counted(images), (8, 8, 1))
    assert (rows.min(), rows.max()) == (2, 7)


def test_decimals_of_all_chunks_count(small_reads):
    images = images_of((8, 8), np.float64).round(1)
    images[50, 0, 0] = 0.123  # neither in the first chunk nor in the last
    encoder = ImageEncoder()
    encoder.fit(encoder.read(Counted(images)))
    assert encoder._schema.pixel.grid.decimals == 3
    images[-1, 0, 0] = np.pi / 4
    encoder = ImageEncoder()
    encoder.fit(encoder.read(Counted(images)))
    assert encoder._schema.pixel.grid.decimals is None


def test_some_images_tell_the_variance_of_very_many(monkeypatch):
    encoder = ImageEncoder().fit(images_of((8, 8)))
    encoded = encoder.encode(encoder.read(images_of((8, 8))))
    head = make_head(encoder.layout)
    assert head.variance(encoded) == pytest.approx(encoded.var(0, ddof=1).sum(), 1e-5)
    monkeypatch.setattr("skgan.networks.heads.MAX_NUMBERS", 50 * 64)
    some = encoded[::3].var(0, ddof=1).sum()
    assert head.variance(encoded) == pytest.approx(some, 1e-5)


def test_a_checkpoint_of_a_map_is_one_of_the_array(tmp_path):
    images = images_of((8, 8))
    estimator = DCGANGenerator(base_channels=2)
    lazy, inputs = (
        read_inputs(estimator, X, None, MIN_ROWS) for X in (Counted(images), images)
    )
    assert fingerprint(estimator, lazy) == fingerprint(estimator, inputs)
    changed = images.copy()
    changed[5, 0, 0] ^= 1
    other = read_inputs(estimator, Counted(changed), None, MIN_ROWS)
    assert fingerprint(estimator, other) != fingerprint(estimator, inputs)
    checkpoint = Checkpoint(tmp_path / "kept", resume=True)
    gan = DCGANGenerator(base_channels=2, max_iter=4, n_score_samples=20)
    gan.set_callbacks(checkpoint).fit(Counted(images))


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.full((9, 8, 8), np.nan, np.float32), "X contains NaN"),
        (np.ones((1, 8, 8), np.uint8), "minimum of 2 is required"),
        (np.ones((9, 8, 8, 2), np.uint8), "Images must be rows, or an array of shape"),
        (np.ones((9, 4, 8), np.uint8), "must have 8 to 128 pixels a side, got 4x8"),
    ],
)
def test_what_is_refused_of_arrays_is_refused(images, message):
    with pytest.raises(ValueError, match=message):
        fitted(Counted(images))


def test_a_number_that_is_not_finite_is_found_in_any_chunk(small_reads):
    images = images_of((8, 8), np.float32)
    images[-1, 0, 0] = np.inf
    with pytest.raises(ValueError, match="X contains infinity"):
        fitted(Counted(images))


def test_other_axes_than_those_of_training_are_refused():
    gan = fitted(images_of((8, 8)))
    with pytest.raises(ValueError, match="Images of 8x8x1 .* got an array of shape"):
        gan.score_samples(Counted(images_of((8, 9))))


def test_what_is_not_in_memory(tmp_path):
    images = images_of((8, 8))
    assert is_lazy(Counted(images)) and is_lazy(mapped(images, tmp_path))
    assert is_lazy(Counted(images > 9)) and not is_lazy(Counted(images.astype("S")))
    import pandas as pd
    import torch
    from scipy.sparse import csr_array

    others = [images, images.tolist(), torch.tensor(images), pd.DataFrame({"a": [1]})]
    assert not any(map(is_lazy, [*others, csr_array(np.eye(9)), None, "a folder"]))


def test_rows_that_may_be_in_color_are_told_of():
    with pytest.warns(UserWarning, match="Rows of 192 numbers are taken for gray im"):
        ImageEncoder().read(Counted(images_of((192,))))


def test_changes_of_a_private_map_are_not_lost(tmp_path):
    """Of a map of mode "c" they are in memory alone: no page of it may be given up."""
    np.save(tmp_path / "images.npy", images_of((8, 8)))
    images = np.load(tmp_path / "images.npy", mmap_mode="c")
    images[3] = 7
    rows = LazyImages(images, (8, 8, 1))
    assert (rows[[3]] == 7).all() and (rows[[3]] == 7).all()


# ------------------------------------------------------------------- folders of images


@pytest.fixture
def folder(tmp_path):
    for i, pixels in enumerate(images_of((12, 10, 3))[:60]):
        Image.fromarray(pixels).save(tmp_path / f"{i:03}.png")
    return tmp_path


@pytest.mark.parametrize("gray", [False, True])
def test_a_folder_is_learned_as_its_array(folder, gray):
    images = ImageFolder(folder, size=8, gray=gray, n_jobs=2)
    array = load_image_folder(folder, size=8, gray=gray, verbose=0)
    assert images.shape == array.shape and len(images) == 60
    assert np.array_equal(images, array)
    assert np.asarray(images, np.float32).dtype == np.float32
    assert np.array_equal(images[[5, 2]], array[[5, 2]])
    assert np.array_equal(images[-1], array[-1]) and len(images[:0]) == 0
    assert_equal_models(fitted(images), fitted(array))


def test_files_that_are_no_images_are_left_out_and_broken_ones_named(folder):
    (folder / "a.png").write_text("no image")
    os.mkfifo(folder / "b.png")  # which would wait for somebody to write
    content = (folder / "007.png").read_bytes()
    (folder / "007.png").write_bytes(content[: len(content) // 2])
    message = r"2 of 62 files could not be read .*: \S*/a.png, \S*/b.png$"
    with pytest.warns(UserWarning, match=message):
        images = ImageFolder(folder, size=8)
    assert len(images) == 60 and len(images[:7]) == 7
    with pytest.raises(ValueError, match="1 images cannot be read, .*007.png"):
        images[5:9]
    with pytest.raises(NotADirectoryError, match="path must be a folder"):
        ImageFolder(folder / "none")
    with pytest.raises(ValueError, match="size must be one or two positive integers"):
        ImageFolder(folder, size=0)
