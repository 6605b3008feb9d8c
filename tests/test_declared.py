"""What users declare of columns: categories among numbers, and identifiers."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skgan import GANGenerator
from skgan.encoding import ImageEncoder, ScaledEncoder, TableEncoder
from skgan.encoding.columns import (
    Discrete,
    HighCardinality,
    Identifier,
    Numeric,
    declared_columns,
)

SMALL = {"max_iter": 2, "hidden_layer_sizes": (8,), "n_score_samples": 50}
NAMES = ["zip", "name", "age"]
N = 2_000
RNG = np.random.default_rng(0)


def with_identifiers(option):
    return GANGenerator(**SMALL, encoder=TableEncoder(on_identifiers=option))


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "zip": RNG.choice(np.arange(10_000, 10_050), N),
            "name": [f"user-{i:05d}" for i in RNG.permutation(90_000)[:N]],
            "age": RNG.normal(size=N),
        }
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("from_dtype", set()),
        (["zip", "age"], {0, 2}),
        ([0, -1], {0, 2}),
        (np.array([False, True, False]), {1}),
        ([], set()),
        (("age",), {2}),
        (["zip", 2], {0, 2}),
    ],
)
def test_ways_to_declare(given, expected):
    assert declared_columns(given, NAMES) == expected


@pytest.mark.parametrize(
    ("given", "got"),
    [
        (["street"], "columns of X, got 'street'"),
        ([3], "columns of X, got 3"),
        ([-4], "columns of X, got -4"),
        ([True, False], "all 3 columns, got 2 flags"),
        ([0.5], "columns of X, got 0.5"),
        ([True, 1], "columns of X, got True"),
        ([[0]], "columns, got ..0.."),
    ],
)
def test_columns_that_are_not_there(table, given, got):
    rule = "categorical_features must be 'from_dtype', or names, indices or a mask of "
    gan = GANGenerator(**SMALL, categorical_features=given)
    with pytest.raises(ValueError, match=rule + got):
        gan.fit(table)
    assert not hasattr(gan, "encoder_")


@pytest.mark.parametrize(
    "library", [pd.DataFrame, lambda t: pl.from_pandas(t), np.array]
)
def test_declared_numbers_are_categories(table, library):
    """Samples hold training values only, and the classes have no order."""
    X = library(table[["zip", "age"]])
    assert isinstance(TableEncoder().fit(X)._encoders[0], Numeric)
    gan = GANGenerator(**SMALL, categorical_features=[0], random_state=0).fit(X)
    encoder = gan.encoder_._encoders[0]
    assert isinstance(encoder, Discrete) and not encoder.ordered
    drawn = np.asarray(gan.sample(200, random_state=0))[:, 0]
    assert set(drawn) <= set(table["zip"]) and len(set(drawn)) > 5


def test_many_declared_numbers_share_classes():
    X = RNG.choice(np.arange(400), size=(40_000, 1))
    X[:3] = 999
    own = TableEncoder(categorical_features=[0]).fit(X)._encoders[0]
    assert isinstance(own, HighCardinality) and own.n_classes == 128
    assert 999 not in own._values, "a value of three rows is not stored"


def test_declared_numbers_must_be_shared():
    X = np.c_[np.arange(40), np.arange(40) % 2]
    message = "Column '0' must .* have values that at least 5 rows share, got 40 diff"
    with pytest.raises(ValueError, match=message.replace("'0'", "0")):
        TableEncoder(categorical_features=[0]).fit(X)


def test_declared_columns_make_a_table_of_pixels():
    X = RNG.integers(17, size=(60, 16))
    assert isinstance(GANGenerator(**SMALL).fit(X).encoder_, ScaledEncoder)
    declared = {**SMALL, "categorical_features": [3]}
    assert isinstance(GANGenerator(**declared).fit(X).encoder_, TableEncoder)
    rule = "categorical_features needs encoder='table', got encoder="
    for encoder, got in (
        ("scaled", "'scaled'."),
        (TableEncoder(), r"TableEncoder.*: give it to the encoder itself."),
    ):
        with pytest.raises(ValueError, match=rule + got):
            GANGenerator(**declared, encoder=encoder).fit(X)


def test_identifiers_warn_once(table):
    table["mail"] = [f"{name}@example.com" for name in table["name"][::-1]]
    gan = GANGenerator(**SMALL)
    with pytest.warns(UserWarning, match=r"in column\(s\) 'name', 'mail'") as caught:
        gan.fit(table)
    assert len(caught) == 1 and caught[0].filename == __file__
    known = TableEncoder(identifiers=["name", "mail"])
    GANGenerator(**SMALL, encoder=known).fit(table)  # and no warning


@pytest.mark.parametrize(
    ("own", "hint"),
    [
        ([f"{i}" if i % 2 else f"{i}.{i % 9}.{i % 7}" for i in range(N)], True),
        ([f"{i},5 €" if i % 2 else f"€ {i}" for i in range(N)], True),
        ([f"{i}" if i % 5 else f"x{i}" for i in range(N)], False),
        ([f"{i:x}f" for i in range(N)], False),
    ],
)
def test_numbers_and_dates_of_several_formats_are_told(table, own, hint):
    table["own"] = own
    with pytest.warns(UserWarning, match="Nearly unique text") as caught:
        GANGenerator(**SMALL, refinement=None).fit(table)
    said = "If 'own' holds numbers or dates as text, convert it first"
    assert (said in str(caught[0].message)) == hint
    assert len(caught) == 1


def libraries(table):
    return {
        "pandas": table,
        "polars": pl.from_pandas(table),
        "pyarrow": pa.Table.from_pandas(table),
        "array": table.to_numpy(dtype=object),
    }


@pytest.mark.parametrize("name", ["pandas", "polars", "pyarrow", "array"])
def test_dropped_identifiers(table, name):
    X = libraries(table)[name]
    gan = with_identifiers("drop").set_params(random_state=0).fit(X)
    rows = gan.sample(7, random_state=0)
    assert type(rows) is type(X) and rows.shape == (7, 2)
    if name == "pyarrow":
        assert rows.schema.names == ["zip", "age"]
    elif name != "array":
        assert list(rows.columns) == ["zip", "age"]
        assert rows["zip"].dtype == X["zip"].dtype
    assert np.isfinite(gan.score_samples(X)).all(), "rows to score have the column"
    assert gan.n_features_in_ == 3


def test_refused_identifiers(table):
    gan = with_identifiers("error")
    with pytest.raises(ValueError, match="Column 'name' must not be an .* 2000 diff"):
        gan.fit(table)


def test_nothing_but_identifiers(table):
    gan = with_identifiers("drop")
    with pytest.raises(ValueError, match="on_identifiers='drop' must leave a column"):
        gan.fit(table[["name"]])
    gan.set_params(encoder=TableEncoder(identifiers=[0])).fit(table[["name"]])
    assert isinstance(gan.encoder_._encoders[0], Identifier)


def test_text_that_is_declared_is_no_identifier():
    few = [f"town {i % 36}" for i in range(40)] + ["town 0"] * 4
    table = pd.DataFrame({"town": few, "size": np.arange(44.0)})
    own = TableEncoder(identifiers=["town"]).fit(table)
    assert own.identifier_names_ == ["town"]
    encoder = TableEncoder(categorical_features=["town"]).fit(table)
    assert encoder.identifier_names_ == []
    assert encoder.categorical_ == [0]
    with pytest.raises(
        ValueError, match="'town' must have values that at least 5 rows"
    ):
        TableEncoder(categorical_features=[0]).fit(table[:40])


def test_encoders_of_images_are_for_images():
    gan = GANGenerator(**SMALL, encoder=ImageEncoder())
    with pytest.raises(ValueError, match="encoder must be one of rows, of images DCG"):
        gan.fit(np.zeros((20, 64)))
