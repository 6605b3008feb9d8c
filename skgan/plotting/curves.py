"""Curves of training."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ._pyplot import pyplot


class LossCurveDisplay:
    """Losses of both networks over the iterations of training.

    Parameters
    ----------
    loss_curve : ndarray of shape (n_iterations, 2)
        Losses of discriminator and generator, as in ``loss_curve_``.
    name : str or None, default=None
        Title of the plot.

    Attributes
    ----------
    lines_ : list of matplotlib.lines.Line2D
        The two curves: discriminator, generator.
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

    def __init__(self, *, loss_curve, name=None):
        self.loss_curve = loss_curve
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
            Keywords of ``matplotlib.axes.Axes.plot``.

        Returns
        -------
        self : LossCurveDisplay
            With the artists.
        """
        if ax is None:
            _, ax = pyplot().subplots()
        self.lines_ = [
            ax.plot(
                losses, **{"label": label, "linewidth": 0.8, **(line_kwargs or {})}
            )[0]
            for label, losses in zip(
                ("discriminator", "generator"),
                np.transpose(self.loss_curve),
                strict=True,
            )
        ]
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
            Keywords of ``matplotlib.axes.Axes.plot``.

        Returns
        -------
        LossCurveDisplay
            With the artists.
        """
        check_is_fitted(estimator)
        name = type(estimator).__name__ if name is None else name
        display = cls(loss_curve=estimator.loss_curve_, name=name)
        return display.plot(ax=ax, line_kwargs=line_kwargs)
