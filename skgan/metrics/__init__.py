"""Measures of generated rows."""

from .goodfellow import goodfellow_log_likelihood
from .modes import mode_recovery
from .parzen import (
    parzen_log_likelihood,
    parzen_log_likelihoods,
    select_bandwidth,
)

__all__ = [
    "goodfellow_log_likelihood",
    "mode_recovery",
    "parzen_log_likelihood",
    "parzen_log_likelihoods",
    "select_bandwidth",
]
