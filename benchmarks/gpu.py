"""What a GPU gives: the same numbers, and how much faster. Five minutes in all.

    python benchmarks/gpu.py --data FOLDER [--sections parity iterations ...]

Prints, each line at once: agreement with the CPU; milliseconds of an iteration as they
come, as CUDA graphs, and with compiled networks; a default fit of Adult; Parzen
windows; rows sampled in a second; memory. With ``--device cpu --quick`` all of it runs
on a CPU, with hardly any work, to show that it would. FOLDER, or "adult" in it, holds
Adult.
"""

import copy
import os
import time
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import torch
from common import parser, print_machine
from real_tables import adult
from sklearn.utils import check_random_state

from skgan import DCGANGenerator, GANGenerator
from skgan._torch import resolve_device
from skgan.estimators.inputs import read_inputs
from skgan.estimators.plan import new_run
from skgan.estimators.resolve import resolve
from skgan.losses import LOSSES
from skgan.metrics import parzen_log_likelihood, two_sample_score
from skgan.networks import mlp_discriminator, mlp_generator
from skgan.penalties import PENALTIES
from skgan.privacy import MIN_ROWS
from skgan.training import Player
from skgan.training.step import discriminator_step, generator_step

CPU = torch.device("cpu")
SECTIONS = ("parity", "iterations", "compile", "fit", "parzen", "sampling", "memory")
FIT_ON_CPU = 300  # iterations, of which the rest is reckoned


def main():
    """Print the sections that are asked for."""
    options = parser(__doc__.splitlines()[0])
    options.add_argument("--data", type=Path, help="folder with Adult")
    options.add_argument("--device", default="cuda")
    options.add_argument("--quick", action="store_true", help="hardly any work")
    options.add_argument("--sections", nargs="+", choices=SECTIONS, default=SECTIONS)
    options.set_defaults(threads=os.cpu_count())
    options = options.parse_args()
    print_machine(options.threads)
    device = resolve_device(options.device)
    bench = Bench(device, options.quick, options.data)
    for name in SECTIONS:
        if name in options.sections:
            start = time.perf_counter()
            getattr(bench, name)()
            say(f"  ({name} took {time.perf_counter() - start:.1f} s)")


def say(line):
    """Print a line at once."""
    print(line, flush=True)


class Bench:
    """The sections, for a device."""

    def __init__(self, device, quick, data):
        self.device, self.quick = device, quick
        self.train, self.test = toy_tables() if data is None else load_adult(data)
        if quick:
            self.train, self.test = self.train[:1_000], self.test[:1_000]
        self.gan = None  # fitted by a section

    def parity(self):
        """The largest relative differences from the CPU, and scores of fits."""
        logits = torch.randn(2, 256, dtype=torch.float64)
        errors = [
            error(half(*logits.to(self.device)), half(*logits))
            for pair in LOSSES.values()
            for half in pair
        ]
        say(f"parity of losses, float64: {max(errors):.1e}")
        critic = mlp_discriminator(5, hidden_layer_sizes=(64, 64)).double()
        moved = copy.deepcopy(critic).to(self.device)
        rows = torch.randn(2, 256, 5, dtype=torch.float64)
        for name in ("r1", "r2"):
            penalty = PENALTIES[name]
            difference = error(
                penalty(moved, *rows.to(self.device)), penalty(critic, *rows)
            )
            say(f"parity of {name}, float64: {difference:.1e}")
        run = self.new_run(*self.table(), CPU)
        losses, weights = zip(
            *(first_step(run, d) for d in (CPU, self.device)), strict=True
        )
        say(
            f"parity of a step of Adult's networks, float32: losses "
            f"{error(losses[1], losses[0]):.1e}, weights of the generator "
            f"{error(weights[1], weights[0]):.1e}"
        )
        X, scores = blobs(), []
        for device in (CPU, self.device):
            n = 50 if self.quick else 500
            gan = GANGenerator(max_iter=n, random_state=0, device=device)
            scores.append(gan.fit(X).score(X))
        say(f"parity of a fit: score {scores[0]:.3f} on the CPU, {scores[1]:.3f} there")

    def iterations(self):
        """Milliseconds of an iteration, as it comes and as CUDA graphs."""
        ways = ("eager", "graphs") if self.device.type == "cuda" else ("eager",)
        for name, gan, X in self.networks():
            for precision in ("float32", "bfloat16"):
                gan.set_params(precision=precision)
                times = [self.milliseconds(self.started(gan, X, way)) for way in ways]
                words = ", ".join(map("{} {:.3f}".format, ways, times))
                ratio = times[0] / times[-1]
                say(f"ms an iteration, {name}, {precision}: {words} ({ratio:.1f} x)")

    def started(self, gan, X, way):
        """A run that has begun; its iterations are recorded in one of the ways."""
        run = self.new_run(gan, X)
        if way == "graphs":
            run.use_cuda_graphs()
        return run

    def compile(self):
        """The same with compiled networks: penalties differentiate one that is not."""
        backend = "inductor" if self.device.type == "cuda" else "aot_eager"
        for name, gan, X in self.networks():
            run = self.new_run(gan, X)
            players = [run.state.generator]
            if not run.objective.penalties:
                players.append(run.state.discriminator)
            start = time.perf_counter()
            try:
                for player in players:
                    player.network = torch.compile(player.network, backend=backend)
                run.advance(8)
                self.wait()
            except Exception as problem:  # of a compiler, which works in ``advance``
                say(f"compiled, {name}: {type(problem).__name__} {problem}"[:200])
                continue
            seconds, ms = time.perf_counter() - start, self.milliseconds(run)
            what = f"{name}, {len(players)} of 2 networks compiled"
            say(f"ms an iteration, {what}: {ms:.3f}, after {seconds:.0f} s")

    def fit(self):
        """Seconds and two-sample score of a default fit of Adult."""
        n_iter = {"max_iter": 60} if self.quick else {}
        self.gan, phases = (
            GANGenerator(random_state=0, device=self.device, **n_iter),
            Phases(),
        )
        start = time.perf_counter()
        self.gan.set_callbacks(phases).fit(self.train)
        seconds = time.perf_counter() - start
        begin, end = phases.begin - start, phases.end - start
        say(
            f"default fit of Adult, {self.gan.n_iter_} iterations: {seconds:.1f} s "
            f"(reading {begin:.1f}, training {end - begin:.1f}, the rest "
            f"{seconds - end:.1f})"
        )
        drawn = self.gan.sample(len(self.test), random_state=0)
        score = two_sample_score(self.test, drawn)
        say(f"two-sample score with held-out rows: {score:.3f}")
        if self.device.type == "cpu":
            return
        run = self.new_run(*self.table(), CPU)
        ms = self.milliseconds(run, 30 if self.quick else FIT_ON_CPU)
        there = ms * self.gan.n_iter_ / 1_000
        say(f"the same training on this CPU: {there:.0f} s (reckoned from {ms:.2f} ms)")

    def parzen(self):
        """Seconds of Parzen windows of rows of 784 numbers."""
        for n_rows in (500, 1_000) if self.quick else (10_000, 60_000):
            X, samples = np.random.default_rng(0).random(
                (2, n_rows, 784), dtype=np.float32
            )
            for device in {self.device, CPU} if n_rows <= 10_000 else {self.device}:
                times = []
                for _ in range(2):  # the first one warms up
                    start = time.perf_counter()
                    parzen_log_likelihood(X, samples, 0.2, device=device)
                    times.append(time.perf_counter() - start)
                say(
                    f"Parzen {n_rows} x {n_rows} x 784 on {device.type}: "
                    f"{times[1]:.3f} s (the first {times[0]:.3f})"
                )

    def sampling(self):
        """Rows a second, of a fitted table."""
        gan = self.gan
        if gan is None:
            gan = GANGenerator(max_iter=300, random_state=0, device=self.device)
            gan.fit(self.train[:5_000])
        n_rows = 2_000 if self.quick else 100_000
        for refine in (False, True):
            gan.sample(n_rows // 10, refine=refine)
            start = time.perf_counter()
            gan.sample(n_rows, refine=refine)
            rate = n_rows / (time.perf_counter() - start)
            say(f"rows a second, {'refined' if refine else 'not refined'}: {rate:,.0f}")

    def memory(self):
        """The most that was held at once, of the device or of the process."""
        if self.device.type == "cuda":
            peak = torch.cuda.max_memory_allocated() / 2**30
            reserved = torch.cuda.max_memory_reserved() / 2**30
            say(f"peak memory of the GPU: {peak:.2f} GiB, of {reserved:.2f} reserved")
        else:
            from resource import RUSAGE_SELF, getrusage

            say(f"peak memory: {getrusage(RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")

    def networks(self):
        """Names, estimators and rows whose iterations are timed."""
        n_rows, n_maps = (64, 4) if self.quick else (2_000, 64)
        rng = np.random.default_rng(0)
        digits = rng.random((n_rows, 784), dtype=np.float32)
        yield "tables (Adult)", *self.table()
        yield "MLP of MNIST's size", larger(), digits
        for side in (32, 64):
            images = rng.random((n_rows, side, side, 1), dtype=np.float32)
            gan = DCGANGenerator(base_channels=n_maps, n_clusters=1, augmentation=None)
            yield f"DCGAN {side}x{side}", gan, images

    def table(self):
        """The default estimator, and Adult."""
        return GANGenerator(), self.train

    def new_run(self, gan, X, device=None):
        """A run with first weights."""
        device = device or self.device
        gan.set_params(max_iter=10**6)
        inputs = read_inputs(gan, X, None, MIN_ROWS).split(0.1, check_random_state(0))
        return new_run(resolve(gan, inputs, 0, device), 0)

    def milliseconds(self, run, n_iterations=None):
        """Of an iteration, the median of five rounds after a warm-up."""
        n = n_iterations or (5 if self.quick else 100)
        run.advance(max(n // 5, 20))
        times = []
        for _ in range(5):
            self.wait()
            start = time.perf_counter()
            run.advance(max(n // 5, 4))
            self.wait()
            times.append(1_000 * (time.perf_counter() - start) / max(n // 5, 4))
        return median(times)

    def wait(self):
        """Until the device has done all its work."""
        if self.device.type == "cuda":
            torch.cuda.synchronize()


class Phases:
    """A callback that remembers when training began and ended."""

    begin = None

    def setup(self, estimator, context):
        """A fit begins."""

    def on_fit_task_begin(self, estimator, context):
        """An interval begins."""
        self.begin = self.begin or time.perf_counter()

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        """An interval has ended."""
        if metadata and "n_iter" in metadata:
            self.end = time.perf_counter()

    def teardown(self, estimator, context):
        """The fit is over."""


def first_step(run, device):
    """Losses and the generator's weights after a step with penalties."""
    n_drawn, before = run.batches.n_drawn, run.batches.rng.get_state()
    real = run.batches.expand(*run.batches.draw())
    run.batches.n_drawn = n_drawn  # the same rows for the next device
    run.batches.rng.set_state(before)
    rng = torch.Generator().manual_seed(1)
    latents = run.latents.draw(real.conditions, rng)
    players = [
        Player(net := copy.deepcopy(p.network).to(device), *optimizer(net))
        for p in (run.state.generator, run.state.discriminator)
    ]
    real, latents = (type(x)(*(t.to(device) for t in x)) for x in (real, latents))
    fake = run.objective.generate(players[0].network, latents)
    detached = fake._replace(rows=fake.rows.detach())
    d_loss, logits = discriminator_step(players[1], run.objective, real, detached, 4)
    g_loss = generator_step(*players, run.objective, logits, fake)
    weights = torch.cat([w.detach().flatten() for w in players[0].network.parameters()])
    return torch.stack([d_loss, g_loss]), weights


def optimizer(network):
    """What a player is made of, beside its network."""
    return torch.optim.SGD(network.parameters(), 1e-2), 1e-2


def error(found, expected):
    """Relative difference, by norms."""
    expected = expected.detach().double().cpu()
    difference = found.detach().double().cpu() - expected
    return float(difference.norm() / expected.norm())


def larger():
    """Perceptrons as in a well-known tutorial."""
    return GANGenerator(
        generator=partial(mlp_generator, hidden_layer_sizes=(1024, 1024)),
        discriminator=partial(mlp_discriminator, hidden_layer_sizes=(256, 256)),
        latent_dim=96,
        batch_size=128,
        encoder="scaled",
    )


def blobs():
    """Rows of two clusters, ``(400, 2)``."""
    rng = np.random.RandomState(0)
    centers = np.array([[-2.0, 0.0], [2.0, 1.0]])
    return centers[rng.randint(2, size=400)] + 0.3 * rng.normal(size=(400, 2))


def toy_tables():
    """Something like Adult, for machines without it."""
    import pandas as pd

    def table(rng):
        age = rng.integers(17, 90, 1_000)
        work = rng.choice(["private", "state", "none"], 1_000)
        gain = np.where(rng.random(1_000) < 0.9, 0.0, rng.lognormal(8, 1, 1_000))
        return pd.DataFrame({"age": age, "work": work, "gain": gain})

    return table(np.random.default_rng(0)), table(np.random.default_rng(1))


def load_adult(data):
    """Training and held-out rows."""
    folder = data / "adult" if (data / "adult").is_dir() else data
    return [adult(folder / f"adult.{part}.gz") for part in ("data", "test")]


if __name__ == "__main__":
    main()
