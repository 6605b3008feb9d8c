"""From parameters and data to one frozen plan: every "auto" is decided here, once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from .. import _torch
from ..augmentation import AUGMENTATIONS, augment
from ..conditions import (
    ConditionedRows,
    Conditions,
    auto_n_clusters,
    find_conditions,
)
from ..encoding import ImageEncoder, ScaledEncoder, TableEncoder, looks_like_pixels
from ..losses import LOSSES, AdversarialLoss
from ..networks import Batch, dry_run, is_wide, make_head
from ..penalties import weighted_penalties
from ..privacy import MIN_ROWS, MinRows
from ..training import (
    BatchStream,
    LatentSampler,
    Objective,
    Schedule,
    TrainingData,
    TrainingRun,
)
from .inputs import Inputs
from .parameters import declares_columns, learning_rates

MAX_AUTO_LATENT_DIM = 64
MAX_NUMBERS = 2**25  # in the rows behind score_samples
# max_iter="auto": so many times the root of the number of rows, within these bounds
ITER_FACTOR, MIN_ITER, MAX_ITER = 90, 3_000, 20_000
MIN_REFINED = 500  # rows of a table that refinement="auto" refines
MIN_FOR_TREES = 50  # training rows
FEW_IMAGES = 5_000  # below it, augmentation="auto" augments
# Fused: one pass over the weights instead of one for each operation
OPTIMIZERS: dict[str, Callable] = {
    "adam": partial(torch.optim.Adam, betas=(0.0, 0.99), fused=True),
    "sgd": partial(torch.optim.SGD, fused=True),
}


@dataclass(frozen=True, eq=False)
class Plan:
    """All that runs of one fit share; nothing in it is to be decided.

    ``make_networks()`` builds generator and discriminator with first weights on the
    CPU; ``precision`` alone waits for them, as it depends on their widths.
    """

    device: torch.device
    seed: int  # of the rows behind scores
    min_rows: MinRows
    encoder: Any
    conditions: Conditions
    latents: LatentSampler
    make_networks: Callable
    data: TrainingData  # on the device
    label_codes: np.ndarray  # of training rows
    held_out: tuple  # rows and label codes
    loss: AdversarialLoss
    penalties: list
    precision: str
    augmentation: tuple
    schedule: Schedule
    batch_size: int
    optimizer: Callable
    learning_rates: tuple
    ema_decay: float
    bandwidth: float | None
    n_centers: int
    refinement: str | None


def resolve(estimator, inputs: Inputs, seed, device, min_rows=MIN_ROWS) -> Plan:
    """The plan of an estimator's parameters for data.

    Raises
    ------
    ValueError
        If the data have too few rows for what a parameter asks.
    """
    encoder, training = inputs.encoder, inputs.training
    head = make_head(encoder.layout)
    rng = np.random.default_rng(seed)
    encoded = encoder.encode(inputs.rows[training], rng)
    label_codes = inputs.label_codes[training]
    conditioned = ConditionedRows(encoded, head.expand, label_codes)
    conditions, codes = _conditions(estimator, inputs, conditioned, seed, min_rows)
    latent_dim = estimator.latent_dim
    if latent_dim == "auto":
        latent_dim = min(head.n_raw, MAX_AUTO_LATENT_DIM)
    parts = encoded, codes, conditions.weights(label_codes)
    data = TrainingData(
        *(None if part is None else torch.from_numpy(part).to(device) for part in parts)
    )
    loss = estimator.loss
    loss = LOSSES[loss] if isinstance(loss, str) else AdversarialLoss(*loss)
    n_rows, bandwidth = len(encoded), estimator.bandwidth
    optimizer = estimator.optimizer
    return Plan(
        device=device,
        seed=seed,
        min_rows=min_rows,
        encoder=encoder,
        conditions=conditions,
        latents=LatentSampler(latent_dim, estimator.noise, head.n_gumbel),
        make_networks=partial(
            estimator._make_networks, head, latent_dim, conditions.n_columns
        ),
        data=data,
        label_codes=label_codes,
        held_out=(inputs.rows[inputs.held_out], inputs.label_codes[inputs.held_out]),
        loss=loss,
        penalties=penalties_of(estimator, head.variance(data.encoded)),
        precision=estimator.precision,
        augmentation=augmentation_of(estimator, n_rows),
        schedule=schedule_of(estimator, n_rows),
        batch_size=estimator.batch_size,
        optimizer=OPTIMIZERS[optimizer] if isinstance(optimizer, str) else optimizer,
        learning_rates=learning_rates(estimator.learning_rate),
        ema_decay=estimator.ema_decay,
        bandwidth=None if bandwidth == "auto" else float(bandwidth),
        n_centers=min(estimator.n_score_samples, MAX_NUMBERS // encoded.shape[1]),
        refinement=refinement_of(estimator, inputs),
    )


def new_run(plan: Plan, seed: int) -> TrainingRun:
    """A run of the plan with first weights from a seed, ready to be advanced."""
    conditions = plan.conditions
    with _torch.seeded(seed, plan.device):
        networks = plan.make_networks()
        rng = torch.Generator(plan.device).manual_seed(seed)
        for network in networks:
            network.float()
        dry_run(
            *networks,
            plan.latents.latent_dim,
            conditions.n_columns,
            plan.loss,
            [penalty for _, penalty in plan.penalties],
        )
        wide = any(map(is_wide, networks))
        precision = _torch.resolve_precision(plan.precision, plan.device, wide)
        networks = tuple(network.to(plan.device) for network in networks)
        head = networks[0].head

        def expand(encoded, codes):
            return Batch(head.expand(encoded), conditions.one_hot(codes))

        augmented = _augmenter(plan.augmentation, head, rng)
        return TrainingRun(
            networks,
            BatchStream(plan.data, plan.batch_size, rng, expand),
            plan.latents,
            Objective(plan.loss, plan.penalties, precision, augmented),
            plan.schedule,
            optimizer=plan.optimizer,
            learning_rates=plan.learning_rates,
            ema_decay=plan.ema_decay,
        )


def table_encoder(estimator, X):
    """An unfitted encoder of rows: that of the user, or the one that suits X."""
    encoder = estimator.encoder
    if encoder == "auto":
        is_scaled = looks_like_pixels(X) and not declares_columns(estimator)
        encoder = "scaled" if is_scaled else "table"
    if encoder == "scaled":
        return ScaledEncoder()
    return TableEncoder(categorical_features=estimator.categorical_features)


def image_encoder(estimator):
    """An unfitted encoder of images."""
    return ImageEncoder(image_shape=estimator.image_shape)


def schedule_of(estimator, n_rows) -> Schedule:
    """How long an estimator trains on ``n_rows`` rows, and what changes on the way."""
    max_iter = estimator.max_iter
    if max_iter == "auto":
        max_iter = min(max(int(ITER_FACTOR * n_rows**0.5), MIN_ITER), MAX_ITER)
    return Schedule(
        max_iter=max_iter,
        n_critic=estimator.n_critic,
        linear_decay=estimator.learning_rate_decay == "linear",
    )


def penalties_of(estimator, variance=1.0):
    """Pairs (weight, penalty) of an estimator's discriminator."""
    loss = estimator.loss
    names = [name for name, pair in LOSSES.items() if loss in (name, pair)]
    return weighted_penalties(
        estimator.penalty,
        estimator.penalty_weight,
        loss=next(iter(names), None),
        variance=variance,
    )


def normalization_of(estimator):
    """How a discriminator of images is normalized."""
    if estimator.normalization != "auto":
        return estimator.normalization
    is_residual = estimator.discriminator == "residual"
    return None if is_residual or penalties_of(estimator) else "batch"


def augmentation_of(estimator, n_rows):
    """Names of what is changed in images before the discriminator sees them."""
    names = getattr(estimator, "augmentation", None)
    if isinstance(names, str):
        return tuple(AUGMENTATIONS) if n_rows < FEW_IMAGES else ()
    return tuple(names or ())


def refinement_of(estimator, inputs: Inputs):
    """Whose density ratio refines samples; None is nobody's.

    Raises
    ------
    ValueError
        If trees are asked for and have too few rows.
    """
    method, n_rows = estimator.refinement, len(inputs.training)
    if method in ("trees", "both") and n_rows < MIN_FOR_TREES:
        raise ValueError(
            f"refinement={method!r} needs at least {MIN_FOR_TREES} "
            f"training rows, got {n_rows}."
        )
    if method != "auto":
        return method
    if not inputs.encoder.is_refined or n_rows < MIN_REFINED:
        return None
    # Of its training rows the discriminator knows too much to be asked
    return "both" if inputs.is_held_out else "trees"


def n_clusters_of(estimator, inputs: Inputs):
    """How many clusters are looked for; 1 is none."""
    clustering = inputs.encoder.clustering
    if estimator.n_clusters != "auto":
        return estimator.n_clusters
    if clustering is None:
        return 1
    n_labels = len(inputs.labels.classes) if inputs.labels else 1
    n_rows, per_cluster = len(inputs.training), clustering.rows_per_cluster
    return auto_n_clusters(n_rows, n_labels, per_cluster, clustering.most)


def _conditions(estimator, inputs, conditioned, seed, min_rows):
    """Labels and clusters of training rows, and their codes."""
    clustering = inputs.encoder.clustering
    return find_conditions(
        conditioned,
        n_clusters_of(estimator, inputs),
        seed,
        labels=inputs.labels,
        label_codes=inputs.label_codes,
        n_components=clustering.n_components if clustering else None,
        min_rows=min_rows,
    )


def _augmenter(names, head, rng):
    """What changes batches before the discriminator sees them."""

    def change(batch):
        images = batch.rows.unflatten(1, head.image_shape)
        return batch._replace(rows=augment(images, names, rng).flatten(1))

    return change if names else lambda batch: batch
