"""Dates, times and other objects come back as what they were."""

import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skgan import GANGenerator
from skgan.encoding import TableEncoder, read_table
from skgan.metrics import column_shape_error, two_sample_score

RNG = np.random.default_rng(0)
N = 400
DAYS = RNG.integers(0, 20_000, N).tolist()
BERLIN = ZoneInfo("Europe/Berlin")
STAMPS = [datetime(1960, 1, 1) + timedelta(day, 900 * (day % 96)) for day in DAYS]
OBJECTS = {
    "dates": [date(1960, 1, 1) + timedelta(day) for day in DAYS],
    "datetimes": STAMPS,
    "far datetimes": [stamp.replace(year=stamp.year + 7_000) for stamp in STAMPS],
    "datetimes of microseconds": [s + timedelta(microseconds=s.day) for s in STAMPS],
    "datetimes in a zone": [stamp.replace(tzinfo=BERLIN) for stamp in STAMPS],
    "datetimes at an offset": [
        stamp.replace(tzinfo=timezone(timedelta(hours=5.5))) for stamp in STAMPS
    ],
    "times": [stamp.time() for stamp in STAMPS],
    "times of microseconds": [
        stamp.time().replace(microsecond=day)
        for stamp, day in zip(STAMPS, DAYS, strict=True)
    ],
    "times in a zone": [stamp.time().replace(tzinfo=UTC) for stamp in STAMPS],
    "durations": [timedelta(day - 9_000, 900 * (day % 96)) for day in DAYS],
    "Timestamps": [pd.Timestamp(stamp) for stamp in STAMPS],
    "Timestamps of ns": [pd.Timestamp(s) + pd.Timedelta(3, "ns") for s in STAMPS],
    "Timestamps in a zone": [pd.Timestamp(s, tz="Asia/Tokyo") for s in STAMPS],
    "Timedeltas": [pd.Timedelta(day, "h") for day in DAYS],
    "Timedeltas of ns": [pd.Timedelta(day - 9_000, "ns") for day in DAYS],
    "datetime64 of months": [np.datetime64(day // 20, "M") for day in DAYS],
    "timedelta64 of weeks": [np.timedelta64(day, "W") for day in DAYS],
    "datetime64": [np.datetime64(stamp, "s") for stamp in STAMPS],
    "timedelta64": [np.timedelta64(day, "m") for day in DAYS],
    "Periods": [pd.Period(ordinal=day // 20, freq="M") for day in DAYS],
}


def rows_of(X, n=300):
    """Encoded rows as they are, and rows between them."""
    encoder = TableEncoder().fit(X)
    encoded = encoder.encode(encoder.read(X), np.random.default_rng(0))[:n]
    drawn = encoded.copy()
    drawn[:, len(encoder.layout.class_sizes) :] += 0.01
    return encoder, encoder.build(drawn, np.random.default_rng(0))


@pytest.mark.parametrize("name", OBJECTS)
@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame, np.array])
def test_objects_come_back_as_they_were(name, library):
    values = [*OBJECTS[name], None]
    if library is np.array:
        X = np.empty((N + 1, 1), dtype=object)
        X[:, 0] = values
    else:
        dtype = object if library is pd.DataFrame else pl.Object
        maker = pd.Series if library is pd.DataFrame else pl.Series
        X = library({"x": maker(values, dtype=dtype)})
    columns, schema = read_table(X)
    assert columns[0].content == "number" and columns[0].is_whole
    back = schema.build([columns[0].values], [columns[0].missing])
    back = back[:, 0].tolist() if library is np.array else back["x"].to_list()
    for found, value in zip(back, values, strict=True):
        assert type(found) is type(value) and found == value
        assert getattr(found, "tzinfo", None) == getattr(value, "tzinfo", None)
    (again,) = schema.read(X)
    np.testing.assert_array_equal(again.values, columns[0].values)


@pytest.mark.parametrize("name", OBJECTS)
def test_new_objects_are_between_the_others(name):
    values = OBJECTS[name]
    _, rows = rows_of(pd.DataFrame({"x": pd.Series(values, dtype=object)}))
    found = rows["x"].tolist()
    assert {*map(type, found)} == {type(values[0])}
    assert min(values) <= min(found) and max(found) <= max(values)
    if not name.startswith("times"):  # a day has few quarter hours, and all are here
        assert len(set(found) - set(values)) > 10, "they are no classes"


@pytest.mark.parametrize(
    "ends",
    [
        [date.min, date.max],
        [datetime.min, datetime.max],
        [datetime(1, 1, 1), datetime(9999, 12, 31)],
        [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)],
        [time.min, time.max],
        [pd.Timestamp("9999-12-31")] * 2,
        [pd.Timestamp.max] * 2,
    ],
)
def test_the_ends_of_calendars_come_back(ends):
    """As codes for "never", and none is cut off."""
    x = pd.Series(ends * N, dtype=object)
    columns, schema = read_table(pd.DataFrame({"x": x}))
    back = schema.build([columns[0].values], [None])["x"]
    assert back.tolist() == x.tolist()


def test_objects_keep_the_unit_that_they_need():
    for name, unit in (
        ("datetimes", timedelta(minutes=1)),
        ("times", timedelta(minutes=1)),
        ("Timedeltas", timedelta(hours=1)),
    ):
        X = pd.DataFrame({"x": pd.Series(OBJECTS[name], dtype=object)})
        for value in rows_of(X)[1]["x"]:
            if name == "times":
                assert value.second == value.microsecond == 0
            else:
                zero = value * 0 if name == "Timedeltas" else datetime(1970, 1, 1)
                assert (value - zero) % unit == timedelta(0)


@pytest.mark.parametrize("freq", ["D", "M", "Q-DEC", "Y-DEC", "W-SUN"])
def test_periods_are_numbers_by_their_frequency(freq):
    spread = {"D": 9_000, "W-SUN": 2_000}.get(freq, 300)
    ordinals = RNG.integers(500, 500 + spread, N)
    x = pd.PeriodIndex.from_ordinals(ordinals, freq=freq).to_series(index=range(N))
    X = pd.DataFrame({"x": x.mask(np.arange(N) % 10 == 0)})
    gan = GANGenerator(max_iter=5, hidden_layer_sizes=(16,), random_state=0).fit(X)
    rows = gan.sample(200, random_state=0)
    assert rows.dtypes.equals(X.dtypes) and rows["x"].isna().any()
    assert X["x"].min() <= rows["x"].min() and rows["x"].max() <= X["x"].max()
    assert np.isfinite(gan.score_samples(X)).all()
    with pytest.raises(ValueError, match="must convert to the period"):
        gan.score(pd.DataFrame({"x": pd.period_range("2020", periods=3, freq="h")}))


def test_measures_see_periods():
    """A century off is as wrong as in dates."""
    months = pd.period_range("1950", periods=N, freq="M").to_series(index=range(N))
    real = pd.DataFrame({"x": months, "y": RNG.normal(size=N)})
    late = real.assign(x=real["x"] + 1_200)
    assert column_shape_error(real, late) > 45
    assert column_shape_error(real, real) == 0
    assert two_sample_score(real, late) < 0.1


def test_intervals_are_categories():
    few = pd.interval_range(0, 3, closed="left").take(RNG.integers(3, size=N))
    X = pd.DataFrame({"x": few, "y": RNG.normal(size=N)})
    encoder, rows = rows_of(X)
    assert encoder.identifier_names_ == [] and rows.dtypes.equals(X.dtypes)
    assert set(rows["x"]) == set(few)
    assert (rows["x"] == X["x"][:300]).all()


UNSHARED = {
    "intervals": pd.Series(pd.interval_range(0, N)),
    "UUID": pd.Series([uuid.UUID(int=i) for i in range(N)]),
    "tuples": pd.Series([(i, "a") for i in range(N)]),
    "mixed": pd.Series([i if i % 2 else f"{i}" for i in range(N)], dtype=object),
    "two zones": pd.Series(
        [s.replace(tzinfo=UTC if s.day < 9 else BERLIN) for s in STAMPS], dtype=object
    ),
    "two classes": pd.Series([*OBJECTS["dates"][:200], *STAMPS[:200]], dtype=object),
    "two frequencies": pd.Series(
        [pd.Period(ordinal=i, freq="MD"[i % 2]) for i in range(N)], dtype=object
    ),
    "nearly all differ": pd.Series([(i,) for i in range(N - 10)] + [("a",)] * 10),
}


@pytest.mark.parametrize("name", UNSHARED)
def test_other_objects_are_refused_unless_rows_share_them(name):
    X = pd.DataFrame({"thing": UNSHARED[name], "y": RNG.normal(size=N)})
    message = (
        "Column 'thing' must be text, numbers or times of one class and zone, or have "
        r"values that at least 5 rows share, got \d+ different objects \(.*\) in 400 "
    )
    with pytest.raises(ValueError, match=message):
        TableEncoder().fit(X)
    again = X["thing"].take(np.arange(N) % 20).reset_index(drop=True)
    encoder, rows = rows_of(X.assign(thing=again))
    assert rows["thing"].tolist() == again[:300].tolist()
    assert [*map(type, rows["thing"])] == [*map(type, again[:300])]
