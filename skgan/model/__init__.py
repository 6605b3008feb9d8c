"""What a fit has learned: plain, frozen objects of arrays, numbers and networks."""

from ..conditions import CONDITION_WORDS
from ..encoding import ENCODING_WORDS
from ..refinement import REFINEMENT_WORDS
from ..storage import Vocabulary
from ..training import LatentSampler
from .candidates import CandidateModel
from .checks import check_judging, check_parts
from .comparison import Comparison
from .density import Density, fit_density, log_density
from .drawing import draw_chunks, draw_rows, specimen
from .fitted import FittedGAN
from .judging import fit_judge
from .pool import draw_from_pool
from .refined import CPU, Refined, refinement_of
from .sources import CandidateSource
from .training_report import training_report, warn_of

# Of all that a FittedGAN holds but its networks
MODEL_WORDS = ENCODING_WORDS | CONDITION_WORDS | REFINEMENT_WORDS
MODEL_WORDS |= Vocabulary([Density, LatentSampler])

__all__ = [
    "CPU",
    "MODEL_WORDS",
    "CandidateModel",
    "CandidateSource",
    "Comparison",
    "Density",
    "FittedGAN",
    "Refined",
    "check_judging",
    "check_parts",
    "draw_chunks",
    "draw_from_pool",
    "draw_rows",
    "fit_density",
    "fit_judge",
    "log_density",
    "refinement_of",
    "specimen",
    "training_report",
    "warn_of",
]
