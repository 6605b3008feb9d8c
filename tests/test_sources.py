"""Sources: chunks of any pieces, and samples that depend on row numbers alone."""

import platform
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from skgan.sources import concatenated, draw_rows, is_source, source_of, taken
from skgan.sources.sample import row_hashes

N = 1_003
X = np.arange(2 * N).reshape(N, 2)


def pieces(sizes, make=np.asarray):
    """A function that returns rows of X in pieces of these sizes, then the rest."""
    cuts = [0, *np.cumsum(sizes, dtype=int)]

    def function():
        for start, stop in zip(cuts, [*cuts[1:], N], strict=True):
            yield make(X[start:stop])

    return function


def frame(rows):
    return pd.DataFrame(rows, columns=["a", "b"])


def polars_frame(rows):
    return pytest.importorskip("polars").DataFrame(rows, schema=["a", "b"])


def arrow_table(rows):
    return pytest.importorskip("pyarrow").table({"a": rows[:, 0], "b": rows[:, 1]})


MAKERS = [np.asarray, frame, polars_frame, arrow_table]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("sizes", [[], [N], [1, 0, 2, 500], [0, 0, 999], [7] * 100])
def test_chunks_are_of_one_size_whatever_the_pieces(make, sizes):
    found = list(source_of(pieces(sizes, make)).chunks(100))
    assert [len(chunk) for chunk in found] == [100] * 10 + [3]
    assert all(type(chunk) is type(make(X)) for chunk in found)
    rows = [np.column_stack([*map(np.asarray, columns(chunk))]) for chunk in found]
    np.testing.assert_array_equal(np.concatenate(rows), X)


def columns(rows):
    if isinstance(rows, np.ndarray):
        return rows.T
    return [rows["a"], rows["b"]]


def test_sources_start_again():
    source = source_of(pieces([10]))
    assert [len(c) for c in source.chunks(600)] == [600, 403]
    assert [len(c) for c in source.chunks(600)] == [600, 403]


def test_rows_in_memory_are_a_source():
    for rows in (X, frame(X)):
        assert not is_source(rows)
        assert [len(c) for c in source_of(rows).chunks(600)] == [600, 403]


# ------------------------------------------------------------------------ samples


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("sizes", [[], [1, 0, 2, 500], [7] * 100])
def test_samples_are_the_rows_of_the_smallest_hashes(make, sizes):
    sample = draw_rows(source_of(pieces(sizes, make)), 40, seed=3)
    expected = np.sort(np.argsort(row_hashes(3, np.arange(N)))[:40])
    np.testing.assert_array_equal(sample.numbers, expected)
    rows = np.column_stack([*map(np.asarray, columns(sample.rows))])
    np.testing.assert_array_equal(rows, X[expected])
    assert sample.n_rows == N


def test_samples_that_are_cut_on_the_way_are_the_same():
    n, most = 400_000, 500  # more than are held at once
    rows = np.arange(n)[:, None]
    sample = draw_rows(source_of(rows), most, seed=1)
    expected = np.sort(np.argsort(row_hashes(1, np.arange(n)))[:most])
    np.testing.assert_array_equal(sample.numbers, expected)
    np.testing.assert_array_equal(sample.rows[:, 0], expected)


@pytest.mark.parametrize("most", [N, N + 1, 10 * N])
def test_few_rows_are_all_there(most):
    sample = draw_rows(source_of(X), most, seed=0)
    np.testing.assert_array_equal(sample.rows, X)
    np.testing.assert_array_equal(sample.numbers, np.arange(N))


def test_watchers_see_every_row():
    found = []
    draw_rows(source_of(pieces([5, 5])), 10, 0, found.append)
    np.testing.assert_array_equal(np.concatenate(found), X)


def test_hashes_differ_and_are_uniform():
    hashes = row_hashes(0, np.arange(100_000))
    assert len(np.unique(hashes)) == 100_000
    counts = np.bincount((hashes >> np.uint64(58)).astype(int), minlength=64)
    assert ((counts - 1562.5) ** 2 / 1562.5).sum() < 110  # 63 degrees, p = .0002
    neighbors = np.bincount((np.diff(hashes.astype(np.int64)) > 0).astype(int))
    assert abs(neighbors[1] / 99_999 - 0.5) < 0.01


def test_seeds_draw_other_rows():
    samples = [set(draw_rows(source_of(X), 100, seed).numbers) for seed in range(5)]
    shared = [len(a & b) for a in samples for b in samples if a is not b]
    assert np.mean(shared) == pytest.approx(10, abs=3)  # of 100 in 1,003


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (iter([X]), "X must be read several times, .* got list_iterator"),
        ((x for x in [X]), "cannot be started again: pass a function .* got generator"),
        (lambda: iter([]), "X must hold rows, got none"),
        (lambda: iter([X[:0]]), "X must hold rows, got none"),
        (lambda: "text", "X must return an iterator of arrays or data frames, got str"),
        (lambda: 5, "X must return an iterator of arrays or data frames, got int"),
        (lambda: [np.zeros(3)], "2-D arrays or data frames, got ndarray"),
        (
            lambda: [X, X[:, :1]],
            "All pieces of X must have the same columns, got 1 beside 2",
        ),
        (
            lambda: [frame(X), frame(X).rename(columns={"b": "c"})],
            r"the same columns, got \['a', 'c'\] beside \['a', 'b'\]",
        ),
        (
            lambda: [frame(X), X],
            "All pieces of X must be tables of one library, got ndarray beside Data",
        ),
        ("nowhere.parquet", "X must be a file that is there, got 'nowhere.parquet'"),
    ],
)
def test_what_is_no_source_says_so(X, message):
    with pytest.raises(ValueError, match=message):
        list(source_of(X).chunks())


def test_a_function_may_return_one_table():
    assert [len(c) for c in source_of(lambda: X).chunks(600)] == [600, 403]


def test_a_function_that_returns_an_iterator_twice_is_refused():
    once = iter([X])
    source = source_of(lambda: once)
    assert len(list(source.chunks())) == 1
    with pytest.raises(ValueError, match="X must return a fresh iterator each time"):
        list(source.chunks())


def test_files_of_other_formats_are_refused(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(
        ValueError, match=r"a Parquet file, got '.*rows.csv': read .*csv"
    ):
        source_of(path)
    with pytest.raises(ValueError, match="X must hold Parquet files, got none in"):
        source_of(tmp_path)


# ---------------------------------------------------------------------------- files


def test_files_that_differ_get_what_holds_all(tmp_path):
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    first = pa.table({"a": pa.array([1, 2], "int8"), "b": ["x", None]})
    other = pa.table({"b": ["z"], "a": pa.array([2**40])})  # in another order, too
    parquet.write_table(first, tmp_path / "0.parquet")
    parquet.write_table(other, tmp_path / "1.parquet")
    for X in (
        tmp_path,
        str(tmp_path),
        [tmp_path / "0.parquet", tmp_path / "1.parquet"],
    ):
        (found,) = source_of(X).chunks()
        assert found.to_pydict() == {"a": [1, 2, 2**40], "b": ["x", None, "z"]}
        assert found.schema.types == [pa.int64(), pa.string()]
    dataset = pytest.importorskip("pyarrow.dataset").dataset(tmp_path)
    (found,) = source_of(dataset).chunks()
    assert found["a"].to_pylist() == [1, 2, 2**40]


def test_files_are_not_kept_in_memory(tmp_path):
    """Of twenty row groups, what is held at once is a small part."""
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    values = np.random.default_rng(0).normal(size=1_000_000)
    whole = pa.table({"x": values, "y": -values})
    parquet.write_table(whole, tmp_path / "x.parquet", row_group_size=20_000)
    size, before, most = whole.nbytes, pa.total_allocated_bytes(), 0
    for _ in source_of(tmp_path / "x.parquet").chunks(20_000):
        most = max(most, pa.total_allocated_bytes() - before)
    assert 0 < most < size / 2


def test_folders_are_read_in_the_order_of_names(tmp_path, monkeypatch):
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    names = [tmp_path / f"{i}.parquet" for i in range(3)]
    for i, path in enumerate(names):
        parquet.write_table(pa.table({"a": [i]}), path)
    monkeypatch.setattr(type(tmp_path), "rglob", lambda *_: iter(names[::-1]))
    (found,) = source_of(tmp_path).chunks()
    assert found["a"].to_pylist() == [0, 1, 2]


def test_pieces_of_other_widths_get_what_holds_all():
    pa, pl = pytest.importorskip("pyarrow"), pytest.importorskip("polars")
    parts = pa.array([1], "int8"), pa.array([2**40])
    for make in (
        lambda own: pa.table({"a": own}),
        lambda own: pl.DataFrame({"a": own}),
    ):
        (found,) = source_of(lambda make=make: map(make, parts)).chunks()
        assert np.asarray(found["a"]).tolist() == [1, 2**40]


def test_files_of_other_columns_are_named(tmp_path):
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(pa.table({"a": [1]}), tmp_path / "0.parquet")
    parquet.write_table(pa.table({"b": [1]}), tmp_path / "1.parquet")
    with pytest.raises(
        ValueError, match="the same columns, got 'a' in one of .*1.parq"
    ):
        list(source_of(tmp_path).chunks())
    parquet.write_table(pa.table({"a": ["x"]}), tmp_path / "1.parquet")
    with pytest.raises(ValueError, match="types that agree"):
        list(source_of(tmp_path).chunks())


def test_folders_that_name_values_are_read_as_pyarrow_does(tmp_path, monkeypatch):
    pa = pytest.importorskip("pyarrow")
    from pyarrow import dataset, parquet

    for year in (2023, 2024):
        folder = tmp_path / f"year={year}" / "region=north east"
        folder.mkdir(parents=True)
        parquet.write_table(pa.table({"a": [year % 7, 1]}), folder / "0.parquet")
    own = dataset.dataset(tmp_path, partitioning="hive")
    monkeypatch.chdir(tmp_path.parent)
    for X, whole in (
        (tmp_path.name, parquet.read_table(tmp_path)),
        (tmp_path, parquet.read_table(tmp_path)),
        ([tmp_path], parquet.read_table(tmp_path)),
        (own, own.to_table()),
    ):
        (found,) = source_of(X).chunks()
        assert found.to_pydict() == whole.to_pydict()
        assert found.schema == whole.schema
        assert found["year"].to_pylist() == [2023, 2023, 2024, 2024]


def test_a_column_of_a_file_goes_before_what_its_folder_says(tmp_path):
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    folder = tmp_path / "month=May"
    folder.mkdir()
    months = pa.array(["June", "July"]).dictionary_encode()
    table = pa.table({"a": [1, 2], "month": months})
    parquet.write_table(table, folder / "0.parquet")
    (found,) = source_of(tmp_path).chunks()
    assert found.to_pydict() == {"a": [1, 2], "month": ["June", "July"]}
    parquet.write_table(pa.table({"a": [1], "month": [5]}), folder / "0.parquet")
    with pytest.raises(ValueError, match=r"must agree on types, in .*month"):
        source_of(tmp_path)


def test_text_beside_dictionaries_is_text(tmp_path):
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    texts = pa.array(["x", None])
    tables = [pa.table({"a": own}) for own in (texts.dictionary_encode(), texts)]
    for i, table in enumerate(tables):
        parquet.write_table(table, tmp_path / f"{i}.parquet")
    for X in (tmp_path, lambda: iter(tables), lambda: iter(tables[::-1])):
        (found,) = source_of(X).chunks()
        assert found.schema.types == [pa.string()]
        assert found["a"].to_pylist() == ["x", None, "x", None]


def test_datasets_of_some_rows_or_columns_are_refused(tmp_path):
    pa = pytest.importorskip("pyarrow")
    from pyarrow import dataset, parquet

    table = pa.table({"a": [1, 2], "b": [3, 4]})
    parquet.write_table(table, tmp_path / "x.parquet")
    all_of_them = dataset.dataset(tmp_path)
    for X, message in (
        (all_of_them.filter(dataset.field("a") > 1), "all rows of its files.* filter"),
        (
            dataset.dataset(tmp_path, schema=pa.schema([("a", pa.int64())])),
            r"all columns of its files, got \['a'\] of \['a', 'b'\]",
        ),
        (dataset.dataset(table), "a dataset of files, got InMemoryDataset"),
        (dataset.dataset([all_of_them]), "a dataset of files, got UnionDataset"),
    ):
        with pytest.raises(ValueError, match=f"X must be {message}"):
            list(source_of(X).chunks())


def test_files_that_cannot_be_read_are_named(tmp_path):
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = tmp_path / "cut.parquet"
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(ValueError, match="Parquet files that are whole, got .*cut.par"):
        list(source_of(path).chunks())
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"])
    parquet.write_table(table, path)
    with pytest.raises(ValueError, match="unique, got 'a' 2 times in .*cut.parquet"):
        list(source_of(path).chunks())
    great = pa.array([2**63], "uint64")
    parquet.write_table(pa.table({"a": great}), tmp_path / "0.parquet")
    parquet.write_table(pa.table({"a": pa.array([-1])}), tmp_path / "1.parquet")
    paths = [tmp_path / "0.parquet", tmp_path / "1.parquet"]
    with pytest.raises(ValueError, match="types that agree: .* in .*0.parquet"):
        list(source_of(paths).chunks())


def test_the_index_of_pandas_is_no_column(tmp_path):
    pytest.importorskip("pyarrow")
    own = frame(X).set_index(pd.Index(np.arange(N) * 3, name="key"))
    own.to_parquet(tmp_path / "x.parquet")
    (found,) = source_of(tmp_path / "x.parquet").chunks()
    assert found.column_names == ["a", "b"]


def test_lazy_frames_are_read_in_order():
    pl = pytest.importorskip("polars")
    lazy = pl.DataFrame(X, schema=["a", "b"]).lazy().with_columns(pl.col("b") * 2)
    found = list(source_of(lazy).chunks(600))
    assert [len(chunk) for chunk in found] == [600, 403]
    np.testing.assert_array_equal(concatenated(found)["b"].to_numpy(), 2 * X[:, 1])


def test_some_rows_by_position_whatever_the_index():
    own = frame(X).set_index(pd.Index(np.arange(N)[::-1]))
    np.testing.assert_array_equal(taken(own, np.array([5, 2])).to_numpy(), X[[5, 2]])


RELEASE = """
from types import SimpleNamespace
import numpy as np
from skgan.estimators.forecast import begin_phase

def megabytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 1e6

rows = [np.ones(10_000) for _ in range(2_000)]  # 160 MB, too small to be mapped
last = np.ones(10_000)  # above them, so that the heap cannot shrink
del rows
before = megabytes()
begin_phase(SimpleNamespace(verbose=0), "scores")
print(before - megabytes())
"""


@pytest.mark.skipif(
    sys.platform != "linux" or platform.libc_ver()[0] != "glibc", reason="needs glibc"
)
def test_what_a_phase_needed_goes_back_to_the_system():
    done = subprocess.run(
        [sys.executable, "-c", RELEASE], capture_output=True, text=True, check=True
    )
    assert float(done.stdout) > 100
