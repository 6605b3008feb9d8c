"""Margins that a user asks for: the shares of values of some columns."""

from typing import NamedTuple

import numpy as np

from .rules import RuleReader
from .where import NO_TABLE, column_index

CLOSE = 1e-6  # by which shares may miss 1


class Margin(NamedTuple):
    """The cells of one column, or of several together, and their shares.

    ``cells`` are lists of pairs (index of a column, rule). Rows of no cell share what
    is left, one more share at the end.
    """

    label: str
    keys: list
    cells: list
    shares: np.ndarray

    def words(self, code):
        """A cell in words."""
        return repr(self.keys[code]) if code < len(self.keys) else "all others"

    def codes(self, table):
        """The cell of each row of a ``Table``, int64 ``(n,)``.

        Raises
        ------
        ValueError
            If a row is in two cells.
        """
        codes = np.full(len(table), len(self.cells))
        for code, rules in enumerate(self.cells):
            own = np.ones(len(table), dtype=bool)
            for j, rule in rules:
                own &= rule.holds(table.columns[j])
            twice = codes[own][codes[own] < len(self.cells)]
            if len(twice):
                both = self.keys[twice[0]], self.keys[code]
                raise ValueError(
                    f"{self.label} must have cells that exclude each other, got "
                    f"{both[0]!r} and {both[1]!r}."
                )
            codes[own] = code
        return codes


class Shares:
    """Shares of the values of columns, of one each or of several together.

    Parameters
    ----------
    shares : dict or None
        For the name or index of a column, or a tuple of these, a dict or series: from a
        value to its share, or from a tuple of values; of two columns also a table of
        pandas, as ``crosstab`` makes it. None asks for none.
    encoder : Encoder
        A fitted one: the columns are those of its schema.

    Raises
    ------
    ValueError
        If a column or a value is not there, or if shares are none.
    """

    def __init__(self, shares, encoder):
        if shares is not None and encoder.schema is None:
            raise ValueError(NO_TABLE.format("shares"))
        if shares is not None and not hasattr(shares, "items"):
            raise ValueError(
                f"shares must be a dict from columns to their shares, got {shares!r}."
            )
        pairs = shares.items() if shares is not None else ()
        self.margins = [_margin(name, own, encoder) for name, own in pairs]

    def __len__(self):
        return len(self.margins)

    @property
    def shares(self):
        """Those of the cells of each margin, and of what is in none."""
        return [margin.shares for margin in self.margins]

    def codes(self, table):
        """The cells of the rows of a ``Table``, int64 ``(n, n_margins)``."""
        return np.column_stack([margin.codes(table) for margin in self.margins])

    def counts(self, codes):
        """How many rows are in each cell, an array for each margin."""
        pairs = zip(codes.T, self.shares, strict=True)
        return [np.bincount(column, minlength=len(own)) for column, own in pairs]

    def is_wanted(self, codes):
        """Whether rows are in cells that all margins ask for, bool ``(n,)``."""
        pairs = zip(codes.T, self.shares, strict=True)
        return np.all([own[column] > 0 for column, own in pairs], axis=0)

    def rarest(self, counts):
        """The cell that is asked for and has the fewest rows, in words, and its share.

        ``counts`` are those of rows, as ``counts`` returns them.
        """
        shares = [
            np.where(margin.shares > 0, own / max(own.sum(), 1), np.inf)
            for margin, own in zip(self.margins, counts, strict=True)
        ]
        rarest = int(np.argmin([own.min() for own in shares]))
        margin, code = self.margins[rarest], int(shares[rarest].argmin())
        return f"{margin.label} asks for {margin.words(code)}", shares[rarest][code]

    def check(self, counts):
        """Refuse a cell that is asked for and has no row.

        Raises
        ------
        ValueError
            Its message names the cell.
        """
        words, share = self.rarest(counts)
        if share == 0:
            n_rows = counts[0].sum()
            raise ValueError(
                f"{words}, of which there is none among the {n_rows:,} rows that were "
                "drawn."
            )

    def check_errors(self, errors):
        """Refuse margins that rows cannot have together.

        Raises
        ------
        ValueError
            If shares are off by more than a hundredth.
        """
        worst = int(errors.argmax())
        if errors[worst] > 0.01:
            raise ValueError(
                f"{self.margins[worst].label} contradicts other shares, or the rows "
                f"that there are: it would be off by {100 * errors[worst]:.3g} points."
            )


def _margin(name, shares, encoder):
    """One margin as a user wrote it."""
    label = f"shares[{name!r}]"
    names = name if isinstance(name, tuple) else (name,)
    schema = encoder.schema
    if isinstance(name, tuple) and name in [*schema.names]:  # a name that is a tuple
        names = (name,)
    readers = [
        RuleReader(label, column_index(label, own, schema), encoder) for own in names
    ]
    if len(names) == np.ndim(shares) == 2 and hasattr(shares, "unstack"):
        shares = shares.T.unstack()  # a table of pandas, by rows and then columns
    if not hasattr(shares, "items") or np.ndim(shares) > 1:
        raise ValueError(
            f"{label} must be a dict or a series of shares, or a table of two columns, "
            f"got {shares!r}."
        )
    keys, values = [*dict(shares.items())], [*dict(shares.items()).values()]
    cells = [_cell(label, key, readers) for key in keys]
    return Margin(label, keys, cells, _checked(label, values))


def _cell(label, key, readers):
    """The rules of one cell: pairs of the index of a column and a rule."""
    values = [key] if len(readers) == 1 else key
    if not (isinstance(values, list | tuple) and len(values) == len(readers)):
        raise ValueError(
            f"{label} must have a tuple of {len(readers)} values for each share, got "
            f"{key!r}."
        )
    pairs = zip(readers, values, strict=True)
    return [(reader.j, reader.read(value)) for reader, value in pairs]


def _checked(label, values):
    """Shares of cells, and what is left of 1."""
    try:
        shares = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        shares = np.full(1, np.nan)
    if shares.ndim != 1 or not (shares >= 0).all() or not 0 < shares.sum() < 1 + CLOSE:
        raise ValueError(
            f"{label} must have shares that are not negative and sum to 1, or to less "
            f"where all other values share what is left, got {values!r}."
        )
    rest = max(1 - shares.sum(), 0.0)
    shares = np.append(shares, rest if rest > CLOSE else 0.0)
    return shares / shares.sum()
