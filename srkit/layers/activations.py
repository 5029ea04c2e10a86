"""Activations that Keras lacks."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from srkit.types import Tensor


@keras.saving.register_keras_serializable("srkit")
class ConcatenatedReLU(keras.layers.Layer):
    """Keeps both signs of a feature: its ReLU, then the ReLU of its negative.

    Shape:
        ``(N, h, w, C)`` to ``(N, h, w, 2 * C)``.

    Source:
        Shang et al., Understanding and Improving Convolutional Neural Networks via
        Concatenated Rectified Linear Units, ICML 2016, definition 2.1.
    """

    def call(self, inputs: Tensor) -> Tensor:
        """Splits `inputs` by sign."""
        return ops.relu(ops.concatenate([inputs, -inputs], axis=-1))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """The same sides, twice the channels."""
        *sides, channels = input_shape
        return (*sides, None if channels is None else 2 * channels)
