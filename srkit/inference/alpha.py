"""Transparency without fringes.

What lies under fully transparent pixels is arbitrary, mostly black, and a network
that sees it drags it into the visible edge. So the visible colours are bled outward
before the network, and the alpha channel is upscaled as a picture of its own.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from srkit.types import FloatImage


def bleed(color: FloatImage, alpha: FloatImage) -> FloatImage:
    """Fills fully transparent pixels with the visible colours around them.

    Shape:
        ``(H, W, C)`` and ``(H, W, 1)`` to ``(H, W, C)``.

    Args:
        color: Colours, not premultiplied.
        alpha: Opacity; where it is above 0 the colour is kept as it is.

    Source:
        Push-pull interpolation: Gortler et al., The Lumigraph, SIGGRAPH 1996,
        section 4.2.
    """
    visible = (alpha > 0).astype(np.float32)
    if visible.all() or not visible.any():
        return color
    return np.where(visible > 0, color, _spread(color * visible, visible))


def settle(alpha: FloatImage, lr: FloatImage) -> FloatImage:
    """Keeps an upscaled alpha within the range of the LR pixels around each pixel.

    What was wholly opaque or transparent together with its neighbours comes out
    exactly so, without the ripples that a network leaves beside an edge.

    Shape:
        ``(H, W, 1)`` and ``(h, w, 1)`` to ``(H, W, 1)``.

    Args:
        alpha: Opacity as the network upscaled it.
        lr: Opacity before.
    """
    size = (alpha.shape[1], alpha.shape[0])
    around = np.ones((3, 3), np.uint8)
    lowest = _resized(cv2.erode(lr, around), size, cv2.INTER_NEAREST_EXACT)
    highest = _resized(cv2.dilate(lr, around), size, cv2.INTER_NEAREST_EXACT)
    return np.clip(alpha, lowest, highest)


def _spread(weighted: FloatImage, weight: FloatImage) -> FloatImage:
    """Mean colour of the visible pixels near each pixel; the farther, the coarser."""
    height, width = weight.shape[:2]
    mean: Any = weighted / np.maximum(weight, np.float32(1e-12))
    if height == width == 1:
        return mean
    half = ((width + 1) // 2, (height + 1) // 2)
    coarse = _spread(
        _resized(weighted, half, cv2.INTER_AREA),
        _resized(weight, half, cv2.INTER_AREA),
    )
    around = _resized(coarse, (width, height), cv2.INTER_LINEAR)
    return around + weight * (mean - around)


def _resized(image: Any, size: tuple[int, int], interpolation: int) -> FloatImage:
    # OpenCV drops the last axis where it has length 1.
    resized: Any = cv2.resize(image, size, interpolation=interpolation)
    return resized.reshape(size[1], size[0], -1)
