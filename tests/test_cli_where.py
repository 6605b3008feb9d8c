"""Conditions on the command line."""

import numpy as np
import pandas as pd
import pytest

from skgan.cli.commands import main
from skgan.cli.where import as_values, read_where
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
