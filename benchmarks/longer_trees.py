"""Trees of refinement that learn for longer: what the strict detector says of that.

Trees stop when rows that they have not learned from gain no more, but these are rows
that the generator has learned from: by them a gain ends too early. "longer" are five
models that do not stop: each learns from all training rows and 100,000 candidates of
its own, at twice the rate, 120 trees, half of the columns for each split. In "longer,
in order" classes are numbers, and there are 200 trees. Raking follows as by default.

Takes generators of Adult that ``strict_detection.py --models FOLDER`` has kept, learns
the refinement anew, and draws as many rows as there are training rows. ``found`` is
what the classifier's attack finds of members at 10 % false alarms, ``found_low`` a
lower bound (95 %), ``found_auc`` its area. Seconds are of the processor, on one thread,
and those of refinement include drawing candidates. Results go to a CSV file, and a run
that is there already is left out.
"""

from itertools import product
from pathlib import Path

import numpy as np
from common import parser, print_machine
from harness import Bench, clock
from real_tables import TARGETS, load
from refinement import refined
from sklearn.ensemble import HistGradientBoostingClassifier
from strict_detection import strict_score

import skgan
import skgan.metrics as measures
from skgan.metrics.rates import true_positives
from skgan.refinement import Trees

KEYS = ["table", "variant", "seed"]
FIGURES = [
    *("strict", "against_training", "held_out", "xgboost_held_out"),
    *("shape", "trend", "utility", "copies", "found", "found_low", "found_auc"),
    *("acceptance_rate", "n_trees", "refine_seconds", "sample_seconds"),
]
N_MODELS, N_FAKE, N_ATTACKED = 5, 100_000, 8_000


def longer(n_trees, has_classes):
    """A function that fits trees in place of ``skgan.refinement.fit_trees``."""

    def fit(real, fake, is_class, *, weights, seed, share=1.0):
        return Trees([model(real, fake, is_class, [seed, i]) for i in range(N_MODELS)])

    def model(real, fake, is_class, seed):
        rng = np.random.default_rng(seed)
        own = fake[rng.permutation(len(fake))[:N_FAKE]]
        trees = HistGradientBoostingClassifier(
            learning_rate=0.4,
            max_iter=n_trees,
            min_samples_leaf=200,
            l2_regularization=10.0,
            max_features=0.5,
            early_stopping=False,
            categorical_features=is_class if has_classes else None,
            random_state=int(rng.integers(2**31)),
        )
        sides = np.repeat([1, 0], [len(real), len(own)])
        weights = np.where(sides, 1.0, len(real) / len(own))
        return trees.fit(np.vstack([real, own]), sides, sample_weight=weights)

    return fit


# The trees are fitted to twice as many candidates, of which each model takes a part
ALL = {"ratio.N_PER_ROW": 80}
VARIANTS = {
    "default": {},
    "longer": ALL | {"ratio.fit_trees": longer(120, True)},
    "longer, in order": ALL | {"ratio.fit_trees": longer(200, False)},
}


class Work:
    """One run: what a process of its own does."""

    def __init__(self, data, models):
        self.data, self.models = data, models

    def __call__(self, table, variant, seed):
        train, test = load(table, self.data)
        gan = skgan.load(self.models / f"{table}_{seed}.skgan").set_params(device="cpu")
        start = clock()
        gan._model = refined(gan, train, "trees", VARIANTS[variant])
        learned = clock()
        rows = gan.sample(len(train), random_state=seed)
        seconds = {
            "refine_seconds": learned - start,
            "sample_seconds": clock() - learned,
        }
        few, score = rows.iloc[: len(test)], measures.two_sample_score
        utility = measures.train_on_synthetic_score(train, test, rows, TARGETS[table])
        some = train.sample(len(test), random_state=seed)
        return seconds | {
            "strict": strict_score(test, few, seed),
            "against_training": strict_score(some, few, seed),
            "held_out": score(test, rows, random_state=seed),
            "xgboost_held_out": score(
                test, rows, classifier="xgboost", random_state=seed
            ),
            "shape": measures.column_shape_error(train, rows),
            "trend": measures.column_trend_error(train, rows),
            "utility": utility.synthetic,
            "copies": measures.copy_share(train, test, rows, random_state=seed).percent,
            "acceptance_rate": gan.acceptance_rate_,
            "n_trees": len(gan._model.refinement.trees.values),
            **attacked(train, test, rows, seed),
        }


def attacked(train, test, rows, seed):
    """What the classifier's attack finds of some training rows among as many others."""
    members = train.sample(N_ATTACKED, random_state=seed)
    others = test.sample(frac=1, random_state=seed)
    report = measures.membership_attacks(
        members,
        others.iloc[:N_ATTACKED],
        rows,
        reference=others.iloc[N_ATTACKED:],
        attacks=["classifier"],
        random_state=seed,
    )
    figure = next(own for own in report.figures if own.rows == "all")
    scores = report.scores["classifier"]
    return {
        "found": figure.at_10,
        "found_low": true_positives(scores, report.is_member, 0.1, 0.05).low,
        "found_auc": figure.auc,
    }


def main():
    options = parser(__doc__, seeds=5)
    options.add_argument("--variants", nargs="+", default=[*VARIANTS])
    options.add_argument("--data", type=Path, required=True, help="folder of files")
    options.add_argument("--models", type=Path, required=True, help="of fitted GANs")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    work = Work(options.data, options.models)
    for seed, variant in product(range(options.seeds), options.variants):
        bench.run(work, table="adult", variant=variant, seed=seed)
    bench.print_medians("table", "variant")


if __name__ == "__main__":
    main()
