"""Fits that were killed end as if they had not been. Run by hand: make check-resume.

    python tests/check_resume.py [--only NAME ...] [--seed N]

Each case is fitted without a break, then killed with SIGKILL at random moments, also
while it writes a file, and started again in a new process until it ends. Networks,
averages, optimizers, random streams, scores, refinement and samples must have the same
SHA-256. Then the newest file is cut short: the one before must be taken, and all must
be equal again.
"""

import argparse
import hashlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from own_networks import global_dropout

from skgan import DCGANGenerator, GANGenerator
from skgan.callbacks import Checkpoint
from skgan.estimators.fingerprints import add_to
from skgan.storage import whole

EVERY, N_FILES, N_ROUNDS = 10, 4, 2
SMALL = {"max_iter": 200, "batch_size": 16, "n_score_samples": 200, "random_state": 3}
ROWS = SMALL | {"hidden_layer_sizes": (16, 16), "n_clusters": 3, "warm_start": True}
MAPS = SMALL | {"base_channels": 4, "max_iter": 80, "n_clusters": 2}
MAPS |= {"warm_start": True}


def numbers(n_rows=300):
    rng = np.random.default_rng(0)
    return rng.normal(size=(n_rows, 3)) ** 3, rng.integers(2, size=n_rows)


def table(n_rows=300):
    rng = np.random.default_rng(0)
    size = np.where(rng.random(n_rows) < 0.2, np.nan, rng.lognormal(size=n_rows))
    words = rng.choice([*"abcd"], n_rows)
    frame = pd.DataFrame({"word": words, "size": size, "n": rng.poisson(2, n_rows)})
    return frame, rng.choice(["few", "many"], n_rows, p=[0.2, 0.8])


def images(n_rows=120):
    rng = np.random.default_rng(0)
    return rng.random((n_rows, 8, 8, 1)), rng.integers(2, size=n_rows)


CASES = {
    "table": (GANGenerator(**ROWS), table),
    "labels": (GANGenerator(**ROWS, class_conditional=True, dropout=0.3), table),
    "restarts": (GANGenerator(**ROWS, n_init=2, refinement="trees"), table),
    "refined": (GANGenerator(**ROWS), partial(table, 700)),
    "dropout": (GANGenerator(**ROWS, encoder="scaled", dropout=0.5, n_init=2), numbers),
    "global dropout": (GANGenerator(**ROWS, discriminator=global_dropout), numbers),
    "wasserstein": (GANGenerator(**ROWS, loss="wasserstein", n_critic=3), numbers),
    "batch normalization": (
        DCGANGenerator(**MAPS, loss="non_saturating", normalization="batch", n_init=2),
        images,
    ),
    "images": (DCGANGenerator(**MAPS, class_conditional=True), images),
    "residual images": (
        DCGANGenerator(**MAPS, generator="residual", discriminator="residual"),
        images,
    ),
}


def fitted(case, folder=None):
    """The estimator of a case, fitted to its data; with checkpoints in a folder."""
    gan, data = CASES[case]
    if folder:
        gan.set_callbacks(Checkpoint(folder, every=EVERY, keep=N_FILES))
    return gan.fit(*data())


def digest(gan):
    """SHA-256 of all that was learned, and of samples."""
    model, found = gan._model, hashlib.sha256()
    for network in (model.generator, model.discriminator):
        add_to(found, {k: v.numpy() for k, v in network.state_dict().items()})
    add_to(found, [gan._run_state["runs"], model.density, model.judge])
    add_to(found, [model.refinement, model.validation_score, model.acceptance_rate])
    add_to(found, np.asarray(gan.sample(1_000, random_state=0)).tolist())
    return found.hexdigest()


def die_at(n_syncs):
    """Kill this process when it has called ``fsync`` so often: two calls a file.

    At the first the new file is not yet in its place, at the second it is.
    """
    own, calls = os.fsync, []

    def fsync(descriptor):
        calls.append(descriptor)
        if len(calls) == n_syncs:
            os.kill(os.getpid(), signal.SIGKILL)
        own(descriptor)

    whole.os.fsync = fsync


class Child:
    """A new process that fits a case; forked, as imports take longer than a fit."""

    def __init__(self, case, folder=None, n_syncs=0):
        self.out, self.errors = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        self.process = os.fork()
        if not self.process:
            os.dup2(self.out.fileno(), 1), os.dup2(self.errors.fileno(), 2)
            try:
                if n_syncs:
                    die_at(n_syncs)
                os.write(1, digest(fitted(case, folder)).encode())
            except BaseException:
                os.write(2, traceback.format_exc().encode())
            finally:
                os._exit(0)

    def kill_after(self, seconds):
        """Kill the process, unless it has ended before."""
        time.sleep(seconds)  # until it is waited for, its number is not given again
        os.kill(self.process, signal.SIGKILL)

    def end(self):
        """The digest, None if the process was killed, and its warnings."""
        _, status = os.waitpid(self.process, 0)
        found, errors = (read_from_start(file) for file in (self.out, self.errors))
        if os.waitstatus_to_exitcode(status) == -signal.SIGKILL:
            return None, errors
        assert found, errors
        return found, errors


def read_from_start(file):
    file.seek(0)
    return file.read().decode()


def killed_until_done(case, folder, seconds, rng):
    """The digest of a case that is killed again and again, and how often it was."""
    n_killed = 0
    while True:
        # While a file is written or at any time, later and later
        in_write = rng.random() < 0.5
        child = Child(case, folder, rng.randint(1, 12) if in_write else 0)
        if not in_write:
            child.kill_after(rng.uniform(0, seconds * (1 + n_killed)))
        found, error = child.end()
        assert "passed over" not in error, error
        if found and n_killed:
            return found, n_killed
        if found:  # it was quicker than its killer: once more from the beginning
            shutil.rmtree(folder)
            seconds /= 2
        else:
            n_killed += 1


def check(case, expected, seconds, rng):
    """Whether a killed case is equal to an unbroken one; prints a line of it."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder) / "files"
        found, n_killed = killed_until_done(case, folder, seconds, rng)
        newest = max(folder.glob("*/*.checkpoint"))
        content = newest.read_bytes()
        newest.write_bytes(content[: rng.randrange(len(content))])
        torn, error = Child(case, folder).end()
    equal = found == expected, torn == expected and "passed over" in error
    words = ["equal" if one else "NOT EQUAL" for one in equal]
    line = f"{case:20} killed {n_killed} times: {words[0]}; file torn: {words[1]}"
    print(line, flush=True)
    return all(equal)


def timed(case):
    """The digest of an unbroken fit, and the seconds that it takes."""
    began = time.perf_counter()
    found, _ = Child(case).end()
    return found, time.perf_counter() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=CASES)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    rng = random.Random(options.seed)
    unbroken = {case: timed(case) for case in options.only or CASES}
    outcomes = [
        check(case, *unbroken[case], rng) for _ in range(N_ROUNDS) for case in unbroken
    ]
    print(f"{sum(outcomes)} of {len(outcomes)} equal, seed {options.seed}")
    return int(not all(outcomes))


if __name__ == "__main__":
    sys.exit(main())
