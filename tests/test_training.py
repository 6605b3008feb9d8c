"""The step against the same algorithm written plainly in float64."""

import copy
import gc
import re

import numpy as np
import pytest
import torch
from torch import nn

from skgan.exceptions import DivergenceError
from skgan.losses import LOSSES
from skgan.networks import mlp_discriminator, mlp_generator
from skgan.penalties import PENALTIES, r1, r2
from skgan.training import (
    BatchStream,
    Noise,
    NoiseStream,
    Objective,
    Player,
    Progress,
    Schedule,
    TrainingState,
    WeightAverage,
    train,
)
from skgan.training.loop import BLOCK_SIZE, iterate
from skgan.training.state import LEAST_ROOM
from skgan.training.step import discriminator_step, generator_step

D, LATENT_DIM, BATCH = 3, 4, 16
RATE, BETAS = 1e-2, (0.5, 0.9)


def never_stop(state):
    return False


def make_state(decay=0.9, dtype=torch.float64, rate=RATE):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        nets = [
            mlp_generator(LATENT_DIM, D, hidden_layer_sizes=(8,)).to(dtype),
            mlp_discriminator(D, hidden_layer_sizes=(8,)).to(dtype),
        ]
    players = [
        Player(net, torch.optim.Adam(net.parameters(), rate, BETAS, fused=True), rate)
        for net in nets
    ]
    return TrainingState(*players, WeightAverage(nets[0], decay))


class Recorded:
    """A stream that remembers what it handed out, in float64."""

    def __init__(self, draw):
        self.draws, self._draw = [], draw

    def draw(self, *real):
        self.draws.append(self._draw(*real).double())
        return self.draws[-1]


def make_streams(seed=1):
    rng = torch.Generator().manual_seed(seed)
    rows = torch.randn(50, D, generator=rng) * 2 + 1
    batches = BatchStream(rows, BATCH, rng)
    noise = NoiseStream(Noise(LATENT_DIM, "normal"), rng)
    return Recorded(batches.draw), Recorded(noise.draw)


class ReferenceAdam:
    """Adam as in its paper (Kingma and Ba 2015)."""

    def __init__(self, weights):
        self.weights, self.t = weights, 0
        self.m = [torch.zeros_like(w) for w in weights]
        self.v = [torch.zeros_like(w) for w in weights]

    def step(self, gradients, rate):
        self.t += 1
        for i, (weight, gradient) in enumerate(
            zip(self.weights, gradients, strict=True)
        ):
            self.m[i] = BETAS[0] * self.m[i] + (1 - BETAS[0]) * gradient
            self.v[i] = BETAS[1] * self.v[i] + (1 - BETAS[1]) * gradient**2
            m = self.m[i] / (1 - BETAS[0] ** self.t)
            v = self.v[i] / (1 - BETAS[1] ** self.t)
            weight.data -= rate * m / (v.sqrt() + 1e-8)


def reference_training(state, loss, penalties, schedule, real, latents, n_iter):
    """Algorithm 1, one thing after the other, everything computed when it is needed."""
    G = copy.deepcopy(state.generator.network)
    critic = copy.deepcopy(state.discriminator.network).requires_grad_(True)
    average = copy.deepcopy(G)
    adam_g = ReferenceAdam(list(G.parameters()))
    adam_d = ReferenceAdam(list(critic.parameters()))
    real, latents, losses, n_steps, n_averaged = iter(real), iter(latents), [], 0, 0
    for t in range(n_iter):
        rate = RATE * (1 - t / schedule.max_iter)
        for _ in range(max(1, round(schedule.n_critic))):
            x, z = next(real), next(latents)
            real_logits = critic(x)
            d_loss = total = loss.discriminator(real_logits, critic(G(z).detach()))
            if n_steps % schedule.penalty_interval == 0:
                for weight, penalty in penalties:
                    value = penalty(critic, x, G(z).detach())
                    total = total + schedule.penalty_interval * weight * value
            adam_d.step(torch.autograd.grad(total, adam_d.weights), rate)
            n_steps += 1
        for nth in range(max(1, round(1 / schedule.n_critic))):
            if schedule.fresh_noise or nth:
                z = next(latents)
            # The generator's step sees the new critic, but the old logits of real rows
            g_loss = loss.generator(real_logits.detach(), critic(G(z)))
            adam_g.step(torch.autograd.grad(g_loss, adam_g.weights), rate)
            decay = min(0.9, (n_averaged + 1) / (n_averaged + 10))
            for kept, weight in zip(average.parameters(), G.parameters(), strict=True):
                kept.data = decay * kept.data + (1 - decay) * weight.data
            n_averaged += 1
        losses.append([d_loss.item(), g_loss.item()])
    return G, critic, average, np.array(losses)


@pytest.mark.parametrize("n_critic", [1, 3, 1 / 3])
@pytest.mark.parametrize("fresh_noise", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
def test_iterations_equal_the_reference(loss, fresh_noise, n_critic):
    penalties = [(0.3, r1), (0.2, r2)]
    schedule = Schedule(8, n_critic, fresh_noise=fresh_noise, penalty_interval=2)
    state, (batches, noise) = make_state(), make_streams()
    start = copy.deepcopy(state)
    train(
        state, batches, noise, Objective(LOSSES[loss], penalties), schedule, never_stop
    )

    G, critic, average, losses = reference_training(
        start, LOSSES[loss], penalties, schedule, batches.draws, noise.draws, 8
    )
    np.testing.assert_allclose(state.loss_curve(), losses, rtol=1e-9)
    for actual, expected in (
        (state.generator.network, G),
        (state.discriminator.network, critic),
        (state.average.module, average),
    ):
        for a, b in zip(actual.parameters(), expected.parameters(), strict=True):
            torch.testing.assert_close(a.data, b.data, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize(("fresh_noise", "n_passes"), [(False, 1), (True, 2)])
def test_one_generator_pass_serves_both_updates(fresh_noise, n_passes):
    state, (batches, noise), calls = make_state(), make_streams(), []
    state.generator.network.register_forward_hook(lambda *_: calls.append(1))
    objective = Objective(LOSSES["hinge"])
    iterate(state, batches, noise, objective, Schedule(9, fresh_noise=fresh_noise))
    assert len(calls) == len(noise.draws) == n_passes


def test_idle_network_is_frozen():
    """A step leaves neither a change nor a gradient in the other network."""
    state, (batches, noise) = make_state(), make_streams()
    G, critic = state.generator.network, state.discriminator.network
    objective = Objective(LOSSES["relativistic"], [(1.0, r1)])
    real = batches.draw()
    fake = G(noise.draw(real))
    weights = copy.deepcopy(G.state_dict())
    _, real_logits = discriminator_step(
        state.discriminator, objective, real, fake.detach(), 1
    )
    assert all(torch.equal(weights[name], w) for name, w in G.state_dict().items())
    assert all(weight.grad is None for weight in G.parameters())
    assert not real_logits.requires_grad

    state.discriminator.optimizer.zero_grad()
    weights = copy.deepcopy(critic.state_dict())
    generator_step(state.generator, state.discriminator, objective, real_logits, fake)
    assert all(torch.equal(weights[name], w) for name, w in critic.state_dict().items())
    assert all(weight.grad is None for weight in critic.parameters())
    assert all(weight.grad is not None for weight in G.parameters())


@pytest.mark.parametrize("loss", LOSSES)
def test_a_step_lowers_its_loss_on_its_batch(loss):
    state, (batches, noise) = make_state(rate=1e-3), make_streams()
    G, critic = state.generator.network, state.discriminator.network
    objective = Objective(LOSSES[loss])
    real = batches.draw()
    z = noise.draw(real)
    before, real_logits = discriminator_step(
        state.discriminator, objective, real, G(z).detach(), 0
    )
    after = objective.loss.discriminator(critic(real), critic(G(z)))
    assert after < before
    before = generator_step(
        state.generator, state.discriminator, objective, real_logits, G(z)
    )
    assert objective.loss.generator(real_logits, critic(G(z))) < before


def test_weights_are_never_stale_inside_a_callers_autocast():
    """Autocast keeps cast weights until the outermost of its blocks ends."""
    critic, rows = torch.nn.Linear(2, 1), torch.ones(3, 2)
    objective = Objective(LOSSES["hinge"], precision=torch.bfloat16)
    with torch.autocast("cpu", enabled=False):
        before = objective.logits(critic, rows)
        critic.bias.data += 1
        critic.weight.data += 1
        after = objective.logits(critic, rows)
    torch.testing.assert_close(after, before + 3, atol=0.1, rtol=0)


def test_lazy_penalties_have_the_weight_of_constant_ones():
    schedule = Schedule(100, penalty_interval=4)
    factors = [schedule.penalty_factor(step) for step in range(40)]
    assert factors[:5] == [4, 0, 0, 0, 4]
    assert sum(factors) == 40


def test_penalty_is_evaluated_only_when_due():
    calls = []

    def counted(critic, real, fake):
        calls.append(1)
        return PENALTIES["r1"](critic, real, fake)

    state, streams = make_state(), make_streams()
    objective = Objective(LOSSES["hinge"], [(1.0, counted)])
    train(state, *streams, objective, Schedule(9, penalty_interval=4), never_stop)
    assert len(calls) == 3


def test_step_reads_nothing_back():
    """No value travels to Python in an iteration: it could run as a CUDA graph."""
    state, streams = make_state(), make_streams()
    objective = Objective(LOSSES["relativistic"], [(1.0, r1), (1.0, r2)])

    class NoReading(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            name = getattr(function, "__name__", "")
            assert name not in {
                "item",
                "tolist",
                "numpy",
                "__bool__",
                "__float__",
                "cpu",
            }
            return function(*args, **(kwargs or {}))

    with NoReading():
        for _ in range(3):
            iterate(state, *streams, objective, Schedule(9))


def test_n_critic_schedule():
    state, (batches, noise) = make_state(), make_streams()
    schedule = Schedule(4, n_critic=lambda iteration: 3 if iteration < 2 else 1)
    train(state, batches, noise, Objective(LOSSES["hinge"]), schedule, never_stop)
    assert len(batches.draws) == state.n_discriminator_steps == 3 + 3 + 1 + 1


def test_n_critic_yields_the_networks_to_update():
    state, (batches, noise), told = make_state(), make_streams(), []

    def until_it_has_fallen(iteration):
        names = ["discriminator", "generator", "generator", "discriminator"]
        while names:
            name = names.pop(0)
            told.append((name, (yield name)))
            if not names and told[-1][1] > 0.9 * told[0][1]:
                names = ["discriminator"]

    schedule = Schedule(1, until_it_has_fallen, linear_decay=False)
    objective = Objective(LOSSES["non_saturating"])
    train(state, batches, noise, objective, schedule, never_stop)
    names, losses = zip(*told, strict=True)
    assert names[:4] == ("discriminator", "generator", "generator", "discriminator")
    assert min(losses[3:-1]) > 0.9 * losses[0] >= losses[-1]
    assert state.loss_curve()[0].tolist() == [losses[-1], losses[2]]
    n_discriminator_steps = len(names) - 2
    assert state.n_discriminator_steps == len(batches.draws) == n_discriminator_steps
    assert len(noise.draws) == n_discriminator_steps + 1  # one pass served two updates


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (int, "n_critic must be an integer of at least 1, or one over such an integer"),
        (lambda t: 0.4 + 0.6 * (t < 2), "at every iteration, got 0.4 at iteration 2."),
        (lambda t: float("nan"), "at every iteration, got nan at iteration 0."),
        (lambda t: "both", "at every iteration, got 'both' at iteration 0."),
        (
            lambda t: (name for name in ["generator"]),
            'n_critic must yield "discriminator" or "generator", and the discriminator '
            "first in each iteration, got 'generator' at iteration 0.",
        ),
        (lambda t: (name for name in ["critic"]), "got 'critic' at iteration 0."),
        (
            lambda t: (name for name in ["discriminator"]),
            "n_critic must update both networks in each iteration, got no update of "
            "the generator at iteration 0.",
        ),
        (lambda t: (name for name in []), "got no update of the generator"),
    ],
)
def test_what_n_critic_may_return(plan, message):
    state, streams = make_state(), make_streams()
    with pytest.raises(ValueError, match=re.escape(message)):
        train(
            state, *streams, Objective(LOSSES["hinge"]), Schedule(4, plan), never_stop
        )


def test_rates_decay_linearly_or_stay():
    falling, constant = Schedule(10), Schedule(10, linear_decay=False)
    assert [falling.rate_factor(i) for i in (0, 5, 9)] == pytest.approx([1, 0.5, 0.1])
    assert constant.rate_factor(9) == 1
    state, streams = make_state(), make_streams()
    train(state, *streams, Objective(LOSSES["hinge"]), falling, never_stop)
    for player in (state.generator, state.discriminator):
        assert player.optimizer.param_groups[0]["lr"] == pytest.approx(0.1 * RATE)


def test_reports_come_in_blocks():
    state, streams, seen = make_state(), make_streams(), []
    max_iter = 2 * BLOCK_SIZE + 7
    report = lambda state: seen.append(state.iteration)  # noqa: E731
    train(state, *streams, Objective(LOSSES["hinge"]), Schedule(max_iter), report)
    assert seen == [BLOCK_SIZE, 2 * BLOCK_SIZE, max_iter]
    assert state.loss_curve().shape == (max_iter, 2)


def test_no_tensor_of_an_iteration_is_kept():
    """Small ones would leave holes in the heap, growing with training."""
    state, streams, seen = make_state(), make_streams(), []

    def count(state):
        for stream in streams:
            stream.draws.clear()  # what only tests remember
        gc.collect()
        seen.append(sum(type(item) is torch.Tensor for item in gc.get_objects()))

    train(state, *streams, Objective(LOSSES["hinge"]), Schedule(5 * BLOCK_SIZE), count)
    assert len(set(seen[1:])) == 1


def test_losses_are_kept_however_long_training_takes():
    state = make_state()
    expected = torch.randn(3 * LEAST_ROOM, 2, dtype=torch.float64)
    for losses in expected:
        state.end_iteration(losses)
    torch.testing.assert_close(state.loss_curve(), expected, rtol=0, atol=0)
    assert torch.equal(state.loss_curve(LEAST_ROOM), expected[LEAST_ROOM:])


def test_report_can_stop():
    state, streams = make_state(), make_streams()
    train(
        state, *streams, Objective(LOSSES["hinge"]), Schedule(999), lambda state: True
    )
    assert state.iteration == BLOCK_SIZE


def test_divergence_names_the_iteration():
    state, (batches, noise) = make_state(), make_streams()
    draw, calls = batches.draw, []

    def poisoned():
        calls.append(1)
        return draw() * (float("nan") if len(calls) == 8 else 1)

    batches.draw = poisoned
    with pytest.raises(DivergenceError, match="non-finite at iteration 7") as error:
        train(
            state, batches, noise, Objective(LOSSES["hinge"]), Schedule(50), never_stop
        )
    assert error.value.iteration == 7
    assert "Try a smaller learning_rate" in str(error.value)


def test_divergence_in_the_last_update_is_seen():
    state, streams = make_state(), make_streams()
    state.average.update = lambda: state.average.module[0].weight.data.fill_(np.inf)
    with pytest.raises(DivergenceError, match="non-finite at iteration 0"):
        train(state, *streams, Objective(LOSSES["hinge"]), Schedule(1), never_stop)


@pytest.mark.parametrize(("n_rows", "batch_size"), [(10, 4), (2, 7), (5, 5), (3, 64)])
def test_batches_show_every_row_equally_often(n_rows, batch_size):
    rng = torch.Generator().manual_seed(0)
    stream = BatchStream(torch.arange(n_rows)[:, None], batch_size, rng)
    drawn = torch.cat([stream.draw() for _ in range(3 * n_rows)]).flatten()
    assert torch.equal(torch.bincount(drawn), torch.full((n_rows,), 3 * batch_size))
    epochs = drawn.reshape(-1, n_rows)
    assert torch.equal(epochs.sort().values, torch.arange(n_rows).expand_as(epochs))
    if n_rows > 3:
        assert not torch.equal(epochs[0], epochs[1])


def test_noise_distributions():
    rng = torch.Generator().manual_seed(0)
    real = torch.zeros(50_000, 3)
    normal = NoiseStream(Noise(2, "normal"), rng).draw(real)
    assert normal.mean().abs() < 0.02 and (normal.std() - 1).abs() < 0.02
    uniform = NoiseStream(Noise(2, "uniform"), rng).draw(real)
    assert uniform.min() >= -1 and uniform.max() < 1
    assert uniform.mean().abs() < 0.02 and (uniform.std() - 3**-0.5).abs() < 0.02


def test_average_is_the_weighted_sum_of_all_weights():
    net = nn.Linear(1, 1, bias=False)
    average = WeightAverage(net, 0.6)
    expected = start = net.weight.item()
    for t in range(30):
        net.weight.data.fill_(start + t)
        average.update()
        decay = min(0.6, (t + 1) / (t + 10))
        expected = decay * expected + (1 - decay) * (start + t)
    assert average.module.weight.item() == pytest.approx(expected, rel=1e-5)


def test_average_of_a_short_run_has_forgotten_the_first_weights():
    net = nn.Linear(1, 1, bias=False)
    net.weight.data.fill_(1000.0)
    average = WeightAverage(net, 0.9999)
    net.weight.data.fill_(1.0)
    for _ in range(50):
        average.update()
    assert average.module.weight.item() == pytest.approx(1.0, abs=0.1)


def test_average_copies_buffers_and_decay_zero_copies_weights():
    net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    average = WeightAverage(net, 0.0)
    net.train()(torch.randn(8, 2) + 5)
    net[0].weight.data.add_(1)
    average.update()
    for name, value in net.state_dict().items():
        torch.testing.assert_close(average.module.state_dict()[name], value)
    assert not average.module.training


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_precision_of_products(precision):
    """Logits and losses are float32 whatever the products are."""
    state, streams = make_state(dtype=torch.float32), make_streams()
    for stream in streams:
        stream.draw = lambda *real, draw=stream.draw: draw(*real).float()
    objective = Objective(LOSSES["relativistic"], [(0.1, r1)], precision)
    with torch.no_grad():
        z = streams[1].draw(streams[0].draw())
        rows = objective.generate(state.generator.network, z)
        logits = objective.logits(state.discriminator.network, rows)
    assert rows.dtype == logits.dtype == torch.float32
    exact = state.generator.network.double()(z.double())
    state.generator.network.float()
    error = (rows - exact).abs().max().item()
    assert (error < 1e-5) == (precision is torch.float32)
    assert error < 0.05
    train(state, *streams, objective, Schedule(5), never_stop)
    assert state.loss_curve().dtype == torch.float32


def test_progress_prints_time_left(capsys, monkeypatch):
    from skgan.training import progress

    clock = iter([0.0, 1.0, 3.0, 9.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    state = make_state()
    printer = Progress("GAN", 300)
    for _ in range(3):  # after 1 s: too early; 3 s: a line; the end
        for _ in range(100):
            state.end_iteration(torch.tensor([0.5, 0.25]))
        printer(state)
    first, last = capsys.readouterr().out.splitlines()
    assert first == (
        "[GAN] iteration 200 of 300, loss of the discriminator 0.500, of the "
        "generator 0.250, 2 s left"
    )
    assert "iteration 300 of 300" in last and "0 s left" in last


def test_rows_of_weight_are_drawn_more_often():
    """Within each epoch as often as expected, rounded up or down; in random order."""
    weights = torch.tensor([1.0, 1.0, 0.5, 0.5, 4.0, 0.0])
    rng = torch.Generator().manual_seed(0)
    rows = torch.arange(6)[:, None]
    stream = BatchStream(rows, 6, rng, weights=weights.double())
    epochs = torch.stack([stream.draw().flatten() for _ in range(4_000)])
    counts = (epochs[:, :, None] == torch.arange(6)).sum(1)  # (4000, 6)
    expected = 6 * weights / weights.sum()
    assert (counts >= expected.floor()).all() and (counts <= expected.ceil()).all()
    torch.testing.assert_close(counts.float().mean(0), expected, atol=0.03, rtol=0)
    in_place = (epochs == 4).float().mean(0)
    torch.testing.assert_close(in_place, torch.full((6,), 4 / 7), atol=0.04, rtol=0)
    # Copies of a row must not stand side by side: any two places are alike
    pairs = (epochs == 4).float().T @ (epochs == 4).float() / len(epochs)
    apart = pairs[~torch.eye(6, dtype=bool)]
    n_copies = counts[:, 4].float()
    chance = (n_copies * (n_copies - 1)).mean() / (6 * 5)
    torch.testing.assert_close(apart, chance.expand(30), atol=0.04, rtol=0)


def test_rows_of_equal_weight_are_each_drawn_once():
    weights, rng = torch.full((101,), 0.3), torch.Generator().manual_seed(0)
    stream = BatchStream(torch.arange(101)[:, None], 101, rng, weights=weights.double())
    for _ in range(50):
        assert torch.equal(stream.draw().flatten().sort().values, torch.arange(101))


def test_batch_norm_of_maps_settles_in_a_tenth_of_the_passes():
    network = nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3))
    average = WeightAverage(network, 0.0)
    batches = torch.randn(11, 64, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    draws = iter(batches)
    average.settle(lambda: next(draws))
    assert torch.equal(next(draws), batches[10])
    layer, maps = average.module[1], average.module[0](batches[:10].flatten(0, 1))
    torch.testing.assert_close(layer.running_mean, maps.mean((0, 2, 3)))
    expected = maps.var((0, 2, 3))
    torch.testing.assert_close(layer.running_var, expected, rtol=0.01, atol=0)


def test_gumbel_noise_beside_the_latents():
    """Its mean is Euler's constant, its variance pi^2 / 6; it leans to the right."""
    no_conditions = torch.zeros(100_000, 0)
    noise = Noise(2, "uniform", n_gumbel=3).draw(no_conditions, torch.Generator())
    assert noise.shape == (100_000, 5) and noise[:, :2].abs().max() <= 1
    gumbel = noise[:, 2:].flatten()
    assert gumbel.mean().item() == pytest.approx(np.euler_gamma, abs=0.01)
    assert gumbel.var().item() == pytest.approx(np.pi**2 / 6, abs=0.03)


def test_batch_norm_of_the_average_has_the_statistics_of_its_own_weights():
    network = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Dropout(0.5))
    average = WeightAverage(network, 0.0)
    average.module[1].running_mean += 100
    average.module[1].num_batches_tracked += 7  # of the weights before
    batches = torch.randn(100, 64, 2, generator=torch.Generator().manual_seed(0))
    draws = iter(batches)
    average.settle(lambda: next(draws))
    hidden = average.module[0](batches)  # (20, 64, 3)
    layer = average.module[1]
    torch.testing.assert_close(layer.running_mean, hidden.mean((0, 1)))
    torch.testing.assert_close(layer.running_var, hidden.var(1).mean(0))
    assert not average.module.training and not layer.training
    assert layer.momentum == network[1].momentum
