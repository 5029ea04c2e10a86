"""PIL images of every mode to pictures and back."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.errors import ImageError
from srkit.image.files import Picture

if TYPE_CHECKING:
    from PIL import Image

    from srkit.types import AnyImage

# Modes that pictures do not have, and that PIL converts to and from.
_RETURNED = ("HSV", "I", "La", "RGBX", "RGBa", "YCbCr")


def is_image(source: Any) -> bool:
    """Whether `source` is a PIL image; loads no PIL to find out."""
    module: Any = sys.modules.get("PIL.Image")
    return module is not None and isinstance(source, module.Image)


def take_apart(
    image: Image.Image,
) -> tuple[AnyImage, Callable[[AnyImage], Image.Image]]:
    """Turns a PIL image into an array, and gives the way back.

    Returns:
        Pixels ``(H, W, C)``, and a function that makes an image of the same mode of
        larger ones. What larger pixels do not fit becomes the next that they do: "1"
        becomes "L", a palette RGB or RGBA, CMYK RGB. As from a file, pixels are
        turned upright and, out of another profile, into sRGB.

    Raises:
        ImageError: If the mode holds no picture that networks can see.
    """
    if 0 in image.size:
        raise ImageError(
            f"`source` must have at least one pixel. Received: size={image.size}"
        )
    picture = Picture.from_pil(_of_known_mode(image))

    def put_together(pixels: Any) -> Image.Image:
        made = replace(picture, pixels=pixels).to_pil()
        return made.convert(image.mode) if image.mode in _RETURNED else made

    return picture.pixels, put_together


def _of_known_mode(image: Image.Image) -> Image.Image:
    if image.mode == "HSV":
        return image.convert("RGB")
    if image.mode != "I":
        return image
    levels = np.asarray(image)
    low, high = levels.min(), levels.max()
    if low < 0 or high > 65535:
        raise ImageError(
            "A PIL image of mode 'I' must hold 16-bit levels, 0..65535. "
            f"Received: {low}..{high}"
        )
    return image.convert("I;16")
