"""Columns that name rows: keys are counted on, others are declared."""

from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone

from skgan import GANGenerator
from skgan.encoding import TableEncoder, is_key
from skgan.encoding.columns import Numeric
from skgan.metrics import evaluate, two_sample_score

RNG = np.random.default_rng(0)
N = 400
SMALL = {"max_iter": 5, "hidden_layer_sizes": (16,), "n_score_samples": 50}
IDS = RNG.permutation(N) + 1
RANDOM = RNG.permutation(90_000_000)[:N] + 10_000_000


def table(**columns):
    return pd.DataFrame({**columns, "x": RNG.normal(size=N)})


def built(encoder, X, n=N):
    encoded = encoder.encode(encoder.read(X), np.random.default_rng(0))[:n]
    return encoder.build(encoded, np.random.default_rng(0))


@pytest.mark.parametrize(
    "convert", [pd.DataFrame, pl.from_pandas, pa.Table.from_pandas]
)
@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (IDS, np.arange(401, 801)),
        (1_000 - 10 * IDS, np.arange(1_000, 5_000, 10)),
        (IDS.astype("u2"), np.arange(401, 801)),
        (pd.array(IDS, dtype="Int64"), np.arange(401, 801)),
        (2**62 + IDS, 2**62 + np.arange(401, 801)),
    ],
)
def test_keys_are_counted_on(convert, ids, expected):
    X = convert(table(id=ids))
    message = r"^Keys, which count rows, in column\(s\) 'id': samples count on. Table"
    with pytest.warns(UserWarning, match=message) as caught:
        encoder = TableEncoder().fit(X)
    assert len(caught) == 1 and caught[0].filename == __file__
    rows = built(encoder, X)
    assert np.asarray(rows["id"]).tolist() == expected.tolist()
    assert pa.table(rows).schema.field("id").type == pa.table(X).schema.field("id").type
    assert encoder.identifier_names_ == ["id"]
    assert encoder.layout.class_sizes == (1,), "nothing of them is learned"


@pytest.mark.filterwarnings("ignore:Keys, which count rows")
def test_samples_have_keys_of_their_own():
    X = table(id=IDS)
    gan = GANGenerator(**SMALL, random_state=0).fit(X)
    ids = gan.sample(1_000, random_state=0)["id"]
    assert ids.tolist() == list(range(401, 1_401))
    assert np.isfinite(gan.score_samples(X)).all()
    half = table(id=IDS).sample(300, random_state=0)  # training rows of a split
    encoder = TableEncoder().fit(half)
    first = half["id"].max() + 1
    assert built(encoder, half, 9)["id"].tolist() == list(range(first, first + 9))


def test_what_counts_rows():
    assert is_key(IDS) and is_key(np.arange(0, 2_000, 50)) and is_key(IDS[:250])
    assert not is_key(IDS[:150]), "they fill too little of their range"
    assert not is_key(np.append(IDS, 7)) and not is_key(np.arange(10))
    assert not is_key(RANDOM) and not is_key(np.array([-(2**63), 2**63 - 1] * 20))
    assert is_key(np.uint64(2**64 - 1) - np.arange(100, dtype="u8"))


@pytest.mark.parametrize(
    "own",
    [
        table(id=IDS.astype(float)),
        table(id=pd.to_datetime(IDS, unit="D")),
        table(id=pd.array([None, *IDS[1:]], dtype="Int64")),
        table(id=RANDOM),
        table(id=np.append(IDS[1:], IDS[1])),
        table(id=IDS).to_numpy(),
        table(id=IDS).drop(columns="x").to_numpy(),
    ],
)
def test_what_is_no_key(own):
    encoder = TableEncoder().fit(own)
    assert encoder.identifier_names_ == []
    assert isinstance(encoder._encoders[0], Numeric)


def test_declared_keys_warn_of_nothing():
    X = table(id=IDS, number=RANDOM)
    encoder = TableEncoder(identifiers=["id", "number"]).fit(X)
    rows = built(encoder, X)
    assert rows["id"].tolist() == list(range(401, 801))
    number = rows["number"]
    assert number.is_unique and number.dtype == X["number"].dtype
    assert number.between(10_000_000, 99_999_999).all()
    assert not set(number) & set(RANDOM)
    assert TableEncoder(identifiers=[]).fit(X).identifier_names_ == []
    array = TableEncoder(identifiers=[0]).fit(X.to_numpy(dtype=np.int64))
    assert array.identifier_names_ == ["0"]


@pytest.mark.filterwarnings("ignore:Keys, which count rows")
def test_decimals_are_no_keys_though_they_fill_a_range():
    for prices in ([f"{i / 10:.2f}" for i in IDS], [Decimal(int(i)) / 10 for i in IDS]):
        X = table(price=prices)
        assert TableEncoder().fit(X).identifier_names_ == []
        assert TableEncoder().fit(X.assign(price=IDS)).identifier_names_ == ["price"]


def test_functions_make_identifiers():
    X = table(mail=["a@b.c"] * N, number=RANDOM, price=RNG.normal(size=N).round(2))
    makers = {
        "mail": lambda n: [f"user{i}@example.com" for i in range(n)],
        "number": lambda n: np.arange(n) * 7,
        "price": lambda n: np.full(n, 0.25),
    }
    encoder = clone(TableEncoder(identifiers=makers)).fit(X)
    rows = built(encoder, X, 3)
    assert rows["mail"].tolist() == [f"user{i}@example.com" for i in range(3)]
    assert rows["number"].tolist() == [0, 7, 14]
    assert rows["price"].tolist() == [0.25] * 3
    assert rows.dtypes.equals(X.dtypes)
    X = table(price=[Decimal("1.50") + i % 7 for i in range(N)])
    encoder = TableEncoder(identifiers={"price": lambda n: [2.5] * n}).fit(X)
    assert built(encoder, X, 2)["price"].tolist() == [Decimal("2.5")] * 2


@pytest.mark.parametrize(
    ("identifiers", "message"),
    [
        (["a"], "identifiers must be 'auto', or names, .* columns of X, got 'a'.$"),
        (
            {"a": len},
            "identifiers must be 'auto', or names, .* columns of X, got 'a'.$",
        ),
        (
            {"id": 5},
            r"identifiers\['id'\] must be a function from a number .*, got 5.$",
        ),
        ("id", "identifiers must be 'auto', or names, .*, got 'id'.$"),
        ("drop", "identifiers must be 'auto', .*'drop': say on_identifiers='drop'.$"),
        (["day"], "'day' must be text or numbers to be an identifier, got number.$"),
        (["flag"], "'flag' must be text or numbers to be an ident.*, got boolean.$"),
        (
            ["x"],
            "'x' must hold at least 5 whole numbers to be .* got 400 of dtype float",
        ),
        (["code"], "must name different columns, got 'code' in both.$"),
        (
            {"id": lambda n: [1, 2]},
            r"identifiers\['id'\] must make 3 values for 3 rows,",
        ),
        ({"id": lambda n: "abc"}, r"identifiers\['id'\] must make numbers, got 'a'.$"),
        (
            {"name": lambda n: [1] * n},
            r"identifiers\['name'\] must make texts, got 1.$",
        ),
    ],
)
def test_bad_declarations(identifiers, message):
    flags = IDS % 2 == 0
    X = table(id=IDS, day=pd.to_datetime(IDS, unit="D"), flag=flags, code=IDS % 30)
    X["name"] = "same"
    with pytest.raises(ValueError, match=message):
        encoder = TableEncoder(categorical_features=["code"], identifiers=identifiers)
        built(encoder.fit(X), X, 3)


def test_dropped_and_refused_keys():
    X = table(id=IDS)
    assert list(built(TableEncoder(on_identifiers="drop").fit(X), X)) == ["x"]
    message = (
        "Column 'id' must not be an identifier with on_identifiers='error', got 40"
    )
    with pytest.raises(ValueError, match=message):
        TableEncoder(on_identifiers="error").fit(X)


def test_keys_beyond_their_dtype_are_refused():
    X = table(id=np.arange(N) % 100)[:100].astype({"id": "int8"})
    encoder = TableEncoder(identifiers=["id"]).fit(X)
    assert built(encoder, X, 28)["id"].max() == 127
    message = "Column 'id' must have room for keys up to 199, got int8.$"
    with pytest.raises(ValueError, match=message):
        built(encoder, X, 100)


WIDE = RNG.integers(5 * 10**18, 9 * 10**18, N)


@pytest.mark.parametrize(
    ("numbers", "dtype"),
    [
        (RNG.permutation(25_000)[:N] + 5_000, "i2"),  # of all of five digits a third
        (WIDE, "i8"),  # as many digits as int64, of which floats keep 16
        (WIDE.astype("u8") + np.uint64(8 * 10**18), "u8"),
        (RNG.permutation(2_000)[:N] - 1_000, "i4"),
    ],
)
def test_numbers_that_name_rows_differ_and_fit_into_their_dtype(numbers, dtype):
    X = table(id=numbers.astype(dtype))
    ids = built(TableEncoder(identifiers=["id"]).fit(X), X)["id"]
    assert ids.dtype == dtype and ids.is_unique
    assert not (ids == np.iinfo(dtype).max).any(), "none is cut to what fits"
    sizes = [set(abs(some).astype(str).str.len()) for some in (X["id"], ids)]
    assert sizes[1] <= sizes[0]
    if dtype[1] == "8":
        assert (ids % 2 == 1).any(), "floats would be multiples of 512"


def test_numbers_without_room_are_refused():
    X = pd.DataFrame({"id": RNG.permutation(120)[:30].astype("i1"), "x": 1.0})
    encoder = TableEncoder(identifiers=["id"]).fit(X)
    encoded = encoder.encode(encoder.read(X), RNG)
    message = "Column 'id' must have room for 300 different numbers, got int8.$"
    with pytest.raises(ValueError, match=message):
        encoder.build(encoded.repeat(10, axis=0), RNG)


def test_equal_keys_stay_equal():
    X = table(id=IDS, again=IDS)
    rows = built(TableEncoder(identifiers=["id", "again"]).fit(X), X)
    assert (rows["id"] == rows["again"]).all() and rows["id"].is_unique


def test_measures_leave_keys_out_and_name_them():
    X = table(id=IDS)
    late = X.assign(id=X["id"] + N)
    with pytest.warns(UserWarning, match="Left out, as nearly all values differ: 'id'"):
        assert two_sample_score(X, late) > 0.9
    held_out = X.assign(x=X["x"] + 0.01)
    assert evaluate(X, held_out, late).left_out == ["id"]
