"""Text that a camera or recorder writes over its picture: time, name of the camera.

It is electronic: no lens blurs it and no sensor makes it noisy; only the codec
touches it. So it is drawn after lens and sensor and before the codec, and into HR as
well. A network then learns to leave such text alone, sharp as it is; were it in LR
only, the network would learn to wipe it out, and without any it would take letters
for the scene's texture. (The other reading, a mask that spares the text which the
training pictures have already, would need its place in each of them.)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from srkit.data.degradations.base import Degradation
from srkit.data.degradations.settings import Range, number, setting
from srkit.types import ByteImage

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FINE = 4
"""Pixels of the drawing for each pixel of LR."""


@dataclass(frozen=True, kw_only=True)
class OnScreenText(Degradation):
    """A line of white text with a dark rim, burned into LR and HR.

    Args:
        text: What it says; a time and the number of a camera are drawn if empty.
        height: Of a line, in LR pixels.
        left: Place of the text: 0 at the left border, 1 at the right one.
        top: 0 at the upper border, 1 at the lower one.
    """

    kind = "on-screen-text"

    text: str = ""
    height: Range = setting((8, 14), low=4, high=200, show="text")
    left: Range = setting((0.0, 1.0), low=0, high=1)
    top: Range = setting((0.0, 1.0), low=0, high=1)

    def draw(self, rng: np.random.Generator, *, scale: int = 1) -> Degradation:
        """Draws place and size, and what it says."""
        drawn: Any = super().draw(rng, scale=scale)
        return drawn if drawn.text else replace(drawn, text=_stamp(rng))

    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Writes into LR."""
        del rng
        return self.written(image, image.shape[:2])

    def mark(self, hr: ByteImage, *, scale: int) -> ByteImage:
        """Writes the same into HR, in the same place."""
        height, width = hr.shape[:2]
        return self.written(hr, (height // scale, width // scale))

    def written(self, image: ByteImage, lr_size: tuple[int, int]) -> ByteImage:
        """The picture with the text that LR of a height and width has.

        Shape:
            ``(H, W, 3)``, kept: of LR, of HR, or of a size between.
        """
        height, width = image.shape[:2]
        layers = self._layers(*lr_size)
        shrunk = cv2.resize(layers, (width, height), interpolation=cv2.INTER_AREA)
        text, rimmed = np.split(shrunk / np.float32(255), 2, axis=-1)
        mixed = image * (1 - rimmed) + 245 * text + 12 * (rimmed - text)
        return np.clip(mixed + 0.5, 0, 255).astype(np.uint8)

    def _layers(self, height: int, width: int) -> NDArray[np.uint8]:
        """Cover of the text and of text and rim for an LR picture, drawn finely."""
        drawn = _drawn_text(self.text, round(_FINE * number(self.height)))
        canvas = np.zeros((height * _FINE, width * _FINE, 2), dtype=np.uint8)
        # Whole LR pixels, so that LR and HR agree; a line too long is cut off.
        top = int(number(self.top) * (height - drawn.shape[0] // _FINE)) * _FINE
        left = int(number(self.left) * (width - drawn.shape[1] // _FINE)) * _FINE
        part = drawn[max(0, -top) :, max(0, -left) :]
        place = canvas[max(0, top) :, max(0, left) :]
        rows, columns = np.minimum(part.shape[:2], place.shape[:2])
        place[:rows, :columns] = part[:rows, :columns]
        return canvas


@lru_cache(maxsize=64)
def _drawn_text(text: str, height: int) -> NDArray[np.uint8]:
    """The text, and the text with its rim, as two channels."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(height * 0.8)
    rim = max(1, height // 12)
    width = int(font.getlength(text)) + 4 * rim
    layers = []
    for stroke in (0, rim):
        layer = Image.new("L", (width, height))
        ink = ImageDraw.Draw(layer)
        where = (2 * rim, height // 2)
        ink.text(where, text, 255, font, anchor="lm", stroke_width=stroke)
        layers.append(np.asarray(layer))
    return np.stack(layers, axis=-1)


def _stamp(rng: np.random.Generator) -> str:
    """A time, and often the number of the camera, in one of the usual forms."""
    numbers = rng.integers([2004, 1, 1, 0, 0, 0, 1], [2027, 13, 29, 24, 60, 60, 33])
    year, month, day, hour, minute, second, camera = map(int, numbers)
    time = f"{hour:02}:{minute:02}:{second:02}"
    return (
        f"{year}-{month:02}-{day:02} {time}",
        f"{day:02}/{month:02}/{year} {time} CAM {camera:02}",
        f"CH{camera:02} {time}",
        f"Camera {camera}",
    )[int(rng.integers(4))]
