"""Networks that tell real pictures from made ones, for adversarial training."""

from __future__ import annotations

from functools import partial
from typing import Any

import keras

from srkit.errors import ArgumentError
from srkit.layers import conv
from srkit.models.base import Network, check_counts
from srkit.types import Tensor

_LAYOUT = {"data_format": "channels_last"}
_LeakyReLU = partial(keras.layers.LeakyReLU, 0.2)
# Widths and strides of SRGAN's convolutions, in multiples of the first's width.
_SRGAN = ((1, 1), (1, 2), (2, 1), (2, 2), (4, 1), (4, 2), (8, 1), (8, 2))


class Discriminator(Network):
    """Abstract base of the networks that judge pictures in [-1, 1].

    They answer with logits, float32: positive for real. The probability is
    `keras.ops.sigmoid` of them. A wrong shape is refused in one line, before Keras
    fails somewhere within.
    """

    size: int | None = None
    """Side of the pictures; None if any will do."""

    def __call__(self, images: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """Judges a batch of pictures.

        Raises:
            ArgumentError: If the pictures have another shape.
        """
        self._check(images)
        return super().__call__(images, *args, **kwargs)

    def stateless_call(
        self,
        trainable_variables: Any,
        non_trainable_variables: Any,
        images: Tensor,
        **kwargs: Any,
    ) -> Any:
        """Judges with weights given from outside, as the JAX backend trains.

        Raises:
            ArgumentError: If the pictures have another shape.
        """
        self._check(images)
        return super().stateless_call(
            trainable_variables, non_trainable_variables, images, **kwargs
        )

    def _check(self, images: Tensor) -> None:
        wanted = (None, self.size, self.size, self.channels)
        shape = tuple(images.shape)
        # A side that TensorFlow does not know fails too: it is so that a second
        # training on other crops comes, which a matrix product would refuse.
        fits = len(shape) == len(wanted) and all(
            want is None or want == side
            for want, side in zip(wanted, shape, strict=True)
        )
        if fits:
            return
        name, side = type(self).__name__, self.size or "any"
        cure = "Build it with the `size` of your HR crops." if self.size else ""
        raise ArgumentError(
            f"`images` of {name} must be (N, {side}, {side}, {self.channels}). "
            f"Received: shape={shape}. {cure}".rstrip()
        )


@keras.saving.register_keras_serializable("srkit")
class SRGANDiscriminator(Discriminator):
    """Eight convolutions with batch normalisation, then two dense layers.

    Shape:
        ``(N, size, size, channels)`` in [-1, 1] to logits ``(N, 1)``.

    Args:
        size: Side of the HR crops. The dense layer grows with its square.
        filters: Width of the first convolution, doubled three times: 64 to 512.
        units: Of the first dense layer, 1024 in the paper.
        momentum: Of the batch normalisation's moving averages.
        channels: Channels of the pictures.
        dtype: Keras's dtype policy, ``"mixed_bfloat16"`` for instance.
        name: Name of the model.

    Raises:
        ArgumentError: If a number is not positive.

    Source:
        Ledig et al., Photo-Realistic Single Image Super-Resolution Using a
        Generative Adversarial Network, CVPR 2017, figure 4.
        https://arxiv.org/abs/1609.04802. The closing sigmoid belongs to the loss.
    """

    size: int

    def __init__(
        self,
        *,
        size: int = 96,
        filters: int = 64,
        units: int = 1024,
        momentum: float = 0.5,
        channels: int = 3,
        dtype: Any = None,
        name: str = "srgan_discriminator",
    ) -> None:
        options = {"size": size, "filters": filters, "units": units}
        check_counts(**options, channels=channels)
        images = keras.Input((size, size, channels), dtype="float32", name="images")
        x = _convolutions(
            images,
            _SRGAN,
            filters=filters,
            activation=_LeakyReLU,
            momentum=momentum,
            dtype=dtype,
        )
        x = keras.layers.Flatten(**_LAYOUT, dtype=dtype, name="flatten")(x)
        x = keras.layers.Dense(units, dtype=dtype, name="dense")(x)
        x = _LeakyReLU(dtype=dtype, name="dense_activation")(x)
        x = keras.layers.Dense(1, dtype="float32", name="logits")(x)
        super().__init__(
            images, x, name=name, **options, momentum=momentum, channels=channels
        )


@keras.saving.register_keras_serializable("srkit")
class GlobalPoolDiscriminator(Discriminator):
    """Seven 3x3 convolutions, two 1x1, and the mean over the picture: any size.

    Read from a text of few words: the convolutions, strides and batch normalisation
    are SRGAN's but for the last convolution, with ReLU; the 1x1 convolutions stand
    where SRGAN's dense layers do. The last has no ReLU, though the text gives one to
    each convolution: no logit could be negative, and no picture be called made.

    Shape:
        ``(N, height, width, channels)`` in [-1, 1] to logits ``(N, 1)``.

    Args:
        filters: Width of the first convolution, doubled three times: 64 to 512.
        units: Width of the first 1x1 convolution.
        momentum: Of the batch normalisation's moving averages.
        channels: Channels of the pictures.
        dtype: Keras's dtype policy, ``"mixed_bfloat16"`` for instance.
        name: Name of the model.

    Raises:
        ArgumentError: If a number is not positive.

    Source:
        Ramadhan et al., Analysis of SRGAN to Upscalling CCTV Image, section III.B.
    """

    def __init__(
        self,
        *,
        filters: int = 64,
        units: int = 1024,
        momentum: float = 0.5,
        channels: int = 3,
        dtype: Any = None,
        name: str = "global_pool_discriminator",
    ) -> None:
        options = {"filters": filters, "units": units, "channels": channels}
        check_counts(**options)
        images = keras.Input((None, None, channels), dtype="float32", name="images")
        x = _convolutions(
            images,
            _SRGAN[:-1],
            filters=filters,
            activation=keras.layers.ReLU,
            momentum=momentum,
            dtype=dtype,
        )
        x = conv(units, 1, activation="relu", dtype=dtype, name="judge1")(x)
        x = conv(1, 1, dtype="float32", name="judge2")(x)
        pool = keras.layers.GlobalAveragePooling2D(
            **_LAYOUT, dtype="float32", name="logits"
        )
        super().__init__(images, pool(x), name=name, **options, momentum=momentum)


def _convolutions(
    x: Tensor,
    plan: tuple[tuple[int, int], ...],
    *,
    filters: int,
    activation: Any,
    momentum: float,
    dtype: Any,
) -> Tensor:
    """Convolution, batch normalisation and activation; the first not normalised."""
    for number, (width, strides) in enumerate(plan, start=1):
        name = "head" if number == 1 else f"block{number}"
        x = conv(filters * width, strides=strides, dtype=dtype, name=name)(x)
        if number > 1:
            x = keras.layers.BatchNormalization(
                momentum=momentum, dtype=dtype, name=f"{name}_bn"
            )(x)
        x = activation(dtype=dtype, name=f"{name}_activation")(x)
    return x
