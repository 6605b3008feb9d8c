"""Refinement: an estimated density ratio, by which candidates are accepted.

After training, a classifier that sees more than the discriminator tells how much more
likely a candidate is among real rows, and candidates are accepted accordingly
(discriminator rejection sampling, Azadi et al. 2019).
"""

from .acceptance import accept
from .cells import Cells
from .raking import Raking
from .ratio import METHODS, Refinement, Seen, learn_refinement, n_learnt_from
from .trees import Trees, fit_trees

__all__ = [
    "METHODS",
    "Cells",
    "Raking",
    "Refinement",
    "Seen",
    "Trees",
    "accept",
    "fit_trees",
    "learn_refinement",
    "n_learnt_from",
]
