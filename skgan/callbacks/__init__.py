"""Callbacks of ``fit``, in scikit-learn's protocol."""

from .checkpoints import Checkpoint
from .grids import SampleGridCallback
from .losses import LossPrinter
from .tensorboard import TensorBoardLogger

__all__ = ["Checkpoint", "LossPrinter", "SampleGridCallback", "TensorBoardLogger"]
