"""From a training run to what is learned: averaging, scores, refinement."""

import copy
import math
from dataclasses import replace

import numpy as np
import torch
from torch.nn.utils.parametrize import remove_parametrizations

from ..exceptions import DivergenceError
from ..model import (
    FittedGAN,
    fit_density,
    fit_judge,
    refinement_of,
    training_report,
)
from ..model.density import draw_centers
from ..networks import log_shares_of
from ..refinement import effort
from ..training import TrainingRun
from .plan import Plan

# Rows whose shares are raked: so many for each of training, and in all
PER_ROW, MAX_RAKED, MAX_LOGITS = 10, 10_000, 2**23


def snapshot(run: TrainingRun, plan: Plan, effort: float = 1.0) -> FittedGAN:
    """What a run has learned so far: enough to sample, without scores.

    An effort below 1 settles statistics and shares by fewer generated rows.
    """
    state = run.state
    state.average.update_bn_statistics(_latents(plan), effort)
    generator = frozen(state.average.module)
    _rake(generator, plan, effort)
    return FittedGAN(
        encoder=plan.rows.encoder,
        conditions=plan.rows.conditions,
        latents=plan.latents,
        generator=generator,
        discriminator=frozen(state.discriminator.network),
        networks=plan.networks,
        seed=plan.seed,
        loss_curve=state.loss_curve().numpy(),
        max_iter=run.schedule.max_iter,
    )


def scored(model: FittedGAN, plan: Plan) -> FittedGAN:
    """The model with its density, held-out score and judge.

    Raises
    ------
    DivergenceError
        If generated rows are not finite; refined ones are then, too.
    """
    centers = draw_centers(model, plan.n_centers, plan.device)
    if not np.isfinite(centers).all():
        raise DivergenceError(len(model.loss_curve) - 1)
    rows, label_codes = plan.rows.held_out
    density, score = fit_density(model, centers, rows, plan.bandwidth, plan.device)
    del centers  # of images they are much
    # Of rows before refinement, which does not change it
    judge = model.judge or fit_judge(
        model, plan.rows.training, plan.rows.unknown, plan.min_rows, plan.device
    )
    return replace(model, density=density, validation_score=score, judge=judge)


def refined(model: FittedGAN, plan: Plan) -> FittedGAN:
    """The model with the refinement that the plan asks for, and its scores."""
    method, device = plan.refinement, plan.device
    if method is None:
        return model
    logits = None
    if method != "trees":
        logits = model.held_out_logits(*plan.rows.held_out, device)
    refinement, rate = refinement_of(
        model,
        method,
        plan.rows.training,
        plan.min_rows,
        held_out_logits=logits,
        share=effort(len(model.loss_curve)),
        census=plan.rows.census,
        device=device,
    )
    changes = {"refinement": refinement, "refinement_method": method}
    return scored(replace(model, acceptance_rate=rate, **changes), plan)


def reported(model: FittedGAN, plan: Plan) -> FittedGAN:
    """The model with its report on the fit."""
    rows, loss = plan.rows, plan.training.loss
    report = training_report(model, rows.training, rows.unknown, loss, plan.device)
    return replace(model, training_report=report)


def frozen(module):
    """A copy of a network on the CPU, in eval mode, without gradients."""
    return freeze(copy.deepcopy(module).cpu())


def freeze(module):
    """The network itself in eval mode, without gradients."""
    module.eval().requires_grad_(False).zero_grad()
    for part in module.modules():  # what computes weights anew cannot be pickled
        for name in list(getattr(part, "parametrizations", {})):
            part.__class__ = _same_class(type(part))  # whose property is deleted
            remove_parametrizations(part, name)
    return module


def _rake(generator, plan, effort):
    """Give the classes of generated rows the shares that they have in training."""
    rows, head = plan.rows, generator.head
    encoded, n_classes = rows.data.encoded, head.n_gumbel
    if rows.census is None:
        log_shares = head.log_shares(encoded)
    else:
        counts = torch.from_numpy(rows.census.class_counts)
        log_shares = log_shares_of(counts, rows.census.n_rows)
    n = min(PER_ROW * len(encoded), MAX_RAKED, MAX_LOGITS // max(n_classes, 1))
    n = math.ceil(effort * n)
    rng, conditions = np.random.default_rng([plan.seed, 6]), rows.conditions
    codes = torch.tensor(conditions.draw(conditions.draw_labels(n, rng), rng))
    noise = torch.Generator().manual_seed(plan.seed)
    generator.rake(log_shares, plan.latents.draw(conditions.one_hot(codes), noise))


def _same_class(cls):
    """A class like the one that torch makes for parametrizations, and copies share."""
    own = {k: v for k, v in vars(cls).items() if k not in ("__dict__", "__weakref__")}
    return type(cls.__name__, cls.__bases__, own)


def _latents(plan):
    """A function that draws latents for a batch, with fresh noise of its own."""
    rng = torch.Generator(plan.device).manual_seed(plan.seed)
    numpy_rng = np.random.default_rng(plan.seed)
    conditions, batch_size = plan.rows.conditions, plan.training.batch_size

    def draw():
        labels = conditions.draw_labels(batch_size, numpy_rng, in_batches=True)
        codes = torch.tensor(conditions.draw(labels, numpy_rng), device=plan.device)
        return plan.latents.draw(conditions.one_hot(codes), rng)

    return draw
