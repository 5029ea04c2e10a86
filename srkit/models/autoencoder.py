"""The convolutional autoencoder, a baseline without adversary or residuals."""

from __future__ import annotations

from typing import Any

import keras

from srkit.errors import ArgumentError
from srkit.layers import CropLike, Interpolate, conv, to_picture
from srkit.models.base import SuperResolver, check_options
from srkit.types import Tensor

_ACTIVATIONS = ("tanh", "sigmoid")
_HALVINGS = 3


@keras.saving.register_keras_serializable("srkit")
class ConvAutoencoder(SuperResolver):
    """Strided convolutions down to a code, transposed convolutions back up.

    An autoencoder gives back the size it is given, so the LR picture is first brought
    to HR size by bicubic interpolation, as part of the network: it then repairs what
    interpolation blurs. The code is a feature map, an eighth of HR's sides, so that
    any size can be put in; sides that eight does not divide are rounded up on the way
    down and cut on the way up.

    The result depends on where the strides begin, so a picture is never cut into
    tiles (`radius` is None) and needs the memory of all of it.

    Shape:
        ``(N, h, w, channels)`` to ``(N, h * scale, w * scale, channels)``, in [-1, 1].

    Args:
        scale: Upscaling factor: 2, 3 or 4.
        filters: Width after the first stride, doubled at the next two: 64, 128, 256.
        code: Channels of the code, 128 or 256 in the text.
        activation: ``"tanh"``, or ``"sigmoid"``, stretched from [0, 1] to [-1, 1].
        channels: Channels of the pictures.
        dtype: Keras's dtype policy, ``"mixed_bfloat16"`` for instance.
        name: Name of the model.

    Raises:
        ArgumentError: If `scale` is not 2, 3 or 4, a number is not positive, or
            `activation` is another.

    Source:
        Arain et al., Resolution Enhancement of Low-Quality Images, section IV.B. It
        trains with mean squared error and Adam. Kernels are read as 3x3, and 4x4
        where transposed: a multiple of the stride draws no checkerboard of its own.
    """

    def __init__(
        self,
        *,
        scale: int = 4,
        filters: int = 64,
        code: int = 128,
        activation: str = "tanh",
        channels: int = 3,
        dtype: Any = None,
        name: str = "conv_autoencoder",
    ) -> None:
        options = {"scale": scale, "filters": filters, "code": code}
        check_options(**options, channels=channels)
        if activation not in _ACTIVATIONS:
            raise ArgumentError(
                f"`activation` must be one of {', '.join(_ACTIVATIONS)}. "
                f"Received: {activation!r}"
            )
        widths = [filters * 2**step for step in range(_HALVINGS)]
        lr = keras.Input((None, None, channels), dtype="float32", name="lr")
        enlarged = Interpolate(scale, name="interpolated")(lr)
        x = _encoded(enlarged, widths, dtype=dtype)
        x = conv(code, activation="relu", dtype=dtype, name="code")(x)
        x = _decoded(x, widths[::-1], dtype=dtype)
        x = CropLike(dtype=dtype, name="crop")([x, enlarged])
        sr = to_picture(x, lr, scale=scale, activation=activation)
        if activation == "sigmoid":
            sr = keras.layers.Rescaling(2.0, -1.0, dtype="float32", name="sr")(sr)
        super().__init__(
            lr,
            sr,
            name=name,
            radius=None,
            **options,
            activation=activation,
            channels=channels,
        )


def _encoded(x: Tensor, widths: list[int], *, dtype: Any) -> Tensor:
    """Strided convolutions: half the size and the next width each time."""
    for step, width in enumerate(widths, start=1):
        name = "head" if step == 1 else f"encoder{step}"
        x = conv(width, strides=2, activation="relu", dtype=dtype, name=name)(x)
    return x


def _decoded(x: Tensor, widths: list[int], *, dtype: Any) -> Tensor:
    """Transposed convolutions: twice the size and the next width each time."""
    for step, width in enumerate(widths, start=1):
        x = keras.layers.Conv2DTranspose(
            width,
            4,
            strides=2,
            padding="same",
            data_format="channels_last",
            activation="relu",
            dtype=dtype,
            name=f"decoder{step}",
        )(x)
    return x
