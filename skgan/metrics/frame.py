"""Figures as a data frame."""

from collections.abc import Iterable
from typing import Any


def as_frame(rows: Iterable[dict[str, Any]]):
    """Make a pandas data frame of rows, or a list of them without pandas."""
    rows = list(rows)
    try:
        import pandas as pd
    except ImportError:
        return rows
    return pd.DataFrame(rows)
