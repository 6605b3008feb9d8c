"""Training: the adversarial step, the loop around it, and the averaged generator."""

from .averaging import WeightAverage
from .loop import BLOCK_SIZE, train
from .progress import Progress
from .schedule import COUNT_RULE, Schedule, update_counts
from .state import BatchStream, Noise, NoiseStream, Player, TrainingState
from .step import Objective

__all__ = [
    "BLOCK_SIZE",
    "COUNT_RULE",
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
    "update_counts",
]
