"""What a user declares to hold in every row of a table."""

import pickle
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from test_orders import as_pandas, days, orders_of, rows_of

import skgan
from skgan import GANGenerator
from skgan.constraints import Bounds, Inequality, Sum, Together
from skgan.encoding import Encoder, TableEncoder

N = 200


def table(seed=0, n=N):
    """Few rows, of which nothing would be found."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2024-01-01") + days(rng.integers(0, 90, n))
    X = pd.DataFrame({"start": start, "end": start + days(rng.integers(0, 9, n))})
    X["net"], X["tax"] = rng.integers(10, 500, (2, n)) / 4
    X["fee"] = rng.integers(0, 9, n)
    X["gross"] = X["net"] + X["tax"] + X["fee"]
    X["city"] = rng.choice(["Bonn", "Jena", "Ulm"], n)
    X["size"] = np.where(X["city"] == "Bonn", "L", rng.choice(["S", "M"], n))
    return X


def fit(*constraints, X=None):
    X = table() if X is None else X
    return TableEncoder(constraints=list(constraints)).fit(X)


def test_an_inequality_is_kept_by_a_gap():
    assert orders_of(fit()) == {}
    encoder = fit(Inequality("start", "end"))
    assert orders_of(encoder) == {"end": {"start"}} and encoder.not_encoded == []
    rows = rows_of(encoder)
    assert (rows["start"] <= rows["end"]).all() and (rows["start"] < rows["end"]).any()


def test_an_inequality_goes_before_a_relation_that_is_found():
    """The target of one, or a source that it makes of the target."""
    X = table()[["net", "tax", "fee", "gross"]]
    assert [own.target for own in fit(X=X).relations_] == [3]
    encoder = fit(Inequality("net", "gross"), X=X)
    assert orders_of(encoder) == {"gross": {"net"}}
    X = pd.DataFrame({"high": X["gross"], "low": X["gross"] / 2})
    encoder = fit(Inequality("low", "high"), X=X)
    assert orders_of(encoder) == {"high": {"low"}} and len(encoder.relations_) == 1
    rows = rows_of(encoder)
    assert (rows["low"] <= rows["high"]).all()


def test_a_low_column_may_be_determined():
    X = table()
    X["end"] = X["gross"] + np.arange(N)
    gross = Sum("gross", ["net", "tax", "fee"])
    encoder = fit(gross, Inequality("gross", "end"), X=X)
    rows = rows_of(encoder)
    assert orders_of(encoder) == {"end": {"gross"}}
    assert (rows["gross"] <= rows["end"]).all()
    assert (rows["net"] + rows["tax"] + rows["fee"] == rows["gross"]).all()


def test_a_sum_is_restored():
    X = table()
    X.loc[:20, "tax"] = X.loc[:20, "gross"] = np.nan
    encoder = fit(Sum("gross", ["net", "tax", "fee"]), X=X)
    assert [own.describe(encoder._names) for own in encoder.relations_] == [
        "gross is net + tax + fee"
    ]
    rows = rows_of(encoder)
    total = rows["net"] + rows["tax"] + rows["fee"]
    pd.testing.assert_series_equal(rows["gross"], total, check_names=False)
    assert rows["gross"].isna().any()
    small = pd.DataFrame({"a": [1, 2, 3], "b": [2, 2, 2], "c": [3, 4, 5]})
    encoder = fit(Sum("c", ["a", "b"]), X=small)  # beyond what chance would allow
    assert {own.target for own in encoder.relations_} == {2}


def test_what_is_together_is_what_training_rows_share():
    X = table()
    X.loc[:2, "size"] = "XL"  # too few to be kept
    encoder = fit(Together("city", "size"), X=X)
    rows = rows_of(encoder)
    found = set(zip(rows["city"], rows["size"], strict=True))
    counts = X.groupby(["city", "size"]).size()
    assert found == set(counts[counts >= 5].index) and len(found) == 5
    encoded = encoder.encode(encoder.read(X), np.random.default_rng(0))
    again = encoder.build(encoded)
    pd.testing.assert_frame_equal(again[["city", "size"]][3:], X[["city", "size"]][3:])
    shares = rows_of(fit(X=X))
    assert len(set(zip(shares["city"], shares["size"], strict=True))) > 5


def test_no_combination_is_stored_that_too_few_rows_share():
    X = table()
    few = X.index[X["city"] == "Bonn"][:4]
    X.loc[few, "size"] = "S"
    (found,) = fit(Together("city", "size"), X=X)._combinations.tables
    assert len(found) == 5
    X.loc[X.index[X["city"] == "Bonn"][:5], "size"] = "S"
    (found,) = fit(Together("city", "size"), X=X)._combinations.tables
    assert len(found) == 6


def test_together_with_missing_values_numbers_and_many_combinations():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.integers(0, 200, 4_000)})
    X["b"] = pd.Series((X["a"] % 7).map(list("stuvwxy").__getitem__))
    X.loc[X["a"] % 7 == 3, "b"] = None
    X["c"] = rng.choice([0.5, 1.5], 4_000)
    encoder = fit(Together("a", "b", "c"), X=X)
    rows = rows_of(encoder)
    triples = {tuple(map(str, own)) for own in X.to_numpy()}
    assert {tuple(map(str, own)) for own in rows.to_numpy()} <= triples
    assert rows["b"].isna().any() and rows["a"].nunique() > 190
    assert (rows.dtypes == X.dtypes).all()


def test_together_takes_dummies_apart():
    """Two of which one is set, and one of them is together with another column."""
    X = table()
    for city in ("Bonn", "Jena", "Ulm"):
        X[city] = (X["city"] == city).astype(int)
    encoder = fit(Together("Bonn", "size"), X=X)
    rows = rows_of(encoder)
    assert ((rows["size"] == "L") == (rows["Bonn"] == 1)).all()


def test_combinations_that_are_read_agree():
    own = fit(Together("city", "size"))._combinations
    own.check_stored()
    (table,) = own.tables
    for wrong, rule in (
        ([], "groups have tables"),
        ([table[:0]], "there are combinations"),
        ([table[:, :1]], "combinations are of columns"),
    ):
        own.tables = wrong
        with pytest.raises(ValueError, match=rule):
            own.check_stored()


BROKEN = {
    "Inequality(low='end', high='start')": (Inequality("end", "start"), None),
    "Bounds(column='net', low=None, high=100)": (Bounds("net", high=100), "net > 100"),
    "Bounds(column='fee', low=2, high=7)": (Bounds("fee", 2, 7), "fee < 2 or fee > 7"),
    "Sum(total='gross', parts=('net', 'tax'))": (
        Sum("gross", ["net", "tax"]),
        "fee != 0",
    ),
}


@pytest.mark.parametrize("words", BROKEN)
def test_rows_that_break_it_are_counted(words):
    constraint, query = BROKEN[words]
    X = table()
    rows = X.query(query or "end > start").index
    first = ", ".join(map(str, rows[:3]))
    message = f"{words} must hold in all training rows, got {len(rows)} that break it"
    with pytest.raises(ValueError) as caught:
        fit(constraint, X=X)
    assert str(caught.value) == f"{message}: rows {first}, ...."


def test_one_row_that_breaks_it_is_named():
    X = table()
    X.loc[7, "gross"] = 0
    with pytest.raises(ValueError, match="got 1 that break it: rows 7\\.$"):
        fit(Sum("gross", ["net", "tax", "fee"]), X=X)
    X = table()
    X.loc[[3, 5], "tax"] = np.nan  # where a part is missing, the sum is
    with pytest.raises(ValueError, match="got 2 that break it: rows 3, 5\\.$"):
        fit(Sum("gross", ["net", "tax", "fee"]), X=X)


def test_missing_values_are_within_bounds():
    X = table().assign(net=lambda t: t["net"].astype(float) + 10)
    X.loc[:9, "net"] = np.nan
    encoder = fit(Bounds("net", 5), X=X)
    assert encoder.keeps(X).all()


def test_bounds_of_dates_and_durations():
    X = table()
    X["stay"], X["zoned"] = X["end"] - X["start"], X["start"].dt.tz_localize("UTC")
    first, last = X["start"].min(), X["start"].max()
    fit(Bounds("start", first, last.to_pydatetime()), X=X)
    fit(Bounds("stay", timedelta(0), timedelta(days=8)), X=X)
    fit(Bounds("zoned", first.tz_localize(UTC)), Bounds("start", "2024-01-01"), X=X)
    later = datetime(2024, 1, 20)
    n = (X["start"] < later).sum()
    for own in (Bounds("start", later), Bounds("zoned", later.replace(tzinfo=UTC))):
        with pytest.raises(ValueError, match=f"got {n} that break it"):
            fit(own, X=X)
    with pytest.raises(ValueError, match="have bounds that are dates, got 'soon'"):
        fit(Bounds("start", "soon"), X=X)
    with pytest.raises(ValueError, match="have bounds that are numbers, got 'a lot'"):
        fit(Bounds("net", high="a lot"), X=X)


@pytest.mark.parametrize(
    ("constraint", "message"),
    [
        (Inequality("start", "net"), "compare columns of one sort, got dates and num"),
        (Inequality("start", "stop"), "must name, as Inequality.*does not, columns of"),
        (Sum("end", ["start", "start"]), "must add two numbers or more, of one unit"),
        (Sum("net", ["tax"]), "must add two numbers or more"),
        ("start <= end", "objects of skgan.constraints, or functions of a table that"),
        (
            lambda X: X["net"],
            "must return True or False for each of 200 rows, got",
        ),
        (
            lambda X: X["net"] < 100,
            "constraint <function .*> must hold in all",
        ),
    ],
)
def test_other_constraints_are_refused(constraint, message):
    with pytest.raises(ValueError, match=message):
        fit(constraint)


def test_what_is_determined_twice_is_refused():
    both = Sum("gross", ["net", "tax", "fee"]), Together("gross", "city")
    X = table().assign(net=1.0, tax=2.0, fee=1)
    X["gross"] = 4.0
    with pytest.raises(ValueError, match="must determine column 'gross' once, got 2"):
        fit(*both, X=X)


def test_rows_are_told_that_fulfill_all():
    X = table()
    functions = [
        lambda X: X["net"] > 2,
        Inequality("start", "end"),
        Bounds("fee", 0, 8),
    ]
    encoder = fit(*functions, Together("city", "size"), X=X)
    assert encoder.keeps(X).all()
    other = X.head(6).copy()
    other.loc[0, "net"], other.loc[1, "fee"] = 1.0, 9
    other.loc[2, "end"] = other.loc[2, "start"] - days(1)
    other.loc[3, ["city", "size"]] = "Bonn", "S"
    other.loc[4, "city"] = "Rom"
    assert encoder.keeps(other).tolist() == [False] * 5 + [True]


def test_what_no_encoding_keeps_is_listed():
    def mask(X):
        return X["net"] > 0

    listed = [mask, Bounds("gross", 0), Inequality("fee", "gross")]
    held = [Bounds("net", 0), Inequality("start", "end"), Together("city", "size")]
    encoder = fit(Sum("gross", ["net", "tax", "fee"]), *listed, *held)
    assert encoder.not_encoded == listed
    chain = fit(Inequality("start", "end"), Inequality("start", "end"))
    assert chain.not_encoded == []


def test_arrays_are_named_by_indices():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, 2))
    X = np.column_stack([X, X.max(axis=1) + rng.exponential(size=N)])
    encoder = fit(Inequality(0, 2), Inequality(1, -1), X=X)
    assert orders_of(encoder) == {"2": {"0", "1"}}
    rows = as_pandas(rows_of(encoder))
    assert (rows[[0, 1]].max(axis=1) <= rows[2]).all()


def test_samples_fulfill_what_no_encoding_keeps():
    """Functions, and bounds of a total, by acceptance; labels and conditions too."""

    def is_odd(X):
        return X["fee"] % 2 == 1

    X = table(n=800)
    X = X[is_odd(X) & (X["gross"] <= 150)].reset_index(drop=True)
    own = [Sum("gross", ["net", "tax", "fee"]), Bounds("gross", 0, 150), is_odd]
    encoder = TableEncoder(constraints=own)
    gan = GANGenerator(encoder=encoder, refinement=None, max_iter=5, random_state=0)
    rows = gan.fit(X).sample(300, random_state=0)
    assert len(rows) == 300 and gan.encoder_.keeps(rows).all()
    assert (rows["fee"] % 2 == 1).all() and (rows["gross"] <= 150).all()
    rows = gan.sample(50, where={"city": "Bonn"}, random_state=0)
    assert gan.encoder_.keeps(rows).all() and (rows["city"] == "Bonn").all()


def test_sums_of_float32_may_be_rounded():
    X = table()[["net", "tax"]].astype(np.float32) / 7
    X["gross"] = X["net"] + X["tax"]
    encoder = fit(Sum("gross", ["net", "tax"]), X=X)
    assert encoder.keeps(rows_of(encoder)).all()
    X.loc[3, "gross"] *= 1.00001
    with pytest.raises(ValueError, match="got 1 that break it: rows 3"):
        fit(Sum("gross", ["net", "tax"]), X=X)


def test_constraints_are_options():
    constraints = [Inequality("start", "end"), Sum("gross", ["net", "tax", "fee"])]
    encoder = TableEncoder(constraints=constraints)
    assert clone(encoder).constraints == constraints
    gan = GANGenerator(encoder=clone(encoder)).set_params(encoder__constraints=())
    assert gan.encoder.constraints == ()
    assert constraints[1] == Sum("gross", ("net", "tax", "fee"))
    fitted = clone(encoder).fit(table())
    again = Encoder.from_state(fitted.state())
    assert again.constraints == constraints
    assert pickle.loads(pickle.dumps(fitted)).constraints == constraints


def test_a_file_asks_for_functions_again(tmp_path):
    def positive(X):
        return X["net"] > 0

    encoder = TableEncoder(constraints=[Inequality("start", "end"), positive])
    gan = GANGenerator(encoder=encoder, refinement=None, max_iter=2).fit(table())
    path = tmp_path / "model.skgan"
    skgan.save(gan, path)
    with pytest.raises(ValueError, match="pass them again, as load.path, encoder=..."):
        skgan.load(path)
    again = skgan.load(path, encoder=encoder)
    assert again.encoder_.constraints == [encoder.constraints[0], positive]
    assert again.encoder_.keeps(table()).all()
    expected = gan.sample(50, random_state=0)
    pd.testing.assert_frame_equal(again.sample(50, random_state=0), expected)
