"""The image encoder: pixels from -1 to 1, in rows of height, width, channel."""

import math

import numpy as np
from scipy.sparse import issparse
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from skgan.exceptions import warn_user
from skgan.privacy import MIN_ROWS
from skgan.storage import fields, stored

from .axes import check_sides, flatten, is_channels_first, looks_colored, shape_of
from .base import Clustering, Layout
from .frames import (
    ImageSchema,
    TableSchema,
    as_plain,
    check_columns,
    image_schema,
    is_frame,
    number_table,
)
from .lazy import LazyImages, is_lazy
from .scaled import FAR, ScaledEncoder
from .trial import check_rows, trial_rows

BYTES_FROM = 127  # uint8 without larger numbers does not mean 0 to 255
COUNT = fields.whole(1, 2**20)
CHUNK_SIZE = 2**19  # numbers that are built at once


@stored(
    "image_encoder/1",
    derived=("n_features_in_", "unit_", "_offset", "_scale", "_bounds"),
    image_shape=fields.anything,
    image_shape_=fields.fixed(COUNT, COUNT, COUNT),
    limits_=fields.fixed(fields.number(), fields.number()),
    _schema=fields.instance(ImageSchema, TableSchema),
)
class ImageEncoder(ScaledEncoder):
    """One affine map between pixels and [-1, 1].

    The range of pixels is 0 to 255 for uint8 of which some are above 127, and 0 to 1
    for booleans. Of other numbers it is 0 to 1 or, if some are below -0.5, -1 to 1 if
    all lie there, else from the least to the largest. Of the values of training images
    the encoder keeps the least and the largest.

    Parameters
    ----------
    image_shape : sequence of int or None, default=None
        Height and width of images, and channels if there are several. None takes them
        from the axes of arrays, and for rows the most nearly square shape of one
        channel.

    Attributes
    ----------
    image_shape_ : (int, int, int)
        Height, width and number of channels.
    limits_ : (float, float)
        The range of pixels.
    unit_ : ndarray of shape (n_pixels,)
        The unit in which densities are measured: 1 for all.
    n_features_in_ : int
        The product of height, width and channels.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.encoding import ImageEncoder
    >>> images = np.full((5, 3, 8, 8), 255, dtype=np.uint8)
    >>> encoder = ImageEncoder().fit(images)
    >>> encoder.image_shape_
    (8, 8, 3)
    >>> encoder.encode(np.array([[0, 51, 255]], dtype=np.uint8)).round(1)
    array([[-1. , -0.6,  1. ]], dtype=float32)
    >>> encoder.build(np.zeros((2, 192))).shape
    (2, 3, 8, 8)
    """

    clustering = Clustering(rows_per_cluster=50, most=500, n_components=50)
    activation_ = "tanh"

    def __init__(self, image_shape=None):
        self.image_shape = image_shape

    def read(self, X):
        """Read images as rows of pixels.

        Before ``fit``, the axes, dtype and decimals of X are remembered, in which
        ``build`` returns new images.

        Parameters
        ----------
        X : array or data frame
            Images, in one of the layouts of ``flatten``.

        Returns
        -------
        rows : ndarray or LazyImages of shape (n, height * width * channels)
            Pixels, of the dtype that they came in. Those of images that are not in
            memory, as of a memory map, are read when they are asked for.

        Raises
        ------
        ValueError
            If the images have other axes than the option or the training images, or
            sides that are not of 8 to 128 pixels.

        Warns
        -----
        UserWarning
            If rows without a shape are taken for gray images, but may be in color.
        """
        if is_lazy(X):
            return self._read_lazily(X)
        check_columns(X)
        X = X if is_frame(X) or issparse(X) else np.asarray(as_plain(X))
        if self.__sklearn_is_fitted__():
            return self._check(flatten(X, self.image_shape_) if np.ndim(X) > 2 else X)
        is_rows = np.ndim(X) <= 2
        rows = self._check(X) if is_rows else None
        shape = shape_of(rows if is_rows else X, self.image_shape)
        self._check_shape(shape, is_rows)
        rows = flatten(rows, shape) if is_rows else self._check(flatten(X, shape))
        if is_frame(X):
            self._schema = number_table(X, rows)
        else:
            self._schema = image_schema(X, shape, is_channels_first(X, shape))
        self.image_shape_ = tuple(shape)
        return rows

    def _read_lazily(self, X):
        """Read images that are not in memory as rows that are read one by one."""
        axes = np.empty((0, *X.shape[1:]), X.dtype)  # like X, without images
        if self.__sklearn_is_fitted__():
            flatten(axes, self.image_shape_)
            return LazyImages(X, self.image_shape_)
        shape = shape_of(axes, self.image_shape)
        self._check_shape(shape, is_rows=axes.ndim == 2)
        flatten(axes, shape)
        rows = LazyImages(X, shape)
        is_first = is_channels_first(axes, shape)
        self._schema = image_schema(axes, shape, is_first, rows.chunks())
        self.image_shape_ = tuple(shape)
        return rows

    def _check_shape(self, shape, is_rows):
        """Refuse sides that no network has, and warn where a shape is a guess."""
        if not is_rows or self.image_shape is not None:
            check_sides(shape)
        elif looks_colored(math.prod(shape)):
            warn_user(
                f"Rows of {math.prod(shape)} numbers are taken for gray images of "
                f"{shape[0]}x{shape[1]}. If they are in color, say "
                "image_shape=(height, width, 3)."
            )

    def _check(self, X):
        """Return rows of numbers as an array, of the dtype that they came in."""
        check_columns(X)
        return check_array(X)

    def fit(self, rows, min_rows=MIN_ROWS):
        """Learn the range of pixels.

        Parameters
        ----------
        rows : ndarray of shape (n, height * width * channels), or images
            The training rows, as ``read`` returns them before ``fit``, or images.
        min_rows : MinRows, default=MIN_ROWS
            Not used: the range of pixels is kept.

        Returns
        -------
        self : ImageEncoder
            The fitted encoder.
        """
        self.limits_ = pixel_limits(self._rows_to_learn(rows))
        self._set_range()
        return self

    def check_stored(self):
        """Check that images can be built of pixels."""
        low, high = self.limits_
        fields.require(low <= high and np.isfinite(high - low), "the range is finite")
        self._set_range()
        schema, n = self._schema, self.n_features_in_
        is_image = isinstance(schema, ImageSchema)
        same = is_image and schema.image_shape == self.image_shape_
        fields.require(same or not is_image, "shapes are the same")
        fields.require(is_image or len(schema.columns) == n, "pixels have schemas")
        check_rows(self)
        self.build(trial_rows(self.layout))

    def _set_range(self):
        """Set what follows from the range of pixels and their number."""
        low, high = self.limits_
        self._offset, self._scale = (low + high) / 2, (high - low) / 2
        self._bounds = np.array([[low], [high]])
        self.n_features_in_ = math.prod(self.image_shape_)
        self.unit_ = np.ones(self.n_features_in_)

    @property
    def layout(self):
        """The pixels of encoded rows, a ``Layout``."""
        check_is_fitted(self)
        own = {"activation": self.activation_, "image_shape": self.image_shape_}
        return Layout(self.n_features_in_, **own)

    def encode(self, rows, rng=None):
        """Return encoded rows, float32 ``(n, n_columns)``."""
        rows = np.asarray(rows)
        # Pixels of a byte need no more than float32, which takes half the memory
        is_short = rows.dtype == np.uint8
        encoded = rows.astype(np.float32 if is_short else np.float64)
        encoded -= self._offset
        encoded /= self._scale or 1.0
        return encoded.clip(-FAR, FAR, out=encoded).astype(np.float32, copy=False)

    def measure(self, rows):
        """Return rows as a density needs them: no classes, numbers as they are."""
        no_classes = np.zeros((len(rows), 0), dtype=np.int64)
        return no_classes, np.asarray(rows, dtype=np.float64), 0.0

    @property
    def schema(self):
        """None: the pixels of an image are no columns of a table."""
        return None

    def build(self, encoded, rng=None):
        """Return encoded rows as images like the training images."""
        if not isinstance(self._schema, ImageSchema):
            return super().build(encoded)
        return _by_chunks(super().build, encoded)

    def round_trip(self, encoded):
        """Return encoded rows as they come back from what ``build`` makes of them."""
        return _by_chunks(super().round_trip, encoded)

    def bins(self, encoded):
        """Return the range of numbers of each value, int16 ``(n, n_columns)``."""

        def narrow(chunk):
            return super(ImageEncoder, self).bins(chunk).astype(np.int16)

        return _by_chunks(narrow, encoded)


def _by_chunks(make, encoded):
    """Return what a function makes of rows, some at a time: it makes many of one."""
    chunks = np.array_split(encoded, max(1, encoded.size // CHUNK_SIZE))
    return np.concatenate([make(chunk) for chunk in chunks])


def pixel_limits(rows):
    """Return the numbers that stand for -1 and 1, the range of pixels.

    Parameters
    ----------
    rows : ndarray
        Images, of any axes.

    Returns
    -------
    limits : (float, float)
        The range as ``ImageEncoder`` describes it.
    """
    low, high = float(rows.min()), float(rows.max())
    if rows.dtype == np.uint8 and high > BYTES_FROM:
        return 0.0, 255.0
    if rows.dtype == bool or 0 <= low < high <= 1:
        return 0.0, 1.0
    if -1 <= low < -0.5 and high <= 1:
        return -1.0, 1.0
    return low, high
