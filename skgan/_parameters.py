"""The rules of the parameters that all estimators have."""

from numbers import Integral, Real

import torch

from ._sklearn import Interval, StrOptions
from .losses import LOSSES
from .penalties import PENALTIES
from .refinement import METHODS

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
    "penalty_interval": [Interval(Integral, 1, None, closed="left")],
    "max_iter": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "batch_size": [Interval(Integral, 2, None, closed="left")],
    "n_critic": [Interval(Real, 0, None, closed="neither"), callable],
    "fresh_noise": ["boolean"],
    "optimizer": [StrOptions({"adam", "sgd"})],
    "learning_rate": [Interval(Real, 0, None, closed="neither")],
    "discriminator_learning_rate": [
        Interval(Real, 0, None, closed="neither"),
        None,
    ],
    "learning_rate_decay": [StrOptions({"linear"}), None],
    "betas": ["array-like"],
    "momentum": [Interval(Real, 0, 1, closed="left")],
    "averaging": [Interval(Real, 0, 1, closed="left")],
    "precision": [StrOptions({"auto", "float32", "bfloat16"})],
    "n_init": [Interval(Integral, 1, None, closed="left")],
    "validation_fraction": [Interval(Real, 0, 1, closed="left")],
    "bandwidth": [StrOptions({"auto"}), Interval(Real, 0, None, closed="neither")],
    "n_score_samples": [Interval(Integral, 1, None, closed="left")],
    "refinement": [StrOptions({"auto", *METHODS}), None],
    "device": [str, torch.device],
    "verbose": ["verbose"],
    "random_state": ["random_state"],
}
