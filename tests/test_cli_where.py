"""Conditions on the command line."""

import numpy as np
import pandas as pd
import pytest

import skgan
from skgan import GANGenerator
from skgan.cli.commands import main
from skgan.cli.where import as_values, asked_of, read_where
from skgan.conditions import MISSING
from skgan.encoding import read_table

NAMES = ["age", "a=b", "a", "born", "paid"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["age>=60"], {"age": ("60", None)}),
        (["age <= 60"], {"age": (None, "60")}),
        (["age>=60", "age<=70"], {"age": ("60", "70")}),
        (["age<=70", "age>=60"], {"age": ("60", "70")}),
        (["age=60|61"], {"age": ["60", "61"]}),
        (["age="], {"age": [""]}),
        (["a=b=c"], {"a=b": ["c"]}),
        (["a=c>=d"], {"a": ["c>=d"]}),
        ([], {}),
    ],
)
def test_conditions_are_read(texts, expected):
    assert read_where(texts, NAMES) == expected


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["agee>=60"], "with a column of 'age', 'a=b', 'a', 'born', 'paid', got 'agee"),
        (["age"], "--where must be COLUMN>=VALUE"),
        (["age>=60", "age>=70"], "or two ends, got 'age>=70' besides another"),
        (["age=60", "age=70"], "one list of values for a column, COLUMN=A|B"),
        (["age=60", "age<=70"], "got 'age<=70' besides another"),
    ],
)
def test_what_is_no_condition_is_refused(texts, message):
    with pytest.raises(ValueError, match=message.replace("|", r"\|")):
        read_where(texts, NAMES)


def test_text_becomes_values_of_the_columns():
    table = pd.DataFrame(
        {
            "age": [41.5, 27.0],
            "job": ["1", "2"],
            "member": [True, False],
            "born": pd.to_datetime(["2020-01-31", "2021-12-01"]),
        }
    )
    schema = read_table(table)[1]
    where = {
        "age": ("1,5", None),
        "job": ["1", ""],
        "member": ["True"],
        "born": (None, "2020-01-31"),
    }
    assert as_values(where, schema, ",") == {
        "age": (1.5, None),
        "job": ["1", MISSING],
        "member": [True],
        "born": (None, "2020-01-31"),
    }
    assert as_values({"born": ["2020-01-31"]}, schema) == {"born": ["2020-01-31"]}
    assert as_values({}, schema) is None
    with pytest.raises(ValueError, match="--where needs a number for 'age', got 'x'"):
        as_values({"age": ["x"]}, schema)


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        *[
            ("1.000,5", ",", 1000.5),
            ("1.000", ",", 1000),
            ("-12.345.678", ",", -12345678),
        ],
        *[("1,000.5", ".", 1000.5), ("1,000", ".", 1000), ("1.000", ".", 1.0)],
    ],
)
def test_thousands_may_stand_apart(text, decimal, number):
    """As they do in the file, whose numbers need not have as many decimals."""
    schema = read_table(pd.DataFrame({"age": [41.5, 27.0]}))[1]
    assert as_values({"age": [text]}, schema, decimal) == {"age": [number]}


@pytest.mark.parametrize(("text", "decimal"), [("1,5", "."), ("1.00,5", ",")])
def test_odd_thousands_are_no_number(text, decimal):
    schema = read_table(pd.DataFrame({"age": [41.5, 27.0]}))[1]
    with pytest.raises(ValueError, match=f"needs a number for 'age', got '{text}'"):
        as_values({"age": [text]}, schema, decimal)


def test_columns_may_be_named_by_numbers():
    """Text goes before a number that is written so."""
    assert read_where(["2>=1", "-1=5"], [0, 2, -1]) == {2: ("1", None), -1: ["5"]}
    assert read_where(["2=a"], [2, "2"]) == {"2": ["a"]}
    assert read_where(["1<=a"], range(2)) == {1: (None, "a")}
    with pytest.raises(ValueError, match="with a column of 0, 1, got '2=a'"):
        read_where(["2=a"], range(2))


def test_text_becomes_what_columns_hold():
    """Booleans, categories that are no text, and numbers as the column writes them."""
    n = 40
    table = pd.DataFrame(
        {
            "member": pd.array([True, None] * (n // 2), dtype="boolean"),
            "grade": pd.Categorical([1, 2] * (n // 2)),
            "paid": ["TRUE", "FALSE"] * (n // 2),  # as in a CSV file
            "price": [f"{k}.50 EUR" for k in range(n)],
        }
    )
    columns, schema = read_table(table)
    schema = schema.keep([own.categories for own in columns])
    for text in ("1", "true", "True", "TRUE"):
        assert as_values({"member": [text]}, schema) == {"member": [True]}
        assert as_values({"paid": [text]}, schema) == {"paid": ["TRUE"]}
    assert as_values({"member": ["0", "False"]}, schema) == {"member": [False, False]}
    assert as_values({"paid": ["0", "no"]}, schema) == {"paid": ["FALSE", "no"]}
    where = {"grade": ["2", "3", "true"]}
    assert as_values(where, schema) == {"grade": [2, "3", "true"]}
    where = {"price": ("3.50 EUR", "7")}
    assert as_values(where, schema) == {"price": ("3.50 EUR", 7)}


@pytest.fixture
def people(tmp_path):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "age": rng.integers(18, 90, 200),
            "sex": rng.choice(["Female", "Male"], 200),
            "joined": rng.choice(pd.date_range("2020-01-01", periods=300), 200),
        }
    )
    table["joined"] = table.joined.dt.strftime("%d.%m.%Y")
    table.to_csv(tmp_path / "people.csv", index=False)
    return tmp_path


def test_learning_and_a_model_take_the_same_conditions(people, capsys):
    out, model = people / "new.csv", people / "people.skgan"
    common = ["--rows", "40", "--out", str(out), "--seed", "0"]
    common += ["--where", "age>=60", "--where", "sex=Female"]
    learning = ["synthesize", str(people / "people.csv"), "--max-iter", "3", "--quiet"]
    more = ["--save", str(model), "--where", "joined<=01.05.2020"]
    assert main(learning + common + more) == 0
    rows = pd.read_csv(out)
    joined = pd.to_datetime(rows.joined, format="%d.%m.%Y")
    assert len(rows) == 40 and (joined <= "2020-05-01").all()
    assert (rows.age >= 60).all() and (rows.sex == "Female").all()
    more = ["--where", "joined<=01.05.2020"]
    assert main(["sample", str(model), *common, *more]) == 0
    again = pd.read_csv(out)
    joined = pd.to_datetime(again.joined, format="%d.%m.%Y")
    assert len(again) == 40 and (joined <= "2020-05-01").all()
    assert (again.age >= 60).all() and (again.sex == "Female").all()
    options = ["--rows", "5", "--out", str(out), "--where", "sex=Femal"]
    assert main(["sample", str(model), *options]) == 2
    assert "Did you mean 'Female'?" in capsys.readouterr().err


def test_a_wrong_column_is_found_before_training(people, monkeypatch, capsys):
    monkeypatch.setattr("skgan.GANGenerator.fit", None)
    options = ["--out", str(people / "new.csv"), "--where", "agee>=60"]
    assert main(["synthesize", str(people / "people.csv"), *options]) == 2
    assert "--where must be COLUMN>=VALUE" in capsys.readouterr().err


@pytest.fixture(scope="module")
def stays():
    """A model of days as text and as numbers, and of flags."""
    rng = np.random.default_rng(0)
    day = pd.Series(rng.choice(pd.date_range("2024-01-01", periods=60), 200))
    table = pd.DataFrame(
        {
            "day": day.dt.strftime("%d.%m.%Y"),
            "left": (day + pd.Timedelta("40D")).dt.strftime("%Y%m%d").astype(int),
            "flag": rng.random(200) < 0.4,
        }
    )
    return GANGenerator(max_iter=3, refinement=None, random_state=0).fit(table)


@pytest.mark.parametrize(
    ("texts", "name", "holds"),
    [
        (
            ["day>=2024-01-31", "day<=20.02.2024"],
            "day",
            lambda own: pd.to_datetime(own, dayfirst=True).between(
                "2024-01-31", "2024-02-20"
            ),
        ),
        (["left<=2024-03-01"], "left", lambda own: own <= 20240301),
        (["left>=20240301"], "left", lambda own: own >= 20240301),
        (["flag=1"], "flag", lambda own: own),
        (["flag=false"], "flag", lambda own: ~own),
    ],
)
def test_rows_are_as_asked(stays, texts, name, holds):
    rows = stays.sample(30, where=asked_of(stays, texts), random_state=0)
    assert holds(rows[name]).all() and len(rows) == 30


def test_arrays_have_columns_by_their_indices(tmp_path):
    X = np.random.default_rng(0).normal(size=(100, 2))
    gan = GANGenerator(encoder="table", max_iter=3, random_state=0).fit(X)
    skgan.save(gan, tmp_path / "array.skgan")
    options = ["--rows", "9", "--out", str(tmp_path / "new.csv"), "--where", "1>=0.5"]
    assert main(["sample", str(tmp_path / "array.skgan"), *options]) == 0
    assert (pd.read_csv(tmp_path / "new.csv")["1"] >= 0.5).all()
