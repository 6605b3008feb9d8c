"""The verbs of the command line: what each reads, writes, says and refuses."""

import io
import os
import subprocess
import sys
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from skgan import GANGenerator, GANOverSampler, load, save
from skgan.cli.commands import main
from skgan.cli.dialect import Dialect
from skgan.cli.excel import parse_excel
from skgan.cli.tables import Source, file_of
from skgan.encoding import TableEncoder
from skgan.estimators.report import FitReport
from skgan.sinks.csv import CsvSink
from skgan.sinks.table_file import TableFile

N = 120


def people(n=N, seed=0):
    """A table as it comes from a German spreadsheet."""
    rng = np.random.default_rng(seed)
    numbers = rng.lognormal(7, 1, n), rng.integers(100, 90_000, n)
    return pd.DataFrame(
        {
            "age": rng.integers(18, 90, n),
            "town": rng.choice(["Köln", "Jena"], n),
            "paid": [
                f"{x:,.2f}".translate(str.maketrans(",.", ".,")) for x in numbers[0]
            ],
            "views": [f"{x:,}".replace(",", ".") for x in numbers[1]],
            "day": pd.Timestamp("2020-01-31") + pd.to_timedelta(numbers[1] % 300, "D"),
        }
    ).assign(day=lambda table: table["day"].dt.strftime("%d.%m.%Y"))


@pytest.fixture
def folder(tmp_path):
    """A folder with this table in a CSV file."""
    people().to_csv(tmp_path / "people.csv", sep=";", encoding="cp1252", index=False)
    return tmp_path


def call(verb, folder, *arguments, quick=True):
    """Call a verb, and give the files the folder; what learns has a seed."""
    names = [folder / a if "." in str(a) else a for a in arguments]
    fast = ["--max-iter", 3, "--no-refinement"] if quick else []
    fast += ["--seed", 0] if quick and "--seed" not in arguments else []
    return main([verb, *map(str, [*names, *fast])])


def test_what_was_found_is_said_and_kept(folder, capsys):
    assert call("synthesize", folder, "people.csv", "--out", "new.csv") == 0
    said = capsys.readouterr().err.splitlines()[0]
    assert said == (
        f"skgan: read {folder / 'people.csv'}: 120 rows of 5 columns, separator ';', "
        "Windows-1252, decimal comma, thousands '.'"
    )
    how = {"sep": ";", "encoding": "cp1252", "dtype": str}
    rows = pd.read_csv(folder / "new.csv", **how)
    assert set(rows["town"]) == {"Köln", "Jena"}
    for name, shape in {
        "age": r"\d\d",
        "paid": r"(\d{1,3}\.)*\d{1,3},\d\d",
        "views": r"(\d{1,3}\.)*\d{1,3}",
        "day": r"\d\d\.\d\d\.2020",
    }.items():
        assert rows[name].str.fullmatch(shape).all(), name
    views = rows["views"].str.replace(".", "").astype(int)
    assert views.between(100, 90_000).all() and views.max() > 20_000


def test_without_a_line_of_names(folder, capsys):
    how = {"sep": ";", "index": False, "header": False}
    people().to_csv(folder / "bare.csv", **how)
    assert call("synthesize", folder, "bare.csv", "--out", "new.csv") == 0
    assert ", no line of names" in capsys.readouterr().err
    first = (folder / "new.csv").read_text().splitlines()[0]
    assert len(first.split(";")) == 5 and first[:2].isdigit()
    options = ["--out", "new.csv", "--header", "--quiet"]
    assert call("synthesize", folder, "bare.csv", *options) == 0
    names = (folder / "new.csv").read_text().splitlines()[0]
    assert names == (folder / "bare.csv").read_text().splitlines()[0]


def test_what_is_taken_for_names_is_said(folder, capsys):
    """Of few rows nobody can tell; an option says that they are values."""
    lines = ["Anna,Jena", "Ben,Jena", "Cleo,Bonn", "Dora,Bonn", "Emil,Jena"]
    (folder / "few.csv").write_text("\n".join(lines))
    asked = "few.csv", "--out", "new.csv"
    guess = ", first line taken for names (--no-header?)\n"
    for options, n_rows, is_said in [([], 4, True), (["--no-header"], 5, False)]:
        assert call("synthesize", folder, *asked, *options) == 0
        said = capsys.readouterr().err
        assert f"few.csv: {n_rows} rows of 2 columns" in said
        assert (guess in said) == is_said
        rows = (folder / "new.csv").read_text().splitlines()
        assert len(rows) == 5 and (rows[0] == lines[0]) == is_said
    (folder / "few.csv").write_text("name,age\nAnna,3\nBen,4\nCleo,4\n")
    assert call("synthesize", folder, *asked) == 0
    assert "taken for names" not in capsys.readouterr().err


@pytest.mark.slow
def test_types_in_and_out(folder, capsys):
    """Numbers of a CSV file are numbers in Parquet, and those there stay so."""
    assert call("synthesize", folder, "people.csv", "--out", "new.parquet") == 0
    rows = pd.read_parquet(folder / "new.parquet")
    assert rows.dtypes.astype(str).to_dict() == {
        **{"age": "Int64", "town": "str", "paid": "Float64", "views": "Int64"},
        "day": "str",
    }
    rows["day"] = pd.to_datetime(rows["day"], dayfirst=True)
    rows.to_parquet(folder / "typed.parquet")
    capsys.readouterr()
    for out, sep in (("new.tsv", "\t"), ("new.csv.gz", ",")):
        assert call("synthesize", folder, "typed.parquet", "--out", out) == 0
        said = capsys.readouterr().err.splitlines()[0]
        assert said.endswith("typed.parquet: 120 rows of 5 columns")
        found = pd.read_csv(folder / out, sep=sep)
        assert list(found) == list(rows) and found["paid"].dtype == float
        assert found["day"].str.fullmatch(r"2020-\d\d-\d\d").all()


@pytest.mark.parametrize("suffix", ["parquet", "xlsx"])
def test_types_stay_from_one_file_to_another(tmp_path, suffix):
    """Text of digits is no number."""
    if suffix == "xlsx" and not find_spec("openpyxl"):
        pytest.skip("needs openpyxl")
    own = {"code": ["100", "200"], "sum": ["1.50", "2.25"], "n": [1, 2], "x": [1.5, 2]}
    table = pd.DataFrame({name: np.resize(v, 60) for name, v in own.items()})
    path, out = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    getattr(table, "to_parquet" if suffix == "parquet" else "to_excel")(
        path, index=False
    )
    names = "a." + suffix, "--out", "b." + suffix, "--quiet", "--rows", 9
    assert call("synthesize", tmp_path, *names) == 0
    if suffix == "parquet":
        rows = pd.read_parquet(out)
        assert (rows.dtypes == pd.read_parquet(path).dtypes).all()
    else:
        rows = pd.read_excel(out, dtype=object)
        assert {*map(type, rows["n"])} == {int}
    assert set(rows["code"]) <= {"100", "200"}
    assert rows["sum"].str.fullmatch(r"[12]\.\d\d").all()


@pytest.mark.skipif(not find_spec("openpyxl"), reason="needs openpyxl")
def test_spreadsheets(folder):
    assert call("synthesize", folder, "people.csv", "--out", "new.xlsx") == 0
    assert call("synthesize", folder, "new.xlsx", "--out", "new.csv", "--quiet") == 0
    assert len(pd.read_csv(folder / "new.csv")) == N


@pytest.mark.skipif(not find_spec("openpyxl"), reason="needs openpyxl")
def test_text_of_spreadsheets_stays_text():
    """A zip code has its zero, also where others stand as numbers."""
    days = [pd.Timestamp("2020-01-31"), None, pd.Timestamp("2021-01-31")]
    columns = {
        "zip": ["01067", "50667", None],
        "mixed": ["01067", 50667, None],
        "number": [1, "2", 3.5],
        "flag": [True, False, True],
        "size": ["k.A.", 3, None],
        "count": [3, None, 4],
        "day": days,
    }
    content = io.BytesIO()
    pd.DataFrame(columns).to_excel(content, index=False)
    table, found = parse_excel(content.getvalue(), True, "a.xlsx")
    assert found == (True, True)
    for name in ("zip", "mixed"):
        assert table[name].tolist()[:2] == ["01067", "50667"]
    assert table.isna().sum().tolist() == [1, 1, 0, 0, 1, 1, 1]
    assert table["number"].tolist() == [1, 2, 3.5]
    assert [*map(type, table["size"])][:2] == [str, int]
    kinds = [table[name].dtype.kind for name in ("number", "flag", "count", "day")]
    assert kinds == ["f", "b", "f", "M"]
    bare, _ = parse_excel(content.getvalue(), False, "a.xlsx")
    assert bare["column_1"].tolist()[:3] == ["zip", "01067", "50667"]


@pytest.mark.skipif(not find_spec("openpyxl"), reason="needs openpyxl")
def test_the_names_of_a_sheet_are_found(folder, capsys):
    """As those of a CSV file, and new sheets are like it."""
    path, table = folder / "a.xlsx", people()
    table.to_excel(path, index=False, header=False)
    assert call("synthesize", folder, "a.xlsx", "--out", "new.xlsx") == 0
    said = capsys.readouterr().err
    assert "a.xlsx: 120 rows of 5 columns, no line of names\n" in said
    assert pd.read_excel(folder / "new.xlsx", header=None).shape == (N, 5)
    for second, is_sure in [("paid", True), (None, False)]:  # a text above numbers
        names = ["town", second]
        table[["town", "paid"]].head(9).to_excel(path, index=False, header=names)
        few, found = parse_excel(path.read_bytes(), None, "a.xlsx")
        assert found == (True, is_sure) and len(few) == 9
        assert list(few) == ["town", second or "Unnamed: 1"]
    table[["age", "age"]].to_excel(path, index=False)
    assert call("synthesize", folder, "a.xlsx", "--out", "new.xlsx") == 2
    twice = f"names of columns must differ: {path} has 'age' twice."
    assert twice in capsys.readouterr().err
    pd.DataFrame().to_excel(path, index=False)
    assert call("synthesize", folder, "a.xlsx", "--out", "new.xlsx") == 2
    assert f"{path} is empty." in capsys.readouterr().err


def test_years_may_name_columns(folder):
    """They are numbers in files that have types."""
    table = people().rename(columns={"age": 2023, "town": 2024})[[2023, 2024]]
    table.to_parquet(folder / "years.parquet")
    options = ["--out", "new.csv", "--where", "2023>=40", "--exclude", "2024"]
    assert call("synthesize", folder, "years.parquet", *options, "--quiet") == 0
    rows = pd.read_csv(folder / "new.csv")
    assert list(rows) == ["2023"] and (rows["2023"] >= 40).all()


def test_what_is_not_installed_is_named(folder, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    monkeypatch.delitem(sys.modules, "openpyxl.workbook", raising=False)
    (folder / "a.xlsx").write_bytes(b"PK\x03\x04")
    assert call("synthesize", folder, "a.xlsx", "--out", "new.csv") == 2
    needed = "skgan: error: openpyxl is needed: pip install 'skgan[excel]'.\n"
    assert capsys.readouterr().err == needed
    assert call("synthesize", folder, "people.csv", "--out", "new.xlsx", "--quiet") == 2
    assert capsys.readouterr().err == needed


def test_a_model_is_kept_and_writes_rows_as_the_file_had_them(folder, capsys):
    assert (
        call("fit", folder, "people.csv", "--save", "m.skgan", "--label", "town") == 0
    )
    assert f"skgan: model in {folder / 'm.skgan'}\n" in capsys.readouterr().err
    options = ["m.skgan", "--rows", 9, "--out", "new.csv", "--seed", 0]
    assert call("sample", folder, *options, "--value", "Jena", quick=False) == 0
    written = f"skgan: 9 rows of 5 columns in {folder / 'new.csv'}\n"
    assert capsys.readouterr().err == written
    rows = pd.read_csv(folder / "new.csv", sep=";", dtype=str)
    assert (rows["town"] == "Jena").all() and len(rows) == 9
    assert rows["day"].str.fullmatch(r"\d\d\.\d\d\.2020").all()
    assert rows["paid"].str.fullmatch(r"(\d{1,3}\.)*\d{1,3},\d\d").all()
    assert call("sample", folder, *options, "--value", "Rom", quick=False) == 2
    assert (
        "--value must be one of 'Jena', 'Köln', got 'Rom'." in capsys.readouterr().err
    )


SHARES = ["0.50", "0.25", "1.75"]  # numbers to the encoder of a file of commas


def bare_files(folder):
    """Files of which each is odd in a way, by what a line of it is like."""
    table = people().assign(share=np.resize(SHARES, N))
    wide = {"sep": ";", "encoding": "cp1252", "index": False, "header": False}
    table.to_csv(folder / "bare.csv", **wide)
    table["paid"] = table["paid"].str.replace(".", "").str.replace(",", ".")
    tabs = {"sep": "\t", "encoding": "utf-16", "index": False}
    table.to_csv(folder / "tabs.txt", **tabs)
    table.to_csv(folder / "usual.csv", index=False, sep="|")
    table[["town", "age"]].to_csv(folder / "tabs.tsv", index=False, sep="\t")


@pytest.mark.parametrize("name", ["people", "bare", "tabs", "usual"])
def test_rows_of_a_kept_model_look_like_those_of_its_file(folder, name):
    """What "synthesize" writes, "fit" and "sample" write."""
    bare_files(folder)
    path = next(folder.glob(f"{name}.[ct][sx][vt]"))
    own = [path.name, "--seed", 0, "--label", "column_2" if name == "bare" else "town"]
    new = "new" + path.suffix
    rows = ["--rows", 50, "--out"]
    assert call("synthesize", folder, *own, "--save", "m.skgan", *rows, new) == 0
    expected = (folder / new).read_bytes()
    assert call("fit", folder, *own, "--save", "m.skgan", "--quiet") == 0
    options = "m.skgan", "--seed", 0, *rows, new
    assert call("sample", folder, *options, quick=False) == 0
    assert (folder / new).read_bytes() == expected
    first = path.read_bytes().splitlines()[0]
    assert (first == expected.splitlines()[0]) == (name != "bare")


def test_options_win_over_the_file_of_a_model(folder):
    bare_files(folder)
    assert call("fit", folder, "bare.csv", "--save", "m.skgan", "--quiet") == 0
    asked = ["--sep", "|", "--encoding", "utf-16", "--header", "--quiet"]
    options = ["m.skgan", "--rows", 30, "--out"]
    assert call("sample", folder, *options, "new.csv", *asked, quick=False) == 0
    rows = pd.read_csv(folder / "new.csv", sep="|", encoding="utf-16", dtype=str)
    assert list(rows) == [f"column_{k}" for k in range(1, 7)]
    assert rows["column_3"].str.fullmatch(r"(\d{1,3}\.)*\d{1,3},\d\d").all()
    assert call("sample", folder, *options, "new.tsv", "--quiet", quick=False) == 0
    assert (folder / "new.tsv").read_bytes().splitlines()[0].count(b"\t") == 5
    assert call("fit", folder, "tabs.tsv", "--save", "m.skgan", "--quiet") == 0
    assert call("sample", folder, *options, "new.csv", "--quiet", quick=False) == 0
    assert (folder / "new.csv").read_text().startswith("town,age\n")


def test_an_encoding_that_nobody_knows_is_refused(folder, capsys):
    (folder / "m.skgan").write_text("which is not even read")
    options = ["m.skgan", "--rows", 3, "--out", "new.csv", "--encoding", "latin-99"]
    assert call("sample", folder, *options, quick=False) == 2
    said = "--encoding must be one that Python knows, got 'latin-99'."
    assert said in capsys.readouterr().err


def test_an_encoding_may_lack_a_character(folder, capsys):
    assert call("fit", folder, "people.csv", "--save", "m.skgan", "--quiet") == 0
    options = ["m.skgan", "--rows", 60, "--out", "new.csv", "--encoding", "ascii"]
    assert call("sample", folder, *options, quick=False) == 2
    said = "new.csv cannot be written in ascii, which lacks 'ö': give --encoding utf-8."
    assert said in capsys.readouterr().err
    assert not (folder / "new.csv").exists()


def test_how_a_file_was_written_is_forgotten_with_its_rows(folder):
    options = ["--save", "m.skgan", "--quiet"]
    assert call("fit", folder, "people.csv", *options) == 0
    gan = load(folder / "m.skgan")
    assert file_of(gan).sep == ";" and file_of(gan).encoding == "cp1252"
    gan.fit(people()[["age"]])
    assert file_of(gan) == TableFile()


def test_numbers_of_a_model_are_numbers_where_files_have_types(folder):
    """The model knows the decimal mark of the columns that it read as text."""
    assert call("fit", folder, "people.csv", "--save", "m.skgan", "--quiet") == 0
    files = [("new.parquet", pd.read_parquet)]
    files += [("new.xlsx", pd.read_excel)] if find_spec("openpyxl") else []
    for out, read in files:
        options = ["m.skgan", "--rows", 40, "--out", out, "--where", "paid>=1000,5"]
        assert call("sample", folder, *options, quick=False) == 0
        rows = read(folder / out)
        kinds = [rows[name].dtype.kind for name in ("age", "paid", "views")]
        assert kinds == ["i", "f", "i"]
        assert (rows["paid"] >= 1000.5).all() and (rows["views"] > 99).all()


def test_the_decimals_of_a_model_are_those_of_most_columns():
    def like(**columns):
        table = pd.DataFrame({name: np.resize(v, 60) for name, v in columns.items()})
        found = file_of(SimpleNamespace(encoder_=TableEncoder().fit(table)))
        return found.sep + found.decimal

    comma, point = ["1,5", "2,25", "3,75"], ["1.5", "2.25", "3.75"]
    assert like(a=comma) == ";,"
    assert like(a=comma, b=point) == like(b=point) == like(a=[1.5, 2.5]) == ",."
    assert file_of(SimpleNamespace(encoder_=SimpleNamespace(schema=None))).sep == ","


def test_a_value_needs_labels(folder, capsys):
    assert call("fit", folder, "people.csv", "--save", "m.skgan", "--quiet") == 0
    options = ["--rows", 9, "--out", "new.csv", "--value", "Jena"]
    assert call("sample", folder, "m.skgan", *options, quick=False) == 2
    assert "--value needs a model with labels" in capsys.readouterr().err


def test_a_model_must_be_a_generator(folder, capsys):
    """An over-sampler draws rows of classes, for rows that it is given."""
    save(GANOverSampler(), folder / "m.skgan")
    options = ["m.skgan", "--rows", 9, "--out", "new.csv"]
    assert call("sample", folder, *options, quick=False) == 2
    said = "m.skgan must hold a generator, got a GANOverSampler: load it in Python.\n"
    assert capsys.readouterr().err.endswith(said)
    save(GANGenerator(), folder / "m.skgan")
    assert call("sample", folder, *options, quick=False) == 2
    assert "not fitted yet" in capsys.readouterr().err
    assert not (folder / "new.csv").exists()


def test_options_reach_the_generator(folder):
    options = ["--save", "m.skgan", "--seed", 4, "--ids", "views", "--quiet"]
    options += ["--exclude", "paid", "town", "--minutes", "2"]
    assert call("fit", folder, "people.csv", *options) == 0
    gan = load(folder / "m.skgan")
    assert list(gan.feature_names_in_) == ["age", "views", "day"]
    assert gan.encoder_.identifier_names_ == ["views"]
    params = gan.get_params()
    found = [
        params[name] for name in ("max_iter", "max_time", "refinement", "random_state")
    ]
    assert found == [3, 120, None, 4]


def test_dates_that_nobody_would_guess(folder):
    """Days without a year of four digits in many orders are text otherwise."""
    rng = np.random.default_rng(0)
    days = pd.Timestamp("2020-01-31") + pd.to_timedelta(rng.integers(300, size=N), "D")
    codes = ["%d %B %Y", "%Y-%m-%d"]
    table = pd.DataFrame({"x": rng.normal(size=N)})
    table["day"] = [d.strftime(codes[i % 2]) for i, d in enumerate(days)]
    table.to_csv(folder / "days.csv", index=False)
    options = ["--out", "new.csv", "--quiet"]
    assert call("synthesize", folder, "days.csv", *options, "--dates", "day") == 0
    found = pd.read_csv(folder / "new.csv")["day"]
    assert found.str.fullmatch(r"2020-\d\d-\d\d").all() and found.nunique() > 20
    assert call("synthesize", folder, "people.csv", *options, "--dates", "day") == 0
    found = pd.read_csv(folder / "new.csv", sep=";", encoding="cp1252")["day"]
    assert found.str.fullmatch(r"\d\d\.\d\d\.2020").all()


@pytest.mark.slow
def test_a_report(folder, capsys):
    for name, seed in (("test.csv", 1), ("new.csv", 2)):
        people(seed=seed).to_csv(folder / name, index=False)
    tables = "people.csv", "test.csv", "new.csv"
    assert call("evaluate", folder, *tables, "--quiet", quick=False) == 0
    printed = capsys.readouterr()
    assert "two-sample score, held-out rows" in printed.out and printed.err == ""
    assert call("evaluate", folder, *tables, "--out", "report.txt", quick=False) == 0
    assert (folder / "report.txt").read_text() == printed.out
    assert capsys.readouterr().out == ""


def test_a_report_is_a_page_by_its_name(folder, capsys, monkeypatch):
    class Report:
        def to_html(self):
            return "a page of \ud800\n"

        def __str__(self):
            return "a text"

    monkeypatch.setattr("skgan.cli.verbs.compare", lambda *_, **__: Report())
    for name in ("test.csv", "new.csv"):
        people(seed=1).to_csv(folder / name, index=False)
    tables = "people.csv", "test.csv", "new.csv", "--quiet"
    for out, text in (
        ("a.html", "a page of &#55296;\n"),
        ("a.HTM", "a page of &#55296;\n"),
        ("html.txt", "a text\n"),
    ):
        assert call("evaluate", folder, *tables, "--out", out, quick=False) == 0
        assert (folder / out).read_text() == text
    assert call("evaluate", folder, *tables, quick=False) == 0
    assert capsys.readouterr() == ("a text\n", "")
    options = ["--out", "b.html"]
    assert call("evaluate", folder, *tables[:3], *options, quick=False) == 0
    assert capsys.readouterr().err.endswith(f"skgan: report in {folder / 'b.html'}\n")
    assert call("evaluate", folder, *tables[:3], quick=False) == 0
    assert "report in" not in capsys.readouterr().err


def test_many_rows_are_told_with_thousands(folder, capsys):
    assert call("fit", folder, "people.csv", "--save", "m.skgan", "--quiet") == 0
    options = ["m.skgan", "--rows", 1200, "--out", "new.csv"]
    assert call("sample", folder, *options, quick=False) == 0
    assert "skgan: 1,200 rows of 5 columns in" in capsys.readouterr().err
    assert call("sample", folder, *options, "--quiet", quick=False) == 0
    assert capsys.readouterr() == ("", "")


def test_a_column_is_read_in_all_tables_as_in_the_first():
    """Codes of which a table has none with a zero, decimals of which one has none."""
    dialect = Dialect("utf-8", ",", True)
    first, other = (
        Source(
            pd.DataFrame({"a": np.resize(a, 40), "b": np.resize(b, 40)}), dialect, "."
        )
        for a, b in [
            (["01", "12", "13"], ["1e-3", "2.5", "3"]),
            (["12", "13", ""], ["1.5", "2.5", "3.5"]),
        ]
    )
    own, alone = first.learned()[0], other.learned()[0]
    assert [own[name].dtype.kind for name in "ab"] == ["O", "f"]
    assert [alone[name].dtype.kind for name in "ab"] == ["i", "O"]
    table = other.learned_as(own)
    assert table["a"].dropna().tolist()[:2] == ["12", "13"]
    assert table["a"].isna().sum() == alone["a"].isna().sum() == 13
    assert table["b"].tolist()[:3] == [1.5, 2.5, 3.5]


def interrupted(monkeypatch, n_intervals=1):
    """Let Ctrl-C come after so many intervals."""
    own, calls = FitReport.__call__, []

    def stop(report, run):
        own(report, run)
        calls.append(run)
        if len(calls) == n_intervals:
            raise KeyboardInterrupt

    monkeypatch.setattr(FitReport, "__call__", stop)


def test_ctrl_c_keeps_what_was_learned_only_if_asked_to(folder, monkeypatch, capsys):
    for options, status in [([], 130), (["--keep-partial"], 0)]:
        with monkeypatch.context() as patch:
            interrupted(patch)
            own = ["people.csv", "--out", "new.csv", *options]
            assert call("synthesize", folder, *own) == status
        assert (folder / "new.csv").exists() == (status == 0)
    how = {"sep": ";", "encoding": "cp1252"}
    assert len(pd.read_csv(folder / "new.csv", **how)) == N
    partial = "stopped after 3 of 3 iterations: what is written is partial."
    assert capsys.readouterr().err.count(partial) == 1, "of those that are written"


def test_rows_without_the_refinement_asked_for_are_said_to_be_so(
    folder, monkeypatch, capsys
):
    interrupted(monkeypatch)
    own = ["people.csv", "--out", "new.csv", "--max-iter", 150, "--keep-partial"]
    assert call("synthesize", folder, *own, quick=False) == 0
    said = "learning was stopped after 100 of 150 iterations, without refinement: what"
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("cut", ["nothing", "not all"])
def test_ctrl_c_says_whether_anything_was_printed(
    folder, monkeypatch, capsysbinary, cut
):
    def stop(sink, rows):
        own(sink, rows)
        raise KeyboardInterrupt

    own = CsvSink.write
    if cut == "nothing":
        interrupted(monkeypatch)
    else:
        monkeypatch.setattr(CsvSink, "write", stop)
    assert call("synthesize", folder, "people.csv", "--out", "-") == 130
    printed, said = capsysbinary.readouterr()
    assert said.endswith(f"skgan: stopped, {cut} was written\n".encode())
    assert bool(printed) == (cut == "not all")


def test_ctrl_c_before_anything_was_learned(folder, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(GANGenerator, "fit", stop)
    options = ["people.csv", "--out", "new.csv", "--keep-partial"]
    assert call("synthesize", folder, *options) == 130
    assert not (folder / "new.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--help"], "skgan synthesize people.csv --out new.csv"),
        (["synthesize", "--help"], "--no-refinement"),
        (["synthesize", "--help"], "examples:\n  skgan synthesize people.csv --out"),
        (["fit", "--help"], "examples:\n  skgan fit people.csv --save people.skgan\n"),
        (["evaluate", "no.csv", "no.csv", "no.csv"], "there is no file no.csv."),
        (["synthesize", "no.csv", "--out", "new.csv"], "there is no file no.csv."),
        (["sample", "no.skgan", "--out", "new.csv", "--rows", "3"], "there is no file"),
        (["people.csv", "--out", "new.csv"], "invalid choice: 'people.csv'"),
    ],
)
def test_the_first_answer_imports_nothing_heavy(arguments, words):
    code = f"""
import sys
from skgan.cli.commands import main
try:
    status = main({arguments})
except SystemExit as end:
    status = end.code
heavy = "torch", "sklearn", "scipy", "pandas", "numpy", "narwhals"
print(status, [name for name in heavy if name in sys.modules])
"""
    run = [sys.executable, "-c", code]
    found = subprocess.run(run, capture_output=True, text=True, env=os.environ)
    assert found.stdout.endswith(f"{0 if '--help' in arguments else 2} []\n")
    assert words in found.stdout + found.stderr
