"""Run the benchmarks: a reduced set in ten minutes, or with --data everything.

The reduced set needs no data but what scikit-learn ships and keeps no results. The full
one takes days; it writes to benchmarks/results and leaves out the runs
that are there, so it may be stopped at any time. ``make baselines`` installs what it
compares with.
"""

import shlex
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

from baselines import METHODS
from real_images import NAMES
from real_tables import FROM_FILES, SKLEARN
from summary import RESULTS

HERE = Path(__file__).parent
KEPT = HERE / "kept"
SPEED = [
    "training_speed.py",
    "training_speed.py --networks dcgan",
    "parzen_speed.py",
]
REDUCED = [
    "tables.py --tables iris --seeds 1 --threads 1",
    "modes.py --mixtures grid --losses relativistic --seeds 1 --threads 1",
    "images.py --minutes 1",
    "training_speed.py --rounds 10",
    "training_speed.py --networks dcgan --rounds 5",
    "parzen_speed.py --repeats 1",
    "privacy.py --quick --threads 1",
    "verdicts.py --quick --processes spirals --threads 1",
]
VARIANTS = [
    "default",
    "'no clusters'",
    "'clusters of discriminator'",
    "'non-saturating, no clusters'",
    "non-saturating",
]
OURS_FIRST = sorted(METHODS, key=lambda name: name != "skgan")  # it sets the time
# By the name of the CSV file that keeps results, on one thread unless said otherwise
FULL = [
    (
        "tables",
        f"tables.py --tables {' '.join([*FROM_FILES, *SKLEARN, 'modes'])} "
        f"--methods {' '.join(OURS_FIRST)} tabular_argn "
        "--models {kept}/models --data {data}",
    ),
    ("instead", "instead.py --models {kept}/models --data {data}"),
    ("refinement", "refinement.py --models {kept}/models --data {data}"),
    ("control", "control.py --models {kept}/control --data {data}"),
    ("discriminate", "discriminate.py --data {data}"),
    ("parzen", "parzen.py --seeds 3 --data {data}"),
    ("modes", "modes.py --seeds 10"),
    (
        "images",
        f"images.py --seeds 3 --sets {' '.join(NAMES[1:])} "
        f"--variants {' '.join(VARIANTS)} --data {{data}}",
    ),
    *(
        ("images", f"images.py --threads 2 --sets mnist --minutes {n} --data {{data}}")
        for n in (5, 10, 15)
    ),
    ("features", "features.py --seeds 3 --sets mnist cifar10 --data {data}"),
    ("augmentation", "augmentation.py --kept {kept}/rows --data {data}"),
    ("small_tables", "small_tables.py --data {data}"),
    ("few_images", "few_images.py --data {data}"),
    ("rare_images", "rare_images.py --kept {kept}/rare --data {data}"),
    ("verdicts", "verdicts.py"),
    (
        "verdicts",
        "verdicts.py --processes moons spirals nothing --repeats 10 --n-tables 25",
    ),
    ("searches", "searches.py --data {data}"),
    ("privacy", "privacy.py --models {kept}/members --data {data}"),
    ("shadow", "shadow.py --data {data}"),
    ("tracing", "tracing.py --data {data}"),
    (
        "strict_detection",
        "strict_detection.py --tables adult shoppers --models {kept}/strict "
        "--data {data}",
    ),
    ("longer_trees", "longer_trees.py --models {kept}/strict --data {data}"),
]


def commands(data):
    """Each script with its options."""
    if data is None:
        return [shlex.split(script) for script in REDUCED]
    quoted = {"data": shlex.quote(str(data)), "kept": shlex.quote(str(KEPT))}
    full = []
    for name, script in FULL:
        threads = "" if "--threads" in script else "--threads 1"
        out = shlex.quote(str(RESULTS / f"{name}.csv"))
        full.append(f"{script.format(**quoted)} {threads} --out {out}")
    others = ["demo.py", f"ctgan_speed.py --data {quoted['data']}", *SPEED]
    return [shlex.split(script) for script in [*full, *others]]


def main():
    options = ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, help="folder of the files")
    options = options.parse_args()
    for script, *arguments in commands(options.data):
        print("==", script, *arguments, flush=True)
        subprocess.run([sys.executable, HERE / script, *arguments], check=True)


if __name__ == "__main__":
    main()
