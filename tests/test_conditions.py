"""Labels and clusters: one-hot inputs of both networks, their shares as in training."""

import itertools
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.exceptions import DataConversionWarning
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

import skgan
from skgan import GANGenerator
from skgan._fitting import hold_out
from skgan.conditions import (
    Clusters,
    Conditions,
    Labels,
    auto_n_clusters,
    find_clusters,
    find_conditions,
    principal_components,
)
from skgan.networks import HeadedGenerator, RangeHead
from skgan.training import BatchStream, Noise, NoiseStream, WeightAverage

SMALL = {"hidden_layer_sizes": (8,), "max_iter": 5, "n_score_samples": 100}
LABELS = {
    "long": pd.Series([2**60, 2**60 + 1, 5], dtype="Int64"),
    "nullable bools": pd.Series([True, False, True], dtype="boolean"),
    "bytes": np.array([b"a", b"b", b"c"]),
    "ints": np.array([3, 1, 7]),
    "text": np.array(["no", "yes", "perhaps"]),
    "objects": np.array(["b", "a", "c"], dtype=object),
    "bools": np.array([True, False, True]),
    "whole floats": np.array([1.0, 2.0, 3.0]),
    "dates": np.array(["2020-01-01", "2021-01-01", "2022-01-01"], dtype="M8[ns]"),
    "series": pd.Series([2, 5, 9], name="kind"),
    "nullable": pd.Series([2, 5, 9], dtype="Int16"),
    "str": pd.Series(["no", "yes", "maybe"], dtype="str"),
    "categorical": pd.Series(["L", "S", "M"], dtype=pd.CategoricalDtype([*"SMLX"])),
    "time zone": pd.Series(pd.date_range("2020", periods=3, tz="Asia/Tokyo")),
    "polars": pl.Series("kind", ["no", "yes", "maybe"]),
    "enum": pl.Series("kind", ["S", "L", "M"], dtype=pl.Enum(["S", "M", "L"])),
}


def rows_of(n_classes=2, n=120, seed=0):
    """Rows whose mean is 4 times their label."""
    rng = np.random.RandomState(seed)
    y = np.arange(n) % n_classes
    return 4.0 * y[:, None] + rng.normal(size=(n, 2)), y


@pytest.fixture(scope="module")
def fitted():
    """Trained on labels of which one in four is 1."""
    rng = np.random.RandomState(0)
    y = (rng.uniform(size=2_000) < 0.25).astype(int)
    X = 4.0 * y[:, None] + rng.normal(size=(2_000, 2))
    options = {"hidden_layer_sizes": (64,), "max_iter": 600, "n_clusters": 1}
    return GANGenerator(class_conditional=True, random_state=0, **options).fit(X, y)


# -------------------------------------------------------------------------- labels


@pytest.mark.parametrize("name", LABELS)
def test_labels_come_back_as_they_were(name):
    labels = LABELS[name]
    index = np.arange(30) % 3
    y = labels.gather(index) if name in ("polars", "enum") else labels[index]
    gan = GANGenerator(**SMALL, class_conditional=True, random_state=0)
    gan.fit(np.random.RandomState(0).normal(size=(30, 2)), y)
    X, drawn = gan.sample(50, return_y=True, random_state=0)
    assert type(drawn) is type(y) and drawn.dtype == y.dtype
    assert set(np.asarray(drawn).tolist()) == set(np.asarray(y).tolist())
    if hasattr(y, "name"):
        assert drawn.name == y.name
    one = np.asarray(y)[0]
    again = gan.sample(4, y=one, return_y=True, random_state=0)[1]
    assert (np.asarray(again) == one).all() and len(again) == 4
    given = gan.sample(50, y=drawn, return_y=True, random_state=0)
    assert np.array_equal(given[0], X), "the labels drawn, given again"
    assert np.array_equal(np.asarray(given[1]), np.asarray(drawn))


def test_rows_have_the_labels_that_they_were_asked_for(fitted):
    y = np.array([0, 1] * 500)
    X = fitted.sample(1_000, y=y, random_state=0)
    assert ((X.mean(axis=1) > 2) == y).mean() > 0.97
    assert fitted.sample(200, y=1, random_state=0).mean() == pytest.approx(4, abs=0.3)


def test_labels_are_drawn_by_their_shares_in_training(fitted):
    X, y = fitted.sample(20_000, return_y=True, random_state=0)
    assert y.mean() == pytest.approx(0.25, abs=0.02)
    assert (X.mean(axis=1) > 2).mean() == pytest.approx(y.mean(), abs=0.02)


def test_score_is_of_the_mixture_or_of_a_row_given_its_label(fitted):
    X = np.array([[0.0, 0.0], [4.0, 4.0]])
    shares = np.array([0.75, 0.25])
    alone = fitted.score_samples(X)
    right = fitted.score_samples(X, y=[0, 1])
    wrong = fitted.score_samples(X, y=[1, 0])
    assert np.exp(right) * shares == pytest.approx(np.exp(alone), rel=0.15)
    assert (wrong < alone - 3).all()
    mean = fitted.score_samples(X, y=[0, 0]).mean()
    assert fitted.score(X, [0, 0]) == pytest.approx(mean)


def test_rows_with_wrong_labels_look_generated(fitted):
    X, y = fitted.sample(400, return_y=True, random_state=1)
    told, wrong = fitted.discriminate(X, y), fitted.discriminate(X, 1 - y)
    assert (told > wrong).mean() > 0.8
    best = np.maximum(told, wrong) if fitted._calibration.a_ < 0 else None
    assert np.array_equal(fitted.discriminate(X), best), (
        "the label that looks most real"
    )


def test_generate_keeps_the_label_of_a_row(fitted):
    latents = np.random.RandomState(0).normal(size=(6, fitted.latent_dim_))
    assert np.array_equal(fitted.generate(latents), fitted.generate(latents))
    assert (fitted.generate(latents, y=1) > 1).all()
    one, other = fitted.generate(latents, y=0), fitted.generate(latents, y=[0] * 6)
    assert np.array_equal(one, other) and one.mean() < 1


def test_labels_pass_through_a_pipeline():
    X, y = rows_of()
    gan = GANGenerator(**SMALL, class_conditional=True)
    pipeline = make_pipeline(StandardScaler(), gan).fit(X, y)
    rows, drawn = skgan.sample(pipeline, 5, y=1, return_y=True)
    assert rows.shape == (5, 2) and (drawn == 1).all()
    assert isinstance(pipeline.score(X, y), float)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "requires y to be passed, but the target y is None"),
        (np.linspace(0, 1, 120), "Unknown label type: continuous. class_conditional"),
        (np.arange(119), "inconsistent numbers of samples: .120, 119."),
        (np.zeros((120, 2)), "y should be a 1d array"),
        (np.array([0, None] * 60), "60 of 120 labels are missing"),
        (np.array([0.0, np.nan] * 60), "y contains NaN: 60 of 120"),
        (pd.Series(["a", pd.NA] * 60, dtype="string"), "60 of 120 labels are missing"),
        (pl.Series(["a", None] * 60), "60 of 120 labels are missing"),
        (
            np.array([0, "a"] * 60, dtype=object),
            "labels that can be sorted, got .'int'",
        ),
        (np.array([1j] * 120), "Complex data not supported"),
    ],
)
def test_labels_that_are_none(y, message):
    gan = GANGenerator(**SMALL, class_conditional=True)
    with pytest.raises(ValueError, match=message):
        gan.fit(rows_of()[0], y)
    assert not hasattr(gan, "generator_")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"y": 2}, r"y must hold labels seen in fit, 0, 1, got 2\."),
        ({"y": [0, 1]}, "y must be one label, or one for each of 3 rows, got 2"),
        ({"y": [[0, 1]]}, "y should be a 1d array"),
    ],
)
def test_sample_refuses_other_labels(fitted, call, message):
    with pytest.raises(ValueError, match=message):
        fitted.sample(3, **call)


@pytest.mark.parametrize("call", [{"y": 1}, {"return_y": True}])
def test_labels_need_a_class_conditional_fit(call):
    X, y = rows_of()
    gan = GANGenerator(**SMALL).fit(X, y)
    name = next(iter(call))
    with pytest.raises(ValueError, match=f"{name}.* needs class_conditional=True"):
        gan.sample(3, **call)
    plain = gan.score_samples(X)
    assert np.array_equal(gan.score_samples(X, y), plain), "y is ignored"


@pytest.mark.parametrize("fraction", [0.1, 0.5, 0.9])
def test_of_each_label_the_same_fraction_is_held_out(fraction):
    counts = [9] * 10 + [10, 40, 300]
    codes = np.repeat(np.arange(13), counts)
    order = np.random.RandomState(1).permutation(len(codes))
    parts = hold_out(len(codes), fraction, np.random.RandomState(0), codes[order])
    assert sorted(np.concatenate(parts)) == list(range(len(codes)))
    held_out = np.bincount(codes[order][parts[1]], minlength=13)
    assert held_out.tolist() == [0] * 10 + [int(fraction * n) for n in (10, 40, 300)]


def test_a_rare_class_is_not_held_out_and_warns():
    X, y = rows_of()
    y = np.where(np.arange(120) < 3, 9, y)
    gan = GANGenerator(
        **SMALL, class_conditional=True, validation_fraction=0.5, random_state=0
    )
    with pytest.warns(UserWarning, match="Class 9 has 3 rows, fewer than 5") as caught:
        gan.fit(X, y)
    assert caught[0].filename == __file__
    # Stored is a share as of five rows, not the count of three
    assert gan._conditions._label_shares[2] == pytest.approx(5 / 122)


def test_labels_in_a_column():
    """As scikit-learn takes them, with its warning."""
    X, y = rows_of()
    gan = GANGenerator(**SMALL, class_conditional=True, random_state=0)
    expected = gan.fit(X, y).score(X, y)
    with pytest.warns(DataConversionWarning, match="column-vector"):
        gan.fit(X, y[:, None])
    with pytest.warns(DataConversionWarning, match="column-vector"):
        assert gan.score(X, y[:, None]) == expected


def test_labels_of_pyarrow():
    y = pa.chunked_array([["no", "yes"] * 60])
    gan = GANGenerator(**SMALL, class_conditional=True).fit(rows_of()[0], y)
    drawn = gan.sample(9, return_y=True)[1]
    assert drawn.type == y.type and set(drawn.to_pylist()) <= {"no", "yes"}


def test_messages_name_dates_as_dates():
    y = np.repeat(np.array(["2020-01-01", "2021-01-01"], dtype="M8[ns]"), 60)
    gan = GANGenerator(**SMALL, class_conditional=True).fit(rows_of()[0], y)
    with pytest.raises(ValueError, match="'2020-01-01T.*got .*'1999-01-01T"):
        gan.sample(1, y=np.datetime64("1999-01-01"))


def test_codes_of_labels():
    labels = Labels(["b", "a", "b"])
    assert labels.classes.tolist() == ["a", "b"]
    assert labels.encode(["b", "a", "b"]).tolist() == [1, 0, 1]
    assert labels.encode("b").tolist() == [1]
    assert labels.decode(np.array([1, 0])).tolist() == ["b", "a"]


# ------------------------------------------------------------------------ clusters


def shares_by_hand(counts):
    """As documented: labels count as five rows at least, cells below five are pooled.

    Where a label has fewer than five rows in them they are none.
    """
    labels = [max(sum(row), 5) for row in counts]
    of_labels = [n / sum(labels) for n in labels]
    of_groups = []
    for row in counts:
        small = [n for n in row if 0 < n < 5]
        pooled = sum(small) / len(small) if sum(small) >= 5 else 0
        kept = [n if n >= 5 else pooled if n else 0 for n in row]
        if not sum(kept):
            kept = [sum(column) for column in zip(*counts, strict=True)]
        of_groups.append([n / sum(kept) for n in kept])
    return of_labels, of_groups


def test_shares_of_labels_and_clusters():
    counts = [[80, 20, 3, 0], [0, 4, 2, 0], [7, 0, 30, 0], [0, 2, 1, 0], [9, 3, 2, 4]]
    codes = [
        [label, group]
        for label, group in itertools.product(range(5), range(4))
        for _ in range(counts[label][group])
    ]
    clusters = Clusters(np.zeros((4, 1)), np.arange(4))
    conditions = Conditions(Labels([0, 1, 2, 3, 4]), clusters)
    codes = np.array(codes)
    conditions.count(codes[:, 0], codes)
    of_labels, of_groups = shares_by_hand(counts)
    rng = np.random.default_rng(0)
    drawn = conditions.draw(conditions.draw_labels(200_000, rng), rng)
    for label in range(5):
        own = drawn[:, 0] == label
        assert own.mean() == pytest.approx(of_labels[label], abs=0.005)
        groups = np.bincount(drawn[own, 1], minlength=4) / own.sum()
        assert groups == pytest.approx(of_groups[label], abs=0.02)
        assert (groups[np.array(of_groups[label]) == 0] == 0).all()


def test_rare_labels_are_trained_on_more_often():
    """As documented: by the logarithm of one and their number (Xu et al. 2019)."""
    counts = [900, 90, 10]
    codes = np.repeat(np.arange(3), counts)[:, None]
    conditions = Conditions(Labels([0, 1, 2]), None)
    conditions.count(codes[:, 0], codes)
    weights = conditions.weights(torch.tensor(codes))
    shares = [np.log(1 + n) / sum(np.log(1 + m) for m in counts) for n in counts]
    of_labels = [float(weights[codes[:, 0] == label].sum()) for label in range(3)]
    assert np.array(of_labels) / sum(of_labels) == pytest.approx(shares)
    assert all(len(weights[codes[:, 0] == label].unique()) == 1 for label in range(3))
    rng = np.random.default_rng(0)
    drawn = np.bincount(conditions.draw_labels(200_000, rng, as_trained=True)) / 200_000
    assert drawn == pytest.approx(shares, abs=0.005)


def test_fits_see_rare_labels_more_often(monkeypatch):
    """Batches and the statistics of batch normalisation have the same shares."""
    seen = {"batches": [], "settling": []}
    draw = BatchStream.draw

    def drawn(stream):
        rows = draw(stream)
        seen["batches"].append(rows[:, -3:])
        return rows

    def settle(average, draw_noise):
        seen["settling"].extend(draw_noise()[:, 4:7] for _ in range(100))

    monkeypatch.setattr(BatchStream, "draw", drawn)
    monkeypatch.setattr(WeightAverage, "settle", settle)
    counts = [1800, 180, 20]
    y = np.repeat(range(3), counts)
    X = np.random.RandomState(0).normal(size=(len(y), 2))
    settings = SMALL | {"max_iter": 100, "n_clusters": 1, "random_state": 0}
    GANGenerator(**settings, class_conditional=True, latent_dim=4).fit(X, y)
    logs = np.log1p(counts)
    for rows in seen.values():
        shares = torch.cat(rows).mean(0)
        assert shares.numpy() == pytest.approx(logs / logs.sum(), abs=0.01)


@pytest.mark.parametrize("labels", [None, Labels([0, 1])])
def test_equal_labels_need_no_weights(labels):
    codes = np.repeat([0, 1], 50)[:, None][:, : 1 if labels else 0]
    conditions = Conditions(labels, None)
    conditions.count(np.repeat([0, 1], 50) if labels else np.zeros(100, int), codes)
    assert conditions.weights(torch.tensor(codes)) is None


def test_clusters_are_drawn_apart_from_labels():
    """Within each label by their shares: the two draws share no random number."""
    X, y = rows_of(4, n=800)
    gan = GANGenerator(
        **SMALL, class_conditional=True, n_clusters=3, encoding="table", random_state=0
    ).fit(np.random.RandomState(1).normal(size=X.shape), y)
    labels = gan._label_codes(None, 40_000, seed=0)
    groups = gan._draw_codes(labels, seed=0)[:, 1]
    for label, shares in enumerate(gan._conditions._group_shares):
        drawn = np.bincount(groups[labels == label], minlength=3) / sum(labels == label)
        assert drawn == pytest.approx(shares, abs=0.03)


def test_one_hot_blocks_stand_side_by_side():
    conditions = Conditions(Labels([0, 1, 2]), Clusters(np.zeros((2, 1)), np.arange(2)))
    assert conditions.n_columns == 5
    one_hot = conditions.one_hot(torch.tensor([[2, 0], [0, 1]]))
    assert one_hot.tolist() == [[0, 0, 1, 1, 0], [1, 0, 0, 0, 1]]
    opened = conditions.opener(lambda rows: -rows)(torch.tensor([[5.0, 2.0, 0.0]]))
    assert opened.tolist() == [[-5, 0, 0, 1, 1, 0]]


@pytest.mark.parametrize(
    ("n_rows", "n_labels", "expected"),
    [(50, 1, 1), (199, 1, 1), (400, 1, 4), (3_000, 1, 30), (9_000, 1, 50)]
    + [(3_000, 5, 30), (3_000, 10, 15), (3_000, 100, 1)],
)
def test_auto_clusters(n_rows, n_labels, expected):
    """One for each hundred rows, at most 50; each label has 20 rows in each."""
    rows = np.random.RandomState(0).normal(size=(n_rows, 2)).astype(np.float32)
    labels = Labels(range(n_labels)) if n_labels > 1 else None
    n_clusters = auto_n_clusters(n_rows, n_labels, 100, 50)
    conditions = find_conditions(labels, rows, lambda rows: rows, n_clusters, 0)
    assert expected * 0.7 <= conditions.n_clusters <= expected
    if conditions.clusters:
        assert np.bincount(conditions.clusters.predict(rows)).min() >= 50


def test_clusters_in_components_are_those_of_rows():
    """Where all that tells rows apart lies in a few components."""
    rng = np.random.default_rng(0)
    middles = 10 * rng.normal(size=(6, 3)) @ rng.normal(size=(3, 40))
    label = np.arange(3_000) % 6
    rows = (middles[label] + 0.1 * rng.normal(size=(3_000, 40))).astype(np.float32)
    conditions = find_conditions(None, rows, lambda rows: rows, 6, 0, n_components=3)
    assert conditions.clusters.components.shape == (40, 3)
    assert conditions.clusters.centres.shape == (6, 3)
    codes = conditions.codes(rows, lambda rows: rows, None)[:, 0]
    assert len(set(zip(codes, label, strict=True))) == 6


def test_components_are_the_principal_ones():
    rows = np.random.default_rng(0).normal(size=(203, 40)).astype(np.float32)
    rows *= np.linspace(5, 1, 40, dtype=np.float32)
    components = principal_components(rows, 50, seed=0)
    expected = PCA(40, svd_solver="full").fit(rows).components_.T
    assert components.shape == (40, 40) and components.dtype == np.float32
    np.testing.assert_allclose(np.abs(components), np.abs(expected), atol=1e-3)
    assert principal_components(rows[:35], 50, seed=0).shape[1] <= 7


def test_no_component_gives_a_row_away():
    """One of an image unlike all others would point at it."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(100, 1)) @ rng.normal(size=(1, 40))
    rows += 0.01 * rng.normal(size=rows.shape)
    rows[7] += 100 * rng.normal(size=40)
    outlier = rows[7] / np.linalg.norm(rows[7])
    components = principal_components(rows.astype(np.float32), 3, seed=0)
    assert components.shape[1] >= 1
    assert np.abs(outlier @ components).max() < 0.5
    assert principal_components(rows[:8].astype(np.float32), 3, seed=0) is None


def test_components_are_of_some_rows_and_clusters_of_more(monkeypatch):
    seen = {"open": [], "components": [], "clusters": []}

    def open_rows(rows):
        seen["open"].append(len(rows))
        return rows

    def principal(rows, n_components, seed):
        seen["components"].append(rows.shape)
        return principal_components(rows, n_components, seed)

    def find(rows, *options):
        seen["clusters"].append(rows.shape)
        return find_clusters(rows, *options)

    mixture = "skgan.conditions.mixture."
    monkeypatch.setattr(mixture + "N_NUMBERS_MAX", 400)
    monkeypatch.setattr(mixture + "principal_components", principal)
    monkeypatch.setattr(mixture + "find_clusters", find)
    rows = np.arange(2_000, dtype=np.float32).reshape(1_000, 2)
    find_conditions(None, rows, open_rows, 4, 0, n_components=1)
    assert seen == {
        "open": [1] + [200] * 5,
        "components": [(200, 2)],
        "clusters": [(1_000, 1)],
    }


def test_clusters_are_looked_for_among_all_rows():
    """Sorted rows, of which not all are looked at."""
    rows = np.arange(60_000, dtype=np.float32)[:, None]
    clusters = find_conditions(None, rows, lambda rows: rows, 20, 0).clusters
    assert np.bincount(clusters.predict(rows)).max() < 12_000


def test_shares_of_clusters_with_many_labels():
    """By default no label has a cluster that its training rows have not."""
    rng = np.random.RandomState(0)
    y = rng.randint(50, size=5_000)
    X = rng.normal(size=(5_000, 2)) + 10 * (y[:, None] % 2)
    gan = GANGenerator(**SMALL, encoding="table", class_conditional=True).fit(X, y)
    conditions = gan._conditions
    assert 3 <= conditions.n_clusters <= 5
    rng = np.random.default_rng(0)
    compact = gan.encoder_.encode(gan.encoder_.read(X), rng)
    codes = conditions.codes(compact, gan.generator_.head.open, y)
    drawn = conditions.draw(y, rng)
    assert set(map(tuple, drawn)) <= set(map(tuple, codes))
    shares = [np.bincount(c[:, 1], minlength=5) / 5_000 for c in (codes, drawn)]
    assert np.abs(shares[0] - shares[1]).max() < 0.02


def test_clusters_are_the_nearest_centres():
    rng = np.random.RandomState(0)
    centres, rows = rng.normal(size=(4, 3)), rng.normal(size=(50, 3))
    nearest = [np.argmin([((row - c) ** 2).sum() for c in centres]) for row in rows]
    assert Clusters(centres, np.arange(4)).predict(rows).tolist() == nearest
    joined = Clusters(centres, np.array([1, 0, 0, 1]))
    assert joined.predict(rows).tolist() == [[1, 0, 0, 1][c] for c in nearest]
    assert len(joined) == 2


def test_clusters_of_few_rows_are_joined():
    rng = np.random.RandomState(0)
    rows = np.concatenate([rng.normal(size=(500, 2)), [[50.0, 50.0]] * 4])
    clusters = find_clusters(rows, 8, seed=0)
    counts = np.bincount(clusters.predict(rows))
    assert counts.min() >= 504 // 16 and 2 < len(clusters) < 8


@pytest.mark.parametrize("seed", range(5))
def test_no_centre_is_a_row(seed):
    """Each is the mean of at least five rows, also where k-means left a single one."""
    rng = np.random.RandomState(seed)
    rows = rng.standard_cauchy(size=(300, 3))
    centres = find_clusters(rows, 40, seed).centres
    distance = np.abs(rows[:, None] - centres).max(axis=2)
    assert distance.min() > 1e-6
    one = find_clusters(rows[:3], 3, seed)
    assert len(one) == 1 and one.centres[0] == pytest.approx(rows[:3].mean(axis=0))


def test_more_clusters_than_rows_may_be_asked_for():
    gan = GANGenerator(**SMALL, n_clusters=1_000).fit(rows_of(n=20)[0])
    assert 1 <= gan.n_clusters_ <= 4 and len(gan.sample(7)) == 7


def test_auto_finds_clusters_in_tables_only():
    X = np.random.RandomState(0).normal(size=(400, 5))
    X[:100] = 9.0
    scaled = GANGenerator(**SMALL, encoding="scaled", random_state=0).fit(X)
    assert scaled.n_clusters_ == 1
    table = GANGenerator(**SMALL, encoding="table", random_state=0).fit(X)
    assert table.n_clusters_ > 1
    pickled = pickle.loads(pickle.dumps(table))
    assert np.array_equal(
        pickled.sample(9, random_state=0), table.sample(9, random_state=0)
    )


# ---------------------------------------------------------------------- in training


def test_fake_rows_take_the_conditions_of_the_real_ones():
    head, seen = RangeHead(2, nn.Identity()), []

    class Network(nn.Module):
        def forward(self, inputs):
            seen.append(inputs)
            return inputs[:, :2]

    generator = HeadedGenerator(Network(), head, latent_dim=3, n_conditions=2)
    real = torch.tensor([[0.5, 0.5, 1.0, 0.0], [0.2, 0.1, 0.0, 1.0]])
    stream = NoiseStream(Noise(3, "normal", 4, 2), torch.Generator())
    noise = stream.draw(real)
    assert noise.shape == (2, 3 + 2 + 4)
    fake = generator(noise)
    assert torch.equal(fake[:, 2:], real[:, 2:]), "the discriminator sees them"
    assert torch.equal(seen[0][:, 3:], real[:, 2:]), "the generator sees them"
    assert torch.equal(fake[:, :2], noise[:, :2])


def test_networks_of_users_get_the_conditions():
    sizes = []

    def generator(latent_dim, n_outputs):
        sizes.append((latent_dim, n_outputs))
        return nn.Linear(latent_dim, n_outputs)

    def discriminator(n_inputs):
        sizes.append(n_inputs)
        return nn.Linear(n_inputs, 1)

    X, y = rows_of(3)
    GANGenerator(
        **SMALL,
        encoding="scaled",
        class_conditional=True,
        n_clusters=2,
        latent_dim=4,
        generator=generator,
        discriminator=discriminator,
    ).fit(X, y)
    assert sizes == [(4 + 3 + 2, 2), 2 + 3 + 2]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_rare_mode_far_away_has_its_share(seed):
    rng = np.random.RandomState(seed)
    X = rng.normal(size=(10_000, 10))
    X[:200] = 10.0
    samples = (
        GANGenerator(encoding="table", random_state=seed)
        .fit(X)
        .sample(100_000, random_state=seed)
    )
    assert 0.018 < (samples.mean(axis=1) > 5).mean() < 0.022
