"""From parameters and data to one frozen plan: every "auto" is decided here, once."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch

from ..augmentation import AUGMENTATIONS
from ..conditions import ConditionedRows, auto_n_clusters, find_conditions
from ..encoding import (
    ImageEncoder,
    ScaledEncoder,
    TableEncoder,
    encode_rows,
    looks_like_pixels,
)
from ..losses import LOSSES, AdversarialLoss
from ..networks import make_head
from ..penalties import weighted_penalties
from ..privacy import MIN_ROWS
from ..training import LatentSampler, Schedule, training_data
from .inputs import MAX_HELD_OUT, MIN_HELD_OUT, Inputs
from .parameters import declares_columns, learning_rates
from .plan import Plan, PreparedRows, TrainingOptions
from .stopping import halves, stopping_of

MAX_AUTO_LATENT_DIM = 64
MAX_NUMBERS = 2**23  # in the rows behind score_samples
MAX_HELD_NUMBERS = 2**22  # in held-out rows, of which some are used if more
# max_iter="auto": so many times the root of the number of rows, within these bounds;
# of a table no more than it has rows, which are 256 passes, but at least so many
ITER_FACTOR, MIN_ITER, MAX_ITER = 90, 3_000, 20_000
MIN_TABLE_ITER = 300
MIN_REFINED = 500  # rows of a table that refinement="auto" refines
MIN_FOR_TREES = 50  # training rows
FEW_IMAGES = 5_000  # below it, augmentation="auto" augments
# Fused: one pass over the weights instead of one for each operation
OPTIMIZERS: dict[str, Callable] = {
    "adam": partial(torch.optim.Adam, betas=(0.0, 0.99), fused=True),
    "sgd": partial(torch.optim.SGD, fused=True),
}


def resolve(
    estimator, inputs: Inputs, seed, device, min_rows=MIN_ROWS, conditions=None
) -> Plan:
    """The plan of an estimator's parameters for data.

    ``conditions`` are those of the fit that goes on; None finds them.

    Raises
    ------
    ValueError
        If the data have too few rows for what a parameter asks.
    """
    rows = prepare_rows(estimator, inputs, seed, device, min_rows, conditions)
    encoded, head = rows.data.encoded, rows.head
    latent_dim = estimator.latent_dim
    if latent_dim == "auto":
        latent_dim = min(head.n_raw, MAX_AUTO_LATENT_DIM)
    n_conditions, bandwidth = rows.conditions.n_columns, estimator.bandwidth
    networks = estimator._networks(head)
    return Plan(
        device=device,
        seed=seed,
        min_rows=min_rows,
        rows=rows,
        latents=LatentSampler(latent_dim, estimator.noise, head.n_gumbel),
        networks=networks,
        make_networks=partial(networks, head, latent_dim, n_conditions),
        training=training_options(estimator, head, encoded),
        bandwidth=None if bandwidth == "auto" else float(bandwidth),
        n_centers=min(estimator.n_score_samples, MAX_NUMBERS // encoded.shape[1]),
        refinement=refinement_of(estimator, inputs),
        n_init=estimator.n_init,
    )


def prepare_rows(
    estimator, inputs: Inputs, seed, device, min_rows, conditions=None
) -> PreparedRows:
    """Encode the training rows, find their conditions, and move both to the device."""
    encoder, clustering = inputs.encoder, inputs.encoder.clustering
    head, rng = make_head(encoder.layout), np.random.default_rng(seed)
    encoded = encode_rows(encoder, inputs.rows, inputs.training, rng)
    label_codes = inputs.label_codes[inputs.training]
    conditioned = ConditionedRows(encoded, head.expand, label_codes)
    if conditions is None:
        conditions, codes = find_conditions(
            conditioned,
            n_clusters_of(estimator, inputs),
            seed,
            labels=inputs.labels,
            label_codes=inputs.label_codes,
            label_counts=inputs.census and inputs.census.label_counts,
            n_components=clustering.n_components if clustering else None,
            min_rows=min_rows,
        )
    else:
        codes = conditions.codes(conditioned)
    weights = conditions.weights(label_codes)  # None if all are alike
    data = training_data(encoded, codes, weights, device)
    most, choosing = MAX_HELD_NUMBERS // encoded.shape[1], None
    most = min(max(most, MIN_HELD_OUT), MAX_HELD_OUT)
    held_out = inputs.held_out_rows(slice(most))
    if stopping_of(estimator) is not None:
        choosing, held_out = map(inputs.held_out_rows, halves(inputs, most))
    return PreparedRows(
        encoder,
        head,
        conditions,
        data,
        label_codes,
        held_out,
        inputs.is_held_out,
        choosing,
        inputs.census,
    )


def training_options(estimator, head, encoded) -> TrainingOptions:
    """How networks are trained on encoded rows."""
    loss, optimizer, n_rows = estimator.loss, estimator.optimizer, len(encoded)
    return TrainingOptions(
        loss=LOSSES[loss] if isinstance(loss, str) else AdversarialLoss(*loss),
        penalties=penalties_of(estimator, head.variance(encoded)),
        precision=estimator.precision,
        augmentation=augmentation_of(estimator, n_rows),
        schedule=schedule_of(estimator, n_rows, is_table=head.n_gumbel > 0),
        batch_size=estimator.batch_size,
        optimizer=OPTIMIZERS[optimizer] if isinstance(optimizer, str) else optimizer,
        learning_rates=learning_rates(estimator.learning_rate),
        ema_decay=estimator.ema_decay,
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


def generator_of(estimator, head):
    """The generator of rows: its name, or the user's function."""
    if estimator.generator != "auto":
        return estimator.generator
    return "residual" if head.n_gumbel else "mlp"


def schedule_of(estimator, n_rows, *, is_table) -> Schedule:
    """How long an estimator trains on ``n_rows`` rows, and what changes on the way."""
    max_iter = estimator.max_iter
    if max_iter == "auto":
        max_iter = min(max(int(ITER_FACTOR * n_rows**0.5), MIN_ITER), MAX_ITER)
        if is_table:
            max_iter = min(max_iter, max(n_rows, MIN_TABLE_ITER))
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
    # Not the discriminator, which knows its training rows by heart
    return "trees" if inputs.encoder.is_refined and n_rows >= MIN_REFINED else None


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
