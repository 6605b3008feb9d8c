"""What a fitted GAN says of rows: their log density, and whether they are real."""

import numpy as np
import torch

from . import _torch
from ._sklearn import SigmoidCalibration
from .metrics.mixed import Measured, MixedDensity


class ScoringMixin:
    """The scores of ``BaseGAN``, and what of them is fitted. Reads ``bandwidth``."""

    def _fit_scores(self, held_out, label_codes):
        """Fitted attributes behind all scores, from held-out rows."""
        widths = self._choose_widths(held_out)
        log_density = self._log_density(held_out, *widths.values())
        return widths | {
            "validation_score_": float(log_density.mean()),
            "_calibration": self._calibrate(held_out, label_codes),
        }

    def _choose_widths(self, held_out):
        """Bandwidth and smoothing under which held-out rows are the most likely."""
        measured = Measured(*self.encoder_.measure(held_out)[:2])
        bandwidth = None if self.bandwidth == "auto" else float(self.bandwidth)
        bandwidth, smoothing = self._density().best(measured, bandwidth)
        return {"bandwidth_": bandwidth, "_smoothing": smoothing}

    def _calibrate(self, held_out, label_codes):
        """One slope and one offset, from held-out rows and as many of the generator."""
        seed = self._score_seed
        real = self.encoder_.encode(held_out, np.random.default_rng(seed))
        drawn = self._label_codes(None, len(held_out), seed)
        generated = self.encoder_.round_trip(self._draw_unrefined(drawn, seed))
        logits = self._logits(
            np.concatenate([real, generated]), np.concatenate([label_codes, drawn])
        )
        is_real = np.repeat([1.0, 0.0], len(held_out))
        return SigmoidCalibration().fit(logits, is_real)

    def score_samples(self, X, y=None):
        """Log density of each row.

        The density is a Parzen window: the mean of isotropic Gaussians around
        ``n_score_samples`` generated rows, with the bandwidth ``bandwidth_``
        (Goodfellow et al. 2014). It is in the units of X: comparable with
        ``GaussianMixture.score_samples``. In many dimensions it says little about how
        good samples look, and can be gamed (Theis et al. 2016). In a table, classes
        count by their probabilities, numbers by their densities.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, ...)
            Rows or images to score.
        y : array-like of shape (n_samples,), default=None
            Labels, if ``class_conditional``: then the density is that of a row given
            its label, otherwise that of all labels together. Ignored if not.

        Returns
        -------
        ndarray of shape (n_samples,)
            Natural logarithm of the density; the same at every call.
        """
        rows = self._read_rows(X)
        widths = self.bandwidth_, self._smoothing
        label_codes = self._given_labels(y, len(rows))
        if label_codes is None:
            return self._log_density(rows, *widths)
        log_density = np.empty(len(rows))
        for code in np.unique(label_codes):
            own = np.flatnonzero(label_codes == code)
            log_density[own] = self._log_density(rows[own], *widths, code)
        return log_density

    def _given_labels(self, y, n_rows):
        """Codes of labels that the user gives with rows, None without."""
        if y is None or not self._conditions.labels:
            return None
        return self._label_codes(y, n_rows, 0)

    def _log_density(self, rows, bandwidth, smoothing, label_code=None):
        classes, numbers, log_volume = self.encoder_.measure(rows)
        measured = Measured(classes, numbers)
        density = self._density(label_code)
        return density.log_likelihoods(measured, [bandwidth], smoothing)[0] - log_volume

    def _density(self, label_code=None):
        compact = self._score_centres(label_code)
        rng = np.random.default_rng(self._score_seed)
        centres = Measured(*self.encoder_.measure_encoded(compact, rng))
        return MixedDensity(centres, _torch.available_device(self.device))

    def _score_centres(self, label_code=None):
        """Generated rows around which the density lies: of one label, or of all."""
        seed, n_rows = self._score_seed, self._n_centres
        if label_code is None:
            return self._draw_compact(self._label_codes(None, n_rows, seed), seed)
        return self._draw_compact(np.full(n_rows, label_code), seed)

    def score(self, X, y=None):
        """Mean log density of the rows; larger is better.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, ...)
            Rows or images to score.
        y : array-like of shape (n_samples,), default=None
            As in ``score_samples``.

        Returns
        -------
        float
            Mean of ``score_samples(X, y)``.
        """
        return float(np.mean(self.score_samples(X, y)))

    def discriminate(self, X, y=None):
        """Probability that each row is real.

        The discriminator's logits have no absolute meaning for most losses, so one
        slope and one offset are fitted on held-out and as many generated rows, before
        refinement (Platt 1999). One half means: as likely generated as real.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, ...)
            Rows or images to judge.
        y : array-like of shape (n_samples,), default=None
            Their labels, if ``class_conditional``. None takes for each row the label
            under which it looks the most real.

        Returns
        -------
        ndarray of shape (n_samples,)
            Probabilities between 0 and 1.
        """
        rows = self._read_rows(X)
        compact = self.encoder_.encode(rows, np.random.default_rng(self._score_seed))
        label_codes = self._given_labels(y, len(rows))
        return self._calibration.predict(self._logits(compact, label_codes))

    def _logits(self, compact, label_codes=None):
        conditions, head = self._conditions, self.generator_.head
        if label_codes is None:
            best = np.full(len(compact), -np.inf)
            for code in range(conditions.n_labels):
                logits = self._logits(compact, np.full(len(compact), code))
                np.maximum(best, logits, out=best)
            return best
        codes = conditions.codes(compact, head.open, label_codes)
        rows = torch.tensor(np.hstack([compact, codes], dtype=np.float32))
        chunks = rows.split(_torch.n_at_once(head.n_open + conditions.n_columns))
        chunks = map(conditions.opener(head.open), chunks)
        logits = self._run("discriminator_", "__call__", chunks)
        return logits.ravel().astype(np.float64)
