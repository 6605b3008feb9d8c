"""CUDA against the CPU. Skipped, and reported as such, where there is no GPU."""

import copy
import pickle
import warnings

import numpy as np
import pytest
import torch
from own_networks import global_dropout
from test_graphs import CASES, N_ITERATIONS, run_of, weights

from skgan import GANGenerator, _torch
from skgan.exceptions import CudaGraphWarning
from skgan.losses import LOSSES
from skgan.metrics import parzen_log_likelihood
from skgan.networks import (
    Batch,
    HeadedGenerator,
    Latents,
    RangeHead,
    RowDiscriminator,
    mlp_discriminator,
    mlp_generator,
)
from skgan.penalties import PENALTIES
from skgan.training import Objective, Player, TrainingRun, graphs
from skgan.training.step import discriminator_step, generator_step

pytestmark = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="needs a CUDA device"
)
CUDA = torch.device("cuda:0")


def test_auto_is_cuda():
    assert _torch.resolve_device("auto").type == "cuda"


@pytest.mark.parametrize("loss", LOSSES)
def test_losses_agree(loss):
    logits = torch.randn(2, 64, dtype=torch.float64)
    for half in LOSSES[loss]:
        torch.testing.assert_close(half(*logits.to(CUDA)).cpu(), half(*logits))


@pytest.mark.parametrize("penalty", ["r1", "r2"])
def test_penalties_agree(penalty):
    critic = mlp_discriminator(3, hidden_layer_sizes=(16,)).double()
    rows = torch.randn(2, 64, 3, dtype=torch.float64)
    expected = PENALTIES[penalty](critic, *rows)
    actual = PENALTIES[penalty](copy.deepcopy(critic).to(CUDA), *rows.to(CUDA))
    torch.testing.assert_close(actual.cpu(), expected)


class PlainHead(RangeHead):
    """Raw rows as they are, in float64."""

    def forward(self, raw, gumbel):
        return raw


def test_a_step_agrees():
    network = mlp_generator(4, 3, hidden_layer_sizes=(16,))
    G = HeadedGenerator(network, PlainHead(3, torch.nn.Identity())).double()
    critic = RowDiscriminator(mlp_discriminator(3, hidden_layer_sizes=(16,))).double()
    rows, z, none = (torch.randn(64, n, dtype=torch.float64) for n in (3, 4, 0))
    objective = Objective(LOSSES["relativistic"], [(0.1, PENALTIES["r1"])])
    weights = []
    for device in (torch.device("cpu"), CUDA):
        nets = [copy.deepcopy(net).to(device) for net in (G, critic)]
        players = [
            Player(net, torch.optim.Adam(net.parameters(), 1e-2, fused=True), 1e-2)
            for net in nets
        ]
        own = none.to(device)
        real = Batch(rows.to(device), own)
        fake = nets[0](Latents(z.to(device), own, own))
        detached = fake._replace(rows=fake.rows.detach())
        _, logits = discriminator_step(players[1], objective, real, detached, 1)
        generator_step(*players, objective, logits, fake)
        weights.append([w.detach().cpu() for net in nets for w in net.parameters()])
    for cpu, cuda in zip(*weights, strict=True):
        torch.testing.assert_close(cuda, cpu)


def test_fits_score_alike(blobs):
    scores = [
        GANGenerator(max_iter=1_000, random_state=0, device=device)
        .fit(blobs)
        .score(blobs)
        for device in ("cpu", "cuda")
    ]
    assert scores[1] == pytest.approx(scores[0], abs=0.3)


def test_a_model_fitted_on_cuda_samples_on_a_cpu(blobs):
    gan = GANGenerator(max_iter=20, random_state=0, device="cuda").fit(blobs)
    assert all(weight.device.type == "cpu" for weight in gan.generator_.parameters())
    on_cuda = gan.sample(50, random_state=0)
    gan = pickle.loads(pickle.dumps(gan)).set_params(device="cpu")
    np.testing.assert_allclose(
        gan.sample(50, random_state=0), on_cuda, rtol=1e-3, atol=1e-4
    )


def test_random_streams_of_all_devices_stay(blobs):
    before = torch.get_rng_state(), torch.cuda.get_rng_state()
    gan = GANGenerator(max_iter=20, discriminator=global_dropout, device="cuda")
    gan.fit(blobs).sample(5)
    after = torch.get_rng_state(), torch.cuda.get_rng_state()
    assert all(map(torch.equal, before, after))


def test_fits_repeat(blobs):
    gan = GANGenerator(max_iter=100, dropout=0.5, random_state=0, device="cuda")
    first, second = (gan.fit(blobs).sample(5, random_state=0) for _ in range(2))
    np.testing.assert_allclose(first, second, rtol=1e-3, atol=1e-4)


def test_parzen_agrees_without_tf32():
    rng = np.random.RandomState(0)
    X, samples = rng.rand(300, 784), rng.rand(500, 784)
    torch.set_float32_matmul_precision("high")
    try:
        actual = parzen_log_likelihood(X, samples, 0.2, device="cuda")
    finally:
        torch.set_float32_matmul_precision("highest")
    expected = parzen_log_likelihood(X, samples, 0.2)
    np.testing.assert_allclose(actual, expected, atol=0.01)


def test_labels_and_clusters_on_cuda(blobs):
    labels = np.where(blobs[:, 0] > 0, "right", "left")
    gan = GANGenerator(
        max_iter=200,
        class_conditional=True,
        n_clusters=4,
        random_state=0,
        device="cuda",
    ).fit(blobs, labels)
    X, y = gan.sample(50, y="left", return_y=True, random_state=0)
    assert (y == "left").all() and np.isfinite(gan.score(blobs, labels))
    on_cpu = gan.set_params(device="cpu").sample(50, y="left", random_state=0)
    np.testing.assert_allclose(X, on_cpu, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("case", CASES)
def test_replayed_iterations_are_the_same(case):
    """Random streams to the last bit, weights but for the order of sums."""
    runs = []
    for use in (lambda run: None, TrainingRun.use_cuda_graphs):
        run = run_of(*CASES[case], CUDA)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            use(run)
            run.advance(N_ITERATIONS)
        runs.append(run)
    plain, recorded = runs
    assert len(recorded.recorded._recorded) > 0
    assert torch.equal(recorded.batches.rng.get_state(), plain.batches.rng.get_state())
    expected, found = weights(plain), weights(recorded)
    for name, value in expected.items():
        torch.testing.assert_close(
            found[name], value, rtol=1e-2, atol=1e-3, msg=lambda m, n=name: f"{n}: {m}"
        )


def test_a_fit_goes_on_where_recording_fails(blobs, monkeypatch):
    play = graphs.play

    def reading(*args):
        losses = play(*args)
        if torch.cuda.is_current_stream_capturing():
            losses.tolist()
        return losses

    gan = GANGenerator(max_iter=60, random_state=0, device="cuda")
    expected = gan.fit(blobs).sample(50, random_state=0)
    monkeypatch.setattr(graphs, "play", reading)
    with pytest.warns(CudaGraphWarning, match="recording failed with"):
        gan.fit(blobs)
    found = gan.sample(50, random_state=0)
    np.testing.assert_allclose(found, expected, rtol=1e-2, atol=1e-2)


def test_rows_in_pinned_memory_are_the_same_rows(blobs, monkeypatch):
    gan = GANGenerator(max_iter=60, random_state=0, device="cuda")
    expected = gan.fit(blobs).sample(50, random_state=0)
    monkeypatch.setattr(_torch, "MAX_SHARE", 0.0)
    (pinned,) = _torch.placed([torch.ones(3)], CUDA)
    assert pinned.is_pinned()
    found = gan.fit(blobs).sample(50, random_state=0)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)
