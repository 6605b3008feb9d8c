"""The one import point for scikit-learn's private names.

Third-party estimators rely on them for want of a public equivalent; if one moves, this
file is the only one to change.
"""

from sklearn.calibration import _SigmoidCalibration as SigmoidCalibration
from sklearn.utils._param_validation import Interval, Options, StrOptions

__all__ = ["Interval", "Options", "SigmoidCalibration", "StrOptions"]
