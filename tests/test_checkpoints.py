"""Checkpoints: a fit that was cut goes on, and ends as if it had not been."""

import json
import os
import pickle
import shutil
import signal
from functools import partial
from pathlib import Path

import check_resume
import numpy as np
import pytest
import torch
from check_resume import CASES, die_at, digest, fitted
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from skgan import GANGenerator, storage
from skgan.callbacks import Checkpoint, EarlyStopping
from skgan.callbacks import checkpoints as room
from skgan.encoding import TableEncoder
from skgan.estimators import fitting, going_on, stopping
from skgan.estimators.fingerprints import fingerprint
from skgan.estimators.inputs import read_inputs, with_validation
from skgan.losses import LOSSES
from skgan.privacy import MIN_ROWS
from skgan.training import run

SMALL = {"encoder": "scaled", "max_iter": 40, "hidden_layer_sizes": (8,)}
SMALL |= {"batch_size": 16, "n_score_samples": 50, "n_clusters": 2, "random_state": 0}
X = np.random.default_rng(0).normal(size=(80, 3))


class Cut(RuntimeError):
    """What ends a fit in a test."""


class Cuts:
    """A callback that ends a fit at an iteration of a restart."""

    every = 10

    def __init__(self, n_iter, restart=1):
        self.moment = n_iter, restart

    def setup(self, estimator, context):
        pass

    teardown = on_fit_task_begin = setup

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        if metadata and (metadata["n_iter"], metadata["restart"]) == self.moment:
            raise Cut


def checkpoint(folder, **params):
    return Checkpoint(folder, **{"every": 10, **params})


def gan_with(*callbacks, **params):
    return GANGenerator(**SMALL | params).set_callbacks(*callbacks)


def cut(gan, n_iter, restart=1, y=None):
    """Fit until a moment."""
    callbacks = gan._skl_callbacks
    with pytest.raises(Cut):
        gan.set_callbacks(*callbacks, Cuts(n_iter, restart)).fit(X, y)
    assert not hasattr(gan, "_model")
    gan.set_callbacks(*callbacks)


def names(folder):
    return sorted(path.name for path in Path(folder).glob("*/*"))


def assert_same(gan, other):
    for name in ("generator_", "discriminator_"):
        networks = getattr(gan, name).state_dict(), getattr(other, name).state_dict()
        assert all(map(torch.equal, *(network.values() for network in networks)))
    rows = [one.sample(50, random_state=0) for one in (gan, other)]
    np.testing.assert_array_equal(*rows)
    np.testing.assert_array_equal(gan.loss_curve_, other.loss_curve_)
    assert gan.score(X) == other.score(X)


@pytest.mark.parametrize("moment", [(40, 1), (10, 2)])
def test_a_fit_goes_on_in_any_restart(tmp_path, monkeypatch, moment):
    params = {"n_init": 2, "dropout": 0.3}
    whole = GANGenerator(**SMALL | params).fit(X)
    gan = gan_with(checkpoint(tmp_path), **params)
    cut(gan, *moment)
    own, calls = run.iterate, []
    monkeypatch.setattr(run, "iterate", lambda *a: (calls.append(1), own(*a)))
    assert_same(gan.fit(X), whole)
    n_iter, restart = moment
    assert len(calls) == 2 * 40 - n_iter - 40 * (restart - 1)
    assert names(tmp_path)[-1] == "restart_002_iteration_000000040.checkpoint"


@pytest.mark.parametrize("step", ["snapshot", "scored", "refined"])
def test_what_follows_training_is_computed_again(tmp_path, monkeypatch, step):
    whole = GANGenerator(**SMALL, refinement="trees").fit(X)
    gan = gan_with(checkpoint(tmp_path), refinement="trees")
    with monkeypatch.context() as patch, pytest.raises(Cut):
        patch.setattr(fitting, step, lambda *_: (_ for _ in ()).throw(Cut))
        gan.fit(X)
    monkeypatch.setattr("skgan.training.run.iterate", lambda *_: pytest.fail("again"))
    assert_same(gan.fit(X), whole)
    assert gan.refinement_ == "trees"


def falling(estimator, X, y):
    """A score by which the first state is the best one."""
    return -float(estimator.n_iter_)


@pytest.mark.parametrize("moment", [(200, 1), (100, 2), (200, 2)])
def test_early_stopping_goes_on_with_the_best_state(tmp_path, monkeypatch, moment):
    params = {"max_iter": 500, "n_init": 2, "validation_fraction": 0.5}
    stops = EarlyStopping(scoring=falling, patience=2)
    whole = gan_with(stops, **params).fit(X)
    assert (whole.best_iter_, whole.n_iter_) == (100, 300)
    gan = gan_with(checkpoint(tmp_path, every=100), stops, **params)
    cut(gan, *moment)
    own, calls = run.iterate, []
    monkeypatch.setattr(run, "iterate", lambda *a: (calls.append(1), own(*a)))
    assert_same(gan.fit(X), whole)
    n_iter, restart = moment
    assert len(calls) == 2 * 300 - n_iter - 300 * (restart - 1)
    np.testing.assert_array_equal(gan.validation_scores_, whole.validation_scores_)
    assert gan.best_iter_ == 100


def test_rows_by_which_states_are_compared_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr(stopping, "MIN_INTERVALS", 1)
    params = {"max_iter": 300, "validation_fraction": 0.5, "early_stopping": True}
    whole = gan_with(**params).fit(X)
    gan = gan_with(checkpoint(tmp_path, every=100), **params)
    cut(gan, 200, 1)
    assert_same(gan.fit(X), whole)
    np.testing.assert_array_equal(gan.validation_scores_, whole.validation_scores_)
    assert len(whole.validation_scores_) == 3 and gan.best_iter_ == whole.best_iter_


def test_without_a_seed_the_same_fit_goes_on(tmp_path):
    """Its seed is in the file: rows are held out, and noise is drawn, as before."""
    every = checkpoint(tmp_path / "whole", keep=9)
    whole = gan_with(every, random_state=None, n_init=2).fit(X)
    early = next((tmp_path / "whole").glob("*/*001*020.checkpoint"))
    shutil.copytree(early.parent, tmp_path / "cut" / early.parent.name)
    for path in (tmp_path / "cut").glob("*/*"):
        if path.name != early.name:
            path.unlink()
    again = gan_with(checkpoint(tmp_path / "cut"), random_state=None, n_init=2).fit(X)
    assert_same(again, whole)
    other = gan_with(checkpoint(tmp_path / "new"), random_state=None, n_init=2).fit(X)
    assert not np.array_equal(other.loss_curve_, whole.loss_curve_)


N_CALLS = []


def breaking_loss(real, fake):
    """Finite but for the fifteenth call."""
    N_CALLS.append(1)
    return (fake - real) * (np.nan if len(N_CALLS) == 15 else 1.0)


def test_a_restart_that_diverged_stays_so(tmp_path):
    """A function of the user's breaks it, and would not break it again."""
    N_CALLS.clear()
    loss = breaking_loss, LOSSES["hinge"][1]
    gan = gan_with(checkpoint(tmp_path), n_init=2, loss=loss)
    cut(gan, 20, 2)
    with pytest.warns(UserWarning) as caught:
        gan.fit(X)
    texts = [str(warning.message) for warning in caught]
    assert any("does not hold what your own n_critic or loss keeps" in t for t in texts)
    assert any("1 of 2 restarts diverged" in text for text in texts)


@pytest.mark.parametrize("damage", ["cut short", "changed", "of others", "of one more"])
def test_a_file_that_is_not_whole_is_passed_over(tmp_path, damage):
    whole = GANGenerator(**SMALL).fit(X)
    gan = gan_with(checkpoint(tmp_path))
    cut(gan, 30)
    newest = max(tmp_path.glob("*/*"))
    content = bytearray(newest.read_bytes())
    problem = "it is no checkpoint of these"
    if damage == "cut short":
        newest.write_bytes(content[: len(content) // 2])
        problem = "cannot be read"
    elif damage == "changed":
        content[-9] ^= 1
        newest.write_bytes(content)
        problem = "the content has changed"
    elif damage == "of others":
        storage.write(newest, "GANGenerator", {"weights": np.ones(3)}, {})
    else:
        state = storage.read(newest)[1]
        storage.write(newest, "Checkpoint", state | {"fingerprint": "0" * 64}, {})
    with pytest.warns(
        UserWarning, match=f"passed over for the one before it: .*{problem}"
    ):
        gan.fit(X)
    assert_same(gan, whole)


def test_few_files_are_kept_and_only_those_of_this_fit(tmp_path):
    gan = gan_with(checkpoint(tmp_path, keep=3)).fit(X)
    assert names(tmp_path) == [
        f"restart_001_iteration_0000000{n}.checkpoint" for n in (20, 30, 40)
    ]
    before = names(tmp_path)
    cut(clone(gan).set_params(max_iter=41), 20)
    assert len(names(tmp_path)) == 3 + 2 and set(before) <= set(names(tmp_path))
    # One that begins anew takes the place of what was there
    cut(gan_with(checkpoint(tmp_path, keep=3, resume=False)), 20)
    assert names(tmp_path).count(before[0]) == 2
    assert len(names(tmp_path)) == 2 + 2


def test_the_file_before_stays_until_the_new_one_has_been_read(tmp_path, monkeypatch):
    gan = gan_with(checkpoint(tmp_path, keep=1))
    cut(gan, 20)
    own, before = room.storage.write, names(tmp_path)

    def write(path, *others):
        own(path, *others)
        path.write_bytes(path.read_bytes()[:-3])

    monkeypatch.setattr(room.storage, "write", write)
    with pytest.warns(UserWarning, match="could not be written: .* cannot be read"):
        gan.fit(X)
    assert set(before) < set(names(tmp_path))


def test_a_full_disk_ends_no_fit(tmp_path, monkeypatch):
    def write(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(room.storage, "write", write)
    with pytest.warns(UserWarning, match="could not be written: No space left"):
        gan = gan_with(checkpoint(tmp_path)).fit(X)
    assert_same(gan, GANGenerator(**SMALL).fit(X))


def test_a_fit_that_was_done_is_not_done_again(tmp_path, monkeypatch):
    gan = gan_with(checkpoint(tmp_path), random_state=None).fit(X)
    monkeypatch.setattr("skgan.training.run.iterate", lambda *_: pytest.fail("again"))
    assert_same(clone(gan).fit(X), gan)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_a_fit_that_went_on_goes_on(tmp_path, method):
    whole, gan = (GANGenerator(**SMALL, warm_start=True).fit(X) for _ in range(2))
    first = pickle.dumps(gan)
    gan.set_params(max_iter=80, batch_size=2)
    getattr(whole.set_params(max_iter=80, batch_size=2), method)(X)
    gan.set_callbacks(checkpoint(tmp_path), Cuts(60))
    with pytest.raises(Cut):
        getattr(gan, method)(X)
    assert gan.n_iter_ == 40
    again = pickle.loads(first).set_params(max_iter=80, batch_size=2)
    getattr(again.set_callbacks(checkpoint(tmp_path)), method)(X)
    assert_same(again, whole)


def test_another_machine_is_told(tmp_path, monkeypatch):
    gan = gan_with(checkpoint(tmp_path))
    cut(gan, 20)
    monkeypatch.setattr(going_on.torch, "get_num_threads", lambda: 7)
    rule = "equal up to rounding only: threads 1, now 7"
    with pytest.warns(UserWarning, match=rule) as caught:
        gan.fit(X)
    assert len(caught) == 1 and caught[0].filename == __file__


@pytest.mark.slow
def test_a_search_has_a_folder_for_each_fit(tmp_path):
    gan = gan_with(checkpoint(tmp_path))
    grid = {"learning_rate": [1e-3, 2e-3]}
    found = GridSearchCV(gan, grid, cv=2).fit(X)
    assert len([*tmp_path.iterdir()]) == 2 * 2 + 1
    again = GridSearchCV(clone(gan), grid, cv=2).fit(X)
    assert len([*tmp_path.iterdir()]) == 2 * 2 + 1
    assert_same(again.best_estimator_, found.best_estimator_)
    assert not hasattr(found.best_estimator_, "n_unseen_")


# ------------------------------------------------------------- what is the same fit


class Child(GANGenerator):
    """Another class of the same parameters."""


def print_of(X=X, y=None, X_val=None, stops=(), cls=GANGenerator, **params):
    gan = cls(**params).set_callbacks(*stops)
    inputs = with_validation(read_inputs(gan, X, y, MIN_ROWS), gan, X_val, None)
    return fingerprint(gan, inputs)


def own_loss(shift):
    def loss(real, fake):
        return fake - real + shift

    return loss, loss


def loss_of_default(shift):
    def loss(real, fake, shift=shift):
        return fake - real + shift

    return loss, loss


class Scaled:
    """A loss that is a method of an object."""

    def __init__(self, factor):
        self.factor = factor

    def loss(self, real, fake):
        return self.factor * (fake - real)


def test_the_same_parameters_and_data_have_the_same_fingerprint():
    assert print_of() == print_of(X.copy()) == print_of(X.tolist())
    assert print_of() == print_of(device="cpu", verbose=1, warm_start=True)
    assert print_of(loss=own_loss(1.0)) == print_of(loss=own_loss(1.0))
    methods = ((Scaled(1.0).loss,) * 2 for _ in range(2))
    assert print_of(loss=next(methods)) == print_of(loss=next(methods))
    stream = partial(np.random.RandomState, 3)
    assert print_of(random_state=stream()) == print_of(random_state=stream())
    assert print_of(encoder=TableEncoder()) == print_of(encoder=TableEncoder())
    adam = partial(torch.optim.Adam, betas=(0.5, 0.9))
    again = partial(torch.optim.Adam, betas=(0.5, 0.9))
    assert print_of(optimizer=adam) == print_of(optimizer=again)


OTHERS = [
    {"cls": Child},
    {"stops": [EarlyStopping()]},
    {"stops": [EarlyStopping(patience=2)]},
    {"X_val": X[:9]},
    {"X_val": X[1:10]},
    {"X": X[::-1]},
    {"X": X[1:]},
    {"max_iter": 9},
    {"random_state": 0},
    {"random_state": np.random.RandomState(3)},
    {"random_state": np.random.RandomState(4)},
    {"loss": own_loss(1.0)},
    {"loss": own_loss(2.0)},
    {"loss": loss_of_default(1.0)},
    {"loss": loss_of_default(2.0)},
    {"loss": (lambda real, fake: fake, own_loss(1.0)[0])},
    {"loss": (lambda real, fake: fake + 1.0, own_loss(1.0)[0])},
    {"loss": (lambda real, fake: fake + 2.0, own_loss(1.0)[0])},
    {"loss": (lambda real, fake: fake.abs(), own_loss(1.0)[0])},
    {"loss": (lambda real, fake: fake.relu(), own_loss(1.0)[0])},
    {"loss": (Scaled(1.0).loss, own_loss(1.0)[0])},
    {"loss": (Scaled(2.0).loss, own_loss(1.0)[0])},
    {"loss": own_loss(torch.tensor(1.0))},
    {"loss": own_loss(torch.tensor(2.0))},
    {"optimizer": torch.optim.Adam},
    {"optimizer": partial(torch.optim.Adam, betas=(0.5, 0.9))},
    {"optimizer": partial(torch.optim.Adam, betas=(0.5, 0.8))},
    {"encoder": "table"},
    {"encoder": TableEncoder()},
    {"encoder": TableEncoder(on_identifiers="error")},
    {"class_conditional": True, "y": np.arange(80) % 2},
    {"class_conditional": True, "y": np.arange(80) % 4 // 2},
    {"penalty": ["r1"]},
    {"penalty": ["r2"]},
]


def test_other_ones_have_others():
    prints = [print_of(), *(print_of(**other) for other in OTHERS)]
    assert len(set(prints)) == len(prints)


@pytest.mark.parametrize("name", ["every", "keep"])
def test_numbers_are_positive(tmp_path, name):
    with pytest.raises(ValueError, match=f"{name} must be a positive integer, got 0"):
        Checkpoint(tmp_path, **{name: 0})


# ------------------------------------------------------------------------- SIGKILL


def in_child(function, path):
    """The JSON that a function gives in a forked process; None if that was killed."""
    child = os.fork()
    if not child:
        try:
            path.write_text(json.dumps(function()))
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) == -signal.SIGKILL:
        return None
    return json.loads(path.read_text())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
@pytest.mark.parametrize(("case", "n_syncs"), [("labels", 5), ("dropout", 14)])
def test_a_killed_process_is_as_if_it_had_not_been(
    tmp_path, monkeypatch, case, n_syncs
):
    """Killed while it writes a file, before and after that has its name."""
    gan, data = CASES[case]
    gan = clone(gan).set_params(max_iter=60, n_score_samples=50)
    monkeypatch.setitem(CASES, case, (gan, partial(data, 90)))
    monkeypatch.setattr(check_resume, "EVERY", 10)
    whole = in_child(lambda: digest(fitted(case)), tmp_path / "whole")

    def killed():
        die_at(n_syncs)
        fitted(case, tmp_path / "files")

    assert in_child(killed, tmp_path / "killed") is None
    assert len(names(tmp_path / "files")) >= 3
    resumed = lambda: digest(fitted(case, tmp_path / "files"))  # noqa: E731
    assert in_child(resumed, tmp_path / "resumed") == whole is not None
