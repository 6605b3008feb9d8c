"""Whether networks, losses and penalties work row by row, as shared batches ask."""

import copy
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from .. import _torch
from ..networks.batches import Batch, Latents
from ..networks.heads import HeadedGenerator
from ..networks.layers import Dropout
from .randomness import is_known
from .run import TrainingRun
from .slices import DROPOUTS

N_ROWS, FIRST = 4, 1  # of a batch, and of its first part
CLOSE = 1e-3  # of the largest number


def check_sharing(run: TrainingRun) -> None:
    """Refuse what would learn something else if batches were cut.

    Networks, losses and penalties are called on a few rows together and apart, and
    networks once more in training.

    Raises
    ------
    ValueError
        If a row's result depends on other rows, or is random, or if a network draws
        from torch's global random streams otherwise than by dropout.
    """
    state, objective, device = run.state, run.objective, run.device
    generator, discriminator = (
        copy.deepcopy(player.network).eval()
        for player in (state.generator, state.discriminator)
    )
    data, rng = run.batches.data, torch.Generator(device).manual_seed(0)
    index = torch.arange(N_ROWS, device=data.codes.device) % len(data.codes)
    real = run.batches.expand(*run.batches.take(index))
    latents = run.latents.draw(real.conditions, rng)
    fake = Batch(generator(latents).rows.detach(), real.conditions)

    def critic(points: Tensor) -> Tensor:
        return discriminator(real.split(points)).flatten()

    with _torch.forked(device):
        raw = cast(HeadedGenerator, generator).raw
        _check_apart("generator", lambda *own: raw(Latents(*own)), latents)
        points = real.joined(), fake.joined()
        for rows in points:
            _check_apart("discriminator", critic, [rows])
        logits = torch.randn(2, N_ROWS, generator=rng, device=device).unbind()
        for loss in objective.loss:
            if not is_known(loss):
                _check_apart("loss", loss, logits)
        for _, penalty in objective.penalties:
            if not is_known(penalty):
                _check_apart("penalty", partial(penalty, critic), points)
        _check_quiet("generator", generator, latents)
        _check_quiet("discriminator", discriminator, fake)


def _check_apart(
    name: str, function: Callable[..., Tensor], tensors: Sequence[Tensor]
) -> None:
    """Refuse a function of rows that gives them something else in smaller batches."""
    parts = [tensor.tensor_split([FIRST]) for tensor in tensors]
    apart = torch.cat([function(*own) for own in zip(*parts, strict=True)]).detach()
    whole = function(*tensors).detach()
    distance = (whole - apart).abs().nan_to_num(0.0).max()
    if distance > CLOSE * max(1.0, float(whole.abs().nan_to_num(0.0).max())):
        raise ValueError(
            f"{name} must give a row the same numbers in any batch, because several "
            "processes share each batch, and it did not: it takes means over a batch, "
            "perhaps, or draws random numbers. Fit in one process, or change that."
        )


class _WithoutDropout(TorchFunctionMode):
    """Leaves out dropout, which processes draw together."""

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        return args[0] if func in DROPOUTS else func(*args, **(kwargs or {}))


def _check_quiet(name: str, network: nn.Module, given: tuple[Tensor, ...]) -> None:
    """Refuse a network that draws from torch's global random streams in training."""
    for module in network.train().modules():
        if isinstance(module, Dropout):
            module.p = 0.0
    device = given[0].device
    before = _torch.global_streams(device)
    with _WithoutDropout():
        network(given)
    after = _torch.global_streams(device)
    if not all(map(torch.equal, before, after)):
        raise ValueError(
            f"{name} must not draw random numbers otherwise than by dropout, because "
            "several processes share each batch. Fit in one process, or change that."
        )
