"""Frames: how a table came, and how new rows leave in the same way."""

from .images import ImageSchema, image_schema
from .numbers import check_columns, check_magnitudes, number_table
from .parts import as_array, is_frame
from .rounding import Grid, grid_of
from .schema import UNITS, Column, ColumnSchema
from .table import Table, TableSchema, read_table

__all__ = [
    "UNITS",
    "Column",
    "ColumnSchema",
    "Grid",
    "ImageSchema",
    "Table",
    "TableSchema",
    "as_array",
    "check_columns",
    "check_magnitudes",
    "grid_of",
    "image_schema",
    "is_frame",
    "number_table",
    "read_table",
]
