"""Refinement: an estimated density ratio, by which candidates are accepted.

After training, a classifier that sees more than the discriminator tells how much more
likely a candidate is among real rows, and candidates are accepted accordingly
(discriminator rejection sampling, Azadi et al. 2019).
"""

from ..storage import Vocabulary
from .acceptance import accept
from .bins import Bins
from .cells import CellCounts, Census
from .judge import Judge, Ratio, calibrate, judging_sizes, learn_judge
from .margins import choose, equal_multipliers, n_missing, rake_margins
from .platt import PlattScaling, fit_platt_scaling, fit_with_prior
from .raking import Raking
from .ratio import (
    MAX_REAL,
    METHODS,
    Features,
    Refinement,
    bins_of,
    effort,
    learn_refinement,
    learning_sizes,
    with_labels,
)
from .search import CONFIDENCE, TooRareError, affordable, search, upper_bound
from .sense import Normal, Scores, Sense
from .trees import Trees, fit_trees
from .votes import votes_between

REFINEMENT_WORDS = Vocabulary(
    [
        *(Bins, Judge, Normal, PlattScaling, Raking, Ratio, Refinement),
        *(Scores, Sense, Trees),
    ]
)

__all__ = [
    "REFINEMENT_WORDS",
    "CONFIDENCE",
    "MAX_REAL",
    "METHODS",
    "Bins",
    "CellCounts",
    "Census",
    "Features",
    "Judge",
    "PlattScaling",
    "Raking",
    "Refinement",
    "TooRareError",
    "Trees",
    "accept",
    "affordable",
    "bins_of",
    "calibrate",
    "choose",
    "effort",
    "equal_multipliers",
    "fit_with_prior",
    "fit_platt_scaling",
    "fit_trees",
    "judging_sizes",
    "learn_judge",
    "learn_refinement",
    "learning_sizes",
    "n_missing",
    "rake_margins",
    "search",
    "upper_bound",
    "votes_between",
    "with_labels",
]
