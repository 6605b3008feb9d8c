"""Times in a zone: what its clocks show, and grids of that, in every container."""

from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skgan import GANGenerator
from skgan.encoding import TableEncoder
from skgan.encoding.columns import WallClock
from skgan.encoding.frames.clocks import Clock, known_zone

RNG = np.random.default_rng(0)
N = 500
ZONES = [
    *("Europe/Berlin", "America/Sao_Paulo", "America/Havana", "Australia/Lord_Howe"),
    *("Pacific/Apia", "Africa/Casablanca", "Asia/Kathmandu"),
]
HOUR = 3_600


def ahead(moment, zone):
    """Seconds that clocks are ahead of UTC at a second since 1970."""
    offset = datetime.fromtimestamp(moment, ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds())


@pytest.mark.parametrize("zone", ZONES)
def test_clocks_show_what_zoneinfo_says(zone):
    clock, seconds = Clock(zone, Fraction(1)), RNG.integers(0, 2_000_000_000, N)
    local = [int(s) + ahead(s, zone) for s in seconds.tolist()]
    np.testing.assert_array_equal(clock.local(seconds), local)
    nano = Clock(zone, Fraction(10**9))
    want = np.array(local) * 10**9 + 7
    np.testing.assert_array_equal(nano.local(seconds * 10**9 + 7), want)
    np.testing.assert_allclose(clock.local(seconds + 0.25), np.array(local) + 0.25)
    # And back: to the first of two moments
    back = clock.utc(clock.local(seconds))
    late = seconds - back
    assert (late >= 0).all() and (late > 0).mean() < 0.01
    np.testing.assert_array_equal(clock.local(back), local)


def test_around_changes_each_moment_counts():
    """Every ten minutes of the two days of 2024 on which clocks of Berlin are set."""
    clock = Clock("Europe/Berlin", Fraction(1))
    for day, n_again, n_skipped in (("2024-03-31", 0, 6), ("2024-10-27", 6, 0)):
        start = int(np.datetime64(day, "s").astype(int))
        moments = start + 600 * np.arange(144)
        local = [s + ahead(s, clock.zone) for s in moments.tolist()]
        np.testing.assert_array_equal(clock.local(moments), local)
        walls = start + 600 * np.arange(144)
        fold = [datetime.fromtimestamp(s, UTC) for s in walls.tolist()]
        fold = [t.replace(tzinfo=ZoneInfo(clock.zone)).timestamp() for t in fold]
        np.testing.assert_array_equal(clock.utc(walls), fold)
        assert (clock.utc(np.array(local)) != moments).sum() == n_again
        assert (clock.local(clock.utc(walls)) - walls == HOUR).sum() == n_skipped


def test_a_day_without_a_midnight_begins_with_it():
    clock = Clock("America/Sao_Paulo", Fraction(1))
    midnight = int(np.datetime64("2010-10-17", "s").astype(int))
    first = clock.utc(np.array([midnight]))
    zone = ZoneInfo("America/Sao_Paulo")
    shown = datetime.fromtimestamp(int(first[0]), zone)
    assert shown.isoformat() == "2010-10-17T01:00:00-02:00"
    np.testing.assert_array_equal(clock.local(first), [midnight])
    np.testing.assert_array_equal(clock.local(first + 1), [midnight + HOUR + 1])
    np.testing.assert_array_equal(clock.local(first - 1), [midnight - 1])


def test_zones_that_are_never_set_have_no_clock():
    assert known_zone("Europe/Berlin") == "Europe/Berlin"
    assert [*map(known_zone, ["+02:00", "UTC+02:00", "Europe", "/etc"])] == [None] * 4


STEPS = {"days": 24 * HOUR, "days, at half past seven": 24 * HOUR, "hours": HOUR}
CONTAINERS = [
    *("pandas ns", "pandas us", "pandas s", "pandas arrow", "polars", "pyarrow"),
    "objects",
]


def zoned(container, moments, zone):
    """A table of a column of moments in a zone."""
    values = pd.Series(moments).astype("M8[s]").dt.tz_localize("UTC")
    values = values.dt.tz_convert(zone)
    values[3] = pd.NaT
    if container == "objects":
        values = [None if v is pd.NaT else v.to_pydatetime() for v in values]
        return pd.DataFrame({"x": pd.Series(values, dtype=object)})
    if container in ("polars", "pyarrow"):
        table = pa.table({"x": pa.array(values.dt.as_unit("us"))})
        return pl.from_arrow(table) if container == "polars" else table
    unit = container.removeprefix("pandas ")
    dtype = pd.ArrowDtype(pa.timestamp("us", zone))
    values = values.astype(dtype) if unit == "arrow" else values.dt.as_unit(unit)
    return pd.DataFrame({"x": values})


def shown(X):
    """What clocks show of a table's times that are not missing, in seconds."""
    if isinstance(X, pd.DataFrame):
        values = X["x"].dropna()
        values = pd.Series([v.replace(tzinfo=None) for v in values])
    else:
        values = pl.DataFrame(X)["x"].drop_nulls().dt.replace_time_zone(None)
        values = values.to_pandas()
    return values.astype("M8[s]").astype(np.int64).to_numpy()


def local_times(what, zone, start="1998-01-01"):
    """Moments of UTC at which clocks show times of a grid, in winter and summer."""
    start = int(np.datetime64(start, "s").astype(int))
    late = int(7.5 * HOUR) if "half" in what else 0
    walls = start + late + STEPS[what] * RNG.integers(0, 9_000, size=N)
    return Clock(zone, Fraction(1)).utc(walls), late


def drawn(X):
    """The encoder of a table, its rows as they come back, and new ones."""
    encoder = TableEncoder().fit(X)
    encoded = encoder.encode(encoder.read(X), np.random.default_rng(0))
    new = encoded.copy()
    new[:, 1:] = RNG.normal(size=(N, 1))
    rows = [encoder.build(part, np.random.default_rng(0)) for part in (encoded, new)]
    return encoder, *rows


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize(
    ("what", "zone"),
    [("days", "America/Sao_Paulo"), ("days, at half past seven", "Europe/Berlin")],
)
def test_new_times_are_on_the_grid_of_clocks(container, what, zone):
    moments, late = local_times(what, zone)
    X = zoned(container, moments, zone)
    _, again, new = drawn(X)
    assert type(new) is type(X)
    if isinstance(X, pd.DataFrame):
        assert new.dtypes.equals(X.dtypes)
    else:
        assert new.schema == X.schema
    found = shown(new) % STEPS[what]
    skipped = np.isin(found, [late, late + HOUR])  # a day without a midnight
    assert skipped.all() and (found == late).mean() > 0.99
    assert len(np.unique(shown(new))) > N / 2, "new ones"
    assert (shown(again) == shown(X)).mean() > 0.97, "but for the ends"
    assert len(shown(again)) == N - 1, "a missing one"


@pytest.mark.parametrize("container", CONTAINERS)
def test_times_before_1900_are_on_the_grid_of_clocks(container):
    moments, _ = local_times("days", "Europe/Berlin", "1885-01-01")
    X = zoned(container, moments, "Europe/Berlin")
    assert (shown(drawn(X)[2]) % STEPS["days"] == 0).all()


@pytest.mark.parametrize("container", CONTAINERS)
def test_where_clocks_show_no_coarser_grid_all_is_as_in_utc(container):
    """Of hours that is so, and of zones whose clocks are never set."""
    for what, zone in (("hours", "Europe/Berlin"), ("days", "UTC"), ("days", "+02:00")):
        moments = RNG.integers(0, 9_000, N) * STEPS[what]
        there = zoned(container, moments, zone)
        utc = drawn(there)
        assert not isinstance(utc[0]._encoders[0], WallClock)
        found = np.diff(np.unique(shown(utc[2]) % STEPS[what]))
        assert len(found) == 0


def test_differences_of_times_hold_across_changes_of_the_clock():
    """They are those of moments, also where one column alone is on a grid."""
    moments, _ = local_times("days", "Europe/Berlin")
    durations = RNG.integers(60, 9 * HOUR, N)
    start = pd.Series(moments).astype("M8[s]").dt.tz_localize("UTC")
    X = pd.DataFrame({"start": start.dt.tz_convert("Europe/Berlin")})
    X["duration"] = pd.Series(durations).astype("m8[s]")
    X["end"] = X["start"] + X["duration"]
    X["late"] = (X["end"] + pd.Timedelta(90, "m")).dt.tz_convert("Asia/Tokyo")
    encoder = TableEncoder().fit(X)
    assert encoder.describe().relations == [
        "end is start + duration",
        "late is 1e+06 * end + 5.4e+09",  # in microseconds
    ]
    encoded = encoder.encode(encoder.read(X), np.random.default_rng(0))
    encoded[:, 2:] = RNG.normal(size=(N, 2))
    rows = encoder.build(encoded, np.random.default_rng(0))
    assert (rows["end"] - rows["start"] == rows["duration"]).all()
    assert (rows["late"] - rows["end"] == pd.Timedelta(90, "m")).all()
    assert (rows["start"].dt.hour == 0).all()


def test_new_rows_are_read_the_same_way():
    """Whatever their unit, zone and container, and wherever the model comes from."""
    moments, _ = local_times("days", "Europe/Berlin")
    X = zoned("pandas ns", moments, "Europe/Berlin")
    gan = GANGenerator(max_iter=2, random_state=0, n_score_samples=50).fit(X)
    scores = gan.score_samples(X)
    encoder = gan.encoder_
    assert isinstance(encoder._encoders[0], WallClock)
    there = pd.DataFrame({"x": X["x"].dt.tz_convert("Asia/Tokyo").dt.as_unit("us")})
    np.testing.assert_array_equal(gan.score_samples(there), scores)
    np.testing.assert_array_equal(
        gan.score_samples(zoned("polars", moments, "Europe/Berlin")), scores
    )
    assert (shown(gan.sample(500, random_state=0)) % STEPS["days"] == 0).all()
    (column,) = encoder.read(X).columns
    offsets = encoder._encoders[0].offsets(column.values[~column.missing])
    assert (offsets % (STEPS["days"] * 1e9) == 0).all()
    again = TableEncoder.from_state(encoder.state())
    rng = np.random.default_rng
    encoded = encoder.encode(encoder.read(X), rng(0))
    assert again.build(encoded, rng(0)).equals(encoder.build(encoded, rng(0)))
    assert str(encoder.describe()).endswith("in steps of 1 day, or missing")


def test_moments_near_the_ends_of_64_bits_are_left_in_utc():
    moments, _ = local_times("days", "Europe/Berlin")
    X = zoned("pandas ns", moments, "Europe/Berlin")
    X["x"] = X["x"].where(np.arange(N) > 9, pd.Timestamp.max.tz_localize("UTC"))
    encoder, again, _ = drawn(X)
    assert (again["x"][:3] == X["x"][:3]).all()
    assert not isinstance(encoder._encoders[0], WallClock)
