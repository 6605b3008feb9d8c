"""Missing values of every container: NaN beside null, masks, and what has none."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from PIL import Image

from skgan import DCGANGenerator, GANGenerator, GANOverSampler
from skgan.encoding import TableEncoder, looks_like_pixels, read_table
from skgan.encoding.columns import NanApart
from skgan.metrics import (
    maximum_mean_discrepancy,
    parzen_log_likelihood,
    two_sample_score,
)

SMALL = {"max_iter": 5, "hidden_layer_sizes": (16,), "n_score_samples": 50}
N = 480
RNG = np.random.default_rng(0)
NUMBERS = np.where(np.arange(N) % 6 == 0, np.nan, RNG.normal(size=N)).tolist()
BOTH = [None if i % 6 == 1 else value for i, value in enumerate(NUMBERS)]


def arrow_dtype(data):
    table = pa.table(data)
    columns = {name: pd.arrays.ArrowExtensionArray(table[name]) for name in data}
    return pd.DataFrame(columns)


CONTAINERS = {"polars": pl.DataFrame, "pyarrow": pa.table, "pandas arrow": arrow_dtype}


def shares(table, name="x"):
    """The shares of NaN and of null."""
    column = pa.table(table)[name]
    n_nan = np.isnan(column.drop_null().to_numpy()).sum()
    return n_nan / len(column), column.null_count / len(column)


@pytest.mark.parametrize("convert", CONTAINERS.values(), ids=CONTAINERS)
def test_nan_and_null_stay_apart(convert):
    few = [v if v is None or v != v else float(v > 0) for v in BOTH]
    for own in (BOTH, few):
        X = convert({"x": own, "y": np.arange(N) % 7 + 0.5})
        encoder = TableEncoder().fit(X)
        assert isinstance(encoder._encoders[0], NanApart)
        rows = encoder.read(X)
        encoded = encoder.encode(rows, np.random.default_rng(0))
        back = pa.table(encoder.build(encoded, np.random.default_rng(0)))
        for found, value in zip(back["x"].to_pylist(), own, strict=True):
            assert (found is None) == (value is None)
            assert found is None or np.isnan(found) == np.isnan(value)
        classes, numbers, _ = encoder.measure(rows)
        is_nan = [value is not None and value != value for value in own]
        assert ((classes[:, 0] == encoder._encoders[0].nan_class) == is_nan).all()
        assert np.isfinite(numbers).sum() == (320 if own is BOTH else 0)
        bins = encoder.bins(encoded)[:, 0]
        assert bins.max() == encoder.n_bins[0] - 1


def test_samples_have_the_shares_of_nan_and_null():
    X = pl.DataFrame({"x": BOTH, "y": RNG.normal(size=N)})
    gan = GANGenerator(**{**SMALL, "max_iter": 100}, random_state=0).fit(X)
    assert np.isfinite(gan.score_samples(X)).all()
    found = shares(gan.sample(3_000, random_state=0))
    assert found == pytest.approx((1 / 6, 1 / 6), abs=0.06)


def test_a_few_nan_are_missing_as_others():
    X = pl.DataFrame({"x": [float("nan")] * 4 + [None] * 6 + NUMBERS[1:6] * 10})
    (column,), _ = read_table(X)
    assert column.missing.sum() == 10 and not np.isnan(column.values).any()
    rows = TableEncoder().fit(pl.DataFrame({"x": BOTH})).read(X[:3])
    assert np.isnan(rows.columns[0].values).all(), "new rows are read as training rows"


MASKED = {
    "floats": np.ma.masked_less(RNG.normal(size=(N, 2)), -1),
    "int16": np.ma.masked_equal(RNG.integers(-9999, -9990, (N, 2)).astype("i2"), -9999),
    "booleans": np.ma.array(RNG.random((N, 2)) < 0.5, mask=RNG.random((N, 2)) < 0.2),
    "dates": np.ma.array(
        np.datetime64("2020-01-01") + RNG.integers(0, 9, (N, 2)).astype("m8[D]"),
        mask=RNG.random((N, 2)) < 0.2,
    ),
    "text": np.ma.array(RNG.choice(["a", "bc"], (N, 2)), mask=RNG.random((N, 2)) < 0.2),
    "objects": np.ma.array(
        np.array([["a", 1], ["b", 2]] * (N // 2), dtype=object),
        mask=RNG.random((N, 2)) < 0.2,
    ),
}


@pytest.mark.parametrize("name", MASKED)
def test_masked_values_are_missing(name):
    X = MASKED[name]
    encoder = TableEncoder().fit(X)
    rng = np.random.default_rng(0)
    rows = encoder.build(encoder.encode(encoder.read(X), rng), rng)
    assert isinstance(rows, np.ma.MaskedArray) and rows.dtype == X.dtype
    np.testing.assert_array_equal(rows.mask, X.mask)
    if name == "floats":
        assert abs(rows - X).mean() < 0.02 and rows.min() >= -1
    else:
        assert rows.compressed().tolist() == X.compressed().tolist()
    same = encoder.read(X.data[~X.mask.any(axis=1)])  # rows without a mask
    assert not any(column.missing.any() for column in same.columns)


def test_samples_are_masked():
    X = MASKED["int16"]
    rows = GANGenerator(**SMALL, random_state=0).fit(X).sample(N, random_state=0)
    assert isinstance(rows, np.ma.MaskedArray) and 0 < rows.mask.mean() < 0.5
    assert set(rows.compressed().tolist()) == set(range(-9998, -9990))
    assert two_sample_score(X, X[::-1]) > 0.9


def test_masked_arrays_of_pixels_are_tables():
    X = RNG.integers(0, 17, (60, 20))
    assert looks_like_pixels(X) and not looks_like_pixels(np.ma.masked_equal(X, 3))


def test_masks_where_none_may_be():
    X = MASKED["floats"]
    y = np.ma.masked_equal(np.arange(N) % 3, 2)
    images = np.ma.masked_less(RNG.random((12, 8, 8)), 0.5)
    gan = GANGenerator(**SMALL)
    for fit, name in (
        (lambda: GANGenerator(**SMALL, encoder="scaled").fit(X), "X"),
        (lambda: GANGenerator(**SMALL, class_conditional=True).fit(X, y), "y"),
        (lambda: GANOverSampler(gan).fit_resample(X.data, y), "y"),
        (lambda: DCGANGenerator(max_iter=1).fit(images), "X"),
        (lambda: DCGANGenerator(max_iter=1).fit(images.reshape(12, 64)), "X"),
        (lambda: parzen_log_likelihood(X, X.data, bandwidth=1.0), "X"),
        (lambda: parzen_log_likelihood(X.data, X, bandwidth=1.0), "samples"),
    ):
        with pytest.raises(ValueError, match=f"{name} must have no value that is ma"):
            fit()


def test_oversampled_rows_keep_their_mask():
    X, y = MASKED["int16"], np.arange(N) % 6 == 0
    more, labels = GANOverSampler(GANGenerator(**SMALL)).fit_resample(X, y)
    assert len(more) == len(labels) == 800
    assert np.array_equal(more.mask[:N], X.mask) and -9999 not in more.compressed()


def test_tensors_with_gradients_and_of_bfloat16():
    X = RNG.normal(size=(60, 3)).astype("f4")
    short = torch.tensor(X).bfloat16()
    for encoder in ("table", "scaled"):
        gan = GANGenerator(**SMALL, encoder=encoder, random_state=0)
        plain = gan.fit(X).sample(5, random_state=0)
        tensor = torch.tensor(X, requires_grad=True)
        np.testing.assert_array_equal(gan.fit(tensor).sample(5, random_state=0), plain)
        assert gan.fit(short).sample(5, random_state=0).dtype == np.float32
        assert gan.score(short) == gan.score(short.float().numpy())
    assert maximum_mean_discrepancy(X, tensor) == maximum_mean_discrepancy(X, X)
    first = parzen_log_likelihood(X, X, bandwidth=1.0)
    assert np.array_equal(parzen_log_likelihood(tensor, tensor, bandwidth=1.0), first)
    images = torch.rand(12, 8, 8, requires_grad=True)
    drawn = DCGANGenerator(max_iter=1, base_channels=8).fit(images).sample(2)
    assert drawn.shape == (2, 8, 8)


def test_lazy_frames_are_refused_but_by_fits_of_tables():
    X = pl.LazyFrame({"x": [1.0, 2.0]})
    message = "Lazy frames are not supported: collect the rows first, got a LazyFrame."
    with pytest.raises(ValueError, match=message):
        DCGANGenerator().fit(X)
    with pytest.raises(ValueError, match=message):
        two_sample_score(X, X)
    with pytest.raises(ValueError, match=message):
        parzen_log_likelihood(X, X, bandwidth=1.0)


@pytest.mark.parametrize(
    "dtype", [">i2", ">i8", ">u4", ">f4", ">f8", ">M8[s]", ">m8[s]"]
)
def test_big_endian_columns_of_a_frame(dtype):
    values = RNG.integers(100, 180, N).astype(dtype)
    X = pd.DataFrame({"x": values, "y": RNG.normal(size=N)})
    gan = GANGenerator(**SMALL, random_state=0).fit(X)
    rows = gan.sample(50, random_state=0)
    assert rows["x"].dtype == X["x"].dtype
    assert rows["x"].min() >= values.min() and rows["x"].max() <= values.max()
    if values.dtype.kind not in "mM":
        gan = GANGenerator(**SMALL, encoder="scaled", random_state=0).fit(X)
        assert (
            abs(gan.sample(50, random_state=0)["x"].to_numpy().mean() - values.mean())
            < 30
        )


def test_images_with_a_palette_are_in_color():
    """Their own numbers are positions in the palette."""
    image = Image.new("P", (8, 8))
    image.putpalette([255, 0, 0, 0, 0, 255] + [0] * 762)
    image.putdata([i % 2 for i in range(64)])
    images = [image] * 12
    gan = DCGANGenerator(max_iter=1, base_channels=8).fit(images)
    assert gan.image_shape_ == (8, 8, 3)
    assert gan.sample(1).shape == (1, 8, 8, 3)
    pixels = gan._read_rows(images).reshape(12, 8, 8, 3)
    assert pixels[0, 0, 0].tolist() == [255, 0, 0]
    assert pixels[0, 0, 1].tolist() == [0, 0, 255]
