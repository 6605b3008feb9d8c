"""How a file holds a table: new rows are written like it."""

from typing import NamedTuple

from ..storage import stored
from ..storage.fields import (
    fixed,
    flag,
    many,
    mapping,
    one_of,
    optional,
    require,
    text,
    whole,
)
from .names import is_encoding

MAX_DECIMALS = 1_000


@stored(
    "table_file/1",
    names=many(text, tuple),
    is_typed=flag,
    sep=text,
    decimal=one_of(".", ","),
    encoding=text,
    has_names=flag,
    formats=mapping(
        text, fixed(optional(whole(0, MAX_DECIMALS)), one_of("", ",", "."))
    ),
)
class TableFile(NamedTuple):
    """How a file holds a table. Nothing in it is the value of a row.

    Parameters
    ----------
    names : tuple of str
        Its columns, labels included, in their order.
    is_typed : bool
        Whether numbers stand as such in the file, so that text is none.
    sep : str
        What stands between two values.
    decimal : str
        The decimal mark.
    encoding : str
        A codec of Python.
    has_names : bool
        Whether the first line holds the names.
    formats : dict
        By names of columns of numbers: how many decimals all values have, or None, and
        what stands between thousands, or "".
    """

    names: tuple = ()
    is_typed: bool = True
    sep: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    has_names: bool = True
    formats: dict = {}

    def check_stored(self):
        """Check what can be checked without rows."""
        require(len(self.sep) == 1, "a character stands between two values")
        require(is_encoding(self.encoding), "its encoding is known")
