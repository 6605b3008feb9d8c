"""Whether networks are wide enough to gain from bfloat16."""

from torch import nn

from .convolutions import OfOnePixel
from .layers import ConditionEmbedding

# Below them a cast costs more than the product saves
WIDE_UNITS, WIDE_MAPS = 256, 32


def is_wide(network: nn.Module) -> bool:
    """Whether a layer has many units, or many maps, going in and coming out.

    Not what conditions or the noise alone go through: that is little work.
    """
    return any(map(_is_wide_layer, network.modules()))


def _is_wide_layer(layer: nn.Module) -> bool:
    if isinstance(layer, ConditionEmbedding | OfOnePixel):
        return False
    if isinstance(layer, nn.Linear):
        return min(layer.in_features, layer.out_features) >= WIDE_UNITS
    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
        return min(layer.in_channels, layer.out_channels) >= WIDE_MAPS
    return False
