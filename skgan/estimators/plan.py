"""The plan of a fit, in which nothing is left to decide, and the runs made of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from .. import _torch
from ..augmentation import augment
from ..conditions import Conditions
from ..losses import AdversarialLoss
from ..networks import Batch, dry_run, is_wide
from ..penalties import Penalty
from ..privacy import MinRows
from ..refinement import Census
from ..training import (
    BatchStream,
    LatentSampler,
    Objective,
    Ranks,
    Schedule,
    TrainingData,
    TrainingRun,
    check_sharing,
)

ALONE = Ranks()


@dataclass(frozen=True, eq=False)
class PreparedRows:
    """Training rows as runs see them, and those that are held out.

    ``data`` lives on the device; ``label_codes`` are those of training rows,
    ``held_out`` is a pair of rows as the encoder reads them and of label codes; these
    are training rows, too, unless ``is_held_out``. With early stopping ``choosing`` is
    such a pair, of other rows. ``census`` is what is counted of more rows than these.
    """

    encoder: Any
    head: Any
    conditions: Conditions
    data: TrainingData
    label_codes: np.ndarray
    held_out: tuple
    is_held_out: bool
    choosing: tuple | None
    census: Census | None = None

    @property
    def training(self):
        """Encoded training rows, by index, and their label codes."""
        encoded = self.data.encoded
        if isinstance(encoded, torch.Tensor):
            encoded = encoded.cpu().numpy()
        return encoded, self.label_codes

    @property
    def unknown(self):
        """The held-out rows and their label codes; None where training sees them."""
        return self.held_out if self.is_held_out else None


@dataclass(frozen=True, eq=False)
class TrainingOptions:
    """How networks are trained.

    ``precision`` alone may be "auto": it depends on the widths of networks that are
    still to be made. ``penalties`` are pairs (weight, penalty).
    """

    loss: AdversarialLoss
    penalties: list[tuple[float, Penalty]]
    precision: str
    augmentation: tuple[str, ...]
    schedule: Schedule
    batch_size: int
    optimizer: Callable
    learning_rates: tuple[float, float]
    ema_decay: float


@dataclass(frozen=True, eq=False)
class Plan:
    """All that runs of one fit share.

    ``make_networks()`` builds generator and discriminator with first weights on the
    CPU, by ``networks``, a partial function of sizes; ``seed`` is that of the rows
    behind scores.
    """

    device: torch.device
    seed: int
    min_rows: MinRows
    rows: PreparedRows
    latents: LatentSampler
    networks: partial
    make_networks: Callable
    training: TrainingOptions
    bandwidth: float | None
    n_centers: int
    refinement: str | None
    n_init: int


def new_run(plan: Plan, seed: int, ranks: Ranks = ALONE) -> TrainingRun:
    """A run of the plan with first weights from a seed, ready to be advanced."""
    rows, options, device = plan.rows, plan.training, plan.device
    with _torch.seeded(seed, device):
        networks = [network.float() for network in plan.make_networks()]
        networks[0].start_from(rows.data.encoded)
        rng = torch.Generator(device).manual_seed(seed)
        dry_run(
            *networks,
            plan.latents.latent_dim,
            rows.conditions.n_columns,
            options.loss,
            [penalty for _, penalty in options.penalties],
        )
        wide = any(map(is_wide, networks))
        precision = _torch.resolve_precision(options.precision, device, wide)
        networks = [network.to(device) for network in networks]
        head = networks[0].head
        part = ranks.part(options.batch_size, rng)

        def expand(encoded, codes):
            return Batch(head.expand(encoded), rows.conditions.one_hot(codes))

        run = TrainingRun(
            networks,
            BatchStream(rows.data, options.batch_size, rng, expand, part=part),
            plan.latents,
            Objective(
                options.loss,
                options.penalties,
                precision,
                _augmenter(options.augmentation, head, rng),
            ),
            options.schedule,
            optimizer=options.optimizer,
            learning_rates=options.learning_rates,
            ema_decay=options.ema_decay,
        )
        if ranks.size > 1:
            check_sharing(run)
        return run


def _augmenter(names, head, rng):
    """What changes batches before the discriminator sees them."""

    def change(batch):
        images = batch.rows.unflatten(1, head.image_shape)
        return batch._replace(rows=augment(images, names, rng).flatten(1))

    return change if names else lambda batch: batch
