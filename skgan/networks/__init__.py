"""Networks: functions that build a ``torch.nn.Module``."""

from .factories import build
from .heads import HeadedGenerator, RangeHead, TableHead
from .layers import Maxout
from .mlp import mlp_discriminator, mlp_generator
from .residual import residual_generator

__all__ = [
    "HeadedGenerator",
    "Maxout",
    "RangeHead",
    "TableHead",
    "build",
    "mlp_discriminator",
    "mlp_generator",
    "residual_generator",
]
