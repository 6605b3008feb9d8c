"""Threads and forks: the library sets no global, and what cannot be shared waits."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Thread

import numpy as np
import pytest
import torch
from own_networks import global_dropout
from torch import nn

from skgan import GANGenerator, _torch
from skgan.losses import LOSSES
from skgan.networks import mlp_discriminator, mlp_generator
from skgan.penalties import interpolated, r1
from skgan.training import Objective
from skgan.training.randomness import _may_draw, may_draw_globally

CPU = torch.device("cpu")
SMALL = {"encoder": "scaled", "max_iter": 20, "hidden_layer_sizes": (8,)}
SMALL |= {"n_score_samples": 50}


@pytest.fixture
def in_float64():
    """A caller whose default is another."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def in_threads(functions):
    """Results of functions that run at the same time."""
    with ThreadPoolExecutor(len(functions)) as pool:
        return [f.result() for f in [pool.submit(function) for function in functions]]


class TestDefaultDtype:
    """That of torch is of all threads, and is left alone."""

    def test_it_is_the_callers_while_others_sample(self, blobs, in_float64):
        found = set()

        def loss(real, fake):
            found.add(torch.get_default_dtype())
            return fake - real

        gan = GANGenerator(**SMALL, loss=(loss, loss), random_state=0).fit(blobs)
        draws = [partial(gan.sample, 500, random_state=0)] * 8
        rows = in_threads(draws)
        assert found == {torch.float64} and torch.get_default_dtype() == torch.float64
        for other in rows[1:]:
            np.testing.assert_array_equal(other, rows[0])

    def test_networks_that_make_tensors_get_float32(self, blobs, in_float64):
        class Noisy(nn.Module):
            def __init__(self, inner):
                super().__init__()
                self.inner, self.scale = inner, nn.Parameter(torch.ones(1))

            def forward(self, x):
                noise = torch.randn(len(x), x.shape[1]) * torch.tensor(0.1)
                return self.inner(x + self.scale * noise)

        gan = GANGenerator(**SMALL, discriminator=lambda n: Noisy(mlp_discriminator(n)))
        weights = gan.fit(blobs).discriminator_.parameters()
        assert {weight.dtype for weight in weights} == {torch.float32}

    @pytest.mark.parametrize(
        ("make", "dtype"),
        [
            (lambda: torch.zeros(2), torch.float32),
            (lambda: torch.rand(2, dtype=torch.float64), torch.float64),
            (lambda: torch.tensor([1.5]), torch.float32),
            (lambda: torch.tensor([1]), torch.int64),
            (lambda: torch.tensor(np.ones(2)), torch.float64),
            (lambda: torch.as_tensor(torch.ones(2).double()), torch.float64),
            (lambda: torch.arange(3), torch.int64),
            (lambda: torch.arange(0.0, 3.0), torch.float32),
            (lambda: torch.full((2,), True), torch.bool),
            (lambda: torch.full((2,), 0.5), torch.float32),
            (lambda: nn.Linear(2, 2).weight, torch.float32),
            (lambda: nn.BatchNorm1d(2).running_var, torch.float32),
        ],
    )
    def test_what_plain_makes(self, make, dtype, in_float64):
        with _torch.plain(CPU):
            assert make().dtype == dtype
        assert torch.zeros(1).dtype == torch.float64


OWN = {"dropout": 0.4, "penalty": "interpolated"}
GLOBAL = {"discriminator": global_dropout}


@pytest.mark.parametrize("params", [{}, OWN, GLOBAL], ids=["plain", "own", "global"])
def test_fits_in_threads_are_those_of_one_after_the_other(params, blobs):
    """They begin together, and the caller's random stream is where it was."""

    def outcome(seed, wait=lambda: None):
        gan = GANGenerator(**SMALL, **params, random_state=seed)
        wait()
        return gan.fit(blobs).sample(20, random_state=0)

    expected = [outcome(seed) for seed in (0, 1, 0)]
    before = torch.get_rng_state()
    barrier = Barrier(3)
    found = in_threads([partial(outcome, seed, barrier.wait) for seed in (0, 1, 0)])
    np.testing.assert_array_equal(found, expected)
    assert torch.equal(before, torch.get_rng_state())


def test_a_callback_may_wait_for_a_fit_in_another_thread(blobs):
    """No lock is held while callbacks run, nor is the stream of the run in place."""
    gan = GANGenerator(**SMALL, **GLOBAL, random_state=0)
    alone = gan.fit(blobs).sample(9, random_state=0)

    class Waits:
        def setup(self, estimator, context):
            self.n_fits = 0

        teardown = on_fit_task_begin = setup

        def on_fit_task_end(self, estimator, context):
            if context.task_name == "interval":
                thread = Thread(
                    target=GANGenerator(**SMALL, **GLOBAL).fit, args=[blobs]
                )
                thread.start()
                thread.join(timeout=60)
                assert not thread.is_alive()
                gans.append(thread)

    gans = []
    gan.set_callbacks(Waits()).fit(blobs)
    np.testing.assert_array_equal(gan.sample(9, random_state=0), alone)
    assert len(gans) == 1


class Player:
    def __init__(self, network):
        self.network = network
        self.optimizer = torch.optim.SGD(network.parameters())


class Run:
    """What ``may_draw_globally`` asks of a run."""

    def __init__(self, penalties=(), n_critic=1, network=None, loss=LOSSES["hinge"]):
        self.objective = Objective(loss, [(1.0, p) for p in penalties])
        self.schedule = self.batches = self.state = self
        self.n_critic, self.expand = n_critic, _torch.placed
        self.generator = Player(mlp_generator(2, 2))
        self.discriminator = Player(network or mlp_discriminator(2))


class Own(nn.Linear):
    """A module that somebody wrote."""


@pytest.mark.parametrize(
    ("run", "draws"),
    [
        (Run([r1]), False),
        (Run([interpolated]), True),
        (Run([partial(interpolated, rng=torch.Generator())]), False),
        (Run([lambda critic, real, fake: critic(real)]), True),
        (Run(n_critic=lambda iteration: 1), True),
        (Run(network=mlp_discriminator(2, dropout=0.1)), False),
        (Run(network=nn.Sequential(nn.Linear(2, 1), nn.Dropout(0.1))), True),
        (Run(network=nn.Linear(2, 1)), False),
        (Run(network=Own(2, 1)), True),
        (Run(loss=(lambda real, fake: fake,) * 2), True),
    ],
)
def test_what_may_draw_from_the_global_stream(run, draws):
    if not isinstance(run.objective.loss, type(LOSSES["hinge"])):
        run.objective = Objective(type(LOSSES["hinge"])(*run.objective.loss))
    assert may_draw_globally(run) == draws


@pytest.mark.parametrize(
    ("module", "draws"),
    [
        (nn.Dropout(0.0), False),
        (nn.Dropout2d(0.1), True),
        (nn.RReLU(), True),
        (nn.LeakyReLU(), False),
        (nn.MultiheadAttention(4, 2, dropout=0.1), True),
        (nn.MultiheadAttention(4, 2), False),
        (nn.GRU(2, 2, num_layers=2, dropout=0.5), True),
    ],
)
def test_modules_of_torch_that_draw(module, draws):
    assert _may_draw(module) == draws


def precisions():
    return [
        getattr(torch.backends, n).matmul.fp32_precision for n in ("cuda", "mkldnn")
    ]


def test_exact_products_last_until_the_last_block_ends(reduced_precision):
    """Also where the first to come is the first to go."""
    callers = precisions()
    first, second = _torch.exact_matmul(), _torch.exact_matmul()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert precisions() == ["ieee", "ieee"]
    second.__exit__(None, None, None)
    assert precisions() == callers != ["ieee", "ieee"]


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
def test_a_forked_child_samples_and_fits(blobs, two_threads):
    """Threads of OpenMP stay in the parent, and loops would wait for them forever."""
    gan = GANGenerator(**{**SMALL, "hidden_layer_sizes": (64,)}).fit(blobs)
    expected = gan.sample(20_000, random_state=0)  # enough for two threads
    child = os.fork()
    if not child:
        rows = gan.sample(20_000, random_state=0)
        gan.fit(blobs)
        is_right = (
            np.allclose(rows, expected, atol=1e-4) and torch.get_num_threads() == 1
        )
        os._exit(0 if is_right else 3)
    try:
        for _ in range(600):
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                break
            time.sleep(0.1)
        assert done and os.waitstatus_to_exitcode(status) == 0
    finally:
        if not done:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize("when", ["register_forward_hook", "register_forward_pre_hook"])
def test_hooks_of_users_may_draw(when):
    module = nn.Linear(2, 1)
    getattr(module, when)(lambda *_: None)
    assert _may_draw(module)
