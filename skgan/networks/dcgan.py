"""Networks of images: DCGAN (Radford et al. 2015)."""

from collections.abc import Sequence
from itertools import pairwise

from torch import nn

from .convolutions import OfOnePixel, doubling, halving
from .images import ImageDiscriminator, channels_of, pyramid, spectrally_normalized

STD = 0.02  # of the first weights
SLOPE = 0.2  # of leaky ReLU


def dcgan_generator(
    latent_dim: int,
    image_shape: Sequence[int],
    *,
    base_channels: int = 64,
    projection: bool = False,
) -> nn.Sequential:
    """A generator of images: fractionally strided convolutions, each doubling the size.

    Batch normalization and ReLU stand between them, and the last one is linear: the
    estimator ends in a tanh. As published, for 64x64 pixels and ``base_channels=64``, a
    4x4 convolution makes 512 maps of the noise, and four more follow. Other sizes start
    from maps of at most 7x7, and odd sizes take kernels of 3 for those of 4.

    Parameters
    ----------
    latent_dim : int
        Number of columns of the noise.
    image_shape : (int, int, int)
        Height, width and number of channels.
    base_channels : int, default=64
        Number of the largest maps; smaller ones are up to eight times as many.
    projection : bool, default=False
        Whether the noise goes through a dense layer whose every unit is normalized by
        itself, as in the tutorials of Keras and TensorFlow, and not every map.

    Returns
    -------
    torch.nn.Sequential
        Maps ``(n, latent_dim)`` to ``(n, channels, height, width)``.

    Examples
    --------
    >>> import torch
    >>> from skgan.networks import dcgan_generator
    >>> dcgan_generator(100, (28, 28, 1), base_channels=8)(torch.zeros(5, 100)).shape
    torch.Size([5, 1, 28, 28])
    """
    sizes = pyramid(image_shape)[::-1]  # from the smallest maps to the image
    widths = channels_of(base_channels, len(sizes) - 1)[::-1]
    layers = _start(latent_dim, widths[0], sizes[0], projection)
    n_maps = [*widths, image_shape[2]]
    for size, (n, n_next) in zip(sizes[1:], pairwise(n_maps), strict=True):
        is_last = size == sizes[-1]
        layers.append(doubling(n, n_next, size, bias=is_last))
        if not is_last:
            layers += [nn.BatchNorm2d(n_next), nn.ReLU()]
    network = nn.Sequential(*layers)
    _draw_weights(network)
    return network


def dcgan_discriminator(
    image_shape: Sequence[int],
    n_conditions: int = 0,
    *,
    base_channels: int = 64,
    normalization: str | None = "batch",
) -> ImageDiscriminator:
    """A discriminator of images: strided convolutions, each halving the size.

    Leaky ReLU stands between them.

    Parameters
    ----------
    image_shape : (int, int, int)
        Height, width and number of channels.
    n_conditions : int, default=0
        Number of columns of the conditions.
    base_channels : int, default=64
        Number of the largest maps; smaller ones are up to eight times as many.
    normalization : {"batch", "spectral"} or None, default="batch"
        Batch normalization of all maps but the first, as published, spectral
        normalization of all weights (Miyato et al. 2018), or none, as gradient
        penalties ask for, which are about single images.

    Returns
    -------
    ImageDiscriminator
        Maps images ``(n, channels, height, width)``, and conditions ``(n,
        n_conditions)``, to logits ``(n,)``.

    Examples
    --------
    >>> import torch
    >>> from skgan.networks import dcgan_discriminator
    >>> net = dcgan_discriminator((28, 28, 1), base_channels=8)
    >>> net(torch.zeros(5, 1, 28, 28)).shape
    torch.Size([5])
    """
    sizes = pyramid(image_shape)
    n_maps = [image_shape[2], *channels_of(base_channels, len(sizes) - 1)]
    stages = []
    for size, (n, n_next) in zip(sizes[:-1], pairwise(n_maps), strict=True):
        is_normal = normalization == "batch" and size != sizes[0]
        layer = halving(n, n_next, size, bias=not is_normal)
        norm = [nn.BatchNorm2d(n_next)] if is_normal else []
        stages.append(nn.Sequential(layer, *norm, nn.LeakyReLU(SLOPE)))
    n_features = n_maps[-1] * sizes[-1][0] * sizes[-1][1]
    network = ImageDiscriminator(stages, n_features, n_conditions)
    _draw_weights(network)
    return spectrally_normalized(network) if normalization == "spectral" else network


def _start(
    latent_dim: int, n_maps: int, size: tuple[int, int], projection: bool
) -> list[nn.Module]:
    """The first maps ``(n, n_maps, *size)`` of noise."""
    if not projection:
        return [
            nn.Unflatten(1, (latent_dim, 1, 1)),
            OfOnePixel(latent_dim, n_maps, size),
            nn.BatchNorm2d(n_maps),
            nn.ReLU(),
        ]
    n_units = n_maps * size[0] * size[1]
    return [
        nn.Linear(latent_dim, n_units, bias=False),
        nn.BatchNorm1d(n_units),
        nn.ReLU(),
        nn.Unflatten(1, (n_maps, *size)),
    ]


def _draw_weights(network: nn.Module) -> None:
    """Draw first weights as published."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(module.weight, 0.0, STD)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1.0, STD)
