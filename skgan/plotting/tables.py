"""Synthetic tables beside real ones: columns, and pairs of columns."""

from numbers import Integral

import numpy as np

from skgan._pyplot import pyplot
from skgan.metrics.columns import rows_shape_errors, rows_trend_errors
from skgan.metrics.figures import top_of_errors
from skgan.metrics.panels import panel_of, short
from skgan.metrics.rows import columns_of, read_rows

REAL = {"label": "real", "color": "0.75"}
SYNTHETIC = {"label": "synthetic", "color": "tab:orange"}
MAX_PAIRS = 30  # columns in a map of pairs
CALENDAR = -719_162, 2_932_896  # days since 1970 that matplotlib knows: years 1 to 9999
MIN_BARS = 4  # that there is room for; fewer classes get no thicker ones


class ColumnDisplay:
    """Distributions of columns of synthetic rows beside those of real ones.

    Parameters
    ----------
    panels : list of skgan.metrics.panels.Panel
        The columns in bins.
    errors : list of float
        Shape error of each of these columns, in percent.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes
        One for each column.
    figure_ : matplotlib.figure.Figure
        The figure.

    Notes
    -----
    Classes are shown in percent of the rows, a missing value being a class; beyond the
    12 most frequent they share a bar. Numbers, dates and times are in percent of the
    values that are present, with the missing ones named below, and the first and the
    last bin hold what lies beyond.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.plotting import ColumnDisplay
    >>> real, synthetic = np.random.default_rng(0).normal(size=(2, 500, 3))
    >>> display = ColumnDisplay.from_tables(real, synthetic, n_columns=2)
    >>> len(display.axes_)
    2
    """

    def __init__(self, *, panels, errors):
        self.panels = panels
        self.errors = errors

    def plot(self, axes=None):
        """Draw the columns.

        Parameters
        ----------
        axes : matplotlib axes, array of them or None, default=None
            One for each column, in any shape; None makes a new figure.

        Returns
        -------
        self : ColumnDisplay
            With the artists.

        Raises
        ------
        ValueError
            If there are fewer axes than columns.
        """
        n = len(self.panels)
        own = _grid(n) if axes is None else np.ravel(axes)
        if len(own) < n:
            raise ValueError(
                f"axes must be one for each of {n} columns, got {len(own)}."
            )
        self.axes_ = own[:n]
        for ax, panel, error in zip(self.axes_, self.panels, self.errors, strict=True):
            draw = _draw_classes if panel.is_of_classes else _draw_numbers
            draw(ax, panel)
            title = f"{short(panel.name)}, error {error:.1f} %"
            ax.set_title(title, fontsize="medium", parse_math=False)
        self.figure_ = self.axes_[0].figure
        if axes is None:  # there is room beside the axes
            handles, labels = self.axes_[0].get_legend_handles_labels()
            self.figure_.legend(handles, labels, loc="outside upper right", ncols=2)
        else:
            self.axes_[0].legend()
        return self

    @classmethod
    def from_tables(cls, real, synthetic, *, columns=None, n_columns=6, axes=None):
        """Draw columns of two tables.

        Parameters
        ----------
        real : array-like or data frame of shape (n_real, n_features)
            Real rows.
        synthetic : array-like or data frame of shape (n_synthetic, n_features)
            Synthetic rows, with the columns of ``real``.
        columns : list of column names, of arrays indices, default=None
            The columns to draw. None draws the worst ones.
        n_columns : int, default=6
            How many columns if none are named.
        axes : matplotlib axes, array of them or None, default=None
            One for each column, in any shape; None makes a new figure.

        Returns
        -------
        ColumnDisplay
            With the artists.

        Raises
        ------
        ValueError
            If the columns differ, a named one does not exist or none is asked for.
        """
        if not isinstance(n_columns, Integral) or n_columns < 1:
            rule = "an integer in the range [1, inf)"
            raise ValueError(f"n_columns must be {rule}, got {n_columns!r}.")
        rows = read_rows(real=real, synthetic=synthetic)
        errors = rows_shape_errors(*rows)
        if columns is None:
            columns = sorted(errors, key=errors.get, reverse=True)[:n_columns]
        if len(columns) == 0 or isinstance(columns, str):
            raise ValueError(f"columns must be a list of names, got {columns!r}.")
        table = columns_of(real, rows[0])
        panels = [panel_of(table, rows, rows[0].index(name)) for name in columns]
        display = cls(panels=panels, errors=[errors[name] for name in columns])
        return display.plot(axes)


def _grid(n):
    """Make the axes of a new figure, of which n show."""
    n_across = min(n, 3)
    n_down = -(-n // n_across)
    figure, grid = pyplot().subplots(
        n_down,
        n_across,
        figsize=(4 * n_across, 2.8 * n_down + 0.4),
        squeeze=False,
        layout="constrained",
    )
    for ax in grid.ravel()[n:]:
        ax.set_axis_off()
    return grid.ravel()


def _draw_classes(ax, panel):
    """Draw a column of classes: two bars each."""
    n = len(panel.bins)
    tables = zip((-0.2, 0.2), panel.shares, (REAL, SYNTHETIC), strict=True)
    for shift, shares, look in tables:
        ax.barh(np.arange(n) + shift, shares, 0.4, **look)
    ax.set_yticks(np.arange(n), panel.bins, fontsize="small", parse_math=False)
    center, half = (n - 1) / 2, max(n, MIN_BARS) / 2
    ax.set_ylim(center + half, center - half)
    ax.set_xlabel("% of rows")


def _draw_numbers(ax, panel):
    """Draw a column of numbers, dates or times: two histograms."""
    real, synthetic = panel.shares
    ax.stairs(real, panel.bins, fill=True, **REAL)
    ax.stairs(synthetic, panel.bins, linewidth=1.5, **SYNTHETIC)
    below = [] if panel.unit in ("", "date") else [panel.unit]
    if panel.missing.any():
        real, synthetic = panel.missing
        below.append(f"missing: {real:.1f} % real, {synthetic:.1f} % synthetic")
    if panel.unit == "date":
        with pyplot().rc_context({"date.converter": "concise"}):
            ax.xaxis_date()
        locator = ax.xaxis.get_major_locator()
        locator.minticks, locator.maxticks = 3, dict.fromkeys(locator.maxticks, 6)
        ax.set_xlim(panel.bins[[0, -1]].clip(*CALENDAR))
    else:
        ax.locator_params("x", integer=panel.bins[0] % 1 == 0.5)
    ax.set_ylim(bottom=0)
    ax.set_xlabel("; ".join(below))
    ax.set_ylabel("% of values")


class TrendDisplay:
    """Errors of pairs of columns as a map, in percent.

    Parameters
    ----------
    names : list
        Names of the columns.
    errors : ndarray of shape (n_columns, n_columns)
        Trend errors in percent, nan where there is none.
    top : float or None, default=None
        The error at which the scale of colors ends. None is the largest one, at least
        5 %.

    Attributes
    ----------
    image_ : matplotlib.image.AxesImage
        The map.
    ax_ : matplotlib.axes.Axes
        The axes.
    figure_ : matplotlib.figure.Figure
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.plotting import TrendDisplay
    >>> real, synthetic = np.random.default_rng(0).normal(size=(2, 500, 3))
    >>> display = TrendDisplay.from_tables(real, synthetic)
    >>> display.image_.get_array().shape
    (3, 3)
    """

    def __init__(self, *, names, errors, top=None):
        self.names = names
        self.errors = errors
        self.top = top

    def plot(self, ax=None):
        """Draw the map.

        Parameters
        ----------
        ax : matplotlib axes or None, default=None
            Axes to draw on; None makes a new figure.

        Returns
        -------
        self : TrendDisplay
            With the artists.
        """
        n = len(self.names)
        if ax is None:
            side = 2.5 + 0.3 * n
            _, ax = pyplot().subplots(figsize=(side + 1, side), layout="constrained")
        largest = np.nanmax(self.errors, initial=0.0)
        top = max(largest, 5.0) if self.top is None else self.top
        self.image_ = ax.imshow(
            self.errors, cmap="Reds", vmin=0, vmax=top, aspect="auto"
        )
        names = list(map(short, self.names))
        text = {"fontsize": "small", "parse_math": False}
        ax.set_xticks(np.arange(n), names, rotation=90, **text)
        ax.set_yticks(np.arange(n), names, **text)
        ends = {"extend": "max" if largest > top else "neither"}
        ax.figure.colorbar(self.image_, ax=ax, label="trend error, %", **ends)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    @classmethod
    def from_tables(cls, real, synthetic, *, ax=None):
        """Draw the errors of two tables.

        Parameters
        ----------
        real : array-like or data frame of shape (n_real, n_features)
            Real rows.
        synthetic : array-like or data frame of shape (n_synthetic, n_features)
            Synthetic rows, with the columns of ``real``. Of more than 30 columns the
            worst are drawn.
        ax : matplotlib axes or None, default=None
            Axes to draw on; None makes a new figure.

        Returns
        -------
        TrendDisplay
            With the artists.

        Raises
        ------
        ValueError
            If the columns differ, or there is only one.
        """
        rows = read_rows(real=real, synthetic=synthetic)
        return cls.from_errors(rows_trend_errors(*rows)).plot(ax)

    @classmethod
    def from_errors(cls, errors, *, real_errors=None):
        """Make a display of errors that are known, not yet drawn.

        Parameters
        ----------
        errors : dict of (column name, column name) to float
            As of :func:`skgan.metrics.column_trend_errors`.
        real_errors : dict of (column name, column name) to float, default=None
            Those of real rows in place of the synthetic ones, with the same keys. They
            are drawn above the diagonal, and decide where the scale ends.

        Returns
        -------
        TrendDisplay
            To be drawn by ``plot``.
        """
        if not errors:
            raise ValueError("errors must hold a pair of columns or more, got none.")
        names = list(dict.fromkeys(name for pair in errors for name in pair))
        index = {name: i for i, name in enumerate(names)}
        own, real = np.full((2, len(names), len(names)), np.nan)
        for matrix, found in ((own, errors), (real, real_errors or errors)):
            for (a, b), error in found.items():
                matrix[index[a], index[b]] = matrix[index[b], index[a]] = error
        worst = np.argsort(-np.nanmax(own, axis=1), kind="stable")[:MAX_PAIRS]
        kept = np.sort(worst)
        above = np.triu(np.ones(own.shape, dtype=bool))
        return cls(
            names=[names[i] for i in kept],
            errors=np.where(above, real, own)[np.ix_(kept, kept)],
            top=top_of_errors(real_errors.values()) if real_errors else None,
        )
