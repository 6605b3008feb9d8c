"""Files of rows that are written as rows are drawn, whole or not at all.

What is imported here is light: the command line asks for names before anything else.
"""

from .names import (
    EXCEL,
    PARQUET,
    TAB_SEPARATED,
    is_encoding,
    needed_for,
    suffix_of,
)

__all__ = [
    "EXCEL",
    "PARQUET",
    "TAB_SEPARATED",
    "is_encoding",
    "needed_for",
    "suffix_of",
]
