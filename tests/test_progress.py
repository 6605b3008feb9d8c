"""The one printer of progress: when it prints, and what."""

import io
import sys

import pytest

from skgan import progress
from skgan.progress import ProgressPrinter, duration


@pytest.fixture
def clock(monkeypatch):
    """A list of the times that are told next."""
    times = []
    monkeypatch.setattr(progress.time, "monotonic", lambda: times.pop(0))
    return times


def test_progress_prints_time_left(clock, capsys):
    clock[:] = [0.0, 1.0, 3.0, 9.0]
    printer = ProgressPrinter("GAN", 300, "iteration")
    losses = "loss of the discriminator 0.500, of the generator 0.250"
    for n_done in (100, 200, 300):  # after 1 s: too early; 3 s: a line; the end
        printer(n_done, losses)
    first, last = capsys.readouterr().out.splitlines()
    assert first == (
        "[GAN] iteration 200 of 300, loss of the discriminator 0.500, of the "
        "generator 0.250, 2 s left"
    )
    assert "iteration 300 of 300" in last and "0 s left" in last


def test_the_time_left_is_that_of_what_was_done_since(clock, capsys):
    clock[:] = [0.0, 4.0]
    ProgressPrinter("GAN", 300, "iteration", n_before=100)(200)
    assert capsys.readouterr().out == "[GAN] iteration 200 of 300, 4 s left\n"


def test_what_follows_counts(clock, capsys):
    """At the pace so far, and in seconds."""
    clock[:] = [0.0, 20.0, 30.0]
    printer = ProgressPrinter("GAN", 300, "iteration")
    printer(200, later=(50, 7.0)), printer(300, later=(100, 3.0))
    assert capsys.readouterr().out.splitlines() == [
        "[GAN] iteration 200 of 300, 22 s left",
        "[GAN] iteration 300 of 300, 13 s left",
    ]


def test_no_two_lines_within_two_seconds_but_the_last(clock, capsys):
    clock[:] = [0.0, 2.0, 3.9, 4.0, 4.1]
    printer = ProgressPrinter("faces", 4_000, "file")
    for n_done in (1_000, 2_000, 3_000, 4_000):
        printer(n_done)
    assert capsys.readouterr().out.splitlines() == [
        "[faces] file 1,000 of 4,000, 6 s left",
        "[faces] file 3,000 of 4,000, 1 s left",
        "[faces] file 4,000 of 4,000, 0 s left",
    ]


def test_work_that_takes_no_time_prints_one_line(clock, capsys):
    clock[:] = [5.0, 5.0, 5.0]
    printer = ProgressPrinter("GAN", 2, "iteration")
    printer(1), printer(2)
    assert capsys.readouterr().out == "[GAN] iteration 2 of 2, 0 s left\n"


def test_spans_of_time_in_words():
    spans = [0, 99.4, 100, 3_569, 3_570, 4_200, 7_230]
    assert [duration(seconds) for seconds in spans] == [
        *("0 s", "99 s", "2 min", "59 min", "1 h 0 min", "1 h 10 min", "2 h 0 min")
    ]


@pytest.fixture
def screen(monkeypatch):
    """A terminal that has no colors, but 80 columns."""

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    for name, value in {"TERM": "dumb", "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)
    return Terminal()


def test_where_somebody_looks_one_line_is_written_again(clock, monkeypatch, screen):
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(progress, "find_spec", lambda name: None)  # no rich
    clock[:] = [0.0, 4.0, 8.0, 12.0]
    printer = ProgressPrinter("GAN", 300, "iteration")
    printer(100, "good"), printer(200), printer(300)
    printer.end()  # has been
    first, second, third = screen.getvalue().split("\r")[1:]
    assert first == "[GAN] iteration 100 of 300, good, 8 s left"
    assert second == "[GAN] iteration 200 of 300, 4 s left      "
    assert third == "[GAN] iteration 300 of 300, 0 s left\n"


def test_where_rich_is_a_bar_grows_in_terminals(clock, monkeypatch, screen):
    pytest.importorskip("rich")
    monkeypatch.setattr(sys, "stdout", screen)
    clock[:] = [0.0, 4.0, 8.0, 12.0]
    printer = ProgressPrinter("GAN", 300, "iteration")
    printer(150), printer(200, "w" * 28), printer(300)
    first, second, third = screen.getvalue().split("\r")[1:]
    assert first == "━" * 10 + " " * 11 + "[GAN] iteration 150 of 300, 4 s left"
    line = f"[GAN] iteration 200 of 300, {'w' * 28}, 4 s left"
    assert second == line, "there is no room"
    assert third.startswith("━" * 20 + " [GAN] iteration 300 of 300")
    screen.isatty = lambda: False  # as of a notebook
    assert progress._bar(0.5, 9) == ""


def test_a_line_can_be_left_before_the_end(clock, monkeypatch, capsys):
    monkeypatch.setattr(progress, "is_interactive", lambda stream: True)
    clock[:] = [0.0, 4.0]
    printer = ProgressPrinter("GAN", 300, "iteration")
    printer(100), printer.end()
    assert capsys.readouterr().out == "\r[GAN] iteration 100 of 300, 8 s left\n"
