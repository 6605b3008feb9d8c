"""What attacks on membership find at how many false alarms."""

from skgan.metrics.roc import draw_curves


class MembershipDisplay:
    """ROC curves of attacks on membership, on logarithmic axes.

    What matters lies on the left: members that are found with few false alarms, which
    an area under the curve hides.

    Parameters
    ----------
    report : skgan.metrics.MembershipReport
        What :func:`skgan.metrics.membership_attacks` returned.

    Attributes
    ----------
    lines_ : dict of matplotlib.lines.Line2D
        The curve of each attack, dashed for those that know the model.
    chance_ : matplotlib.lines.Line2D
        What chance finds.
    ax_ : matplotlib.axes.Axes
        The axes.
    figure_ : matplotlib.figure.Figure
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.metrics import membership_attacks
    >>> from skgan.plotting import MembershipDisplay
    >>> train, test, fresh = np.random.default_rng(0).normal(size=(3, 200, 2))
    >>> report = membership_attacks(train, test, fresh)
    >>> sorted(MembershipDisplay.from_report(report).lines_)
    ['closest']
    """

    def __init__(self, *, report):
        self.report = report

    def plot(self, ax=None, *, rows="all"):
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib axes or None, default=None
            Axes to draw on; None makes a new figure.
        rows : {"all", "exposed"}, default="all"
            Whether of all rows, or of the most exposed ones.

        Returns
        -------
        self : MembershipDisplay
            With the artists.
        """
        self.lines_, self.chance_, self.ax_ = draw_curves(self.report, ax, rows)
        self.figure_ = self.ax_.figure
        return self

    @classmethod
    def from_report(cls, report, *, ax=None, rows="all"):
        """Draw what :func:`skgan.metrics.membership_attacks` found.

        Parameters
        ----------
        report : skgan.metrics.MembershipReport
            What it returned.
        ax, rows
            As of ``plot``.

        Returns
        -------
        MembershipDisplay
            With the artists.
        """
        return cls(report=report).plot(ax, rows=rows)
