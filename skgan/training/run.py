"""A training run: all that is needed to go on, and the only way to do so."""

import copy
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

from torch import Tensor, nn
from torch.optim import Optimizer

from .. import _torch
from ..exceptions import DivergenceError
from ..networks.batches import Batch
from .averaging import WeightAverage
from .graphs import RecordedIterations, Recorder, cuda_recorder
from .loop import iterate
from .plain import digest_of
from .randomness import lend, may_draw_globally
from .schedule import Schedule
from .state import Player, TrainingState
from .step import Objective
from .streams import BatchStream, LatentSampler

REPORTING_INTERVAL = 100

OptimizerFactory = Callable[..., Optimizer]


class Report(Protocol):
    """What is called after each reporting interval.

    An interval ends at each multiple of one of the ``intervals``. Torch's global random
    streams are those of the caller then, and no lock is held: a report may fit, too.
    """

    intervals: Iterable[int]

    def __call__(self, run: "TrainingRun") -> bool:
        """Whether training is to stop."""


class Silence:
    """A report that tells nobody and never stops."""

    intervals: Iterable[int] = (REPORTING_INTERVAL,)

    def __call__(self, run: "TrainingRun") -> bool:
        """Go on."""
        return False


SILENCE = Silence()


class TrainingRun:
    """A game between two networks that can be advanced, kept and gone on with.

    Torch's global random streams as they are when a run is made become its own: it goes
    on with them whenever it is advanced, and leaves those of the caller alone. Only a
    run of which something may draw from them puts them there, between two reports, and
    one such run waits for another that does so in another thread.

    Parameters
    ----------
    networks : (HeadedGenerator, torch.nn.Module)
        Generator and discriminator with first weights, on the device.
    batches : BatchStream
        The real rows.
    latents : LatentSampler
        What the generator is fed with.
    objective : Objective
        What the networks minimize.
    schedule : Schedule
        Who is updated when, and at which rates.
    optimizer : callable
        ``optimizer(weights, lr=...)`` makes the optimizer of a network.
    learning_rates : (float, float)
        Of generator and discriminator.
    ema_decay : float
        Of the average of the generator's weights.

    Raises
    ------
    ValueError
        If a network has no weights that require a gradient.
    """

    def __init__(
        self,
        networks: tuple[nn.Module, nn.Module],
        batches: BatchStream,
        latents: LatentSampler,
        objective: Objective,
        schedule: Schedule,
        *,
        optimizer: OptimizerFactory,
        learning_rates: tuple[float, float],
        ema_decay: float,
    ) -> None:
        self.batches, self.latents = batches, latents
        self.objective = lend(batches, networks, objective)
        self.schedule = schedule
        generator, discriminator = (
            make_player(name, network.train(), optimizer, rate)
            for name, network, rate in zip(
                ("generator", "discriminator"), networks, learning_rates, strict=True
            )
        )
        average = WeightAverage(generator.network, ema_decay)
        self.state = TrainingState(generator, discriminator, average)
        self.device = batches.device
        self._global_streams = _torch.global_streams(self.device)
        self._draws_globally = may_draw_globally(self)
        self._is_running = False
        self.recorded: RecordedIterations | None = None

    def use_cuda_graphs(self) -> None:
        """Go on by graphs on a GPU, with a warning where that cannot be."""
        recorder = cuda_recorder(self)
        if recorder is not None:
            self.record(recorder)

    def record(self, recorder: Recorder) -> None:
        """Go on by recording iterations and replaying them.

        Parameters
        ----------
        recorder : Recorder
            What records work on the device.
        """
        for player in (self.state.generator, self.state.discriminator):
            player.set_capturable(True)
        self.recorded = RecordedIterations(self, recorder)

    def generate(self, conditions: Tensor) -> Batch:
        """Fake rows with the conditions of the real rows that they are paired with.

        So no batch has others than the data.
        """
        draw = self.batches.part.drawing(self.latents.draw)
        latents = draw(conditions, self.batches.rng)
        return self.objective.generate(self.state.generator.network, latents)

    def advance(self, n_iterations: int, report: Report = SILENCE) -> None:
        """Do iterations until so many are done or until the report asks to stop.

        None are done beyond ``schedule.max_iter``, where rates have fallen to 0.

        Raises
        ------
        DivergenceError
            If a loss or a weight of the averaged generator is not finite. They are read
            back once a reporting interval.
        """
        state = self.state
        end_of_call = state.iteration + n_iterations
        iterate_once = iterate if self.recorded is None else self.recorded.iterate
        networks = state.generator.network, state.discriminator.network
        self._is_running = True
        try:
            # A report may replace the schedule, which says when training ends
            while state.iteration < (last := min(end_of_call, self.schedule.max_iter)):
                start = state.iteration
                end = min(start // n * n + n for n in report.intervals)
                with self._own_streams(), self.batches.part.training(networks):
                    while state.iteration < min(end, last):
                        iterate_once(self)
                self.check_finite(start)
                if report(self):
                    break
        finally:
            self._is_running = False

    def _own_streams(self) -> AbstractContextManager[None]:
        """Make torch's global random streams those of the run, where it may draw."""
        if not self._draws_globally:
            return nullcontext()
        return _torch.own_streams(self._global_streams, self.device)

    def check_finite(self, start: int = 0) -> None:
        """Refuse losses since an iteration, or averaged weights, that are not finite.

        Raises
        ------
        DivergenceError
            If one is not.
        """
        finite = self.state.loss_curve(start).isfinite().all(1)
        if not finite.all():
            raise DivergenceError(start + int((~finite).nonzero()[0]))
        # The last update of all may spoil the weights after its losses were computed
        weights = self.state.average.module.parameters()
        if not all(bool(weight.isfinite().all()) for weight in weights):
            raise DivergenceError(self.state.iteration - 1)

    def digest(self) -> str:
        """SHA-256 of all weights, and of the stream of random numbers."""
        state = self.state
        networks = (
            state.generator.network,
            state.discriminator.network,
            state.average.module,
        )
        weights = [w for n in networks for w in n.state_dict().values()]
        return digest_of([*weights, self.batches.rng.get_state()])

    def state_dict(self) -> dict[str, Any]:
        """All that the run needs to go on, of tensors and numbers; a copy.

        It may be asked for in a report, but not in the middle of an iteration.

        Returns
        -------
        dict
            Weights, optimizers and averages of the networks, counters, losses, how many
            rows were drawn, and the states of all random streams.
        """
        state, batches = self.state, self.batches
        return copy.deepcopy(
            {
                "generator": state.generator.network.state_dict(),
                "discriminator": state.discriminator.network.state_dict(),
                "generator_optimizer": state.generator.optimizer.state_dict(),
                "discriminator_optimizer": state.discriminator.optimizer.state_dict(),
                "average": state.average.module.state_dict(),
                "n_average_updates": int(state.average.n_updates),
                "iteration": state.iteration,
                "n_discriminator_steps": state.n_discriminator_steps,
                "losses": state.loss_curve(),
                "n_drawn": batches.n_drawn,
                "rng": batches.rng.get_state(),
                "global_streams": self._global_streams,
            }
        )

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from where the run was whose ``state_dict`` this is.

        A state of networks of other shapes leaves the run half loaded: make a new one.

        Raises
        ------
        ValueError
            If an item is missing, or unknown, or if it is of other optimizers.
        RuntimeError
            If networks have other shapes, or in a report: the run is going on then.
        """
        if self._is_running:
            raise RuntimeError(
                "load_state_dict must not be called while a run goes on."
            )
        own = self.state_dict().keys()
        if own != state_dict.keys():
            odd = sorted(own ^ state_dict.keys())
            raise ValueError(
                f"state_dict must have the items {sorted(own)}, got it with or without "
                f"{odd}."
            )
        given, state, batches = copy.deepcopy(state_dict), self.state, self.batches
        for name in ("generator", "discriminator"):
            player: Player = getattr(state, name)
            player.load(given[name], given[f"{name}_optimizer"])
        state.average.module.load_state_dict(given["average"])
        state.average.n_updates.fill_(given["n_average_updates"])
        state.iteration = given["iteration"]
        state.n_discriminator_steps = given["n_discriminator_steps"]
        state.set_loss_curve(given["losses"])
        batches.n_drawn = given["n_drawn"]
        _torch.set_stream(batches.rng, given["rng"])
        streams = [stream.cpu() for stream in given["global_streams"]]
        n_own = len(self._global_streams)  # the CPU's, and that of another device
        self._global_streams[: len(streams)] = streams[:n_own]
        if self.recorded is not None:  # it reads tensors of before
            self.record(self.recorded.recorder)


def make_player(
    name: str, network: nn.Module, optimizer: OptimizerFactory, learning_rate: float
) -> Player:
    """A network with an optimizer of its weights.

    Raises
    ------
    ValueError
        If it has no weights that require a gradient, where ``name`` is in the message,
        or if the optimizer is none of torch.
    """
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    if not weights:
        raise ValueError(f"{name} must have weights that require a gradient, got none.")
    rule = "optimizer must be a function (weights, lr=...) that returns one of torch"
    try:
        made = optimizer(weights, lr=learning_rate)
    except Exception as error:  # of a function that a user wrote
        raise ValueError(f"{rule}, but it raised: {error}") from error
    if not isinstance(made, Optimizer):
        raise ValueError(f"{rule}, got {made!r}.")
    return Player(network, made, learning_rate)
