"""RefinedGenerator: the rows of any generator, refined as those of ours."""

import copy
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from .._sklearn import DocumentedMixin, HasMethods, StrOptions, safe_indexing
from ..encoding import TableEncoder
from ..model import (
    CandidateModel,
    draw_from_pool,
    draw_rows,
    refinement_of,
)
from ..privacy import MIN_ROWS
from ..refinement import Refinement
from ..sinks.writing import write_rows
from .fitting import all_or_nothing
from .foreign import (
    ForeignRows,
    OneHot,
    check_candidates,
    known_rows,
    read_as,
    takes_tables,
    unfrozen,
)
from .inputs import as_rows, check_table
from .parameters import check_n_samples
from .resolve import MIN_FOR_TREES
from .seeds import draw_seed, seed_if_none
from .writing import write_samples

N_FOLDS = 2  # of a pool: what is learned of one is applied to the other


class _Learned(NamedTuple):
    """What ``fit`` learns, beside the encoder.

    ``pool`` is its rows, and the log probability of accepting each.
    """

    estimator: Any
    refinement: Refinement
    acceptance_rate: float
    is_expanded: bool = False
    pool: tuple | None = None


class RefinedGenerator(DocumentedMixin, MetaEstimatorMixin, BaseEstimator):
    """Refine the rows of any generator of tables.

    The generator is fitted and draws candidates. Boosted trees learn to tell these from
    the training rows, and raking what is left of the differences of shares; candidates
    are accepted with the probability that follows, as in :class:`GANGenerator`
    (discriminator rejection sampling, Azadi et al. 2019 [1]_).

    Parameters
    ----------
    estimator : object or None, default=None
        What draws candidates: any object with ``fit(X)`` and ``sample(n)``, which
        returns rows, or rows and labels. ``FrozenEstimator`` of ``sklearn.frozen``
        keeps one that is fitted, which needs no ``fit``. None is for
        ``fit(X, pool=...)``. A generator of scikit-learn that takes numbers
        alone learns numbers that stand for the rows: ranks as normal scores, and a
        column of 0 and 1 for each value that many rows share.
    encoder : "auto" or TableEncoder, default="auto"
        How rows are read; "auto" is ``TableEncoder()``.
    random_state : int, RandomState instance or None, default=None
        An integer makes ``fit`` repeat itself, if the estimator does.

    Attributes
    ----------
    estimator_ : object
        The fitted generator; None of a pool.
    encoder_ : TableEncoder
        How rows are read.
    acceptance_rate_ : float
        Share of the candidates that are accepted.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Their names, if they have any.

    See Also
    --------
    GANGenerator : Has refinement of its own.

    References
    ----------
    .. [1] Azadi, S., Olsson, C., Darrell, T., Goodfellow, I. & Odena, A. (2019).
       Discriminator rejection sampling. ICLR.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.mixture import GaussianMixture
    >>> from skgan import RefinedGenerator
    >>> X = load_diabetes(as_frame=True, scaled=False).data
    >>> refined = RefinedGenerator(GaussianMixture(5), random_state=0).fit(X)
    >>> rows = refined.sample(100, random_state=0)
    >>> rows.shape, sorted(set(rows["sex"]))
    ((100, 10), [1.0, 2.0])
    """

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["sample"]), None],
        "encoder": [StrOptions({"auto"}), TableEncoder],
        "random_state": ["random_state"],
    }
    _pool = None  # its rows, and how likely each is accepted

    def __init__(self, estimator=None, *, encoder="auto", random_state=None):
        self.estimator = estimator
        self.encoder = encoder
        self.random_state = random_state

    def fit(self, X, y=None, *, pool=None):
        """Fit the generator, and learn to tell its rows from the training rows.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Training rows.
        y : None
            Not used, present for consistency.
        pool : array-like or data frame of shape (n_rows, n_features), default=None
            Rows that were drawn before, where they are all that there is of a
            generator. ``sample`` then chooses among them, each at most once, and none
            with a category, a boolean or a gap that no training row has.

        Returns
        -------
        self : RefinedGenerator
            The fitted estimator.

        Raises
        ------
        ValueError
            If there are fewer than 50 training rows, or 100 of the pool that can be
            chosen, if there is no estimator and no pool, or both, if either has other
            columns than X, or if the estimator repeats its rows.

        Warns
        -----
        UserWarning
            If rows of the pool, or some that the estimator samples, have values that no
            training row has. It counts them.
        """
        self._validate_params()
        self._check_candidates(pool)
        with all_or_nothing(self):
            self._learn(X, pool)
        return self

    def _learn(self, X, pool):
        """Learn from training rows, and from candidates of the estimator or a pool."""
        seed = draw_seed(check_random_state(seed_if_none(self.random_state)))
        encoder = TableEncoder() if self.encoder == "auto" else clone(self.encoder)
        rows = encoder.read(check_table(self, as_rows(X), reset=True))
        if len(rows) < MIN_FOR_TREES:
            raise ValueError(f"X must have {MIN_FOR_TREES} rows, got {len(rows)}.")
        encoder.fit(rows, MIN_ROWS)
        encoded = encoder.encode(rows, np.random.default_rng(seed))
        learn = self._learn_estimator if pool is None else self._learn_pool
        learned = learn(X if pool is None else pool, rows, encoder, encoded, seed)
        self.estimator_, self.refinement_, self.acceptance_rate_ = learned[:3]
        self._is_expanded, self._pool = learned[3:]
        self.encoder_, self._seed = encoder, seed

    def _check_candidates(self, pool):
        """Refuse a fit without candidates, with two sorts of them, or with none yet."""
        own = self.estimator
        if (own is None) is (pool is None):
            raise ValueError(
                "fit needs an estimator or a pool, and not both, got "
                f"estimator={own!r} and {'no' if pool is None else 'a'} pool."
            )
        if isinstance(own, type):
            raise ValueError(f"estimator must be an object that is made, got {own!r}.")
        if own is not None and not hasattr(own, "fit"):
            raise ValueError(
                "estimator must have a method fit, or be FrozenEstimator(estimator) of "
                f"sklearn.frozen, where it is fitted, got {own!r}."
            )

    def _learn_estimator(self, X, training, encoder, encoded, seed):
        """What is learned with candidates of the estimator."""
        is_fitted = isinstance(self.estimator, FrozenEstimator)
        is_expanded = not (is_fitted or takes_tables(self.estimator))
        estimator = _copied(self.estimator)
        if not is_fitted:
            own = OneHot(encoder.layout).expand(encoded) if is_expanded else X
            estimator.fit(own)
        source = ForeignRows(estimator, encoder, is_expanded)
        check_candidates(source, training, [seed, seed + 1])
        model = CandidateModel(encoder, source, seed)
        refinement, rate = _by_trees(model, encoded)
        return _Learned(estimator, refinement, rate, is_expanded)

    def _learn_pool(self, pool, training, encoder, encoded, seed):
        """What is learned with a pool: of each half, how the other is accepted.

        What no training row has is never accepted.
        """
        rows = read_as("pool", pool, encoder)
        parts = pool, training, encoder
        known = np.flatnonzero(known_rows("pool", *parts, "are never chosen"))
        least = N_FOLDS * MIN_FOR_TREES
        if len(known) < least:
            raise ValueError(
                f"pool must have {least} rows of values that training rows have, got "
                f"{len(known)} of {len(rows)}."
            )
        own = encoder.encode(rows[known], np.random.default_rng([seed, 1]))
        order = np.random.default_rng([seed, 2]).permutation(len(own))
        log_chance = np.full(len(rows), -np.inf)
        for fold in range(N_FOLDS):
            out = order[fold::N_FOLDS]
            rest = own[np.setdiff1d(order, out)]

            def source(n_rows, own_seed, rest=rest):
                chosen = np.random.default_rng(own_seed).permutation(len(rest))
                return rest[np.resize(chosen, n_rows)]

            model = CandidateModel(encoder, source, seed)
            refinement, _ = _by_trees(model, encoded)
            model = replace(model, refinement=refinement)
            codes = model.label_codes(None, len(out), seed)
            log_chance[known[out]] = model.log_chance(own[out], codes)
        rate = float(np.exp(log_chance).mean())
        return _Learned(None, refinement, rate, pool=(pool, log_chance))

    def _take_source(self):
        """Take the estimator that was passed again for the fitted one of a file.

        Raises
        ------
        ValueError
            If it draws no rows, or others than those that were refined.
        """
        if not self.__sklearn_is_fitted__():
            return
        own = unfrozen(self.estimator)
        is_object = own is not None and not isinstance(own, type)
        if not (is_object and _is_fitted(own)):
            raise ValueError(
                "estimator must be a fitted one, as that whose rows are refined, got "
                f"{own!r}."
            )
        self.estimator_ = self.estimator
        try:
            self._model.source(1, self._seed)
        except Exception as error:  # of an estimator that anybody may have written
            raise ValueError(
                f"estimator must draw rows as that whose rows are refined. {error}"
            ) from error

    @property
    def _model(self):
        """What draws and judges encoded rows."""
        source = ForeignRows(self.estimator_, self.encoder_, self._is_expanded)
        own = self._seed, self.refinement_, self.acceptance_rate_
        return CandidateModel(self.encoder_, source, *own)

    def sample(self, n_samples=1, *, where=None, shares=None, random_state=None):
        """Draw refined rows.

        Parameters
        ----------
        n_samples : int, default=1
            Number of rows.
        where, shares : dict, default=None
            What rows fulfill, and shares of values of columns, as in the method
            ``sample`` of :class:`GANGenerator`.
        random_state : int, RandomState instance or None, default=None
            An integer repeats the rows of an earlier call, if the estimator does.

        Returns
        -------
        array or data frame of shape (n_samples, n_features)
            Rows in the container of the training rows; of a pool, some of its rows.

        Raises
        ------
        ValueError
            If ``n_samples`` is no positive integer, or more than the rows of a pool
            that are accepted.
        """
        check_is_fitted(self)
        check_n_samples(n_samples)
        seed = draw_seed(check_random_state(seed_if_none(random_state)))
        if self._pool is not None:
            pool, log_chance = self._pool
            rows = read_as("pool", pool, self.encoder_)
            rng = np.random.default_rng(seed)
            own = log_chance, n_samples, where, shares, self.encoder_
            return safe_indexing(pool, draw_from_pool(rows, *own, rng))
        how = {"where": where, "shares": shares}
        return draw_rows(self._model, int(n_samples), seed, **how)[0]

    def sample_to(self, path, n_samples, *, where=None, shares=None, random_state=None):
        """Draw refined rows into a file, any number of them in little memory.

        Parameters
        ----------
        path : str or pathlib.Path
            The file, ``.parquet``, ``.csv`` or another of those that the method
            ``sample_to`` of :class:`GANGenerator` takes. It is there when it is whole.
        n_samples : int
            Number of rows.
        where, shares : dict, default=None
            As in ``sample``.
        random_state : int, RandomState instance or None, default=None
            An integer repeats the file, if the estimator repeats its rows. The first
            65,536 rows are those of ``sample``.

        Raises
        ------
        ValueError
            As by ``sample``, and if the name of the file says no format.
        ImportError
            If the format needs a library that is not installed.
        OSError
            If the file cannot be written.
        """
        check_is_fitted(self)
        how = {"where": where, "shares": shares}
        if self._pool is None:
            return write_samples(self, path, n_samples, False, random_state, **how)
        # It is in memory, and none of its rows comes twice
        rows = as_rows(self.sample(n_samples, random_state=random_state, **how))
        write_rows(path, int(n_samples), lambda: (rows, None), [(rows, None)])

    def log_ratio(self, X):
        """How much likelier rows are real than drawn by the generator.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Log density ratios, in nats, up to a constant.
        """
        check_is_fitted(self)
        rows = self.encoder_.read(check_table(self, as_rows(X), reset=False))
        return self._model.log_ratio(rows)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "acceptance_rate_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.estimator_type = "density_estimator"
        return tags


def _is_fitted(estimator):
    """Whether an estimator is fitted, as far as it says so."""
    if not isinstance(estimator, BaseEstimator):
        return True
    try:
        check_is_fitted(estimator)
    except NotFittedError:
        return False
    return True


def _by_trees(model, encoded):
    """A refinement of a model's candidates by trees, and the share that it accepts."""
    rows = encoded, np.zeros(len(encoded), dtype=np.int64)
    return refinement_of(model, "trees", rows, MIN_ROWS)


def _copied(estimator):
    """An estimator to fit, so that the user's stays as it is."""
    if isinstance(estimator, FrozenEstimator) or hasattr(estimator, "get_params"):
        return clone(estimator)
    return copy.deepcopy(estimator)
