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
from skgan.conditions import (
    ClusterCondition,
    Clusters,
    ConditionedRows,
    Conditions,
    LabelCondition,
    Labels,
    auto_n_clusters,
    find_clusters,
    find_conditions,
    label_condition,
    principal_components,
    read_labels,
)
from skgan.conditions.clusters import find_clusters_of, shares_of_clusters
from skgan.estimators.inputs import hold_out
from skgan.networks import HeadedGenerator, RangeHead
from skgan.privacy import MinRows
from skgan.training import BatchStream, LatentSampler, WeightAverage

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
    "series": pd.Series([2, 5, 9], name="size"),
    "nullable": pd.Series([2, 5, 9], dtype="Int16"),
    "str": pd.Series(["no", "yes", "maybe"], dtype="str"),
    "categorical": pd.Series(["L", "S", "M"], dtype=pd.CategoricalDtype([*"SMLX"])),
    "time zone": pd.Series(pd.date_range("2020", periods=3, tz="Asia/Tokyo")),
    "polars": pl.Series("size", ["no", "yes", "maybe"]),
    "enum": pl.Series("size", ["S", "L", "M"], dtype=pl.Enum(["S", "M", "L"])),
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
    options["refinement"] = None
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
    right, wrong = fitted.discriminate(X, y), fitted.discriminate(X, 1 - y)
    assert (right > wrong).mean() > 0.8
    assert fitted._model.judge.scaling.slope > 0
    best = np.maximum(right, wrong)  # the label that looks most real
    assert np.array_equal(fitted.discriminate(X), best)


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
    shares = gan._model.conditions.part(LabelCondition).shares
    assert shares[2] == pytest.approx(5 / 122)


def test_another_rule_asks_for_more_rows_of_a_class():
    y = np.repeat([0, 1], [100, 8])
    with pytest.warns(UserWarning, match="Class 1 has 8 rows, fewer than 9"):
        labels, codes = read_labels("GAN", y, 108, MinRows(9))
    assert codes.tolist() == y.tolist()
    shares = label_condition(labels, codes, MinRows(20)).shares
    assert shares == pytest.approx([100 / 120, 20 / 120])


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


def as_they_are(rows):
    return rows


def without_labels(rows, expand=as_they_are):
    """Encoded rows that are expanded rows already, or are expanded by a function."""
    return ConditionedRows(rows, expand, np.zeros(len(rows), dtype=np.int64))


def labels_and_clusters(label_codes, codes, n_labels, n_clusters):
    """Conditions of rows with codes of labels and of clusters."""
    clusters = Clusters(np.zeros((n_clusters, 1)), np.arange(n_clusters))
    shares = shares_of_clusters(label_codes, codes, (n_labels, n_clusters))
    labels = label_condition(Labels(range(n_labels)), label_codes)
    return Conditions((labels, ClusterCondition(clusters, shares)))


def shares_by_hand(counts):
    """As documented: labels count as five rows at least, cells below five are pooled.

    Where a label has fewer than five rows in them they are none.
    """
    labels = [max(sum(row), 5) for row in counts]
    of_labels = [n / sum(labels) for n in labels]
    of_clusters = []
    for row in counts:
        small = [n for n in row if 0 < n < 5]
        pooled = sum(small) / len(small) if sum(small) >= 5 else 0
        kept = [n if n >= 5 else pooled if n else 0 for n in row]
        if not sum(kept):
            kept = [sum(column) for column in zip(*counts, strict=True)]
        of_clusters.append([n / sum(kept) for n in kept])
    return of_labels, of_clusters


def test_shares_of_labels_and_clusters():
    counts = [[80, 20, 3, 0], [0, 4, 2, 0], [7, 0, 30, 0], [0, 2, 1, 0], [9, 3, 2, 4]]
    codes = [
        [label, cluster]
        for label, cluster in itertools.product(range(5), range(4))
        for _ in range(counts[label][cluster])
    ]
    conditions = labels_and_clusters(*np.array(codes).T, 5, 4)
    of_labels, of_clusters = shares_by_hand(counts)
    rng = np.random.default_rng(0)
    drawn = conditions.draw(conditions.draw_labels(200_000, rng), rng)
    for label in range(5):
        own = drawn[:, 0] == label
        assert own.mean() == pytest.approx(of_labels[label], abs=0.005)
        shares = np.bincount(drawn[own, 1], minlength=4) / own.sum()
        assert shares == pytest.approx(of_clusters[label], abs=0.02)
        assert (shares[np.array(of_clusters[label]) == 0] == 0).all()


def test_rare_labels_are_trained_on_more_often():
    """As documented: by the logarithm of one and their number (Xu et al. 2019)."""
    counts = [900, 90, 10]
    codes = np.repeat(np.arange(3), counts)
    conditions = Conditions((label_condition(Labels([0, 1, 2]), codes),))
    weights = conditions.weights(codes)
    shares = [np.log(1 + n) / sum(np.log(1 + m) for m in counts) for n in counts]
    of_labels = [float(weights[codes == label].sum()) for label in range(3)]
    assert np.array(of_labels) / sum(of_labels) == pytest.approx(shares)
    assert all(len(set(weights[codes == label])) == 1 for label in range(3))
    rng = np.random.default_rng(0)
    drawn = np.bincount(conditions.draw_labels(200_000, rng, in_batches=True)) / 200_000
    assert drawn == pytest.approx(shares, abs=0.005)


def test_fits_see_rare_labels_more_often(monkeypatch):
    """Batches and the statistics of batch normalization have the same shares."""
    conditions = {"batches": [], "statistics": []}
    draw = BatchStream.draw

    def drawn(stream):
        batch = draw(stream)
        conditions["batches"].append(stream.expand(*batch).conditions)
        return batch

    def update(average, draw_latents, effort):
        draws = (draw_latents().conditions for _ in range(100))
        conditions["statistics"].extend(draws)

    monkeypatch.setattr(BatchStream, "draw", drawn)
    monkeypatch.setattr(WeightAverage, "update_bn_statistics", update)
    counts = [1800, 180, 20]
    y = np.repeat(range(3), counts)
    X = np.random.RandomState(0).normal(size=(len(y), 2))
    settings = SMALL | {"max_iter": 100, "n_clusters": 1, "random_state": 0}
    settings["refinement"] = None
    GANGenerator(**settings, class_conditional=True, latent_dim=4).fit(X, y)
    logs = np.log1p(counts)
    for one_hot in conditions.values():
        shares = torch.cat(one_hot).mean(0)
        assert shares.numpy() == pytest.approx(logs / logs.sum(), abs=0.01)


def test_equal_labels_need_no_weights():
    codes = np.repeat([0, 1], 50)
    conditions = Conditions((label_condition(Labels([0, 1]), codes),))
    assert conditions.weights(codes) is None
    assert Conditions().weights(np.zeros(100, int)) is None


def test_clusters_are_drawn_apart_from_labels():
    """Within each label by their shares: the two draws share no random number."""
    X, y = rows_of(4, n=800)
    gan = GANGenerator(
        **SMALL,
        class_conditional=True,
        n_clusters=3,
        encoder="table",
        random_state=0,
        refinement=None,
    ).fit(np.random.RandomState(1).normal(size=X.shape), y)
    labels = gan._model.label_codes(None, 40_000, seed=0)
    clusters = gan._model.condition_codes(labels, seed=0)[:, 1]
    of_labels = gan._model.conditions.part(ClusterCondition).shares
    for label, shares in enumerate(of_labels):
        own = clusters[labels == label]
        drawn = np.bincount(own, minlength=3) / len(own)
        assert drawn == pytest.approx(shares, abs=0.03)


def test_one_hot_parts_stand_side_by_side():
    conditions = labels_and_clusters(np.arange(6) % 3, np.arange(6) % 2, 3, 2)
    assert conditions.n_columns == 5 and conditions.sizes == [3, 2]
    assert (conditions.n_labels, conditions.n_clusters) == (3, 2)
    one_hot = conditions.one_hot(torch.tensor([[2, 0], [0, 1]]))
    assert one_hot.tolist() == [[0, 0, 1, 1, 0], [1, 0, 0, 0, 1]]
    assert one_hot.dtype == torch.float32


def test_no_conditions_are_no_columns():
    conditions, rows = Conditions(), without_labels(np.zeros((4, 2), np.float32))
    assert (conditions.n_columns, conditions.labels, conditions.sizes) == (0, None, [])
    assert (conditions.n_labels, conditions.n_clusters) == (1, 1)
    rng = np.random.default_rng(0)
    drawn = conditions.draw(conditions.draw_labels(4, rng), rng)
    for codes in (conditions.codes(rows), drawn, find_conditions(rows, 1, 0)[1]):
        assert codes.shape == (4, 0) and codes.dtype == np.int64
        assert conditions.one_hot(torch.tensor(codes)).shape == (4, 0)


def test_codes_of_rows_are_those_of_training():
    """Labels as they came, clusters as the nearest center says, part by part."""
    rng = np.random.default_rng(0)
    y, side = np.arange(300) % 3, np.arange(300) % 2
    points = (10.0 * side + rng.normal(size=300)).astype(np.float32)[:, None]
    rows = ConditionedRows(points, lambda encoded: -2 * encoded, y)
    conditions, codes = find_conditions(rows, 2, 0, labels=Labels(y), label_codes=y)
    assert conditions.sizes == [3, 2] and codes.shape == (300, 2)
    assert np.array_equal(conditions.codes(rows), codes)
    assert np.array_equal(codes[:, 0], y)
    assert len({*zip(codes[:, 1], side, strict=True)}) == 2
    centers = conditions.part(ClusterCondition).clusters.centers
    assert sorted(centers[:, 0]) == pytest.approx([-20, 0], abs=0.5)


@pytest.mark.parametrize(
    ("n_rows", "n_labels", "expected"),
    [(50, 1, 1), (199, 1, 1), (400, 1, 4), (3_000, 1, 30), (9_000, 1, 50)]
    + [(3_000, 5, 30), (3_000, 10, 15), (3_000, 100, 1)],
)
def test_auto_clusters(n_rows, n_labels, expected):
    """One for each hundred rows, at most 50; each label has 20 rows in each."""
    rows = np.random.RandomState(0).normal(size=(n_rows, 2)).astype(np.float32)
    n_clusters = auto_n_clusters(n_rows, n_labels, 100, 50)
    conditions, codes = find_conditions(without_labels(rows), n_clusters, 0)
    assert expected * 0.7 <= conditions.n_clusters <= expected
    if conditions.parts:
        assert np.bincount(codes[:, 0]).min() >= 50


def test_clusters_in_components_are_those_of_rows():
    """Where all that tells rows apart lies in a few components."""
    rng = np.random.default_rng(0)
    middles = 10 * rng.normal(size=(6, 3)) @ rng.normal(size=(3, 40))
    label = np.arange(3_000) % 6
    rows = (middles[label] + 0.1 * rng.normal(size=(3_000, 40))).astype(np.float32)
    conditions, codes = find_conditions(without_labels(rows), 6, 0, n_components=3)
    clusters = conditions.part(ClusterCondition).clusters
    assert clusters.components.shape == (40, 3)
    assert clusters.centers.shape == (6, 3)
    assert len(set(zip(codes[:, 0], label, strict=True))) == 6


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
    shapes = {"expand": [], "components": [], "clusters": []}

    def expand(rows):
        shapes["expand"].append(len(rows))
        return rows

    def principal(rows, *options):
        shapes["components"].append(rows.shape)
        return principal_components(rows, *options)

    def find(rows, *options):
        shapes["clusters"].append(rows.shape)
        return find_clusters(rows, *options)

    module = "skgan.conditions.clusters."
    monkeypatch.setattr(module + "MAX_NUMBERS", 400)
    monkeypatch.setattr(module + "principal_components", principal)
    monkeypatch.setattr(module + "find_clusters", find)
    rows = np.arange(2_000, dtype=np.float32).reshape(1_000, 2)
    find_clusters_of(without_labels(rows, expand), 4, 0, n_components=1)
    assert shapes == {
        "expand": [1] + [200] * 5,
        "components": [(200, 2)],
        "clusters": [(1_000, 1)],
    }


def test_clusters_are_looked_for_among_all_rows():
    """Sorted rows, of which not all are looked at."""
    rows = np.arange(60_000, dtype=np.float32)[:, None]
    _, codes = find_conditions(without_labels(rows), 20, 0)
    assert np.bincount(codes[:, 0]).max() < 12_000


def test_shares_of_clusters_with_many_labels():
    """By default no label has a cluster that its training rows have not."""
    rng = np.random.RandomState(0)
    y = rng.randint(50, size=5_000)
    X = rng.normal(size=(5_000, 2)) + 10 * (y[:, None] % 2)
    options = {"encoder": "table", "class_conditional": True, "refinement": None}
    options["random_state"] = 0
    gan = GANGenerator(**SMALL, **options).fit(X, y)
    conditions = gan._model.conditions
    assert 3 <= conditions.n_clusters <= 5
    rng = np.random.default_rng(0)
    encoded = gan.encoder_.encode(gan.encoder_.read(X), rng)
    expand = gan.generator_.head.expand
    codes = conditions.codes(ConditionedRows(encoded, expand, y))
    drawn = conditions.draw(y, rng)
    assert set(map(tuple, drawn)) <= set(map(tuple, codes))
    shares = [np.bincount(c[:, 1], minlength=5) / 5_000 for c in (codes, drawn)]
    assert np.abs(shares[0] - shares[1]).max() < 0.02


def test_clusters_are_the_nearest_centers():
    rng = np.random.RandomState(0)
    centers, rows = rng.normal(size=(4, 3)), rng.normal(size=(50, 3))
    nearest = [np.argmin([((row - c) ** 2).sum() for c in centers]) for row in rows]
    assert Clusters(centers, np.arange(4)).predict(rows).tolist() == nearest
    joined = Clusters(centers, np.array([1, 0, 0, 1]))
    assert joined.predict(rows).tolist() == [[1, 0, 0, 1][c] for c in nearest]
    assert len(joined) == 2


def test_clusters_of_few_rows_are_joined():
    rng = np.random.RandomState(0)
    rows = np.concatenate([rng.normal(size=(500, 2)), [[50.0, 50.0]] * 4])
    clusters = find_clusters(rows, 8, seed=0)
    counts = np.bincount(clusters.predict(rows))
    assert counts.min() >= 504 // 16 and 2 < len(clusters) < 8


@pytest.mark.parametrize("seed", range(5))
def test_no_center_is_a_row(seed):
    """Each is the mean of at least five rows, also where k-means left a single one."""
    rng = np.random.RandomState(seed)
    rows = rng.standard_cauchy(size=(300, 3))
    centers = find_clusters(rows, 40, seed).centers
    distance = np.abs(rows[:, None] - centers).max(axis=2)
    assert distance.min() > 1e-6
    one = find_clusters(rows[:3], 3, seed)
    assert len(one) == 1 and one.centers[0] == pytest.approx(rows[:3].mean(axis=0))


def test_more_clusters_than_rows_may_be_asked_for():
    gan = GANGenerator(**SMALL, n_clusters=1_000).fit(rows_of(n=20)[0])
    assert 1 <= gan.n_clusters_ <= 4 and len(gan.sample(7)) == 7


def test_auto_finds_clusters_in_tables_only():
    X = np.random.RandomState(0).normal(size=(400, 5))
    X[:100] = 9.0
    scaled = GANGenerator(**SMALL, encoder="scaled", random_state=0).fit(X)
    assert scaled.n_clusters_ == 1
    table = GANGenerator(**SMALL, encoder="table", random_state=0).fit(X)
    assert table.n_clusters_ > 1
    pickled = pickle.loads(pickle.dumps(table))
    assert np.array_equal(
        pickled.sample(9, random_state=0), table.sample(9, random_state=0)
    )


# ---------------------------------------------------------------------- in training


def test_fake_rows_take_the_conditions_of_the_real_ones():
    head, inputs = RangeHead(2, nn.Identity()), []

    class Network(nn.Module):
        def forward(self, points):
            inputs.append(points)
            return points[:, :2]

    generator = HeadedGenerator(Network(), head)
    of_real = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    latents = LatentSampler(3, "normal", 4).draw(of_real, torch.Generator())
    assert [part.shape for part in latents] == [(2, 3), (2, 2), (2, 4)]
    fake = generator(latents)
    assert torch.equal(fake.conditions, of_real), "the discriminator sees them"
    assert torch.equal(inputs[0][:, 3:], of_real), "the generator sees them"
    assert torch.equal(fake.rows, latents.z[:, :2])


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
        encoder="scaled",
        class_conditional=True,
        n_clusters=2,
        latent_dim=4,
        generator=generator,
        discriminator=discriminator,
    ).fit(X, y)
    assert sizes == [(4 + 3 + 2, 2), 2 + 3 + 2]


@pytest.mark.slow
@pytest.mark.usefixtures("all_trees")
@pytest.mark.parametrize("seed", range(5))
def test_a_rare_mode_far_away_has_its_share(seed):
    rng = np.random.RandomState(seed)
    X = rng.normal(size=(10_000, 10))
    X[:200] = 10.0
    samples = (
        GANGenerator(encoder="table", random_state=seed)
        .fit(X)
        .sample(100_000, random_state=seed)
    )
    assert 0.018 < (samples.mean(axis=1) > 5).mean() < 0.022
