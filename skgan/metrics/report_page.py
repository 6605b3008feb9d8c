"""What a report says as a page: sections, from what is good to how it was measured."""

from itertools import zip_longest

import numpy as np

from skgan._version import __version__
from skgan.pages import Markup, bars, element, histogram, joined, table, track
from skgan.privacy import MIN_ROWS

from .figures import EQUAL, NEARER, SHAPE, TREND, Figure, judgments, top_of_errors
from .membership_report import AttackFigure
from .panels import Panel, short

TITLE = "Synthetic rows beside real ones"
N_PAIRS = 10
SERIES = {
    "training": "training rows",
    "held-out": "held-out rows",
    "synthetic": "synthetic rows",
}
BEST = {"higher": "higher is better", "lower": "lower is better", "50": "50 is best"}
N_TALLEST = 1.5  # times the tallest bar of real rows, where others are cut


def report_parts(report) -> list[Markup]:
    """Write the sections of a report."""
    parts = [element("h1", TITLE), *_summary(report), *_measures(report)]
    if report.panels:
        parts += _columns(report)
    if report.trend_errors:
        parts += _pairs(report)
    if report.membership is not None:
        parts += _members(report.membership)
    return [*parts, *_how(report)]


def _summary(report):
    """Say what is good and what is not, as the printed report does."""
    for lead, found in judgments(report.figures):
        yield element("p", element("b", f"{lead} "), found)
    for remark in report.remarks:
        yield element("p", remark)


def _measures(report):
    """Show all figures, with intervals, beside real rows."""
    others = report.unrefined.figures if report.unrefined else []
    bare = ["unrefined"] if others else []
    head = ["measure", "synthetic", *bare, "real", "verdict"]
    rows = []
    for figure, other in zip_longest(report.figures, others):
        own = figure.value, figure.low, figure.high
        real = figure.real, figure.real_low, figure.real_high
        best = element("small", f" {BEST[figure.better]}")
        verdict = element("span", figure.judgment, class_=f"verdict {figure.verdict}")
        rows.append(
            [
                joined([figure.measure, best, track(own, real, top_of(figure))]),
                _with_interval(*own),
                *([number(other.value)] if other else []),
                _with_interval(*real),
                verdict,
            ]
        )
    return [
        element("h2", "Measures"),
        _key(
            {"synthetic": "synthetic rows", "held-out": "real rows, and their interval"}
        ),
        table(head, rows, class_="figures", style=f"--n:{len(head) - 1}"),
        _note(
            "Below each value its 95 % interval. Good, fair and off say how far "
            "from real rows a value lies, beyond chance; what is good, yet worse is "
            "near, but by more than chance not as good."
        ),
    ]


def top_of(figure: Figure) -> float:
    """Find where the line of a figure ends: the same in all reports on one table."""
    if figure.measure in (SHAPE, TREND):
        return top_of_errors([figure.real])
    return 100.0 if figure.measure in (NEARER, EQUAL) else 1.0


def _columns(report):
    """Show the distributions of the columns that give most away."""
    importances = {part.column: part.importance for part in report.telling_ranges}
    cards = []
    for panel in report.panels:
        name, real = panel.name, report.real_shape_errors[panel.name]
        words = f"error {report.shape_errors[name]:.1f} %, held-out rows {real:.1f} %"
        if name in importances:
            words += f"; {100 * importances[name]:.0f} % of what a detector uses"
        parts = element("h3", short(name, 60)), element("small", words)
        cards.append(element("section", *parts, *_distributions(panel)))
    return [
        element("h2", "Columns that give most away"),
        _key(SERIES),
        element("div", *cards, class_="cards"),
        _note(
            f"Bars are cut at {N_TALLEST} times the tallest of real rows. What is "
            f"beyond the ends counts in the first and the last bin; a bin of fewer "
            f"than {MIN_ROWS.n} real rows is empty, and a class of fewer training "
            "rows has no name."
        ),
    ]


def _distributions(panel: Panel):
    """Draw a column's distributions, and say what is missing."""
    shares = dict(zip(SERIES, panel.shares, strict=True))
    top = N_TALLEST * panel.shares[:-1].max() or 100.0
    if panel.is_of_classes:
        return [bars(panel.bins, shares, top)]
    label = f"histograms of {short(panel.name)}"
    ends = [element("small", text) for text in ends_of(panel)]
    parts = [histogram(shares, top, label), element("div", *ends, class_="ends")]
    if panel.missing.any():
        parts.append(
            bars(
                ["missing"],
                dict(zip(SERIES, panel.missing[:, None], strict=True)),
                100.0,
            )
        )
    return parts


def ends_of(panel: Panel) -> list[str]:
    """Write the ends of a panel's bins, with their unit."""
    low, high = panel.bins[[0, -1]]
    if panel.unit == "date":
        return [
            str(np.datetime64(int(np.ceil(low)), "D")),
            str(np.datetime64(int(high), "D")),
        ]
    if low % 1 == high % 1 == 0.5:  # bins of whole numbers
        low, high = low + 0.5, high - 0.5
    return [f"{_short_number(end)} {panel.unit}".strip() for end in (low, high)]


def _short_number(value):
    """Write a number with three digits, or all that a whole one has."""
    return f"{value:,.0f}" if 1e3 <= abs(value) < 1e9 else f"{value:.3g}"


def _pairs(report):
    """List the pairs of columns that differ most."""
    worst = sorted(report.trend_errors.items(), key=lambda pair: -pair[1])[:N_PAIRS]
    real = report.real_trend_errors
    top = top_of_errors(real.values())
    names = [f"{short(a)} with {short(b)}" for (a, b), _ in worst]
    shares = {
        "held-out": [real[pair] for pair, _ in worst],
        "synthetic": [error for _, error in worst],
    }
    return [
        element("h2", "Pairs of columns that differ most"),
        _key({name: f"{SERIES[name]} beside training rows" for name in shares}),
        bars(names, shares, top),
    ]


def _members(membership):
    """Show what attacks on membership found."""
    head = "attack", "rows", "AUC", "found at 1 %", "found at 10 %"
    rows = [_attack(figure) for figure in membership.figures]
    words = (
        "Percentages of the training rows that an attack finds at 1 % and at 10 % "
        "false alarms, which are what chance finds."
    )
    return [
        element("h2", "Who is found"),
        table(head, rows),
        _note(words),
    ]


def _attack(figure: AttackFigure):
    """Write what one attack found."""
    return [
        figure.attack,
        figure.rows,
        _with_interval(figure.auc, figure.auc_low, figure.auc_high),
        _with_interval(figure.at_1, figure.at_1_low, figure.at_1_high, 1),
        _with_interval(figure.at_10, figure.at_10_low, figure.at_10_high, 1),
    ]


def _how(report):
    """Say how it was measured."""
    entries = {
        **dict(zip(SERIES.values(), map("{:,}".format, report.n_rows), strict=True)),
        "seed": report.random_state,
        "made by": f"skgan {__version__}",
    }
    pairs = (
        (element("dt", name), element("dd", value)) for name, value in entries.items()
    )
    words = (
        "Real rows are held-out rows in place of the synthetic ones, and training rows "
        "where the held-out ones are the yardstick."
    )
    return [
        element("h2", "How it was measured"),
        element("dl", *(part for pair in pairs for part in pair)),
        _note(words),
    ]


def _note(words):
    """Write small print."""
    return element("p", element("small", words))


def _key(series):
    """Say what the colors are."""
    parts = (part for pair in series.items() for part in _key_of(*pair))
    return element("p", element("small", *parts, class_="key"))


def _key_of(name, words):
    """Show a color, and what it is of."""
    return element("i", class_=name), words


def number(value: float, n_decimals: int = 3) -> str:
    """Write a number as in the printed report."""
    return f"{value:.{n_decimals}f}"


def _with_interval(value, low, high, n_decimals=3):
    """Write a number above its interval, if it has one."""
    if np.isnan([low, high]).any():
        return number(value, n_decimals)
    ends = f"{number(low, n_decimals)} to {number(high, n_decimals)}"
    return joined([number(value, n_decimals), element("small", ends)])
