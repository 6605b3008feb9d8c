"""What ``discriminate`` asks: a judge that knows no row by heart."""

import copy
import pickle
import pickletools
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.datasets import load_wine

from skgan import DCGANGenerator, GANGenerator
from skgan.refinement import Features, calibrate, fit_with_prior, learn_judge
from skgan.refinement.judge import MIN_JUDGED
from skgan.refinement.sense import MAX_SCORES, Scores, Sense

ENCODER = SimpleNamespace(n_bins=[40, 4], ranked=[True, False])


def features(n, rng, shares, n_labels=1):
    """A number of no meaning, and a class with known shares."""
    bins = np.column_stack([rng.integers(0, 40, n), rng.choice(4, n, p=shares)])
    return Features(bins, np.zeros(n), rng.integers(0, n_labels, n))


def judged(n_real, n_held_out, seed=0):
    """A judge of classes that half of the rows have more often than generated ones."""
    rng = np.random.default_rng(seed)
    real, fake = [0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4]
    known = features(n_real, rng, real), features(10 * n_real, rng, fake)
    judge = learn_judge(*known, ENCODER, 1, 0)
    calibrate(judge, features(n_held_out, rng, real), features(5_000, rng, fake))
    return judge, features(5_000, rng, real), features(5_000, rng, fake)


def calibration_error(probability, is_real):
    """The expected one, of ten ranges of probability."""
    tenths = np.minimum((10 * probability).astype(int), 9)
    gaps = [(probability - is_real)[tenths == tenth].sum() for tenth in range(10)]
    return np.abs(gaps).sum() / len(probability)


@pytest.mark.parametrize(("n_real", "atol"), [(100, 0.15), (3_000, 0.04)])
def test_the_probability_of_classes_is_the_true_one(n_real, atol):
    judge, real, fake = judged(n_real, n_real // 5)
    found = [judge.predict(real)[real.bins[:, 1] == k].mean() for k in range(4)]
    np.testing.assert_allclose(found, [0.8, 0.6, 0.4, 0.2], atol=atol)
    rows = Features(*map(np.concatenate, zip(real, fake, strict=True)))
    is_real = np.repeat([1, 0], 5_000)
    assert calibration_error(judge.predict(rows), is_real) < atol


def test_few_rows_are_told_only_whether_they_make_sense():
    judge, real, _ = judged(MIN_JUDGED - 1, 0)
    assert judge.ratio is None
    np.testing.assert_allclose(judge.predict(real), 0.5, atol=0.02)


@pytest.mark.parametrize("n_real", [2, 4, 5, 19, 60])
def test_any_number_of_rows_is_learned_from(n_real):
    judge, real, _ = judged(n_real, 0)
    probability = judge.predict(real)
    assert ((probability > 0) & (probability < 1)).all()
    # Moments of fewer than five rows are nobody's to keep
    assert (judge.sense.real is judge.sense.fake) == (n_real < 5)


# ------------------------------------------------------------------- calibration


def test_a_scaling_that_no_row_speaks_against():
    none, some = np.zeros(0), np.random.default_rng(0).normal(size=50)
    scaling = fit_with_prior((none, none), (some, some))
    assert (scaling.slope, scaling.intercept) == (2, 0)


def test_many_rows_find_the_scaling():
    """Log odds are the ratio, plus .3, plus what is given."""
    rng = np.random.default_rng(0)
    ratio, given = rng.normal(size=(2, 60_000))
    is_real = rng.random(60_000) < expit(ratio + 0.3 + given)
    sides = [(ratio[side], given[side]) for side in (is_real, ~is_real)]
    # Both sides weigh the same: the intercept is that of equal sides
    expected = 0.3 - np.log(is_real.mean() / (1 - is_real.mean()))
    scaling = fit_with_prior(*sides)
    assert scaling.slope == pytest.approx(1, abs=0.05)
    assert scaling.intercept == pytest.approx(expected, abs=0.03)


def test_a_ratio_that_is_upside_down_is_not_asked():
    rng = np.random.default_rng(0)
    high, low, nothing = rng.normal(2, 1, 300), rng.normal(-2, 1, 300), np.zeros(300)
    scaling = fit_with_prior((low, nothing), (high, nothing))
    assert (scaling.slope, scaling.intercept) == (0, 0)


# -------------------------------------------------------------------------- sense


def test_rows_that_break_a_rule_make_no_sense():
    """Neither real nor generated rows are far from the diagonal."""
    rng = np.random.default_rng(0)
    rows = np.repeat(rng.normal(size=(400, 1)), 3, axis=1)
    rows = rows + 0.1 * rng.normal(size=rows.shape)
    sense = Sense(rows[:100], rows[100:])
    assert np.exp(sense.log_probability(rows)).min() > 0.9
    odd = np.array([[2.0, -2, 2], [-2, 2, 0]])
    assert np.exp(sense.log_probability(odd)).max() < 0.01


def test_a_row_that_only_real_rows_are_like_makes_sense():
    rng = np.random.default_rng(0)
    fake = np.repeat(rng.normal(size=(2_000, 1)), 2, axis=1)
    fake = fake + 0.1 * rng.normal(size=fake.shape)
    real = fake * [1, -1]  # where no generated row is
    assert np.exp(Sense(real, fake).log_probability(real)).mean() > 0.9


def test_many_scores_become_components_of_generated_rows():
    n = MAX_SCORES + 10
    rng = np.random.default_rng(0)
    factors = rng.normal(size=(3, n))

    def bins(n_rows):
        values = rng.normal(size=(n_rows, 3)) @ factors
        return np.digitize(values, [-2, -1, 0, 1, 2])

    real, fake = bins(300), bins(900)
    scores = Scores(real, fake, [6] * n, np.ones(n, dtype=bool))
    assert scores(real).shape == (300, 51)
    # The last is what components leave: more of rows without a factor
    noise = rng.integers(0, 6, (300, n))
    assert scores(noise)[:, -1].min() > scores(real)[:, -1].max()


# ------------------------------------------------------------ through the estimator


@pytest.fixture(scope="module")
def wine():
    rows = load_wine().data[np.random.default_rng(0).permutation(178)]
    return rows[:118], rows[118:]


@pytest.fixture(scope="module")
def fitted(wine):
    params = {"hidden_layer_sizes": (64, 64), "n_score_samples": 100}
    return GANGenerator(max_iter=300, random_state=0, **params).fit(wine[0])


def test_training_rows_are_as_real_as_new_ones(wine, fitted):
    """The discriminator says .66 of the first and .55 of the second."""
    train, test = (fitted.discriminate(rows).mean() for rows in wine)
    assert train == pytest.approx(test, abs=0.1)
    drawn = fitted.sample(500, refine=False, random_state=1)
    assert test > fitted.discriminate(drawn).mean()


def test_garbage_is_less_real_than_generated_rows(wine, fitted):
    low, high = wine[0].min(axis=0), wine[0].max(axis=0)
    garbage = np.random.default_rng(1).uniform(low, high, (500, 13))
    drawn = fitted.sample(500, refine=False, random_state=1)
    half = fitted.discriminate(drawn).mean() / 2
    assert fitted.discriminate(garbage).mean() < half


def test_the_judge_holds_arrays_only(wine, fitted):
    kept = pickle.dumps(fitted._model.judge)
    texts = {str(value) for _, value, _ in pickletools.genops(kept)}
    assert not any("sklearn" in text or "torch" in text for text in texts)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(
        again.discriminate(wine[1]), fitted.discriminate(wine[1])
    )


def test_an_outlier_is_not_in_the_judge(wine):
    """One a thousand times as far away changes nothing that the judge keeps."""
    gan = GANGenerator(max_iter=3, hidden_layer_sizes=(8,), random_state=0)
    near, far = wine[0][:60].copy(), wine[0][:60].copy()
    near[7, 0], far[7, 0] = 30.0, 30_000.0
    kept = []
    for rows in (near, far):
        judge = copy.copy(gan.fit(rows)._model.judge)
        kept.append(pickle.dumps((judge.bins, judge.scores.tables)))
    assert kept[0] == kept[1]


def test_sampling_and_judging_need_no_discriminator():
    """Of a default fit, refined or not: it can be left out."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 2)) @ [[1.0, 0.5], [0.0, 1.0]]
    gan = GANGenerator(max_iter=20, hidden_layer_sizes=(8,), random_state=0).fit(X)
    assert gan.refinement_ == "trees"
    without = gan._with_model(replace(gan._model, discriminator=None))
    np.testing.assert_array_equal(
        without.sample(50, random_state=0), gan.sample(50, random_state=0)
    )
    np.testing.assert_array_equal(without.discriminate(X), gan.discriminate(X))
    assert np.isfinite(without.score(X))


ODD_TABLES = {
    "constant": pd.DataFrame({"a": np.ones(60)}),
    "identifiers": pd.DataFrame({"id": [f"id-{n:05}" for n in range(60)]}),
    "missing": pd.DataFrame({"a": np.r_[np.arange(30.0), np.full(30, np.nan)]}),
    "classes": pd.DataFrame({"a": list("abc") * 20, "b": [True, False] * 30}),
    "few": pd.DataFrame({"a": [1.0, 2.0, 3.0]}),
}


@pytest.mark.parametrize("name", ODD_TABLES)
@pytest.mark.filterwarnings("ignore:.*identifier")
def test_odd_tables_are_judged(name):
    gan = GANGenerator(max_iter=2, hidden_layer_sizes=(8,), random_state=0)
    X = ODD_TABLES[name]
    probability = gan.fit(X).discriminate(X)
    assert ((probability > 0) & (probability < 1)).all()


def test_images_are_judged(digits):
    """Noise is less real than digits, which are as real as those held out."""
    gan = DCGANGenerator(base_channels=4, max_iter=60, random_state=0)
    gan.set_params(n_score_samples=100).fit(digits[:600])
    noise = np.random.default_rng(0).permuted(digits[:600], axis=1)
    train, test, noise = (
        gan.discriminate(rows).mean() for rows in (digits[:600], digits[600:], noise)
    )
    assert train == pytest.approx(test, abs=0.05)
    assert noise < 0.1 < test
