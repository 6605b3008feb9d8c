"""Rows that are written as they are drawn: the same ones, whole, in little memory."""

import decimal
import gzip
import os
import sys
import zipfile

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.mixture import GaussianMixture

import skgan.model.drawing
from skgan import DCGANGenerator, GANGenerator, RefinedGenerator
from skgan.cli.commands import main
from skgan.cli.writing import Writer
from skgan.encoding import SeveralTables, TableEncoder
from skgan.encoding.columns import EarlierNames
from skgan.estimators.files import save
from skgan.sinks.arrays import ArraySink
from skgan.sinks.csv import CsvSink, compressed
from skgan.sinks.parquet import schema_of
from skgan.sinks.table_file import TableFile
from skgan.sinks.tables import as_table
from skgan.storage.whole import whole_file

N, CHUNK = 600, 100


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(skgan.model.drawing, "CHUNK_ROWS", CHUNK)


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "key": np.arange(1_000, 1_000 + N),
            "name": [f"ORD-{i**3 % 10**7:07}" for i in range(N)],
            "income": rng.normal(size=N),
            "city": rng.choice(["Bonn", "Jena", None], N, p=[0.6, 0.3, 0.1]),
            "paid": [decimal.Decimal(int(v)) / 100 for v in rng.integers(0, 99_999, N)],
            "born": pd.Timestamp("2020-01-01")
            + pd.to_timedelta(rng.integers(0, 900, N), "D"),
            "visits": pd.array(rng.integers(0, 9, N), dtype="Int64"),
            "size": pd.Categorical(rng.choice(list("SML"), N)),
        }
    )
    # Nearly always missing, so that a chunk may lack all its values
    table["note"] = np.where(rng.random(N) < 0.02, "late", None)
    table["count"] = np.where(rng.random(N) < 0.02, 7, None)
    table.loc[::3, "visits"] = pd.NA
    return table


@pytest.fixture(scope="module")
def labels():
    rng = np.random.default_rng(1)
    return pd.Series(rng.choice(["no", "yes"], N), name="member")


def fitted(X, y=None):
    options = {"max_iter": 10, "n_score_samples": 100, "refinement": None}
    gan = GANGenerator(class_conditional=y is not None, random_state=0, **options)
    with pytest.warns(UserWarning, match="identifiers"):
        return gan.fit(X, y)


@pytest.fixture(scope="module")
def gan(people, labels):
    return fitted(people, labels)


def test_the_first_chunk_is_a_sample_and_names_go_on(gan, tmp_path):
    path = tmp_path / "new.parquet"
    assert gan.sample_to(path, 350, random_state=1) is None
    rows = pd.read_parquet(path)
    expected = gan.sample(CHUNK, random_state=1)
    assert len(rows) == 350 and list(rows) == list(expected)
    kept = expected.columns.drop(["note", "count"])  # whose None comes back as nan
    pd.testing.assert_frame_equal(rows[:CHUNK][kept], expected[kept])
    assert rows["key"].tolist() == list(range(1_000 + N, 1_350 + N))
    assert rows["name"].is_unique
    # Chunks have seeds of their own
    assert not set(rows["income"][:CHUNK]) & set(rows["income"][CHUNK:])
    alike = tmp_path / "again.parquet"
    gan.sample_to(alike, 350, random_state=1)
    assert alike.read_bytes() == path.read_bytes()
    gan.sample_to(alike, 350, random_state=2)
    other = pd.read_parquet(alike)
    assert not set(rows["income"]) & set(other["income"])
    assert not set(rows["name"]) & set(other["name"])


def test_row_groups_have_one_type_though_chunks_lack_values(gan, tmp_path):
    path = tmp_path / "new.parquet"
    drawn = (gan.sample(CHUNK, random_state=seed) for seed in range(99))
    seed = next(k for k, rows in enumerate(drawn) if rows["count"].isna().all())
    gan.sample_to(path, 350, random_state=seed)
    file = pq.ParquetFile(path)
    assert [file.metadata.row_group(k).num_rows for k in range(4)] == [100] * 3 + [50]
    types = {field.name: field.type for field in file.schema_arrow}
    assert file.read_row_group(0)["count"].null_count == CHUNK
    assert file.read()["count"].null_count < 350
    assert types["count"] == pa.int64()
    assert types["paid"] == pa.decimal128(38, 2)
    back = pd.read_parquet(path)
    assert back["visits"].dtype == "Int64" and back["size"].dtype == "category"
    assert back["visits"].isna().any()


def test_decimals_of_arrow_keep_their_digits_and_objects_get_all():
    own = pd.array([decimal.Decimal("1.50")], pd.ArrowDtype(pa.decimal128(9, 2)))
    schema = schema_of(pd.DataFrame({"own": own, "any": [decimal.Decimal("1.50")]}))
    assert schema.types == [pa.decimal128(9, 2), pa.decimal128(38, 2)]


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_other_libraries(people, library, tmp_path):
    plain = people.drop(columns="count")
    table = pl.from_pandas(plain) if library == "polars" else pa.table(plain)
    gan = fitted(table)
    gan.sample_to(tmp_path / "new.parquet", 250, random_state=0)
    expected = gan.sample(CHUNK, random_state=0)
    rows = pl.read_parquet(tmp_path / "new.parquet")
    assert rows[:CHUNK].rows() == pl.DataFrame(expected).rows()
    assert len(rows) == 250 and rows["key"].is_unique().all()
    gan.sample_to(tmp_path / "new.csv", 250, random_state=0)
    text = pd.read_csv(tmp_path / "new.csv", dtype=str)["visits"]
    assert text.dropna().str.fullmatch(r"\d").all()  # no 1.0 where others are missing


def test_csv_files(gan, tmp_path):
    for name in ("new.csv", "new.csv.gz", "new.csv.bz2", "new.csv.xz", "new.csv.zip"):
        gan.sample_to(tmp_path / name, 250, random_state=0, write_y=True)
    rows = pd.read_csv(tmp_path / "new.csv", dtype=str)
    assert list(rows) == [*gan.feature_names_in_, "member"] and len(rows) == 250
    expected, y = gan.sample(CHUNK, return_y=True, random_state=0)
    assert rows["member"][:CHUNK].tolist() == y.tolist()
    assert (
        rows["paid"][:CHUNK].map(decimal.Decimal).tolist() == expected["paid"].tolist()
    )
    for name in ("new.csv.gz", "new.csv.bz2", "new.csv.xz", "new.csv.zip"):
        assert pd.read_csv(tmp_path / name, dtype=str).equals(rows), name
    content = (tmp_path / "new.csv").read_bytes()
    packed = (tmp_path / "new.csv.gz").read_bytes()
    assert gzip.decompress(packed) == content
    with zipfile.ZipFile(tmp_path / "new.csv.zip") as archive:
        (member,) = archive.infolist()
    assert member.filename == "new.csv" and member.compress_size < len(content) / 2
    gan.sample_to(tmp_path / "NEW.CSV.GZ", 250, random_state=0, write_y=True)
    assert (tmp_path / "NEW.CSV.GZ").read_bytes() == packed
    gan.sample_to(tmp_path / "new.tsv", 5, random_state=0)
    assert (tmp_path / "new.tsv").read_text().count("\t") == 6 * 9


def test_labels_of_each_row_and_conditions(gan, tmp_path):
    path, y = tmp_path / "new.parquet", np.repeat(["yes", "no"], [120, 130])
    where = {"city": "Jena"}
    gan.sample_to(path, 250, y=y, where=where, write_y=True, random_state=0)
    rows = pd.read_parquet(path)
    assert rows["member"].tolist() == y.tolist() and set(rows["city"]) == {"Jena"}
    assert rows["key"].tolist() == list(range(1_000 + N, 1_250 + N))
    assert rows["name"].is_unique
    with pytest.raises(ValueError, match="one for each of 250 rows, got 3"):
        gan.sample_to(path, 250, y=["yes"] * 3)
    assert len(pd.read_parquet(path)) == 250  # that of before


def test_candidates_are_those_of_all_chunks_together(gan, tmp_path, monkeypatch):
    """There are not as many for each chunk."""
    searching = sys.modules[skgan.refinement.search.__module__]
    monkeypatch.setattr(searching, "N_PILOT", 1_000)
    monkeypatch.setattr(searching, "MAX_CANDIDATES", 10_000)
    incomes = gan.sample(5_000, random_state=1)["income"]
    for n_rows, each, is_refused in [
        (90, 50, False),
        (350, 50, True),
        (350, 12, False),
    ]:
        where = {"income": (incomes.quantile(1 - 1 / each), None)}
        path, how = tmp_path / "new.parquet", {"where": where, "random_state": 0}
        if is_refused:
            gan.sample_to(path, 90, **how)
            # 350 times 50, as far as about twenty rows of a pilot tell
            needed = r"350 rows would need about [12]\d,000 candidates, and 10,000 are"
            with pytest.raises(ValueError, match=needed):
                gan.sample_to(path, n_rows, **how)
            continue
        gan.sample_to(path, n_rows, **how)
        found, first = pd.read_parquet(path), gan.sample(min(n_rows, CHUNK), **how)
        assert len(found) == n_rows
        assert found["income"].tolist()[: len(first)] == first["income"].tolist()


def test_shares_hold_over_all_chunks(gan, tmp_path):
    shares = {"city": {"Bonn": 0.25, "Jena": 0.75}}
    gan.sample_to(tmp_path / "a.csv", 350, shares=shares, y="no", random_state=0)
    found = pd.read_csv(tmp_path / "a.csv")["city"].value_counts()
    assert abs(found["Bonn"] - 87.5) <= 4  # one for each chunk at most


def test_functions_of_identifiers_name_all_rows_at_once(people, tmp_path):
    calls = []

    def count(n):
        calls.append(n)
        return [f"c{i}" for i in range(n)]

    encoder = TableEncoder(identifiers={"name": count})
    options = {"max_iter": 5, "n_score_samples": 50, "refinement": None}
    gan = GANGenerator(encoder=encoder, **options).fit(people[["name", "income"]])
    calls.clear()
    gan.sample_to(tmp_path / "a.csv", 250)
    assert calls == [250]
    names = pd.read_csv(tmp_path / "a.csv")["name"]
    assert names.tolist() == [f"c{i}" for i in range(250)]


@pytest.mark.parametrize("values", [["A0", "A5", "B3"], [10, 50, 73]])
def test_names_of_a_pattern_that_is_used_up_still_differ(values):
    """Of two characters there are few, and texts get longer in later tables, too."""
    table = pd.DataFrame({"id": np.resize(values, 60), "x": np.arange(60.0)})
    table["id"] = [f"A{i}" for i in range(60)] if "A0" in values else range(10, 70)
    encoder = TableEncoder(identifiers=["id"]).fit(table)
    make, rng = SeveralTables(400), np.random.default_rng(0)
    (name,) = encoder.fresh_identifiers(1, rng)
    parts = [encoder._named(100, rng, make)[name] for _ in range(4)]
    names = np.concatenate(parts)
    assert len(set(names.tolist())) == 400


def test_names_of_earlier_tables_are_known():
    """Those of the last and those of all before, whatever characters they have."""
    earlier, texts = EarlierNames(9), ["b", "\ud800", "a", "c"]
    for text in texts:
        earlier.update([text])
        assert text in earlier and not earlier.had(text)
        earlier.end(2, ["more"])
    assert all(text in earlier and earlier.had(text) for text in [*texts, "more"])
    assert not any(f"other {k}" in earlier for k in range(99))
    assert earlier.n_rows == 8


def test_pixels_and_images_as_arrays(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (60, 8, 8)).astype(np.uint8)
    gan = DCGANGenerator(base_channels=2, max_iter=3, n_score_samples=20).fit(images)
    gan.sample_to(tmp_path / "new.npy", 250, random_state=0)
    found = np.load(tmp_path / "new.npy")
    assert found.shape == (250, 8, 8) and found.dtype == np.uint8
    assert np.array_equal(found[:CHUNK], gan.sample(CHUNK, random_state=0))
    for name in ("new.csv", "new.parquet"):
        with pytest.raises(ValueError, match="a file holds tables, not images of"):
            gan.sample_to(tmp_path / name, 3)
    rows = gan.fit(images.reshape(60, 64))
    rows.sample_to(tmp_path / "rows.parquet", 3, random_state=0)
    found = pd.read_parquet(tmp_path / "rows.parquet")
    assert list(found)[:2] == ["0", "1"] and set(found.dtypes) == {np.dtype("u1")}
    assert np.array_equal(found, rows.sample(3, random_state=0))


def test_refined_rows_and_those_of_a_pool(tmp_path):
    X = np.random.default_rng(0).normal(size=(120, 2)).round(3)
    refined = RefinedGenerator(GaussianMixture(2), random_state=0).fit(X)
    refined.sample_to(tmp_path / "a.npy", 250, random_state=0)
    rows = np.load(tmp_path / "a.npy")
    assert np.array_equal(rows[:CHUNK], refined.sample(CHUNK, random_state=0))
    assert rows.shape == (250, 2) and len(np.unique(rows[:, 0])) > 150
    pool = np.random.default_rng(1).normal(size=(900, 2))
    chosen = RefinedGenerator(random_state=0).fit(X, pool=pool)
    chosen.sample_to(tmp_path / "b.npy", np.int64(250), random_state=0)
    rows = np.load(tmp_path / "b.npy")
    assert np.array_equal(rows, chosen.sample(250, random_state=0))
    assert len(np.unique(rows, axis=0)) == 250  # none twice, over chunks
    chosen.fit(X, pool=pool.tolist()).sample_to(tmp_path / "b.csv", 9, random_state=0)
    found = pd.read_csv(tmp_path / "b.csv")
    assert list(found) == ["0", "1"]
    assert found.to_numpy().tolist() == chosen.sample(9, random_state=0)


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("name", ["new.parquet", "new.csv.gz", "new.npy"])
def test_whole_or_not_at_all(tmp_path, monkeypatch, error, name):
    X = np.random.default_rng(0).normal(size=(60, 3))
    options = {"max_iter": 3, "n_score_samples": 20, "encoder": "scaled"}
    gan, draw = GANGenerator(**options).fit(X), skgan.model.drawing.draw_rows
    calls = []

    def fail(*args, **how):
        calls.append(sorted(os.listdir(tmp_path)))
        if len(calls) == 3:
            raise error
        return draw(*args, **how)

    monkeypatch.setattr(skgan.model.drawing, "draw_rows", fail)
    (tmp_path / name).write_text("old")
    with pytest.raises(error):
        gan.sample_to(tmp_path / name, 350)
    assert len(calls) == 3 and len(calls[-1]) == 2  # it was written beside
    assert os.listdir(tmp_path) == [name] and (tmp_path / name).read_text() == "old"


def test_what_is_refused(gan, tmp_path):
    for name in ("new", "new.xlsx", "new.parquet.gz", "new.npy.gz"):
        with pytest.raises(ValueError, match=r"path must end in one of .parquet, .csv"):
            gan.sample_to(tmp_path / name, 3)
    with pytest.raises(ValueError, match="n_samples must be an integer"):
        gan.sample_to(tmp_path / "a.csv", 0)
    with pytest.raises(
        ValueError, match="a file .npy holds arrays of numbers, got row"
    ):
        gan.sample_to(tmp_path / "a.npy", 3)
    with pytest.raises(ValueError, match="a file .npy has no column of labels"):
        gan.sample_to(tmp_path / "a.npy", 3, write_y=True)
    with pytest.raises(FileNotFoundError):
        gan.sample_to(tmp_path / "none" / "a.csv", 3)
    assert os.listdir(tmp_path) == []


def test_a_label_must_not_be_named_as_a_column(people, labels, tmp_path):
    options = {"max_iter": 2, "n_score_samples": 20, "refinement": None}
    X, y = people[["income", "city"]], labels.rename("city")
    gan = GANGenerator(class_conditional=True, **options).fit(X, y)
    with pytest.raises(ValueError, match="another name than a column .* got 'city'"):
        gan.sample_to(tmp_path / "a.csv", 3, write_y=True)
    plain = GANGenerator(**options).fit(X)
    with pytest.raises(ValueError, match="write_y=True needs class_conditional=True"):
        plain.sample_to(tmp_path / "a.csv", 3, write_y=True)


@pytest.mark.parametrize(
    ("library", "name", "extra"),
    [("pyarrow", "a.parquet", "parquet"), ("pandas", "a.csv", "csv")],
)
def test_what_is_not_installed_is_named(tmp_path, monkeypatch, library, name, extra):
    X = np.random.default_rng(0).normal(size=(30, 2))
    gan = GANGenerator(max_iter=2, n_score_samples=20).fit(X)
    for module in (library, f"{library}.parquet"):
        monkeypatch.setitem(sys.modules, module, None)
    words = rf"{library} is needed: pip install 'skgan\[{extra}\]'"
    with pytest.raises(ImportError, match=words):
        gan.sample_to(tmp_path / name, 3)
    assert os.listdir(tmp_path) == []


def test_days_have_times_where_earlier_ones_had(tmp_path):
    noon, days = pd.Timestamp("2020-01-01 12:00"), pd.Timestamp("2020-01-02")
    with whole_file(tmp_path / "a.csv") as file, CsvSink(file, sep=";") as sink:
        for time in (noon, days):
            table = pd.DataFrame({"t": [time, None], "d": [days, None], "x": 1.5})
            sink.write(table)
    assert (tmp_path / "a.csv").read_text().splitlines() == [
        "t;d;x",
        "2020-01-01 12:00:00;2020-01-02;1.5",
        ";;1.5",
        "2020-01-02 00:00:00;2020-01-02;1.5",
        ";;1.5",
    ]


def test_archives_hold_no_time_and_no_name_of_their_own(tmp_path):
    """Else the same rows would not be the same bytes."""
    path = tmp_path / "a.csv.gz"
    with open(path, "wb") as file, compressed(file, path) as stream:
        stream.write(b"a")
    assert path.read_bytes()[3:8] == bytes(5)  # flags, and a time


def test_labels_are_one_more_column_and_rows_stay_as_they_are():
    content = {"a": [1, 2], "own": ["x", "y"]}
    rows = pd.DataFrame({"a": [1, 2]})
    for labels in (pd.Series(["x", "y"], name="own"), np.array(["x", "y"])):
        table = as_table(rows, labels)
        assert list(rows) == ["a"]
        name = getattr(labels, "name", "label")
        assert table.to_dict("list") == {"a": [1, 2], name: ["x", "y"]}
    for library in (pl.DataFrame, pa.table):
        table = as_table(library({"a": [1, 2]}), pl.Series("own", ["x", "y"]))
        assert isinstance(table, pa.Table) and table.to_pydict() == content
        table = as_table(library({"a": [1, 2]}), np.array(["x", "y"]))
        assert table.to_pydict() == {"a": [1, 2], "label": ["x", "y"]}


def test_an_array_has_the_type_of_its_first_rows_in_their_order(tmp_path):
    first, second = np.array([[1.5, 2], [3, 4]]).T, np.array([[5, 6]])
    with whole_file(tmp_path / "a.npy") as file, ArraySink(file, 3) as sink:
        for rows in (first, second):
            sink.write(rows)
    found = np.load(tmp_path / "a.npy")
    assert found.dtype == float and found.tolist() == [[1.5, 3], [2, 4], [5, 6]]


def test_a_mark_of_the_encoding_comes_once(tmp_path):
    with whole_file(tmp_path / "a.csv") as file, compressed(file, "a.csv") as stream:
        with CsvSink(stream, sep=";", encoding="utf-16", decimal=",") as sink:
            for _ in range(2):
                sink.write(pd.DataFrame({"x": [0.5]}))
    content = (tmp_path / "a.csv").read_bytes()
    assert content.count(b"\xff\xfe") == 1
    assert content.decode("utf-16").split() == ["x", "0,5", "0,5"]


READ = {"parquet": pd.read_parquet, "csv": pd.read_csv}


@pytest.mark.parametrize("suffix", READ)
def test_the_command_line_draws_chunks(gan, tmp_path, suffix, monkeypatch):
    save(gan, tmp_path / "gan.skgan")
    drawn, draw = [], skgan.model.drawing.draw_rows

    def counted(model, n_rows, *args, **how):
        drawn.append(n_rows)
        return draw(model, n_rows, *args, **how)

    monkeypatch.setattr(skgan.model.drawing, "draw_rows", counted)
    out = tmp_path / f"new.{suffix}"
    command = ["sample", tmp_path / "gan.skgan", "--rows", 250, "--out", out]
    assert main([*map(str, command), "--seed", "3"]) == 0
    assert drawn == [100, 100, 50]
    rows = READ[suffix](out)
    expected = gan.sample(CHUNK, random_state=3)
    assert list(rows) == [*expected, "member"] and rows["key"].is_unique
    assert len(rows) == 250
    assert rows["income"][:CHUNK].tolist() == expected["income"].tolist()


def test_the_command_line_draws_no_more_rows_than_a_sheet_has(tmp_path, capsys):
    (model := tmp_path / "gan.skgan").write_text("which is not even read")
    command = ["sample", model, "--rows", 2**20, "--out", tmp_path / "a.xlsx"]
    assert main([*map(str, command)]) == 2
    assert "--rows must be at most 1048575" in capsys.readouterr().err


def test_a_sheet_has_the_rows_of_all_tables(monkeypatch):
    written = []

    def put(rows, *_, **__):
        written.append(rows["a"].tolist())

    monkeypatch.setattr(pd.DataFrame, "to_excel", put)
    tables = [pd.DataFrame({"a": [k]}) for k in range(3)]
    Writer("a.xlsx", None, TableFile()).to(None, tables[0], iter(tables))
    assert written == [[0, 1, 2]]


@pytest.mark.parametrize("mark", [".", ","])
def test_numbers_that_are_text_have_one_type_in_all_chunks(tmp_path, mark):
    """Of a CSV file they are text to the encoder, and numbers in Parquet."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "paid": [f"{v / 4:.2f}".rstrip("0").rstrip(".") for v in range(N)],
            "zone": rng.choice(["1", "2", "x"], N, p=[0.49, 0.49, 0.02]),
        }
    )
    table["paid"] = table["paid"].str.replace(".", mark)
    table.to_csv(tmp_path / "a.csv", index=False, sep=";")
    out = tmp_path / "b.parquet"
    options = ["--quiet", "--max-iter", "5", "--no-refinement", "--seed", "0"]
    assert (
        main(["synthesize", f"{tmp_path / 'a.csv'}", "--out", f"{out}", *options]) == 0
    )
    rows = pd.read_parquet(out)
    assert len(rows) == N and rows["paid"].notna().all()
    assert rows["paid"].dtype == "Float64" and rows["zone"].dtype == "str"
