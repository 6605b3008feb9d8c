"""What an evaluation found: a table, and sentences."""

from itertools import zip_longest
from textwrap import fill
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import norm

from .frame import as_frame
from .membership_report import MembershipReport
from .telling_ranges import TellingRange

SENTENCES = {"good": "As good as real rows", "fair": "Fair", "off": "Off"}
WIDTH = 88  # of printed sentences
PERCENT = ", %"
FEW_ROWS = 1_000
N_WORST = 3  # columns and pairs that a sentence names


class Figure(NamedTuple):
    """One line of a report.

    ``value`` is the measure of the synthetic rows, ``low`` and ``high`` are its 95 %
    interval where there is one (else nan), ``real`` is the same measure of real rows in
    their place, ``better`` is "higher", "lower" or "50", and ``verdict`` is "good",
    "fair", "off" or "copied".
    """

    measure: str
    value: float
    low: float
    high: float
    real: float
    better: str
    verdict: str


class Rule(NamedTuple):
    """How far from real rows a measure may lie to be good, and to be fair."""

    about: str
    better: str
    good: float
    fair: float


SHAPE, TREND = "column shape error, %", "column trend error, %"
RULES = {
    SHAPE: Rule("single columns", "lower", 1.0, 5.0),
    TREND: Rule("pairs of columns", "lower", 1.0, 5.0),
    "two-sample score, training rows": Rule("rows beside training", "higher", 0.1, 0.4),
    "two-sample score, held-out rows": Rule("rows beside held-out", "higher", 0.1, 0.4),
    "precision": Rule("plausible rows", "higher", 0.05, 0.2),
    "coverage": Rule("kinds of rows", "higher", 0.05, 0.2),
    "train on synthetic": Rule("learning from them", "higher", 0.03, 0.1),
}
NEARER, EQUAL = "nearer to training rows, %", "equal to a training row, %"
# Above the real rows' figure by more than this much rows look copied, if chance does
# not do that, too
COPY_RULES = {NEARER: 3.0, EQUAL: 1.0}
# Reports on rows that are no copies, of which a hundredth says that they are. Each of
# the three measures has its share of them
FALSE_ALARMS, N_COPY_MEASURES = 0.01, 3
ONE_SIDED = float(norm.ppf(1 - FALSE_ALARMS / N_COPY_MEASURES))  # in standard errors


class Report:
    """What ``evaluate`` found. Prints as a table with sentences.

    Attributes
    ----------
    figures : list of Figure
        One for each measure.
    shape_errors, trend_errors : dict
        As of :func:`column_shape_errors` and :func:`column_trend_errors`.
    telling_ranges : list of TellingRange
        As of :func:`explain_two_sample`, against the training rows.
    n_rows : tuple of int
        Numbers of training, held-out and synthetic rows.
    left_out : list
        Names of keys, and of text whose values nearly all differ: no measure is of use.
    unrefined : Report or None
        That of rows before refinement, if ``evaluate`` was given some.
    overlap : float or None
        Percent of held-out rows that are training rows, where that is more than chance.
    membership : MembershipReport or None
        What attacks on membership found; None of too few held-out rows, or where some
        of these are training rows.
    """

    def __init__(
        self,
        figures: list[Figure],
        shape_errors: dict[Any, float],
        trend_errors: dict[tuple[Any, Any], float],
        telling_ranges: list[TellingRange],
        n_rows: tuple[int, int, int],
        left_out: list[Any],
        overlap: float | None = None,
    ) -> None:
        self.left_out, self.unrefined, self.overlap = left_out, None, overlap
        self.membership: MembershipReport | None = None
        self.figures, self.telling_ranges, self.n_rows = figures, telling_ranges, n_rows
        self.shape_errors, self.trend_errors = shape_errors, trend_errors

    @property
    def frame(self):
        """The figures as a pandas data frame, or a list of dicts without pandas."""
        rows = [figure._asdict() for figure in self.figures]
        if self.unrefined is not None:
            for row, other in zip(rows, self.unrefined.figures, strict=True):
                row["unrefined"] = other.value
        return as_frame(rows)

    @property
    def words(self) -> str:
        """What is good, what is off and what looks copied, in sentences."""
        lines = []
        for verdict, words in SENTENCES.items():
            found = [f.measure for f in self.figures if f.verdict == verdict]
            subjects = [RULES[name].about for name in found if name in RULES]
            if subjects:
                lines.append(f"{words}: {', '.join(subjects)}.")
        lines += self._worst()
        if self.membership is not None:
            lines.append(self.membership.words)
        copied = [f for f in self.figures if f.verdict == "copied"]
        if copied:
            found = (
                f"{f.measure.removesuffix(PERCENT)} {f.value:.3g} (real: {f.real:.3g})"
                for f in copied
            )
            lines.append(f"Rows look copied: {', '.join(found)}.")
        elif self.overlap is not None:
            lines.append(
                f"Whether rows are copied cannot be told: {self.overlap:.3g} % of the "
                "held-out rows are training rows."
            )
        else:
            lines.append("No sign of copied rows.")
        if self.left_out:
            names = ", ".join(map(str, self.left_out))
            lines.append(f"Left out, as nearly all values differ: {names}.")
        if min(self.n_rows) < FEW_ROWS:
            lines.append(
                f"Few rows ({min(self.n_rows)} in the smallest table): differences "
                "are hard to see."
            )
        return "\n".join(lines)

    def _worst(self):
        """Name columns and pairs, in sentences, where a figure is not good."""
        off = {f.measure for f in self.figures if f.verdict in ("fair", "off")}
        lines = []
        if SHAPE in off:
            worst = sorted(self.shape_errors.items(), key=lambda pair: -pair[1])
            names = ", ".join(f"{name} ({e:.1f} %)" for name, e in worst[:N_WORST])
            lines.append(f"Columns that are off the most: {names}.")
        if TREND in off:
            worst = sorted(self.trend_errors.items(), key=lambda pair: -pair[1])
            pairs = (f"{a} with {b} ({e:.1f} %)" for (a, b), e in worst[:N_WORST])
            lines.append(f"Pairs that are off the most: {', '.join(pairs)}.")
        telling = dict.fromkeys(part.column for part in self.telling_ranges)
        if off and telling:
            first = self.telling_ranges[0]
            lines.append(
                f"What tells rows apart: {', '.join(map(str, telling))}; above all "
                f"{first.column}, {first.where} ({first.real_percent:.1f} % of real "
                f"rows, {first.synthetic_percent:.1f} % of synthetic ones)."
            )
        return lines

    def __str__(self) -> str:
        width = max(len(figure.measure) for figure in self.figures)
        others = self.unrefined.figures if self.unrefined else []
        head = " unrefined" if others else ""
        lines = [f"{'':{width}}  synthetic{head}      real  verdict"]
        for f, other in zip_longest(self.figures, others):
            own = f" {other.value:9.3f}" if other else ""
            numbers = f"{f.value:9.3f}{own} {f.real:9.3f}"
            lines.append(f"{f.measure:{width}}  {numbers}  {f.verdict}")
        words = (fill(line, WIDTH) for line in self.words.splitlines())
        return "\n".join([*lines, "", *words])

    def __repr__(self) -> str:
        train, test, synthetic = self.n_rows
        return (
            f"<Report on {synthetic} synthetic rows, {train} training and {test} "
            "held-out ones; print it>"
        )


def judged(measure: str, value: float, real: float, noise: float) -> Figure:
    """Make the figure of a measure that has a rule.

    ``noise`` is the standard error of its distance from the real rows' figure, twice
    which counts for nothing.
    """
    rule = RULES[measure]
    gap = value - real if rule.better == "lower" else real - value
    gap -= 2 * noise
    verdict = "good" if gap <= rule.good else "fair" if gap <= rule.fair else "off"
    return Figure(measure, value, np.nan, np.nan, real, rule.better, verdict)


def copied(measure, value, real, noise):
    """Make the figure of a share that copies make larger.

    ``noise`` is the standard error of its distance from the real rows' figure.
    """
    by_chance = max(COPY_RULES[measure], ONE_SIDED * noise)
    verdict = "copied" if value - real > by_chance else "good"
    return Figure(measure, value, np.nan, np.nan, real, "lower", verdict)
