"""Heads against loops."""

import numpy as np
import pytest
import torch
from scipy.stats import norm
from torch import nn

from skgan.encoding import Layout
from skgan.networks import (
    Batch,
    ImageHead,
    Latents,
    RowDiscriminator,
    make_head,
    mlp_generator,
    residual_generator,
)
from skgan.networks.heads import END, N_BINS, HeadedGenerator, RangeHead, TableHead

SIZES, OWNERS = [3, 1, 4], [2, 6]  # the scalars belong to classes 2 and 6
ORDER = torch.zeros(8, 1)
ORDER[4:8, 0] = torch.tensor([-1.0, -0.3, 0.4, 1.2])
TABLE = SIZES, OWNERS, ORDER


@pytest.fixture
def head():
    return TableHead(*TABLE)


def slow_expand(row):
    """An expanded row from an encoded one, one number at a time."""
    classes, scalars = [int(c) for c in row[:3]], row[3:]
    one_hot = [0.0] * 8
    for start, chosen in zip((0, 3, 4), classes, strict=True):
        one_hot[start + chosen] = 1.0
    edges = np.clip(norm.ppf(np.linspace(0, 1, N_BINS + 1)), -END, END)
    kept, codes = [], []
    for owner, scalar in zip(OWNERS, scalars, strict=True):
        kept.append(float(scalar) * one_hot[owner])
        for low, high in zip(edges[:-1], edges[1:], strict=True):
            share = min(max((float(scalar) - low) / (high - low), 0), 1)
            codes.append(share * one_hot[owner])
    score = sum(h * float(o) for h, o in zip(one_hot, ORDER[:, 0], strict=True))
    return one_hot + kept + codes + [score]


def rows_of(n, seed=0):
    rng = torch.Generator().manual_seed(seed)
    classes = [torch.randint(size, (n, 1), generator=rng) for size in SIZES]
    return torch.cat([*classes, 2 * torch.randn(n, 2, generator=rng)], 1)


def test_expanded_rows_equal_the_loop(head):
    rows = rows_of(50)
    expected = torch.tensor([slow_expand(row) for row in rows], dtype=torch.float32)
    assert head.n_expanded == expected.shape[1]
    torch.testing.assert_close(head.expand(rows), expected, atol=1e-4, rtol=1e-5)


def test_encoded_rows_expand_as_the_generated_ones(head):
    rng = torch.Generator().manual_seed(0)
    raw = torch.randn(40, head.n_raw, generator=rng)
    gumbel = torch.randn(40, head.n_gumbel, generator=rng)
    encoded = head.encoded(raw, gumbel)
    for i in range(40):
        logits = (raw[i, :8] + gumbel[i]).split(SIZES)
        assert encoded[i, :3].tolist() == [int(part.argmax()) for part in logits]
    torch.testing.assert_close(head(raw, gumbel), head.expand(encoded))


def test_gradients_are_those_of_the_softmax(head):
    raw = torch.randn(5, head.n_raw, requires_grad=True)
    gumbel, weight = torch.randn(5, 8), torch.randn(8)
    (head(raw, gumbel)[:, :8] * weight).sum().backward()
    twin = raw.detach().clone().requires_grad_()
    parts = [p.softmax(1) for p in (twin[:, :8] + gumbel).split(SIZES, 1)]
    (torch.cat(parts, 1) * weight).sum().backward()
    torch.testing.assert_close(raw.grad, twin.grad)


def test_scalars_count_only_in_their_class(head):
    raw = torch.zeros(2, head.n_raw, requires_grad=True)
    gumbel = torch.zeros(2, 8)
    gumbel[0, 2] = gumbel[1, 0] = (
        5.0  # row 0 takes the class of scalar 0, row 1 does not
    )
    head(raw, gumbel)[:, 8].sum().backward()
    assert raw.grad[:, 8].tolist() == [1.0, 0.0]


def test_gumbel_noise_draws_classes_by_their_probabilities(head):
    logits = torch.tensor([0.0, 1.0, 2.0, 0.0, 0.5, 0.0, -1.0, 0.0])
    raw = torch.cat([logits, torch.zeros(2)]).expand(100_000, -1)
    rng = torch.Generator().manual_seed(0)
    gumbel = -torch.empty(100_000, 8).exponential_(generator=rng).log()
    encoded = head.encoded(raw, gumbel)
    shares = torch.bincount(encoded[:, 0].long()) / 100_000
    torch.testing.assert_close(shares, logits[:3].softmax(0), atol=0.006, rtol=0)


def test_logits_are_exact_under_autocast(head):
    raw, gumbel = torch.randn(64, head.n_raw), torch.randn(64, 8)
    with torch.autocast("cpu", torch.bfloat16):
        expanded = head(raw, gumbel)
    torch.testing.assert_close(expanded, head(raw, gumbel))


def latents_of(n, latent_dim=2, n_conditions=0, n_gumbel=0):
    return Latents(*(torch.randn(n, k) for k in (latent_dim, n_conditions, n_gumbel)))


def test_shares_of_classes_are_those_of_rows(head):
    rows = rows_of(400)
    rows[rows[:, 2] == 3, 2] = 0  # a class without rows
    expected = []
    for column, size in enumerate(SIZES):
        counts = [sum(rows[:, column] == k).item() for k in range(size)]
        expected += [max(count, 0.5) / 400 for count in counts]
    assert expected[-1] == 0.5 / 400
    torch.testing.assert_close(head.log_shares(rows).exp(), torch.tensor(expected))
    assert RangeHead(3, nn.Identity()).log_shares(rows).shape == (0,)


@pytest.mark.parametrize("factory", [residual_generator, mlp_generator])
def test_generators_start_with_the_shares_of_rows(factory, head):
    """On average over first weights, which still say something."""
    rows, found = rows_of(1_000), []
    rows[:, 0], rows[:5, 0] = rows[:, 0].clamp(max=1), 2  # a class of five rows
    z = torch.randn(500, 8, generator=torch.Generator().manual_seed(0))
    for seed in range(20):
        torch.manual_seed(seed)
        generator = HeadedGenerator(factory(8, head.n_raw), head)
        generator.start_from(rows)
        raw = generator.raw(Latents(z, z[:, :0], z[:, :0]))
        found.append(
            torch.cat([part.softmax(1) for part in raw[:, :8].split(SIZES, 1)], 1)
        )
        assert found[-1].std(0)[[0, 1]].min() > 0.005
    shares = torch.cat(found).mean(0)
    ratio = shares / head.log_shares(rows).exp()
    assert ratio.max() < 1.2 and ratio.min() > 1 / 1.2


@pytest.mark.parametrize("factory", [residual_generator, mlp_generator])
def test_raked_generators_draw_classes_by_the_shares_of_rows(factory, head):
    """Whatever they drew before; classes move alike in all rows, scalars do not."""
    rows = rows_of(1_000)
    rows[:, 0], rows[:5, 0] = rows[:, 0].clamp(max=1), 2  # a class of five rows
    torch.manual_seed(0)
    generator = HeadedGenerator(factory(8, head.n_raw), head)
    for weights in generator.network.parameters():
        weights.data.mul_(3)
    latents = Latents(torch.randn(4_000, 8), torch.zeros(4_000, 0), None)
    before = generator.raw(latents)
    generator.rake(generator.head.log_shares(rows), latents)
    after = generator.raw(latents)
    parts = after[:, :8].split(SIZES, 1)
    shares = torch.cat([part.softmax(1).mean(0) for part in parts])
    wanted = head.log_shares(rows).exp()
    torch.testing.assert_close(shares, wanted, rtol=0.011, atol=0)
    old = torch.cat([p.softmax(1).mean(0) for p in before[:, :8].split(SIZES, 1)])
    assert (old / wanted).log().abs().max() > 0.5
    moved = after - before
    torch.testing.assert_close(moved, moved[:1].expand_as(moved), rtol=0, atol=1e-4)
    assert (moved[:, 8:] == 0).all(), "no scalar has moved"


def test_what_diverged_is_not_raked(head):
    network = nn.Linear(2, head.n_raw)
    network.weight.data[0] = torch.nan
    before = network.bias.clone()
    latents = latents_of(50)
    HeadedGenerator(network, head).rake(head.log_shares(rows_of(20)), latents)
    assert torch.equal(network.bias, before)


def test_networks_that_end_in_something_else_start_as_they_are(head):
    endings = nn.Tanh(), nn.Linear(4, head.n_raw, bias=False), nn.Linear(4, 1)
    for network in endings:
        before = [weights.clone() for weights in network.parameters()]
        generator = HeadedGenerator(network, head)
        generator.start_from(rows_of(9))
        if network.__class__ is nn.Linear:
            generator.rake(rows_of(9), latents_of(9, latent_dim=4))
        assert all(map(torch.equal, before, network.parameters()))


def test_range_head_and_generator():
    head = RangeHead(3, torch.nn.Tanh())
    network = torch.nn.Linear(2, 3)
    generator = HeadedGenerator(network, head)
    latents = latents_of(7)
    expected = network(latents.z).tanh()
    torch.testing.assert_close(generator(latents).rows, expected)
    torch.testing.assert_close(generator.encoded(latents), expected)
    assert head.expand(expected) is expected and head.n_gumbel == 0


def test_a_generator_of_classes_hands_its_gumbel_noise_to_the_head(head):
    network = torch.nn.Linear(2 + 3, head.n_raw)
    generator = HeadedGenerator(network, head)
    latents = latents_of(7, n_conditions=3, n_gumbel=head.n_gumbel)
    raw = network(torch.cat([latents.z, latents.conditions], 1))
    batch = generator(latents)
    torch.testing.assert_close(batch.rows, head(raw, latents.gumbel))
    assert batch.conditions is latents.conditions
    encoded = generator.encoded(latents)
    torch.testing.assert_close(encoded, head.encoded(raw, latents.gumbel))


def test_discriminators_of_rows_have_conditions_as_further_columns():
    batch = Batch(torch.randn(4, 3), torch.eye(4, 2))
    joined = torch.cat(batch, 1)
    assert torch.equal(RowDiscriminator(lambda points: points)(batch), joined)
    assert torch.equal(batch.joined(), joined)
    for part, expected in zip(batch.split(joined), batch, strict=True):
        assert torch.equal(part, expected)


def test_heads_follow_from_layouts():
    table = Layout(5, tuple(SIZES), tuple(OWNERS), ORDER.numpy())
    found, rows = make_head(table), rows_of(5)
    torch.testing.assert_close(found.expand(rows), TableHead(*TABLE).expand(rows))


@pytest.mark.parametrize(
    ("n_rows", "variance"),
    [(50, 120), (500, 120), (2_000, 30), (10_000, 6), (20_000, 6)],
)
def test_penalties_of_tables_grow_as_rows_get_few(n_rows, variance):
    assert TableHead(*TABLE).variance(torch.zeros(n_rows, 1)) == variance
    images = make_head(Layout(24, activation="tanh", image_shape=(3, 4, 2)))
    assert isinstance(images, ImageHead) and images.image_shape == (3, 4, 2)
    raw = torch.randn(2, 3)
    for activation, expected in {"linear": raw, "tanh": raw.tanh()}.items():
        head = make_head(Layout(3, activation=activation))
        assert type(head) is RangeHead and torch.equal(head(raw, None), expected)


def test_saturated_activations_let_gradients_through_under_autocast():
    """In bfloat16 the background of an image could never be drawn on."""
    raw = torch.full((1, 3), -5.0, dtype=torch.bfloat16, requires_grad=True)
    rows = RangeHead(3, torch.nn.Tanh())(raw, torch.empty(1, 0))
    rows.sum().backward()
    assert rows.dtype == torch.float32 and (rows > -1).all()
    assert (raw.grad > 0).all()


def test_very_many_scalars_have_fewer_bins():
    for n, n_bins in ((512, 16), (1_000, 8), (5_000, 2)):
        head = TableHead([1] * n, range(n), torch.zeros(n, 0))
        assert head.n_expanded == n + n + n * n_bins
        assert head.expand(torch.zeros(1, 2 * n)).shape == (1, head.n_expanded)
