"""Images in every layout, dtype and range, there and back."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skgan.encoding import ImageEncoder, check_sides, flatten, shape_of

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (6, 9, 12, 3), dtype=np.uint8)
PIXELS.flat[:2] = 0, 255
LAYOUTS = {
    "rows": (PIXELS.reshape(6, -1), (9, 12, 3)),
    "last": (PIXELS, (9, 12, 3)),
    "first": (PIXELS.transpose(0, 3, 1, 2), (9, 12, 3)),
    "gray": (PIXELS[..., 0], (9, 12, 1)),
    "gray last": (PIXELS[..., :1], (9, 12, 1)),
    "gray first": (PIXELS[:, None, :, :, 0], (9, 12, 1)),
    "gray rows": (PIXELS[..., 0].reshape(6, -1), (9, 12, 1)),
}
every_layout = pytest.mark.parametrize(
    ("X", "shape"), LAYOUTS.values(), ids=LAYOUTS.keys()
)


def there_and_back(X, shape):
    encoder = ImageEncoder(shape)
    rows = encoder.read(X)
    encoder.fit(rows)
    return encoder, rows, encoder.build(encoder.encode(rows))


@every_layout
def test_layouts_come_back(X, shape):
    _, rows, back = there_and_back(X, shape)
    assert rows.shape == (6, np.prod(shape))
    assert (back.shape, back.dtype) == (X.shape, X.dtype)
    assert np.array_equal(back, X)


@every_layout
def test_rows_run_through_height_width_and_channel(X, shape):
    rows = flatten(X, shape).reshape(6, *shape)
    assert np.array_equal(rows, PIXELS[..., : shape[2]])


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        (np.array([3, 200], np.uint8), 0, 255),
        (np.array([0, 128], np.uint8), 0, 255),
        (np.array([0, 127], np.uint8), 0, 127),
        (np.array([0, 1], np.uint8), 0, 1),
        (np.array([-0.001, 0.999]), -0.001, 0.999),
        (np.array([-0.6, 0.9]), -1, 1),
        (np.array([True, True]), 0, 1),
        (np.array([0.25, 0.75]), 0, 1),
        (np.array([0.25, 0.75], np.float32), 0, 1),
        (np.array([0, 16]), 0, 16),
        (np.array([-3.0, 5.0]), -3, 5),
        (np.array([0.0, 255.0]), 0, 255),
    ],
)
def test_ranges(values, low, high):
    rows = np.tile(values, (4, 32))
    encoder = ImageEncoder((8, 8, 1)).fit(rows)
    ends = encoder.decode(np.array([[-1.0, 1.0]]))
    np.testing.assert_allclose(ends, [[low, high]])
    assert encoder.limits_ == (low, high)
    back = encoder.build(encoder.encode(rows))
    assert back.dtype == values.dtype
    np.testing.assert_allclose(back.astype(float), rows.astype(float), atol=1e-6)
    beyond = encoder.build(np.full((2, 64), 1.0))
    assert beyond.max() == high


def test_chunks_build_the_same_images(monkeypatch):
    X = PIXELS.transpose(0, 3, 1, 2)
    encoder, rows, back = there_and_back(X, (9, 12, 3))
    monkeypatch.setattr("skgan.encoding.image.CHUNK_SIZE", 700)
    assert np.array_equal(encoder.build(encoder.encode(rows)), back)


def test_numbers_that_python_holds_come_back_as_float64():
    _, _, back = there_and_back(PIXELS.astype(float).astype(object), (9, 12, 3))
    assert back.dtype == np.float64


def test_images_of_one_value_come_back():
    for value in (7.5, 0.5):
        _, _, back = there_and_back(np.full((3, 8, 8), value), (8, 8, 1))
        assert np.array_equal(back, np.full((3, 8, 8), value))


def test_rows_of_a_round_trip_are_those_that_come_back():
    encoder = ImageEncoder().fit(PIXELS.transpose(0, 3, 1, 2))
    encoded = np.random.default_rng(1).uniform(-1, 1, (4, 324)).astype(np.float32)
    back = flatten(encoder.build(encoded), (9, 12, 3))
    assert np.array_equal(encoder.round_trip(encoded), encoder.encode(back))


@pytest.mark.parametrize("library", [pd, pl])
def test_data_frames_of_pixels_come_back(library):
    rows = PIXELS[..., 0].reshape(6, -1)
    frame = library.DataFrame({f"pixel{j}": rows[:, j] for j in range(108)})
    encoder = ImageEncoder().fit(frame)
    back = encoder.build(encoder.encode(rows))
    assert type(back) is type(frame)
    assert back.equals(frame)


@pytest.mark.parametrize(
    ("shape", "found"),
    [
        ((5, 28, 28), (28, 28, 1)),
        ((5, 28, 17, 3), (28, 17, 3)),
        ((5, 28, 17, 1), (28, 17, 1)),
        ((5, 3, 28, 17), (28, 17, 3)),
        ((5, 1, 28, 17), (28, 17, 1)),
        ((5, 784), (28, 28, 1)),
        ((5, 108), (9, 12, 1)),
        ((5, 7), (1, 7, 1)),
    ],
)
def test_shapes_are_found(shape, found):
    assert shape_of(np.zeros(shape)) == found


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ((9, 12), (9, 12, 1)),
        ([12, 9], (12, 9, 1)),
        ((9, 12, 1), (9, 12, 1)),
        (np.array([6, 6, 3]) + 2, None),
        ((8, 8, 3), (8, 8, 3)),
    ],
)
def test_shapes_may_be_given(given, found):
    if found is None:
        with pytest.raises(ValueError, match=r"with 1 or 3 channels, got array\("):
            shape_of(np.zeros((2, 108)), given)
    else:
        assert shape_of(np.zeros((2, 108)), given) == found


@pytest.mark.parametrize(
    "given",
    [(9,), (9, 12, 3, 1), (9.0, 12.0), (0, 9), (-9, -12), (9, 12, 2), "9x12", 9],
)
def test_other_shapes_are_refused(given):
    with pytest.raises(ValueError, match=r"image_shape must be \(height, width\) or"):
        shape_of(np.zeros((2, 108)), given)


@pytest.mark.parametrize("side", [7, 129])
def test_sides_have_limits(side):
    message = rf"Images must have 8 to 128 pixels a side, got 16x{side}\."
    with pytest.raises(ValueError, match=message):
        check_sides((16, side, 1))
    with pytest.raises(ValueError, match=message.replace(f"16x{side}", f"{side}x16")):
        check_sides((side, 16, 3))
    check_sides((8, 128, 1))


@pytest.mark.parametrize("shape", [(5, 2, 28, 28), (5, 28, 28, 4), (5, 3, 9, 9, 3)])
def test_other_arrays_are_refused(shape):
    with pytest.raises(ValueError, match=rf"got shape \({shape[0]}, {shape[1]}, "):
        shape_of(np.zeros(shape))


@pytest.mark.parametrize("shape", [(2, 107), (2, 12, 9), (2, 9, 12, 3), (2, 3, 9, 12)])
def test_arrays_of_another_shape_are_refused(shape):
    message = (
        r"Images of 9x12x1 \(height, width, channels\) must be rows of 108 numbers"
    )
    with pytest.raises(ValueError, match=message):
        flatten(np.zeros(shape), (9, 12, 1))


@pytest.mark.parametrize("n", range(1, 130))
def test_rows_are_as_square_as_can_be(n):
    pairs = [(h, n // h) for h in range(1, n + 1) if n % h == 0 and h <= n // h]
    assert shape_of(np.zeros((2, n))) == (*max(pairs), 1)
