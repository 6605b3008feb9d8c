"""Files: plain values and arrays in one safetensors file, checked, and written whole.

A file names no Python object and holds no code. Its header is JSON with a digest of all
that the file says; what is read has been checked before memory is taken for it.
"""

from .container import (
    CHECKPOINT,
    FORMAT,
    from_bytes,
    read,
    read_header,
    to_bytes,
    write,
)
from .limits import MAX_HEADER, Refused
from .values import Value, of_class
from .words import Vocabulary, stored, writable

__all__ = [
    "CHECKPOINT",
    "FORMAT",
    "MAX_HEADER",
    "Refused",
    "Value",
    "Vocabulary",
    "from_bytes",
    "of_class",
    "read",
    "read_header",
    "stored",
    "to_bytes",
    "writable",
    "write",
]
