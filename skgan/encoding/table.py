"""The table encoder: columns as classes and scalars."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skgan.privacy import MIN_ROWS
from skgan.storage import fields, stored

from .answers import knows_values, refusal_of, spans_of
from .base import Clustering, Encoder
from .columns import (
    ColumnEncoder,
    Identifier,
    NanApart,
    WallClock,
    declared_columns,
    declared_identifiers,
    drop_rare_categories,
)
from .consistency import check_table
from .constraints import DECLARED, check_masks, kept_rows, not_encoded, resolve
from .decoding import DecodedTable, Decoding
from .description import describe_columns
from .frames import Table, TableSchema, read_table
from .functions import check_functions, functions_of, new_options, with_functions
from .identifiers import (
    ON_IDENTIFIERS,
    check_option,
    fresh_values,
    refuse_identifier,
    tried_values,
    twins_of,
    values_of_all,
    warn_of_identifiers,
)
from .layouts import table_layout
from .learning import NO_OTHERS, gaps_of, learn
from .relations import Combinations, Indicators, Relation
from .trial import check_rows, trial_rows

MAX_SCORE = 6.0  # no rank of fewer than a billion rows has a larger normal score


@stored(
    "table_encoder/1",
    derived=("n_features_in_", "_encoded", "_scalars", "_layout"),
    categorical_features=fields.anything,
    identifiers=check_functions,
    constraints=DECLARED,
    on_identifiers=fields.one_of(*ON_IDENTIFIERS),
    relations_=fields.many(fields.instance(Relation)),
    identifier_names_=fields.many(fields.text),
    categorical_=fields.many(fields.whole(0)),
    _schema=fields.instance(TableSchema),
    _names=fields.many(fields.text),
    _is_category=fields.many(fields.flag),
    _indicators=fields.instance(Indicators),
    _combinations=fields.instance(Combinations),
    _encoders=fields.mapping(
        fields.whole(0), fields.instance(ColumnEncoder, NanApart, WallClock)
    ),
    _twins=fields.mapping(fields.whole(0), fields.whole(0)),
)
class TableEncoder(Encoder):
    """Classes and normal scores of the columns of a table, and back.

    Columns that others determine in every row are not encoded but restored, constant
    ones neither. Of a column that is not below others in any row the gap is encoded.
    Indicators of which at most one is set are one variable together.

    Parameters
    ----------
    categorical_features : "from_dtype" or array-like, default="from_dtype"
        Names, indices or a mask of columns of numbers that are categories without an
        order, and of text that is no identifier. Other text and categorical dtypes are
        categories in any case.
    identifiers : "auto", array-like or dict, default="auto"
        Which columns name rows. Nearly unique text does in any case. "auto" finds keys
        in data frames besides: whole numbers that all differ and count rows in steps
        of one size. Names, indices or a mask of columns of text or whole numbers say
        which ones do, without a warning, and that no others are keys. A dict has a
        function for each name, from a number of rows to as many values.
    on_identifiers : {"generate", "drop", "error"}, default="generate"
        What becomes of them: fresh values (keys are counted on, others keep their
        pattern), no column, or an error.
    constraints : list or tuple, default=()
        What holds in every row: objects of ``skgan.constraints``, and functions of a
        table that say which rows to keep.

    Attributes
    ----------
    relations_ : list of Relation
        How columns that are not encoded are restored.
    identifier_names_ : list of str
        Names of columns that name rows.
    categorical_ : list of int
        Indices of the columns of text that are categories, and of those declared so.
    n_features_in_ : int
        Number of columns of the training rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from skgan.encoding import TableEncoder
    >>> table = pd.DataFrame({"size": ["S", "L"] * 50, "price": [2.5, 9.0] * 50})
    >>> encoder = TableEncoder().fit(table)
    >>> encoder.layout.class_sizes
    (2,)
    >>> print(encoder.describe())
    size   categories of 2 values
    price  determined by others: a function of size
    """

    clustering = Clustering(rows_per_cluster=100, most=50)
    is_refined = True
    reads_tables = True

    def __init__(
        self,
        *,
        categorical_features="from_dtype",
        identifiers="auto",
        on_identifiers="generate",
        constraints=(),
    ):
        self.categorical_features = categorical_features
        self.identifiers = identifiers
        self.on_identifiers = on_identifiers
        self.constraints = constraints

    def read(self, X):
        """Read a table as rows.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Before ``fit`` any table, afterwards one with the training columns.

        Returns
        -------
        rows : Table
            Columns of numbers; rows of them by index.

        Raises
        ------
        ValueError
            If X is no table, or its columns do not convert to the training ones.
        """
        if self.__sklearn_is_fitted__():
            return Table(self._schema.read(X), self._schema)
        return Table(*read_table(X))

    def fit(self, rows, min_rows=MIN_ROWS, all_rows=NO_OTHERS):
        """Learn columns, and what holds between them.

        Parameters
        ----------
        rows : Table, array-like or data frame of shape (n_samples, n_features)
            The training rows, as ``read`` returns them before ``fit``, or a table.
        min_rows : MinRows, default=MIN_ROWS
            How many rows share what is kept of them.
        all_rows : AllRows, default=no others
            What is known of more rows than these.

        Returns
        -------
        self : TableEncoder
            The fitted encoder.

        Raises
        ------
        ValueError
            If an option is none of those allowed, if the table breaks a rule, if
            ``categorical_features`` or ``identifiers`` names no columns of it, or if
            there are identifiers that the option refuses, or if rows break a
            constraint.

        Warns
        -----
        UserWarning
            If there are identifiers that are not declared, and they are generated.
        """
        check_option(self.on_identifiers, self.identifiers)
        table = rows if isinstance(rows, Table) else Table(*read_table(rows))
        schema = table.schema
        names = [str(column.name) for column in table.columns]
        declared = declared_columns(self.categorical_features, names)
        given = declared_identifiers(self.identifiers, names, declared)
        finds_keys = isinstance(self.identifiers, str) and type(schema.names) is list
        constraints = resolve(self.constraints, names)
        check_masks(self.constraints, table)
        asked = declared, given, finds_keys, constraints
        learned = learn(table, *asked, min_rows, all_rows)
        columns, encoders = learned.columns, learned.encoders
        unique = [j for j, own in encoders.items() if isinstance(own, Identifier)]
        if unique and self.on_identifiers == "error":
            refuse_identifier(columns[unique[0]])
        if self.on_identifiers == "drop":
            schema = schema.drop(unique)
        kept = [drop_rare_categories(column, min_rows).categories for column in columns]
        self._schema = schema.keep(kept[: len(names)])
        self._names = [str(column.name) for column in columns]
        self._is_category = [categories is not None for categories in kept]
        self._indicators, self.relations_ = learned.indicators, learned.relations
        self._combinations = learned.combinations
        self._encoders = encoders
        self._twins = twins_of(columns, unique)
        self.categorical_ = learned.categorical
        self.n_features_in_ = len(names)
        self._set_identifiers(unique, given)
        self._set_layout()
        return self

    def check_stored(self):
        """Check that columns, encoders and relations agree, and set the layout."""
        merging = self._indicators, self._combinations
        parts = self._schema, self._encoders, self.relations_, merging
        check_table(*parts, self._names, self._is_category, self._twins)
        self.n_features_in_ = len(self._schema.columns)
        self._set_layout()
        check_rows(self)
        rows, rng = trial_rows(self._layout), np.random.default_rng(0)
        self.build(rows, rng, self._named(len(rows), rng, tried_values))

    @property
    def functions(self):
        """Functions of the user: those of identifiers by columns, and constraints."""
        return functions_of(self.identifiers, self.constraints)

    def with_functions(self, functions):
        """Return a copy of the encoder with some functions replaced, by their names."""
        other = super().with_functions(functions)
        options = self.identifiers, self.constraints
        own = new_options(*options, functions)
        other.identifiers, other.constraints = own
        if functions and self.__sklearn_is_fitted__():
            given = declared_identifiers(other.identifiers, self._names)
            other._encoders = with_functions(self._encoders, given)
        return other

    def _set_identifiers(self, unique, given):
        """Set the names of identifiers, by their indices, and warn of those not given.

        ``given`` are those that are declared.
        """
        self.identifier_names_ = [self._names[j] for j in unique]
        if self.on_identifiers == "generate":
            found = [j for j in unique if j not in given]
            warn_of_identifiers({self._names[j]: self._encoders[j] for j in found})

    def _set_layout(self):
        """Set which columns are encoded, as which classes and scalars."""
        self._encoded = [
            j
            for j, encoder in self._encoders.items()
            if encoder.n_classes > 1 or encoder.has_scalar
        ] or [min(self._encoders)]  # of constant columns one, so that there is a row
        self._layout, self._scalars = table_layout(self._encoded_encoders())

    def _encoded_encoders(self):
        """Return the column encoders of encoded columns."""
        return [self._encoders[j] for j in self._encoded]

    @property
    def layout(self):
        """The classes and scalars of encoded rows, a ``Layout``."""
        check_is_fitted(self)
        return self._layout

    def describe(self):
        """Return how each column is read, a ``Description`` that prints as a table."""
        check_is_fitted(self)
        parts = self._names, self._schema, self._encoders
        return describe_columns(*parts, self.relations_, self._indicators)

    def _columns_of(self, table):
        """Return a table's columns by kept categories, and those made of them."""
        columns = self._schema.recode(table.columns)
        merged = self._indicators.merge(columns) + self._combinations.merge(columns)
        return columns + merged + gaps_of(self.relations_, columns)

    def encode(self, rows, rng=None):
        """Return encoded rows, float32 ``(n, n_discrete + n_scalars)``.

        Parameters
        ----------
        rows : Table
            Some rows, as ``read`` returns them.
        rng : numpy.random.Generator
            Draws ranks of numbers that rows share, and classes of unseen categories.
        """
        columns, n = self._columns_of(rows), len(self._encoded)
        encoded = np.empty((len(rows), n + len(self._scalars)), np.float32)
        scores = self._scores_of(encoded)
        for i, j in enumerate(self._encoded):  # one by one, as rows may be many
            own = columns[j].values, columns[j].missing
            encoded[:, i], found = self._encoders[j].encode(*own, rng)
            if i in scores:
                scores[i][:] = found
        return encoded

    def _scores_of(self, encoded):
        """The columns of scores of encoded rows, by the columns of their classes."""
        n = len(self._encoded)
        return dict(zip(self._scalars, encoded.T[n:], strict=True))

    @property
    def not_encoded(self):
        """Constraints that ``keeps`` tells, and encoded rows need not fulfill."""
        return not_encoded(self.constraints, self._names, self.relations_)

    def keeps(self, X, constraints=None):
        """Return which rows of a table fulfill constraints, bool ``(n,)``.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            A table with the training columns, as ``build`` makes it.
        constraints : sequence or None, default=None
            Some of those that are declared; None is all.
        """
        declared = self.constraints if constraints is None else constraints
        return kept_rows(X, declared, self._schema, self._combinations)

    def count_unseen(self, rows):
        """Return in how many rows each column has a value that is not known.

        A category or a missing value is not known if too few training rows had it.
        Columns that others determine are not looked at.
        """
        columns = self._columns_of(rows)
        counts = np.zeros(self.n_features_in_, dtype=np.int64)
        for j, encoder in self._encoders.items():
            if j < len(counts):  # the rest are made of these
                column = columns[j]
                classes = encoder.classify(column.values, column.missing)
                counts[j] = np.count_nonzero(classes < 0)
        return counts

    def decode(self, encoded, rng=None):
        """Return values and missing flags of all columns, from encoded rows."""
        decoding = self._decoding(encoded, rng)
        order = *self._encoders, *(relation.target for relation in self.relations_)
        found = {j: decoding[j] for j in order}
        return map(list, zip(*(found[j] for j in range(len(self._names))), strict=True))

    def _decoding(self, encoded, rng):
        """Return the columns of encoded rows, a ``Decoding``."""
        codes = dict(zip(self._encoded, encoded.T, strict=False))
        scores = {self._encoded[i]: own for i, own in self._scores_of(encoded).items()}
        parts = self._encoders, self.relations_, self._is_category
        return Decoding(len(encoded), *parts, codes, scores, rng)

    def fresh_identifiers(self, n, rng):
        """Return values of each identifier for n rows, by the index of its column."""
        return self._named(n, rng, fresh_values)

    def _named(self, n, rng, make):
        """Return what a function makes for each identifier."""
        parts = self._encoders, self._schema, self._names, self._twins
        return values_of_all(*parts, n, rng, make)

    def build(self, encoded, rng=None, identifiers=None):
        """Return encoded rows as a table like the training rows.

        Parameters
        ----------
        encoded : ndarray of shape (n, n_discrete + n_scalars)
            Encoded rows.
        rng : numpy.random.Generator
            Draws what encoded rows leave to chance.
        identifiers : dict of ndarray, callable or None, default=None
            What the rows are named, as ``fresh_identifiers`` returns it: some of the
            names that rows of several encoders share. Or what makes names, such as
            ``SeveralTables``. None makes fresh ones.
        """
        return self._assemble(*self.decode(encoded, rng), rng, identifiers)

    def _assemble(self, values, missing, rng, identifiers=None):
        """Return a table of the values of all columns but identifiers."""
        for j, twin in self._twins.items():
            missing[j] = missing[twin]
        if not isinstance(identifiers, dict):
            identifiers = self._named(len(values[0]), rng, identifiers or fresh_values)
        for j, names in identifiers.items():
            is_text = self._schema.columns[j].content == "category"
            if is_text == (names.dtype == object):  # some rows may read as dates
                values[j] = names
        n = self.n_features_in_  # without those that were merged
        return self._schema.build(values[:n], missing[:n])

    @property
    def schema(self):
        """How tables come and leave, a ``TableSchema``."""
        return self._schema

    def decode_table(self, encoded, rng=None):
        """Return encoded rows as a ``Table``, whose identifiers are not made yet."""
        return DecodedTable(self._decoding(encoded, rng), self._schema)

    def refusal(self, j):
        """Return why no condition can be set on a column, None if one can."""
        return refusal_of(j, self._encoders, self._schema)

    def knows(self, j, column):
        """Return which values of a column can be those of new rows, bool ``(n,)``."""
        return knows_values(j, column, self._encoders, self.relations_)

    def spans(self, j):
        """Return ranges of numbers that have all those of new rows, ``(n, 2)``."""
        return spans_of(j, self._encoders, self.relations_, self._schema)

    def round_trip(self, encoded):
        """Return encoded rows as they come back from what ``build`` makes of them."""
        classes, scores = np.split(encoded, [len(self._encoded)], axis=1)
        return np.hstack([classes, scores.clip(-MAX_SCORE, MAX_SCORE)])

    @property
    def n_bins(self):
        """Number of bins of each discrete variable."""
        return [encoder.n_bins for encoder in self._encoded_encoders()]

    @property
    def ranked(self):
        """Whether the bins of each discrete variable follow the order of values."""
        return [encoder.ranked for encoder in self._encoded_encoders()]

    def bins(self, encoded):
        """Return classes or ranges of numbers, int32 ``(n, n_discrete)``."""
        bins = np.empty((len(encoded), len(self._encoded)), np.int32, order="F")
        scores, none = self._scores_of(encoded), np.zeros(len(encoded))
        for i, encoder in enumerate(self._encoded_encoders()):
            classes = encoded[:, i].astype(np.int64)
            bins[:, i] = encoder.bins(classes, scores.get(i, none))
        return bins

    def measure(self, rows):
        """Return rows as a density needs them.

        Parameters
        ----------
        rows : Table
            Some rows, as ``read`` returns them.

        Returns
        -------
        classes : ndarray of shape (n, n_discrete)
            Codes of classes, -1 for unseen ones.
        numbers : ndarray of shape (n, n_scalars)
            Numbers in units of their spreads, nan where a row is in another class.
        log_volume : ndarray of shape (n,)
            Log of the volume of the units of each row.
        """
        columns = self._columns_of(rows)
        pairs = [(columns[j].values, columns[j].missing) for j in self._encoded]
        encoders = self._encoded_encoders()
        both = [*zip(encoders, pairs, strict=True)]
        classes = np.column_stack([own.classify(*pair) for own, pair in both])
        numbers = self._numbers(classes, [values for values, _ in pairs])
        log_volume = np.zeros(len(rows))
        for encoder, pair in both:
            log_volume -= encoder.log_share(*pair)
        spreads = np.array([encoders[i].spread for i in self._scalars])
        log_volume += np.where(np.isnan(numbers), 0.0, np.log(spreads)).sum(axis=1)
        return classes, numbers, log_volume

    def measure_encoded(self, encoded, rng=None):
        """Return the classes and numbers that ``measure`` finds, of encoded rows."""
        values, _ = self.decode(encoded, rng)
        classes = encoded[:, : len(self._encoded)].astype(np.int64)
        return classes, self._numbers(classes, [values[j] for j in self._encoded])

    def trim(self, numbers):
        """Return numbers of ``measure``, those beyond plausible ones cut to these."""
        encoders = [self._encoders[self._encoded[i]] for i in self._scalars]
        bounds = [np.array(encoder.bounds) / encoder.spread for encoder in encoders]
        return numbers.clip(*np.reshape(bounds, (-1, 2)).T)

    def _numbers(self, classes, values):
        """Return numbers in units of their spreads, nan where another class is."""
        numbers = np.full((len(classes), len(self._scalars)), np.nan)
        for column, i in zip(numbers.T, self._scalars, strict=True):
            encoder = self._encoders[self._encoded[i]]
            rows = classes[:, i] == encoder.continuous_class
            column[rows] = encoder.offsets(values[i][rows]) / encoder.spread
        return numbers
