"""Networks: functions that build a ``torch.nn.Module``."""

from .factories import build
from .layers import Maxout
from .mlp import mlp_discriminator, mlp_generator

__all__ = ["Maxout", "build", "mlp_discriminator", "mlp_generator"]
