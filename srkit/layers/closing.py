"""The convolution that closes a network: large kernels, a picture's few channels."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from srkit.errors import ArgumentError
from srkit.types import Tensor

_SIDE = 2


@keras.saving.register_keras_serializable("srkit")
class Conv2D(keras.layers.Conv2D):
    """Keras's convolution to few channels, computed on blocks of two by two pixels.

    Processors compute sixteen channels for a result of three. Here four pixels are
    taken for channels, before and after, and a kernel of 9x9 for one of 5x5 with
    zeros at its rim: the same function in half the time, and a third of it forwards.
    It bears Keras's name, under which its weights lie in files.

    Shape:
        ``(N, H, W, C)``, H and W even, to ``(N, H, W, filters)``.

    Args:
        filters: Channels of the result.
        kernel_size: Side of the kernel: 5, 9, 13, ...
        **kwargs: Keras's own arguments, but for strides and the like.

    Raises:
        ArgumentError: If the kernel is of another size.
    """

    def __init__(self, filters: int, kernel_size: Any, **kwargs: Any) -> None:
        layout = {"padding": "same", "data_format": "channels_last"}
        super().__init__(filters, kernel_size, **{**kwargs, **layout})
        if self.kernel_size[0] != self.kernel_size[1] or self.kernel_size[0] % 4 != 1:
            raise ArgumentError(
                "`kernel_size` must be 5, 9 or another 4n + 1, so that blocks lie "
                f"around the pixel as pixels do. Received: {kernel_size}"
            )

    def call(self, inputs: Tensor) -> Tensor:
        """Convolves `inputs`."""
        layout = {"data_format": "channels_last"}
        blocks = ops.nn.space_to_depth(inputs, _SIDE, **layout)
        x = ops.conv(blocks, self._kernel_of_blocks(), padding="same", **layout)
        x = ops.nn.depth_to_space(x, _SIDE, **layout)
        if self.use_bias:
            x = ops.add(x, self.bias)
        return x if self.activation is None else self.activation(x)

    def _kernel_of_blocks(self) -> Tensor:
        """For each pixel of a block the kernel, moved to it within whole blocks."""
        size, _, given, filters = self.kernel.shape
        count = (size + 1) // _SIDE
        moved = []
        for row in range(_SIDE):
            for column in range(_SIDE):
                rims = ((row, 1 - row), (column, 1 - column), (0, 0), (0, 0))
                kernel = ops.pad(self.kernel, rims)
                shape = (count, _SIDE, count, _SIDE, given, filters)
                kernel = ops.transpose(ops.reshape(kernel, shape), (0, 2, 1, 3, 4, 5))
                moved.append(ops.reshape(kernel, (count, count, -1, filters)))
        return ops.concatenate(moved, axis=-1)
