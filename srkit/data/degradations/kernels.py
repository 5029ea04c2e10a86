"""Blur kernels as arrays: odd squares that sum to 1, centred on a pixel.

Angles are in degrees, counted from the rows towards the lines below.

Source:
    Wang et al., Real-ESRGAN, ICCVW 2021, section 3.2 and its equation 4 (sinc);
    Liu et al., Estimating Generalized Gaussian Blur Kernels, IEEE TIP 2020 (the
    generalised and the plateau-shaped ones).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Kernel = NDArray[np.float64]


def elliptic_kernel(
    size: int,
    sigma: float,
    *,
    across: float | None = None,
    angle: float = 0.0,
    exponent: float = 1.0,
    plateau: bool = False,
) -> Kernel:
    """A generalised Gaussian, or a plateau: equal along ellipses about the middle.

    Args:
        size: Side, odd.
        sigma: Standard deviation of the Gaussian in pixels along `angle`.
        across: The one at right angles to it; the same if None.
        angle: Direction in degrees.
        exponent: Of the squared distance: 1 for the Gaussian; below 1 it has tails,
            above 1 it is flatter.
        plateau: Flat in the middle, the more so the greater the `exponent`.
    """
    x, y = _offsets(size)
    cosine, sine = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    along, aside = cosine * x + sine * y, cosine * y - sine * x
    distance = (along / sigma) ** 2 + (aside / (across or sigma)) ** 2
    form = distance**exponent
    return _normalised(1 / (form + 1) if plateau else np.exp(-0.5 * form))


def sinc_kernel(size: int, cutoff: float) -> Kernel:
    """The ideal circular low-pass, cut to `size`: it rings, as sharpening does.

    Args:
        size: Side, odd.
        cutoff: Highest frequency kept, in radians a pixel, up to pi.
    """
    x, y = _offsets(size)
    radius = np.hypot(x, y)
    middle = radius == 0
    radius[middle] = 1
    kernel = cutoff * _bessel_j1(cutoff * radius) / (2 * np.pi * radius)
    kernel[middle] = cutoff**2 / (4 * np.pi)
    return _normalised(kernel)


def motion_kernel(length: float, *, angle: float = 0.0) -> Kernel:
    """Even motion along a straight line, in as small a square as holds it.

    Args:
        length: Way in pixels while the shutter is open.
        angle: Its direction in degrees.
    """
    half = int(np.ceil(length / 2)) + 1
    kernel = np.zeros((2 * half + 1, 2 * half + 1))
    way = (np.arange(64) + 0.5) / 64 - 0.5
    x = half + length * way * np.cos(np.deg2rad(angle))
    y = half + length * way * np.sin(np.deg2rad(angle))
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    for row, part in ((top, 1 - (y - top)), (top + 1, y - top)):
        np.add.at(kernel, (row, left), part * (1 - (x - left)))
        np.add.at(kernel, (row, left + 1), part * (x - left))
    return _normalised(kernel)


def _offsets(size: int) -> tuple[Kernel, Kernel]:
    line = np.arange(size) - (size - 1) / 2
    x, y = np.meshgrid(line, line)
    return x, y


def _bessel_j1(x: Kernel) -> Kernel:
    """Bessel's function of the first kind and first order, by its integral.

    The midpoint rule is exact to rounding for periodic integrands such as this one,
    as long as the points are well above half the largest argument.
    """
    points = 64 + int(x.max())
    angles = (np.arange(points) + 0.5) * np.pi / points
    return np.cos(angles - x[..., None] * np.sin(angles)).mean(axis=-1)


def _normalised(kernel: Kernel) -> Kernel:
    return kernel / kernel.sum()
