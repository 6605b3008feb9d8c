"""Restarts, Ctrl-C, divergence: what becomes of a fit that does not go as planned."""

import numpy as np
import pytest
import torch
from torch import nn

from skgan import GANGenerator
from skgan.estimators.finish import scored
from skgan.exceptions import DivergenceError
from skgan.losses import LOSSES, AdversarialLoss
from skgan.networks import mlp_discriminator, mlp_generator

SMALL = {
    "encoder": "scaled",
    "max_iter": 3,
    "hidden_layer_sizes": (16,),
    "n_score_samples": 200,
}


def small(**params):
    return GANGenerator(**{"random_state": 0, **SMALL, **params})


def test_divergence_stops_the_fit_and_leaves_nothing(blobs):
    gan = small(
        optimizer="sgd",
        learning_rate=1e18,
        max_iter=50,
        loss="least_squares",
        penalty=None,
    )
    before = torch.get_rng_state()
    with pytest.raises(
        DivergenceError, match=r"non-finite at iteration \d+\. Try a smal"
    ):
        gan.fit(blobs)
    assert not hasattr(gan, "generator_") and not hasattr(gan, "n_features_in_")
    assert torch.equal(before, torch.get_rng_state())


def test_ctrl_c_keeps_the_state(blobs):
    calls = []

    def interrupting(real_logits, fake_logits):
        calls.append(1)
        if len(calls) == 30:  # the first call is that of the dry run
            raise KeyboardInterrupt
        return LOSSES["hinge"].generator(real_logits, fake_logits)

    loss = AdversarialLoss(LOSSES["hinge"].discriminator, interrupting)
    with pytest.warns(
        UserWarning, match="interrupted by user: the state after 28 iterat"
    ):
        gan = small(loss=loss, max_iter=500).fit(blobs)
    assert gan.n_iter_ == 28 and gan.loss_curve_.shape == (28, 2)
    assert np.isfinite(gan.sample(5)).all()


class Watcher:
    """A callback that calls a function at the end of every interval, or of the fit."""

    def __init__(self, function, task_name="interval"):
        self.function, self.task_name, self.n_ends = function, task_name, 0

    def setup(self, estimator, context):
        pass

    teardown = on_fit_task_begin = setup

    def on_fit_task_end(self, estimator, context):
        if context.task_name == self.task_name:
            self.n_ends += 1
            return self.function()


def interrupt(*_):
    raise KeyboardInterrupt


def test_ctrl_c_ends_all_restarts(blobs):
    watcher = Watcher(lambda: interrupt() if watcher.n_ends == 2 else False)
    gan = small(max_iter=300, n_init=3).set_callbacks(watcher)
    with pytest.warns(UserWarning, match="the state after 200 iterations is kept"):
        gan.fit(blobs)
    assert gan.n_iter_ == 200 and watcher.n_ends == 2


def test_ctrl_c_at_the_beginning_of_a_restart_keeps_the_earlier_ones(blobs):
    calls = []

    def discriminator(n_inputs):
        calls.append(1)
        return interrupt() if len(calls) == 2 else mlp_discriminator(n_inputs)

    gan = small(n_init=3, discriminator=discriminator)
    with pytest.warns(UserWarning, match="interrupted by user"):
        gan.fit(blobs)
    assert gan.n_iter_ == 3 and len(calls) == 2


def test_a_callback_that_stops_ends_all_restarts(blobs):
    watcher = Watcher(lambda: True)
    gan = small(max_iter=300, n_init=3).set_callbacks(watcher).fit(blobs)
    assert gan.n_iter_ == 100 and watcher.n_ends == 1


def broken_generator(latent_dim, n_outputs):
    network = mlp_generator(latent_dim, n_outputs)
    nn.init.constant_(network[0].weight, float("nan"))
    return network


def test_a_restart_that_diverges_does_not_spoil_the_others(blobs):
    factories = iter([broken_generator, mlp_generator, broken_generator])
    gan = small(n_init=3, generator=lambda *sizes: next(factories)(*sizes))
    with pytest.warns(UserWarning, match="2 of 3 restarts diverged and were left out"):
        gan.fit(blobs)
    assert np.isfinite(gan.sample(5)).all()
    with pytest.raises(DivergenceError, match="non-finite at iteration 0"):
        small(n_init=3, generator=broken_generator).fit(blobs)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("max_iter", [1, 3])
@pytest.mark.parametrize("learning_rate", [1e8, 1e18, 1e36])
def test_outputs_that_overflow_are_a_divergence(blobs, loss, max_iter, learning_rate):
    gan = small(
        optimizer="sgd", learning_rate=learning_rate, max_iter=max_iter, loss=loss
    )
    try:
        gan.fit(blobs)
    except DivergenceError as error:
        assert 0 <= error.iteration < max_iter
    else:
        assert np.isfinite(gan.sample(50)).all()


def test_a_fit_that_fails_at_its_very_end_changes_nothing(blobs):
    def fail():
        raise RuntimeError("late")

    gan = small().fit(blobs)
    expected = gan.sample(5, random_state=0), gan.discriminate(blobs)
    for fitted in (gan, small()):
        before = dict(vars(fitted))
        watcher = Watcher(fail, task_name="fit")
        with pytest.raises(RuntimeError, match="late"):
            fitted.set_callbacks(watcher).fit(np.arange(120).reshape(20, 6))
        fitted.set_callbacks()
        assert vars(fitted) == before
    np.testing.assert_array_equal(gan.sample(5, random_state=0), expected[0])
    np.testing.assert_array_equal(gan.discriminate(blobs), expected[1])


def test_ctrl_c_at_once_is_passed_on(blobs):
    gan = small(loss=(interrupt, interrupt))
    with pytest.raises(KeyboardInterrupt):
        gan.fit(blobs)
    assert not hasattr(gan, "generator_")


def test_n_init_keeps_the_best_restart(blobs, split, monkeypatch):
    scores = []

    def recording(model, plan):
        model = scored(model, plan)
        scores.append(model.validation_score)
        return model

    monkeypatch.setattr("skgan.estimators.fitting.scored", recording)
    gan = small(n_init=4).fit(blobs)
    assert len(scores) == len(set(scores)) == 4
    assert gan.validation_score_ == max(scores)
    held_out_score = gan.score(split(blobs, 0.1)[1])
    assert held_out_score == pytest.approx(gan.validation_score_)
