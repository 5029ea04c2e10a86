"""Real-ESRGAN's discriminator, which judges every pixel."""

from __future__ import annotations

from functools import partial
from typing import Any

import keras

from srkit.layers import CropLike, SpectralConv2D, conv, repeat
from srkit.models.base import check_counts
from srkit.models.discriminators import Discriminator
from srkit.types import Tensor

_LeakyReLU = partial(keras.layers.LeakyReLU, 0.2)


@keras.saving.register_keras_serializable("srkit")
class UNetDiscriminator(Discriminator):
    """A U-Net with spectral normalisation that judges every pixel: any size.

    Shape:
        ``(N, height, width, channels)`` in [-1, 1] to logits
        ``(N, height, width, 1)``.

    Args:
        filters: Width at full size, doubled at each of three halvings: 64 to 512.
        channels: Channels of the pictures.
        dtype: Keras's dtype policy, ``"mixed_bfloat16"`` for instance.
        name: Name of the model.

    Raises:
        ArgumentError: If a number is not positive.

    Source:
        Wang et al., Real-ESRGAN: Training Real-World Blind Super-Resolution with
        Pure Synthetic Data, ICCVW 2021, section 3.4.
        https://arxiv.org/abs/2107.10833. Sides that eight does not divide, which the
        original cannot take, are rounded up on the way down and cut on the way up.
    """

    def __init__(
        self,
        *,
        filters: int = 64,
        channels: int = 3,
        dtype: Any = None,
        name: str = "unet_discriminator",
    ) -> None:
        check_counts(filters=filters, channels=channels)

        def active(x: Tensor, name: str, width: int, *args: int) -> Tensor:
            x = SpectralConv2D(width, *args, dtype=dtype, name=name)(x)
            return _LeakyReLU(dtype=dtype, name=f"{name}_activation")(x)

        images = keras.Input((None, None, channels), dtype="float32", name="images")
        x = conv(filters, dtype=dtype, name="head")(images)
        x = _LeakyReLU(dtype=dtype, name="head_activation")(x)
        levels = [x]
        for step in (1, 2, 3):
            x = active(x, f"down{step}", filters * 2**step, 4, 2)
            levels.append(x)
        for step in (3, 2, 1):
            level = levels[step - 1]
            grow = repeat(
                2, interpolation="bilinear", dtype=dtype, name=f"up{step}_grow"
            )
            x = CropLike(dtype=dtype, name=f"up{step}_crop")([grow(x), level])
            x = active(x, f"up{step}", filters * 2 ** (step - 1))
            x = keras.layers.Add(dtype=dtype, name=f"up{step}_add")([x, level])
        x = active(x, "judge1", filters)
        x = active(x, "judge2", filters)
        x = conv(1, dtype="float32", name="logits")(x)
        super().__init__(images, x, name=name, filters=filters, channels=channels)
