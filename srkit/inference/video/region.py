"""A part of the picture: only that and what the network looks at is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from srkit.errors import ArgumentError


@dataclass(frozen=True)
class Region:
    """A rectangle in pixels of the source.

    Args:
        x: Left edge.
        y: Upper edge.
        width: Width.
        height: Height.
    """

    x: int
    y: int
    width: int
    height: int

    def check(self, height: int, width: int) -> None:
        """Makes sure that it lies within pictures of a size.

        Raises:
            ArgumentError: If it does not.
        """
        inside = 0 <= self.x < self.x + self.width <= width
        if not (inside and 0 <= self.y < self.y + self.height <= height):
            raise ArgumentError(
                f"`roi` must be x, y, width, height within {width}x{height}. "
                f"Received: {self.x},{self.y},{self.width},{self.height}"
            )

    def enlarge(self, upscaler: Any, pixels: Any, halo: int | None) -> Any:
        """What `upscaler` makes of this part of a picture, as of the whole.

        Shape:
            ``(H, W, C)`` to ``(height * scale, width * scale, C)``.

        Args:
            upscaler: What enlarges, by a whole factor.
            pixels: The whole picture.
            halo: How far the network sees, in pixels; None if everywhere.
        """
        far = max(pixels.shape[:2]) if halo is None else halo
        top, left = max(0, self.y - far), max(0, self.x - far)
        piece = pixels[top : self.y + self.height + far, left:][
            :, : self.x + self.width + far - left
        ]
        larger = upscaler.enlarge(piece)
        scale = larger.shape[0] // piece.shape[0]
        y, x = (self.y - top) * scale, (self.x - left) * scale
        return larger[y : y + self.height * scale, x : x + self.width * scale]

    def cut(self, pixels: Any) -> Any:
        """This part of a picture."""
        return pixels[self.y : self.y + self.height, self.x : self.x + self.width]
