"""Gradient penalties: what keeps the discriminator smooth.

A penalty is a function ``(critic, real, fake) -> (n,)``, one number a row, of which the
step takes the mean; ``critic`` maps a batch to its logits. Penalties combine with any
loss.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Critic = Callable[[Tensor], Tensor]
Penalty = Callable[[Critic, Tensor, Tensor], Tensor]


def _squared_gradient_norms(critic: Critic, points: Tensor) -> Tensor:
    """Squared norm of the critic's gradient at each point, differentiable."""
    points = points.detach().requires_grad_()
    (gradients,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return gradients.flatten(1).square().sum(1)  # (n,)


def r1(critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
    """Squared gradient norm at the real rows (Mescheder et al. 2018).

    Papers write gamma / 2 in front: their gamma is twice ``penalty_weight``.

    Parameters
    ----------
    critic : callable
        Maps a batch ``(n, ...)`` to its logits ``(n,)``.
    real, fake : tensor of shape (n, ...)
        A batch of real and of generated rows.

    Returns
    -------
    tensor of shape (n,)
        The penalty of each row, differentiable with respect to the critic's parameters.

    Examples
    --------
    >>> import torch
    >>> from skgan.penalties import r1
    >>> real, fake = torch.zeros(5, 2), torch.ones(5, 2)
    >>> r1(lambda rows: rows @ torch.tensor([3.0, 4.0]), real, fake)
    tensor([25., 25., 25., 25., 25.])
    """
    return _squared_gradient_norms(critic, real)


def r2(critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
    """Squared gradient norm at the generated rows (Mescheder et al. 2018).

    Parameters
    ----------
    critic : callable
        Maps a batch ``(n, ...)`` to its logits ``(n,)``.
    real, fake : tensor of shape (n, ...)
        A batch of real and of generated rows.

    Returns
    -------
    tensor of shape (n,)
        The penalty of each row, differentiable with respect to the critic's parameters.

    Examples
    --------
    >>> import torch
    >>> from skgan.penalties import r2
    >>> real, fake = torch.zeros(5, 2), torch.ones(5, 2)
    >>> r2(lambda rows: rows.square().sum(1), real, fake).detach()
    tensor([8., 8., 8., 8., 8.])
    """
    return _squared_gradient_norms(critic, fake)


def interpolated(
    critic: Critic, real: Tensor, fake: Tensor, rng: torch.Generator | None = None
) -> Tensor:
    """Squared distance of the gradient norm from 1 between real and generated rows.

    The penalty of WGAN-GP (Gulrajani et al. 2017), at one uniformly drawn point of the
    segment between each real row and the generated row it is paired with.

    Parameters
    ----------
    critic : callable
        Maps a batch ``(n, ...)`` to its logits ``(n,)``.
    real, fake : tensor of shape (n, ...)
        A batch of real and of generated rows.
    rng : torch.Generator or None, default=None
        Decides the points. A run lends its own; None is torch's global stream.

    Returns
    -------
    tensor of shape (n,)
        The penalty of each row, differentiable with respect to the critic's parameters.

    Examples
    --------
    >>> import torch
    >>> from skgan.penalties import interpolated
    >>> real, fake = torch.zeros(5, 2), torch.ones(5, 2)
    >>> interpolated(lambda rows: rows @ torch.tensor([3.0, 4.0]), real, fake)
    tensor([16., 16., 16., 16., 16.])
    """
    shape = (len(real),) + (1,) * (real.dim() - 1)
    share = torch.rand(shape, generator=rng, dtype=real.dtype, device=real.device)
    squared_norms = _squared_gradient_norms(critic, torch.lerp(real, fake, share))
    # The root has no gradient at 0, where a critic with dead units is flat
    norms = squared_norms.clamp(min=torch.finfo(real.dtype).tiny).sqrt()
    return (norms - 1).square()


PENALTIES: dict[str, Penalty] = {"r1": r1, "r2": r2, "interpolated": interpolated}

# What penalty_weight="auto" means, given the variance of the real rows summed over
# their columns. A zero-centered penalty acts alike on data of any scale and width if it
# grows with that variance. Gulrajani et al. 2017 weigh theirs by 10, and on the plane,
# where 10 loses all modes but one of a grid, their code does by 0.1: this is both.
AUTO_WEIGHTS: dict[str, Callable[[float], float]] = {
    "r1": lambda variance: 0.025 * variance,
    "r2": lambda variance: 0.025 * variance,
    "interpolated": lambda variance: 0.05 * variance,
}

# The penalties that penalty="auto" gives a loss; the other losses go without
AUTO_PENALTIES: dict[str, tuple[str, ...]] = {
    "relativistic": ("r1", "r2"),
    "wasserstein": ("interpolated",),
}

PenaltyOption = str | Penalty


def weighted_penalties(
    penalty: PenaltyOption | Sequence[PenaltyOption] | None,
    weight: float | str,
    *,
    loss: str | None,
    variance: float,
) -> list[tuple[float, Penalty]]:
    """Pairs (weight, penalty) from what a user writes: names, functions, ``"auto"``.

    ``loss`` is the name of the loss, None for a user's own; ``variance`` that of the
    real rows, summed over their columns. A user's own function has the weight 1 if
    ``weight`` is ``"auto"``.
    """
    if penalty is None:
        options: Sequence[PenaltyOption] = ()
    elif penalty == "auto":
        options = AUTO_PENALTIES.get(loss, ()) if loss else ()
    elif isinstance(penalty, str) or callable(penalty):
        options = (penalty,)
    else:
        options = penalty
    weighted = []
    for option in options:
        function, auto_weight = _look_up(option)
        own = auto_weight(variance) if weight == "auto" else float(weight)
        weighted.append((own, function))
    return weighted


def _look_up(option: PenaltyOption) -> tuple[Penalty, Callable[[float], float]]:
    if callable(option):
        return option, lambda variance: 1.0
    if not isinstance(option, str) or option not in PENALTIES:
        raise ValueError(
            f"penalty must hold functions or names of {sorted(PENALTIES)}, "
            f"got {option!r}."
        )
    return PENALTIES[option], AUTO_WEIGHTS[option]
