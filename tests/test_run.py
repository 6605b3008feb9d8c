"""A run can be kept, and goes on in another object as if nothing had happened."""

import copy
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from skgan.conditions import ConditionedRows, Labels, find_conditions
from skgan.losses import LOSSES
from skgan.networks import Batch, RangeHead, TableHead, row_networks
from skgan.networks.mlp import mlp_discriminator
from skgan.penalties import interpolated, r1
from skgan.training import (
    BatchStream,
    LatentSampler,
    Objective,
    Schedule,
    TrainingData,
    TrainingRun,
    from_plain,
    make_player,
    to_plain,
)

N_ROWS, N_ITERATIONS = 90, 40


@pytest.fixture(scope="module")
def conditioned():
    """Rows with three labels of unequal number, and clusters: codes and weights."""
    rng = np.random.default_rng(0)
    labels = rng.choice(3, N_ROWS, p=[0.7, 0.2, 0.1])
    rows = rng.normal(size=(N_ROWS, 3)).astype(np.float32) + 3 * labels[:, None]
    encoded = np.column_stack([labels % 2, rows]).astype(np.float32)
    head = TableHead([2], [0, 1, 0], torch.zeros(2, 0))
    conditions, codes = find_conditions(
        ConditionedRows(encoded, head.expand, labels),
        3,
        0,
        labels=Labels(labels),
        label_codes=labels,
    )
    assert conditions.n_clusters > 1
    weights = torch.from_numpy(conditions.weights(labels))
    data = TrainingData(torch.from_numpy(encoded), torch.from_numpy(codes), weights)
    return head, conditions, data


own_dropout = partial(mlp_discriminator, hidden_layer_sizes=(16,), dropout=0.3)


def both_dropouts(n_inputs):
    """Dropout of this library, and torch's, which draws from the global stream."""
    return torch.nn.Sequential(torch.nn.Dropout(0.1), *own_dropout(n_inputs))


def make_run(conditioned, seed=0, discriminator=both_dropouts, penalties=(r1,)):
    """A run with dropout, batch normalization, lazy penalties, labels and clusters."""
    head, conditions, data = conditioned
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        networks = row_networks(
            head,
            5,
            conditions.n_columns,
            generator="residual",
            discriminator=discriminator,
            hidden_layer_sizes=(16, 16),
            dropout=0.0,
        )
        rng = torch.Generator().manual_seed(seed)

        def expand(encoded, codes):
            return Batch(head.expand(encoded), conditions.one_hot(codes))

        return TrainingRun(
            networks,
            BatchStream(data, 32, rng, expand),
            LatentSampler(5, "normal", head.n_gumbel),
            Objective(LOSSES["relativistic"], [(0.05, p) for p in penalties]),
            # Neither the losses nor the penalties have their turn at forty
            Schedule(2 * N_ITERATIONS, n_critic=2, penalty_interval=3),
            optimizer=partial(torch.optim.Adam, betas=(0.5, 0.99), fused=True),
            learning_rates=(2e-3, 1e-3),
            ema_decay=0.99,
        )


def outcome(run, conditioned):
    """All that can be told of a run: weights, losses, and samples of the average."""
    state, (head, conditions, data) = run.state, conditioned
    rng = torch.Generator().manual_seed(9)
    one_hot = conditions.one_hot(data.codes)
    with torch.random.fork_rng(), torch.no_grad():
        latents = LatentSampler(5, "normal", head.n_gumbel).draw(one_hot, rng)
        average = copy.deepcopy(state.average)
        average.update_bn_statistics(lambda: latents)
        samples = average.module.encoded(latents)
    return {
        **named("generator", state.generator.network),
        **named("discriminator", state.discriminator.network),
        **named("average", state.average.module),
        "losses": state.loss_curve(),
        "samples": samples,
    }


def named(name, network):
    return {f"{name}.{key}": value for key, value in network.state_dict().items()}


def differences(a, b):
    assert a.keys() == b.keys()
    return [name for name in a if not torch.equal(a[name], b[name])]


@pytest.fixture(scope="module")
def unbroken(conditioned):
    run = make_run(conditioned)
    run.advance(2 * N_ITERATIONS)
    return outcome(run, conditioned)


@pytest.fixture(scope="module")
def kept(conditioned):
    """The state of the same run after half of the iterations."""
    run = make_run(conditioned)
    run.advance(N_ITERATIONS)
    return run.state_dict()


ITEMS = [
    "generator",
    "discriminator",
    "generator_optimizer",
    "discriminator_optimizer",
    "average",
    "n_average_updates",
    "iteration",
    "n_discriminator_steps",
    "losses",
    "n_drawn",
    "rng",
    "global_streams",
]


def test_a_run_goes_on_in_another_one(conditioned, unbroken, kept):
    run = make_run(conditioned, seed=1)  # other weights, order and noise
    run.load_state_dict(kept)
    run.advance(N_ITERATIONS)
    assert differences(outcome(run, conditioned), unbroken) == []


def test_a_run_of_another_sort_of_device_goes_on(conditioned, unbroken, kept):
    """With random numbers of its own that repeat, and depend on those of before."""
    found = []
    for first in (0, 0, 1):
        rng = torch.full([16], first, dtype=torch.uint8)  # so long on CUDA
        streams = [*kept["global_streams"], rng]
        run = make_run(conditioned, seed=1)
        run.load_state_dict(kept | {"rng": rng, "global_streams": streams})
        assert len(run.state_dict()["global_streams"]) == 1
        run.advance(N_ITERATIONS)
        found.append(outcome(run, conditioned))
    assert differences(found[0], found[1]) == []
    assert differences(found[0], found[2]) and differences(found[0], unbroken)
    before = found[0]["losses"][:N_ITERATIONS]
    assert torch.equal(before, unbroken["losses"][:N_ITERATIONS])


def test_streams_of_two_devices_are_taken_over(conditioned, kept):
    cpu, cuda = *kept["global_streams"], torch.arange(16, dtype=torch.uint8)
    run = make_run(conditioned, seed=1)
    run._global_streams.append(torch.zeros_like(cuda))  # as on CUDA
    run.load_state_dict(kept | {"global_streams": [cpu, cuda]})
    assert all(map(torch.equal, run._global_streams, [cpu, cuda]))
    run.load_state_dict(kept | {"global_streams": [cpu]})  # of a CPU: it keeps its own
    assert torch.equal(run._global_streams[1], cuda)


def test_the_items_are_these(kept):
    assert list(kept) == ITEMS


@pytest.mark.parametrize("item", ITEMS)
def test_a_run_that_lacks_an_item_ends_elsewhere(item, conditioned, unbroken, kept):
    run = make_run(conditioned, seed=1)
    run.load_state_dict(kept | {item: run.state_dict()[item]})
    try:
        run.advance(N_ITERATIONS)
    except IndexError:  # losses that were never kept
        assert item == "losses"
        return
    assert differences(outcome(run, conditioned), unbroken)


def test_the_losses_alone_do_not_tell(conditioned, unbroken, kept):
    """A lost counter of the average leaves them equal, and the samples wrong."""
    run = make_run(conditioned, seed=1)
    run.load_state_dict(kept | {"n_average_updates": 0})
    run.advance(N_ITERATIONS)
    found = outcome(run, conditioned)
    assert torch.equal(found["losses"], unbroken["losses"])
    assert not torch.equal(found["samples"], unbroken["samples"])


def test_a_state_is_a_copy(conditioned, kept):
    before = copy.deepcopy(kept)
    run = make_run(conditioned, seed=1)
    run.load_state_dict(kept)
    run.advance(5)
    for name in ("generator", "discriminator", "average"):
        assert all(torch.equal(before[name][k], v) for k, v in kept[name].items())
    assert before["n_drawn"] == kept["n_drawn"]


def test_plain_states_are_those_of_tensors():
    state = {
        "half": torch.tensor([1.0, -2.5], dtype=torch.bfloat16),
        "step": torch.tensor(3.0, dtype=torch.float64),
        "flags": [torch.tensor([True, False]), None, True],
        "rate": np.float64(0.1),
        0: (torch.arange(3), "word"),
    }
    plain = to_plain(state)
    assert plain["half"]["bfloat16"].dtype == np.int16
    assert type(plain["rate"]) is float
    again = from_plain(plain)
    assert again["half"].dtype is torch.bfloat16 and again["half"].tolist() == [1, -2.5]
    assert again["step"].dtype is torch.float64 and again["step"].shape == ()
    assert again["flags"][0].dtype is torch.bool and again["flags"][1:] == [None, True]
    assert again[0][0].dtype is torch.int64 and again[0][1] == "word"


def test_states_of_another_optimizer_are_refused(conditioned, kept):
    state = copy.deepcopy(kept)
    state["generator_optimizer"] = torch.optim.SGD([torch.zeros(1)]).state_dict()
    with pytest.raises(ValueError, match="the state is of another optimizer than Adam"):
        make_run(conditioned).load_state_dict(state)


def test_incomplete_states_are_refused(conditioned, kept):
    run = make_run(conditioned)
    state = dict(kept)
    del state["rng"]
    with pytest.raises(ValueError, match="with or without .'rng'."):
        run.load_state_dict(state)


def test_advancing_in_steps_is_advancing_at_once(conditioned, unbroken):
    run = make_run(conditioned)
    for n in (1, 39, 17, 23):
        run.advance(n)
    assert differences(outcome(run, conditioned), unbroken) == []


def test_runs_leave_the_global_streams_alone(conditioned):
    torch.manual_seed(7)
    before = torch.get_rng_state()
    run = make_run(conditioned)
    run.advance(3)
    assert torch.equal(torch.get_rng_state(), before)


def test_what_is_of_this_library_draws_from_the_stream_of_the_run(conditioned):
    """Dropout and points between rows: equal wherever the global stream is."""

    def losses(seed):
        run = make_run(conditioned, 0, own_dropout, [interpolated])
        torch.manual_seed(seed)
        before = torch.get_rng_state()
        run.advance(6)
        assert torch.equal(torch.get_rng_state(), before)
        return run.state.loss_curve()

    with torch.random.fork_rng():
        assert torch.equal(losses(0), losses(1))


def test_fake_rows_are_judged_with_the_conditions_of_their_pairs(conditioned):
    run, pairs = make_run(conditioned), []
    n_conditions = conditioned[1].n_columns

    def recorded(critic, real, fake):
        pairs.append((real[:, -n_conditions:], fake[:, -n_conditions:]))
        return r1(critic, real, fake)

    run.objective = replace(run.objective, penalties=[(1.0, recorded)])
    run.advance(6)
    assert len(pairs) == 4  # at every third of twelve updates
    for of_real, of_fake in pairs:
        assert torch.equal(of_real, of_fake)
        assert len(of_real.unique(dim=0)) > 1


def test_numbers_need_no_conditions():
    head, rng = RangeHead(2, torch.nn.Identity()), torch.Generator().manual_seed(0)
    networks = row_networks(
        head,
        2,
        0,
        generator="mlp",
        discriminator="mlp",
        hidden_layer_sizes=(8,),
        dropout=0.0,
    )
    data = TrainingData(torch.randn(20, 2, generator=rng), torch.zeros(20, 0))
    run = TrainingRun(
        networks,
        BatchStream(data, 4, rng),
        LatentSampler(2, "normal"),
        Objective(LOSSES["hinge"]),
        Schedule(10),
        optimizer=torch.optim.SGD,
        learning_rates=(0.1, 0.1),
        ema_decay=0.5,
    )
    run.advance(10)
    assert run.state.iteration == 10 and run.state.loss_curve().isfinite().all()


def test_a_state_taken_in_a_report_is_that_of_the_moment(conditioned, unbroken):
    """Dropout goes on from where it was, though the run is going on, too."""

    class Keep:
        intervals = (N_ITERATIONS,)

        def __call__(self, run):
            kept.append(run.state_dict())
            return False

    kept = []
    make_run(conditioned).advance(2 * N_ITERATIONS, Keep())
    run = make_run(conditioned, seed=1)
    run.load_state_dict(kept[0])
    run.advance(N_ITERATIONS)
    assert differences(outcome(run, conditioned), unbroken) == []


def test_a_run_that_goes_on_loads_nothing(conditioned, kept):
    class Load:
        intervals = (1,)

        def __call__(self, run):
            run.load_state_dict(kept)

    with pytest.raises(RuntimeError, match="must not be called while a run goes on"):
        make_run(conditioned).advance(3, Load())


def test_nothing_is_done_beyond_the_last_iteration(conditioned, unbroken):
    """Rates that fall to 0 would go on below."""
    run = make_run(conditioned)
    run.advance(5 * N_ITERATIONS)
    assert run.state.iteration == 2 * N_ITERATIONS
    assert differences(outcome(run, conditioned), unbroken) == []


@pytest.mark.parametrize(
    ("optimizer", "message"),
    [
        (lambda weights, lr: None, ", got None."),
        (lambda weights: None, "but it raised: .* unexpected keyword argument 'lr'"),
    ],
)
def test_optimizers_are_those_of_torch(optimizer, message):
    rule = r"optimizer must be a function \(weights, lr=...\) that returns one of torch"
    with pytest.raises(ValueError, match=f"{rule}.*{message}"):
        make_player("generator", torch.nn.Linear(1, 1), optimizer, 0.1)


def test_a_digest_tells_every_weight_and_the_stream(conditioned):
    """By which processes see that they have learned the same."""
    run = make_run(conditioned)
    assert run.digest() == make_run(conditioned).digest()
    state = run.state
    found = {run.digest()}
    networks = state.generator.network, state.discriminator.network
    for network in (*networks, state.average.module):
        for tensor in network.state_dict().values():
            tensor.flatten()[-1:] += 1
            found.add(run.digest())
    n_tensors = sum(len(n.state_dict()) for n in (*networks, state.average.module))
    torch.rand(1, generator=run.batches.rng)
    found.add(run.digest())
    assert len(found) == n_tensors + 2
