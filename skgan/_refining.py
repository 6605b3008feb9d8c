"""How an estimator refines: what it learns from candidates, and which it accepts."""

import copy

import numpy as np

from .refinement import Seen, accept, learn_refinement, n_learnt_from

MIN_ROWS = 500  # of a table that refinement="auto" refines
MIN_FOR_TREES = 50  # training rows
CHUNK_SIZE = 65_536  # candidates that are judged at once


class RefiningMixin:
    """Refined draws of ``BaseGAN``. Reads the parameter ``refinement``."""

    def _fit_refinement(self, data, held_out):
        """Set the attributes of refinement, and the scores that follow from it.

        ``data`` are compact training rows and the codes of their conditions, a tensor,
        ``held_out`` as ``_fit_scores`` takes them.
        """
        method = self._refinement_method(len(data))
        if method is None:
            return
        data = data.cpu().numpy()
        conditions, seed = self._conditions, self._score_seed
        compact, codes = np.split(data, [data.shape[1] - len(conditions.sizes)], axis=1)
        n_real, n_fake = n_learnt_from(len(data), compact.shape[1])
        some = np.random.default_rng([seed, 4]).permutation(len(data))[:n_real]
        labels = codes[some, 0].astype(int) if conditions.labels else 0 * some
        drawn = self._label_codes(None, n_fake, seed)
        refinement, rate = learn_refinement(
            method,
            self._seen(compact[some], labels, method != "trees"),
            self._seen(self._draw_unrefined(drawn, seed), drawn, method != "trees"),
            self._held_out_logits(*held_out),
            self.encoder_,
            conditions.n_labels,
            seed,
        )
        attributes = {
            "refinement_": method,
            "acceptance_rate_": rate,
            "_refinement": refinement,
        }
        refined = copy.copy(self)
        vars(refined).update(attributes)
        vars(self).update(attributes | refined._fit_scores(*held_out))

    def _check_refinement(self, n_rows):
        """Refuse, before training, to refine by trees that have too few rows."""
        if self.refinement in ("trees", "both") and n_rows < MIN_FOR_TREES:
            raise ValueError(
                f"refinement={self.refinement!r} needs at least {MIN_FOR_TREES} "
                f"training rows, got {n_rows}."
            )

    def _refinement_method(self, n_rows):
        if self.refinement != "auto":
            return self.refinement
        if self.encoding_ != "table" or n_rows < MIN_ROWS:
            return None
        # Of its training rows the discriminator knows too much to be asked
        return "both" if self._is_held_out else "trees"

    def _held_out_logits(self, rows, label_codes):
        rng = np.random.default_rng(self._score_seed)
        return self._logits(self.encoder_.encode(rows, rng), label_codes)

    def _seen(self, compact, label_codes, with_logits):
        """What refinement sees of compact rows, as ``build`` would return them."""
        compact = self.encoder_.round_trip(compact)
        logits = np.zeros(len(compact))
        if with_logits:
            logits = self._logits(compact, label_codes)
        return Seen(self.encoder_.bins(compact), logits, label_codes)

    def _draw_compact(self, label_codes, seed):
        """Compact rows of labels, refined if the estimator refines."""
        refinement = self._refinement
        if refinement is None:
            return self._draw_unrefined(label_codes, seed)

        def draw(rows, n_round):
            return self._draw_unrefined(label_codes[rows], _seed_of(seed, n_round))

        def log_chance(candidates, rows):
            chance = np.empty(len(rows))
            for start in range(0, len(rows), CHUNK_SIZE):
                chunk = slice(start, start + CHUNK_SIZE)
                own = candidates[chunk], label_codes[rows[chunk]]
                seen = self._seen(*own, refinement.sees_logits)
                chance[chunk] = refinement.log_chance(seen)
            return chance

        return accept(len(label_codes), draw, log_chance, seed)


def _seed_of(seed, n_round):
    return int(np.random.SeedSequence([seed, n_round]).generate_state(1)[0])
