"""Layers for the two ends of a graph: whole levels to [-1, 1] and back."""

from __future__ import annotations

from typing import Any

import keras

from srkit.errors import ArgumentError
from srkit.image.ranges import from_network, to_network
from srkit.types import Tensor

_LEVELS = ("uint8", "uint16", "float32")


@keras.saving.register_keras_serializable("srkit")
class ToNetwork(keras.layers.Layer):
    """Turns uint8 or uint16 levels, or floats in [0, 1], into float32 in [-1, 1].

    Shape:
        Any to the same.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "dtype": "float32", "autocast": False})

    def call(self, inputs: Tensor) -> Tensor:
        """Scales `inputs`."""
        return to_network(inputs)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """The same shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Arguments of the constructor."""
        return {"name": self.name, "trainable": self.trainable}


@keras.saving.register_keras_serializable("srkit")
class FromNetwork(keras.layers.Layer):
    """Turns [-1, 1] into whole levels: clipped, rounded half up, then cast.

    Shape:
        Any to the same.

    Args:
        levels: ``"uint8"``, ``"uint16"``, or ``"float32"`` for floats in [0, 1].
        **kwargs: Keras's own layer arguments.

    Raises:
        ArgumentError: If `levels` is none of these.
    """

    def __init__(self, levels: str = "uint8", **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})
        if levels not in _LEVELS:
            raise ArgumentError(
                f"`levels` must be one of {', '.join(_LEVELS)}. Received: {levels!r}"
            )
        self.levels = levels

    def call(self, inputs: Tensor) -> Tensor:
        """Scales, clips and rounds `inputs`."""
        return from_network(inputs, self.levels)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """The same shape."""
        return input_shape

    def compute_output_spec(self, inputs: Any) -> Any:
        """The same shape in the dtype of the levels."""
        return keras.KerasTensor(inputs.shape, dtype=self.levels)

    def get_config(self) -> dict[str, Any]:
        """Arguments of the constructor."""
        return {"name": self.name, "trainable": self.trainable, "levels": self.levels}
