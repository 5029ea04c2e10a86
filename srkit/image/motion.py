"""What moved between two frames of a still camera, and how noisy they are.

Frames are float32 on the scale 0..255.
"""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srkit.types import FloatImage

_SIDE = 5
"""Pixels of the square over which a change is looked at."""
_MEAN, _ENERGY = 5.5, 4.0
"""From how many standard deviations of its mean, or from how many times the noise's
energy on, a square has moved: of a million still ones hardly one does by chance."""
_LEAST, _LEAST_OF_MEAN = 1.0, 0.5
"""Standard deviations in levels that pass for noise always: rounding, a codec."""
_MOST = 1.5
"""Times the noise within one frame by which frames may differ without any motion."""
_HIGH_PASS = np.outer([1, -2, 1], [1, -2, 1]).astype(np.float32) / 6


class Change(NamedTuple):
    """What lies between two frames."""

    moving: NDArray[np.bool_]
    """Whether a pixel moved, ``(H, W)``; it may just have become darker."""
    noise: FloatImage
    """Standard deviation of what is still, ``(C,)``."""


def compare(frame: FloatImage, before: FloatImage) -> Change:
    """Tells motion from noise, pixel by pixel.

    Noise is 1.4826 times the median absolute deviation of the difference, which
    motion in less than half of the picture does not raise; and no more than the noise
    within `frame` explains, so that a camera that pans is no noise. A pixel moved if,
    in any channel, the difference in the 5 x 5 pixels around has a mean or an energy
    that such noise would not have. What is fainter than the noise is not seen: a patch
    of 5 x 5 pixels must stand off by about 1.5 times its standard deviation in a frame.

    Shape:
        Two of ``(H, W, C)``.

    Args:
        frame: One frame, float32 on the scale 0..255.
        before: Another one, or the mean of several.

    Source:
        Noise of one frame: Immerkaer, Fast Noise Variance Estimation, CVIU 1996, with
        the median for the mean.
    """
    difference = frame - before
    mean = _around(difference)
    measured = np.maximum(_spread(difference), _LEAST)
    high: Any = cv2.filter2D(frame, -1, _HIGH_PASS).reshape(frame.shape)
    within = np.maximum(_spread(high), _LEAST)
    noise = np.minimum(measured, _MOST * np.sqrt(np.float32(2)) * within)
    of_mean = np.maximum(_spread(mean) * noise / measured, _LEAST_OF_MEAN)
    off = np.abs(mean) > _MEAN * of_mean
    busy = _around(difference * difference) > _ENERGY * noise * noise
    return Change((off | busy).any(axis=2), noise)


def stillness(moving: NDArray[np.bool_], margin: int) -> FloatImage:
    """1 where all is still, 0 on what moves and `margin` pixels around, between soft.

    Shape:
        ``(H, W)``, kept.
    """
    distance = cv2.distanceTransform((~moving).view(np.uint8), cv2.DIST_L2, 5)
    return np.clip((np.asarray(distance) - margin - 1) / np.float32(margin), 0, 1)


def _around(values: FloatImage) -> FloatImage:
    """Mean of the square around each pixel; at the border, of the outermost square."""
    found: Any = cv2.blur(values, (_SIDE, _SIDE))
    reach = _SIDE // 2
    if min(values.shape[:2]) >= _SIDE:  # mirrored pixels would count twice
        inside = found[reach:-reach, reach:-reach]
        found = cv2.copyMakeBorder(inside, *(reach,) * 4, cv2.BORDER_REPLICATE)
    return found.reshape(values.shape)


def _spread(values: FloatImage) -> FloatImage:
    """Standard deviation of each channel, of all but what moved."""
    # Some 20,000 pixels tell it to 1 %.
    step = max(1, isqrt(values.shape[0] * values.shape[1] // 20_000))
    some = values[::step, ::step]
    deviation = np.abs(some - np.median(some, axis=(0, 1)))
    return np.asarray(1.4826 * np.median(deviation, axis=(0, 1)), np.float32)
