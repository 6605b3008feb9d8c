"""Seconds of a fit on Adult: CTGAN with its defaults, and ``GANGenerator``.

CTGAN (``pip install ctgan``, under the Business Source License) trains for 300 epochs
by default. Here it trains for few, twice, and the rest is multiplied: an epoch is the
difference of two fits. Both run in one process on the same threads, one after another.
"""

import statistics
import time
from importlib.metadata import version
from pathlib import Path

from common import parser, print_machine
from real_tables import load

from skgan import GANGenerator

N_EPOCHS = 300


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main():
    options = parser(__doc__, seeds=1)
    options.add_argument("--data", required=True, help="folder of adult/")
    options.add_argument("--epochs", type=int, default=3)
    options = options.parse_args()
    print_machine(options.threads)
    from ctgan import CTGAN  # not among the dependencies

    train, _ = load("adult", Path(options.data))
    categories = list(train.select_dtypes(exclude="number"))
    filled = train.fillna(dict.fromkeys(categories, "?"))

    def ctgan(epochs):
        return seconds(lambda: CTGAN(epochs=epochs).fit(filled, categories))

    ours, epochs, starts = [], [], []
    for seed in range(options.seeds):
        ours.append(seconds(lambda s=seed: GANGenerator(random_state=s).fit(train)))
        first = ctgan(1)
        epoch = (ctgan(1 + options.epochs) - first) / options.epochs
        epochs.append(epoch)
        starts.append(first - epoch)
        print(f"seed {seed}: {ours[-1]:.0f} s; an epoch of CTGAN {epoch:.2f} s")
    whole = statistics.median(starts) + N_EPOCHS * statistics.median(epochs)
    own = statistics.median(ours)
    print(
        f"CTGAN {version('ctgan')}: {statistics.median(starts):.0f} s before training, "
        f"{statistics.median(epochs):.2f} s an epoch, {whole:.0f} s in all; "
        f"GANGenerator {own:.0f} s: {100 * own / whole:.0f} %"
    )


if __name__ == "__main__":
    main()
