"""Where rows are told apart: the right column, the right range, the right shares."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skgan.metrics import explain_two_sample, telling_ranges
from skgan.metrics.rows import own_stream, read_rows
from skgan.metrics.two_sample import two_sample_auc


def rows(n, seed):
    """Two numbers that go together, free ones, text, flags and days."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    days = (300 * rng.random(n)).astype(int)
    return pd.DataFrame(
        {
            "x": x,
            "y": x + 0.3 * rng.normal(size=n),
            "z": rng.exponential(size=n),
            "kind": rng.choice(list("abc"), size=n, p=[0.5, 0.3, 0.2]),
            "flag": rng.random(n) < 0.4,
            "day": pd.to_datetime("2020-01-01") + pd.to_timedelta(days, unit="D"),
        }
    )


REAL, FRESH = rows(500, 0), rows(500, 1)
FEW_WRONG = FRESH[:150].assign(z=FRESH["z"].clip(0.5))


def share(mask):
    return 100 * float(np.mean(mask))


# ------------------------------------------------- rows whose answer is known


def test_fresh_rows_give_nothing_away():
    assert explain_two_sample(REAL, FRESH) == []
    assert explain_two_sample(REAL, REAL) == []
    drawn = REAL.sample(500, replace=True, random_state=0)
    assert explain_two_sample(REAL, drawn) == []
    for seed in range(90, 100):  # in one of them a column alone looks wrong by chance
        few = np.random.default_rng(seed).normal(size=(2, 60, 8))
        assert explain_two_sample(*few) == [], seed


def test_a_clipped_column():
    wrong = FRESH.assign(z=FRESH["z"].clip(upper=1.2))
    found = explain_two_sample(REAL, wrong)
    assert {part.column for part in found} == {"z"}
    assert len(found) == 3 and {part.importance for part in found} == {
        found[0].importance
    }
    assert 0.5 < found[0].importance < 1.2
    deciles = np.sort(REAL["z"])[np.arange(50, 500, 50)]
    edge = f"{deciles[-1]:.6g}"
    last = next(part for part in found if part.where == f"{edge} and above")
    assert last.real_percent == share(REAL["z"] >= deciles[-1]) == 10
    assert last.synthetic_percent == 0
    # The range of the clipped values, which are too many
    inside = [k for k in range(8) if deciles[k] <= 1.2 < deciles[k + 1]][0]
    low, high = deciles[inside : inside + 2]
    spike = next(p for p in found if p.where == f"{low:.6g} to {high:.6g}")
    assert spike.real_percent == 10
    assert spike.synthetic_percent == share(wrong["z"].between(low, high, "left")) > 25


def test_the_first_range_and_the_last_one():
    for factor, word in ((1, "below -"), (-1, " and above")):
        wrong = FRESH.assign(x=factor * (factor * FRESH["x"]).clip(-0.5))
        wrong = wrong.assign(y=FRESH["y"])
        found = [p for p in explain_two_sample(REAL, wrong) if p.column == "x"]
        parts = [part for part in found if word in part.where]
        assert len(parts) == 1
        assert parts[0].real_percent == 10 and parts[0].synthetic_percent == 0


def test_a_dropped_category():
    wrong = rows(800, 1).query("kind != 'b'")[:500]
    found = explain_two_sample(REAL, wrong)
    assert {part.column for part in found} == {"kind"}
    first = found[0]
    assert first.where == "'b'" and first.synthetic_percent == 0
    assert first.real_percent == pytest.approx(share(REAL["kind"] == "b"))
    assert first.separation_percent > 60


def test_an_unknown_category_and_a_missing_one():
    for value, where in (("new", "a class that no real row has"), (None, "missing")):
        kinds = FRESH["kind"].astype(object).where(FRESH["kind"] != "a", value)
        found = explain_two_sample(REAL, FRESH.assign(kind=kinds), n_columns=1)
        assert found[0].column == "kind" and found[0].where in (where, "'a'")
        part = next(part for part in found if part.where == where)
        assert part.real_percent == 0
        expected = share(FRESH["kind"] == "a")
        assert part.synthetic_percent == pytest.approx(expected)


def test_missing_numbers():
    gaps = FRESH.assign(z=FRESH["z"].where(FRESH.index % 2 == 0))
    first = explain_two_sample(REAL, gaps)[0]
    assert first[:1] + first[2:5] == ("z", "missing", 0, 50)
    # From the other side
    holes = REAL.assign(z=REAL["z"].where(REAL.index % 2 == 0))
    found = explain_two_sample(holes, FRESH)
    assert found[0].column == "z"
    part = next(part for part in found if part.where == "missing")
    assert part[3:5] == (50, 0)


def test_a_broken_dependence():
    """Columns are right by themselves, and their percentages agree."""
    wrong = FRESH.assign(y=np.random.default_rng(0).permutation(FRESH["y"]))
    found = explain_two_sample(REAL, wrong)
    assert {part.column for part in found} == {"x", "y"}
    for part in found:
        assert abs(part.real_percent - part.synthetic_percent) < 6
        assert 0.4 < part.importance < 1.5


def test_flags_and_days():
    wrong = FRESH.assign(flag=FRESH["flag"] & (FRESH.index % 4 == 0))
    found = explain_two_sample(REAL, wrong)
    assert {(p.column, p.where) for p in found} <= {("flag", "True"), ("flag", "False")}
    assert found[0].real_percent - found[0].synthetic_percent == pytest.approx(
        share(REAL["flag"]) - share(wrong["flag"])
        if found[0].where == "True"
        else share(wrong["flag"]) - share(REAL["flag"])
    )
    late = FRESH.assign(day=FRESH["day"].clip(lower=pd.Timestamp("2020-04-01")))
    parts = explain_two_sample(REAL, late)
    assert {part.column for part in parts} == {"day"}
    deciles = np.sort(REAL["day"])[np.arange(50, 500, 50)]
    days = [str(pd.Timestamp(day)) for day in deciles]
    names = [f"below {days[0]}", f"{days[-1]} and above"]
    names += [f"{a} to {b}" for a, b in zip(days, days[1:], strict=False)]
    assert {part.where for part in parts} <= set(names)


@pytest.mark.parametrize(
    ("n_columns", "shift", "n_found"), [(2, 3, 2), (20, 2, 5), (20, 5, 1), (20, 50, 1)]
)
def test_rows_that_are_wrong_in_all_columns(n_columns, shift, n_found):
    """The AUC may be the same without any one of them; trees may use one alone."""
    rng = np.random.default_rng(0)
    real, synthetic = rng.normal(size=(2, 300, n_columns))
    assert two_sample_auc(real, synthetic + shift).value > 0.98
    found = explain_two_sample(real, synthetic + shift)
    assert len({part.column for part in found}) >= n_found
    for part in found[::3]:
        assert part.where.endswith(" and above") and part.synthetic_percent > 60


def test_the_more_wrong_column_comes_first():
    wrong = FRESH.assign(z=FRESH["z"] + 0.2, kind=FRESH["kind"].replace("a", "b"))
    found = explain_two_sample(REAL, wrong)
    assert list(dict.fromkeys(part.column for part in found)) == ["kind", "z"]
    importances = [part.importance for part in found]
    assert importances == sorted(importances, reverse=True)
    assert importances[0] > 2 * importances[-1]
    one = explain_two_sample(REAL, wrong, n_columns=1)
    assert one == [part for part in found if part.column == "kind"]


def test_nobody_is_accused_beside_a_bad_column():
    for seed in range(3):
        real, fresh = np.random.default_rng(seed).normal(size=(2, 300, 5))
        fresh[:, 2] = fresh[:, 2].clip(-1)
        found = explain_two_sample(real, fresh, random_state=seed)
        assert {part.column for part in found} == {2}


# ---------------------------------------------------------------- ranges of numbers


def test_a_value_of_many_rows_is_a_range_of_its_own():
    """Else noise about it would look right."""
    rng = np.random.default_rng(0)
    real = np.where(rng.random(400) < 0.8, 0.0, rng.exponential(size=400))[:, None]
    noisy = real + 0.01 * rng.normal(size=(400, 1))
    parts = {part.where: part for part in explain_two_sample(real, noisy)}
    assert set(parts) == {
        "below 0",
        "0",
        next(w for w in parts if w[:8] == "between "),
    }
    assert parts["0"][3:5] == (share(real == 0), 0)
    assert parts["below 0"][3:5] == (0, share(noisy < 0))


def test_a_constant_column():
    for value, where in ((7, "above 5"), (3, "below 5")):
        real, wrong = np.full((60, 1), 5), np.full((60, 1), value)
        parts = {part.where: part for part in explain_two_sample(real, wrong)}
        assert set(parts) == {"5", where}
        assert parts["5"][3:5] == (100, 0) and parts[where][3:5] == (0, 100)
        assert parts["5"].importance == pytest.approx(1, abs=0.3)


def cuts_of(values):
    table = np.asarray(values)[:, None]
    return telling_ranges._cuts(table, read_rows(real=table)[0].columns[0], 0)


def test_ranges_by_hand():
    edges, names = cuts_of(np.random.default_rng(0).permutation(100))
    assert edges.tolist() == [10, 20, 30, 40, 50, 60, 70, 80, 90]
    assert names[:3] == ["below 10", "10 to 20", "20 to 30"]
    assert names[-2:] == ["80 to 90", "90 and above"] and len(names) == 10
    above = [float(np.nextafter(k, 9)) for k in range(3)]
    edges, names = cuts_of([0] * 4 + [1] * 9 + [2] * 4)
    assert edges.tolist() == [0, above[0], 1, above[1], 2, above[2]]
    assert names[:4] == ["below 0", "0", "between 0 and 1", "1"]
    assert names[4:] == ["between 1 and 2", "2", "above 2"]
    edges, names = cuts_of([1.5] * 30 + [*range(2, 12)])
    assert names == ["below 1.5", "1.5", "between 1.5 and 4", "4 to 8", "8 and above"]
    assert len(edges) == 4
    edges, names = cuts_of([np.nan] * 3)
    assert len(edges) == 0 and names == ["present"]
    edges, names = cuts_of([np.nan, 3.0])
    assert len(edges) == 0 and names == ["present"]


@pytest.mark.parametrize("seed", range(4))
def test_ranges_hold_all_rows_once(seed):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, [3, 12, 40, 10**6][seed], size=200) / 7
    edges, names = cuts_of(values)
    assert len(names) == len(edges) + 1 == len(set(names))
    assert (np.diff(edges) > 0).all()
    counts = np.bincount(np.searchsorted(edges, values, "right"), minlength=len(names))
    assert counts.sum() == 200
    for name, count in zip(names, counts, strict=True):
        words = name.split()
        if len(words) == 1:  # one value
            assert count > 20 and count == (np.abs(values - float(name)) < 1e-5).sum()
        elif "between" in words or len(edges) > 9:
            assert count < 60


FIRST = dt.date(2020, 1, 1)
DAYS = [FIRST + dt.timedelta(k) for k in range(100)]
STAMPS = pd.Series(pd.to_datetime(DAYS))
CELLS = {
    "floats": (np.arange(100)[:, None] / 3, "3.33333 to 6.66667"),
    "float32": (np.arange(100, dtype="f4")[:, None] / 3, "3.33333 to 6.66667"),
    "large floats": (np.arange(100)[:, None] + 1.6e9, "1600000010.0 to 1600000020.0"),
    "ints": (np.arange(100)[:, None] + 10**7, "10000010 to 10000020"),
    "dates": (np.array(DAYS, "M8[D]")[:, None], "2020-01-11 to 2020-01-21"),
    "spans": (np.arange(100).astype("m8[s]")[:, None], "10 seconds to 20 seconds"),
    "dates as objects": (np.array(DAYS)[:, None], "2020-01-11 to 2020-01-21"),
    "decimals": (
        np.array([Decimal(k) / 100 for k in range(100)])[:, None],
        "0.1 to 0.2",
    ),
    "lists with text": ([[k / 3, "a"] for k in range(100)], "3.33333 to 6.66667"),
    "pandas": (pd.DataFrame({5: np.arange(100) / 3}), "3.33333 to 6.66667"),
    "nullable": (pd.DataFrame({"n": range(100)}, dtype="Int32"), "10 to 20"),
    "pandas dates": (
        STAMPS.to_frame("d"),
        "2020-01-11 00:00:00 to 2020-01-21 00:00:00",
    ),
    "time zone": (
        STAMPS.dt.tz_localize("Asia/Tokyo").to_frame("d"),
        "2020-01-11 00:00:00+09:00 to 2020-01-21 00:00:00+09:00",
    ),
    "arrow dates": (
        pd.DataFrame({"d": pd.array(DAYS, pd.ArrowDtype(pa.date32()))}),
        "2020-01-11 to 2020-01-21",
    ),
    "polars": (pl.DataFrame({"d": DAYS}), "2020-01-11 to 2020-01-21"),
    "polars times": (
        pl.DataFrame({"t": [dt.time(0, 0, k // 2) for k in range(100)]}),
        "00:00:05 to 00:00:10",
    ),
    "pyarrow": (pa.table({"x": np.arange(100) / 3}), "3.33333 to 6.66667"),
    "pyarrow dates": (pa.table({"d": DAYS}), "2020-01-11 to 2020-01-21"),
}


@pytest.mark.parametrize("name", CELLS)
def test_ranges_are_in_the_words_of_the_table(name):
    """The second tenth of the real rows has no synthetic ones."""
    real, where = CELLS[name]
    (rows,) = read_rows(real=real)
    kept = rows.take([*range(10), *range(20, 100), *range(90, 100)])
    chances = np.full((2, 100), 0.5)
    chances[0, 10:20] = 0.1
    table = np.array(real, dtype=object) if isinstance(real, list) else real
    ranges = telling_ranges._ranges(table, rows, [rows, kept], 0, chances)
    assert ranges == [(where, 10, 0, pytest.approx(100))]


def test_arrays_and_lists_are_asked_for_their_cells():
    """Of mixed lists numbers stay numbers; dates of arrays and objects are dates."""
    base = np.random.default_rng(0).integers(0, 100, size=300)
    tenth = int(np.sort(base)[30])
    for cell, text in (
        (lambda k: k / 7, f"{tenth / 7:.6g}"),
        (lambda k: DAYS[k], str(DAYS[tenth])),
        (lambda k: Decimal(int(k)) / 8, str(Decimal(tenth) / 8)),
    ):
        real = [[np.str_("a"), cell(k)] for k in base]
        wrong = [[np.str_("a"), cell(max(k, 30))] for k in base[::-1]]
        found = explain_two_sample(real, wrong)
        assert {part.column for part in found} == {1}
        assert f"below {text}" in [part.where for part in found]
    days = np.array(DAYS, dtype="M8[s]")[base][:, None]
    found = explain_two_sample(days, days.clip(days.min() + 30 * 86_400))
    assert any(part.where.startswith("below 2020-01-") for part in found)


@pytest.mark.parametrize(
    ("kinds", "names"),
    [
        (pd.Series(["p", "q"]), {"'p'", "'q'"}),
        (pd.Series(pd.Categorical([7, 9])), {"7", "9"}),
        (pd.Series([True, False]), {"True", "False"}),
        (pd.Series([True, False], dtype="boolean"), {"True", "False"}),
        (pd.Series([1, "q"], dtype=object), {"1", "'q'"}),
    ],
    ids=["text", "categories", "flags", "nullable", "mixed"],
)
def test_classes_are_shown_as_python_writes_them(kinds, names):
    rng = np.random.default_rng(0)
    real, wrong = (
        pd.DataFrame({"k": kinds.take((rng.random(100) < p).astype(int)).to_numpy()})
        for p in (0.1, 0.9)
    )
    if isinstance(kinds.dtype, pd.CategoricalDtype):
        real, wrong = (table.astype(kinds.dtype) for table in (real, wrong))
    found = explain_two_sample(real, wrong)
    assert {part.where for part in found} == names
    # In lists text may be numpy's
    if names == {"'p'", "'q'"}:
        lists = [[[np.str_(word)] for word in table["k"]] for table in (real, wrong)]
        assert {part.where for part in explain_two_sample(*lists)} == names


@pytest.mark.filterwarnings("ignore:Left out, as nearly all values differ")
def test_columns_of_identifiers_are_neither_judged_nor_shown():
    wrong = FRESH.assign(z=FRESH["z"].clip(0.3))
    for names in (["x", "z", "kind"], [0, 1, 2]):
        real, synthetic = (
            table[["x", "z", "kind"]].set_axis(names, axis=1) for table in (REAL, wrong)
        )
        for table, letter in ((real, "a"), (synthetic, "b")):
            table.insert(0, "id", [f"{k} {letter}" for k in range(500)])
        for pair in (
            (real, synthetic),
            (real, synthetic.drop(columns="id")),
            (real, synthetic.to_numpy()),
        ):
            found = explain_two_sample(*pair)
            assert {part.column for part in found} == {names[1]}
            edge = np.sort(REAL["z"])[50]
            assert f"below {edge:.6g}" in [part.where for part in found]
    arrays = real.to_numpy(), synthetic.to_numpy()
    assert explain_two_sample(*arrays)[0].column == 2


# ----------------------------------------------------------------------- the shares


@pytest.mark.parametrize("seed", [0, 1])
def test_shares_of_all_ranges_of_a_column_sum_to_100(seed, monkeypatch):
    monkeypatch.setattr(telling_ranges, "SHOWN_RANGES", 99)
    gaps = FRESH["x"].where(FRESH.index % 5 > 0)
    wrong = FRESH.assign(x=gaps, kind=FRESH["kind"].replace("a", "new"))
    stream = own_stream(seed)
    pair = read_rows(real=REAL, synthetic=wrong)
    importances, chances = telling_ranges._importances(pair, stream)
    assert chances.shape == (2, 500) and 0 <= chances.min() < chances.max() <= 1
    assert chances[1].mean() > chances[0].mean() + 0.2
    assert importances.shape == (6,)
    for j, name in enumerate(REAL):
        # Chances that differ in all ranges, so that none has a share below 0
        apart = np.repeat([[0.3], [0.8]], 500, axis=1)
        ranges = telling_ranges._ranges(REAL, pair[0], pair, j, apart)
        assert np.sum([part[1:] for part in ranges], axis=0) == pytest.approx([100] * 3)
        # The share by its definition, of ranges that tell something
        told = sum(
            part[3] for part in telling_ranges._ranges(REAL, pair[0], pair, j, chances)
        )
        assert told >= 100 - 1e-9, name


def test_the_told_share_is_a_sum_over_rows():
    pair = read_rows(real=[["a"], ["a"], ["b"]], synthetic=[["a"], ["b"], ["c"]])
    chances = np.array([[0.2, 0.4, 0.6], [0.6, 0.5, 0.9]])
    ranges = telling_ranges._ranges(None, pair[0], pair, 0, chances)
    # a: .3 + .1 and .1; b: -.1 and 0; c: 0 and .4
    assert [part[0] for part in ranges] == ["'a'", "a class that no real row has"]
    expected = [(200 / 3, 100 / 3, 62.5), (0, 100 / 3, 50)]
    assert [part[1:] for part in ranges] == [pytest.approx(e) for e in expected]


def test_shares_are_those_of_the_rows():
    wrong = FRESH.assign(z=FRESH["z"].clip(0.3))
    found = explain_two_sample(REAL, wrong)
    for part in found:
        low, _, high = part.where.partition(" to ")
        if high:
            for table, percent in ((REAL, part[3]), (wrong, part[4])):
                inside = table["z"].between(float(low), float(high), "left")
                assert share(inside) == pytest.approx(percent, abs=0.5)
        assert all(type(value) is float for value in (part[1], *part[3:]))
    frame = pd.DataFrame(found)
    assert list(frame) == [*telling_ranges.TellingRange._fields]


# ---------------------------------------------------------------- draws and errors


def test_a_sorted_table_fools_nobody():
    long = pd.concat([rows(1_500, 2), FRESH]).sort_values("z", ignore_index=True)
    assert explain_two_sample(REAL, long) == []
    assert explain_two_sample(long, REAL) == []
    found = explain_two_sample(REAL, long[:500])
    assert {part.column for part in found} == {"z"}


def test_containers_agree():
    real, wrong = REAL[:150], FEW_WRONG
    expected = explain_two_sample(real, wrong)
    for convert in (pl.from_pandas, pa.Table.from_pandas):
        found = explain_two_sample(convert(real), convert(wrong[[*real][::-1]]))
        assert found == expected and found != []
    names = ["x", "y", "z"]
    real, wrong = real[names], wrong[names]
    expected = explain_two_sample(real, wrong)
    assert expected != []
    found = explain_two_sample(real.to_numpy(), wrong.to_numpy())
    assert [part._replace(column=names[part.column]) for part in found] == expected
    assert explain_two_sample(real, wrong.to_numpy()) == expected
    assert explain_two_sample(real.to_numpy().tolist(), wrong) == found


def test_seeds():
    pair = REAL[:150], FEW_WRONG
    first = explain_two_sample(*pair, random_state=3)
    assert first and first == explain_two_sample(*pair, random_state=3)
    assert first != explain_two_sample(*pair, random_state=4)
    fresh = [explain_two_sample(*pair, random_state=None) for _ in range(2)]
    assert fresh[0] != fresh[1]
    assert explain_two_sample(*pair) == explain_two_sample(*pair, random_state=0)


@pytest.mark.parametrize("seed", [0, None])
def test_inputs_and_the_global_generator_are_left_alone(seed):
    X, Y = REAL[["x", "y"]].to_numpy(copy=True), FRESH[["x"]].to_numpy() * [1, 1]
    real, copies = REAL[:200].copy(), (X.copy(), Y.copy())
    X.flags.writeable = Y.flags.writeable = False
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    assert explain_two_sample(X, Y, random_state=seed)
    explain_two_sample(real, FRESH[:150], random_state=seed)
    pd.testing.assert_frame_equal(real, REAL[:200])
    np.testing.assert_array_equal(X, copies[0])
    np.testing.assert_array_equal(Y, copies[1])
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


@pytest.mark.parametrize("n_columns", [0, -1, 2.0, "all", None], ids=repr)
def test_number_of_columns(n_columns):
    message = r"^n_columns must be an integer in the range \[1, inf\), got "
    with pytest.raises(ValueError, match=f"{message}{n_columns!r}.$"):
        explain_two_sample(REAL, FRESH, n_columns=n_columns)


def test_tables_that_do_not_fit():
    with pytest.raises(ValueError, match="^synthetic must have the columns of real, "):
        explain_two_sample(REAL, FRESH[["x"]])
    with pytest.raises(ValueError, match="2 rows for each of 3 folds, got 500 and 5.$"):
        explain_two_sample(REAL, FRESH[:5])


@pytest.mark.filterwarnings("ignore:Left out, as nearly all values differ")
@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, None])
def test_columns_that_are_left_out_move_no_other(make):
    """Ranges are in the words of their own column."""
    rng = np.random.default_rng(0)
    tables = []
    for start, shift in ((0, 0), (1_000, 50)):
        table = {
            "name": [f"person {start + i}" for i in range(600)],
            "job": rng.choice(["baker", "smith"], 600),
            "x": rng.normal(500 + shift, 5, size=600),
        }
        frame = pd.DataFrame(table)
        tables.append(make(table) if make else frame.to_numpy())
    worst = explain_two_sample(*tables)[0]
    assert worst.column == ("x" if make else 2)
    assert worst.where == "506.097 and above"
