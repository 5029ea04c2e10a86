"""Resizing between the blurs: what phones, websites and players do to pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from srkit.data.degradations.base import Degradation
from srkit.data.degradations.settings import Range, Words, number, setting, words
from srkit.types import ByteImage

_METHODS = {
    "area": cv2.INTER_AREA,
    "bilinear": cv2.INTER_LINEAR,
    "bicubic": cv2.INTER_CUBIC,
}


@dataclass(frozen=True, kw_only=True)
class Resize(Degradation):
    """Resizes as libraries do, bilinear and bicubic without antialiasing.

    Alone it comes back to the size that it was given; in a `Chain` the next step gets
    the new size, and a chain ends with the size it has to give.

    Args:
        factor: Size wanted, as a factor of `relative_to`.
        method: Of "area", "bilinear" and "bicubic"; one of several is drawn.
        relative_to: "start", the picture that a chain was given, or "lr", 1/scale of
            it. Never the last step's size, so that roundings do not add up.

    Source:
        Wang et al., Real-ESRGAN, ICCVW 2021, section 3.2.
    """

    kind = "resize"

    factor: Range = setting((0.3, 1.2), low=0.01, high=8, show="resize {:.2f}")
    method: Words = words(tuple(_METHODS), known=tuple(_METHODS))
    relative_to: str = words("start", known=("start", "lr"))

    def draw(self, rng: np.random.Generator, *, scale: int = 1) -> Degradation:
        """Draws factor and method, and puts the factor in terms of the start."""
        drawn: Any = super().draw(rng, scale=scale)
        if drawn.relative_to == "start":
            return drawn
        return replace(drawn, factor=drawn.factor / scale, relative_to="start")

    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Resizes, and back."""
        del rng
        height, width = image.shape[:2]
        return self.resized(self.resized(image, (height, width)), (height, width), 1.0)

    def resized(
        self, image: ByteImage, start: tuple[int, int], factor: float | None = None
    ) -> ByteImage:
        """Resizes to `factor` times the size `start` (height, width)."""
        wanted = number(self.factor if factor is None else factor)
        height, width = (max(1, round(side * wanted)) for side in start)
        if image.shape[:2] == (height, width):
            return image
        method = _METHODS[str(self.method)]
        resized = cv2.resize(image, (width, height), interpolation=method)
        return np.asarray(resized, dtype=np.uint8)
