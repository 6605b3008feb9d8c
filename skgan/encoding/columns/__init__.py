"""Column encoders: what is learned of a column, by its type."""

from .base import ColumnEncoder
from .characters import Choice, Run
from .choose import (
    choose_column_encoder,
    drop_rare_categories,
    finds_key,
    identifier_encoder,
)
from .constant import Constant
from .counters import counter_of
from .declared import (
    categorical_columns,
    declared_columns,
    declared_identifiers,
    index_of,
)
from .discrete import Discrete
from .earlier import EarlierNames
from .high_cardinality import MAX_CLASSES, HighCardinality
from .identifier import (
    Given,
    Identifier,
    Key,
    NumberIdentifier,
    is_identifier,
    is_key,
)
from .mixtures import Mixture, Shape
from .nan import NanApart
from .numeric import Numeric
from .patterns import PatternSampler
from .quantiles import QuantileTable
from .wall_clock import WallClock

__all__ = [
    "MAX_CLASSES",
    "Choice",
    "ColumnEncoder",
    "Constant",
    "Discrete",
    "EarlierNames",
    "Given",
    "HighCardinality",
    "Identifier",
    "Key",
    "Mixture",
    "NanApart",
    "NumberIdentifier",
    "Numeric",
    "PatternSampler",
    "QuantileTable",
    "Run",
    "Shape",
    "WallClock",
    "choose_column_encoder",
    "categorical_columns",
    "counter_of",
    "declared_columns",
    "declared_identifiers",
    "drop_rare_categories",
    "finds_key",
    "identifier_encoder",
    "index_of",
    "is_identifier",
    "is_key",
]
