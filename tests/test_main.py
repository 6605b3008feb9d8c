"""The command line: from a CSV file to a CSV file, and one sentence for a bad one."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from skgan.__main__ import main

N = 120


@pytest.fixture
def people(tmp_path):
    """A CSV file of people."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "age": pd.Series(rng.integers(18, 90, N)).astype("Int64"),
            "city": rng.choice(["Bonn", "Jena"], N),
            "joined": pd.Timestamp("2020-01-31")
            + pd.to_timedelta(rng.integers(300, size=N), unit="D"),
            "paid": rng.choice(["yes", "no"], N, p=[0.8, 0.2]),
            "key": [f"K-{i:05d}" for i in rng.permutation(90_000)[:N]],
        }
    )
    table.loc[:9, "age"] = pd.NA
    table["joined"] = table["joined"].dt.strftime("%d.%m.%Y")
    path = tmp_path / "people.csv"
    table.to_csv(path, index=False)
    return path


def call(path, *options, out="new.csv"):
    out = path.parent / out
    options = ["--out", out, "--max-iter", 3, *options]
    return main([str(path), *map(str, options)]), out


def test_from_file_to_file(people, capsys):
    status, out = call(people, "--rows", 50, "--seed", 0)
    assert status == 0
    real, rows = pd.read_csv(people), pd.read_csv(out)
    assert list(rows) == list(real) and len(rows) == 50
    assert set(rows["city"]) <= {"Bonn", "Jena"}
    assert rows["joined"].str.fullmatch(r"\d\d\.\d\d\.20(20|21)").all()
    assert rows["key"].str.fullmatch(r"K-\d{5}").all()
    assert not out.read_text().count(".0,"), "whole numbers are written as such"
    printed = capsys.readouterr().out
    assert "iteration 3 of 3" in printed and f"50 rows of 5 columns in {out}" in printed


def test_as_many_rows_as_the_file_has_and_the_seed_repeats_them(people):
    first, second = (call(people, "--seed", 1, "--quiet", out=x)[1] for x in "ab")
    assert first.read_text() == second.read_text()
    assert len(pd.read_csv(first)) == N
    other = call(people, "--seed", 2, "--quiet", out="c")[1]
    assert first.read_text() != other.read_text()


def test_quiet(people, capsys):
    assert call(people, "--quiet")[0] == 0
    assert capsys.readouterr() == ("", "")


def test_rows_of_one_label(people):
    _, out = call(people, "--label", "paid", "--value", "no", "--rows", 9, "--quiet")
    rows = pd.read_csv(out)
    assert list(rows) == ["age", "city", "joined", "paid", "key"]
    assert (rows["paid"] == "no").all() and len(rows) == 9


def test_labels_by_their_shares(people):
    _, out = call(people, "--label", "paid", "--rows", 500, "--quiet")
    assert (pd.read_csv(out)["paid"] == "yes").mean() == pytest.approx(0.8, abs=0.12)


def test_other_separator_and_dropped_identifiers(people):
    table = pd.read_csv(people)
    table.to_csv(people, sep=";", index=False)
    _, out = call(people, "--sep", ";", "--identifiers", "drop", "--quiet")
    assert list(pd.read_csv(out, sep=";")) == ["age", "city", "joined", "paid"]


BAD_FILES = {
    "empty.csv": (b"", "empty.csv is empty."),
    "names.csv": (b"a,b\n", "has 0 row(s) below its names, 2 are needed."),
    "one.csv": (b"a,b\n1,2\n", "has 1 row(s) below its names, 2 are needed."),
    "ragged.csv": (b"a,b\n1,2\n1,2,3\n", "is no table: Expected 2 fields in line 3"),
    "binary.csv": (b"a,b\n\xff\xfe,1\n2,3\n", "is no text in UTF-8"),
    "twice.csv": (b"a,a\n1,2\n1,2\n", "has 'a' twice."),
    "infinite.csv": (b"a,b\n1,inf\n1,2\n", "Column 'b' must hold finite numbers"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_files(tmp_path, capsys, name):
    content, message = BAD_FILES[name]
    path = tmp_path / name
    path.write_bytes(content)
    status, out = call(path)
    captured = capsys.readouterr()
    assert status == 2 and not out.exists()
    assert captured.err.startswith("skgan: error: ") and message in captured.err
    assert captured.err.count("\n") == 1 and captured.out == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--rows", "0"], "--rows must be at least 1, got 0."),
        (["--value", "no"], "--value needs --label, got 'no' alone."),
        (["--sep", "ab"], "--sep must be one character, got 'ab'."),
        (["--label", "job"], "--label must be a column of 'age', 'city', 'joined', "),
        (["--label", "age"], "--label must have no missing values, got 10."),
        (["--label", "paid", "--value", "so"], "must be one of 'no', 'yes', got 'so'."),
        (["--identifiers", "error"], "Column 'key' must not be an identifier"),
        (["--max-iter", "0"], "The 'max_iter' parameter of GANGenerator must be"),
    ],
)
def test_bad_options(people, capsys, options, message):
    status, out = call(people, *options)
    error = capsys.readouterr().err
    assert status == 2 and message in error and not out.exists()


def test_places_that_cannot_be_written(people, tmp_path, capsys):
    for out, message in [
        ("people.csv", "--out must be another file than the data"),
        ("no/new.csv", "there is no folder"),
        (".", "is a folder, not a file."),
    ]:
        assert call(people, out=out)[0] == 2
        assert message in capsys.readouterr().err
    assert call(tmp_path / "none.csv")[0] == 2
    assert "there is no file" in capsys.readouterr().err
    assert call(tmp_path)[0] == 2
    assert "is a folder" in capsys.readouterr().err


def test_a_failure_leaves_the_old_file(people, monkeypatch):
    out = people.parent / "new.csv"
    out.write_text("old")

    def fail(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(pd.DataFrame, "to_csv", fail)
    assert call(people, "--quiet")[0] == 2
    assert out.read_text() == "old" and len(list(people.parent.iterdir())) == 2


def test_ctrl_c_writes_nothing(people, monkeypatch, capsys):
    def stop(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("skgan.__main__.GANGenerator.fit", stop)
    status, out = call(people)
    assert status == 130 and not out.exists()
    assert capsys.readouterr().err == "skgan: stopped, nothing was written\n"


def test_without_pandas(people, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert call(people)[0] == 2
    assert "pandas is needed: pip install 'skgan[csv]'." in capsys.readouterr().err


def test_as_a_module(people):
    command = [sys.executable, "-m", "skgan", str(people), "--rows", "2", "--out"]
    out = people.parent / "new.csv"
    done = subprocess.run(
        [*command, out, "--max-iter", "1"], capture_output=True, env=os.environ
    )
    assert done.returncode == 0, done.stderr
    assert len(pd.read_csv(out)) == 2 and done.stderr == b""
