"""Modes of a grid and a ring of Gaussians that GANs find, and the share of good rows.

The protocol of PacGAN (Lin et al. 2018): 25 modes {-4, -2, 0, 2, 4} squared of standard
deviation 0.05, or 8 of 0.01 on a circle of radius 1; 2,500 generated rows. A row is
good if it lies within 3 standard deviations of a center; a mode is found if a good row
belongs to it. A perfect model has 98.9 % good rows, and a reverse KL divergence of
0.005 on the grid and 0.001 on the ring.

All losses train the same networks for 10,000 iterations of 256 rows. The same training
is measured twice, before and after refinement by the discriminator's logits. Results go
to a CSV file, and a run that is there already is left out.
"""

import time
from itertools import product
from pathlib import Path

from common import parser, print_machine, settings
from harness import Bench

from skgan import GANGenerator
from skgan.datasets import make_grid, make_ring
from skgan.losses import LOSSES
from skgan.metrics import mode_recovery

MIXTURES = {"grid": (make_grid, 0.05), "ring": (make_ring, 0.01)}  # standard deviations
KEYS = ["mixture", "loss", "params", "seed"]
OF_ROWS = ["n_modes", "good", "reverse_kl"]
FIGURES = [*OF_ROWS, *(f"refined_{f}" for f in OF_ROWS), "accepted", "fit_seconds"]
PARAMS = {
    "encoder": "scaled",
    "max_iter": 10_000,
    "batch_size": 256,
    "refinement": "network",
}
N_ROWS, N_SAMPLES = 100_000, 2_500


class Work:
    """One run: what a process of its own does."""

    def __call__(self, mixture, loss, params, seed):
        make, std = MIXTURES[mixture]
        X, _, centers = make(N_ROWS, std=std, random_state=seed)
        params = PARAMS | {"loss": loss} | settings(params)
        start = time.perf_counter()
        gan = GANGenerator(random_state=seed, **params).fit(X)
        figures = {"fit_seconds": time.perf_counter() - start}
        for prefix, refine in (("", False), ("refined_", True)):
            samples = gan.sample(N_SAMPLES, random_state=seed, refine=refine)
            found = mode_recovery(samples, centers, std)
            names = [prefix + name for name in OF_ROWS]
            figures |= dict(zip(names, found, strict=True))
        return figures | {"accepted": gan.acceptance_rate_}


def main():
    options = parser(__doc__, seeds=5)
    options.add_argument(
        "--mixtures", nargs="+", choices=MIXTURES, default=list(MIXTURES)
    )
    options.add_argument("--losses", nargs="+", choices=LOSSES, default=list(LOSSES))
    options.add_argument("--params", nargs="+", default=["{}"], help="of GANGenerator")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    for seed, loss, params, name in product(
        range(options.seeds), options.losses, options.params, options.mixtures
    ):
        bench.run(Work(), mixture=name, loss=loss, params=params, seed=seed)
    bench.print_medians("mixture", "loss", "params")


if __name__ == "__main__":
    main()
