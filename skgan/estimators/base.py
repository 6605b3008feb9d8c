"""BaseGAN: fit, sample, score. Where scikit-learn meets torch."""

from abc import ABCMeta, abstractmethod
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, DensityMixin
from sklearn.callback import CallbackSupportMixin
from sklearn.exceptions import NotFittedError
from sklearn.utils import check_array, check_random_state
from sklearn.utils.validation import check_is_fitted

from .. import _torch
from .._sklearn import DocumentedMixin
from ..model import FittedGAN, draw_rows, log_density
from .fitting import train
from .packing import from_state, to_state
from .parameters import check_n_samples
from .seeds import draw_seed, seed_if_none
from .writing import write_samples

# What is not learned by every fit
MAY_LACK = (
    *("density", "labels", "validation_score"),
    *("validation_scores", "best_iter", "training_report", "max_iter"),
)


def _learned(name, *path):
    """A property of the fitted estimator: the value at a path of its model."""

    def value(self):
        check_is_fitted(self)
        found = self._model
        for part in path:
            found = getattr(found, part)
            if found is None and part == "discriminator":
                raise AttributeError(
                    f"{name} is not there: it tells training rows from others, and was "
                    "left out of the file. save(..., discriminator=True) keeps it."
                )
            if found is None and part in MAY_LACK:
                raise AttributeError(f"{name} is not there after this fit.")
        return found

    return property(value)  # described among the attributes of the class


class BaseGAN(
    CallbackSupportMixin,
    DocumentedMixin,
    DensityMixin,
    BaseEstimator,
    metaclass=ABCMeta,
):
    """What all GAN estimators share.

    A final class defines ``__init__`` with its parameters, and the abstract methods.
    What is learned is one object, ``_model``; all fitted attributes are read from it.
    """

    # Parameters of the final classes that are read here
    class_conditional: bool
    device: Any
    random_state: Any
    validation_fraction: float
    warm_start: bool

    # What ``fit`` sets, with scikit-learn's ``n_features_in_``
    _model: FittedGAN
    # From where training goes on, if it was kept: a plain tree of arrays and numbers
    _run_state: dict | None = None

    generator_ = _learned("generator_", "generator")
    discriminator_ = _learned("discriminator_", "discriminator")
    encoder_ = _learned("encoder_", "encoder")
    latent_dim_ = _learned("latent_dim_", "latents", "latent_dim")
    loss_curve_ = _learned("loss_curve_", "loss_curve")
    max_iter_ = _learned("max_iter_", "max_iter")
    bandwidth_ = _learned("bandwidth_", "density", "bandwidth")
    validation_score_ = _learned("validation_score_", "validation_score")
    validation_scores_ = _learned("validation_scores_", "validation_scores")
    best_iter_ = _learned("best_iter_", "best_iter")
    training_report_ = _learned("training_report_", "training_report")
    refinement_ = _learned("refinement_", "refinement_method")
    acceptance_rate_ = _learned("acceptance_rate_", "acceptance_rate")
    n_clusters_ = _learned("n_clusters_", "conditions", "n_clusters")
    classes_ = _learned("classes_", "conditions", "labels", "classes")

    @property
    def n_iter_(self):
        """Number of iterations done."""
        return len(self.loss_curve_)

    @abstractmethod
    def _check_parameters(self):
        """Refuse values of parameters that contradict each other."""

    @abstractmethod
    def _check_rows(self, X, encoder, reset):
        """X checked by scikit-learn, as the encoder reads it; ``reset`` in ``fit``."""

    @abstractmethod
    def _unfitted_encoder(self, X):
        """The encoder that the parameters choose for X."""

    @abstractmethod
    def _networks(self, head):
        """A function of head, latent dimension and number of columns of conditions.

        It builds a generator that ends in the head, and a discriminator. It is partial,
        so that it says all that new networks of the same kind need.
        """

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = self.class_conditional
        return tags

    def __sklearn_is_fitted__(self):
        return hasattr(self, "_model")

    def __getstate__(self):
        state = super().__getstate__()
        if "_model" not in state:
            return state
        return state | {"_model": to_state(self._model)}

    def __setstate__(self, state):
        if isinstance(state.get("_model"), dict):
            state = state | {"_model": from_state(state["_model"])}
        super().__setstate__(state)

    def fit(self, X, y=None, *, X_val=None, y_val=None):
        """Train the networks on the rows of X.

        With ``warm_start=True`` a second call goes on where the last one ended, until
        ``max_iter`` iterations are done in all: with the encoder and the clusters that
        the first call found, its seeds, and rates that decay anew. Of restarts the best
        one goes on. After a fit without it, new optimizers go on from the averaged
        generator.

        In a process group of torch.distributed all its processes share each batch, see
        :func:`skgan.distributed`.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            At least two rows: arrays of finite numbers or booleans, data frames with
            columns of any type. ``DCGANGenerator`` takes arrays of images, too, but no
            text; memory maps and others on disk stay there (see the guide).
            ``GANGenerator`` also reads rows that need not fit into memory: a Parquet
            file, a list or a folder of them, a ``pyarrow.dataset.Dataset``, a
            ``polars.LazyFrame``, a ``numpy.memmap``, or a function that returns a fresh
            iterator of arrays or data frames.
        y : array-like of shape (n_samples,), or str, default=None
            Labels of the rows, of any dtype, if ``class_conditional``, or the name of
            their column in a data frame. Ignored otherwise.
        X_val : array-like or data frame of shape (n_val, n_features), default=None
            Rows to hold out in place of ``validation_fraction`` of X, with the columns
            of X; at most 1,000 of them are used, and up to 10,000 more where states of
            training are compared (``early_stopping``). A pipeline passes them on as
            they are.
        y_val : array-like of shape (n_val,), default=None
            Labels of ``X_val``, if ``class_conditional``. Ignored otherwise.

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
        train(self, (X, y), (X_val, y_val), goes_on=self.warm_start)
        return self

    def partial_fit(self, X, y=None):
        """Go on training with one pass over the rows of X, at a constant rate.

        The first call learns the encoder and the clusters, and later ones keep them:
        values that it does not know are counted in ``n_unseen_``, and known ones stand
        in for them. Scores, the judge behind ``discriminate`` and the refinement are
        those of the rows of the last call. ``refinement=None`` is quicker.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Rows, as ``fit`` takes them, with the columns of the first call.
        y : array-like of shape (n_samples,), default=None
            Labels of the rows, if ``class_conditional``; from the second call on those
            of the first. Ignored otherwise.

        Returns
        -------
        self : object
            The estimator.

        Raises
        ------
        ValueError
            As by ``fit``, and if columns or labels are others than those of the first
            call.
        skgan.exceptions.DivergenceError
            If training becomes non-finite. The estimator stays as it was before.

        Warns
        -----
        UserWarning
            If there are more values that the encoder does not know than before.
        """
        train(self, (X, y), goes_on=True, one_pass=True)
        return self

    def _with_model(self, model):
        """Another estimator of the same parameters that has learned a model."""
        estimator = type(self)(**self.get_params(deep=False))
        estimator._model = model
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(self, name):
                setattr(estimator, name, getattr(self, name))
        return estimator

    # ------------------------------------------------------------- sampling

    def sample(
        self,
        n_samples=1,
        *,
        y=None,
        where=None,
        shares=None,
        return_y=False,
        refine=True,
        random_state=None,
    ):
        """Draw new rows.

        Parameters
        ----------
        n_samples : int, default=1
            Number of rows.
        y : label or array-like of shape (n_samples,), default=None
            The label of all rows, or of each, if ``class_conditional``. None draws
            labels by their shares in training.
        where : dict, callable or None, default=None
            What all rows fulfill: for columns, by their names or by their indices in
            arrays, a value, a list of values, a pair ``(low, high)`` of numbers or
            times, both included and None for no end, ``skgan.MISSING``,
            ``skgan.PRESENT``, or a function of the column that returns booleans; or one
            function of all columns. Rows are those that the model draws, among which
            others are left out: see the guide on conditions.
        shares : dict or None, default=None
            For columns, or tuples of columns, the shares of their values: dicts from
            values, or tuples of values, to shares. Where these sum to less than 1,
            all other values share what is left. Other columns follow, as they depend on
            these. Values of several columns, and ranges, that none of the first rows
            drawn has are refused, by name: no training row is known.
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
            training had not; if ``where`` or ``shares`` ask for columns or values that
            are not there, or for rows so rare that more than 10,000,000 candidates
            would have to be drawn. The message says which, or about how rare.

        Warns
        -----
        skgan.exceptions.RefinementWarning
            If refinement accepts too few rows, so that some are drawn by weight.
        """
        check_is_fitted(self)
        check_n_samples(n_samples)
        labels = self._model.conditions.labels
        if return_y and not labels:
            raise ValueError("return_y=True needs class_conditional=True in fit.")
        how = {"y": y, "where": where, "shares": shares, "refine": refine}
        rows, codes = self._draw(n_samples, random_state, **how)
        return (rows, labels.decode(codes)) if return_y else rows

    def _draw(self, n_samples, random_state, **how):
        """New rows and the codes of their labels; ``draw_rows`` says how."""
        seed = draw_seed(check_random_state(seed_if_none(random_state)))
        how |= {"device": _torch.available_device(self.device)}
        return draw_rows(self._model, int(n_samples), seed, **how)

    def sample_to(
        self,
        path,
        n_samples,
        *,
        y=None,
        where=None,
        shares=None,
        write_y=False,
        refine=True,
        random_state=None,
    ):
        """Draw new rows into a file, any number of them in little memory.

        Rows are written as they are drawn, 65,536 at a time. The file is there when it
        is whole: an error or Ctrl-C leaves what was there before, and nothing else.

        Parameters
        ----------
        path : str or pathlib.Path
            The file: ``.parquet``, ``.csv`` or ``.tsv``, these also as ``.csv.gz`` and
            with other compressions, or ``.npy`` for arrays of numbers and images.
        n_samples : int
            Number of rows.
        y, where, shares, refine : object
            As in ``sample``. ``shares`` hold in each 65,536 rows, and so in all; how
            rare rows may be holds for as many, too.
        write_y : bool, default=False
            Whether to write the labels too, in a last column that is named as ``y``
            was in ``fit``, or "label".
        random_state : int, RandomState instance or None, default=None
            An integer repeats the file. Up to 65,536 rows are those of ``sample``; of
            more, so many are, and the others are drawn with further seeds.

        Raises
        ------
        ValueError
            As by ``sample``, and if the name of the file says no format, or one that
            does not hold such rows.
        ImportError
            If the format needs a library that is not installed; the message says how to
            get it.
        OSError
            If the file cannot be written.

        Warns
        -----
        skgan.exceptions.RefinementWarning
            If refinement accepts too few rows, so that some are drawn by weight.

        Examples
        --------
        >>> import tempfile
        >>> import pandas as pd
        >>> from sklearn.datasets import load_iris
        >>> from skgan import GANGenerator
        >>> gan = GANGenerator(max_iter=20).fit(load_iris(as_frame=True).data)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     gan.sample_to(f"{folder}/new.parquet", 200_000, random_state=0)
        ...     pd.read_parquet(f"{folder}/new.parquet").shape
        (200000, 4)
        """
        check_is_fitted(self)
        how = {"y": y, "where": where, "shares": shares, "refine": refine}
        write_samples(self, path, n_samples, write_y, random_state, **how)

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
        codes = self._model.label_codes(y, len(latents), 0)
        device = _torch.available_device(self.device)
        return self._model.generate(latents, codes, device=device)

    # -------------------------------------------------------------- scoring

    def score_samples(self, X, y=None):
        """Log density of each row.

        The density is a Parzen window: the mean of isotropic Gaussians around
        ``n_score_samples`` generated rows, with the bandwidth ``bandwidth_``
        (Goodfellow et al. 2014). It is in the units of X: comparable with
        ``GaussianMixture.score_samples``. In many dimensions it says little about how
        good samples look, and can be gamed (Theis et al. 2016). In a table, classes
        count by their probabilities, numbers by their densities.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, ...)
            Rows or images to score.
        y : array-like of shape (n_samples,), default=None
            Labels, if ``class_conditional``: then the density is that of a row given
            its label, otherwise that of all labels together. Ignored if not.

        Returns
        -------
        ndarray of shape (n_samples,)
            Natural logarithm of the density; the same at every call.
        """
        rows = self._read_rows(X)
        self._check_scores()
        device = _torch.available_device(self.device)
        return log_density(self._model, rows, self._given_labels(y, len(rows)), device)

    def score(self, X, y=None):
        """Mean log density of the rows; larger is better.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, ...)
            Rows or images to score.
        y : array-like of shape (n_samples,), default=None
            As in ``score_samples``.

        Returns
        -------
        float
            Mean of ``score_samples(X, y)``.
        """
        return float(np.mean(self.score_samples(X, y)))

    def discriminate(self, X, y=None):
        """Probability that each row is real, and not one of the generator's.

        One half means: as likely generated as real. Generated rows are those of
        ``sample(refine=False)``, before refinement. A judge tells them from real ones
        that ``fit`` learns after training: few boosted trees of bins, scaled on
        held-out rows and on as many newly generated ones (Platt 1999). Of rows like
        neither it says that they are not real. Below 50 training rows it says no more.

        It is not the discriminator, which knows its training rows by heart; for raw
        logits, without absolute meaning for most losses, see ``discriminator_``.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, ...)
            Rows or images to judge.
        y : array-like of shape (n_samples,), default=None
            Their labels, if ``class_conditional``. None takes for each row the label
            under which it looks the most real.

        Returns
        -------
        ndarray of shape (n_samples,)
            Probabilities between 0 and 1.
        """
        rows = self._read_rows(X)
        self._check_scores()
        return self._model.probability(rows, self._given_labels(y, len(rows)))

    def _read_rows(self, X):
        """The rows of X as the fitted encoder reads them."""
        check_is_fitted(self)
        encoder = self._model.encoder
        return encoder.read(self._check_rows(X, encoder, reset=False))

    def _check_scores(self):
        """Refuse to score where there is no density."""
        if self._model.density is None:
            raise NotFittedError(
                "A snapshot samples, but has no scores: use the fitted_estimator of a "
                "callback. Nor has what is kept when Ctrl-C comes while they are "
                "computed."
            )

    def _given_labels(self, y, n_rows):
        """Codes of labels that the user gives with rows, None without."""
        if y is None or not self._model.conditions.labels:
            return None
        return self._model.label_codes(y, n_rows, 0)
