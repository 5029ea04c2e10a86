"""Convolutions that cannot amplify much: for discriminators."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from srkit.types import Tensor

_TINY = 1e-12


@keras.saving.register_keras_serializable("srkit")
class SpectralConv2D(keras.layers.Layer):
    """A convolution whose kernel is divided by its largest singular value.

    One power iteration a call follows that value; its vector is kept in training and
    left alone otherwise. `keras.layers.SpectralNormalization` instead overwrites the
    kernel with the divided one, which the JAX backend does not even keep; here, as in
    the paper, the kernel stays the optimiser's and the gradient sees the division.

    Shape:
        ``(N, h, w, C)`` to ``(N, h / strides, w / strides, filters)``, rounded up.

    Args:
        filters: Channels of the result.
        kernel_size: Side of the kernel.
        strides: Step of the kernel.
        **kwargs: Keras's own layer arguments.

    Source:
        Miyato et al., Spectral Normalization for Generative Adversarial Networks,
        ICLR 2018, algorithm 1: the kernel as a matrix with a column for each filter.
        https://arxiv.org/abs/1802.05957
    """

    def __init__(
        self, filters: int, kernel_size: int = 3, strides: int = 1, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.strides = strides

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the kernel and the vector that follows its singular value."""
        shape = (self.kernel_size, self.kernel_size, input_shape[-1], self.filters)
        self.kernel = self.add_weight(shape=shape, name="kernel")
        self.vector = self.add_weight(
            shape=(self.filters, 1),
            initializer="random_normal",
            trainable=False,
            autocast=False,
            aggregation="only_first_replica",  # on all devices it is the same
            name="vector",
        )

    def call(self, inputs: Tensor, *, training: bool = False) -> Tensor:
        """Convolves `inputs` with the divided kernel."""
        kernel = ops.cast(self.kernel, "float32")
        matrix = ops.reshape(kernel, (-1, self.filters))
        fixed = ops.stop_gradient(matrix)
        left = _unit(ops.matmul(fixed, self.vector))
        right = _unit(ops.matmul(ops.transpose(fixed), left))
        if training:
            self.vector.assign(right)
        value = ops.sum(left * ops.matmul(matrix, right))
        kernel = ops.cast(kernel / (value + _TINY), inputs.dtype)
        layout = {"padding": "same", "data_format": "channels_last"}
        return ops.conv(inputs, kernel, strides=self.strides, **layout)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Shape with sides divided by the stride, rounded up."""
        sides = (
            None if side is None else -(-side // self.strides)
            for side in input_shape[1:3]
        )
        return (input_shape[0], *sides, self.filters)

    def get_config(self) -> dict[str, Any]:
        """Arguments of the constructor."""
        own = {
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
        }
        return {**super().get_config(), **own}


def _unit(vector: Tensor) -> Tensor:
    return vector / (ops.norm(vector) + _TINY)
