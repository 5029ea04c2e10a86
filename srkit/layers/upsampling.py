"""Ways to make a feature map or a picture larger inside a network."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from srkit.errors import ArgumentError
from srkit.image.kernels import phases
from srkit.layers.sub_pixels import block_side, kernel_of_block, shuffled
from srkit.types import Tensor


@keras.saving.register_keras_serializable("srkit")
class PixelShuffle(keras.layers.Layer):
    """Moves groups of channels into space: the sub-pixel half of a sub-pixel layer.

    Shape:
        ``(N, h, w, C * scale**2)`` to ``(N, h * scale, w * scale, C)``.

    Args:
        scale: Factor by which height and width grow.
        **kwargs: Keras's own layer arguments.

    Raises:
        ArgumentError: If the channels are no multiple of `scale**2`.

    Source:
        Shi et al., Real-Time Single Image and Video Super-Resolution Using an
        Efficient Sub-Pixel Convolutional Neural Network, CVPR 2016, equation 4.
    """

    def __init__(self, scale: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Refuses channels that do not divide among the sub-pixels."""
        _per_pixel(input_shape[-1], self.scale)

    def call(self, inputs: Tensor) -> Tensor:
        """Rearranges `inputs`."""
        return ops.nn.depth_to_space(inputs, self.scale, data_format="channels_last")

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Shape with larger sides and fewer channels."""
        return _grown(input_shape, self.scale, _per_pixel(input_shape[-1], self.scale))

    def get_config(self) -> dict[str, Any]:
        """Arguments of the constructor."""
        return {**super().get_config(), "scale": self.scale}


@keras.saving.register_keras_serializable("srkit")
class ICNR(keras.initializers.Initializer):
    """Starts a sub-pixel convolution as nearest-neighbour upscaling of a plain one.

    All `scale**2` kernels that make one output channel begin equal, so that the
    network starts without a checkerboard.

    Args:
        scale: The factor of the `PixelShuffle` that follows.
        initializer: How the shared kernel is drawn.

    Source:
        Aitken et al., Checkerboard artifact free sub-pixel convolution, 2017,
        section 3. https://arxiv.org/abs/1707.02937
    """

    def __init__(self, scale: int, initializer: Any = "glorot_uniform") -> None:
        self.scale = scale
        self.initializer = keras.initializers.get(initializer)

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """Draws a kernel of `shape` ``(h, w, in, C * scale**2)``."""
        shared = (*shape[:-1], _per_pixel(shape[-1], self.scale))
        kernel = self.initializer(shared, dtype=dtype)
        # Depth-to-space keeps the C channels of one sub-pixel side by side.
        return ops.tile(kernel, (1,) * (len(shape) - 1) + (self.scale**2,))

    def get_config(self) -> dict[str, Any]:
        """Arguments of the constructor."""
        inner = keras.initializers.serialize(self.initializer)
        return {"scale": self.scale, "initializer": inner}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> ICNR:
        """Rebuilds the initializer from `get_config`."""
        inner = keras.initializers.deserialize(config["initializer"])
        return cls(config["scale"], inner)


@keras.saving.register_keras_serializable("srkit")
class Interpolate(keras.layers.Layer):
    """Enlarges by a whole factor with a fixed kernel, pixel for pixel as `resize`.

    Each of the `scale**2` sub-pixel positions sees the same few neighbours with the
    same weights, so the whole resize is one small convolution and a pixel shuffle:
    any size, traced once, no weights to train. Always computed in float32.

    Shape:
        ``(N, h, w, C)`` to ``(N, h * scale, w * scale, C)``, float32.

    Args:
        scale: Factor by which height and width grow.
        kernel: One of `srkit.image.KERNELS`.
        **kwargs: Keras's own layer arguments.
    """

    def __init__(self, scale: int, kernel: str = "bicubic", **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.scale = scale
        self.kernel = kernel
        self.trainable = False
        self._phases = phases(scale, kernel)

    def call(self, inputs: Tensor) -> Tensor:
        """Enlarges `inputs`."""
        height, width = (side * self.scale for side in ops.shape(inputs)[1:3])
        side = block_side(self.scale**2 * inputs.shape[-1])
        x = shuffled(self.sub_pixels(inputs, side), self.scale * side)
        return x[:, :height, :width]

    def sub_pixels(self, inputs: Tensor, side: int) -> Tensor:
        """The enlarged picture before `shuffled`, in blocks of so many pixels a side.

        Shape:
            ``(N, h, w, C)`` to ``(N, ceil(h / side), ceil(w / side), C * (scale *
            side)**2)``, float32.
        """
        channels = inputs.shape[-1]
        # One 2-D kernel for each sub-pixel position, kept apart for each channel.
        square = self._phases[:, None, :, None] * self._phases[None, :, None, :]
        square = square.reshape(*square.shape[:2], 1, -1, 1)
        weights = square * np.eye(channels)[:, None, :]
        weights = weights.reshape(*weights.shape[:3], -1)
        weights = ops.convert_to_tensor(kernel_of_block(weights, self.scale, side))
        padded = _mirrored(inputs, 1, self._phases.shape[0] // 2, side)
        padded = _mirrored(padded, 2, self._phases.shape[0] // 2, side)
        layout = {"data_format": "channels_last"}
        return ops.conv(padded, weights, side, "valid", **layout)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Shape with larger sides."""
        return _grown(input_shape, self.scale, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Arguments of the constructor."""
        own = {"scale": self.scale, "kernel": self.kernel}
        return {**super().get_config(), **own}

    @property
    def phases(self) -> np.ndarray[Any, Any]:
        """Weights of the neighbours for each sub-pixel position, ``(taps, scale)``."""
        return self._phases


@keras.saving.register_keras_serializable("srkit")
class CropLike(keras.layers.Layer):
    """Cuts a feature map to the height and width of another.

    Where strides halve an odd side, upscaling gives one pixel too many: it is cut at
    the bottom and on the right, where strides with padding ``"same"`` look beyond.

    Shape:
        ``(N, H, W, C)`` and ``(N, h, w, any)``, not larger, to ``(N, h, w, C)``.
    """

    def call(self, inputs: list[Tensor]) -> Tensor:
        """Cuts the first of `inputs` to the sides of the second."""
        x, like = inputs
        height, width = ops.shape(like)[1:3]
        return x[:, :height, :width]

    def compute_output_shape(self, input_shape: list[tuple[int | None, ...]]) -> Any:
        """Sides of the second, channels of the first."""
        x, like = input_shape
        return (x[0], *like[1:3], x[-1])


def _mirrored(image: Tensor, axis: int, margin: int, side: int) -> Tensor:
    """Continues a picture on both sides, and to a multiple of `side` pixels."""
    # Gathered, since padding modes refuse sides that are shorter than the margin.
    length = ops.shape(image)[axis]
    end = length + -length % side + margin
    positions = ops.arange(-margin, end, dtype="int32") % (2 * length)
    positions = ops.minimum(positions, 2 * length - 1 - positions)
    return ops.take(image, positions, axis=axis)


def _per_pixel(channels: int | None, scale: int) -> int:
    if channels is None or channels % scale**2:
        raise ArgumentError(
            f"The channels before a pixel shuffle must be a multiple of {scale**2} "
            f"for `scale` (={scale}). Received: {channels}"
        )
    return channels // scale**2


def _grown(shape: tuple[int | None, ...], scale: int, channels: int | None) -> Any:
    height, width = (None if side is None else side * scale for side in shape[1:3])
    return (shape[0], height, width, channels)
