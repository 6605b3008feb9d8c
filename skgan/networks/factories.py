"""Networks chosen by name, or made by functions that users write."""

import copy
from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import nn

from .dcgan import dcgan_discriminator, dcgan_generator
from .heads import (
    HeadedGenerator,
    ImageHead,
    RangeHead,
    RowDiscriminator,
    TableHead,
)
from .images import (
    MAX_PLANES,
    ImageRowDiscriminator,
    Planes,
    embedding_of_length_one,
)
from .mlp import mlp_discriminator, mlp_generator
from .residual import residual_generator
from .residual_images import residual_image_discriminator, residual_image_generator

Factory = Callable[..., nn.Module]

ROW_GENERATORS: dict[str, Factory] = {
    "mlp": mlp_generator,
    "residual": residual_generator,
}
ROW_DISCRIMINATORS: dict[str, Factory] = {"mlp": mlp_discriminator}
IMAGE_GENERATORS: dict[str, Factory] = {
    "dcgan": dcgan_generator,
    "projected": partial(dcgan_generator, projection=True),
    "residual": residual_image_generator,
}
IMAGE_DISCRIMINATORS: dict[str, Factory] = {
    "dcgan": dcgan_discriminator,
    "residual": residual_image_discriminator,
}
MAX_EMBEDDED = 64  # numbers that tell a generator of images of its conditions
FASTEST = torch.channels_last  # for convolutions


def build(name: str, factory: Factory, *sizes: int | Sequence[int]) -> nn.Module:
    """A new network from a function of its sizes.

    Copied, because a function may hand out a module that it keeps: training must change
    nothing that belongs to the user.

    Raises
    ------
    ValueError
        If ``factory`` is a module itself, or does not return one. ``name`` is the
        parameter that the message names.
    """
    if isinstance(factory, nn.Module):
        raise ValueError(
            f"{name} must be a function that builds a module, so that every fit starts "
            f"with new weights, got a {type(factory).__name__} module."
        )
    network = factory(*sizes)
    if not isinstance(network, nn.Module):
        raise ValueError(
            f"{name} must be a function that returns a torch.nn.Module, "
            f"but it returned {network!r}."
        )
    return copy.deepcopy(network)


def row_networks(
    head: RangeHead | TableHead,
    latent_dim: int,
    n_conditions: int,
    *,
    generator: str | Factory,
    discriminator: str | Factory | None,
    hidden_layer_sizes: Sequence[int],
    dropout: float,
) -> tuple[HeadedGenerator, RowDiscriminator | None]:
    """A generator and a discriminator of rows, with first weights.

    ``generator`` and ``discriminator`` are names or functions of sizes; None is no
    discriminator. The other options are those of networks that are named.
    """
    n_inputs, widths = latent_dim + n_conditions, hidden_layer_sizes
    if isinstance(generator, str):
        chosen = ROW_GENERATORS[generator]
        network = chosen(n_inputs, head.n_raw, hidden_layer_sizes=widths)
    else:
        network = build("generator", generator, n_inputs, head.n_raw)
    headed = HeadedGenerator(network, copy.deepcopy(head))
    if discriminator is None:
        return headed, None
    n_inputs = head.n_expanded + n_conditions
    if isinstance(discriminator, str):
        options = {"hidden_layer_sizes": widths, "dropout": dropout}
        judge = ROW_DISCRIMINATORS[discriminator](n_inputs, **options)
    else:
        judge = build("discriminator", discriminator, n_inputs)
    return headed, RowDiscriminator(judge)


def image_networks(
    head: ImageHead,
    latent_dim: int,
    n_conditions: int,
    *,
    generator: str | Factory,
    discriminator: str | Factory | None,
    base_channels: int,
    normalization: str | None,
) -> tuple[HeadedGenerator, ImageRowDiscriminator | None]:
    """A generator and a discriminator of images, with first weights.

    ``generator`` and ``discriminator`` are names or functions of sizes; None is no
    discriminator. The other options are those of networks that are named.
    """
    shape = head.image_shape
    embedding = None
    n_embedded = min(n_conditions, MAX_EMBEDDED)
    n_inputs = latent_dim + n_embedded
    if callable(generator):
        network = build("generator", generator, n_inputs, shape)
    else:
        chosen = IMAGE_GENERATORS[generator]
        network = _fast(chosen(n_inputs, shape, base_channels=base_channels))
    if n_embedded < n_conditions:
        embedding = embedding_of_length_one(n_conditions, n_embedded)
    headed = HeadedGenerator(network, copy.deepcopy(head), embedding)
    if discriminator is None:
        return headed, None
    judge: nn.Module
    if callable(discriminator):
        judge = _with_planes(discriminator, n_conditions, shape)
    else:
        chosen = IMAGE_DISCRIMINATORS[discriminator]
        options = {"base_channels": base_channels, "normalization": normalization}
        judge = _fast(chosen(shape, n_conditions, **options))
    return headed, ImageRowDiscriminator(judge, shape)


def _fast(network: nn.Module) -> nn.Module:
    """The network with its weights in the order of memory that is the fastest."""
    return network.to(memory_format=FASTEST)  # type: ignore[call-overload]


def _with_planes(factory: Factory, n_conditions: int, shape: Sequence[int]) -> Planes:
    """A user's discriminator of images, with conditions as further channels."""
    height, width, n_channels = shape
    n_planes = min(n_conditions, MAX_PLANES)
    network = build("discriminator", factory, (height, width, n_channels + n_planes))
    return Planes(network, n_conditions, n_planes)
