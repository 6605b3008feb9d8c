"""Errors of columns and pairs against scipy, pandas, loops and known answers."""

import tracemalloc
from itertools import combinations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy.stats import ks_2samp

from skgan.metrics import (
    column_shape_error,
    column_shape_errors,
    column_trend_error,
    column_trend_errors,
    columns,
)


def rows(n, seed, independent=False):
    """Numbers, some missing, of which two go together; text, flags, counts, days."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    table = {
        "x": np.where(rng.random(n) < 0.2, np.nan, x),
        "y": np.where(rng.random(n) < 0.1, np.nan, x + 0.5 * rng.normal(size=n)),
        "count": rng.poisson(3, size=n),
        "word": np.where(x > 0.5, "high", rng.choice(["low", "middle"], n)),
        "maybe": rng.choice(np.array(["a", "b", None]), n),
        "flag": rng.random(n) < 0.3,
        "day": np.datetime64("2020-01-01", "s") + (1e7 * x).astype(int),
    }
    if independent:
        table = {name: rng.permutation(column) for name, column in table.items()}
    return pd.DataFrame(table)


REAL, OTHER, LOOSE = rows(500, 0), rows(300, 1), rows(500, 2, independent=True)
NUMBERS = ["x", "y", "count", "day"]


def total_variation(a, b):
    """In percent, of the values of two columns or the tuples of several."""
    shares = [column.value_counts(normalize=True, dropna=False) for column in (a, b)]
    return 50 * shares[0].sub(shares[1], fill_value=0).abs().sum()


def kolmogorov_smirnov(a, b):
    """In percent; or the difference of the shares of missing values, if larger."""
    gaps = abs(a.isna().mean() - b.isna().mean())
    kind = "int64" if a.dtype.kind == "M" else float
    present = [column.dropna().astype(kind) for column in (a, b)]
    return 100 * max(gaps, ks_2samp(*present).statistic)


def bins_of(column, real):
    """Tenths of the real range as text, one comparison at a time."""
    low, high = real.min(), real.max()
    edges = [low + (high - low) / 10 * i for i in range(1, 10)]
    return column.map(
        lambda value: "missing" if pd.isna(value) else sum(value >= e for e in edges)
    ).astype(str)


def trend_by_hand(real, synthetic, a, b):
    if a in NUMBERS and b in NUMBERS:
        pair = [
            table[[a, b]].apply(lambda c: c.astype("int64") if c.name == "day" else c)
            for table in (real, synthetic)
        ]
        first, second = (table.corr().iloc[0, 1] for table in pair)
        return 50 * abs(np.nan_to_num(first) - np.nan_to_num(second))
    joint = [
        pd.crosstab(
            *(
                bins_of(table[name], real[name])
                if name in NUMBERS
                else table[name].fillna("missing").astype(str)
                for name in (a, b)
            ),
            normalize=True,
        ).stack()
        for table in (real, synthetic)
    ]
    return 50 * joint[0].sub(joint[1], fill_value=0).abs().sum()


# ---------------------------------------------------------------------- by hand


@pytest.mark.parametrize("synthetic", [OTHER, LOOSE], ids=["other", "loose"])
def test_shapes_equal_scipy_and_pandas(synthetic):
    errors = column_shape_errors(REAL, synthetic)
    assert list(errors) == list(REAL)
    for name, error in errors.items():
        by_hand = kolmogorov_smirnov if name in NUMBERS else total_variation
        expected = by_hand(REAL[name], synthetic[name])
        assert type(error) is float and error == pytest.approx(expected), name
        assert error > 0
    mean = column_shape_error(REAL, synthetic)
    assert mean == pytest.approx(np.mean([*errors.values()]))
    assert type(mean) is float


@pytest.mark.parametrize("synthetic", [OTHER, LOOSE], ids=["other", "loose"])
def test_trends_equal_pandas(synthetic):
    errors = column_trend_errors(REAL, synthetic)
    assert list(errors) == [*combinations(REAL, 2)]
    for pair, error in errors.items():
        expected = trend_by_hand(REAL, synthetic, *pair)
        assert type(error) is float and error == pytest.approx(expected), pair
        assert error > 0
    mean = column_trend_error(REAL, synthetic)
    assert mean == pytest.approx(np.mean([*errors.values()]))
    assert type(mean) is float


def test_errors_are_symmetric_and_zero_of_a_table_itself():
    for errors_of in (column_shape_errors, column_trend_errors):
        assert set(errors_of(REAL, REAL).values()) == {0}
        assert max(errors_of(REAL, REAL[::-1]).values()) < 1e-9
    classes = ["word", "maybe", "flag"]
    one, other = (
        [errors_of(*pair) for errors_of in (column_shape_errors, column_trend_errors)]
        for pair in ((REAL[classes], OTHER[classes]), (OTHER[classes], REAL[classes]))
    )
    assert one == [pytest.approx(errors) for errors in other]


def test_missing_numbers_are_a_bin_of_their_own():
    """Gaps go with one class, or with none."""
    x = np.arange(40.0)
    word = np.where(x % 4 == 0, "a", "b")
    real = pd.DataFrame({"x": np.where(x % 4 == 0, np.nan, x), "word": word})
    synthetic = real.assign(x=np.where(x % 4 == 1, np.nan, x))
    # a quarter of the rows is (missing, a) here and (missing, b) there
    errors = column_trend_errors(real, synthetic)
    assert errors["x", "word"] == trend_by_hand(real, synthetic, "x", "word") >= 50


@pytest.mark.parametrize("n_cells", [1, 50, 10**4])
def test_big_joint_tables_equal_small_ones(monkeypatch, n_cells):
    """They are counted by a sort."""
    expected = [
        errors_of(REAL, OTHER)
        for errors_of in (column_shape_errors, column_trend_errors)
    ]
    monkeypatch.setattr(columns, "MAX_CODES", n_cells)
    found = [column_shape_errors(REAL, OTHER), column_trend_errors(REAL, OTHER)]
    assert found == [pytest.approx(errors, abs=1e-12) for errors in expected]


def test_two_columns_of_thousands_of_words_take_no_table_of_all_pairs():
    words = pd.DataFrame({"a": pd.Categorical([f"w{i}" for i in range(4_000)])})
    table = words.assign(b=words["a"])
    tracemalloc.start()
    try:
        assert column_trend_error(table, table[:3_000]) == pytest.approx(25)
        assert tracemalloc.get_traced_memory()[1] < 4_000**2  # cells, of 8 bytes
    finally:
        tracemalloc.stop()


def test_two_columns_of_thousands_of_words():
    rng = np.random.default_rng(0)
    tables = [
        pd.DataFrame(rng.choice([f"w{i}" for i in range(1_500)], (2_000, 2)))
        for _ in range(2)
    ]
    assert len(set(tables[0][0])) * len(set(tables[0][1])) > columns.MAX_CODES
    pairs = [table[0] + table[1] for table in tables]
    tables = [table.astype("category") for table in tables]  # such text names rows
    (error,) = column_trend_errors(*tables).values()
    assert error == pytest.approx(total_variation(*pairs)) and error > 99
    assert column_trend_error(tables[0], tables[0]) == 0
    expected = [total_variation(*(table[j] for table in tables)) for j in (0, 1)]
    assert [*column_shape_errors(*tables).values()] == pytest.approx(expected)


# -------------------------------------------------------------- correlations


def test_correlations_where_a_column_does_not_vary():
    """They are 0: where the other is present, too, as rounding must not hide."""
    for seed in range(30):
        rng = np.random.default_rng(seed)
        here = rng.random(30) < 0.5
        a = np.where(here, rng.normal(), rng.normal(size=30))
        b = np.where(here, rng.normal(size=30), np.nan)
        real = np.column_stack([a, b, np.full(30, rng.normal())])
        synthetic = np.column_stack([b, b, b])  # correlations of 1
        errors = column_trend_errors(real, synthetic)
        assert [*errors.values()] == pytest.approx([50, 50, 50])
        assert column_trend_error(real, real) == 0


def test_two_columns_that_do_not_vary_where_both_are_present():
    for seed in range(30):
        rng = np.random.default_rng(seed)
        first, second, third = np.eye(3)[rng.integers(3, size=30)].astype(bool).T
        a = np.where(first, rng.normal(size=30), rng.normal())
        b = np.where(second, rng.normal(size=30), rng.normal())
        real = np.column_stack(
            [np.where(second, np.nan, a), np.where(first, np.nan, b)]
        )
        synthetic = np.column_stack([a, a])
        assert column_trend_error(real, synthetic) == pytest.approx(50)


def test_errors_are_100_at_most():
    for seed in range(30):
        x = np.random.default_rng(seed).normal(size=(50, 1))
        assert column_trend_error(x * [1, 3], x * [1, -7]) <= 100


@pytest.mark.parametrize("sentinel", [-999, 99_999_999])
def test_a_far_number_counts_only_where_the_other_column_is_present(sentinel):
    real = np.random.default_rng(0).normal(size=(400, 2))
    real[:, 1] += real[:, 0]
    real[7] = sentinel, np.nan
    expected = 50 * np.corrcoef(np.delete(real, 7, axis=0).T)[0, 1]
    loose = np.random.default_rng(1).permuted(real, axis=0)
    expected -= 50 * pd.DataFrame(loose).corr().iloc[0, 1]
    assert column_trend_error(real, loose) == pytest.approx(abs(expected), rel=1e-3)


@pytest.mark.parametrize("scale", [1e-150, 1e-6, 1, 1e100, 1e150])
@pytest.mark.parametrize("offset", [0, 1e6, -1e9])
def test_units_and_origins_of_numbers_do_not_matter(scale, offset):
    rng = np.random.default_rng(0)
    real, synthetic = rng.normal(size=(2, 200, 3))
    synthetic[:, 1] += synthetic[:, 0]
    real[:40, 2] = np.nan
    expected = column_trend_errors(real, synthetic)
    assert max(expected.values()) > 20
    moved = [scale * (table + offset) for table in (real, synthetic)]
    assert column_trend_errors(*moved) == pytest.approx(expected, abs=1e-3)
    shapes = column_shape_errors(real, synthetic)
    assert column_shape_errors(*moved) == pytest.approx(shapes)


def test_correlations_of_opposite_signs_are_as_far_as_can_be():
    x = np.arange(10.0)
    real, synthetic = np.column_stack([x, x]), np.column_stack([x, -x])
    assert column_trend_errors(real, synthetic) == {(0, 1): pytest.approx(100)}
    assert column_trend_error(real, real * [1, 5]) == pytest.approx(0, abs=1e-9)
    # Of two rows that are both present, of one, of none
    for n, error in ((2, 100), (1, 0), (0, 0)):
        gaps = [np.where(np.arange(10) < n, t[:, 1], np.nan) for t in (real, synthetic)]
        pair = [np.column_stack([x, gap]) for gap in gaps]
        assert column_trend_error(*pair) == pytest.approx(error)


# ------------------------------------------------------ rows whose answer is known


def test_good_rows_have_small_errors():
    big = rows(4_000, 0)
    for synthetic in (rows(4_000, 1), big.sample(frac=1, replace=True, random_state=0)):
        assert column_shape_error(big, synthetic) < 2
        assert column_trend_error(big, synthetic) < 5


def test_independent_columns_have_right_shapes_and_wrong_trends():
    big, loose = rows(4_000, 0), rows(4_000, 0, independent=True)
    assert column_shape_error(big, loose) == 0
    errors = column_trend_errors(big, loose)
    assert min(errors["x", "y"], errors["x", "day"], errors["x", "word"]) > 25
    # What is independent in truth is not off
    assert max(errors["count", "flag"], errors["maybe", "flag"]) < 5


WRONG = {
    "shifted mean": ("count", OTHER["count"] + 3, 50, 75),
    "far away": ("x", OTHER["x"] + 100, 99.9, 100),
    "half of them missing": ("x", OTHER["x"].where(OTHER.index % 2 == 0), 35, 50),
    "dropped mode": ("x", OTHER["x"].where(OTHER["x"] > 0, 0.5), 40, 60),
    "dropped category": ("word", OTHER["word"].replace("low", "middle"), 28, 42),
    "unknown category": ("word", OTHER["word"].replace("high", "new"), 25, 45),
    "other categories": ("word", OTHER["word"] + "?", 100, 100),
    "all missing": ("x", np.nan, 75, 85),
    "text all missing": ("maybe", None, 60, 72),
    "none missing": ("maybe", OTHER["maybe"].fillna("a"), 28, 40),
    "constant": ("y", 0.0, 40, 60),
    "constant text": ("word", "low", 60, 75),
    "constant flag": ("flag", False, 25, 35),
    "later days": ("day", OTHER["day"] + np.timedelta64(5_000, "D"), 100, 100),
}


@pytest.mark.parametrize("name", WRONG)
def test_shapes_see_the_column_that_is_wrong(name):
    column, values, least, most = WRONG[name]
    before = column_shape_errors(REAL, OTHER)
    wrong = OTHER.assign(**{column: values})
    errors = column_shape_errors(REAL, wrong)
    assert before[column] < 12
    assert least - 1e-9 <= errors.pop(column) <= most + 1e-9
    assert errors == {other: before[other] for other in errors}
    # Trends of other columns with it are wrong, those among others are as before
    trends, before = (column_trend_errors(REAL, table) for table in (wrong, OTHER))
    for pair in trends:
        assert column in pair or trends[pair] == before[pair]
    if least > 99 and column not in NUMBERS:
        errors = [trends[pair] for pair in trends if column in pair]
        assert errors == pytest.approx([100] * 6)


def test_real_rows_may_have_gaps_only():
    nothing = REAL.assign(x=np.nan, maybe=None)
    errors = column_shape_errors(nothing, OTHER)
    assert errors["x"] == pytest.approx(100 * OTHER["x"].notna().mean())
    assert errors["maybe"] == pytest.approx(100 * OTHER["maybe"].notna().mean())
    empty = OTHER.assign(x=np.nan, maybe=None)
    same = column_shape_errors(nothing, empty)
    assert same["x"] == same["maybe"] == 0
    trends = column_trend_errors(nothing, empty)
    assert trends["x", "y"] == trends["x", "maybe"] == 0
    assert column_trend_errors(nothing, OTHER)["x", "flag"] > 50


def test_constant_columns():
    """One value fills one bin; smaller ones are in another."""
    real = pd.DataFrame({"x": [5.0] * 4, "w": ["a"] * 4})
    assert column_shape_errors(real, real) == {"x": 0, "w": 0}
    assert column_trend_error(real, real) == 0
    other = pd.DataFrame({"x": [5.0, 4.0, 4.0, 5.0], "w": ["a"] * 4})
    assert column_shape_errors(real, other) == {"x": 50, "w": 0}
    assert column_trend_error(real, other) == 50


def test_one_row_is_enough():
    assert column_shape_errors([[1.0, 2.0]], [[1.0, 3.0]]) == {0: 0, 1: 100}
    assert column_trend_error([[1.0, 2.0]], [[1.0, 3.0]]) == 0
    assert column_trend_errors([[1.0, "a"]], [[1.0, "b"]]) == {(0, 1): 100}


# ----------------------------------------------------------------------- containers


@pytest.mark.parametrize(
    "convert",
    [
        pl.from_pandas,
        pa.Table.from_pandas,
        lambda table: table.convert_dtypes(),
        lambda table: table.convert_dtypes(dtype_backend="pyarrow"),
        lambda table: table[[*table][::-1]],
        lambda table: pl.from_pandas(table[[*table][::-1]]),
        lambda table: table.astype({"word": "category", "maybe": "category"}),
        lambda table: table.assign(day=table["day"].astype("M8[ns]")),
    ],
    ids="polars pyarrow nullable arrow reversed polars-reversed categories ns".split(),
)
def test_containers_of_the_synthetic_rows(convert):
    for errors_of in (column_shape_errors, column_trend_errors):
        expected = errors_of(REAL, OTHER)
        assert errors_of(REAL, convert(OTHER)) == pytest.approx(expected)
        converted = errors_of(convert(REAL), OTHER)
        pairs = {frozenset(np.atleast_1d(k)): error for k, error in converted.items()}
        assert pairs == pytest.approx(
            {frozenset(np.atleast_1d(k)): error for k, error in expected.items()}
        )


def test_names_of_columns():
    frame, array = OTHER[["x", "count"]], REAL[["x", "count"]].to_numpy()
    expected = [*column_shape_errors(array, frame).values()]
    assert column_shape_errors(array, frame) == {0: expected[0], 1: expected[1]}
    named = column_shape_errors(REAL[["x", "count"]], frame.to_numpy())
    assert named == {"x": expected[0], "count": expected[1]}
    numbered = pd.DataFrame(array, columns=[7, 3])
    other = frame.set_axis([7, 3], axis=1)[[3, 7]]
    assert column_shape_errors(numbered, other) == {7: expected[0], 3: expected[1]}
    assert list(column_trend_errors(numbered, other)) == [(7, 3)]


def test_inputs_are_left_alone():
    X, Y = (table[["x", "count"]].to_numpy() for table in (REAL, OTHER))
    real, other, copies = REAL.copy(), OTHER.copy(), (X.copy(), Y.copy())
    X.flags.writeable = Y.flags.writeable = False
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    for errors_of in (column_shape_errors, column_trend_errors):
        errors_of(real, other)
        errors_of(X, Y)
    pd.testing.assert_frame_equal(real, REAL)
    pd.testing.assert_frame_equal(other, OTHER)
    np.testing.assert_array_equal(X, copies[0])
    np.testing.assert_array_equal(Y, copies[1])
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


@pytest.mark.parametrize(
    ("errors_of", "real", "synthetic", "message"),
    [
        (
            column_shape_error,
            REAL,
            OTHER[["x"]],
            r"^synthetic must have the columns of real, got them without \['y', ",
        ),
        (column_trend_error, REAL, OTHER.assign(z=1), r"got them with \['z'\]\.$"),
        (
            column_shape_errors,
            np.eye(3),
            np.eye(2),
            "^synthetic must have as many columns as real, 3, got 2.$",
        ),
        (
            column_trend_errors,
            REAL[["x"]],
            OTHER[["x"]],
            "^real must have two columns or more, got 1.$",
        ),
        (
            column_trend_error,
            [[1.0], [2.0]],
            [[1.0]],
            "^real must have two columns or more, got 1.$",
        ),
        (
            column_shape_errors,
            REAL,
            OTHER.assign(count="many"),
            "^synthetic: Column 'count' must convert to the int64 of ",
        ),
    ],
)
def test_tables_that_do_not_fit(errors_of, real, synthetic, message):
    with pytest.raises(ValueError, match=message):
        errors_of(real, synthetic)
