import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine

from skgan.encoding import ScaledEncoder, check_columns, check_magnitudes
from skgan.encoding.frames import number_table

RNG = np.random.RandomState(0)
PIXELS = RNG.randint(0, 256, size=(100, 9)).astype(float)
PIXELS[:, 4] = 0.0
PIXELS[0, 5:7], PIXELS[1, 5:7] = 0.0, 255.0
EMBEDDINGS = RNG.normal(size=(200, 5)) * 3 + 100
TABLE = RNG.normal(size=(200, 3)) * [1, 10, 1000] + [0, 5, -2000]


@pytest.mark.parametrize("X", [PIXELS, EMBEDDINGS, TABLE, TABLE[:2], TABLE[:, :1]])
def test_decode_inverts_encode(X):
    encoder = ScaledEncoder().fit(X)
    encoded = encoder.encode(X)
    assert encoded.dtype == np.float32
    assert encoded.shape == (len(X), encoder.layout.n_columns)
    np.testing.assert_allclose(encoder.decode(encoded), X, rtol=1e-5, atol=1e-4)


def test_closed_shared_range_becomes_minus_one_to_one():
    encoder = ScaledEncoder().fit(PIXELS)
    varying = np.delete(encoder.encode(PIXELS), 4, axis=1)
    assert encoder.activation_ == "tanh"
    assert varying.min() == -1 and varying.max() == 1
    np.testing.assert_array_equal(encoder.unit_, np.ones(9))


def test_shared_range_without_ends_has_one_map():
    encoder = ScaledEncoder().fit(EMBEDDINGS)
    encoded = encoder.encode(EMBEDDINGS)
    assert encoder.activation_ == "linear"
    # Of quantiles, which hide each value, and are few beside five columns' values
    assert encoded.mean() == pytest.approx(0, abs=0.005)
    assert encoded.std() == pytest.approx(1, abs=0.02)
    np.testing.assert_allclose(
        encoded.std(0) / EMBEDDINGS.std(0), 1 / encoder._scale, rtol=1e-5
    )
    np.testing.assert_array_equal(encoder.unit_, np.ones(5))


def test_columns_in_units_of_their_own():
    encoder = ScaledEncoder().fit(TABLE)
    encoded = encoder.encode(TABLE)
    assert encoder.activation_ == "linear"
    np.testing.assert_allclose(encoded.mean(0), 0, atol=0.02)  # those of quantiles
    np.testing.assert_allclose(encoded.std(0), 1, atol=0.05)
    np.testing.assert_allclose(encoder.unit_ * encoded.std(0), TABLE.std(0), rtol=1e-5)


@pytest.mark.parametrize(
    ("load", "shared", "activation"),
    [
        (load_iris, False, "linear"),
        (load_wine, False, "linear"),
        (load_breast_cancer, False, "linear"),
        (load_diabetes, True, "linear"),
    ],
)
def test_rule_on_real_tables(load, shared, activation):
    encoder = ScaledEncoder().fit(load().data)
    assert encoder.activation_ == activation
    assert bool((encoder.unit_ == 1).all()) == shared


def test_rule_on_real_images(digits):
    encoder = ScaledEncoder().fit(digits)
    assert encoder.activation_ == "tanh"
    assert (encoder.unit_ == 1).all()


def test_constant_columns_return_exactly():
    X = np.column_stack([TABLE, np.full(200, 0.1), PIXELS[:1].repeat(200, 0)])
    encoder = ScaledEncoder().fit(X)
    noise = RNG.normal(size=(7, encoder.layout.n_columns)).astype(np.float32)
    np.testing.assert_array_equal(encoder.decode(noise)[:, 3:], X[:7, 3:])
    assert np.isfinite(encoder.encode(X)).all()


@pytest.mark.parametrize("value", [2024.0, -1e90])
@pytest.mark.parametrize("X", [PIXELS, EMBEDDINGS, TABLE])
def test_constant_columns_do_not_move_the_others(X, value):
    alone, beside = (
        ScaledEncoder().fit(X),
        ScaledEncoder().fit(np.insert(X, 1, value, axis=1)),
    )
    assert alone.activation_ == beside.activation_
    encoded = beside.encode(np.insert(X, 1, value, axis=1))
    np.testing.assert_array_equal(alone.encode(X), np.delete(encoded, 1, axis=1))
    np.testing.assert_array_equal(alone.unit_, np.delete(beside.unit_, 1))


def test_copies_of_a_column_are_no_closed_range():
    x = EMBEDDINGS[:, :1]
    assert ScaledEncoder().fit(np.hstack([x, x])).activation_ == "linear"


def test_far_rows_are_encoded_as_finite_numbers():
    encoded = ScaledEncoder().fit(TABLE).encode(np.array([[1e90, -1e90, 0]]))
    assert np.isfinite(encoded).all() and np.abs(encoded).max() >= 1e6


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ([1.0, 1e101], r"values beyond 1e\+100 are .* column 'b' has 1e\+101: change"),
        ([-1e200, 0.0], r"values beyond 1e\+100 are .* column 'b' has 1e\+200: change"),
        ([0.0, 1e-101], "a spread below 1e-100 are .* column 'b' has 1e-101: change"),
    ],
)
def test_extreme_magnitudes_are_refused(column, message):
    rows = np.column_stack([[1.0, 2.0], column])
    check_magnitudes(rows[:1] * 0, ["a", "b"])
    with pytest.raises(ValueError, match=message):
        check_magnitudes(rows, ["a", "b"])


def test_large_whole_numbers_keep_their_order_of_magnitude():
    X = np.array([[2.0**40], [2.0**40 + 2**20], [2.0**40 + 2**21]])
    encoder = ScaledEncoder().fit(X)
    np.testing.assert_allclose(encoder.decode(encoder.encode(X)), X, rtol=1e-12)


def test_an_outlier_is_the_only_row_value_kept():
    """Of a range without ends only means and deviations are stored, no value."""
    X = EMBEDDINGS.copy()
    X[0, 0] = 12345.678
    stored = np.concatenate(
        [
            np.ravel(v)
            for v in vars(ScaledEncoder().fit(X)).values()
            if isinstance(v, np.ndarray)
        ]
    )
    assert not np.isclose(stored, 12345.678).any()


VALUES = np.array([[1.26, 2.6, 0.7, 300.2], [-0.04, 1.0, 0.2, -7.0]])
COLUMNS = {"a": [1.5, 2.1], "b": [1, 2], "c": [True, False], "d": [5, 6]}


def rows_back(X, values=VALUES):
    rows = np.asarray(X, dtype=np.float64)
    return number_table(X, rows).build_rows(values[:, : rows.shape[1]])


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        (np.float64, [1.26, -0.04]),
        (np.float32, [1.26, -0.04]),
        (np.int64, [1, 0]),
        (np.int8, [1, 0]),
        (np.uint8, [1, 0]),
        (bool, [True, False]),
    ],
)
def test_array_dtypes_come_back(dtype, expected):
    X = np.array([[0.123], [1.456]]).astype(dtype)
    rows = rows_back(X)
    assert rows.dtype == dtype
    if rows.dtype.kind == "f":
        np.testing.assert_allclose(rows[:, 0], expected, rtol=1e-6)
    else:
        np.testing.assert_array_equal(rows[:, 0], expected)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_decimal_grids_of_every_float(dtype):
    X = np.array([[0.1, 30_000.0], [2.5, 1.0]], dtype=dtype)
    rows = rows_back(X, np.array([[0.7321, 5.4]]))
    np.testing.assert_array_equal(rows, np.array([[0.7, 5.0]], dtype=dtype))


def test_values_of_a_round_trip_are_those_of_built_rows():
    table = pd.DataFrame(COLUMNS)
    schema = number_table(table, np.asarray(table, dtype=np.float64))
    built = schema.build_rows(VALUES)
    np.testing.assert_array_equal(
        schema.round_trip(VALUES), built.astype(np.float64).to_numpy()
    )


def test_no_negative_zeros():
    X = np.array([[0.1], [0.2]])
    assert not np.signbit(rows_back(X, np.array([[-0.04]])))


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.uint64])
def test_integers_stay_within_their_dtype(dtype):
    X = np.array([[0], [1]], dtype=dtype)
    rows = rows_back(X, np.array([[1e30], [-1e30]]))
    info = np.iinfo(dtype)
    assert rows[1, 0] == info.min
    assert float(rows[0, 0]) == pytest.approx(float(info.max))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_decimal_grids_are_kept(dtype):
    X = np.array([[1.0, 0.1, 0.25, 1 / 3], [7.0, 12.3, 3.5, 0.2]]).astype(dtype)
    rows = rows_back(X, np.full((1, 4), 4.56789))
    np.testing.assert_array_equal(rows[0, :3], np.array([5.0, 4.6, 4.57]).astype(dtype))
    assert rows[0, 3] == dtype(4.56789)


def test_lists_become_arrays():
    assert rows_back([[1, 2], [3, 4]]).dtype == np.int64
    assert rows_back(np.array([[1, 2.5]], dtype=object)).dtype == np.float64


FRAMES = {
    "pandas": pd.DataFrame(COLUMNS).astype({"d": "uint8"}),
    "pandas nullable": pd.DataFrame(COLUMNS).astype(
        {"a": "Float32", "b": "Int64", "c": "boolean", "d": "UInt8"}
    ),
    "pandas pyarrow": pd.DataFrame(COLUMNS).convert_dtypes(dtype_backend="pyarrow"),
    "pandas, numbered columns": pd.DataFrame(np.eye(2) * 1.5),
    "pandas, an index": pd.DataFrame(COLUMNS, index=[7, 9]),
    "polars": pl.DataFrame(COLUMNS, schema_overrides={"a": pl.Float32, "d": pl.UInt8}),
    "pyarrow": pa.table(COLUMNS),
}


@pytest.mark.parametrize("name", FRAMES)
def test_frames_come_back(name):
    X = FRAMES[name]
    rows = rows_back(X)
    assert type(rows) is type(X)
    if name.startswith("pandas"):
        pd.testing.assert_series_equal(rows.dtypes, X.dtypes)
        assert list(rows.index) == [0, 1]
    else:
        assert rows.schema == X.schema
    first = [
        list(rows[column])[0] for column in (X.columns if name != "pyarrow" else "abcd")
    ]
    expected = [1.3, 3, True] if X.shape[1] == 4 else [1.3, 2.6]
    assert [getattr(value, "as_py", lambda v=value: v)() for value in first[:3]] == (
        pytest.approx(expected, rel=1e-6)
    )


@pytest.mark.parametrize(
    "convert",
    [
        lambda frame: frame,
        lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
        pl.from_pandas,
        pa.Table.from_pandas,
    ],
    ids=["pandas", "pandas pyarrow", "polars", "pyarrow"],
)
def test_no_value_is_kept(convert):
    """Neither a value of a row nor a buffer behind an empty slice survives."""
    values = np.array([123456.789, 1.123])
    frame = convert(pd.DataFrame({"a": values, "b": [1.0, 2.0]}))
    rows = np.column_stack([values, [1.0, 2.0]])
    assert values[:1].tobytes() in pickle.dumps(frame)
    assert values[:1].tobytes() not in pickle.dumps(number_table(frame, rows))


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (
            pd.DataFrame({"n": [1, 2], "name": ["x", "y"]}),
            "column 'name' has dtype Str",
        ),
        (
            pl.DataFrame({"day": pd.to_datetime(["2020-01-01"] * 2)}),
            "column 'day' has d",
        ),
        (
            pd.DataFrame({"c": pd.Categorical([1, 2])}),
            "column 'c' has dtype Categorical",
        ),
        (
            pl.DataFrame({"a": [1, None]}),
            "values are not supported, but column 'a' has 1",
        ),
        (
            pd.DataFrame({"a": [1.0, np.nan]}),
            "are not supported, but column 'a' has 1.",
        ),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "'a' 2 times"),
        (pl.LazyFrame({"a": [1]}), "Lazy frames are not supported: collect the rows"),
    ],
)
def test_bad_columns_are_named(X, message):
    with pytest.raises(ValueError, match=message):
        check_columns(X)
