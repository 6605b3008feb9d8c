"""What cannot be shared by processes is refused, and all else is not."""

import pytest
import torch
from rank_cases import Centered, Noise
from torch import nn

from skgan.losses import LOSSES
from skgan.networks import RangeHead, row_networks
from skgan.networks.layers import Dropout
from skgan.penalties import r1
from skgan.training import (
    BatchStream,
    LatentSampler,
    Objective,
    Schedule,
    TrainingData,
    TrainingRun,
    check_sharing,
)


def of_a_row(critic, real, fake):
    """A penalty that a user wrote."""
    return critic(real).square() + critic(fake).square()


def of_a_batch(critic, real, fake):
    return of_a_row(critic, real, fake) * fake.mean()


def linear(*layers):
    """A user's network: a linear map behind other layers."""
    return lambda n_in, n_out=1: nn.Sequential(*layers, nn.Linear(n_in, n_out))


PLAIN = linear()


def check(generator=PLAIN, discriminator=PLAIN, penalty=r1, n_rows=9):
    """Check a run of these parts."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        networks = row_networks(
            RangeHead(3, nn.Identity()),
            5,
            0,
            generator=generator,
            discriminator=discriminator,
            hidden_layer_sizes=(),
            dropout=0.0,
        )
        data = TrainingData(torch.randn(n_rows, 3), torch.zeros(n_rows, 0))
        run = TrainingRun(
            networks,
            BatchStream(data, 8, torch.Generator()),
            LatentSampler(5, "normal", 0),
            Objective(LOSSES["non_saturating"], [(1.0, penalty)]),
            Schedule(3),
            optimizer=torch.optim.Adam,
            learning_rates=(1e-3, 1e-3),
            ema_decay=0.9,
        )
        check_sharing(run)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (
            {"generator": linear(Centered())},
            "generator must give a row the same",
        ),
        (
            {"discriminator": linear(Centered())},
            "discriminator must give a row",
        ),
        ({"penalty": of_a_batch}, "penalty must give a row the same numbers"),
        ({"generator": linear(Noise())}, "generator must not draw random numbers"),
        ({"discriminator": linear(Noise())}, "discriminator must not draw random"),
    ],
)
def test_what_looks_at_other_rows_or_draws_is_refused_by_name(parts, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        check(**parts)


@pytest.mark.parametrize("n_rows", [3, 9])
def test_what_works_row_by_row_is_not_refused(n_rows):
    """Batch normalization and dropout are done to whole batches, and few rows do."""
    layers = nn.Dropout(0.5), Dropout(0.5)
    networks = linear(nn.BatchNorm1d(5), *layers), linear(nn.BatchNorm1d(3), *layers)
    check(*networks, of_a_row, n_rows)
