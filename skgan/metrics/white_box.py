"""Attacks that know the model: what it says of a row that it may have learned from."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


class LacksScoreError(Exception):
    """The model cannot be asked so; says why."""


def _method(name):
    """Ask a public method of the model for one number a row."""

    def scores(model: Any, X: ArrayLike) -> NDArray:
        if not hasattr(model, name):
            raise LacksScoreError(f"the model has no {name}")
        return np.asarray(getattr(model, name)(X), dtype=np.float64)

    return scores


def _logits(model: Any, X: ArrayLike) -> NDArray:
    """Ask the discriminator, which a model that was loaded may lack."""
    fitted = _fitted(model)
    if fitted is None or fitted.discriminator is None:
        raise LacksScoreError("the model has no discriminator")
    return fitted.held_out_logits(fitted.encoder.read(X), None)


def _log_ratio(model: Any, X: ArrayLike) -> NDArray:
    """Ask the refinement, which was fitted to training rows."""
    fitted = _fitted(model)
    if fitted is None or fitted.refinement is None:
        raise LacksScoreError("the model has no refinement")
    return fitted.log_ratio(fitted.encoder.read(X))


def _fitted(model):
    """Find what a GAN has learned; None of other models."""
    return getattr(model, "_model", None)


WHITE_BOX: dict[str, Callable[[Any, ArrayLike], NDArray]] = {
    "discriminate": _method("discriminate"),
    "score_samples": _method("score_samples"),
    "logits": _logits,
    "refinement": _log_ratio,
}
