"""Is training as fast as in another checkout? Intervals of both, one after the other.

    python benchmarks/tree_speed.py OTHER [--data FOLDER] [--rounds 8]

Prints the milliseconds of an iteration there and here, medians over rounds in turn, and
the median of their ratios, of the perceptrons of MNIST's size, of the networks of a
table (Adult, from FOLDER) and of DCGAN. With --fit, the seconds of a default fit of
Adult, too: both at once, a core each, and again with the cores changed.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
CASES = ("mlp", "table", "dcgan")
N_ITERATIONS = 400


def main():
    """Compare the trees."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("other", type=Path, help="the other checkout")
    parser.add_argument("--data", type=Path, help="folder with Adult")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--fit", action="store_true", help="time fits of Adult, too")
    parser.add_argument("--cases", nargs="*", default=CASES)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.data)
        return
    trees = [options.other.resolve(), HERE.parent]
    for case in options.cases:
        pair = [Worker(tree, options.data) for tree in trees]
        times = [[], []]
        for nth in range(options.rounds + 1):
            for side in (0, 1) if nth % 2 else (1, 0):
                found = pair[side].ask(case)
                if nth:  # the first warms up
                    times[side].append(found)
        for worker in pair:
            worker.end()
        ratios = [b / a for a, b in zip(*times, strict=True)]
        print(
            f"{case}: {median(times[0]):.2f} ms an iteration there, "
            f"{median(times[1]):.2f} here, ratio {median(ratios):.3f} "
            f"({min(ratios):.3f} to {max(ratios):.3f})",
            flush=True,
        )
    if options.fit:
        fit_both(trees, options.data)


def fit_both(trees, data):
    """Time a default fit in both trees at once, each on either core."""
    for cores in ((0, 1), (1, 0)):
        pair = [
            Worker(tree, data, core) for tree, core in zip(trees, cores, strict=True)
        ]
        for worker in pair:
            worker.send("fit")
        there, here = (worker.receive() for worker in pair)
        for worker in pair:
            worker.end()
        ratio = here / there
        print(
            f"fit: {there:.0f} s there, {here:.0f} here, ratio {ratio:.3f}", flush=True
        )


class Worker:
    """A process that trains with one tree, and times it."""

    def __init__(self, tree, data, core=None):
        data = data and data.resolve()  # it works elsewhere
        environment = os.environ | {"PYTHONPATH": str(tree), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, __file__, str(tree), "--worker"]
        command += ["--data", str(data)] if data else []
        if core is not None:
            command = ["taskset", "-c", str(core), *command]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, text=True, env=environment, cwd="/"
        )

    def send(self, case):
        """Ask for a case."""
        print(case, file=self.process.stdin, flush=True)

    def receive(self):
        """Wait for the time of the case that was asked for."""
        return json.loads(self.process.stdout.readline())

    def ask(self, case):
        """Return the time of a case."""
        self.send(case)
        return self.receive()

    def end(self):
        """End the process."""
        self.process.stdin.close()
        self.process.wait()


class Intervals:
    """Remembers when each interval of a hundred iterations ended."""

    def setup(self, estimator, context):
        """A fit begins."""
        self.times = []

    def on_fit_task_begin(self, estimator, context):
        """An interval begins."""

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        """An interval has ended."""
        if metadata and "n_iter" in metadata:
            self.times.append(time.perf_counter())

    def teardown(self, estimator, context):
        """The fit is over."""


def work(data):
    """Time the cases that come in, with the skgan of this process."""
    makers = {"mlp": make_mlp, "table": make_table, "dcgan": make_dcgan}
    for line in sys.stdin:
        case = line.strip()
        if case == "fit":
            print(json.dumps(seconds_of_fit(data)), flush=True)
            continue
        gan, X = makers[case](data)
        intervals = Intervals()
        gan.set_callbacks(intervals).fit(X)
        ends = intervals.times
        steps = [b - a for a, b in zip(ends, ends[1:], strict=False)]
        print(json.dumps(1000 * median(steps) / 100), flush=True)


def common(max_iter=N_ITERATIONS):
    """Options that leave nothing but training."""
    return {
        "max_iter": max_iter,
        "refinement": None,
        "n_score_samples": 50,
        "random_state": 0,
    }


def make_mlp(data):
    """Perceptrons of MNIST's size, as in a well-known tutorial."""
    from functools import partial

    import numpy as np

    from skgan import GANGenerator
    from skgan.networks import mlp_discriminator, mlp_generator

    X = np.random.default_rng(0).random((2_000, 784), dtype=np.float32).round(1)
    gan = GANGenerator(
        generator=partial(mlp_generator, hidden_layer_sizes=(1024, 1024)),
        discriminator=partial(mlp_discriminator, hidden_layer_sizes=(256, 256)),
        latent_dim=96,
        batch_size=128,
        **common(),
    )
    return gan, X


def make_table(data):
    """The default networks of a table."""
    from skgan import GANGenerator

    return GANGenerator(**common()), adult(data)[:5_000]


def make_dcgan(data):
    """The default networks of small images."""
    import numpy as np

    from skgan import DCGANGenerator

    images = np.random.default_rng(0).random((600, 28, 28), dtype=np.float32)
    return DCGANGenerator(n_clusters=4, **common()), images


def adult(data):
    """The training rows of Adult."""
    sys.path.insert(0, str(HERE))
    from real_tables import load

    return load("adult", data)[0]


def seconds_of_fit(data):
    """Seconds of a default fit of Adult."""
    from skgan import GANGenerator

    X, start = adult(data), time.perf_counter()
    GANGenerator(random_state=0).fit(X)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
