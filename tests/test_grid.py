"""Grids: what steps are found, that new values are on them, in every container."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skgan import GANGenerator
from skgan.encoding import ScaledEncoder, TableEncoder
from skgan.encoding.frames import Grid, grid_of

N = 2_000
RNG = np.random.default_rng(0)
DAY = 86_400 * 10**9


def some(low, high, step, offset=0, n=N):
    """Whole numbers of a grid."""
    return offset + step * RNG.integers(low // step, high // step, size=n)


FOUND = {
    "ages": (some(18, 90, 1), Grid(0)),
    "salaries": (some(10_000, 90_000, 50), Grid(0, 50)),
    "with an offset": (some(-9_000, 90_000, 50, 7), Grid(0, 50, 7)),
    "below zero": (some(-90_000, -60_000, 50, -7), Grid(0, 50, 43)),
    "midnights in ns": (some(-15_000 * DAY, 10_000 * DAY, DAY), Grid(0, DAY)),
    "beyond float64": (some(2**60, 2**61, 2**20, 3), Grid(0, 2**20, 3)),
    "unsigned": (
        np.uint64(2**63) + some(0, 10**6, 500).astype(np.uint64),
        Grid(0, 500, 2**63 % 500),
    ),
    "all of int64": (some(-(2**63), 2**63 - 1, 2**40), Grid(0, 2**40)),
    "prices": (some(10, 900, 1) / 20, Grid(2, 5)),
    "prices, multiplied": (some(10, 900, 1) * 0.05, Grid(2, 5)),
    "float32": ((some(10, 900, 5) / 100).astype("f4").astype("f8"), Grid(2, 5)),
    "thousands, as floats": (some(0, 10**6, 1_000).astype(float), Grid(0, 1_000)),
    "halves": (some(0, 900, 1) / 2, Grid(1, 5)),
    "two decimals": (RNG.normal(size=N).round(2), Grid(2)),
    "any number": (RNG.normal(size=N), Grid()),
    "any number, scaled": (RNG.normal(size=N) * 1e9, Grid()),
    "thirds": (some(10, 900, 1) / 3, Grid()),
}


@pytest.mark.parametrize("name", FOUND)
def test_the_coarsest_grid_is_found(name):
    values, grid = FOUND[name]
    assert grid_of(values) == grid
    assert grid.holds(values).all()


@pytest.mark.parametrize("name", FOUND)
def test_snapping_moves_a_value_by_half_a_step_at_most(name):
    values, grid = FOUND[name]
    if grid.decimals is None or np.abs(values).max() > 2**50:
        return
    step = grid.step / 10**grid.decimals
    moved = values + RNG.uniform(-0.49, 0.49, size=N) * step
    rtol = 1e-7 if name == "float32" else 1e-12
    np.testing.assert_allclose(grid.snap(moved), values, rtol, atol=1e-12)
    assert grid.holds(grid.snap(moved)).all()
    assert not grid.holds(values[:50].astype(float) + step / 3).any()


@pytest.mark.parametrize("n_odd", [0, 1, 4, 5])
def test_a_few_values_off_the_grid_deny_nothing(n_odd):
    values = some(10_000, 90_000, 50)
    values[:n_odd] += 1 + 2 * np.arange(n_odd)
    assert grid_of(values) == (Grid(0, 50) if n_odd < 5 else Grid(0))
    decimals = RNG.normal(size=N).round(2)
    decimals[:n_odd] += 0.00123
    assert grid_of(decimals).decimals == (2 if n_odd < 5 else 5)


def test_few_numbers_share_no_step_by_chance():
    """Of random whole numbers, and of the even ones among them."""
    for n in range(1, 200):
        values = RNG.integers(1_000, size=n % 40 + 1)
        assert grid_of(values) == Grid(0)
        assert grid_of(2 * values[:20]) == Grid(0)
        assert grid_of(values / 10).step == 1
    for n in (0, 1, 2):  # any two numbers are in steps
        assert grid_of(10**15 * np.arange(n)) == Grid(0)


STAMPS = pd.Timestamp("1930-01-01") + pd.to_timedelta(
    RNG.integers(0, 25_000, N), unit="D"
)
HOURS = pd.to_timedelta(RNG.integers(0, 60_000, N), unit="h")
TABLE = pd.DataFrame(
    {
        "born": pd.Series(STAMPS).astype("M8[ns]"),
        "visit": pd.Timestamp("2020-01-01") + HOURS,
        "quarters": (pd.Timestamp("2020-01-01") + HOURS / 4).astype("M8[ms]"),
        "seconds": (pd.Timestamp("2020-01-01") + HOURS / 900).astype("M8[us]"),
        "zoned": (pd.Timestamp("2020-01-01", tz="UTC") + HOURS).astype(
            "M8[ns, Asia/Tokyo]"
        ),
        "took": pd.Series(HOURS / 60).astype("m8[ns]"),
        "salary": some(20_000, 90_000, 50),
        "price": some(100, 900, 1) * 0.05,
        "nullable": pd.Series(some(0, 90_000, 25), dtype="Int32"),
        "small": (some(10, 9_000, 5) / 100).astype("f4"),
    }
)
TABLE.loc[::50, ["born", "took", "nullable"]] = None
STEPS = {
    "born": "1D",
    "visit": "1h",
    "quarters": "15min",
    "seconds": "4s",
    "zoned": "1h",
    "took": "1min",
}


def check(rows):
    """All values of a pandas frame are where those of the table are."""
    for name, step in STEPS.items():
        column = rows[name].dropna()
        if name == "zoned":
            column = column.dt.tz_convert("UTC").dt.tz_localize(None)
        ns = column.astype("m8[ns]" if name == "took" else "M8[ns]").astype("int64")
        assert (ns % pd.Timedelta(step).value == 0).all(), name
    assert (rows["salary"].to_numpy(int) % 50 == 0).all()
    assert (rows["nullable"].dropna().to_numpy(int) % 25 == 0).all()
    price, small = (rows[name].to_numpy(float) for name in ("price", "small"))
    np.testing.assert_allclose(price, (price / 0.05).round() * 0.05, atol=1e-9)
    np.testing.assert_allclose(small, (small / 0.05).round() * 0.05, atol=1e-5)


def sampled(table, encoder):
    """Rows of an encoder whose scores nothing has learned."""
    encoder.fit(encoder.read(table))
    encoded = encoder.encode(encoder.read(table), RNG)
    discrete = len(encoder.layout.class_sizes)
    encoded[:, discrete:] = RNG.normal(size=encoded[:, discrete:].shape)
    return encoder.build(encoded, RNG)


CONTAINERS = {
    "pandas": (lambda table: table, lambda rows: rows),
    "pandas of arrow": (
        lambda table: table.convert_dtypes(dtype_backend="pyarrow"),
        lambda rows: rows,
    ),
    "polars": (pl.from_pandas, lambda rows: rows.to_pandas()),
    "arrow": (
        lambda table: pa.Table.from_pandas(table, preserve_index=False),
        lambda rows: rows.to_pandas(),
    ),
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_new_rows_are_on_the_grids(container):
    made, back = CONTAINERS[container]
    rows = sampled(made(TABLE), TableEncoder())
    check(back(rows))


@pytest.mark.parametrize("encoder", [TableEncoder, ScaledEncoder])
@pytest.mark.parametrize("dtype", ["i4", "f4", "f8"])
def test_arrays_keep_their_grids(encoder, dtype):
    X = np.column_stack([some(0, 9_000, 50), some(0, 900, 25, 3)]).astype(dtype)
    rows = sampled(X, encoder())
    assert rows.dtype == dtype and len(np.unique(rows)) > 50
    assert (rows[:, 0] % 50 == 0).all() and (rows[:, 1] % 25 == 3).all()


def test_objects_keep_their_grids():
    from datetime import date, timedelta
    from decimal import Decimal

    weeks, fifths = RNG.integers(0, 900, size=(2, N)).tolist()
    table = pd.DataFrame(
        {
            "monday": [date(2000, 1, 3) + timedelta(weeks=w) for w in weeks],
            "price": [Decimal(f) / 20 for f in fifths],
        }
    )
    rows = sampled(table, TableEncoder())
    assert {day.weekday() for day in rows["monday"]} == {0}
    assert {price * 20 % 1 for price in rows["price"]} == {0}


def test_a_shared_value_off_the_grid_is_a_class():
    """As a code is; others come back on the grid, and it as it was."""
    values = some(20_000, 90_000, 50)
    values[:9] = 99_999
    values[9:11] = [23_456, 34_567]  # not shared: rounded
    rows = sampled(pd.DataFrame({"salary": values}), TableEncoder())["salary"]
    assert set(rows[rows % 50 != 0]) == {99_999}


def test_a_date_far_off_stays_alone():
    """9999-12-31 for "never": no year is made between it and the others."""
    days = pd.Series(STAMPS.to_numpy("M8[s]"))
    for name, code in {
        "at midnight": "9999-12-31",
        "late": "9999-12-31 23:59:59",
    }.items():
        table = pd.DataFrame(
            {"until": days.where(np.arange(N) % 40 > 0, pd.Timestamp(code).to_numpy())}
        )
        rows = sampled(table, TableEncoder())["until"]
        is_code = rows == pd.Timestamp(code)
        assert is_code.mean() == pytest.approx(0.025, abs=0.015), name
        assert rows[~is_code].between(days.min(), days.max()).all(), name
        assert (rows[~is_code] == rows[~is_code].dt.normalize()).all(), name


def test_a_short_fit_keeps_grids_and_codes():
    ages = RNG.normal(50, 10, size=300)
    ages[:9] = 99_999
    table = TABLE[:300].assign(age=ages)
    gan = GANGenerator(max_iter=5, refinement=None, random_state=0).fit(table)
    rows = gan.sample(2_000, random_state=0)
    check(rows)
    is_code = rows["age"] == 99_999
    assert rows["age"][~is_code].between(ages.min(), ages[ages < 1_000].max()).all()
