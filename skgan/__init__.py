"""GANs as scikit-learn estimators."""

from ._augmentation_gain import AugmentationGain, augmentation_gain
from ._dcgan import DCGANGenerator
from ._features import DiscriminatorFeatures
from ._gan import GANGenerator
from ._oversampling import GANOverSampler
from ._pipeline import sample
from ._version import __version__, show_versions

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
