"""ICC profiles: pixels into sRGB for the network, and back for the file.

Networks are trained on sRGB, so RGB pictures of 8 bits are converted when they are read
and converted back, profile and all, when they are saved. Relative colorimetric with
black point compensation, as photo editors do. What stays as it is:

* a profile that moves no colour by more than one level is sRGB under another name:
  the pixels are left alone and the profile is kept;
* gray pictures and 16-bit ones stay in their own space, and keep their profile;
* CMYK becomes sRGB for good: no CMYK file can be written;
* a profile that does not fit the pixels, or that LittleCMS cannot read, is dropped, as
  web browsers do.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageCms

if TYPE_CHECKING:
    from srkit.types import ByteImage

_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION
_SPACES = {"L": b"GRAY", "LA": b"GRAY", "RGB": b"RGB ", "RGBA": b"RGB "}


def into_srgb(
    image: Image.Image, profile: bytes | None
) -> tuple[Image.Image, bytes | None, bool]:
    """Converts an 8-bit image out of its profile into sRGB.

    Args:
        image: PIL image of mode L, LA, RGB, RGBA or CMYK, or a 16-bit gray one.
        profile: its ICC profile.

    Returns:
        The image; the profile that its file is to carry, or None; whether the pixels
        were converted out of that profile.
    """
    if image.mode == "CMYK":
        transform = profile and _transform(profile, "CMYK", "RGB", back=False)
        if transform:
            return _applied(image, transform), None, False
        return image.convert("RGB"), None, False
    profile = fitting_profile(profile, _SPACES.get(image.mode, b"GRAY"))
    if profile is None or image.mode not in ("RGB", "RGBA"):
        return image, profile, False
    transform = _transform(profile, image.mode, image.mode, back=False)
    if transform is None:
        return image, None, False
    if _moves_nothing(profile):
        return image, profile, False
    return _applied(image, transform), profile, True


def out_of_srgb(pixels: ByteImage, profile: bytes) -> ByteImage | None:
    """Converts sRGB pixels back into a profile.

    Shape:
        (H, W, 3) or (H, W, 4), kept.

    Args:
        pixels: sRGB, with or without alpha.
        profile: the ICC profile to go back into.

    Returns:
        The pixels in the profile's space, or None if it cannot be written to.
    """
    mode = "RGB" if pixels.shape[-1] == 3 else "RGBA"
    transform = _transform(profile, mode, mode, back=True)
    if transform is None:
        return None
    return np.array(_applied(Image.fromarray(pixels), transform))


def fitting_profile(profile: bytes | None, space: bytes) -> bytes | None:
    """Returns the profile if its header names the colour space `space`."""
    return profile if profile and profile[16:20] == space else None


@lru_cache(maxsize=16)
def _transform(
    profile: bytes, source: str, target: str, *, back: bool
) -> ImageCms.ImageCmsTransform | None:
    """Builds the transform from a profile to sRGB, or back; None if there is none."""
    srgb = ImageCms.createProfile("sRGB")
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        start, end = (srgb, own) if back else (own, srgb)
        return ImageCms.buildTransform(start, end, source, target, _INTENT, _FLAGS)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _applied(image: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image:
    """Applies a transform; a large image takes no other path than a small one."""
    result = ImageCms.applyTransform(image, transform)
    if result is None:  # only in place
        raise RuntimeError("LittleCMS returned no image.")
    return result


@lru_cache(maxsize=16)
def _moves_nothing(profile: bytes) -> bool:
    """Tells whether a profile is sRGB but for a level, on a cube of 18^3 colours."""
    levels = np.arange(0, 256, 15, dtype=np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, 18, 3)
    transform = _transform(profile, "RGB", "RGB", back=False)
    if transform is None:
        return False
    moved = np.asarray(_applied(Image.fromarray(cube), transform))
    return bool(np.abs(moved.astype(int) - cube).max() <= 1)
