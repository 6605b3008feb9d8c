"""Measures of generated rows."""

from .parzen import (
    parzen_log_likelihood,
    parzen_log_likelihoods,
    select_bandwidth,
)

__all__ = ["parzen_log_likelihood", "parzen_log_likelihoods", "select_bandwidth"]
