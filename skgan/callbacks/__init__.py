"""Callbacks of ``fit``, in scikit-learn's protocol."""

from .grids import SampleGridCallback
from .losses import LossPrinter
from .tensorboard import TensorBoardLogger

__all__ = ["LossPrinter", "SampleGridCallback", "TensorBoardLogger"]
