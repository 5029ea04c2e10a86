"""Layers that only feature networks need: Caffe's pixels and mirrored borders."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from srkit.types import Tensor

MEANS = (103.939, 116.779, 123.68)
"""ImageNet's mean blue, green and red, in levels."""


@keras.saving.register_keras_serializable("srkit")
class ToCaffe(keras.layers.Layer):
    """Turns RGB in [-1, 1] into what Caffe's networks read: BGR levels less the means.

    Nothing is clipped, so that pixels which overshoot keep their gradient.

    Shape:
        ``(N, H, W, 3)`` to the same.

    Args:
        **kwargs: Keras's own layer arguments; `dtype` is float32 all the same.

    Source:
        `keras.applications.vgg19.preprocess_input`, for pixels of 0..255.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})

    def call(self, inputs: Tensor) -> Tensor:
        """Scales, turns round and centres `inputs`."""
        levels = (ops.cast(inputs, "float32") + 1.0) * 127.5
        return ops.flip(levels, axis=-1) - ops.convert_to_tensor(MEANS, "float32")

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """The same shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Arguments of the constructor."""
        return {"name": self.name, "trainable": self.trainable}


@keras.saving.register_keras_serializable("srkit")
class ReflectionPadding(keras.layers.Layer):
    """Mirrors one pixel beyond each border, the border itself not repeated.

    Shape:
        ``(N, H, W, C)`` to ``(N, H + 2, W + 2, C)``, from 2 pixels each way.

    Args:
        **kwargs: Keras's own layer arguments.

    Source:
        PyTorch's `ReflectionPad2d(1)`.
    """

    def call(self, inputs: Tensor) -> Tensor:
        """Pads `inputs`."""
        return ops.pad(inputs, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="reflect")

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Shape with two pixels more each way."""
        batch, height, width, channels = input_shape
        grown = (side if side is None else side + 2 for side in (height, width))
        return (batch, *grown, channels)
