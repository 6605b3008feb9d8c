"""Training: the adversarial step, the loop around it, and the averaged generator."""

from .averaging import WeightAverage
from .loop import BLOCK_SIZE, Schedule, train
from .progress import Progress
from .state import BatchStream, Noise, NoiseStream, Player, TrainingState
from .step import Objective

__all__ = [
    "BLOCK_SIZE",
    "BatchStream",
    "Noise",
    "NoiseStream",
    "Objective",
    "Player",
    "Progress",
    "Schedule",
    "TrainingState",
    "WeightAverage",
    "train",
]
