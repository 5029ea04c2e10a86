"""The linear end of a network, computed as one small convolution.

EDSR closes with convolutions and pixel shuffles and no activation between them: a
linear map from LR features to SR pixels, though it is computed on maps 4 to 16 times
as large. The same map is one convolution on the LR features followed by one pixel
shuffle, with a tenth of the work at x4.

Zero padding makes one difference: on maps inside the chain, the padding beyond the
picture's edge is zero, while the merged kernel would see through it. Where only the
outermost ring of LR pixels can tell, it is computed by the chain itself; chains that
reach farther are left alone, as are convolutions of any but the plain kind.
"""

from __future__ import annotations

from math import prod
from typing import Any

import keras
import numpy as np
from keras import ops

from srkit.layers import Interpolate, PixelShuffle
from srkit.types import Tensor


def fuse_closing_layers(model: keras.Model) -> keras.Model:
    """Returns `model` with its linear end merged, or `model` itself if it has none.

    The weights are read now: train first, fuse then.

    Args:
        model: Any network. What can be merged is the end of a functional one in
            convolutions and pixel shuffles, with or without an interpolated picture
            added to the result.

    Returns:
        A functional model with the same inputs and, up to the order of summation,
        the same outputs.
    """
    if not hasattr(getattr(model, "output", None), "_keras_history"):
        return model  # subclassed, or of several outputs
    last, enlarged = _last_convolution(model)
    chain = _linear_chain(last)
    if not any(isinstance(layer, PixelShuffle) for layer in chain):
        return model
    if _reach(chain[1:]) > 1:  # more than the outermost ring meets the padding
        return model
    # The last layer knows how exact the pixels must be.
    x = MergedTail(chain, dtype=last.dtype_policy, name="merged_tail")(chain[0].input)
    if enlarged is not None:
        x = keras.layers.Add(dtype="float32", name="sr")([x, enlarged.output])
    return keras.Model(model.input, x, name=model.name)


class MergedTail(keras.layers.Layer):
    """A chain of linear layers as one convolution, with the ring by the chain itself.

    Shape:
        ``(N, h, w, filters)`` to ``(N, h * scale, w * scale, channels)``, float32.

    Args:
        chain: The layers, built, in the order in which they are applied.
        **kwargs: Keras's own layer arguments.
    """

    def __init__(self, chain: list[keras.layers.Layer], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.chain = chain
        self.scale = prod(c.scale for c in chain if isinstance(c, PixelShuffle))
        self.reach = _reach(chain)
        kernel, bias = _merge(chain, self.scale, self.reach)
        self.kernel = ops.convert_to_tensor(kernel, dtype=self.compute_dtype)
        self.bias = ops.convert_to_tensor(bias, dtype=self.compute_dtype)

    def call(self, features: Tensor) -> Tensor:
        """Computes the middle by the merged kernel and the ring by the chain.

        Both sides must be at least 2 LR pixels.
        """
        x = ops.conv(features, self.kernel, padding="same") + self.bias
        x = ops.nn.depth_to_space(x, self.scale, data_format="channels_last")
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

    def _by_chain(self, x: Tensor) -> Tensor:
        for layer in self.chain:
            x = layer(x)
        return ops.cast(x, self.compute_dtype)


def _last_convolution(
    model: keras.Model,
) -> tuple[keras.layers.Layer, keras.layers.Layer | None]:
    """The layer that closes the network, and the interpolated picture added to it."""
    last = _producer(model.output)
    if not (isinstance(last, keras.layers.Add) and _is_called_once(last)):
        return last, None
    branches = [_producer(tensor) for tensor in last.input]
    enlarged = [
        layer
        for layer in branches
        if isinstance(layer, Interpolate) and _is_called_once(layer)
    ]
    others = [layer for layer in branches if layer not in enlarged]
    return (
        (others[0], enlarged[0]) if len(others) == len(enlarged) == 1 else (last, None)
    )


def _linear_chain(last: keras.layers.Layer) -> list[keras.layers.Layer]:
    """Convolutions without activation and pixel shuffles, first to last."""
    chain: list[keras.layers.Layer] = []
    layer = last
    while _is_called_once(layer) and (
        isinstance(layer, PixelShuffle) or _is_linear_convolution(layer)
    ):
        chain.insert(0, layer)
        layer = _producer(layer.input)
    return chain


def _is_linear_convolution(layer: keras.layers.Layer) -> bool:
    if type(layer) is not keras.layers.Conv2D:  # a subclass may compute otherwise
        return False
    height, width = layer.kernel_size
    return (
        layer.activation is keras.activations.linear
        and layer.use_bias
        and layer.padding == "same"
        and layer.data_format == "channels_last"
        and height == width
        and height % 2 == 1
        and set(layer.strides + layer.dilation_rate) == {1}
        and layer.groups == 1
        and not getattr(layer, "lora_enabled", False)
    )


def _is_called_once(layer: keras.layers.Layer) -> bool:
    """Whether `layer.input` is all that it is ever given."""
    return len(layer._inbound_nodes) == 1


def _producer(tensor: Any) -> keras.layers.Layer:
    return tensor._keras_history.operation


def _reach(chain: list[keras.layers.Layer]) -> int:
    """LR pixels on each side that one output pixel of the chain depends on."""
    reach = 0
    for layer in reversed(chain):
        if isinstance(layer, PixelShuffle):
            reach = -(-reach // layer.scale)
        else:
            reach += layer.kernel_size[0] // 2
    return reach


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
    kernel, bias = (ops.convert_to_tensor(w) for w in layer.get_weights())
    return ops.conv(x, kernel, padding="same") + bias


def _space_to_depth(x: np.ndarray[Any, Any], scale: int) -> np.ndarray[Any, Any]:
    count, height, width, channels = x.shape
    x = x.reshape(count, height // scale, scale, width // scale, scale, channels)
    return x.transpose(0, 1, 3, 2, 4, 5).reshape(
        count, height // scale, width // scale, -1
    )
