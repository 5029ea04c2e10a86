"""Motion between two moments: a moved picture, and two moments woven into one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from srkit.data.degradations.base import Degradation
from srkit.data.degradations.settings import Range, number, setting
from srkit.types import ByteImage


@dataclass(frozen=True, kw_only=True)
class Interlacing(Degradation):
    """Lines of two moments in turn: what moved between them has combs at its edges.

    The even lines are those of the picture, the odd ones show it a moment later.

    Args:
        shift: Way of the picture between the two moments, in pixels.
        angle: Its direction in degrees.
    """

    kind = "interlacing"

    shift: Range = setting((0.5, 4.0), low=0, high=64, show="interlaced {:.1f}")
    angle: Range = setting((-20.0, 20.0), low=-360, high=360)

    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Weaves the picture with itself, moved."""
        del rng
        later = moved(image, number(self.shift), angle=number(self.angle))
        return weave(image, later)


def weave(first: ByteImage, second: ByteImage) -> ByteImage:
    """One interlaced frame of two moments: even lines of the first, odd of the second.

    Shape:
        Two of ``(H, W, 3)`` to the same.
    """
    woven = first.copy()
    woven[1::2] = second[1::2]
    return woven


def moved(image: ByteImage, way: float, *, angle: float) -> ByteImage:
    """The picture moved by a way in pixels; its border is mirrored.

    Shape:
        ``(H, W, 3)``, kept.

    Args:
        image: The picture.
        way: How far, in pixels and parts of them.
        angle: Where to, in degrees: 0 to the right, 90 down.
    """
    if way == 0:
        return image
    right, down = way * np.cos(np.deg2rad(angle)), way * np.sin(np.deg2rad(angle))
    shift = np.array([[1, 0, right], [0, 1, down]], dtype=np.float32)
    size = (image.shape[1], image.shape[0])
    found = cv2.warpAffine(image, shift, size, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(found, dtype=np.uint8)
