"""One fit on several processes: the same as on one, or an error in all of them."""

import copy
import multiprocessing
import re
import sys
import weakref
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import rank_cases
import torch
from joblib import Parallel, delayed
from rank_cases import CASES, fork, free_port, launch
from torch import distributed as dist
from torch.nn import functional

import skgan
from skgan import GANGenerator
from skgan.estimators.packing import digest_of_model
from skgan.exceptions import DistributedError
from skgan.training import LatentSampler
from skgan.training.distributed import Failure, JoinedRanks, _gone, is_worker
from skgan.training.parts import WHOLE
from skgan.training.slices import Slice, Summed, normalized

CAN_FORK = "fork" in multiprocessing.get_all_start_methods() and dist.is_available()
needs_fork = pytest.mark.skipif(not CAN_FORK, reason="processes cannot be forked")

LEARNED = ["table", "second", "images"]
FAILED = ["other_data", "failing_callback", "failing_network"]
FAILED += ["failing_end", "average_loss", "centered", "noise", "drift", "late"]
FAILED += ["interrupted"]


def check_alike(found, alone, close=1e-3):
    """A fit of several processes is that of one, but for rounding."""
    np.testing.assert_allclose(found["losses"], alone["losses"], rtol=0, atol=1e-4)
    assert abs(found["score"] - alone["score"]) < close
    check_rows(found["samples"], alone["samples"], close)


def check_rows(rows, others, close):
    """Numbers are close, words equal, but for one in a hundred on an edge."""
    if isinstance(rows, pd.DataFrame):
        assert rows.dtypes.equals(others.dtypes)
        for name in rows.columns:
            check_rows(rows[name].to_numpy(), others[name].to_numpy(), close)
        return
    if rows.dtype.kind == "f":
        differ = ~np.isclose(rows, others, rtol=close, atol=close, equal_nan=True)
    else:
        differ = rows != others
    assert differ.mean() <= 0.01


def check_equal(found, others):
    """Processes end with the same model."""
    assert np.array_equal(found["losses"], others["losses"])
    assert found["score"] == others["score"]
    frames = (
        pd.DataFrame(np.reshape(r["samples"], (300, -1))) for r in (found, others)
    )
    pd.testing.assert_frame_equal(*frames, check_exact=True)


# ------------------------------------------------------------- parts of a batch


@pytest.fixture
def slices():
    """A function that makes the parts of two processes, which do not talk."""

    def make(batch_size):
        return [
            Slice(rank, 2, batch_size, torch.Generator().manual_seed(5), lambda t: t)
            for rank in range(2)
        ]

    return make


def test_parts_of_a_batch_are_all_of_it(slices):
    rows = torch.arange(7)
    first, last = (part.cut(rows) for part in slices(7))
    assert first.tolist() == [0, 1, 2]
    assert last.tolist() == [3, 4, 5, 6]
    both = torch.arange(14)  # two batches below each other
    assert slices(7)[0].cut(both).tolist() == [0, 1, 2, 7, 8, 9]
    assert [slices(7)[i].whole(n) for i, n in enumerate((3, 4))] == [7, 7]
    assert slices(7)[1].whole(8) == 14


def test_rows_that_are_no_batch_are_refused(slices):
    with pytest.raises(ValueError, match="rows of a batch, or of several, got 5 rows"):
        slices(7)[0].whole(5)


def test_a_batch_has_a_row_for_each_process():
    with pytest.raises(ValueError, match="at least the number of processes, 3, got 2"):
        Slice(0, 3, 2, torch.Generator(), lambda t: t)


def test_means_of_parts_sum_to_that_of_the_batch(slices):
    values = torch.tensor([1.0, 2.0, 4.0, 8.0, 16.0])
    shares = [part.mean(part.cut(values)) for part in slices(5)]
    assert [float(share) for share in shares] == pytest.approx([3 / 5, 28 / 5])
    assert float(WHOLE.mean(values)) == pytest.approx(31 / 5)


def test_each_row_has_the_noise_that_it_has_in_the_whole_batch(slices):
    for distribution in ("normal", "uniform"):
        draw = LatentSampler(3, distribution, n_gumbel=2).draw
        one_hot, rng = torch.zeros(7, 1), torch.Generator().manual_seed(5)
        whole = draw(one_hot, rng)
        found = [part.drawing(draw)(part.cut(one_hot), part.rng) for part in slices(7)]
        for name in ("z", "gumbel"):
            joined = torch.cat([getattr(latents, name) for latents in found])
            assert torch.equal(joined, getattr(whole, name))


def test_dropout_is_that_of_the_whole_batch(slices):
    for name, n_ends in zip(("", "1d", "2d", "3d"), (1, 1, 2, 3), strict=True):
        rows = torch.ones(7, 4, *[3] * n_ends)
        drop, found = getattr(functional, f"dropout{name}"), []
        for part in slices(7):
            torch.manual_seed(0)
            found.append(part.drawing(drop)(part.cut(rows), 0.5, True))
        torch.manual_seed(0)
        assert torch.equal(torch.cat(found), drop(rows, 0.5, True))
    part = slices(7)[0]
    kept = part.drawing(functional.dropout)(part.cut(rows), 0.5, False)
    assert torch.equal(kept, part.cut(rows))


@pytest.mark.parametrize("shape", [(8, 3), (4, 3, 5, 2)])
def test_normalization_by_sums_is_that_of_torch(shape):
    """Rows far from 0, too, with gradients of gradients."""
    rng = torch.Generator().manual_seed(0)
    rows = (torch.randn(shape, generator=rng) + 1_000).double().requires_grad_()
    weight = torch.rand(3, generator=rng).double().requires_grad_()
    found = []
    for function in (normalized_alone, functional.batch_norm):
        mean, variance = torch.zeros(3).double(), torch.ones(3).double()
        out = function(
            rows, mean, variance, weight, bias=weight, training=True, momentum=0.3
        )
        (first,) = torch.autograd.grad(out.pow(3).sum(), rows, create_graph=True)
        second = torch.autograd.grad(first.square().sum(), [rows, weight])
        found.append([out, mean, variance, first, *second])
    for own, other in zip(*found, strict=True):
        assert torch.allclose(own, other, rtol=1e-9, atol=1e-7)


def test_normalization_without_weights_and_in_bfloat16():
    rows = 9 + torch.randn(64, 3, generator=torch.Generator().manual_seed(0))
    rows = rows.bfloat16()
    exact = functional.batch_norm(rows.double(), None, None, training=True)
    own = normalized_alone(rows.double(), None, None)
    assert torch.allclose(own, exact, rtol=1e-9)
    own = normalized_alone(rows, None, None)
    assert own.dtype == torch.bfloat16
    assert torch.allclose(own.double(), exact, rtol=2**-8, atol=1e-5)


def normalized_alone(*args, **kwargs):
    return normalized(lambda sums: sums, *args, **kwargs)


def test_the_gradient_of_a_sum_is_summed_too():
    values = torch.ones(2, requires_grad=True)
    total = Summed.apply(values, lambda own: own.mul_(3))  # three processes alike
    (first,) = torch.autograd.grad((total**3).sum(), values, create_graph=True)
    assert first.tolist() == [3 * 27, 3 * 27]
    (second,) = torch.autograd.grad(first.sum(), values)
    assert second.tolist() == [9 * 18, 9 * 18]
    assert values.tolist() == [1, 1]


def test_a_digest_tells_networks_and_all_else_of_a_model():
    def network(n_inputs, n_outputs=1):
        return torch.nn.Linear(n_inputs, n_outputs)

    own = {"generator": network, "discriminator": network}
    gan = GANGenerator(**rank_cases.ROWS | own | {"max_iter": 1})
    model = gan.fit(rank_cases.numbers()[0])._model
    found = [digest_of_model(m) for m in (model, copy.deepcopy(model))]
    assert found[0] == found[1]
    for name in own:
        other = copy.deepcopy(model)
        (*_, weight) = getattr(other, name).state_dict().values()
        weight.flatten()[-1:] += 1
        found.append(digest_of_model(other))
    found.append(digest_of_model(replace(model, seed=model.seed + 1)))
    assert len(set(found)) == 4


@pytest.fixture
def launched(monkeypatch):
    """What a launcher says to an only process."""
    words = {"RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "127.0.0.1"}
    for name, word in (words | {"MASTER_PORT": str(free_port())}).items():
        monkeypatch.setenv(name, word)


def test_connections_end_with_the_fit_and_errors_stay(launched, monkeypatch):
    def destroy(*groups):
        ended.extend(groups)
        really_destroy(*groups)

    ended, really_destroy = [], dist.destroy_process_group
    monkeypatch.setattr(dist, "destroy_process_group", destroy)
    with skgan.distributed():
        ranks = JoinedRanks()
        part = ranks.part(4, torch.Generator())
        assert part.sum_up(torch.ones(2)).tolist() == [1, 1]
        words = [None, Failure(b"", "a word", True)]
        for _ in range(2):  # what an error has ended does not go on
            with pytest.raises(DistributedError, match="failed: a word"):
                ranks.agree("word", words.pop)
        ranks.close()
        assert len(set(ended)) == 2  # of words, and of sums


def joined():
    """Whether this process has a group, where one could be made."""
    with skgan.distributed():
        return dist.is_initialized()


def test_workers_of_joblib_join_no_others(launched):
    """They inherit what a launcher said to their parent."""
    assert Parallel(2, backend="threading")(2 * [delayed(joined)()]) == [False, False]
    assert joined()
    assert not dist.is_initialized()


def test_tasks_of_dask_join_no_others(monkeypatch):
    def get_worker():
        if not is_task:
            raise ValueError("No worker found")
        return object()

    module = SimpleNamespace(get_worker=get_worker)
    monkeypatch.setitem(sys.modules, "distributed", module)
    for is_task in (True, False):
        assert is_worker() is is_task


def test_a_lost_connection_is_not_held_by_its_error():
    class Group:
        pass

    def exchange():
        group = Group()
        groups.append(weakref.ref(group))
        raise RuntimeError("Connection reset by peer")

    groups = []
    with pytest.raises(RuntimeError) as caught:
        exchange()
    assert "(Connection reset by peer)" in str(_gone(caught.value))
    assert groups[0]() is None


# ------------------------------------------------------------- two processes


@pytest.fixture(scope="module")
def alone():
    """What one process learns."""
    return {name: CASES[name]() for name in [*LEARNED, "dropped", "in_a_worker"]}


@pytest.fixture(scope="module")
def pair(tmp_path_factory, alone):
    """What two processes have found, and their folder; forked when all is imported."""
    folder = tmp_path_factory.mktemp("pair")
    return fork(folder, 2, [*LEARNED, *FAILED, "in_a_worker", "cut"]), folder


@needs_fork
@pytest.mark.parametrize("name", LEARNED)
def test_two_processes_learn_what_one_does(pair, alone, name):
    (first, last), _ = pair
    check_alike(first[name], alone[name])
    check_equal(first[name], last[name])


@needs_fork
def test_callbacks_are_of_the_first_process_and_stop_all(pair):
    (first, last), _ = pair
    assert first["cut"]["told"] == ["restore", "setup", 10, "teardown"]
    assert last["cut"]["told"] == []
    assert "GANGenerator" in first["cut"]["printed"] and not last["cut"]["printed"]
    check_equal(first["cut"], last["cut"])
    assert len(last["cut"]["losses"]) == 10


@needs_fork
def test_one_process_goes_on_from_a_checkpoint_of_two(pair, alone):
    _, folder = pair
    found = rank_cases.going_on(folder / "checkpoints")
    assert found["told"] == ["setup", 20, "teardown"]
    check_alike(found, alone["dropped"])


@needs_fork
@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        (
            "other_data",
            "DistributedError",
            "the same parameters and data, .* process 1",
        ),
        ("failing_callback", "Failing", "no more room"),
        ("failing_end", "Failing", "at the end"),
        ("failing_network", "KeyError", "of the last one"),
        ("drift", "DistributedError", "the same weights, .* process 1"),
        ("late", "DistributedError", "the same learned model, .* process 1"),
        ("interrupted", "KeyboardInterrupt", ""),
        ("average_loss", "ValueError", "loss must give a row the same numbers in any"),
        ("centered", "ValueError", "discriminator must give a row the same numbers"),
        ("noise", "ValueError", "discriminator must not draw random numbers"),
    ],
)
def test_all_processes_end_with_the_error_of_one(pair, name, error, message):
    results, _ = pair
    for rank, found in enumerate(results):
        cls, text, _ = found[name]
        cannot_travel = error == "Failing" and rank == 1
        assert cls == ("DistributedError" if cannot_travel else error)
        assert re.search(message, text), text


@needs_fork
def test_an_error_says_of_which_process_it_is(pair):
    """In the others: its own one has its traceback."""
    (first, last), _ = pair
    for name in ("failing_network", "failing_callback", "failing_end"):
        told, owner = (last, 0) if name != "failing_network" else (first, 1)
        assert told[name][1].endswith(f"\nIn process {owner} of 2.")


@needs_fork
def test_workers_of_joblib_fit_alone(pair, alone):
    (first, _), _ = pair
    assert np.array_equal(first["in_a_worker"], alone["in_a_worker"])


# ------------------------------------------------------------------ started by torchrun


@pytest.mark.slow
@pytest.mark.parametrize("n_processes", [2, 3])
def test_many_iterations_are_those_of_one_process(tmp_path, n_processes, all_trees):
    names = [name for name in CASES if name.startswith("long")]
    results = launch(tmp_path, n_processes, [*names, "images"])
    for name in names:
        # Adam makes steps of gradients that are nothing but rounding
        check_alike(results[0][name], CASES[name](), close=0.03)
        for found in results[1:]:
            check_equal(results[0][name], found[name])


@pytest.mark.slow
def test_two_processes_go_on_from_a_checkpoint_of_one(tmp_path, all_trees):
    rank_cases.cut(tmp_path / "checkpoints")
    first, last = launch(tmp_path, 2, ["going_on"])
    assert first["going_on"]["told"] == ["setup", 20, "teardown"]
    check_alike(first["going_on"], CASES["dropped"]())
    check_equal(first["going_on"], last["going_on"])


@pytest.mark.slow
def test_chance_and_clocks_are_those_of_the_first_process(tmp_path):
    names = "no_seed", "limited"
    first, last = launch(tmp_path, 2, names)
    for name in names:
        check_equal(first[name], last[name])
    assert len(first["limited"]["losses"]) < 10**6


@pytest.mark.slow
def test_processes_go_on_together(tmp_path, all_trees):
    first, last = launch(tmp_path, 2, ["passes"])
    check_alike(first["passes"], CASES["passes"]())
    check_equal(first["passes"], last["passes"])


@pytest.mark.slow
def test_all_end_when_one_is_killed(tmp_path):
    """Without torchrun, which would end them itself."""
    results = fork(tmp_path, 3, ["killed"])
    assert results[2] is None
    for found in results[:2]:
        cls, text, seconds = found["killed"]
        assert cls == "LostError"
        assert "Another process of this fit is gone" in text
        assert seconds < 60
