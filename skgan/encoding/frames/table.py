"""Tables as plain columns of numbers, and new columns as the same table again."""

from dataclasses import dataclass, replace

import numpy as np

from skgan.storage import stored
from skgan.storage.fields import anything, instance, many, one_of, require, whole
from skgan.wording import setting

from .conversion import adopt_column, read_column, recode_column
from .libraries import LIBRARIES
from .parts import take_apart
from .schema import ColumnSchema

MAX_NAMES = 5  # in a message, as in scikit-learn's


@stored(
    "table_schema/1",
    library=one_of(*LIBRARIES),
    template=anything,
    names=anything,
    columns=many(instance(ColumnSchema), least=1),
    dropped=many(whole(0), frozenset),
)
@dataclass(frozen=True, eq=False)
class TableSchema:
    """How a table came, so that new columns leave as such a table.

    Made by ``read_table`` and ``number_table``. It keeps the library, names, dtypes,
    units and scales, and no value of a row: of categories that no dtype declares the
    caller says by ``keep`` which ones may stay.

    Parameters
    ----------
    library : type
        What takes columns apart and puts them together.
    template : object
        What the library needs to make a table.
    names : range or list
        Names of columns, a range where there are none.
    columns : list of ColumnSchema
        What each of them came as.
    dropped : frozenset of int, default=frozenset()
        Columns that ``build`` leaves out.
    """

    library: type
    template: object
    names: range | list
    columns: list
    dropped: frozenset = frozenset()

    def check_stored(self):
        """Check that names and template are those of the columns."""
        n, names = len(self.columns), self.names
        require(names == range(n) or type(names) is list, "names are a list or range")
        require(len(names) == len(set(names)) == n, "each column has a name")
        n -= len(self.dropped)
        is_within = n > 0 and max(self.dropped, default=0) < len(self.columns)
        require(is_within, "a column is left")
        self.library.check_template(self.template, n)

    def drop(self, columns):
        """Return the schema of a table without some columns, given by their indices.

        Raises
        ------
        ValueError
            If none are left.
        """
        kept = [j for j in range(len(self.columns)) if j not in columns]
        if not kept:
            raise ValueError(
                f"{setting('on_identifiers', 'drop')} must leave a column, got "
                f"{len(columns)} identifiers and nothing else."
            )
        template = self.library.select(self.template, kept)
        return replace(self, template=template, dropped=frozenset(columns))

    def keep(self, categories):
        """Return the schema with the categories that codes stand for.

        Parameters
        ----------
        categories : list of (tuple or None)
            For each column those of its ``Column``, with None instead of one that must
            not be kept. None where there are none; declared ones stay as they are.
        """
        pairs = zip(self.columns, categories, strict=True)
        columns = [
            schema if schema.declared else schema._replace(categories=kept)
            for schema, kept in pairs
        ]
        return replace(self, columns=columns)

    def read(self, X):
        """Read columns of new rows in the types and units of the training rows.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Rows with the training columns. Where dtypes differ, values are converted.

        Returns
        -------
        columns : list of Column
            Categories that are not among those kept have the code -1. Numbers of a
            whole column are float64 where X has floats or fractions of its unit.

        Raises
        ------
        ValueError
            If the columns are others, or values do not convert.
        """
        *_, names, columns = take_apart(X)
        _check_names(names, self.names)
        pieces = zip(self.names, self.columns, columns, strict=True)
        return [adopt_column(*piece) for piece in pieces]

    def recode(self, columns):
        """Return columns with codes of the categories that are kept.

        Parameters
        ----------
        columns : list of Column
            As ``read_table`` or ``read`` returned them, or some rows of these.
        """
        return [
            column
            if schema.content != "category" or column.categories is schema.categories
            else recode_column(schema, column)
            for schema, column in zip(self.columns, columns, strict=True)
        ]

    def hold(self, j, values, missing):
        """Return a new column as it would be read from the table that it is built in.

        Parameters
        ----------
        j : int
            Index of the column.
        values, missing : ndarray of shape (n_samples,)
            As ``build`` takes them.

        Returns
        -------
        column : Column
            Its values have passed through the dtype of the table.
        """
        own = self.columns[j]
        held = own.held(values)
        return own.column(self.names[j], held, missing, own.categories)

    def build(self, values, missing):
        """Make the table of new columns.

        Parameters
        ----------
        values : list of ndarray of shape (n_samples,)
            For each column what ``Column`` says. Whole values may come as floats, and
            are rounded; all numbers are clipped to what the dtype holds. Text may come
            as objects instead of codes.
        missing : list of (ndarray of shape (n_samples,) or None)
            For each column where values are missing.

        Returns
        -------
        X : ndarray or data frame of shape (n_samples, n_features)
            A table like the training rows, with a default index.
        """
        pieces = zip(self.columns, self.names, values, missing, strict=True)
        columns = [
            schema.build(*piece)
            for j, (schema, *piece) in enumerate(pieces)
            if j not in self.dropped
        ]
        return self.library.table(columns, self.template)

    def build_one(self, j, column):
        """Make the table of one new column, as it is in the table of all.

        ``column`` is the ``Column`` of index j.
        """
        at = j - sum(own < j for own in self.dropped)
        template = self.library.select(self.template, [at])
        own = self.columns[j].build(self.names[j], column.values, column.missing)
        return self.library.table([own], template)

    def specimen(self):
        """Make a small table of which no column lacks all values, to see their types.

        It has all categories that are kept, ones, and texts that are empty.
        """
        own = [column.categories or () for column in self.columns]
        n = max(1, *map(len, own))
        values = [
            np.full(n, "", dtype=object)
            if schema.content == "category" and schema.categories is None
            else np.arange(n) % max(len(categories), 1)
            if schema.content == "category"
            else np.ones(n, dtype=np.int64)
            for schema, categories in zip(self.columns, own, strict=True)
        ]
        absent = [
            np.full(n, schema.content == "category" and schema.categories == ())
            for schema in self.columns
        ]
        return self.build(values, absent)

    def build_rows(self, rows):
        """Make the table of float64 rows ``(n_samples, n_features)``, rounded.

        The schema is one of numbers and booleans, as ``number_table`` makes it.
        """
        pairs = zip(self.columns, rows.T, strict=True)
        values = [schema.from_rows(column) for schema, column in pairs]
        return self.build(values, [None] * len(values))

    def round_trip(self, rows):
        """Return float64 rows as they come back from the table that they build."""
        pairs = zip(self.columns, rows.T, strict=True)
        return np.column_stack([schema.to_rows(column) for schema, column in pairs])


class Table:
    """Columns of a table and their schema; rows of all of them by index.

    Parameters
    ----------
    columns : list of Column
        The columns.
    schema : TableSchema
        By which they were read.
    """

    def __init__(self, columns, schema):
        self.columns, self.schema = columns, schema

    def __len__(self):
        return len(self.columns[0].values)

    def __getitem__(self, rows):
        return Table([column.take(rows) for column in self.columns], self.schema)

    @staticmethod
    def concatenate(tables):
        """Return the rows of several tables of one schema, one after the other."""
        columns = [
            own[0]._replace(
                values=np.concatenate([column.values for column in own]),
                missing=np.concatenate([column.missing for column in own]),
            )
            for own in zip(*(table.columns for table in tables), strict=True)
        ]
        return Table(columns, tables[0].schema)


def read_table(X):
    """Read a table as columns of numbers.

    Parameters
    ----------
    X : array-like or data frame of shape (n_samples, n_features)
        An array, lists of rows, a data frame of pandas or polars, a pyarrow table.

    Returns
    -------
    columns : list of Column
        One for each column of X.
    schema : TableSchema
        Brings new columns back as a table like X.

    Raises
    ------
    ValueError
        If X is no table or has no rows or columns, if names repeat, or if a column is
        nested, complex or binary, or holds infinite or unhashable values.

    Examples
    --------
    >>> import pandas as pd
    >>> from skgan.encoding import read_table
    >>> X = pd.DataFrame({"job": ["smith", None, "baker"], "age": [41, 27, 63]})
    >>> (job, age), schema = read_table(X)
    >>> job.categories, job.values, job.missing
    (('baker', 'smith'), array([1, 0, 0]), array([False,  True, False]))
    >>> schema = schema.keep([job.categories, None])
    >>> schema.build([[0, 1], [30.7, 52.2]], [None, None])
         job  age
    0  baker   31
    1  smith   52
    """
    library, template, names, natives = take_apart(X)
    pairs = [read_column(*piece) for piece in zip(names, natives, strict=True)]
    schemas, columns = map(list, zip(*pairs, strict=True))
    return columns, TableSchema(library, template, names, schemas)


def _check_names(names, expected):
    """Refuse other columns than the expected ones, in the words of scikit-learn."""
    named = not (isinstance(names, range) or isinstance(expected, range))
    if named and list(names) != list(expected):
        lines = ["The feature names should match those that were passed during fit."]
        rules = (
            ("Feature names unseen at fit time:", set(names) - set(expected)),
            (
                "Feature names seen at fit time, yet now missing:",
                set(expected) - set(names),
            ),
        )
        for rule, odd in rules:
            odd = [f"- {name}" for name in sorted(odd, key=str)]
            odd = [*odd[:MAX_NAMES], "- ..."] if len(odd) > MAX_NAMES else odd
            lines += [rule, *odd] if odd else []
        if len(lines) == 1:
            lines += ["Feature names must be in the same order as they were in fit."]
        raise ValueError("\n".join([*lines, ""]))
    if len(names) != len(expected):
        raise ValueError(
            f"Rows must have {len(expected)} columns, as the training rows do, got "
            f"{len(names)}."
        )
