"""Relations between columns with missing values: restored where they were."""

import numpy as np
import pandas as pd
import pytest

from skgan.constraints import Sum
from skgan.encoding import TableEncoder
from skgan.encoding.relations import Arithmetic
from skgan.privacy import MinRows

N = 400
NAMELESS = {"check_names": False}


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    net, tax = rng.normal(size=(2, N)).round(3)
    net[rng.random(N) < 0.2], tax[rng.random(N) < 0.1] = np.nan, np.nan
    price = rng.integers(5, 90, size=N)
    return pd.DataFrame(
        {
            "net": net,
            "tax": tax,
            "price": price,
            "total": net + tax,  # missing where either is
            "cost": net * price,
            "cents": 100 * net,
            "again": pd.Series(tax).astype("Float64"),
            "other": rng.normal(size=N),
        }
    )


def test_missing_numbers_take_part(table):
    encoder = TableEncoder().fit(table)
    assert sorted(encoder.describe().relations) == [
        "again is a copy of tax",
        "cents is 100 * net",
        "cost is net * price",
        "total is net + tax",
    ]
    rng = np.random.default_rng(1)
    rows = encoder.build(encoder.encode(encoder.read(table), rng), rng)
    pd.testing.assert_series_equal(rows.dtypes, table.dtypes)
    for name, expected in {
        "total": rows["net"] + rows["tax"],
        "cost": rows["net"] * rows["price"],
        "cents": 100 * rows["net"],
        "again": rows["tax"],
    }.items():
        expected = expected.to_numpy(dtype=float, na_value=np.nan)
        drawn = rows[name].to_numpy(dtype=float, na_value=np.nan)
        np.testing.assert_allclose(drawn, expected, rtol=1e-12, atol=1e-12)
    assert rows["total"].isna().mean() == pytest.approx(table["total"].isna().mean())


def test_differences_are_of_the_first_and_the_second():
    rng = np.random.default_rng(0)
    gross, tax = rng.integers([[500], [5]], [[900], [90]], size=(2, N))
    table = pd.DataFrame({"gross": gross, "tax": tax, "net": gross - tax})
    encoder = TableEncoder().fit(table)
    assert encoder.describe().relations == ["net is gross - tax"]
    rows = encoder.build(encoder.encode(encoder.read(table), rng), rng)
    pd.testing.assert_series_equal(rows["net"], rows["gross"] - rows["tax"], **NAMELESS)


@pytest.mark.parametrize("change", ["value", "gap", "filled"])
def test_one_row_breaks_a_relation(table, change):
    """In every row means: the missing values too."""
    row = table["cents"].notna().idxmax()
    if change == "value":
        table.loc[row, "cents"] += 1
    elif change == "gap":
        table.loc[row, "cents"] = np.nan
    else:
        table.loc[table["cents"].isna().idxmax(), "cents"] = 5.0
    assert "cents is 100 * net" not in TableEncoder().fit(table).describe().relations


def test_a_column_that_all_miss_explains_nothing():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"a": rng.normal(size=N), "b": np.full(N, np.nan)})
    assert TableEncoder().fit(table.assign(c=np.nan)).describe().relations == []


def test_many_patterns_of_missing_values_take_bounded_time(monkeypatch):
    """Relations are looked for among the eight commonest patterns only."""
    from skgan.encoding.relations import dependence

    calls = []
    find = dependence.find_relations

    def counted(*args, **options):
        calls.append(args)
        return find(*args, **options)

    monkeypatch.setattr(dependence, "find_relations", counted)
    X = np.random.default_rng(0).normal(size=(60, 40))
    X[np.arange(40), np.arange(40)] = np.nan
    TableEncoder().fit(X)
    assert len(calls) == 1 + dependence.MAX_MASKS


def test_identifiers_twice_are_drawn_once():
    """Also where a few of their rows share a value."""
    rng = np.random.default_rng(0)
    name = [f"id-{i:06d}" for i in rng.permutation(900_000)[:N]]
    name[:6] = [""] * 6
    table = pd.DataFrame({"a": name, "x": rng.normal(size=N), "b": name, "c": name})
    encoder = TableEncoder(identifiers=["a", "b", "c"]).fit(table)
    assert encoder.describe().relations == []
    rows = encoder.build(encoder.encode(encoder.read(table), rng), rng)
    assert (rows["a"] == rows["b"]).all() and (rows["b"] == rows["c"]).all()
    assert not rows.isna().any().any()


def test_no_rare_category_is_restored():
    """One has no name. A class whose values are all rare is learned instead."""
    group = np.repeat(["p", "q"], N)
    detail = np.where(group == "p", "common", [f"rare {i // 3}" for i in range(2 * N)])
    encoder = TableEncoder().fit(pd.DataFrame({"group": group, "detail": detail}))
    assert encoder.describe().relations == []
    rng = np.random.default_rng(0)
    encoded = np.zeros((9, encoder.layout.n_columns), dtype=np.float32)
    encoded[:, 0] = np.arange(9) % 2
    rows = encoder.build(encoded, rng)
    assert not rows.isna().any().any()


def test_rare_categories_of_both_columns_leave_the_relation():
    city = np.repeat([f"city {i}" for i in range(8)], [60] * 7 + [3])
    table = pd.DataFrame({"city": city, "code": [f"0{c[-1]}" for c in city]})
    encoder = TableEncoder().fit(table)
    assert encoder.describe().relations == ["code is a function of city"]
    (relation,) = encoder.relations_
    assert -1 not in relation.codes and -1 not in relation.values
    assert relation.default != -1


def cents(n=400):
    """Amounts, and what is computed of them, rounded as a till would."""
    rng = np.random.default_rng(0)
    net, tax, tip = rng.integers(0, 90_000, (3, n))
    count, price = rng.integers(1, 60, n), rng.integers(0, 900, n)
    odd = rng.normal(size=n)
    return pd.DataFrame(
        {
            **{"net": net / 100, "tax": tax / 100, "tip": tip / 100},
            **{"count": count * 1.0, "price": price / 10, "odd": odd},
            "gross": (net + tax) / 100,
            "paid": (net + tax + tip) / 100,
            "value": price * count / 10,
            "left": (net - tip) / 100,
            "shifted": odd + price / 10,
        }
    )


def sampled(encoder, X):
    """What comes back of the rows, of which determined columns are computed anew."""
    encoded = encoder.encode(encoder.read(X), np.random.default_rng(0))
    return encoder.build(encoded, np.random.default_rng(1))


DECIMALS = {"gross": 2, "paid": 2, "value": 1, "left": 2, "shifted": None}


@pytest.mark.parametrize("n_missing", [0, 150])
def test_what_is_computed_has_the_decimals_of_its_column(n_missing):
    X = cents()
    X.loc[X.index < n_missing, ["net", "gross", "paid", "left"]] = np.nan
    encoder = TableEncoder().fit(X)
    found = {X.columns[own.target]: own.decimals for own in encoder.relations_}
    assert found == DECIMALS
    rows = sampled(encoder, X)
    for name, decimals in DECIMALS.items():
        if decimals is not None:  # 92.91, and not 92.91000000000001
            written = rows[name].round(decimals)
            pd.testing.assert_series_equal(rows[name], written, check_exact=True)
    paid = rows["net"] + rows["tax"] + rows["tip"]
    assert (paid.dropna() != rows["paid"].dropna()).any()  # there is what to round
    np.testing.assert_allclose(rows["paid"], paid, rtol=1e-12)


def test_a_declared_sum_is_rounded_as_its_values_where_rows_have_some():
    X = cents(60)[["net", "tax", "tip", "paid"]]
    X.loc[:20, ["tax", "paid"]] = np.nan
    encoder = TableEncoder(constraints=[Sum("paid", ["net", "tax", "tip"])]).fit(X)
    assert [own.decimals for own in encoder.relations_] == [2]
    rows = sampled(encoder, X)
    paid = (rows["net"] + rows["tax"] + rows["tip"]).round(2)
    pd.testing.assert_series_equal(rows["paid"], paid, check_names=False)
    assert rows["paid"].notna().any() and (rows["paid"] % 1 != 0).any()


def test_few_values_do_not_say_what_others_are_rounded_to():
    values = np.append(np.arange(200) / 100, 0.123)
    total = Arithmetic(2, (0, 1), np.dtype("f8"))
    assert total.rounding_as(values, MinRows(5)).decimals == 2
    assert total.rounding_as(values, MinRows(1)).decimals == 3


def test_whole_numbers_are_computed_without_floats():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": 2**60 + rng.integers(99, size=300)})
    X["b"] = rng.integers(99, size=300)
    X["c"] = X["a"] + X["b"]
    encoder = TableEncoder(constraints=[Sum("c", ["a", "b"])]).fit(X)
    (relation,) = (own for own in encoder.relations_ if own.target == 2)
    sources = [X.iloc[:, j].to_numpy() for j in relation.sources]
    np.testing.assert_array_equal(relation.restore(*sources), X["c"])
