"""One fit on several processes, which torch.distributed has joined.

Each works on its part of every batch, and the gradients are summed. Between updates
they exchange words over a group of their own, in which what fails in one of them ends
all others, too.
"""

import os
import pickle
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from traceback import clear_frames
from typing import Any, NamedTuple

import torch
from joblib.parallel import get_active_backend
from torch import Tensor
from torch import distributed as dist

from ..exceptions import DistributedError
from .parts import WHOLE, Whole
from .slices import Slice

# What launchers say to each process
VARIABLES = {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"}
# A callback of the first process, or its disk, may take its time
LONG = timedelta(days=1)


@contextmanager
def distributed() -> Iterator[None]:
    """Let all processes that a launcher started do fits inside the block together.

    ``torchrun``, and what does as it does, says to each process which one it is, by the
    variables ``RANK``, ``WORLD_SIZE``, ``MASTER_ADDR`` and ``MASTER_PORT``. Without
    them, in a process group that is there already, and in workers of joblib, the block
    changes nothing. On GPUs each process takes the one of its ``LOCAL_RANK``.

    All processes call ``fit`` with the same parameters and data, and end with the same
    model.

    Examples
    --------
    >>> import numpy as np
    >>> import skgan
    >>> X = np.random.default_rng(0).normal(size=(60, 2))
    >>> with skgan.distributed():
    ...     gan = skgan.GANGenerator(encoder="scaled", max_iter=5).fit(X)
    """
    is_launched = dist.is_available() and os.environ.keys() >= VARIABLES
    if not is_launched or dist.is_initialized() or is_worker():
        yield
        return
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", 0)))
    dist.init_process_group("gloo")  # a fit makes groups of its own
    try:
        yield
    finally:
        dist.destroy_process_group()


def is_worker() -> bool:
    """Whether this is a worker of joblib, which inherits what is not said to it."""
    get_worker = getattr(sys.modules.get("distributed"), "get_worker", None)
    if get_worker is not None:
        with suppress(ValueError):  # which says that this is no task of dask
            return bool(get_worker())
    return bool(get_active_backend()[0].nesting_level)


class Ranks:
    """One process that does a fit alone, and agrees with itself."""

    rank, size = 0, 1

    def agree(self, what: str, find: Callable[[], object]) -> None:
        """Refuse to go on where a value is not the same in all processes.

        Alone it is not found at all.

        Raises
        ------
        DistributedError
            If ``what`` it is of differs.
        """

    def from_first(self, value: Any) -> Any:
        """The value of the first process."""
        return value

    def part(self, batch_size: int, rng: torch.Generator) -> Whole:
        """The part of each batch that this process works on."""
        return WHOLE


class Failure(NamedTuple):
    """What one process says to the others when it fails."""

    content: bytes  # of the error, pickled; empty where it cannot be
    text: str
    is_first: bool  # not a consequence of another one


class JoinedRanks(Ranks):
    """One of several processes that do a fit together."""

    def __init__(self) -> None:
        self.rank, self.size = dist.get_rank(), dist.get_world_size()
        # Groups alone hold connections, which end with them
        self._words = dist.new_group(backend="gloo", timeout=LONG)
        self._sums: Any = None
        self._end: BaseException | None = None

    def agree(self, what: str, find: Callable[[], object]) -> None:
        """Refuse to go on where a value is not the same in all processes."""
        values = self._exchange(find())
        others = [str(rank) for rank, v in enumerate(values) if v != values[0]]
        if others:
            raise DistributedError(
                f"All processes of a fit must have the same {what}, but those of "
                f"process {', '.join(others)} are not those of process 0."
            )

    def from_first(self, value: Any) -> Any:
        """The value of the first process."""
        return self._exchange(None if self.rank else value)[0]

    def part(self, batch_size: int, rng: torch.Generator) -> Slice:
        """The part of each batch that this process works on."""
        if self._sums is None:
            name = "nccl" if rng.device.type == "cuda" else "gloo"
            self._sums = dist.new_group(backend=name)
        return Slice(self.rank, self.size, batch_size, rng, self._sum_up)

    def _sum_up(self, values: Tensor) -> Tensor:
        """Sum a tensor over all processes, in place."""
        try:
            dist.all_reduce(values, group=self._sums)
        except (RuntimeError, ValueError) as error:  # of a connection that has ended
            raise _gone(error) from None
        return values

    def _exchange(self, word: Any) -> list[Any]:
        """What each process says here.

        Raises
        ------
        BaseException
            If one says that it fails: its error.
        """
        if self._end is not None:
            raise self._end
        words: list[Any] = [None] * self.size
        try:
            dist.all_gather_object(words, word, group=self._words)
        except RuntimeError as error:
            self._end = _gone(error)
            raise self._end from None
        failures = [word for word in words if isinstance(word, Failure)]
        if failures:
            first = next((f for f in failures if f.is_first), failures[0])
            self._end = _error_of(first)
            self._end.add_note(f"In process {words.index(first)} of {self.size}.")
            raise self._end
        return words

    def finish(self) -> None:
        """Wait until all processes are done."""
        self._exchange(None)

    def failure(self, error: BaseException) -> BaseException:
        """With what all processes end: this error, unless it follows from another."""
        self._close("_sums")  # those who wait there wait no longer
        is_first = not isinstance(error, LostError)
        if self._end is None:
            try:
                self._exchange(Failure(_pickled(error), repr(error), is_first))
            except BaseException as first:
                return error if is_first else first
        return error

    def close(self) -> None:
        """End all connections of the fit."""
        self._close("_sums")
        self._close("_words")

    def _close(self, name: str) -> None:
        """End the connections of a group."""
        group = getattr(self, name)
        setattr(self, name, None)
        if group is not None and dist.is_initialized():
            dist.destroy_process_group(group)


class LostError(DistributedError):
    """Another process of a fit has ended, and has not said why."""


def _gone(error: Exception) -> LostError:
    """What is raised where a connection has ended."""
    clear_frames(error.__traceback__)  # they hold the group, which holds connections
    return LostError(
        "Another process of this fit is gone, and its own output may say why. Start "
        f"all of them again: a Checkpoint lets them go on. ({str(error)[:200]})"
    )


def _pickled(error: BaseException) -> bytes:
    """An error as bytes; empty if it cannot be pickled."""
    try:
        return pickle.dumps(error)
    except Exception:  # of whatever a user's error holds
        return b""


def _error_of(failure: Failure) -> BaseException:
    """The error of another process, or one that says what it was."""
    try:
        return pickle.loads(failure.content)
    except Exception:  # of a class that is there alone, or asks for more, perhaps
        return DistributedError(f"Another process failed: {failure.text}")


@contextmanager
def together() -> Iterator[Ranks]:
    """The processes that do what is inside the block together: to its end, or none.

    Raises
    ------
    BaseException
        In all of them what one of them raises.
    """
    is_joined = dist.is_available() and dist.is_initialized() and not is_worker()
    if not is_joined or dist.get_world_size() == 1:
        yield Ranks()
        return
    ranks = JoinedRanks()
    try:
        yield ranks
        ranks.finish()
    except BaseException as error:
        first = ranks.failure(error)
        if first is error:
            raise
        raise first from None
    finally:
        ranks.close()
