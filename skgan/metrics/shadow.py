"""An attack that fits the generator itself, with and without the rows it is after."""

import time
from numbers import Integral
from typing import Any

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from skgan._sklearn import safe_indexing
from skgan.model_selection.pipeline import sample

from .attacks import closest_distance, exposure, log_distances
from .features import read_points
from .membership_report import MembershipReport
from .rows import own_stream
from .two_sample import auc_of

MIN_SHADOWS = 8  # four with each target, and four without
LEAST_VARIANCE = 1e-12  # of copies, which lie at one distance
MAX_SEED = np.iinfo(np.int32).max


class ShadowReport(MembershipReport):
    """What ``shadow_attack`` found. Prints as a table with sentences.

    A member is a fit with a target here, and another is one without.

    Attributes
    ----------
    targets : ndarray of shape (n_targets,)
        Numbers of the rows that were attacked, the most exposed first.
    areas : ndarray of shape (n_targets,)
        The area under the ROC curve of each.
    """

    def __init__(
        self,
        values: NDArray,
        is_there: NDArray,
        targets: NDArray,
        random_state: np.random.RandomState,
    ) -> None:
        ratios, name = likelihood_ratios(values, is_there), "shadow"
        super().__init__(
            {name: ratios.ravel()},
            {name: "black-box"},
            is_there.ravel(),
            None,
            random_state,
        )
        pairs = zip(ratios.T, is_there.T, strict=True)
        self.targets = targets
        self.areas = np.array([auc_of(*pair).value for pair in pairs])


def shadow_attack(
    estimator: Any,
    X: ArrayLike,
    *,
    n_targets: int = 10,
    n_shadows: int = 32,
    n_jobs: int | None = None,
    random_state: int | None = 0,
    verbose: bool = True,
) -> ShadowReport:
    """Fit a generator with and without its most exposed rows, and tell these apart.

    The attacker knows the generator with its parameters, all rows but the targets, and
    of these what they look like, not whether they were there. Few attackers know more.

    Parameters
    ----------
    estimator : generator
        With ``fit`` and ``sample``, or a pipeline that ends in one. It is cloned.
    X : array-like or data frame of shape (n_samples, n_features)
        Rows to fit to.
    n_targets : int, default=10
        How many rows to attack: those that are the furthest from their five nearest
        others (Meeus et al. 2023).
    n_shadows : int, default=32
        How often to fit, at least 8. Each target is among the rows of half of the fits.
    n_jobs : int or None, default=None
        Number of fits at a time.
    random_state : int, RandomState instance or None, default=0
        Chooses who is there, and seeds fits and samples.
    verbose : bool, default=True
        Whether to print how many fits there will be, and after the first one how long
        the others take.

    Returns
    -------
    ShadowReport
        ``print`` shows it; ``maximum`` has what is found at 1 % and 10 % false alarms
        in all fits and of all targets, ``areas`` those of each target.

    Raises
    ------
    ValueError
        If a number breaks its rule.

    See Also
    --------
    membership_attacks : Attacks that fit nothing.

    Notes
    -----
    As many rows are drawn from a fit as it had. What tells is the distance of a target
    to the closest of them, in logarithms: normal with the target and without, of one
    variance, with means that are estimated on the other fits (a likelihood ratio as
    that of Carlini et al. 2022).

    References
    ----------
    .. [1] Carlini et al., "Membership inference attacks from first principles", IEEE
           Symposium on Security and Privacy, 2022.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neighbors import KernelDensity
    >>> from skgan.metrics import shadow_attack
    >>> X = np.random.default_rng(0).normal(size=(100, 3))
    >>> narrow = KernelDensity(bandwidth=0.01)
    >>> report = shadow_attack(narrow, X, n_targets=5, verbose=False)
    >>> report.verdict
    'members found'
    """
    rng = own_stream(random_state)
    (points,) = read_points(X=X)
    _check_number("n_targets", n_targets, 1, len(points) // 2)
    _check_number("n_shadows", n_shadows, MIN_SHADOWS, np.inf)
    targets = np.argsort(-exposure(points), kind="stable")[:n_targets]
    # Who is there: each target in half of the fits, (n_shadows, n_targets)
    halves = np.tile(np.arange(n_shadows) < n_shadows // 2, (n_targets, 1))
    is_there = np.stack([rng.permutation(half) for half in halves], axis=1)
    seeds = rng.randint(MAX_SEED, size=n_shadows)
    tasks = [
        (estimator, X, targets, present, seed)
        for present, seed in zip(is_there, seeds, strict=True)
    ]
    n_rows = f"at most {len(points):,} rows"
    _say(verbose, f"{n_shadows} fits to {n_rows}, for {n_targets} targets.")
    start = time.perf_counter()
    found = [_distances(*tasks[0])]
    seconds = time.perf_counter() - start
    left = seconds * -(-(n_shadows - 1) // effective_n_jobs(n_jobs))
    _say(verbose, f"the first took {seconds:.3g} s, the others about {left:.3g} s.")
    found += Parallel(n_jobs=n_jobs)(delayed(_distances)(*task) for task in tasks[1:])
    return ShadowReport(log_distances(np.array(found)), is_there, targets, rng)


def _say(verbose, text):
    """Print what a user who waits wants to know."""
    if verbose:
        print(f"shadow_attack: {text}", flush=True)


def _check_number(name, number, least, most):
    """Refuse what is no integer in a range."""
    if not isinstance(number, Integral) or not least <= number <= most:
        rule = f"an integer in the range [{least}, {most}]"
        raise ValueError(f"{name} must be {rule}, got {number!r}.")


def _distances(estimator, X, targets, is_there, seed):
    """Distance of each target to the closest row of a fit with some of them."""
    n = X.shape[0] if hasattr(X, "shape") else len(X)
    absent = targets[~is_there]
    kept = np.setdiff1d(np.arange(n), absent)
    own = clone(estimator)
    named = [
        key for key in own.get_params() if key.rpartition("__")[2] == "random_state"
    ]
    own.set_params(**dict.fromkeys(named, int(seed)))
    own.fit(safe_indexing(X, kept))
    drawn = sample(own, len(kept), random_state=int(seed))
    points, others = read_points(X=X, samples=drawn)
    return closest_distance(points[targets], others)


def likelihood_ratios(values: NDArray, is_there: NDArray) -> NDArray[np.float64]:
    """Compute the log likelihood ratio of each value, from those of other fits.

    Parameters
    ----------
    values, is_there : ndarray of shape (n_shadows, n_targets)
        What is observed of each target in each fit, and whether it was there.

    Returns
    -------
    ndarray of shape (n_shadows, n_targets)
        Of normal distributions of one variance with the target and without.
    """
    n_shadows = len(values)
    ratios = np.empty(values.shape)
    for i in range(n_shadows):
        others = np.arange(n_shadows) != i
        own, there = values[others], is_there[others]
        means = [own.mean(axis=0, where=side) for side in (there, ~there)]
        residuals = own - np.where(there, *means)
        variance = residuals.var(axis=0)
        middle, step = np.mean(means, axis=0), means[0] - means[1]
        ratios[i] = (values[i] - middle) * step / variance.clip(LEAST_VARIANCE)
    return ratios
