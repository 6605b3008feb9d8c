"""GANOverSampler: rows for classes that have few."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from imblearn.pipeline import make_pipeline
from imblearn.utils import check_sampling_strategy
from imblearn.utils.estimator_checks import estimator_checks_generator
from numpy.testing import assert_array_equal
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from skgan import DCGANGenerator, GANGenerator, GANOverSampler
from skgan.encoding import TableEncoder
from skgan.estimators.sampling_strategy import STRATEGIES, n_of_each_class
from skgan.exceptions import SmallClassWarning
from skgan.networks import dcgan_discriminator

IRIS = load_iris(as_frame=True)
X = IRIS.data[:115].set_axis(np.arange(115) * 2)  # 50, 50 and 15 rows
Y = IRIS.target[:115].set_axis(X.index).map(dict(enumerate("abc")))
OPTIONS = {"max_iter": 2, "n_score_samples": 20, "refinement": None}
GAN = GANGenerator(**OPTIONS, random_state=0)
SAMPLER = GANOverSampler(GAN, random_state=0)


CHECKS = [check for _, check in estimator_checks_generator(SAMPLER)]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.func.__name__)
def test_contract_of_imbalanced_learn(check):
    check(clone(SAMPLER))


def test_all_checks_of_imbalanced_learn_are_run():
    names = {check.func.__name__ for check in CHECKS}
    assert {"check_samplers_pandas_sparse", "check_samplers_multiclass_ova"} <= names
    assert len(names) >= 14


@parametrize_with_checks([SAMPLER])
def test_contract_of_scikit_learn(estimator, check):
    check(estimator)


CONTAINERS = {
    "frame": (X, Y),
    "frame of labels": (X, Y.to_frame("y")),
    "polars": (pl.from_pandas(X), pl.Series("y", Y.tolist())),
    "array": (X.to_numpy(np.float32), Y.to_numpy()),
    "lists": (X.to_numpy().tolist(), Y.tolist()),
    "one-hot": (X.to_numpy(), pd.get_dummies(Y).to_numpy(int)),
    "categories": (X, Y.astype("category")),
}


@pytest.mark.parametrize(("rows", "y"), CONTAINERS.values(), ids=CONTAINERS)
def test_containers_come_back_with_the_originals_first(rows, y):
    more, y_more = clone(SAMPLER).fit_resample(rows, y)
    assert type(more) is type(rows)
    assert type(y_more) is type(y)
    assert len(more) == len(y_more) == 150
    assert_array_equal(np.asarray(more)[:115], np.asarray(rows))
    assert_array_equal(np.asarray(y_more)[:115], np.asarray(y))
    added = np.asarray(y_more)[115:]
    expected = [0, 0, 1] if np.ndim(added) == 2 and added.shape[1] == 3 else "c"
    assert (added == expected).all()
    if isinstance(rows, pd.DataFrame):
        assert more.dtypes.equals(rows.dtypes)
        assert_array_equal(more.index, range(150))
        assert_array_equal(y_more.index, range(150))
    if isinstance(rows, np.ndarray):
        assert more.dtype == rows.dtype
    if isinstance(y, pd.Series):
        assert y_more.dtype == y.dtype


def test_images_of_a_rare_class():
    digits = load_digits()
    few = np.r_[np.flatnonzero(digits.target != 3), np.flatnonzero(digits.target == 3)]
    few = few[:-150]
    images, labels = digits.images[few].astype(np.uint8), digits.target[few]
    gan = DCGANGenerator(base_channels=2, **OPTIONS)
    sampler = GANOverSampler(gan, sampling_strategy="minority", random_state=0)
    sampler.set_params(accept=False)  # after so few iterations none is of any class
    more, y_more = sampler.fit_resample(images, labels)
    assert more.shape[1:] == (8, 8)
    assert more.dtype == np.uint8
    assert (y_more[len(labels) :] == 3).all()
    assert np.bincount(y_more)[3] == np.bincount(labels).max()


def test_generators_of_classes():
    rng = np.random.default_rng(0)
    rows = np.r_[rng.normal(size=(40, 2)), 9 + rng.normal(size=(30, 2))]
    y = np.repeat([0, 1], [40, 30])
    shared = clone(SAMPLER).set_params(sampling_strategy={0: 50, 1: 50})
    shared.fit_resample(rows, y)
    assert shared.estimators_[0] is shared.estimators_[1]
    assert shared.estimators_[0].classes_.tolist() == [0, 1]
    apart = clone(shared).set_params(per_class=True)
    more, y_more = apart.fit_resample(rows, y)
    assert apart.estimators_[0] is not apart.estimators_[1]
    assert not hasattr(apart.estimators_[0], "classes_")
    # a generator of one class cannot leave the range of its rows by far
    assert (more[70:][y_more[70:] == 0] < 5).all()
    assert (more[70:][y_more[70:] == 1] > 5).all()


def test_a_shared_generator_is_asked_for_the_label(monkeypatch):
    asked = []

    def recording(gan, n_samples, y, random_state):
        asked.append((n_samples, y))
        return X[:n_samples] + 1_000 * len(asked), None

    monkeypatch.setattr(GANGenerator, "_draw", recording)
    sampler = clone(SAMPLER).set_params(sampling_strategy={"a": 52, "c": 18})
    more, y_more = sampler.fit_resample(X, Y)
    assert asked == [(2, "a"), (3, "c")]
    assert y_more[115:].tolist() == list("aaccc")
    assert (more.iloc[115:, 0] // 1_000).tolist() == [1, 1, 2, 2, 2]


def test_large_classes_have_generators_of_their_own(monkeypatch):
    monkeypatch.setattr("skgan.estimators.oversampling.OWN_ROWS", 45)
    sampler = clone(SAMPLER).set_params(sampling_strategy={"a": 60, "b": 60, "c": 60})
    sampler.fit_resample(X, Y)
    a, b, c = (sampler.estimators_[label] for label in "abc")
    assert a is not b
    assert [hasattr(gan, "classes_") for gan in (a, b, c)] == [False, False, True]


@pytest.mark.filterwarnings("ignore::skgan.exceptions.SmallClassWarning")  # nine ones
@pytest.mark.parametrize(
    ("n_new", "own_rows", "is_alone"),
    [
        ({2: 20}, 1_000, True),
        ({1: 20, 2: 20}, 1_000, True),
        ({0: 200, 2: 20}, 1_000, False),
        ({0: 200, 2: 20}, 100, True),  # the other has one, too
    ],
)
def test_images_that_would_share_with_none_have_a_generator_of_their_own(
    monkeypatch, n_new, own_rows, is_alone
):
    monkeypatch.setattr("skgan.estimators.oversampling.OWN_ROWS", own_rows)
    digits = load_digits()
    few = np.concatenate(
        [np.flatnonzero(digits.target == k)[:n] for k, n in ((0, 100), (1, 9), (2, 12))]
    )
    images, y = digits.images[few], digits.target[few]
    sampler = GANOverSampler(
        DCGANGenerator(base_channels=2, **OPTIONS),
        sampling_strategy=n_new,
        small_classes="repeat",
        min_rows=12,
        accept=False,
        random_state=0,
    )
    sampler.fit_resample(images, y)
    assert [*sampler.estimators_] == [k for k in n_new if k != 1]
    assert hasattr(sampler.estimators_[2], "classes_") != is_alone
    table = clone(sampler).set_params(estimator=GANGenerator(**OPTIONS))
    table.fit_resample(images.reshape(len(y), -1), y)
    assert hasattr(table.estimators_[2], "classes_"), "rows of tables share one"


def test_text_is_categorical_in_a_class_as_among_all_rows():
    towns = ["Bonn", "Cork", "Oslo", "Lyon", "Nara", "Rome", "Pisa", "Turin"] * 40
    town = [*towns[:280], *["Bonn"] * 5, *towns[280:295]]  # 12 rows of 7 others
    frame = pd.DataFrame({"size": np.arange(300.0), "town": town})
    y = np.repeat([0, 1], [280, 20])
    sampler = clone(SAMPLER).set_params(per_class=True, sampling_strategy={1: 40})
    more, _ = sampler.fit_resample(frame, y)
    assert set(more["town"][300:]) <= set(towns)
    own = sampler.estimators_[1]
    assert own.categorical_features == [1]
    assert own.encoder_.identifier_names_ == []
    encoder = TableEncoder(on_identifiers="error")
    sampler.set_params(estimator=GANGenerator(**OPTIONS, encoder=encoder))
    more, _ = sampler.fit_resample(frame, y)
    assert set(more["town"][300:]) <= set(towns)
    own = sampler.estimators_[1]
    assert own.encoder.categorical_features == [1]
    assert encoder.categorical_features == "from_dtype"
    names = frame.assign(town=[f"id{i}" for i in range(300)])
    sampler.set_params(estimator=GAN)
    with pytest.warns(UserWarning, match="Nearly unique text in column.s. 'town'"):
        clone(sampler).fit_resample(names, y)


def test_an_index_of_labels_is_an_array():
    _, y_more = clone(SAMPLER).fit_resample(X, pd.Index(Y))
    assert type(y_more) is np.ndarray
    assert y_more[115:].tolist() == ["c"] * 35


def test_rows_of_lists_keep_their_types():
    rows = [[5.1, "u"], [5.8, "v"], [6.1, "u"]] * 30 + [[1.5, "v"]] * 5
    y = [0] * 90 + [1] * 5
    sampler = clone(SAMPLER).set_params(small_classes="repeat")
    with pytest.warns(SmallClassWarning):
        more, _ = sampler.fit_resample(rows, y)
    assert more[90:] == [[1.5, "v"]] * 90
    more, _ = clone(SAMPLER).set_params(min_rows=5).fit_resample(rows, y)
    types = {tuple(type(value) for value in row) for row in more}
    assert types == {(float, str)}


def test_small_classes():
    rows, y = X[:104], Y[:104]
    message = (
        r"min_rows=10 rows to be learned, but class 'c' has 4 rows. small_classes="
    )
    with pytest.raises(ValueError, match=message):
        clone(SAMPLER).fit_resample(rows, y)
    sampler = clone(SAMPLER).set_params(small_classes="repeat")
    with pytest.warns(
        SmallClassWarning, match=r"Class 'c' has 4 rows, fewer than"
    ) as w:
        more, _ = sampler.fit_resample(rows, y)
    assert w[0].filename == __file__
    assert sampler.estimators_ == {}
    known = set(map(tuple, rows[100:].to_numpy()))
    assert set(map(tuple, more[104:].to_numpy())) == known
    other = clone(sampler).set_params(sampling_strategy={"b": 60})
    other.fit_resample(rows, y)
    assert other.estimators_["b"].classes_.tolist() == ["a", "b"], (
        "too few are left out"
    )


@pytest.mark.parametrize("strategy", [*STRATEGIES, {"c": 20, "a": 60}])
def test_strategies_are_those_of_imbalanced_learn(strategy):
    y = np.repeat(list("abc"), [40, 50, 10])
    found = n_of_each_class(strategy, {"a": 40, "b": 50, "c": 10}, y)
    assert found == dict(check_sampling_strategy(strategy, y, "over-sampling"))


def test_strategies_of_ratios_and_functions():
    counts, y = {"a": 40, "b": 10}, np.repeat(list("ab"), [40, 10])
    for ratio in (0.39, 0.5, 1.0):
        expected = check_sampling_strategy(ratio, y, "over-sampling")
        assert n_of_each_class(ratio, counts, y) == dict(expected)
    assert n_of_each_class(lambda y: {"b": len(y)}, counts, y) == {"b": 40}
    assert n_of_each_class(1.0, {"a": 40, "b": 40}, y) == {"b": 0}


WRONG = {
    "classes of y, .'a', 'b'., got 'z'": {"z": 3},
    "class 'a' has 40, got 39": {"a": 39},
    "a whole number of rows, .* class 'b' has 10, got 10.5": {"b": 10.5},
    "as a function must return a dict .*, got 'all'": lambda y: "all",
    "sampling_strategy=0.25 would take rows from class 'b', which has 10": 0.25,
}


@pytest.mark.parametrize(("message", "strategy"), WRONG.items())
def test_wrong_strategies(message, strategy):
    with pytest.raises(ValueError, match=message):
        n_of_each_class(strategy, {"a": 40, "b": 10}, None)


def test_wrong_labels():
    with pytest.raises(ValueError, match="at least two classes, got one class: {'a'"):
        clone(SAMPLER).fit(X[:50], Y[:50])
    with pytest.raises(ValueError, match="float is for two classes, got 0.5 for 3"):
        clone(SAMPLER).set_params(sampling_strategy=0.5).fit(X, Y)
    with pytest.raises(ValueError, match="requires y to be passed"):
        clone(SAMPLER).fit(X, None)
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        clone(SAMPLER).fit(X, X.iloc[:, 0] / 3)
    with pytest.raises(ValueError, match="Multilabel and multioutput"):
        clone(SAMPLER).fit(X, np.ones((115, 2), int))
    with pytest.raises(ValueError, match="y must be dense, got a sparse matrix"):
        clone(SAMPLER).fit(X, csr_array(np.eye(115, 2)))


def test_only_gans_are_estimators():
    with pytest.raises(ValueError, match="must be an instance of .*BaseGAN.* Gaussian"):
        GANOverSampler(GaussianMixture()).fit(X, Y)


def test_in_a_pipeline_test_folds_stay_as_they_are():
    sizes = []

    class Recording(LogisticRegression):
        def fit(self, X, y):
            sizes.append(np.bincount(y).tolist())
            return super().fit(X, y)

        def score(self, X, y):
            sizes.append(len(X))
            return super().score(X, y)

    rows, y = X.to_numpy()[:, :2], np.repeat([0, 1], [100, 15])
    model = make_pipeline(clone(SAMPLER), Recording())
    cross_val_score(model, rows, y, cv=5)
    assert sizes == [[80, 80], 23] * 5


def test_searches_over_the_sampler():
    model = make_pipeline(clone(SAMPLER), LogisticRegression(max_iter=500))
    grid = {"ganoversampler__per_class": [True, False]}
    search = GridSearchCV(model, grid, cv=3).fit(X, Y)
    assert search.best_score_ > 0.8


def test_seeds():
    sampler = GANOverSampler(GANGenerator(**OPTIONS), random_state=1)
    first, second = (clone(sampler).fit_resample(X, Y)[0] for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    sampler.set_params(random_state=None)
    first, second = (clone(sampler).fit_resample(X, Y)[0] for _ in range(2))
    assert not first.equals(second)
    assert sampler.estimator.random_state is None
    kept, drawn = clone(SAMPLER), clone(sampler)
    kept.fit_resample(X, Y), drawn.fit_resample(X, Y)
    assert kept.estimators_["c"].random_state == GAN.random_state
    assert drawn.estimators_["c"].random_state is not None


@pytest.mark.parametrize("own", [True, False])
def test_interval_columns_come_back_as_intervals(own):
    breaks = pd.arrays.IntervalArray.from_breaks([0.0, 1.5, 4.0])
    rows = np.arange(60) % 2
    frame = pd.DataFrame({"x": rows + 0.1 * np.arange(60), "i": breaks.take(rows)})
    y = np.repeat([0, 1], [40, 20])
    sampler = clone(SAMPLER).set_params(per_class=own)
    more, _ = sampler.fit_resample(frame, y)
    assert more.dtypes.equals(frame.dtypes) and set(more["i"]) == set(breaks)
    pd.testing.assert_frame_equal(more[:60], frame)


MISSING = {
    "None": [None, *"ab" * 20],
    "NaN": np.r_[np.nan, np.arange(40) % 2],
    "objects": np.array([None, *"ab" * 20], dtype=object),
    "pandas text": pd.Series([None, *"ab" * 20], dtype="str"),
    "pandas objects": pd.Series([np.nan, *"ab" * 20], dtype=object),
    "pandas categories": pd.Series([None, *"ab" * 20], dtype="category"),
    "pandas integers": pd.Series([None, *[1, 2] * 20], dtype="Int64"),
    "polars": pl.Series([None, *"ab" * 20]),
    "pyarrow": pa.chunked_array([[None, *"ab" * 20]]),
    "a column": np.array([[None], *[["a"], ["b"]] * 20], dtype=object),
}
MIXED = {
    "list": [1, *"ab" * 20],
    "objects": np.array([1, *"ab" * 20], dtype=object),
    "booleans": [True, *"ab" * 20],
    "pandas": pd.Series([2.5, *"ab" * 20], dtype=object),
}


@pytest.mark.parametrize(
    "learn",
    [
        SAMPLER.fit_resample,
        GANGenerator(**OPTIONS, class_conditional=True).fit,
    ],
    ids=["sampler", "generator"],
)
class TestOddLabels:
    """Of a sampler, and of a generator that is conditioned on them."""

    ROWS = np.arange(82.0).reshape(41, 2)

    @pytest.mark.parametrize("y", MISSING.values(), ids=MISSING)
    def test_missing_labels_are_counted(self, learn, y):
        with pytest.raises(ValueError, match=r"y must have a label .* 1 of 41 labels"):
            learn(self.ROWS, y)

    @pytest.mark.parametrize("y", MIXED.values(), ids=MIXED)
    def test_labels_of_several_types_are_refused(self, learn, y):
        with pytest.raises(ValueError, match=r"be sorted, got \['\w+', 'str'\]"):
            learn(self.ROWS, y)


@pytest.mark.parametrize("per_class", [False, True])
@pytest.mark.parametrize(
    "convert", [pd.DataFrame, pl.from_pandas, pa.Table.from_pandas]
)
@pytest.mark.filterwarnings("ignore:Keys, which count rows")
@pytest.mark.filterwarnings("ignore:Nearly unique text")
def test_identifiers_of_all_classes_differ(convert, per_class):
    """Keys count on from the last of all rows, whatever class that is of."""
    rng = np.random.default_rng(0)
    n, order = 120, rng.permutation(120)
    frame = pd.DataFrame({"id": 10 * order + 7, "x": rng.normal(size=n)})
    numbers = rng.permutation(900_000)[:n] + 100_000
    frame["code"] = [f"K{i}" if i % 4 else None for i in numbers]
    y = np.where(order < 60, "a", np.where(order < 100, "b", "c"))
    sampler = clone(SAMPLER).set_params(per_class=per_class)
    sampler.set_params(sampling_strategy={"a": 70, "b": 100, "c": 80})
    more, y_more = sampler.fit_resample(convert(frame), y)
    ids = np.asarray(more["id"])
    assert sorted(ids) == list(range(7, 10 * (120 + 130), 10))
    assert_array_equal(ids[120:], range(1207, 1207 + 1300, 10))
    codes = pd.Series(np.asarray(more["code"])).dropna()
    assert codes.is_unique and codes.str.fullmatch(r"K\d{6}").all()
    assert 150 < len(codes) < 240, "missing ones are kept"
    assert pd.Series(y_more[120:]).value_counts().to_dict() == {
        "b": 60,
        "c": 60,
        "a": 10,
    }


def test_functions_make_identifiers_once_for_all_classes():
    calls = []

    def guests(n):
        calls.append(n)
        return [f"guest {i}" for i in range(n)]

    frame = X.assign(name="nobody")
    encoder = TableEncoder(identifiers={"name": guests})
    gan = GANGenerator(**OPTIONS, encoder=encoder)
    sampler = GANOverSampler(gan, sampling_strategy={"a": 60, "c": 30}, random_state=0)
    more, _ = sampler.fit_resample(frame, Y)
    assert more["name"][115:].tolist() == [f"guest {i}" for i in range(25)]
    assert calls == [25]


def test_rows_that_are_drawn_again_keep_their_identifiers():
    frame = X.assign(id=np.arange(115))
    sampler = GANOverSampler(GAN, min_rows=20, small_classes="repeat", random_state=0)
    sampler.set_params(sampling_strategy={"b": 60, "c": 30})
    with pytest.warns(SmallClassWarning), pytest.warns(UserWarning, match="Keys"):
        more, y_more = sampler.fit_resample(frame, Y)
    assert more["id"][115:125].tolist() == list(range(115, 125))
    assert set(more["id"][125:]) <= set(range(100, 115))
    assert y_more[115:].tolist() == ["b"] * 10 + ["c"] * 15


# ------------------------------------------------- images that look like their class


def rare_threes():
    """Images of digits, few of which are threes, and whether they are."""
    digits = load_digits()
    threes, others = (np.flatnonzero((digits.target == 3) == own) for own in (1, 0))
    few = np.r_[others[:200], threes[:30]]
    return digits.images[few] / 7, np.repeat([0, 1], [200, 30])


IMAGE_GAN = DCGANGenerator(base_channels=2, **OPTIONS)


class Bright:
    """Takes bright images for those of a class."""

    asked, least = (), -1.0

    def __init__(self, gan, X, is_own, seed):
        Bright.asked = (*Bright.asked, (gan, len(X), is_own.sum(), seed))

    def __call__(self, encoded):
        return encoded.mean(1)


@pytest.fixture
def bright(monkeypatch):
    monkeypatch.setattr(Bright, "asked", ())
    monkeypatch.setattr("skgan.estimators.oversampling.Likeness", Bright)
    return Bright


def test_images_are_added_that_look_like_their_class(bright):
    images, y = rare_threes()
    sampler = GANOverSampler(IMAGE_GAN, per_class=False, random_state=0)
    more, y_more = sampler.fit_resample(images, y)
    gan = sampler.estimators_[1]
    assert [own[:3] for own in bright.asked] == [(gan, 230, 30)]
    assert_array_equal(more[:230], images)
    assert np.isfinite(more).all() and y_more[230:].tolist() == [1] * 170
    plain = clone(sampler).set_params(accept=False)
    drawn, _ = plain.fit_resample(images, y)
    assert len(bright.asked) == 1
    means, others = (own[230:].mean((1, 2)) for own in (more, drawn))
    assert means.min() > np.quantile(others, 0.8)  # of the best tenth
    again, _ = clone(sampler).fit_resample(images, y)
    assert_array_equal(more, again)


@pytest.mark.parametrize(
    ("params", "is_asked", "is_shared"),
    [
        ({}, False, False),
        ({"per_class": True}, False, False),
        ({"per_class": True, "accept": True}, True, False),
        ({"accept": True}, True, False),
        ({"per_class": False}, True, True),
        ({"estimator__discriminator": dcgan_discriminator}, False, False),
        (
            {"per_class": False, "estimator__discriminator": dcgan_discriminator},
            *(False, True),
        ),
    ],
    ids=[
        *("default", "own generator", "own generator, asked for", "asked for"),
        *("shared", "own discriminator", "own discriminator, shared"),
    ],
)
def test_whose_images_must_look_like_their_class(bright, params, is_asked, is_shared):
    sampler = GANOverSampler(clone(IMAGE_GAN), random_state=0).set_params(**params)
    sampler.fit_resample(*rare_threes())
    assert len(bright.asked) == is_asked
    assert hasattr(sampler.estimators_[1], "classes_") == is_shared


def test_images_that_are_rows_of_a_frame_are_chosen(bright):
    images, y = rare_threes()
    frame = pd.DataFrame(images.reshape(230, 64))
    sampler = GANOverSampler(IMAGE_GAN, per_class=False, random_state=0)
    more, _ = clone(sampler).fit_resample(frame, y)
    arrays, _ = clone(sampler).fit_resample(images, y)
    assert len(bright.asked) == 2 and more.dtypes.equals(frame.dtypes)
    # whole numbers are such again: of a frame by column
    np.testing.assert_allclose(more.to_numpy(), arrays.reshape(400, 64), atol=0.5)


def test_of_one_other_image_nothing_is_learned(bright):
    images, _ = rare_threes()
    y = np.repeat([0, 1], [1, 40])
    sampler = GANOverSampler(IMAGE_GAN, sampling_strategy={1: 50}, random_state=0)
    sampler.set_params(per_class=False).fit_resample(images[:41], y)
    assert bright.asked == ()


def test_classes_that_cannot_be_drawn_are_named(bright, monkeypatch):
    monkeypatch.setattr(bright, "least", 1.0)
    message = (
        "The images that are drawn for class 1 do not look like it: half of the best "
        "of them .* Train longer .* or add all that are drawn with accept=False"
    )
    sampler = GANOverSampler(IMAGE_GAN, per_class=False, random_state=0)
    with pytest.raises(ValueError, match=message):
        sampler.fit_resample(*rare_threes())
    assert list(sampler.estimators_) == [1], "what was trained is kept"


@pytest.mark.parametrize("estimator", [None, DCGANGenerator(discriminator=max)])
def test_only_images_are_asked_whether_they_look_like_their_class(estimator):
    with pytest.raises(ValueError, match="accept=True is for images, and an estimator"):
        GANOverSampler(estimator, accept=True).fit(*rare_threes())
    with pytest.raises(ValueError, match="accept=True is for images"):
        GANOverSampler(estimator, accept=np.True_).fit(*rare_threes())
