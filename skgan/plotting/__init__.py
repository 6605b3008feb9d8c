"""Displays in scikit-learn's manner: ``from_...``, ``plot``, kept artists."""

from .curves import LossCurveDisplay
from .images import SampleGridDisplay
from .reports import ReportDisplay
from .tables import ColumnDisplay, TrendDisplay

__all__ = [
    "ColumnDisplay",
    "LossCurveDisplay",
    "ReportDisplay",
    "SampleGridDisplay",
    "TrendDisplay",
]
