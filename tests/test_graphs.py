"""Recorded iterations, by an emulation of CUDA graphs on the CPU."""

import gc
import warnings
import weakref
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.utils import check_random_state
from tape import REFUSED, TapeRecorder
from torch.fx.experimental.proxy_tensor import make_fx

from skgan import DCGANGenerator, GANGenerator, storage
from skgan.estimators.inputs import read_inputs
from skgan.estimators.plan import new_run
from skgan.estimators.resolve import resolve
from skgan.exceptions import CudaGraphWarning
from skgan.privacy import MIN_ROWS
from skgan.training import (
    BatchStream,
    TrainingData,
    TrainingRun,
    from_plain,
    graphs,
    to_plain,
)
from skgan.training.graphs import N_WARM_UPS, obstacle
from skgan.training.loop import play
from skgan.training.schedule import PENALTY_INTERVAL, in_turn

N_ROWS, N_ITERATIONS = 120, 24
CPU = torch.device("cpu")


def table(n_rows=N_ROWS):
    """Numbers, words, gaps and whole numbers."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "size": rng.lognormal(size=n_rows),
            "kind": rng.choice(["a", "b", "c"], n_rows),
            "gap": np.where(rng.random(n_rows) < 0.3, np.nan, rng.normal(size=n_rows)),
            "count": rng.poisson(2, n_rows),
        }
    )
    return frame, frame["kind"].to_numpy()


def images(n_rows=N_ROWS):
    rng = np.random.default_rng(0)
    return rng.random((n_rows, 8, 8, 1)), rng.integers(3, size=n_rows)


small = {"batch_size": 16, "max_iter": N_ITERATIONS, "random_state": 0}
tiny = small | {"hidden_layer_sizes": (16, 16), "n_clusters": 4}
maps = small | {"base_channels": 8, "n_clusters": 1}
CASES = {
    "table": (GANGenerator(**tiny), table),
    "labels": (GANGenerator(**tiny, class_conditional=True), table),
    "dropout": (GANGenerator(**tiny, dropout=0.5), table),
    "wasserstein": (GANGenerator(**tiny, loss="wasserstein"), table),
    "uniform": (GANGenerator(**tiny, noise="uniform", loss="hinge"), table),
    "two discriminator steps": (GANGenerator(**tiny, n_critic=2), table),
    "two generator steps": (GANGenerator(**tiny, n_critic=0.5), table),
    "sgd": (GANGenerator(**tiny, optimizer="sgd"), table),
    "images": (DCGANGenerator(**maps), images),
    "labeled images": (DCGANGenerator(**maps, class_conditional=True), images),
    "batch normalization": (
        DCGANGenerator(**maps, loss="non_saturating", normalization="batch"),
        images,
    ),
    "spectral normalization": (
        DCGANGenerator(**maps, loss="hinge", normalization="spectral"),
        images,
    ),
    "residual images": (
        DCGANGenerator(**maps, generator="residual", discriminator="residual"),
        images,
    ),
}


def run_of(gan, data, device=CPU):
    """A run of an estimator, with first weights."""
    X, y = data()
    inputs = read_inputs(gan, X, y, MIN_ROWS).split(0.1, check_random_state(0))
    return new_run(resolve(gan, inputs, 1, device), 2)


def weights(run):
    """All that a run has learned, by name."""
    state = run.state
    found = {"losses": state.loss_curve(), "updates": state.average.n_updates}
    for name, network in (
        ("generator", state.generator.network),
        ("discriminator", state.discriminator.network),
        ("average", state.average.module),
    ):
        found |= {f"{name}.{k}": v for k, v in network.state_dict().items()}
    return found


def advanced(case, recorder=None, n_iterations=N_ITERATIONS):
    """A run of a case that has been advanced, iteration by iteration or recorded."""
    run = run_of(*CASES[case])
    if recorder:
        run.record(recorder(run.batches.rng))
    else:
        for player in (run.state.generator, run.state.discriminator):
            player.set_capturable(True)  # rates in float32
    run.advance(n_iterations)
    return run


@pytest.mark.parametrize("case", CASES)
def test_replayed_iterations_are_the_same(case):
    """To the last bit: weights, statistics, losses, and all random streams."""
    plain, recorded = advanced(case), advanced(case, TapeRecorder)
    assert obstacle(recorded) is None
    expected, found = weights(plain), weights(recorded)
    assert [k for k in expected if not torch.equal(found[k], expected[k])] == []
    assert torch.equal(recorded.batches.rng.get_state(), plain.batches.rng.get_state())
    for own, other in zip(
        recorded.state_dict()["global_streams"],
        plain.state_dict()["global_streams"],
        strict=True,
    ):
        assert torch.equal(own, other)
    assert recorded.state.n_discriminator_steps == plain.state.n_discriminator_steps


def test_iterations_with_and_without_penalties_are_recorded_apart():
    run = advanced("table", TapeRecorder, PENALTY_INTERVAL * (N_WARM_UPS + 1))
    assert len(run.recorded.recorder.tapes) == 2
    longer, shorter = (
        len(tape.operations) for tape in run.recorded.recorder.tapes[::-1]
    )
    longer, shorter = max(longer, shorter), min(longer, shorter)
    assert shorter > 100 and longer > 1.2 * shorter
    # The steps of the discriminator that have penalties differ from turn to turn
    run = advanced("two discriminator steps", TapeRecorder)
    assert len(run.recorded.recorder.tapes) == PENALTY_INTERVAL // 2


def test_a_recorded_run_is_kept_and_goes_on():
    whole = advanced("batch normalization", TapeRecorder)
    kept = advanced("batch normalization", TapeRecorder, N_ITERATIONS // 2).state_dict()
    for recorder in (TapeRecorder, None):  # and where nothing can be recorded
        run = run_of(*CASES["batch normalization"])
        if recorder:
            run.record(recorder(run.batches.rng))
            run.advance(N_ITERATIONS // 3)  # it has recorded what it drops
        run.load_state_dict(kept)
        run.advance(N_ITERATIONS)
        expected, found = weights(whole), weights(run)
        for name, value in expected.items():
            close = {} if recorder is None else {"rtol": 0, "atol": 0}
            torch.testing.assert_close(found[name], value, **close)


@pytest.mark.parametrize("case", ["table", "images", "spectral normalization"])
def test_a_run_goes_on_from_plain_arrays(case, tmp_path):
    """A file forgets the order of memory, on which fused updates rely."""
    whole, half, run = (run_of(*CASES[case]) for _ in range(3))
    whole.advance(N_ITERATIONS)
    half.advance(N_ITERATIONS // 2)
    storage.write(tmp_path / "state", "State", to_plain(half.state_dict()), {})
    run.load_state_dict(from_plain(storage.read(tmp_path / "state")[1]))
    run.advance(N_ITERATIONS)
    expected, found = weights(whole), weights(run)
    assert [k for k in expected if not torch.equal(found[k], expected[k])] == []


@pytest.mark.parametrize("case", ["table", "images"])
def test_a_traced_iteration_is_made_of_operations_alone(case):
    """Traced with one batch and run with another: nothing of the first is left."""
    traced, plain = (run_of(*CASES[case]) for _ in range(2))
    for player in (traced.state.generator, traced.state.discriminator):
        player.set_capturable(True)
    traced.advance(2)  # optimizers have made their state

    def work(run, encoded, codes):
        turn = (encoded, codes), PENALTY_INTERVAL
        return play(run, in_turn(1, 1), iter([turn]))

    graph = make_fx(partial(work, traced))(*traced.batches.draw())
    names = {str(node.target) for node in graph.graph.nodes}
    assert not [n for n in names for op in REFUSED if str(op) in n]
    batch = traced.batches.draw()
    plain.load_state_dict(traced.state_dict())
    for player in (plain.state.generator, plain.state.discriminator):
        player.set_capturable(True)
        player.set_rate(traced.schedule.rate_factor(1))
    losses = work(plain, *batch)
    with torch.no_grad():
        assert torch.equal(graph(*batch), losses)
    expected, found = weights(plain), weights(traced)
    assert [k for k in expected if not torch.equal(found[k], expected[k])] == []


class Own(torch.nn.Linear):
    """A module of a user."""


def own_loss(real_logits, fake_logits):
    return fake_logits - real_logits


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"n_critic": lambda iteration: 1}, "n_critic is a function, which may look"),
        ({"generator": lambda n, m: Own(n, m)}, "generator has a module of your own"),
        ({"discriminator": lambda n: Own(n, 1)}, "discriminator has a module of your"),
        ({"loss": (own_loss, own_loss)}, "loss has a function of your own"),
        ({"penalty": ["r1", lambda critic, real, fake: real[:, 0]]}, "penalty has a"),
        ({"optimizer": torch.optim.SGD}, "the optimizer SGD reads rates and counts"),
        ({"optimizer": torch.optim.Adam}, None),
        ({"optimizer": partial(torch.optim.SGD, fused=True, momentum=0.9)}, None),
        ({"generator": lambda n, m: torch.nn.Linear(n, m)}, None),
        ({"loss": "hinge", "penalty": "interpolated"}, None),
    ],
)
def test_code_of_users_is_not_recorded(params, reason):
    found = obstacle(run_of(GANGenerator(**tiny | params), table))
    assert found is None if reason is None else found.startswith(reason)


@pytest.mark.parametrize("when", ["register_forward_hook", "register_forward_pre_hook"])
def test_hooks_of_users_are_not_recorded(when):
    def hooked(n, m):
        network = torch.nn.Linear(n, m)
        getattr(network, when)(lambda *_: None)
        return network

    run = run_of(GANGenerator(**tiny, generator=hooked), table)
    assert obstacle(run) == "generator has a module of your own, Linear"


class Failing(TapeRecorder):
    """Records nothing."""

    def record(self, work):
        raise RuntimeError("no graph today\nof any kind")


def test_training_goes_on_where_recording_fails():
    rule = (
        "without CUDA graphs, and takes longer: recording failed with 'no graph today'"
    )
    with pytest.warns(CudaGraphWarning, match=rule) as caught:
        run = advanced("table", Failing)
    assert len(caught) == 1
    expected, found = weights(advanced("table")), weights(run)
    assert [k for k in expected if not torch.equal(found[k], expected[k])] == []


@pytest.mark.parametrize(("n_critic", "warned"), [(1, False), (lambda t: 1, True)])
def test_graphs_are_for_gpus(monkeypatch, n_critic, warned):
    """A fit asks for them; what is not on a GPU goes on as it is, without a word."""
    run = run_of(GANGenerator(**tiny, n_critic=n_critic), table)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run.use_cuda_graphs()
    assert run.recorded is None
    run.device = torch.device("cuda")
    monkeypatch.setattr(graphs, "CudaRecorder", lambda device, rng: TapeRecorder(rng))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run.use_cuda_graphs()
    assert [w.category for w in caught] == [CudaGraphWarning] * warned
    assert (run.recorded is None) is warned
    if not warned:
        assert run.recorded.recorder.rng is run.batches.rng


def test_a_fit_asks_for_graphs(monkeypatch):
    runs = []
    monkeypatch.setattr(TrainingRun, "use_cuda_graphs", lambda run: runs.append(run))
    GANGenerator(**tiny).fit(table()[0])
    assert [type(run).__name__ for run in runs] == ["TrainingRun"]


READING = {
    "a number": lambda x: x.sum().item(),
    "a decision": lambda x: bool((x > 0).all()),
    "a list": lambda x: x.tolist(),
    "an array": lambda x: x.numpy(),
    "a copy": lambda x: x.cpu(),
    "a choice": lambda x: x[x > 0],
    "Python's numbers": lambda x: x + torch.tensor([1.0, 2.0, 3.0]),
}


@pytest.mark.parametrize("kind", READING)
def test_the_emulation_finds_what_a_graph_cannot_do(kind):
    with pytest.raises(RuntimeError, match="device"):
        TapeRecorder(torch.Generator()).record(lambda: READING[kind](torch.ones(3)))


def test_the_emulation_does_not_do_what_it_records():
    x, recorder = torch.ones(3), TapeRecorder(torch.Generator())
    replay, result = recorder.record(lambda: x.mul_(2) + torch.rand(3))
    assert x.tolist() == [1.0, 1.0, 1.0]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        replay()
        first = result.clone()
        replay()
        torch.manual_seed(0)
        torch.testing.assert_close(first, 2 + torch.rand(3))
        torch.testing.assert_close(result, 4 + torch.rand(3))
    assert x.tolist() == [4.0, 4.0, 4.0]


def test_rows_of_the_host_are_staged_in_pinned_memory(monkeypatch):
    """Here a device without values stands for the GPU."""
    rows, codes = torch.randn(50, 3), torch.randint(9, (50, 2))
    stream = BatchStream(TrainingData(rows, codes), 16, torch.Generator())
    index, empty, staged = stream.order(0)[:16], torch.empty, []

    def unpinned(*args, pin_memory, **kwargs):
        assert pin_memory
        staged.append(empty(*args, **kwargs))
        return staged[-1]

    monkeypatch.setattr(torch, "empty", unpinned)
    monkeypatch.setattr(BatchStream, "device", torch.device("meta"))
    batch = stream.draw()
    assert torch.equal(staged[0], rows[index]) and torch.equal(staged[1], codes[index])
    for part, of in zip(batch, staged, strict=True):
        assert part.is_meta and part.shape == of.shape and part.dtype == of.dtype


def test_a_run_leaves_with_its_recordings():
    """At once, not when garbage is collected: they hold memory of the GPU."""
    run = advanced("table", TapeRecorder)
    kept = weakref.ref(run), weakref.ref(run.recorded)
    gc.disable()
    try:
        del run
        assert [ref() for ref in kept] == [None, None]
    finally:
        gc.enable()
