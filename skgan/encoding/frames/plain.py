"""What users may pass for an array: tensors of torch, images of Pillow."""

import narwhals as nw
import numpy as np


def as_plain(X):
    """Return tensors of torch and lists of palette images as arrays, all else as it is.

    Tensors come without their gradients, bfloat16 as float32. Images with a palette are
    in color: their own numbers are not colors, but positions in it.

    Raises
    ------
    ValueError
        If X is a lazy frame.

    Examples
    --------
    >>> import torch
    >>> from skgan.encoding import as_plain
    >>> as_plain(torch.ones(2, 1, dtype=torch.bfloat16, requires_grad=True))
    array([[1.],
           [1.]], dtype=float32)
    """
    if nw.dependencies.is_polars_lazyframe(X):
        raise lazy_error(X)
    if hasattr(X, "detach"):
        X = X.detach().cpu()
        return np.asarray(X.float() if str(X.dtype) == "torch.bfloat16" else X)
    if isinstance(X, list | tuple) and any(map(_has_palette, X)):
        return np.array([np.asarray(image.convert("RGB")) for image in X])
    return X


def lazy_error(X):
    """Make the error of a lazy frame."""
    return ValueError(
        "Lazy frames are not supported: collect the rows first, got a "
        f"{type(X).__name__}."
    )


def check_unmasked(name, values):
    """Refuse an array of which values are masked, where none may be missing.

    Raises
    ------
    ValueError
        If there are any; the message has the name.
    """
    if np.ma.is_masked(values):
        raise ValueError(
            f"Masked arrays are not supported: {name} must have no value that is "
            f"masked, got {np.ma.count_masked(values)}."
        )


def _has_palette(image):
    """Whether an image of Pillow has a palette."""
    return hasattr(image, "convert") and getattr(image, "mode", "") in ("P", "PA")
