"""Convolutions that halve and double images, the same functions in faster forms.

A convolution of a single map leaves most of a processor's vector idle. With a kernel of
4x4, stride 2 and padding 1, it is also one of 2x2, stride 1, between blocks of 2x2
pixels, which are four maps. Weights, first weights and results are those of the plain
layers. With the three maps of color it is not faster. A transposed convolution of one
pixel is a product of matrices, and so is the gradient of a kernel between small maps:
in bfloat16 on a processor, the library's own takes up to four times as long.
"""

from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn.functional import conv2d, pad, pixel_shuffle, pixel_unshuffle

MAX_PIXELS = 64  # of the smaller maps, whose windows are copied; more take too long
STRIDE_PADDING_DILATION = (2, 2), (1, 1), (1, 1)


def halving(n: int, n_next: int, size: tuple[int, int], bias: bool = True) -> nn.Conv2d:
    """A convolution of maps of ``size`` to maps of half of it, rounded up."""
    kernel = kernel_of(size)
    layer = HalvingConv2d if n == 1 and kernel == (4, 4) else _layers_between(size)[0]
    return layer(n, n_next, kernel, 2, 1, bias=bias)


def doubling(
    n: int, n_next: int, size: tuple[int, int], bias: bool = True
) -> nn.ConvTranspose2d:
    """A transposed convolution of maps of half of ``size`` to maps of it."""
    kernel = kernel_of(size)
    is_gray = n_next == 1 and kernel == (4, 4)
    layer = DoublingConv2d if is_gray else _layers_between(size)[1]
    return layer(n, n_next, kernel, 2, 1, bias=bias)


def _layers_between(
    size: tuple[int, int],
) -> tuple[type[nn.Conv2d], type[nn.ConvTranspose2d]]:
    """Classes of convolutions, and of transposed ones, between ``size`` and half."""
    if prod((side + 1) // 2 for side in size) > MAX_PIXELS:
        return nn.Conv2d, nn.ConvTranspose2d
    return SmallConv2d, SmallConvTranspose2d


def kernel_of(size: tuple[int, int]) -> tuple[int, int]:
    """Kernel of a convolution between maps of ``size`` and of half of it, rounded up.

    With stride 2 and padding 1. A transposed one makes o = (i - 1) s + k - 2 p of i, so
    2 i with a kernel of 4 and 2 i - 1 with one of 3.
    """
    return 3 if size[0] % 2 else 4, 3 if size[1] % 2 else 4


class HalvingConv2d(nn.Conv2d):
    """A convolution with kernel 4, stride 2 and padding 1."""

    def forward(self, input: Tensor) -> Tensor:
        """Maps ``(n, n_next, h, w)`` of ``(n, n_maps, 2 h, 2 w)``."""
        blocks = pixel_unshuffle(pad(input, (1, 1, 1, 1)), 2)  # (n, 4 n_maps, h+1, w+1)
        return conv2d(blocks, pixel_unshuffle(self.weight, 2), self.bias)


class DoublingConv2d(nn.ConvTranspose2d):
    """A transposed convolution with kernel 4, stride 2 and padding 1."""

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Maps ``(n, n_next, 2 h, 2 w)`` of ``(n, n_maps, h, w)``."""
        n, n_next = self.weight.shape[:2]
        # Row r of a block is from row r of the kernel for its own pixel, from row r + 2
        # for the one before
        weight = self.weight.view(n, n_next, 2, 2, 2, 2).flip(2, 4)
        weight = weight.permute(1, 3, 5, 0, 2, 4).reshape(4 * n_next, n, 2, 2)
        bias = None if self.bias is None else self.bias.repeat_interleave(4)
        blocks = conv2d(input, weight, bias, padding=1)  # (n, 4 n_next, h + 1, w + 1)
        return pixel_shuffle(blocks, 2)[:, :, 1:-1, 1:-1].contiguous()


class SmallConv2d(nn.Conv2d):
    """A convolution with stride 2 and padding 1 that makes small maps."""

    def forward(self, input: Tensor) -> Tensor:
        """Maps ``(n, n_next, h, w)`` of maps of twice their size."""
        if not _is_in_bfloat16(input):
            return super().forward(input)
        return _SmallConvolution.apply(*_lowered(input, self.weight, self.bias), False)


class SmallConvTranspose2d(nn.ConvTranspose2d):
    """A transposed convolution with stride 2 and padding 1 of small maps."""

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Maps of twice the size of the maps ``(n, n_maps, h, w)``."""
        if not _is_in_bfloat16(input):
            return super().forward(input)
        return _SmallConvolution.apply(*_lowered(input, self.weight, self.bias), True)


def _is_in_bfloat16(maps: Tensor) -> bool:
    """Whether products are in bfloat16, and on the processor."""
    return (
        maps.device.type == "cpu"
        and torch.is_autocast_enabled("cpu")
        and torch.get_autocast_dtype("cpu") is torch.bfloat16
    )


def _lowered(*tensors: Tensor | None) -> list[Tensor | None]:
    return [t if t is None else t.to(torch.bfloat16) for t in tensors]


class _SmallConvolution(torch.autograd.Function):
    """A convolution, or a transposed one, with a faster gradient of its kernel."""

    @staticmethod
    def forward(
        ctx: Any, maps: Tensor, weight: Tensor, bias: Tensor | None, transposed: bool
    ) -> Tensor:
        ctx.save_for_backward(maps, weight)
        ctx.transposed = transposed
        options = *STRIDE_PADDING_DILATION, transposed, (0, 0), 1
        return torch.convolution(maps, weight, bias, *options)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor | None, ...]:
        maps, weight = ctx.saved_tensors
        of_maps = of_weight = of_bias = None
        if ctx.needs_input_grad[0]:
            options = *STRIDE_PADDING_DILATION, ctx.transposed, (0, 0), 1
            of_maps, *_ = torch.ops.aten.convolution_backward(
                slope, maps, weight, None, *options, (True, False, False)
            )
        if ctx.needs_input_grad[1]:
            small, large = (maps, slope) if ctx.transposed else (slope, maps)
            of_weight = kernel_gradient(small, large, weight.shape[2:])
        if ctx.needs_input_grad[2]:
            of_bias = slope.sum((0, 2, 3))
        return of_maps, of_weight, of_bias, None


def kernel_gradient(small: Tensor, large: Tensor, kernel: torch.Size) -> Tensor:
    """Gradient of a kernel with stride 2 and padding 1, as one product of matrices.

    Of maps ``(n, a, h, w)`` and others ``(n, b, 2 h, 2 w)``, one of which is the
    gradient of what the kernel makes of the other; of shape ``(a, b, *kernel)``.
    """
    padded = pad(large.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1))
    windows = padded.unfold(1, kernel[0], 2).unfold(2, kernel[1], 2)  # (n, h, w, b, ..)
    # Each row of pixels of a window is one piece of memory
    columns = windows.permute(0, 1, 2, 4, 5, 3).flatten(3).flatten(0, 2)
    rows = small.permute(1, 0, 2, 3).flatten(1)  # (a, n h w)
    product = rows @ columns  # (a, kernel[0] kernel[1] b)
    return product.view(len(product), *kernel, -1).permute(0, 3, 1, 2)


class OfOnePixel(nn.ConvTranspose2d):
    """A transposed convolution of images of one pixel."""

    def __init__(self, n: int, n_maps: int, size: tuple[int, int]) -> None:
        super().__init__(n, n_maps, size, bias=False)

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Maps ``(n, n_maps, height, width)`` of noise ``(n, latent_dim, 1, 1)``."""
        weight = self.weight.permute(0, 2, 3, 1)  # its order in memory, channels last
        maps = input.flatten(1) @ weight.flatten(1)
        return maps.unflatten(1, weight.shape[1:]).permute(0, 3, 1, 2)
