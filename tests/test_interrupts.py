"""Ctrl-C: whenever it comes, what was trained is kept, and who called is asked."""

import io
import os
import signal
import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from skgan import (
    DCGANGenerator,
    DiscriminatorFeatures,
    GANGenerator,
    GANOverSampler,
    progress,
)
from skgan.estimators import fitting, report
from skgan.exceptions import InterruptedWarning
from skgan.model_selection.augmentation_gain import augmentation_gain

SMALL = {"encoder": "scaled", "max_iter": 30, "hidden_layer_sizes": (8,)}
SMALL |= {"n_score_samples": 100, "random_state": 0}
KEPT = "Interrupted: what was trained is kept."


class Interrupts:
    """A callback that presses Ctrl-C after an interval, or at another event."""

    every = 10

    def __init__(self, event="interval", n_iter=10):
        self.event, self.n_iter, self.n_fits = event, n_iter, 0

    def setup(self, estimator, context):
        self.n_fits += 1

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        n_iter = metadata["n_iter"] if metadata else self.n_iter
        if (context.task_name, n_iter) == (self.event, self.n_iter):
            raise KeyboardInterrupt

    def teardown(self, estimator, context):
        if self.event == "teardown":
            raise KeyboardInterrupt


def interrupted(name, monkeypatch, at=(1,)):
    """Press Ctrl-C in the calls of a function that are counted so, before its work.

    Returns the list of all calls.
    """
    own, calls = getattr(fitting, name), []

    def function(*args):
        calls.append(name)
        if len(calls) in at:
            raise KeyboardInterrupt
        return own(*args)

    monkeypatch.setattr(fitting, name, function)
    return calls


@pytest.fixture
def gan():
    return GANGenerator(**SMALL)


@pytest.fixture
def after_10(blobs):
    """Samples of the state after 10 of 30 iterations."""

    class Stops(Interrupts):
        def on_fit_task_end(self, estimator, context):
            return context.task_name == "interval"

    gan = GANGenerator(**SMALL).set_callbacks(Stops()).fit(blobs)
    return gan.sample(9, random_state=0)


def test_the_first_says_what_happens_and_keeps_the_state(gan, blobs, after_10, capsys):
    kept = r"after 10 iterations is kept\.$"
    with pytest.warns(InterruptedWarning, match=kept) as caught:
        fitted = gan.set_callbacks(Interrupts()).fit(blobs)
    assert caught[0].filename == __file__ and fitted is gan and gan.n_iter_ == 10
    np.testing.assert_array_equal(gan.sample(9, random_state=0), after_10)
    assert np.isfinite(gan.score(blobs)) and np.isfinite(gan.discriminate(blobs)).all()
    told = f"[GANGenerator] {KEPT} Scores follow, and Ctrl-C again ends at once"
    assert capsys.readouterr().err.startswith(told)


@pytest.mark.parametrize("step", ["scored", "refined"])
def test_what_was_being_computed_is_left_out(step, blobs, monkeypatch, capsys):
    whole = GANGenerator(**SMALL, refinement="trees").fit(blobs)
    interrupted(step, monkeypatch)
    left_out = "scores and refinement" if step == "scored" else "refinement"
    with pytest.warns(UserWarning, match=f"30 iterations is kept, without {left_out}"):
        gan = GANGenerator(**SMALL, refinement="trees").fit(blobs)
    assert KEPT in capsys.readouterr().err and gan.refinement_ is None
    rows = [one.sample(9, refine=False, random_state=0) for one in (gan, whole)]
    np.testing.assert_array_equal(*rows)
    if step == "refined":
        assert np.isfinite(gan.score(blobs))
    else:
        with pytest.raises(NotFittedError, match="when Ctrl-C comes while they are"):
            gan.score(blobs)


@pytest.mark.parametrize("phase", ["scores", "refinement", "report"])
def test_where_a_phase_begins_what_was_trained_is_kept(phase, blobs, monkeypatch):
    """Memory is given back then, which takes a moment."""
    whole = GANGenerator(**SMALL, refinement="trees").fit(blobs)
    own = report.begin_phase

    def begin_phase(estimator, name):
        own(estimator, name)
        if name == phase:
            raise KeyboardInterrupt

    monkeypatch.setattr(report, "begin_phase", begin_phase)
    with pytest.warns(InterruptedWarning, match="30 iterations is kept"):
        gan = GANGenerator(**SMALL, refinement="trees").fit(blobs)
    assert (gan.refinement_ is None) == (phase != "report")
    rows = [one.sample(9, refine=False, random_state=0) for one in (gan, whole)]
    np.testing.assert_array_equal(*rows)


def test_the_line_of_progress_ends_before_the_message(gan, blobs, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    with pytest.warns(InterruptedWarning):
        gan.set_params(verbose=1).set_callbacks(Interrupts()).fit(blobs)
    before = screen.getvalue().partition(f"[GANGenerator] {KEPT}")[0]
    assert before.endswith(" left\n") and "iteration 10 of 30" in before


@pytest.mark.parametrize("times", [(1,), (1, 2)])
def test_the_state_is_taken_again_where_that_is_cut(
    gan, blobs, after_10, monkeypatch, times
):
    """By the second Ctrl-C, or by the second and the third."""
    interrupted("snapshot", monkeypatch, times)
    gan.set_callbacks(Interrupts())
    if len(times) == 1:
        with pytest.raises(KeyboardInterrupt):
            gan.fit(blobs)
        np.testing.assert_array_equal(gan.sample(9, random_state=0), after_10)
    else:
        with pytest.raises(KeyboardInterrupt):
            gan.fit(blobs)
        assert not hasattr(gan, "n_features_in_")


def test_the_second_ends_at_once_with_what_was_trained(
    gan, blobs, after_10, monkeypatch, capsys
):
    interrupted("scored", monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        gan.set_callbacks(Interrupts()).fit(blobs)
    np.testing.assert_array_equal(gan.sample(9, random_state=0), after_10)
    assert not hasattr(gan, "validation_score_")
    assert capsys.readouterr().err.count("Interrupted") == 1


def test_scores_of_a_restart_that_are_cut_leave_the_earlier_ones(
    gan, blobs, monkeypatch
):
    calls = interrupted("scored", monkeypatch, at=(2,))
    with pytest.warns(UserWarning, match=r"after 30 iterations is kept\.$"):
        gan.set_params(n_init=3).fit(blobs)
    assert len(calls) == 2, "no third one begins"
    alone = GANGenerator(**SMALL).fit(blobs)
    assert gan.validation_score_ == alone.validation_score_


@pytest.mark.parametrize("n_init", [1, 2])
def test_a_run_that_has_not_begun_is_not_kept(n_init, gan, blobs):
    """Ctrl-C before the first iteration of the last restart."""
    n_runs = []

    class AtOnce(Interrupts):
        def on_fit_task_begin(self, estimator, context):
            if context.task_name == "interval" and not self.n_iter % 30:
                n_runs.append(1)
                if len(n_runs) == n_init:
                    raise KeyboardInterrupt
            self.n_iter += 10 * (context.task_name == "interval")

    gan.set_params(n_init=n_init).set_callbacks(AtOnce("none", 0))
    if n_init == 1:
        with pytest.raises(KeyboardInterrupt):
            gan.fit(blobs)
        assert not hasattr(gan, "generator_")
        return
    with pytest.warns(UserWarning, match=r"after 30 iterations is kept\.$"):
        gan.fit(blobs)
    alone = GANGenerator(**SMALL).fit(blobs)
    assert gan.validation_score_ == alone.validation_score_


@pytest.mark.parametrize("event", ["fit", "teardown"])
def test_a_whole_fit_is_kept_where_callbacks_end(gan, blobs, event):
    gan.set_callbacks(Interrupts(event))
    if event == "teardown":  # scikit-learn calls it, and passes it on
        with pytest.raises(KeyboardInterrupt):
            gan.fit(blobs)
    else:
        with pytest.warns(UserWarning, match=r"after 30 iterations is kept\.$"):
            gan.fit(blobs)
    assert np.isfinite(gan.score(blobs))


def test_warnings_that_are_errors_keep_the_state_too(gan, blobs, after_10):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="interrupted by user"):
            gan.set_callbacks(Interrupts()).fit(blobs)
    np.testing.assert_array_equal(gan.sample(9, random_state=0), after_10)


def test_numbers_that_are_not_finite_are_not_kept(gan, blobs):
    """Though nobody has looked at them before Ctrl-C."""
    calls = []

    def loss(real, fake):
        calls.append(1)
        if len(calls) == 9:
            raise KeyboardInterrupt
        return (fake - real) * (1 if len(calls) < 7 else np.nan)

    with pytest.raises(ArithmeticError, match="non-finite at iteration"):
        gan.set_params(loss=(loss, loss)).fit(blobs)
    assert not hasattr(gan, "generator_")


CALLERS = {
    "search": lambda gan, X, y: GridSearchCV(gan, {"max_iter": [30]}, cv=3).fit(X),
    "cross-validation": lambda gan, X, y: cross_val_score(gan, X, cv=3),
    "pipeline": lambda gan, X, y: make_pipeline(MinMaxScaler(), gan).fit(X),
    "sampler": lambda gan, X, y: GANOverSampler(gan).fit_resample(X, y),
    "gain": lambda gan, X, y: augmentation_gain(
        LogisticRegression(), X, y, GANOverSampler(gan), cv=2
    ),
}


@pytest.mark.parametrize("caller", CALLERS)
def test_an_interrupt_ends_the_whole(caller, gan, blobs, monkeypatch, capsys):
    """No scores are waited for, and no further fit begins."""
    n_fits = []
    own = fitting.new_run
    monkeypatch.setattr(fitting, "new_run", lambda *a: (n_fits.append(1), own(*a))[1])

    def loss(real, fake):
        if len(n_fits) == 1 and next(calls) == 20:
            raise KeyboardInterrupt
        return fake - real

    calls = iter(range(10**9))
    y = (np.arange(len(blobs)) < 100).astype(int)
    monkeypatch.setattr(
        fitting, "scored", lambda *_: pytest.fail("no scores are needed")
    )
    with pytest.raises(KeyboardInterrupt):
        CALLERS[caller](gan.set_params(loss=(loss, loss)), blobs, y)
    assert len(n_fits) == 1
    error = capsys.readouterr().err
    assert "Interrupted: this fit ends, and its caller says what follows." in error


def test_a_pipeline_keeps_what_its_last_step_has_learned(gan, blobs, after_10):
    pipeline = make_pipeline(MinMaxScaler(), gan.set_callbacks(Interrupts()))
    with pytest.raises(KeyboardInterrupt):
        pipeline.fit(blobs)
    assert gan.n_iter_ == 10 and np.isfinite(gan.sample(9)).all()


def test_features_keep_what_was_trained(digits):
    gan = DCGANGenerator(base_channels=4, max_iter=8, n_score_samples=50)
    calls = []

    def loss(real, fake):
        calls.append(1)
        if len(calls) == 12:
            raise KeyboardInterrupt
        return fake - real

    features = DiscriminatorFeatures(gan.set_params(loss=(loss, loss)))
    with pytest.raises(KeyboardInterrupt):
        features.fit(digits[:60])
    assert 0 < features.estimator_.n_iter_ < 8
    assert np.isfinite(features.transform(digits[:5])).all()


SCRIPT = """
import sys
import numpy as np
from skgan import GANGenerator
gan = GANGenerator(max_iter=10**7, encoder="scaled", n_score_samples=50)
class Told:
    def setup(self, estimator, context):
        pass
    teardown = on_fit_task_begin = setup
    def on_fit_task_end(self, estimator, context):
        print("interval", flush=True)
gan.set_callbacks(Told()).fit(np.random.default_rng(0).normal(size=(60, 2)))
assert np.isfinite(gan.sample(5)).all() and np.isfinite(gan.score(gan.sample(5)))
print("kept")
"""


def test_a_signal_in_the_middle_of_an_iteration(gan, blobs):
    calls = []
    # What a shell has started in the background ignores it
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def loss(real, fake):
        calls.append(1)
        if len(calls) == 20:
            signal.raise_signal(signal.SIGINT)
        return fake - real

    with pytest.warns(UserWarning, match=r"interrupted by user: .* is kept\.$"):
        try:
            gan.set_params(loss=(loss, loss)).fit(blobs)
        finally:
            signal.signal(signal.SIGINT, before)
    assert 0 < gan.n_iter_ < 30 and np.isfinite(gan.score(blobs))


@pytest.mark.slow
def test_a_signal_to_a_script(tmp_path):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    script = subprocess.Popen(
        [sys.executable, path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        text=True,
    )
    script.stdout.readline()
    script.send_signal(signal.SIGINT)
    out, error = script.communicate(timeout=100)
    assert script.returncode == 0, error
    assert out.endswith("kept\n") and KEPT in error
    assert "script.py:" in error and "InterruptedWarning: Training interrupted" in error
