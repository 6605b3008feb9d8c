"""More rows than a fit trains on: what is counted of all of them, and believed."""

import warnings
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.utils import check_random_state

from skgan import GANGenerator
from skgan.constraints import Sum
from skgan.encoding import (
    ENCODING_WORDS,
    AllRows,
    DistinctValues,
    RisingNumbers,
    TableCounts,
    TableEncoder,
    knowing,
)
from skgan.encoding.columns import (
    Discrete,
    HighCardinality,
    Key,
    NanApart,
    Numeric,
    WallClock,
    choose_column_encoder,
    counter_of,
)
from skgan.encoding.counting.agreement import contradicts
from skgan.encoding.relations import Arithmetic, Copy, Map
from skgan.estimators.all_rows import _Pace, counted, gather, split_labels
from skgan.estimators.inputs import read_inputs
from skgan.estimators.packing import to_state
from skgan.estimators.seeds import draw_seed
from skgan.privacy import MIN_ROWS
from skgan.refinement import CellCounts
from skgan.sources import Source, draw_rows, source_of

N, N_SOME = 6_000, 600
NO_OTHERS = AllRows({}, frozenset())


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """Fits read these tables in many chunks, as they do large ones."""
    monkeypatch.setattr(Source.chunks, "__defaults__", (700,))


def mixed(n=N, seed=0):
    """A table with columns of many types, as a data frame."""
    rng = np.random.default_rng(seed)
    group = rng.choice(4, n, p=[0.5, 0.3, 0.15, 0.05])
    price = np.exp(rng.normal(group, 0.5))
    days = rng.integers(0, 900, n).astype("m8[D]")
    return pd.DataFrame(
        {
            "group": np.array(["a", "b", "c", "d"])[group],
            "price": price,
            "age": rng.integers(18, 90, n),
            "paid": np.where(rng.random(n) < 0.3, 0.0, np.round(price, 2)),
            "day": (np.datetime64("2020-01-01") + days).astype("M8[ms]"),
            "old": rng.random(n) < 0.2,
        }
    )


def some(frame, seed=1, n=N_SOME):
    rows = np.sort(np.random.default_rng(seed).permutation(len(frame))[:n])
    return frame.iloc[rows].reset_index(drop=True)


def encoder_of_all(frame, sample, chunk_size=1_000, all_rows=NO_OTHERS):
    """An encoder that learned from a sample, and counted all rows in chunks."""
    encoder, distinct = TableEncoder(), DistinctValues()
    rows = encoder.read(sample)
    encoder.fit(rows, MIN_ROWS, all_rows)
    chunks = [frame[i : i + chunk_size] for i in range(0, len(frame), chunk_size)]
    for chunk in chunks:
        distinct(chunk)
    known = knowing(encoder, distinct)
    counts, bins = TableCounts(known, rows), []
    for number, chunk in enumerate(chunks):
        bins.append(counts.add(known.read(chunk), np.random.default_rng(number)))
    return counts, np.concatenate(bins), known


# ----------------------------------------------------------------- distinct values


@pytest.mark.parametrize("as_array", [False, True])
def test_distinct_values_are_counted_over_chunks(as_array):
    rng = np.random.default_rng(0)
    values = rng.integers(0, 300, (2_000, 2))
    rows = values if as_array else pd.DataFrame(values, columns=["x", "y"])
    distinct = DistinctValues(max_distinct=350)  # parts are put together on the way
    for start in range(0, 2_000, 90):
        distinct(rows[start : start + 90])
    for j in range(2):
        (_, _, found), counts = distinct.column(j)
        pairs = zip(np.asarray(found).tolist(), counts.tolist(), strict=True)
        assert dict(pairs) == Counter(values[:, j].tolist())


def test_columns_of_too_many_values_are_given_up():
    distinct = DistinctValues(max_distinct=100)
    for start in range(0, 1_000, 50):
        distinct(pd.DataFrame({"x": np.arange(start, start + 50), "y": 1}))
    assert distinct.column(0) is None
    assert distinct.column(1)[1].tolist() == [1_000]


def test_numbers_with_fractions_are_given_up_sooner():
    distinct, values = DistinctValues(), np.random.default_rng(0).normal(size=5_000)
    distinct(pd.DataFrame({"x": values, "y": np.arange(5_000)}))
    assert distinct.column(0) is None
    assert len(distinct.column(1)[1]) == 5_000


# -------------------------------------------------------------- counts of columns


def test_quantiles_are_those_of_all_rows():
    """By a loop over all values; the sample says only where segments end."""
    rng = np.random.default_rng(0)
    values = np.where(rng.random(N) < 0.3, 5.0, rng.normal(size=N) ** 2 * 10)
    values[rng.permutation(N)[:20]] = 2.5  # that few rows share
    frame = pd.DataFrame({"x": values, "y": rng.normal(size=N)})
    sample = some(frame)
    counts, _, known = encoder_of_all(frame, sample)
    before, after = known._encoders[0], counts.encoder()._encoders[0]
    assert isinstance(after, Numeric)
    others = np.sort(values[~np.isin(values, after._spikes)])
    learned = np.sort(sample["x"][~np.isin(sample["x"], after._spikes)])
    ends = segment_ends_by_hand(learned, before._table)
    lower, groups = -np.inf, []
    for end in [*ends[:-1], np.inf]:
        groups.append([v for v in others if lower < v <= end])
        lower = end
    assert not before._table.is_shared.any()
    shares = np.diff(after._table._upper, prepend=0)
    np.testing.assert_allclose(shares, [len(g) / len(others) for g in groups])
    inner = [np.mean(group) for group in groups[1:-1]]
    np.testing.assert_allclose(after._table.knots[1:-1], inner)
    # An outlier leaves no trace: the least and the greatest of all count in no mean
    assert after._table.knots[0] == pytest.approx(np.mean(groups[0][1:]))
    assert after._table.knots[-1] == pytest.approx(np.mean(groups[-1][:-1]))


def segment_ends_by_hand(learned, table):
    """The greatest value of each segment, by its share of the values learned from."""
    lengths = np.diff(np.rint(table._upper * len(learned)).astype(int), prepend=0)
    return [learned[stop - 1] for stop in np.cumsum(lengths)]


def test_shared_values_are_counted_exactly():
    rng = np.random.default_rng(0)
    values = rng.choice([*range(0, 3_000, 10)], N)
    values[: N // 25] = 70  # 4 %: no spike, and shared in the sample
    frame = pd.DataFrame({"x": values, "y": rng.normal(size=N)})
    counts, _, _ = encoder_of_all(frame, some(frame))
    table = counts.encoder()._encoders[0]._table
    at = np.flatnonzero(
        table._exact & (table.knots + counts.encoder()._encoders[0]._origin == 70)
    )
    share = np.diff(table._upper, prepend=0)[at]
    assert share == pytest.approx(np.mean(values == 70))


def test_an_outlier_of_all_rows_leaves_no_trace():
    frame = mixed()
    frame.loc[17, "price"] = 1e9
    sample = some(frame[frame["price"] < 1e9])
    counts, _, _ = encoder_of_all(frame, sample)
    assert counts.encoder()._encoders[1]._table.knots.max() < 1e3


def test_chunks_do_not_matter_beyond_rounding():
    frame = mixed()
    sample = some(frame)
    found = [
        encoder_of_all(frame, sample, chunk_size)[0] for chunk_size in (N, 1_000, 77)
    ]
    first = found[0].encoder()
    for other in found[1:]:
        np.testing.assert_array_equal(other.class_counts, found[0].class_counts)
        for j, encoder in other.encoder()._encoders.items():
            own = first._encoders[j]
            if isinstance(own, Numeric):
                np.testing.assert_array_equal(encoder._table._upper, own._table._upper)
                np.testing.assert_allclose(encoder._table.knots, own._table.knots)


def test_all_rows_as_a_sample_of_themselves_change_nothing():
    frame = mixed()
    frame = frame.drop(
        columns=["paid", "day"]
    )  # equal numbers may lie on both sides of an end
    counts, _, known = encoder_of_all(frame, frame)
    for j, encoder in counts.encoder()._encoders.items():
        own = known._encoders[j]
        if isinstance(own, Numeric):
            np.testing.assert_allclose(encoder._table._upper, own._table._upper)
            np.testing.assert_allclose(encoder._table.knots, own._table.knots)
        elif isinstance(own, Discrete):
            np.testing.assert_array_equal(encoder._counts, own._counts)


def test_classes_are_counted_in_all_rows():
    frame = mixed()
    frame["paid"] = frame["paid"].where(np.random.default_rng(5).random(N) > 0.1)
    counts, _, known = encoder_of_all(frame, some(frame))
    expected = []
    for j in known._encoded:
        column, name = known._encoders[j], frame.columns[j]
        values = frame[name].dropna()
        if name == "group":
            expected += [
                np.sum(values == v) for v in known.schema.columns[j].categories
            ]
        elif isinstance(column, Discrete):
            expected += [np.sum(values == v) for v in column._values]
        else:
            spikes = [np.sum(values == v) for v in column._spikes]
            expected += [*spikes, len(values) - sum(spikes)]
        expected += [N - len(values)] if column.has_missing else []
    np.testing.assert_array_equal(counts.class_counts, expected)
    assert counts.class_counts.sum() == N * len(known._encoded)


def test_bins_of_rows_are_those_between_ends():
    """In the sample itself, bins are the segments that its values belong to."""
    frame = mixed()[["group", "price", "old"]]  # no ties
    sample = some(frame)
    counts, _, known = encoder_of_all(frame, sample)
    bins = TableCounts(known, known.read(sample)).add(
        known.read(sample), np.random.default_rng(0)
    )
    assert (bins.min(0) == 0).all()
    assert list(bins.max(0) + 1) == known.n_bins
    for j, column in zip(known._encoded, bins.T, strict=True):
        encoder = known._encoders[j]
        if isinstance(encoder, Numeric):
            share = np.bincount(column)[encoder._knot_bins] / len(sample)
            own = np.diff(encoder._table._upper, prepend=0)
            np.testing.assert_allclose(share / share.sum(), own, atol=1e-12)


def test_times_on_clocks_are_counted():
    rng = np.random.default_rng(0)
    days = np.datetime64("2024-01-01") + rng.integers(0, 300, N).astype("m8[D]")
    clock = pd.Series(days).dt.tz_localize("Europe/Berlin")  # midnights there
    frame = pd.DataFrame({"t": clock, "x": rng.normal(size=N)})
    counts, _, known = encoder_of_all(frame, some(frame))
    assert isinstance(known._encoders[0], WallClock)
    table = counts.encoder()._encoders[0].inner._table
    middle = known.read(frame).columns[0].values
    local = known._encoders[0].offsets(middle)
    at = len(table.knots) // 2
    share = np.mean(local <= table.knots[at])
    assert table._upper[at] == pytest.approx(share, abs=0.02)
    assert counts.encoder()._encoders[0].inner is not known._encoders[0].inner


def test_nan_apart_is_counted_as_a_class():
    values = np.where(np.arange(N) % 5 == 0, np.nan, np.arange(N) % 7)
    missing = np.arange(N) % 11 == 0
    nan = np.isnan(values) & ~missing
    inner = np.where(nan, 0, values)
    encoder = NanApart(choose_column_encoder(column_of(inner[~nan], missing[~nan])))
    counter = counter_of(encoder, values[:700], missing[:700])
    rng = np.random.default_rng(0)
    for start in range(0, N, 700):
        rows = slice(start, start + 700)
        bins = counter.add(values[rows], missing[rows], rng)
        assert ((bins == encoder.n_bins - 1) == nan[rows]).all()
    expected = [np.sum(~missing & ~nan & (values == k)) for k in range(7)]
    expected += [missing.sum(), nan.sum()]
    np.testing.assert_array_equal(counter.class_counts, expected)
    assert counter.encoder().inner._counts.tolist() == expected[:7]


def column_of(values, missing):
    """A column of numbers."""
    own = pd.DataFrame({"x": pd.Series(values).mask(missing)})
    return TableEncoder().read(own).columns[0]


# ------------------------------------------------------------------- rare values


def with_rare(values, n=N):
    """A frame of a column with few rows of some values, none of them in the sample."""
    rng = np.random.default_rng(0)
    column = np.array(["x", "y", "z"], dtype=object)[rng.integers(0, 3, n)]
    rows = np.arange(100, n)
    for value, count in values.items():
        column[rows[:count]], rows = value, rows[count:]
    frame = pd.DataFrame({"c": column, "v": rng.normal(size=n)})
    return frame, frame[frame["c"].isin(["x", "y", "z"])].head(N_SOME)


def test_values_that_enough_of_all_rows_share_are_known():
    frame, sample = with_rare({"five": 5, "nine": 9, "four": 4})
    counts, _, known = encoder_of_all(frame, sample)
    encoder = counts.encoder()
    categories = encoder.schema.columns[0].categories
    assert categories == ("x", "y", "z", "nine", "five")  # never "four"
    expected = [np.sum(frame["c"] == name) for name in categories]
    np.testing.assert_array_equal(encoder._encoders[0]._counts, expected)
    assert known.layout.class_sizes[0] == 5
    state = str(ENCODING_WORDS.pack(encoder))
    assert "five" in state and "four" not in state


def test_rare_values_of_a_constant_column_are_known():
    frame, sample = with_rare({"rare": 20})
    frame["c"] = np.where(frame["c"] == "rare", "rare", "usual")
    sample = frame.loc[sample.index]
    counts, _, _ = encoder_of_all(frame, sample)
    encoder = counts.encoder()
    assert isinstance(encoder._encoders[0], Discrete)
    assert encoder._encoders[0]._counts.tolist() == [N - 20, 20]
    assert 0 in encoder._encoded


def test_many_rare_values_share_classes():
    names = {f"rare {i:03d}": 5 + i % 7 for i in range(200)}
    frame, sample = with_rare(names)
    counts, _, _ = encoder_of_all(frame, sample)
    encoder = counts.encoder()._encoders[0]
    assert isinstance(encoder, HighCardinality)
    assert len(encoder._values) == 203
    categories = counts.encoder().schema.columns[0].categories
    expected = [np.sum(frame["c"] == categories[v]) for v in encoder._values]
    np.testing.assert_array_equal(encoder._counts, expected)


def test_rare_numbers_are_known():
    rng = np.random.default_rng(0)
    values = rng.integers(0, 4, N)
    values[50:58] = 9
    values[60:63] = 11  # too few rows
    frame = pd.DataFrame({"n": values, "v": rng.normal(size=N)})
    sample = frame[values < 9].head(N_SOME)
    counts, _, _ = encoder_of_all(frame, sample)
    assert counts.encoder()._encoders[0]._values.tolist() == [0, 1, 2, 3, 9]


def test_values_that_are_missing_in_other_rows_alone():
    frame = mixed().astype({"group": "str"})
    frame.loc[frame.index[:7], "group"] = None
    sample = some(frame.iloc[7:])
    counts, _, _ = encoder_of_all(frame, sample)
    encoder = counts.encoder()._encoders[0]
    assert encoder.has_missing
    assert encoder.n_classes == 5


# ----------------------------------------------------------------- keys, relations


@pytest.mark.parametrize("step", [1, 3])
def test_keys_of_all_rows_go_on_beyond_them(step):
    frame = mixed()
    frame.insert(0, "id", np.arange(100, 100 + step * N, step))
    rising = RisingNumbers()
    for start in range(0, N, 700):
        rising(frame[start : start + 700])
    keys = rising.keys()
    assert list(keys) == [0]
    with pytest.warns(UserWarning, match="Keys, which count rows, in column.* 'id'"):
        counts, _, _ = encoder_of_all(
            frame, some(frame), all_rows=AllRows(keys, frozenset())
        )
    key = counts.encoder()._encoders[0]
    assert isinstance(key, Key)
    assert (key.next, key.step) == (100 + step * N, step)


@pytest.mark.parametrize(
    "values",
    [
        np.arange(N)[::-1],
        np.cumsum(np.random.default_rng(0).integers(1, 9, N)),  # leaves too many out
        np.append(np.arange(N - 1), 5),
        np.append(np.arange(700, 1_400), np.arange(700)),  # in each chunk it rises
        np.arange(N) / 2,
        np.repeat(np.arange(N // 2), 2),
    ],
)
def test_other_numbers_are_no_keys(values):
    rising, frame = RisingNumbers(), pd.DataFrame({"x": values})
    for start in range(0, N, 700):
        rising(frame[start : start + 700])
    assert rising.keys() == {}


def related(n=N):
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 500, n), rng.integers(0, 300, n)
    start = rng.integers(0, 1_000, n)
    code = rng.integers(0, 6, n)
    return pd.DataFrame(
        {
            "a": a,
            "b": b,
            "sum": a + b,
            "twice": 2.5 * a,
            "code": np.array(list("uvwxyz"))[code],
            "of_code": np.array(["p", "q"])[code % 2],
            "start": start,
            "end": start + rng.integers(0, 60, n),
            "is_u": (code == 0) * 1,
            "is_v": (code == 1) * 1,
        }
    )


BREAKS = {
    "sum": 7,
    "twice": -1.0,
    "of_code": "q",
    "end": -5,
    "is_v": 1,
}


def fit_of_all(frame, **params):
    """The encoder and the census of a fit that trains on few rows."""
    gan = GANGenerator(max_rows=N_SOME, random_state=0, **params)
    data, everything = gather(gan, frame, None, gan.random_state)
    inputs = read_inputs(gan, *data, MIN_ROWS, everything.in_encoding)
    return counted(inputs, everything, MIN_ROWS), data[0]


def targets(inputs):
    encoder = inputs.encoder
    return {encoder._names[relation.target] for relation in encoder.relations_}


def test_what_holds_in_all_rows_is_believed():
    inputs, _ = fit_of_all(related())
    found = targets(inputs)
    assert {"twice", "of_code", "end"} <= found
    assert len({"sum", "a", "b"} & found) == 1


@pytest.mark.parametrize("name", BREAKS)
def test_one_row_of_all_refutes_a_relation(name):
    frame = related()
    _, sample = fit_of_all(frame)
    kept = frame.index.difference(sample_rows(frame))
    row = kept[frame.loc[kept, "is_u"] == 1][0]  # code u: of_code is p, is_u is set
    assert frame.loc[row, name] != BREAKS[name]
    before = targets(fit_of_all(frame)[0])
    frame.loc[row, name] = BREAKS[name]
    inputs, again = fit_of_all(frame)
    pd.testing.assert_frame_equal(again, sample)
    gone = before - targets(inputs)
    assert gone & ({name, "is_u", "a", "b"} if name != "end" else {name})
    assert not gone & {"twice", "of_code", "end"} - {name}


def sample_rows(frame):
    seed = draw_seed(check_random_state(0))
    return draw_rows(source_of(frame), N_SOME, seed).numbers


def test_what_is_declared_must_hold_in_all_rows():
    frame = related()[["a", "b", "sum"]]
    row = frame.index.difference(sample_rows(frame))[0]
    frame.loc[row, "sum"] += 1
    encoder = TableEncoder(constraints=[Sum("sum", ["a", "b"])])
    with pytest.raises(ValueError, match="hold in all rows, .* column 'sum' does not"):
        fit_of_all(frame, encoder=encoder)


def test_what_is_refuted_stays_so_when_more_is():
    """What was restored is learned by itself, and may be in an order that breaks."""
    rng = np.random.default_rng(0)
    a = rng.integers(10, 500, N)
    frame = pd.DataFrame({"a": a, "b": 2 * a, "c": 2 * a + rng.integers(0, 90, N)})
    first, second = frame.index.difference(sample_rows(frame))[:2]
    frame.loc[first, "b"] += 1
    frame.loc[first, "c"] += 2
    frame.loc[second, "c"] = frame.loc[second, "a"] + 1  # below b, and not below a
    inputs, _ = fit_of_all(frame)
    assert not targets(inputs) & {"b", "c"}


def column(*values):
    """Values and missing flags of a column; None is missing."""
    missing = np.array([value is None for value in values])
    return np.array([0 if value is None else value for value in values]), missing


SUM = Arithmetic(2, (0, 1), np.dtype("i8"), operation="+")
HALF = Copy(1, (0,), np.dtype("f8"), slope=0.1)
MAP = Map(1, (0,), np.dtype("i8"), np.array([0, 1]), np.array([5, 6]), 5)


@pytest.mark.parametrize(
    ("relation", "columns", "codes", "expected"),
    [
        (SUM, [column(1, 2), column(3, 4), column(4, 6)], [], False),
        (SUM, [column(1, 2), column(3, 4), column(4, 7)], [], True),
        (SUM, [column(1, None), column(3, 4), column(4, None)], [], False),
        (SUM, [column(1, None), column(3, 4), column(4, 6)], [], True),
        (SUM, [column(1, 2), column(3, 4), column(4, None)], [], True),
        (HALF, [column(1.0, 3.0), column(0.1, 0.3)], [], False),  # but for rounding
        (HALF, [column(1.0, 3.0), column(0.1, 0.301)], [], True),
        (MAP, [column(0, 1), column(5, 6)], [0], False),
        (MAP, [column(0, 1), column(5, 5)], [0], True),
        (MAP, [column(0, 7), column(5, 9)], [0], False),  # of a value not learned
        (MAP, [column(0, -1), column(5, 9)], [0], False),
        (MAP, [column(0, 1), column(5, -1)], [0, 1], False),  # into a rare category
    ],
)
def test_rows_contradict_relations(relation, columns, codes, expected):
    values, missing = map(list, zip(*columns, strict=True))
    is_category = [j in codes for j in range(len(columns))]
    assert contradicts(relation, values, missing, is_category) is expected


def test_classes_that_are_not_known_contradict_indicators():
    values, missing = map(list, zip(column(0, -1), column(5, 6), strict=True))
    assert contradicts(MAP, values, missing, [True, False], knows_all=True)


def test_columns_of_relations_get_no_further_categories():
    """A map would restore nothing of them."""
    frame = related()
    row = frame.index.difference(sample_rows(frame))[:8]
    frame.loc[row, "code"] = "rare"
    frame.loc[row, "of_code"] = "p"
    frame.loc[row, ["is_u", "is_v"]] = 0
    inputs, _ = fit_of_all(frame)
    assert "of_code" in targets(inputs)
    assert "rare" not in inputs.encoder.schema.columns[4].categories
    assert inputs.census.cells.of((0,)).sum() == N


# ------------------------------------------------------------------------- cells


def test_cells_are_counted_as_by_loops():
    rng = np.random.default_rng(0)
    sizes = [3, 5, 2]
    rows = np.column_stack([rng.integers(0, size, 400) for size in sizes])
    counts = CellCounts(sizes)
    for start in range(0, 400, 90):
        counts.add(rows[start : start + 90])
    for i in range(3):
        by_hand = Counter(rows[:, i].tolist())
        assert counts.of((i,)).tolist() == [by_hand[v] for v in range(sizes[i])]
        for j in range(3):
            if i == j:
                continue
            pairs = Counter(map(tuple, rows[:, [i, j]].tolist()))
            expected = [pairs[a, b] for a in range(sizes[i]) for b in range(sizes[j])]
            assert counts.of((i, j)).tolist() == expected


def test_of_very_many_columns_no_pairs_are_counted():
    counts = CellCounts([2] * 41)
    counts.add(np.zeros((3, 41), dtype=int))
    assert counts.of((0,)).tolist() == [3, 0]
    assert counts.of((0, 1)) is None


def test_a_census_has_all_rows():
    frame = mixed()
    inputs, _ = fit_of_all(frame)
    census = inputs.census
    assert census.n_rows == N
    column = 0  # of groups, each of which is a cell
    own = census.cells.of((column,))
    expected = frame["group"].value_counts()
    categories = inputs.encoder.schema.columns[0].categories
    assert sorted(own.tolist()) == sorted(expected[list(categories)].tolist())
    for key in [(0, 1), (1, 2)]:
        assert census.cells.of(key).sum() == N


# -------------------------------------------------------------------------- fits


def quick(**params):
    options = {"max_iter": 2, "n_score_samples": 50, "n_clusters": 1}
    options |= {"refinement": None, "random_state": 0}
    return GANGenerator(**options | params)


def digest(gan):
    return bytes(to_state(gan._model)["skgan"])


def sources_of(frame, folder):
    """The same rows in all forms."""
    pa, pl = pytest.importorskip("pyarrow"), pytest.importorskip("polars")
    from pyarrow import dataset, parquet

    table = pa.Table.from_pandas(frame, preserve_index=False)
    table = table.replace_schema_metadata(None)
    parquet.write_table(table, folder / "whole.parquet", row_group_size=777)
    parts = folder / "parts"
    parts.mkdir()
    for i, (start, stop) in enumerate([(0, 100), (100, 900), (900, len(frame))]):
        parquet.write_table(table[start:stop], parts / f"{i}.parquet")
    arrow = {
        "table": table,
        "path": folder / "whole.parquet",
        "text": str(folder / "whole.parquet"),
        "folder": parts,
        "paths": sorted(parts.iterdir()),
        "dataset": dataset.dataset(parts),
        "function": lambda: (table[i : i + 999] for i in range(0, len(table), 999)),
    }
    polars = pl.from_arrow(table)
    return arrow, {"polars": polars, "lazy": polars.lazy()}


@pytest.mark.parametrize("max_rows", [1_500, 300])
def test_all_sources_of_the_same_rows_are_one_model(tmp_path, max_rows):
    for group in sources_of(mixed(1_500), tmp_path):
        found = {
            name: digest(quick(max_rows=max_rows).fit(X)) for name, X in group.items()
        }
        first = next(iter(found.values()))
        assert {name for name, own in found.items() if own != first} == set()


def test_frames_without_text_are_counted():
    pl = pytest.importorskip("polars")
    rows = pl.DataFrame(np.random.default_rng(0).normal(size=(1_500, 2)), ["a", "b"])
    found = {digest(quick(max_rows=300).fit(X)) for X in (rows, rows.lazy())}
    assert len(found) == 1


def widened_later(n=2_800):
    """Frames of four pieces, of which the third has other types of the same columns."""
    pa, pl = pytest.importorskip("pyarrow"), pytest.importorskip("polars")
    rng = np.random.default_rng(0)
    whole, real = rng.integers(0, 50, n), rng.normal(size=n)
    text = rng.choice(["a", "b", "c"], n)
    arrow, polars = [], []
    for k, rows in enumerate(np.array_split(np.arange(n), 4)):
        narrow = pa.array(whole[rows], "int8" if k != 2 else "float64")
        texts = pa.array(text[rows])
        texts = texts.dictionary_encode() if k == 2 else texts
        arrow.append(pa.table({"w": narrow, "r": real[rows], "t": texts}))
        polars.append(pl.from_arrow(arrow[-1].set_column(2, "t", pa.array(text[rows]))))
    return arrow, polars


def test_pieces_of_other_types_are_counted_together():
    for pieces in widened_later():
        gan = quick(max_rows=1_000).fit(lambda pieces=pieces: iter(pieces))
        drawn = gan.sample(2_000, random_state=0)
        assert set(np.asarray(drawn["t"]).tolist()) == {"a", "b", "c"}
        assert set(np.asarray(drawn["w"]).tolist()) <= {*range(50)}


def test_memory_maps_are_arrays(tmp_path):
    rows = np.random.default_rng(0).normal(size=(1_500, 3))
    own = np.memmap(tmp_path / "rows", rows.dtype, "w+", shape=rows.shape)
    own[:] = rows
    for max_rows in (1_500, 300):
        gan = quick(max_rows=max_rows)
        assert digest(gan.fit(own)) == digest(quick(max_rows=max_rows).fit(rows))
        assert type(gan.sample(3)) is np.ndarray


def test_seeds_choose_the_rows():
    frame = mixed()
    first, again, other = (
        gather(quick(max_rows=100), frame, None, s)[0][0] for s in (0, 0, 1)
    )
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)
    state = np.random.RandomState(0)
    before = state.get_state()[1].copy()
    gather(quick(max_rows=100), frame, None, state)
    np.testing.assert_array_equal(state.get_state()[1], before)


def test_shares_are_those_of_all_rows():
    """Of a sample in which they are others: of 400 rows for 40,000."""
    frame = mixed(40_000)
    gan = quick(max_rows=400, max_iter=30).fit(frame)
    drawn = gan.sample(40_000, random_state=0)
    for name in ("group", "old"):
        wanted = frame[name].astype(str).value_counts(normalize=True)
        found = drawn[name].astype(str).value_counts(normalize=True)[wanted.index]
        noise = np.sqrt(wanted * (1 - wanted) / 40_000)
        assert (np.abs(found - wanted) < 4 * noise + 0.01 * wanted).all()


def test_raking_aims_at_all_rows():
    """And not at the sample, in which shares are others."""
    rng = np.random.default_rng(0)
    common = pd.DataFrame({"c": ["a"] * 9_000 + ["b"] * 1_000})
    common["x"] = rng.normal(size=10_000) + (common["c"] == "a")
    rows = common.sample(frac=1, random_state=0).reset_index(drop=True)
    gan = quick(max_rows=300, max_iter=100, refinement="trees", random_state=21)
    sample = gather(gan, rows, None, gan.random_state)[0][0]
    assert abs(np.mean(sample["c"] == "a") - 0.9) > 0.04
    share = np.mean(gan.fit(rows).sample(20_000, random_state=0)["c"] == "a")
    assert share == pytest.approx(0.9, abs=0.01)


# ------------------------------------------------------------------------- labels


def test_labels_may_be_a_column(tmp_path):
    frame = mixed(1_500)
    X, y = frame.drop(columns="group"), frame["group"]
    for max_rows in (1_500, 500):
        params = {"class_conditional": True, "max_rows": max_rows}
        gan = quick(**params).fit(frame, "group")
        own = digest(gan)
        assert own == digest(quick(**params).fit(X, y))
        assert list(gan.sample(1).columns) == list(X.columns)
        share = gan._model.conditions.parts[0].shares
        np.testing.assert_allclose(share, y.value_counts(normalize=True)[gan.classes_])


def test_labels_in_files_are_a_column(tmp_path):
    pytest.importorskip("pyarrow")
    frame = mixed()
    frame.to_parquet(tmp_path / "x.parquet")
    gan = quick(class_conditional=True, max_rows=N_SOME)
    gan.fit(tmp_path / "x.parquet", "group")
    assert gan.classes_.tolist() == ["a", "b", "c", "d"]
    assert "group" not in gan.sample(1).column_names


def test_a_name_of_labels_is_ignored_without_them():
    X, y = split_labels(mixed(), None)
    assert "group" in X.columns
    assert "group" in quick().fit(mixed(600), "group").sample(1).columns


# ------------------------------------------------------------------ what is refused


def test_columns_of_objects_are_not_counted(tmp_path):
    rng = np.random.default_rng(0)
    objects = np.empty((N, 2), dtype=object)
    objects[:, 0] = rng.choice(["a", "b", None], N)
    objects[:, 1] = rng.normal(size=N)
    inputs, _ = fit_of_all(objects)
    assert inputs.census.n_rows == N
    frame = pd.DataFrame({"x": rng.normal(size=N), "o": pd.Series([(1, 2)] * N)})
    distinct = DistinctValues()
    distinct(frame)
    assert distinct.column(1) is None


def test_the_pace_of_reading_is_logged(monkeypatch, caplog):
    times = iter([0.0, 4.0, 11.0, 12.0, 22.0])
    monkeypatch.setattr(
        "skgan.estimators.all_rows.time", SimpleNamespace(monotonic=lambda: next(times))
    )
    pace = _Pace()
    with caplog.at_level("INFO", logger="skgan"):
        for _ in range(4):
            pace(np.zeros((500, 1)))
    assert [record.getMessage() for record in caplog.records] == [
        "1000 rows read, 91 a second",
        "2000 rows read, 91 a second",
    ]


def test_functions_that_return_other_rows_are_refused():
    frame, n_left = mixed(1_500), iter([1_500, 1_400])
    with pytest.raises(
        ValueError, match="the same rows each time, got 1500 and then 1400"
    ):
        quick(max_rows=300).fit(lambda: frame[: next(n_left)])


@pytest.mark.parametrize(
    ("X", "y", "params", "message"),
    [
        (mixed(50), "nothing", {}, "y must name a column of X, got 'nothing'"),
        (
            lambda: [mixed(50)],
            [1] * 50,
            {},
            "y must name a column of X where .* got list",
        ),
        (np.zeros((50, 2)), "group", {}, "y must be labels, as arrays have no names"),
        (lambda: [np.zeros((50, 2))], "group", {}, "y must be labels, as arrays have"),
        (iter([mixed(50)]), "group", {}, "a function that returns a fresh one"),
        (
            mixed(50).assign(group=["rare", *["a", "b"] * 24, "rare"]),
            "group",
            {"max_rows": 20},
            "All labels must be .* leave out rows of others, or raise max_rows: "
            "y must hold labels seen in fit, 'a', 'b', got 'rare'",
        ),
        ("nowhere.parquet", "group", {}, "X must be a file that is there"),
    ],
)
def test_what_cannot_be_read_says_so(X, y, params, message):
    gan = quick(class_conditional=True, **params)
    with pytest.raises(ValueError, match=message):
        gan.fit(X, y)
    assert not hasattr(gan, "_model")


def test_max_rows_is_a_number_of_rows():
    for value in (1, 0, -5, 2.5, None):
        with pytest.raises(
            ValueError, match="The 'max_rows' parameter of GANGenerator"
        ):
            quick(max_rows=value).fit(mixed(50))


def test_warnings_are_given_once():
    frame = related()
    frame.insert(0, "id", np.arange(N))
    row = frame.index.difference(sample_rows(frame))[0]
    frame.loc[row, "sum"] += 1  # so that columns are learned twice
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit_of_all(frame)
    assert len([w for w in caught if "Keys" in str(w.message)]) == 1
