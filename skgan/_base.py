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
from sklearn.utils.validation import check_is_fitted

from . import _torch
from ._fitting import (
    all_or_nothing,
    best_start,
    check_options,
    hold_out,
    run_training,
    schedule_of,
    settle_average,
    snapshot,
)
from ._report import BlockReport
from ._sklearn import SigmoidCalibration
from .exceptions import DivergenceError
from .metrics.mixed import Measured, MixedDensity
from .training import Noise

LATENT_DIM_MAX = 64
CHUNK_SIZE = 16_384  # rows that pass through a network at once outside training


class BaseGAN(CallbackSupportMixin, DensityMixin, BaseEstimator, metaclass=ABCMeta):
    """What all GAN estimators share.

    A final class defines ``__init__`` with its parameters, ``_make_encoder``,
    ``_read_rows``, ``_make_head`` and ``_make_networks``. Read here are the parameters
    ``bandwidth, device, latent_dim, n_init, n_score_samples, noise, random_state,
    validation_fraction``, and in ``_fitting`` and ``_report`` those of training.
    """

    @abstractmethod
    def _make_encoder(self, X):
        """An encoder fitted to X, and the rows of X as it takes them."""

    @abstractmethod
    def _read_rows(self, X):
        """The rows of X as the fitted encoder takes them."""

    @abstractmethod
    def _make_head(self, encoder):
        """What stands between the generator's last layer and encoded rows."""

    @abstractmethod
    def _make_networks(self, latent_dim, head):
        """A new ``HeadedGenerator`` and a discriminator, on the CPU."""

    def __sklearn_is_fitted__(self):
        return hasattr(self, "generator_")

    @with_callbacks
    def fit(self, X, y=None):
        """Train the networks on the rows of X.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            At least two rows: arrays of finite numbers or booleans, data frames with
            columns of any kind.
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
            encoder, rows = self._make_encoder(X)
            random_state = check_random_state(_seed_if_none(self.random_state))
            training, held_out = hold_out(rows, self.validation_fraction, random_state)
            head = self._make_head(encoder)
            latent_dim = self.latent_dim
            if latent_dim == "auto":
                latent_dim = min(head.n_raw, LATENT_DIM_MAX)
            noise = Noise(latent_dim, self.noise, head.n_noise)
            shared = {
                "encoder_": encoder,
                "encoding_": encoder.name,
                "latent_dim_": latent_dim,
                "_noise": noise,
                "_n_centres": self.n_score_samples,
                "_score_seed": _draw_seed(random_state),
            }
            compact = encoder.encode(training, _numpy_rng(shared["_score_seed"]))
            data = torch.tensor(compact, device=device)
            attributes = partial(self._attributes, shared=shared, held_out=held_out)
            max_iter = schedule_of(self, len(data)).max_iter
            report = BlockReport(self, X, y, max_iter, device, attributes)

            def start():
                seed = _draw_seed(random_state)
                with _torch.seeded(seed, device):
                    networks = self._make_networks(latent_dim, head)
                    rng = torch.Generator(device).manual_seed(seed)
                    state = run_training(self, networks, noise, data, rng, report)
                return attributes(state)

            vars(self).update(best_start(start, self.n_init, report))
            report.end()
        return self

    def _attributes(self, state, *, shared, held_out):
        """The fitted attributes that belong to a state of training."""
        settle_average(state, shared["_noise"], self.batch_size, shared["_score_seed"])
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
        widths = fitted._choose_widths(held_out)
        return attributes | {
            **widths,
            "validation_score_": float(
                fitted._log_density(held_out, *widths.values()).mean()
            ),
            "_calibration": fitted._calibrate(held_out),
        }

    def _choose_widths(self, held_out):
        """Bandwidth and smoothing under which held-out rows are the most likely."""
        measured = Measured(*self.encoder_.measure(held_out)[:2])
        bandwidth = None if self.bandwidth == "auto" else float(self.bandwidth)
        bandwidth, smoothing = self._density().best(measured, bandwidth)
        return {"bandwidth_": bandwidth, "_smoothing": smoothing}

    def _calibrate(self, held_out):
        """One slope and one offset, from held-out rows and as many of ``sample``."""
        compact = self._draw_compact(len(held_out), self._score_seed)
        generated = self.encoder_.settle(compact)
        real = self.encoder_.encode(held_out, _numpy_rng(self._score_seed))
        logits = self._logits(np.concatenate([real, generated]))
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
        compact = self._draw_compact(int(n_samples), seed)
        return self.encoder_.build(compact, _numpy_rng(seed))

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
        noise = np.zeros((len(latents), self._noise.n_columns), dtype=np.float32)
        noise[:, : self.latent_dim_] = latents
        chunks = torch.tensor(noise).split(CHUNK_SIZE)
        compact = self._run("generator_", "compact", chunks)
        return self.encoder_.build(compact, _numpy_rng(0))

    def _draw_compact(self, n_rows, seed):
        """Compact rows, from noise of the CPU: the same on every device."""
        rng = torch.Generator().manual_seed(seed)
        sizes = [CHUNK_SIZE] * (n_rows // CHUNK_SIZE) + [n_rows % CHUNK_SIZE]
        chunks = (self._noise.draw(size, rng) for size in sizes if size)
        return self._run("generator_", "compact", chunks)

    def _run(self, name, method, chunks):
        """What a method of a fitted network makes of chunks of rows, as an array."""
        device = _torch.available_device(self.device)
        network = getattr(self, name)
        if device.type != "cpu":
            network = copy.deepcopy(network).to(device)
        call = getattr(network, method)
        with _torch.plain(device), torch.inference_mode():
            outputs = [call(chunk.to(device)).cpu().numpy() for chunk in chunks]
        return np.concatenate(outputs)

    # -------------------------------------------------------------- scoring

    def score_samples(self, X):
        """Log density of each row.

        The density is a Parzen window: the mean of isotropic Gaussians around
        ``n_score_samples`` generated rows, with the bandwidth ``bandwidth_``
        (Goodfellow et al. 2014). It is in the units of X: comparable with
        ``GaussianMixture.score_samples``. In many dimensions it says little about how
        good samples look, and can be gamed (Theis et al. 2016). In a table, classes
        count by their probabilities, numbers by their densities.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Rows to score.

        Returns
        -------
        ndarray of shape (n_samples,)
            Natural logarithm of the density; the same at every call.
        """
        rows = self._read_rows(X)
        return self._log_density(rows, self.bandwidth_, self._smoothing)

    def _log_density(self, rows, bandwidth, smoothing):
        classes, numbers, log_volume = self.encoder_.measure(rows)
        measured = Measured(classes, numbers)
        log_density = self._density().log_likelihoods(measured, [bandwidth], smoothing)
        return log_density[0] - log_volume

    def _density(self):
        compact = self._score_centres()
        rng = _numpy_rng(self._score_seed)
        centres = Measured(*self.encoder_.measure_compact(compact, rng))
        return MixedDensity(centres, _torch.available_device(self.device))

    def _score_centres(self):
        return self._draw_compact(self._n_centres, self._score_seed)

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
        rows = self._read_rows(X)
        compact = self.encoder_.encode(rows, _numpy_rng(self._score_seed))
        return self._calibration.predict(self._logits(compact))

    def _logits(self, compact):
        open_rows = self.generator_.head.open
        chunks = map(open_rows, torch.tensor(compact).split(CHUNK_SIZE))
        logits = self._run("discriminator_", "__call__", chunks)
        return logits.ravel().astype(np.float64)


def _numpy_rng(seed):
    return np.random.default_rng(seed)


def _seed_if_none(random_state):
    """Fresh entropy for None, where scikit-learn would take numpy's global stream."""
    return _torch.fresh_seed() if random_state is None else random_state


def _draw_seed(random_state):
    return int(random_state.randint(np.iinfo(np.int32).max))
