"""What a fit has learned: plain, frozen objects of arrays, numbers and networks."""

from .density import Density, fit_density, log_density
from .fitted import FittedGAN
from .judging import fit_judge

__all__ = ["Density", "FittedGAN", "fit_density", "fit_judge", "log_density"]
