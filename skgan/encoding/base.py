"""The interface of encoders: from a user's rows to encoded rows, and back."""

import copy
from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.metadata_routing import UNUSED
from sklearn.utils.validation import check_is_fitted

from skgan.privacy import MIN_ROWS
from skgan.storage import Refused, Value, Vocabulary, writable
from skgan.storage.fields import require

from .frames import Table
from .words import PART_WORDS


class Layout(NamedTuple):
    """The columns of encoded rows, from which a generator's head follows.

    Codes of classes come first, a column for each discrete variable, then scalars.

    Parameters
    ----------
    n_columns : int
        Number of columns of an encoded row.
    class_sizes : tuple of int, default=()
        Number of classes of each discrete variable.
    owners : tuple of int, default=()
        For each scalar the class that it belongs to, counted through all variables.
    order : ndarray of shape (n_classes, n_ordered) or None, default=None
        Scores of the classes of each variable that has an order.
    activation : {"linear", "tanh"}, default="linear"
        What a generator of rows of numbers ends in.
    image_shape : tuple of int or None, default=None
        Height, width and channels of rows of pixels.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.encoding import ScaledEncoder
    >>> ScaledEncoder().fit(np.array([[0.0, 9.0], [1.0, 5.0]])).layout.n_columns
    2
    """

    n_columns: int
    class_sizes: tuple = ()
    owners: tuple = ()
    order: np.ndarray | None = None
    activation: str = "linear"
    image_shape: tuple | None = None


class Clustering(NamedTuple):
    """How many clusters rows so encoded have by default, and where they are found.

    Parameters
    ----------
    rows_per_cluster : int
        Training rows for one cluster.
    most : int
        The largest number of clusters.
    n_components : int or None, default=None
        Principal components in which clusters are looked for; None is in rows.

    Examples
    --------
    >>> from skgan.encoding import TableEncoder
    >>> TableEncoder.clustering
    Clustering(rows_per_cluster=100, most=50, n_components=None)
    """

    rows_per_cluster: int
    most: int
    n_components: int | None = None


class Encoder(BaseEstimator, ABC):
    """The way from a user's rows to what networks take, and back.

    A subclass has its options in the constructor, so that ``clone``, ``get_params`` and
    ``set_params`` work, and learns in ``fit``. Rows are what ``read`` makes of the
    user's X: they have a length and take arrays of indices.

    Attributes
    ----------
    clustering : Clustering or None
        How many clusters rows so encoded have by default; None is none.
    is_refined : bool
        Whether ``refinement="auto"`` refines rows so encoded.
    reads_tables : bool
        Whether columns of all types are read, and missing values.
    categorical_ : sequence of int
        Indices of the columns of text that are categories, and of those declared so.

    Examples
    --------
    >>> from skgan.encoding import Encoder, ScaledEncoder
    >>> encoder = ScaledEncoder().fit([[0.0, 9.0], [1.0, 5.0]])
    >>> Encoder.from_state(encoder.state())
    ScaledEncoder()
    """

    # Nothing that a pipeline routes
    __metadata_request__fit = {"rows": UNUSED, "min_rows": UNUSED}

    n_features_in_: int  # set by ``fit``
    clustering = None
    is_refined = False
    reads_tables = False
    categorical_ = ()
    not_encoded = ()  # what is declared of rows, and encoded ones need not fulfill

    @abstractmethod
    def read(self, X):
        """Read the user's X as rows.

        Before ``fit`` the schema of X is learned, afterwards X is read by the schema of
        the training rows.
        """

    @abstractmethod
    def fit(self, rows, min_rows=MIN_ROWS):
        """Learn from rows, as ``read`` returns them, or from X itself.

        Parameters
        ----------
        rows : object
            The training rows.
        min_rows : MinRows, default=MIN_ROWS
            How many rows share what is kept of them.

        Returns
        -------
        self : object
            The fitted encoder.
        """

    @abstractmethod
    def encode(self, rows, rng=None):
        """Return encoded rows, float32 ``(n, layout.n_columns)``."""

    @abstractmethod
    def decode(self, encoded, rng=None):
        """Return the values of encoded rows."""

    @abstractmethod
    def build(self, encoded, rng=None):
        """Return encoded rows as the user knows them: a table or array like X."""

    @property
    def schema(self):
        """How tables come and leave, a ``TableSchema``; None if rows are no table."""
        return None

    def decode_table(self, encoded, rng=None):
        """Return encoded rows as a ``Table`` of what ``build`` makes of them."""
        return Table(self.schema.read(self.build(encoded, rng)), self.schema)

    def build_table(self, table, rng=None, identifiers=None):
        """Return a ``Table`` as the user knows it, identifiers made afresh.

        ``identifiers`` makes them, None as for one table.
        """
        pairs = ((column.values, column.missing) for column in table.columns)
        parts = map(list, zip(*pairs, strict=True))
        return self._assemble(*parts, rng, identifiers)

    def _assemble(self, values, missing, rng, identifiers=None):
        """Return a table of the values of all columns."""
        return self.schema.build(values, missing)

    def refusal(self, j):
        """Return why no condition can be set on a column, None if one can."""
        return None

    def knows(self, j, column):
        """Return which values of a column can be those of new rows, bool ``(n,)``."""
        return ~column.missing

    def spans(self, j):
        """Return ranges of numbers that have all those of new rows, ``(n, 2)``.

        None is that any may come.
        """
        return None

    @abstractmethod
    def round_trip(self, encoded):
        """Return encoded rows as they come back from what ``build`` makes of them."""

    @property
    @abstractmethod
    def layout(self):
        """The columns of encoded rows, a ``Layout``."""

    @property
    @abstractmethod
    def n_bins(self):
        """Number of bins of each variable, a list."""

    @property
    @abstractmethod
    def ranked(self):
        """Whether the bins of each variable follow the order of values, a list."""

    @abstractmethod
    def bins(self, encoded):
        """Return the bin of each variable, int64 ``(n, n_variables)``."""

    def count_unseen(self, rows):
        """Return in how many rows each column has a value that is not known.

        Numbers beyond those of training are none.
        """
        return np.zeros(self.n_features_in_, dtype=np.int64)

    @abstractmethod
    def measure(self, rows):
        """Return rows as a density needs them.

        Returns
        -------
        classes : ndarray of shape (n, n_discrete)
            Codes of classes.
        numbers : ndarray of shape (n, n_numbers)
            Numbers in units of their spreads, nan where a row has none.
        log_volume : float or ndarray of shape (n,)
            Log of the volume of the units of each row.
        """

    def trim(self, numbers):
        """Return numbers of ``measure``, those beyond plausible ones cut to these.

        What is learned from a mean over rows would otherwise tell of an outlier.
        """
        return numbers

    @abstractmethod
    def measure_encoded(self, encoded, rng=None):
        """Return the classes and numbers that ``measure`` finds, of encoded rows."""

    @property
    def functions(self):
        """Functions of the user, by their names; a state holds none."""
        return {}

    def with_functions(self, functions):
        """Return a copy of the encoder with some functions replaced, by their names."""
        return copy.copy(self)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "n_features_in_")

    def state(self):
        """Return the options and everything learned, as plain values and arrays.

        Returns
        -------
        state : dict
            Of numbers, text, arrays, lists and dicts.

        Raises
        ------
        TypeError
            If an option is a function, or a value that files have no word for.
        """
        check_is_fitted(self)
        return _vocabulary_of(type(self)).pack(self)

    @classmethod
    def from_state(cls, state):
        """Make the encoder of which ``state`` is the state.

        Parameters
        ----------
        state : dict
            What ``state()`` returned, of this class or one below it.

        Returns
        -------
        encoder : Encoder
            It encodes and builds the same rows.

        Raises
        ------
        Refused
            If the state is that of an encoder of another class, or if something in it
            does not agree with the rest.
        """
        encoder = _vocabulary_of(cls).unpack(state)
        if not isinstance(encoder, cls):
            raise Refused("tree", f"it is not the state of a {cls.__name__}")
        return encoder


def _vocabulary_of(cls):
    """Return the words for encoders of a class, and of those below it.

    A class without a word of its own, as a user may write it, takes that above it.
    """
    classes = [own for own in _with_subclasses(cls) if "stored_word" in vars(own)]
    classes += [cls] if hasattr(cls, "stored_word") else []
    return PART_WORDS | Vocabulary(classes)


def _with_subclasses(cls):
    """Yield a class and all below it."""
    yield cls
    for own in cls.__subclasses__():
        yield from _with_subclasses(own)


def unfitted(cls):
    """Return the word for encoders of a class that have options only."""

    def takes(value):
        return type(value) is cls and not value.__sklearn_is_fitted__()

    def pack(encoder):
        return writable(cls, encoder.get_params(deep=False))

    def unpack(options):
        encoder = cls()
        require(options.keys() == encoder.get_params(deep=False).keys(), "options")
        for name, value in options.items():
            cls.stored_fields[name](value)
        return encoder.set_params(**options)

    word = cls.stored_word.replace("/", "_options/")
    return Value(word, takes, pack, unpack)
