"""Refinement as users meet it: through the estimator."""

import copy
import pickle
import pickletools
from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

import skgan
from skgan import GANGenerator
from skgan.encoding import ScaledEncoder
from skgan.estimators import finish
from skgan.exceptions import RefinementWarning
from skgan.metrics import two_sample_score
from skgan.model import refined as model_module
from skgan.refinement import Refinement

SHORT = {"max_iter": 300, "hidden_layer_sizes": (32,), "n_score_samples": 500}
METHODS = ["trees", "network", "both"]


def short(**params):
    return GANGenerator(**{"random_state": 0, **SHORT, **params})


def crossed(n, rng):
    """Two numbers and a sign: the second rises or falls with the first."""
    sign = rng.integers(0, 2, n)
    x = rng.normal(size=n)
    y = np.where(sign, x, -x) + 0.2 * rng.normal(size=n)
    return np.column_stack([x, y, sign])


@pytest.fixture(scope="module")
def rows():
    return crossed(1_200, np.random.default_rng(0))


@pytest.fixture(scope="module")
def refined(rows):
    return short().fit(rows)


@pytest.fixture(scope="module")
def plain(rows):
    return short(refinement=None).fit(rows)


def score(gan):
    fresh = crossed(1_500, np.random.default_rng(1))
    return two_sample_score(fresh, gan.sample(1_500, random_state=0))


@pytest.fixture(scope="module")
def unrefined_score(plain):
    return score(plain)


@pytest.mark.usefixtures("all_trees")
@pytest.mark.parametrize("method", METHODS)
def test_fewer_rows_are_told_from_real_ones(rows, unrefined_score, method):
    gan = short(refinement=method).fit(rows)
    assert gan.refinement_ == method and 0.05 < gan.acceptance_rate_ < 1
    least = 0.05 if method == "network" else 0.2
    assert score(gan) > unrefined_score + least


def test_training_is_the_same_with_and_without(rows, refined, plain):
    np.testing.assert_array_equal(refined.loss_curve_, plain.loss_curve_)
    latents = np.random.default_rng(0).normal(size=(20, refined.latent_dim_))
    np.testing.assert_array_equal(refined.generate(latents), plain.generate(latents))
    assert plain.refinement_ is None and plain.acceptance_rate_ == 1
    assert plain.discriminate(rows).std() > 0
    np.testing.assert_allclose(refined.discriminate(rows), plain.discriminate(rows))


def test_unrefined_rows_of_a_refined_model(refined, plain):
    expected = plain.sample(40, random_state=0)
    found = refined.sample(40, refine=False, random_state=0)
    np.testing.assert_array_equal(found, expected)
    found = skgan.sample(refined, 40, refine=False, random_state=0)
    np.testing.assert_array_equal(found, expected)
    assert (refined.sample(40, random_state=0) != expected).any()


@pytest.mark.parametrize("n_samples", [1, 2, 777])
def test_as_many_rows_as_asked_for(refined, n_samples):
    assert refined.sample(n_samples, random_state=0).shape == (n_samples, 3)


def test_seeds(rows):
    first, again = (short(max_iter=20).fit(rows[:600]) for _ in range(2))
    assert first.refinement_ == "trees"
    a, b, other = (
        gan.sample(50, random_state=seed)
        for gan, seed in [(first, 1), (again, 1), (first, 2)]
    )
    np.testing.assert_array_equal(a, b)
    assert (a != other).any()
    assert (first.sample(50) != first.sample(50)).any()


def test_a_short_training_is_refined_less(rows, monkeypatch):
    told = []
    for name, at in (("learning_sizes", 2), ("learn_refinement", 8)):
        own = getattr(model_module, name)
        monkeypatch.setattr(
            model_module,
            name,
            lambda *a, own=own, at=at: told.append(a[at]) or own(*a),
        )
    short(max_iter=20).fit(rows[:600])
    assert told == [0.02, 0.02]


def test_sampling_in_chunks(refined, monkeypatch):
    whole = refined.sample(3_000, random_state=0)
    monkeypatch.setattr(model_module, "MAX_JUDGED", 999)
    np.testing.assert_array_equal(whole, refined.sample(3_000, random_state=0))


def test_the_share_that_is_accepted(rows, effort, monkeypatch):
    """That of fresh candidates is the one that ``fit`` tells.

    Few candidates are known too well to what is learned from them.
    """
    name = "skgan.refinement.ratio.N_PER_ROW"
    monkeypatch.setattr(name, effort[name])
    refined = short().fit(rows)
    labels = np.zeros(20_000, dtype=int)
    model = refined._model
    encoded = model.draw(labels, 99, refine=False)
    features = model.features(encoded, labels, with_logits=True)
    rate = np.exp(model.refinement.log_chance(features)).mean()
    assert rate == pytest.approx(refined.acceptance_rate_, abs=0.02)


@pytest.fixture(scope="module")
def labeled(rows):
    """Rows without the sign, which is their label; one in four is "down"."""
    X, y = rows[:, :2], np.array(["down", "up"])[rows[:, 2].astype(int)]
    kept = np.r_[np.flatnonzero(y == "up"), np.flatnonzero(y == "down")[:200]]
    return X[kept], y[kept]


def right_signs(gan):
    """Shares of rows of "up" and "down" whose numbers have the right signs."""
    wanted = np.tile(["up", "down", "down"], 2_000)
    found, labels = gan.sample(6_000, y=wanted, return_y=True, random_state=0)
    assert (labels == wanted).all()
    is_right = (found.prod(axis=1) > 0) == (wanted == "up")
    return np.array([is_right[wanted == label].mean() for label in ("up", "down")])


@pytest.fixture(scope="module")
def unrefined_signs(labeled):
    return right_signs(short(class_conditional=True, refinement=None).fit(*labeled))


@pytest.mark.usefixtures("all_trees")
@pytest.mark.parametrize("method", METHODS)
def test_rows_of_a_label_are_judged_among_their_own(labeled, unrefined_signs, method):
    gan = short(class_conditional=True, refinement=method).fit(*labeled)
    assert (right_signs(gan) > unrefined_signs + 0.03).all()
    _, drawn = gan.sample(4_000, return_y=True, random_state=1)
    expected = (labeled[1] == "up").mean()
    assert (drawn == "up").mean() == pytest.approx(expected, abs=0.03)


def test_scores_are_those_of_refined_rows(rows, refined, plain):
    fresh = crossed(1_000, np.random.default_rng(2))
    assert refined.score(fresh) > plain.score(fresh) + 0.1
    first, second = refined.score_samples(fresh), refined.score_samples(fresh)
    np.testing.assert_array_equal(first, second)
    assert refined.validation_score_ > plain.validation_score_


def test_pickles_hold_arrays_only(refined):
    kept = pickle.dumps(refined._model.refinement)
    texts = {str(value) for _, value, _ in pickletools.genops(kept)}
    assert not any("sklearn" in text or "torch" in text for text in texts)
    again = pickle.loads(pickle.dumps(refined))
    np.testing.assert_array_equal(
        again.sample(30, random_state=0), refined.sample(30, random_state=0)
    )


def test_clones_and_searches(rows, refined):
    assert clone(refined).get_params() == refined.get_params()
    search = GridSearchCV(
        short(max_iter=20), {"refinement": [None, "trees"]}, cv=2, error_score="raise"
    ).fit(rows[:600])
    unrefined, refined_score = search.cv_results_["mean_test_score"]
    assert np.isfinite([unrefined, refined_score]).all() and unrefined != refined_score
    assert search.best_estimator_.refinement_ == search.best_params_["refinement"]


@pytest.mark.parametrize(
    ("n_rows", "encoder", "expected"),
    [(600, "table", "trees"), (400, "table", None), (600, "scaled", None)],
)
def test_auto_is_for_tables_of_many_rows(rows, n_rows, encoder, expected):
    gan = short(max_iter=20, encoder=encoder).fit(rows[:n_rows])
    assert gan.refinement_ == expected


@pytest.mark.parametrize("validation_fraction", [0.0, 0.1])
def test_auto_does_not_ask_the_discriminator(rows, validation_fraction):
    gan = short(max_iter=20, validation_fraction=validation_fraction).fit(rows[:600])
    assert gan.refinement_ == "trees" and gan._model.refinement.network == (0, 0)


@pytest.mark.parametrize("method", METHODS)
def test_pixels_can_be_refined_too(digits, method):
    gan = short(max_iter=20, refinement=method).fit(digits[:150])
    assert isinstance(gan.encoder_, ScaledEncoder) and gan.refinement_ == method
    assert gan.sample(20, random_state=0).shape == (20, 64)


def test_a_generator_of_nothing_but_noise_warns(rows):
    """One that hardly ever hits: as many rows, and a warning."""
    gan = short(max_iter=2, refinement="trees").fit(rows[:500])
    refinement = copy.copy(gan._model.refinement)
    refinement.log_caps = refinement.log_caps + 50
    gan = gan._with_model(replace(gan._model, refinement=refinement))
    with pytest.warns(RefinementWarning, match="too few for 30 rows") as caught:
        assert gan.sample(30, random_state=0).shape == (30, 3)
    assert caught[0].filename == __file__


def test_ctrl_c_keeps_unrefined_rows(rows, plain, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(finish, "refinement_of", interrupt)
    with pytest.warns(UserWarning, match="300 iterations is kept, without refinement"):
        gan = short().fit(rows)
    assert gan.refinement_ is None and gan.acceptance_rate_ == 1
    np.testing.assert_array_equal(
        gan.sample(9, random_state=0), plain.sample(9, random_state=0)
    )


@pytest.mark.parametrize("method", ["trees", "both"])
def test_too_few_rows_for_trees(rows, method):
    message = f"refinement='{method}' needs at least 50 training rows, got 40"
    with pytest.raises(ValueError, match=message):
        short(refinement=method).fit(rows[:40])
    gan = short(refinement="network", max_iter=5).fit(rows[:40])
    assert gan.sample(7, random_state=0).shape == (7, 3)


def test_whole_numbers_are_judged_as_they_come_back():
    """The generator's halves are rounded: nothing is left to mend in them."""
    rng = np.random.default_rng(0)
    X = rng.integers(0, 6, (200, 20)).astype(np.uint8)
    gan = short(max_iter=5, encoder="scaled", refinement="trees").fit(X)
    encoded = gan.encoder_.encode(X.astype(float))
    near = encoded + 0.2 / gan.encoder_._scale
    a, b = (
        gan._model.features(x.astype(np.float32), None, False) for x in (encoded, near)
    )
    np.testing.assert_array_equal(a.bins, b.bins)


def test_bad_refinement(rows):
    with pytest.raises(ValueError, match="The 'refinement' parameter of GANGenerator"):
        short(refinement="forest").fit(rows)


def arrays_of(thing):
    """All numbers that an object holds."""
    if isinstance(thing, np.ndarray | float | int):
        return [np.ravel(thing)]
    if isinstance(thing, dict):
        thing = list(thing.values())
    if isinstance(thing, list | tuple):
        return [array for part in thing for array in arrays_of(part)]
    return arrays_of(thing.__getstate__()) if thing is not None else []


def test_no_value_of_the_table_is_kept(rows, refined):
    """An outlier a thousand times as far away changes nothing that refinement keeps."""
    near, far = rows[:600].copy(), rows[:600].copy()
    near[7, 0], far[7, 0] = 9.0, 9_000.0
    kept = [
        arrays_of(short(max_iter=20, refinement="trees").fit(X)._model.refinement)
        for X in (near, far)
    ]
    assert isinstance(refined._model.refinement, Refinement)
    for a, b in zip(*kept, strict=True):
        np.testing.assert_array_equal(a, b)
