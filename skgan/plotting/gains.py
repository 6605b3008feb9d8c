"""What samplers change for a classifier, with intervals."""

import numpy as np

from skgan._pyplot import pyplot

COLORS = {"helps": "tab:green", "harms": "tab:red", "no clear difference": "0.4"}


class AugmentationGainDisplay:
    """What samplers change for a classifier, with intervals.

    Parameters
    ----------
    found : skgan.AugmentationGain
        What :func:`skgan.augmentation_gain` returned.

    Attributes
    ----------
    points_ : list of matplotlib.container.ErrorbarContainer
        The gain of each sampler and its interval.
    ax_ : matplotlib.axes.Axes
        The axes.
    figure_ : matplotlib.figure.Figure
        The figure.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skgan import GANGenerator, GANOverSampler, augmentation_gain
    >>> from skgan.plotting import AugmentationGainDisplay
    >>> gan = GANOverSampler(GANGenerator(max_iter=20, refinement=None), random_state=0)
    >>> found = augmentation_gain(GaussianNB(), *load_wine(return_X_y=True), gan, cv=3)
    >>> display = AugmentationGainDisplay.from_gain(found)
    >>> display.ax_.get_xlabel()
    'gain in average precision'
    """

    def __init__(self, *, found):
        self.found = found

    def plot(self, ax=None):
        """Draw the gains.

        Parameters
        ----------
        ax : matplotlib axes or None, default=None
            Axes to draw on; None makes a new figure.

        Returns
        -------
        self : object
            The display, with the artists.
        """
        gains = self.found.gains
        if ax is None:
            size = 6.4, 1.2 + 0.4 * len(gains)
            _, ax = pyplot().subplots(figsize=size, layout="constrained")
        ax.axvline(0, color="0.8", zorder=0)
        self.points_ = [
            ax.errorbar(
                gain.gain,
                position,
                xerr=[[gain.gain - gain.low], [gain.high - gain.gain]],
                color=COLORS[gain.verdict],
                fmt="o",
                capsize=4,
            )
            for position, gain in enumerate(gains)
        ]
        names = [gain.sampler for gain in gains]
        ax.set_yticks(np.arange(len(gains)), names, parse_math=False)
        ax.set_ylim(len(gains) - 0.5, -0.5)  # the first one on top
        ax.set_xlabel(f"gain in {self.found.scoring}", parse_math=False)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    @classmethod
    def from_gain(cls, found, *, ax=None):
        """Draw what :func:`skgan.augmentation_gain` found.

        Parameters
        ----------
        found : skgan.AugmentationGain
            What it returned.
        ax : matplotlib axes or None, default=None
            Axes to draw on; None makes a new figure.

        Returns
        -------
        AugmentationGainDisplay
            With the artists.
        """
        return cls(found=found).plot(ax)
