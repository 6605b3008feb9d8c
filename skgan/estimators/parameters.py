"""The rules of parameters: those of each, and those between several."""

from collections.abc import Sequence
from numbers import Integral, Real

import torch

from .._sklearn import Interval, StrOptions
from ..augmentation import check_names
from ..encoding import ImageEncoder
from ..losses import LOSSES
from ..penalties import PENALTIES, weighted_penalties
from ..refinement import METHODS
from ..training import COUNT_RULE, update_counts

SHARED_CONSTRAINTS: dict = {
    "latent_dim": [
        StrOptions({"auto"}),
        Interval(Integral, 1, None, closed="left"),
    ],
    "noise": [StrOptions({"normal", "uniform"})],
    "class_conditional": ["boolean"],
    "n_clusters": [
        StrOptions({"auto"}),
        Interval(Integral, 1, None, closed="left"),
    ],
    "loss": [StrOptions(set(LOSSES)), tuple],
    "penalty": [StrOptions({"auto", *PENALTIES}), callable, list, tuple, None],
    "penalty_weight": [
        StrOptions({"auto"}),
        Interval(Real, 0, None, closed="left"),
    ],
    "max_iter": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "max_time": [Interval(Real, 0, None, closed="neither"), None],
    "batch_size": [Interval(Integral, 2, None, closed="left")],
    "n_critic": [Interval(Real, 0, None, closed="neither"), callable],
    "optimizer": [StrOptions({"adam", "sgd"}), callable],
    "learning_rate": [Interval(Real, 0, None, closed="neither"), tuple, list],
    "learning_rate_decay": [StrOptions({"linear"}), None],
    "ema_decay": [Interval(Real, 0, 1, closed="left")],
    "precision": [StrOptions({"auto", "float32", "bfloat16"})],
    "n_init": [Interval(Integral, 1, None, closed="left")],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="left")],
    "bandwidth": [StrOptions({"auto"}), Interval(Real, 0, None, closed="neither")],
    "n_score_samples": [Interval(Integral, 1, None, closed="left")],
    "refinement": [StrOptions({"auto", *METHODS}), None],
    "device": [str, torch.device],
    "warm_start": ["boolean"],
    "verbose": ["verbose"],
    "random_state": ["random_state"],
}


def check_n_samples(n_samples):
    """Refuse a number of rows to draw that is none."""
    if not isinstance(n_samples, Integral) or n_samples < 1:
        raise ValueError(
            f"n_samples must be an integer in the range [1, inf), got {n_samples!r}."
        )


def check_training(estimator):
    """Refuse, before any work, what the constraints of scikit-learn cannot express.

    Raises
    ------
    ValueError
        If ``learning_rate``, ``n_critic``, ``loss`` or ``penalty`` break a rule, or an
        integer is larger than 64 bits hold; the message says which.
    """
    _check_magnitudes(estimator)
    learning_rates(estimator.learning_rate)
    n_critic = estimator.n_critic
    if not callable(n_critic) and update_counts(n_critic) is None:
        raise ValueError(f"n_critic must be {COUNT_RULE}, got {n_critic!r}.")
    loss = estimator.loss
    if not isinstance(loss, str) and not (len(loss) == 2 and all(map(callable, loss))):
        raise ValueError(
            "loss must be the name of a loss or a pair of functions (discriminator, "
            f"generator), got {loss!r}."
        )
    weighted_penalties(estimator.penalty, "auto", loss=None, variance=1.0)


def _check_magnitudes(estimator):
    """Refuse integers that neither arrays nor floats hold."""
    for name, value in estimator.get_params(deep=False).items():
        for number in value if isinstance(value, list | tuple) else [value]:
            if isinstance(number, Integral) and not -(2**63) <= number < 2**63:
                raise ValueError(
                    f"{name} must be below 2**63, got an integer of "
                    f"{int(number).bit_length()} bits."
                )


def learning_rates(learning_rate):
    """The rates of generator and discriminator, of one number or of a pair.

    Raises
    ------
    ValueError
        If it is a sequence of something else than two positive numbers.
    """
    if not isinstance(learning_rate, Sequence):
        learning_rate = learning_rate, learning_rate
    is_right = len(learning_rate) == 2 and all(
        isinstance(rate, Real) and 0 < rate < float("inf") for rate in learning_rate
    )
    if not is_right:
        raise ValueError(
            "learning_rate must be a positive number, or a pair of them (generator, "
            f"discriminator), got {learning_rate!r}."
        )
    return tuple(learning_rate)


def check_table(estimator):
    """Refuse encoders of images, and a choice of columns beside one that has its own.

    Raises
    ------
    ValueError
        If ``encoder`` is for images, or if ``categorical_features`` is given and it is
        no table.
    """
    encoder = estimator.encoder
    if isinstance(encoder, ImageEncoder):
        raise ValueError(
            "encoder must be one of rows, of images DCGANGenerator learns, got "
            f"{encoder!r}."
        )
    if declares_columns(estimator) and encoder not in ("auto", "table"):
        hint = "" if encoder == "scaled" else ": give it to the encoder itself"
        raise ValueError(
            "categorical_features needs encoder='table', got "
            f"encoder={encoder!r}{hint}."
        )


def declares_columns(estimator):
    """Whether the user says which columns are categories."""
    declared = estimator.categorical_features
    return not (isinstance(declared, str) and declared == "from_dtype")


def check_images(estimator):
    """Refuse combinations of options of images that contradict each other.

    Raises
    ------
    ValueError
        If ``augmentation`` or ``normalization`` break a rule; the message says which.
    """
    check_names(estimator.augmentation)
    own, discriminator = estimator.normalization, estimator.discriminator
    if own == "batch" and discriminator == "residual":
        raise ValueError(
            "normalization='batch' needs discriminator='dcgan', got 'residual'."
        )
    if own != "auto" and callable(discriminator):
        raise ValueError(
            "normalization must be 'auto' with a discriminator of your own, which "
            f"normalizes as it likes, got {own!r}."
        )
