"""A chain of linear layers, computed as one convolution at LR."""

from __future__ import annotations

from math import prod
from typing import Any

import keras
import numpy as np
from keras import ops

from srkit.layers import PixelShuffle
from srkit.layers.upsampling import shuffled
from srkit.types import Tensor

_LANES = 16
"""Channels that processors compute at once; fewer take as long."""


class MergedTail(keras.layers.Layer):
    """A chain of linear layers as one convolution, with the ring by the chain itself.

    Where one LR pixel has few sub-pixels, those of its neighbours on the right are
    computed with it, by wider kernels at greater strides, so that no lane is idle.

    Shape:
        ``(N, h, w, filters)`` to ``(N, h * scale, w * scale, channels)``, float32.

    Args:
        chain: The layers, built, in the order in which they are applied.
        **kwargs: Keras's own layer arguments.
    """

    def __init__(self, chain: list[keras.layers.Layer], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.chain = chain
        self.scale = prod(map(growth, chain))
        self.reach, self.rim = _reach(chain), rim(chain)
        kernel, bias = _merge(chain, self.scale, self.reach)
        self.together = max(1, _LANES // len(bias))
        kernel = _side_by_side(kernel, self.together)
        self.kernel = ops.convert_to_tensor(kernel, dtype=self.compute_dtype)
        self.bias = ops.convert_to_tensor(bias, dtype=self.compute_dtype)

    def call(self, features: Tensor) -> Tensor:
        """Computes the middle by the merged kernel and the ring by the chain.

        Both sides must be at least 2 LR pixels.
        """
        x = self._sub_pixels(features) + self.bias
        x = shuffled(x, self.scale)
        if not self.rim:
            return ops.cast(x, "float32")
        # Rows and columns that the outermost LR pixels depend on.
        depth, edge = self.reach + 1, self.scale
        top = self._by_chain(features[:, :depth])[:, :edge]
        bottom = self._by_chain(features[:, -depth:])[:, -edge:]
        left = self._by_chain(features[:, :, :depth])[:, edge:-edge, :edge]
        right = self._by_chain(features[:, :, -depth:])[:, edge:-edge, -edge:]
        middle = ops.concatenate([left, x[:, edge:-edge, edge:-edge], right], axis=2)
        return ops.cast(ops.concatenate([top, middle, bottom], axis=1), "float32")

    def compute_output_spec(self, features: Any) -> Any:
        """Shape at HR, in float32."""
        batch, height, width, _ = features.shape
        sides = (
            None if side is None else side * self.scale for side in (height, width)
        )
        channels = self.bias.shape[0] // self.scale**2
        return keras.KerasTensor((batch, *sides, channels), dtype="float32")

    def _sub_pixels(self, x: Tensor) -> Tensor:
        """The convolution without its bias, ``(N, h, w, channels * scale**2)``."""
        if self.together == 1:
            return ops.conv(x, self.kernel, padding="same")
        batch, height, width, _ = ops.shape(x)
        missing = -width % self.together

        def convolved(x: Tensor) -> Tensor:
            # Padded "same", a width that the strides divide has the kernel centred.
            return ops.conv(x, self.kernel, (1, self.together), "same")

        def padded(x: Tensor) -> Tensor:
            return ops.pad(x, [[0, 0], [0, 0], [0, missing], [0, 0]])

        x = ops.cond(missing == 0, lambda: convolved(x), lambda: convolved(padded(x)))
        return ops.reshape(x, (batch, height, -1, self.bias.shape[0]))[:, :, :width]

    def _by_chain(self, x: Tensor) -> Tensor:
        for layer in self.chain:
            x = layer(x)
        return ops.cast(x, self.compute_dtype)


def growth(layer: keras.layers.Layer) -> int:
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
        reach = -(-reach // growth(layer))
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


def _side_by_side(kernel: np.ndarray[Any, Any], together: int) -> np.ndarray[Any, Any]:
    """One kernel for several pixels of a row: itself, moved by one for each."""
    height, width, given, made = kernel.shape
    wide = np.zeros((height, width + together - 1, given, together, made), np.float32)
    for pixel in range(together):
        wide[:, pixel : pixel + width, :, pixel] = kernel
    return wide.reshape(*wide.shape[:3], -1)


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
