"""RRDBNet, the generator of ESRGAN."""

from __future__ import annotations

from functools import partial
from typing import Any

import keras

from srkit.layers import add_scaled, conv, repeat, to_picture
from srkit.layers.blocks import upscaling_factors
from srkit.models.base import SuperResolver, check_options
from srkit.types import Tensor

_DENSE_CONVS, _DENSE_BLOCKS = 5, 3


@keras.saving.register_keras_serializable("srkit")
class RRDBNet(SuperResolver):
    """Residual-in-residual dense blocks: no batch normalisation, LeakyReLU 0.2.

    Upscaling repeats pixels and convolves, which leaves no checkerboard. Each block
    sees 15 pixels farther, so tiles of a deep one need wide margins: 349 LR pixels
    for 23 blocks at x4.

    Shape:
        ``(N, h, w, channels)`` to ``(N, h * scale, w * scale, channels)``, in [-1, 1].

    Args:
        scale: Upscaling factor: 2, 3 or 4.
        filters: Width of the trunk.
        num_blocks: Blocks of three dense blocks each. The paper's network has 23,
            Real-ESRGAN's for animation 6.
        growth: Features that each convolution adds within a dense block.
        residual_scale: Factor on the branch of each block, dense or not.
        channels: Channels of the pictures.
        dtype: Keras's dtype policy, ``"mixed_bfloat16"`` for instance.
        name: Name of the model.

    Raises:
        ArgumentError: If `scale` is not 2, 3 or 4, or a number is not positive.

    Source:
        Wang et al., ESRGAN: Enhanced Super-Resolution Generative Adversarial
        Networks, ECCVW 2018, figures 3 and 4. https://arxiv.org/abs/1809.00219.
        x2 and x3 upscale once, by 2 or 3; Real-ESRGAN's x2 folds the LR picture to
        half its size instead, which ties the result to where a tile begins.
    """

    def __init__(
        self,
        *,
        scale: int = 4,
        filters: int = 64,
        num_blocks: int = 23,
        growth: int = 32,
        residual_scale: float = 0.2,
        channels: int = 3,
        dtype: Any = None,
        name: str = "rrdbnet",
    ) -> None:
        options = {"scale": scale, "filters": filters, "num_blocks": num_blocks}
        check_options(**options, growth=growth, channels=channels)
        dense_block = partial(
            _dense_block, growth=growth, scale=residual_scale, dtype=dtype
        )
        active = partial(conv, filters, activation="leaky_relu", dtype=dtype)

        lr = keras.Input((None, None, channels), dtype="float32", name="lr")
        head = x = conv(filters, dtype=dtype, name="head")(lr)
        for number in range(1, num_blocks + 1):
            block, start = f"block{number}", x
            for dense in range(1, _DENSE_BLOCKS + 1):
                x = dense_block(x, name=f"{block}_dense{dense}")
            x = add_scaled(start, x, scale=residual_scale, name=block, dtype=dtype)
        x = conv(filters, dtype=dtype, name="body")(x)
        x = keras.layers.Add(dtype=dtype, name="body_add")([x, head])
        for step, factor in enumerate(upscaling_factors(scale), start=1):
            x = repeat(factor, dtype=dtype, name=f"upsample{step}_repeat")(x)
            x = active(name=f"upsample{step}_conv")(x)
        x = active(name="hr")(x)
        super().__init__(
            lr,
            to_picture(x, lr, scale=scale),
            name=name,
            radius=_radius(scale, num_blocks),
            **options,
            growth=growth,
            residual_scale=residual_scale,
            channels=channels,
        )


def _dense_block(
    x: Tensor, *, growth: int, scale: float, name: str, dtype: Any
) -> Tensor:
    """Convolutions that each see the trunk and all before them; the last is added."""
    seen = x
    for number in range(1, _DENSE_CONVS):
        grow = _small_conv(
            growth, activation="leaky_relu", dtype=dtype, name=f"{name}_conv{number}"
        )
        join = keras.layers.Concatenate(dtype=dtype, name=f"{name}_join{number}")
        seen = join([seen, grow(seen)])
    close = _small_conv(x.shape[-1], dtype=dtype, name=f"{name}_conv{_DENSE_CONVS}")
    return add_scaled(x, close(seen), scale=scale, name=name, dtype=dtype)


def _small_conv(filters: int, **kwargs: Any) -> keras.layers.Conv2D:
    """Starts at a tenth of He's kernels: so deep, each block must start as nothing."""
    # One for each layer: a Keras initializer draws the same numbers again and again.
    initializer = keras.initializers.VarianceScaling(
        2 * 0.1**2, mode="fan_in", distribution="untruncated_normal"
    )
    return conv(filters, kernel_initializer=initializer, **kwargs)


def _radius(scale: int, num_blocks: int) -> int:
    radius = 2  # of the two convolutions that close the network
    for factor in reversed(upscaling_factors(scale)):
        radius = -(-(radius + 1) // factor)  # a 3x3, then rounded up to whole pixels
    return 1 + _DENSE_BLOCKS * _DENSE_CONVS * num_blocks + 1 + radius
