"""The density behind ``score``: a kernel around generated rows."""

from dataclasses import dataclass

import numpy as np

from ..metrics.mixed import Measured, MixedDensity
from ..storage import stored
from ..storage.fields import number, require, whole

MAX_CENTERS = 1_000_000


@stored(
    "density/1",
    bandwidth=number(0),
    smoothing=number(0, 1),
    n_centers=whole(1, MAX_CENTERS),
)
@dataclass(frozen=True)
class Density:
    """A Parzen window around generated rows, for classes and for numbers.

    Parameters
    ----------
    bandwidth : float
        Standard deviation of the Gaussians of numbers.
    smoothing : float
        Share of the probability that the kernel of classes spreads.
    n_centers : int
        Number of generated rows.
    """

    bandwidth: float
    smoothing: float
    n_centers: int

    def check_stored(self):
        """Check that the kernel has a width."""
        require(self.bandwidth > 0, "the bandwidth is not 0")


def draw_centers(model, n_centers, device, label_code=None):
    """Encoded rows around which the density lies: of one label, or of all."""
    codes = np.full(n_centers, label_code)
    if label_code is None:
        codes = model.label_codes(None, n_centers, model.seed)
    return model.draw(codes, model.seed, device=device)


def fit_density(model, centers, rows, bandwidth, device):
    """The density under which held-out rows are the most likely, and their score.

    Parameters
    ----------
    model : FittedGAN
        Whose generated rows are the centers.
    centers : ndarray of shape (n_centers, n_columns)
        What ``draw_centers`` gave, encoded.
    rows : object
        Held-out rows as ``encoder.read`` gives them.
    bandwidth : float or None
        None is to be chosen.
    device : torch.device
        Where rows are compared.

    Returns
    -------
    density : Density
    score : float
        Mean log density of the held-out rows, of which outliers are cut.
    """
    kernel = _kernel(model.encoder, centers, model.seed, device)
    classes, numbers, log_volume = model.encoder.measure(rows)
    measured = Measured(classes, model.encoder.trim(numbers))
    density = Density(*kernel.best(measured, bandwidth), len(centers))
    scores = _log_likelihoods(kernel, density, measured) - log_volume
    return density, float(scores.mean())


def log_density(model, rows, label_codes, device):
    """Log density of each row as ``encoder.read`` gives them, float64 ``(n,)``.

    ``label_codes`` ``(n,)`` make it that of a row given its label; None is that of all
    labels together.
    """
    if label_codes is None:
        return _log_density(model, rows, None, device)
    scores = np.empty(len(label_codes))
    for code in np.unique(label_codes):
        own = np.flatnonzero(label_codes == code)
        scores[own] = _log_density(model, rows[own], code, device)
    return scores


def _log_density(model, rows, label_code, device):
    """Log density of rows, given one label or all."""
    centers = draw_centers(model, model.density.n_centers, device, label_code)
    classes, numbers, log_volume = model.encoder.measure(rows)
    kernel = _kernel(model.encoder, centers, model.seed, device)
    measured = Measured(classes, numbers)
    return _log_likelihoods(kernel, model.density, measured) - log_volume


def _kernel(encoder, centers, seed, device):
    """The product kernel around encoded centers."""
    rng = np.random.default_rng(seed)
    return MixedDensity(Measured(*encoder.measure_encoded(centers, rng)), device)


def _log_likelihoods(kernel, density, measured):
    """Log likelihoods under the kernel with the widths of a density."""
    bandwidths = [density.bandwidth]
    return kernel.log_likelihoods(measured, bandwidths, density.smoothing)[0]
