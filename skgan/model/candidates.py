"""A model whose candidates come from another generator than ours."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..conditions import Conditions
from ..refinement import Refinement
from .refined import CPU, Refined


@dataclass(frozen=True, eq=False)
class CandidateModel(Refined):
    """Encoded rows of any source, and what refinement has learned of them.

    Parameters
    ----------
    encoder : Encoder
        The map between rows and encoded rows.
    source : callable
        ``source(n_rows, seed)`` returns encoded rows; other ones for other seeds.
    seed : int
        Of the rows that refinement is learned from.
    refinement : Refinement or None
        How likely candidates are accepted; None accepts all.
    acceptance_rate : float
        Share of the candidates that are accepted.
    """

    encoder: Any
    source: Callable[[int, int], np.ndarray]
    seed: int
    refinement: Refinement | None = None
    acceptance_rate: float = 1.0
    conditions = Conditions()

    def label_codes(self, y, n_rows, seed):
        """Codes ``(n_rows,)`` of labels, which rows have none of."""
        return np.zeros(n_rows, dtype=np.int64)

    def candidates(self, label_codes, seed, device=CPU):
        """Encoded rows of the source."""
        return self.source(len(label_codes), seed)
