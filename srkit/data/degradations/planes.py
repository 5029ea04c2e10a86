"""Pixels as video codecs take them: planes of luma and of halved chroma (4:2:0)."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from srkit.image import rgb_to_ycbcr, ycbcr_to_rgb
from srkit.types import ByteImage, FloatImage


def to_planes(frames: Sequence[ByteImage]) -> list[ByteImage]:
    """RGB to planes of BT.601 in studio swing, chroma halved by the mean of four.

    OpenCV's own conversion would take one pixel of four, which moves the colours.
    """
    height, width = frames[0].shape[:2]
    rest = [(0, height % 2), (0, width % 2), (0, 0)]  # the border, to even sides
    planes = []
    for frame in frames:
        even = np.pad(frame, rest, mode="edge").astype(np.float32)
        ycbcr = rgb_to_ycbcr(even)
        half = (even.shape[1] // 2, even.shape[0] // 2)
        chroma = cv2.resize(ycbcr[..., 1:], half, interpolation=cv2.INTER_AREA)
        parts = (ycbcr[..., 0], chroma[..., 0], chroma[..., 1])
        flat = np.concatenate([part.ravel() for part in parts])
        planes.append(_rounded(flat).reshape(-1, even.shape[1]))
    return planes


def from_planes(planes: ByteImage) -> ByteImage:
    """Planes back to RGB, chroma enlarged bilinearly."""
    height, width = planes.shape[0] * 2 // 3, planes.shape[1]
    chroma = planes[height:].reshape(2, height // 2, width // 2).transpose(1, 2, 0)
    enlarged = cv2.resize(chroma, (width, height), interpolation=cv2.INTER_LINEAR)
    ycbcr = np.dstack([planes[:height], enlarged]).astype(np.float32)
    return _rounded(ycbcr_to_rgb(ycbcr))


def _rounded(values: FloatImage) -> ByteImage:
    return np.clip(values + np.float32(0.5), 0, 255).astype(np.uint8)
