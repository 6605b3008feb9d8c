"""States as plain values and arrays, which files and pickles hold, and back."""

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

BFLOAT16 = "bfloat16"  # numpy has no such numbers: their bits as whole ones


def to_plain(state: Any) -> Any:
    """A state of tensors, numbers and collections of these, its tensors as arrays.

    These share the memory of tensors on the CPU.

    Examples
    --------
    >>> import torch
    >>> from skgan.training import to_plain
    >>> to_plain({"step": torch.tensor(3.0), "betas": (0.0, 0.99)})
    {'step': array(3., dtype=float32), 'betas': (0.0, 0.99)}
    """
    if isinstance(state, Tensor):
        kept = state.detach().cpu()
        if kept.dtype is torch.bfloat16:
            return {BFLOAT16: kept.view(torch.int16).numpy()}
        return kept.numpy()
    if isinstance(state, dict):
        return {name: to_plain(value) for name, value in state.items()}
    if isinstance(state, list | tuple):
        return type(state)(to_plain(value) for value in state)
    return state.item() if isinstance(state, np.generic) else state


def from_plain(plain: Any) -> Any:
    """The state of which ``to_plain`` made this; its tensors are new, on the CPU.

    Examples
    --------
    >>> import torch
    >>> from skgan.training import from_plain, to_plain
    >>> from_plain(to_plain([torch.ones(2, dtype=torch.bfloat16)]))
    [tensor([1., 1.], dtype=torch.bfloat16)]
    """
    if isinstance(plain, np.ndarray):
        return torch.tensor(plain)
    if isinstance(plain, dict):
        if plain.keys() == {BFLOAT16}:
            return torch.tensor(plain[BFLOAT16]).view(torch.bfloat16)
        return {name: from_plain(value) for name, value in plain.items()}
    if isinstance(plain, list | tuple):
        return type(plain)(from_plain(value) for value in plain)
    return plain


def digest_of(tensors: Iterable[Tensor]) -> str:
    """SHA-256 of all bytes of tensors, whatever they are of and wherever they are.

    Examples
    --------
    >>> import torch
    >>> from skgan.training import digest_of
    >>> digest_of([torch.zeros(2)]) == digest_of([torch.tensor([0.0, -0.0])])
    False
    """
    found = hashlib.sha256()
    for tensor in tensors:
        own = tensor.detach().cpu().flatten()
        found.update(own.view(torch.uint8).numpy().tobytes())
    return found.hexdigest()
