"""Callbacks of ``fit``, in scikit-learn's protocol."""

from .early_stopping import EarlyStopping
from .grids import SampleGridCallback
from .losses import LossPrinter
from .tensorboard import TensorBoardLogger

__all__ = ["EarlyStopping", "LossPrinter", "SampleGridCallback", "TensorBoardLogger"]
