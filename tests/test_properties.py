"""Random frames and arrays of anything: samples keep the rules, or a clear error."""

import enum
import warnings
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.exceptions import PolarsError
from scipy import sparse

from skgan import GANGenerator

OPTIONS = {
    "deadline": None,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}
FAST = settings(max_examples=50, derandomize=True, **OPTIONS)
SLOW = settings(max_examples=500, **OPTIONS)
N_SAMPLES = 20


UNFIT = (TypeError, ValueError, OverflowError, pa.ArrowException, PolarsError)


class Color(enum.Enum):
    RED = 1
    BLUE = "blue"


TEXT = st.text(max_size=6)
FLOATS = st.one_of(
    st.floats(),
    st.floats(-100, 100).map(lambda x: round(x, 1)),
    st.sampled_from([0.0, -0.0, 1e308, -1e308, 5e-324, 1e-50, np.nan]),
)
FINITE = st.floats(-1e90, 1e90, allow_nan=False)
WHOLE = {
    "int8": (-(2**7), 2**7 - 1),
    "uint8": (0, 255),
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint64": (0, 2**64 - 1),
}
DATES = st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))
HASHABLE = st.one_of(
    st.integers(-3, 3),
    st.integers(),
    st.booleans(),
    FLOATS,
    TEXT,
    st.binary(max_size=2),
    st.tuples(st.integers(0, 2), TEXT),
    st.decimals(-10, 10, places=2),
    st.dates(),
    st.sampled_from(Color),
)
THINGS = st.one_of(HASHABLE, st.none(), st.lists(st.integers(), max_size=2))


@st.composite
def series(draw, n):
    """A column of pandas with n rows, of few values or of many."""

    def rows(elements, dtype=None):
        pool = elements
        if draw(st.booleans()):  # few values, so that rows share them
            pool = st.sampled_from(draw(st.lists(elements, min_size=1, max_size=4)))
        values = draw(st.lists(pool, min_size=n, max_size=n))
        return pd.Series(values, dtype=dtype)

    dtype = draw(st.sampled_from([
        "float64", "float32", *WHOLE, "Int64", "bool", "boolean", "str", "object",
        "text", "time", "zone", "duration", "category", "ordered", "decimal", "date",
        "huge", "nothing", "arrow",
    ]))  # fmt: skip
    if dtype in ("float64", "float32"):
        with np.errstate(over="ignore"):
            return rows(FLOATS if draw(st.booleans()) else FINITE).astype(dtype)
    if dtype in WHOLE:
        return rows(st.integers(*WHOLE[dtype]), dtype)
    if dtype == "Int64":
        return rows(st.one_of(st.none(), st.integers(*WHOLE["int64"])), dtype)
    if dtype == "bool":
        return rows(st.booleans(), bool)
    if dtype == "boolean":
        return rows(st.one_of(st.none(), st.booleans()), dtype)
    if dtype == "str":
        return rows(st.one_of(st.none(), TEXT), "str")
    if dtype == "text":
        return rows(TEXT, object)
    if dtype == "time":
        return rows(DATES, "datetime64[us]")
    if dtype == "zone":
        return rows(DATES, "datetime64[ms]").dt.tz_localize("UTC")
    if dtype == "duration":
        return rows(st.timedeltas(timedelta(-9), timedelta(9)), "timedelta64[us]")
    if dtype in ("category", "ordered"):
        categories = draw(st.lists(TEXT, min_size=1, max_size=5, unique=True))
        values = rows(st.sampled_from(categories))
        return values.astype(pd.CategoricalDtype(categories, dtype == "ordered"))
    if dtype == "decimal":
        return rows(st.decimals(-99, 99, places=2), object)
    if dtype == "date":
        return rows(st.dates(date(1, 1, 1), date(9999, 12, 31)), object)
    if dtype == "huge":
        return rows(st.integers(-(2**70), 2**70), object)
    if dtype == "arrow":
        return rows(st.one_of(st.none(), st.integers(-9, 9)), "int32[pyarrow]")
    if dtype == "nothing":
        return pd.Series([None] * n, dtype=object)
    return rows(THINGS, object)


@st.composite
def frames(draw):
    """A data frame of pandas, names repeated now and then."""
    n = draw(st.sampled_from([0, 1, 2, 3, 12, 40]))
    columns = [draw(series(n)) for _ in range(draw(st.integers(1, 4)))]
    frame = pd.concat(columns, axis=1)
    name = draw(st.sampled_from(["text", "int", "twice"]))
    frame.columns = {
        "text": [f"column {j}" for j in range(len(columns))],
        "int": list(range(len(columns))),
        "twice": ["a", "b", "a", "b"][: len(columns)],
    }[name]
    return frame


@st.composite
def tables(draw):
    """A frame, or an array made of one in an odd way."""
    frame = draw(frames())
    container = draw(
        st.sampled_from(["pandas"] * 4 + ["polars", "array", "list", "odd"])
    )
    if container == "polars":
        try:
            return pl.from_pandas(frame)
        except UNFIT:  # it cannot hold such columns
            return frame
    if container == "array":
        return frame.to_numpy()
    if container == "list":
        return frame.to_numpy().tolist()
    if container == "odd":
        n, d = draw(st.sampled_from([(30, 3), (20, 17), (2, 1)]))
        array = np.random.default_rng(n).normal(size=(2 * n, 2 * d))[::2, ::-2]
        array = draw(
            st.sampled_from([np.asarray, np.asfortranarray, sparse.csr_array])
        )(array)
        if isinstance(array, np.ndarray):
            array = array.astype(draw(st.sampled_from(["f4", ">f8", "i2", "c8", "O"])))
            array.flags.writeable = False
        return array
    return frame


def check(table):
    """A fit whose samples keep the rules, or one clear error and nothing fitted."""
    gan = GANGenerator(
        hidden_layer_sizes=(4,), max_iter=1, n_score_samples=20, random_state=0
    )
    before = table.copy() if hasattr(table, "copy") else table
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Nearly unique text")
            gan.fit(table)
    except (ValueError, TypeError) as error:
        if isinstance(error, TypeError):  # of scikit-learn
            assert sparse.issparse(table), error
        assert not hasattr(gan, "generator_") and not hasattr(gan, "encoder_")
        assert str(error)[0].isupper() and len(str(error)) > 20, error
        return
    rows = gan.sample(N_SAMPLES, random_state=0)
    if isinstance(table, pd.DataFrame):
        pd.testing.assert_frame_equal(table, before)
        pd.testing.assert_series_equal(rows.dtypes, table.dtypes)
        for j in range(table.shape[1]):
            check_column(table.iloc[:, j], rows.iloc[:, j])
    elif isinstance(table, pl.DataFrame):
        assert rows.schema == table.schema
        for name in table.columns:
            check_column(table[name].to_pandas(), rows[name].to_pandas())
    else:
        assert isinstance(rows, np.ndarray)
        assert rows.shape == (N_SAMPLES, len(table[0]))
    scores = gan.score_samples(table)
    assert np.isfinite(scores).all()


def check_column(real, drawn):
    missing = pd.isna(real).to_numpy()
    if not missing.any():
        assert not pd.isna(drawn).any()
    real, drawn = real[~missing], drawn.dropna()
    if not len(real):
        assert not len(drawn)
    elif isinstance(real.dtype, pd.CategoricalDtype):
        assert set(drawn) <= set(real)
    elif pd.api.types.is_bool_dtype(real):
        assert set(drawn) <= set(real)
    elif pd.api.types.is_integer_dtype(real) or real.dtype.kind in "mM":
        assert (drawn >= real.min()).all() and (drawn <= real.max()).all()
    elif real.dtype.kind == "f":
        assert np.isfinite(drawn).all()
        assert (drawn >= real.min()).all() and (drawn <= real.max()).all()
    elif all(type(value) is Decimal for value in real):
        assert all(min(real) <= value <= max(real) for value in drawn)


@FAST
@given(tables())
def test_any_table(table):
    check(table)


@pytest.mark.slow
@SLOW
@given(tables())
def test_many_tables(table):
    check(table)
