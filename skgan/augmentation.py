"""Differentiable augmentation (Zhao et al. 2020): few images, shown in many ways.

Real and generated images are changed alike wherever the discriminator looks, so that it
cannot learn the few real ones by heart, and gradients reach the generator through the
changes. Images are of shape ``(n, height, width, channels)``, pixels from -1 to 1.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

MAX_SHIFT = 1 / 8  # of a side
HOLE = 1 / 2  # of a side


def augment(images: Tensor, names: Sequence[str], rng: torch.Generator) -> Tensor:
    """Images changed at random, each in its own way.

    Parameters
    ----------
    images : tensor of shape (n, height, width, channels)
        Pixels from -1 to 1.
    names : sequence of {"color", "translation", "cutout"}
        What is changed, in that order.
    rng : torch.Generator
        Lives on the device of the images.

    Returns
    -------
    tensor of shape (n, height, width, channels)
        Differentiable with respect to the images.

    Examples
    --------
    >>> import torch
    >>> from skgan.augmentation import augment
    >>> rng = torch.Generator().manual_seed(0)
    >>> augmented = augment(torch.ones(1, 8, 8, 1), ["cutout"], rng)
    >>> int((augmented == 0).sum())
    16
    """
    for name in names:
        images = AUGMENTATIONS[name](images, rng)
    return images


def color(images: Tensor, rng: torch.Generator) -> Tensor:
    """Another brightness, saturation and contrast.

    They move by -.5 to .5, and are multiplied by 0 to 2 and by .5 to 1.5.
    """
    light, colorful, steep = _uniform(images, 3, rng).unbind(1)  # (n, 1, 1, 1) each
    images = images + (light - 0.5)
    gray = images.mean(3, keepdim=True)
    images = torch.lerp(gray, images, 2 * colorful)
    mean = images.mean((1, 2, 3), keepdim=True)
    return torch.lerp(mean, images, steep + 0.5)


def translation(images: Tensor, rng: torch.Generator) -> Tensor:
    """Shifted by up to an eighth of each side; what comes into sight is 0."""
    index, visible = [], []
    for axis, share in enumerate(_uniform(images, 2, rng).unbind(1)):
        size = images.shape[1 + axis]
        n_steps = int(MAX_SHIFT * size + 0.5)
        shift = (share.view(-1, 1) * (2 * n_steps + 1)).long() - n_steps
        source = torch.arange(size, device=images.device) + shift  # (n, size)
        index.append(source.clamp(0, size - 1))
        visible.append((source >= 0) & (source < size))
    rows, columns = index[0][:, :, None], index[1][:, None, :]
    image = torch.arange(len(images), device=images.device)[:, None, None]
    inside = visible[0][:, :, None] & visible[1][:, None, :]  # (n, height, width)
    return images[image, rows, columns] * inside[..., None]


def cutout(images: Tensor, rng: torch.Generator) -> Tensor:
    """0 in a rectangle of half of each side, anywhere, in part beyond the edges."""
    inside = []
    for axis, share in enumerate(_uniform(images, 2, rng).unbind(1)):
        size = images.shape[1 + axis]
        length = int(HOLE * size + 0.5)
        n_centers = size + 1 - length % 2
        start = (share.view(-1, 1) * n_centers).long() - length // 2
        pixel = torch.arange(size, device=images.device)
        inside.append((pixel >= start) & (pixel < start + length))  # (n, size)
    hole = inside[0][:, :, None] & inside[1][:, None, :]
    return images * ~hole[..., None]


def _uniform(images: Tensor, n_numbers: int, rng: torch.Generator) -> Tensor:
    """Numbers from 0 to 1 for each image, ``(n, n_numbers, 1, 1, 1)``."""
    numbers = images.new_empty(len(images), n_numbers, 1, 1, 1)
    return numbers.uniform_(generator=rng)


AUGMENTATIONS = {"color": color, "translation": translation, "cutout": cutout}


def check_names(names: Sequence[str] | str | None) -> None:
    """Refuse a parameter ``augmentation`` that is not "auto", None or names.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    if names is None or (isinstance(names, str) and names == "auto"):
        return
    if isinstance(names, str) or not set(AUGMENTATIONS).issuperset(map(str, names)):
        raise ValueError(
            f"augmentation must be 'auto', None or names of {list(AUGMENTATIONS)}, "
            f"got {names!r}."
        )
