"""Does a tree give the numbers of commit 39d9ab3, to the last bit? Run by hand.

    python tests/equivalence.py [--cases NAME ...] [--reference FOLDER]

The commit is written to a temporary folder, both trees fit the cases of
``equivalence_cases.py`` with the same seeds, each in processes of its own, and what
they sample and score is compared. A folder for ``--reference`` keeps the results of the
commit, which are computed anew where a case, the machine or a library has changed.
Ends with status 1 if something differs.
"""

import argparse
import contextlib
import hashlib
import inspect
import io
import os
import pickle
import subprocess
import sys
import tarfile
import tempfile
import time
import traceback
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

COMMIT = "39d9ab3"
HERE = Path(__file__).resolve().parent
N_SAMPLES, N_LATENTS, N_SCORED = 200, 50, 300
# Compared and shown, but free to differ: a new calibration, and means in another order
REPORTED = {"discriminate", "loss_curve_", "discriminator's weights"}
TOLERANCE = 1e-6  # relative, of the loss curve; more is a defect
FITTED = [
    *("bandwidth_", "validation_score_", "acceptance_rate_", "refinement_"),
    *("n_clusters_", "latent_dim_", "n_iter_", "loss_curve_"),
]


def main():
    """Run what the command line asks for; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", nargs="+", metavar="NAME", help="some cases alone")
    parser.add_argument("--list", action="store_true", help="print their names")
    parser.add_argument("--reference", type=Path, help="keeps the commit's results")
    parser.add_argument("--tree", type=Path, default=HERE.parent, help="what is held")
    parser.add_argument("--out", type=Path, help="only fit the tree, into this folder")
    parser.add_argument("--old", type=Path, help="a folder that has the commit already")
    parser.add_argument("--processes", type=int, default=1, help="of one thread each")
    options = parser.parse_args()
    cases = _import_cases().CASES
    names = [n for n in cases if not options.cases or matches(n, options.cases)]
    unknown = [
        c for c in options.cases or [] if not any(matches(n, [c]) for n in cases)
    ]
    if unknown:
        parser.error(f"no such case: {', '.join(unknown)}")
    if options.list:
        print(*names, sep="\n")
        return 0
    if options.out:
        fit_cases(options.tree.resolve(), options.out, names)
        return 0
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        reference = options.reference or folder / "reference"
        lacking = [n for n in names if load(reference, n) is None]
        if lacking:
            old = options.old or check_out(folder / "old")
            run(old, reference, lacking, options.processes)
        run(options.tree, folder / "new", names, options.processes)
        return report(names, reference, folder / "new")


def matches(name, patterns):
    """Whether a case has one of the names, or begins with one that ends in "*"."""
    return any(
        name.startswith(p[:-1]) if p.endswith("*") else name == p for p in patterns
    )


def check_out(folder):
    """Write the commit's files into a folder."""
    command = ["git", "-C", HERE.parent, "archive", COMMIT]
    archive = subprocess.run(command, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
    return folder


def run(tree, out, names, n_processes):
    """Fit cases with a tree in processes of their own."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    environment.pop("PYTHONPATH", None)
    processes = []
    for part in (names[i::n_processes] for i in range(n_processes)):
        command = [sys.executable, __file__, "--tree", tree, "--out", out]
        if part:
            command += ["--cases", *part]
            processes.append(subprocess.Popen(command, env=environment, cwd=HERE))
    if sum(process.wait() != 0 for process in processes):
        raise SystemExit(f"{tree}: a process failed.")


# -------------------------------------------------------------------------------- fit


def fit_cases(tree, out, names):
    """Fit cases with the package of a tree, and write what each gives."""
    sys.path.insert(0, str(tree))
    import skgan

    if tree not in Path(skgan.__file__).resolve().parents:
        raise SystemExit(f"skgan is that of {skgan.__file__}, not of {tree}.")
    out.mkdir(parents=True, exist_ok=True)
    for name in names:
        start = time.perf_counter()
        try:
            results = fit_case(skgan, name)
        except Exception:
            results = {"error": traceback.format_exc()}
        seconds = time.perf_counter() - start
        with open(out / f"{name}.pickle", "wb") as file:
            pickle.dump((fingerprint(name), results), file)
        print(f"{tree.name}: {name}: {seconds:.1f} s", file=sys.stderr, flush=True)
        if "error" in results:
            print(results["error"], file=sys.stderr, flush=True)


def fit_case(skgan, name):
    """What a fitted estimator samples and scores, by name."""
    cases = _import_cases()
    case = cases.CASES[name]
    X, y = getattr(cases, case.data)()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gan = cases.make(skgan, case).fit(X, y)
        return dict(measure(gan, X, y))


def measure(gan, X, y):
    """Yield pairs (what, value): samples first, then scores, then what is fitted."""
    is_labeled = gan.class_conditional
    if is_labeled:
        yield "sample, return_y", gan.sample(N_SAMPLES, return_y=True, random_state=0)
        yield "sample, y", gan.sample(50, y=gan.classes_[0], random_state=1)
    yield "sample", gan.sample(N_SAMPLES, random_state=0)
    yield "sample, more", gan.sample(3 * N_SAMPLES, random_state=2)
    yield "sample, unrefined", gan.sample(N_SAMPLES, refine=False, random_state=0)
    rng = np.random.default_rng(0)
    latents = rng.normal(size=(N_LATENTS, gan.latent_dim_))
    yield "generate", gan.generate(latents)
    if is_labeled:
        yield "generate, y", gan.generate(latents, y=gan.classes_[-1])
    some, labels = X[:N_SCORED], y[:N_SCORED]
    yield "score_samples", gan.score_samples(some)
    yield "score", gan.score(X)
    if is_labeled:
        yield "score_samples, y", gan.score_samples(some, labels)
        yield "score, y", gan.score(some, labels)
        yield "classes_", gan.classes_
    yield "discriminate", gan.discriminate(some, labels if is_labeled else None)
    for name in FITTED:
        yield name, getattr(gan, name)
    yield "generator's weights", _weights(gan.generator_)
    yield "discriminator's weights", _weights(gan.discriminator_)


def _weights(network):
    return [weights.numpy() for weights in network.state_dict().values()]


def _import_cases():
    """The cases, wherever the script was called from."""
    if str(HERE) not in sys.path:
        sys.path.append(str(HERE))
    import equivalence_cases

    return equivalence_cases


def fingerprint(name):
    """What the results of a case depend on beside the tree."""
    cases = _import_cases()
    case = cases.CASES[name]
    functions = [getattr(cases, case.data), cases.columns_of_all_sorts, measure]
    text = [name, repr(_named(case)), *map(inspect.getsource, functions)]
    text += [version(library) for library in ("torch", "numpy", "scikit-learn")]
    text.append(_processor())
    return hashlib.sha256("\n".join(text).encode()).hexdigest()


def _named(value):
    """A value with functions replaced by their names, whose texts have addresses."""
    if callable(value):
        return value.__name__
    if isinstance(value, dict):
        return {key: _named(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_named(part) for part in value]
    return value


def _processor():
    lines = Path("/proc/cpuinfo")
    names = lines.read_text().splitlines() if lines.exists() else []
    return next((line for line in names if line.startswith("model name")), "")


def load(folder, name):
    """The results of a case that a folder keeps; None if they are of another."""
    file = folder / f"{name}.pickle"
    if not file.exists():
        return None
    own, results = pickle.loads(file.read_bytes())
    return results if own == fingerprint(name) else None


# ---------------------------------------------------------------------------- compare


def report(names, reference, new):
    """Print what differs; returns the exit status."""
    n_different = n_equal = 0
    worst = {}
    print(f"{'case':24} {'what':24} result")
    for name in names:
        old, own = load(reference, name), load(new, name)
        rows, reported = compare(old, own)
        for what, difference in rows:
            print(f"{name:24} {what:24} {difference}")
        n_different += bool(rows)
        n_equal += not rows
        if not rows:
            but = "".join(f"; but {what}: {d}" for what, d in reported)
            print(f"{name:24} {f'all {len(own)}':24} equal{but}")
        for what, difference in reported:
            worst.setdefault(what, []).append(difference.largest)
    for what, values in worst.items():
        print(f"{what}: differs in {len(values)} cases, at most by {max(values):.2g}")
    print(f"{n_equal} cases are equal to the last bit, {n_different} differ.")
    return int(n_different > 0)


class Difference:
    """How much of two results differs, for a line of the table."""

    def __init__(self, text, largest=np.inf, relative=np.inf):
        self.text, self.largest, self.relative = text, largest, relative

    def __str__(self):
        return self.text


def compare(old, new):
    """Pairs (what, difference) that must not be, and those that may."""
    for tree, results in (("old", old), ("new", new)):
        if results is None or "error" in results:
            error = results["error"].strip().splitlines()[-1] if results else "missing"
            return [("fit", Difference(f"the {tree} tree fails: {error}"))], []
    rows, reported = [], []
    for what in dict.fromkeys([*old, *new]):
        if what not in old or what not in new:
            rows.append((what, Difference("only one tree has it")))
            continue
        difference = difference_of(old[what], new[what])
        if difference is None:
            continue
        may = what in REPORTED
        if what == "loss_curve_" and difference.relative > TOLERANCE:
            may = False
        (reported if may else rows).append((what, difference))
    return rows, reported


def difference_of(old, new):
    """The difference of two results, None if they are equal to the last bit."""
    if schema(old) != schema(new):
        return Difference(f"{schema(old)} became {schema(new)}")
    n_different = n_values = 0
    largest = relative = 0.0
    for a, b in zip(columns(old), columns(new), strict=True):
        different = ~equal(a, b)
        n_values += different.size
        if not different.any():
            continue
        n_different += int(different.sum())
        if a.dtype.kind not in "biuf":
            largest = relative = np.inf
            continue
        a, b = a[different].astype(float), b[different].astype(float)
        gaps = np.nan_to_num(abs(a - b), nan=np.inf)
        largest = max(largest, gaps.max())
        scale = np.maximum(abs(a), np.finfo(float).tiny)
        relative = max(relative, (gaps / scale).max())
    if not n_different:
        return None
    text = f"{n_different} of {n_values} values differ, at most by {largest:.2g}"
    return Difference(text, largest, relative)


def schema(value):
    """Container, names and dtypes of a result, as text."""
    if isinstance(value, list | tuple):
        return f"{type(value).__name__} of {', '.join(map(schema, value))}"
    if isinstance(value, np.ndarray):
        return f"{value.dtype} array {value.shape}"
    library = type(value).__module__.split(".")[0]
    if library == "pandas":
        frame = value.to_frame() if isinstance(value, pd.Series) else value
        dtypes = [f"{n!r}: {d!r}" for n, d in frame.dtypes.items()]
        index = f"{type(value.index).__name__} {len(value)}"
        return f"{type(value).__name__}({', '.join(dtypes)}; {index})"
    if library == "polars":
        own = value.schema if hasattr(value, "schema") else (value.name, value.dtype)
        return f"{type(value).__name__}({own!r}, {len(value)})"
    return type(value).__name__


def columns(value):
    """Arrays of all the values in a result."""
    if isinstance(value, list | tuple):
        return [array for part in value for array in columns(part)]
    library = type(value).__module__.split(".")[0]
    if library == "pandas" and isinstance(value, pd.DataFrame):
        return [array for _, column in value.items() for array in columns(column)]
    if library == "polars" and hasattr(value, "get_columns"):
        return [array for column in value.get_columns() for array in columns(column)]
    if library in ("pandas", "polars"):
        array = value.to_numpy()
        if array.dtype.kind in "mM":
            array = array.view(np.int64)
        return [array if array.dtype.kind in "biuf" else _objects(value)]
    array = np.atleast_1d(np.asarray(value))
    return [array if array.dtype.kind in "biuf" else _objects(array.ravel())]


def _objects(values):
    array = np.empty(len(values), dtype=object)
    array[:] = list(values)
    return array


def equal(a, b):
    """Where two arrays hold the same bits; all that is missing is the same."""
    if a.dtype.kind == "f":
        bits = f"u{a.dtype.itemsize}"
        same = np.ascontiguousarray(a).view(bits) == np.ascontiguousarray(b).view(bits)
        return same | (np.isnan(a) & np.isnan(b))
    if a.dtype.kind in "biu":
        return a == b
    pairs = zip(a, b, strict=True)
    return np.array([_is_missing(x, y) or bool(x == y) for x, y in pairs])


def _is_missing(x, y):
    return pd.isna(x) is True and pd.isna(y) is True and type(x) is type(y)


if __name__ == "__main__":
    sys.exit(main())
