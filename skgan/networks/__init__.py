"""Networks: functions that build a ``torch.nn.Module``."""

from .dcgan import dcgan_discriminator, dcgan_generator
from .factories import build
from .heads import HeadedGenerator, ImageHead, RangeHead, TableHead
from .images import MAX_PLANES, Embedded, ImageDiscriminator, OfRows, Planes
from .layers import Affine, Maxout
from .mlp import mlp_discriminator, mlp_generator
from .residual import residual_generator
from .residual_images import residual_image_discriminator, residual_image_generator
from .width import is_wide

__all__ = [
    "MAX_PLANES",
    "Affine",
    "Embedded",
    "HeadedGenerator",
    "ImageDiscriminator",
    "ImageHead",
    "Maxout",
    "OfRows",
    "Planes",
    "RangeHead",
    "TableHead",
    "build",
    "dcgan_discriminator",
    "dcgan_generator",
    "is_wide",
    "mlp_discriminator",
    "mlp_generator",
    "residual_generator",
    "residual_image_discriminator",
    "residual_image_generator",
]
