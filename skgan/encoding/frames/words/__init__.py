"""Words for what frames are made of: dtypes, containers and scalars of libraries.

Each is made again from a fixed list; no name is looked up in a library. One is imported
only where a value of it is read.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import narwhals as nw
import numpy as np

from skgan.storage import Value, Vocabulary

from ..calendars import DateFormat
from ..clocks import Clock
from ..date_numbers import DateNumbers
from ..images import ImageSchema
from ..libraries import Arrays, Arrow, MaskedArrays, Pandas, Polars
from ..rounding import Grid
from ..schema import ColumnSchema
from ..table import TableSchema
from ..written import NumberFormat
from .arrow import ARROW_VALUES
from .pandas import PANDAS_VALUES, pandas_class
from .polars import POLARS_VALUES

LIBRARIES = {"arrays": Arrays, "masked_arrays": MaskedArrays, "pandas": Pandas}
LIBRARIES |= {"polars": Polars, "pyarrow": Arrow}
FRAMES = nw.Implementation  # of narwhals, which make frames or series
FRAMES = {own.value: own for own in (FRAMES.PANDAS, FRAMES.POLARS, FRAMES.PYARROW)}
TYPES = {
    own.__name__: own
    for own in (
        *(bool, int, float, Decimal, date, datetime, time, timedelta),
        *(np.datetime64, np.timedelta64),
    )
}


def _listed(word, known):
    """Return the word of what stands in a fixed list."""
    names = {id(own): name for name, own in known.items()}
    return Value(
        word,
        lambda value: id(value) in names,
        lambda value: names[id(value)],
        known.__getitem__,
    )


FRAME_WORDS = Vocabulary(
    [
        *(Clock, ColumnSchema, DateFormat, DateNumbers, Grid, ImageSchema),
        *(NumberFormat, TableSchema),
    ],
    [
        _listed("library", LIBRARIES),
        _listed("frame", FRAMES),
        _listed("type", TYPES),
        pandas_class,
        *ARROW_VALUES,
        *PANDAS_VALUES,
        *POLARS_VALUES,
    ],
)
