"""Encodings: the way from a user's rows to tensors, and back."""

from .containers import (
    check_columns,
    check_magnitudes,
    container_of,
    is_frame,
)
from .frames import as_array, read_table
from .identifiers import is_identifier
from .image import ImageEncoder, check_sides, flatten, shape_of
from .scaled import ScaledEncoder, looks_like_pixels
from .table import TableEncoder

__all__ = [
    "ImageEncoder",
    "ScaledEncoder",
    "TableEncoder",
    "as_array",
    "check_columns",
    "check_magnitudes",
    "check_sides",
    "container_of",
    "flatten",
    "is_frame",
    "is_identifier",
    "looks_like_pixels",
    "read_table",
    "shape_of",
]
