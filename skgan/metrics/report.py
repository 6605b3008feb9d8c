"""What an evaluation found: a table, and sentences."""

import os
from collections.abc import Sequence
from itertools import zip_longest
from textwrap import fill
from typing import Any

from skgan.pages import fragment, page
from skgan.storage.whole import write_whole

from .figures import SHAPE, TREND, Figure, judgments
from .frame import as_frame
from .membership_report import MembershipReport
from .panels import Panel
from .report_page import TITLE, report_parts
from .telling_ranges import TellingRange

WIDTH = 88  # of printed sentences
PERCENT = ", %"
FEW_ROWS = 1_000
N_WORST = 3  # columns and pairs that a sentence names


class Report:
    """What ``evaluate`` found. Prints as a table with sentences.

    Attributes
    ----------
    figures : list of Figure
        One for each measure.
    shape_errors, trend_errors : dict
        As of :func:`column_shape_errors` and :func:`column_trend_errors`.
    real_shape_errors, real_trend_errors : dict
        Those of held-out rows in place of the synthetic ones.
    panels : list of skgan.metrics.panels.Panel
        Distributions of the columns that give most away, of training, held-out and
        synthetic rows. No class of fewer than five training rows has a name in them,
        and no bin holds fewer than five real rows.
    telling_ranges : list of TellingRange
        As of :func:`explain_two_sample`, against the training rows.
    n_rows : tuple of int
        Numbers of training, held-out and synthetic rows.
    left_out : list
        Names of keys, and of text whose values nearly all differ: no measure is of use.
    unrefined : Report or None
        That of rows before refinement, if ``evaluate`` was given some.
    random_state : int
        The seed.
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
        *,
        real_errors: tuple[dict[Any, float], dict[tuple[Any, Any], float]] = ({}, {}),
        panels: Sequence[Panel] = (),
        random_state: int = 0,
    ) -> None:
        self.left_out, self.unrefined, self.overlap = left_out, None, overlap
        self.membership: MembershipReport | None = None
        self.figures, self.telling_ranges, self.n_rows = figures, telling_ranges, n_rows
        self.shape_errors, self.trend_errors = shape_errors, trend_errors
        self.real_shape_errors, self.real_trend_errors = real_errors
        self.panels, self.random_state = list(panels), random_state

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
        lines = (f"{lead} {found}" for lead, found in judgments(self.figures))
        return "\n".join([*lines, *self._worst(), *self.remarks])

    @property
    def remarks(self) -> list[str]:
        """What is said of members, of copies, and of what was not measured."""
        lines = [] if self.membership is None else [self.membership.words]
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
        return lines

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

    def to_html(self, path: str | os.PathLike | None = None) -> str | None:
        """Write the report as a page of one file, that needs no network.

        It shows what is good and what is not, all figures beside those of real rows,
        with intervals, the distributions of the columns that give most away, the pairs
        of columns that differ most, and what attacks on membership found. It holds no
        row, and names no class of fewer than five training rows.

        Parameters
        ----------
        path : path-like or None, default=None
            The file to write. None returns the page.

        Returns
        -------
        str or None
            The page, if no path is given.

        Examples
        --------
        >>> import numpy as np
        >>> from skgan.metrics import evaluate
        >>> rows = np.random.default_rng(0).normal(size=(600, 3))
        >>> report = evaluate(rows[:200], rows[200:400], rows[400:])
        >>> report.to_html()[:15]
        '<!DOCTYPE html>'
        """
        text = page(TITLE, *report_parts(self))
        if path is None:
            return str(text)
        write_whole(path, text.encode("utf-8", "xmlcharrefreplace"))
        return None

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return str(fragment(*report_parts(self)))

    def __str__(self) -> str:
        width = max(len(figure.measure) for figure in self.figures)
        others = self.unrefined.figures if self.unrefined else []
        head = " unrefined" if others else ""
        lines = [f"{'':{width}}  synthetic{head}      real  verdict"]
        for f, other in zip_longest(self.figures, others):
            own = f" {other.value:9.3f}" if other else ""
            numbers = f"{f.value:9.3f}{own} {f.real:9.3f}"
            lines.append(f"{f.measure:{width}}  {numbers}  {f.judgment}")
        words = (fill(line, WIDTH) for line in self.words.splitlines())
        return "\n".join([*lines, "", *words])

    def __repr__(self) -> str:
        train, test, synthetic = self.n_rows
        return (
            f"<Report on {synthetic} synthetic rows, {train} training and {test} "
            "held-out ones; print it>"
        )
