"""Frames: how a table came, and how new rows leave in the same way."""

from .conversion import adopt_column, convert_values
from .images import ImageSchema, image_schema
from .libraries import Arrays, native_column
from .numbers import check_columns, check_magnitudes, check_numbers, number_table
from .objects import is_missing
from .parts import as_array, is_frame, with_codes
from .plain import as_plain, check_unmasked
from .rounding import MAX_DECIMALS, Grid, grid_of
from .schema import Column, ColumnSchema
from .table import Table, TableSchema, read_table
from .texts import find_format
from .times import UNITS

__all__ = [
    "MAX_DECIMALS",
    "UNITS",
    "Arrays",
    "Column",
    "ColumnSchema",
    "Grid",
    "ImageSchema",
    "Table",
    "TableSchema",
    "adopt_column",
    "as_array",
    "as_plain",
    "check_columns",
    "check_magnitudes",
    "check_numbers",
    "check_unmasked",
    "convert_values",
    "find_format",
    "grid_of",
    "image_schema",
    "is_frame",
    "is_missing",
    "native_column",
    "number_table",
    "read_table",
    "with_codes",
]
