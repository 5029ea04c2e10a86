"""Sub-pixels by convolution: several pixels' together where one has few.

Processors compute sixteen channels at once, and as long for four. Where the sub-pixels
of one pixel are few, those of a block of two by two are computed together, by a kernel
one wider at a stride of two.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from srkit.types import Tensor

_LANES = 16


def block_side(count: int) -> int:
    """Side of the blocks of pixels that are best computed together.

    Args:
        count: Sub-pixels of a pixel, of all channels.
    """
    return 2 if 4 * count <= _LANES else 1


def kernel_of_block(
    kernel: np.ndarray[Any, Any], scale: int, side: int
) -> np.ndarray[Any, Any]:
    """One kernel for all pixels of a block: the given one, moved to each.

    Shape:
        ``(k, k, C, scale**2 * channels)`` to ``(k + side - 1, k + side - 1, C,
        (scale * side)**2 * channels)``, the sub-pixels of the block by rows, ready for
        `shuffled` by ``scale * side``.

    Args:
        kernel: From pixels to the sub-pixels of one.
        scale: Sub-pixels of a pixel along a row.
        side: Pixels of a block along a row.
    """
    size, _, given, count = kernel.shape
    wide = size + side - 1
    block = np.zeros((wide, wide, given, side, scale, side, count // scale), np.float32)
    rows = kernel.reshape(size, size, given, scale, -1)
    for row in range(side):
        for column in range(side):
            at = slice(row, row + size), slice(column, column + size)
            block[(*at, slice(None), row, slice(None), column)] = rows
    return block.reshape(wide, wide, given, -1)


def shuffled(x: Tensor, scale: int) -> Tensor:
    """A pixel shuffle for few channels: TensorFlow's takes four times as long for one.

    Shape:
        ``(N, h, w, C * scale**2)`` to ``(N, h * scale, w * scale, C)``.
    """
    batch, height, width, _ = ops.shape(x)
    channels = x.shape[-1] // scale**2
    rows = ops.reshape(x, (batch, height, width, scale, scale * channels))
    rows = ops.transpose(rows, (0, 1, 3, 2, 4))
    return ops.reshape(rows, (batch, height * scale, width * scale, channels))
