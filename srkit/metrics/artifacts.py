"""Patterns that a network draws where its picture has none: the checkerboard.

The function takes pictures as they are at srkit's doors (uint8, uint16, or float in
[0, 1]), the metric batches of networks (float in [-1, 1]).
"""

from __future__ import annotations

from math import pi
from typing import Any

import keras
from keras import ops

from srkit.errors import ArgumentError, ImageError
from srkit.types import Tensor

from .figures import figures
from .planes import network_batch
from .running import PictureMean

_LOBE = 2  # the window's main lobe: bins nearer than this hold the pattern itself
_REACH = 4


def checkerboard(image: Any, *, scale: int) -> Any:
    """Energy of the sub-pixel grid against what is around: near 1 where there is none.

    A layer that makes `scale` x `scale` pixels of one can tell them apart, and then
    draws a pattern of that period: energy at the frequencies (j / scale, k / scale)
    in cycles a pixel, not both whole, that no picture has. The score is the mean over
    these `scale**2 - 1` frequencies, of the power there divided by the mean power
    around.

    Each channel, cut to a multiple of `scale`, minus its mean and under a Hann window,
    is Fourier-transformed; power is the squared magnitude, averaged over the channels
    and divided by the energy of the window. 'Around' are the bins 2 to R away along
    the row or along the column of the spectrum, whichever have the higher mean, so that
    edges and textures of the picture do not count. R is 4, or a quarter of the way to
    the next frequency of the grid if that is more, and half the way at most. Power
    around below 1/12, that of rounding to 256 levels, counts as 1/12: a flat picture
    scores 0.

    Real photographs score 0.1 to 3 (mean 1; fewer frequencies scatter more, and 2 has
    three), bicubic enlargements less, a pattern of one level between neighbours 10 to
    1000. Blocks of JPEG lie on the same frequencies at scale 2 and 4: a picture saved
    at low quality scores like a faint pattern.

    Shape:
        ``(H, W, C)`` to a `Score`, or ``(N, H, W, C)`` to ``(N,)``.

    Args:
        image: An array or tensor of uint8, uint16, or float in [0, 1].
        scale: The factor by which it was enlarged, or one sub-pixel layer's.

    Returns:
        One value a picture; a tensor where a tensor came in.

    Raises:
        ImageError: If it is no picture, an array holds NaN or a wrong range, or a side
            is shorter than 4 times `scale`.
        ArgumentError: If `scale` is no whole number from 2.

    Source:
        The artefact: Odena et al., Deconvolution and Checkerboard Artifacts, Distill
        2016, and Aitken et al., Checkerboard artifact free sub-pixel convolution,
        2017. The measure is srkit's own.
    """
    values = _energy(network_batch("image", image), scale)
    return figures(values, image, quantity="checkerboard", protocol=_stamp(scale))


@keras.saving.register_keras_serializable("srkit")
class Checkerboard(PictureMean):
    """Mean checkerboard score of the results seen; see `checkerboard`.

    Shape:
        Batches of two ``(N, H, W, C)`` in [-1, 1], of which the first is not looked at.

    Args:
        scale: The factor by which the pictures were enlarged.
        name: Name of the metric, "checkerboard".
        dtype: As in Keras.
    """

    quantity = "checkerboard"

    def __init__(
        self, *, scale: int, name: str = "checkerboard", dtype: Any = None
    ) -> None:
        super().__init__(protocol=_stamp(scale), name=name, dtype=dtype)
        self.scale = scale

    def measure(self, hr: Tensor, sr: Tensor) -> Tensor:
        """Score of each result."""
        del hr
        return _energy(sr, self.scale)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "scale": self.scale}


def _stamp(scale: int) -> str:
    """What a checkerboard is measured on, in one word."""
    return f"RGB|period{scale}|hann"


def grid_amplitude(images: Tensor, scale: int) -> Tensor:
    """Strength of the pattern that a batch has in common with its grid, in levels.

    The standard deviation of what repeats itself every `scale` pixels, of any phase:
    the energy that the grid's frequencies have above that around them. The size of the
    pictures does not count, as it does for `checkerboard`.

    Shape:
        ``(N, H, W, C)`` in [-1, 1] to a scalar.

    Raises:
        ImageError: As for `checkerboard`.
        ArgumentError: As for `checkerboard`.
    """
    peak, around = _grid_power(images, scale)
    excess = ops.sum(ops.mean(peak - around, axis=0))
    height, width = (side // scale * scale for side in ops.shape(images)[1:3])
    # What repeats adds up to its variance times the window's coherent gain: 2/3 a side.
    gain = 4.0 / 9.0 * ops.cast(height * width, "float32")
    return ops.sqrt(ops.maximum(excess, 0.0) / gain)


def _energy(images: Tensor, scale: int) -> Tensor:
    """The score of each picture of a batch in [-1, 1]."""
    peak, around = _grid_power(images, scale)
    return ops.mean(peak / ops.maximum(around, 1.0 / 12.0), axis=-1)


def _grid_power(images: Tensor, scale: int) -> tuple[Tensor, Tensor]:
    """Power at the frequencies of the grid and around each, ``(N, scale**2 - 1)``."""
    _check_sides(images, scale)
    power, (rows, columns) = _power(images, scale)
    # Axes: picture, grid row, offset from it, grid column, offset from it.
    cells = ops.reshape(power, (-1, scale, rows, scale, columns))
    peak = cells[:, :, rows // 2, :, columns // 2]
    along_columns = _mean(cells[:, :, :, :, columns // 2], _around(rows), axis=2)
    along_rows = _mean(cells[:, :, rows // 2], _around(columns), axis=3)
    both = (peak, ops.maximum(along_columns, along_rows))
    # Without the first, which is the picture's mean.
    peak, around = (ops.reshape(each, (-1, scale**2))[:, 1:] for each in both)
    return peak, around


def _check_sides(image: Tensor, scale: int) -> None:
    if type(scale) is not int or scale < 2:
        raise ArgumentError(
            f"`scale` must be a whole number from 2. Received: {scale!r}"
        )
    sides = tuple(image.shape)[1:3]
    if any(side is not None and side < 4 * scale for side in sides):
        raise ImageError(
            f"Both sides of `image` must be at least {4 * scale} pixels, 4 times "
            f"`scale`. Received: {sides[0]}x{sides[1]}"
        )


def _power(image: Tensor, scale: int) -> tuple[Tensor, tuple[Any, Any]]:
    """Power by frequency, each grid frequency in the middle of its cell; cells' sides.

    Levels are squared, so that 1 is the power of a noise of one level.
    """
    cells = [side // scale for side in ops.shape(image)[1:3]]
    height, width = (cell * scale for cell in cells)
    levels = 127.5 * ops.cast(image[:, :height, :width], "float32")
    levels = ops.transpose(levels, (0, 3, 1, 2))
    levels -= ops.mean(levels, axis=(2, 3), keepdims=True)
    window = _hann(height)[:, None] * _hann(width)
    real, imaginary = ops.fft2((levels * window, ops.zeros_like(levels)))
    power = ops.mean(ops.square(real) + ops.square(imaginary), axis=1)
    power = power / ops.sum(ops.square(window))
    for axis, cell in enumerate(cells, start=1):
        power = ops.roll(power, cell // 2, axis=axis)
    return power, (cells[0], cells[1])


def _hann(length: Any) -> Tensor:
    turns = ops.cast(ops.arange(length), "float32") / ops.cast(length, "float32")
    return 0.5 - 0.5 * ops.cos(2 * pi * turns)


def _around(cell: Any) -> Tensor:
    """1 for the bins of a cell that are compared with its middle, 0 for the rest."""
    distance = ops.abs(ops.arange(cell) - cell // 2)
    reach = ops.minimum(ops.maximum(_REACH, cell // 4), cell // 2)
    return ops.cast((distance >= _LOBE) & (distance <= reach), "float32")


def _mean(power: Tensor, chosen: Tensor, *, axis: int) -> Tensor:
    shape = [-1 if place == axis else 1 for place in range(len(power.shape))]
    return ops.sum(power * ops.reshape(chosen, shape), axis=axis) / ops.sum(chosen)
