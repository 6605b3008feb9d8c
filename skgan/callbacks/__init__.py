"""Callbacks of ``fit``, in scikit-learn's protocol."""

from .checkpoints import Checkpoint
from .early_stopping import EarlyStopping
from .grids import SampleGridCallback
from .losses import LossPrinter
from .tensorboard import TensorBoardLogger

__all__ = [
    "Checkpoint",
    "EarlyStopping",
    "LossPrinter",
    "SampleGridCallback",
    "TensorBoardLogger",
]
