"""The scaled encoding: one affine map between rows and tensors."""

import numpy as np
from scipy.special import ndtr

from .containers import is_frame

# Columns share a range if three quarters of them spread over this share of it
SHARED_RANGE = 0.5
MIN_PIXELS = 16  # columns from which an array may be one of pixels
# Where encoded rows end: far beyond any training row, and networks do not overflow yet
FAR = 1e6
N_PLACES = 1_000  # ranges into which a column is cut where cells are asked for


class ScaledEncoder:
    """Affine map between rows of numbers and the networks' inputs.

    Columns that share one range (pixels, embeddings: three quarters of them spread over
    at least half of the range of all values) go through one map, otherwise each is
    centred and divided by its own standard deviation. A shared range is *closed* when
    several columns, in several rows, reach exactly its two ends, as pixels do: then it
    is mapped to [-1, 1] and the generator ends in a tanh. Otherwise values are centred
    and divided by their standard deviation, and the generator ends in a linear layer.
    Columns that hold one value return it exactly.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        The training rows, float64. Of their values the encoder keeps the minimum and
        the maximum of a closed range, and the value of a constant column.
    container : Container or None, default=None
        What ``build`` makes of rows; None leaves them as they are.

    Attributes
    ----------
    activation : {"tanh", "linear"}
        What the generator ends in.
    n_columns : int
        Number of columns.
    unit : ndarray of shape (n_features,)
        The unit of each column in which densities and distances are measured: 1 for
        columns that share a range, otherwise their standard deviations.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.encoding import ScaledEncoder
    >>> encoder = ScaledEncoder(np.array([[0.0, 255.0], [255.0, 0.0], [51.0, 0.0]]))
    >>> encoder.activation
    'tanh'
    >>> encoder.encode(np.array([[51.0, 255.0]]))
    array([[-0.6,  1. ]], dtype=float32)
    """

    name = "scaled"

    def __init__(self, X, container=None):
        low, high = X.min(axis=0), X.max(axis=0)
        varies = low < high
        varying = X[:, varies]  # a constant must not move what the others share
        shared = _share_one_range(low[varies], high[varies])
        if shared and _reach_the_ends(varying):
            self.activation = "tanh"
            offset = (varying.min() + varying.max()) / 2
            scale = (varying.max() - varying.min()) / 2
        else:
            self.activation = "linear"
            axis = None if shared else 0
            offset, scale = varying.mean(axis=axis), varying.std(axis=axis)
        self.n_columns = X.shape[1]
        self._container = container
        self._offset, self._scale = low, np.zeros_like(low)
        self._offset[varies], self._scale[varies] = offset, scale
        self.unit = np.where(varies & (not shared), self._scale, 1.0)

    def encode(self, X, rng=None):
        """Compact rows, float32 ``(n_samples, n_columns)``."""
        scale = np.where(self._scale > 0, self._scale, 1.0)
        return ((X - self._offset) / scale).clip(-FAR, FAR).astype(np.float32)

    def decode(self, compact, rng=None):
        """Rows in the units of X, float64, from compact ones."""
        # A scale of 0 brings back a constant column
        return compact.astype(np.float64) * self._scale + self._offset

    def build(self, compact, rng=None):
        """Rows as the user knows them, from compact ones."""
        rows = self.decode(compact)
        return rows if self._container is None else self._container.build(rows)

    def settle(self, compact):
        """Compact rows as they come back from the rows that ``build`` makes of them."""
        return self.encode(self._container.settle(self.decode(compact)))

    @property
    def n_places(self):
        """Number of places of each column."""
        return [N_PLACES] * self.n_columns

    @property
    def ranked(self):
        """Places of all columns follow the order of their values."""
        return [True] * self.n_columns

    def places(self, compact):
        """The range of numbers of each value, int64 ``(n, n_columns)``."""
        share = (compact + 1) / 2 if self.activation == "tanh" else ndtr(compact)
        return (share * N_PLACES).astype(np.int64).clip(0, N_PLACES - 1)

    def measure(self, X):
        """Rows as a density sees them, and the log volume of each row's units."""
        no_classes = np.zeros((len(X), 0), dtype=np.int64)
        return no_classes, X / self.unit, np.log(self.unit).sum()

    def measure_compact(self, compact, rng=None):
        """The same of compact rows, without the volume."""
        return self.measure(self.decode(compact))[:2]


def looks_like_pixels(X):
    """Whether X is an array of at least 16 columns of numbers that share one range.

    So do pixels and embeddings. Data frames, booleans and missing values do not.
    """
    if is_frame(X):
        return False
    X = np.asarray(X) if hasattr(X, "__array__") else np.empty(0)
    if X.dtype.kind not in "iuf" or X.ndim != 2 or not X.size:
        return False
    low, high = X.min(axis=0).astype(np.float64), X.max(axis=0).astype(np.float64)
    finite = np.isfinite(low).all() and np.isfinite(high).all()  # not so with nan
    if not finite or (low < high).sum() < MIN_PIXELS:
        return False
    return bool(_share_one_range(low[low < high], high[low < high]))


def _share_one_range(low, high):
    if len(low) == 0:
        return False
    lower_quartile = np.quantile(high - low, 0.25, method="lower")
    return lower_quartile >= SHARED_RANGE * (high.max() - low.min())


def _reach_the_ends(X):
    """Whether several columns, in several rows, hold the lowest and the highest value.

    In one row only, they may be copies of each other.
    """
    return all(
        (X == end).any(axis=axis).sum() > 1
        for end in (X.min(), X.max())
        for axis in (0, 1)
    )
