"""Orders between columns: what speaks for them, and that no row breaks them."""

import itertools
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from random_orders import broken, process

from skgan import GANGenerator
from skgan.encoding import TableEncoder
from skgan.encoding.frames import Grid
from skgan.encoding.relations import Levels, Order, Steps
from skgan.encoding.relations.order_evidence import (
    broken_by_tail,
    expected_below,
    is_no_accident,
    log_chance,
    overlap,
)
from skgan.encoding.relations.scales import scale_of

N = 600
START = pd.Timestamp("2023-01-01")


def days(counts):
    return pd.to_timedelta(counts, unit="D")


def orders_of(encoder):
    """Triples (target, starts, ...) by names of columns."""
    names = encoder._names
    found = [own for own in encoder.relations_ if isinstance(own, Order)]
    return {names[own.target]: {names[j] for j in own.starts} for own in found}


def rows_of(encoder, n=20_000, seed=0):
    """Rows of random codes and normal scores: much that no generator would make."""
    rng, layout = np.random.default_rng(seed), encoder.layout
    codes = [rng.integers(0, size, n) for size in layout.class_sizes]
    scores = rng.normal(0, 2, (n, layout.n_columns - len(codes))).clip(-6, 6)
    encoded = np.column_stack([*codes, scores]).astype(np.float32)
    return encoder.build(encoded, rng)


# ------------------------------------------------------------------------- evidence


@pytest.mark.parametrize("seed", range(5))
def test_the_chance_is_the_share_of_all_orders_that_fit(seed):
    rng = np.random.default_rng(seed)
    low = rng.integers(0, 5, 6).astype(float)
    high = low + rng.integers(0, 3, 6)
    fits = [(low <= high[list(p)]).all() for p in itertools.permutations(range(6))]
    assert log_chance(low, high) == pytest.approx(math.log(np.mean(fits)))
    assert overlap(low, high) == np.mean(high[None] < low[:, None])


def test_a_parabola_of_logs_is_exact_for_the_tail_of_a_normal_distribution():
    """Expected counts at whole numbers, of which those below 0 are left out."""
    n, mean = 10**9, 4.0
    k = np.arange(-6, 16)
    counts = np.rint(n * np.exp(-((k - mean) ** 2) / 2) / math.sqrt(2 * math.pi))
    gaps = np.repeat(np.arange(3), (counts[k >= 0][:3] / 1e3).astype(int))
    gaps = np.append(gaps, np.full(10**6, 4))  # windows are in the lower half
    below = counts[k == -1][0] / 1e3
    first = counts[k >= 0][:3] / 1e3
    error = math.sqrt(9 / first[0] + 9 / first[1] + 1 / first[2])
    expected = below * math.exp(-2 * error)
    assert expected_below(gaps) == pytest.approx(expected, rel=0.2)


def test_an_end_is_no_accident_and_a_tail_is():
    rng = np.random.default_rng(0)
    assert is_no_accident(rng.exponential(size=N))
    assert is_no_accident(rng.geometric(0.2, N) - 1)
    assert is_no_accident(18 + rng.exponential(10, N))
    assert is_no_accident(rng.normal(12, 1, N))  # far away
    tail = np.sort(np.abs(rng.normal(3, 1, N)))  # .13 % would be below 0
    assert not is_no_accident(tail)
    assert is_no_accident(np.repeat(tail, 20))  # 12,000 rows
    assert expected_below(np.append(np.zeros(12), tail)) == math.inf
    assert broken_by_tail(tail) > 1e-3 > broken_by_tail(tail + 20)


def test_a_tail_is_a_power_of_the_distance_from_the_median():
    """Of a tail that is one, the bound is its share below 0, with a margin."""
    ranks = (np.arange(1_000) + 1) / 1_000
    gaps = 10 - ranks[:500] ** (-1 / 3)  # P(gap < x) = (10 - x)^-3
    gaps = np.append(gaps, np.full(500, 10.0))
    power = 3 * (1 - 2 / math.sqrt(40))
    bound = 0.01 * (10 / 0.01 ** (-1 / 3)) ** -power
    assert broken_by_tail(gaps) == pytest.approx(bound, rel=1e-6)


# --------------------------------------------------------------------------- scales


@pytest.mark.parametrize(
    "scale",
    [
        Steps(Grid(0, 7, 3), True),
        Steps(Grid(2, 5, 1), False),
        Steps(Grid(), False),
        Levels(np.array([-2, 0, 1, 5])),
        Levels(np.array([0.1, 0.5, 2.25])),
    ],
    ids=["whole", "decimals", "floats", "whole levels", "levels"],
)
def test_counts_are_those_of_the_least_number_not_below(scale):
    numbers = scale.value(np.arange(-30, 30))
    values = np.random.default_rng(0).uniform(numbers[0], numbers[-1], 200).round(3)
    if numbers.dtype.kind == "i":
        values = np.rint(values).astype(np.int64).clip(numbers[0], numbers[-1])
    found = scale.value(scale.above(values))
    if scale != Steps(Grid(), False) and scale.above(values).dtype.kind == "i":
        expected = [numbers[numbers >= x].min() for x in values]
        np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(scale.value(scale.above(numbers)), numbers)
    assert (found >= values).all()


@pytest.mark.parametrize("grid", [Grid(), Grid(2), Grid(0, 2**63)])
def test_steps_that_are_read_are_of_whole_numbers(grid):
    Steps(Grid(0, 2**61), True).check_stored()
    with pytest.raises(ValueError, match="numbers are whole|fit into 64 bits"):
        Steps(grid, True).check_stored()


def test_float32_is_on_its_grid():
    numbers = np.arange(1, 1_000) / 100
    narrow = numbers.astype(np.float32).astype(np.float64)
    for scale in (Steps(Grid(2), False), Levels(narrow), Levels(numbers)):
        np.testing.assert_array_equal(scale.above(narrow), scale.above(numbers))


def test_levels_are_shared_values_that_leave_out_some_of_the_grid():
    rare = np.array([7])
    levels = np.repeat([1, 2, 5, 100], 200)
    assert scale_of(np.append(levels, rare), Grid(0)).levels.tolist() == [1, 2, 5, 100]
    assert isinstance(scale_of(np.repeat([1, 2, 3], 200), Grid(0)), Steps)
    assert isinstance(scale_of(np.arange(900) ** 2, Grid(0)), Steps)


# ----------------------------------------------------------------------- no row breaks


def dates(rng, n=N):
    """A chain of three dates, ordered, shipped and arrived."""
    ordered = START + days(rng.integers(0, 365, n))
    shipped = ordered + days(rng.geometric(0.4, n) - 1)
    arrived = shipped + days(rng.integers(1, 10, n))
    return pd.DataFrame({"ordered": ordered, "shipped": shipped, "arrived": arrived})


def amounts(rng, n=N):
    """Amounts on one grid, and whole numbers of which one is no level of the other."""
    net = rng.lognormal(3, 1, n).round(2)
    gross = (net + rng.exponential(9, n)).round(2)
    beds = rng.integers(1, 5, n)
    rooms = np.array([1, 2, 3, 4, 7, 9])[beds - 1 + rng.choice(3, n, p=[0.5, 0.3, 0.2])]
    return pd.DataFrame({"net": net, "gross": gross, "beds": beds, "rooms": rooms})


def zoned(rng, n=N):
    """Midnights in a zone that skips hours, and times of a clock after them."""
    frame = dates(rng, n)[["shipped", "arrived"]]
    frame = frame.apply(lambda own: own.dt.tz_localize("America/Sao_Paulo"))
    late = frame["arrived"] + pd.to_timedelta(rng.integers(0, 5_000, n), unit="min")
    return frame.assign(late=late)


def mixed_units(rng, n=N):
    """A date of days before a time of microseconds, and money before floats."""
    frame = dates(rng, n)
    at = frame["shipped"] + pd.to_timedelta(rng.exponential(1e5, n), unit="s")
    net = rng.lognormal(3, 1, n).round(2)
    return pl.DataFrame(
        {
            "day": pl.Series(frame["ordered"].to_numpy()).cast(pl.Date),
            "at": pl.Series(at.to_numpy()).cast(pl.Datetime("us")),
            "net": [Decimal(f"{x:.2f}") for x in net],
            "gross": (net + rng.exponential(5, n)).round(1) + 0.1,
        }
    )


def narrow(rng, n=N):
    """Numbers of float32, in an array, and without a grid."""
    low = rng.normal(size=n)
    return np.column_stack([low, low + rng.exponential(size=n)]).astype(np.float32)


TABLES = {
    "dates": (dates, [("ordered", "shipped"), ("shipped", "arrived")]),
    "amounts": (amounts, [("net", "gross"), ("beds", "rooms")]),
    "zoned": (zoned, [("shipped", "arrived"), ("arrived", "late")]),
    "mixed units": (mixed_units, [("day", "at"), ("net", "gross")]),
    "float32": (narrow, [("0", "1")]),
}


def as_pandas(X):
    return X.to_pandas() if isinstance(X, pl.DataFrame) else pd.DataFrame(X)


@pytest.mark.parametrize("name", TABLES)
def test_no_row_breaks_what_is_found(name):
    make, pairs = TABLES[name]
    X = make(np.random.default_rng(0))
    encoder = TableEncoder().fit(X)
    assert orders_of(encoder) == {high: {low} for low, high in pairs}
    rows = as_pandas(rows_of(encoder))
    rows.columns = rows.columns.map(str)
    for low, high in pairs:
        assert (rows[low] <= rows[high]).all()
        assert (rows[low] < rows[high]).any()


@pytest.mark.parametrize("name", TABLES)
def test_rows_come_back(name):
    """Gaps of few values are classes, so that these come back exactly."""
    X = TABLES[name][0](np.random.default_rng(0))
    encoder = TableEncoder().fit(X)
    encoded = encoder.encode(encoder.read(X), np.random.default_rng(0))
    again, X = as_pandas(encoder.build(encoded)), as_pandas(X)
    assert (again.dtypes == X.dtypes).all()
    if name == "dates":
        inside = X["arrived"] < again["arrived"].max()  # the last few are cut
        assert inside.mean() > 0.98
        gaps = [(own["arrived"] - own["shipped"])[inside] for own in (again, X)]
        pd.testing.assert_series_equal(*gaps)
    if name == "amounts":
        pd.testing.assert_frame_equal(again[["beds", "rooms"]], X[["beds", "rooms"]])
        assert set(again["rooms"]) == {1, 2, 3, 4, 7, 9}


def test_the_gap_is_what_is_learned():
    X = dates(np.random.default_rng(0))
    encoder = TableEncoder().fit(X)
    found = dict(
        zip(encoder._names, encoder._columns_of(encoder.read(X)), strict=False)
    )
    stay = (X["arrived"] - X["shipped"]).dt.days
    np.testing.assert_array_equal(found["arrived above"].values, stay)
    assert not found["arrived above"].missing.any()
    words = encoder.describe().columns
    assert words[1:] == [
        ("shipped", "not below ordered"),
        ("arrived", "not below shipped"),
    ]


def test_of_several_starts_the_highest_counts():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(N, 2)), columns=["a", "b"])
    X["c"] = X.max(axis=1) + rng.exponential(size=N)
    encoder = TableEncoder().fit(X)
    assert orders_of(encoder) == {"c": {"a", "b"}}
    rows = rows_of(encoder)
    assert (rows["c"] >= rows[["a", "b"]].max(axis=1)).all()


def test_missing_values_stay_where_they_may_be():
    """An end may be missing, a start too, each without the other."""
    X = dates(np.random.default_rng(0), 2_000)[["ordered", "shipped", "arrived"]]
    rng = np.random.default_rng(1)
    X["ordered"] = X["ordered"].where(rng.random(2_000) < 0.8)
    X["arrived"] = X["arrived"].where(rng.random(2_000) < 0.7)
    encoder = TableEncoder().fit(X)
    encoded = encoder.encode(encoder.read(X), np.random.default_rng(0))
    again = encoder.build(encoded)
    pd.testing.assert_frame_equal(again.isna(), X.isna())
    rows = rows_of(encoder)
    assert not rows["shipped"].isna().any() and rows["arrived"].isna().any()
    for low, high in itertools.combinations(X, 2):
        both = rows[[low, high]].dropna()
        assert len(both) > 1_000
        assert (both[low] <= both[high]).all()
    alone = rows["shipped"][rows["ordered"].isna()]  # learned by itself
    assert alone.nunique() > 100


def test_values_that_many_rows_share_stay():
    """A date that stands for none is no gap."""
    X = dates(np.random.default_rng(0))[["ordered", "arrived"]]
    never = pd.Timestamp("2200-01-01")
    X.loc[::10, "arrived"] = never
    encoder = TableEncoder().fit(X)
    encoded = encoder.encode(encoder.read(X), np.random.default_rng(0))
    again = encoder.build(encoded)
    assert ((again["arrived"] == never) == (X["arrived"] == never)).all()
    others = again["arrived"][again["arrived"] != never]
    assert others.max() < START + days(400)


def test_ends_stay_within_their_range():
    X = amounts(np.random.default_rng(0))
    X["net"], X["gross"] = X["net"].clip(upper=60), X["gross"].clip(upper=60)
    rows = rows_of(TableEncoder().fit(X))
    assert (rows[["net", "gross"]].max() <= 60).all()


def test_new_rows_are_read_as_they_come():
    X = dates(np.random.default_rng(0))
    encoder = TableEncoder().fit(X)
    wrong = X.assign(arrived=X["ordered"] - days(3))  # below its start
    classes, numbers, _ = encoder.measure(encoder.read(wrong))
    assert np.isfinite(
        encoder.encode(encoder.read(wrong), np.random.default_rng(0))
    ).all()
    whole = pd.DataFrame({"a": X["ordered"].dt.day_of_year})
    whole["b"] = whole["a"] + np.random.default_rng(1).geometric(0.01, N)
    encoder = TableEncoder().fit(whole)
    floats = encoder.encode(encoder.read(whole + 0.0), np.random.default_rng(0))
    same = encoder.encode(encoder.read(whole), np.random.default_rng(0))
    np.testing.assert_array_equal(floats, same)


# -------------------------------------------------------------------------- refused


def test_a_bell_that_begins_at_0_is_no_end():
    """A parabola of these counts would say that 147 rows are missing below 0."""
    gaps = np.repeat([0, 1, 2, 3], [1_000, 2_000, 1_500, 500])
    assert expected_below(gaps) == 0
    gaps = np.repeat([0, 1, 2, 3], [1_990, 2_000, 1_500, 500])
    assert expected_below(gaps) > 12


def test_values_apart_have_no_gap():
    rng = np.random.default_rng(0)
    start = rng.integers(0, 300, 900)
    end = np.where(np.arange(900) % 5, start + rng.geometric(0.2, 900), 9_999)
    X = pd.DataFrame({"start": start, "end": end})
    encoder = TableEncoder().fit(X)
    (order,) = encoder.relations_
    assert order.apart.tolist() == [9_999]
    above, own = order.columns(encoder.read(X).columns)
    np.testing.assert_array_equal(above.missing, end == 9_999)
    np.testing.assert_array_equal(own.missing, end != 9_999)
    assert above.values.max() < 100


def test_fewer_than_500_rows_show_no_order():
    X = dates(np.random.default_rng(0), 1_000)
    assert orders_of(TableEncoder().fit(X.head(499))) == {}
    assert len(orders_of(TableEncoder().fit(X.head(500)))) == 2
    gone = X.assign(ordered=X["ordered"].where(np.arange(1_000) < 499))
    assert orders_of(TableEncoder().fit(gone)) == {"arrived": {"shipped"}}


def test_one_row_that_breaks_it_is_enough():
    X = dates(np.random.default_rng(0), 2_000)[["ordered", "arrived"]]
    X.loc[7, "arrived"] = X.loc[7, "ordered"] - days(1)
    assert orders_of(TableEncoder().fit(X)) == {}


def test_a_tail_that_fades_out_is_no_order():
    """No row breaks it, and one of 700 of another draw would."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.normal(0, 5, N)})
    assert orders_of(TableEncoder().fit(X.assign(b=X["a"] + rng.exponential(3, N))))
    X["b"] = X["a"] + np.abs(rng.normal(3, 1, N))
    assert orders_of(TableEncoder().fit(X)) == {}


def test_numbers_of_two_scales_are_in_no_order():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"age": rng.integers(18, 90, N), "pay": rng.lognormal(9, 1, N)})
    assert (X["age"] < X["pay"]).all()
    assert orders_of(TableEncoder().fit(X)) == {}


def test_dates_are_not_compared_with_numbers_or_durations():
    rng = np.random.default_rng(0)
    X = dates(rng)[["ordered"]]
    X["took"] = days(rng.integers(0, 30_000, N))
    X["x"] = 1e18 + rng.integers(0, 2 * 10**18, N)
    assert orders_of(TableEncoder().fit(X)) == {}


def test_determined_columns_and_categories_have_no_gaps():
    rng = np.random.default_rng(0)
    net, tax = rng.integers(0, 100, (2, N))
    X = pd.DataFrame({"net": net, "tax": tax, "gross": net + tax, "double": 2 * net})
    encoder = TableEncoder().fit(X)
    assert orders_of(encoder) == {}
    assert len(encoder.relations_) == 2
    codes = pd.DataFrame({"a": rng.integers(0, 9, N)})
    codes["b"] = codes["a"] + rng.integers(0, 9, N)
    assert orders_of(TableEncoder().fit(codes)) == {"b": {"a"}}
    assert orders_of(TableEncoder(categorical_features=["a"]).fit(codes)) == {}


def test_a_sum_of_an_ordered_column_is_restored_after_it():
    X = amounts(np.random.default_rng(0))[["net", "gross"]]
    X["tip"] = np.random.default_rng(1).lognormal(2, 1, N).round(2)
    X["paid"] = (X["gross"] + X["tip"]).round(2)
    encoder = TableEncoder().fit(X)
    assert orders_of(encoder) == {"gross": {"net"}}
    rows = rows_of(encoder)
    np.testing.assert_allclose(rows["paid"], rows["gross"] + rows["tip"], atol=0.006)
    assert (rows["net"] <= rows["gross"]).all()


@pytest.mark.parametrize(
    "gap",
    [
        lambda rng, n: rng.poisson(2, n),
        lambda rng, n: rng.lognormal(1, 0.7, n).astype(int),
        lambda rng, n: rng.geometric(0.3, n),
        lambda rng, n: rng.integers(0, 14, n),
    ],
    ids=["poisson", "lognormal", "geometric", "uniform"],
)
def test_days_between_dates_that_begin_at_none_or_one(gap):
    """Most rows have a gap of few days: it may be likelier than none."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        ordered = START + days(rng.integers(0, 300, 6_000))
        X = pd.DataFrame(
            {"ordered": ordered, "shipped": ordered + days(gap(rng, 6_000))}
        )
        encoder = TableEncoder().fit(X)
        assert orders_of(encoder) == {"shipped": {"ordered"}}
        rows = rows_of(encoder, 2_000)
        assert (rows["ordered"] <= rows["shipped"]).all()


def test_a_chain_holds_where_what_is_between_is_missing():
    rng, n = np.random.default_rng(0), 1_200
    x = rng.integers(0, 10_000, n) / 100
    y = x + rng.integers(0, 80, n) / 10
    z = np.floor(y + 1 + rng.integers(0, 9, n))
    y[rng.random(n) < 0.2] = np.nan
    X = pd.DataFrame({"x": x, "y": y.round(2), "z": z})
    encoder = TableEncoder().fit(X)
    assert orders_of(encoder) == {"y": {"x"}, "z": {"x", "y"}}
    rows = rows_of(encoder)
    is_between = rows["y"].notna()
    assert 0.1 < is_between.mean() < 0.9
    assert (rows["x"] <= rows["z"]).all()
    assert (rows["y"] <= rows["z"])[is_between].all()
    assert (rows["x"] <= rows["y"])[is_between].all()


def test_what_others_imply_is_no_order_if_a_row_without_them_breaks_it(monkeypatch):
    """Of many rows some are looked at first."""
    monkeypatch.setattr("skgan.encoding.relations.ordering.SKETCH_ROWS", 50)
    rng, n = np.random.default_rng(0), 1_200
    x = rng.integers(0, 1_000, n)
    y = (x + rng.integers(0, 80, n)).astype(float)
    z = y + rng.integers(0, 9, n)
    y[rng.random(n) < 0.2] = np.nan
    first = np.random.default_rng(0).permutation(n)[:50]
    odd = np.setdiff1d(np.flatnonzero(np.isnan(y)), first)[:5]
    for rows, starts in (([], {"x", "y"}), (odd, {"y"})):
        low = x.copy()
        low[rows] = z[rows] + 1
        X = pd.DataFrame({"x": low, "y": y, "z": z})
        assert orders_of(TableEncoder().fit(X)) == {"y": {"x"}, "z": starts}


def test_counts_that_leave_few_gaps_out_say_nothing():
    """Unless the first is the largest: a parabola is no bell."""
    assert expected_below(np.repeat([0, 1, 2, 9], [1_000, 2_500, 1_500, 100])) == 0
    assert expected_below(np.repeat([0, 1, 2, 9], [1_000, 2_500, 1_500, 2_000])) > 12
    assert expected_below(np.repeat([0, 1, 2], [2_500, 1_500, 1_000])) > 12


@pytest.mark.parametrize("seed", range(5))
def test_levels_from_below_the_first_of_which_some_start(seed):
    """On weekdays: to the first end gaps are shorter than they are."""
    rng = np.random.default_rng(seed)
    weekdays = np.flatnonzero(np.arange(500) % 7 < 5)
    start = rng.integers(0, 215, 11_000)
    end = start + rng.geometric(0.3, 11_000)
    X = pd.DataFrame({"start": START + days(weekdays[start])})
    X["end"] = START + days(weekdays[end])
    assert orders_of(TableEncoder().fit(X)) == {"end": {"start"}}


@pytest.mark.parametrize("seed", range(5))
def test_a_rare_day_that_few_rows_have_hides_no_order(seed):
    """Of so many rows the least days are shared by enough, and one between is not."""
    rng = np.random.default_rng(seed)
    start = START + days(rng.integers(0, 300, 11_000))
    X = pd.DataFrame({"start": start, "end": start + days(rng.geometric(0.3, 11_000))})
    assert orders_of(TableEncoder().fit(X)) == {"end": {"start"}}


def test_a_nearly_full_grid_is_counted_by_its_steps():
    grid = Grid(0, 1, 0)
    full, hole = np.arange(200).repeat(9), np.delete(np.arange(200), 7).repeat(9)
    weekdays = np.flatnonzero(np.arange(200) % 7 < 5).repeat(9)
    assert isinstance(scale_of(full, grid), Steps)
    assert isinstance(scale_of(hole, grid), Steps)
    assert isinstance(scale_of(weekdays, grid), Levels)
    few = np.delete(np.arange(30), 7).repeat(9)
    assert isinstance(scale_of(few, grid), Levels)


def false_orders(seeds):
    """Orders that another draw breaks in more than .1 % of rows, and how many hold."""
    wrong, n_found = [], 0
    for seed in seeds:
        rng, draw = np.random.default_rng([seed, 1]), process(seed)
        n = int(np.exp(rng.uniform(np.log(500), np.log(5_000))))
        found = orders_of(TableEncoder().fit(draw(n, rng)))
        another = draw(20_000, rng)
        for high, lows in found.items():
            n_found += len(lows)
            wrong += [(seed, low) for low in lows if broken(another, low, high) > 1e-3]
    return wrong, n_found


def test_no_false_order_in_random_tables():
    wrong, n_found = false_orders(range(30))
    assert wrong == [] and n_found > 9


@pytest.mark.slow
def test_no_false_order_in_2000_random_tables():
    wrong, n_found = false_orders(range(2_000))
    assert wrong == [] and n_found > 900


# ------------------------------------------------------------------------- bookings


def bookings(seed, n=5_000):
    """Three dates, two amounts and their total, and a city with its state."""
    rng = np.random.default_rng(seed)
    booked = START + days(rng.integers(0, 700, n))
    arrival = booked + days(np.minimum(rng.gamma(1.2, 25, n).astype(int), 300))
    nights = np.minimum(rng.geometric(0.3, n) - 1 + 7 * (rng.random(n) < 0.3), 13)
    city = rng.choice(["Bonn", "Jena", "Ulm", "Kiel"], n, p=[0.4, 0.3, 0.2, 0.1])
    rate = pd.Series(city).map({"Bonn": 90, "Jena": 60, "Ulm": 75, "Kiel": 80})
    room = ((nights + 1) * rate * rng.lognormal(0, 0.25, n)).round(2)
    extras = np.where(rng.random(n) < 0.4, 0, rng.exponential(25, n)).round(2)
    X = pd.DataFrame({"booked": booked, "arrival": arrival, "room": room})
    X["departure"] = arrival + days(nights)
    X["extras"], X["total"] = extras, (room + extras).round(2)
    states = {"Bonn": "NW", "Jena": "TH", "Ulm": "BW", "Kiel": "SH"}
    return X.assign(city=city, state=pd.Series(city).map(states))


@pytest.mark.slow
def test_no_booking_breaks_what_holds():
    X = bookings(0)
    gan = GANGenerator(max_iter=300, random_state=0).fit(X)
    rows = gan.sample(100_000, random_state=0)
    assert (rows["booked"] <= rows["arrival"]).all()
    assert (rows["arrival"] <= rows["departure"]).all()
    nights = (rows["departure"] - rows["arrival"]).dt.days
    assert nights.max() <= 13
    np.testing.assert_allclose(rows["total"], rows["room"] + rows["extras"], atol=1e-9)
    pairs = set(zip(rows["city"], rows["state"], strict=True))
    assert pairs == set(zip(X["city"], X["state"], strict=True))
