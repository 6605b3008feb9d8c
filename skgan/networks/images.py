"""Images between the rows that training sees and the maps that networks compute on."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from .batches import Batch
from .layers import ConditionEmbedding

MAX_SMALLEST = 7  # longest side of the smallest maps
MAX_FACTOR = 8  # of the widest layer to the narrowest
MAX_PLANES = 16  # channels that conditions may be to a discriminator


def pyramid(image_shape: Sequence[int]) -> list[tuple[int, int]]:
    """Heights and widths from the image down, halved at least once, rounded up."""
    height, width = image_shape[:2]
    sizes = [(height, width)]
    while len(sizes) == 1 or max(sizes[-1]) > MAX_SMALLEST:
        height, width = (height + 1) // 2, (width + 1) // 2
        sizes.append((height, width))
    return sizes


def channels_of(base_channels: int, n_levels: int) -> list[int]:
    """Numbers of maps of each level below the image, doubling up to a limit."""
    return [base_channels * min(2**level, MAX_FACTOR) for level in range(n_levels)]


class ImageDiscriminator(nn.Module):
    """Stages of convolutions and one logit for each image.

    A linear layer makes it of the last maps. Conditions add the product of these maps
    and an embedding (Miyato and Koyama 2018).

    Parameters
    ----------
    stages : list of torch.nn.Module
        Each maps images or maps to smaller maps.
    n_features : int
        Number of numbers in the last maps of an image.
    n_conditions : int
        Number of columns of the conditions.
    """

    def __init__(
        self, stages: Sequence[nn.Module], n_features: int, n_conditions: int
    ) -> None:
        super().__init__()
        self.stages = nn.Sequential(*stages)
        self.logit = nn.Linear(n_features, 1)
        self.embedding = None
        if n_conditions:
            self.embedding = ConditionEmbedding(n_conditions, n_features)

    def forward(self, images: Tensor, conditions: Tensor | None = None) -> Tensor:
        """Logits ``(n,)`` of images ``(n, channels, height, width)``.

        Conditions are of shape ``(n, n_conditions)``.
        """
        # In the order of memory, which spares the way back a change of layout
        features = self.stages(images).permute(0, 2, 3, 1).flatten(1)
        logits = self.logit(features).flatten()
        if self.embedding is None:
            return logits
        return logits + (self.embedding(conditions) * features).sum(1)


def spectrally_normalized(network: ImageDiscriminator) -> ImageDiscriminator:
    """The network with all weights divided by their norms (Miyato et al. 2018)."""
    for module in list(network.modules()):
        if isinstance(module, nn.Conv2d | nn.Linear):
            spectral_norm(module)
    return network


def embedding_of_length_one(n_conditions: int, n_embedded: int) -> ConditionEmbedding:
    """As long as conditions themselves: longer vectors would drown what is beside."""
    embedding = ConditionEmbedding(n_conditions, n_embedded)
    nn.init.normal_(embedding.weight, std=n_embedded**-0.5)
    return embedding


class ImageRowDiscriminator(nn.Module):
    """A network of images as a discriminator of rows of pixels.

    Parameters
    ----------
    network : torch.nn.Module
        Maps images ``(n, channels, height, width)`` and conditions ``(n, c)`` to logits
        ``(n,)``.
    image_shape : (int, int, int)
        Height, width and number of channels.
    """

    def __init__(self, network: nn.Module, image_shape: Sequence[int]) -> None:
        super().__init__()
        self.network = network
        self.image_shape = tuple(image_shape)

    def images(self, rows: Tensor) -> Tensor:
        """Images ``(n, channels, height, width)``, channels last in memory."""
        return rows.unflatten(1, self.image_shape).permute(0, 3, 1, 2)

    def forward(self, batch: Batch) -> Tensor:
        """Logits ``(n,)`` of rows ``(n, height * width * channels)`` and conditions."""
        # Gradient penalties are about images: conditions are of another scale
        return self.network(self.images(batch.rows), batch.conditions.detach())


class Planes(nn.Module):
    """A discriminator that sees conditions as further channels of its images.

    Parameters
    ----------
    network : torch.nn.Module
        Maps images ``(n, channels + n_planes, height, width)`` to logits.
    n_conditions, n_planes : int
        Number of columns of the conditions, and of channels. Fewer channels hold an
        embedding.
    """

    def __init__(self, network: nn.Module, n_conditions: int, n_planes: int) -> None:
        super().__init__()
        self.network, self.embedding = network, None
        if n_planes < n_conditions:
            self.embedding = embedding_of_length_one(n_conditions, n_planes)

    def forward(self, images: Tensor, conditions: Tensor) -> Tensor:
        """Logits of images, and of conditions ``(n, n_conditions)``."""
        if self.embedding is not None:
            conditions = self.embedding(conditions)
        planes = conditions[:, :, None, None].expand(-1, -1, *images.shape[2:])
        return self.network(torch.cat([images, planes], 1))
