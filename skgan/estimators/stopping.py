"""Early stopping: states of a run are scored on held-out rows while it trains."""

import copy
from dataclasses import replace

import numpy as np

from .._sklearn import callbacks_of, safe_indexing
from ..callbacks.early_stopping import EarlyStopping
from ..model import Comparison
from ..training import REPORTING_INTERVAL, BestState, from_plain, to_plain, votes_of
from .finish import snapshot
from .inputs import MAX_HELD_OUT

N_SCORES = 12  # of a run, about, each after as many iterations
# By default after more, as each takes as long as a hundred; but once after half of that
MIN_INTERVALS = 10
ROUGHLY = 1 / 8  # of the effort that settles a model, where it is only compared
MIN_HELD_OUT = 40  # rows, of which one half chooses and the other reports


def stopping_of(estimator):
    """The options of early stopping that a user asks for, None without."""
    own = (c for c in callbacks_of(estimator) if isinstance(c, EarlyStopping))
    default = EarlyStopping() if estimator.early_stopping else None
    return next(own, default)


def halves(inputs, most=MAX_HELD_OUT):
    """Slices of the held-out rows: those that choose a state, and those that report.

    Of the latter there are no more than ``most``.

    Raises
    ------
    ValueError
        If there are too few of them.
    """
    n_rows = len(inputs.held_out)
    is_own = inputs.validation is None
    if n_rows < MIN_HELD_OUT or not inputs.is_held_out:
        n_held_out = n_rows if inputs.is_held_out else 0
        found = (
            f"got {n_held_out} of {len(inputs.label_codes)} rows: "
            "raise validation_fraction, or give X_val."
        )
        raise ValueError(
            f"Early stopping needs at least {MIN_HELD_OUT} held-out rows, "
            + (found if is_own else f"got an X_val of {n_rows}.")
        )
    half = n_rows // 2
    return slice(half), slice(half, half + most)


def choosing_rows(inputs, given, validation):
    """What the user gave of the rows that choose a state: rows, and labels or None.

    ``given`` and ``validation`` are the pairs ``(X, y)`` and ``(X_val, y_val)``.
    """
    own = given if inputs.validation is None else validation
    index = inputs.held_out[halves(inputs)[0]]
    return [None if part is None else safe_indexing(part, index) for part in own]


class StateKeeper:
    """Scores states of the runs of a fit, keeps the best of each, and says when to end.

    Without options of early stopping it keeps the last state.

    Parameters
    ----------
    options : EarlyStopping or None
        How states are scored.
    plan : Plan
        What is trained.
    given : callable
        ``given()`` returns rows that choose, and their labels, as the user gave them.
    as_estimator : callable
        ``as_estimator(model)`` is an estimator that has learned the model.
    """

    def __init__(self, options, plan, given, as_estimator):
        self._options, self._plan = options, plan
        self._given, self._as_estimator = given, as_estimator
        self.max_iter, self.fixed_iter = plan.training.schedule.max_iter, None
        self._comparison, self._best, self.score = None, None, None
        self.ended = False  # the run before its time

    def fix(self, run, max_iter):
        """Let a run, and those after it, end after so many iterations."""
        self.max_iter = self.fixed_iter = max_iter
        run.schedule = replace(run.schedule, max_iter=max_iter)

    def begin(self, run):
        """A run begins, of which no state is known yet."""
        self.ended = False
        if self.fixed_iter is not None:
            self.fix(run, self.fixed_iter)
        if self._options is None:
            return
        schedule, patience = self._plan.training.schedule, self._options.patience
        self._best = BestState(self._compare, patience, schedule.linear_decay)

    def _compare(self, evidence, other):
        """Votes of the rows that choose, between two states."""
        compare = votes_of if self._options.scoring else self._comparison
        return compare(evidence, other)

    def _evidence(self, run):
        """What a state is compared by, and its score, None where it has none alone."""
        plan, scoring = self._plan, self._options.scoring
        if scoring is None:
            rows, model = plan.rows, snapshot(run, plan, ROUGHLY)
            if self._comparison is None:
                own = rows.training, rows.choosing, plan.min_rows, plan.device
                self._comparison = Comparison(model, *own)
            return self._comparison.rows_of(model), None
        estimator = self._as_estimator(snapshot(run, plan))
        scores = np.asarray(scoring(estimator, *self._given()), dtype=float)
        if not np.isfinite(scores).all():
            raise ValueError(f"scoring must return finite numbers, got {scores}.")
        if scores.ndim > 1:
            raise ValueError(
                "scoring must return a number or one for each row, got an array of "
                f"shape {scores.shape}."
            )
        return np.atleast_1d(scores), float(scores.mean())

    def _is_due(self, n_iter):
        """Whether the state after so many iterations is to be scored."""
        every = -(-self.max_iter // (N_SCORES * REPORTING_INTERVAL))
        first = every
        if self._options.scoring is None:
            every = max(every, MIN_INTERVALS)
            first = every // 2
        n_intervals, rest = divmod(n_iter, REPORTING_INTERVAL)
        is_due = rest == 0 and (n_intervals == first or n_intervals % every == 0)
        return is_due or n_iter == self.max_iter

    def __call__(self, n_iter, run):
        """Score the state of a run after so many iterations, if it is due.

        Returns whether the run is to end; ``score`` is the score of the state, None
        where none was due.
        """
        self.score = None
        if self._best is None or not self._is_due(n_iter):
            return False
        evidence, score = self._evidence(run)
        self.ended = self._best.add(n_iter, evidence, _weights(run), score)
        self.score = self._best.curve[-1][1]
        return self.ended

    def score_of(self, model):
        """What restarts are compared by; one whose scores were cut is the last choice.

        Where the user scores states it is the score that chose the state, so that that
        of the other rows is not the largest of several. Votes are between states of one
        run.
        """
        if model.density is None:
            return -float("inf")
        if self._options is None or self._options.scoring is None:
            return model.validation_score
        scores = dict(model.validation_scores.tolist())
        return scores.get(model.best_iter, -float("inf"))

    @property
    def last_score(self):
        """The last score of the run; None without any."""
        return self._best.curve[-1][1] if self._best and self._best.curve else None

    def state(self):
        """What is known of the states of the run, as plain values; None without any."""
        if self._best is None:
            return None
        known, weights = self._best.state_dict()
        networks = weights and to_plain(weights)
        return {"known": known, "networks": networks, "ended": self.ended}

    def restore(self, state):
        """Know again what was known of a run that goes on."""
        self.ended, weights = state["ended"], state["networks"]
        self._best.load_state_dict(state["known"], weights and from_plain(weights))

    def go_back(self, run):
        """Give a run that is over the weights of the state that is kept of it."""
        earlier = self._best and self._best.earlier
        if earlier is not None:
            for network, own in zip(_networks(run), earlier.state, strict=True):
                network.load_state_dict(own)

    def kept(self, model):
        """The model of the state that is kept, which knows how that was found."""
        if self._best is None:
            return model
        earlier = self._best.earlier
        n_iter = earlier.iteration if earlier else len(model.loss_curve)
        curve = np.array(self._best.curve, dtype=np.float64).reshape(-1, 2)
        return replace(model, validation_scores=curve, best_iter=n_iter)


def _networks(run):
    """The networks of which a model is made: the averaged generator, and the other."""
    return run.state.average.module, run.state.discriminator.network


def _weights(run):
    """Copies of the weights and buffers of both networks."""
    return [copy.deepcopy(network.state_dict()) for network in _networks(run)]
