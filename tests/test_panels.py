"""Columns of two tables in bins: by hand, and in the units of any container."""

import datetime
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skgan.metrics.panels import panel_of
from skgan.metrics.rows import read_rows
from skgan.privacy import MinRows

RNG = np.random.default_rng(0)
DAYS = pd.Timestamp("2019-03-01") + pd.to_timedelta(RNG.integers(0, 500, 80), unit="D")


def table(seed, n=200):
    rng = np.random.default_rng(seed)
    letters = rng.choice([f"country number {i}" for i in range(20)], n).astype(object)
    letters[: n // 10] = None
    number = rng.normal(size=n)
    number[: n // 5] = np.nan
    return pd.DataFrame(
        {
            "number": number,
            "whole": rng.integers(17, 90, n),
            "odd": rng.choice(["$a^{$", "", " x\ny"], n),
            "letters": letters,
            "since": DAYS[rng.integers(0, len(DAYS), n)],
            "truth": rng.random(n) < 0.3,
            "maybe": pd.array(np.where(rng.random(n) < 0.1, None, True), "boolean"),
            "one": 0.1,
            "none": np.nan,
            "silent": pd.Series([None] * n, dtype=object),
        }
    )


REAL, SYNTHETIC = table(0), table(1, 300)


def panel_at(real, synthetic, name=None):
    """The panel of a column, by default the only one."""
    rows = read_rows(real=real, synthetic=synthetic)
    return panel_of(real, rows, 0 if name is None else rows[0].index(name))


def panel_of_numbers(real, synthetic):
    return panel_at(*(np.reshape(values, (-1, 1)) for values in (real, synthetic)))


def test_shares_of_values_and_of_rows():
    panels = {name: panel_at(REAL, SYNTHETIC, name) for name in REAL}
    for name, panel in panels.items():
        assert panel.shares.shape == (2, len(panel.bins) - (not panel.is_of_classes))
        if name != "none":
            np.testing.assert_allclose(panel.shares.sum(axis=1), 100)
    assert (panels["none"].shares == 0).all()
    np.testing.assert_allclose(panels["none"].missing, 100)
    np.testing.assert_allclose(panels["number"].missing, 20)
    assert panels["silent"].bins == ["(missing)"]


def test_classes_by_hand():
    panels = {name: panel_at(REAL, SYNTHETIC, name) for name in REAL}
    counts = [
        t["letters"].fillna("(missing)").value_counts() for t in (REAL, SYNTHETIC)
    ]
    shares = pd.concat([100 * c / c.sum() for c in counts], axis=1).fillna(0)
    panel = panels["letters"]
    assert len(panel.bins) == 12 and panel.bins[-1] == "(10 others)"
    total = panel.shares.sum(axis=0)[:-1]
    assert (np.diff(total) <= 0).all()
    assert total.min() >= shares.drop(panel.bins[:-1]).sum(axis=1).max()
    for text, own in zip(panel.bins[:-1], panel.shares.T, strict=False):
        np.testing.assert_allclose(own, shares.loc[text])
    truth = panels["truth"]
    assert truth.bins == ["False", "True"]
    expected = [100 * t["truth"].mean() for t in (REAL, SYNTHETIC)]
    np.testing.assert_allclose(truth.shares[:, 1], expected)
    assert panels["maybe"].bins == ["True", "(missing)"]
    assert sorted(panels["odd"].bins) == ["$a^{$", "''", "x y"]


def test_twelve_classes_need_no_others_and_new_ones_have_a_bar():
    for n, last in ((12, "11"), (13, "(2 others)")):
        codes = np.repeat(np.arange(n), 30 - np.arange(n)).astype(str).astype(object)
        frame = pd.DataFrame({"x": codes})
        panel = panel_at(frame, frame)
        assert len(panel.bins) == 12 and panel.bins[-1] == last
    new = pd.DataFrame({"x": ["0", "new", "newer", "new"]})
    panel = panel_at(frame[frame["x"] < "1"], new)
    assert panel.bins == ["0", "(none of the real)"]
    np.testing.assert_allclose(panel.shares, [[100, 0], [25, 75]])


def test_numbers_by_hand():
    rng = np.random.default_rng(1)
    real, synthetic = rng.normal(size=500), rng.normal(1, 1, 300)
    panel = panel_of_numbers(real, synthetic)
    low, high = panel.bins[[0, -1]]
    ends = np.quantile(real, [0.005, 0.995]), np.quantile(synthetic, [0.005, 0.995])
    assert (low, high) == (min(ends[0][0], ends[1][0]), max(ends[0][1], ends[1][1]))
    np.testing.assert_allclose(np.diff(panel.bins), (high - low) / 30)
    for values, shares in zip((real, synthetic), panel.shares, strict=True):
        values = values.clip(low, high)
        counts = [
            ((a <= values) & ((values < b) | (b == high) & (values == b))).sum()
            for a, b in zip(panel.bins, panel.bins[1:], strict=False)
        ]
        np.testing.assert_allclose(shares, 100 * np.array(counts) / len(values))


def test_whole_numbers_have_bins_of_as_many_values():
    """Else every second bin of an even distribution were empty, or twice as high."""
    for n_values in (1, 2, 16, 30, 31, 73, 1_000):
        values = np.repeat(np.arange(n_values), 20) - 5.0
        panel = panel_of_numbers(values, values)
        width = np.diff(panel.bins)
        assert (width == width[0]).all() and width[0] % 1 == 0
        assert (panel.bins % 1 == 0.5).all() and len(width) <= 30
        inner = panel.shares[:, 1:-1]  # ends hold what lies beyond, and the rest
        if inner.size:
            np.testing.assert_allclose(inner, inner[0, 0])


@pytest.mark.parametrize("far", [60.0, 1e9, -1e9])
@pytest.mark.parametrize("share", [0.001, 0.3])
def test_outliers_of_synthetic_rows_are_in_the_last_bin(far, share):
    real, synthetic = np.random.default_rng(1).normal(size=(2, 2_000))
    synthetic[: int(share * 2_000)] = far
    panel = panel_of_numbers(real, synthetic)
    assert panel.shares[1, -1 if far > 0 else 0] >= 100 * share
    low, high = np.quantile(real, [0.005, 0.995])
    assert np.ptp(panel.bins) <= 2.2 * (high - low)  # what is real can be seen


def test_spikes_constants_and_nothing():
    spike = np.where(np.arange(1_000) < 2, 1e6, 0.0)
    panel = panel_of_numbers(spike, spike)
    np.testing.assert_allclose(panel.shares[:, [0, -1]], [[99.8, 0.2]] * 2)
    for value in (0.0, 5.0, 0.1, -1e18, 1e-300):
        constant = np.full(20, value)
        panel = panel_of_numbers(constant, constant)
        assert panel.bins[0] < value < panel.bins[-1]
        assert panel.shares.max() == 100
    nothing = np.full(20, np.nan)
    panel = panel_of_numbers(nothing, np.arange(20.0))
    np.testing.assert_allclose(panel.shares.sum(axis=1), [0, 100])
    np.testing.assert_allclose(panel.missing, [100, 0])
    panel = panel_of_numbers(np.arange(20.0), nothing)
    np.testing.assert_allclose(panel.shares.sum(axis=1), [100, 0])


# ------------------------------------------------------------- what few rows share


def guarded(*tables):
    """The panel of an only column, of what five rows share."""
    rows = read_rows(**dict(zip(("train", "test", "synthetic"), tables, strict=True)))
    return panel_of(tables[0], rows, 0, MinRows(5))


def test_classes_of_few_training_rows_have_no_name():
    texts = ["often"] * 40 + ["some"] * 5 + ["few"] * 4
    train = pd.DataFrame({"x": texts})
    test = pd.DataFrame({"x": ["few"] * 10 + ["often"] * 10})
    synthetic = pd.DataFrame({"x": ["few"] * 30 + ["often"] * 30 + ["new"] * 40})
    panel = guarded(train, test, synthetic)
    assert panel.bins == ["often", "(none of the real)", "some", "(1 other)"]
    expected = [[40 / 49, 0, 5 / 49, 4 / 49], [0.5, 0, 0, 0.5], [0.3, 0.4, 0, 0.3]]
    np.testing.assert_allclose(panel.shares, 100 * np.array(expected))


def test_bins_of_few_real_rows_are_empty_and_extremes_do_not_show():
    rng = np.random.default_rng(1)
    train, test, synthetic = rng.normal(size=(3, 1_000, 1))
    train[0], train[1] = 1e6, 2.5
    synthetic[:3] = 2.6
    panel = guarded(train, test, synthetic)
    low, high = panel.bins[[0, -1]]
    assert -5 < low < high < 5
    for own, shares in zip((train, test, synthetic), panel.shares, strict=True):
        counts = np.histogram(own.clip(low, high), panel.bins)[0]
        if own is not synthetic:
            assert (counts < 5).any()  # else nothing is tested
            counts[counts < 5] = 0
        np.testing.assert_allclose(shares, 100 * counts / 1_000)


def test_bins_of_real_rows_are_the_same_for_other_synthetic_ones():
    train, test, own = np.random.default_rng(1).normal(size=(3, 400, 1))
    panels = []
    for synthetic in (own, own + 2, own * 0 + np.nan):
        rows = read_rows(train=train, test=test, synthetic=synthetic)
        panels.append(panel_of(train, rows, 0, MinRows(5), True))
    for panel in panels:
        np.testing.assert_array_equal(panel.bins, panels[0].bins)
        np.testing.assert_array_equal(panel.shares[:2], panels[0].shares[:2])
    beyond = 100 * (own + 2 >= panels[1].bins[-2]).mean()
    assert panels[1].shares[2, -1] == pytest.approx(beyond) and beyond > 20
    rows = read_rows(train=train * np.nan, test=test * np.nan, synthetic=own)
    panel = panel_of(train, rows, 0, MinRows(5), True)
    assert panel.shares.sum(axis=1).tolist() == [0, 0, 100]


@pytest.mark.parametrize("n", [3, 8, 40])
def test_extremes_of_few_rows_are_means(n):
    values = np.arange(n) ** 2 + 0.5
    rows = values.reshape(-1, 1)
    panel = guarded(rows, rows[:2] * 0 + values[n // 2], rows * 0 + values[n // 2])
    low, high = panel.bins[[0, -1]]
    assert values[0] < low < high < values[-1]
    if n == 40:
        ends = values[5:10].mean(), values[-10:-5].mean()
        np.testing.assert_allclose((low, high), ends, rtol=1e-9)
        assert len(panel.bins) == 6  # as five bins of 40 rows have eight each


def frames_of_days():
    frame = pd.DataFrame({"x": DAYS})
    zone = DAYS.tz_localize("UTC").tz_convert("Asia/Tokyo")
    yield "pandas", frame
    yield "pandas-ns", frame.astype("datetime64[ns]")
    yield "pandas-s", frame.astype("datetime64[s]")
    yield "pandas-zone", pd.DataFrame({"x": zone})
    yield "pandas-objects", pd.DataFrame({"x": DAYS.date})
    yield "pandas-stamps", frame.astype(object)
    yield "text", pd.DataFrame({"x": DAYS.strftime("%d %b %Y")})
    yield "polars-text", pl.DataFrame({"x": [*DAYS.strftime("%Y-%m-%d")]})
    yield "polars", pl.from_pandas(frame)
    yield "polars-date", pl.from_pandas(frame).cast(pl.Date)
    yield "pyarrow", pl.from_pandas(frame).cast(pl.Date).to_arrow()
    yield "numpy", frame.to_numpy().astype("datetime64[D]")
    yield "numpy-ns", frame.to_numpy().astype("datetime64[ns]")
    yield "lists", [[day] for day in DAYS.date]


@pytest.mark.parametrize("days", [pytest.param(t, id=n) for n, t in frames_of_days()])
def test_dates_are_days_since_1970(days):
    panel = panel_at(days, days)
    first = np.quantile((DAYS - pd.Timestamp(0)).days, 0.005)
    assert panel.unit == "date"
    assert panel.bins[0] == np.floor(first) - 0.5
    np.testing.assert_allclose(panel.shares.sum(axis=1), 100)


@pytest.mark.parametrize(
    ("values", "unit", "last"),
    [
        (pd.to_timedelta([5, 90, 3_000], unit="D"), "days", 3_000),
        (pd.to_timedelta([5, 90, 120], unit="m"), "hours", 2),
        (np.array([1, 2, 119], dtype="timedelta64[s]"), "seconds", 119),
        (pd.to_timedelta([1, 2, 3_000], unit="us"), "seconds", 0.003),
        (pl.Series([datetime.time(3), datetime.time(18, 30)]), "hours", 18.5),
        ([decimal.Decimal("0.50"), decimal.Decimal("12.25")], "", 12.25),
        ([f"{hour}:30" for hour in range(10, 19)] * 3, "hours", 18.5),
        ([f"{price},50 €" for price in range(13)] * 2, "", 12.5),
        ([0.0, 0.0], "", 0.0),
    ],
    ids=[
        *("days", "hours", "seconds", "us", "time", "decimal", "clock", "price"),
        "zero",
    ],
)
def test_units_of_times_and_decimals(values, unit, last):
    frame = pl.DataFrame({"x": values}) if isinstance(values, pl.Series) else None
    frame = pd.DataFrame({"x": values}) if frame is None else frame
    panel = panel_at(frame, frame)
    assert panel.unit == unit
    assert panel.bins[0] < last <= panel.bins[-1] + 0.02 * np.ptp(panel.bins)
