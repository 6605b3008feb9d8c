"""Pipelines, searches, and whether generated rows help a classifier."""

from .augmentation_gain import augmentation_gain
from .gains import AugmentationGain, Gain
from .pipeline import sample

__all__ = ["AugmentationGain", "Gain", "augmentation_gain", "sample"]
