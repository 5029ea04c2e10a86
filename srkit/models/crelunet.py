"""CReLUNet, a network for line art that is small enough for video."""

from __future__ import annotations

from typing import Any

import keras

from srkit.layers import ConcatenatedReLU, conv, repeat, to_picture
from srkit.models.base import SuperResolver, check_options


@keras.saving.register_keras_serializable("srkit")
class CReLUNet(SuperResolver):
    """Convolutions with concatenated ReLU, all of their outputs closed by one.

    Shape:
        ``(N, h, w, channels)`` to ``(N, h * scale, w * scale, channels)``, in [-1, 1].

    Args:
        scale: Upscaling factor: 2 in the paper, 3 or 4.
        filters: Width of the convolutions; each gives twice as many features.
        num_blocks: Number of the convolutions, 7 in the paper.
        channels: Channels of the pictures: 1, for luma, in the paper.
        interpolated: Add the result to the bicubic enlargement. The paper's network
            does without.
        shuffle: Close at LR, by pixel shuffle; if not, by repeating pixels and a
            convolution at HR, as the paper does. Both cost the same once srkit has
            merged the closing layers; shuffling has `scale**2` closing kernels to learn
            for one.
        dtype: Keras's dtype policy, ``"mixed_bfloat16"`` for instance.
        name: Name of the model.

    Raises:
        ArgumentError: If `scale` is not 2, 3 or 4, or a number is not positive.

    Source:
        Real-time video upscaling of line art (S4 of srkit's systems): seven
        convolutions, each with concatenated ReLU, their outputs concatenated, nearest
        neighbours x2, a closing convolution. That the kernels are 3x3 is a reading.
    """

    def __init__(
        self,
        *,
        scale: int = 2,
        filters: int = 8,
        num_blocks: int = 7,
        channels: int = 1,
        interpolated: bool = False,
        shuffle: bool = False,
        dtype: Any = None,
        name: str = "crelunet",
    ) -> None:
        options = {"scale": scale, "filters": filters, "num_blocks": num_blocks}
        check_options(**options, channels=channels)
        x = lr = keras.Input((None, None, channels), dtype="float32", name="lr")
        outputs = []
        for number in range(1, num_blocks + 1):
            block = f"block{number}" if number > 1 else "head"
            x = conv(filters, dtype=dtype, name=block)(x)
            x = ConcatenatedReLU(dtype=dtype, name=f"{block}_crelu")(x)
            outputs.append(x)
        if num_blocks > 1:
            x = keras.layers.Concatenate(dtype=dtype, name="outputs")(outputs)
        if not shuffle:
            x = repeat(scale, dtype=dtype, name="repeat")(x)
        sr = to_picture(
            x, lr, scale=scale, shuffle=shuffle, interpolated=interpolated, dtype=dtype
        )
        super().__init__(
            lr,
            sr,
            name=name,
            radius=num_blocks + 1,
            **options,
            channels=channels,
            interpolated=interpolated,
            shuffle=shuffle,
        )
