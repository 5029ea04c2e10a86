"""Interpolation kernels, and which input pixels they take for each output pixel.

Source:
    MATLAB R2016a and later, `imresize.m`. Kernels: Keys, Cubic Convolution
    Interpolation for Digital Image Processing, IEEE TASSP 1981 (a = -0.5);
    Lanczos with three lobes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from srkit.errors import ArgumentError
from srkit.types import Float64

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Taps(NamedTuple):
    """Which input pixels make each output pixel along one axis, and their shares."""

    indices: NDArray[np.intp]
    """Input positions, `(length out, taps)`, already mirrored into the picture."""
    weights: Float64
    """Shares, `(length out, taps)`; each row sums to 1."""


@lru_cache(maxsize=256)
def taps(
    length: int,
    out: int,
    scale: float,
    kernel: str = "bicubic",
    *,
    antialias: bool = True,
    shift: float = 0.0,
) -> Taps:
    """Contributions of `length` input pixels to `out` output pixels along one axis.

    Output pixels lie `shift` input pixels farther than MATLAB has them.

    Source:
        `contributions` in MATLAB's `imresize.m`.
    """
    function, width = _kernel(kernel)
    if kernel == "nearest":
        antialias = False
    stretch = scale if antialias and scale < 1 else 1.0
    centres = (np.arange(out) + 0.5) / scale - 0.5 + shift
    count = ceil(width / stretch) + 2
    left = np.floor(centres - width / stretch / 2)
    positions = left[:, None] + np.arange(count)
    weights = stretch * function(stretch * (centres[:, None] - positions))
    weights /= weights.sum(axis=1, keepdims=True)
    used = weights.any(axis=0)
    mirrored = positions[:, used].astype(np.intp) % (2 * length)
    indices = np.minimum(mirrored, 2 * length - 1 - mirrored)
    return Taps(indices, weights[:, used])


def phases(scale: int, kernel: str = "bicubic", shift: float = 0.0) -> Float64:
    """Weights of the neighbours for each sub-pixel of a pixel, far from any border.

    Shape:
        ``(2 * reach + 1, scale)``.

    Args:
        scale: Sub-pixels of a pixel.
        kernel: One of `KERNELS`.
        shift: How much farther than usual they lie, in input pixels.
    """
    length, middle = 65, 32  # long enough that no mirrored border is met
    plan = taps(length, length * scale, float(scale), kernel, shift=shift)
    rows = slice(middle * scale, (middle + 1) * scale)
    offsets, weights = plan.indices[rows] - middle, plan.weights[rows]
    reach = int(np.abs(offsets[weights != 0]).max())
    table = np.zeros((2 * reach + 1, scale))
    for phase in range(scale):
        for offset, weight in zip(offsets[phase], weights[phase], strict=True):
            if weight:
                table[offset + reach, phase] = weight
    return table


def _cubic(x: Float64) -> Float64:
    x = np.abs(x)
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return np.where(x <= 1, near, np.where(x <= 2, far, 0.0))


def lanczos3(x: Float64) -> Float64:
    """Lanczos's kernel of three lobes; 0 from 3 on."""
    return np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0.0)


def _triangle(x: Float64) -> Float64:
    return np.maximum(0.0, 1 - np.abs(x))


def _box(x: Float64) -> Float64:
    return ((x >= -0.5) & (x < 0.5)).astype(np.float64)


_KERNELS: dict[str, tuple[Callable[[Float64], Float64], float]] = {
    "bicubic": (_cubic, 4.0),
    "bilinear": (_triangle, 2.0),
    "box": (_box, 1.0),
    "lanczos3": (lanczos3, 6.0),
    "nearest": (_box, 1.0),
}
KERNELS = tuple(_KERNELS)
"""Names of the kernels that every function with a `kernel` argument accepts."""


def _kernel(name: str) -> tuple[Callable[[Float64], Float64], float]:
    if name not in _KERNELS:
        raise ArgumentError(
            f"`kernel` must be one of {', '.join(KERNELS)}. Received: {name!r}"
        )
    return _KERNELS[name]
