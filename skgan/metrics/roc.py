"""ROC curves of attacks on logarithmic axes, where few false alarms have room."""

from typing import Any, NamedTuple

from skgan._pyplot import pyplot

LEAST = 1e-3  # of both axes
STYLES = {"black-box": "-", "white-box": "--"}


class Curves(NamedTuple):
    """What was drawn: a line for each attack, that of chance, and the axes."""

    lines: dict[str, Any]
    chance: Any
    ax: Any


def draw_curves(report: Any, ax: Any, rows: str) -> Curves:
    """Draw what a report on membership has, on new axes if ``ax`` is None."""
    if ax is None:
        _, ax = pyplot().subplots(figsize=(5.5, 5), layout="constrained")
    chance, lines = ax.axline((LEAST, LEAST), (1, 1), color="0.8", zorder=0), {}
    for figure in report.figures:
        if figure.rows == rows:
            curve = report.roc_curve(figure.attack, rows)
            style = STYLES[figure.knowledge]
            (lines[figure.attack],) = ax.plot(*curve, style, label=figure.attack)
    ax.set(xscale="log", yscale="log", xlim=(LEAST, 1), ylim=(LEAST, 1))
    ax.set(xlabel="false alarms", ylabel="members found")
    ax.legend()
    return Curves(lines, chance, ax)
