"""Blocks that several networks are made of: functions from a tensor to a tensor."""

from __future__ import annotations

from typing import Any

import keras

from srkit.layers.closing import Conv2D as BlockConv2D
from srkit.layers.upsampling import ICNR, Interpolate, PixelShuffle
from srkit.types import Tensor


def conv(
    filters: int, size: int | tuple[int, int] = 3, **kwargs: Any
) -> keras.layers.Conv2D:
    """A convolution that keeps height and width, as every network here uses it."""
    # Said here, because `keras.json` may prefer the channels first.
    layout = {"padding": "same", "data_format": "channels_last"}
    return keras.layers.Conv2D(filters, size, **layout, **kwargs)


def repeat(factor: int, **kwargs: Any) -> keras.layers.UpSampling2D:
    """Repeats pixels, or interpolates if told so: growth without weights."""
    return keras.layers.UpSampling2D(factor, data_format="channels_last", **kwargs)


def residual_block(
    x: Tensor, *, filters: int, scale: float = 1.0, name: str, dtype: Any = None
) -> Tensor:
    """EDSR's residual block: convolution, ReLU, convolution, scaled, added.

    Shape:
        ``(N, h, w, filters)`` to the same.

    Args:
        x: Features.
        filters: Their number.
        scale: Factor on the branch before it is added.
        name: Prefix of the layers' names.
        dtype: Keras's dtype policy of the layers.

    Source:
        Lim et al., Enhanced Deep Residual Networks for Single Image
        Super-Resolution, CVPRW 2017, figure 2c and section 3.3.
    """
    branch = conv(filters, activation="relu", dtype=dtype, name=f"{name}_conv1")(x)
    branch = conv(filters, dtype=dtype, name=f"{name}_conv2")(branch)
    return add_scaled(x, branch, scale=scale, name=name, dtype=dtype)


def add_scaled(
    x: Tensor, branch: Tensor, *, scale: float, name: str, dtype: Any = None
) -> Tensor:
    """Adds a residual branch to its trunk, scaled first unless `scale` is 1.

    Shape:
        Any, twice the same, to the same.

    Args:
        x: The trunk.
        branch: What is added to it.
        scale: Factor on the branch.
        name: Prefix of the layers' names.
        dtype: Keras's dtype policy of the layers.
    """
    if scale != 1.0:
        rescaling = keras.layers.Rescaling(scale, dtype=dtype, name=f"{name}_scale")
        branch = rescaling(branch)
    return keras.layers.Add(dtype=dtype, name=f"{name}_add")([x, branch])


def upsample(
    x: Tensor,
    *,
    scale: int,
    filters: int,
    activation: Any = None,
    shuffle: bool = True,
    dtype: Any = None,
) -> Tensor:
    """Upscaling by 2, 3 or 4 (twice 2): `upsample_step` for each factor.

    Shape:
        ``(N, h, w, C)`` to ``(N, h * scale, w * scale, filters)``.

    Args:
        x: Features.
        scale: Factor by which height and width grow.
        filters: Features afterwards.
        activation: Function that returns a new layer, applied after each step.
        shuffle: Grow by pixel shuffle; if not, by repeating pixels.
        dtype: Keras's dtype policy of the layers.

    Source:
        Lim et al., CVPRW 2017, figure 3; Shi et al., CVPR 2016.
    """
    for step, factor in enumerate(upscaling_factors(scale), start=1):
        x = upsample_step(
            x,
            factor=factor,
            filters=filters,
            activation=activation,
            shuffle=shuffle,
            name=f"upsample{step}",
            dtype=dtype,
        )
    return x


def upsample_step(
    x: Tensor,
    *,
    factor: int,
    filters: int,
    name: str,
    activation: Any = None,
    shuffle: bool = True,
    dtype: Any = None,
) -> Tensor:
    """A convolution, then growth by one factor: a pixel shuffle started by `ICNR`.

    Shape:
        ``(N, h, w, C)`` to ``(N, h * factor, w * factor, filters)``.

    Args:
        x: Features.
        factor: Factor by which height and width grow.
        filters: Features afterwards.
        name: Prefix of the layers' names.
        activation: Function that returns a new layer, applied at the end.
        shuffle: Grow by pixel shuffle; if not, by repeating pixels, for a quarter of
            the weights (at 2) and no checkerboard of its own.
        dtype: Keras's dtype policy of the layers.
    """
    if shuffle:
        x = conv(
            filters * factor**2,
            kernel_initializer=ICNR(factor),
            dtype=dtype,
            name=f"{name}_conv",
        )(x)
        x = PixelShuffle(factor, dtype=dtype, name=f"{name}_shuffle")(x)
    else:
        x = conv(filters, dtype=dtype, name=f"{name}_conv")(x)
        x = repeat(factor, dtype=dtype, name=f"{name}_repeat")(x)
    if activation is not None:
        x = activation(dtype=dtype, name=f"{name}_activation")(x)
    return x


def to_picture(
    x: Tensor,
    lr: Tensor,
    *,
    scale: int,
    size: int = 3,
    activation: str | None = None,
    shuffle: bool = False,
    interpolated: bool = False,
    dtype: Any = None,
) -> Tensor:
    """The convolution that closes a network; float32, whatever the policy.

    Shape:
        ``(N, h * scale, w * scale, C)`` and LR ``(N, h, w, channels)`` to
        ``(N, h * scale, w * scale, channels)``.

    Args:
        x: Features at HR size; at LR size with `shuffle`.
        lr: What the network was given.
        scale: Factor between the two.
        size: Side of the kernel.
        activation: Of the convolution.
        shuffle: Convolve at LR, a kernel for each sub-pixel, then shuffle them.
        interpolated: Add the result to the bicubic enlargement of `lr`.
        dtype: Keras's dtype policy of the layers before.
    """
    # Whole pictures need more than bfloat16's 8 bits; a small residual does not.
    closing = dtype if interpolated else "float32"
    options = {"activation": activation, "dtype": closing, "name": "tail"}
    channels = lr.shape[-1]
    if shuffle:
        options["kernel_initializer"] = ICNR(scale)
        x = conv(channels * scale**2, size, **options)(x)
        x = PixelShuffle(scale, dtype=closing, name="tail_shuffle")(x)
    else:
        # On blocks of two by two where they fit: half the time of a 9x9's training.
        layer = BlockConv2D if size % 4 == 1 and scale % 2 == 0 else conv
        x = layer(channels, size, **options)(x)
    if not interpolated:
        return x
    enlarged = Interpolate(scale, name="interpolated")(lr)
    return keras.layers.Add(dtype="float32", name="sr")([x, enlarged])


def upscaling_factors(scale: int) -> tuple[int, ...]:
    """Factors of the sub-pixel layers one after the other: 4 is twice 2."""
    return (2, 2) if scale == 4 else (scale,)


def upsample_radius(scale: int, *, closing: int = 3) -> int:
    """LR pixels on each side that `upsample` and a closing convolution can see.

    Args:
        scale: Factor of the upscaling.
        closing: Side of the kernel that closes the network at HR.
    """
    radius = closing // 2
    for factor in reversed(upscaling_factors(scale)):
        radius = -(-radius // factor) + 1  # rounded up to whole pixels, then a 3x3
    return radius
