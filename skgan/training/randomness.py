"""Where iterations draw random numbers: from the stream of their run, or globally.

Torch's global streams are one for all threads. What draws from none of them need not
wait for others.
"""

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from torch import nn
from torch.nn.modules.dropout import _DropoutNd

from ..networks.layers import Dropout
from ..penalties import interpolated
from .loop import Game
from .step import Objective
from .streams import BatchStream


def lend(
    batches: BatchStream, networks: Iterable[nn.Module], objective: Objective
) -> Objective:
    """Let the dropout and the penalties of this library draw from a run's stream.

    What penalties and augmentation draw is for the part of each batch that the run has.
    """
    rng, drawing = batches.rng, batches.part.drawing
    for module in _modules_of(networks):
        if isinstance(module, Dropout):
            module.rng = rng
    penalties = [
        (weight, partial(penalty, rng=rng) if penalty is interpolated else penalty)
        for weight, penalty in objective.penalties
    ]
    penalties = [(weight, drawing(penalty)) for weight, penalty in penalties]
    augment = drawing(objective.augment)
    return replace(objective, penalties=penalties, augment=augment)


def is_known(written: Any) -> bool:
    """Whether a class or function is of torch or of this library."""
    own = inspect.unwrap(written)  # of a part of each batch
    module = getattr(getattr(own, "func", own), "__module__", "")
    return module.partition(".")[0] in ("torch", __name__.partition(".")[0])


def may_draw_globally(run: Game) -> bool:
    """Whether an iteration of a run may draw from torch's global random streams.

    Torch's dropout does; whatever users wrote may. What ``lend`` knows does not, once
    it has been lent a stream.
    """
    objective, state, n_critic = run.objective, run.state, run.schedule.n_critic
    functions = [*objective.loss, *(penalty for _, penalty in objective.penalties)]
    functions += [n_critic] if callable(n_critic) else []
    functions += [objective.augment, run.batches.expand]
    if not all(map(is_known, functions)) or interpolated in functions:
        return True
    players = state.generator, state.discriminator
    if not all(is_known(type(player.optimizer)) for player in players):
        return True
    networks = [player.network for player in players]
    return any(map(_may_draw, _modules_of(networks)))


def _modules_of(networks: Iterable[nn.Module]) -> Iterator[nn.Module]:
    """Yield all parts of networks."""
    for network in networks:
        yield from network.modules()


def _may_draw(module: nn.Module) -> bool:
    """Whether a part of a network may draw from a global stream in training."""
    if not is_known(type(module)) or module._forward_hooks or module._forward_pre_hooks:
        return True
    if isinstance(module, _DropoutNd):
        return module.p > 0 and not isinstance(module, Dropout)
    # Of attention and recurrent layers it is an attribute
    has_dropout = bool(getattr(module, "dropout", 0))
    return has_dropout or isinstance(module, nn.RReLU | nn.FractionalMaxPool2d)
