"""Tables: mixed columns in, the same columns out."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from sklearn.base import clone
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV

from skgan import GANGenerator, sample
from skgan.encoding import ScaledEncoder, TableEncoder
from skgan.networks.residual import ConcatenatedLayers

pytestmark = pytest.mark.filterwarnings("ignore:Nearly unique text")
RNG = np.random.default_rng(0)
N = 600
SMALL = {
    "max_iter": 20,
    "hidden_layer_sizes": (32,),
    "n_score_samples": 200,
}


def people(n=N, rng=RNG):
    """A mixed table with missing values and a column that another determines."""
    city = rng.choice(["Bonn", "Jena", "Ulm"], size=n, p=[0.6, 0.3, 0.1])
    income = np.where(rng.random(n) < 0.3, 0.0, rng.lognormal(8, 1, size=n).round(2))
    table = pd.DataFrame(
        {
            "name": [f"person {i:06d}" for i in rng.permutation(900_000)[:n]],
            "city": city,
            "postcode": pd.Series(city).map(
                {"Bonn": 53111, "Jena": 7743, "Ulm": 89073}
            ),
            "age": rng.integers(18, 90, size=n),
            "income": income,
            "rooms": rng.choice([1, 2, 3, 4], size=n),
            "member": rng.random(n) < 0.4,
            "born": pd.Timestamp("1990-01-01")
            + pd.to_timedelta(rng.integers(9_000, size=n), unit="D"),
            "size": pd.Categorical(
                rng.choice(["S", "M", "L"], size=n), ["S", "M", "L", "XL"], ordered=True
            ),
            "one": "same",
        }
    )
    table.loc[rng.random(n) < 0.1, "city"] = None
    table.loc[rng.random(n) < 0.2, "income"] = np.nan
    return table


@pytest.fixture(scope="module")
def table():
    return people()


@pytest.fixture(scope="module")
def fitted(table):
    return GANGenerator(**SMALL, random_state=0).fit(table)


def test_samples_have_the_schema_of_the_table(fitted, table):
    rows = fitted.sample(300, random_state=0)
    assert isinstance(fitted.encoder_, TableEncoder)
    pd.testing.assert_series_equal(rows.dtypes, table.dtypes)
    assert rows.shape == (300, 10) and list(rows.index) == list(range(300))
    assert rows["city"].isna().any() and rows["income"].isna().any()
    assert not rows.drop(columns=["city", "income"]).isna().any().any()
    assert set(rows["city"].dropna()) <= {"Bonn", "Jena", "Ulm"}
    assert (rows["one"] == "same").all()
    assert rows["age"].between(table["age"].min(), table["age"].max()).all()
    assert set(rows["rooms"]) <= {1, 2, 3, 4}
    assert (rows["income"].dropna() == 0).mean() == pytest.approx(0.3, abs=0.25)
    np.testing.assert_allclose(
        rows["income"].dropna().round(2), rows["income"].dropna()
    )


def test_names_are_fresh(fitted, table):
    names = fitted.sample(300, random_state=0)["name"]
    assert names.str.fullmatch(r"person \d{6}").all() and names.is_unique
    assert not set(names) & set(table["name"])


def test_no_value_that_few_rows_share_is_stored(fitted, table):
    dumped = pickle.dumps(fitted)
    for name in table["name"]:
        assert name.encode() not in dumped
    for column in ("income", "born"):
        counts = table[column].value_counts()
        rare = counts.index[counts < 5].to_numpy()
        values = rare.astype("i8") if column == "born" else rare
        assert not any(value.tobytes() in dumped for value in values)


def test_a_rare_category_is_not_generated():
    table = people()
    table.loc[:3, "city"] = "Atlantis"
    gan = GANGenerator(**SMALL, random_state=0).fit(table)
    assert "Atlantis" not in set(gan.sample(2_000, random_state=0)["city"])
    assert b"Atlantis" not in pickle.dumps(gan)
    assert np.isfinite(gan.score_samples(table)).all()


def test_determined_columns_are_restored_exactly():
    table = people()[["city", "age", "member"]]
    table["city"] = table["city"].fillna("nowhere")
    table["postcode"] = table["city"].map(
        {"Bonn": 53111, "Jena": 7743, "Ulm": 89073, "nowhere": 0}
    )
    table["months"] = 12 * table["age"]
    encoder = TableEncoder().fit(table)
    assert len(encoder.relations_) == 2 and len(encoder.layout.class_sizes) == 3
    rows = GANGenerator(**SMALL, random_state=0).fit(table).sample(500, random_state=0)
    assert (rows["months"] == 12 * rows["age"]).all()
    pairs = set(zip(rows["city"], rows["postcode"], strict=True))
    assert pairs <= set(zip(table["city"], table["postcode"], strict=True))


def test_encoding_round_trip():
    """Classes come back exactly, numbers to within neighboring ranks."""
    table = people()
    encoder = TableEncoder().fit(table)
    rng = np.random.default_rng(0)
    back = encoder.build(encoder.encode(encoder.read(table), rng), rng)
    for column in ("city", "postcode", "rooms", "member", "size", "one"):
        pd.testing.assert_series_equal(back[column], table[column])
    for column in ("age", "income", "born"):
        real, own = table[column].rank(pct=True), back[column].rank(pct=True)
        assert (real - own).abs().max() < 0.03
        assert (back[column].isna() == table[column].isna()).all()


def test_polars_tables():
    table = pl.from_pandas(people().drop(columns="size"))
    rows = GANGenerator(**SMALL, random_state=0).fit(table).sample(50, random_state=0)
    assert rows.schema == table.schema


def test_the_density_sums_to_one():
    """Over all classes and numbers: units, spikes and missing values are counted."""
    rng = np.random.default_rng(0)
    numbers = np.where(rng.random(N) < 0.3, 0.0, 50 * rng.normal(size=N))
    numbers[rng.random(N) < 0.1] = np.nan
    table = pd.DataFrame({"letter": rng.choice(["a", "b"], size=N), "number": numbers})
    gan = GANGenerator(**SMALL, random_state=0).fit(table)
    line = np.arange(-1_500, 1_500, 0.25) + 0.1  # 0 is a spike
    total = 0.0
    for letter in ("a", "b"):
        rows = pd.DataFrame({"letter": letter, "number": line})
        total += np.exp(gan.score_samples(rows)).sum() * 0.25
        atoms = pd.DataFrame({"letter": letter, "number": [0.0, np.nan]})
        total += np.exp(gan.score_samples(atoms)).sum()
    assert total == pytest.approx(1, abs=0.02)


def test_score_of_numbers_is_near_that_of_the_true_model():
    rng = np.random.default_rng(0)
    X, fresh = rng.normal(size=(2, 2_000, 2)) * [1, 30]
    gan = GANGenerator(
        encoder="table", max_iter=500, hidden_layer_sizes=(64,), random_state=0
    )
    truth = GaussianMixture(1).fit(fresh).score(fresh)
    assert truth - 0.4 < gan.fit(X).score(fresh) < truth + 0.05


def test_score_is_lower_for_broken_rows(fitted, table):
    far = fitted.score_samples(table.assign(age=500))
    assert np.isfinite(far).all()
    assert (far < fitted.score_samples(table) - 5).all()


def test_unseen_categories_are_unlikely_but_possible(fitted, table):
    score = fitted.score_samples(table.assign(city="Atlantis"))
    assert np.isfinite(score).all()
    assert score.mean() < fitted.score(table)


def test_fits_repeat_and_search(table):
    gan = GANGenerator(**SMALL, random_state=0)
    first, second = (clone(gan).fit(table).sample(40, random_state=0) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    grid = {"loss": ["relativistic", "hinge"]}
    search = GridSearchCV(gan, grid, cv=2).fit(table[:200])
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert sample(search, 3).shape == (3, 10)


def test_generate_is_deterministic(fitted):
    latents = np.random.default_rng(0).normal(size=(5, fitted.latent_dim_))
    pd.testing.assert_frame_equal(fitted.generate(latents), fitted.generate(latents))


def test_learns_a_mixed_table():
    rng = np.random.default_rng(0)
    letter = rng.choice(["a", "b", "c"], size=2_000, p=[0.5, 0.3, 0.2])
    center = pd.Series(letter).map({"a": 0.0, "b": 10.0, "c": 20.0})
    table = pd.DataFrame({"letter": letter, "number": center + rng.normal(size=2_000)})
    gan = GANGenerator(max_iter=500, hidden_layer_sizes=(64, 64), random_state=0)
    rows = gan.fit(table).sample(4_000, random_state=0)
    shares = rows["letter"].value_counts(normalize=True)
    np.testing.assert_allclose(shares[["a", "b", "c"]], [0.5, 0.3, 0.2], atol=0.06)
    right = (rows["number"] / 10).round().clip(0, 2).map({0: "a", 1: "b", 2: "c"})
    assert (right == rows["letter"]).mean() > 0.95


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (
            pd.DataFrame({"a": ["x"]}),
            r"data frame with 1 row\(s\) while a minimum of 2",
        ),
        (pd.DataFrame({"a": [1.0, np.inf], "b": ["x", "y"]}), "Column 'a' must .* inf"),
        (pd.DataFrame({"a": [[1], [2]]}), "Column 'a' must .*list"),
    ],
)
def test_bad_tables_are_named(X, message):
    gan = GANGenerator(**SMALL)
    with pytest.raises(ValueError, match=message):
        gan.fit(X)
    assert not hasattr(gan, "n_features_in_")


def test_many_categories_have_probabilities_that_sum_to_one():
    """Those that share a class share its probability."""
    rng = np.random.default_rng(0)
    codes = np.concatenate([np.repeat(np.arange(150), 5), rng.integers(90, size=3_000)])
    table = pd.DataFrame({"word": [f"word {code}" for code in codes]})
    gan = GANGenerator(**SMALL, refinement=None, random_state=0).fit(table)
    assert gan.encoder_.layout.class_sizes == (128,)
    every = pd.DataFrame({"word": sorted(set(table["word"]))})
    assert np.exp(gan.score_samples(every)).sum() == pytest.approx(1, abs=0.02)


def test_ordered_variables_have_the_scores_of_their_classes(table):
    order = TableEncoder().fit(table[["city", "rooms"]]).layout.order
    assert order.shape == (4 + 4, 1)  # three cities and none, four numbers
    assert (order[:4] == 0).all() and (np.diff(order[4:, 0]) > 0).all()


@pytest.mark.usefixtures("all_trees")
def test_the_generator_of_a_table_sees_batches_as_trained(table):
    """Batch normalization has the statistics of the averaged weights."""
    fitted = GANGenerator(**SMALL, refinement=None, random_state=0).fit(table)
    first = fitted.generator_.network[0]
    assert isinstance(first, ConcatenatedLayers)
    linear, norm, _ = first.layers[0]
    model = fitted._model
    rng = torch.Generator().manual_seed(model.seed)
    conditions = model.conditions
    numpy_rng, inputs = np.random.default_rng(model.seed), []
    for _ in range(100):
        labels = conditions.draw_labels(fitted.batch_size, numpy_rng)
        one_hot = conditions.one_hot(torch.tensor(conditions.draw(labels, numpy_rng)))
        latents = model.latents.draw(one_hot, rng)
        inputs.append(torch.cat([latents.z, latents.conditions], 1))
    assert conditions.n_columns > 1
    mean = linear(torch.stack(inputs)).mean((0, 1))
    torch.testing.assert_close(norm.running_mean, mean)


PIXELS = np.random.RandomState(0).randint(17, size=(60, 16))


AUTO = {
    "whole numbers": (PIXELS, ScaledEncoder),
    "lists": (PIXELS.tolist(), ScaledEncoder),
    "numbers": (PIXELS * 0.1, ScaledEncoder),
    "with a border": (np.c_[PIXELS, np.zeros(60)], ScaledEncoder),
    "few columns": (PIXELS[:, :15], TableEncoder),
    "many ranges": (PIXELS * 10.0 ** np.arange(16), TableEncoder),
    "missing values": (np.where(PIXELS == 3, np.nan, PIXELS), TableEncoder),
    "booleans": (PIXELS > 8, TableEncoder),
    "objects": (PIXELS.astype(object), TableEncoder),
    "pandas": (pd.DataFrame(PIXELS), TableEncoder),
    "polars": (pl.DataFrame(PIXELS), TableEncoder),
}


@pytest.mark.parametrize(("X", "expected"), AUTO.values(), ids=AUTO)
def test_auto_encoder(X, expected):
    """Arrays of at least 16 columns of numbers that share one range are pixels."""
    gan = GANGenerator(**SMALL | {"encoder": "auto"}, random_state=0).fit(X)
    assert type(gan.encoder_) is expected
    assert type(gan.sample(3)) is (np.ndarray if isinstance(X, list) else type(X))


def test_tensors_are_arrays():
    for X in (PIXELS, torch.tensor(PIXELS)):
        gan = GANGenerator(**SMALL | {"encoder": "auto"}).fit(X)
        assert isinstance(gan.encoder_, ScaledEncoder)


def test_numbers_among_text_in_lists_stay_numbers():
    rows = [[i / 7, "a" if i % 3 else "b"] for i in range(60)]
    gan = GANGenerator(**SMALL, random_state=0).fit(rows)
    drawn = gan.sample(20, random_state=0)
    assert all(isinstance(value, float) for value in drawn[:, 0])
    assert set(drawn[:, 1]) <= {"a", "b"}


def words(n, rng):
    """Text of up to 10,000 categories, whose frequencies fall as those of words do."""
    shares = 1 / np.arange(10, 10_010)
    return rng.choice(10_000, size=n, p=shares / shares.sum())


@pytest.mark.parametrize("n_categories", [200, 2_000, 10_000])
def test_a_step_costs_the_same_for_any_number_of_categories(n_categories):
    rng = np.random.default_rng(0)
    text = [f"w{v % n_categories}" for v in words(60_000, rng)]
    table = pd.DataFrame({"text": text, "x": rng.normal(size=60_000)})
    assert TableEncoder().fit(table).layout.class_sizes == (128, 1)


@pytest.mark.slow
def test_common_words_among_ten_thousand_keep_their_shares():
    rng = np.random.default_rng(0)
    code = words(60_000, rng)
    table = pd.DataFrame({"text": [f"w{v}" for v in code], "x": np.log1p(code)})
    table["x"] += rng.normal(size=len(table))
    gan = GANGenerator(hidden_layer_sizes=(128, 128), max_iter=3_000, random_state=0)
    rows = gan.fit(table).sample(60_000, random_state=0)
    assert set(rows["text"]) <= set(table["text"])
    real, drawn = (t["text"].value_counts(normalize=True) for t in (table, rows))
    common = real.index[:100]
    distance = (real[common] - drawn.reindex(common).fillna(0)).abs().sum() / 2
    assert distance <= 0.05
    corr = [
        np.corrcoef(t["text"].str[1:].astype(int), t["x"])[0, 1] for t in (table, rows)
    ]
    assert corr[1] > 0.5 * corr[0]


@pytest.mark.slow
def test_two_thousand_columns():
    rng = np.random.default_rng(0)
    latent = rng.normal(size=(400, 5))
    X = latent @ rng.normal(size=(5, 2_000)) + rng.normal(size=(400, 2_000))
    table = pd.DataFrame(X).rename(columns=str)
    for j in range(0, 2_000, 3):
        table[str(j)] = table[str(j)].round().clip(-3, 3)
    for j in range(0, 2_000, 10):
        table[str(j)] = np.where(table[str(j)] > 0, "high", "low")
    gan = GANGenerator(hidden_layer_sizes=(32,), max_iter=3, n_score_samples=100)
    rows = gan.fit(table).sample(50)
    pd.testing.assert_series_equal(rows.dtypes, table.dtypes)
    assert np.isfinite(gan.score_samples(table[:20])).all()
