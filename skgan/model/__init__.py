"""What a fit has learned: plain, frozen objects of arrays, numbers and networks."""

from .calibration import fit_calibration
from .density import Density, fit_density, log_density
from .fitted import FittedGAN

__all__ = ["Density", "FittedGAN", "fit_calibration", "fit_density", "log_density"]
