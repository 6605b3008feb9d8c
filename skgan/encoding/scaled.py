"""The scaled encoder: one affine map between rows and tensors."""

import numpy as np
from scipy.special import ndtr
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from skgan.privacy import MIN_ROWS
from skgan.storage import fields, stored

from .base import Encoder, Layout
from .columns import QuantileTable
from .frames import TableSchema, as_plain, check_columns, is_frame, number_table
from .lazy import LazyImages
from .trial import check_rows, trial_rows

# Columns share a range if three quarters of them spread over this share of it
SHARED_RANGE = 0.5
N_LEARNED = 2**20  # numbers from which a mean and a deviation are learned
MIN_PIXELS = 16  # columns from which an array may be one of pixels
# Where encoded rows end: far beyond any training row, and networks do not overflow yet
FAR = 1e6
N_BINS = 1_000  # ranges into which a column is cut where bins are asked for


@stored(
    "scaled_encoder/1",
    activation_=fields.one_of("tanh", "linear"),
    unit_=fields.array("f8", 1, 0),
    n_features_in_=fields.whole(1),
    _schema=fields.instance(TableSchema),
    _offset=fields.array("f8"),
    _scale=fields.array("f8", 1, 0),
    _bounds=fields.array("f8", 2, is_finite=False),
)
class ScaledEncoder(Encoder):
    """Affine map between rows of numbers and the networks' inputs.

    Columns that share one range (pixels, embeddings: three quarters of them spread over
    at least half of the range of all values) go through one map, otherwise each is
    centered and divided by its own standard deviation. A shared range is *closed* when
    several columns, in several rows, reach exactly its two ends, as pixels do: then it
    is mapped to [-1, 1] and the generator ends in a tanh. Otherwise values are centered
    and divided by their standard deviation, and the generator ends in a linear layer.
    Columns that hold one value return it exactly; so do those in which few rows hold
    another.

    Of the values of training rows it keeps the minimum and the maximum of a closed
    range, and the value of a constant column. Other means and deviations are computed
    from quantiles, of which each is a mean of at least five values, without the
    extremes.

    Attributes
    ----------
    activation_ : {"tanh", "linear"}
        What the generator ends in.
    unit_ : ndarray of shape (n_features,)
        The unit of each column in which densities and distances are measured: 1 for
        columns that share a range, otherwise their standard deviations.
    n_features_in_ : int
        Number of columns.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.encoding import ScaledEncoder
    >>> X = np.array([[0.0, 255.0], [255.0, 0.0], [51.0, 0.0]])
    >>> encoder = ScaledEncoder().fit(X)
    >>> encoder.activation_
    'tanh'
    >>> encoder.encode(np.array([[51.0, 255.0]]))
    array([[-0.6,  1. ]], dtype=float32)
    """

    def read(self, X):
        """Read an array or a data frame of numbers as rows.

        Before ``fit``, dtypes, names and decimals of X are remembered, in which
        ``build`` returns new rows.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Finite numbers or booleans.

        Returns
        -------
        rows : ndarray of shape (n_samples, n_features)
            The same as float64.

        Raises
        ------
        ValueError
            If X is none of these; of a data frame the message names the column.
        """
        check_columns(X)
        rows = check_array(X, dtype=np.float64)
        if not self.__sklearn_is_fitted__():
            self._schema = number_table(X, rows)
        return rows

    def fit(self, rows, min_rows=MIN_ROWS):
        """Learn the affine map.

        Parameters
        ----------
        rows : array-like or data frame of shape (n_samples, n_features)
            The training rows, as ``read`` returns them before ``fit``, or X itself.
        min_rows : MinRows, default=MIN_ROWS
            How many rows share the quantiles that means and deviations come from.

        Returns
        -------
        self : ScaledEncoder
            The fitted encoder.
        """
        X = self._rows_to_learn(rows)
        low, high = X.min(axis=0), X.max(axis=0)
        varies = low < high
        varying = X[:, varies]  # a constant must not move what the others share
        shared = _share_one_range(low[varies], high[varies])
        if shared and _reach_the_ends(varying):
            self.activation_ = "tanh"
            offset = (varying.min() + varying.max()) / 2
            scale = (varying.max() - varying.min()) / 2
        else:
            self.activation_ = "linear"
            parts = [varying] if shared else varying.T
            found = [_moments(part, min_rows) for part in parts]
            offset, scale, low_end, high_end = np.reshape(found, (-1, 4)).T
        self.n_features_in_ = X.shape[1]
        self._offset, self._scale = low, np.zeros_like(low)
        self._offset[varies], self._scale[varies] = offset, scale
        self.unit_ = np.where((self._scale > 0) & (not shared), self._scale, 1.0)
        self._bounds = self._offset + np.outer([-1, 1], self._scale)
        if self.activation_ == "linear":
            self._bounds[:, varies] = low_end, high_end
        return self

    def check_stored(self):
        """Check that there is a number of each sort for each column."""
        n = self.n_features_in_
        arrays = self.unit_, self._offset, self._scale
        fields.require(all(len(own) == n for own in arrays), "columns have a number")
        fields.require(self._bounds.shape == (2, n), "columns have bounds")
        fields.require((self._bounds[0] <= self._bounds[1]).all(), "bounds rise")
        fields.require((self.unit_ > 0).all(), "units are not 0")
        fields.require(len(self._schema.columns) == n, "columns have schemas")
        check_rows(self)
        with np.errstate(all="ignore"):
            self.build(trial_rows(self.layout))

    def _rows_to_learn(self, rows):
        """Return rows as they are if they were read before, else read them."""
        if self.__sklearn_is_fitted__():  # learn anew
            del self.n_features_in_, self._schema
        is_read = isinstance(rows, LazyImages) or (
            isinstance(rows, np.ndarray) and rows.ndim == 2
        )
        return rows if is_read and hasattr(self, "_schema") else self.read(rows)

    @property
    def layout(self):
        """The columns of encoded rows, a ``Layout``."""
        check_is_fitted(self)
        return Layout(self.n_features_in_, activation=self.activation_)

    def encode(self, rows, rng=None):
        """Return encoded rows, float32 ``(n_samples, n_columns)``."""
        scale = np.where(self._scale > 0, self._scale, np.inf)
        return ((rows - self._offset) / scale).clip(-FAR, FAR).astype(np.float32)

    def decode(self, encoded, rng=None):
        """Return rows in the units of X, float64, from encoded ones."""
        decoded = encoded.astype(np.float64)
        decoded *= self._scale  # a scale of 0 brings back a constant column
        decoded += self._offset
        return decoded

    def build(self, encoded, rng=None):
        """Return encoded rows as an array or data frame like the training rows."""
        return self._schema.build_rows(self.decode(encoded))

    def round_trip(self, encoded):
        """Return encoded rows as they come back from what ``build`` makes of them."""
        return self.encode(self._schema.round_trip(self.decode(encoded)))

    @property
    def schema(self):
        """How tables come and leave, a ``TableSchema``."""
        return self._schema

    @property
    def n_bins(self):
        """Number of bins of each column."""
        return [N_BINS] * self.layout.n_columns

    @property
    def ranked(self):
        """Whether the bins of each column follow the order of values: all do."""
        return [True] * self.layout.n_columns

    def bins(self, encoded):
        """Return the range of numbers of each value, int64 ``(n, n_columns)``."""
        is_closed = self.layout.activation == "tanh"
        share = (encoded + 1) / 2 if is_closed else ndtr(encoded)
        return (share * N_BINS).astype(np.int64).clip(0, N_BINS - 1)

    def measure(self, rows):
        """Return rows as a density needs them: no classes, numbers in their units.

        Returns
        -------
        classes : ndarray of shape (n, 0)
            No codes.
        numbers : ndarray of shape (n, n_columns)
            Numbers in their units.
        log_volume : float
            Log of the volume of these units.
        """
        no_classes = np.zeros((len(rows), 0), dtype=np.int64)
        return no_classes, rows / self.unit_, np.log(self.unit_).sum()

    def trim(self, numbers):
        """Return numbers of ``measure``, those beyond plausible ones cut to these."""
        return numbers.clip(*(self._bounds / self.unit_))

    def measure_encoded(self, encoded, rng=None):
        """Return the classes and numbers that ``measure`` finds, of encoded rows."""
        return self.measure(self.decode(encoded))[:2]


def _moments(values, min_rows):
    """Return mean, standard deviation and bounds of values, as far as quantiles tell.

    Of very many values some tell.
    """
    values = values[:: -(-values.size // N_LEARNED)].ravel()
    table = QuantileTable(values, min_rows)
    spread = table.spread
    if len(table.knots) == 1 and len(values) < 2 * (min_rows.n + 1):  # for two of them
        spread = np.sort(values)[1:-1].std() if len(values) > 3 else values.std()
    return table.mean, spread, *table.bounds


def looks_like_pixels(X):
    """Whether X is an array of at least 16 columns of numbers that share one range.

    So do pixels and embeddings. Data frames, booleans and missing values do not.
    """
    if is_frame(X) or np.ma.is_masked(X):
        return False
    X = as_plain(X)
    X = np.asarray(X) if hasattr(X, "__array__") else np.empty(0)
    if X.dtype.kind not in "iuf" or X.ndim != 2 or not X.size:
        return False
    low, high = X.min(axis=0).astype(np.float64), X.max(axis=0).astype(np.float64)
    finite = np.isfinite(low).all() and np.isfinite(high).all()  # not so with nan
    if not finite or (low < high).sum() < MIN_PIXELS:
        return False
    return bool(_share_one_range(low[low < high], high[low < high]))


def _share_one_range(low, high):
    """Whether most columns spread over a large share of the range of all."""
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
