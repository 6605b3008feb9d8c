"""The command line: from a CSV file to a CSV file, and one sentence for a bad one."""

import io
import os
import subprocess
import sys
from threading import Thread

import numpy as np
import pandas as pd
import pytest

from skgan import GANGenerator
from skgan.cli.commands import main
from skgan.cli.csv import as_numbers, as_text, find_decimal, has_thousands
from skgan.estimators.report import FitReport
from skgan.exceptions import DivergenceError

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
    options = ["--out", out, "--max-iter", 3, "--seed", 0, *options]
    return main(["synthesize", str(path), *map(str, options)]), out


def test_from_file_to_file(people, capsys):
    status, out = call(people, "--rows", 50, "--seed", 0)
    assert status == 0
    real, rows = pd.read_csv(people), pd.read_csv(out)
    assert list(rows) == list(real) and len(rows) == 50
    assert set(rows["city"]) <= {"Bonn", "Jena"}
    assert rows["joined"].str.fullmatch(r"\d\d\.\d\d\.20(20|21)").all()
    assert rows["key"].str.fullmatch(r"K-\d{5}").all()
    assert not out.read_text().count(".0,"), "whole numbers are written as such"
    printed = capsys.readouterr()
    assert "iteration 3 of 3" in printed.out
    read, *_, last = printed.err.splitlines()
    assert read == f"skgan: read {people}: 120 rows of 5 columns, separator ',', UTF-8"
    assert last == f"skgan: 50 rows of 5 columns in {out}"


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
    _, out = call(people, "--identifiers", "drop", "--quiet")
    assert list(pd.read_csv(out, sep=";")) == ["age", "city", "joined", "paid"]


BAD_FILES = {
    "empty.csv": (b"", "empty.csv is empty."),
    "names.csv": (b"a,b\n", "has 0 row(s) below its names, 2 are needed."),
    "one.csv": (b"a,b\n1,2\n", "has 1 row(s) below its names, 2 are needed."),
    "ragged.csv": (b"a,b\n1,2\n1,2,3\n", "is no table: Expected 2 fields in line 3"),
    "longer.csv": (b"a,b\n1,x,\n2,y,\n", "more values than there are names."),
    "binary.csv": (b"a,b\n\x81\xfe,1\n2,3\n", "is no text in UTF-8 or Windows-1252"),
    "zeros.csv": (b"a,b\n\x00\x00,1\n2,3\n", "zeros.csv is no text in UTF-8."),
    "old.xls": (b"\xd0\xcf\x11\xe0\0", "Files that are read end in .parquet or .xlsx"),
    "a.ods": (b"PK\x03\x04\0", "a.ods is no text. Files that are read end in"),
    "twice.csv": (b"a,a\n1,2\n1,2\n", "has 'a' twice."),
    "huge.csv": (b"a,b\n1,1e999\n1,2.5\n", "Column 'b' must hold finite numbers"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_files(tmp_path, capsys, name):
    content, message = BAD_FILES[name]
    path = tmp_path / name
    path.write_bytes(content)
    status, out = call(path, "--quiet")
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
        (
            ["--label", "key"],
            "of few labels, got 120 different ones in 120 rows of",
        ),
        (["--label", ""], "--label must be a column of 'age', "),
        (["--label", "paid", "--value", "so"], "must be one of 'no', 'yes', got 'so'."),
        (["--identifiers", "error"], "Column 'key' must not be an identifier"),
        (["--max-iter", "0"], "--max-iter must be at least 1, got 0."),
        (["--minutes", "0"], "--minutes must be more than 0, got 0."),
        (["--seed", "-1"], "--seed must be 0 or more, below 2^32, got -1."),
        (["--exclude", "job"], "--exclude must be a column of 'age', 'city', 'joined'"),
        (["--dates", "joined", "city"], "column 'city' has 'Jena', which is no date."),
        (["--encoding", "klingon"], "must be one that Python knows, got 'klingon'"),
        (["--sep", "|"], "has one column, 'age,city,joined,paid,key': give --sep ','."),
    ],
)
def test_bad_options(people, capsys, options, message):
    status, out = call(people, *options)
    error = capsys.readouterr().err
    assert status == 2 and message in error and not out.exists()


def test_files_that_cannot_be_written(people, tmp_path, capsys):
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


@pytest.mark.parametrize(
    ("save", "message"),
    [
        ("people.csv", "--save must be a file of its own"),
        ("./people.csv", "--save must be a file of its own"),
        ("there/../people.csv", "--save must be a file of its own"),
        ("link", "--save must be a file of its own"),
        ("new.csv", "--save must be a file of its own"),
        ("./new.csv", "--save must be a file of its own"),
        ("there", "there is a folder, not a file."),
        ("no/a.skgan", "there is no folder"),
        ("x" * 300, "--save cannot be written to: File name too long."),
    ],
)
def test_a_model_takes_the_place_of_no_other_file(
    people, monkeypatch, capsys, untrained, save, message
):
    """What is read stays, and what is written is not written over."""
    (people.parent / "there").mkdir()
    (people.parent / "link").symlink_to(people)
    monkeypatch.chdir(people.parent)
    before = people.read_bytes()
    options = ["--out", "new.csv", "--max-iter", "3", "--save", save]
    assert main(["synthesize", "people.csv", *options]) == 2
    assert message in capsys.readouterr().err
    assert people.read_bytes() == before


def test_a_folder_that_takes_no_model_is_found_before_training(
    people, monkeypatch, capsys, untrained
):
    """Though the system says that it may be written to."""

    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    assert main(["fit", str(people), "--save", str(people.parent / "a.skgan")]) == 2
    assert "a.skgan cannot be written to: Permission" in capsys.readouterr().err


@pytest.mark.parametrize("out", ["a.json", "a.ods", "a.xls", "a.json.gz", "a.CVS"])
def test_rows_are_written_in_no_unknown_format(people, capsys, untrained, out):
    assert call(people, out=out)[0] == 2
    suffix = "." + out.lower().split(".")[1]
    assert capsys.readouterr().err == (
        "skgan: error: --out must end in .csv, .tsv, .tab, .txt, .dat, .psv, .parquet "
        f"or .xlsx, or in nothing, got {suffix!r}.\n"
    )


def exactly(values):
    """Whether the values of a column are written as they stood, and the table read."""
    texts = pd.DataFrame({"x": np.resize(values, 60), "n": np.arange(60).astype(str)})
    table, formats = as_numbers(texts)
    return (as_text(table.copy(), formats)["x"].astype(str) == texts["x"]).all(), table


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (["1", "-2", "30"], "Int64"),
        (["0.5", "-1.25", "3e5"], "Float64"),
        (["1.50", "2.00", "0.25"], "str"),
        (["01234", "00501", "99999"], "str"),
        (["+49", "+1"], "str"),
        (["true", "false"], "str"),
        (["NA", "DE", "None"], "str"),
        (["1234567890123456789012", "5"], "str"),
        (["2020-01-31T10:20:30Z", "2021-12-01T00:00:00Z"], "str"),
        (["2020-01-31 10:20", "2021-12-01 00:00"], "str"),
        (["31.01.2020", "01.12.2021"], "str"),
        (["31/01/2020", "01/12/2021"], "str"),
        (["01/31/2020", "12/01/2021"], "str"),
        (["2020-01-31", "soon"], "str"),
        (["01/02/2020", "31/01/2020"], "str"),
        (["01/02/2020", "01/31/2020"], "str"),
        (["2020-02-01", "2020-01-31"], "str"),
        (["20200131", "20211201"], "str"),
        (["20200131", "20211301"], "Int64"),
        (["31 Jan 2020", "01 Feb 2021"], "str"),
        (["2020/01/31", "2021/12/01"], "str"),
        (["31.01.20", "01.12.21"], "str"),  # of which century?
        (["1.2.2020", "31.1.2020"], "str"),
        (["2020-01-31T10:20:30+01:00", "2021-12-01T00:00:00+01:00"], "str"),
        (["9223372036854775807", "-5"], "Int64"),
        (["9223372036854775809", "5"], "str"),  # beyond 64 bits
        (["12345678901234567890", "0.5"], "str"),
        (["12.3456789012345678", "1.5"], "Float64"),  # as PostgreSQL writes a mean
        ([".5", "-.25"], "Float64"),  # as Stata writes them
        (["1.5e-3", "2E+05"], "Float64"),
        (["01.5", "2.5"], "str"),
        (["+1.5", "2.5"], "str"),
        (["1_000", "2_000"], "str"),
        (["1,000", "2,000"], "Int64"),
        (["1,000.50", "2"], "Float64"),
        (["10,00", "2,000"], "str"),
        (["-0", "5"], "Float64"),
        (["inf", "1.5"], "str"),
        (["0x10", "0x20"], "str"),
        (["10:20", "11:30"], "str"),
        (["May", "Jun"], "str"),
    ],
)
def test_values_go_back_as_they_were(values, dtype):
    same, table = exactly(values)
    assert table["x"].dtype == dtype
    if dtype != "Float64":  # else written in other ways
        assert same


@pytest.mark.parametrize("n", [2, 40])  # too few for the encoder to find any, or not
def test_points_are_no_decimals_where_commas_are(n):
    columns = {"x": ["1.234", "5.678"], "d": ["1,5", "2,25"], "t": ["1.5", "1.5"]}
    texts = pd.DataFrame({name: np.resize(own, n) for name, own in columns.items()})
    table, formats = as_numbers(texts, decimal=",")
    assert table["x"].tolist()[:2] == [1234, 5678]
    assert table["d"].tolist()[:2] == ([1.5, 2.25] if n == 2 else ["1,5", "2,25"])
    assert table["t"].tolist()[:2] == ["1.5", "1.5"]
    assert as_text(table, formats, ",")["x"].tolist() == texts["x"].tolist()


@pytest.mark.parametrize(
    ("columns", "mark"),
    [
        ([["1,5", "2,25"]], ","),
        ([["0,125", "0,250"]], ","),
        ([["1,125", "2,250"]], "."),  # thousands, or not
        ([["1.125,5", "2"], ["x,5", "y"]], ","),
        ([["1,5", "2,25"], ["1.5", "2.25"]], "."),
        ([["1,5", "3,25"], ["1,5", "NA"], ["1.5", "2.25"]], ","),
        ([["1,5"] + 9 * ["a"]], "."),
    ],
    ids=str,
)
def test_the_decimal_mark_is_found(columns, mark):
    texts = {j: np.resize(values, 40) for j, values in enumerate(columns)}
    assert find_decimal(pd.DataFrame(texts)) == mark


@pytest.mark.parametrize(
    ("columns", "mark"),
    [
        ([["5.005", "10.223", "422"], ["3", "5"]], ","),
        ([["1.234.567", "12.012"]], ","),
        ([["5.005", "10.223", "NA", ""]], ","),
        ([["5.005"], ["422"]], "."),  # one number
        ([["5.005", "10.223", "4220"]], "."),
        ([["0.005", "10.223"]], "."),
        ([["5.005", "10.22"]], "."),
        ([["5.005", "10.223"], ["1.5", "2"]], "."),
        ([["5,005", "10,223"]], "."),
        ([["5.005", "x"]], "."),
    ],
    ids=str,
)
def test_points_of_thousands_are_found_between_semicolons(columns, mark):
    texts = {j: np.resize(values, 40) for j, values in enumerate(columns)}
    assert find_decimal(pd.DataFrame(texts), ";") == mark
    assert find_decimal(pd.DataFrame(texts), ",") == "."


@pytest.mark.parametrize(
    ("values", "decimal", "found"),
    [
        (["1.234,5", "2"], ",", True),
        (["1,234", "2"], ".", True),
        (["1,234", "2"], ",", False),
        (["1.234", "x"], ",", False),
        (["31.12.2020"], ",", False),
    ],
)
def test_thousands_are_told(values, decimal, found):
    texts = pd.DataFrame({"t": ["a", "b", "c", "d"], "x": np.resize(values, 4)})
    assert has_thousands(texts, decimal) == found


def test_sales_in_thousands_are_learned_as_such(tmp_path, capsys):
    """A number below a thousand has no point, and none has decimals."""
    rng, path = np.random.default_rng(0), tmp_path / "sales.csv"
    sales = [f"{int(x):,}".replace(",", ".") for x in rng.lognormal(8, 1.5, N)]
    path.write_text(
        "sales;k\n" + "".join(f"{s};{i % 9}\n" for i, s in enumerate(sales))
    )
    status, out = call(path)
    said = capsys.readouterr().err.splitlines()[0]
    assert said.endswith("separator ';', UTF-8, decimal comma, thousands '.'")
    rows = pd.read_csv(out, sep=";", dtype=str)["sales"]
    assert status == 0 and rows.str.fullmatch(r"\d{1,3}(\.\d{3})*").all()
    assert rows.str.fullmatch(r"\d{1,3}").any()


def test_new_decimals_stand_behind_the_mark(tmp_path):
    """Also where numbers have not all as many."""
    path = tmp_path / "sums.csv"
    sums = [f"{i},{'5' if i % 2 else '25'}" for i in range(60)]
    path.write_text("sum;n\n" + "".join(f"{s};{i}\n" for i, s in enumerate(sums)))
    status, out = call(path, "--quiet")
    rows = pd.read_csv(out, sep=";", dtype=str)["sum"]
    assert status == 0 and rows.str.fullmatch(r"\d+,(0|\d{1,2})").all()


def test_missing_numbers_and_dates():
    texts = pd.DataFrame({"x": ["1", "NA", ""], "t": ["NA", "a", ""]})
    table, _ = as_numbers(texts)
    assert table.isna().to_numpy().tolist() == [[False] * 2, [True, False], [True] * 2]
    shown = {"x": ["1.50", "NA", "?"], "d": ["31.01.2020", "", "N/A"]}
    texts = pd.DataFrame({name: np.resize(own, 60) for name, own in shown.items()})
    table, formats = as_numbers(texts)
    rows = as_text(table, formats).to_csv(index=False).split()
    assert rows[:4] == ["x,d", "1.50,31.01.2020", ",", ","]
    few, formats = as_numbers(texts.head(3))  # too few for the encoder to find any
    assert as_text(few, formats)["x"].tolist()[0] == "1.50"
    empty = pd.DataFrame({"x": ["", ""], "t": ["NA", ""]})
    assert as_numbers(empty)[0].isna().sum().tolist() == [2, 1]


def test_decimal_commas(tmp_path):
    path = tmp_path / "prices.csv"
    prices = [f"{i % 7},{i % 10}0" for i in range(60)]
    path.write_text("price;n\n" + "".join(f"{p};{i}\n" for i, p in enumerate(prices)))
    _, out = call(path, "--quiet")
    rows = pd.read_csv(out, sep=";", dtype=str)
    assert rows["price"].str.fullmatch(r"\d,\d0").all()


def test_labels_stand_as_in_the_file(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text("x,code\n" + "".join(f"{i},0{i % 2}\n" for i in range(60)))
    status, out = call(path, "--label", "code", "--value", "01", "--quiet")
    assert status == 0
    assert set(pd.read_csv(out, dtype=str)["code"]) == {"01"}


def test_identifiers_are_warned_of(people, capsys):
    call(people)
    words = capsys.readouterr().err
    assert "warning: Nearly unique text in column(s) 'key'" in words
    assert "--ids key says that you know, --identifiers drop leaves" in words


def test_links_modes_pipes_and_compression(people):
    target = people.parent / "target.csv"
    target.write_text("old")
    target.chmod(0o600)
    link = people.parent / "new.csv"
    link.symlink_to(target)
    assert call(people, "--quiet")[0] == 0
    assert link.is_symlink() and len(pd.read_csv(target)) == N
    assert target.stat().st_mode & 0o777 == 0o600
    assert call(people, "--quiet", out="new.csv.gz")[0] == 0
    assert len(pd.read_csv(people.parent / "new.csv.gz")) == N
    pipe = people.parent / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE)
    assert call(people, "--quiet", "--rows", 3, out="pipe")[0] == 0
    assert reader.communicate(timeout=60)[0].count(b"\n") == 4
    assert pipe.is_fifo()


def test_divergence_is_one_sentence(people, monkeypatch, capsys):
    def diverge(*args):
        raise DivergenceError(7)

    monkeypatch.setattr(GANGenerator, "fit", diverge)
    assert call(people)[0] == 2
    assert "Training became non-finite" in capsys.readouterr().err


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

    monkeypatch.setattr(GANGenerator, "fit", stop)
    status, out = call(people)
    assert status == 130 and not out.exists()
    told = capsys.readouterr().err
    assert told.endswith("skgan: stopped, nothing was written\n")


def test_ctrl_c_in_training_writes_nothing(people, monkeypatch, capsys):
    """Few rows of a generator that has learned little are no answer."""

    def stop(report, run):
        raise KeyboardInterrupt

    monkeypatch.setattr(FitReport, "__call__", stop)
    status, out = call(people, "--quiet")
    assert status == 130 and not out.exists()
    told = capsys.readouterr().err
    assert told.endswith("skgan: stopped, nothing was written\n")


class Stdin:
    def __init__(self, content):
        self.buffer = io.BytesIO(content)


@pytest.mark.parametrize("out", ["-", "/dev/stdout"])
def test_standard_input_and_output(people, monkeypatch, capsys, out):
    content = people.read_bytes()
    monkeypatch.setattr(sys, "stdin", Stdin(content))
    options = ["--out", out, "--max-iter", "3", "--rows", "4"]
    status = main(["synthesize", "-", *options])
    printed = capsys.readouterr()
    assert status == 0, printed.err
    rows = pd.read_csv(io.StringIO(printed.out))
    assert len(rows) == 4 and list(rows) == list(pd.read_csv(people))
    assert "iteration 3 of 3" in printed.err and "4 rows of 5 columns" in printed.err


def test_standard_input_that_is_no_table(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", Stdin(b""))
    assert main(["synthesize", "-", "--out", "-"]) == 2
    assert capsys.readouterr().err == "skgan: error: the standard input is empty.\n"


def test_data_from_a_pipe(people):
    """It can be read once only."""
    pipe = people.parent / "data"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=[people.read_bytes()])
    writer.start()
    status, out = call(pipe, "--quiet", "--rows", 3)
    assert status == 0 and len(pd.read_csv(out)) == 3
    writer.join(timeout=60)


@pytest.fixture
def untrained(monkeypatch):
    """Fail if training begins."""
    monkeypatch.setattr(GANGenerator, "fit", lambda *_: pytest.fail("was trained"))


@pytest.mark.parametrize(
    ("out", "n_rows", "message"),
    [
        ("new.csv", 10**18, f"--rows must fit on the disk, got {10**18}: a row needs"),
        ("new.csv", 10**30, f"--rows must fit on the disk, got {10**30}: a row needs"),
        ("new.xlsx", 2**20, "at most 1048575, the rows of a sheet, got 1048576"),
    ],
)
def test_rows_that_no_file_holds(people, capsys, untrained, out, n_rows, message):
    status, path = call(people, "--rows", n_rows, out=out)
    assert status == 2 and not path.exists()
    assert message in capsys.readouterr().err


def test_a_name_that_is_too_long_is_refused_before_training(people, capsys, untrained):
    assert call(people, out="x" * 300)[0] == 2
    assert "--out cannot be written to: File name too long" in capsys.readouterr().err


def test_a_long_name_is_written(people):
    status, out = call(people, "--quiet", out="x" * 248 + ".csv")
    assert status == 0 and len(pd.read_csv(out)) == N


@pytest.mark.parametrize(
    "error", [PermissionError(13, "Permission denied"), ImportError("zstandard?")]
)
def test_what_cannot_be_written_is_found_before_training(
    people, monkeypatch, capsys, untrained, error
):
    """Though the system says that the folder may be written to."""

    def refuse(*_, **__):
        raise error

    monkeypatch.setattr(pd.DataFrame, "to_csv", refuse)
    assert call(people)[0] == 2
    told = capsys.readouterr().err
    assert "cannot be written to: Permission denied." in told or "zstandard?" in told
    assert len(list(people.parent.iterdir())) == 1


def test_without_pandas(people, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert call(people)[0] == 2
    assert "pandas is needed: pip install 'skgan[csv]'." in capsys.readouterr().err


def test_as_a_module(people):
    command = [sys.executable, "-m", "skgan", "synthesize", people, "--rows", "2"]
    out = people.parent / "new.csv"
    done = subprocess.run(
        [*command, "--out", out, "--max-iter", "1"], capture_output=True, env=os.environ
    )
    assert done.returncode == 0, done.stderr
    assert len(pd.read_csv(out)) == 2
    assert b"\nskgan: warning: Nearly unique text in" in done.stderr


def test_dates_and_numbers_stand_as_in_the_file(tmp_path):
    """Where pandas finds none, the encoder reads them, and writes them back."""
    rng = np.random.default_rng(0)
    days = pd.to_datetime("1990-01-01") + pd.to_timedelta(
        rng.integers(9_000, size=90), "D"
    )
    table = pd.DataFrame(
        {
            "order": np.arange(90) + 700,
            "day": [f"{day.day} {day:%b %Y}" for day in days],
            "at": [f"{i % 24:02}:{15 * (i % 4):02}" for i in rng.integers(96, size=90)],
            "sum": [f"{x:,.2f} $" for x in rng.lognormal(8, 1, size=90)],
        }
    )
    path = tmp_path / "orders.csv"
    table.to_csv(path, index=False)
    status, out = call(path, "--quiet", "--rows", 50)
    rows = pd.read_csv(out)
    assert status == 0 and rows["order"].tolist() == list(range(790, 840))
    for name, shape in {
        "day": r"[1-3]?\d [A-Z][a-z]{2} (19|20)\d\d",
        "at": r"[0-2]\d:[0-5]\d",
        "sum": r"\d{1,3}(,\d{3})*\.\d\d \$",
    }.items():
        assert rows[name].str.fullmatch(shape).all()
    found = pd.to_datetime(rows["day"], format="%d %b %Y")
    assert found.between(days.min(), days.max()).all()


def test_numbers_and_times_keep_their_steps(tmp_path):
    rng = np.random.default_rng(0)
    visit = pd.Timestamp("2020-01-01") + pd.to_timedelta(
        rng.integers(9_000, size=N) * 15, unit="min"
    )
    salary, path = rng.integers(400, 1_800, size=N) * 50, tmp_path / "steps.csv"
    table = pd.DataFrame({"salary": salary, "price": salary / 1_000, "visit": visit})
    table["price"] = rng.permutation(table["price"])
    table.to_csv(path, index=False)
    status, out = call(path, "--rows", 300, "--quiet")
    rows = pd.read_csv(out, parse_dates=["visit"])
    assert status == 0 and rows["salary"].nunique() > 50
    assert (rows["salary"] % 50 == 0).all()
    assert (rows["price"].mul(1_000).round(6) % 50 == 0).all()
    assert (rows["visit"] == rows["visit"].dt.floor("15min")).all()
