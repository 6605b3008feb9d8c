"""Networks from functions that users write."""

import copy
from collections.abc import Callable

from torch import nn


def build(name: str, factory: Callable[..., nn.Module], *sizes: int) -> nn.Module:
    """A new network from a function of its sizes.

    Copied, because a function may hand out a module that it keeps: training must change
    nothing that belongs to the user.

    Raises
    ------
    ValueError
        If ``factory`` is a module itself, or does not return one. ``name`` is the
        parameter that the message names.
    """
    if isinstance(factory, nn.Module):
        raise ValueError(
            f"{name} must be a function that builds a module, so that every fit starts "
            f"with new weights, got a {type(factory).__name__} module."
        )
    network = factory(*sizes)
    if not isinstance(network, nn.Module):
        raise ValueError(
            f"{name} must be a function that returns a torch.nn.Module, "
            f"but it returned {network!r}."
        )
    return copy.deepcopy(network)
