"""Heads against loops."""

import numpy as np
import pytest
import torch

from skgan.networks.heads import END, N_BINS, HeadedGenerator, RangeHead, TableHead

SIZES, OWNERS = [3, 1, 4], [2, 6]  # the scalars belong to classes 2 and 6
ORDER = torch.zeros(8, 1)
ORDER[4:8, 0] = torch.tensor([-1.0, -0.3, 0.4, 1.2])


@pytest.fixture
def head():
    return TableHead(SIZES, OWNERS, ORDER)


def slow_open(row):
    """An open row from a compact one, one number at a time."""
    classes, scalars = [int(c) for c in row[:3]], row[3:]
    one_hot = [0.0] * 8
    for start, chosen in zip((0, 3, 4), classes, strict=True):
        one_hot[start + chosen] = 1.0
    from scipy.stats import norm

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


def test_open_equals_the_loop(head):
    rows = rows_of(50)
    expected = torch.tensor([slow_open(row) for row in rows], dtype=torch.float32)
    assert head.n_open == expected.shape[1]
    torch.testing.assert_close(head.open(rows), expected, atol=1e-4, rtol=1e-5)


def test_compact_rows_open_as_the_generated_ones(head):
    rng = torch.Generator().manual_seed(0)
    raw = torch.randn(40, head.n_raw, generator=rng)
    noise = torch.randn(40, head.n_noise, generator=rng)
    compact = head.compact(raw, noise)
    for i in range(40):
        logits = (raw[i, :8] + noise[i]).split(SIZES)
        assert compact[i, :3].tolist() == [int(part.argmax()) for part in logits]
    torch.testing.assert_close(head(raw, noise), head.open(compact))


def test_gradients_are_those_of_the_softmax(head):
    raw = torch.randn(5, head.n_raw, requires_grad=True)
    noise, weight = torch.randn(5, 8), torch.randn(8)
    (head(raw, noise)[:, :8] * weight).sum().backward()
    twin = raw.detach().clone().requires_grad_()
    parts = [p.softmax(1) for p in (twin[:, :8] + noise).split(SIZES, 1)]
    (torch.cat(parts, 1) * weight).sum().backward()
    torch.testing.assert_close(raw.grad, twin.grad)


def test_scalars_count_only_in_their_class(head):
    raw = torch.zeros(2, head.n_raw, requires_grad=True)
    noise = torch.zeros(2, 8)
    noise[0, 2] = noise[1, 0] = 5.0  # row 0 takes the class of scalar 0, row 1 does not
    head(raw, noise)[:, 8].sum().backward()
    assert raw.grad[:, 8].tolist() == [1.0, 0.0]


def test_gumbel_noise_draws_classes_by_their_probabilities(head):
    logits = torch.tensor([0.0, 1.0, 2.0, 0.0, 0.5, 0.0, -1.0, 0.0])
    raw = torch.cat([logits, torch.zeros(2)]).expand(100_000, -1)
    rng = torch.Generator().manual_seed(0)
    noise = -torch.empty(100_000, 8).exponential_(generator=rng).log()
    compact = head.compact(raw, noise)
    shares = torch.bincount(compact[:, 0].long()) / 100_000
    torch.testing.assert_close(shares, logits[:3].softmax(0), atol=0.006, rtol=0)


def test_logits_are_exact_under_autocast(head):
    raw, noise = torch.randn(64, head.n_raw), torch.randn(64, 8)
    with torch.autocast("cpu", torch.bfloat16):
        opened = head(raw, noise)
    torch.testing.assert_close(opened, head(raw, noise))


def test_range_head_and_generator():
    head = RangeHead(3, torch.nn.Tanh())
    network = torch.nn.Linear(2, 3)
    generator = HeadedGenerator(network, head, latent_dim=2)
    noise = torch.randn(7, 2)
    torch.testing.assert_close(generator(noise), network(noise).tanh())
    torch.testing.assert_close(generator.compact(noise), network(noise).tanh())
    assert head.open(noise) is noise and head.n_noise == 0


def test_saturated_activations_let_gradients_through_under_autocast():
    """In bfloat16 the background of an image could never be drawn on."""
    raw = torch.full((1, 3), -5.0, dtype=torch.bfloat16, requires_grad=True)
    rows = RangeHead(3, torch.nn.Tanh())(raw, torch.empty(1, 0))
    rows.sum().backward()
    assert rows.dtype == torch.float32 and (rows > -1).all()
    assert (raw.grad > 0).all()


def test_very_many_scalars_have_fewer_bins():
    for n, n_bins in ((512, 16), (1_000, 8), (9_000, 2)):
        head = TableHead([1] * n, range(n), torch.zeros(n, 0))
        assert head.n_open == n + n + n * n_bins
        assert head.open(torch.zeros(1, 2 * n)).shape == (1, head.n_open)
