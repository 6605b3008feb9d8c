"""GANs as scikit-learn estimators."""

from ._dcgan import DCGANGenerator
from ._features import DiscriminatorFeatures
from ._gan import GANGenerator
from ._oversampling import GANOverSampler
from ._pipeline import sample
from ._version import __version__, show_versions

__all__ = [
    "DCGANGenerator",
    "DiscriminatorFeatures",
    "GANGenerator",
    "GANOverSampler",
    "__version__",
    "sample",
    "show_versions",
]
