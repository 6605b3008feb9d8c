"""Column encoders: what is learned of a column, by its type."""

from .base import ColumnEncoder
from .characters import Choice, Run
from .choose import choose_column_encoder, drop_rare_categories
from .constant import Constant
from .declared import declared_columns
from .discrete import Discrete
from .high_cardinality import MAX_CLASSES, HighCardinality
from .identifier import Identifier, is_identifier
from .nan import NanApart
from .numeric import Numeric
from .patterns import Mixture, PatternSampler, Shape
from .quantiles import QuantileTable

__all__ = [
    "MAX_CLASSES",
    "Choice",
    "ColumnEncoder",
    "Constant",
    "Discrete",
    "HighCardinality",
    "Identifier",
    "Mixture",
    "NanApart",
    "Numeric",
    "PatternSampler",
    "QuantileTable",
    "Run",
    "Shape",
    "choose_column_encoder",
    "declared_columns",
    "drop_rare_categories",
    "is_identifier",
]
