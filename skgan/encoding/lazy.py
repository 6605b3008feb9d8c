"""Images that stay where they are, on disk, and are read when they are asked for."""

import mmap

import numpy as np
from scipy.sparse import issparse

from .axes import flatten
from .frames import is_frame

CHUNK_NUMBERS = 2**23  # that are read at once, where all are read
N_MAPPED = 64  # images of a map at once: of each a system may map a megabyte around


def is_lazy(X):
    """Whether X is an array that is not in memory.

    Those are memory maps, and all objects with a shape, a dtype of numpy and rows by
    arrays of rising indices, as those of h5py and ``ImageFolder`` have them.
    """
    if isinstance(X, np.ndarray):
        return isinstance(X, np.memmap)
    shape, dtype = getattr(X, "shape", None), getattr(X, "dtype", None)
    has_rows = isinstance(shape, tuple) and len(shape) > 1
    is_typed = isinstance(dtype, np.dtype) and dtype.kind in "biuf"
    is_other = issparse(X) or is_frame(X) or hasattr(X, "__dlpack__")
    return has_rows and is_typed and hasattr(X, "__getitem__") and not is_other


class LazyImages:
    """Rows of pixels of images that are read when they are asked for.

    Parameters
    ----------
    images : array-like of shape (n, ...)
        What ``is_lazy``: ``images[index]`` reads some images, by rising indices or a
        slice.
    image_shape : (int, int, int)
        Height, width and channels.

    Attributes
    ----------
    shape : (int, int)
        Number of images and of pixels.
    dtype : dtype
        That of the pixels.
    """

    def __init__(self, images, image_shape):
        self._images, self._image_shape = images, tuple(image_shape)
        self.shape = len(images), int(np.prod(image_shape))
        self.dtype, self._ends = images.dtype, None

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, index):
        """Read rows ``(n, n_pixels)`` by a slice or an array of indices."""
        if isinstance(index, slice):
            index = np.arange(len(self))[index]
        # In the order in which they are stored, each once
        distinct, rows_of = np.unique(index, return_inverse=True)
        return self._read(distinct)[rows_of]

    def __array__(self, dtype=None, copy=None):
        return np.concatenate(list(self.chunks())).astype(dtype or self.dtype)

    def chunks(self):
        """Yield all rows in their order, some at a time."""
        size = max(1, CHUNK_NUMBERS // self.shape[1])
        for start in range(0, len(self), size):
            yield self._read(slice(start, start + size))

    def _read(self, index):
        """Read rows by a slice, or by rising indices."""
        images = self._images
        if not isinstance(images, np.memmap):
            return flatten(np.asarray(images[index]), self._image_shape)
        if isinstance(index, slice):
            index = np.arange(len(images))[index]
        rows = np.empty((len(index), *images.shape[1:]), images.dtype)
        for start in range(0, len(index), N_MAPPED):
            part = slice(start, start + N_MAPPED)
            rows[part] = images[index[part]]
            _release(images)
        return flatten(rows, self._image_shape)

    def min(self):
        """The least pixel of all images."""
        return self._both_ends()[0]

    def max(self):
        """The greatest pixel of all images."""
        return self._both_ends()[1]

    def _both_ends(self):
        """The least and the greatest pixel, found once."""
        if self._ends is None:
            ends = [(chunk.min(), chunk.max()) for chunk in self.chunks()]
            low, high = zip(*ends, strict=True)
            self._ends = min(low), max(high)
        return self._ends


class LazyEncoded:
    """Encoded rows of some images that are read when they are asked for.

    Parameters
    ----------
    encoder : Encoder
        Encodes them; nothing about it is random.
    rows : LazyImages
        All images.
    index : ndarray of shape (n,)
        Which of them, in this order.
    """

    def __init__(self, encoder, rows, index):
        self._encoder, self._rows, self._index = encoder, rows, index
        self.shape = len(index), encoder.layout.n_columns

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, index):
        """Read and encode rows, float32 ``(n, n_columns)``."""
        return self._encoder.encode(self._rows[self._index[index]])


def encode_rows(encoder, rows, index, rng=None):
    """Some rows encoded: an array, or what reads them when they are asked for."""
    if isinstance(rows, LazyImages):
        return LazyEncoded(encoder, rows, index)
    return encoder.encode(rows[index], rng)


def _release(images):
    """Let go of what was read of a memory map; the system reads it again if asked to.

    Else all of a file that is ever read would count as memory of this process.
    """
    if not hasattr(mmap, "MADV_DONTNEED") or getattr(images, "mode", "c") == "c":
        return  # changes of a map of mode "c" are in memory alone
    while images is not None and not isinstance(images, mmap.mmap):
        images = getattr(images, "base", None)
    if images is not None:
        images.madvise(mmap.MADV_DONTNEED)
