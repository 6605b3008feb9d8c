"""The step against the same algorithm written plainly in float64."""

import copy
import gc
import re
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from skgan.exceptions import DivergenceError
from skgan.losses import LOSSES
from skgan.networks import (
    Batch,
    HeadedGenerator,
    Latents,
    RangeHead,
    RowDiscriminator,
    mlp_discriminator,
    mlp_generator,
)
from skgan.penalties import PENALTIES, r1, r2
from skgan.training import (
    REPORTING_INTERVAL,
    BatchStream,
    LatentSampler,
    Objective,
    Schedule,
    TrainingData,
    TrainingRun,
    WeightAverage,
    averaging,
    iterate,
)
from skgan.training.state import MIN_CAPACITY
from skgan.training.step import discriminator_step, generator_step

D, LATENT_DIM, BATCH = 3, 4, 16
RATE, BETAS = 1e-2, (0.5, 0.9)


def make_networks(dtype):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        generator = mlp_generator(LATENT_DIM, D, hidden_layer_sizes=(8,))
        critic = mlp_discriminator(D, hidden_layer_sizes=(8,))
    headed = HeadedGenerator(generator, Exact(D))
    return headed.to(dtype), RowDiscriminator(critic).to(dtype)


class Exact(RangeHead):
    """A head that keeps float64."""

    def __init__(self, n_columns):
        super().__init__(n_columns, nn.Identity())

    def forward(self, raw, gumbel):
        return raw


class Recorded:
    """A stream or a sampler that remembers what it handed out, in one dtype."""

    def __init__(self, source, dtype):
        self.draws, self._source, self._dtype = [], source, dtype

    def __getattr__(self, name):
        return getattr(self._source, name)

    def draw(self, *args):
        drawn = self._source.draw(*args)
        self.draws.append(type(drawn)(*(part.to(self._dtype) for part in drawn)))
        return self.draws[-1]


def make_run(objective, schedule, *, dtype=torch.float64, rate=RATE, seed=1):
    """A run of small networks on random rows, of which all draws are recorded."""
    rng = torch.Generator().manual_seed(seed)
    rows = torch.randn(50, D, generator=rng) * 2 + 1
    data = TrainingData(rows, torch.zeros(50, 0))
    return TrainingRun(
        make_networks(dtype),
        Recorded(BatchStream(data, BATCH, rng), dtype),
        Recorded(LatentSampler(LATENT_DIM, "normal"), dtype),
        objective,
        schedule,
        optimizer=partial(torch.optim.Adam, betas=BETAS, fused=True),
        learning_rates=(rate, rate),
        ema_decay=0.9,
    )


class Report:
    """Calls a function after each reporting interval, which may ask to stop."""

    intervals = (REPORTING_INTERVAL,)

    def __init__(self, function):
        self.function = function

    def __call__(self, run):
        return self.function(run)


def detached(fake):
    return fake._replace(rows=fake.rows.detach())


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


def reference_training(networks, loss, penalties, schedule, real, latents, n_iter):
    """Algorithm 1, one thing after the other, everything computed when it is needed."""
    G = copy.deepcopy(networks[0].network)
    critic = copy.deepcopy(networks[1].network).requires_grad_(True)
    average = copy.deepcopy(G)
    adam_g = ReferenceAdam(list(G.parameters()))
    adam_d = ReferenceAdam(list(critic.parameters()))
    real, latents, losses, n_steps, n_averaged = iter(real), iter(latents), [], 0, 0
    for t in range(n_iter):
        rate = RATE * (1 - t / schedule.max_iter)
        for _ in range(max(1, round(schedule.n_critic))):
            x, z = next(real).encoded, next(latents).z
            real_logits = critic(x)
            d_loss = loss.discriminator(real_logits, critic(G(z).detach())).mean()
            total = d_loss
            if n_steps % schedule.penalty_interval == 0:
                for weight, penalty in penalties:
                    value = penalty(critic, x, G(z).detach()).mean()
                    total = total + schedule.penalty_interval * weight * value
            adam_d.step(torch.autograd.grad(total, adam_d.weights), rate)
            n_steps += 1
        for nth in range(max(1, round(1 / schedule.n_critic))):
            if nth:
                z = next(latents).z
            # The generator's step sees the new critic, but the old logits of real rows
            g_loss = loss.generator(real_logits.detach(), critic(G(z))).mean()
            adam_g.step(torch.autograd.grad(g_loss, adam_g.weights), rate)
            decay = min(0.9, (n_averaged + 1) / (n_averaged + 10))
            for kept, weight in zip(average.parameters(), G.parameters(), strict=True):
                kept.data = decay * kept.data + (1 - decay) * weight.data
            n_averaged += 1
        losses.append([d_loss.item(), g_loss.item()])
    return G, critic, average, np.array(losses)


@pytest.mark.parametrize("n_critic", [1, 3, 1 / 3])
@pytest.mark.parametrize("loss", LOSSES)
def test_iterations_equal_the_reference(loss, n_critic):
    penalties = [(0.3, r1), (0.2, r2)]
    schedule = Schedule(8, n_critic, penalty_interval=2)
    run = make_run(Objective(LOSSES[loss], penalties), schedule)
    run.advance(8)

    G, critic, average, losses = reference_training(
        make_networks(torch.float64),
        LOSSES[loss],
        penalties,
        schedule,
        run.batches.draws,
        run.latents.draws,
        8,
    )
    state = run.state
    np.testing.assert_allclose(state.loss_curve(), losses, rtol=1e-9)
    for actual, expected in (
        (state.generator.network, G),
        (state.discriminator.network, critic),
        (state.average.module, average),
    ):
        for a, b in zip(actual.parameters(), expected.parameters(), strict=True):
            torch.testing.assert_close(a.data, b.data, rtol=1e-8, atol=1e-10)


def test_one_generator_pass_serves_both_updates():
    run, calls = make_run(Objective(LOSSES["hinge"]), Schedule(9)), []
    run.state.generator.network.register_forward_hook(lambda *_: calls.append(1))
    iterate(run)
    assert len(calls) == len(run.latents.draws) == 1


def test_idle_network_is_frozen():
    """A step leaves neither a change nor a gradient in the other network."""
    objective = Objective(LOSSES["relativistic"], [(1.0, r1)])
    run = make_run(objective, Schedule(9))
    state = run.state
    G, critic = state.generator.network, state.discriminator.network
    real = run.batches.expand(*run.batches.draw())
    fake = run.generate(real.conditions)
    weights = copy.deepcopy(G.state_dict())
    _, real_logits = discriminator_step(
        state.discriminator, objective, real, detached(fake), 1
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
    objective = Objective(LOSSES[loss])
    run = make_run(objective, Schedule(9), rate=1e-3)
    state = run.state
    G, critic = state.generator.network, state.discriminator.network
    real = run.batches.expand(*run.batches.draw())
    latents = run.latents.draw(real.conditions, run.batches.rng)
    before, real_logits = discriminator_step(
        state.discriminator, objective, real, detached(G(latents)), 0
    )
    after = objective.loss.discriminator(critic(real), critic(G(latents))).mean()
    assert after < before
    before = generator_step(
        state.generator, state.discriminator, objective, real_logits, G(latents)
    )
    after = objective.loss.generator(real_logits, critic(G(latents))).mean()
    assert after < before


def test_penalties_see_conditions_as_further_columns():
    """The gradient is that in points of rows and conditions side by side."""
    objective, points = Objective(LOSSES["hinge"], [(1.0, recording_penalty)]), []
    network = nn.Linear(5, 1).double()
    run = make_run(objective, Schedule(9))
    player = run.state.discriminator
    player.network = RowDiscriminator(network)
    real, fake = (
        Batch(torch.randn(4, 3).double(), torch.eye(4)[:, :2].double())
        for _ in range(2)
    )
    recording_penalty.points = points
    discriminator_step(player, objective, real, fake, 1)
    assert torch.equal(points[0], torch.cat([real.rows, real.conditions], 1))
    assert torch.equal(points[1], torch.cat([fake.rows, fake.conditions], 1))
    # The critic of joined points is the discriminator of their parts
    torch.testing.assert_close(points[2], network(points[0]).flatten())


def recording_penalty(critic, real, fake):
    values = critic(real)
    recording_penalty.points += [real, fake, values.detach()]
    return values


def test_weights_are_never_stale_inside_a_callers_autocast():
    """Autocast keeps cast weights until the outermost of its blocks ends."""
    critic = nn.Linear(2, 1)
    batch = Batch(torch.ones(3, 2), torch.zeros(3, 0))
    objective = Objective(LOSSES["hinge"], precision=torch.bfloat16)
    discriminator = RowDiscriminator(critic)
    with torch.autocast("cpu", enabled=False):
        before = objective.logits(discriminator, batch)
        critic.bias.data += 1
        critic.weight.data += 1
        after = objective.logits(discriminator, batch)
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

    objective = Objective(LOSSES["hinge"], [(1.0, counted)])
    make_run(objective, Schedule(9, penalty_interval=4)).advance(9)
    assert len(calls) == 3


def test_step_reads_nothing_back():
    """No value travels to Python in an iteration: it could run as a CUDA graph."""
    objective = Objective(LOSSES["relativistic"], [(1.0, r1), (1.0, r2)])
    run = make_run(objective, Schedule(9))

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
            iterate(run)


def test_n_critic_schedule():
    schedule = Schedule(4, n_critic=lambda iteration: 3 if iteration < 2 else 1)
    run = make_run(Objective(LOSSES["hinge"]), schedule)
    run.advance(4)
    assert len(run.batches.draws) == run.state.n_discriminator_steps == 3 + 3 + 1 + 1


def test_n_critic_yields_the_networks_to_update():
    sent = []

    def until_it_has_fallen(iteration):
        names = ["discriminator", "generator", "generator", "discriminator"]
        while names:
            name = names.pop(0)
            sent.append((name, (yield name)))
            if not names and sent[-1][1] > 0.9 * sent[0][1]:
                names = ["discriminator"]

    schedule = Schedule(1, until_it_has_fallen, linear_decay=False)
    run = make_run(Objective(LOSSES["non_saturating"]), schedule)
    run.advance(1)
    names, losses = zip(*sent, strict=True)
    assert names[:4] == ("discriminator", "generator", "generator", "discriminator")
    assert min(losses[3:-1]) > 0.9 * losses[0] >= losses[-1]
    assert run.state.loss_curve()[0].tolist() == [losses[-1], losses[2]]
    n_steps = len(names) - 2
    assert run.state.n_discriminator_steps == len(run.batches.draws) == n_steps
    assert len(run.latents.draws) == n_steps + 1  # one pass served two updates


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
    run = make_run(Objective(LOSSES["hinge"]), Schedule(4, plan))
    with pytest.raises(ValueError, match=re.escape(message)):
        run.advance(4)


def test_rates_decay_linearly_or_stay():
    falling, constant = Schedule(10), Schedule(10, linear_decay=False)
    assert [falling.rate_factor(i) for i in (0, 5, 9)] == pytest.approx([1, 0.5, 0.1])
    assert constant.rate_factor(9) == 1
    run = make_run(Objective(LOSSES["hinge"]), falling)
    run.advance(10)
    for player in (run.state.generator, run.state.discriminator):
        assert player.optimizer.param_groups[0]["lr"] == pytest.approx(0.1 * RATE)


def test_reports_come_after_each_interval():
    reported, max_iter = [], 2 * REPORTING_INTERVAL + 7
    run = make_run(Objective(LOSSES["hinge"]), Schedule(max_iter))
    run.advance(max_iter, Report(lambda run: reported.append(run.state.iteration)))
    assert reported == [REPORTING_INTERVAL, 2 * REPORTING_INTERVAL, max_iter]
    assert run.state.loss_curve().shape == (max_iter, 2)


def test_no_tensor_of_an_iteration_is_kept():
    """Small ones would leave holes in the heap, growing with training."""
    run, counts = make_run(Objective(LOSSES["hinge"]), Schedule(999)), []

    def count(run):
        run.batches.draws.clear(), run.latents.draws.clear()  # what tests remember
        gc.collect()
        counts.append(sum(type(item) is torch.Tensor for item in gc.get_objects()))

    run.advance(3 * REPORTING_INTERVAL, Report(count))
    assert len(set(counts[1:])) == 1


def test_losses_are_kept_however_long_training_takes():
    state = make_run(Objective(LOSSES["hinge"]), Schedule(9)).state
    expected = torch.randn(3 * MIN_CAPACITY, 2, dtype=torch.float64)
    for losses in expected:
        state.end_iteration(losses)
    torch.testing.assert_close(state.loss_curve(), expected, rtol=0, atol=0)
    assert torch.equal(state.loss_curve(MIN_CAPACITY), expected[MIN_CAPACITY:])


def test_report_can_stop():
    run = make_run(Objective(LOSSES["hinge"]), Schedule(999))
    run.advance(999, Report(lambda run: True))
    assert run.state.iteration == REPORTING_INTERVAL


def test_divergence_names_the_iteration():
    run, calls = make_run(Objective(LOSSES["hinge"]), Schedule(50)), []
    draw = run.batches.draw

    def poisoned():
        calls.append(1)
        batch = draw()
        factor = float("nan") if len(calls) == 8 else 1
        return batch._replace(encoded=batch.encoded * factor)

    run.batches.draw = poisoned
    with pytest.raises(DivergenceError, match="non-finite at iteration 7") as error:
        run.advance(50)
    assert error.value.iteration == 7
    assert "Try a smaller learning_rate" in str(error.value)


@pytest.mark.parametrize("half", ["discriminator", "generator"])
def test_one_loss_that_is_not_finite_is_a_divergence(half):
    """Though all weights stay finite."""
    hinge, calls = LOSSES["hinge"], []

    def spoiled(real_logits, fake_logits):
        calls.append(1)
        values = getattr(hinge, half)(real_logits, fake_logits)
        return values + (np.inf if len(calls) == 3 else 0.0)

    run = make_run(Objective(hinge._replace(**{half: spoiled})), Schedule(9))
    with pytest.raises(DivergenceError, match="non-finite at iteration 2"):
        run.advance(9)


def test_divergence_in_the_last_update_is_found():
    run = make_run(Objective(LOSSES["hinge"]), Schedule(1))
    average = run.state.average
    weight = next(average.module.parameters())
    average.update = lambda: weight.data.fill_(np.inf)
    with pytest.raises(DivergenceError, match="non-finite at iteration 0"):
        run.advance(1)


def numbered(n_rows, weights=None):
    """Rows that are their own numbers."""
    rows = torch.arange(n_rows)[:, None]
    return TrainingData(rows, torch.zeros(n_rows, 0), weights)


@pytest.mark.parametrize(("n_rows", "batch_size"), [(10, 4), (2, 7), (5, 5), (3, 64)])
def test_batches_show_every_row_equally_often(n_rows, batch_size):
    rng = torch.Generator().manual_seed(0)
    stream = BatchStream(numbered(n_rows), batch_size, rng)
    drawn = torch.cat([stream.draw().encoded for _ in range(3 * n_rows)]).flatten()
    assert torch.equal(torch.bincount(drawn), torch.full((n_rows,), 3 * batch_size))
    epochs = drawn.reshape(-1, n_rows)
    assert torch.equal(epochs.sort().values, torch.arange(n_rows).expand_as(epochs))
    if n_rows > 3:
        assert not torch.equal(epochs[0], epochs[1])


@pytest.mark.parametrize("weights", [None, torch.arange(1.0, 8).double()])
@pytest.mark.parametrize("batch_size", [3, 7, 20])
def test_the_order_follows_from_the_seed_and_the_number_of_rows_drawn(
    batch_size, weights
):
    """In any stream of the same seed, whatever else was drawn from it."""
    rng = torch.Generator().manual_seed(4)
    whole = BatchStream(numbered(7, weights), batch_size, rng)
    batches = []
    for _ in range(12):
        batches.append(whole.draw().encoded)
        torch.rand(5, generator=rng)  # noise
    for n_before in (1, 2, 5):
        later = torch.Generator().manual_seed(4)
        stream = BatchStream(numbered(7, weights), batch_size, later)
        stream.n_drawn = n_before * batch_size
        for batch in batches[n_before:]:
            assert torch.equal(stream.draw().encoded, batch)
    other = BatchStream(numbered(7, weights), 84, torch.Generator().manual_seed(5))
    assert not torch.equal(other.draw().encoded, torch.cat(batches)[:84])


def test_a_stream_in_the_state_of_another_has_its_order():
    mine, other = (torch.Generator().manual_seed(seed) for seed in (1, 2))
    stream = BatchStream(numbered(9), 9, mine)
    before = stream.draw().encoded
    mine.set_state(other.get_state())
    stream.n_drawn = 0
    after = stream.draw().encoded
    assert not torch.equal(after, before)
    assert torch.equal(after, BatchStream(numbered(9), 9, other).draw().encoded)


def test_batches_keep_rows_and_codes_together():
    rng = torch.Generator().manual_seed(0)
    rows = torch.arange(30)[:, None]
    stream = BatchStream(
        TrainingData(rows, 2 * rows), 8, rng, lambda rows, codes: Batch(rows + 1, codes)
    )
    for _ in range(10):
        batch = stream.expand(*stream.draw())
        assert torch.equal(2 * (batch.rows - 1), batch.conditions)


def test_latents_are_normal_or_uniform():
    rng = torch.Generator().manual_seed(0)
    no_conditions = torch.zeros(50_000, 0)
    normal = LatentSampler(2, "normal").draw(no_conditions, rng).z
    assert normal.mean().abs() < 0.02 and (normal.std() - 1).abs() < 0.02
    uniform = LatentSampler(2, "uniform").draw(no_conditions, rng).z
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
    objective = Objective(LOSSES["relativistic"], [(0.1, r1)], precision)
    run = make_run(objective, Schedule(5), dtype=torch.float32)
    generator = run.state.generator.network
    with torch.no_grad():
        latents = run.latents.draw(run.batches.draw().codes, run.batches.rng)
        fake = objective.generate(generator, latents)
        logits = objective.logits(run.state.discriminator.network, fake)
        exact = copy.deepcopy(generator.network).double()(latents.z.double())
    assert fake.rows.dtype == logits.dtype == torch.float32
    error = (fake.rows - exact).abs().max().item()
    assert (error < 1e-5) == (precision is torch.float32)
    assert error < 0.05
    run.advance(5)
    assert run.state.loss_curve().dtype == torch.float32


def test_rows_of_weight_are_drawn_more_often():
    """Within each epoch as often as expected, rounded up or down; in random order."""
    weights = torch.tensor([1.0, 1.0, 0.5, 0.5, 4.0, 0.0])
    rng = torch.Generator().manual_seed(0)
    stream = BatchStream(numbered(6, weights.double()), 6, rng)
    epochs = torch.stack([stream.draw().encoded.flatten() for _ in range(4_000)])
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
    stream = BatchStream(numbered(101, weights.double()), 101, rng)
    for _ in range(50):
        drawn = stream.draw().encoded.flatten()
        assert torch.equal(drawn.sort().values, torch.arange(101))


def test_batch_norm_of_maps_takes_a_tenth_of_the_passes():
    network = nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3))
    average = WeightAverage(network, 0.0)
    batches = torch.randn(11, 64, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    draws = iter(batches)
    average.update_bn_statistics(lambda: next(draws))
    assert torch.equal(next(draws), batches[10])
    layer, maps = average.module[1], average.module[0](batches[:10].flatten(0, 1))
    torch.testing.assert_close(layer.running_mean, maps.mean((0, 2, 3)))
    expected = maps.var((0, 2, 3))
    torch.testing.assert_close(layer.running_var, expected, rtol=0.01, atol=0)


def test_gumbel_noise_beside_the_latents():
    """Its mean is Euler's constant, its variance pi^2 / 6; it leans to the right."""
    no_conditions = torch.zeros(100_000, 0)
    sampler = LatentSampler(2, "uniform", n_gumbel=3)
    latents = sampler.draw(no_conditions, torch.Generator())
    assert isinstance(latents, Latents) and latents.conditions is no_conditions
    assert latents.z.shape == (100_000, 2) and latents.z.abs().max() <= 1
    gumbel = latents.gumbel.flatten()
    assert len(gumbel) == 300_000
    assert gumbel.mean().item() == pytest.approx(np.euler_gamma, abs=0.01)
    assert gumbel.var().item() == pytest.approx(np.pi**2 / 6, abs=0.03)
    skewness = ((gumbel - gumbel.mean()) ** 3).mean() / gumbel.std() ** 3
    assert skewness.item() == pytest.approx(1.14, abs=0.05)


def test_batch_norm_of_the_average_has_the_statistics_of_its_own_weights(all_trees):
    network = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Dropout(0.5))
    average = WeightAverage(network, 0.0)
    average.module[1].running_mean += 100
    average.module[1].num_batches_tracked += 7  # of the weights before
    rng = torch.Generator().manual_seed(0)
    batches = torch.randn(averaging.N_BN_BATCHES, 64, 2, generator=rng)
    draws = iter(batches)
    average.update_bn_statistics(lambda: next(draws))
    hidden = average.module[0](batches)  # (n, 64, 3)
    layer = average.module[1]
    torch.testing.assert_close(layer.running_mean, hidden.mean((0, 1)))
    torch.testing.assert_close(layer.running_var, hidden.var(1).mean(0))
    assert not average.module.training and not layer.training
    assert layer.momentum == network[1].momentum


def test_less_effort_takes_fewer_passes(monkeypatch):
    monkeypatch.setattr(averaging, "N_BN_BATCHES", 100)
    network = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    average = WeightAverage(network, 0.0)
    batches = torch.randn(100, 64, 2, generator=torch.Generator().manual_seed(0))
    draws = iter(batches)
    average.update_bn_statistics(lambda: next(draws), 1 / 8)
    assert torch.equal(next(draws), batches[13])
    hidden = average.module[0](batches[:13])
    torch.testing.assert_close(average.module[1].running_mean, hidden.mean((0, 1)))
