"""Who is found: attacks on membership, by generated rows and by the models behind them.

A table is split anew for each seed: members, which a method is fitted to, non-members,
and reference rows that the attacker has. As many rows are drawn as there are members,
and ``skgan.metrics.membership_attacks`` are run. Rulers stand beside the methods: the
members themselves, bootstrap draws, five times as many of these, and fresh rows.

"skgan_long" is trained ten times as long as by default, "skgan_half" and "skgan_eighth"
for less, "skgan_half_plain" without clusters, too. "skgan_coarse" keeps nothing that
fewer than 25 rows share, where five do by default: knots, classes, bins, cells.
"skgan_unraked" leaves shares as networks and trees give them. What these cost is told
by ``held_out``, the two-sample score against the non-members. Of "skgan_tenth" a tenth
as many rows are drawn. "tabular_argn" is a pool that mostlyai-engine 2.7 drew after a
fit to the training rows of Adult; its members are some of these, on "adult_pool" alone.

Results go to a CSV file, and a run that is there already is left out. Seeds are the
outermost loop, so that what is there when it is stopped are whole splits; these are
pooled at the end. With ``--models``, fitted GANs are kept and not fitted again: then
"skgan_unrefined" and "skgan_tenth" draw from those of "skgan". ``--quick`` takes one
split of a small table, and short training.
"""

import pickle
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
from baselines import METHODS, Bootstrap, HeldOut, SkGAN
from common import parser, print_machine
from harness import Bench, Stopwatch
from real_tables import TARGETS, drawn_by_peer, load
from summary import of_privacy

from skgan.estimators import finish, fitting, resolve
from skgan.metrics import membership_attacks, two_sample_score
from skgan.metrics.attacks import BLACK_BOX
from skgan.metrics.rates import true_positives
from skgan.metrics.white_box import WHITE_BOX
from skgan.privacy import MinRows
from skgan.refinement import ratio

KEYS = ["table", "method", "seed"]
MEASURES = ["auc", "at_1", "at_10", "at_10_low"]
ATTACKS = [*BLACK_BOX, *WHITE_BOX]
FIGURES = ["n_members", "n_non_members", "fit_seconds", "held_out"] + [
    "_".join(parts) for parts in product(ATTACKS, ("all", "exposed"), MEASURES)
]
# The table of each; how many members, non-members, reference rows and fresh rows
SPLITS = {
    "breast_cancer": ("breast_cancer", (150, 150, 150, 119)),
    # A tenth is held out within fit, and of fewer training rows none are refined
    "abalone_560": ("abalone", (560, 1_500, 1_500, 560)),
    "adult_2000": ("adult", (2_000, 4_000, 4_000, 2_000)),
    "shoppers": ("shoppers", (3_000, 3_000, 3_000, 3_000)),
    "adult_20000": ("adult", (20_000, 10_000, 10_000, 8_000)),
}
POOL, POOL_SIZE = "adult_pool", 8_000  # members, non-members and reference rows, each


class OfLength(SkGAN):
    """A GAN that is trained so many times as long as by default."""

    def __init__(self, seed, length, **params):
        super().__init__(seed, **params)
        self.length = length

    def _learn(self, table, target, seconds):
        usual = resolve.schedule_of

        def schedule_of(*args, **options):
            schedule = usual(*args, **options)
            return replace(schedule, max_iter=int(self.length * schedule.max_iter))

        with mock.patch.object(resolve, "schedule_of", schedule_of):
            super()._learn(table, target, seconds)


class Changed(SkGAN):
    """A GAN that is fitted while parts of the library are others.

    ``changes`` are triples: a module, a name in it, and what stands there meanwhile.
    """

    changes = ()

    def _learn(self, table, target, seconds):
        with ExitStack() as stack:
            for change in self.changes:
                stack.enter_context(mock.patch.object(*change))
            super()._learn(table, target, seconds)


class Coarse(Changed):
    """Nothing is kept that fewer than 25 rows share."""

    changes = ((fitting, "MIN_ROWS", MinRows(25)),)


def _unraked(usual, *args):
    """Raking that has learned nothing."""
    raking = usual(*args)
    raking.tables = {}
    return raking


class Unraked(Changed):
    """Shares are those of networks and trees."""

    changes = (
        (finish, "_rake", lambda *args: None),
        (ratio, "Raking", partial(_unraked, ratio.Raking)),
    )


class Tenth(SkGAN):
    """A tenth as many rows are drawn."""

    def _draw(self, n, seed):
        return super()._draw(n // 10, seed)


class Repeated(Bootstrap):
    """Five times as many training rows drawn again: hardly one is missed."""

    def _draw(self, n, seed):
        return super()._draw(5 * n, seed)


OWN = {
    "members": HeldOut,
    "bootstrap_5": Repeated,
    "skgan_eighth": partial(OfLength, length=1 / 8),
    "skgan_half": partial(OfLength, length=1 / 2),
    "skgan_half_plain": partial(OfLength, length=1 / 2, n_clusters=1),
    "skgan_long": partial(OfLength, length=10),
    "skgan_coarse": Coarse,
    "skgan_unraked": Unraked,
    "skgan_tenth": Tenth,
}
FITS = {"skgan_unrefined": "skgan", "skgan_tenth": "skgan"}  # whose they draw from
USUAL = [
    *("bootstrap", "independent", "gaussian_copula", "smote", "ctgan_300"),
    *("skgan", "skgan_unrefined"),
]
PEER = "tabular_argn"
QUICK = ["fresh", "bootstrap_5", "skgan"]


def split(table, seed, data):
    """Members, non-members, reference rows and fresh ones."""
    name, sizes = SPLITS[table]
    parts = [part for part in load(name, data) if part is not None]
    rows = pd.concat(parts, ignore_index=True)
    order = np.random.RandomState(seed).permutation(len(rows))
    ends = np.cumsum(sizes)
    return [
        rows.iloc[order[end - size : end]].reset_index(drop=True)
        for end, size in zip(ends, sizes, strict=True)
    ]


def pool(seed, data):
    """The same of Adult, and what the peer drew."""
    train, test = load("adult", data)
    order = np.random.RandomState(seed).permutation
    members, others = train.iloc[order(len(train))], test.iloc[order(len(test))]
    return (
        members[:POOL_SIZE],
        others[:POOL_SIZE],
        others[POOL_SIZE : 2 * POOL_SIZE],
        drawn_by_peer(data, train).sample(len(train), random_state=seed),
    )


class Work:
    """One run: what a process of its own does."""

    def __init__(self, data, models=None, params=None):
        self.data, self.models, self.params = data, models, params or {}

    def __call__(self, table, method, seed):
        watch, gan = Stopwatch(), None
        if method == PEER:
            members, others, reference, synthetic = pool(seed, self.data)
        else:
            members, others, reference, fresh = split(table, seed, self.data)
            synthetic = fresh
        if method not in (PEER, "fresh"):
            model = self._fitted(table, method, seed, members, watch)
            synthetic = model.sample(len(members), seed)
            gan = getattr(model, "gan_", None)
        report = membership_attacks(
            members,
            others,
            synthetic,
            reference=reference,
            model=None if method in FITS else gan,  # it is the same
            random_state=seed,
        )
        figures = {"n_members": len(members), "n_non_members": len(others)}
        if len(synthetic) >= len(members):  # fewer rows hide more
            figures["held_out"] = two_sample_score(others, synthetic)
        return figures | watch.seconds | flat(report)

    def _fitted(self, table, method, seed, members, watch):
        """A method, fitted, or with the GAN that was kept."""
        is_gan = method.startswith("skgan")
        model = (METHODS | OWN)[method](seed, **(self.params if is_gan else {}))
        name = FITS.get(method, method)
        kept = self.models / f"{table}_{name}_{seed}.pickle" if self.models else None
        if is_gan and kept and kept.exists():
            model.gan_ = pickle.loads(kept.read_bytes())
            return model
        with watch("fit_seconds"):
            model.fit(members, target=TARGETS[SPLITS[table][0]])
        if is_gan and kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(pickle.dumps(model.gan_))
        return model


def flat(report):
    """The figures of a report, by the names of their columns.

    ``at_10_low`` is a lower bound at 10 % false alarms that holds for all black-box
    attacks together.
    """
    tail, found = 0.05 / len(BLACK_BOX), {}
    for figure in report.figures:
        some = report.is_exposed if figure.rows == "exposed" else slice(None)
        scores, is_member = report.scores[figure.attack][some], report.is_member[some]
        low = true_positives(scores, is_member, 0.1, tail).low
        values = figure.auc, figure.at_1, figure.at_10, low
        for measure, value in zip(MEASURES, values, strict=True):
            found[f"{figure.attack}_{figure.rows}_{measure}"] = value
    return found


def main():
    options = parser(__doc__, seeds=10)
    options.add_argument("--tables", nargs="+", default=[*SPLITS, POOL])
    options.add_argument("--methods", nargs="+", default=["fresh", *OWN, *USUAL, PEER])
    options.add_argument("--data", type=Path, help="folder of the files")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options.add_argument("--models", type=Path, help="folder for fitted GANs")
    options.add_argument("--device", default="cpu", help="that GANs are trained on")
    options.add_argument("--quick", action="store_true", help="a small table, once")
    options = options.parse_args()
    tables, methods, seeds = options.tables, options.methods, options.seeds
    params = {"device": options.device}
    if options.quick:
        tables, methods, seeds = ["breast_cancer"], QUICK, 1
        params |= {"max_iter": 100}
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    for seed, table, method in product(range(seeds), tables, methods):
        if (table == POOL) == (method == PEER):
            work = Work(options.data, options.models, params)
            bench.run(work, table=table, method=method, seed=seed)
    for name, lines in of_privacy(bench.rows).items():
        print(name, *(" | ".join(line) for line in lines), sep="\n    ")


if __name__ == "__main__":
    main()
