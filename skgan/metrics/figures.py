"""Figures of a report: a measure of synthetic rows beside that of real ones."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from scipy.stats import norm

from .intervals import ends_by_error, exact_ends

N_REAL = 5.0  # times what real rows get, where charts of errors end


class Estimate(NamedTuple):
    """A number, and its 95 % interval where there is one (else nan)."""

    value: float
    low: float = np.nan
    high: float = np.nan


class Figure(NamedTuple):
    """One line of a report.

    ``value`` is the measure of the synthetic rows, ``low`` and ``high`` are its 95 %
    interval where there is one (else nan). ``real`` is the same measure of real rows in
    their place, ``real_low`` and ``real_high`` are its interval. ``better`` is
    "higher", "lower" or "50", and ``verdict`` is "good", "fair", "off" or "copied".
    """

    measure: str
    value: float
    low: float
    high: float
    real: float
    real_low: float
    real_high: float
    better: str
    verdict: str

    @property
    def is_worse(self) -> bool:
        """Whether synthetic rows are worse than real ones by more than chance explains.

        Intervals of both, put together as squares (Zou and Donner 2008), are that of
        the difference.
        """
        if self.better == "higher":
            gap, ends = self.real - self.value, (self.high, self.real_low)
        else:  # fewer than half of the rows beside training rows are no copies
            gap, ends = self.value - self.real, (self.low, self.real_high)
        halves = np.subtract(ends, (self.value, self.real))
        return bool(gap > np.linalg.norm(np.nan_to_num(halves)))

    @property
    def judgment(self) -> str:
        """The verdict, and whether what is good is worse than real rows all the same.

        Whatever shows a report says this. Copies have rules of their own for chance.
        """
        is_near = self.verdict == "good" and self.measure in RULES
        return YET_WORSE if is_near and self.is_worse else self.verdict


GOOD, YET_WORSE = "good", "good, yet worse"
SENTENCES = {  # by judgment
    GOOD: "As good as real rows",
    YET_WORSE: "Good, yet worse than real rows by more than chance",
    "fair": "Fair",
    "off": "Off",
}


class Rule(NamedTuple):
    """How far from real rows a measure may lie to be good, and to be fair."""

    about: str
    better: str
    good: float
    fair: float


SHAPE, TREND = "column shape error, %", "column trend error, %"
ON_TRAINING = "two-sample score, training rows"
ON_HELD_OUT = "two-sample score, held-out rows"
UTILITY = "train on synthetic"
RULES = {
    SHAPE: Rule("single columns", "lower", 1.0, 5.0),
    TREND: Rule("pairs of columns", "lower", 1.0, 5.0),
    ON_TRAINING: Rule("rows beside training", "higher", 0.1, 0.4),
    ON_HELD_OUT: Rule("rows beside held-out", "higher", 0.1, 0.4),
    "precision": Rule("plausible rows", "higher", 0.05, 0.2),
    "coverage": Rule("kinds of rows", "higher", 0.05, 0.2),
    UTILITY: Rule("learning from them", "higher", 0.03, 0.1),
}
NEARER, EQUAL = "nearer to training rows, %", "equal to a training row, %"
RATIO = "5 % quantile of record ratios"
# Above the real rows' figure by more than this much rows look copied, if chance does
# not do that, too
COPY_RULES = {NEARER: 3.0, EQUAL: 1.0}
# Reports on rows that are no copies, of which a hundredth says that they are. Each of
# the three measures has its share of them
FALSE_ALARMS, N_COPY_MEASURES = 0.01, 3
ONE_SIDED = float(norm.ppf(1 - FALSE_ALARMS / N_COPY_MEASURES))  # in standard errors


def judgments(figures: Iterable[Figure]) -> list[tuple[str, str]]:
    """Say what is as good as real rows and what is not: beginnings of sentences, ends.

    Where something is worse, its value stands beside that of real rows.
    """
    ruled = [figure for figure in figures if figure.measure in RULES]
    sentences = []
    for judgment, words in SENTENCES.items():
        subjects = [
            RULES[f.measure].about
            + ("" if judgment == GOOD else f" ({f.value:.3f}, real rows {f.real:.3f})")
            for f in ruled
            if f.judgment == judgment
        ]
        if subjects:
            sentences.append((f"{words}:", f"{', '.join(subjects)}."))
    return sentences


def top_of_errors(real_errors: Iterable[float]) -> float:
    """Find where a chart of errors ends: the same in all reports on one table.

    So it depends on real rows alone, and on what they get in place of synthetic ones.
    """
    errors = [*real_errors]
    return float(max(N_REAL * np.mean(errors), *errors)) or 1.0


def by_error(value: float, error: float, greatest: float = 1.0) -> Estimate:
    """Make an estimate of a number with a standard error, from 0 to the greatest."""
    return Estimate(value, *ends_by_error(value, error, greatest))


def share_of(share: float, n: int, scale: float = 1.0) -> Estimate:
    """Make an estimate of a share of n rows, scaled."""
    return Estimate(*(float(scale * end) for end in (share, *exact_ends(share, n))))


def judged(measure: str, own: Estimate, real: Estimate, noise: float) -> Figure:
    """Make the figure of a measure that has a rule.

    ``noise`` is the standard error of its distance from the real rows' figure, twice
    which counts for nothing. What is no worse than chance explains is good.
    """
    rule = RULES[measure]
    gap = own.value - real.value
    gap = (gap if rule.better == "lower" else -gap) - 2 * noise
    verdict = GOOD if gap <= rule.good else "fair" if gap <= rule.fair else "off"
    figure = Figure(measure, *own, *real, rule.better, verdict)
    return figure if figure.is_worse else figure._replace(verdict=GOOD)


def copied(measure: str, own: Estimate, real: Estimate, noise: float) -> Figure:
    """Make the figure of a share that copies make larger.

    ``noise`` is the standard error of its distance from the real rows' figure.
    """
    by_chance = max(COPY_RULES[measure], ONE_SIDED * noise)
    verdict = "copied" if own.value - real.value > by_chance else "good"
    better = "50" if measure == NEARER else "lower"
    return Figure(measure, *own, *real, better, verdict)
