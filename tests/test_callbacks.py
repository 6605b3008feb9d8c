"""scikit-learn's callback protocol."""

import numpy as np
import pytest
import torch
from sklearn.callback import ProgressBar
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skgan import GANGenerator

SMALL = {"max_iter": 250, "hidden_layer_sizes": (8,), "n_score_samples": 100}


class Monitor:
    """Records the events; samples and scores at the end of every block."""

    def __init__(self, stop_after=None):
        self.events, self.scores, self.stop_after = [], [], stop_after

    def setup(self, estimator, context):
        self.events.append(("setup", context.task_name))

    def teardown(self, estimator, context):
        self.events.append(("teardown", context.task_name))

    def on_fit_task_begin(self, estimator, context):
        self.events.append(("begin", context.task_name))
        torch.rand(3)  # a careless callback: the global stream

    def on_fit_task_end(self, estimator, context, *, X=None, fitted_estimator=None):
        self.events.append(("end", context.task_name))
        if context.task_name == "block":
            torch.rand(3)
            fitted_estimator.sample(10)
            fitted_estimator.discriminate(X)
            self.scores.append(fitted_estimator.score(X))
        return len(self.scores) == self.stop_after


@pytest.fixture
def gan():
    return GANGenerator(**SMALL, random_state=0)


def test_a_leaf_is_a_block_of_a_hundred_iterations(gan, blobs):
    monitor = Monitor()
    gan.set_callbacks(monitor).fit(blobs)
    block = [("begin", "block"), ("end", "block")]
    assert monitor.events == [
        ("setup", "fit"),
        ("begin", "fit"),
        *block * 3,
        ("end", "fit"),
        ("teardown", "fit"),
    ]
    assert len(monitor.scores) == 3 and np.isfinite(monitor.scores).all()


def test_a_callback_that_samples_changes_nothing(blobs):
    """Bit-identical, dropout and random penalties included."""
    gan = GANGenerator(**SMALL, random_state=0, dropout=0.5, penalty="interpolated")
    alone = gan.fit(blobs).sample(20, random_state=0)
    watched = gan.set_callbacks(Monitor()).fit(blobs)
    np.testing.assert_array_equal(alone, watched.sample(20, random_state=0))


def test_a_callback_can_stop(gan, blobs):
    gan.set_callbacks(Monitor(stop_after=2)).fit(blobs)
    assert gan.n_iter_ == len(gan.loss_curve_) == 200
    assert gan.sample(3).shape == (3, 2)


def test_blocks_of_every_start_are_reported(gan, blobs):
    monitor = Monitor()
    gan.set_params(n_init=2).set_callbacks(monitor).fit(blobs)
    assert monitor.events.count(("end", "block")) == 6
    assert monitor.events.count(("end", "fit")) == 1


def test_callbacks_are_torn_down_when_a_fit_fails(blobs):
    monitor = Monitor()
    gan = GANGenerator(optimizer="sgd", learning_rate=1e18, loss="least_squares")
    with pytest.raises(ArithmeticError):
        gan.set_callbacks(monitor).fit(blobs)
    assert monitor.events[-1] == ("teardown", "fit")


def test_the_state_given_to_callbacks_is_a_copy(gan, blobs):
    class Vandal(Monitor):
        def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
            if context.task_name == "block":
                for weight in fitted_estimator.generator_.parameters():
                    weight.data.zero_()

    alone = gan.fit(blobs).sample(20, random_state=0)
    gan.set_callbacks(Vandal()).fit(blobs)
    np.testing.assert_array_equal(alone, gan.sample(20, random_state=0))


def test_progress_bar(gan, blobs, capsys):
    gan.set_callbacks(ProgressBar()).fit(blobs)
    out = capsys.readouterr().out
    assert "GANGenerator - fit" in out and "100%" in out


def test_progress_bar_through_pipeline_and_search(gan, blobs, capsys):
    pipeline = make_pipeline(StandardScaler(), gan)
    search = GridSearchCV(pipeline, {"gangenerator__loss": ["hinge"]}, cv=2)
    search.set_callbacks(ProgressBar(max_propagation_depth=None)).fit(blobs)
    out = capsys.readouterr().out
    assert "GridSearchCV - fit" in out and "GANGenerator - fit" in out
