"""Modes of a grid of 25 Gaussians that a GAN finds, and the share of good rows.

The protocol of PacGAN (Lin et al. 2018): centres {-4, -2, 0, 2, 4} squared, standard
deviation 0.05, 2,500 generated rows. A row is good if it lies within 3 standard
deviations of a centre; a mode is found if a good row belongs to it.
"""

import ast
import time

import numpy as np
from common import parser, print_machine
from scipy.spatial import cKDTree

from skgan import GANGenerator

CENTRES = np.stack(np.meshgrid(*[np.arange(-4, 5, 2.0)] * 2), axis=-1).reshape(-1, 2)
SPREAD = 0.05


def main():
    options = parser(__doc__, seeds=5)
    options.add_argument("--params", default="{}", help="parameters of GANGenerator")
    options.add_argument("--rows", type=int, default=100_000)
    options = options.parse_args()
    print_machine(options.threads)
    params = {"encoding": "scaled", "max_iter": 10_000, "batch_size": 256}
    params |= ast.literal_eval(options.params)
    print(params)
    for seed in range(options.seeds):
        rng = np.random.RandomState(seed)
        X = CENTRES[rng.randint(25, size=options.rows)]
        X = X + SPREAD * rng.randn(*X.shape)
        start = time.perf_counter()
        gan = GANGenerator(random_state=seed, **params).fit(X)
        seconds = time.perf_counter() - start
        distance, mode = cKDTree(CENTRES).query(gan.sample(2_500, random_state=seed))
        good = mode[distance < 3 * SPREAD]
        counts = np.bincount(good, minlength=25)
        share = counts / counts.sum()
        kl = np.sum(share[share > 0] * np.log(25 * share[share > 0]))
        print(
            f"seed {seed}: {np.count_nonzero(counts)}/25 modes, "
            f"{len(good) / 25:.1f} % good rows, reverse KL {kl:.4f}, {seconds:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
