"""Networks as users write them."""

from torch import nn


def global_dropout(n_inputs):
    """A discriminator with torch's dropout, which draws from the global stream."""
    return nn.Sequential(
        nn.Linear(n_inputs, 8), nn.LeakyReLU(0.2), nn.Dropout(0.4), nn.Linear(8, 1)
    )
