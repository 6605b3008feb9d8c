"""Small charts as SVG and as boxes, with real rows in each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .elements import Markup, element


def histogram(shares: dict[str, ArrayLike], top: float, label: str) -> Markup:
    """Draw histograms on common bins, one upon the other.

    Parameters
    ----------
    shares : dict of str to array-like of shape (n_bins,)
        Heights by the class that says how the style draws them; the first ones lie
        below.
    top : float
        The height at which others are cut.
    label : str
        What the picture shows, for those who do not see it.

    Returns
    -------
    Markup
        An SVG element as wide as there is room.
    """
    n_bins = len(np.asarray(next(iter(shares.values()))))
    paths = [
        element("path", class_=name, d=_steps(np.asarray(own), top))
        for name, own in shares.items()
    ]
    box = {"viewBox": f"0 0 {n_bins} 100", "preserveAspectRatio": "none"}
    return element("svg", *paths, **box, role="img", aria_label=label)


def _steps(heights, top):
    """Write the outline of bars as a path; 0 is its upper end and 100 the lower."""
    ends = 100 * (1 - np.clip(heights / top, 0, 1))
    steps = " ".join(f"V{end:.2f} H{k}" for k, end in enumerate(ends, start=1))
    return f"M0 100 {steps} V100"


def bars(names: Sequence[str], shares: dict[str, ArrayLike], top: float) -> Markup:
    """Draw bars that lie, one of each series for each name, with their numbers.

    Parameters
    ----------
    names : sequence of str, length n
        What the bars are of.
    shares : dict of str to array-like of shape (n,)
        Lengths in percent by the class that says how the style draws them.
    top : float
        The length at which others are cut.

    Returns
    -------
    Markup
        A list.
    """
    lines = []
    for name, *own in zip(names, *shares.values(), strict=True):
        boxes = [
            element("i", class_=series, style=f"width:{_percent(length, top)}")
            for series, length in zip(shares, own, strict=True)
        ]
        numbers = " / ".join(f"{length:.1f}" for length in own)
        entry = element("span", name), element("div", *boxes)
        lines.append(element("li", *entry, element("b", f"{numbers} %")))
    return element("ul", *lines, class_="bars")


def track(own: Sequence[float], real: Sequence[float], top: float) -> Markup:
    """Draw a number and its interval on a line, with a mark where real rows stand.

    Parameters
    ----------
    own, real : sequence of float, length 3
        A value and the ends of its interval, nan without one.
    top : float
        Where the line ends, which begins at 0. What lies beyond is at its ends.

    Returns
    -------
    Markup
        An element as wide as there is room.
    """
    parts = []
    for name, (value, low, high) in (("real", real), ("synthetic", own)):
        if not np.isnan([low, high]).any():
            left, right = (_percent(end, top) for end in (low, high))
            style = f"left:{left};right:calc(100% - {right})"
            parts.append(element("i", class_=f"range {name}", style=style))
        style = f"left:{_percent(value, top)}"
        parts.append(element("i", class_=f"mark {name}", style=style))
    return element("div", *parts, class_="track")


def _percent(value, top):
    """Write where between 0 and the top a value lies, in percent; or is cut."""
    share = np.clip(value / (top or 1.0), 0, 1)
    return f"{100 * np.nan_to_num(share):.2f}%"
