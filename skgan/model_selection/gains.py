"""What samplers change for a classifier: gains with intervals, and their verdicts."""

from typing import NamedTuple

import numpy as np
from scipy.stats import t

MIN_WIDTH = 1e-9  # of an interval, above the rounding of scores


class Gain(NamedTuple):
    """What one sampler changes.

    ``score`` is the mean over folds with the sampler, ``gain`` how much higher that is
    than without any, and ``low`` and ``high`` are the interval of the gain.
    """

    sampler: str
    score: float
    gain: float
    low: float
    high: float

    @property
    def verdict(self):
        """The verdict: "helps", "harms", or "no clear difference".

        Nothing is clear of equal gains in all folds, an interval of no width: coarse
        scores of few folds agree by chance.
        """
        if self.high - self.low < MIN_WIDTH or self.low <= 0 <= self.high:
            return "no clear difference"
        return "helps" if self.low > 0 else "harms"


class AugmentationGain:
    """What :func:`augmentation_gain` found. Prints as sentences.

    Attributes
    ----------
    gains : list of Gain
        One for each sampler.
    scoring : str
        Name of the score.
    confidence : float
        With this probability all intervals hold.
    baseline : ndarray of shape (n_folds,)
        Scores without any sampler.
    scores : dict of ndarray of shape (n_folds,)
        Scores with each sampler, by its name.
    """

    def __init__(self, scoring, confidence, baseline, scores, test_share):
        self.scoring, self.confidence = scoring, confidence
        self.baseline, self.scores = baseline, scores
        level = 1 - (1 - confidence) / len(scores)  # Bonferroni
        self.gains = [
            Gain(name, own.mean(), *mean_interval(own - baseline, test_share, level))
            for name, own in scores.items()
        ]

    @property
    def frame(self):
        """The gains as a pandas data frame, or a list of dicts without pandas."""
        rows = [gain._asdict() | {"verdict": gain.verdict} for gain in self.gains]
        try:
            import pandas as pd
        except ImportError:
            return rows
        return pd.DataFrame(rows)

    def __str__(self):
        n, share = len(self.baseline), f"{100 * self.confidence:g} %"
        lines = [f"{self.scoring}, mean of {n} folds: {self.baseline.mean():.4f}"]
        lines += [
            f"{g.sampler}: {g.verdict}, {g.gain:+.4f} ({share}: {g.low:+.4f} to "
            f"{g.high:+.4f})"
            for g in self.gains
        ]
        return "\n".join([*lines, self._advice()])

    __repr__ = __str__

    def _advice(self):
        """Say with which sampler to train, if any, in a sentence."""
        helpful = [gain for gain in self.gains if gain.verdict == "helps"]
        if helpful:
            best = max(helpful, key=lambda gain: gain.gain)
            return f"Train with rows of {best.sampler}."
        return "Train without added rows: no sampler is sure to help."


def mean_interval(differences, test_share, level):
    """Return the mean of differences between folds, and its corrected interval.

    ``test_share`` is the number of test rows to a training row: folds share training
    rows, which the usual variance of a mean ignores (Nadeau and Bengio 2003).
    """
    n, mean = len(differences), differences.mean()
    deviation = np.sqrt((1 / n + test_share) * differences.var(ddof=1))
    reach = t.ppf((1 + level) / 2, n - 1) * deviation
    return mean, mean - reach, mean + reach
