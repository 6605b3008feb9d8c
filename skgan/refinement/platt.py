"""Platt scaling: logits as log odds of real rows against generated ones."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from ..storage import stored
from ..storage.fields import number

# Slope and intercept before rows are looked at, and their standard deviation: few trees
# that learn slowly say about half of what they should
PRIOR, SPREAD = np.array([2.0, 0.0]), 0.5
N_NEWTON = 10


@stored("platt_scaling/1", slope=number(), intercept=number())
@dataclass(frozen=True)
class PlattScaling:
    """Two floats that make probabilities of logits (Platt 1999)."""

    slope: float
    intercept: float

    def predict(self, logits):
        """The probability that each row is real, float64 ``(n,)``."""
        return expit(self.slope * logits + self.intercept)


def fit_platt_scaling(real, generated):
    """The scaling of the logits of real and of generated rows, ``(n,)`` each.

    Both sides weigh the same: one half means as likely real as generated.
    """
    logits = np.concatenate([real, generated])
    scale = logits.std() or 1.0
    model = LogisticRegression(class_weight="balanced")
    sides = np.repeat([1, 0], [len(real), len(generated)])
    model.fit(logits[:, None] / scale, sides)
    return PlattScaling(float(model.coef_[0, 0] / scale), float(model.intercept_[0]))


def fit_with_prior(real, generated):
    """The scaling of log ratios, near that expected unless many rows say otherwise.

    The most likely one under normal priors (Newton's method). Both sides weigh as much
    as there are real rows, of which there may be none.

    Parameters
    ----------
    real, generated : pair of ndarray of shape (n,)
        Log ratios, and what is to be added to the log odds in any case.

    Returns
    -------
    PlattScaling
        Its slope is at least 0: what says less than nothing of new rows is not asked.
    """
    ratios, offsets = map(np.concatenate, zip(real, generated, strict=True))
    n_real, n_generated = len(real[0]), len(generated[0])
    sides = np.repeat([1.0, 0.0], [n_real, n_generated])
    weights = np.where(sides, 1.0, n_real / n_generated)
    design = np.column_stack([ratios, np.ones(len(ratios))])  # (n, 2)
    found = PRIOR
    for _ in range(N_NEWTON):
        chance = expit(design @ found + offsets)
        slope = design.T @ (weights * (chance - sides)) + (found - PRIOR) / SPREAD**2
        curve = (design.T * (weights * chance * (1 - chance))) @ design
        found = found - np.linalg.solve(curve + np.eye(2) / SPREAD**2, slope)
    if found[0] < 0:
        return PlattScaling(0.0, 0.0)
    return PlattScaling(float(found[0]), float(found[1]))
