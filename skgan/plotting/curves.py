"""Curves of training."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skgan._pyplot import pyplot
from skgan.losses import undecided_losses

SMOOTHED_SHARE = 0.01  # of all iterations, to either side


class LossCurveDisplay:
    """Losses of both networks over the iterations of training.

    Means over some iterations, a hundredth of all to either side, are drawn upon the
    losses themselves, which are faint. Where real and generated rows cannot be told
    apart losses have the value of the dashed line, which nears when training goes well,
    and also when neither network learns.

    Parameters
    ----------
    loss_curve : ndarray of shape (n_iterations, 2)
        Losses of discriminator and generator, as in ``loss_curve_``.
    undecided : (float, float) or None, default=None
        Both losses where rows cannot be told apart; None draws no dashed lines.
    name : str or None, default=None
        Title of the plot.

    Attributes
    ----------
    lines_ : list of matplotlib.lines.Line2D
        The two curves of means: discriminator, generator.
    raw_lines_ : list of matplotlib.lines.Line2D
        The two curves of losses.
    undecided_lines_ : list of matplotlib.lines.Line2D
        The two dashed lines, or none.
    ax_ : matplotlib.axes.Axes
        The axes.
    figure_ : matplotlib.figure.Figure
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan import GANGenerator
    >>> from skgan.plotting import LossCurveDisplay
    >>> gan = GANGenerator(max_iter=20).fit(np.random.rand(50, 2))
    >>> display = LossCurveDisplay.from_estimator(gan)
    >>> display.ax_.get_xlabel()
    'iteration'
    """

    def __init__(self, *, loss_curve, undecided=None, name=None):
        self.loss_curve = loss_curve
        self.undecided = undecided
        self.name = name

    def plot(self, ax=None, *, name=None, line_kwargs=None):
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib axes or None, default=None
            Axes to draw on; None makes a new figure.
        name : str or None, default=None
            Title; None is the one given at construction.
        line_kwargs : dict or None, default=None
            Keywords of ``matplotlib.axes.Axes.plot`` for the curves of means.

        Returns
        -------
        self : LossCurveDisplay
            With the artists.
        """
        if ax is None:
            _, ax = pyplot().subplots()
        line = {"linewidth": 1.2} | (line_kwargs or {})
        curves = np.transpose(self.loss_curve)
        names, colors = ("discriminator", "generator"), ("C0", "C1")
        self.raw_lines_ = [
            ax.plot(losses, color=color, linewidth=0.5, alpha=0.3)[0]
            for losses, color in zip(curves, colors, strict=True)
        ]
        self.lines_ = [
            ax.plot(_smoothed(losses), **{"label": name, "color": color} | line)[0]
            for losses, name, color in zip(curves, names, colors, strict=True)
        ]
        self.undecided_lines_ = [
            ax.axhline(value, color=color, linestyle="--", linewidth=1)
            for value, color in zip(self.undecided or (), colors, strict=False)
        ]
        for line in self.undecided_lines_[:1]:
            line.set_label("undecided")
        ax.set(xlabel="iteration", ylabel="loss", title=name or self.name)
        ax.legend()
        self.ax_, self.figure_ = ax, ax.figure
        return self

    @classmethod
    def from_estimator(cls, estimator, *, ax=None, name=None, line_kwargs=None):
        """Draw the loss curve of a fitted generator.

        Parameters
        ----------
        estimator : fitted generator
            With ``loss_curve_``.
        ax : matplotlib axes or None, default=None
            Axes to draw on; None makes a new figure.
        name : str or None, default=None
            Title; None is the estimator's class.
        line_kwargs : dict or None, default=None
            Keywords of ``matplotlib.axes.Axes.plot`` for the curves of means.

        Returns
        -------
        LossCurveDisplay
            With the artists.
        """
        check_is_fitted(estimator)
        name = type(estimator).__name__ if name is None else name
        undecided = undecided_losses(estimator.loss)
        display = cls(loss_curve=estimator.loss_curve_, undecided=undecided, name=name)
        return display.plot(ax=ax, line_kwargs=line_kwargs)


def _smoothed(losses):
    """Average each loss with those around it, fewer at the ends."""
    n = len(losses)
    sums = np.concatenate([[0.0], np.cumsum(losses, dtype=np.float64)])
    n_around = int(SMOOTHED_SHARE * n)
    index = np.arange(n)
    first, last = (index - n_around).clip(min=0), (index + n_around + 1).clip(max=n)
    return (sums[last] - sums[first]) / (last - first)
