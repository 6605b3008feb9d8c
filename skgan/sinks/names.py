"""What the name of a file says, its format and how it is compressed; and codecs."""

import os
from pathlib import Path

PARQUET, EXCEL, ARRAY = ".parquet", ".xlsx", ".npy"
TAB_SEPARATED = {".tsv", ".tab"}
FORMATS = (PARQUET, ".csv", ".tsv", ".tab", ARRAY)  # rows are written to while drawn
COMPRESSED = {".gz", ".bz2", ".xz", ".zip", ".zst"}
# The library that a format needs beside pandas, and the extra that brings both
NEEDED = {PARQUET: ("pyarrow", "parquet"), EXCEL: ("openpyxl", "excel")}


def suffix_of(name: str | os.PathLike) -> str:
    """The suffix by which a file is read or written, below that of its compression."""
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    if suffixes and suffixes[-1] in COMPRESSED:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def compression_of(name: str | os.PathLike) -> str:
    """The suffix that says how a file is compressed, "" if it is not."""
    suffix = Path(name).suffix.lower()
    return suffix if suffix in COMPRESSED else ""


def needed_for(suffix: str, error: ImportError) -> str:
    """A sentence about the library that a format needs and that is not installed."""
    own, extra = NEEDED.get(suffix, (None, "csv"))
    library = error.name if error.name in ("pandas", "pyarrow") else own
    if library is None:
        return str(error)
    extra = "parquet" if library == "pyarrow" else extra
    return f"{library} is needed: pip install 'skgan[{extra}]'."


def is_encoding(name: str) -> bool:
    """Whether Python can write text by a codec of that name."""
    try:
        "".encode(name)
    except (LookupError, ValueError):  # of a name that none can have
        return False
    return True
