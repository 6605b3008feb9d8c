"""Fits that several processes do together, and one alone: what each learns.

    python tests/rank_cases.py OUT CASE ...

writes what the process that a launcher started has learned to the file OUT.RANK.
"""

import pickle
import sys
from functools import partial

import numpy as np
import pandas as pd
from torch import nn

import skgan
from skgan import DCGANGenerator, GANGenerator
from skgan.networks.mlp import mlp_discriminator

SMALL = {"max_iter": 200, "batch_size": 31, "n_score_samples": 200, "random_state": 3}
ROWS = SMALL | {"hidden_layer_sizes": (16, 16)}


def table(n_rows=300):
    """A frame of a word, a number and a count, and labels."""
    rng = np.random.default_rng(0)
    size = np.where(rng.random(n_rows) < 0.2, np.nan, rng.lognormal(size=n_rows))
    words = rng.choice([*"abcd"], n_rows)
    frame = pd.DataFrame({"word": words, "size": size, "n": rng.poisson(2, n_rows)})
    return frame, rng.choice(["few", "many"], n_rows, p=[0.2, 0.8])


def numbers(n_rows=300):
    return np.random.default_rng(0).normal(size=(n_rows, 3)), None


def images(n_rows=64):
    rng = np.random.default_rng(0)
    return rng.random((n_rows, 8, 8, 1)), rng.integers(2, size=n_rows)


def normalized(n_inputs):
    """Batch normalization and dropout in a discriminator, with gradient penalties."""
    return nn.Sequential(
        nn.Linear(n_inputs, 16, bias=False),
        nn.BatchNorm1d(16),
        nn.SiLU(),
        nn.Dropout(0.2),
        nn.Linear(16, 1),
    )


dropped = partial(mlp_discriminator, hidden_layer_sizes=(16,), dropout=0.3)

CASES = {
    # Labels, clusters, batch normalization, lazy penalties with second gradients
    "table": (
        GANGenerator(**ROWS, class_conditional=True, n_clusters=3, refinement="trees"),
        table,
    ),
    # Gradients of gradients through batch normalization, and torch's dropout
    "second": (
        GANGenerator(
            **ROWS,
            discriminator=normalized,
            encoder="scaled",
            loss="relativistic",
            penalty=["r1", "interpolated"],
            penalty_weight=0.1,
            optimizer="sgd",
            learning_rate=0.02,
        ),
        numbers,
    ),
    "images": (
        DCGANGenerator(
            **SMALL | {"max_iter": 30},
            base_channels=4,
            class_conditional=True,
            loss="non_saturating",
            augmentation=("color", "cutout"),
        ),
        images,
    ),
}


def learned(gan, X, y):
    """What can be told of a fit."""
    gan.fit(X, y)
    rows = gan.sample(500, random_state=0)
    return {
        "losses": gan.loss_curve_,
        "samples": rows,
        "score": gan.validation_score_,
    }


def run(name):
    """What a case learns."""
    gan, data = CASES[name]
    return learned(gan, *data())


def main(out, *names):
    with skgan.distributed():
        found = {name: run(name) for name in names}
        import torch.distributed as dist

        with open(f"{out}.{dist.get_rank()}", "wb") as file:
            pickle.dump(found, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
