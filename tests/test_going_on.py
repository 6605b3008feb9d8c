"""A second fit, and one pass after another: training goes on where it ended."""

import pickle
from math import ceil

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingGridSearchCV

from skgan import DCGANGenerator, GANGenerator, storage
from skgan.exceptions import DivergenceError
from skgan.losses import LOSSES
from skgan.training import BatchStream, Player

SMALL = {"max_iter": 20, "batch_size": 16, "n_score_samples": 50, "random_state": 0}
ROWS = SMALL | {"hidden_layer_sizes": (8,), "n_clusters": 3}
SCALED = ROWS | {"encoder": "scaled"}


def frame(n_rows=96, seed=0):
    """Numbers, words of which some are rare, and gaps; and labels."""
    rng = np.random.default_rng(seed)
    words = rng.choice([*"abc", "once"], n_rows, p=[0.4, 0.3, 0.28, 0.02])
    size = np.where(rng.random(n_rows) < 0.2, np.nan, rng.lognormal(size=n_rows))
    table = pd.DataFrame(
        {"word": words, "size": size, "count": rng.integers(3, size=n_rows)}
    )
    return table, np.where(np.arange(n_rows) % 4, "many", "few")


def images(n_rows=64):
    rng = np.random.default_rng(0)
    return rng.random((n_rows, 8, 8, 1)), rng.integers(2, size=n_rows)


def numbers(n_rows=96):
    return np.random.default_rng(0).normal(size=(n_rows, 3)), None


def learned(gan):
    """All numbers of what was learned, by name."""
    samples = pd.DataFrame(np.asarray(gan.sample(30, random_state=0)).reshape(30, -1))
    found = {"losses": gan.loss_curve_, "samples": samples.to_csv()}
    for name in ("generator_", "discriminator_"):
        for key, value in getattr(gan, name).state_dict().items():
            found[f"{name}.{key}"] = value.numpy()
    return found


def assert_equal(gan, other):
    found, expected = learned(gan), learned(other)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value, err_msg=name)


CASES = {
    "numbers": (GANGenerator(**SCALED, dropout=0.3), numbers),
    "labels": (GANGenerator(**ROWS, class_conditional=True), frame),
    "batch normalization": (
        DCGANGenerator(
            **SMALL, base_channels=2, normalization="batch", loss="hinge", n_clusters=2
        ),
        images,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_at_a_constant_rate_two_fits_are_one(case):
    """To the last bit: networks, samples, scores, and the rows that are held out."""
    gan, data = CASES[case]
    (X, y), params = data(), {**gan.get_params(), "learning_rate_decay": None}
    whole = type(gan)(**params).fit(X, y)
    assert whole._run_state is None
    parts = type(gan)(**params).set_params(max_iter=8, warm_start=True).fit(X, y)
    encoder = parts.encoder_
    parts.set_params(max_iter=20).fit(X, y)
    assert parts.n_iter_ == 20 and parts.encoder_ is encoder
    assert_equal(parts, whole)
    assert parts.score(X, y) == whole.score(X, y)
    np.testing.assert_array_equal(parts.discriminate(X, y), whole.discriminate(X, y))


def test_the_rate_decays_anew(monkeypatch):
    rates, own = [], Player.set_rate
    monkeypatch.setattr(
        Player, "set_rate", lambda p, rate: (rates.append(rate), own(p, rate))
    )
    gan = GANGenerator(**SCALED | {"max_iter": 4}, warm_start=True)
    gan.fit(numbers()[0]).set_params(max_iter=8).fit(numbers()[0])
    assert rates[::2] == [1.0, 0.75, 0.5, 0.25, 0.5, 0.375, 0.25, 0.125]


def test_without_a_seed_the_same_rows_are_held_out():
    X = numbers()[0]
    gan = GANGenerator(**SCALED | {"random_state": None}, warm_start=True).fit(X)
    before, seed = gan._run_state["stream"], gan._model.seed
    gan.set_params(max_iter=25).fit(X)
    np.testing.assert_equal(gan._run_state["stream"], before)
    assert gan._model.seed == seed


def test_the_best_restart_goes_on():
    X = numbers()[0]
    gan = GANGenerator(**SCALED, n_init=3, warm_start=True).fit(X)
    first = gan.loss_curve_
    gan.set_params(max_iter=22).fit(X)
    assert gan.n_iter_ == 22
    np.testing.assert_array_equal(gan.loss_curve_[:20], first)


def test_max_iter_is_a_total():
    X = numbers()[0]
    gan = GANGenerator(**SCALED, warm_start=True).fit(X)
    before = learned(gan)
    with pytest.raises(ValueError, match="max_iter=19 must be at least the number of"):
        gan.set_params(max_iter=19).fit(X)
    with pytest.warns(UserWarning, match="No iterations were added: .* max_iter=20"):
        gan.set_params(max_iter=20).fit(X)
    np.testing.assert_equal(learned(gan), before)


def test_a_state_survives_a_pickle():
    X = numbers()[0]
    gan = GANGenerator(**SCALED, warm_start=True).fit(X)
    again = pickle.loads(pickle.dumps(gan))
    for one in (gan, again):
        one.set_params(max_iter=30).fit(X)
    assert_equal(again, gan)


@pytest.mark.parametrize("stops", [False, True])
def test_a_state_is_plain_and_has_nothing_of_rows(tmp_path, stops):
    def shapes(tree):
        if isinstance(tree, dict | list | tuple):
            values = tree.values() if isinstance(tree, dict) else tree
            return [shape for value in values for shape in shapes(value)]
        return [np.shape(tree)]

    params = {"early_stopping": stops, "validation_fraction": 0.5, "warm_start": True}
    gans = [GANGenerator(**SCALED, **params).fit(numbers(n)[0]) for n in (96, 150)]
    few, many = (gan._run_state for gan in gans)
    assert shapes(few) == shapes(many)
    storage.write(tmp_path / "state", "State", few, {})
    np.testing.assert_equal(storage.read(tmp_path / "state")[1], few)
    assert gans[0].set_params(max_iter=22).fit(numbers(96)[0]).n_iter_ == 22


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"hidden_layer_sizes": (9,)},
            "parameters or the code that make them must be",
        ),
        ({"optimizer": "sgd"}, "must be as they were: the state is of another optim"),
        ({"class_conditional": True}, "class_conditional must be what it was .* True"),
    ],
)
def test_other_networks_do_not_go_on(params, message):
    (X, y), gan = frame(), GANGenerator(**ROWS, warm_start=True)
    gan.fit(X)
    before = learned(gan)
    with pytest.raises(ValueError, match=message):
        gan.set_params(**params, max_iter=30).fit(X, y)
    np.testing.assert_equal(learned(gan), before)


by_method = pytest.mark.parametrize(
    "method", ["partial_fit", pytest.param("fit", marks=pytest.mark.slow)]
)


class Breaks:
    """A loss that breaks after so many calls: with numbers, or Ctrl-C."""

    def __init__(self, interrupts):
        self.interrupts, self.n_left = interrupts, np.inf

    def __call__(self, real, fake):
        self.n_left -= 1
        if self.n_left <= 0 and self.interrupts:
            self.n_left = np.inf
            raise KeyboardInterrupt
        return (fake - real) * (np.nan if self.n_left <= 0 else 1.0)


@by_method
def test_what_fails_leaves_all_as_it_was(method):
    X, breaks = numbers()[0], Breaks(interrupts=False)
    gan, other = (
        GANGenerator(**SCALED, warm_start=True, loss=(breaks, LOSSES["hinge"][1]))
        for _ in range(2)
    )
    for one in (gan, other):
        getattr(one, method)(X)
        one.set_params(max_iter=30)
    kept = pickle.dumps(vars(gan)["_run_state"])
    with pytest.raises(ValueError, match="has 2 features"):
        getattr(gan, method)(X[:, :2])
    breaks.n_left = 4
    with pytest.raises(DivergenceError):
        getattr(gan, method)(X)
    breaks.n_left = np.inf
    assert pickle.dumps(gan._run_state) == kept
    assert_equal(gan, other)
    for one in (gan, other):
        getattr(one, method)(X)
    assert_equal(gan, other)


@by_method
def test_ctrl_c_keeps_what_was_trained(method):
    X, breaks = numbers()[0], Breaks(interrupts=True)
    gan = GANGenerator(**SCALED, warm_start=True, loss=(breaks, LOSSES["hinge"][1]))
    n_before = getattr(gan, method)(X).n_iter_
    breaks.n_left = 4  # the first is a dry run
    with pytest.warns(UserWarning, match=f"state after {n_before + 2} iterations is k"):
        getattr(gan.set_params(max_iter=30), method)(X)
    assert gan.n_iter_ == gan._run_state["runs"][0]["iteration"] == n_before + 2
    getattr(gan, method)(X)
    assert gan.n_iter_ == (30 if method == "fit" else 2 * n_before + 2)


# ------------------------------------------------------------------- one pass


@pytest.mark.parametrize(("n_rows", "n_critic"), [(90, 2), (10, 1)])
def test_a_pass_draws_every_row(monkeypatch, n_rows, n_critic):
    X, drawn, own = numbers(n_rows)[0], [], BatchStream.draw

    def draw(stream):
        batch = own(stream)
        drawn.append(batch.encoded.numpy().copy())
        return batch

    monkeypatch.setattr(BatchStream, "draw", draw)
    gan = GANGenerator(**SCALED, n_critic=n_critic, validation_fraction=0.0)
    for n_calls in (1, 2, 3):
        drawn.clear()
        gan.partial_fit(X)
        rows = np.concatenate(drawn)
        # The first ones are an epoch, so that what follows is as little as may be
        assert len(np.unique(rows[:n_rows], axis=0)) == n_rows
        assert len(rows) < n_rows + 16 * max(1, n_critic)
        assert gan.n_iter_ == n_calls * ceil(n_rows / (16 * max(1, n_critic)))


def test_passes_are_a_fit_at_a_constant_rate():
    X = numbers(128)[0]
    params = SCALED | {"validation_fraction": 0.0, "learning_rate_decay": None}
    whole = GANGenerator(**params | {"max_iter": 16}).fit(X)
    parts = GANGenerator(**params | {"learning_rate_decay": "linear"})
    assert parts.partial_fit(X).n_iter_ == 8
    assert_equal(parts.partial_fit(X), whole)
    # And fit goes on from there
    parts.set_params(warm_start=True, max_iter=20, learning_rate_decay=None).fit(X)
    assert_equal(parts, GANGenerator(**params | {"max_iter": 20}).fit(X))


def test_passes_keep_the_encoder_and_the_clusters():
    (X, _), (other, _) = frame(), frame(70, seed=1)
    gan = GANGenerator(**ROWS).partial_fit(X)
    model = gan._model
    assert gan.n_clusters_ > 1
    gan.partial_fit(other)
    assert gan.encoder_ is model.encoder and gan._model.conditions is model.conditions
    assert gan.n_iter_ == 6 + 4 and np.isfinite(gan.score(other))


def test_values_that_are_not_known_are_counted_and_warned_of():
    X, _ = frame()
    n_rare = int((X["word"] == "once").sum())  # too few to be kept
    assert 0 < n_rare < 5
    gan = GANGenerator(**ROWS).partial_fit(X).partial_fit(X)  # without a warning
    assert gan.n_unseen_.tolist() == [2 * n_rare, 0, 0]
    new = X.assign(count=X["count"].astype(float))
    new.loc[:19, "word"] = "new"
    new.loc[[5, 6, 7], "count"] = np.nan
    n_words = 20 + int((new["word"] == "once").sum())
    rule = rf"for them, in columns \(and rows\): 'word' \({n_words}\), 'count' \(3\)"
    with pytest.warns(UserWarning, match=rule) as caught:
        gan.partial_fit(new)
    assert len(caught) == 1 and caught[0].filename == __file__
    assert gan.n_unseen_.tolist() == [2 * n_rare + n_words, 0, 3]
    gan.partial_fit(new)  # without a warning
    assert gan.n_unseen_.tolist() == [2 * n_rare + 2 * n_words, 0, 6]
    assert "new" not in set(gan.sample(200, random_state=0)["word"])
    assert not hasattr(gan.fit(X), "n_unseen_")


def test_labels_are_those_of_the_first_pass():
    X, y = frame()
    gan = GANGenerator(**ROWS, class_conditional=True).partial_fit(X, y)
    before = learned(gan)
    with pytest.raises(ValueError, match="y must hold labels seen in fit.*got 'none'"):
        gan.partial_fit(X, np.where(y == "few", "none", y))
    with pytest.raises(ValueError, match="requires y to be passed"):
        gan.partial_fit(X)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        gan.partial_fit(X, y[1:])
    with pytest.raises(ValueError, match="feature names should match"):
        gan.partial_fit(X.rename(columns={"word": "verb"}), y)
    np.testing.assert_equal(learned(gan), before)
    some = y == "many"  # one of the labels is enough
    gan.partial_fit(X[some], y[some])
    assert set(gan.sample(9, y="few", return_y=True)[1]) == {"few"}


@pytest.mark.parametrize(
    "case",
    [
        "numbers",
        *(pytest.param(case, marks=pytest.mark.slow) for case in [*CASES][1:]),
        pytest.param("spectral normalization", marks=pytest.mark.slow),
    ],
)
def test_without_a_state_training_goes_on_from_the_networks(case):
    """The averaged generator is trained further, by new optimizers."""
    spectral = CASES["batch normalization"][0], images
    gan, data = CASES.get(case, spectral)
    gan, (X, y) = clone(gan), data()
    if case not in CASES:
        gan.set_params(normalization="spectral")
    gan.fit(X, y)
    before, losses = gan._model, gan.loss_curve_
    n_more = ceil((len(X) - len(X) // 10) / 16)
    gan.set_params(learning_rate=1e-9, ema_decay=0.0).partial_fit(X, y)
    assert gan.n_iter_ == 20 + n_more and gan._run_state is not None
    np.testing.assert_array_equal(gan.loss_curve_[:20], losses)
    for name in ("generator", "discriminator"):
        networks = getattr(gan._model, name), getattr(before, name)
        for new, old in zip(*(n.parameters() for n in networks), strict=True):
            torch.testing.assert_close(new, old, rtol=1e-3, atol=1e-5)


def test_other_networks_do_not_take_over_weights():
    X = numbers()[0]
    gan = GANGenerator(**SCALED).fit(X).set_params(hidden_layer_sizes=(8, 8))
    with pytest.raises(ValueError, match="as they were: the networks have other weigh"):
        gan.partial_fit(X)


@pytest.mark.slow
def test_refinement_is_of_the_rows_of_the_last_pass():
    X = pd.DataFrame(numbers(600)[0]).rename(columns=str)
    gan = GANGenerator(**ROWS).partial_fit(X)
    assert gan.refinement_ == "trees"
    before = gan._model.refinement
    assert gan.partial_fit(X + 0.5)._model.refinement is not before
    gan.set_params(refinement=None).partial_fit(X)
    assert gan.refinement_ is None and np.isfinite(gan.score(X))


@pytest.mark.slow
def test_searches_over_max_iter_go_on_working():
    gan = GANGenerator(**SCALED, warm_start=True)
    search = HalvingGridSearchCV(
        gan,
        {"learning_rate": [1e-3, 1e-2]},
        resource="max_iter",
        min_resources=2,
        max_resources=8,
        factor=2,
        cv=2,
    )
    search.fit(numbers()[0])
    assert search.best_estimator_.n_iter_ == search.best_params_["max_iter"]
