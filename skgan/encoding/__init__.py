"""Encoders: the way from a user's rows to tensors, and back."""

from skgan.storage import Vocabulary

from .axes import check_sides, flatten, shape_of
from .base import Clustering, Encoder, Layout, unfitted
from .columns import finds_key, is_identifier, is_key
from .counting import DistinctValues, RisingNumbers, TableCounts, knowing
from .frames import (
    UNITS,
    Table,
    as_array,
    as_plain,
    check_columns,
    check_magnitudes,
    check_unmasked,
    is_frame,
    is_missing,
    read_table,
    with_codes,
)
from .frames.words import FRAME_WORDS
from .functions import UserFunction, mask_of
from .identifiers import FewNames, SeveralTables
from .image import ImageEncoder, pixel_limits
from .lazy import LazyEncoded, LazyImages, encode_rows, is_lazy
from .learning import AllRows
from .scaled import ScaledEncoder, looks_like_pixels
from .table import TableEncoder
from .values import CONTENTS, read_range, read_value
from .words import PART_WORDS

ENCODING_WORDS = PART_WORDS | Vocabulary(
    [ImageEncoder, ScaledEncoder, TableEncoder],
    map(unfitted, (ImageEncoder, ScaledEncoder, TableEncoder)),
)

__all__ = [
    "CONTENTS",
    "ENCODING_WORDS",
    "FRAME_WORDS",
    "UNITS",
    "AllRows",
    "Clustering",
    "DistinctValues",
    "Encoder",
    "FewNames",
    "ImageEncoder",
    "Layout",
    "LazyEncoded",
    "LazyImages",
    "RisingNumbers",
    "ScaledEncoder",
    "SeveralTables",
    "Table",
    "TableCounts",
    "TableEncoder",
    "UserFunction",
    "as_array",
    "as_plain",
    "check_columns",
    "check_magnitudes",
    "check_sides",
    "check_unmasked",
    "encode_rows",
    "finds_key",
    "flatten",
    "is_frame",
    "is_identifier",
    "is_key",
    "is_lazy",
    "is_missing",
    "knowing",
    "looks_like_pixels",
    "mask_of",
    "pixel_limits",
    "read_range",
    "read_table",
    "read_value",
    "shape_of",
    "with_codes",
]
