"""Any generator in, rows that fit the training rows out."""

import pickle
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.frozen import FrozenEstimator
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity

import skgan
from skgan import GANGenerator, RefinedGenerator
from skgan.encoding import TableEncoder
from skgan.estimators import refined as module
from skgan.estimators.foreign import ForeignRows, OneHot
from skgan.exceptions import FileError
from skgan.metrics import two_sample_score
from skgan.model import CandidateModel

SHARES = {"a": 0.4, "b": 0.3, "c": 0.2, "d": 0.1}


def table(n, seed=0, shares=SHARES):
    """A word of known shares, a number that depends on it, and gaps."""
    rng = np.random.default_rng(seed)
    codes = rng.choice(4, n, p=list(shares.values()))
    size = codes + rng.normal(size=n)
    size[rng.random(n) < 0.1] = np.nan
    return pd.DataFrame({"word": np.array([*shares])[codes], "size": size})


class Even:
    """A generator as those of other libraries: words are equally frequent."""

    def fit(self, data, discrete_columns=()):
        self.n_fits = getattr(self, "n_fits", 0) + 1
        return self

    def set_random_state(self, random_state):
        self.seed = random_state

    def sample(self, n, condition_column=None):
        return table(n, self.seed, dict.fromkeys("abcd", 0.25))


class Synthesizer:
    """One that takes no seed, and has another name for the number of rows."""

    def __init__(self):
        self.rng = np.random.default_rng(0)

    def fit(self, data):
        self.data = data

    def sample(self, num_rows, max_tries_per_batch=100):
        seed = int(self.rng.integers(2**31))
        return table(num_rows, seed, dict.fromkeys("abcd", 0.25))


class Labeled(Even):
    """One whose rows have labels."""

    def sample(self, n):
        return super().sample(n), np.zeros(n)


class Network(BaseEstimator):
    """One that is an estimator by name, keeps files, and clears these when it goes."""

    def __init__(self, random_state=None):
        self.random_state = random_state
        self.folder = None

    def fit(self, X, y=None):
        assert list(X) == ["word", "size"] and y is None
        self.folder, self.rng = {"weights": 1}, np.random.default_rng(0)
        return self

    def sample(self, n_samples=1, seed=None, **options):
        assert self.folder == {"weights": 1} and seed is None
        own = int(self.rng.integers(2**31))
        return table(n_samples, own, dict.fromkeys("abcd", 0.25))

    def __del__(self):
        if self.folder is not None:
            self.folder.clear()


@pytest.fixture(scope="module")
def rows():
    return table(4_000)


@pytest.mark.parametrize("generator", [Even, Synthesizer, Labeled, Network])
def test_shares_become_those_of_the_training_rows(rows, generator):
    refined = RefinedGenerator(generator(), random_state=0).fit(rows)
    drawn = refined.sample(4_000, random_state=1)
    assert list(drawn) == list(rows) and (drawn.dtypes == rows.dtypes).all()
    found = drawn["word"].value_counts(normalize=True)
    for word, share in rows["word"].value_counts(normalize=True).items():
        assert found[word] == pytest.approx(share, abs=0.03)
    # Were the ratio known: 1 / (4 * .4), as all of the most wanted word are accepted
    assert 0.45 < refined.acceptance_rate_ < 0.625
    means = drawn.groupby("word")["size"].mean()
    np.testing.assert_allclose(means, range(4), atol=0.15)


def test_the_log_ratio_is_that_of_the_laws(rows):
    refined = RefinedGenerator(Even(), random_state=0).fit(rows)
    found = refined.log_ratio(table(4_000, 7))
    own = pd.Series(found).groupby(table(4_000, 7)["word"].to_numpy()).mean()
    expected = np.log([1.6, 1.2, 0.8, 0.4])
    np.testing.assert_allclose(own - own.mean(), expected - expected.mean(), atol=0.12)


def test_samples_repeat_with_a_seed_and_the_estimator_stays(rows):
    even = Even()
    refined = RefinedGenerator(even, random_state=0).fit(rows)
    assert not hasattr(even, "n_fits") and refined.estimator_.n_fits == 1
    first, same, other = (refined.sample(50, random_state=k) for k in (1, 1, 2))
    pd.testing.assert_frame_equal(first, same)
    assert not first.equals(other)
    again = pickle.loads(pickle.dumps(refined)).sample(50, random_state=1)
    pd.testing.assert_frame_equal(first, again)
    assert clone(refined).random_state == 0


@pytest.mark.parametrize(
    "generator", [GaussianMixture(3, random_state=0), KernelDensity(bandwidth=0.3)]
)
def test_generators_of_numbers_get_mixed_tables(rows, generator):
    refined = RefinedGenerator(generator, random_state=0).fit(rows[:1_000])
    drawn = refined.sample(1_000, random_state=0)
    assert set(drawn["word"]) <= set("abcd")
    assert drawn["size"].isna().mean() == pytest.approx(0.1, abs=0.03)
    assert two_sample_score(table(1_000, 5), drawn) > 0.85
    means = drawn.groupby("word")["size"].mean()
    np.testing.assert_allclose(means, range(4), atol=0.35)
    assert not drawn[:50].equals(drawn[50:100])


def test_numbers_for_rows_come_back():
    X = table(500).assign(one="always")
    encoder = TableEncoder().fit(X)
    encoded = encoder.encode(encoder.read(X), np.random.default_rng(0))
    codec = OneHot(encoder.layout)
    numbers = codec.expand(encoded)
    np.testing.assert_array_equal(codec.restrict(numbers), encoded)
    sizes = [size for size in encoder.layout.class_sizes if size > 1]
    assert numbers.shape[1] == sum(sizes) + encoded.shape[1] - len(
        encoder.layout.class_sizes
    )
    noise = np.random.default_rng(0).uniform(-0.4, 0.4, numbers.shape)
    n_classes = sum(sizes)
    noise[:, n_classes:] = 0
    np.testing.assert_array_equal(codec.restrict(numbers + noise), encoded)


def test_one_that_is_fitted_is_not_fitted_again(rows):
    X = rows["size"].dropna().to_numpy()[:, None]
    mixture = GaussianMixture(2, random_state=0).fit(X[:300] + 0.5)
    refined = RefinedGenerator(FrozenEstimator(mixture), random_state=0).fit(X)
    assert refined.sample(2_000, random_state=0).mean() == pytest.approx(
        X.mean(), abs=0.1
    )
    assert refined.estimator_.estimator is mixture
    even = Even().fit(rows)
    RefinedGenerator(FrozenEstimator(even), random_state=0).fit(rows[:200])
    assert even.n_fits == 1


def test_our_own_generator_takes_tables_as_they_are(rows):
    gan = GANGenerator(
        max_iter=2, hidden_layer_sizes=(8,), refinement=None, n_score_samples=50
    )
    refined = RefinedGenerator(gan, random_state=0).fit(rows[:500])
    assert isinstance(refined.estimator_, GANGenerator)
    assert list(refined.estimator_.feature_names_in_) == ["word", "size"]
    assert len(refined.sample(20)) == 20


def test_rows_that_are_asked_for(rows):
    refined = RefinedGenerator(Even(), random_state=0).fit(rows)
    asked = {"word": ["c", "d"], "size": (2, None)}
    drawn = refined.sample(500, where=asked, random_state=0)
    assert set(drawn["word"]) == {"c", "d"} and (drawn["size"] >= 2).all()
    real = rows[rows["word"].isin(["c", "d"]) & (rows["size"] >= 2)]
    expected = (real["word"] == "d").mean()
    assert (drawn["word"] == "d").mean() == pytest.approx(expected, abs=0.09)
    shares = {"word": {"a": 0.1, "b": 0.2, "c": 0.3, "d": 0.4}}
    drawn = refined.sample(2_000, shares=shares, random_state=0)
    found = drawn["word"].value_counts(normalize=True)
    assert found.to_dict() == pytest.approx(shares["word"], abs=0.01)


# ----------------------------------------------------------------------------- pools


def test_rows_of_a_pool_that_are_asked_for(rows):
    pool = table(4_000, 3, dict.fromkeys("abcd", 0.25))
    refined = RefinedGenerator(random_state=0).fit(rows, pool=pool)
    drawn = refined.sample(100, where={"word": "d"}, random_state=0)
    assert (drawn["word"] == "d").all() and len(drawn) == 100


def test_of_a_pool_rows_have_the_shares_that_are_asked_for(rows):
    """As many as there are, none twice, and within a share all as without."""
    pool = table(8_000, 1, dict.fromkeys("abcd", 0.25))
    refined = RefinedGenerator(random_state=0).fit(rows, pool=pool)
    shares = {"word": {"a": 0.1, "b": 0.2, "c": 0.3}}
    chosen = refined.sample(600, shares=shares, random_state=0)
    counts = chosen["word"].value_counts()
    assert counts.to_dict() == {"d": 240, "c": 180, "b": 120, "a": 60}
    assert chosen.index.is_unique and chosen.equals(pool.loc[chosen.index])
    means = chosen.groupby("word")["size"].mean()
    np.testing.assert_allclose(means, range(4), atol=0.45)
    how = {"shares": shares, "where": {"size": (2, None)}, "random_state": 0}
    chosen = refined.sample(40, **how)
    assert chosen["size"].min() >= 2 and chosen["word"].eq("c").sum() in (11, 12, 13)
    message = (
        r"n_samples must be at most \d+, the rows of the pool of 8000, of which \d+ "
        r"fulfill where, with such shares that are accepted this time, got 8000. The "
        r"rarest condition by itself is 'size' >= 2: \d\d%.$"
    )
    with pytest.raises(ValueError, match=message):
        refined.sample(8_000, **how)
    with pytest.raises(
        ValueError, match="contradicts other shares|there is none among"
    ):
        more = {("word",): {"a": 1.0}}
        refined.sample(5, shares=shares | more)


def test_of_a_pool_no_more_is_promised_than_there_is(rows):
    """Of wanted values alone, none twice; and not one row more."""
    pool = table(2_000, 1, dict.fromkeys("abcd", 0.25))
    refined = RefinedGenerator(random_state=0).fit(rows, pool=pool)
    how = {"shares": {"word": {"a": 0.8, "c": 0.2}}, "random_state": 0}
    with pytest.raises(ValueError, match="n_samples must be at most") as caught:
        refined.sample(2_000, **how)
    most = int(re.search(r"at most (\d+)", str(caught.value))[1])
    chosen = refined.sample(most, **how)
    assert len(chosen) == most and chosen.index.is_unique
    counts = chosen["word"].value_counts()
    assert set(counts.index) == {"a", "c"}
    assert counts["a"] == pytest.approx(0.8 * most, abs=1)
    with pytest.raises(ValueError, match=f"must be at most {most}, .* got {most + 1}"):
        refined.sample(most + 1, **how)


def test_an_estimator_that_is_drawn_from_keeps_its_seed(rows):
    refined = RefinedGenerator(Network(random_state=5), random_state=0).fit(rows[:300])
    refined.sample(5)
    assert refined.estimator_.random_state == 5


def test_of_a_pool_each_row_is_chosen_once(rows):
    pool = table(8_000, 3, dict.fromkeys("abcd", 0.25)).set_index(np.arange(8_000))
    refined = RefinedGenerator(random_state=0).fit(rows, pool=pool)
    assert refined.estimator_ is None
    drawn = refined.sample(3_000, random_state=0)
    assert drawn.index.is_unique
    pd.testing.assert_frame_equal(drawn, pool.loc[drawn.index])
    found = drawn["word"].value_counts(normalize=True)
    for word, share in SHARES.items():
        assert found[word] == pytest.approx(share, abs=0.03)
    assert 0.45 < refined.acceptance_rate_ < 0.625
    same = refined.sample(3_000, random_state=0)
    pd.testing.assert_frame_equal(drawn, same)
    few = refined.sample(500, random_state=0)  # from all over the pool
    assert few.index.to_numpy().mean() == pytest.approx(4_000, abs=500)
    with pytest.raises(ValueError, match="at most .* of the pool of 8000 that are"):
        refined.sample(7_500, random_state=0)


def test_a_row_of_a_pool_is_judged_by_what_others_taught(rows, monkeypatch):
    """Else rows that were learned as candidates would be accepted more rarely."""
    learned, learn = [], module._by_trees
    judged, judge = [], CandidateModel.log_chance

    def noting(model, encoded):
        learned.append(model.source(2_000, 0))
        return learn(model, encoded)

    def noting_chances(model, encoded, *others):
        judged.append(encoded)
        return judge(model, encoded, *others)

    monkeypatch.setattr(module, "_by_trees", noting)
    monkeypatch.setattr(CandidateModel, "log_chance", noting_chances)
    pool = pd.DataFrame({"word": rows["word"], "size": np.arange(4_000.0)})
    RefinedGenerator(random_state=0).fit(pool, pool=pool)
    for taught, rest in zip(learned, judged, strict=True):
        taught, rest = ({tuple(row) for row in half} for half in (taught, rest))
        # The most extreme values alone are encoded alike
        assert min(len(taught), len(rest)) > 1_990 and len(taught & rest) < 5


def test_a_row_of_a_pool_that_no_training_row_is_like_is_not_chosen(rows):
    """Of a category, a boolean or a gap of its own: its density ratio is 0."""
    rows = rows.assign(flag=True, full=1.5)
    pool = table(3_000, 3).assign(flag=True, full=1.5)
    pool.loc[:99, "word"], pool.loc[50:149, "flag"] = "e", False
    pool.loc[140:199, "full"] = np.nan
    message = (
        "pool has values that no training row has, of column 'word' in 100, 'flag' in "
        "100, 'full' in 60 rows: of 3,000 rows 200 are never chosen."
    )
    with pytest.warns(UserWarning) as caught:
        refined = RefinedGenerator(random_state=0).fit(rows, pool=pool)
    assert [str(own.message) for own in caught] == [message]
    chance = np.exp(refined._pool[1])
    assert (chance[:200] == 0).all() and (chance[200:] > 0).all()
    assert refined.acceptance_rate_ == pytest.approx(chance.mean())
    drawn = refined.sample(1_500, random_state=0)
    assert drawn.index.min() >= 200
    message = "pool must have 100 rows of values that .* have, got 99 of 299"
    with pytest.raises(ValueError, match=message), pytest.warns(UserWarning):
        RefinedGenerator(random_state=0).fit(rows, pool=pool.head(299))


def test_numbers_of_a_pool_may_be_categories_and_gaps_be_known(rows):
    rows = rows.head(300).assign(code=np.arange(300) % 2)
    rows.loc[:30, "word"] = None
    pool = rows.assign(code=[2] * 7 + [0, 1] * 146 + [1])
    encoder = TableEncoder(categorical_features=["code"])
    with pytest.warns(UserWarning) as caught:
        RefinedGenerator(encoder=encoder, random_state=0).fit(rows, pool=pool)
    assert [str(own.message) for own in caught] == [
        "pool has values that no training row has, of column 'code' in 7 rows: of 300 "
        "rows 7 are never chosen."
    ]


def test_names_of_a_pool_may_be_its_own(rows):
    """Identifiers are no categories, and neither is a value of few rows."""
    rows = rows.head(300).assign(name=[f"n{k:05}" for k in range(300)])
    rows.loc[:1, "word"] = "rare"
    pool = rows.assign(name=[f"n{k:05}" for k in range(500, 800)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        encoder = TableEncoder(identifiers=["name"])
        refined = RefinedGenerator(encoder=encoder, random_state=0)
        refined.fit(rows, pool=pool)
    assert np.isfinite(refined._pool[1]).all()


@pytest.mark.parametrize(
    ("pool", "message"),
    [
        (
            table(200)[["word"]],
            "^pool must be rows like the training rows. The feature n",
        ),
        (
            table(200).to_numpy()[:, :1],
            "^pool must be .* must have 2 columns, .*, got 1",
        ),
        (table(200).assign(size="x"), "^pool must be .* Column 'size' must"),
        (5, "^pool must be rows like the training rows. "),
        ("rows.csv", "^pool must be rows like the training rows. "),
    ],
)
def test_errors_of_a_pool_speak_of_the_pool(pool, message):
    with pytest.raises(ValueError, match=message):
        RefinedGenerator(random_state=0).fit(table(100), pool=pool)


def test_a_pool_says_how_many_of_its_rows_fulfill_a_condition(rows):
    refined = RefinedGenerator(random_state=0).fit(rows, pool=table(1_000, 3))
    n = int((table(1_000, 3)["word"] == "d").sum())
    message = f"the rows of the pool of 1000, of which {n} fulfill where, that are acc"
    with pytest.raises(ValueError, match=message):
        refined.sample(n + 1, where={"word": "d"}, random_state=0)


# ---------------------------------------------------------------------------- errors


class Repeating(Even):
    def sample(self, n):
        return table(n)


class TooFew(Even):
    def sample(self, n):
        return super().sample(n - 1)


class WithoutSizes(Even):
    def sample(self, n):
        return super().sample(n)[["word"]]


class OfOtherWords(Even):
    def sample(self, n):
        return super().sample(n).replace({"word": {"d": "other"}})


def test_an_estimator_of_other_values_is_told_of(rows):
    with pytest.warns(
        UserWarning, match="OfOtherWords.sample has values that no train"
    ):
        RefinedGenerator(OfOtherWords(), random_state=0).fit(rows[:200])


class Fitted:
    """One that is fitted, and has no method for that."""

    def sample(self, n):
        return table(n, int(np.random.default_rng().integers(2**31)))


def test_one_that_is_fitted_needs_no_method_for_that(rows, tmp_path):
    own = Fitted()
    refined = RefinedGenerator(FrozenEstimator(own), random_state=0).fit(rows[:200])
    assert len(refined.sample(5)) == 5
    skgan.save(refined, tmp_path / "refined.skgan")
    for passed in (own, FrozenEstimator(own)):
        again = skgan.load(tmp_path / "refined.skgan", estimator=passed)
        assert again.estimator_ is passed and len(again.sample(5)) == 5


@pytest.mark.parametrize(
    ("params", "given", "message"),
    [
        ({}, {}, "needs an estimator or a pool, and not both, got estimator=None"),
        ({"estimator": Even()}, {"pool": table(200)}, "not both"),
        ({"estimator": TableEncoder()}, {}, "'estimator' parameter .* implementing"),
        ({"estimator": Even(), "encoder": "scaled"}, {}, "'encoder' parameter"),
        ({"estimator": Repeating()}, {}, "Repeating.sample must return fresh rows"),
        ({"estimator": TooFew()}, {}, "must return so many rows, got 49"),
        (
            {"estimator": WithoutSizes()},
            {},
            "^WithoutSizes.sample must be rows like the training rows. The feature nam",
        ),
        (
            {"estimator": Even},
            {},
            "must be an object that is made, got <class .*Even'>",
        ),
        (
            {"estimator": Fitted()},
            {},
            r"must have a method fit, or be FrozenEstimator\(estimator\) of "
            r"sklearn.frozen, .* is fitted, got <.*Fitted object",
        ),
        ({}, {"pool": table(99)}, "pool must have 100 rows .* got 99 of 99"),
    ],
)
def test_what_is_wrong_is_named(params, given, message):
    refined = RefinedGenerator(**params, random_state=0)
    with pytest.raises(ValueError, match=message):
        refined.fit(table(100), **given)
    assert not hasattr(refined, "acceptance_rate_")


def test_a_fit_that_fails_leaves_the_one_before(rows):
    refined = RefinedGenerator(Even(), random_state=0).fit(rows[:500])
    before = refined.sample(20, random_state=0)
    with pytest.raises(ValueError, match="X must have 50 rows, got 40"):
        refined.fit(rows[:40].assign(more=1.0))
    assert refined.n_features_in_ == 2
    pd.testing.assert_frame_equal(refined.sample(20, random_state=0), before)


def is_apart(X):
    """What is declared of all rows, and no encoding keeps."""
    return (X["word"] != "a") | (X["size"] < 0.7) | X["size"].isna()


def test_what_is_declared_holds_in_all_rows(rows):
    own = rows[is_apart(rows)]
    plain = RefinedGenerator(Even(), random_state=0).fit(own)
    assert not is_apart(plain.sample(2_000, random_state=0)).all()
    encoder = TableEncoder(constraints=[is_apart])
    refined = RefinedGenerator(Even(), encoder=encoder, random_state=0).fit(own)
    drawn = refined.sample(2_000, random_state=0)
    assert len(drawn) == 2_000 and is_apart(drawn).all()
    refined = RefinedGenerator(encoder=encoder, random_state=0).fit(own, pool=rows)
    assert is_apart(refined.sample(1_000, random_state=0)).all()


def test_numbers_that_rows_share_hide_no_repetition():
    """They are encoded by chance."""
    counts = table(300).assign(count=np.arange(300) % 40)

    class Bootstrap(Even):
        def sample(self, n):
            return counts.sample(n, replace=True, random_state=0)

    with pytest.raises(ValueError, match=r"Bootstrap.sample must return fresh rows"):
        RefinedGenerator(Bootstrap(), random_state=0).fit(counts)


def test_numbers_without_columns_are_refused(rows):
    class Flat:
        def sample(self, n):
            return np.zeros(n)

    source = ForeignRows(Flat(), TableEncoder().fit(rows), True)
    with pytest.raises(ValueError, match=r"Flat.sample must .* got shape \(5,\)"):
        source(5, 0)


def test_candidates_of_each_seed_have_their_own_ranks_among_shared_numbers():
    """Else all rounds would put equal numbers at the same places between two ranks."""

    class Counts:
        def sample(self, n):
            return pd.DataFrame({"count": np.arange(n) % 30})

    encoder = TableEncoder().fit(Counts().sample(300))
    rows = ForeignRows(Counts(), encoder, False)
    first, again, other = (rows(300, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    for encoded in (first, other):
        counts = encoder.build(encoded, np.random.default_rng(0))["count"]
        np.testing.assert_array_equal(counts, np.arange(300) % 30)


def test_few_rows_are_refused():
    with pytest.raises(ValueError, match="X must have 50 rows, got 49"):
        RefinedGenerator(Even()).fit(table(49))


@pytest.mark.parametrize("n_samples", [0, 1.5, "9"])
def test_numbers_of_rows(rows, n_samples):
    refined = RefinedGenerator(Even(), random_state=0).fit(rows[:200])
    with pytest.raises(ValueError, match=r"n_samples must be an integer in the range"):
        refined.sample(n_samples)


# ----------------------------------------------------------------------------- files


def test_a_file_holds_all_but_the_generator(rows, tmp_path):
    refined = RefinedGenerator(Even(), random_state=0).fit(rows[:500])
    path = tmp_path / "refined.skgan"
    skgan.save(refined, path)
    with pytest.raises(ValueError, match=r"load\(path, estimator=...\)"):
        skgan.load(path)
    again = skgan.load(path, estimator=refined.estimator_)
    assert again.estimator_ is refined.estimator_
    public = {name for name in vars(refined) if name.endswith("_")}
    assert public == {name for name in vars(again) if name.endswith("_")}
    pd.testing.assert_frame_equal(
        again.sample(50, random_state=1), refined.sample(50, random_state=1)
    )
    np.testing.assert_array_equal(again.log_ratio(rows), refined.log_ratio(rows))
    header, tree = skgan.storage.read(path)
    tree["value"]["acceptance_rate_"] = 2.0
    skgan.storage.write(
        path, header["class"], tree, header["versions"], header["params"]
    )
    with pytest.raises(FileError, match="from 0 to 1"):
        skgan.load(path, estimator=refined.estimator_)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (5, "'estimator' parameter of RefinedGenerator .* 'sample' or None. Got 5"),
        (TableEncoder(), "'estimator' parameter of RefinedGenerator must be an object"),
        (None, "^estimator must be a fitted one, as .* refined, got None.$"),
        (Even, "^estimator must be a fitted one, .* got <class .*Even'>.$"),
        (GaussianMixture(), "^estimator must be a fitted one, .* got GaussianMixture"),
        (FrozenEstimator(GaussianMixture()), "must be .* got GaussianMixture"),
    ],
)
def test_what_is_passed_again_draws_rows(wrong, message, rows, tmp_path):
    refined = RefinedGenerator(Even(), random_state=0).fit(rows[:200])
    skgan.save(refined, tmp_path / "refined.skgan")
    with pytest.raises(ValueError, match=message) as caught:
        skgan.load(tmp_path / "refined.skgan", estimator=wrong)
    assert not isinstance(caught.value, FileError)  # which is right


def test_an_estimator_of_other_rows_is_refused(rows, tmp_path):
    path, rng = tmp_path / "refined.skgan", np.random.default_rng(0)
    refined = RefinedGenerator(GaussianMixture(), random_state=0).fit(rows[:200])
    skgan.save(refined, path)
    other = GaussianMixture().fit(rng.random((50, 2)))
    message = (
        "^estimator must draw rows as that whose rows are refined. GaussianMixture."
        "sample must return rows of 7 numbers, .* got shape .*, 2"
    )
    with pytest.raises(ValueError, match=message):
        skgan.load(path, estimator=other)
    refined = RefinedGenerator(Even(), random_state=0).fit(rows[:200])
    skgan.save(refined, path)
    for other, words in (
        (Renamed(), "Renamed.sample must be rows like the training rows. The feature"),
        (TooFew(), r"TooFew.sample\(1\) must return so many rows, got 0"),
        (Unfitted(), "'Unfitted' object has no attribute 'model'"),
    ):
        with pytest.raises(ValueError, match=f"are refined. {words}"):
            skgan.load(path, estimator=other)


class Renamed(Even):
    def sample(self, n):
        return super().sample(n).rename(columns={"size": "height"})


class Unfitted(Even):
    def sample(self, n):
        return self.model.sample(n)


def test_a_refinement_that_asks_logits_is_refused(rows, tmp_path):
    refined = RefinedGenerator(Even(), random_state=0).fit(rows[:500])
    refined.refinement_.network = 0.0, 1.0
    skgan.save(refined, tmp_path / "refined.skgan")
    with pytest.raises(FileError, match="refinement asks no discriminator"):
        skgan.load(tmp_path / "refined.skgan", estimator=refined.estimator_)


def test_a_pool_is_in_no_file(rows, tmp_path):
    refined = RefinedGenerator(random_state=0).fit(rows[:200], pool=rows[200:900])
    with pytest.raises(TypeError, match="A pool is rows"):
        skgan.save(refined, tmp_path / "refined.skgan")
