"""Networks: functions that build a ``torch.nn.Module``."""

from .batches import Batch, Latents
from .dcgan import dcgan_discriminator, dcgan_generator
from .dry_run import dry_run
from .factories import (
    IMAGE_DISCRIMINATORS,
    IMAGE_GENERATORS,
    ROW_DISCRIMINATORS,
    ROW_GENERATORS,
    build,
    image_networks,
    row_networks,
)
from .heads import (
    HeadedGenerator,
    ImageHead,
    RangeHead,
    RowDiscriminator,
    TableHead,
    log_shares_of,
    make_head,
)
from .images import ImageDiscriminator, ImageRowDiscriminator, Planes
from .layers import Affine, Dropout, Maxout
from .mlp import mlp_discriminator, mlp_generator
from .residual import residual_generator
from .residual_images import residual_image_discriminator, residual_image_generator
from .width import is_wide

__all__ = [
    "IMAGE_DISCRIMINATORS",
    "IMAGE_GENERATORS",
    "ROW_DISCRIMINATORS",
    "ROW_GENERATORS",
    "Affine",
    "Batch",
    "Dropout",
    "HeadedGenerator",
    "ImageDiscriminator",
    "ImageHead",
    "ImageRowDiscriminator",
    "Latents",
    "Maxout",
    "Planes",
    "RangeHead",
    "RowDiscriminator",
    "TableHead",
    "build",
    "dcgan_discriminator",
    "dcgan_generator",
    "dry_run",
    "image_networks",
    "is_wide",
    "log_shares_of",
    "make_head",
    "mlp_discriminator",
    "mlp_generator",
    "residual_generator",
    "residual_image_discriminator",
    "residual_image_generator",
    "row_networks",
]
