"""What each part of refinement is worth: one generator, refined in many ways.

Takes the generators that ``tables.py --models FOLDER`` has kept, learns each variant of
the refinement anew, and measures as many rows as there are training rows. Results go to
a CSV file, and a run that is there already is left out.
"""

import pickle
from importlib import import_module
from itertools import product
from pathlib import Path
from unittest import mock
from zlib import crc32

import numpy as np
import torch
from common import parser, print_machine
from harness import Bench, Stopwatch
from real_tables import TARGETS, load
from sklearn.utils import check_random_state

import skgan.metrics as measures
from skgan._fitting import hold_out

KEYS = ["table", "variant", "seed"]
FIGURES = [
    "two_sample",
    "held_out",
    "xgboost",
    "shape",
    "trend",
    "utility",
    "copies",
    "acceptance_rate",
    "refine_seconds",
    "sample_seconds",
]
TABLES = ["adult", "shoppers", "beijing"]
# Method, and constants of the rooms of refinement that it changes. The parts are those
# of a refinement with a higher cap, under which they were chosen.
HIGH_CAP = {"ratio.CAPS": (0.995, 0.99, 0.98, 0.95)}
NO_PAIRS, NO_RAKING = {"raking.N_PAIR_SWEEPS": 0}, {"raking.N_SWEEPS": 0}
PARTS = {
    "capped at the .995 quantile": ("both", {}),
    "so, trees and raking, no network": ("trees", {}),
    "so, trees alone": ("trees", NO_PAIRS | NO_RAKING),
    "so, raking alone (and one tree)": ("trees", {"trees.MAX_ITER": 1}),
    "so, network alone": ("network", {}),
    "so, no raking": ("both", NO_PAIRS | NO_RAKING),
    "so, raking of single columns only": ("both", NO_PAIRS),
    "so, two sweeps of pairs": ("both", {"raking.N_PAIR_SWEEPS": 2}),
    "so, four times the shrinkage": ("both", {"raking.PAIR_PRIOR": 200.0}),
    "so, ten candidates a row": ("both", {"ratio.N_PER_ROW": 10}),
    "so, trees that learn half as fast": ("both", {"trees.LEARNING_RATE": 0.1}),
    "so, three folds": ("both", {"trees.N_FOLDS": 3}),
    "so, smoother trees": ("both", {"trees.L2": 100.0, "trees.MIN_LEAF": 200}),
}
VARIANTS = {
    "default": ("both", {}),
    "none": (None, {}),
    "capped at the .95 quantile": ("both", {"ratio.CAPS": (0.95, 0.9)}),
    "capped at the .98 quantile": ("both", {"ratio.CAPS": (0.98, 0.95, 0.9)}),
    **{name: (how, HIGH_CAP | changes) for name, (how, changes) in PARTS.items()},
}


class Work:
    """One run: what a process of its own does."""

    def __init__(self, data, models):
        self.data, self.models = data, models

    def __call__(self, table, variant, seed):
        train, test = load(table, self.data)
        path = self.models / f"{table}_{crc32(b'{}'):08x}_{seed}.pickle"
        gan, watch = pickle.loads(path.read_bytes()), Stopwatch()
        method, constants = VARIANTS[variant]
        with watch("refine_seconds"):
            refine(gan, train, method, constants)
        with watch("sample_seconds"):
            rows = gan.sample(len(train), random_state=seed)
        options = {"random_state": seed}
        score = measures.two_sample_score
        utility = measures.train_on_synthetic_score(train, test, rows, TARGETS[table])
        return watch.seconds | {
            "two_sample": score(train, rows, **options),
            "held_out": score(test, rows, **options),
            "xgboost": score(train, rows, classifier="xgboost", **options),
            "shape": measures.column_shape_error(train, rows),
            "trend": measures.column_trend_error(train, rows),
            "utility": utility.synthetic,
            "copies": measures.copy_share(train, test, rows, **options).percent,
            "acceptance_rate": gan.acceptance_rate_,
        }


def refine(gan, train, method, constants):
    """Learn the refinement of a fitted generator anew, from the rows it was trained on.

    ``constants`` maps "room.NAME" to a value in place of that of the library.
    """
    gan.refinement, gan._refinement, gan.acceptance_rate_ = method, None, 1.0
    rows = gan.encoder_.read(train)
    split = check_random_state(gan.random_state)
    no_labels = np.zeros(len(rows), dtype=int)
    training, held_out = hold_out(len(rows), gan.validation_fraction, split, no_labels)
    rng = np.random.default_rng(gan._score_seed)
    encoded = gan.encoder_.encode(rows[training], rng)
    codes = gan._conditions.codes(
        encoded, gan.generator_.head.open, no_labels[training]
    )
    data = torch.tensor(np.hstack([encoded, codes], dtype=np.float32))
    changes = [
        mock.patch.object(
            import_module(f"skgan.refinement.{room}"), constant, constants[name]
        )
        for name in constants
        for room, constant in [name.split(".")]
    ]
    for change in changes:
        change.start()
    gan._fit_refinement(data, (rows[held_out], no_labels[held_out]))
    for change in changes:
        change.stop()


def main():
    options = parser(__doc__, seeds=3)
    options.add_argument(
        "--tables", nargs="+", default=["adult", "shoppers", "beijing"]
    )
    options.add_argument("--variants", nargs="+", default=list(VARIANTS))
    options.add_argument("--data", type=Path, required=True, help="folder of the files")
    options.add_argument("--models", type=Path, required=True, help="of fitted GANs")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    for seed, variant, table in product(
        range(options.seeds), options.variants, options.tables
    ):
        key = {"table": table, "variant": variant, "seed": seed}
        bench.run(Work(options.data, options.models), **key)
    bench.print_medians("table", "variant")


if __name__ == "__main__":
    main()
