"""What is reported of a fit while it runs, and what is kept of it when it is cut."""

import os
import sys
from contextlib import contextmanager
from numbers import Integral

from sklearn.base import clone

from .._sklearn import callbacks_of
from ..exceptions import (
    DivergenceError,
    InterruptedWarning,
    is_called_by_user,
    warn_user,
)
from ..model import warn_of
from ..progress import ProgressPrinter
from ..training import REPORTING_INTERVAL
from .forecast import begin_phase

# Between this module and the line that calls ``fit``
_THE_CALL = tuple(
    os.path.join(os.path.dirname(__file__), name)
    for name in ("report.py", "fitting.py", "base.py")
)


class FitReport:
    """Called after every reporting interval; tells callbacks and prints progress.

    An interval ends after each hundred iterations, and where a callback asks for it: at
    each multiple of its attribute ``every``. ``intervals`` are these numbers.

    Callbacks run between two intervals, when torch's random streams are those of the
    caller, so that a fit is the same with and without them. In ``metadata`` they find
    ``n_iter``, ``max_iter``, ``restart`` (counted from 1), ``losses`` of discriminator
    and generator in each iteration of the interval, ``snapshot``, a function that makes
    an estimator that samples, ``validation_score``, by which early stopping compares
    states, None where it does not, and ``state``, one that returns the plain tree of
    which a callback's ``restore`` lets a fit go on. ``fitted_estimator``, which scores,
    too, takes seconds.

    Parameters
    ----------
    estimator : BaseGAN
        The estimator that is being fitted.
    X, y : object
        What its ``fit`` was given.
    plan : Plan
        What is trained, and for how long.
    history : History
        What its runs begin with.
    keeper : StateKeeper
        What is kept of a run, and when it ends before its time.
    forecast : Forecast
        How long all takes, and how many iterations there is time for.
    ranks : Ranks
        The processes that do the fit. Only the first one tells anybody, and decides.
    snapshot, scored, refined, reported : callable
        ``snapshot(run)`` makes a model of a ``TrainingRun`` that samples,
        ``scored(model)`` one with scores, ``refined(model)`` one with refinement,
        ``reported(model)`` one with a report on the fit.
    """

    def __init__(
        self,
        estimator,
        X,
        y,
        plan,
        history,
        keeper,
        forecast,
        ranks,
        *,
        snapshot,
        scored,
        refined,
        reported,
    ):
        asked = (getattr(c, "every", None) for c in callbacks_of(estimator))
        asked = (n for n in asked if isinstance(n, Integral) and n > 0)
        self.intervals = {REPORTING_INTERVAL, *asked}
        if ranks.rank > 0:
            estimator = _silenced(estimator)
        self._ranks = ranks
        self.stopped, self._history, self._keeper = False, history, keeper
        self._n_interrupts = 0
        self._is_alone = ranks.size == 1 and is_called_by_user(_THE_CALL)
        self._task = {"estimator": estimator, "X": X, "y": y}
        self._snapshot, self._scored, self._refined = snapshot, scored, refined
        self._reported, self._refinement = reported, plan.refinement
        self._n_init = plan.n_init
        max_iter = plan.training.schedule.max_iter
        self._n_restarts, self._run, self._progress = 0, None, None
        self._name = type(estimator).__name__
        self._forecast = forecast
        self._models, self._diverged = [], []
        self._restarts = []  # of the models, counted from 0
        ends = set().union(*(range(n, max_iter, n) for n in self.intervals))
        n_intervals = (len(ends) + 1) * plan.n_init
        self._fit_task = estimator._init_callback_context(max_subtasks=n_intervals)
        self._fit_task.call_on_fit_task_begin(**self._task)

    def continues(self):
        """Whether a further restart is wanted."""
        n_done = len(self._models) + len(self._diverged)
        return n_done < self._n_init and not self.stopped

    @contextmanager
    def restart(self):
        """Note a divergence inside the block, and Ctrl-C if there is what to keep."""
        self._n_restarts += 1
        try:
            yield
        except DivergenceError as error:
            self._diverged.append(error)
            self._run = None
        except KeyboardInterrupt:
            if self._run is not None and not self._run.state.iteration:
                self._run = None
            if self._run is None and not self._models:
                raise
            again = "Scores follow, and Ctrl-C again ends at once, without them."
            self._interrupt(again if self._run is not None else "")

    def begin(self, run):
        """A run begins, of which the state is kept from now on."""
        self._run = run
        estimator = self._task["estimator"]
        self._forecast.begin(run.state.iteration)
        if estimator.verbose:
            name = self._name
            if self._n_init > 1:
                name += f", restart {self._n_restarts} of {self._n_init}"
            n_done = run.state.iteration
            total = self._keeper.max_iter
            self._progress = ProgressPrinter(name, total, "iteration", n_done)
        if run.state.iteration < self._keeper.max_iter and not self._keeper.ended:
            self._begin_interval(run.state.iteration)

    def keep(self):
        """Keep what the run of a restart has learned, and its scores unless cut."""
        run, self._run = self._run, None
        if run is None:
            return
        try:
            if self._n_interrupts:  # in the middle of an interval, perhaps
                run.check_finite()
            self._keeper.go_back(run)
            model = self._keeper.kept(self._learned(run))
            if not self._ends_at_once():
                model = self._unless_interrupted("scores", self._scored, model)
            self._models.append(model)
            self._restarts.append(self._n_restarts - 1)
        except DivergenceError as error:
            self._diverged.append(error)

    def best(self):
        """The model with the best held-out score, refined unless Ctrl-C comes.

        Raises
        ------
        DivergenceError
            If all restarts diverged.
        KeyboardInterrupt
            If Ctrl-C is to end all, and there is nothing to keep.
        """
        if not self._models:
            if self._ends_at_once():
                raise KeyboardInterrupt
            raise self._diverged[0]
        if self._diverged:
            n_diverged, n_init = len(self._diverged), self._n_init
            warn_user(f"{n_diverged} of {n_init} restarts diverged and were left out.")
        model = max(self._models, key=self._keeper.score_of)
        self.best_restart = self._restarts[self._models.index(model)]
        steps = {"refinement": self._refined} if self._refinement else {}
        for phase, improve in (steps | {"report": self._reported}).items():
            if not self._n_interrupts:
                model = self._unless_interrupted(phase, improve, model)
        return model

    def _begin_phase(self, phase):
        """Say what begins, after the line of training."""
        if self._progress:
            self._progress.end()
        begin_phase(self._task["estimator"], phase)

    def _begin_interval(self, n_iter):
        """The next interval begins, after so many iterations of this restart."""
        self._n_reported = n_iter
        self._interval = self._fit_task.subcontext(task_name="interval")
        self._interval.call_on_fit_task_begin(**self._task)

    def __call__(self, run):
        """Report an interval; whether the run is to end.

        If a callback asks to stop, no further restart follows.
        """
        self._ranks.agree("weights", run.digest)
        n_iter, losses = run.state.iteration, run.state.loss_curve(self._n_reported)
        max_iter = self._end_in_time(run)
        ends = self._keeper(n_iter, run)
        if self._progress:
            last = self._keeper.last_score
            self._progress.total = max_iter
            words = "" if last is None else f"held-out score {last:.3f}"
            later = self._forecast.later(max_iter, self._n_init - self._n_restarts + 1)
            self._progress(n_iter, words, later)
        stopped = self._interval.call_on_fit_task_end(
            **self._task,
            metadata={
                "n_iter": n_iter,
                "max_iter": max_iter,
                "restart": self._n_restarts,
                "losses": losses.numpy(),
                "validation_score": self._keeper.score,
                "snapshot": lambda: self._estimator(self._snapshot(run)),
                "state": lambda: self._history.tree(run, self._keeper),
            },
            reconstruction_attributes=lambda: {
                "_model": self._scored(self._snapshot(run))
            },
        )
        self.stopped, ends = self._ranks.from_first((stopped, ends or stopped))
        if not ends and n_iter < max_iter:
            self._begin_interval(n_iter)
        return ends

    def _end_in_time(self, run):
        """Fix when training ends, if its time is limited; and say how long it takes."""
        n_runs, n_iter = self._n_init - self._n_restarts + 1, run.state.iteration
        if self._keeper.fixed_iter is None:
            found = self._forecast.max_iter(n_iter, self._keeper.max_iter, n_runs)
            found = self._ranks.from_first(found)
            if found is not None:
                self._keeper.fix(run, found)
        max_iter = self._keeper.max_iter
        self._forecast(n_iter, n_runs * max_iter - n_iter, self._is_alone)
        return max_iter

    def _estimator(self, model):
        """An estimator that has learned the model."""
        return self._task["estimator"]._with_model(model)

    def _learned(self, run):
        """What a run has learned; taken again where Ctrl-C comes in the middle."""
        while True:
            try:
                return self._snapshot(run)
            except KeyboardInterrupt:
                if self._ends_at_once():
                    raise
                self._interrupt()

    def _unless_interrupted(self, phase, improve, model):
        """The model as a phase improves it; as it is where Ctrl-C comes."""
        try:
            self._begin_phase(phase)
            return improve(model)
        except KeyboardInterrupt:
            self._interrupt("What was being computed is left out.")
            return model

    def _interrupt(self, what_follows=""):
        """Ctrl-C: no further restart, and the user is told at once.

        One of several processes has others that wait for it: all end.
        """
        if self._ranks.size > 1:
            raise  # noqa: PLE0704
        self.stopped = True
        self._n_interrupts += 1
        if self._n_interrupts == 1:
            message = f"Interrupted: what was trained is kept. {what_follows}"
            if not self._is_alone:
                message = (
                    "Interrupted: this fit ends, and its caller says what follows."
                )
            if self._progress:
                self._progress.end()
            print(f"[{self._name}] {message.strip()}", file=sys.stderr, flush=True)

    def _ends_at_once(self):
        """Whether Ctrl-C is to end what calls ``fit``, too."""
        return self._n_interrupts > (1 if self._is_alone else 0)

    def end(self, model):
        """The fit is over, and the model is what it has learned.

        Raises
        ------
        KeyboardInterrupt
            If Ctrl-C came twice, or if others than the user called ``fit``.
        """
        try:
            self._fit_task.call_on_fit_task_end(
                **self._task, reconstruction_attributes={}
            )
        except KeyboardInterrupt:
            self._interrupt()
        if self._ends_at_once():
            raise KeyboardInterrupt
        if self._n_interrupts:
            self._warn(model)
        elif model.training_report is not None:
            by_default = self._task["estimator"].max_iter == "auto"
            warn_of(model.training_report, len(model.loss_curve), by_default)

    def _warn(self, model):
        """Warn of what Ctrl-C has cut."""
        left_out = ["scores"] if model.density is None else []
        if self._refinement != model.refinement_method:
            left_out.append("refinement")
        without = f", without {' and '.join(left_out)}" if left_out else ""
        warn_user(
            "Training interrupted by user: the state after "
            f"{model.best_iter or len(model.loss_curve)} iterations is kept{without}.",
            InterruptedWarning,
        )


def _silenced(estimator):
    """An estimator of the same parameters that tells nobody anything."""
    return clone(estimator).set_callbacks().set_params(verbose=0)
