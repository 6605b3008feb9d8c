"""The estimators: what scikit-learn sees."""

from .features import DiscriminatorFeatures
from .image import DCGANGenerator
from .oversampling import GANOverSampler
from .refined import RefinedGenerator
from .table import GANGenerator

__all__ = [
    "DCGANGenerator",
    "DiscriminatorFeatures",
    "GANGenerator",
    "GANOverSampler",
    "RefinedGenerator",
]
