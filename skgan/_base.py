"""BaseGAN: fit, sample, score. Where scikit-learn meets torch."""

import copy
from abc import ABCMeta, abstractmethod
from functools import partial
from numbers import Integral

import numpy as np
import torch
from sklearn.base import BaseEstimator, DensityMixin
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.utils import check_array, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from . import _torch
from ._fitting import (
    all_or_nothing,
    best_start,
    check_options,
    hold_out,
    run_training,
    schedule_of,
    snapshot,
)
from ._report import BlockReport
from ._sklearn import SigmoidCalibration
from .encoding import check_columns, check_magnitudes, container_of
from .exceptions import DivergenceError
from .metrics import parzen_log_likelihood, select_bandwidth
from .training import draw_noise

LATENT_DIM_MAX = 64
CHUNK_SIZE = 16_384  # rows that pass through a network at once outside training
# The smallest bandwidth, as a share of the rows' root mean variance. It keeps rows that
# repeat the held-out ones from an infinite score.
BANDWIDTH_FLOOR = 0.02


class BaseGAN(CallbackSupportMixin, DensityMixin, BaseEstimator, metaclass=ABCMeta):
    """What all GAN estimators share.

    A final class defines ``__init__`` with its parameters, ``_make_encoder`` and
    ``_make_networks``. Read here are the parameters ``bandwidth, device, latent_dim,
    n_init, n_score_samples, noise, random_state, validation_fraction``, and in
    ``_fitting`` those of training.
    """

    @abstractmethod
    def _make_encoder(self, rows):
        """The encoder fitted to float64 ``rows`` ``(n_samples, n_features)``."""

    @abstractmethod
    def _make_networks(self, latent_dim, encoder):
        """A new generator and discriminator for encoded rows, on the CPU."""

    def __sklearn_is_fitted__(self):
        return hasattr(self, "generator_")

    @with_callbacks
    def fit(self, X, y=None):
        """Train the networks on the rows of X.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Rows of finite numbers or booleans, at least two.
        y : Ignored
            Not used, present for API consistency by convention.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If a parameter or the data break a rule; the message names the parameter or
            the column, the rule and the value.
        skgan.exceptions.DivergenceError
            If training becomes non-finite; the message says what to try.
        """
        self._validate_params()
        check_options(self)
        device = _torch.resolve_device(self.device)
        with all_or_nothing(self), _torch.plain(device):
            check_columns(X)
            rows = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
            check_magnitudes(
                rows, getattr(self, "feature_names_in_", range(len(rows.T)))
            )
            random_state = check_random_state(_seed_if_none(self.random_state))
            training, held_out = hold_out(rows, self.validation_fraction, random_state)
            encoder = self._make_encoder(rows)
            shared = {
                "encoder_": encoder,
                "encoding_": encoder.name,
                "latent_dim_": self._choose_latent_dim(encoder),
                "_container": container_of(X, rows),
                "_noise": self.noise,
                "_n_centres": self.n_score_samples,
                "_score_seed": _draw_seed(random_state),
            }
            data = torch.tensor(encoder.encode(training), device=device)
            attributes = partial(self._attributes, shared=shared, held_out=held_out)
            max_iter = schedule_of(self, len(data)).max_iter
            report = BlockReport(self, X, y, max_iter, device, attributes)

            def start():
                seed = _draw_seed(random_state)
                return attributes(self._train(data, shared, seed, report))

            vars(self).update(best_start(start, self.n_init, report))
            report.end()
        return self

    def _choose_latent_dim(self, encoder):
        if self.latent_dim == "auto":
            return min(encoder.n_outputs, LATENT_DIM_MAX)
        return self.latent_dim

    def _train(self, data, shared, seed, report):
        encoder, latent_dim = shared["encoder_"], shared["latent_dim_"]
        with _torch.seeded(seed, data.device):
            networks = self._make_networks(latent_dim, encoder)
            rng = torch.Generator(data.device).manual_seed(seed)
            return run_training(self, networks, latent_dim, data, rng, report)

    def _attributes(self, state, *, shared, held_out):
        """The fitted attributes that belong to a state of training."""
        attributes = shared | {
            "generator_": snapshot(state.average.module),
            "discriminator_": snapshot(state.discriminator.network),
            "loss_curve_": state.loss_curve().numpy(),
            "n_iter_": state.iteration,
        }
        fitted = copy.copy(self)
        vars(fitted).update(attributes)
        if not np.isfinite(fitted._score_centres()).all():
            raise DivergenceError(state.iteration - 1)
        bandwidth = fitted._choose_bandwidth(held_out)
        return attributes | {
            "bandwidth_": bandwidth,
            "validation_score_": float(fitted._log_density(held_out, bandwidth).mean()),
            "_calibration": fitted._calibrate(held_out),
        }

    def _choose_bandwidth(self, held_out):
        """The best bandwidth to within 2 %, from a coarse and then a fine grid."""
        if self.bandwidth != "auto":
            return float(self.bandwidth)
        rows, centres = held_out / self.encoder_.unit, self._score_centres()
        select = partial(
            select_bandwidth,
            rows,
            centres / self.encoder_.unit,
            device=_torch.available_device(self.device),
        )
        scale = np.sqrt(rows.var(axis=0).mean()) or 1.0
        floor, step = BANDWIDTH_FLOOR * scale, 1.4
        best = select(floor * step ** np.arange(15))  # up to 2.2 times the scale
        return select((best * np.geomspace(1 / step, step, 19)).clip(floor))

    def _calibrate(self, held_out):
        """One slope and one offset, from held-out rows and as many of ``sample``."""
        generated = self._draw_rows(len(held_out), self._score_seed)
        generated = self._container.settle(generated)
        logits = self._logits(np.concatenate([held_out, generated]))
        is_real = np.repeat([1.0, 0.0], len(held_out))
        return SigmoidCalibration().fit(logits, is_real)

    # ------------------------------------------------------------- sampling

    def sample(self, n_samples=1, *, random_state=None):
        """Draw new rows.

        Parameters
        ----------
        n_samples : int, default=1
            Number of rows.
        random_state : int, RandomState instance or None, default=None
            An integer repeats the rows of an earlier call, None draws fresh ones. No
            global random stream is touched.

        Returns
        -------
        array or data frame of shape (n_samples, n_features)
            Rows in the container, column names and dtypes of the training data.

        Raises
        ------
        ValueError
            If ``n_samples`` is not a positive integer.
        """
        check_is_fitted(self)
        if not isinstance(n_samples, Integral) or n_samples < 1:
            raise ValueError(
                "n_samples must be an integer in the range [1, inf), "
                f"got {n_samples!r}."
            )
        seed = _draw_seed(check_random_state(_seed_if_none(random_state)))
        return self._container.build(self._draw_rows(int(n_samples), seed))

    def generate(self, latents):
        """Generate the rows that belong to given latent vectors.

        Parameters
        ----------
        latents : array-like of shape (n_samples, ``latent_dim_``)
            Latent vectors: what the generator turns into rows. In training they are
            standard normal, or uniform between -1 and 1.

        Returns
        -------
        array or data frame of shape (n_samples, n_features)
            One row for each latent vector, as ``sample`` returns them.

        Raises
        ------
        ValueError
            If ``latents`` has another number of columns than ``latent_dim_``.
        """
        check_is_fitted(self)
        latents = check_array(latents, dtype=np.float32, input_name="latents")
        if latents.shape[1] != self.latent_dim_:
            raise ValueError(
                f"latents must have latent_dim_={self.latent_dim_} columns, "
                f"got {latents.shape[1]}."
            )
        return self._container.build(self._decode(torch.tensor(latents)))

    def _draw_rows(self, n_samples, seed):
        """Rows as float64, from noise of the CPU: the same on every device."""
        rng = torch.Generator().manual_seed(seed)
        return self._decode(draw_noise((n_samples, self.latent_dim_), self._noise, rng))

    def _decode(self, latents):
        n_outputs = self.encoder_.n_outputs
        return self.encoder_.decode(self._run(self.generator_, latents, n_outputs))

    def _run(self, network, inputs, n_outputs):
        """The outputs of a fitted network as an array, in chunks of bounded size."""
        device = _torch.available_device(self.device)
        if device.type != "cpu":
            network = copy.deepcopy(network).to(device)
        outputs = np.empty((len(inputs), n_outputs), dtype=np.float32)
        with _torch.plain(device), torch.inference_mode():
            for start in range(0, len(inputs), CHUNK_SIZE):
                chunk = inputs[start : start + CHUNK_SIZE].to(device)
                rows = network(chunk).cpu().reshape(len(chunk), n_outputs)
                outputs[start : start + CHUNK_SIZE] = rows.numpy()
        return outputs

    # -------------------------------------------------------------- scoring

    def score_samples(self, X):
        """Log density of each row.

        The density is a Parzen window: the mean of isotropic Gaussians around
        ``n_score_samples`` generated rows, with the bandwidth ``bandwidth_``
        (Goodfellow et al. 2014). It is in the units of X: comparable with
        ``GaussianMixture.score_samples``. In many dimensions it says little about how
        good samples look, and can be gamed (Theis et al. 2016).

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Rows to score.

        Returns
        -------
        ndarray of shape (n_samples,)
            Natural logarithm of the density; the same at every call.
        """
        return self._log_density(self._validate_rows(X), self.bandwidth_)

    def _log_density(self, rows, bandwidth):
        unit = self.encoder_.unit
        log_density = parzen_log_likelihood(
            rows / unit,
            self._score_centres() / unit,
            bandwidth,
            device=_torch.available_device(self.device),
        )
        return log_density - np.log(unit).sum()

    def score(self, X, y=None):
        """Mean log density of the rows; larger is better.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Rows to score.
        y : Ignored
            Not used, present for API consistency by convention.

        Returns
        -------
        float
            Mean of ``score_samples(X)``.
        """
        return float(np.mean(self.score_samples(X)))

    def discriminate(self, X):
        """Probability that each row is real.

        The discriminator's logits have no absolute meaning for most losses, so one
        slope and one offset are fitted on held-out and as many generated rows
        (Platt 1999). One half means: as likely generated as real.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Rows to judge.

        Returns
        -------
        ndarray of shape (n_samples,)
            Probabilities between 0 and 1.
        """
        rows = self._validate_rows(X)
        return self._calibration.predict(self._logits(rows))

    def _validate_rows(self, X):
        check_is_fitted(self)
        check_columns(X)
        return validate_data(self, X, dtype=np.float64, reset=False)

    def _score_centres(self):
        return self._draw_rows(self._n_centres, self._score_seed)

    def _logits(self, rows):
        inputs = torch.tensor(self.encoder_.encode(rows))
        return self._run(self.discriminator_, inputs, 1).ravel().astype(np.float64)


def _seed_if_none(random_state):
    """Fresh entropy for None, where scikit-learn would take numpy's global stream."""
    return _torch.fresh_seed() if random_state is None else random_state


def _draw_seed(random_state):
    return int(random_state.randint(np.iinfo(np.int32).max))
