"""Run the benchmarks: a reduced set in ten minutes, or with --data everything.

The reduced set needs no data but what scikit-learn ships and keeps no results. The full
one takes days on two cores; it writes to benchmarks/results and leaves out the runs
that are there, so it may be stopped at any time. ``make baselines`` installs what it
compares with.
"""

import shlex
import subprocess
import sys
from pathlib import Path

from baselines import METHODS
from common import parser
from real_images import NAMES
from real_tables import FROM_FILES, SKLEARN
from summary import RESULTS

HERE = Path(__file__).parent
SPEED = ["training_speed.py", "training_speed.py --networks dcgan", "parzen_speed.py"]
REDUCED = [
    "tables.py --tables iris wine --seeds 1",
    "modes.py --losses relativistic --seeds 1",
    "images.py --minutes 1",
    *SPEED,
]
VARIANTS = [
    "default",
    "'no clusters'",
    "'clusters of discriminator'",
    "'non-saturating, no clusters'",
    "non-saturating",
]
OURS_FIRST = sorted(METHODS, key=lambda name: name != "skgan")  # it sets the time
# By the name of the CSV file that keeps results
FULL = {
    "tables": f"tables.py --tables {' '.join([*FROM_FILES, *SKLEARN, 'modes'])} "
    f"--methods {' '.join(OURS_FIRST)} --models models --data {{data}}",
    "refinement": "refinement.py --models models --data {data}",
    "parzen": "parzen.py --seeds 3 --data {data}",
    "modes": "modes.py --seeds 10",
    "images": f"images.py --seeds 3 --sets {' '.join(NAMES[1:])} "
    f"--variants {' '.join(VARIANTS)} --data {{data}}",
    "features": "features.py --seeds 3 --sets mnist cifar10 --data {data}",
    "augmentation": "augmentation.py --kept kept --data {data}",
    "searches": "searches.py --data {data}",
}


def commands(data):
    """Each script with its options."""
    if data is None:
        return [shlex.split(script) for script in REDUCED]
    kept = [
        f"{script.format(data=shlex.quote(str(data)))} --threads 1 --out "
        f"{shlex.quote(str(RESULTS / name))}.csv"
        for name, script in FULL.items()
    ]
    return [shlex.split(script) for script in [*kept, *SPEED]]


def main():
    options = parser(__doc__)
    options.add_argument("--data", type=Path, help="folder of the files")
    options = options.parse_args()
    for script, *arguments in commands(options.data):
        print("==", script, *arguments, flush=True)
        subprocess.run([sys.executable, HERE / script, *arguments], check=True)


if __name__ == "__main__":
    main()
