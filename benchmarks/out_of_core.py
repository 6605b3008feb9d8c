"""More rows than memory: what a fit of a large Parquet file takes, and what it keeps.

The table has 12 columns: a key, numbers with many and with few decimals, whole numbers,
a sum of two others, times of which one is never below the other, categories (1,000, and
20 of which the rarest is one row in 50,000), a flag, and incomes that are missing or 0
for many. It is written first, 120 bytes a row.

Runs, each in a process of its own, whose peak memory is printed:

- ``passes``: what both passes over all rows take, without training;
- ``fit``: one fit, and its file's digest;
- ``chunks_1000``, ``chunks_77777``, ``chunks_1000000``, ``three_files``: the same fit
  from rows that come in other pieces; digests must be equal;
- ``frame``: the first ``max_rows`` rows as a file and as a table in memory;
- ``unrefined``, ``refined``: rows written to Parquet as they are drawn, and the share
  of the rarest category in them and in the rows of the table;
- ``ctgan``: one epoch of CTGAN (``pip install ctgan``, Business Source License) on a
  tenth of the rows.

Results go to a CSV file, and a run that is there already is left out.
"""

import hashlib
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
from common import parser, print_machine
from harness import Bench
from pyarrow import compute, parquet

import skgan
from skgan import GANGenerator
from skgan.estimators.all_rows import counted, gather
from skgan.estimators.inputs import read_inputs
from skgan.privacy import MIN_ROWS

AT_ONCE = 500_000  # rows that are made
RAREST = "grade_19 of the scale", 1 / 50_000
FIGURES = ["seconds", "rows_a_second", "digest", "share", "rarest"]
RUNS = ["passes", "fit", "chunks_1000", "chunks_77777", "chunks_1000000"]
RUNS += ["three_files", "frame", "unrefined", "refined", "ctgan"]
CITIES = np.array([f"city_{i:03d} in the valley" for i in range(1_000)])
GRADES = np.array([f"grade_{i:02d} of the scale" for i in range(20)])


def rows(number, n):
    """The rows of one piece, a table."""
    rng = np.random.default_rng([7, number])
    common = (1 - RAREST[1]) / 19
    grade = rng.choice(20, n, p=[common] * 19 + [RAREST[1]])
    city = np.minimum(rng.zipf(1.3, n) - 1, 999)
    age = rng.integers(18, 91, n)
    net = np.round(np.exp(rng.normal(3 + 0.02 * grade, 1, n)), 2)
    fee = np.round(net * rng.choice([0.05, 0.1, 0.2], n), 2)
    ordered = np.datetime64("2024-01-01") + rng.integers(0, 366 * 86_400, n)
    shipped = ordered + rng.exponential(2 * 86_400, n).astype(np.int64)
    income = np.where(rng.random(n) < 0.2, 0, np.exp(rng.normal(8 + age / 40, 0.7, n)))
    first = number * AT_ONCE
    return pa.table(
        {
            "order": np.arange(first, first + n),
            "age": age,
            "net": net,
            "fee": fee,
            "total": np.round(net + fee, 2),
            "ordered": pa.array(ordered.astype("M8[s]")),
            "shipped": pa.array(shipped.astype("M8[s]")),
            "city": pa.array(CITIES[city]),
            "grade": pa.array(GRADES[grade]),
            "is_returned": rng.random(n) < 0.02 + 0.001 * (age - 18),
            "income": pa.array(income, mask=rng.random(n) < 0.07),
            "weight": rng.gamma(2, 1.5, n),
        }
    )


def write(path, n_rows, first=0):
    """A file of rows, those from the piece ``first`` on."""
    if path.exists():
        return
    partial = path.with_suffix(".part")
    plain = {"compression": "none", "use_dictionary": False}
    with parquet.ParquetWriter(partial, rows(0, 10).schema, **plain) as file:
        for number in range(first, first + -(-n_rows // AT_ONCE)):
            n = min(AT_ONCE, n_rows - (number - first) * AT_ONCE)
            file.write_table(rows(number, n))
    partial.rename(path)


class Work:
    """One run of the benchmark."""

    def __init__(self, folder, params):
        self.folder, self.params = folder, params

    def __call__(self, run, n_rows):
        name, _, size = run.partition("_")
        work = self._chunks if name == "chunks" else getattr(self, run)
        start = time.perf_counter()
        figures = work(*([int(size)] if name == "chunks" else []), n_rows)
        return {"seconds": time.perf_counter() - start} | figures

    def path(self, n_rows):
        return self.folder / f"{n_rows}.parquet"

    def gan(self):
        return GANGenerator(random_state=0, **self.params)

    def passes(self, n_rows):
        gan, start = self.gan(), time.process_time()
        data, everything = gather(gan, self.path(n_rows), None, gan.random_state)
        first = time.process_time() - start
        inputs = read_inputs(gan, *data, MIN_ROWS, everything.in_encoding)
        start = time.process_time()
        counted(inputs, everything, MIN_ROWS)
        second = time.process_time() - start
        print(f"first pass {first:.1f} s, second {second:.1f} s of the processor")
        return {"rows_a_second": n_rows / max(first, second)}

    def fit(self, n_rows):
        gan = self.gan().fit(self.path(n_rows))
        skgan.save(gan, self.folder / "model.skgan")
        return {"digest": digest(gan)}

    def _chunks(self, size, n_rows):
        def pieces():
            with parquet.ParquetFile(self.path(n_rows), pre_buffer=False) as file:
                for batch in file.iter_batches(size):
                    yield pa.Table.from_batches([batch])

        return {"digest": digest(self.gan().fit(pieces))}

    def three_files(self, n_rows):
        with TemporaryDirectory(dir=self.folder) as folder:
            cuts = [0, n_rows // AT_ONCE // 5, n_rows // AT_ONCE // 2]
            ends = [*(cut * AT_ONCE for cut in cuts[1:]), n_rows]
            for i, (cut, end) in enumerate(zip(cuts, ends, strict=True)):
                path = Path(folder) / f"part_{i}.parquet"
                write(path, end - cut * AT_ONCE, cut)
            return {"digest": digest(self.gan().fit(Path(folder)))}

    def frame(self, n_rows):
        gan = self.gan()
        n = min(gan.max_rows, n_rows)
        write(self.path(n), n)
        own = digest(gan.fit(self.path(n)))
        assert own == digest(self.gan().fit(parquet.read_table(self.path(n))))
        return {"digest": own}

    def unrefined(self, n_rows):
        return self._written(n_rows, n_rows, refine=False)

    def refined(self, n_rows):
        return self._written(n_rows // 10, n_rows, refine=True)

    def _written(self, n, n_rows, refine):
        gan = skgan.load(self.folder / "model.skgan")
        path, start = self.folder / "drawn.parquet", time.perf_counter()
        gan.sample_to(path, n, refine=refine, random_state=0)
        pace = n / (time.perf_counter() - start)
        found = rarest(path)
        path.unlink()
        share = rarest(self.path(n_rows))
        return {"rows_a_second": pace, "share": share, "rarest": found}

    def ctgan(self, n_rows):
        from ctgan import CTGAN  # not among the dependencies

        n = n_rows // 10
        write(self.path(n), n)
        table = parquet.read_table(self.path(n)).to_pandas()
        table["income"] = table["income"].fillna(-1)
        for name in ("ordered", "shipped"):
            table[name] = table[name].astype("int64")
        categories = ["city", "grade", "is_returned"]
        start = time.perf_counter()
        CTGAN(epochs=1, enable_gpu=False).fit(table, categories)
        return {"rows_a_second": n / (time.perf_counter() - start)}


def digest(gan):
    """The first digits of that of the model's file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.skgan"
        skgan.save(gan, path, discriminator=True)
        return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def rarest(path):
    """The share of the rarest category in a file."""
    n_found, n_rows = 0, 0
    with parquet.ParquetFile(path, pre_buffer=False) as file:
        for batch in file.iter_batches(columns=["grade"]):
            n_found += compute.sum(compute.equal(batch[0], RAREST[0])).as_py()
            n_rows += len(batch)
    return n_found / n_rows


def main():
    options = parser(__doc__)
    options.add_argument("--rows", type=int, default=20_000_000)
    options.add_argument("--max-rows", type=int, default=1_000_000)
    options.add_argument("--max-iter", type=int, default=1_000)
    options.add_argument("--folder", type=Path, required=True)
    options.add_argument("--results", type=Path)
    options.add_argument("--runs", nargs="+", choices=RUNS, default=RUNS)
    options = options.parse_args()
    print_machine(options.threads)
    options.folder.mkdir(exist_ok=True)
    params = {"max_rows": options.max_rows, "max_iter": options.max_iter}
    work = Work(options.folder, params)
    write(work.path(options.rows), options.rows)
    size = work.path(options.rows).stat().st_size
    print(f"{options.rows} rows, {size / 2**30:.2f} GiB", flush=True)
    bench = Bench(options.results, ["run", "n_rows"], FIGURES, options.threads)
    for run in options.runs:
        bench.run(work, run=run, n_rows=options.rows)


if __name__ == "__main__":
    main()
