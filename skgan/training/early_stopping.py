"""Which state of a run is kept, and when there is no more to gain."""

from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

PATIENCE = 3  # scored states
N_ERRORS = 2  # standard errors by which an earlier state must be better than a later

State = TypeVar("State")


class ScoredState(NamedTuple, Generic[State]):
    """A state of a run, and the scores of held-out rows under it."""

    iteration: int
    scores: NDArray[np.float64]  # (n_parts, n_rows)
    state: State


class BestState(Generic[State]):
    """The state of a run that held-out rows like best, or its last one.

    Losses say nothing of quality: they stand still while samples become better. So
    states are scored on rows that training does not see, and compared row by row.

    Parameters
    ----------
    patience : int
        After how many scored states without a gain training is to end.
    rates_fall : bool
        Whether learning rates fall to 0. Then what was gained late may be the most, and
        only states that are worse count as without a gain.

    Attributes
    ----------
    curve : list of (int, float)
        The iteration and the mean score of each state.
    """

    def __init__(self, patience: int, rates_fall: bool) -> None:
        self.patience, self.rates_fall = patience, rates_fall
        self.curve: list[tuple[int, float]] = []
        self._best: ScoredState[State] | None = None
        self._n_since_best, self._n_worse = 0, 0

    def add(self, iteration: int, scores: NDArray[np.float64], state: State) -> bool:
        """Compare a state with the best so far; whether training is to end.

        Parameters
        ----------
        iteration : int
            How many iterations led to the state.
        scores : ndarray of shape (n_rows,) or (n_parts, n_rows)
            Log densities of the same rows as of all states, or those by each of some
            equal parts of what the state has generated; or one score, of which more is
            better.
        state : object
            What is kept; it must not change with the run.
        """
        scores = np.atleast_2d(scores)
        self.curve.append((iteration, float(pooled(scores).mean())))
        best = self._best
        if best is None or gain_of(scores, best.scores)[0] >= 0:
            self._best = ScoredState(iteration, scores, state)
            self._n_since_best = self._n_worse = 0
            return False
        self._n_since_best += 1
        is_worse = is_better(best.scores, scores)
        self._n_worse = self._n_worse + 1 if is_worse else 0
        n_idle = self._n_worse if self.rates_fall else self._n_since_best
        return n_idle >= self.patience

    def state_dict(self) -> tuple[dict[str, Any], State | None]:
        """All that is known, as plain values, and the best state beside them."""
        best = self._best
        known = {
            "curve": list(self.curve),
            "best": best and [best.iteration, best.scores],
            "n_since_best": self._n_since_best,
            "n_worse": self._n_worse,
        }
        return known, best and best.state

    def load_state_dict(self, known: dict[str, Any], state: State | None) -> None:
        """Know what another knew whose ``state_dict`` this is."""
        self.curve = [tuple(pair) for pair in known["curve"]]
        self._best = None
        if state is not None:
            iteration, scores = known["best"]
            self._best = ScoredState(iteration, scores, state)
        self._n_since_best = known["n_since_best"]
        self._n_worse = known["n_worse"]

    @property
    def earlier(self) -> ScoredState[State] | None:
        """The state to keep if it is better than the last that was added, else None."""
        return self._best if self._n_worse else None


def is_better(scores: NDArray[np.float64], others: NDArray[np.float64]) -> bool:
    """Whether scores exceed others of the same rows by more than chance explains.

    By two standard errors of the mean vote. A single score has none: any difference
    counts.

    >>> import numpy as np
    >>> is_better(np.array([[1.0, 1.2, 1.1]]), np.zeros((1, 3)))
    True
    >>> is_better(np.array([[1.0, -1.2, 1.1]]), np.zeros((1, 3)))
    False
    """
    gain, error = gain_of(scores, others)
    return gain > N_ERRORS * error


def gain_of(
    scores: NDArray[np.float64], others: NDArray[np.float64]
) -> tuple[float, float]:
    """The mean vote of rows, and its standard error; both ``(n_parts, n_rows)``.

    Other rows would vote otherwise, and around other generated rows all would: the
    error of the latter is that of a jackknife, which leaves out one part of these after
    the other (Tukey 1958).
    """
    gains = votes(pooled(scores), pooled(others))
    n_parts, n_rows = scores.shape
    error = gains.std(ddof=1) / np.sqrt(n_rows) if n_rows > 1 else 0.0
    if n_parts > 1:
        left = [np.delete(np.arange(n_parts), part) for part in range(n_parts)]
        means = [votes(pooled(scores[k]), pooled(others[k])).mean() for k in left]
        error = np.hypot(error, np.sqrt(n_parts - 1) * np.std(means))
    return float(gains.mean()), float(error)


def pooled(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log densities by all parts together, ``(n_rows,)``, of those by each."""
    return logsumexp(scores, axis=0) - np.log(len(scores))


def votes(
    scores: NDArray[np.float64], others: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Differences of log densities between -1 and 1, one for each row.

    If either state is as likely to have made a row, this is the probability of the
    first less that of the second. Few rows far off, whose densities differ by many
    nats, would decide alone.
    """
    return np.tanh((scores - others) / 2)
