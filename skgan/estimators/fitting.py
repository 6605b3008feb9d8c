"""A fit: from parameters and data to a model, anew or from what was learned."""

import time
from contextlib import contextmanager

from sklearn.utils import check_random_state

from .. import _torch
from .._sklearn import ending_callbacks
from ..privacy import MIN_ROWS
from ..training import together
from .all_rows import counted, gather
from .finish import refined, reported, scored, snapshot
from .forecast import Forecast, begin_phase
from .going_on import History, unseen_so_far
from .inputs import read_inputs, read_more, with_validation
from .packing import digest_of_model
from .parameters import check_training
from .plan import new_run
from .report import FitReport
from .resolve import resolve
from .seeds import draw_seed, seed_if_none
from .stopping import StateKeeper, choosing_rows, stopping_of


def train(estimator, data, validation=(None, None), *, goes_on, one_pass=False):
    """Train an estimator anew, or go on; until the end or for one pass over the rows.

    ``data`` and ``validation`` are pairs of rows and their labels, as the user gives
    them. Whatever fails leaves the estimator as it was.
    """
    with _beginning(estimator, one_pass) as (device, ranks):
        options = data, validation, goes_on, one_pass, device, ranks
        plan, history, keeper, report = _prepare(estimator, *options)
        while report.continues():
            with report.restart():
                run = new_run(plan, draw_seed(history.random_state), ranks)
                keeper.begin(run)
                history.begin(run, keeper)
                with history.restart(run, keeper):
                    report.begin(run)
                    run.use_cuda_graphs()
                    if not keeper.ended:
                        run.advance(plan.training.schedule.max_iter, report)
            report.keep()
        model = report.best()
        ranks.agree("learned model", lambda: digest_of_model(model))
        vars(estimator).pop("_run_state", None)
        vars(estimator).update(history.left_by(report.best_restart))
        estimator._model = model
        report.end(model)


@contextmanager
def _beginning(estimator, one_pass):
    """The device of a fit, and the processes that do it to its end, or none does."""
    with all_or_nothing(estimator), together() as ranks, ending_callbacks(estimator):
        _check(estimator, one_pass)
        device = _torch.resolve_device(estimator.device)
        with _torch.plain(device):
            yield device, ranks


def _prepare(estimator, data, validation, goes_on, one_pass, device, ranks):
    """Read what a fit learns from: its plan, history, keeper of states, and report."""
    start = time.monotonic()
    goes_on = goes_on and estimator.__sklearn_is_fitted__()
    model = estimator._model if goes_on else None
    if ranks.rank == 0:
        begin_phase(estimator, "reading")
    random_state = ranks.from_first(seed_if_none(estimator.random_state))
    data, inputs = _read(estimator, *data, model, one_pass, random_state)
    inputs = with_validation(inputs, estimator, *validation)
    random_state = check_random_state(random_state)
    history = History(estimator, inputs, random_state, model, one_pass, ranks)
    random_state = history.random_state
    inputs = inputs.split(estimator.validation_fraction, random_state)
    options = draw_seed(random_state), device, MIN_ROWS, model and model.conditions
    plan = history.plan(resolve(estimator, inputs, *options))
    inputs = inputs._replace(rows=None)  # they are encoded, and may be much
    keeper = StateKeeper(
        stopping_of(estimator),
        plan,
        given=lambda: choosing_rows(inputs, data, validation),
        as_estimator=estimator._with_model,
    )
    forecast = Forecast(estimator, plan, start, is_limited=not one_pass)
    report = _new_report(estimator, data, plan, history, keeper, forecast, ranks)
    return plan, history, keeper, report


def _check(estimator, one_pass):
    """Refuse parameters that break a rule."""
    estimator._validate_params()
    check_training(estimator)
    estimator._check_parameters()
    if one_pass and stopping_of(estimator):
        raise ValueError(
            "early_stopping must be False with partial_fit, which makes one pass."
        )


def _read(estimator, X, y, model, one_pass, random_state):
    """Rows and labels, and the inputs of a fit.

    They are read by the encoder of the model that is trained further, if there is one.
    Where rows are a sample of more, a new encoder knows what all of these say.
    """
    (X, y), everything = gather(estimator, X, y, random_state)
    if model is None:
        for name in ("n_unseen_", "_table_file"):  # of rows which are forgotten
            vars(estimator).pop(name, None)
        all_rows = everything and everything.in_encoding
        inputs = read_inputs(estimator, X, y, MIN_ROWS, all_rows)
        if everything:
            inputs = counted(inputs, everything, MIN_ROWS)
    else:
        inputs = read_more(estimator, X, y, model.encoder, model.conditions.labels)
    if one_pass:
        before = getattr(estimator, "n_unseen_", None)
        estimator.n_unseen_ = unseen_so_far(estimator, inputs, before)
    return (X, y), inputs


def _new_report(estimator, data, plan, history, keeper, forecast, ranks):
    """The report of a fit by a plan."""
    return FitReport(
        estimator,
        *data,
        plan,
        history,
        keeper,
        forecast,
        ranks,
        snapshot=lambda run: snapshot(run, plan),
        scored=lambda model: scored(model, plan),
        refined=lambda model: refined(model, plan),
        reported=lambda model: reported(model, plan),
    )


@contextmanager
def all_or_nothing(estimator):
    """Put all attributes back as they were if the block fails.

    Ctrl-C is no failure once a model is set: that is what it keeps.
    """

    def attributes():  # scikit-learn takes down those of its callbacks itself
        return {k: v for k, v in vars(estimator).items() if "callback" not in k}

    before = attributes()
    try:
        yield
    except BaseException as error:
        is_new = vars(estimator).get("_model") is not before.get("_model")
        # A warning that is an error, too: Ctrl-C is warned of when all else is done
        if not (is_new and isinstance(error, KeyboardInterrupt | Warning)):
            for name in attributes():
                delattr(estimator, name)
            vars(estimator).update(before)
        raise
