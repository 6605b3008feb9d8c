"""How long an iteration takes when several processes share it.

    torchrun --nproc-per-node=2 benchmarks/processes.py

Prints milliseconds of an iteration of tables and of images, and the megabytes that it
sends; run it with 1, 2 and more processes, and on several machines. Of each three runs
the fastest counts.
"""

import os
import platform
import time

import numpy as np
import torch

import skgan
from skgan import DCGANGenerator, GANGenerator

N_RUNS = 3
SHARED = {"refinement": None, "n_score_samples": 10, "random_state": 0}


class Clock:
    """Notes when an interval ends, in the first process."""

    every = 10

    def __init__(self):
        self.ends = []

    def setup(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        if context.task_name == "interval":
            self.ends.append(time.perf_counter())

    def teardown(self, estimator, context):
        pass


def milliseconds(gan, X):
    """The time of an iteration, without the first ten."""
    clock = Clock()
    gan.set_callbacks(clock).fit(X)
    if not clock.ends:  # not the first process
        return None
    return min(np.diff(clock.ends)) / clock.every * 1e3


def main():
    rng = np.random.default_rng(0)
    cases = {
        "table": (GANGenerator(max_iter=60, **SHARED), rng.normal(size=(2_000, 10))),
        "images": (
            DCGANGenerator(max_iter=30, base_channels=16, **SHARED),
            rng.random((500, 32, 32, 3)),
        ),
    }
    n_processes = os.environ.get("WORLD_SIZE", "1")
    with skgan.distributed():
        for name, (gan, X) in cases.items():
            times = [milliseconds(gan, X) for _ in range(N_RUNS)]
            networks = gan.generator_, gan.discriminator_
            n_weights = sum(w.numel() for net in networks for w in net.parameters())
            if times[0] is not None:
                print(
                    f"{name}: {min(times):.1f} ms, {4e-6 * n_weights:.1f} MB; "
                    f"processes {n_processes}, threads {torch.get_num_threads()}, "
                    f"torch {torch.__version__}, {platform.machine()}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
