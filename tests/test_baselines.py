"""The generators that the benchmarks compare, on rows whose right answer is known."""

import sys
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from scipy.stats import ks_2samp

from skgan.encoding import ScaledEncoder, TableEncoder

pytestmark = pytest.mark.slow  # of the benchmarks, not of the package

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
NAMES = """bootstrap held_out independent gaussian_mixture kernel_density pca_gaussian
rbm k_means smote gaussian_copula ctgan tvae skgan skgan_unrefined""".split()
PACKAGES = {"smote": "imblearn", "ctgan": "ctgan", "tvae": "ctgan"}


@pytest.fixture(scope="module", autouse=True)
def folder():
    sys.path.insert(0, str(BENCHMARKS))
    yield
    sys.path.remove(str(BENCHMARKS))


@pytest.fixture(scope="module")
def baselines(folder):
    return import_module("baselines")


@pytest.fixture(scope="module")
def densities(folder):
    return import_module("densities")


@pytest.fixture(scope="module")
def codec(folder):
    return import_module("codec").Codec


def mixed(n=300, seed=0):
    """Numbers, one of which has gaps, text with gaps and booleans, all of one cause."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    word = np.where(x > 1, "high", np.where(x > 0, "middle", "low"))
    return pd.DataFrame(
        {
            "x": x.round(2),
            "count": rng.poisson(np.exp(1 + x / 2)),
            "gaps": np.where(rng.random(n) < 0.1, np.nan, (2 * x).round(1)),
            "word": pd.Series(word).where(rng.random(n) < 0.95),
            "flag": x + rng.normal(size=n) > 0,
        }
    )


TABLE = mixed()


@pytest.fixture
def make(baselines, densities, monkeypatch):
    """A quick method of a name; it is skipped where its package is missing."""
    monkeypatch.setattr(densities, "N_UPDATES", 100)

    def make(name):
        if name in PACKAGES:
            pytest.importorskip(PACKAGES[name])
        params = {"max_iter": 20} if "skgan" in name else {}
        return baselines.METHODS[name](0, **params)

    return make


def test_every_method_is_tested(baselines):
    assert set(baselines.METHODS) == {*NAMES, "ctgan_300"}
    # Which the script alone runs without a cap
    assert baselines.METHODS["ctgan_300"] is baselines.METHODS["ctgan"]


@pytest.mark.parametrize("name", NAMES)
def test_samples_are_like_the_table(make, name):
    rows = TABLE.set_axis(np.arange(300)[::-1])  # the index is of no account
    method = make(name).fit(rows, target="word", seconds=0)
    generated = method.sample(200, seed=1)
    assert_frame_equal(generated[:0], TABLE[:0], check_index_type=False)
    assert list(generated.index) == list(range(200))
    assert generated["word"].dropna().isin(["high", "middle", "low"]).all()
    assert generated["x"].between(TABLE["x"].min(), TABLE["x"].max()).all()
    assert_frame_equal(generated[["x"]].round(2), generated[["x"]])
    assert_frame_equal(method.sample(200, seed=1), generated)
    assert not method.sample(200, seed=2).equals(generated)
    again = make(name).fit(TABLE, target="word", seconds=0)
    assert_frame_equal(again.sample(200, seed=1), generated)


@pytest.mark.parametrize("name", NAMES)
def test_samples_are_like_the_array(make, name, digits):
    rows = digits[:100, :20].astype(np.float32)
    generated = make(name).fit(rows, seconds=0).sample(50, seed=1)
    assert isinstance(generated, np.ndarray)
    assert (generated.shape, generated.dtype) == ((50, 20), np.float32)
    assert rows.min() <= generated.min() <= generated.max() <= rows.max()


def test_the_gan_sees_arrays_and_tables_as_they_are(make, digits):
    encoders = [make("skgan").fit(rows).gan_.encoder_ for rows in (digits, TABLE)]
    assert [type(own) for own in encoders] == [ScaledEncoder, TableEncoder]


def test_bootstrap_and_held_out_are_real_rows(baselines):
    def as_set(table):
        return {str(row) for row in table.itertuples(index=False)}

    drawn = [
        as_set(baselines.METHODS[name](0).fit(TABLE).sample(300, seed=0))
        for name in ("bootstrap", "held_out")
    ]
    assert drawn[0] < as_set(TABLE) == drawn[1]


def test_held_out_rows_come_once(baselines):
    method = baselines.METHODS["held_out"](0).fit(TABLE)
    with pytest.raises(ValueError, match="n must be at most 300, .* got 301"):
        method.sample(301, seed=0)


def test_independent_keeps_columns_apart(baselines):
    assert TABLE[["x", "gaps"]].corr().iloc[0, 1] > 0.99
    generated = baselines.METHODS["independent"](0).fit(TABLE).sample(5_000, seed=0)
    assert abs(generated[["x", "gaps"]].corr().iloc[0, 1]) < 0.05
    assert ks_2samp(generated["x"], TABLE["x"]).statistic < 0.05
    shares = [t["word"].value_counts(normalize=True) for t in (TABLE, generated)]
    assert shares[0].sub(shares[1]).abs().max() < 0.03


def test_copula_keeps_marginals_and_correlations(baselines):
    rng = np.random.default_rng(0)
    x, y = rng.multivariate_normal([0, 0], [[1, 0.7], [0.7, 1]], size=2_000).T
    kind = np.where(x < -1, "rare", np.where(x < 0, "less", "most"))
    real = pd.DataFrame({"x": np.exp(x), "y": y, "kind": kind, "one": 1})
    generated = baselines.METHODS["gaussian_copula"](0).fit(real).sample(5_000, seed=0)
    for name in ("x", "y"):
        assert ks_2samp(real[name], generated[name]).statistic < 0.03
        assert generated[name].isin(real[name]).all()
    ranks = [t[["x", "y"]].corr("spearman").iloc[0, 1] for t in (real, generated)]
    assert ranks[0] == pytest.approx(ranks[1], abs=0.03) and ranks[0] > 0.6
    shares = [t["kind"].value_counts(normalize=True) for t in (real, generated)]
    assert shares[0].sub(shares[1]).abs().max() < 0.03
    means = generated.groupby("kind")["x"].median()
    assert means["rare"] < means["less"] < means["most"]
    assert (generated["one"] == 1).all()


def test_copula_keeps_missing_numbers(baselines):
    real = pd.DataFrame({"x": np.where(np.arange(400) < 100, np.nan, 1.0)})
    generated = baselines.METHODS["gaussian_copula"](0).fit(real).sample(4_000, seed=0)
    assert generated["x"].isna().mean() == pytest.approx(0.25, abs=0.03)


def test_codec_returns_every_dtype(codec):
    table = mixed(50).assign(
        float32=np.float32(np.arange(50) / 10),
        uint8=np.arange(50, dtype=np.uint8),
        nullable=pd.array([1, None] * 25, dtype="Int64"),
        logical=pd.array([True, False, None, True, False] * 10, dtype="boolean"),
        category=pd.Categorical(["b", "a"] * 25, categories=["a", "b", "c"]),
        objects=pd.Series([True, None] * 25, dtype=object),
        constant=3.14159,
        nothing=np.nan,
    )
    learned = codec(table)
    points = learned.points()
    assert np.isfinite(points).all()
    assert_frame_equal(learned.table_of_points(points), table)
    assert_frame_equal(learned.table_of_plain(learned.plain), table)


def test_codec_by_hand(codec):
    table = pd.DataFrame({"x": [-1.0, 1.5, 1.5, np.nan], "word": ["a", "b", "a", "a"]})
    learned = codec(table)
    mean = 2 / 3
    spread = np.sqrt(((mean + 1) ** 2 + 2 * (1.5 - mean) ** 2) / 4)
    x = (np.array([-1, 1.5, 1.5, mean]) - mean) / spread
    gaps = np.array([[1, 0], [1, 0], [1, 0], [0, 1]])
    words = np.array([[1, 0], [0, 1], [1, 0], [1, 0]])
    assert learned.points() == pytest.approx(np.column_stack([x, gaps, words]))
    # Beyond the range, between two decimals, missing; classes of the largest
    others = [[9, 0.6, 0.5, 0.1, 0.2], [0, 1, 0, -1, -2], [-9, 0.1, 0.3, 0, 7]]
    expected = pd.DataFrame({"x": [1.5, 0.7, np.nan], "word": ["b", "a", "b"]})
    assert_frame_equal(learned.table_of_points(np.array(others)), expected)


def test_pixels_share_one_scale(codec, digits):
    centred = digits - digits.mean(axis=0)
    scale = np.sqrt(centred.var(axis=0).mean())
    assert codec(pd.DataFrame(digits)).points() == pytest.approx(centred / scale)
    apart = digits * np.geomspace(1, 1e6, digits.shape[1])
    spread = codec(pd.DataFrame(apart)).points().std(axis=0)
    assert spread[digits.std(axis=0) > 0] == pytest.approx(1)


@pytest.fixture
def smote(make):
    def smote(target, table, n=600):
        return make("smote").fit(table, target=target).sample(n, seed=0)

    return smote


def test_smote_stays_in_its_class(smote):
    x = np.linspace(0, 1, 40).round(3)
    classes = pd.DataFrame(
        {"x": [*x, *(x[:20] + 5), 9.0], "c": [*"a" * 40, *"b" * 20, "c"]}
    )
    generated = smote("c", classes)
    within = generated.groupby("c")["x"].agg(["min", "max", "size"])
    real = classes.groupby("c")["x"].agg(["min", "max"])
    assert (within["min"] >= real["min"]).all() and (within["max"] <= real["max"]).all()
    assert within["size"]["a"] == pytest.approx(600 * 40 / 61, abs=40)
    assert within["size"]["c"] > 0  # the one row, repeated
    assert not generated["x"].isin(classes["x"]).all()
    assert len(set(generated["c"][:100])) > 1  # classes come in disorder


def test_smote_cuts_numbers_into_quartiles(smote):
    y = np.concatenate([np.linspace(k, k + 0.1, 25) for k in (0, 10, 20, 30)])
    table = pd.DataFrame({"y": y, "x": np.tile([0.0, 1.0, 2.0, 3.0, 4.0], 20)})
    generated = smote("y", table)
    assert (generated["y"] % 10 <= 0.1 + 1e-9).all()
    assert set(generated["y"] // 10) == {0, 1, 2, 3}
    assert not generated["y"].isin(y).any()  # nor is each number a class
    few = smote("y", table.assign(y=table["y"] // 10))  # four numbers are four classes
    assert set(few["y"]) == {0, 1, 2, 3}


def test_smote_without_a_target(smote):
    generated = smote(None, pd.DataFrame({"x": [0.0, 0.001, 1.0]}))
    assert generated["x"].between(0.002, 0.999).mean() > 0.3


@pytest.mark.parametrize("name", ["ctgan", "tvae"])
def test_seconds_cap_training(baselines, make, monkeypatch, name):
    ticks = SimpleNamespace(perf_counter=partial(next, count()))  # one an epoch
    monkeypatch.setattr(baselines, "time", ticks)
    assert make(name).fit(TABLE, seconds=3).n_epochs_ == 3
    assert make(name).fit(TABLE, seconds=0).n_epochs_ == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ctgan", "tvae"])
def test_training_without_a_cap_is_of_300_epochs(make, name):
    method = make(name).fit(TABLE)
    assert method.n_epochs_ == 300
    generated = method.sample(1_000, seed=0)
    assert ks_2samp(generated["x"], TABLE["x"]).statistic < 0.4
