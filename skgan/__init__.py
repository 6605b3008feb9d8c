"""GANs as scikit-learn estimators."""

from ._augmentation_gain import AugmentationGain, augmentation_gain
from ._pipeline import sample
from ._version import __version__, show_versions
from .estimators import (
    DCGANGenerator,
    DiscriminatorFeatures,
    GANGenerator,
    GANOverSampler,
)

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
