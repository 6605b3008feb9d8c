"""The density behind ``score``: a kernel around generated rows."""

from dataclasses import dataclass

import numpy as np

from ..metrics.mixed import Measured, MixedDensity
from ..storage import stored
from ..storage.fields import number, require, whole

MAX_CENTERS = 1_000_000

# Of the width that suits real rows around others: it sees rows that lie in heaps
NARROWER = 0.7

N_PARTS = 8  # of generated rows, which tell how far others would score otherwise


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
    measured, log_volume = _trimmed(model.encoder, rows)
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


class FixedDensity:
    """Log densities of the same rows by kernels of one width, whatever the model.

    So they can be compared between states of a run. The width is that which suits
    these rows around training rows.

    Parameters
    ----------
    encoder : Encoder
        That of the models.
    encoded : ndarray of shape (n_training, n_columns)
        Encoded training rows.
    rows : object
        Held-out rows as ``encoder.read`` gives them.
    n_centers : int
        Number of centers.
    seed : int
        Chooses training rows, where there are more than centers.
    device : torch.device
        Where rows are compared.
    """

    def __init__(self, encoder, encoded, rows, n_centers, seed, device):
        some = np.random.default_rng([seed, 6]).permutation(len(encoded))[:n_centers]
        kernel = _kernel(encoder, encoded[some], seed, device)
        self.measured, self.log_volume = _trimmed(encoder, rows)
        width, smoothing = kernel.best(self.measured, None)
        self.density = Density(NARROWER * width, smoothing, n_centers)
        self.device = device

    def __call__(self, model):
        """Log density of each row around each part of a model's rows, unrefined.

        The rows of all models come from the same noise, so that less of a difference is
        chance. Returns ``(n_parts, n)``.
        """
        centers = draw_centers(model, self.density.n_centers, self.device)
        parts = [centers[k::N_PARTS] for k in range(min(N_PARTS, len(centers)))]
        return np.stack([self._by(model, part) for part in parts]) - self.log_volume

    def _by(self, model, centers):
        """Log likelihood of each row around some rows of a model."""
        kernel = _kernel(model.encoder, centers, model.seed, self.device)
        return _log_likelihoods(kernel, self.density, self.measured)


def _trimmed(encoder, rows):
    """Held-out rows as a density sees them, outliers cut, and their log volume."""
    classes, numbers, log_volume = encoder.measure(rows)
    return Measured(classes, encoder.trim(numbers)), log_volume


def _kernel(encoder, centers, seed, device):
    """The product kernel around encoded centers."""
    rng = np.random.default_rng(seed)
    return MixedDensity(Measured(*encoder.measure_encoded(centers, rng)), device)


def _log_likelihoods(kernel, density, measured):
    """Log likelihoods under the kernel with the widths of a density."""
    bandwidths = [density.bandwidth]
    return kernel.log_likelihoods(measured, bandwidths, density.smoothing)[0]
