"""SRResNet, the generator of SRGAN."""

from __future__ import annotations

from functools import partial
from typing import Any

import keras

from srkit.layers import conv, to_picture, upsample
from srkit.layers.blocks import upsample_radius
from srkit.models.base import SuperResolver, check_options
from srkit.types import Tensor

# One slope a channel, shared over space, so that any size can follow.
_PReLU = partial(keras.layers.PReLU, shared_axes=(1, 2))


@keras.saving.register_keras_serializable("srkit")
class SRResNet(SuperResolver):
    """Residual network with batch normalisation and PReLU; 9x9 at both ends.

    Shape:
        ``(N, h, w, channels)`` to ``(N, h * scale, w * scale, channels)``, in [-1, 1].

    Args:
        scale: Upscaling factor: 2, 3 or 4.
        filters: Width of the body, 64 in the paper.
        num_blocks: Residual blocks, 16 in the paper.
        channels: Channels of the pictures.
        batch_norm: Normalise over the batch, as the paper does. Without it
            the network is less given to blotches and colour drift.
        momentum: Of the batch normalisation's moving averages; 0.5 in the
            low-quality-image paper that srkit follows.
        interpolated: Add the result to the bicubic enlargement. The paper's network
            does without.
        concatenated: Join the first features to the body's by concatenation, as the
            text of the low-quality-image paper has it, instead of by addition.
        shuffle: Upscale by pixel shuffle, as the paper does; if not, by repeating
            pixels (`UpSampling2D`), as that text has it.
        hr_convs: 3x3 convolutions at HR, each with its PReLU, before the closing one.
            ESRGAN has one. With them plain upscaling draws fine detail too, and no
            checkerboard as pixel shuffle does under a content loss.
        dtype: Keras's dtype policy, ``"mixed_bfloat16"`` for instance.
        name: Name of the model.

    Raises:
        ArgumentError: If `scale` is not 2, 3 or 4, or a number is not positive.

    Source:
        Ledig et al., Photo-Realistic Single Image Super-Resolution Using a
        Generative Adversarial Network, CVPR 2017, figure 4.
        https://arxiv.org/abs/1609.04802. The closing tanh is left out: pictures are
        clipped at the door, and a tanh dims the brightest and darkest of them.
        Arain et al., Resolution Enhancement of Low-Quality Images: momentum 0.5,
        concatenation, plain upscaling; its upscaling width, which the text does not
        give, is `filters`.
    """

    def __init__(
        self,
        *,
        scale: int = 4,
        filters: int = 64,
        num_blocks: int = 16,
        channels: int = 3,
        batch_norm: bool = True,
        momentum: float = 0.5,
        interpolated: bool = False,
        concatenated: bool = False,
        shuffle: bool = True,
        hr_convs: int = 0,
        dtype: Any = None,
        name: str = "srresnet",
    ) -> None:
        options = {"scale": scale, "filters": filters, "num_blocks": num_blocks}
        check_options(**options, channels=channels)
        lr = keras.Input((None, None, channels), dtype="float32", name="lr")
        x = conv(filters, 9, dtype=dtype, name="head")(lr)
        head = _PReLU(dtype=dtype, name="head_prelu")(x)
        decay = momentum if batch_norm else None
        x = _body(head, num_blocks=num_blocks, momentum=decay, dtype=dtype)
        join = keras.layers.Concatenate if concatenated else keras.layers.Add
        x = join(dtype=dtype, name="body_join")([x, head])
        grow = partial(upsample, scale=scale, filters=filters, dtype=dtype)
        x = grow(x, activation=_PReLU, shuffle=shuffle)
        x = _refined(x, hr_convs, dtype=dtype)
        sr = to_picture(
            x, lr, scale=scale, size=9, interpolated=interpolated, dtype=dtype
        )
        radius = 5 + 2 * num_blocks + upsample_radius(scale, closing=9 + 2 * hr_convs)
        super().__init__(
            lr,
            sr,
            name=name,
            radius=radius,
            **options,
            channels=channels,
            batch_norm=batch_norm,
            momentum=momentum,
            interpolated=interpolated,
            concatenated=concatenated,
            shuffle=shuffle,
            hr_convs=hr_convs,
        )


def _body(x: Tensor, *, num_blocks: int, momentum: float | None, dtype: Any) -> Tensor:
    """Residual blocks and a convolution, normalised if there is a momentum."""

    def convolved(x: Tensor, conv_name: str, norm_name: str) -> Tensor:
        x = conv(x.shape[-1], dtype=dtype, name=conv_name)(x)
        if momentum is None:
            return x
        return keras.layers.BatchNormalization(
            momentum=momentum, dtype=dtype, name=norm_name
        )(x)

    for number in range(1, num_blocks + 1):
        block = f"block{number}"
        branch = convolved(x, f"{block}_conv1", f"{block}_bn1")
        branch = _PReLU(dtype=dtype, name=f"{block}_prelu")(branch)
        branch = convolved(branch, f"{block}_conv2", f"{block}_bn2")
        x = keras.layers.Add(dtype=dtype, name=f"{block}_add")([x, branch])
    return convolved(x, "body", "body_bn")


def _refined(x: Tensor, hr_convs: int, *, dtype: Any) -> Tensor:
    """Convolutions at HR, each with its PReLU."""
    for number in range(1, hr_convs + 1):
        x = conv(x.shape[-1], dtype=dtype, name=f"hr{number}")(x)
        x = _PReLU(dtype=dtype, name=f"hr{number}_prelu")(x)
    return x
