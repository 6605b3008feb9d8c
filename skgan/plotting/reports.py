"""A report on synthetic rows as one figure."""

import numpy as np

from skgan._pyplot import pyplot
from skgan.metrics.figures import top_of_errors
from skgan.metrics.panels import short

from .tables import MAX_PAIRS, TrendDisplay

N_COLUMNS = 15  # in the chart of columns
MIN_BARS = 6  # that there is room for; fewer columns get no thicker ones
COLORS = {
    "good": "tab:green",
    "fair": "goldenrod",
    "off": "tab:red",
    "copied": "tab:purple",
}


class ReportDisplay:
    """A report on synthetic rows as one figure.

    From left to right: the measures with their verdicts, the errors of the worst
    columns with a mark where real rows stand, the errors of pairs of columns, those of
    real rows above the diagonal. Real rows are held-out ones in place of the synthetic
    ones. They alone decide where scales end, so that the figures of several generators
    of one table can be compared; a bar that is cut says its number.

    Parameters
    ----------
    report : skgan.metrics.Report
        What :func:`skgan.metrics.evaluate` returned.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes, shape (3,)
        Measures, columns, pairs.
    figure_ : matplotlib.figure.Figure
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.metrics import evaluate
    >>> from skgan.plotting import ReportDisplay
    >>> rows = np.random.default_rng(0).normal(size=(600, 3))
    >>> report = evaluate(rows[:200], rows[200:400], rows[400:])
    >>> ReportDisplay.from_report(report).axes_.shape
    (3,)
    """

    def __init__(self, *, report):
        self.report = report

    def plot(self):
        """Draw the report as a new figure.

        Returns
        -------
        self : ReportDisplay
            With the artists.
        """
        n = len(self.report.shape_errors)
        lines = len(self.report.figures)
        height = max(2 + 0.28 * lines, 3 + 0.15 * min(n, MAX_PAIRS))
        self.figure_, self.axes_ = pyplot().subplots(
            1, 3, figsize=(16, height), width_ratios=(5, 3, 4), layout="constrained"
        )
        _draw_measures(self.axes_[0], self.report.figures)
        _draw_columns(
            self.axes_[1], self.report.shape_errors, self.report.real_shape_errors
        )
        if self.report.trend_errors:
            real = self.report.real_trend_errors
            trends = TrendDisplay.from_errors(
                self.report.trend_errors, real_errors=real
            )
            trends.plot(self.axes_[2])
            title = _title("Pairs of columns", len(trends.names), n)
            below = "\nsynthetic below, real above the diagonal" if real else ""
            self.axes_[2].set_title(title + below)
        else:
            self.axes_[2].set_axis_off()
        return self

    @classmethod
    def from_report(cls, report):
        """Draw a report.

        Parameters
        ----------
        report : skgan.metrics.Report
            What :func:`skgan.metrics.evaluate` returned.

        Returns
        -------
        ReportDisplay
            With the artists.
        """
        return cls(report=report).plot()


def _draw_measures(ax, figures):
    """Draw a table: measure, value, value of real rows, the judgment in color."""
    head = ["measure", "synthetic", "real", ""]
    numbers = [(f"{f.value:.3f}", f"{f.real:.3f}") for f in figures]
    texts = [
        [f.measure, *own, f.judgment] for f, own in zip(figures, numbers, strict=True)
    ]
    table = ax.table(
        texts, colLabels=head, loc="center", colWidths=[0.46, 0.13, 0.13, 0.28]
    )
    table.auto_set_font_size(False)
    table.set_fontsize(9)
    table.scale(1, 1.6)
    for (row, column), box in table.get_celld().items():
        box.set_edgecolor("0.9")
        box.PAD = 0.04
        box.set_text_props(ha="left" if column == 0 else "right")
        if row and column == 3:
            verdict = figures[row - 1].verdict
            box.set_text_props(color=COLORS[verdict], weight="bold", ha="center")
    ax.set_axis_off()
    ax.set_title("Measures")


def _draw_columns(ax, errors, real_errors):
    """Draw bars of the errors of the worst columns, and marks of real rows."""
    worst = sorted(errors, key=errors.get, reverse=True)[:N_COLUMNS]
    positions = np.arange(len(worst))
    ax.barh(positions, [errors[name] for name in worst], color="0.5")
    if real_errors:
        top = top_of_errors(real_errors.values())
        ax.set_xlim(0, top)
        real = [real_errors[name] for name in worst]
        mark = {"marker": "|", "markersize": 9, "markeredgewidth": 2}
        ax.plot(real, positions, color="black", linestyle="", **mark, label="real rows")
        ax.legend(loc="lower right")
        for position, name in enumerate(worst):
            if errors[name] > top:
                own = {"ha": "right", "va": "center", "fontsize": "small"}
                ax.text(top, position, f"{errors[name]:.0f} ", **own, color="white")
    names = list(map(short, worst))
    ax.set_yticks(positions, names, fontsize="small", parse_math=False)
    ax.set_ylim(max(len(worst), MIN_BARS) - 0.5, -0.5)
    ax.set_xlabel("shape error, %")
    ax.set_title(_title("Columns", len(worst), len(errors)))


def _title(what, n_shown, n):
    """Title a chart, saying so if only the worst columns are shown."""
    return what if n_shown == n else f"{what}, the {n_shown} worst of {n}"
