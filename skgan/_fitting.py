"""From an estimator's parameters to training runs, and the best of them."""

import copy
import warnings
from contextlib import contextmanager
from functools import partial
from numbers import Real

import numpy as np
import torch
from torch.nn.utils.parametrize import remove_parametrizations

from . import _torch
from .exceptions import DivergenceError
from .losses import LOSSES, AdversarialLoss
from .networks import is_wide
from .penalties import weighted_penalties
from .training import (
    COUNT_RULE,
    BatchStream,
    NoiseStream,
    Objective,
    Player,
    Schedule,
    TrainingState,
    WeightAverage,
    train,
    update_counts,
)

N_HELD_OUT_MIN, N_HELD_OUT_MAX = 5, 1_000
N_LABELLED_MIN = 10  # rows of a label from which some are held out
# max_iter="auto": so many times the root of the number of rows, within these bounds
ITER_FACTOR, MIN_ITER, MAX_ITER = 90, 3_000, 20_000


def hold_out(n_rows, fraction, random_state, label_codes):
    """Indices of training and of held-out rows; the same where there are too few.

    Of each label at most that fraction is held out, and nothing if it has few rows.

    Raises
    ------
    ValueError
        If fewer than two rows are left for training.
    """
    order = random_state.permutation(n_rows)
    counts = np.bincount(label_codes)
    quota = (fraction * counts).astype(int)
    if len(counts) > 1:
        quota[counts < N_LABELLED_MIN] = 0
    by_label = order[np.argsort(label_codes[order], kind="stable")]
    first = np.cumsum(counts) - counts  # of each label among these
    rank = np.empty(n_rows, dtype=int)
    rank[by_label] = np.arange(n_rows) - np.repeat(first, counts)
    may_go = (rank < quota[label_codes])[order]
    n_held_out = min(int(may_go.sum()), N_HELD_OUT_MAX)
    if n_held_out < N_HELD_OUT_MIN:
        return np.arange(n_rows), order[:N_HELD_OUT_MAX]
    order = np.concatenate([order[may_go], order[~may_go]])
    n_left = n_rows - n_held_out
    if n_left < 2:
        raise ValueError(
            f"validation_fraction={fraction} leaves {n_left} of {n_rows} rows for "
            "training, which needs at least 2."
        )
    return order[n_held_out:], order[:n_held_out]


def best_start(start, n_init, report):
    """The attributes of the best of ``n_init`` starts, of which some may diverge.

    ``start()`` trains once and returns the attributes.

    Raises
    ------
    DivergenceError
        If all starts diverge.
    """
    starts, diverged = [], []
    while len(starts) + len(diverged) < n_init and not report.stopped:
        try:
            starts.append(start())
        except DivergenceError as error:
            diverged.append(error)
        except KeyboardInterrupt:
            if not starts:
                raise
            report.interrupt()
    if not starts:
        raise diverged[0]
    if diverged:
        warnings.warn(
            f"{len(diverged)} of {n_init} starts diverged and were left out.",
            stacklevel=4,  # the line that called fit
        )
    return max(starts, key=lambda attributes: attributes["validation_score_"])


def run_training(estimator, networks, noise, data, conditions, rng, report):
    """Train a pair of networks on rows; returns the ``TrainingState``.

    ``data`` ``(n, n_compact + n_blocks)``, compact rows and the codes of their
    conditions, and ``rng`` live on the device. Ctrl-C ends training early and keeps the
    state.
    """
    for network in networks:
        network.float()
    n_compact = data.shape[1] - len(conditions.sizes)
    augment = estimator._make_augment(networks[0].head, len(data), rng)
    objective = _objective(estimator, networks, data[:, :n_compact], augment)
    _rehearse(*networks, objective)
    generator, discriminator = (net.to(data.device).train() for net in networks)
    open_rows = conditions.opener(generator.head.open)
    rate = estimator.learning_rate
    state = TrainingState(
        _player("generator", generator, rate, estimator),
        _player(
            "discriminator",
            discriminator,
            estimator.discriminator_learning_rate or rate,
            estimator,
        ),
        WeightAverage(generator, estimator.averaging),
    )
    try:
        report.start()
        train(
            state,
            BatchStream(
                data,
                estimator.batch_size,
                rng,
                open_rows,
                conditions.weights(data[:, n_compact:]),
            ),
            NoiseStream(noise, rng),
            objective,
            schedule_of(estimator, len(data)),
            report,
            report.intervals,
        )
    except KeyboardInterrupt:
        if not state.iteration:
            raise
        report.interrupt()
    return state


def settle_average(state, noise, conditions, batch_size, seed):
    """Statistics of batch normalisation for the averaged weights, from fresh noise."""
    device = next(state.average.module.parameters()).device
    rng = torch.Generator(device).manual_seed(seed)
    numpy_rng = np.random.default_rng(seed)

    def draw_noise():
        labels = conditions.draw_labels(batch_size, numpy_rng, as_trained=True)
        codes = conditions.draw(labels, numpy_rng)
        return noise.draw(conditions.one_hot(torch.tensor(codes, device=device)), rng)

    state.average.settle(draw_noise)


def schedule_of(estimator, n_rows):
    """How long an estimator trains on ``n_rows`` rows, and what changes on the way."""
    max_iter = estimator.max_iter
    if max_iter == "auto":
        max_iter = min(max(int(ITER_FACTOR * n_rows**0.5), MIN_ITER), MAX_ITER)
    return Schedule(
        max_iter=max_iter,
        n_critic=estimator.n_critic,
        linear_decay=estimator.learning_rate_decay == "linear",
        fresh_noise=estimator.fresh_noise,
        penalty_interval=estimator.penalty_interval,
    )


@contextmanager
def all_or_nothing(estimator):
    """Put all attributes back as they were if the block fails."""

    def attributes():  # scikit-learn takes down those of its callbacks itself
        return {k: v for k, v in vars(estimator).items() if "callback" not in k}

    before = attributes()
    try:
        yield
    except BaseException:
        for name in attributes():
            delattr(estimator, name)
        vars(estimator).update(before)
        raise


def check_options(estimator):
    """Refuse, before any work, what the constraints of scikit-learn cannot express.

    Raises
    ------
    ValueError
        If ``betas``, ``n_critic``, ``loss`` or ``penalty`` break a rule; the message
        says which.
    """
    betas = estimator.betas
    if len(betas) != 2 or not all(isinstance(b, Real) and 0 <= b < 1 for b in betas):
        raise ValueError(
            f"betas must be two numbers in the range [0, 1), got {tuple(betas)!r}."
        )
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


def _player(name, network, rate, estimator):
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    if not weights:
        raise ValueError(f"{name} must have weights that require a gradient, got none.")
    # Fused: one pass over the weights instead of one for each operation
    if estimator.optimizer == "adam":
        betas = tuple(map(float, estimator.betas))
        optimizer = torch.optim.Adam(weights, rate, betas, fused=True)
    else:
        optimizer = torch.optim.SGD(weights, rate, estimator.momentum, fused=True)
    return Player(network, optimizer, rate)


def penalties_of(estimator, variance=1.0):
    """Pairs (weight, penalty) of an estimator's discriminator."""
    loss = _loss_of(estimator)
    return weighted_penalties(
        estimator.penalty,
        estimator.penalty_weight,
        loss=next((name for name, pair in LOSSES.items() if pair == loss), None),
        variance=variance,
    )


def _loss_of(estimator):
    own = estimator.loss
    return LOSSES[own] if isinstance(own, str) else AdversarialLoss(*own)


def _objective(estimator, networks, data, augment):
    penalties = penalties_of(estimator, networks[0].head.variance(data))
    wide = any(map(is_wide, networks))
    precision = _torch.resolve_precision(estimator.precision, data.device, wide)
    return Objective(_loss_of(estimator), penalties, precision, augment)


def _rehearse(generator, discriminator, objective):
    """Call once all that a user may have written, so that a wrong shape is named."""
    generator.eval(), discriminator.eval()  # neither dropout nor batch statistics act
    n_inputs, head = generator.n_inputs, generator.head
    n_seen = getattr(generator.network, "n_seen", n_inputs)  # fewer if embedded
    _expect(
        f"generator must map latents of shape (2, {n_seen}) to shape "
        f"{(2, *head.raw_shape)}",
        lambda: generator.network(torch.zeros(2, n_inputs)),
        [(2, *head.raw_shape)],
    )
    fake = generator(torch.zeros(2, n_inputs + head.n_noise)).detach()
    seen = head.seen_shape(n_inputs - generator.latent_dim)
    logits = _expect(
        f"discriminator must map {head.name} of shape {(2, *seen)} to one logit each",
        lambda: discriminator(fake),
        [(2,), (2, 1), (2, 1, 1, 1)],
    ).flatten()
    for function in objective.loss:
        rule = "loss must be functions that return tensors of shape ()"
        _expect(rule, partial(function, logits, logits), [()])
    for _, penalty in objective.penalties:
        rule = "penalty must return a tensor of shape ()"
        _expect(rule, partial(penalty, discriminator, fake, fake), [()])


def _expect(rule, call, shapes):
    """What a call returns if it is a tensor of one of the shapes."""
    try:
        value = call()
    except Exception as error:  # of a function that a user wrote
        raise ValueError(f"{rule}, but it raised: {error}") from error
    if not torch.is_tensor(value):
        raise ValueError(f"{rule}, got {value!r}.")
    if value.shape not in shapes:
        raise ValueError(f"{rule}, got shape {tuple(value.shape)}.")
    return value


def snapshot(module):
    """A frozen copy of a network on the CPU, in eval mode, without gradients."""
    copied = copy.deepcopy(module).cpu().eval().requires_grad_(False)
    copied.zero_grad()
    for part in copied.modules():  # what computes weights anew cannot be pickled
        for name in list(getattr(part, "parametrizations", {})):
            remove_parametrizations(part, name)
    return copied
