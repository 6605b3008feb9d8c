"""Scorers for searches and cross-validation, without labels and through pipelines."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike

from skgan.encoding import looks_like_pixels
from skgan.model_selection.pipeline import sample

from .columns import column_shape_error, column_trend_error
from .coverage import precision_recall_density_coverage
from .features import as_measured
from .mixed import MixedDensity
from .rows import read_rows
from .two_sample import two_sample_score


@dataclass(kw_only=True)
class SampleScorer(ABC):
    """A scorer that compares held-out rows with samples of a fitted generator.

    Pass it as ``scoring=`` to ``GridSearchCV``, ``cross_val_score`` and their kin,
    alone or in a dict. It draws through pipelines and searches, so rows are compared in
    the space of the user's data whatever the steps before the generator: scores of
    different steps are comparable, which ``score`` of a pipeline is not. Larger is
    better.

    Write one of your own by deriving from this class and defining
    ``compare(X, samples)``.

    Parameters
    ----------
    n_samples : int or None, default=None
        How many rows to draw. None draws as many as there are held out.
    random_state : int, default=0
        Seed of all that is drawn, so that a search compares generators and not noise.

    Raises
    ------
    ValueError
        If a parameter breaks its rule, before anything is fitted; and at a call if
        the samples have other columns than the held-out rows.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import cross_val_score
    >>> from skgan import GANGenerator
    >>> from skgan.metrics import SampleScorer
    >>> @dataclass(kw_only=True)
    ... class MeanScorer(SampleScorer):
    ...     def compare(self, X, samples):
    ...         return -abs(X.mean(axis=0) - samples.mean(axis=0)).max()
    >>> gan = GANGenerator(max_iter=20)
    >>> cross_val_score(gan, load_iris().data, scoring=MeanScorer(), cv=2).shape
    (2,)
    """

    n_samples: int | None = None
    random_state: int = 0

    def __post_init__(self) -> None:
        n = self.n_samples
        is_integer = isinstance(n, Integral) and not isinstance(n, bool)
        if n is not None and not (is_integer and n >= 1):
            rule = "None or an integer in the range [1, inf)"
            raise ValueError(f"n_samples must be {rule}, got {n!r}.")

    def __call__(self, estimator: Any, X: ArrayLike, y: ArrayLike | None = None):
        """Score a fitted generator, or a pipeline that ends in one.

        Parameters
        ----------
        estimator : fitted generator, pipeline or search
            What :func:`skgan.sample` draws from.
        X : array-like or data frame of shape (n_rows, n_features)
            Real rows that it has not seen.
        y : array-like, default=None
            Ignored.

        Returns
        -------
        float
            Larger is better.
        """
        n_samples = len(X) if self.n_samples is None else self.n_samples
        samples = sample(estimator, n_samples, random_state=self.random_state)
        return float(self.compare(X, samples))

    @abstractmethod
    def compare(self, X: ArrayLike, samples: ArrayLike) -> float:
        """The score of samples beside the real rows X; larger is better."""


@dataclass(kw_only=True)
class ParzenScorer(SampleScorer):
    """Mean log-likelihood of held-out rows under a Parzen window on samples, in nats.

    Parameters
    ----------
    bandwidth : float or "auto", default="auto"
        Standard deviation of the Gaussians: in standard deviations of the columns of
        the held-out rows, or in the units of an array that looks like pixels (16
        columns or more that share one range). "auto" chooses it on one half of the
        held-out rows for the other, and the other way round.
    n_samples : int or None, default=1000
        How many Gaussians; None takes as many as there are held-out rows.
    random_state : int, default=0
        Seed of the samples and of the halves.

    Raises
    ------
    ValueError
        If the bandwidth is neither positive and finite nor "auto"; at a call if there
        are fewer than two held-out rows; and as :class:`SampleScorer` does.

    Notes
    -----
    The score of :func:`parzen_log_likelihood` in the units of the rows, with classes
    and missing values as in the ``score`` of a table. Numbers with spikes (zeros, whole
    numbers) count as densities, so scores of different tables do not compare. See there
    for what fools it: in many dimensions it says little about samples.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import GridSearchCV
    >>> from skgan import GANGenerator
    >>> from skgan.metrics import ParzenScorer
    >>> gan, grid = GANGenerator(max_iter=20), {"learning_rate": [1e-4, 1e-3]}
    >>> search = GridSearchCV(gan, grid, scoring=ParzenScorer(), cv=2)
    >>> sorted(search.fit(load_iris().data).best_params_)
    ['learning_rate']
    """

    bandwidth: float | str = "auto"
    n_samples: int | None = 1_000

    def __post_init__(self) -> None:
        super().__post_init__()
        own = self.bandwidth
        is_number = isinstance(own, Real) and not isinstance(own, bool)
        is_auto = isinstance(own, str) and own == "auto"
        if not (is_auto or (is_number and 0 < own < np.inf)):
            raise ValueError(
                f"bandwidth must be a positive finite number or 'auto', got {own!r}."
            )

    def compare(self, X: ArrayLike, samples: ArrayLike) -> float:
        """Mean log-likelihood of the rows of X, in nats."""
        rows, centers = read_rows(X=X, samples=samples)
        if rows.n < 2:
            raise ValueError(f"X must have 2 rows or more, got {rows.n}.")
        order = np.random.RandomState(self.random_state).permutation(rows.n)
        measured, scales = as_measured(
            rows, centers, scale_columns=not looks_like_pixels(X)
        )
        density = MixedDensity(measured[1], torch.device("cpu"))
        halves = [measured[0].take(half) for half in np.array_split(order, 2)]
        fixed = None if self.bandwidth == "auto" else float(self.bandwidth)
        total = 0.0
        for half, other in (halves, halves[::-1]):
            width, smoothing = density.best(other, fixed)
            total += density.log_likelihoods(half, [width], smoothing).sum()
            total -= (~np.isnan(half.numbers) * np.log(scales)).sum()
        return total / rows.n


@dataclass(kw_only=True)
class TwoSampleScorer(SampleScorer):
    """The two-sample score of samples beside held-out rows, between 0 and 1.

    Parameters
    ----------
    classifier : {"trees", "xgboost", "logistic"} or classifier, default="trees"
        As in :func:`two_sample_score`.
    n_samples, random_state
        As for :class:`SampleScorer`; the seed is that of folds and classifier, too.

    Notes
    -----
    With a few hundred rows, most classifiers guess and most generators score 1.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import cross_validate
    >>> from skgan import GANGenerator
    >>> from skgan.metrics import CoverageScorer, TwoSampleScorer
    >>> scorers = {"two_sample": TwoSampleScorer(), "coverage": CoverageScorer()}
    >>> gan = GANGenerator(max_iter=20)
    >>> scores = cross_validate(gan, load_iris().data, scoring=scorers, cv=2)
    >>> sorted(name for name in scores if name.startswith("test"))
    ['test_coverage', 'test_two_sample']
    """

    classifier: Any = "trees"

    def compare(self, X: ArrayLike, samples: ArrayLike) -> float:
        """The two-sample score."""
        return two_sample_score(
            X, samples, classifier=self.classifier, random_state=self.random_state
        )


@dataclass(kw_only=True)
class CoverageScorer(SampleScorer):
    """Share of held-out rows with a sample in their neighborhood, between 0 and 1.

    Parameters
    ----------
    n_neighbors : int, default=5
        As in :func:`precision_recall_density_coverage`.
    n_samples, random_state
        As for :class:`SampleScorer`. More samples cover more.

    Notes
    -----
    Samples far from all real rows cost nothing but their number.
    """

    n_neighbors: int = 5

    def compare(self, X: ArrayLike, samples: ArrayLike) -> float:
        """The coverage."""
        found = precision_recall_density_coverage(
            X, samples, n_neighbors=self.n_neighbors
        )
        return found.coverage


@dataclass(kw_only=True)
class ShapeScorer(SampleScorer):
    """Minus the error of single columns, :func:`column_shape_error`, in percent.

    Parameters
    ----------
    n_samples, random_state
        As for :class:`SampleScorer`.

    Notes
    -----
    From -100 to 0. It does not see what columns have to do with each other: a search by
    it alone finds generators of independent columns. Use it beside
    :class:`TrendScorer`.
    """

    def compare(self, X: ArrayLike, samples: ArrayLike) -> float:
        """Minus the mean error of the columns."""
        return -column_shape_error(X, samples)


@dataclass(kw_only=True)
class TrendScorer(SampleScorer):
    """Minus the error of pairs of columns, :func:`column_trend_error`, in percent.

    Parameters
    ----------
    n_samples, random_state
        As for :class:`SampleScorer`.

    Notes
    -----
    From -100 to 0. Between numbers it sees correlations only, and of a single number
    nothing: use it beside :class:`ShapeScorer`.
    """

    def compare(self, X: ArrayLike, samples: ArrayLike) -> float:
        """Minus the mean error of the pairs."""
        return -column_trend_error(X, samples)
