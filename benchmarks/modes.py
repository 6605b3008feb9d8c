"""Modes of a grid and a ring of Gaussians that a GAN finds, and the share of good rows.

The protocol of PacGAN (Lin et al. 2018): 25 modes {-4, -2, 0, 2, 4} squared of standard
deviation 0.05, or 8 of 0.01 on a circle of radius 1; 2,500 generated rows. A row is
good if it lies within 3 standard deviations of a centre; a mode is found if a good row
belongs to it. A perfect model has 98.9 % good rows, and a reverse KL divergence of
0.005 on the grid and 0.001 on the ring.
"""

import ast
import time

from common import parser, print_machine

from skgan import GANGenerator
from skgan.datasets import make_grid, make_ring
from skgan.metrics import mode_recovery

SETS = {"grid": (make_grid, 0.05), "ring": (make_ring, 0.01)}  # standard deviations


def main():
    options = parser(__doc__, seeds=5)
    options.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    options.add_argument("--params", default="{}", help="parameters of GANGenerator")
    options.add_argument("--rows", type=int, default=100_000)
    options = options.parse_args()
    print_machine(options.threads)
    params = {"encoding": "scaled", "max_iter": 10_000, "batch_size": 256}
    params |= ast.literal_eval(options.params)
    print(params)
    for name in options.sets:
        make, std = SETS[name]
        for seed in range(options.seeds):
            X, _, centres = make(options.rows, std=std, random_state=seed)
            start = time.perf_counter()
            gan = GANGenerator(random_state=seed, **params).fit(X)
            seconds = time.perf_counter() - start
            samples = gan.sample(2_500, random_state=seed)
            n_modes, share, divergence = mode_recovery(samples, centres, std)
            print(
                f"{name}, seed {seed}: {n_modes}/{len(centres)} modes, "
                f"{100 * share:.1f} % good rows, reverse KL {divergence:.4f}, "
                f"{seconds:.0f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()
