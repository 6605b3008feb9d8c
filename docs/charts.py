"""Charts of the benchmarks, drawn from the CSV files of results."""

import matplotlib.pyplot as plt
import summary

# Colors that the color-blind tell apart (Okabe and Ito 2008); marks differ as well
OURS, THEIRS, RULERS = "#D55E00", "#0072B2", "#666666"
SHOWN = {
    "skgan_now": ("GANGenerator, this version", OURS),
    "skgan": ("GANGenerator, earlier", OURS),
    "tabular_argn": ("TabularARGN", THEIRS),
    "ctgan": ("CTGAN, capped", THEIRS),
    "ctgan_300": ("CTGAN, 300 epochs", THEIRS),
    "tvae": ("TVAE, capped", THEIRS),
    "smote": ("SMOTE", THEIRS),
    "gaussian_copula": ("Gaussian copula", THEIRS),
    "independent": ("independent columns", RULERS),
}
LEFT, RIGHT = ((-8, -4), "right"), ((9, -4), "left")  # of a mark, in points
BELOW = ((0, -18), "left")
SIDES = {
    "held_out": {"skgan_now": BELOW, "skgan": LEFT, "independent": BELOW}
    | {"ctgan": LEFT, "tvae": LEFT, "ctgan_300": ((20, 9), "right")},
    "utility": {"skgan": LEFT, "tabular_argn": BELOW, "tvae": LEFT, "ctgan": LEFT}
    | {"ctgan_300": ((20, 9), "right")},
}
LEAST = 0.03  # seconds: what takes less is drawn here
CHARTS = {
    "held_out": ("two-sample score, held-out rows", "no tree can tell them"),
    "utility": ("area under the curve", "learned on real rows"),
}
LOWEST = {"held_out": -0.1, "utility": 0.84}


def points(rows, figure):
    """The median seconds of a fit on Adult and a figure, for each method shown."""
    found = summary.groups(rows_of_adult(rows), "method")
    return {
        method: tuple(
            summary.median_and_range(found[method,], name)[0]
            for name in ("fit_seconds", figure)
        )
        for method in SHOWN
    }


def draw(rows, figure):
    """Draw a figure of quality against seconds of a fit."""
    label, name = CHARTS[figure]
    best = 1.0
    if figure == "utility":
        best = summary.median_and_range(rows_of_adult(rows), "utility_real")[0]
    drawn, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
    ax.axhline(best, color=RULERS, ls="--", lw=1)
    in_points = {"textcoords": "offset points"}
    ax.annotate(name, (LEAST, best), (0, 4), color=RULERS, **in_points)
    for method, (seconds, value) in points(rows, figure).items():
        if value < LOWEST[figure]:
            continue
        text, color = SHOWN[method]
        at = max(seconds, LEAST), value
        ax.plot(*at, {OURS: "o", THEIRS: "s", RULERS: "D"}[color], color=color, ms=8)
        shift, side = SIDES[figure].get(method, RIGHT)
        ax.annotate(text, at, shift, ha=side, color=color, **in_points)
    ax.set(xscale="log", xlim=(LEAST / 1.5, 40_000), ylabel=label)
    ax.set_ylim(LOWEST[figure], best + 0.08 * (best - LOWEST[figure]))
    ax.set_xlabel("seconds of a fit, one core")
    ax.spines[["top", "right"]].set_visible(False)
    return drawn


def rows_of_adult(rows):
    """Rows of one table."""
    return [row for row in rows if row["table"] == "adult"]


def write(folder):
    """Write the charts as SVG files into a folder."""
    rows = summary.by_version(summary.read(summary.RESULTS / "tables.csv"))
    folder.mkdir(parents=True, exist_ok=True)
    # The same file whenever the same numbers are drawn
    with plt.rc_context({"svg.hashsalt": "skgan", "font.size": 11}):
        for figure in CHARTS:
            drawn = draw(rows, figure)
            drawn.savefig(folder / f"chart_{figure}.svg", metadata={"Date": None})
            plt.close(drawn)
