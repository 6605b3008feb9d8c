"""Iterations that are recorded once and replayed, as CUDA graphs.

An iteration of small networks is hundreds of kernels, each over before Python has
launched the next. A graph launches them all at once.
"""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.optim import Optimizer

from ..exceptions import CudaGraphWarning, warn_user
from .loop import Game, play, turns
from .parts import WHOLE
from .randomness import is_known
from .schedule import in_turn, update_counts
from .streams import EncodedBatch

# Iterations of each kind before it is recorded: optimizers and libraries set up
# their state in the first ones
N_WARM_UPS = 3


class Recorder(Protocol):
    """Records work on a device."""

    def warm_up(self, work: Callable[[], Tensor]) -> Tensor:
        """Do the work, as it has to be done before it is recorded."""

    def record(self, work: Callable[[], Tensor]) -> tuple[Callable[[], Any], Tensor]:
        """Record the work; return what repeats it, and its result after each time.

        Nothing is done yet.
        """


class CudaRecorder:
    """Records work as CUDA graphs that share one pool of memory.

    Parameters
    ----------
    device : torch.device
        The GPU.
    rng : torch.Generator
        The stream of random numbers of the work, beside the global one of the device.
    """

    def __init__(self, device: torch.device, rng: torch.Generator) -> None:
        self.device, self.rng = device, rng
        self.pool = torch.cuda.graph_pool_handle()
        self.stream = torch.cuda.Stream(device)

    def warm_up(self, work: Callable[[], Tensor]) -> Tensor:
        """Do the work on the stream on which it will be recorded."""
        current = torch.cuda.current_stream(self.device)
        self.stream.wait_stream(current)
        with torch.cuda.stream(self.stream):
            result = work()
        current.wait_stream(self.stream)
        return result

    def record(self, work: Callable[[], Tensor]) -> tuple[Callable[[], Any], Tensor]:
        """Record the work as a graph."""
        graph = torch.cuda.CUDAGraph()
        graph.register_generator_state(self.rng)
        with (
            torch.cuda.device(self.device),
            # What other threads do at that time is none of this graph's business
            torch.cuda.graph(
                graph, self.pool, self.stream, capture_error_mode="thread_local"
            ),
        ):
            result = work()
        return graph.replay, result


def cuda_recorder(run: Game) -> Recorder | None:
    """What records iterations of a run, None if it is not on a GPU, or cannot.

    What Python does in them would be done once and never again: code that users wrote
    may do more than launch kernels.

    Warns
    -----
    skgan.exceptions.CudaGraphWarning
        If they cannot be recorded; it says why.
    """
    if run.device.type != "cuda" or run.batches.part is not WHOLE:
        return None
    reason = obstacle(run)
    if reason is not None:
        _warn(reason)
        return None
    return CudaRecorder(run.device, run.batches.rng)


def _warn(reason: str) -> None:
    """Warn that iterations are not recorded."""
    warn_user(
        f"Training goes on without CUDA graphs, and takes longer: {reason}.",
        CudaGraphWarning,
    )


def obstacle(run: Game) -> str | None:
    """Why iterations of a run cannot be recorded; None if they can."""
    state, objective = run.state, run.objective
    if callable(run.schedule.n_critic):
        return "n_critic is a function, which may look at losses"
    for name, player in (
        ("generator", state.generator),
        ("discriminator", state.discriminator),
    ):
        for module in player.network.modules():
            hooks = module._forward_pre_hooks.values()  # torch's norms
            hooked = module._forward_hooks or not all(map(is_known, hooks))
            if hooked or not is_known(type(module)):
                return f"{name} has a module of your own, {type(module).__name__}"
        if not _is_capturable(player.optimizer):
            cls = type(player.optimizer).__name__
            return f"the optimizer {cls} reads rates and counts back from the device"
    if not all(map(is_known, objective.loss)):
        return "loss has a function of your own"
    if not all(is_known(penalty) for _, penalty in objective.penalties):
        return "penalty has a function of your own"
    return None


def _is_capturable(optimizer: Optimizer) -> bool:
    """Whether an optimizer is one of torch that keeps its state on the device."""
    fused = all(group.get("fused") for group in optimizer.param_groups)
    return is_known(type(optimizer)) and (fused or "capturable" in optimizer.defaults)


class RecordedIterations:
    """Does iterations of a run by replaying recorded ones.

    What Python decides of an iteration stays outside: it writes the rates of learning
    and the real rows into tensors that the recording reads. Iterations with and without
    penalties are recorded apart.

    Parameters
    ----------
    run : Game
        The run. Its ``n_critic`` is a number, and its players are capturable.
    recorder : Recorder
        Records work on the device.
    """

    def __init__(self, run: Game, recorder: Recorder) -> None:
        counts = update_counts(run.schedule.n_critic)
        if counts is None:
            raise ValueError("n_critic must be a number, for iterations to be alike.")
        self._counts, self.recorder = counts, recorder
        self._is_broken = False
        self._rows: list[EncodedBatch] = []  # what recorded work reads
        self._n_warm_ups: dict[tuple[int, ...], int] = {}
        self._recorded: dict[tuple[int, ...], tuple[Callable[[], Any], Tensor]] = {}

    def iterate(self, run: Game) -> None:
        """Do one iteration.

        Warns
        -----
        skgan.exceptions.CudaGraphWarning
            If recording fails; iterations are no longer recorded then.
        """
        state, schedule = run.state, run.schedule
        state.set_rates(schedule.rate_factor(state.iteration))
        rows, factors = zip(*islice(turns(run), self._counts[0]), strict=True)
        self._feed(rows)
        state.end_iteration(self._repeat(factors, lambda: self._play(run, factors)))

    def _repeat(self, factors: tuple[int, ...], work: Callable[[], Tensor]) -> Tensor:
        """Do work that is the same whenever the factors of penalties are."""
        n_done = self._n_warm_ups.get(factors, 0)
        if n_done < N_WARM_UPS:
            self._n_warm_ups[factors] = n_done + 1
            return self.recorder.warm_up(work)
        if self._is_broken:
            return work()
        if factors not in self._recorded:
            try:
                self._recorded[factors] = self.recorder.record(work)
            except RuntimeError as error:  # of the driver, or of a kernel
                self._is_broken = True
                _warn(f"recording failed with {str(error).splitlines()[0]!r}")
                return work()
        replay, losses = self._recorded[factors]
        replay()
        return losses

    def _feed(self, rows: Sequence[EncodedBatch]) -> None:
        """Put real rows where recorded work reads them."""
        if not self._rows:
            self._rows = [EncodedBatch(*map(torch.clone, batch)) for batch in rows]
        for kept, batch in zip(self._rows, rows, strict=True):
            for part, new in zip(kept, batch, strict=True):
                part.copy_(new)

    def _play(self, run: Game, factors: Sequence[int]) -> Tensor:
        """The work of an iteration, of fixed rows and factors of penalties."""
        return play(run, in_turn(*self._counts), zip(self._rows, factors, strict=True))
