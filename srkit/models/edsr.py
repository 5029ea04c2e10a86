"""EDSR, the enhanced deep residual network."""

from __future__ import annotations

from typing import Any

import keras

from srkit.layers import conv, residual_block, to_picture, upsample
from srkit.layers.blocks import upsample_radius
from srkit.models.base import SuperResolver, check_options


@keras.saving.register_keras_serializable("srkit")
class EDSR(SuperResolver):
    """Enhanced deep residual network: no batch normalisation, sub-pixel upscaling.

    Shape:
        ``(N, h, w, channels)`` to ``(N, h * scale, w * scale, channels)``, in [-1, 1].

    Args:
        scale: Upscaling factor: 2, 3 or 4.
        filters: Width of the body. The paper's baseline has 64, its large model 256.
        num_blocks: Residual blocks. Baseline 16, large 32; the CCTV depth study 25
            to 60.
        residual_scale: Factor on each block's branch. Baseline 1, large 0.1.
        channels: Channels of the pictures.
        interpolated: Add the result to the bicubic enlargement, so that the network
            learns only what interpolation misses. The paper's network does without.
        dtype: Keras's dtype policy, ``"mixed_bfloat16"`` for instance.
        name: Name of the model.

    Raises:
        ArgumentError: If `scale` is not 2, 3 or 4, or a number is not positive.

    Source:
        Lim et al., Enhanced Deep Residual Networks for Single Image
        Super-Resolution, CVPRW 2017. https://arxiv.org/abs/1707.02921. The mean
        shift of DIV2K is left out: pictures in [-1, 1] are near centred.
    """

    def __init__(
        self,
        *,
        scale: int = 4,
        filters: int = 64,
        num_blocks: int = 16,
        residual_scale: float = 1.0,
        channels: int = 3,
        interpolated: bool = False,
        dtype: Any = None,
        name: str = "edsr",
    ) -> None:
        options = {"scale": scale, "filters": filters, "num_blocks": num_blocks}
        check_options(**options, channels=channels)
        lr = keras.Input((None, None, channels), dtype="float32", name="lr")
        head = x = conv(filters, dtype=dtype, name="head")(lr)
        for block in range(1, num_blocks + 1):
            x = residual_block(
                x,
                filters=filters,
                scale=residual_scale,
                name=f"block{block}",
                dtype=dtype,
            )
        x = conv(filters, dtype=dtype, name="body")(x)
        x = keras.layers.Add(dtype=dtype, name="body_add")([x, head])
        x = upsample(x, scale=scale, filters=filters, dtype=dtype)
        sr = to_picture(x, lr, scale=scale, interpolated=interpolated, dtype=dtype)
        super().__init__(
            lr,
            sr,
            name=name,
            radius=1 + 2 * num_blocks + 1 + upsample_radius(scale),
            **options,
            residual_scale=residual_scale,
            channels=channels,
            interpolated=interpolated,
        )
