"""What is reported of a fit while it runs: to callbacks, and to the screen."""

from contextlib import contextmanager
from numbers import Integral

from .. import _torch
from .._sklearn import callbacks_of
from ..exceptions import DivergenceError, warn_user
from ..progress import ProgressPrinter, losses_in_words
from ..training import REPORTING_INTERVAL


class FitReport:
    """Called after every reporting interval; tells callbacks and prints progress.

    An interval ends after each hundred iterations, and where a callback asks for it: at
    each multiple of its attribute ``every``. ``intervals`` are these numbers.

    Callbacks run between two intervals with torch's random streams forked, so that a
    fit is the same with and without them. In ``metadata`` they find ``n_iter``,
    ``max_iter``, ``restart`` (counted from 1), ``losses`` of discriminator and
    generator in each iteration of the interval, and ``snapshot``, a function that makes
    an estimator that samples. ``fitted_estimator``, which scores, too, takes seconds.

    Parameters
    ----------
    estimator : BaseGAN
        The estimator that is being fitted.
    X, y : object
        What its ``fit`` was given.
    max_iter : int
        Number of iterations of one restart.
    device : torch.device
        Where training runs.
    snapshot, scored : callable
        Make a model of a ``TrainingRun``: ``snapshot(run)`` one that samples,
        ``scored(run)`` one with scores.
    """

    def __init__(self, estimator, X, y, max_iter, device, snapshot, scored):
        self.stopped = self._interrupted = False
        self._task = {"estimator": estimator, "X": X, "y": y}
        self._snapshot, self._scored = snapshot, scored
        self._max_iter, self._device = max_iter, device
        self._n_restarts, self._progress = 0, None
        self._models, self._diverged = [], []
        asked = (getattr(c, "every", None) for c in callbacks_of(estimator))
        asked = (n for n in asked if isinstance(n, Integral) and n > 0)
        self.intervals = {REPORTING_INTERVAL, *asked}
        ends = set().union(*(range(n, max_iter, n) for n in self.intervals))
        n_intervals = (len(ends) + 1) * estimator.n_init
        self._fit_task = estimator._init_callback_context(max_subtasks=n_intervals)
        self._fit_task.call_on_fit_task_begin(**self._task)

    def continues(self):
        """Whether a further restart is wanted."""
        n_done = len(self._models) + len(self._diverged)
        return n_done < self._task["estimator"].n_init and not self.stopped

    @contextmanager
    def restart(self):
        """Note a divergence inside the block, and Ctrl-C if there is a model."""
        self._n_restarts += 1
        try:
            yield
        except DivergenceError as error:
            self._diverged.append(error)
        except KeyboardInterrupt:
            if not self._models:
                raise
            self._interrupt()

    @contextmanager
    def training(self, run):
        """Let Ctrl-C end the block early, where there are iterations to keep."""
        try:
            self._begin()
            yield
        except KeyboardInterrupt:
            if not run.state.iteration:
                raise
            self._interrupt()

    def add(self, run):
        """Keep what a run has learned."""
        self._models.append(self._scored(run))

    def best(self):
        """The model with the best held-out score.

        Raises
        ------
        DivergenceError
            If all restarts diverged.
        """
        if not self._models:
            raise self._diverged[0]
        if self._diverged:
            n_diverged, n_init = len(self._diverged), self._task["estimator"].n_init
            warn_user(f"{n_diverged} of {n_init} restarts diverged and were left out.")
        return max(self._models, key=lambda model: model.validation_score)

    def _begin(self):
        """A new run begins."""
        estimator = self._task["estimator"]
        if estimator.verbose:
            name = type(estimator).__name__
            if estimator.n_init > 1:
                name += f", restart {self._n_restarts} of {estimator.n_init}"
            self._progress = ProgressPrinter(name, self._max_iter, "iteration")
        self._begin_interval(0)

    def _begin_interval(self, n_iter):
        """The next interval begins, after so many iterations of this restart."""
        self._n_reported = n_iter
        with _torch.forked(self._device):
            self._interval = self._fit_task.subcontext(task_name="interval")
            self._interval.call_on_fit_task_begin(**self._task)

    def __call__(self, run):
        """Report an interval; whether a callback asks to stop, all restarts then."""
        n_iter, losses = run.state.iteration, run.state.loss_curve(self._n_reported)
        if self._progress:
            self._progress(n_iter, losses_in_words(losses[-1].tolist(), 3))
        with _torch.forked(self._device):
            self.stopped = self._interval.call_on_fit_task_end(
                **self._task,
                metadata={
                    "n_iter": n_iter,
                    "max_iter": self._max_iter,
                    "restart": self._n_restarts,
                    "losses": losses.numpy(),
                    "snapshot": lambda: self._estimator(self._snapshot(run)),
                },
                reconstruction_attributes=lambda: {"_model": self._scored(run)},
            )
        if not self.stopped and n_iter < self._max_iter:
            self._begin_interval(n_iter)
        return self.stopped

    def _estimator(self, model):
        """An estimator that has learned the model."""
        return self._task["estimator"]._with_model(model)

    def _interrupt(self):
        """Ctrl-C: no further restart, and a warning at the end."""
        self.stopped = self._interrupted = True

    def unless_interrupted(self, improve, model):
        """The improved model; as it is where Ctrl-C comes, or has come before."""
        if self._interrupted:
            return model
        try:
            return improve(model)
        except KeyboardInterrupt:
            self._interrupt()
            return model

    def end(self, model):
        """The fit is over, and the model is what it has learned."""
        self._fit_task.call_on_fit_task_end(**self._task, reconstruction_attributes={})
        if self._interrupted:
            n_iter = len(model.loss_curve)
            warn_user(
                f"Training interrupted by user: the state after {n_iter} iterations is "
                "kept, without refinement."
            )
