"""Sources: rows that need not fit into memory, read again and again in one order."""

from .base import CHUNK_SIZE, Source, is_source, source_of
from .rows import concatenated, n_rows_of, release_memory, taken
from .sample import RowSample, draw_rows

__all__ = [
    "CHUNK_SIZE",
    "RowSample",
    "Source",
    "concatenated",
    "draw_rows",
    "is_source",
    "n_rows_of",
    "release_memory",
    "source_of",
    "taken",
]
