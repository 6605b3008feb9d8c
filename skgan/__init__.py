"""GANs as scikit-learn estimators."""

from ._version import __version__, show_versions
from .estimators import (
    DCGANGenerator,
    DiscriminatorFeatures,
    GANGenerator,
    GANOverSampler,
)
from .model_selection.augmentation_gain import augmentation_gain
from .model_selection.gains import AugmentationGain
from .model_selection.pipeline import sample

__all__ = [
    "AugmentationGain",
    "DCGANGenerator",
    "DiscriminatorFeatures",
    "GANGenerator",
    "GANOverSampler",
    "__version__",
    "augmentation_gain",
    "sample",
    "show_versions",
]
