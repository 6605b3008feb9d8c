"""The exponential moving average of a network's weights."""

import copy
import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ..networks.batches import Latents

# Passes for the statistics of batch normalization: maps have many pixels to average
# over, and a pass through convolutions is dear
N_BN_BATCHES, N_BN_BATCHES_OF_MAPS = 100, 10


class WeightAverage:
    """A copy of a network whose weights follow those of the original.

    Early weights do not rule short runs: at update ``t`` the decay is
    ``min(decay, (t + 1) / (t + 10))``. Buffers are copied as they are.

    Parameters
    ----------
    module : torch.nn.Module
        The network that is trained.
    decay : float
        Share of the average that survives an update. At 0 the copy equals the network.
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.module = copy.deepcopy(module).requires_grad_(False).eval()
        self.decay = decay
        self._averaged: list[Tensor] = list(self.module.parameters())
        self._current: list[Tensor] = list(module.parameters())
        # On the device, so that an update that is replayed counts, too
        device = self._averaged[0].device
        self.n_updates = torch.zeros((), dtype=torch.float64, device=device)
        self._dtypes = {weight.dtype for weight in self._current}
        self._buffers = list(self.module.buffers()), list(module.buffers())

    @torch.no_grad()
    def update(self) -> None:
        """Move the average towards the current weights of the network."""
        decay = (self.n_updates + 1) / (self.n_updates + 10)
        share = 1 - decay.clamp(max=self.decay)
        by_dtype = {dtype: share.to(dtype) for dtype in self._dtypes}
        shares = [by_dtype[weight.dtype] for weight in self._current]
        torch._foreach_lerp_(self._averaged, self._current, shares)
        for kept, buffer in zip(*self._buffers, strict=True):
            kept.copy_(buffer)
        self.n_updates += 1

    @torch.no_grad()
    def update_bn_statistics(
        self, draw_latents: Callable[[], Latents], effort: float = 1.0
    ) -> None:
        """Give batch normalization the statistics of the averaged weights.

        The buffers are those of the original network, whose weights are others. An
        effort below 1 takes fewer passes.
        """
        layers = [m for m in self.module.modules() if isinstance(m, _BatchNorm)]
        if not layers:
            return
        momenta = [layer.momentum for layer in layers]
        for layer in layers:
            layer.train().reset_running_stats()
            layer.momentum = None  # the mean over all batches
        have_maps = any(isinstance(layer, nn.BatchNorm2d) for layer in layers)
        n_batches = N_BN_BATCHES_OF_MAPS if have_maps else N_BN_BATCHES
        for _ in range(math.ceil(effort * n_batches)):
            self.module(draw_latents())
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.eval().momentum = momentum
