"""What each part of refinement is worth: one generator, refined in many ways.

Takes the generators that ``tables.py --models FOLDER`` has kept, learns each variant of
the refinement anew, and measures as many rows as there are training rows. Results go to
a CSV file, and a run that is there already is left out.
"""

import pickle
from contextlib import ExitStack
from dataclasses import replace
from importlib import import_module
from itertools import product
from pathlib import Path
from unittest import mock
from zlib import crc32

import numpy as np
from common import parser, print_machine
from harness import Bench, Stopwatch
from real_tables import TARGETS, load
from sklearn.utils import check_random_state

import skgan.metrics as measures
from skgan.estimators.inputs import hold_out
from skgan.refinement import learn_refinement, learning_sizes

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
    "default": ("trees", {}),
    "with the discriminator": ("both", {}),
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
            gan._model = refined(gan, train, method, constants)
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


def refined(gan, train, method, constants):
    """Learn the refinement of a fitted generator anew, from its own training rows.

    ``constants`` maps "room.NAME" to a value instead of that of the library. Returns
    the model with the new refinement.
    """
    changed = {"refinement": None, "refinement_method": method, "acceptance_rate": 1.0}
    model = replace(gan._model, **changed)
    if method is None:
        return model
    rows, seed = model.encoder.read(train), model.seed
    split = check_random_state(gan.random_state)
    no_labels = np.zeros(len(rows), dtype=int)
    training, held_out = hold_out(len(rows), gan.validation_fraction, split, no_labels)
    encoded = model.encoder.encode(rows[training], np.random.default_rng(seed))
    with ExitStack() as changes:
        for name, value in constants.items():
            room, constant = name.split(".")
            module = import_module(f"skgan.refinement.{room}")
            changes.enter_context(mock.patch.object(module, constant, value))
        n_real, n_fake = learning_sizes(*encoded.shape)
        some = np.random.default_rng([seed, 4]).permutation(len(encoded))[:n_real]
        fake_labels, with_logits = np.zeros(n_fake, dtype=int), method != "trees"
        fake = model.draw(fake_labels, seed)
        refinement, rate = learn_refinement(
            method,
            model.features(encoded[some], no_labels[some], with_logits),
            model.features(fake, fake_labels, with_logits),
            model.held_out_logits(rows[held_out], no_labels[held_out]),
            model.encoder,
            model.conditions.n_labels,
            seed,
        )
    return replace(model, refinement=refinement, acceptance_rate=rate)


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
