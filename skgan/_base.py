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
from ._drawing import DrawingMixin
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
from ._refining import RefiningMixin
from ._report import BlockReport
from ._scoring import ScoringMixin
from ._sklearn import DocumentedMixin
from .conditions import auto_n_clusters, find_conditions, read_labels
from .exceptions import DivergenceError
from .training import Noise

LATENT_DIM_MAX = 64
MAX_NUMBERS = 2**25  # in the rows behind score_samples


class BaseGAN(
    DrawingMixin,
    RefiningMixin,
    ScoringMixin,
    CallbackSupportMixin,
    DocumentedMixin,
    DensityMixin,
    BaseEstimator,
    metaclass=ABCMeta,
):
    """What all GAN estimators share.

    A final class defines ``__init__`` with its parameters, ``_make_encoder``,
    ``_read_rows``, ``_make_head`` and ``_make_networks``. Read here are the parameters
    ``class_conditional, device, latent_dim, n_clusters, n_init, n_score_samples, noise,
    random_state, validation_fraction``, in ``_scoring`` ``bandwidth``, in ``_refining``
    ``refinement``, and in ``_fitting`` and ``_report`` those of training.
    """

    _rows_per_cluster, _max_clusters = 100, 50  # of n_clusters="auto"
    _n_components = None  # in which clusters are looked for, None is in rows

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
    def _make_networks(self, noise, head):
        """A new ``HeadedGenerator`` fed with noise, a discriminator; on the CPU."""

    def _make_augment(self, head, n_rows, rng):
        """What changes rows before the discriminator sees them: nothing."""
        return lambda rows: rows

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = self.class_conditional
        return tags

    def __sklearn_is_fitted__(self):
        return hasattr(self, "generator_")

    @with_callbacks
    def fit(self, X, y=None):
        """Train the networks on the rows of X.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            At least two rows: arrays of finite numbers or booleans, data frames with
            columns of any kind. ``DCGANGenerator`` takes arrays of images, too, but no
            text.
        y : array-like of shape (n_samples,), default=None
            Labels of the rows, of any dtype, if ``class_conditional``. Ignored
            otherwise.

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
            random_state = check_random_state(_seed_if_none(self.random_state))
            shared, head, data, held_out = self._prepare(X, y, random_state)
            self._check_refinement(len(data))
            data = torch.from_numpy(data).to(device)
            attributes = partial(self._attributes, shared=shared, held_out=held_out)
            some = partial(self._sampling_attributes, shared=shared)
            max_iter = schedule_of(self, len(data)).max_iter
            report = BlockReport(self, X, y, max_iter, device, attributes, some)
            noise, conditions = shared["_noise"], shared["_conditions"]

            def start():
                seed = _draw_seed(random_state)
                with _torch.seeded(seed, device):
                    networks = self._make_networks(noise, head)
                    rng = torch.Generator(device).manual_seed(seed)
                    state = run_training(
                        self, networks, noise, data, conditions, rng, report
                    )
                return attributes(state)

            attributes_of_best = best_start(start, self.n_init, report)
            vars(self).pop("classes_", None)  # of an earlier fit with labels
            vars(self).update(attributes_of_best)
            report.unless_interrupted(lambda: self._fit_refinement(data, held_out))
            report.end()
        return self

    def _prepare(self, X, y, random_state):
        """What all starts share: attributes, head, training data, held-out rows."""
        encoder, rows = self._make_encoder(X)
        labels, label_codes = self._read_labels(y, len(rows))
        training, held_out = hold_out(
            len(rows), self.validation_fraction, random_state, label_codes
        )
        head, seed = self._make_head(encoder), _draw_seed(random_state)
        compact = encoder.encode(rows[training], _numpy_rng(seed))
        n_clusters = self._n_clusters(encoder, len(training), labels)
        conditions = find_conditions(
            labels, compact, head.open, n_clusters, seed, self._n_components
        )
        codes = conditions.codes(compact, head.open, label_codes[training])
        conditions.count(label_codes, codes)
        latent_dim = self.latent_dim
        if latent_dim == "auto":
            latent_dim = min(head.n_raw, LATENT_DIM_MAX)
        shared = {
            "encoder_": encoder,
            "encoding_": type(encoder).__name__.removesuffix("Encoder").lower(),
            "latent_dim_": latent_dim,
            "n_clusters_": conditions.n_clusters,
            "_conditions": conditions,
            "_noise": Noise(latent_dim, self.noise, head.n_noise, conditions.n_columns),
            "_is_held_out": len(training) + len(held_out) == len(rows),
            "_n_centres": min(self.n_score_samples, MAX_NUMBERS // compact.shape[1]),
            "_score_seed": seed,
        }
        if labels:
            shared["classes_"] = labels.classes
        data = np.hstack([compact, codes], dtype=np.float32) if codes.size else compact
        return shared, head, data, (rows[held_out], label_codes[held_out])

    def _read_labels(self, y, n_rows):
        """Labels or None, and the code of each row."""
        if self.class_conditional:
            return read_labels(type(self).__name__, y, n_rows)
        return None, np.zeros(n_rows, dtype=np.int64)

    def _n_clusters(self, encoder, n_rows, labels):
        """``n_clusters`` for rows encoded so: "auto" is none for scaled ones."""
        if self.n_clusters != "auto":
            return self.n_clusters
        if encoder.clustering is None:
            return 1
        n_labels = len(labels.classes) if labels else 1
        return auto_n_clusters(
            n_rows, n_labels, self._rows_per_cluster, self._max_clusters
        )

    def _attributes(self, state, *, shared, held_out):
        """The fitted attributes that belong to a state of training."""
        attributes = self._sampling_attributes(state, shared=shared)
        fitted = copy.copy(self)
        vars(fitted).update(attributes)
        if not np.isfinite(fitted._score_centres()).all():
            raise DivergenceError(state.iteration - 1)
        return attributes | fitted._fit_scores(*held_out)

    def _sampling_attributes(self, state, *, shared):
        """Those without scores, which take longer: enough to sample."""
        settle_average(
            state,
            shared["_noise"],
            shared["_conditions"],
            self.batch_size,
            shared["_score_seed"],
        )
        return shared | {
            "refinement_": None,
            "acceptance_rate_": 1.0,
            "_refinement": None,
            "generator_": snapshot(state.average.module),
            "discriminator_": snapshot(state.discriminator.network),
            "loss_curve_": state.loss_curve().numpy(),
            "n_iter_": state.iteration,
        }

    # ------------------------------------------------------------- sampling

    def sample(
        self, n_samples=1, *, y=None, return_y=False, refine=True, random_state=None
    ):
        """Draw new rows.

        Parameters
        ----------
        n_samples : int, default=1
            Number of rows.
        y : label or array-like of shape (n_samples,), default=None
            The label of all rows, or of each, if ``class_conditional``. None draws
            labels by their shares in training.
        return_y : bool, default=False
            Whether to return the labels too.
        refine : bool, default=True
            Whether refinement chooses among the generator's rows, where there is one.
            False is to see what it mends.
        random_state : int, RandomState instance or None, default=None
            An integer repeats the rows of an earlier call, None draws fresh ones. No
            global random stream is touched.

        Returns
        -------
        X : array or data frame of shape (n_samples, ...)
            Rows, or images, in the container, layout, column names and dtypes of the
            training data.
        y : array or series of shape (n_samples,)
            Their labels, as ``fit`` got them. Only if ``return_y``.

        Raises
        ------
        ValueError
            If ``n_samples`` is not a positive integer, or if labels are given that
            training had not.

        Warns
        -----
        skgan.exceptions.RefinementWarning
            If refinement accepts too few rows, so that some are drawn by weight.
        """
        check_is_fitted(self)
        if not isinstance(n_samples, Integral) or n_samples < 1:
            raise ValueError(
                "n_samples must be an integer in the range [1, inf), "
                f"got {n_samples!r}."
            )
        labels = self._conditions.labels
        if return_y and not labels:
            raise ValueError("return_y=True needs class_conditional=True in fit.")
        seed = _draw_seed(check_random_state(_seed_if_none(random_state)))
        label_codes = self._label_codes(y, int(n_samples), seed)
        draw = self._draw_compact if refine else self._draw_unrefined
        compact = draw(label_codes, seed)
        rows = self.encoder_.build(compact, _numpy_rng(seed))
        return (rows, labels.decode(label_codes)) if return_y else rows

    def generate(self, latents, *, y=None):
        """Generate the rows that belong to given latent vectors, without refinement.

        Parameters
        ----------
        latents : array-like of shape (n_samples, ``latent_dim_``)
            Latent vectors: what the generator turns into rows. In training they are
            standard normal, or uniform between -1 and 1.
        y : label or array-like of shape (n_samples,), default=None
            As in ``sample``, but None gives a row the same label at every call, and so
            the same cluster.

        Returns
        -------
        array or data frame of shape (n_samples, ...)
            One row or image for each latent vector, as ``sample`` returns them.

        Raises
        ------
        ValueError
            If ``latents`` has another number of columns than ``latent_dim_``, or if
            labels are given that training had not.
        """
        check_is_fitted(self)
        latents = check_array(latents, dtype=np.float32, input_name="latents")
        if latents.shape[1] != self.latent_dim_:
            raise ValueError(
                f"latents must have latent_dim_={self.latent_dim_} columns, "
                f"got {latents.shape[1]}."
            )
        codes = self._draw_codes(self._label_codes(y, len(latents), 0), 0)
        return self._generate(latents, codes)


def _numpy_rng(seed):
    return np.random.default_rng(seed)


def _seed_if_none(random_state):
    """Fresh entropy for None, where scikit-learn would take numpy's global stream."""
    return _torch.fresh_seed() if random_state is None else random_state


def _draw_seed(random_state):
    return int(random_state.randint(np.iinfo(np.int32).max))
