"""What attacks on membership found: a table, and sentences."""

from textwrap import fill
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .frame import as_frame
from .intervals import CONFIDENCE, TAIL, ends_by_error
from .rates import true_positives, without_ties
from .roc import draw_curves
from .two_sample import auc_of

ALARMS = (0.01, 0.1)  # shares of false alarms
EXPOSED_SHARE, MIN_EXPOSED = 0.01, 200  # of all rows, and at least so many
ALL, EXPOSED = "all", "exposed"
WIDTH = 88  # of printed sentences
MIN_SIDE = 2  # members or others, that an area needs


class AttackFigure(NamedTuple):
    """What one attack found among all rows, or among the most exposed ones.

    ``auc`` is the area under its ROC curve, ``at_1`` and ``at_10`` are the percentages
    of members that it finds at 1 % and at 10 % false alarms, which are what chance
    finds. Each is followed by the ends of its 95 % interval. ``knowledge`` is
    "black-box" or "white-box", ``rows`` "all" or "exposed".
    """

    attack: str
    knowledge: str
    rows: str
    auc: float
    auc_low: float
    auc_high: float
    at_1: float
    at_1_low: float
    at_1_high: float
    at_10: float
    at_10_low: float
    at_10_high: float


class Maximum(NamedTuple):
    """The attack that found most, ``percent`` of members at ``alarms`` % false alarms.

    ``low`` is the end of a one-sided interval that holds although the maximum was
    chosen: of 95 %, or 99 % in ``evaluate``. Above ``alarms``, members were found.
    """

    attack: str
    rows: str
    alarms: float
    percent: float
    low: float

    @property
    def finds_members(self) -> bool:
        """Whether it finds members, more than chance explains."""
        return self.low > self.alarms


class MembershipReport:
    """What attacks on membership found. Prints as a table with sentences.

    ``plot`` draws it.

    Attributes
    ----------
    figures : list of AttackFigure
        One for each attack among all rows, one among the most exposed ones.
    maximum : Maximum
        What an attack finds that is furthest above chance.
    left_out : dict
        Attacks that were not run, and why.
    scores : dict of ndarray of shape (n,)
        By attack, how sure it is of each row; no two are equal.
    is_member, is_exposed : ndarray of shape (n,)
        Which rows are members, and which the most exposed ones.
    """

    def __init__(
        self,
        scores: dict[str, NDArray],
        knowledge: dict[str, str],
        is_member: NDArray,
        exposure: NDArray | None,
        random_state: np.random.RandomState,
        left_out: dict[str, str] | None = None,
        confidence: float = CONFIDENCE,
    ) -> None:
        self.is_member, self.left_out = is_member, left_out or {}
        self.confidence = confidence
        self.scores = {
            name: without_ties(own, random_state) for name, own in scores.items()
        }
        self.is_exposed = np.zeros(len(is_member), dtype=bool)
        if exposure is not None:
            n = max(int(np.ceil(EXPOSED_SHARE * len(is_member))), MIN_EXPOSED)
            self.is_exposed = without_ties(-exposure, random_state) < n
        self.figures = [
            self._figure(name, knowledge[name], rows)
            for rows in self._row_sets()
            for name in scores
        ]

    def _row_sets(self):
        """Name sets of rows; the most exposed are one if not all, and enough."""
        sides = [self.is_exposed & side for side in (self.is_member, ~self.is_member)]
        is_enough = min(side.sum() for side in sides) >= MIN_SIDE
        return [ALL, EXPOSED] if is_enough and not self.is_exposed.all() else [ALL]

    def _of(self, name, rows):
        """Take the scores of an attack, and which rows are members."""
        some = self.is_exposed if rows == EXPOSED else np.ones_like(self.is_exposed)
        return self.scores[name][some], self.is_member[some]

    def _figure(self, name, knowledge, rows):
        """Compute the figure of an attack."""
        own = self._of(name, rows)
        area, error = auc_of(*own)
        rates = [true_positives(*own, alarms, TAIL) for alarms in ALARMS]
        auc = area, *ends_by_error(area, error)
        return AttackFigure(name, knowledge, rows, *auc, *rates[0], *rates[1])

    def roc_curve(self, attack: str, rows: str = ALL) -> tuple[NDArray, NDArray]:
        """Compute shares of false alarms, ascending, and of members found at each."""
        scores, is_member = self._of(attack, rows)
        found = is_member[np.argsort(-scores)]
        shares = [
            np.concatenate([[0], np.cumsum(side)]) / side.sum()
            for side in (~found, found)
        ]
        return shares[0], shares[1]

    def plot(self, ax: Any = None, *, rows: str = ALL) -> Any:
        """Draw the ROC curves of all attacks on logarithmic axes.

        Parameters
        ----------
        ax : matplotlib axes or None, default=None
            Axes to draw on; None makes a new figure.
        rows : {"all", "exposed"}, default="all"
            Whether of all rows, or of the most exposed ones.

        Returns
        -------
        matplotlib axes
            Those that were drawn on.
        """
        return draw_curves(self, ax, rows).ax

    @property
    def maximum(self) -> Maximum:
        """What an attack finds that is furthest above chance.

        Every lower end fails with a k-th of the probability that one of them may, where
        k is the number of attacks, of sets of rows and of shares of false alarms,
        multiplied (Bonferroni): so all hold together, and that of the maximum, too.
        """
        sets = self._row_sets()
        tail = (1 - self.confidence) / (len(self.scores) * len(sets) * len(ALARMS))
        every = [
            Maximum(name, rows, 100 * alarms, rate.percent, rate.low)
            for rows in sets
            for alarms in reversed(ALARMS)
            for name in self.scores
            for rate in [true_positives(*self._of(name, rows), alarms, tail)]
        ]
        leaks = [each for each in every if each.finds_members]
        if leaks:
            return max(leaks, key=lambda each: each.low / each.alarms)
        return max(every[: len(self.scores)], key=lambda each: each.percent)

    @property
    def verdict(self) -> str:
        """The verdict: "members found" or "none found"."""
        return "members found" if self.maximum.finds_members else "none found"

    @property
    def frame(self):
        """The figures as a pandas data frame, or a list of dicts without pandas."""
        return as_frame(figure._asdict() for figure in self.figures)

    @property
    def words(self) -> str:
        """What was found, by what attack, and what was not asked, in sentences."""
        best, n = self.maximum, len(self.scores)
        among = f" among the {self.is_exposed.sum()} most exposed rows"
        fact = (
            f"{best.attack} finds {best.percent:.3g} % of the members"
            f"{among if best.rows == EXPOSED else ''} at {best.alarms:g} % false alarms"
        )
        chosen = f"the best of {n} attacks, {fact}" if n > 1 else fact
        if best.finds_members:
            sure = f"({100 * self.confidence:g} %: {best.low:.3g} % or more)"
            lines = [f"Members, the rows trained on, are found: {chosen} {sure}."]
        else:
            lines = [
                f"No sign of members, the rows trained on: {chosen}, no more than "
                "chance explains. A better attack may find some."
            ]
        if self.left_out:
            reasons = {}
            for name, reason in self.left_out.items():
                reasons.setdefault(reason, []).append(name)
            found = (f"{', '.join(own)} ({why})" for why, own in reasons.items())
            lines.append(f"Not run: {'; '.join(found)}.")
        return "\n".join(lines)

    def __str__(self) -> str:
        width = max(len(name) for name in self.scores)
        head = f"{'':{width}}  rows       AUC   found at 1 %   found at 10 %"
        lines = [
            f"{f.attack:{width}}  {f.rows:7}  {f.auc:.3f}"
            f"  {_interval(f.at_1, f.at_1_low, f.at_1_high)}"
            f"  {_interval(f.at_10, f.at_10_low, f.at_10_high)}"
            for f in self.figures
        ]
        words = (fill(line, WIDTH) for line in self.words.splitlines())
        return "\n".join([head, *lines, "", *words])

    def __repr__(self) -> str:
        n, n_members = len(self.is_member), self.is_member.sum()
        return (
            f"<MembershipReport on {n_members} members and {n - n_members} others, by "
            f"{', '.join(self.scores)}; print it>"
        )


def _interval(percent, low, high):
    """Write a percentage and its interval."""
    return f"{percent:4.1f} ({low:.1f} to {high:.1f})"
