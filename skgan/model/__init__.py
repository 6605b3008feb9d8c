"""What a fit has learned: plain, frozen objects of arrays, numbers and networks."""

from .density import Density, FixedDensity, fit_density, log_density
from .fitted import FittedGAN
from .judging import fit_judge
from .training_report import training_report, warn_of

__all__ = [
    "Density",
    "FittedGAN",
    "FixedDensity",
    "fit_density",
    "fit_judge",
    "log_density",
    "training_report",
    "warn_of",
]
