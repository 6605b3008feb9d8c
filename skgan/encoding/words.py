"""The words that files have for what encoders hold."""

from skgan.storage import Vocabulary

from .columns import (
    Choice,
    Constant,
    Discrete,
    Given,
    HighCardinality,
    Identifier,
    Key,
    Mixture,
    NanApart,
    NumberIdentifier,
    Numeric,
    PatternSampler,
    QuantileTable,
    Run,
    Shape,
    WallClock,
)
from .constraints import CONSTRAINTS
from .frames.words import FRAME_WORDS
from .functions import UserFunction
from .relations import (
    Arithmetic,
    Combinations,
    Copy,
    Indicators,
    Levels,
    Map,
    Order,
    Steps,
    Total,
)

PART_WORDS = FRAME_WORDS | Vocabulary(
    [
        *(Choice, Constant, Discrete, Given, HighCardinality, Identifier, Key),
        *(Mixture, NanApart, NumberIdentifier, Numeric, PatternSampler),
        *(QuantileTable, Run, Shape, UserFunction, WallClock),
        *(Arithmetic, Combinations, Copy, Indicators, Levels, Map, Order, Steps, Total),
        *CONSTRAINTS,
    ]
)
