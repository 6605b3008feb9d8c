"""Differentiable augmentation against loops over images and pixels."""

import pytest
import torch

from skgan.augmentation import AUGMENTATIONS, augment, check_names

SHAPES = [(1, 8, 8, 1), (6, 9, 16, 3), (3, 28, 28, 1)]
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def numbers(shape, n_numbers, seed=0):
    """The random numbers of each image, as an augmentation draws them."""
    drawn = torch.empty(shape[0], n_numbers, 1, 1, 1).uniform_(
        generator=generator(seed)
    )
    return drawn.flatten(1).tolist()


@every_shape
def test_color_is_brightness_saturation_and_contrast(shape):
    images = torch.rand(shape) * 2 - 1
    changed = augment(images, ["color"], generator())
    for i, (light, colorful, steep) in enumerate(numbers(shape, 3)):
        expected = images[i] + light - 0.5
        for row in range(shape[1]):
            for column in range(shape[2]):
                gray = expected[row, column].mean()
                pixel = gray + 2 * colorful * (expected[row, column] - gray)
                expected[row, column] = pixel
        mean = expected.mean()
        expected = mean + (steep + 0.5) * (expected - mean)
        torch.testing.assert_close(changed[i], expected)


@every_shape
def test_translation_shifts_and_fills_with_zeros(shape):
    images = torch.rand(shape) + 1
    changed = augment(images, ["translation"], generator())
    _, height, width, _ = shape
    reach = [int(side / 8 + 0.5) for side in (height, width)]
    for i, shares in enumerate(numbers(shape, 2)):
        down, right = (
            int(share * (2 * n + 1)) - n for share, n in zip(shares, reach, strict=True)
        )
        for row in range(height):
            for column in range(width):
                source = row + down, column + right
                inside = 0 <= source[0] < height and 0 <= source[1] < width
                expected = images[i][source] if inside else torch.zeros(shape[3])
                assert torch.equal(changed[i, row, column], expected)


def test_translation_reaches_an_eighth_of_each_side_either_way():
    images = torch.arange(16.0).expand(2_000, 1, 1, 16).permute(0, 1, 3, 2) + 1
    changed = augment(images, ["translation"], generator())
    middle = set(changed[:, 0, 8, 0].tolist())
    assert middle == {7.0, 8.0, 9.0, 10.0, 11.0}


@every_shape
def test_cutout_is_a_rectangle_of_half_of_each_side(shape):
    images = torch.rand(shape) + 1
    changed = augment(images, ["cutout"], generator())
    _, height, width, _ = shape
    for i, shares in enumerate(numbers(shape, 2)):
        hole = []
        for share, side in zip(shares, (height, width), strict=True):
            length = int(side / 2 + 0.5)
            start = int(share * (side + 1 - length % 2)) - length // 2
            hole.append(range(start, start + length))
        for row in range(height):
            for column in range(width):
                cut = row in hole[0] and column in hole[1]
                expected = torch.zeros(shape[3]) if cut else images[i, row, column]
                assert torch.equal(changed[i, row, column], expected)


def test_holes_lie_anywhere_and_beyond_the_edges():
    changed = augment(torch.ones(5_000, 8, 8, 1), ["cutout"], generator())
    share_cut = (changed == 0).float().mean(0).squeeze()  # of each pixel
    assert share_cut.min() > 0.1
    areas = set((changed == 0).sum((1, 2, 3)).tolist())
    assert max(areas) == 16 and min(areas) == 4


@pytest.mark.parametrize("names", [[name] for name in AUGMENTATIONS] + [AUGMENTATIONS])
def test_gradients_reach_the_images(names):
    images = torch.rand(2, 4, 5, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda pixels: augment(pixels, names, generator()), images
    )


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_each_image_changes_in_its_own_way_and_repeats_with_the_seed(name):
    images = (torch.rand(1, 16, 16, 3) + 1).expand(8, -1, -1, -1)
    changed = augment(images, [name], generator())
    assert len({tuple(image.flatten().tolist()) for image in changed}) > 4
    assert torch.equal(changed, augment(images, [name], generator()))
    assert not torch.equal(changed, augment(images, [name], generator(1)))


def test_names_act_one_after_another():
    images = torch.rand(3, 8, 8, 3)
    rng = generator()
    expected = augment(augment(images, ["cutout"], rng), ["color"], rng)
    assert torch.equal(augment(images, ["cutout", "color"], generator()), expected)
    assert augment(images, [], generator()) is images


@pytest.mark.parametrize("names", ["auto", None, [], ["color"], tuple(AUGMENTATIONS)])
def test_names_that_may_be_given(names):
    check_names(names)


@pytest.mark.parametrize("names", ["color", ["colour"], [None], [["color"]]])
def test_other_names_are_refused(names):
    with pytest.raises(ValueError, match="augmentation must be 'auto', None or names"):
        check_names(names)
