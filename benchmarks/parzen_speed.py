"""Time the Parzen log-likelihood against the matrix product it cannot do without."""

import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from common import parser, print_machine
from sklearn.neighbors import KernelDensity

from skgan.metrics import parzen, parzen_log_likelihood, parzen_log_likelihoods
from skgan.metrics.pairwise import TILE

COLUMNS = 784
BANDWIDTH = 0.2
GRID = np.geomspace(0.2, 1.0, 10)
KERNEL_DENSITY_ROWS = 20  # its time is proportional to the rows


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def tiled_product(X: torch.Tensor, samples: torch.Tensor) -> None:
    out = torch.empty(TILE, TILE)
    for rows in X.split(TILE):
        for others in samples.split(TILE):
            torch.mm(rows, others.T, out=out[: len(rows), : len(others)])


def float64_log_likelihood(X: np.ndarray, samples: np.ndarray) -> None:
    """With hardly any error tolerated, every product is done in float64."""
    tolerance, parzen.TOLERANCE = parzen.TOLERANCE, 1e-6
    try:
        parzen_log_likelihood(X, samples, BANDWIDTH, device="cpu")
    finally:
        parzen.TOLERANCE = tolerance


def candidates(n_rows: int) -> dict[str, Callable[[], object]]:
    rng = np.random.default_rng(0)
    X, samples = rng.random((2, n_rows, COLUMNS), dtype=np.float32)
    tensors = torch.from_numpy(X), torch.from_numpy(samples)
    product = torch.empty(n_rows, n_rows)
    return {
        "product": lambda: torch.mm(tensors[0], tensors[1].T, out=product),
        "product in tiles": lambda: tiled_product(*tensors),
        "parzen": lambda: parzen_log_likelihood(X, samples, BANDWIDTH, device="cpu"),
        "parzen, float64": lambda: float64_log_likelihood(X, samples),
        f"parzen, {len(GRID)} bandwidths": lambda: parzen_log_likelihoods(
            X, samples, GRID, device="cpu"
        ),
    }


def kernel_density_seconds(n_rows: int) -> float:
    """Seconds of scikit-learn's estimator, extrapolated from a few rows."""
    rng = np.random.default_rng(0)
    X, samples = rng.random((2, n_rows, COLUMNS))
    few = X[:KERNEL_DENSITY_ROWS]
    density = KernelDensity(bandwidth=BANDWIDTH).fit(samples)
    return seconds(lambda: density.score_samples(few)) * n_rows / len(few)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--rows", type=int, default=10_000)
    options.add_argument("--repeats", type=int, default=5)
    options = options.parse_args()
    print_machine(options.threads)
    print(f"{options.rows} rows, as many samples, {COLUMNS} columns, h = {BANDWIDTH}")

    runs = candidates(options.rows)
    times: dict[str, list[float]] = {name: [] for name in runs}
    for repeat in range(options.repeats + 1):
        for name, run in runs.items():
            elapsed = seconds(run)
            if repeat > 0:  # the first round warms up
                times[name].append(elapsed)
    medians = {name: statistics.median(values) for name, values in times.items()}
    medians["KernelDensity (extrapolated)"] = kernel_density_seconds(options.rows)
    for name, median in medians.items():
        ratio = median / medians["product"]
        print(f"{name:30} {median:9.3f} s {ratio:9.2f} x the product")
    speedup = medians["KernelDensity (extrapolated)"] / medians["parzen"]
    print(f"parzen is {speedup:.0f} times faster than KernelDensity")


if __name__ == "__main__":
    main()
