"""Which state of a run is kept, and when there is no more to gain."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

PATIENCE = 3  # scored states
N_ERRORS = 2  # standard errors by which an earlier state must be better than a later

Votes = NDArray[np.float64]  # (n_parts, n_rows), each between -1 and 1


class ScoredState(NamedTuple):
    """A state of a run, its score, and what it is compared by."""

    iteration: int
    score: float
    evidence: NDArray[Any]
    state: Any


class BestState:
    """The state of a run that held-out rows like best, or its last one.

    Losses say nothing of quality: they stand still while samples become better. So
    rows that training does not see vote between two states, each for itself.

    Parameters
    ----------
    compare : callable
        ``compare(evidence, other)`` returns the votes of rows for one state against
        another, each between -1 and 1, of shape ``(n_parts, n_rows)``: parts are
        estimates of the same votes that know nothing of each other.
    patience : int
        After how many scored states without a gain training is to end.
    rates_fall : bool
        Whether learning rates fall to 0. Then what was gained late may be the most, and
        only states that are worse count as without a gain.

    Attributes
    ----------
    curve : list of (int, float)
        The iteration and the score of each state.
    """

    def __init__(
        self,
        compare: Callable[[NDArray[Any], NDArray[Any]], Votes],
        patience: int,
        rates_fall: bool,
    ) -> None:
        self.patience, self.rates_fall = patience, rates_fall
        self.curve: list[tuple[int, float]] = []
        self._compare = compare
        self._best: ScoredState | None = None
        self._n_since_best, self._n_worse = 0, 0

    def add(
        self,
        iteration: int,
        evidence: NDArray[Any],
        state: Any,
        score: float | None = None,
    ) -> bool:
        """Compare a state with the best so far; whether training is to end.

        Parameters
        ----------
        iteration : int
            How many iterations led to the state.
        evidence : ndarray
            What the state is compared by.
        state : object
            What is kept; it must not change with the run.
        score : float or None, default=None
            Of the state, for its curve. None is the mean vote for it against the best
            state, added to the score of that one; the first state has 0.
        """
        best, gain, error = self._best, 0.0, 0.0
        if best is not None:
            gain, error = gain_of(self._compare(evidence, best.evidence))
        if score is None:
            score = gain + (best.score if best else 0.0)
        self.curve.append((iteration, score))
        if best is None or gain >= 0:
            self._best = ScoredState(iteration, score, evidence, state)
            self._n_since_best = self._n_worse = 0
            return False
        self._n_since_best += 1
        is_worse = -gain > N_ERRORS * error
        self._n_worse = self._n_worse + 1 if is_worse else 0
        n_idle = self._n_worse if self.rates_fall else self._n_since_best
        return n_idle >= self.patience

    def state_dict(self) -> tuple[dict[str, Any], Any]:
        """All that is known, as plain values, and the best state beside them."""
        best = self._best
        known = {
            "curve": list(self.curve),
            "best": best and list(best[:3]),
            "n_since_best": self._n_since_best,
            "n_worse": self._n_worse,
        }
        return known, best and best.state

    def load_state_dict(self, known: dict[str, Any], state: Any) -> None:
        """Know what another knew whose ``state_dict`` this is."""
        self.curve = [tuple(pair) for pair in known["curve"]]
        self._best = None
        if state is not None:
            iteration, score, evidence = known["best"]
            self._best = ScoredState(iteration, score, evidence, state)
        self._n_since_best = known["n_since_best"]
        self._n_worse = known["n_worse"]

    @property
    def earlier(self) -> ScoredState | None:
        """The state to keep if it is better than the last that was added, else None."""
        return self._best if self._n_worse else None


def gain_of(votes: Votes) -> tuple[float, float]:
    """The mean vote, and its standard error.

    Other rows would vote otherwise, and so would the same rows in other parts.

    >>> import numpy as np
    >>> np.round(gain_of(np.array([[0.5, 0.7], [0.1, 0.3]])), 2)
    array([0.4 , 0.22])
    """
    n_parts, n_rows = votes.shape
    error = 0.0  # of a single score: any difference counts
    if n_rows > 1:
        error = votes.mean(axis=0).std(ddof=1) / np.sqrt(n_rows)
    if n_parts > 1:
        error = np.hypot(error, votes.mean(axis=1).std(ddof=1) / np.sqrt(n_parts))
    return float(votes.mean()), float(error)


def votes_of(scores: NDArray[np.float64], others: NDArray[np.float64]) -> Votes:
    """Votes by log densities of the same rows under two states, ``(1, n_rows)``.

    If either state is as likely to have made a row, this is the probability of the
    first less that of the second. Few rows far off, whose densities differ by many
    nats, would decide alone.
    """
    return np.tanh((scores - others) / 2)[None]
