"""Rows that refinement chooses among candidates, wherever these come from."""

from abc import ABC, abstractmethod
from functools import reduce
from typing import Any

import numpy as np
import torch

from ..conditions import Conditions
from ..refinement import Features, Refinement, accept, learn_refinement, learning_sizes

CPU = torch.device("cpu")
MAX_JUDGED = 65_536  # candidates at once


class Refined(ABC):
    """What draws candidates, of which refinement accepts some.

    Attributes
    ----------
    encoder : Encoder
        The map between rows and encoded rows.
    conditions : Conditions
        Labels, of which there may be none.
    refinement : Refinement or None
        How likely candidates are accepted; None accepts all.
    seed : int
        Of what is encoded to be judged.
    """

    encoder: Any
    conditions: Conditions
    refinement: Refinement | None
    seed: int

    @abstractmethod
    def candidates(self, label_codes, seed, device=CPU):
        """Encoded rows of labels, before refinement."""

    def draw(self, label_codes, seed, *, refine=True, device=CPU):
        """Encoded rows of labels, refined where there is a refinement."""
        if not refine or self.refinement is None:
            return self.candidates(label_codes, seed, device)

        def draw(rows, n_round):
            own_seed = np.random.SeedSequence([seed, n_round]).generate_state(1)[0]
            return self.candidates(label_codes[rows], int(own_seed), device)

        def log_chance(candidates, rows):
            return self.log_chance(candidates, label_codes[rows], device)

        return accept(len(label_codes), draw, log_chance, seed)

    def log_chance(self, candidates, label_codes, device=CPU):
        """Log probability ``(n,)`` with which refinement accepts encoded rows."""
        chance = np.empty(len(candidates))
        for start in range(0, len(candidates), MAX_JUDGED):
            chunk = slice(start, start + MAX_JUDGED)
            own = candidates[chunk], label_codes[chunk]
            chance[chunk] = self.refinement.log_chance(
                self.features(*own, self.refinement.uses_logits, device)
            )
        return chance

    def features(self, encoded, label_codes, with_logits=False, device=CPU):
        """What encoded rows are judged by, as ``build`` would return them."""
        encoded = self.encoder.round_trip(encoded)
        logits = np.zeros(len(encoded))
        if with_logits:
            logits = self.logits(encoded, label_codes, device=device)
        return Features(self.encoder.bins(encoded), logits, label_codes)

    def logits(self, encoded, label_codes, *, device=CPU):
        """Raw logits of encoded rows, float64 ``(n,)``; 0 without a discriminator."""
        return np.zeros(len(encoded))

    def log_ratio(self, rows):
        """How much refinement prefers rows as ``encoder.read`` gives them, ``(n,)``.

        The log ratio under the label by which it is the largest.
        """
        encoded = self.encoder.encode(rows, np.random.default_rng(self.seed))
        refinement, with_logits = self.refinement, self.refinement.uses_logits
        return self._best_of_labels(
            len(encoded),
            lambda codes: refinement.log_ratio(
                self.features(encoded, codes, with_logits)
            ),
        )

    def _best_of_labels(self, n_rows, scores):
        """The largest of ``scores(label_codes)`` of each row, if all have one label."""
        codes = range(self.conditions.n_labels)
        every = (scores(np.full(n_rows, code)) for code in codes)
        return reduce(np.maximum, every)


def refinement_of(
    model,
    method,
    rows,
    min_rows,
    *,
    held_out_logits=None,
    share=1.0,
    census=None,
    device=CPU,
) -> tuple[Refinement, float]:
    """The refinement of a model's candidates, and the share of these that it accepts.

    Parameters
    ----------
    model : Refined
        What draws candidates; it has no refinement yet.
    method : {"trees", "network", "both"}
        Whose ratio refines.
    rows : (ndarray of shape (n, n_columns), ndarray of shape (n,))
        Encoded training rows, and their label codes.
    min_rows : MinRows
        How many training rows share what is kept of them.
    held_out_logits : ndarray of shape (n,) or None, default=None
        Logits of real rows that training has not seen; trees alone need none.
    share : float, default=1.0
        Of the full work that is to be done.
    census : Census or None, default=None
        Counts of all rows, where the training rows are a sample of them.
    device : torch.device, default=CPU
        Where candidates are made.
    """
    (encoded, label_codes), seed = rows, model.seed
    with_logits = method != "trees"
    n_real, n_fake = learning_sizes(*encoded.shape, share)
    some = np.random.default_rng([seed, 4]).permutation(len(encoded))[:n_real]
    drawn = model.label_codes(None, n_fake, seed)

    def features(own, codes):
        return model.features(own, codes, with_logits, device)

    return learn_refinement(
        method,
        features(encoded[some], label_codes[some]),
        features(model.draw(drawn, seed, refine=False, device=device), drawn),
        held_out_logits,
        model.encoder,
        model.conditions.n_labels,
        seed,
        min_rows,
        share,
        census,
    )
