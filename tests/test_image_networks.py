"""Networks of images: shapes of all sizes, and the published ones."""

import pytest
import torch
from torch import nn

from skgan.networks import (
    Batch,
    HeadedGenerator,
    ImageHead,
    ImageRowDiscriminator,
    Latents,
    Planes,
    RangeHead,
    dcgan_discriminator,
    dcgan_generator,
    is_wide,
    mlp_discriminator,
    residual_image_discriminator,
    residual_image_generator,
)
from skgan.networks.convolutions import doubling, halving, kernel_gradient, kernel_of
from skgan.networks.images import embedding_of_length_one, pyramid
from skgan.networks.residual_images import Residual
from skgan.penalties import r1

# Halves that are odd at every level, at one and at none; sides of one pixel; both alike
SIDES = [
    (1, 1),
    (2, 13),
    (3, 2),
    (8, 8),
    (9, 8),
    (15, 33),
    (28, 31),
    (100, 8),
    (13, 128),
]
SHAPES = [(*sides, 1) for sides in SIDES] + [(8, 8, 3), (21, 32, 3)]
GENERATORS = {
    "dcgan": dcgan_generator,
    "projected": lambda *sizes, base_channels: dcgan_generator(
        *sizes, base_channels=base_channels, projection=True
    ),
    "residual": residual_image_generator,
}
DISCRIMINATORS = {
    "batch": dcgan_discriminator,
    "spectral": lambda *sizes, base_channels: dcgan_discriminator(
        *sizes, base_channels=base_channels, normalization="spectral"
    ),
    "none": lambda *sizes, base_channels: dcgan_discriminator(
        *sizes, base_channels=base_channels, normalization=None
    ),
    "residual": residual_image_discriminator,
}
BIASES = ["stages.0.0.bias", "logit.bias"]  # those of the discriminator
every_generator = pytest.mark.parametrize("make", GENERATORS.values(), ids=GENERATORS)
every_discriminator = pytest.mark.parametrize(
    "make", DISCRIMINATORS.values(), ids=DISCRIMINATORS
)


@every_generator
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_generators_make_images_of_any_shape(make, shape):
    height, width, n_channels = shape
    images = make(5, shape, base_channels=1)(torch.randn(2, 5))
    assert images.shape == (2, n_channels, height, width)


@every_discriminator
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_discriminators_judge_images_of_any_shape(make, shape):
    height, width, n_channels = shape
    network = make(shape, base_channels=1)
    assert network(torch.randn(2, n_channels, height, width)).shape == (2,)


def test_kernels_double_every_size():
    for size in range(1, 130):
        for kernel in (kernel_of((size, 8))[0], kernel_of((7, size))[1]):
            half = (size + 1) // 2
            assert (half - 1) * 2 + kernel - 2 * 1 == size  # o = (i - 1) s + k - 2 p
            assert (size + 2 * 1 - kernel) // 2 + 1 == half


def test_rewritten_convolutions_are_the_plain_ones():
    """In values and gradients, first and second."""
    for size in [(6, 8), (4, 10), (2, 2)]:
        half = [side // 2 for side in size]
        for bias in (True, False):
            ours = halving(1, 5, size, bias), doubling(5, 1, size, bias)
            plain = nn.Conv2d(1, 5, 4, 2, 1, bias=bias)
            check_equal(ours[0], plain, torch.randn(2, 1, *size))
            plain = nn.ConvTranspose2d(5, 1, 4, 2, 1, bias=bias)
            check_equal(ours[1], plain, torch.randn(2, 5, *half))


@pytest.mark.parametrize("size", [(8, 8), (7, 14), (16, 15), (2, 1)], ids=str)
@pytest.mark.parametrize("bias", [True, False])
def test_gradients_of_small_maps_in_bfloat16(size, bias):
    """They are those of the plain layers, within the rounding of bfloat16."""
    half = [(side + 1) // 2 for side in size]
    for layer, plain, inner in (
        (halving(6, 5, size, bias), nn.Conv2d, size),
        (doubling(6, 5, size, bias), nn.ConvTranspose2d, half),
    ):
        reference = plain(6, 5, layer.kernel_size, 2, 1, bias=bias).double()
        reference.load_state_dict(layer.state_dict())
        maps = torch.randn(4, 6, *inner)
        with torch.autocast("cpu", torch.bfloat16):
            found = slopes_of(layer, maps)
        expected = slopes_of(reference, maps.double())
        assert type(layer) is not plain
        for own, other in zip(found, expected, strict=True):
            assert own.shape == other.shape
            error = (own.double() - other).norm() / other.norm()
            assert error < 0.01


def slopes_of(layer, maps):
    """Values and the gradients of their squares."""
    maps = maps.requires_grad_()
    values = layer(maps)
    inputs = [maps, *layer.parameters()]
    return [values, *torch.autograd.grad(values.double().square().sum(), inputs)]


@pytest.mark.parametrize(
    ("make", "size", "precision", "used"),
    [
        (halving, (16, 16), torch.bfloat16, True),
        (doubling, (16, 16), torch.bfloat16, True),
        (halving, (18, 16), torch.bfloat16, False),
        (doubling, (16, 17), torch.bfloat16, False),
        (halving, (8, 8), torch.float16, False),
        (halving, (8, 8), None, False),
        (doubling, (8, 8), None, False),
    ],
)
def test_products_are_for_small_maps_in_bfloat16(
    make, size, precision, used, monkeypatch
):
    calls = []

    def counted(*arguments):
        calls.append(arguments)
        return kernel_gradient(*arguments)

    monkeypatch.setattr("skgan.networks.convolutions.kernel_gradient", counted)
    inner = [(side + 1) // 2 for side in size] if make is doubling else size
    layer = make(6, 5, size)
    with torch.autocast("cpu", precision, enabled=precision is not None):
        values = layer(torch.randn(2, 6, *inner))
    assert values.dtype == (precision or torch.float32)
    values.float().square().sum().backward()
    assert len(calls) == used


@pytest.mark.parametrize("kernel", [(4, 4), (3, 3), (4, 3)], ids=str)
def test_gradient_of_a_kernel_as_a_product(kernel):
    size = [2 * side - (k == 3) for side, k in zip((3, 2), kernel, strict=True)]
    small, large = torch.randn(4, 5, 3, 2).double(), torch.randn(4, 6, *size).double()
    weight = torch.randn(5, 6, *kernel, dtype=torch.float64, requires_grad=True)
    made = nn.functional.conv2d(large, weight, stride=2, padding=1)
    (expected,) = torch.autograd.grad(made, weight, small)
    found = kernel_gradient(small, large, weight.shape[2:])
    torch.testing.assert_close(found, expected)


def test_frozen_kernels_get_no_gradient(monkeypatch):
    """Nor is it computed."""
    monkeypatch.setattr("skgan.networks.convolutions.kernel_gradient", None)
    layer, maps = halving(6, 5, (8, 8)), torch.randn(4, 6, 8, 8, requires_grad=True)
    layer.requires_grad_(False)
    with torch.autocast("cpu", torch.bfloat16):
        layer(maps).sum().backward()
    assert maps.grad is not None and layer.weight.grad is None


def check_equal(ours, plain, maps):
    assert type(ours) is not type(plain)
    ours.double(), plain.double().load_state_dict(ours.state_dict())
    found = [values_of(layer, maps.double()) for layer in (ours, plain)]
    for own, expected in zip(*found, strict=True):
        torch.testing.assert_close(own, expected)


def values_of(layer, maps):
    """Values, the gradient of their squares, and that of a penalty on it."""
    maps = maps.requires_grad_()
    values = layer(maps)
    (slope,) = torch.autograd.grad((values**2).sum(), maps, create_graph=True)
    weights = list(layer.parameters())
    return [values, slope, *torch.autograd.grad((slope**2).sum(), weights)]


def test_sizes_end_where_a_dense_layer_can_start():
    assert pyramid((28, 28, 1)) == [(28, 28), (14, 14), (7, 7)]
    assert pyramid((64, 64, 3)) == [(64, 64), (32, 32), (16, 16), (8, 8), (4, 4)]
    assert pyramid((8, 128, 1))[-1] == (1, 4)
    assert pyramid((3, 2, 1)) == [(3, 2), (2, 1)]


def test_the_generator_of_64_pixels_is_the_published_one():
    def up(n, n_next, stride=2, padding=1):
        return nn.ConvTranspose2d(n, n_next, 4, stride, padding, bias=False)

    published = nn.Sequential(
        nn.Unflatten(1, (100, 1, 1)),
        *[up(100, 512, 1, 0), nn.BatchNorm2d(512), nn.ReLU()],
        *[up(512, 256), nn.BatchNorm2d(256), nn.ReLU()],
        *[up(256, 128), nn.BatchNorm2d(128), nn.ReLU()],
        *[up(128, 64), nn.BatchNorm2d(64), nn.ReLU()],
        up(64, 3),
    )
    ours = dcgan_generator(100, (64, 64, 3), base_channels=64)
    added, lost = ours.load_state_dict(published.state_dict(), strict=False)
    assert (added, lost) == (["13.bias"], [])
    noise = torch.randn(4, 100)
    torch.testing.assert_close(ours(noise), published(noise))


def test_the_discriminator_of_64_pixels_is_the_published_one():
    def down(n, n_next):
        return nn.Conv2d(n, n_next, 4, 2, 1, bias=False)

    published = nn.Sequential(
        *[down(3, 64), nn.LeakyReLU(0.2)],
        *[down(64, 128), nn.BatchNorm2d(128), nn.LeakyReLU(0.2)],
        *[down(128, 256), nn.BatchNorm2d(256), nn.LeakyReLU(0.2)],
        *[down(256, 512), nn.BatchNorm2d(512), nn.LeakyReLU(0.2)],
        nn.Conv2d(512, 1, 4, bias=False),
    )
    ours = dcgan_discriminator((64, 64, 3), base_channels=64)
    with torch.no_grad():
        own = [w for name, w in ours.named_parameters() if name not in BIASES]
        *body, last = published.parameters()
        last = last.permute(0, 2, 3, 1).flatten(1)  # the order of our last layer
        for mine, theirs in zip(own, [*body, last], strict=True):
            mine.copy_(theirs)
        for name in BIASES:  # which the published one has not
            assert (ours.get_parameter(name) == 0).all()
    images = torch.randn(4, 3, 64, 64)
    torch.testing.assert_close(ours(images), published(images).flatten())


@pytest.mark.parametrize(
    "network",
    [dcgan_generator(50, (32, 32, 3)), dcgan_discriminator((32, 32, 3))],
    ids=["generator", "discriminator"],
)
def test_first_weights_are_the_published_ones(network):
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            mean, std = layer.weight.mean().item(), layer.weight.std().item()
            assert (mean, std) == pytest.approx((0, 0.02), abs=2e-3)
        if isinstance(layer, nn.BatchNorm2d):
            mean, std = layer.weight.mean().item(), layer.weight.std().item()
            assert (mean, std) == pytest.approx((1, 0.02), abs=8e-3)


def test_a_projection_normalizes_every_unit():
    network = dcgan_generator(5, (28, 28, 1), base_channels=4, projection=True)
    (norm,) = (m for m in network if isinstance(m, nn.BatchNorm1d))
    assert norm.num_features == 8 * 7 * 7


def test_first_residual_blocks_change_nothing():
    maps = torch.randn(2, 3, 5, 5)
    assert torch.equal(Residual(3)(maps), maps)


def test_residual_networks_keep_the_size_of_numbers():
    torch.manual_seed(0)
    for shape in [(28, 28, 1), (64, 64, 3), (128, 128, 3)]:
        images = residual_image_generator(64, shape, base_channels=8)(
            torch.randn(64, 64)
        )
        assert 0.5 < images.std() < 2
        flat = torch.randn(64, shape[2], 1, 1).expand(-1, -1, *shape[:2])
        maps = residual_image_discriminator(shape, base_channels=8).stages(flat)
        assert 0.3 < maps.square().mean().sqrt() < 3


@every_discriminator
def test_conditions_add_the_product_of_maps_and_embedding(make):
    network = make((9, 8, 1), 3, base_channels=2).eval()
    images, conditions = torch.randn(4, 1, 9, 8), torch.eye(4, 3)
    features = network.stages(images).permute(0, 2, 3, 1).flatten(1)
    for i in range(4):
        expected = network.logit.weight[0] @ features[i] + network.logit.bias[0]
        if i < 3:  # the last row has no condition
            expected = expected + network.embedding.weight[:, i] @ features[i]
        logit = network(images, conditions)[i]
        torch.testing.assert_close(logit, expected)


@every_discriminator
def test_penalties_are_differentiable(make):
    """Against finite differences, weight by weight, in float64."""
    torch.manual_seed(0)
    network = make((8, 9, 1), base_channels=1).double().eval()
    images = torch.randn(3, 1, 8, 9, dtype=torch.float64)
    r1(network, images, images).mean().backward()
    for weight in network.parameters():
        if weight.grad is None or not weight.grad.any():
            continue
        i = int(weight.grad.abs().argmax())
        values = []
        for step in (1e-5, -1e-5):
            with torch.no_grad():
                weight.flatten()[i] += step
            values.append(r1(network, images, images).mean().item())
            with torch.no_grad():
                weight.flatten()[i] -= step
        slope = (values[0] - values[1]) / 2e-5
        assert slope == pytest.approx(weight.grad.flatten()[i].item(), rel=1e-4)


def test_spectral_normalization_bounds_every_weight():
    torch.manual_seed(0)
    network = dcgan_discriminator(
        (28, 28, 1), base_channels=8, normalization="spectral"
    )
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                layer.parametrizations.weight.original.mul_(50)
        for _ in range(50):  # the norms are found by power iteration
            network(torch.randn(2, 1, 28, 28))
    layers = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert len(layers) == 3
    for layer in layers:
        norm = torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2)
        assert norm == pytest.approx(1, rel=0.01)


def test_rows_are_images_of_height_width_channel():
    rows, one_hot = torch.arange(2.0 * 24).reshape(2, 24), torch.eye(2, 5)
    network = ImageRowDiscriminator(lambda *parts: parts, (3, 4, 2))
    images, conditions = network(Batch(rows, one_hot))
    for n, c, i, j in [(0, 0, 0, 0), (0, 1, 0, 0), (1, 1, 2, 3), (1, 0, 1, 2)]:
        assert images[n, c, i, j] == rows[n, (i * 4 + j) * 2 + c]
    assert torch.equal(conditions, one_hot)
    assert images.is_contiguous(memory_format=torch.channels_last)


def test_gradient_penalties_see_the_images_alone():
    """On conditions, of another scale, they would keep labels from being learned."""
    batch = Batch(torch.randn(2, 64), torch.randn(2, 3))
    points = batch.joined().requires_grad_()
    network = dcgan_discriminator((8, 8, 1), 3, base_channels=2)
    ImageRowDiscriminator(network, (8, 8, 1))(batch.split(points)).sum().backward()
    assert (points.grad[:, :64] != 0).any() and (points.grad[:, 64:] == 0).all()


def test_embedded_conditions_are_as_long_as_one_hot_ones():
    """Longer ones drown the latents, and a cluster has one image."""
    embedding = embedding_of_length_one(n_conditions=1_000, n_embedded=64)
    generator = HeadedGenerator(nn.Identity(), RangeHead(69, nn.Identity()), embedding)
    latents = Latents(torch.randn(1_000, 5), torch.eye(1_000), torch.empty(1_000, 0))
    inputs = generator.raw(latents).detach()
    assert torch.equal(inputs[:, :5], latents.z)
    lengths = inputs[:, 5:].norm(dim=1)
    assert inputs.shape == (1_000, 69) and lengths.mean() == pytest.approx(1, abs=0.02)
    assert 0.5 < lengths.min() and lengths.max() < 1.5


def test_the_head_makes_rows_of_images():
    head = ImageHead((3, 4, 2))
    raw = torch.randn(5, 2, 3, 4)
    rows = head(raw, torch.empty(5, 0))
    images = ImageRowDiscriminator(lambda images, _: images, (3, 4, 2)).images(rows)
    torch.testing.assert_close(images, raw.tanh())
    assert (head.n_raw, head.n_expanded, head.raw_shape) == (24, 24, (2, 3, 4))


def test_networks_of_users_see_conditions_as_planes():
    inputs = Planes(nn.Identity(), 2, 2)(torch.zeros(2, 1, 3, 4), torch.eye(2))
    assert inputs.shape == (2, 3, 3, 4)
    assert (inputs[0, 1] == 1).all() and (inputs[0, 2] == 0).all()
    assert (inputs[1, 1] == 0).all() and (inputs[1, 2] == 1).all()


def test_many_conditions_are_few_planes():
    planes = Planes(nn.Identity(), n_conditions=500, n_planes=16)
    inputs = planes(torch.zeros(3, 1, 8, 9), torch.eye(3, 500)).detach()
    assert inputs.shape == (3, 17, 8, 9)
    assert torch.equal(inputs[:, :, 0, 0], inputs[:, :, 7, 8])
    torch.testing.assert_close(inputs[:, 1:, 0, 0], planes.embedding.weight[:, :3].T)


@pytest.mark.parametrize(
    ("network", "wide"),
    [
        (nn.Linear(256, 300), True),
        (nn.Linear(255, 784), False),
        (nn.Conv2d(32, 32, 3), True),
        (nn.ConvTranspose2d(31, 64, 3), False),
        (dcgan_generator(64, (28, 28, 1), base_channels=32), True),
        (dcgan_generator(64, (28, 28, 1), base_channels=16), False),
        (
            dcgan_discriminator(
                (28, 28, 1), 1_000, base_channels=8, normalization=None
            ),
            False,
        ),
        (
            dcgan_discriminator(
                (28, 28, 1), base_channels=32, normalization="spectral"
            ),
            True,
        ),
        (embedding_of_length_one(1_000, 300), False),
        (mlp_discriminator(784, hidden_layer_sizes=(256, 256)), True),
    ],
)
def test_width_is_that_of_layers_that_do_the_work(network, wide):
    """Neither the embedding of conditions nor the first layer of noise."""
    assert is_wide(network) == wide
