"""Frames: how a table came, and how new rows leave in the same way."""

from .conversion import convert_values
from .images import ImageSchema, image_schema
from .numbers import check_columns, check_magnitudes, check_numbers, number_table
from .objects import is_missing
from .parts import as_array, is_frame
from .plain import as_plain, check_unmasked
from .rounding import MAX_DECIMALS, Grid, grid_of
from .schema import Column, ColumnSchema
from .table import Table, TableSchema, read_table
from .texts import find_format
from .times import UNITS

__all__ = [
    "MAX_DECIMALS",
    "UNITS",
    "Column",
    "ColumnSchema",
    "Grid",
    "ImageSchema",
    "Table",
    "TableSchema",
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
    "number_table",
    "read_table",
]
