"""The part of each batch that a process works on: all of it, where it is alone."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from torch import Tensor, nn

from .state import Player


class Whole:
    """All rows of each batch: what one process does alone."""

    def cut(self, rows: Tensor) -> Tensor:
        """The own ones of the rows of a batch."""
        return rows

    def mean(self, values: Tensor) -> Tensor:
        """The own share of the mean over a batch, of values of the own rows.

        Those of all processes sum to the mean.
        """
        return values.mean()

    def reduced(self, player: Player, loss: Tensor) -> Tensor:
        """Sum the gradients of a player, and a loss, over all processes."""
        return loss

    def drawing(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, whose random numbers are the own ones of a batch's."""
        return function

    def training(self, networks: Iterable[nn.Module]) -> AbstractContextManager[None]:
        """Let networks see whole batches inside the block, which trains them."""
        return nullcontext()


WHOLE = Whole()
