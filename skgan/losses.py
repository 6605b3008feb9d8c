"""Adversarial losses: what the two networks minimize.

A loss is a pair of pure functions of logits. Both halves take ``(real_logits,
fake_logits)``, because a relativistic generator needs the real logits too, and return
one number for each pair of a real and a fake row, of which the step takes the mean.
Everything is written with ``softplus``, the stable form of ``-log(sigmoid)``, so that
values and gradients are right at logits of any size.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import relu, softplus

LossFunction = Callable[[Tensor, Tensor], Tensor]


class AdversarialLoss(NamedTuple):
    """The losses of the two players, each ``(real_logits, fake_logits) -> (n,)``.

    Parameters
    ----------
    discriminator : callable
        What the discriminator minimizes the mean of.
    generator : callable
        What the generator minimizes the mean of. It is called with the real logits that
        the discriminator gave to the batch in its own step, without a gradient.

    Examples
    --------
    >>> import torch
    >>> from skgan.losses import LOSSES
    >>> real_logits, fake_logits = torch.zeros(4), torch.zeros(4)
    >>> LOSSES["non_saturating"].generator(real_logits, fake_logits)
    tensor([0.6931, 0.6931, 0.6931, 0.6931])
    """

    discriminator: LossFunction
    generator: LossFunction


def _relativistic_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    return softplus(fake_logits - real_logits)  # -log sigmoid(real - fake)


def _relativistic_generator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    return softplus(real_logits - fake_logits)  # -log sigmoid(fake - real)


def _cross_entropy_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    # -log D(x) - log(1 - D(G(z)))
    return softplus(-real_logits) + softplus(fake_logits)


def _non_saturating_generator(_: Tensor, fake_logits: Tensor) -> Tensor:
    return softplus(-fake_logits)  # -log D(G(z))


def _minimax_generator(_: Tensor, fake_logits: Tensor) -> Tensor:
    return -softplus(fake_logits)  # log(1 - D(G(z)))


def _wasserstein_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    return fake_logits - real_logits


def _mean_generator(_: Tensor, fake_logits: Tensor) -> Tensor:
    return -fake_logits


def _hinge_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    return relu(1 - real_logits) + relu(1 + fake_logits)


def _least_squares_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    return ((real_logits - 1).square() + fake_logits.square()) / 2


def _least_squares_generator(_: Tensor, fake_logits: Tensor) -> Tensor:
    return (fake_logits - 1).square() / 2


LOSSES: dict[str, AdversarialLoss] = {
    # Jolicoeur-Martineau 2019, paired; the loss of R3GAN (Huang et al. 2024)
    "relativistic": AdversarialLoss(
        _relativistic_discriminator, _relativistic_generator
    ),
    # Goodfellow et al. 2014, section 3: "maximize log D(G(z))"
    "non_saturating": AdversarialLoss(
        _cross_entropy_discriminator, _non_saturating_generator
    ),
    # Goodfellow et al. 2014, equation 1: its gradient vanishes where D is sure
    "minimax": AdversarialLoss(_cross_entropy_discriminator, _minimax_generator),
    # Arjovsky et al. 2017; needs the "interpolated" penalty (Gulrajani et al. 2017)
    "wasserstein": AdversarialLoss(_wasserstein_discriminator, _mean_generator),
    # Lim and Ye 2017; Miyato et al. 2018
    "hinge": AdversarialLoss(_hinge_discriminator, _mean_generator),
    # Mao et al. 2017, with targets 0 (fake), 1 (real) and 1 (that of the generator)
    "least_squares": AdversarialLoss(
        _least_squares_discriminator, _least_squares_generator
    ),
}

# What a discriminator that cannot tell rows apart had best answer; 0 by other losses
_UNDECIDED_LOGITS = {"least_squares": 0.5}  # between its targets


def losses_of_logit(loss: AdversarialLoss, logit: float) -> tuple[float, float]:
    """Compute both losses where all rows have the same logit."""
    logits = torch.full((1,), logit)
    own, other = (float(half(logits, logits).mean()) for half in loss)
    return own, other


def undecided_losses(
    loss: str | tuple[LossFunction, LossFunction],
) -> tuple[float, float] | None:
    """Compute both losses where real and generated rows cannot be told apart.

    Parameters
    ----------
    loss : str or pair of callables
        As the estimators take it.

    Returns
    -------
    (float, float) or None
        Of discriminator and generator. None of a loss of the user's own, of which
        nothing is known.

    Examples
    --------
    >>> from skgan.losses import undecided_losses
    >>> undecided_losses("least_squares")
    (0.25, 0.125)
    """
    for name, known in LOSSES.items():
        if loss in (name, known):
            return losses_of_logit(known, _UNDECIDED_LOGITS.get(name, 0.0))
    return None
