"""How long a fit will take is said once, by a log record and where somebody looks."""

import builtins
import io
import logging
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from skgan import GANGenerator, load, save
from skgan.callbacks import Checkpoint, EarlyStopping
from skgan.estimators import forecast
from skgan.estimators.forecast import Forecast, seconds_after
from skgan.progress import ProgressPrinter
from skgan.training.state import TrainingState


class GAN:
    """What a forecast asks of an estimator."""

    def __init__(self, max_time=None):
        self.max_time = max_time


@pytest.fixture(autouse=True)
def candidates(monkeypatch):
    """As many as users have; other tests have fewer."""
    monkeypatch.setattr("skgan.refinement.ratio.N_PER_ROW", 40)


def plan(n_rows=1_000, n_columns=10, *, n_held_out=100, **options):
    """What a forecast asks of a plan."""
    encoded, codes = np.zeros((n_rows, n_columns)), np.zeros(n_held_out)
    rows = SimpleNamespace(
        data=SimpleNamespace(encoded=encoded),
        held_out=(None, codes),
        head=SimpleNamespace(n_gumbel=1),
    )
    own = {"n_centers": 10_000, "refinement": "trees", "n_init": 1, **options}
    return SimpleNamespace(rows=rows, **own)


def test_what_follows_training_goes_by_the_size_of_the_work():
    refinement, scores = seconds_after(plan(), 1_000)
    assert refinement == pytest.approx(10 * (1_000 * 8e-5 + 40_000 * 5e-6))
    assert scores == pytest.approx(2 * (0.3 + 10**6 * 8e-7))
    assert seconds_after(plan(refinement=None), 1_000) == (0, pytest.approx(scores / 2))
    three = seconds_after(plan(refinement=None, n_init=3), 1_000)
    assert three == (0, pytest.approx(1.5 * scores))
    assert seconds_after(plan(n_init=3), 1_000, 1) == (refinement, scores)
    # It learns from a part of many rows
    many = 10 * (100_000 * 8e-5 + 600_000 * 5e-6)
    assert seconds_after(plan(10**7), 1_000)[0] == pytest.approx(many)


@pytest.fixture
def clock(monkeypatch):
    """A list of the times that follow."""
    times = []
    own = SimpleNamespace(monotonic=lambda: times.pop(0))
    monkeypatch.setattr(forecast, "time", own)
    return times


class Terminal(io.StringIO):
    def isatty(self):
        return True


WORDS = "[GAN] about 47 min to go: training 47 min, refinement 3 s, scores 2 s"


def test_it_is_said_once_after_a_hundred_iterations(clock, caplog, monkeypatch):
    caplog.set_level(logging.INFO, "skgan")
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    said = Forecast(GAN(), plan(), 0.0)
    clock[:] = [0.0, 100.0, 300.0]
    said.begin(50)
    for n_iter, n_left in ((100, 2_850), (150, 2_800), (250, 2_700)):
        said(n_iter, n_left, True)
    assert [record.getMessage() for record in caplog.records] == [WORDS]
    assert caplog.records[0].levelno == logging.INFO
    assert screen.getvalue() == f"{WORDS}\n"


@pytest.mark.parametrize("is_printed", [True, False])
@pytest.mark.parametrize("looks", ["terminal", "notebook", "nobody"])
def test_lines_are_for_those_who_look(clock, monkeypatch, is_printed, looks):
    screen = Terminal() if looks == "terminal" else io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    if looks == "notebook":
        monkeypatch.setattr(builtins, "__IPYTHON__", True, raising=False)
    clock[:] = [0.0, 100.0]
    said = Forecast(GAN(), plan(), 0.0)
    said.begin(0), said(100, 2_800, is_printed)
    is_there = is_printed and looks != "nobody"
    assert screen.getvalue() == (f"{WORDS}\n" if is_there else "")


def test_short_fits_are_not_worth_a_word(clock, caplog):
    caplog.set_level(logging.INFO, "skgan")
    clock[:] = [0.0, 0.1]
    said = Forecast(GAN(), plan(100, refinement=None), 0.0)
    said.begin(0), said(100, 2_800, True)
    assert not caplog.records


def test_a_fit_says_it_whatever_verbose_is(caplog, capsys, monkeypatch):
    caplog.set_level(logging.INFO, "skgan")
    monkeypatch.setattr(forecast, "MIN_AHEAD", 0.0)
    X = np.random.default_rng(0).normal(size=(60, 2))
    GANGenerator(max_iter=101, n_score_samples=50, hidden_layer_sizes=(8,)).fit(X)
    (record,) = caplog.records
    assert record.getMessage().startswith("[GANGenerator] about ")
    assert capsys.readouterr().out == ""


def test_it_is_told_what_is_left_of_all_runs(monkeypatch):
    told, limits = [], []
    monkeypatch.setattr(Forecast, "__call__", lambda self, *a: told.append(a[:2]))
    monkeypatch.setattr(Forecast, "max_iter", lambda self, *a: limits.append(a))
    limited(max_iter=250, n_init=2).fit(X)
    left = [(100, 400), (200, 300), (250, 250), (100, 150), (200, 50), (250, 0)]
    assert told == left
    assert limits == [(n, 250, 2 if k < 3 else 1) for k, (n, _) in enumerate(left)]


def test_phases_are_named(capsys, monkeypatch):
    X = np.random.default_rng(0).normal(size=(120, 2)).round(1)
    own = {"max_iter": 2, "n_score_samples": 50, "hidden_layer_sizes": (8,)}
    monkeypatch.setattr(forecast, "SCORES", 3.5)  # of the model, and of the refined one
    GANGenerator(**own, refinement="trees", verbose=1).fit(X)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "[GANGenerator] reading",
        "[GANGenerator] iteration 2 of 2, 7 s left",
        "[GANGenerator] scores",
        "[GANGenerator] refinement",
        "[GANGenerator] report",
    ]


def test_the_time_left_is_that_of_all_restarts_and_of_what_follows(monkeypatch):
    monkeypatch.setattr(forecast, "seconds_after", lambda _, n, runs=0: (n, 7.0 * runs))
    given = []
    monkeypatch.setattr(ProgressPrinter, "__call__", lambda self, *a: given.append(a))
    limited(max_time=None, max_iter=150, n_init=2, verbose=1).fit(X)
    assert [(n_iter, later) for n_iter, _, later in given] == [
        *((n_iter, (150, 150 + 14.0)) for n_iter in (100, 150)),
        *((n_iter, (0, 150 + 7.0)) for n_iter in (100, 150)),
    ]


def test_the_held_out_score_is_shown_where_it_is_computed(capsys):
    """The newest; scores of a script, as those of short trainings may round alike."""
    X, scores = np.random.default_rng(0).normal(size=(500, 2)), iter([-4.4, -3.3])
    own = {"max_iter": 150, "n_score_samples": 50, "hidden_layer_sizes": (8,)}
    stops = EarlyStopping(scoring=lambda estimator, X, y: next(scores))
    gan = GANGenerator(**own, refinement=None, verbose=1).set_callbacks(stops).fit(X)
    assert gan.validation_scores_[:, 1].tolist() == [-4.4, -3.3]
    assert "150 of 150, held-out score -3.300, 0 s" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("max_time", "n_runs", "expected"),
    [
        (None, 1, None),
        (1e6, 1, 5_000),  # as many as were to be
        (1_011.5, 1, 1_000),  # 10 s were lost before training, and scores take 1.1 s
        (2_013.0, 2, 1_000),
        (110.0, 1, 100),  # those that are done; 1.1 s late, which is a guess
    ],
)
def test_iterations_that_there_is_time_for(clock, max_time, n_runs, expected):
    """A second each."""
    clock[:] = [10.0, 110.0, 110.0]
    own = Forecast(GAN(max_time), plan(refinement=None, n_init=n_runs), 0.0)
    own.begin(0)
    assert own.max_iter(100, 5_000, n_runs) == expected


@pytest.mark.parametrize(("n_runs", "expected"), [(1, "2 min"), (2, "4 min")])
def test_too_short_a_time_is_said_to_be_so(clock, n_runs, expected):
    """Of 110 s that have passed, or of as many for each of two restarts."""
    clock[:] = [10.0, 110.0, 110.0]
    own = Forecast(GAN(20.0), plan(refinement=None, n_init=n_runs), 0.0)
    own.begin(0)
    words = f"fit will take about {expected}, not 20 s, though training ends after 100 "
    with pytest.warns(UserWarning, match=words) as caught:
        assert own.max_iter(100, 5_000, n_runs) == 100
    assert len(caught) == 1


def test_refinement_is_part_of_the_time_and_less_after_a_short_training(clock):
    clock[:] = [0.0, 0.1, 0.1]
    own = Forecast(GAN(3.5), plan(), 0.0)  # scores take 2.2 s, full refinement 2.8 s
    own.begin(0)
    found = own.max_iter(100, 5_000, 1)
    spans = [n / 1_000 + sum(seconds_after(plan(), n)) for n in (found, found + 1)]
    assert spans[0] <= 3.5 < spans[1] and 200 < found < 500


def test_the_pace_is_not_known_before_a_hundred_iterations(clock):
    clock[:] = [0.0, 99.0]
    own = Forecast(GAN(10.0), plan(), 0.0)
    own.begin(50)
    assert own.max_iter(149, 5_000, 1) is None


# ------------------------------------------------------------- fits of a limited time


@pytest.fixture
def limit(monkeypatch):
    """Let there be time for as many iterations as this list says next."""
    found = []

    def max_iter(self, n_iter, most, n_runs):
        is_due = self._max_time is not None and n_iter >= 100
        return found.pop(0) if is_due else None

    monkeypatch.setattr(Forecast, "max_iter", max_iter)
    return found


X = np.random.default_rng(0).normal(size=(60, 2))


class Ends:
    """Notes when intervals of restarts end."""

    def __init__(self):
        self.found = []

    def setup(self, estimator, context):
        pass

    on_fit_task_begin = teardown = setup

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        if context.task_name == "interval":
            self.found.append((metadata["restart"], metadata["n_iter"]))


def limited(**options):
    own = {"max_time": 60, "max_iter": 1_000, "n_score_samples": 50, "random_state": 0}
    own |= {"hidden_layer_sizes": (8,), "encoder": "scaled"}
    return GANGenerator(**own | options)


def test_training_and_rates_end_where_time_ends(limit, monkeypatch):
    factors, own = [], TrainingState.set_rates
    monkeypatch.setattr(
        TrainingState, "set_rates", lambda *a: factors.append(a[1]) or own(*a)
    )
    limit[:] = [150]
    gan = limited().fit(X)
    assert gan.n_iter_ == gan.max_iter_ == 150 and not limit
    first, last = np.arange(100), np.arange(100, 150)
    np.testing.assert_allclose(factors[:100], 1 - first / 1_000)
    np.testing.assert_allclose(factors[100:], 1 - last / 150)


def test_restarts_share_the_time(limit):
    limit[:] = [120]
    ends = Ends()
    gan = limited(n_init=2).set_callbacks(ends).fit(X)
    assert gan.n_iter_ == gan.max_iter_ == 120 and not limit
    assert ends.found == [(1, 100), (1, 120), (2, 100), (2, 120)]


def test_the_last_state_is_scored_where_time_ends(limit):
    limit[:] = [130]
    rows = np.random.default_rng(0).normal(size=(500, 2))
    gan = limited().set_callbacks(EarlyStopping(scoring=lambda *_: 0.0)).fit(rows)
    assert gan.validation_scores_[:, 0].tolist() == [100, 130]


def test_one_pass_takes_the_time_it_takes(limit):
    limit[:] = [110]
    gan = limited(batch_size=2).partial_fit(np.tile(X, (5, 1)))
    assert gan.n_iter_ == gan.max_iter_ > 110 and limit == [110]


def test_without_a_limit_all_iterations_are_done():
    assert limited(max_time=None, max_iter=3).fit(X).max_iter_ == 3


class Cut:
    """Ends a fit after some iterations as a crash does."""

    def __init__(self, n_iter):
        self.n_iter = n_iter

    def setup(self, estimator, context):
        pass

    on_fit_task_begin = teardown = setup

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        if context.task_name == "interval" and metadata["n_iter"] == self.n_iter:
            raise SystemExit


def test_a_fit_that_goes_on_keeps_its_end(limit, tmp_path):
    limit[:] = [250, 110]
    whole = Checkpoint(tmp_path / "whole", every=100)
    whole = limited().set_callbacks(whole).fit(X)
    cut, limit[:] = Checkpoint(tmp_path / "cut", every=100), [250, 110]
    with pytest.raises(SystemExit):
        limited().set_callbacks(cut, Cut(200)).fit(X)
    again = Checkpoint(tmp_path / "cut", every=100, resume=True)
    again = limited().set_callbacks(again).fit(X)
    assert again.max_iter_ == again.n_iter_ == 250 and limit == [110]
    np.testing.assert_array_equal(again.loss_curve_, whole.loss_curve_)
    np.testing.assert_array_equal(
        again.sample(9, random_state=0), whole.sample(9, random_state=0)
    )


def test_it_is_kept_in_files(limit, tmp_path):
    limit[:] = [110]
    save(limited().fit(X), tmp_path / "m")
    assert load(tmp_path / "m").max_iter_ == 110


def test_a_real_clock_ends_a_fit():
    """After a hundred iterations there is no time left."""
    with pytest.warns(UserWarning, match="max_time is too short: .* after 100 iter"):
        gan = limited(max_time=1e-3, max_iter=10_000).fit(X)
    assert gan.max_iter_ == gan.n_iter_ == 100
