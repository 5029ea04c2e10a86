"""A chain of linear layers, computed as one convolution at LR."""

from __future__ import annotations

from math import prod
from typing import Any

import keras
import numpy as np
from keras import ops

from srkit.layers import Interpolate, PixelShuffle
from srkit.layers.sub_pixels import block_side, kernel_of_block, shuffled
from srkit.types import Tensor


class MergedTail(keras.layers.Layer):
    """A chain of linear layers as one convolution, with the ring by the chain itself.

    Features that are concatenated before the chain may come as they are: each part has
    its share of the kernel, and the results are added in float32.

    Shape:
        List of ``(N, h, w, any)``, together ``filters``, to ``(N, h * scale, w * scale,
        channels)``, float32.

    Args:
        chain: The layers, built, in the order in which they are applied.
        widths: Channels of the parts.
        interpolate: Enlarges what is added to the result, if all of that is computed
            by one convolution; then the LR picture is the second argument of a call.
        **kwargs: Keras's own layer arguments.
    """

    def __init__(
        self,
        chain: list[keras.layers.Layer],
        widths: list[int],
        interpolate: Interpolate | None = None,
        **kwargs: Any,
    ) -> None:
        # The LR picture has more digits than the features, and keeps them.
        super().__init__(**kwargs, autocast=False)
        self.chain, self.interpolate = chain, interpolate
        self.scale = prod(map(enlargement, chain))
        self.reach, self.rim = _reach(chain), rim(chain)
        self.kernel, bias = _merge(chain, self.scale, self.reach)
        self.channels = len(bias) // self.scale**2
        self.side = block_side(len(bias))
        block = kernel_of_block(self.kernel, self.scale, self.side)
        self._kernels = [
            ops.convert_to_tensor(part, dtype=self.compute_dtype)
            for part in np.split(block, np.cumsum(widths[:-1]), axis=2)
        ]
        parts = len(widths) > 1 or interpolate is not None
        self._sum_dtype = "float32" if parts else self.compute_dtype
        bias = kernel_of_block(bias[None, None, None], self.scale, self.side)
        bias = bias.sum(axis=(0, 1, 2))
        self.bias = ops.convert_to_tensor(bias, dtype=self._sum_dtype)

    def call(self, parts: list[Tensor], lr: Tensor | None = None) -> Tensor:
        """Computes the middle by the merged kernel and the ring by the chain.

        With a ring, both sides must be at least 2 LR pixels.
        """
        height, width = (side * self.scale for side in ops.shape(parts[0])[1:3])
        x = self._sub_pixels(parts)
        if self.interpolate is not None:
            x = x + self.interpolate.sub_pixels(lr, self.side)
        x = shuffled(x, self.scale * self.side)[:, :height, :width]
        if not self.rim:
            return ops.cast(x, "float32")
        # Rows and columns that the outermost LR pixels depend on.
        depth, edge = self.reach + 1, self.scale
        top = self._by_chain([part[:, :depth] for part in parts])[:, :edge]
        bottom = self._by_chain([part[:, -depth:] for part in parts])[:, -edge:]
        left = self._by_chain([part[:, :, :depth] for part in parts])
        right = self._by_chain([part[:, :, -depth:] for part in parts])
        sides = left[:, edge:-edge, :edge], right[:, edge:-edge, -edge:]
        middle = ops.concatenate(
            [sides[0], x[:, edge:-edge, edge:-edge], sides[1]], axis=2
        )
        return ops.cast(ops.concatenate([top, middle, bottom], axis=1), "float32")

    def compute_output_spec(self, parts: Any, lr: Any = None) -> Any:
        """Shape at HR, in float32."""
        del lr
        batch, height, width, _ = parts[0].shape
        sides = (
            None if side is None else side * self.scale for side in (height, width)
        )
        return keras.KerasTensor((batch, *sides, self.channels), dtype="float32")

    def _sub_pixels(self, parts: list[Tensor]) -> Tensor:
        """The convolution, in blocks: an odd side has one row or column too many."""
        x = self.bias
        for part, kernel in zip(parts, self._kernels, strict=True):
            features = ops.cast(part, self.compute_dtype)
            made = ops.conv(features, kernel, self.side, "same")
            x = ops.cast(made, self._sum_dtype) + x
        return x

    def _by_chain(self, parts: list[Tensor]) -> Tensor:
        x = ops.concatenate(parts, axis=-1)
        for layer in self.chain:
            x = layer(x)
        return ops.cast(x, self._sum_dtype)


def enlargement(layer: keras.layers.Layer) -> int:
    """Factor of a pixel shuffle or of repeated pixels; 1 of any other layer."""
    if isinstance(layer, PixelShuffle):
        return layer.scale
    if isinstance(layer, keras.layers.UpSampling2D):
        plain = layer.interpolation == "nearest" and len({*layer.size}) == 1
        return layer.size[0] if plain and layer.data_format == "channels_last" else 1
    return 1


def _reach(chain: list[keras.layers.Layer]) -> int:
    """LR pixels on each side that one output pixel of the chain depends on."""
    reach = 0
    for layer in reversed(chain):
        if isinstance(layer, keras.layers.Conv2D):
            reach += layer.kernel_size[0] // 2
        reach = -(-reach // enlargement(layer))
    return reach


def rim(chain: list[keras.layers.Layer]) -> int:
    """LR pixels at the border that meet the padding behind the first convolution."""
    kinds = [isinstance(layer, keras.layers.Conv2D) for layer in chain]
    return _reach(chain[kinds.index(True) + 1 :]) if any(kinds) else 0


def _merge(
    chain: list[keras.layers.Layer], scale: int, reach: int
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Kernel and bias of the one convolution, read off the chain's impulse response.

    Returns:
        Kernel ``(k, k, filters, channels * scale**2)`` and bias, in float32.
    """
    filters, size = chain[0].input.shape[-1], 2 * reach + 1
    side = 2 * size + 1  # far enough from the edge that no padding is met
    impulses = np.zeros((filters + 1, side, side, filters), np.float32)
    impulses[range(filters), size, size, range(filters)] = 1.0
    response = impulses
    for layer in chain:
        response = _in_float32(layer, response)
    sub_pixels = _space_to_depth(np.asarray(response), scale)
    bias = sub_pixels[-1, size, size]
    around = slice(size - reach, size + reach + 1)
    # An impulse at p reaches the output at q with the kernel's tap p - q.
    kernel = (sub_pixels[:-1, around, around] - bias)[:, ::-1, ::-1]
    return kernel.transpose(1, 2, 0, 3), bias


def _in_float32(layer: keras.layers.Layer, x: Tensor) -> Tensor:
    if isinstance(layer, PixelShuffle):
        return ops.nn.depth_to_space(x, layer.scale, data_format="channels_last")
    if isinstance(layer, keras.layers.UpSampling2D):
        return ops.repeat(ops.repeat(x, layer.size[0], axis=1), layer.size[1], axis=2)
    kernel, bias = (ops.convert_to_tensor(w) for w in layer.get_weights())
    return ops.conv(x, kernel, padding="same") + bias


def _space_to_depth(x: np.ndarray[Any, Any], scale: int) -> np.ndarray[Any, Any]:
    count, height, width, channels = x.shape
    x = x.reshape(count, height // scale, scale, width // scale, scale, channels)
    return x.transpose(0, 1, 3, 2, 4, 5).reshape(
        count, height // scale, width // scale, -1
    )
