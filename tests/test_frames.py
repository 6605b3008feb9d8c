import ast
import pickle
import re
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import polars.testing
import pyarrow as pa
import pytest
from scipy.sparse import csr_array

from skgan.encoding import frames, read_table

BIG = 2**60 + 1  # no float64
DAYS = [date(1969, 12, 31), date(2024, 2, 29), date(2024, 3, 1)]
STAMPS = [
    datetime(1969, 12, 31, 23),
    datetime(2024, 3, 31, 1, 30),
    datetime(2024, 7, 1),
]
SPANS = [timedelta(days=-1), timedelta(0), timedelta(hours=5)]
TIMES = [time(0), time(12, 30, 1), time(23, 59, 59)]
MONEY = [Decimal("-1.50"), Decimal("0.01"), Decimal("12345678901234.56")]
IDS = [uuid.UUID(int=i) for i in (5, 3, 4)]
WORDS = ["b", "a", "é"]


def arrow(values, dtype):
    """A pandas column of a pyarrow dtype."""
    return pd.Series(pd.array([*values, None], dtype=pd.ArrowDtype(dtype)))


def dictionary(values, ordered=False):
    values = pa.array(values)
    return pa.DictionaryArray.from_arrays(
        pa.array([1, None, 0, 1], pa.int8()), values, ordered=ordered
    )


ARROW = {
    "ints": pa.array([1, None, -BIG]),
    "bytes": pa.array([255, None], pa.uint8()),
    "unsigned": pa.array([2**64 - 1, None, 0], pa.uint64()),
    "halves": pa.array([0.5, None], pa.float16()),
    "floats": pa.array([0.1, None], pa.float32()),
    "doubles": pa.array([0.1, None]),
    "doubles with nan": pa.array([0.1, float("nan")]),
    "booleans": pa.array([True, None, False]),
    "text": pa.array([*WORDS, None]),
    "large text": pa.array(WORDS, pa.large_string()),
    "text views": pa.array([*WORDS, None], pa.string_view()),
    "stamps": pa.array([*STAMPS, None], pa.timestamp("us")),
    "stamps with zone": pa.array([*STAMPS, None], pa.timestamp("s", "Asia/Tokyo")),
    "spans": pa.array([*SPANS, None], pa.duration("ms")),
    "days": pa.array([*DAYS, None], pa.date32()),
    "days as ms": pa.array([*DAYS, None], pa.date64()),
    "times": pa.array([*TIMES, None], pa.time32("s")),
    "times of ns": pa.array([*TIMES, None], pa.time64("ns")),
    "decimals": pa.array([*MONEY, None], pa.decimal128(18, 2)),
    "wide decimals": pa.array([*MONEY, None], pa.decimal256(40, 2)),
    "dictionary": dictionary(["b", "a", "unused"]),
    "ordered dictionary": dictionary(["low", "high"], ordered=True),
    "dictionary of ints": dictionary([7, 3]),
    "dictionary with null": dictionary([7, None]),
    "all null": pa.nulls(3),
    "all null text": pa.nulls(3, pa.string()),
    "all null decimals": pa.nulls(3, pa.decimal128(9, 2)),
}
PANDAS = {
    **{
        f"{dtype} numpy": pd.Series([0, 1, 2], dtype=dtype)
        for dtype in "i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 bool".split()
    },
    **{
        f"{dtype} nullable": pd.Series([0, None, 1], dtype=dtype)
        for dtype in "Int8 Int64 UInt8 UInt64 Float32 Float64 boolean".split()
    },
    **{
        f"{letter}8[{unit}]": pd.Series([-5, 0, 7]).astype(f"{letter}8[{unit}]")
        for letter in "Mm"
        for unit in ("s", "ms", "us", "ns")
    },
    **{
        f"pyarrow {name}": pd.Series(pd.arrays.ArrowExtensionArray(values))
        for name, values in ARROW.items()
        if name not in ("dictionary with null", "text views")  # pandas has neither
    },
    "huge ints": pd.Series([BIG, -BIG]),
    "huge unsigned": pd.Series([2**64 - 1, 0], dtype="uint64"),
    "huge nullable": pd.Series([BIG, None], dtype="Int64"),
    "nan": pd.Series([0.1, np.nan]),
    "NaT": pd.Series([*STAMPS, None]).astype("datetime64[ns]"),
    "NaT spans": pd.Series([*SPANS, None]).astype("timedelta64[ms]"),
    "zone": pd.Series([*STAMPS, None])
    .dt.tz_localize("UTC")
    .dt.tz_convert("Asia/Tokyo"),
    "summer time": pd.Series(
        pd.date_range("2024-10-27", periods=5, freq="h", tz="CET")
    ),
    "offset": pd.Series([*STAMPS, None]).dt.tz_localize("+05:30"),
    "str": pd.Series(WORDS, dtype="str"),
    "str with nan": pd.Series([*WORDS, None], dtype="str"),
    "string": pd.Series([*WORDS, None], dtype="string"),
    "string python": pd.Series([*WORDS, None], dtype="string[python]"),
    "object text": pd.Series([*WORDS, None], dtype=object),
    "object text nan": pd.Series([*WORDS, np.nan], dtype=object),
    "object text NA": pd.Series([*WORDS, pd.NA], dtype=object),
    "object text NaT": pd.Series([*WORDS, pd.NaT], dtype=object),
    "mixed": pd.Series([1, "1", 1.0, True, None, (1, 2)], dtype=object),
    "object bools": pd.Series([True, None, False], dtype=object),
    "object ints": pd.Series([3, None, -BIG], dtype=object),
    "object unsigned": pd.Series([2**64 - 1, None, 3], dtype=object),
    "object floats": pd.Series([0.1, None, 3.0], dtype=object),
    "object days": pd.Series([*DAYS, None], dtype=object),
    "object decimals": pd.Series([*MONEY, None], dtype=object),
    "object uuids": pd.Series([*IDS, None], dtype=object),
    "object stamps": pd.Series(STAMPS, dtype=object),
    "all None": pd.Series([None, None], dtype=object),
    "all nan": pd.Series([np.nan, np.nan]),
    "categorical": pd.Series(pd.Categorical(["b", None, "a"], ["b", "a", "unused"])),
    "ordered": pd.Series(pd.Categorical(["lo", "hi"], ["lo", "hi"], ordered=True)),
    "categorical ints": pd.Series(pd.Categorical([3, 1, None])),
    "categorical floats": pd.Series(pd.Categorical([0.5, 1, None])),
    "categorical days": pd.Series(pd.Categorical(pd.to_datetime(DAYS))),
    "intervals": pd.Series(pd.cut([1, 2, 3, np.nan], 2)),
    "interval dtype": pd.Series(pd.interval_range(0, 3)),
    "periods": pd.Series(pd.period_range("2020", periods=3, freq="M")),
}
POLARS = {
    **{
        f"{dtype}": pl.Series([0, None, 1]).cast(dtype)
        for dtype in (
            *(pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.Int128),
            *(pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64),
            *(pl.Float32, pl.Float64, pl.Boolean),
        )
    },
    "huge ints": pl.Series([BIG, None]),
    "huge unsigned": pl.Series([2**64 - 1, None], dtype=pl.UInt64),
    "nan": pl.Series([0.1, float("nan")]),
    "text": pl.Series([*WORDS, None]),
    "categorical": pl.Series([*WORDS, None], dtype=pl.Categorical),
    "enum": pl.Series(["lo", None, "hi"], dtype=pl.Enum(["lo", "mid", "hi"])),
    "days": pl.Series([*DAYS, None]),
    **{
        f"stamps {u}": pl.Series(STAMPS, dtype=pl.Datetime(u))
        for u in ("ms", "us", "ns")
    },
    "zone": pl.Series([*STAMPS, None], dtype=pl.Datetime("ms", "Asia/Tokyo")),
    **{
        f"spans {u}": pl.Series(SPANS, dtype=pl.Duration(u)) for u in ("ms", "us", "ns")
    },
    "times": pl.Series([*TIMES, None]),
    "decimals": pl.Series([*MONEY, None], dtype=pl.Decimal(20, 2)),
    "all null": pl.Series([None, None]),
    "all null ints": pl.Series([None, None], dtype=pl.Int32),
    "objects": pl.Series([*IDS, None], dtype=pl.Object),
}
ARRAYS = {
    **{
        dtype: np.array([[0, 1], [1, 0], [1, 1]]).astype(dtype)
        for dtype in "f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 bool M8[D] M8[us] m8[s]".split()
    },
    "nan": np.array([[0.1, np.nan], [1e300, 0.2]]),
    "NaT": np.array([["2024-01-01", "NaT"]], dtype="M8[s]"),
    "huge": np.array([[2**64 - 1, 0]], dtype=np.uint64),
    "text": np.array([["b", "long"], ["a", "x"]]),
    "mixed": np.array([[1, "1", 0.5, None], [2, 1, 2.5, "a"]], dtype=object),
    "objects": np.array([[True, DAYS[0], MONEY[0]], [None, None, None]], dtype=object),
    "not contiguous": np.arange(24.0).reshape(4, 6)[::2, ::3].T,
    "big endian": np.arange(6.0).reshape(3, 2).astype(">f4"),
}
TABLES = {
    **{f"pandas {name}": pd.DataFrame({"x": s}) for name, s in PANDAS.items()},
    **{f"polars {name}": pl.DataFrame({"x": s}) for name, s in POLARS.items()},
    **{f"pyarrow {name}": pa.table({"x": s}) for name, s in ARROW.items()},
    **{f"numpy {name}": X for name, X in ARRAYS.items()},
    "pandas, several": pd.DataFrame(
        {"a": [1, 2], 7: ["x", None], ("b", 1): pd.Categorical(["u", "v"])}
    ),
    "pandas, two levels of names": pd.DataFrame(
        [[1, "x"]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")])
    ),
    "pandas, named columns": pd.DataFrame(np.eye(3)).rename_axis(columns="pixel"),
    "polars, several": pl.DataFrame({"a": [1, 2], "b": ["x", None], "c": [0.5, 1]}),
    "pyarrow, chunks": pa.concat_tables(
        [pa.table({"a": dictionary(v), "b": [1, 2, 3, 4]}) for v in ("xy", "yz")]
    ),
}


def assert_same(actual, expected):
    assert type(actual) is type(expected)
    if isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(actual, expected, check_exact=True)
        objects = [actual[c] for c in actual if actual[c].dtype == object]
        for column in objects:  # frames are equal whether 1, True or NA, None
            assert list(map(repr, column)) == list(map(repr, expected[column.name]))
    elif isinstance(expected, pl.DataFrame):
        if pl.Object in expected.dtypes:  # polars cannot compare them
            assert actual.schema == expected.schema and str(actual) == str(expected)
        else:
            pl.testing.assert_frame_equal(actual, expected, check_exact=True)
    elif isinstance(expected, pa.Table):
        assert actual.schema == expected.schema
        assert repr(actual.to_pylist()) == repr(expected.to_pylist())
    else:
        assert actual.dtype == expected.dtype
        assert repr(actual.tolist()) == repr(expected.tolist())


def read_and_keep(X):
    columns, schema = read_table(X)
    return columns, schema.keep([column.categories for column in columns])


def build(columns, schema):
    return schema.build([c.values for c in columns], [c.missing for c in columns])


@pytest.mark.parametrize("name", TABLES)
def test_tables_come_back(name):
    X = TABLES[name]
    columns, schema = read_and_keep(X)
    schema = pickle.loads(pickle.dumps(schema))
    assert_same(build(columns, schema), X)
    again = schema.read(X)
    for column, same in zip(columns, again, strict=True):
        np.testing.assert_array_equal(column.values, same.values)
        np.testing.assert_array_equal(column.missing, same.missing)
        assert column[4:] == same[4:] and column[:2] == same[:2]


@pytest.mark.parametrize("name", TABLES)
def test_columns_keep_what_they_promise(name):
    columns, _ = read_table(TABLES[name])
    for column in columns:
        assert column.values.shape == column.missing.shape
        assert column.missing.dtype == bool and not column.values[column.missing].any()
        wide = ("int64", "uint64") if column.is_whole else ("float64",)
        assert column.values.dtype in (
            wide if column.content == "number" else ("int64",)
        )
        assert (column.categories is not None) == (column.content == "category")
        if column.content == "category" and not column.missing.all():
            assert column.values.max() < len(column.categories)


def test_what_columns_are():
    X = pd.DataFrame(
        {
            "age": [39, 50],
            "pay": [0.5, np.nan],
            "paid": [True, False],
            "job": ["sales", None],
            "size": pd.Categorical(["S", "M"], ["S", "M", "L"], ordered=True),
            "born": pd.to_datetime(["1970-01-02", "1970-01-03"]).astype("M8[s]"),
        }
    )
    columns, _ = read_table(X)
    assert [c.name for c in columns] == list(X)
    assert [c.content for c in columns] == [
        *("number", "number", "boolean", "category", "category", "number")
    ]
    assert [c.is_whole for c in columns] == [True, False, False, False, False, True]
    assert [c.ordered for c in columns] == [False] * 4 + [True, False]
    assert [c.declared for c in columns] == [False] * 4 + [True, False]
    assert [c.is_text for c in columns] == [False] * 3 + [True, False, False]
    assert [c.categories for c in columns[3:5]] == [("sales",), ("S", "M", "L")]
    assert [c.missing.tolist() for c in columns[1:4:2]] == [[False, True]] * 2
    assert columns[5].values.tolist() == [86_400, 172_800]


@pytest.mark.parametrize(
    ("values", "dtype", "ordered", "declared", "is_text"),
    [
        (["b", "a"], pl.String, False, False, True),
        (["b", "a"], pl.Categorical, False, False, False),
        (["b", "a"], pl.Enum(["b", "a"]), True, True, False),
        (IDS[:2], pl.Object, False, False, False),
    ],
)
def test_categories_of_polars(values, dtype, ordered, declared, is_text):
    (column,), _ = read_table(pl.DataFrame({"x": pl.Series(values, dtype=dtype)}))
    assert column.content == "category"
    assert (column.ordered, column.declared) == (ordered, declared)
    assert column.is_text == is_text
    assert column.categories == tuple(values if declared else sorted(values))


@pytest.mark.parametrize("convert", [pd.DataFrame, pl.DataFrame, pa.table])
def test_text_categories_are_sorted(convert):
    (column,), _ = read_table(convert({"x": ["c", "a", "b", "a"]}))
    assert column.categories == ("a", "b", "c")
    assert column.values.tolist() == [2, 0, 1, 0]


def test_equal_objects_of_different_types_stay_distinct():
    X = pd.DataFrame({"x": pd.Series([1, "1", True, 1.0, 1], dtype=object)})
    (column,), schema = read_and_keep(X)
    assert len(column.categories) == 4
    (again,) = schema.read(X[::-1])
    assert again.values.tolist() == column.values.tolist()[::-1]


def test_lists_become_arrays():
    assert_same(build(*read_table([[1, 2], [3, 4]])), np.array([[1, 2], [3, 4]]))
    columns, schema = read_and_keep([[1, "a"], [2, "b"]])
    assert [c.content for c in columns] == ["number", "category"]
    assert_same(build(columns, schema), np.array([[1, "a"], [2, "b"]], dtype=object))


def test_frames_leave_with_a_default_index():
    X = pd.DataFrame({"x": [1, 2, 3]}, index=list("abc"))[1:]
    columns, schema = read_table(X)
    assert_same(build(columns, schema), X.reset_index(drop=True))


def test_values_are_a_copy():
    X = np.eye(3)
    columns, _ = read_table(X)
    columns[0].values[:] = 7
    np.testing.assert_array_equal(X, np.eye(3))


@pytest.mark.parametrize(
    ("X", "values", "expected"),
    [
        (np.array([[1]], dtype="i1"), [1.5, 2.4, 1e9, -1e9], [2, 2, 127, -128]),
        (np.array([[1]], dtype="u1"), np.array([300, -1]), [255, 0]),
        (np.array([[1]], dtype="i8"), [1e30, -1e30], [2**63 - 1024, -(2**63)]),
        (np.array([[1]], dtype="u8"), np.array([-1, 5]), [0, 5]),
        (np.array([[1]], dtype="i8"), np.array([2**64 - 1], "u8"), [2**63 - 1]),
        (np.array([[1]], dtype="f2"), [1e9, -1e9], [65504, -65504]),
        (np.array([[True]]), [0.4, 0.6, 7, -7], [False, True, True, False]),
        (pd.DataFrame({"x": pd.array([1], dtype="Int8")}), [-1e9], [-128]),
        (pl.DataFrame({"x": [DAYS[0]]}), [0.6], [date(1970, 1, 2)]),
        (pl.DataFrame({"x": [TIMES[0]]}), [-5, 1e30], [time(0), time.max]),
        (pl.DataFrame({"x": [True]}), [0.9], [True]),
        (pa.table({"x": pa.array(DAYS, pa.date64())}), [1], [date(1970, 1, 2)]),
        (
            pa.table({"x": pa.array([TIMES[0]], pa.time32("s"))}),
            [1e30],
            [time(23, 59, 59)],
        ),
        (
            pl.DataFrame({"x": pl.Series([Decimal("0.1")], dtype=pl.Decimal(3, 1))}),
            [1e30, 14.7],
            [Decimal("99.9"), Decimal("1.5")],
        ),
        (
            pd.DataFrame({"x": pd.Series([DAYS[0]], dtype=object)}),
            [1e30, -1e30],
            [date.max, date.min],
        ),
    ],
)
def test_whole_values_are_rounded_and_clipped(X, values, expected):
    _, schema = read_table(X)
    built = schema.build([np.asarray(values)], [None])
    column = built[:, 0] if isinstance(built, np.ndarray) else built["x"]
    names = ("tolist", "to_list", "to_pylist")  # of numpy, polars, pyarrow
    to_list = next(filter(None, (getattr(column, name, None) for name in names)))
    assert to_list() == expected


def test_times_stay_clear_of_not_a_time():
    _, schema = read_table(pd.DataFrame({"x": pd.to_datetime(STAMPS).astype("M8[ns]")}))
    built = schema.build([np.array([-1e30, 1e30])], [None])
    assert built["x"].notna().all()


def test_floats_keep_their_dtype_and_range():
    _, schema = read_table(pd.DataFrame({"x": np.array([1, 2], dtype=np.float32)}))
    built = schema.build([np.array([1e300, 0.1])], [None])["x"]
    assert built.dtype == np.float32
    assert built[0] == np.finfo(np.float32).max and built[1] == np.float32(0.1)


@pytest.mark.parametrize(
    ("value", "nan"), [([1.5, None, float("nan")], False), ([1.5, float("nan")], True)]
)
@pytest.mark.parametrize("convert", [pl.DataFrame, pa.table])
def test_few_missing_floats_are_null_if_any_was(convert, value, nan):
    columns, schema = read_table(convert({"x": value}))
    assert columns[0].missing.tolist() == [False, *[True] * (len(value) - 1)]
    built = pa.table(build(columns, schema))["x"]
    assert built.null_count == (0 if nan else 2)


UNIQUE = {
    "text": [f"secret {i}" for i in range(50)],
    "numbers": (np.arange(50) + 0.123456789).tolist(),
    "ints": [BIG + i for i in range(50)],
    "decimals": [Decimal(f"{BIG + i}") for i in range(50)],
}


@pytest.mark.parametrize(
    "convert",
    [
        pd.DataFrame,
        lambda data: pd.DataFrame(data).astype(object),
        lambda data: pd.DataFrame(data).convert_dtypes(dtype_backend="pyarrow"),
        lambda data: pl.DataFrame(data),
        lambda data: pl.DataFrame(data).cast({"text": pl.Categorical}),
        pa.table,
        lambda data: pd.DataFrame(data).to_numpy(),
    ],
    ids=["pandas", "objects", "pandas pyarrow", "polars", "categorical", "arrow", "np"],
)
@pytest.mark.parametrize("rows", [slice(None), slice(0, 1)], ids=["all", "a slice"])
def test_a_pickled_schema_holds_no_value(convert, rows):
    X = convert(UNIQUE)
    X = X[rows] if rows.stop is None or not isinstance(X, pa.Table) else X.slice(0, 1)
    stored = pickle.dumps(read_table(X)[1])
    assert b"secret" not in stored
    for i in range(50):
        assert np.float64(i + 0.123456789).tobytes() not in stored
        assert np.int64(BIG + i).tobytes() not in stored
        assert str(BIG + i).encode() not in stored


def read_other(X, other):
    return read_and_keep(X)[1].read(other)


def test_unseen_categories():
    X = pd.DataFrame({"a": ["y", "x"], "b": pd.Categorical(["u", "v"])})
    new = pd.DataFrame({"a": ["x", "z", None], "b": ["w", "v", None]})
    a, b = read_other(X, new)
    assert a.values.tolist() == [0, -1, 0] and b.values.tolist() == [-1, 1, 0]
    assert a.missing.tolist() == b.missing.tolist() == [False, False, True]
    assert a.categories == ("x", "y") and b.categories == ("u", "v") and b.declared


def test_declared_categories_need_not_be_given():
    X = pl.DataFrame({"a": pl.Series(["x"], dtype=pl.Enum(["y", "x"]))})
    columns, schema = read_table(X)
    assert_same(schema.build([columns[0].values], [None]), X)
    assert schema.read(X)[0].values.tolist() == [1]


@pytest.mark.parametrize("convert", [pl.from_pandas, pa.Table.from_pandas])
def test_rows_may_come_from_another_library(convert):
    X = pd.DataFrame(
        {
            "a": [1, 2],
            "b": ["x", "y"],
            "c": pd.Categorical(["u", "v"]),
            "d": pd.to_datetime(STAMPS[:2]).astype("M8[ns]"),
            "e": [True, False],
        }
    )
    for own, other in zip(read_table(X)[0], read_other(X, convert(X)), strict=True):
        np.testing.assert_array_equal(own.values, other.values)
        assert own.categories == other.categories


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        (pd.Series([1, 2]), pd.Series([1.5, np.nan]), [1.5, 0]),
        (pd.Series([1.5]), pd.Series([3, BIG]), [3, BIG]),
        (pd.Series([1.5]), pd.Series([True]), [1]),
        (pd.Series([True]), pd.Series([1, 0.0]), [1, 0]),
        (pd.Series([1]), pd.Series([None], dtype=object), [0]),
        (pd.Series(MONEY, dtype=object), pd.Series([1, 0.5]), [100, 50]),
        (pd.Series(MONEY, dtype=object), pd.Series([2]), [200]),
        (pd.Series([1.0]), pd.Series([Decimal("2.5")], dtype=object), [2.5]),
        (pd.Series([1]), pd.Series([Decimal("2.0")], dtype=object), [2]),
        (pd.Series(STAMPS, dtype="M8[s]"), pd.Series([1500], dtype="M8[ms]"), [1.5]),
        (pd.Series(STAMPS, dtype="M8[ns]"), pd.Series([5], dtype="M8[s]"), [5 * 10**9]),
        (pd.Series(DAYS, dtype=object), pd.Series([86400], dtype="M8[s]"), [1]),
        (
            pd.Series(STAMPS, dtype="M8[s]"),
            pd.Series([DAYS[1]], dtype=object),
            [1.7091648e9],
        ),
        (pd.Series(["1", "x"]), pd.Series([1, 2]), [-1, -1]),
        (pd.Series(["1", 1], dtype=object), pd.Series([1, 2]), [0, -1]),
        (pd.Series(pd.Categorical([5, 3])), pd.Series([5, 4]), [1, -1]),
        (pd.Series([None], dtype=object), pd.Series(["a"]), [-1]),
    ],
)
def test_values_convert(own, other, expected):
    X, new = pd.DataFrame({"x": own}), pd.DataFrame({"x": other})
    (column,) = read_other(X, new)
    assert column.values.tolist() == expected


ONE = pd.DataFrame({"x": [1, 2]})


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.ones(3), r"Reshape your data .*, got 1D data of shape \(3,\)\.$"),
        (pd.Series([1, 2]), r"Expected 2D data\. .*, got 1D data of shape \(2,\)\.$"),
        (np.ones((2, 2, 2)), r"got 3D data of shape \(2, 2, 2\)\.$"),
        (5, r"got 0D data of shape \(\)\.$"),
        ([[1, 2], [3]], "Expected rows of equal length, got a list of 2 that differ.$"),
        (csr_array(np.eye(2)), r"Sparse .*: pass X\.toarray\(\), got csr_array\.$"),
        (pl.LazyFrame({"x": [1]}), "collect the rows first, got a LazyFrame.$"),
        (
            np.ones((2, 0)),
            r"got 0 feature\(s\) \(shape=\(2, 0\)\) while a minimum of 1",
        ),
        (pd.DataFrame(index=[1, 2]), r"got 0 feature\(s\) \(shape=\(2, 0\)\)"),
        (ONE[:0], r"got 0 sample\(s\) \(shape=\(0, 1\)\) while a minimum of 1"),
        (pl.DataFrame({"x": []}), r"got 0 sample\(s\) \(shape=\(0, 1\)\)"),
        (
            pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"]),
            "Column names must be unique, got 'a' 2 times.$",
        ),
        (pa.table([[1], [2]], names=["a", "a"]), "must be unique, got 'a' 2 times.$"),
        (
            pl.DataFrame({"x": [[1]]}),
            r"Column 'x' must hold numbers, booleans, dates, times, text or "
            r"categories, got dtype List\(Int64\)\.$",
        ),
        (pl.DataFrame({"x": [{"a": 1}]}), r"Column 'x' must .*, got dtype Struct\("),
        (pl.DataFrame({"x": [b"a"]}), "Column 'x' must .*, got dtype Binary.$"),
        (np.array([[b"a"]]), r"Column 0 must .*, got dtype \|S1\.$"),
        (pd.DataFrame({"x": [1j]}), "Complex data not .* 'x', got dtype complex128.$"),
        (np.array([[1j]]), "Complex data not .* 0, got dtype complex128.$"),
        (
            pd.DataFrame({"x": pd.arrays.SparseArray([0.0, 1.0])}),
            r"Column 'x' must .*, got dtype Sparse\[float64, nan\]\.$",
        ),
        (pd.DataFrame({"x": [[1], [2]]}), "'x' must hold hashable .*, got a list.$"),
        (pd.DataFrame({"x": [b"a", "b"]}), "'x' must .*, got an object of type bytes"),
        (
            np.array([[1j, "a"]], dtype=object),
            "Complex data not .* 0, got an object of type c",
        ),
        (pd.DataFrame({"x": [1, np.inf]}), "Column 'x' must hold finite .*, got inf.$"),
        (np.array([[1, -np.inf]]), "Column 1 must hold finite numbers, got -inf.$"),
        (np.array([[1, -np.inf]], dtype=object), "1 must hold finite .*, got -inf.$"),
        (np.array([[Decimal("inf")]]), "0 must hold finite .*, got Infinity.$"),
        (np.array([[2**2000], [0.5]]), "0 must hold finite .*, got an int beyond fl"),
        (pa.table({"x": dictionary([[1], [2]])}), "'x' must hold hashable .* a list.$"),
        (pa.table({"x": dictionary([b"a", b"b"])}), "'x' .* an object of type bytes.$"),
        (
            np.array([[2**64]]),
            "0 must hold numbers of at most 64 bits, got 18446744073",
        ),
        (
            np.array([[2**63], [-1]], dtype=object),
            "0 must .* 64 bits, got -1 and 92233",
        ),
        (
            pl.DataFrame({"x": pl.Series([2**70], dtype=pl.Int128)}),
            "'x' must hold numbers of at most 64 bits, got 1180591620717411303424.$",
        ),
        (
            pa.table({"x": pa.array([Decimal(10) ** 30], pa.decimal128(38, 2))}),
            "'x' must hold numbers of at most 64 bits, got 1000000000000",
        ),
        (
            np.array([["2020"]], dtype="M8[Y]"),
            r"0 must .*, got dtype datetime64\[Y\]\.$",
        ),
    ],
)
def test_bad_tables_are_refused(X, message):
    with pytest.raises(ValueError, match=message):
        read_table(X)


@pytest.mark.parametrize(
    ("own", "other", "message"),
    [
        (["a", "b"], ["a", "c"], "unseen at fit time:\n- c\n.*yet now missing:\n- b\n"),
        (["a", "b"], ["b", "a"], "must be in the same order as they were in fit"),
        (["a", "b"], ["a"], "yet now missing:\n- b\n"),
        (["a"], ["a", "b"], "should match those .* unseen at fit time:\n- b\n"),
        (["a"], [f"b{i}" for i in range(9)], "- b4\n- ...\n"),
    ],
)
def test_columns_must_be_those_of_the_training_rows(own, other, message):
    schema = read_table(pd.DataFrame(np.ones((2, len(own))), columns=own))[1]
    with pytest.raises(ValueError, match=f"(?s){message}"):
        schema.read(pd.DataFrame(np.ones((2, len(other))), columns=other))


def test_rows_without_names_are_taken_by_position():
    schema = read_table(pd.DataFrame({"a": [1], "b": [2]}))[1]
    assert [c.name for c in schema.read(np.array([[3, 4]]))] == ["a", "b"]
    with pytest.raises(ValueError, match="must have 2 columns, .* do, got 1"):
        schema.read(np.array([[3]]))


@pytest.mark.parametrize(
    ("own", "other", "message"),
    [
        (
            [1, 2],
            ["a", "b"],
            "Column 'x' must convert to the int64 of the .*, got str.$",
        ),
        (STAMPS, [1, 2], r"'x' .* datetime64\[us\] of the training rows, got int64\.$"),
        (SPANS, STAMPS, r"'x' .* timedelta64\[us\] of .*, got datetime64\[us\]\.$"),
        (STAMPS, pd.to_datetime(STAMPS, utc=True), r"got datetime64\[us, UTC\]\.$"),
        (
            [True, False],
            ["a", "b"],
            "'x' must convert to the bool of the .*, got str.$",
        ),
        ([True, False], [1, 3], "'x' must hold booleans as the .* do, got 3.$"),
        ([1.5, 2], [np.inf, 1], "Column 'x' must hold finite numbers, got inf.$"),
    ],
)
def test_values_that_do_not_convert(own, other, message):
    schema = read_table(pd.DataFrame({"x": own}))[1]
    with pytest.raises(ValueError, match=message):
        schema.read(pd.DataFrame({"x": other}))


@pytest.mark.parametrize("convert", [pd.DataFrame, pl.DataFrame, pa.table])
def test_fresh_text_comes_as_objects(convert):
    """As identifiers need: values that no training row holds."""
    schema = read_table(convert({"x": ["id1", None]}))[1]
    fresh = np.array(["id8", "id999", ""], dtype=object)
    built = schema.build([fresh], [np.array([False, False, True])])
    assert_same(built, convert({"x": ["id8", "id999", None]}))


def test_fresh_text_may_be_wider():
    schema = read_table(np.array([["a"], ["b"]]))[1]
    assert schema.build([np.array(["long"])], [None]).tolist() == [["long"]]


def test_categories_that_must_not_be_kept():
    X = pd.DataFrame({"x": ["a", "b", "secret"]})
    schema = read_table(X)[1]
    message = "Column 'x' must have its categories kept by TableSchema.keep, got none.$"
    with pytest.raises(ValueError, match=message):
        schema.build([np.zeros(2, dtype=int)], [None])
    with pytest.raises(ValueError, match=message):
        schema.read(X)
    schema = schema.keep([("a", "b", None)])
    assert schema.read(X)[0].values.tolist() == [0, 1, -1]
    assert schema.build([np.array([1])], [None])["x"].tolist() == ["b"]


def test_libraries_of_data_frames_are_optional():
    files = list(Path(frames.__file__).parent.glob("*.py"))
    nodes = [n for f in files for n in ast.walk(ast.parse(f.read_text()))]
    imports = [n for n in nodes if isinstance(n, ast.Import | ast.ImportFrom)]
    source = "\n".join(map(ast.unparse, imports))
    assert "narwhals" in source and not re.search("pandas|polars|pyarrow", source)


def test_pyarrow_tables_forget_the_index_of_pandas():
    X = pa.Table.from_pandas(pd.DataFrame({"x": [1, 2, 3]}))
    built = read_table(X)[1].build([np.arange(2)], [None])
    assert X.schema.metadata and built.schema.metadata is None
    assert list(built.to_pandas().index) == [0, 1]
