"""How an array of images came, and how new ones leave."""

import math
from typing import NamedTuple

import numpy as np

from skgan.storage import stored
from skgan.storage.fields import fixed, flag, instance, many, require, whole

from .libraries import Arrays
from .rounding import Grid, decimals_of
from .schema import ColumnSchema, schema_of

COUNT = whole(1, 2**20)


@stored(
    "image_schema/1",
    axes=many(COUNT, tuple, least=1),
    image_shape=fixed(COUNT, COUNT, COUNT),
    is_channels_first=flag,
    pixel=instance(ColumnSchema),
)
class ImageSchema(NamedTuple):
    """The axes, dtype and decimals of an array of images; no value of one.

    ``axes`` are those of one image, ``image_shape`` its height, width and channels.
    All pixels have one schema.
    """

    axes: tuple
    image_shape: tuple
    is_channels_first: bool
    pixel: ColumnSchema

    def check_stored(self):
        """Check that the axes hold the pixels."""
        require(math.prod(self.axes) == math.prod(self.image_shape), "pixels are there")

    def build_rows(self, rows):
        """Make the array of images from float64 rows ``(n, n_pixels)``, rounded."""
        if self.is_channels_first:
            rows = rows.reshape(-1, *self.image_shape).transpose(0, 3, 1, 2)
        return self.pixel.cast(np.ascontiguousarray(rows)).reshape(-1, *self.axes)

    def round_trip(self, rows):
        """Return float64 rows as they come back from the images that they build."""
        return self.pixel.to_rows(rows)


def image_schema(X, image_shape, is_channels_first, chunks=None):
    """Return the schema of an array of images; objects come back as float64.

    ``chunks`` are arrays with all pixels, where X has none of them.
    """
    dtype = X.dtype if X.dtype.kind in "biuf" else np.dtype(np.float64)
    values = X.ravel().astype(dtype, copy=False)
    pixel = schema_of("pixels", Arrays, dtype, values)
    pixel = pixel._replace(grid=Grid(_most_decimals(dtype, chunks or [values])))
    return ImageSchema(X.shape[1:], tuple(image_shape), is_channels_first, pixel)


def _most_decimals(dtype, chunks):
    """Count the decimals that all values of chunks have; None for more than six."""
    if dtype.kind != "f":
        return 0
    found = 0
    for chunk in chunks:
        decimals = decimals_of(chunk.ravel())
        if decimals is None:
            return None
        found = max(found, decimals)
    return found
