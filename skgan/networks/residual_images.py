"""Networks of images without normalization: residual blocks (Huang et al. 2024)."""

from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn

from .convolutions import halving
from .images import ImageDiscriminator, channels_of, pyramid, spectrally_normalized

SLOPE = 0.2  # of leaky ReLU


class Residual(nn.Module):
    """Maps plus what two convolutions of 3x3 make of them.

    The second one starts at 0, so that a new block changes nothing, and networks can be
    trained without normalization (Zhang et al. 2019).
    """

    def __init__(self, n_maps: int) -> None:
        super().__init__()
        self.first = _drawn(nn.Conv2d(n_maps, n_maps, 3, padding=1), SLOPE)
        self.second = nn.Conv2d(n_maps, n_maps, 3, padding=1, bias=False)
        nn.init.zeros_(self.second.weight)
        self.activation = nn.LeakyReLU(SLOPE)

    def forward(self, maps: Tensor) -> Tensor:
        """Maps of the same shape."""
        inner = self.first(self.activation(maps))
        return maps + self.second(self.activation(inner))


class Resize(nn.Module):
    """Maps of another size, by bilinear interpolation."""

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__()
        self.size = size

    def forward(self, maps: Tensor) -> Tensor:
        """Maps ``(n, n_maps, *size)``."""
        return nn.functional.interpolate(maps, self.size, mode="bilinear")


def residual_image_generator(
    latent_dim: int, image_shape: Sequence[int], *, base_channels: int = 64
) -> nn.Sequential:
    """A generator of images without normalization: residual blocks between sizes.

    A small relative of R3GAN's (Huang et al. 2024).

    Parameters
    ----------
    latent_dim : int
        Number of columns of the noise.
    image_shape : (int, int, int)
        Height, width and number of channels.
    base_channels : int, default=64
        Number of maps of half the image's size; smaller ones are up to eight times as
        many.

    Returns
    -------
    torch.nn.Sequential
        Maps ``(n, latent_dim)`` to ``(n, channels, height, width)``.

    Examples
    --------
    >>> import torch
    >>> from skgan.networks import residual_image_generator
    >>> net = residual_image_generator(100, (28, 28, 1), base_channels=8)
    >>> net(torch.zeros(5, 100)).shape
    torch.Size([5, 1, 28, 28])
    """
    image, *sizes = pyramid(image_shape)
    widths = channels_of(base_channels, len(sizes))
    n_maps, (height, breadth) = widths[-1], sizes[-1]
    layers = [
        _drawn(nn.Linear(latent_dim, n_maps * height * breadth)),
        nn.Unflatten(1, (n_maps, height, breadth)),
        Residual(n_maps),
    ]
    levels = list(zip(sizes, widths, strict=True))[::-1]
    for (_, n), (size, n_next) in pairwise(levels):
        layers += [_drawn(nn.Conv2d(n, n_next, 1, bias=False)), Resize(size)]
        layers.append(Residual(n_next))
    # The image's own size has too many pixels for a block
    return nn.Sequential(
        *layers,
        nn.LeakyReLU(SLOPE),
        Resize(image),
        _drawn(nn.Conv2d(base_channels, image_shape[2], 3, padding=1), SLOPE),
    )


def residual_image_discriminator(
    image_shape: Sequence[int],
    n_conditions: int = 0,
    *,
    base_channels: int = 64,
    normalization: str | None = None,
) -> ImageDiscriminator:
    """A discriminator of images without normalization: residual blocks between sizes.

    A small relative of R3GAN's (Huang et al. 2024).

    Parameters
    ----------
    image_shape : (int, int, int)
        Height, width and number of channels.
    n_conditions : int, default=0
        Number of columns of the conditions.
    base_channels : int, default=64
        Number of maps of half the image's size; smaller ones are up to eight times as
        many.
    normalization : {"spectral"} or None, default=None
        Spectral normalization of all weights (Miyato et al. 2018), or none.

    Returns
    -------
    ImageDiscriminator
        Maps images ``(n, channels, height, width)``, and conditions ``(n,
        n_conditions)``, to logits ``(n,)``.

    Examples
    --------
    >>> import torch
    >>> from skgan.networks import residual_image_discriminator
    >>> net = residual_image_discriminator((28, 28, 1), base_channels=8)
    >>> net(torch.zeros(5, 1, 28, 28)).shape
    torch.Size([5])
    """
    image, *sizes = pyramid(image_shape)
    widths = channels_of(base_channels, len(sizes))
    entry = halving(image_shape[2], base_channels, image)
    stages = [nn.Sequential(_drawn(entry), Residual(base_channels))]
    for (n, n_next), size in zip(pairwise(widths), sizes[1:], strict=True):
        mix = _drawn(nn.Conv2d(n, n_next, 1, bias=False))
        stages.append(nn.Sequential(Resize(size), mix, Residual(n_next)))
    stages[-1].append(nn.LeakyReLU(SLOPE))
    n_features = widths[-1] * sizes[-1][0] * sizes[-1][1]
    network = ImageDiscriminator(stages, n_features, n_conditions)
    if not normalization:
        return network
    for module in network.modules():
        if isinstance(module, Residual):  # weights of 0 have no norm to divide by
            _drawn(module.second, SLOPE)
    return spectrally_normalized(network)


def _drawn(layer: nn.Conv2d | nn.Linear, slope: float = 1.0) -> nn.Module:
    """The layer with first weights that keep the variance of what goes through.

    ``slope`` is that of the leaky ReLU before it, 1 if there is none.
    """
    nn.init.kaiming_normal_(layer.weight, a=slope)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer
