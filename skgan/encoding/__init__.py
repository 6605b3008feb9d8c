"""Encodings: the way from a user's rows to tensors, and back."""

from .containers import check_columns, check_magnitudes, container_of
from .scaled import ScaledEncoder

__all__ = ["ScaledEncoder", "check_columns", "check_magnitudes", "container_of"]
