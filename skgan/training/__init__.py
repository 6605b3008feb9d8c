"""Training: the adversarial step, the run around it, and the averaged generator."""

from .averaging import WeightAverage
from .distributed import Ranks, distributed, together
from .early_stopping import PATIENCE, BestState, votes_of
from .loop import iterate
from .plain import digest_of, from_plain, to_plain
from .run import REPORTING_INTERVAL, TrainingRun, make_player
from .schedule import COUNT_RULE, Schedule, update_counts
from .sharing import check_sharing
from .state import Player, TrainingState
from .step import Objective
from .streams import BatchStream, LatentSampler, TrainingData, training_data

__all__ = [
    "COUNT_RULE",
    "PATIENCE",
    "REPORTING_INTERVAL",
    "BatchStream",
    "BestState",
    "LatentSampler",
    "Objective",
    "Player",
    "Ranks",
    "Schedule",
    "TrainingData",
    "TrainingRun",
    "TrainingState",
    "WeightAverage",
    "check_sharing",
    "digest_of",
    "distributed",
    "from_plain",
    "iterate",
    "make_player",
    "to_plain",
    "together",
    "training_data",
    "update_counts",
    "votes_of",
]
