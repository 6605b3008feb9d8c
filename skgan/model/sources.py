"""Where the rows come from that are asked for: candidates, and how good each is."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..encoding import Table

MAX_NUMBERS = 2**24  # of candidates that are decoded at once


@dataclass(frozen=True, eq=False)
class LabeledRows:
    """A ``Table``, and the codes ``(n,)`` of its rows' labels."""

    table: Table
    label_codes: np.ndarray

    def __len__(self):
        return len(self.label_codes)

    def __getitem__(self, rows):
        return LabeledRows(self.table[rows], self.label_codes[rows])

    @staticmethod
    def concatenate(parts):
        """All rows of several parts, one after the other."""
        codes = np.concatenate([part.label_codes for part in parts])
        return LabeledRows(Table.concatenate([part.table for part in parts]), codes)


@dataclass(frozen=True, eq=False)
class CandidateSource:
    """Candidates of a model, with tables of what they decode to.

    Parameters
    ----------
    model : Refined
        Draws them, and says how likely refinement accepts each.
    refine : bool
        Whether it is asked.
    device : torch.device
        Where candidates are made.

    Attributes
    ----------
    most : int
        How many candidates may be drawn at once.
    labels : Labels or None
        The codec of the labels of rows, None if they have none.
    """

    model: Any
    refine: bool
    device: Any

    @property
    def most(self):
        """Fewer where rows are wide."""
        return max(1, MAX_NUMBERS // self.model.encoder.layout.n_columns)

    @property
    def labels(self):
        """The codec of the labels of rows, None if they have none."""
        return self.model.conditions.labels

    @property
    def unrefined(self):
        """The source of candidates that are not refined."""
        return replace(self, refine=False)

    def __call__(self, n, code, seed):
        """Draw candidates.

        Parameters
        ----------
        n : int
            How many.
        code : int or None
            That of their label. None draws labels by their shares, and then each is
            refined: how many of a label are accepted at all must not change its share.
        seed : int
            Of everything random.

        Returns
        -------
        rows : LabeledRows
            The candidates.
        log_chance : callable
            Maps indices of some of them to the log probabilities of accepting them.
        """
        model, is_drawn = self.model, code is None
        codes = model.label_codes(None, n, seed) if is_drawn else np.full(n, code)
        refine = self.refine and is_drawn
        encoded = model.draw(codes, seed, refine=refine, device=self.device)
        table = model.encoder.decode_table(encoded, np.random.default_rng([seed, 4]))

        def log_chance(rows):
            if is_drawn or not self.refine or model.refinement is None:
                return np.zeros(len(rows))
            return model.log_chance(encoded[rows], codes[rows], self.device)

        return LabeledRows(table, codes), log_chance
