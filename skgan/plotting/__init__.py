"""Displays in scikit-learn's manner: ``from_...``, ``plot``, kept artists."""

from .curves import LossCurveDisplay
from .gains import AugmentationGainDisplay
from .images import SampleGridDisplay
from .membership import MembershipDisplay
from .nearest import NearestImagesDisplay
from .reports import ReportDisplay
from .tables import ColumnDisplay, TrendDisplay
from .walks import InterpolationDisplay

__all__ = [
    "AugmentationGainDisplay",
    "ColumnDisplay",
    "InterpolationDisplay",
    "LossCurveDisplay",
    "MembershipDisplay",
    "NearestImagesDisplay",
    "ReportDisplay",
    "SampleGridDisplay",
    "TrendDisplay",
]
