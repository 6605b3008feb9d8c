"""Whole numbers that are dates, as 20240131."""

from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skgan.encoding import TableEncoder, read_table
from skgan.encoding.frames.date_numbers import DateNumbers

DAYS = [date(2024, 1, 31), date(2024, 2, 29), date(1999, 12, 1), date(1000, 1, 1)]
DAYS += [date(9999, 12, 31), date(2023, 3, 1), date(1969, 12, 31)]
DIGITS = [int(day.strftime("%Y%m%d")) for day in DAYS[:3]] + [10000101]
DIGITS += [int(day.strftime("%Y%m%d")) for day in DAYS[4:]]
EPOCH = date(1970, 1, 1).toordinal()
COUNTS = [day.toordinal() - EPOCH for day in DAYS]


def test_days_are_those_of_the_calendar():
    days, is_date = DateNumbers().days(np.array(DIGITS))
    assert days.tolist() == COUNTS and is_date.all()
    assert DateNumbers().written(np.array(COUNTS)).tolist() == DIGITS
    every = np.arange(date(1895, 1, 1).toordinal(), date(2105, 1, 1).toordinal())
    digits = np.array([int(f"{date.fromordinal(k):%Y%m%d}") for k in every.tolist()])
    np.testing.assert_array_equal(DateNumbers().written(every - EPOCH), digits)
    np.testing.assert_array_equal(DateNumbers().days(digits)[0], every - EPOCH)


@pytest.mark.parametrize(
    "number",
    [20240132, 20240230, 20230229, 20241301, 20240001, 20240100, 0, -20240131]
    + [9991231, 100000101, 20240131.5, 1e300],
)
def test_other_numbers_are_no_dates(number):
    assert not DateNumbers().days(np.array([number, 20240131]))[1][0]
    X = pd.DataFrame({"x": [*DIGITS, number]})
    (column,), schema = read_table(X)
    assert column.is_number and schema.columns[0].family == "number"


TABLES = {
    "int32": pd.DataFrame({"x": np.array(DIGITS, dtype=np.int32)}),
    "floats with gaps": pd.DataFrame({"x": [*map(float, DIGITS), np.nan]}),
    "nullable": pd.DataFrame({"x": pd.array([*DIGITS, None], dtype="Int64")}),
    "objects": pd.DataFrame({"x": [*DIGITS, None]}, dtype=object),
    "polars": pl.DataFrame({"x": [*DIGITS, None]}),
    "arrow": pa.table({"x": [*DIGITS, None]}),
    "array": np.array(DIGITS, dtype=float)[:, None],
    "masked": np.ma.masked_equal(np.array([[d] for d in [*DIGITS, 1]]), 1),
}


@pytest.mark.parametrize("name", TABLES)
def test_dates_come_back_as_such_numbers(name):
    X = TABLES[name]
    (column,), schema = read_table(X)
    assert schema.columns[0].family == "date" and not column.is_number
    assert column.values[~column.missing].tolist() == COUNTS
    again = schema.build([column.values], [column.missing])
    assert type(again) is type(X)
    if isinstance(X, pd.DataFrame):
        pd.testing.assert_frame_equal(again, X)
    elif isinstance(X, np.ndarray):
        np.testing.assert_array_equal(np.ma.filled(again, 0), np.ma.filled(X, 0))
    else:
        assert again.equals(X)
    (same,) = schema.read(X)
    np.testing.assert_array_equal(same.values, column.values)


def test_few_different_ones_and_narrow_ones_stay_numbers():
    for X in (DIGITS[:4] * 5, np.array(DIGITS, dtype=np.float32)):
        (column,), _ = read_table(pd.DataFrame({"x": X}))
        assert column.is_number


def test_new_rows_may_be_dates_or_such_numbers():
    (column,), schema = read_table(pd.DataFrame({"x": DIGITS}))
    for new in (pd.to_datetime([DAYS[0]]), [20240131.0], ["20240131"]):
        (adopted,) = schema.read(pd.DataFrame({"x": new}))
        assert adopted.values.tolist() == [COUNTS[0]]
    with pytest.raises(ValueError, match="'x' must hold dates like 20240131 as the t"):
        schema.read(pd.DataFrame({"x": [20240132]}))


def test_samples_hold_dates_only_and_keep_their_order():
    rng = np.random.default_rng(0)
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 400, 800), "D")
    end = start + pd.to_timedelta(rng.geometric(0.1, 800), "D")
    X = pd.DataFrame({"start": start, "end": end})
    X = X.apply(lambda own: own.dt.strftime("%Y%m%d").astype(int))
    encoder = TableEncoder().fit(X)
    assert str(encoder.describe()) == (
        "start  dates as numbers like 20240131\nend    not below start"
    )
    scores = rng.normal(0, 2, (5_000, encoder.layout.n_columns)).clip(-6, 6)
    scores[:, : len(encoder.layout.class_sizes)] = 0
    rows = encoder.build(scores.astype(np.float32), rng)
    assert DateNumbers().days(rows.to_numpy().ravel())[1].all()
    assert (rows["start"] < rows["end"]).all()
