"""The encoding of images: pixels from -1 to 1, in rows of height, width, channel."""

import math

import numpy as np

from .containers import container_of, form_of, is_frame
from .scaled import FAR, ScaledEncoder

MIN_SIDE, MAX_SIDE = 8, 128
CHANNELS = 1, 3  # grey and colour
BYTES_FROM = 127  # uint8 without larger numbers does not mean 0 to 255
N_AT_ONCE = 2**23  # numbers that are built at once


class ImageEncoder(ScaledEncoder):
    """One affine map between pixels and [-1, 1].

    The range of pixels is 0 to 255 for uint8 of which some are above 127, and 0 to 1
    for booleans. Of other numbers it is 0 to 1 or, if some are below -0.5, -1 to 1 if
    all lie there, else from the least to the largest.

    Parameters
    ----------
    rows : ndarray of shape (n_samples, height * width * channels)
        The training images. Of their values the encoder keeps the least and the
        largest.
    image_shape : (int, int, int)
        Height, width and number of channels.
    X : array or data frame, default=None
        The same as they came, in one of the layouts of ``flatten``: so ``build``
        returns new ones. None is as ``rows``.

    Attributes
    ----------
    image_shape : (int, int, int)
        Height, width and number of channels.
    n_columns : int
        The product of these.
    limits : (float, float)
        The range of pixels.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.encoding import ImageEncoder, flatten
    >>> images = np.full((5, 3, 8, 8), 255, dtype=np.uint8)
    >>> rows = flatten(images, image_shape=(8, 8, 3))
    >>> encoder = ImageEncoder(rows, (8, 8, 3), images)
    >>> encoder.encode(np.array([[0, 51, 255]], dtype=np.uint8)).round(1)
    array([[-1. , -0.6,  1. ]], dtype=float32)
    >>> encoder.build(np.zeros((2, 192))).shape
    (2, 3, 8, 8)
    """

    name = "image"
    activation = "tanh"

    def __init__(self, rows, image_shape, X=None):
        X = rows if X is None else X
        low, high = _range(rows)
        self.image_shape = tuple(image_shape)
        self.n_columns = math.prod(image_shape)
        self._container = container_of(X, rows) if is_frame(X) else _ArrayOfImages(X)
        self._is_channels_first = _is_channels_first(X, image_shape)
        self.limits = low, high
        self._offset, self._scale = (low + high) / 2, (high - low) / 2
        self.unit = np.ones(self.n_columns)

    def encode(self, X, rng=None):
        """Compact rows, float32 ``(n, n_columns)``."""
        # Pixels of a byte need no more than float32, which takes half the memory
        is_short = X.dtype == np.uint8
        compact = X.astype(np.float32 if is_short else np.float64)
        compact -= self._offset
        compact /= self._scale or 1.0
        return compact.clip(-FAR, FAR, out=compact).astype(np.float32, copy=False)

    def build(self, compact, rng=None):
        """Images as the user knows them, from compact rows."""
        if isinstance(self._container, _ArrayOfImages):
            n_chunks = max(1, compact.size // N_AT_ONCE)
            chunks = np.array_split(compact, n_chunks)
            return np.concatenate([self._images(chunk) for chunk in chunks])
        return self._container.build(self.decode(compact))

    def _images(self, compact):
        rows = self.decode(compact)
        if self._is_channels_first:
            rows = rows.reshape(-1, *self.image_shape).transpose(0, 3, 1, 2)
        return self._container.build(rows)


class _ArrayOfImages:
    """New images in the shape, dtype and grid of the training data."""

    def __init__(self, X):
        dtype = X.dtype if X.dtype.kind in "biuf" else np.dtype(np.float64)
        self._form = form_of(X.ravel(), dtype)
        self._shape = X.shape[1:]

    def build(self, values):
        """Images from float64 values of as many axes, or from rows."""
        return self._form.cast(np.ascontiguousarray(values)).reshape(-1, *self._shape)

    def settle(self, values):
        """Float64 values as ``build`` brings them: rounded, clipped, whole, 0 or 1."""
        return self._form.cast(values).astype(np.float64)


def shape_of(X, image_shape=None):
    """Height, width and number of channels of images.

    Parameters
    ----------
    X : array or data frame
        Images, see ``flatten``.
    image_shape : sequence of int or None, default=None
        Height and width, and channels if there are several. None takes them from the
        axes of X, and for rows the most nearly square shape of one channel.

    Raises
    ------
    ValueError
        If the shape breaks a rule.
    """
    if image_shape is None and np.ndim(X) == 2:
        return *_most_nearly_square(X.shape[1]), 1
    return _of_axes(np.shape(X)) if image_shape is None else _given(image_shape)


def check_sides(image_shape):
    """Refuse images whose sides are not of 8 to 128 pixels.

    Raises
    ------
    ValueError
        If they are not.
    """
    height, width, _ = image_shape
    if not all(MIN_SIDE <= side <= MAX_SIDE for side in (height, width)):
        raise ValueError(
            f"Images must have {MIN_SIDE} to {MAX_SIDE} pixels a side, got "
            f"{height}x{width}."
        )


def _most_nearly_square(n_pixels):
    """Height and width with that many pixels."""
    divisors = (h for h in range(math.isqrt(n_pixels), 0, -1) if n_pixels % h == 0)
    height = next(divisors)
    return height, n_pixels // height


def flatten(X, image_shape):
    """Rows ``(n, height * width * channels)`` of images, of the dtype they came in.

    Images are such rows already, or ``(n, height, width)`` if of one channel, or
    ``(n, height, width, channels)``, or ``(n, channels, height, width)``.

    Raises
    ------
    ValueError
        If X is none of these.
    """
    shape = np.shape(X)
    if _is_channels_first(X, image_shape):
        X = X.transpose(0, 2, 3, 1)
    elif shape[1:] not in _layouts(image_shape):
        sizes = "x".join(map(str, image_shape))
        raise ValueError(
            f"Images of {sizes} (height, width, channels) must be rows of "
            f"{math.prod(image_shape)} numbers or have these axes, got an array of "
            f"shape {shape}."
        )
    return X if len(shape) == 2 else X.reshape(shape[0], -1)


def _layouts(image_shape):
    """Axes of images whose numbers follow one another as in rows."""
    height, width, n_channels = image_shape
    layouts = [(math.prod(image_shape),), tuple(image_shape)]
    return [*layouts, (height, width)] if n_channels == 1 else layouts


def _is_channels_first(X, image_shape):
    height, width, n_channels = image_shape
    axes = np.shape(X)[1:]
    return axes == (n_channels, height, width) and axes not in _layouts(image_shape)


def _of_axes(shape):
    """Height, width and channels of an array of images, from its shape."""
    if len(shape) == 3:
        return *shape[1:], 1
    if len(shape) == 4 and shape[3] in CHANNELS:
        return shape[1:]
    if len(shape) == 4 and shape[1] in CHANNELS:
        return *shape[2:], shape[1]
    raise ValueError(
        "Images must be rows, or an array of shape (n, height, width), (n, height, "
        "width, channels) or (n, channels, height, width) with 1 or 3 channels, got "
        f"shape {shape}."
    )


def _given(image_shape):
    """The parameter ``image_shape`` with channels, if it keeps the rules."""
    sizes = np.array(image_shape)
    whole = sizes.dtype.kind in "iu" and sizes.ndim == 1 and len(sizes) in (2, 3)
    if not whole or (sizes < 1).any() or sizes[2:].tolist() not in ([], [1], [3]):
        raise ValueError(
            "image_shape must be (height, width) or (height, width, channels), "
            f"positive integers with 1 or 3 channels, got {image_shape!r}."
        )
    return *sizes[:2].tolist(), *(sizes[2:].tolist() or [1])


def _range(rows):
    """The numbers that stand for -1 and 1."""
    low, high = float(rows.min()), float(rows.max())
    if rows.dtype == np.uint8 and high > BYTES_FROM:
        return 0.0, 255.0
    if rows.dtype == bool or 0 <= low < high <= 1:
        return 0.0, 1.0
    if -1 <= low < -0.5 and high <= 1:
        return -1.0, 1.0
    return low, high
