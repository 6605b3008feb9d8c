"""Generated tables against real ones, beside baselines.

For each table, method and seed: fit on the training rows, draw as many, and measure
them by ``skgan.metrics``. Rulers stand beside the methods: a bootstrap of the training
rows, held-out rows, and rows of independent columns. CTGAN and TVAE train for their
default of 300 epochs, but no longer than ``GANGenerator`` did for that table and seed,
up to the end of an epoch (``ctgan_300``: however long that takes).

Results go to a CSV file, and a run that is there already is left out. ``--params``
takes settings of ``GANGenerator``, one run each. Data: a folder of ``adult``,
``tabular`` and ``imbalanced``; without it, the tables of scikit-learn and one of our
own making. With ``--models``, fitted GANs are kept and not fitted again: then
"skgan_unrefined" measures those of "skgan". CTGAN, TVAE, SMOTE and XGBoost need
``make baselines``; without XGBoost its column stays empty. "tabular_argn" are rows that
mostlyai-engine drew of Adult elsewhere, from the file of ``--data``.
"""

import pickle
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from zlib import crc32

from baselines import METHODS
from common import parser, print_machine, settings
from harness import Bench, Stopwatch
from real_tables import FROM_FILES, TARGETS, drawn_by_peer, load

import skgan.metrics as measures

KEYS = ["table", "method", "params", "seed"]
FIGURES = [
    "two_sample",
    "two_sample_error",
    "held_out",
    "held_out_error",
    "xgboost",
    "xgboost_held_out",
    "logistic",
    "shape",
    "trend",
    "utility",
    "utility_real",
    "precision",
    "recall",
    "density",
    "coverage",
    "alpha_precision",
    "beta_recall",
    "copies",
    "copies_low",
    "copies_high",
    "duplicates",
    "fit_seconds",
    "sample_seconds",
]
CAPPED, OURS = ("ctgan", "tvae"), ("skgan", "skgan_unrefined")
PEER = "tabular_argn"
HAS_XGBOOST = find_spec("xgboost") is not None
MAX_ROWS = 10_000  # of the measures by nearest neighbors


def measure(name, train, test, synthetic, seed):
    """All figures of synthetic rows, those that need no test rows alone if none are."""
    figures = {
        **_two_samples(train, synthetic, seed),
        "shape": measures.column_shape_error(train, synthetic),
        "trend": measures.column_trend_error(train, synthetic),
        "duplicates": measures.duplicate_share(train, synthetic),
        **_coverage(train if test is None else test, synthetic, seed),
    }
    if test is None:
        return figures
    utility = measures.train_on_synthetic_score(train, test, synthetic, TARGETS[name])
    copies = measures.copy_share(train, test, synthetic, random_state=seed)
    return figures | {
        **_held_out(test, synthetic, seed),
        "utility": utility.synthetic,
        "utility_real": utility.real,
        "copies": copies.percent,
        "copies_low": copies.low,
        "copies_high": copies.high,
    }


def _score(real, synthetic, seed, classifier):
    auc = measures.two_sample_auc(
        real, synthetic, classifier=classifier, random_state=seed
    )
    return 1 - 2 * max(auc.value - 0.5, 0), 2 * auc.standard_error


def _two_samples(train, synthetic, seed):
    score, error = _score(train, synthetic, seed, "trees")
    figures = {"two_sample": score, "two_sample_error": error}
    figures["logistic"] = _score(train, synthetic, seed, "logistic")[0]
    if HAS_XGBOOST:
        figures["xgboost"] = _score(train, synthetic, seed, "xgboost")[0]
    return figures


def _held_out(test, synthetic, seed):
    score, error = _score(test, synthetic, seed, "trees")
    figures = {"held_out": score, "held_out_error": error}
    if HAS_XGBOOST:
        figures["xgboost_held_out"] = _score(test, synthetic, seed, "xgboost")[0]
    return figures


def _coverage(real, synthetic, seed):
    """By real rows that training has not seen, as many as there are synthetic ones."""
    n = min(len(real), len(synthetic), MAX_ROWS)
    pair = [rows.sample(n, random_state=seed) for rows in (real, synthetic)]
    found = measures.precision_recall_density_coverage(*pair)._asdict()
    return found | {
        "alpha_precision": measures.alpha_precision(*pair),
        "beta_recall": measures.beta_recall(*pair),
    }


class Work:
    """One run: what a process of its own does.

    ``models`` is a folder of fitted ``GANGenerator``s: one that is there is not fitted
    again, so that its rows before and after refinement are of the same training.
    """

    def __init__(self, data, seconds=None, models=None):
        self.data, self.seconds, self.models = data, seconds, models

    def __call__(self, table, method, params, seed):
        train, test = load(table, self.data)
        if method == PEER:  # a part of the file for each seed
            start, rows = seed * len(train), drawn_by_peer(self.data, train)
            drawn = rows.iloc[start : start + len(train)].reset_index(drop=True)
            return measure(table, train, test, drawn, seed)
        watch = Stopwatch()
        model = METHODS[method](seed, **settings(params))
        if method == "held_out":  # nothing to hold against them but training rows
            synthetic = model.fit(test).sample(min(len(train), len(test)), seed)
            return measure(table, train, None, synthetic, seed)
        if method in OURS:
            path = kept(self.models, table, params, seed)
            fit_or_load(model, train, path, watch)
        else:
            with watch("fit_seconds"):
                model.fit(train, target=TARGETS[table], seconds=self.seconds)
        with watch("sample_seconds"):
            synthetic = model.sample(len(train), seed)
        return measure(table, train, test, synthetic, seed) | watch.seconds


def kept(models, table, params, seed):
    """The file of a fitted ``GANGenerator``, None without a folder for them."""
    name = f"{table}_{crc32(params.encode()):08x}_{seed}.pickle"
    return None if models is None else models / name


def fit_or_load(model, train, path, watch):
    """Give a method its fitted ``GANGenerator``: of a file, where it is there."""
    if path and path.exists():
        model.gan_ = pickle.loads(path.read_bytes())
        return
    with watch("fit_seconds"):
        model.fit(train)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(model.gan_))


def main():
    options = parser(__doc__, seeds=3)
    options.add_argument("--tables", nargs="+", default=["iris", "wine", "modes"])
    options.add_argument("--methods", nargs="+", default=["skgan", "bootstrap"])
    options.add_argument("--data", type=Path, help="folder of the files")
    options.add_argument("--params", nargs="+", default=["{}"], help="of GANGenerator")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options.add_argument("--models", type=Path, help="folder for fitted GANs")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    for seed, table in product(range(options.seeds), options.tables):
        for method in options.methods:
            if method == "held_out" and table not in FROM_FILES:
                continue
            if method == PEER and table != "adult":
                continue
            for params in options.params if method in OURS else ["{}"]:
                key = {"table": table, "method": method, "params": params, "seed": seed}
                seconds = _seconds(bench, table, seed) if method in CAPPED else None
                if method in CAPPED and seconds is None:
                    print(f"{method} on {table}, seed {seed}: needs a run of skgan")
                    continue
                bench.run(Work(options.data, seconds, options.models), **key)
    bench.print_medians("table", "method", "params")


def _seconds(bench, table, seed):
    """How long ``GANGenerator`` took."""
    row = bench.find(table=table, method="skgan", params="{}", seed=seed)
    return float(row["fit_seconds"]) if row and row["fit_seconds"] else None


if __name__ == "__main__":
    main()
