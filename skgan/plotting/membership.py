"""What attacks on membership find at how many false alarms."""

from ._pyplot import pyplot

LEAST = 1e-3  # of both axes
STYLES = {"black-box": "-", "white-box": "--"}


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
        if ax is None:
            _, ax = pyplot().subplots(figsize=(5.5, 5), layout="constrained")
        self.chance_ = ax.axline((LEAST, LEAST), (1, 1), color="0.8", zorder=0)
        self.lines_ = {}
        for figure in self.report.figures:
            if figure.rows == rows:
                curve = self.report.roc_curve(figure.attack, rows)
                (self.lines_[figure.attack],) = ax.plot(
                    *curve, STYLES[figure.knowledge], label=figure.attack
                )
        ax.set(xscale="log", yscale="log", xlim=(LEAST, 1), ylim=(LEAST, 1))
        ax.set_xlabel("false alarms")
        ax.set_ylabel("members found")
        ax.legend()
        self.ax_, self.figure_ = ax, ax.figure
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
