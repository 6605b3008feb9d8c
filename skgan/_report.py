"""What is told about training while it runs: to callbacks, and to the screen."""

import copy
import warnings
from numbers import Integral

from . import _torch
from ._sklearn import callbacks_of
from .training import BLOCK_SIZE, Progress


class BlockReport:
    """Told after every block of iterations; tells callbacks and prints progress.

    A block ends after each hundred iterations, and where a callback wants it: at each
    multiple of its attribute ``every``. ``intervals`` are these numbers.

    Callbacks run between two blocks with torch's random streams forked, so that a fit
    is the same with and without them. In ``metadata`` they find ``n_iter``,
    ``max_iter``, ``restart`` (counted from 1), ``losses`` of discriminator and
    generator in each iteration of the block, and ``snapshot``, a function that makes an
    estimator that samples. ``fitted_estimator``, which scores, too, takes seconds.
    ``stopped`` says whether one of them, or Ctrl-C, has asked to stop.

    Parameters
    ----------
    estimator : BaseGAN
        The estimator that is being fitted.
    X, y : object
        What its ``fit`` was given.
    max_iter : int
        Number of iterations of one start.
    device : torch.device
        Where training runs.
    attributes, sampling_attributes : callable
        Map a ``TrainingState`` to the attributes of an estimator fitted so far, and to
        those that it needs to sample.
    """

    def __init__(
        self, estimator, X, y, max_iter, device, attributes, sampling_attributes
    ):
        self.stopped = self._interrupted = False
        self._told = {"estimator": estimator, "X": X, "y": y}
        self._attributes, self._sampling = attributes, sampling_attributes
        self._max_iter = max_iter
        self._device = device
        self._n_starts = 0
        wishes = (getattr(c, "every", None) for c in callbacks_of(estimator))
        wishes = (n for n in wishes if isinstance(n, Integral) and n > 0)
        self.intervals = {BLOCK_SIZE, *wishes}
        ends = set().union(*(range(n, max_iter, n) for n in self.intervals))
        n_blocks = (len(ends) + 1) * estimator.n_init
        self._fit_task = estimator._init_callback_context(max_subtasks=n_blocks)
        self._fit_task.call_on_fit_task_begin(**self._told)
        self._progress = None

    def start(self):
        """A new training run begins."""
        self._n_starts += 1
        estimator = self._told["estimator"]
        if estimator.verbose:
            name = type(estimator).__name__
            if estimator.n_init > 1:
                name += f", start {self._n_starts} of {estimator.n_init}"
            self._progress = Progress(name, self._max_iter)
        self.begin_block()

    def begin_block(self, n_iter=0):
        """The next block begins, after so many iterations of this start."""
        self._n_told = n_iter
        with _torch.forked(self._device):
            self._block = self._fit_task.subcontext(task_name="interval")
            self._block.call_on_fit_task_begin(**self._told)

    def __call__(self, state):
        """A block has ended; whether a callback asks to stop, all starts then."""
        if self._progress:
            self._progress(state)
        with _torch.forked(self._device):
            self.stopped = self._block.call_on_fit_task_end(
                **self._told,
                metadata={
                    "n_iter": state.iteration,
                    "max_iter": self._max_iter,
                    "restart": self._n_starts,
                    "losses": state.loss_curve(self._n_told).numpy(),
                    "snapshot": lambda: self._snapshot(state),
                },
                reconstruction_attributes=lambda: self._attributes(state),
            )
        if not self.stopped and state.iteration < self._max_iter:
            self.begin_block(state.iteration)
        return self.stopped

    def _snapshot(self, state):
        """An estimator that samples as if training had stopped here."""
        estimator = copy.copy(self._told["estimator"])
        vars(estimator).update(self._sampling(state))
        return estimator

    def interrupt(self):
        """Ctrl-C: no further start, and a warning at the end."""
        self.stopped = self._interrupted = True

    def unless_interrupted(self, work):
        """Do work that Ctrl-C ends without harm, and none if it has come before."""
        if self._interrupted:
            return
        try:
            work()
        except KeyboardInterrupt:
            self.interrupt()

    def end(self):
        """All training is done and the estimator is fitted."""
        self._fit_task.call_on_fit_task_end(**self._told, reconstruction_attributes={})
        if self._interrupted:
            n_iter = self._told["estimator"].n_iter_
            warnings.warn(
                f"Training interrupted by user: the state after {n_iter} iterations is "
                "kept, without refinement.",
                stacklevel=4,  # the line that called fit
            )
