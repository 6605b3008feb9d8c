"""Fits that several processes do together, for tests of them: what each learns.

    torchrun --nproc-per-node=2 tests/rank_cases.py FOLDER CASE ...

writes what each process has learned, or why it failed, to FOLDER/RANK.
"""

import multiprocessing
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
import warnings
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path

import numpy as np
import torch
from check_resume import images, table
from joblib import parallel_config
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from torch import nn

import skgan
from skgan import DCGANGenerator, GANGenerator
from skgan.callbacks import Checkpoint

# Uneven parts on two processes, and on three
SMALL = {"max_iter": 20, "batch_size": 31, "n_score_samples": 50, "random_state": 3}
ROWS = SMALL | {"hidden_layer_sizes": (16, 16), "refinement": None}
LONG = {"max_iter": 200, "batch_size": 256}  # 256 rows for three processes, too


def rank():
    """The number of this process, as its launcher says it."""
    return int(os.environ.get("RANK", 0))


def is_last():
    """Whether this is the last of several processes."""
    return rank() > 0 and rank() + 1 == int(os.environ["WORLD_SIZE"])


def numbers(n_rows=300):
    return np.random.default_rng(0).normal(size=(n_rows, 3)), None


def normalized(n_inputs):
    """A discriminator with batch normalization and torch's dropout."""
    return nn.Sequential(
        nn.Linear(n_inputs, 16, bias=False),
        nn.BatchNorm1d(16),
        nn.SiLU(),
        nn.Dropout(0.2),
        nn.Linear(16, 1),
    )


# Labels, clusters, batch normalization in the generator, lazy penalties
TABLE = GANGenerator(**ROWS, class_conditional=True, n_clusters=3)
# Gradients of gradients through batch normalization. By sgd: where a gradient is 0 but
# for rounding, Adam's first steps are as long as anywhere
SECOND = GANGenerator(
    **ROWS,
    discriminator=normalized,
    encoder="scaled",
    penalty=["r1", "interpolated"],
    penalty_weight=0.1,
    optimizer="sgd",
    learning_rate=0.02,
)
DROPPED = GANGenerator(**ROWS, dropout=0.3, n_critic=2, noise="uniform")
IMAGES = DCGANGenerator(
    **SMALL | {"max_iter": 6},
    base_channels=4,
    class_conditional=True,
    loss="non_saturating",
    augmentation=("color", "translation", "cutout"),
)
FITS = {
    "table": (TABLE, table),
    "second": (SECOND, numbers),
    "dropped": (DROPPED, numbers),
    "images": (IMAGES, images),
}
FITS |= {
    f"long {name}": (gan.__class__(**gan.get_params() | LONG), data)
    for name, (gan, data) in FITS.items()
    if name != "images"
}


def learned(gan):
    """What can be told of a fit."""
    return {
        "losses": gan.loss_curve_,
        "samples": gan.sample(300, random_state=0),
        "score": gan.validation_score_,
    }


def fit(name):
    """A fit that is as if it was done alone."""
    gan, data = FITS[name]
    return learned(gan.fit(*data()))


class Failing(Exception):
    """A user's error that cannot be made of its text, with what is more."""

    def __init__(self, text, more):
        super().__init__(text)
        self.more = more


class Watch:
    """A callback that notes what it is told, and stops after so many intervals."""

    every = 10

    def __init__(self, action=lambda n_iter: None):
        self.told, self.action = [], action

    def restore(self, fingerprint):
        self.told.append("restore")

    def setup(self, estimator, context):
        self.told.append("setup")

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        if context.task_name == "interval":
            self.told.append(metadata["n_iter"])
            return self.action(metadata["n_iter"])

    def teardown(self, estimator, context):
        self.told.append("teardown")


def other_data():
    """One process has another number somewhere."""
    X, _ = numbers()
    X[7, 1] += rank()
    GANGenerator(**ROWS).fit(X)


def no_seed():
    """Each would draw a seed of its own."""
    gan = GANGenerator(**ROWS | {"random_state": None, "n_init": 2})
    return learned(gan.fit(*numbers()))


def limited():
    """Each would find another pace."""
    gan = GANGenerator(**ROWS | {"max_iter": 10**6, "max_time": 4})
    return learned(gan.fit(*numbers()))


def passes():
    """Training that goes on."""
    gan, (X, _) = GANGenerator(**ROWS), numbers()
    return learned(gan.partial_fit(X[:200]).partial_fit(X[100:]))


def failing_callback():
    """What the first process alone does fails, with what cannot be pickled."""

    def fail(n_iter):
        raise Failing("no more room", lambda: None)

    GANGenerator(**ROWS).set_callbacks(Watch(fail)).fit(*numbers())


def failing_end():
    """What the first process alone does last fails."""

    class Ending(Watch):
        def teardown(self, estimator, context):
            raise Failing("at the end", None)

    GANGenerator(**ROWS).set_callbacks(Ending()).fit(*numbers())


class FailingLayer(nn.Module):
    """Fails in the middle of an iteration, in one process."""

    def __init__(self, error):
        super().__init__()
        self.error, self.n_calls = error, 0

    def forward(self, rows):
        self.n_calls += 1
        if is_last() and self.n_calls == 10:
            raise self.error
        return rows


def failing_network(error):
    """One process fails while others wait for its gradients."""

    def discriminator(n_inputs):
        return nn.Sequential(FailingLayer(error), nn.Linear(n_inputs, 1))

    GANGenerator(**ROWS, discriminator=discriminator).fit(*numbers())


def average_loss():
    """A loss of means over a batch."""
    own = (
        lambda real, fake: torch.relu(1 - real + fake.mean()),
        lambda real, fake: torch.relu(1 - fake + real.mean()),
    )
    GANGenerator(**ROWS, loss=own).fit(*numbers())


class Drift(nn.Module):
    """Has weights that change in one process alone."""

    def __init__(self):
        super().__init__()
        self.register_buffer("drift", torch.zeros(1))

    def forward(self, rows):
        self.drift += is_last()
        return rows


class Centered(nn.Module):
    """Distances from means over a batch."""

    def forward(self, rows):
        return rows - rows.mean(0)


class Noise(nn.Module):
    """Noise in training."""

    def forward(self, rows):
        return rows + torch.randn_like(rows) if self.training else rows


class Late(nn.Module):
    """Is another map in one process, once training is over."""

    def forward(self, rows):
        return rows if self.training else rows + is_last()


def own_layer(layer, player="discriminator"):
    """A network that begins with a layer."""

    def network(n_inputs, n_outputs=1):
        return nn.Sequential(layer, nn.Linear(n_inputs, n_outputs))

    GANGenerator(**ROWS | {player: network}).fit(*numbers())


def in_a_worker():
    """A search of one process, whose workers are threads that share its group."""
    gan, grid = GANGenerator(**ROWS | {"max_iter": 2}), {"latent_dim": [2, 3]}
    search = GridSearchCV(gan, grid, cv=2, n_jobs=2, refit=False, error_score="raise")
    if rank() == 0:
        with parallel_config(backend="threading"):
            return search.fit(numbers()[0]).cv_results_["mean_test_score"]


def cut(folder):
    """A fit that the first process stops in the middle, and that leaves checkpoints."""
    gan = clone(DROPPED).set_params(verbose=1)
    watch, printed = Watch(lambda n_iter: n_iter == 10), StringIO()
    gan.set_callbacks(Checkpoint(folder, every=10), watch)
    with redirect_stdout(printed), redirect_stderr(printed):
        gan.fit(*numbers())
    return learned(gan) | {"told": watch.told, "printed": printed.getvalue()}


def going_on(folder):
    """A fit that goes on from checkpoints, if there are any."""
    gan, watch = clone(DROPPED), Watch()
    gan.set_callbacks(Checkpoint(folder, every=10), watch).fit(*numbers())
    return learned(gan) | {"told": watch.told}


def killed():
    """The last process is killed in the middle of a fit."""

    class Kill(nn.Identity):
        n_calls = 0

        def forward(self, rows):
            Kill.n_calls += 1
            if is_last() and Kill.n_calls == 100:
                os.kill(os.getpid(), signal.SIGKILL)
            return rows

    def discriminator(n_inputs):
        return nn.Sequential(Kill(), nn.Linear(n_inputs, 1))

    gan = GANGenerator(**ROWS | {"max_iter": 10**6}, discriminator=discriminator)
    gan.fit(*numbers())


CASES = {name: partial(fit, name) for name in FITS}
CASES |= {
    case.__name__: case
    for case in (other_data, no_seed, failing_callback, failing_end, limited, passes)
}
CASES["failing_network"] = partial(failing_network, KeyError("of the last one"))
CASES["interrupted"] = partial(failing_network, KeyboardInterrupt())
CASES |= {case.__name__: case for case in (average_loss, killed, in_a_worker)}
CASES["centered"] = partial(own_layer, Centered())
CASES["noise"] = partial(own_layer, Noise())
CASES["late"] = partial(own_layer, Late(), "generator")
CASES["drift"] = partial(own_layer, Drift())


def outcome(name, folder):
    """What a case returns, or its error."""
    start = time.monotonic()
    cases = CASES | {"cut": partial(cut, folder), "going_on": partial(going_on, folder)}
    try:
        return cases[name]()
    except (Exception, KeyboardInterrupt) as error:
        text = "\n".join([str(error), *getattr(error, "__notes__", [])])
        return type(error).__name__, text, time.monotonic() - start


def fork(folder, n_processes, names):
    """Do cases in children, which need not import anything; what each has found."""
    port = free_port()
    context = multiprocessing.get_context("fork")
    children = [
        context.Process(target=as_rank, args=(i, n_processes, port, folder, names))
        for i in range(n_processes)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads in the parent
        for child in children:
            child.start()
    for child in children:
        child.join()
    return read(folder, n_processes)


def as_rank(number, n_processes, port, folder, names):
    """Do cases as one of several processes."""
    words = {"RANK": number, "WORLD_SIZE": n_processes, "MASTER_PORT": port}
    os.environ |= {name: str(word) for name, word in words.items()}
    os.environ["MASTER_ADDR"] = "127.0.0.1"
    main(folder, *names)


def launch(folder, n_processes, names):
    """Do cases in processes that torchrun starts; what each has found."""
    options = [f"--nproc-per-node={n_processes}", f"--master-port={free_port()}"]
    command = [sys.executable, "-m", "torch.distributed.run", *options, __file__]
    subprocess.run([*command, str(folder), *names], check=True)
    return read(folder, n_processes)


def free_port():
    """A port that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def read(folder, n_processes):
    """What each process has found; None of one that was killed."""
    paths = [Path(folder, str(i)) for i in range(n_processes)]
    return [pickle.loads(p.read_bytes()) if p.exists() else None for p in paths]


def main(folder, *names):
    with skgan.distributed():
        found = {name: outcome(name, Path(folder, "checkpoints")) for name in names}
    Path(folder, str(rank())).write_bytes(pickle.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
