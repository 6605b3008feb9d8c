"""Convolutions that halve and double images, the same functions in faster forms.

A convolution of a single map leaves most of a processor's vector idle. With a kernel of
4x4, stride 2 and padding 1, it is also one of 2x2, stride 1, between blocks of 2x2
pixels, which are four maps. Weights, first weights and results are those of the plain
layers. With the three maps of colour it is not faster. A transposed convolution of one
pixel is a product of matrices.
"""

from torch import Tensor, nn
from torch.nn.functional import conv2d, pad, pixel_shuffle, pixel_unshuffle


def halving(n: int, n_next: int, size: tuple[int, int], bias: bool = True) -> nn.Conv2d:
    """A convolution of maps of ``size`` to maps of half of it, rounded up."""
    kernel = kernel_of(size)
    layer = HalvingConv2d if n == 1 and kernel == (4, 4) else nn.Conv2d
    return layer(n, n_next, kernel, 2, 1, bias=bias)


def doubling(
    n: int, n_next: int, size: tuple[int, int], bias: bool = True
) -> nn.ConvTranspose2d:
    """A transposed convolution of maps of half of ``size`` to maps of it."""
    kernel = kernel_of(size)
    is_grey = n_next == 1 and kernel == (4, 4)
    layer = DoublingConv2d if is_grey else nn.ConvTranspose2d
    return layer(n, n_next, kernel, 2, 1, bias=bias)


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


class OfOnePixel(nn.ConvTranspose2d):
    """A transposed convolution of images of one pixel."""

    def __init__(self, n: int, n_maps: int, size: tuple[int, int]) -> None:
        super().__init__(n, n_maps, size, bias=False)

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Maps ``(n, n_maps, height, width)`` of noise ``(n, latent_dim, 1, 1)``."""
        weight = self.weight.permute(0, 2, 3, 1)  # its order in memory, channels last
        maps = input.flatten(1) @ weight.flatten(1)
        return maps.unflatten(1, weight.shape[1:]).permute(0, 3, 1, 2)
