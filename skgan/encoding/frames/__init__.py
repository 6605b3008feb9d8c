"""Frames: how a table came, and how new rows leave in the same way."""

from .images import ImageSchema, image_schema
from .numbers import check_columns, check_magnitudes, number_table
from .parts import as_array, is_frame
from .plain import as_plain, check_unmasked
from .rounding import decimals_of, round_to
from .schema import Column, ColumnSchema
from .table import Table, TableSchema, read_table
from .texts import find_format
from .times import UNITS

__all__ = [
    "UNITS",
    "Column",
    "ColumnSchema",
    "ImageSchema",
    "Table",
    "TableSchema",
    "as_array",
    "as_plain",
    "check_columns",
    "check_magnitudes",
    "check_unmasked",
    "decimals_of",
    "find_format",
    "image_schema",
    "is_frame",
    "number_table",
    "read_table",
    "round_to",
]
