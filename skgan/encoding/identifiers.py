"""What becomes of columns that name rows, and what the user is told of them."""

from itertools import combinations

import numpy as np

from skgan.exceptions import warn_user
from skgan.storage.fields import require
from skgan.wording import setting

from .columns import (
    EarlierNames,
    Given,
    Identifier,
    Key,
    NumberIdentifier,
    choose_column_encoder,
    finds_key,
    identifier_encoder,
)

ON_IDENTIFIERS = "generate", "drop", "error"
N_TRIED = 100  # values of an encoder that was read
N_FEW = 20  # names that many rows share


def check_option(on_identifiers, identifiers):
    """Refuse options that are none of those allowed."""
    if on_identifiers not in ON_IDENTIFIERS:
        raise ValueError(
            f"on_identifiers must be one of {', '.join(map(repr, ON_IDENTIFIERS))}, "
            f"got {on_identifiers!r}."
        )
    if isinstance(identifiers, str) and identifiers in ON_IDENTIFIERS:
        raise ValueError(
            "identifiers must be 'auto', or name columns, got "
            f"{identifiers!r}: say on_identifiers={identifiers!r}."
        )


def encoder_of(j, column, categorical, identifiers, finds_keys, min_rows):
    """Choose the encoder of column j, which may be declared, and let it learn.

    ``categorical`` and ``identifiers`` are what is declared, the first a set of
    indices, the second functions by indices.
    """
    if j in identifiers:
        return identifier_encoder(column, identifiers[j], min_rows)
    if finds_keys and j not in categorical and finds_key(column):
        return Key(column.values)
    return choose_column_encoder(column, j in categorical, min_rows)


def refuse_identifier(column):
    """Raise the error of an identifier that the user wants none of."""
    n_different = len(np.unique(column.values))
    raise ValueError(
        f"Column {str(column.name)!r} must not be an identifier with "
        f"{setting('on_identifiers', 'error')}, got {n_different} different values in "
        f"{len(column.values)} rows."
    )


def warn_of_identifiers(encoders):
    """Warn of identifiers that nobody has declared, given by their names."""
    texts = [name for name, own in encoders.items() if not isinstance(own, Key)]
    keys = [name for name in encoders if name not in texts]
    lines = []
    if texts:
        lines.append(
            f"Nearly unique text in column(s) {_listed(texts)}: samples get fresh "
            "values of the same pattern."
        )
    if keys:
        lines.append(
            f"Keys, which count rows, in column(s) {_listed(keys)}: samples count on."
        )
    if not lines:
        return
    known = setting("identifiers", [*encoders], "TableEncoder({})")
    drop, error = (setting("on_identifiers", value) for value in ("drop", "error"))
    lines.append(
        f"{known} says that you know, {drop} leaves such columns out, {error} refuses "
        "them."
    )
    numeric = [name for name, own in encoders.items() if own.is_numeric]
    if numeric:
        lines.append(
            f"If {_listed(numeric)} holds numbers or dates as text, convert it first."
        )
    warn_user(" ".join(lines))


class SeveralTables:
    """Makes names of the rows of several tables, none of which has one of another.

    It is called as ``fresh_values`` is, for one table after the other.

    Parameters
    ----------
    n_rows : int
        Number of rows of all tables together.
    """

    def __init__(self, n_rows):
        self._n_rows, self._earlier = n_rows, {}

    def __call__(self, encoder, schema, name, n, rng):
        """Return values of an identifier for n rows of the next table."""
        earlier = self._earlier.setdefault(id(encoder), EarlierNames(self._n_rows))
        return fresh_values(encoder, schema, name, n, rng, earlier)


class FewNames:
    """Makes a few names, which rows share: for tables that only look at other columns.

    It is called as ``fresh_values`` is, for two tables at most, whose names differ.
    """

    def __init__(self):
        self._several = SeveralTables(2 * N_FEW)

    def __call__(self, encoder, schema, name, n, rng):
        """Return values of an identifier for n rows."""
        return np.resize(self._several(encoder, schema, name, N_FEW, rng), n)


def fresh_values(encoder, schema, name, n, rng, earlier=None):
    """Return values of an identifier for n rows, as ``schema.build`` takes them.

    ``earlier`` are the ``EarlierNames`` of the column in other tables, None without.
    """
    ends = schema.low, schema.high
    is_number = isinstance(encoder, NumberIdentifier)
    values = encoder.generate(n, rng, earlier, *([ends] if is_number else []))
    if is_number and len(values) < n:
        raise ValueError(
            f"Column {name!r} must have room for {n} different numbers, got "
            f"{schema.dtype}."
        )
    is_text = schema.content == "category"
    if is_text != (values.dtype == object and isinstance(values[0], str)):
        wanted = "texts" if is_text else "numbers"
        got = values.tolist()[0]
        raise ValueError(f"identifiers[{name!r}] must make {wanted}, got {got!r}.")
    if is_text:
        return values
    if isinstance(encoder, Key) and not schema.low <= values[-1] <= schema.high:
        raise ValueError(
            f"Column {name!r} must have room for keys up to {values[-1]}, got "
            f"{schema.dtype}."
        )
    return schema.from_rows(values)


def values_of_all(encoders, schema, names, twins, n, rng, make):
    """Return what a function makes for n rows of each identifier, by its column.

    ``make`` is ``fresh_values`` or ``tried_values``; ``twins`` get what others got.
    """
    made = {
        j: make(encoder, schema.columns[j], names[j], n, rng)
        for j, encoder in encoders.items()
        if isinstance(encoder, Identifier) and j not in schema.dropped
    }
    for j, twin in twins.items():  # of a twin, too
        if j in made:
            made[j] = made[twin]
    return made


def tried_values(encoder, schema, name, n, rng):
    """Return values of an identifier that need no room: whether there can be some."""
    if isinstance(encoder, Key | Given):
        is_text = schema.content == "category"
        require(not (is_text and isinstance(encoder, Key)), "keys are numbers")
        return np.full(n, "", dtype=object) if is_text else np.zeros(n, dtype=np.int64)
    return np.resize(fresh_values(encoder, schema, name, N_TRIED, rng), n)


def twins_of(columns, unique):
    """Return which of the identifiers equals which later one."""
    return {
        j: i for i, j in combinations(unique, 2) if _are_equal(columns[i], columns[j])
    }


def _are_equal(a, b):
    """Whether two columns hold the same in every row."""
    same = a.categories == b.categories and np.array_equal(a.values, b.values)
    return same and np.array_equal(a.missing, b.missing)


def _listed(names):
    """Return names with commas: all, as each is to be looked at."""
    return ", ".join(map(repr, names))
