"""Encodings: the way from a user's rows to tensors, and back."""

from .containers import (
    check_columns,
    check_magnitudes,
    container_of,
    holds_only_numbers,
    is_frame,
)
from .scaled import ScaledEncoder
from .table import TableEncoder

__all__ = [
    "ScaledEncoder",
    "TableEncoder",
    "check_columns",
    "check_magnitudes",
    "container_of",
    "holds_only_numbers",
    "is_frame",
]
