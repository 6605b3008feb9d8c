import pytest
import torch
from torch import nn

from skgan.penalties import (
    AUTO_WEIGHTS,
    PENALTIES,
    interpolated,
    r1,
    r2,
    weighted_penalties,
)

N, D, STEP = 6, 3, 1e-5


@pytest.fixture
def batch():
    rng = torch.Generator().manual_seed(0)
    real = torch.randn(N, D, generator=rng, dtype=torch.float64)
    return real, torch.randn(N, D, generator=rng, dtype=torch.float64) + 1


@pytest.fixture
def critic():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Linear(D, 8), nn.Tanh(), nn.Linear(8, 1), nn.Flatten(0)
    ).double()


@pytest.fixture(autouse=True)
def _fork():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def finite_difference_norms(critic, points):
    """Gradient norms at each point, one coordinate of one point at a time."""
    squares = torch.zeros(len(points), dtype=torch.float64)
    for i, point in enumerate(points):
        for j in range(points.shape[1]):
            step = torch.zeros(1, points.shape[1], dtype=torch.float64)
            step[0, j] = STEP
            up, down = critic(point + step), critic(point - step)
            squares[i] += ((up - down).item() / (2 * STEP)) ** 2
    return squares.sqrt()


@pytest.mark.parametrize(("penalty", "which"), [(r1, 0), (r2, 1)])
def test_zero_centered_penalty_by_finite_differences(critic, batch, penalty, which):
    norms = finite_difference_norms(critic, batch[which])
    torch.testing.assert_close(
        penalty(critic, *batch), norms.square(), rtol=1e-7, atol=0
    )


def test_interpolated_by_finite_differences(critic, batch):
    real, fake = batch
    torch.manual_seed(3)
    share = torch.rand(N, 1, dtype=torch.float64)
    points = (1 - share) * real + share * fake
    expected = (finite_difference_norms(critic, points) - 1).square()
    torch.manual_seed(3)
    torch.testing.assert_close(
        interpolated(critic, *batch), expected, rtol=1e-6, atol=0
    )
    rng = torch.Generator().manual_seed(3)
    torch.testing.assert_close(
        interpolated(critic, *batch, rng), expected, rtol=1e-6, atol=0
    )


@pytest.mark.parametrize("name", PENALTIES)
def test_gradient_by_weights_by_finite_differences(critic, batch, name):
    """The gradient of a gradient, which is what training uses."""

    def value():
        torch.manual_seed(1)
        return PENALTIES[name](critic, *batch).mean()

    weight = critic[0].weight
    (gradient,) = torch.autograd.grad(value(), weight)
    for index in [(0, 0), (3, 1), (7, 2)]:
        weight.data[index] += STEP
        up = value().item()
        weight.data[index] -= 2 * STEP
        down = value().item()
        weight.data[index] += STEP
        assert gradient[index].item() == pytest.approx(
            (up - down) / (2 * STEP), rel=1e-5
        )


def test_linear_critic_has_the_norm_of_its_weights(batch):
    weights = torch.tensor([1.0, 2.0, -2.0], dtype=torch.float64)  # norm 3
    expected = {"r1": 9.0, "r2": 9.0, "interpolated": 4.0}
    for name, penalty in PENALTIES.items():
        values = penalty(lambda rows: rows @ weights, *batch)
        assert values.tolist() == pytest.approx([expected[name]] * N)


@pytest.mark.parametrize("name", PENALTIES)
def test_images_are_flattened(name):
    real, fake = torch.rand(4, 2, 3, 3), torch.rand(4, 2, 3, 3)
    penalty = PENALTIES[name](lambda images: 2 * images.flatten(1).sum(1), real, fake)
    expected = 4 * 18.0
    if name == "interpolated":
        expected = (expected**0.5 - 1) ** 2
    assert penalty.tolist() == pytest.approx([expected] * 4, rel=1e-5)


@pytest.mark.parametrize("name", PENALTIES)
def test_flat_critic_has_finite_gradients(batch, name):
    scale = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    penalty = PENALTIES[name](lambda rows: scale * rows.sum(1), *batch).mean()
    (gradient,) = torch.autograd.grad(penalty, scale)
    assert gradient.isfinite().all()


@pytest.mark.parametrize("name", PENALTIES)
def test_extreme_logits(batch, name):
    """Logits of 100 and more: value and gradient stay finite and right."""
    scale = torch.tensor(100.0, dtype=torch.float64, requires_grad=True)
    penalty = PENALTIES[name](lambda rows: scale * rows[:, 0], *batch)
    (gradient,) = torch.autograd.grad(penalty.mean(), scale)
    center = 1.0 if name == "interpolated" else 0.0
    assert penalty.tolist() == pytest.approx([(100 - center) ** 2] * N)
    assert gradient.item() == pytest.approx(2 * (100 - center))


def test_inputs_keep_no_gradient(critic, batch):
    for penalty in PENALTIES.values():
        penalty(critic, *batch).mean().backward()
    assert not any(rows.requires_grad or rows.grad is not None for rows in batch)


def weights_of(penalty, weight="auto", loss="relativistic"):
    return weighted_penalties(penalty, weight, loss=loss, variance=4.0)


def test_auto_depends_on_the_loss():
    assert [p for _, p in weights_of("auto")] == [r1, r2]
    assert weights_of("auto", loss="wasserstein") == [(0.2, interpolated)]
    assert weights_of("auto", loss="hinge") == []
    assert weights_of("auto", loss=None) == []
    assert weights_of(None) == []


def test_weights():
    assert weights_of("r1") == [(AUTO_WEIGHTS["r1"](4.0), r1)]
    assert weights_of(["r2", "interpolated"], 0.5) == [(0.5, r2), (0.5, interpolated)]
    assert weights_of(max) == [(1.0, max)]
    assert weights_of((max, "r1"), 2) == [(2.0, max), (2.0, r1)]


def test_auto_weight_follows_the_units_of_the_data():
    """Data times s: gradients over s, so that weight times penalty stays the same."""
    for name in ("r1", "r2"):
        assert AUTO_WEIGHTS[name](9.0) == pytest.approx(9 * AUTO_WEIGHTS[name](1.0))


def test_unknown_penalty_in_a_list():
    with pytest.raises(ValueError, match="penalty must hold functions or names of"):
        weights_of(["r1", "r3"])
