"""Seconds and memory of drawing many rows, refined and not.

On UCI Adult with ``--data``, otherwise on a made table of mixed columns. Networks train
for 500 iterations: speed does not depend on how good they are, but the share that is
accepted does, and is printed.
"""

import resource
import time
from pathlib import Path

from common import parser, print_machine
from real_tables import load, strong_modes

from skgan import GANGenerator


def main():
    options = parser(__doc__)
    options.add_argument("--data", type=Path, help="folder of adult/")
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--max-iter", type=int, default=500)
    options = options.parse_args()
    print_machine(options.threads)
    train = load("adult", options.data)[0] if options.data else strong_modes(20_000)
    gan = GANGenerator(max_iter=options.max_iter, random_state=0).fit(train)
    print(f"{100 * gan.acceptance_rate_:.0f} % of candidates are accepted")
    for refine in (False, True):
        start = time.perf_counter()
        gan.sample(options.rows, refine=refine, random_state=0)
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
        name = "refined" if refine else "unrefined"
        print(
            f"{name:10} {options.rows} rows in {seconds:6.1f} s: "
            f"{options.rows / seconds:8.0f} a second, peak {peak:.0f} MiB"
        )


if __name__ == "__main__":
    main()
