"""The Inception-ResNet generator of the CCTV study."""

from __future__ import annotations

from functools import partial
from typing import Any

import keras

from srkit.errors import ArgumentError
from srkit.layers import add_scaled, conv, to_picture, upsample_step
from srkit.layers.blocks import upscaling_factors
from srkit.models.base import SuperResolver, check_options
from srkit.types import Tensor

# Branches of the blocks A, B and C of Inception-ResNet-v2: for each convolution its
# kernel and its width, in eighths of the trunk's. At 64 wide, A's are the original's
# 32, 48 and 64; B's and C's keep the original's ratios.
_Branch = tuple[tuple[tuple[int, int], int], ...]
_A: tuple[_Branch, ...] = (
    (((1, 1), 4),),
    (((1, 1), 4), ((3, 3), 4)),
    (((1, 1), 4), ((3, 3), 6), ((3, 3), 8)),
)
_B: tuple[_Branch, ...] = (
    (((1, 1), 6),),
    (((1, 1), 4), ((1, 7), 5), ((7, 1), 6)),
)
_C: tuple[_Branch, ...] = (
    (((1, 1), 6),),
    (((1, 1), 6), ((1, 3), 7), ((3, 1), 8)),
)
_KINDS = (_A, _B, _C)


@keras.saving.register_keras_serializable("srkit")
class InceptionResNetSR(SuperResolver):
    """Inception-residual blocks and upscaling blocks in turn, ReLU within, tanh last.

    The text says little; it is read so. The stem is the original's first three
    convolutions at stride 1. Blocks A stand at LR, B after the first upscaling block,
    C after the second, as the original has them around its reductions; each group has
    half the blocks of the one before, for pixels there cost four times as much.
    An upscaling block is a sub-pixel convolution. A block's branches are joined by a
    linear projection, scaled, added to the trunk and put through a ReLU. Three
    convolutions close the network. There is no batch normalisation: the text names
    none, and in generators it tints.

    Shape:
        ``(N, h, w, channels)`` to ``(N, h * scale, w * scale, channels)``, in [-1, 1].

    Args:
        scale: Upscaling factor: 2, 3 or 4; the text has 4.
        filters: Width of the trunk, a multiple of 8.
        num_blocks: Inception-residual blocks before the first upscaling block.
        residual_scale: Factor on each block's branch; Inception-ResNet's authors
            recommend 0.1 to 0.3.
        channels: Channels of the pictures.
        dtype: Keras's dtype policy, ``"mixed_bfloat16"`` for instance.
        name: Name of the model.

    Raises:
        ArgumentError: If `scale` is not 2, 3 or 4, a number is not positive, or
            `filters` is no multiple of 8.

    Source:
        Ramadhan et al., Analysis of SRGAN to Upscaling CCTV Image, section III.B.
        Szegedy et al., Inception-v4, Inception-ResNet and the Impact of Residual
        Connections on Learning, AAAI 2017, figures 16, 17 and 19 and section 3.3.
        https://arxiv.org/abs/1602.07261
    """

    def __init__(
        self,
        *,
        scale: int = 4,
        filters: int = 64,
        num_blocks: int = 8,
        residual_scale: float = 0.2,
        channels: int = 3,
        dtype: Any = None,
        name: str = "inception_resnet_sr",
    ) -> None:
        options = {"scale": scale, "filters": filters, "num_blocks": num_blocks}
        check_options(**options, channels=channels)
        if filters % 8:
            raise ArgumentError(
                f"`filters` must be a multiple of 8. Received: filters={filters}"
            )
        lr = keras.Input((None, None, channels), dtype="float32", name="lr")
        active = partial(conv, activation="relu", dtype=dtype)
        block = partial(_inception_block, scale=residual_scale, dtype=dtype)
        grow = partial(upsample_step, filters=filters, activation=keras.layers.ReLU)
        x = active(filters // 2, name="head")(lr)
        x = active(filters // 2, name="stem2")(x)
        x = active(filters, name="stem3")(x)
        for number in range(1, num_blocks + 1):
            x = block(x, kind=0, name=f"block{number}")
        for step, factor in enumerate(upscaling_factors(scale), start=1):
            x = grow(x, factor=factor, name=f"upsample{step}", dtype=dtype)
            for number in range(1, _count(num_blocks, step) + 1):
                x = block(x, kind=step, name=f"upsample{step}_block{number}")
        x = active(filters, name="rebuild1")(x)
        x = active(filters // 2, name="rebuild2")(x)
        super().__init__(
            lr,
            to_picture(x, lr, scale=scale, activation="tanh"),
            name=name,
            radius=_radius(scale, num_blocks),
            **options,
            residual_scale=residual_scale,
            channels=channels,
        )


def _inception_block(
    x: Tensor, *, kind: int, scale: float, name: str, dtype: Any
) -> Tensor:
    """Branches side by side, joined by a linear projection, scaled and added."""
    width = x.shape[-1]
    ends = []
    for branch, convolutions in enumerate(_KINDS[kind], start=1):
        end = x
        for number, (size, eighths) in enumerate(convolutions, start=1):
            end = conv(
                width * eighths // 8,
                size,
                activation="relu",
                dtype=dtype,
                name=f"{name}_branch{branch}_conv{number}",
            )(end)
        ends.append(end)
    joined = keras.layers.Concatenate(dtype=dtype, name=f"{name}_join")(ends)
    projected = conv(width, 1, dtype=dtype, name=f"{name}_project")(joined)
    x = add_scaled(x, projected, scale=scale, name=name, dtype=dtype)
    return keras.layers.ReLU(dtype=dtype, name=f"{name}_relu")(x)


def _count(num_blocks: int, step: int) -> int:
    """Blocks after that many upscaling blocks: half as many each time, but one."""
    return max(1, num_blocks >> step)


def _radius(scale: int, num_blocks: int) -> int:
    factors = upscaling_factors(scale)
    radius = 3  # of the three convolutions that close the network
    for step in range(len(factors), 0, -1):
        radius += _count(num_blocks, step) * _reach(_KINDS[step])
        radius = -(-radius // factors[step - 1]) + 1
    return radius + num_blocks * _reach(_A) + 3


def _reach(kind: tuple[_Branch, ...]) -> int:
    """Pixels on each side that a block's longest branch can see, along one axis."""
    return max(
        sum(size[axis] // 2 for size, _ in branch) for branch in kind for axis in (0, 1)
    )
