"""Tables of any container as measures see them, against loops over Python lists."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.preprocessing import StandardScaler

from skgan.metrics import (
    column_shape_errors,
    column_trend_errors,
    duplicate_share,
    two_sample_auc,
)
from skgan.metrics.features import (
    as_features,
    as_points,
    grouped_classes,
    number_scale,
    read_points,
)
from skgan.metrics.rows import joined, own_stream, read_rows

NAMES = ["size", "count", "flag", "word", "day"]
PANDAS = {"size": float, "count": int, "flag": bool, "word": "str", "day": "M8[s]"}


def lists(n, seed):
    """Rows of Python objects: some sizes and words are missing."""
    rng = np.random.default_rng(seed)
    rows = []
    for size, count in zip(rng.normal(size=n), rng.poisson(3, size=n), strict=True):
        rows.append(
            [
                None if rng.random() < 0.1 else float(size),
                int(count),
                bool(size + rng.normal() > 0),
                [None, "low", "middle", "high"][rng.integers(4) if count else 1],
                dt.date(2020, 1, 1) + dt.timedelta(int(10 * size)),
            ]
        )
    return rows


def columns_of(rows):
    return dict(zip(NAMES, map(list, zip(*rows, strict=True)), strict=True))


def pandas(rows):
    return pd.DataFrame(columns_of(rows)).astype(PANDAS)


def categorical(rows):
    """Categories in an order of their own, one of them in no row."""
    dtype = pd.CategoricalDtype(["middle", "none at all", "low", "high"])
    return pandas(rows).astype({"word": dtype})


def polars_enum(rows):
    dtype = pl.Enum(["high", "none at all", "middle", "low"])
    return pl.DataFrame(columns_of(rows)).with_columns(pl.col("word").cast(dtype))


def arrow_dictionary(rows):
    table = pa.table(columns_of(rows))
    return table.set_column(3, "word", table["word"].dictionary_encode())


CONTAINERS = {
    "pandas": pandas,
    "objects of pandas": lambda rows: pd.DataFrame(rows, columns=NAMES, dtype=object),
    "categorical": categorical,
    "nullable": lambda rows: pandas(rows).convert_dtypes(),
    "arrow dtypes": lambda rows: pandas(rows).convert_dtypes(dtype_backend="pyarrow"),
    "polars": lambda rows: pl.DataFrame(columns_of(rows)),
    "polars enum": polars_enum,
    "pyarrow": lambda rows: pa.table(columns_of(rows)),
    "pyarrow dictionary": arrow_dictionary,
    "objects": lambda rows: np.array(rows, dtype=object),
    "lists": lambda rows: rows,
    "tuples": lambda rows: [tuple(row) for row in rows],
}
REAL, SYNTHETIC = lists(120, 0), [*lists(90, 1), [0.5, 9, True, "new", None]]


def snapshot(table):
    """All values, to be compared."""
    for method in ("to_pydict", "to_dicts", "to_dict", "tolist"):
        if hasattr(table, method):
            return str(getattr(table, method)())
    return str(table)


# ---------------------------------------------------------------------- containers


def by_hand(rows, words):
    """The columns as ``read_rows`` describes them, one cell at a time."""
    columns = columns_of(rows)
    code = {word: i for i, word in enumerate(words)} | {None: len(words) + 1}
    return [
        [np.nan if size is None else size for size in columns["size"]],
        columns["count"],
        columns["flag"],
        [code.get(word, len(words)) for word in columns["word"]],
        [
            np.nan if day is None else (day - dt.date(1970, 1, 1)).days
            for day in columns["day"]
        ],
    ]


@pytest.mark.parametrize("own", CONTAINERS)
@pytest.mark.parametrize("other", CONTAINERS)
def test_all_pairs_of_containers_hold_the_same(own, other):
    if other in ("categorical", "polars enum"):
        synthetic = CONTAINERS[other](SYNTHETIC[:-1])  # their dtypes have no "new"
    else:
        synthetic = CONTAINERS[other](SYNTHETIC)
    tables = read_rows(real=CONTAINERS[own](REAL), synthetic=synthetic)
    words = tables[0].categories[3]
    assert set(words) - {"none at all"} == {"low", "middle", "high"}
    assert tables[0].categories == (None, None, (False, True), words, None)
    is_frame = own not in ("objects", "lists", "tuples")
    assert tables[0].names == tuple(NAMES if is_frame else range(5))
    in_seconds = ("pandas", "categorical", "nullable", "arrow dtypes")
    per_day = 86_400 if own in in_seconds else 1
    for table, rows in zip(tables, (REAL, SYNTHETIC), strict=True):
        expected = by_hand(rows[: table.n], words)
        expected[4] = per_day * np.array(expected[4])
        for column, kept, values in zip(
            table.columns, table.categories, expected, strict=True
        ):
            assert column.dtype == (np.float64 if kept is None else np.int64)
            np.testing.assert_array_equal(column, values)
    assert tables[1].n == len(SYNTHETIC) - (other in ("categorical", "polars enum"))


@pytest.mark.parametrize("name", CONTAINERS)
def test_measures_of_all_containers_agree(name):
    pair = [CONTAINERS[name](rows) for rows in (REAL, SYNTHETIC[:-1])]
    before = [*map(snapshot, pair)]
    plain = pandas(REAL), pandas(SYNTHETIC[:-1])
    for measure in (column_shape_errors, column_trend_errors):
        assert [*measure(*pair).values()] == pytest.approx([*measure(*plain).values()])
    auc = two_sample_auc(*pair, n_folds=2)
    assert auc == pytest.approx(two_sample_auc(*plain, n_folds=2))
    assert [*map(snapshot, pair)] == before


STAMPS = pd.Series(pd.to_datetime(["2020-01-01T00", None, "2020-01-03T12"]))
DTYPES = {
    "uint8": (np.array([1, 2, 255], "u1"), [1, 2, 255]),
    "float32": (np.array([0.5, np.nan, 2], "f4"), [0.5, np.nan, 2]),
    "Int64": (pd.array([1, None, 3], "Int64"), [1, np.nan, 3]),
    "Float32": (pd.array([1, None, 3], "Float32"), [1, np.nan, 3]),
    "arrow ints": (pd.array([1, None, 3], "int64[pyarrow]"), [1, np.nan, 3]),
    "stamps": (STAMPS.astype("M8[s]"), [1577836800, np.nan, 1578052800]),
    "time zone": (
        STAMPS.astype("M8[s]").dt.tz_localize("Asia/Tokyo"),
        [1577836800 - 9 * 3600, np.nan, 1578052800 - 9 * 3600],
    ),
    "spans": (pd.to_timedelta([1, None, 3], unit="s").as_unit("s"), [1, np.nan, 3]),
    "decimals": ([Decimal("1.5"), None, Decimal(3)], [15, np.nan, 30]),
    "dates": ([dt.date(1970, 1, 2), None, dt.date(1970, 1, 4)], [1, np.nan, 3]),
    "whole numbers as objects": (np.array([7, None, 9], object), [7, np.nan, 9]),
    "times": (pa.array([dt.time(0, 0, 1), None], pa.time32("s")), [1, np.nan]),
    "missing numbers": (np.full(3, np.nan), [np.nan] * 3),
    "booleans": (np.array([True, False]), [1, 0]),
    "nullable booleans": (pd.array([True, None, False], "boolean"), [1, 3, 0]),
    "arrow booleans": (pd.array([True, None], "bool[pyarrow]"), [1, 3]),
    "objects that are booleans": (np.array([True, None], object), [1, 3]),
    "text": (np.array(["b", "a", "b"]), [1, 0, 1]),
    "python strings": (pd.array(["b", None, "a"], "string[python]"), [1, 3, 0]),
    "arrow strings": (pd.array(["b", None, "a"], "string[pyarrow]"), [1, 3, 0]),
    "categories": (pd.Categorical(["b", None], list("abc")), [1, 4]),
    "numbers as categories": (pd.Categorical([9, None, 5]), [1, 3, 0]),
    "text and numbers": (np.array([1, "a", 1, None], object), [0, 1, 0, 3]),
    "missing objects": ([None, None], [1, 1]),
}


@pytest.mark.parametrize("name", DTYPES)
def test_dtypes(name):
    """Numbers and all times are numbers; k of k classes is unknown, k + 1 missing."""
    values, expected = DTYPES[name]
    is_arrow = isinstance(values, pa.Array)
    table = pa.table({"x": values}) if is_arrow else pd.DataFrame({"x": values})
    (rows,) = read_rows(real=table)
    np.testing.assert_array_equal(rows.columns[0], expected)
    is_class = rows.categories[0] is not None
    assert is_class == (rows.columns[0].dtype == np.int64)
    assert is_class == (list(DTYPES).index(name) > list(DTYPES).index("booleans") - 1)


def test_units_and_dtypes_of_the_real_rows_count():
    days = ["2020-01-01", "2020-01-02"]
    real = pd.DataFrame({"t": pd.to_datetime(days).as_unit("ns"), "k": [1, 2]})
    other = pl.DataFrame({"k": [True, False], "t": pl.Series(days).str.to_date()})
    a, b = read_rows(real=real, synthetic=other)
    np.testing.assert_array_equal(a.columns[0], b.columns[0])
    np.testing.assert_array_equal(b.columns[1], [1, 0])
    # Text is no number, so a code in digits is another class than the number
    a, b = read_rows(real=pd.DataFrame({"k": ["1", "2"]}), synthetic=[[1], [2]])
    np.testing.assert_array_equal(b.columns[0], [2, 2])


@pytest.mark.parametrize("names", [[5, 7, 0], ["a", 1, ("b", 2)], [("a", 1)] * 3])
def test_columns_in_another_order(names):
    names = [(*name, i) if name == ("a", 1) else name for i, name in enumerate(names)]
    rows = np.arange(12.0).reshape(4, 3) ** 2
    index = pd.Index(names, tupleize_cols=names[0] == ("a", 1, 0))
    real = pd.DataFrame(rows, columns=index)
    synthetic = real.iloc[:, [2, 0, 1]]
    a, b = read_rows(real=real, synthetic=synthetic)
    assert a.names == b.names == tuple(names)
    np.testing.assert_array_equal(a.columns, b.columns)
    np.testing.assert_array_equal(b.columns, rows.T)
    assert list(synthetic.columns) == [names[2], names[0], names[1]]


@pytest.mark.parametrize("convert", [pl.from_pandas, pa.Table.from_pandas])
def test_columns_of_another_library_in_another_order(convert):
    real = pandas(REAL)
    (a, b) = read_rows(real=real, synthetic=convert(real[NAMES[::-1]]))
    np.testing.assert_array_equal(a.columns, b.columns)


@pytest.mark.parametrize("names", ["ab", [0, 1], [1, 0], [10, 11]], ids=str)
def test_columns_of_an_array_have_places_only(names):
    rows = np.array([[1.0, 20.0], [3.0, 40.0], [5.0, 60.0]])
    frame = pd.DataFrame(rows, columns=list(names))
    for real, synthetic in ((rows, frame), (frame, rows), (rows.tolist(), frame)):
        a, b = read_rows(real=real, synthetic=synthetic)
        np.testing.assert_array_equal(b.columns, rows.T)
        is_frame = isinstance(real, pd.DataFrame)
        assert a.names == b.names == tuple(names if is_frame else (0, 1))


ONE = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
NUMBERS = pd.DataFrame({"a": [1.0, 2.0], "b": [1.0, 2.0]})


@pytest.mark.parametrize(
    ("real", "other", "message"),
    [
        (ONE, ONE[["a"]], r"^other must have the columns of real, got .* without \['b"),
        (ONE, pl.DataFrame({"b": ["x"]}), r"got them without \['a'\]\.$"),
        (ONE, ONE.assign(c=1), r"^other must .* of real, got them with \['c'\]\.$"),
        (
            ONE,
            ONE.rename(columns=str.upper),
            r"got them without \['a', 'b'\] and with \['A', 'B'\]\.$",
        ),
        (NUMBERS.set_axis([0, 1], axis=1), NUMBERS, r"without \[0, 1\] and with \['a"),
        (
            ONE,
            pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"]),
            "^other: Column names must be unique, got 'a' 2 times.$",
        ),
        (ONE.set_axis(["a", "a"], axis=1), ONE, "^Column names .*, got 'a' 2 times.$"),
        (ONE, np.ones((4, 3)), "^other must have as many columns as real, 2, got 3.$"),
        (ONE, [[1.0]], "^other must have as many columns as real, 2, got 1.$"),
        (np.ones((4, 3)), NUMBERS, "^other must .* columns as real, 3, got 2.$"),
        (
            NUMBERS,
            np.ones(4),
            r"^other: Expected 2D data.* got 1D data of shape \(4,\)\.$",
        ),
        (NUMBERS, None, r"^other: Expected 2D data.* got 0D data of shape \(\)\.$"),
        (
            NUMBERS,
            NUMBERS["a"],
            r"^other: Expected 2D data.* got 1D data of shape \(2,\)\.$",
        ),
        (
            NUMBERS,
            [[1, 2], [3]],
            "^other: Expected rows of equal length, got a list of",
        ),
        (
            NUMBERS,
            pl.from_pandas(NUMBERS).lazy(),
            "^other: Lazy frames are not supported",
        ),
        (
            NUMBERS,
            NUMBERS[:0],
            r"^other: Tables need rows and columns, got 0 sample\(s\)",
        ),
        (NUMBERS, [], r"^other: Expected 2D data.* got 1D data of shape \(0,\)\.$"),
        (NUMBERS, NUMBERS.assign(a=["x", "y"]), "^other: Column 'a' must convert to"),
        (NUMBERS, NUMBERS.assign(b=STAMPS[[0, 2]].to_list()), "'b' must convert to th"),
        (NUMBERS, NUMBERS.assign(b=[1, np.inf]), "^other: Column 'b' must hold finite"),
        (NUMBERS > 1, NUMBERS, "^other: Column 'a' must hold booleans .*, got 2.0.$"),
    ],
)
def test_tables_that_do_not_fit(real, other, message):
    with pytest.raises(ValueError, match=f"(?s){message}"):
        read_rows(real=real, other=other)


def test_of_many_wrong_columns_five_are_named():
    wide = pd.DataFrame(np.ones((1, 9)), columns=list("abcdefghi"))
    with pytest.raises(ValueError, match=r"'b', 'c', 'd', 'e', 'f'\]\.$"):
        read_rows(real=wide, synthetic=wide[["a"]])


# ------------------------------------------------------------------------ the rows


def test_parts_of_rows():
    rows, _ = read_rows(real=pandas(REAL), synthetic=pandas(SYNTHETIC))
    assert rows.n == 120
    some = rows.take([5, 3, 3])
    assert some.n == 3
    for column, whole in zip(some.columns, rows.columns, strict=True):
        np.testing.assert_array_equal(column, whole[[5, 3, 3]])
    left = rows.without(3)
    assert left.names == ("size", "count", "flag", "day")
    assert left.categories == (None, None, (False, True), None)
    np.testing.assert_array_equal(left.columns[3], rows.columns[4])
    assert len(rows.names) == len(rows.columns) == 5
    assert [rows.n_classes(j) for j in (2, 3)] == [4, 5]
    assert [rows.index(name) for name in NAMES] == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="^Column 'dey' must be one .*, 'size', 'cou"):
        rows.index("dey")


def test_a_measure_draws_others_than_its_caller():
    plain = np.random.RandomState(3).randint(10**9, size=100)
    own = own_stream(3).randint(10**9, size=100)
    assert not set(plain) & set(own)
    np.testing.assert_array_equal(own_stream(3).randint(10**9, size=100), own)
    np.testing.assert_array_equal(own_stream(np.int64(3)).randint(10**9, size=100), own)
    assert own_stream(4).randint(10**9) != own[0]
    assert own_stream(None).randint(10**9) != own_stream(None).randint(10**9)
    given = np.random.RandomState(3)
    assert own_stream(given) is given
    with pytest.raises(ValueError, match="cannot be used to seed"):
        own_stream("seed")


def test_features_are_numbers_and_codes():
    tables = read_rows(real=pandas(REAL), synthetic=pandas(SYNTHETIC))
    matrices, is_class = as_features(*tables)
    assert is_class.tolist() == [False, False, True, True, False]
    for matrix, table in zip(matrices, tables, strict=True):
        for j in (0, 1, 4):
            np.testing.assert_array_equal(matrix[:, j], table.columns[j])
    for j in (2, 3):  # other codes of the same classes
        both = np.concatenate([table.columns[j] for table in tables])
        codes = np.concatenate([matrix[:, j] for matrix in matrices])
        pairs = set(zip(both, codes, strict=True))
        assert len(pairs) == len(set(both)) == len(set(codes))


@pytest.mark.parametrize(("n_kinds", "n_codes"), [(254, 254), (255, 255), (400, 255)])
def test_of_many_classes_the_rarest_share_a_code(n_kinds, n_codes):
    """254 have their own."""
    rng = np.random.default_rng(0)
    often = np.repeat(np.arange(n_kinds), rng.permutation(n_kinds) + 1)
    cut = rng.permutation(len(often)) < len(often) // 3
    words = np.array([f"w{code}" for code in often])
    pair = [pd.DataFrame({"w": words[part]}) for part in (~cut, cut)]
    codes = np.concatenate(grouped_classes(0, *read_rows(real=pair[0], other=pair[1])))
    words = np.concatenate([frame["w"] for frame in pair])
    counts = pd.Series(words).value_counts()
    assert len(np.unique(codes)) == n_codes and codes.max() == n_codes - 1
    for rank, word in enumerate(counts.index):
        assert set(codes[words == word]) == {min(rank, 254)}, (word, counts[word])


def test_classes_of_as_many_rows_are_grouped_alike():
    """Else the codes would tell which table a class is from."""
    words = ([f"{letter}{i}" for i in range(200)] for letter in "ab")
    pair = [pd.DataFrame({"w": pd.Categorical(own)}) for own in words]
    for codes in grouped_classes(0, *read_rows(real=pair[0], other=pair[1])):
        assert set(codes) == {0}
    often = [pd.concat([frame] + [frame[:150]] * 2) for frame in pair]
    tables = read_rows(real=often[0], other=often[1])
    for codes in grouped_classes(0, *tables):
        assert set(codes) == {0}  # 300 classes of three rows, too
    (a,) = grouped_classes(0, tables[0])  # 150 of three rows, 50 of one
    assert len(set(a)) == 200


def test_classes_that_no_real_row_has_are_told_apart():
    """Alike in all tables, among which their numbers have other codes of their own."""
    tables = [["p", "q", None], ["z", "p", "y", "z", None], ["x", "y", "q", "z"]]
    frames = [pd.DataFrame({"n": 1.0, "w": words}) for words in tables]
    real, first, second = read_rows(real=frames[0], first=frames[1], second=frames[2])
    assert real.unseen == [None, None] and first.unseen[0] is None
    assert first.columns[1].tolist() == [2, 0, 2, 2, 3]
    assert second.columns[1].tolist() == [2, 2, 1, 2]
    words = np.concatenate(tables).astype(str)
    codes = np.concatenate(grouped_classes(1, real, first, second))
    assert len(set(codes)) == len(set(zip(codes, words, strict=True))) == 6
    some = first.take([3, 2]).without(0)
    (codes,) = grouped_classes(0, some)
    assert len(set(codes)) == 2
    np.testing.assert_array_equal(some.unseen[0], first.unseen[1][[3, 2]])
    # Numbers may be such classes, and categories of a dtype
    dtype = pd.CategoricalDtype(["p", "q"])
    real, other, more = read_rows(
        real=frames[0][["w"]].astype(dtype),
        other=pd.DataFrame({"w": [7.0, np.nan, 8.5, 7.0]}),
        more=pd.DataFrame({"w": [7, 9]}),
    )
    codes = np.concatenate(grouped_classes(0, other, more))
    assert [list(codes).index(code) for code in codes] == [0, 1, 2, 0, 0, 5]


def test_points_equal_scikit_learn_and_pandas():
    numbers, classes = ["size", "count"], ["flag", "word"]
    tables = [pandas(rows)[numbers + classes] for rows in (REAL, SYNTHETIC[:-1])]
    tables = [table.fillna({"size": 0.5}) for table in tables]
    pair = read_rows(real=tables[0], synthetic=tables[1])
    scaler = StandardScaler().fit(tables[0][numbers])
    both = pd.concat(tables)[classes].astype(str).fillna("a missing word")
    dummies = np.split(pd.get_dummies(both).to_numpy(), [len(REAL)])
    for is_scaled in (True, False):
        points = as_points(*pair, scale_columns=is_scaled)
        for own, table, dummy in zip(points, tables, dummies, strict=True):
            unit = 1 if is_scaled else scaler.scale_
            expected = scaler.transform(table[numbers]) * unit
            np.testing.assert_allclose(own[:, :2], expected, atol=1e-12)
            left = own[:, 2:]
            assert set(np.unique(left)) == {0, 1}
            assert (left.sum(axis=1) == 2).all()
            # One-hot columns in another order
            assert {*map(tuple, left.T)} == {*map(tuple, dummy.T.astype(float))}


def test_missing_numbers_are_means_beside_a_coordinate():
    real = [[1.0, 5.0], [3.0, 5.0], [np.nan, 5.0]]
    other = [[np.nan, 7.0], [4.0, 5.0]]
    a, b = as_points(*read_rows(real=real, other=other))
    np.testing.assert_array_equal(a, [[-1, 0, 0], [1, 0, 0], [0, 1, 0]])
    np.testing.assert_array_equal(b, [[0, 1, 2], [2, 0, 0]])
    a, b = as_points(*read_rows(real=[[np.nan]] * 2, other=[[3.0]]))
    np.testing.assert_array_equal(a, [[0, 1], [0, 1]])
    np.testing.assert_array_equal(b, [[3, 0]])
    # A coordinate, too, where real rows miss none
    a, b = as_points(*read_rows(real=[[1.0], [3.0]], other=[[np.nan]]))
    np.testing.assert_array_equal(a, [[-1, 0], [1, 0]])
    np.testing.assert_array_equal(b, [[0, 1]])


def test_points_of_classes_that_only_one_table_has():
    a, b = as_points(*read_rows(real=[["p"]] * 3 + [["q"]] * 2, other=[["z"]]))
    np.testing.assert_array_equal(a, [[1, 0, 0]] * 3 + [[0, 1, 0]] * 2)
    np.testing.assert_array_equal(b, [[0, 0, 1]])


def test_scale_of_a_column():
    assert number_scale(np.array([1.0, np.nan, 5.0])) == 2
    assert number_scale(np.full(3, np.nan)) == number_scale(np.zeros(0)) == 1
    constant = np.full(100, 1e9 / 7)
    assert 0 < constant.std() < 1e-6  # by rounding, which is no unit
    assert number_scale(constant) == 1
    assert number_scale(np.array([np.nan, *constant])) == 1


def test_scales_of_points():
    rng = np.random.default_rng(0)
    pixels = rng.random((50, 16)) * 255
    sizes = pixels * np.geomspace(1, 1e6, 16)
    plain = pixels - pixels.mean(axis=0)
    scaled = plain / pixels.std(axis=0)
    for scale, expected in (("auto", plain), ("none", plain), ("columns", scaled)):
        (points,) = read_points(scale=scale, real=pixels)
        np.testing.assert_allclose(points, expected, atol=1e-9)
    for table in (sizes, pd.DataFrame(sizes), pd.DataFrame(pixels)):
        np.testing.assert_allclose(read_points(real=table)[0], scaled, atol=1e-9)
    a, b = read_points(real=pixels, synthetic=sizes)  # the real ones decide
    np.testing.assert_allclose(b, sizes - pixels.mean(axis=0))
    with pytest.raises(ValueError, match="^scale must be one of .*'none'.*got 'all'.$"):
        read_points(scale="all", real=pixels)


@pytest.mark.filterwarnings("ignore:Left out, as nearly all values differ")
def test_identifiers_are_left_out():
    """Generators make fresh ones, which no measure would find among the real rows."""
    rng = np.random.default_rng(0)
    real = pd.DataFrame(
        {
            "name": [f"person {i}" for i in range(200)],
            "x": rng.normal(size=200),
            "job": rng.choice(["baker", "smith"], 200),
        }
    )
    fresh = real.assign(name=[f"person {i}" for i in range(500, 700)])
    for synthetic in (fresh, fresh[["job", "x"]], pl.from_pandas(fresh)):
        rows = read_rows(real=real, synthetic=synthetic)
        assert rows[0].names == rows[1].names == ("x", "job")
        np.testing.assert_array_equal(rows[0].columns[0], rows[1].columns[0])
        assert duplicate_share(real, synthetic) == 100
    for left, right in (
        (real, fresh.to_numpy()),
        (real.to_numpy(), fresh.to_numpy()),
        (real, fresh[["x", "job"]].to_numpy()),
    ):
        rows = read_rows(real=left, synthetic=right)
        assert [table.n_classes(1) for table in rows] == [4, 4]
    tuples = pd.MultiIndex.from_tuples([("a", "b"), ("a", "c"), (1, 2)])
    for index in ([0, 1, 2], [7, "a", 0], tuples):
        pair = [table.set_axis(index, axis=1) for table in (real, fresh)]
        for synthetic in (pair[1], pair[1].iloc[:, [2, 1, 0]]):
            rows = read_rows(real=pair[0], synthetic=synthetic)
            assert rows[0].names == rows[1].names == tuple(index[1:])
            np.testing.assert_array_equal(rows[0].columns, rows[1].columns)
    for synthetic, message in (
        (
            fresh.set_axis(["x", "x", "job"], axis=1),
            "^synthetic: Column names must be unique, got",
        ),
        (pl.from_pandas(fresh).lazy(), "^synthetic: Lazy frames are not supported"),
        ([["a", 1.0, "b"], ["a"]], "^synthetic: Expected rows of equal length"),
        (fresh[["name"]], r"^synthetic must have .* without \['x', 'job'\]\.$"),
        (np.ones((9, 4)), "^synthetic must have as many columns as real, 2, got 4.$"),
    ):
        with pytest.raises(ValueError, match=message):
            read_rows(real=real, synthetic=synthetic)
    few = read_rows(real=real[:49], synthetic=fresh[:49])[0]
    assert few.names == ("name", "x", "job")
    with pytest.raises(
        ValueError, match=r"^real must have a column besides text .*, got \['name'\]\.$"
    ):
        read_rows(real=real[["name"]], synthetic=fresh[["name"]])


def test_what_is_left_out_is_named():
    ids = [f"person {i}" for i in range(200)]
    real = pd.DataFrame({"a": ids, "x": np.arange(200) % 9, "b": [*map(tuple, ids)]})
    message = "^Left out, as nearly all values differ: 'a', 'b'.$"
    for measure in (column_shape_errors, duplicate_share, read_points):
        tables = {"real": real, "synthetic": real}
        with pytest.warns(UserWarning, match=message) as caught:
            measure(**tables) if measure is read_points else measure(real, real)
        assert len(caught) == 1 and caught[0].filename == __file__


def test_text_that_is_mostly_missing_is_no_identifier():
    job = np.array(["baker", "smith"])[np.arange(600) % 2]
    real = pd.DataFrame({"job": np.where(np.arange(600) % 11 == 0, job, None)})
    assert read_rows(real=real)[0].categories == (("baker", "smith"),)
    nothing = pd.DataFrame({"job": [None] * 600})
    assert read_rows(real=nothing, synthetic=real)[1].names == ("job",)
    numbered = "worker " + real.index.astype(str)
    names = real.assign(job=np.where(real["job"].notna(), numbered, None))
    with pytest.raises(ValueError, match="^real must have a column besides text whose"):
        read_rows(real=names)


def test_joined_rows_are_those_of_one_table():
    """Classes that no real row has stay apart, if one of both tables has them."""
    real = pd.DataFrame({"x": [1.0, 2.0], "a": ["k", "l"], "b": ["m", "m"]})
    first = pd.DataFrame({"x": [3.0, np.nan], "a": ["k", "new"], "b": ["m", None]})
    second = pd.DataFrame({"x": [4.0], "a": ["newer"], "b": ["m"]})
    _, *parts = read_rows(real=real, first=first, second=second)
    _, whole = read_rows(real=real, both=pd.concat([first, second]))
    both = joined(*parts)
    assert (both.names, both.categories, both.n) == (whole.names, whole.categories, 3)
    np.testing.assert_equal(both.columns, whole.columns)
    np.testing.assert_equal(both.unseen, whole.unseen)
    assert joined(*parts[::-1]).unseen[1].tolist() == [1, 0, 0]
