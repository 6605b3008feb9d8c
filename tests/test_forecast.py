"""How long a fit will take is said once, by a log record and where somebody looks."""

import builtins
import io
import logging
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from skgan import GANGenerator
from skgan.estimators import forecast
from skgan.estimators.forecast import Forecast, seconds_after


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
    refinement, scores = seconds_after(plan())
    assert refinement == pytest.approx(10 * (1_000 * 8e-5 + 40_000 * 5e-6))
    assert scores == pytest.approx(2 * (0.3 + 10**6 * 8e-7))
    assert seconds_after(plan(refinement=None)) == (0, pytest.approx(scores / 2))
    three = seconds_after(plan(refinement=None, n_init=3))
    assert three == (0, pytest.approx(1.5 * scores))
    assert seconds_after(plan(10**7))[0] < 100, "it learns from a part of many rows"


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
    said = Forecast("GAN", plan(), True)
    clock[:] = [0.0, 100.0, 300.0]
    said.begin(50)
    for n_iter, n_left in ((100, 2_850), (150, 2_800), (250, 2_700)):
        said(n_iter, n_left)
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
    said = Forecast("GAN", plan(), is_printed)
    said.begin(0), said(100, 2_800)
    is_there = is_printed and looks != "nobody"
    assert screen.getvalue() == (f"{WORDS}\n" if is_there else "")


def test_short_fits_are_not_worth_a_word(clock, caplog):
    caplog.set_level(logging.INFO, "skgan")
    clock[:] = [0.0, 0.1]
    said = Forecast("GAN", plan(100, refinement=None), True)
    said.begin(0), said(100, 2_800)
    assert not caplog.records


def test_a_fit_says_it_whatever_verbose_is(caplog, capsys, monkeypatch):
    caplog.set_level(logging.INFO, "skgan")
    monkeypatch.setattr(forecast, "MIN_AHEAD", 0.0)
    X = np.random.default_rng(0).normal(size=(60, 2))
    GANGenerator(max_iter=101, n_score_samples=50, hidden_layer_sizes=(8,)).fit(X)
    (record,) = caplog.records
    assert record.getMessage().startswith("[GANGenerator] about ")
    assert capsys.readouterr().out == ""


def test_phases_are_named(capsys):
    X = np.random.default_rng(0).normal(size=(120, 2)).round(1)
    own = {"max_iter": 2, "n_score_samples": 50, "hidden_layer_sizes": (8,)}
    GANGenerator(**own, refinement="trees", verbose=1).fit(X)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "[GANGenerator] reading",
        "[GANGenerator] iteration 2 of 2, 0 s left",
        "[GANGenerator] scores",
        "[GANGenerator] refinement",
        "[GANGenerator] report",
    ]


def test_the_held_out_score_is_shown_where_it_is_computed(capsys):
    X = np.random.default_rng(0).normal(size=(500, 2))
    own = {"max_iter": 2, "n_score_samples": 50, "hidden_layer_sizes": (8,)}
    gan = GANGenerator(**own, refinement=None, early_stopping=True, verbose=1).fit(X)
    score = gan.validation_scores_[-1][1]
    assert f"2 of 2, held-out score {score:.3f}, 0 s" in capsys.readouterr().out
