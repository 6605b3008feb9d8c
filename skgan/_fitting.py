"""From an estimator's parameters to one training run, and what is told about it."""

import copy
import warnings

import torch

from . import _torch
from .losses import LOSSES, AdversarialLoss
from .penalties import weighted_penalties
from .training import (
    BLOCK_SIZE,
    BatchStream,
    NoiseStream,
    Objective,
    Player,
    Progress,
    Schedule,
    TrainingState,
    WeightAverage,
    train,
)

# max_iter="auto": passes over the rows, within these numbers of iterations
N_PASSES, MIN_ITER, MAX_ITER = 60, 3_000, 15_000


def run_training(estimator, networks, latent_dim, data, rng, report):
    """Train a pair of networks on encoded rows; returns the ``TrainingState``.

    ``data`` ``(n, n_outputs)`` and ``rng`` live on the device. Ctrl-C ends training
    early and keeps the state.
    """
    generator, discriminator = (net.to(data.device).train() for net in networks)
    rate = estimator.learning_rate
    state = TrainingState(
        _player(generator, rate, estimator),
        _player(
            discriminator, estimator.discriminator_learning_rate or rate, estimator
        ),
        WeightAverage(generator, estimator.averaging),
    )
    noise_shape = (estimator.batch_size, latent_dim)
    try:
        report.start()
        train(
            state,
            BatchStream(data, estimator.batch_size, rng),
            NoiseStream(noise_shape, estimator.noise, rng),
            _objective(estimator, networks, data),
            schedule_of(estimator, len(data)),
            report,
        )
    except KeyboardInterrupt:
        if not state.losses:
            raise
        report.interrupted = True
    return state


def schedule_of(estimator, n_rows):
    """How long an estimator trains on ``n_rows`` rows, and what changes on the way."""
    max_iter = estimator.max_iter
    if max_iter == "auto":
        passes = N_PASSES * n_rows // estimator.batch_size
        max_iter = min(max(passes, MIN_ITER), MAX_ITER)
    return Schedule(
        max_iter=max_iter,
        n_critic=estimator.n_critic,
        linear_decay=estimator.learning_rate_decay == "linear",
        fresh_noise=estimator.fresh_noise,
        penalty_interval=estimator.penalty_interval,
    )


def _player(network, rate, estimator):
    # Fused: one pass over the weights instead of one for each operation
    weights = list(network.parameters())
    if len(estimator.betas) != 2 or not all(0 <= beta < 1 for beta in estimator.betas):
        raise ValueError(
            "betas must be two numbers in the range [0, 1), "
            f"got {tuple(estimator.betas)!r}."
        )
    if estimator.optimizer == "adam":
        optimizer = torch.optim.Adam(weights, rate, tuple(estimator.betas), fused=True)
    else:
        optimizer = torch.optim.SGD(weights, rate, estimator.momentum, fused=True)
    return Player(network, optimizer, rate)


def _objective(estimator, networks, data):
    loss = LOSSES.get(estimator.loss, estimator.loss)
    if len(loss) != 2 or not all(map(callable, loss)):
        raise ValueError(
            "loss must be the name of a loss or a pair of functions (discriminator, "
            f"generator), got {loss!r}."
        )
    penalties = weighted_penalties(
        estimator.penalty,
        estimator.penalty_weight,
        loss=next((name for name, own in LOSSES.items() if own == loss), None),
        variance=float(data.var(0).sum()),
    )
    weights = [weight for net in networks for weight in net.parameters()]
    width = max(min(w.flatten(1).shape) for w in weights if w.dim() > 1)
    precision = _torch.resolve_precision(estimator.precision, data.device, width)
    return Objective(AdversarialLoss(*loss), penalties, precision)


def check_networks(generator, discriminator, latent_dim, n_outputs):
    """Refuse networks whose shapes do not fit the data, before any training.

    Raises
    ------
    ValueError
        If the output of one has the wrong shape.
    """
    with torch.no_grad():  # in eval mode neither dropout nor batch statistics act
        rows = generator.eval()(torch.zeros(2, latent_dim))
        if rows.shape != (2, n_outputs):
            raise ValueError(
                f"generator must map latents of shape (2, {latent_dim}) to rows of "
                f"shape (2, {n_outputs}), got {tuple(rows.shape)}."
            )
        logits = discriminator.eval()(rows)
        if logits.numel() != 2:
            raise ValueError(
                f"discriminator must map rows of shape (2, {n_outputs}) to one logit a "
                f"row, got shape {tuple(logits.shape)}."
            )


def snapshot(module):
    """A frozen copy of a network on the CPU, in eval mode, without gradients."""
    copied = copy.deepcopy(module).cpu().eval().requires_grad_(False)
    copied.zero_grad()
    return copied


class BlockReport:
    """Told after every block of iterations; tells callbacks and prints progress.

    Callbacks run between two blocks with torch's random streams forked, so that a fit
    is the same with and without them.

    Parameters
    ----------
    estimator : BaseGAN
        The estimator that is being fitted.
    X, y : object
        What its ``fit`` was given.
    max_iter : int
        Number of iterations of one start.
    attributes : callable
        Maps a ``TrainingState`` to the attributes of an estimator fitted so far.
    """

    def __init__(self, estimator, X, y, max_iter, attributes):
        self.interrupted = False  # by Ctrl-C
        self._told = {"estimator": estimator, "X": X, "y": y}
        self._attributes = attributes
        self._max_iter = max_iter
        n_blocks = -(-max_iter // BLOCK_SIZE) * estimator.n_init
        self._fit_task = estimator._init_callback_context(max_subtasks=n_blocks)
        self._fit_task.call_on_fit_task_begin(**self._told)
        self._name = type(estimator).__name__ if estimator.verbose else None
        self._progress = None

    def start(self):
        """A new training run begins."""
        if self._name:
            self._progress = Progress(self._name, self._max_iter)
        self.begin_block()

    def begin_block(self):
        """The next block begins."""
        with torch.random.fork_rng():
            self._block = self._fit_task.subcontext(task_name="block")
            self._block.call_on_fit_task_begin(**self._told)

    def __call__(self, state):
        """A block has ended; whether a callback asks to stop."""
        if self._progress:
            self._progress(state)
        with torch.random.fork_rng():
            stop = self._block.call_on_fit_task_end(
                **self._told, reconstruction_attributes=lambda: self._attributes(state)
            )
        if not stop and state.iteration < self._max_iter:
            self.begin_block()
        return stop

    def end(self):
        """All training is done and the estimator is fitted."""
        self._fit_task.call_on_fit_task_end(**self._told, reconstruction_attributes={})
        if self.interrupted:
            n_iter = self._told["estimator"].n_iter_
            warnings.warn(
                f"Training interrupted by user: the state after {n_iter} iterations is "
                "kept.",
                stacklevel=4,  # the line that called fit
            )
