"""Training that goes on: from a checkpoint, or from where an estimator's fit ended.

What the runs of a fit need to go on is one plain tree of arrays and numbers: ``stream``
is the state of the random stream of all seeds as the fit began, ``runs`` are the states
of its restarts. A checkpoint is such a tree in a file; an estimator holds one in
``_run_state``.
"""

import copy
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from math import ceil

import torch
from torch.nn.utils.parametrize import is_parametrized

from .._sklearn import callbacks_of
from .._version import __version__
from ..exceptions import DivergenceError, warn_user
from ..training import from_plain, to_plain, update_counts
from ..training.randomness import is_known
from .fingerprints import fingerprint
from .finish import frozen

STOPPING = "early_stopping"  # in the state of a run
LIMIT = "max_iter"  # there, too, where the time that a fit may take has fixed it
MAX_NAMES = 5  # in a message
LIBRARIES = "torch", "numpy", "scipy", "scikit-learn"


class History:
    """What the runs of a fit begin with, and how they have ended so far.

    A callback with the method ``restore(fingerprint)`` is asked for the tree of a fit
    of the same parameters and data that was cut; None if it has none.

    Parameters
    ----------
    estimator : BaseGAN
        The estimator that is being fitted.
    inputs : Inputs
        What it is fitted to.
    random_state : RandomState
        The stream of all seeds of a fit that begins anew.
    model : FittedGAN or None
        What the estimator has learned, if training goes on: from its ``_run_state``, a
        tree of one run, or from the model's networks alone.
    one_pass : bool
        Whether the fit is one pass over the rows.
    ranks : Ranks
        The processes that do the fit; the first one reads a tree for all.

    Attributes
    ----------
    random_state : RandomState
        The stream of all seeds of this fit.
    """

    def __init__(self, estimator, inputs, random_state, model, one_pass, ranks):
        self._one_pass, self._model = one_pass, model
        past = estimator._run_state if model else None
        self._ended, self._begun, self._tree = [], [], None
        self._n_done = len(model.loss_curve) if model else 0
        self._n_restarts = 0
        restores = [getattr(c, "restore", None) for c in callbacks_of(estimator)]
        restores = [restore for restore in restores if restore]
        self._fingerprint = None
        if restores or ranks.size > 1:
            weights = model and to_plain(model.generator.state_dict())
            self._fingerprint = fingerprint(estimator, inputs, weights, past, one_pass)
            ranks.agree("parameters and data", lambda: self._fingerprint)
        if restores:
            mine = restores if ranks.rank == 0 else []
            found = (restore(self._fingerprint) for restore in mine)
            tree = next((tree for tree in found if tree is not None), None)
            self._tree = ranks.from_first(tree)
        tree = self._tree or past
        if tree:
            random_state = copy.deepcopy(random_state)
            random_state.set_state(tree["stream"])
            self._begun = tree["runs"]
        self.random_state = random_state
        self._stream = random_state.get_state(legacy=False)
        self._is_left = estimator.warm_start or one_pass
        self._is_kept = self._is_left or bool(restores)

    def plan(self, plan):
        """The plan of what is left to do.

        Raises
        ------
        ValueError
            If more iterations have been done than ``max_iter``.
        """
        if self._model is None and not self._one_pass:
            return plan
        n_done, schedule = self._n_done, plan.training.schedule
        if self._one_pass:
            n_more = iterations_of_a_pass(plan)
            schedule = replace(schedule, max_iter=n_done + n_more, linear_decay=False)
        elif schedule.max_iter < n_done:
            raise ValueError(
                f"max_iter={schedule.max_iter} must be at least the number of "
                f"iterations done, {n_done}, when warm_start=True."
            )
        elif schedule.max_iter == n_done:
            warn_user(
                f"No iterations were added: warm_start=True, and max_iter={n_done} "
                "have been done."
            )
        training = replace(plan.training, schedule=schedule)
        return replace(plan, training=training, n_init=1)

    def begin(self, run, keeper):
        """Let a run of a further restart begin where it was before.

        Raises
        ------
        DivergenceError
            If it diverged then.
        ValueError
            If networks or optimizers are others than before.
        """
        number, self._n_restarts = self._n_restarts, self._n_restarts + 1
        if number < len(self._begun):
            self._go_on(run, keeper, self._begun[number])
        elif self._model:
            with _as_it_was():
                start_from(run, self._model)

    @contextmanager
    def restart(self, run, keeper):
        """Note how a restart ends."""
        diverged = None
        try:
            yield
        except DivergenceError as error:
            diverged = {"diverged": error.iteration}
            raise
        finally:
            if self._is_kept:
                self._ended.append(diverged or _state(run, keeper))

    def _go_on(self, run, keeper, state):
        """Let a run go on from a state."""
        if "diverged" in state:
            self._ended.append(state)
            raise DivergenceError(state["diverged"])
        with _as_it_was():
            run.load_state_dict(from_plain(_of_training(state)))
        if self._tree:
            if state[LIMIT]:
                keeper.fix(run, state[LIMIT])
            if state[STOPPING]:
                keeper.restore(state[STOPPING])
            self._warn_of_what_differs(run)
        elif self._one_pass:  # at the beginning of an epoch
            n_rows = len(run.batches.data.encoded)
            run.batches.n_drawn = ceil(run.batches.n_drawn / n_rows) * n_rows

    def _warn_of_what_differs(self, run):
        """Warn once if a run from a checkpoint may not be equal to an unbroken one."""
        if self._n_restarts < len(self._begun):
            return
        before = self._tree["machine"] | self._tree["versions"]
        differs = [
            f"{name} {before.get(name)}, now {value}"
            for name, value in (machine(run) | versions()).items()
            if before.get(name) != value
        ]
        if differs:
            how = "equal up to rounding only"
            if before["device"] != run.device.type:
                how = "with other random numbers"
            warn_user(
                f"The checkpoint was written elsewhere, and training goes on {how}: "
                f"{'; '.join(differs)}."
            )
        functions = run.schedule.n_critic, *run.objective.loss
        if any(callable(own) and not is_known(own) for own in functions):
            warn_user(
                "Training goes on from a checkpoint, which does not hold what your own "
                "n_critic or loss keeps to itself."
            )

    def tree(self, run, keeper):
        """All that the fit needs to go on from here."""
        return {
            "fingerprint": self._fingerprint,
            "machine": machine(run),
            "versions": versions(),
            "stream": self._stream,
            "runs": [*self._ended, _state(run, keeper)],
        }

    def left_by(self, restart):
        """Attributes to go on with from the end of a restart; none if nobody will."""
        if not self._is_left:
            return {}
        runs = [_of_training(self._ended[restart])]
        return {"_run_state": {"stream": self._stream, "runs": runs}}


def _state(run, keeper):
    """The state of a run, and what early stopping knows of it, as plain values."""
    own = {STOPPING: keeper.state(), LIMIT: keeper.fixed_iter}
    return to_plain(run.state_dict()) | own


def _of_training(state):
    """The state of a run without when and why it ends: that is of one fit."""
    own = STOPPING, LIMIT
    return {name: value for name, value in state.items() if name not in own}


@contextmanager
def _as_it_was():
    """Say what is wrong where networks or optimizers are not those of before."""
    try:
        yield
    except (RuntimeError, ValueError, KeyError) as error:
        raise ValueError(
            "Training goes on with the networks and optimizers of the fit before, and "
            "the parameters or the code that make them must be as they were: "
            f"{error}"
        ) from error


def start_from(run, model):
    """Let a run go on from a model's networks alone, with new optimizers.

    The averaged generator is the one that is trained, too.

    Raises
    ------
    ValueError
        If the run has other networks, or the model no discriminator.
    """
    if model.discriminator is None:
        raise ValueError(
            "the discriminator was left out of the file: save it with "
            "discriminator=True."
        )
    state, n_done = run.state, len(model.loss_curve)
    take_over(state.generator.network, model.generator)
    take_over(state.average.module, model.generator)
    take_over(state.discriminator.network, model.discriminator)
    state.iteration = n_done
    state.average.n_updates.fill_(n_done)
    state.set_loss_curve(torch.tensor(model.loss_curve))


@torch.no_grad()
def take_over(network, learned):
    """Give a network the weights of one that was learned, and frozen."""
    values, own = learned.state_dict(), frozen(network).state_dict()
    if {k: v.shape for k, v in values.items()} != {k: v.shape for k, v in own.items()}:
        raise ValueError("the networks have other weights.")
    for path, value in values.items():
        owner, _, name = path.rpartition(".")
        module = network.get_submodule(owner)
        if is_parametrized(module, name):  # what its weights are computed from
            setattr(module, name, value.to(getattr(module, name)))
        else:
            getattr(module, name).copy_(value)


def unseen_so_far(estimator, inputs, before):
    """In how many rows each column had a value that the encoder does not know.

    ``before`` are these numbers at the calls before, None at the first one, which has
    such values where they are rare.

    Warns
    -----
    UserWarning
        If a column has more of them than at all calls before.
    """
    new = inputs.encoder.count_unseen(inputs.rows)
    if before is None:
        return new
    names = getattr(estimator, "feature_names_in_", range(len(new)))
    counts = zip(names, new, before, strict=True)
    odd = [f"{name!r} ({n})" for name, n, n_before in counts if n > n_before]
    if odd:
        more = ", ..." if len(odd) > MAX_NAMES else ""
        warn_user(
            "X has values that the encoder does not know, and known ones stand in for "
            f"them, in columns (and rows): {', '.join(odd[:MAX_NAMES])}{more}. "
            "n_unseen_ counts them."
        )
    return before + new


def iterations_of_a_pass(plan):
    """Number of iterations in which each row is drawn at least once."""
    counts = update_counts(plan.training.schedule.n_critic)  # None of a function
    n_batches = counts[0] if counts else 1
    return ceil(len(plan.rows.data.encoded) / (n_batches * plan.training.batch_size))


def machine(run):
    """What the last bits of a run depend on, beside the versions of libraries."""
    return {
        "device": run.device.type,
        "precision": str(run.objective.precision).removeprefix("torch."),
        "threads": torch.get_num_threads(),
    }


def versions():
    """The versions of what computes a run."""
    return {"skgan": __version__, **{name: version(name) for name in LIBRARIES}}
