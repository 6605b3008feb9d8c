"""The axes of images: their shape, and their pixels in rows."""

import math

import numpy as np

MIN_SIDE, MAX_SIDE = 8, 128
CHANNELS = 1, 3  # gray and color


def shape_of(X, image_shape=None):
    """Return height, width and number of channels of images.

    Parameters
    ----------
    X : array or data frame
        Images, see ``flatten``.
    image_shape : sequence of int or None, default=None
        Height and width, and channels if there are several. None takes them from the
        axes of X, and for rows the most nearly square shape of one channel.

    Raises
    ------
    ValueError
        If the shape breaks a rule.
    """
    if image_shape is None and np.ndim(X) == 2:
        return *_most_nearly_square(X.shape[1]), 1
    return _of_axes(np.shape(X)) if image_shape is None else _given(image_shape)


def check_sides(image_shape):
    """Refuse images whose sides are not of 8 to 128 pixels.

    Raises
    ------
    ValueError
        If they are not.
    """
    height, width, _ = image_shape
    if not all(MIN_SIDE <= side <= MAX_SIDE for side in (height, width)):
        raise ValueError(
            f"Images must have {MIN_SIDE} to {MAX_SIDE} pixels a side, got "
            f"{height}x{width}."
        )


def _most_nearly_square(n_pixels):
    """Return the height and width of the most nearly square images of so many."""
    divisors = (h for h in range(math.isqrt(n_pixels), 0, -1) if n_pixels % h == 0)
    height = next(divisors)
    return height, n_pixels // height


def flatten(X, image_shape):
    """Return rows ``(n, height * width * channels)`` of images, of their dtype.

    Images are such rows already, or ``(n, height, width)`` if of one channel, or
    ``(n, height, width, channels)``, or ``(n, channels, height, width)``.

    Raises
    ------
    ValueError
        If X is none of these.
    """
    shape = np.shape(X)
    if is_channels_first(X, image_shape):
        X = X.transpose(0, 2, 3, 1)
    elif shape[1:] not in _layouts(image_shape):
        sizes = "x".join(map(str, image_shape))
        raise ValueError(
            f"Images of {sizes} (height, width, channels) must be rows of "
            f"{math.prod(image_shape)} numbers or have these axes, got an array of "
            f"shape {shape}."
        )
    return X if len(shape) == 2 else X.reshape(shape[0], math.prod(image_shape))


def _layouts(image_shape):
    """Return axes of images whose numbers follow one another as in rows."""
    height, width, n_channels = image_shape
    layouts = [(math.prod(image_shape),), tuple(image_shape)]
    return [*layouts, (height, width)] if n_channels == 1 else layouts


def is_channels_first(X, image_shape):
    """Whether the channels of an array of images come before height and width."""
    height, width, n_channels = image_shape
    axes = np.shape(X)[1:]
    return axes == (n_channels, height, width) and axes not in _layouts(image_shape)


def _of_axes(shape):
    """Return height, width and channels of an array of images, from its shape."""
    if len(shape) == 3:
        return *shape[1:], 1
    if len(shape) == 4 and shape[3] in CHANNELS:
        return shape[1:]
    if len(shape) == 4 and shape[1] in CHANNELS:
        return *shape[2:], shape[1]
    raise ValueError(
        "Images must be rows, or an array of shape (n, height, width), (n, height, "
        "width, channels) or (n, channels, height, width) with 1 or 3 channels, got "
        f"shape {shape}."
    )


def _given(image_shape):
    """Return the option ``image_shape`` with channels, if it keeps the rules."""
    sizes = np.array(image_shape)
    whole = sizes.dtype.kind in "iu" and sizes.ndim == 1 and len(sizes) in (2, 3)
    if not whole or (sizes < 1).any() or sizes[2:].tolist() not in ([], [1], [3]):
        raise ValueError(
            "image_shape must be (height, width) or (height, width, channels), "
            f"positive integers with 1 or 3 channels, got {image_shape!r}."
        )
    return *sizes[:2].tolist(), *(sizes[2:].tolist() or [1])


def looks_colored(n_numbers):
    """Whether rows of so many numbers look like square images in color, not gray."""
    side = math.isqrt(n_numbers // 3)
    is_square = math.isqrt(n_numbers) ** 2 == n_numbers
    return side >= MIN_SIDE and 3 * side**2 == n_numbers and not is_square
