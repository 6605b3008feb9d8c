"""Parts of batches, for processes that share each batch of a fit.

All draw the numbers of the whole batch, and keep their own; means and variances are
those of the whole batch. So what is learned depends on their number by rounding alone.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import Function
from torch.nn import functional
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd
from torch.overrides import TorchFunctionMode

from .parts import Whole
from .randomness import is_known
from .state import Player

# Those that multiply rows by random numbers
DROPOUTS = {functional.dropout, functional.dropout1d}
DROPOUTS |= {functional.dropout2d, functional.dropout3d}

Sum = Callable[[Tensor], Tensor]  # over all processes, in the tensor itself


class Slice(Whole):
    """The rows of each batch that belong to one of several processes.

    Parameters
    ----------
    rank, size : int
        Number of the process, and of all.
    batch_size : int
        Number of rows of a whole batch.
    rng : torch.Generator
        The stream of the run, in the same state everywhere.
    sum_up : callable
        Sums a tensor over all processes in place, and returns it.

    Raises
    ------
    ValueError
        If there are not as many rows as processes.
    """

    def __init__(
        self, rank: int, size: int, batch_size: int, rng: torch.Generator, sum_up: Sum
    ) -> None:
        if batch_size < size:
            raise ValueError(
                f"batch_size must be at least the number of processes, {size}, "
                f"got {batch_size}."
            )
        self.batch_size, self.rng, self.sum_up = batch_size, rng, sum_up
        start, end = (batch_size * i // size for i in (rank, rank + 1))
        self.own = slice(start, end)
        self._mode = WholeBatches(self)

    def cut(self, rows: Tensor) -> Tensor:
        """The own ones of the rows of one batch, or of several below each other."""
        return rows.unflatten(0, (-1, self.batch_size))[:, self.own].flatten(0, 1)

    def whole(self, n_rows: int) -> int:
        """How many rows all processes have where this one has so many.

        Raises
        ------
        ValueError
            If these are not the own ones of whole batches.
        """
        n_batches, rest = divmod(n_rows, self.own.stop - self.own.start)
        if rest:
            raise ValueError(
                "On several processes, networks and penalties must be given the rows "
                f"of a batch, or of several, got {n_rows} rows."
            )
        return n_batches * self.batch_size

    def mean(self, values: Tensor) -> Tensor:
        """The own share of the mean over a batch, of values of the own rows."""
        return values.sum() / self.batch_size

    def reduced(self, player: Player, loss: Tensor) -> Tensor:
        """Sum the gradients of a player, and a loss, in one message."""
        weights = (
            w for group in player.optimizer.param_groups for w in group["params"]
        )
        gradients = [w.grad for w in weights if w.grad is not None]
        flat = torch.cat([*(g.flatten() for g in gradients), loss.reshape(1)])
        *sums, total = self.sum_up(flat).split([*(g.numel() for g in gradients), 1])
        for gradient, summed in zip(gradients, sums, strict=True):
            gradient.copy_(summed.view_as(gradient))
        return total[0]

    def drawing(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with whole batches wherever it draws or normalizes."""

        @wraps(function)
        def drawn(*args: Any, **kwargs: Any) -> Any:
            with self._mode.once():
                return function(*args, **kwargs)

        return drawn

    @contextmanager
    def training(self, networks: Iterable[nn.Module]) -> Iterator[None]:
        """Let networks see whole batches inside the block, and copies of them not."""
        modules = [
            module
            for network in networks
            for module in network.modules()
            if isinstance(module, _BatchNorm | _DropoutNd) or not is_known(type(module))
        ]
        for module in modules:
            module.forward = self.drawing(module.forward)  # of the object alone
        try:
            yield
        finally:
            for module in modules:
                del module.forward


class WholeBatches(TorchFunctionMode):
    """Does to whole batches what torch would do to the own rows.

    Numbers from the stream of the run, of which each row has its own, dropout, and
    batch normalization in training.
    """

    def __init__(self, part: Slice) -> None:
        super().__init__()
        self.part, self._is_on = part, False

    @contextmanager
    def once(self) -> Iterator[None]:
        """Act inside the block, but not twice in a block within it."""
        if self._is_on:
            yield
            return
        self._is_on = True
        try:
            with self:
                yield
        finally:
            self._is_on = False

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: Sequence[Any] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if kwargs.get("generator") is self.part.rng:
            return self._draw(func, args, kwargs)
        if kwargs.get("training"):
            if func in DROPOUTS:
                return self._drop(func, *args, **kwargs)
            if func is functional.batch_norm:
                return normalized(self.part.sum_up, *args, **kwargs)
        return func(*args, **kwargs)

    def _draw(self, func: Callable, args: Sequence[Any], kwargs: dict) -> Tensor:
        """Random numbers of the own rows: a new tensor, or drawn into a given one."""
        given, *others = args
        n_rows, *shape = given.shape if isinstance(given, Tensor) else given
        shape = self.part.whole(n_rows), *shape
        if not isinstance(given, Tensor):
            return self.part.cut(func(shape, *others, **kwargs))
        return given.copy_(
            self.part.cut(func(given.new_empty(shape), *others, **kwargs))
        )

    def _drop(self, func: Callable, rows: Tensor, p: float, **kwargs: Any) -> Tensor:
        """Rows without some of their units; which ones is drawn for all rows."""
        ones = rows.new_ones(self.part.whole(len(rows)), *rows.shape[1:])
        return rows * self.part.cut(func(ones, p=p, training=True))


class Summed(Function):
    """The sum of a tensor over all processes, of which gradients can be taken twice."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, sum_up: Sum) -> Tensor:
        """Sum the values."""
        ctx.sum_up = sum_up
        return sum_up(values.clone())

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        """What every process loses by a value, it loses by each summand."""
        return Summed.apply(gradient, ctx.sum_up), None


def normalized(
    sum_up: Sum,
    rows: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Batch normalization by the mean and the variance of the rows of all processes.

    Parameters and result are those of ``torch.nn.functional.batch_norm``.
    """
    n_channels, ends = rows.shape[1], [1] * (rows.dim() - 2)
    others = [0, *range(2, rows.dim())]  # all dimensions but that of the channels

    def spread(values: Tensor) -> Tensor:
        return values.view(1, n_channels, *ends)

    own = rows.to(torch.promote_types(rows.dtype, torch.float32))
    count = own.new_full((1,), rows.numel() // n_channels, dtype=torch.float64)
    own_mean = own.mean(others)  # (n_channels,)
    inner = (own - spread(own_mean)).square().sum(others).double()
    # In float64, in which a large mean does not drown the variance
    first = count * own_mean.double()
    sums = torch.cat([first, inner + first.square() / count, count])
    first, second, n = Summed.apply(sums, sum_up).split([n_channels, n_channels, 1])
    mean = first / n
    variance = second / n - mean.square()
    if running_mean is not None and running_var is not None:
        with torch.no_grad():
            running_mean.lerp_(mean.to(running_mean), momentum)
            unbiased = variance * n / (n - 1)
            running_var.lerp_(unbiased.to(running_var), momentum)
    scale = (variance + eps).rsqrt().to(own)
    scaled = (own - spread(mean.to(own))) * spread(scale)
    if weight is not None:
        scaled = scaled * spread(weight)
    if bias is not None:
        scaled = scaled + spread(bias)
    return scaled.to(rows.dtype)
