"""Platt scaling: logits as log odds of real rows against generated ones."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression


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
