"""The bytes of a file to a picture: upright, in sRGB, nothing lost on the way.

Pillow decodes whatever it can hold, because its errors are exact and it writes nothing
to the terminal; OpenCV decodes what Pillow would cut to 8 bits: colour of 16 bits.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import (
    BmpImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from srkit.errors import UnreadableImageError

from .metadata import read_metadata, turn_upright
from .picture import Picture
from .profiles import fitting_profile, into_srgb

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from PIL import Image

MAX_PIXELS = 250_000_000

# By content, never by suffix. The plugins are called directly, because `Image.open`
# refuses large pictures by a global setting; MPO (phones) is read as its first JPEG.
_OPENERS: dict[bytes, Callable[[io.BytesIO], Image.Image]] = {
    rb"\x89PNG\r\n\x1a\n": PngImagePlugin.PngImageFile,
    rb"\xff\xd8\xff": JpegImagePlugin.JpegImageFile,
    rb"RIFF....WEBP": WebPImagePlugin.WebPImageFile,
    rb"II[*+]\0|MM\0[*+]": TiffImagePlugin.TiffImageFile,
    rb"BM": BmpImagePlugin.BmpImageFile,
}

# What else may carry a picture's name, and what to do about it.
_IMPOSTORS = {
    rb"\0*\Z": "holds nothing but zeros: copy or download it again",
    rb"version https://git-lfs": "is a Git LFS pointer: run `git lfs pull`",
    rb"(?i)(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body)": "is a web page, not a "
    "picture: the link led elsewhere; download the picture itself",
    rb"(?i)\s*(<\?xml.*)?<svg": "is an SVG drawing: export it as PNG",
    rb"GIF8": "is a GIF: convert it to PNG",
    rb"....ftyp(avi[fs]|hei[cfsx]|he[iv]c|mif1|msf1)": "is a HEIC or AVIF picture: "
    "convert it to PNG",
    rb"....ftyp|\x1aE\xdf\xa3|RIFF....AVI": "is a video: extract a frame as PNG",
    rb"%PDF": "is a PDF: export its page as PNG",
    rb"8BPS": "is a Photoshop document: export it as PNG",
    rb"[\t\n\r\x20-\x7e]{1,200}\Z": "holds text, not a picture",
}

_MODES = {
    "1": "L",
    "L": "L",
    "LA": "LA",
    "La": "LA",
    "P": "RGB",
    "PA": "RGBA",
    "RGB": "RGB",
    "RGBA": "RGBA",
    "RGBa": "RGBA",
    "RGBX": "RGB",
    "YCbCr": "RGB",
}


def decode_picture(
    data: bytes, *, name: str = "bytes", max_pixels: int = MAX_PIXELS
) -> Picture:
    """Decodes a picture file: PNG, JPEG, WebP, TIFF or BMP, whatever it is named.

    1-bit becomes 8-bit gray, a palette RGB or RGBA, CMYK RGB. Files with several
    pictures in them are refused rather than cut to the first.

    Args:
        data: the whole file.
        name: what to call it in errors.
        max_pixels: larger pictures are refused before anything is decoded.

    Returns:
        The picture: upright, in sRGB, 8 or 16 bits, as many channels as the file has.

    Raises:
        UnreadableImageError: if that fails; it says why, and what to do.
    """
    try:
        image = _opened(data, name)
        _check_size(image, name, max_pixels)
        image.load()
        deep = _sixteen_bits(image, data)
        return _assembled(image, name, deep)
    except (UnreadableImageError, MemoryError):
        raise
    except Exception as error:  # Pillow's plugins raise a dozen kinds
        reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise UnreadableImageError(
            f"`{name}` is damaged or cut short ({reason}): copy or download it again. "
            f"Received: {len(data)} bytes."
        ) from error


def picture_from_pil(image: Image.Image, *, name: str = "image") -> Picture:
    """Takes over a PIL image as if it had been read from a file.

    Raises:
        UnreadableImageError: if its mode has no counterpart here (LAB, 32 bits).
    """
    image.load()
    return _assembled(image, name)


def _opened(data: bytes, name: str) -> Image.Image:
    """Reads the header of a file, or says what the file is instead of a picture."""
    for magic, opener in _OPENERS.items():
        if re.match(magic, data, re.DOTALL):
            return opener(io.BytesIO(data))
    if not data:
        reason = "is empty (0 bytes): copy or download it again"
    else:
        start = data[:200]
        reason = next(
            (what for magic, what in _IMPOSTORS.items() if re.match(magic, start, 16)),
            "is no picture that srkit reads (PNG, JPEG, WebP, TIFF, BMP)",
        )
    raise UnreadableImageError(f"`{name}` {reason}. Received: {len(data)} bytes.")


def _check_size(image: Image.Image, name: str, max_pixels: int) -> None:
    """Refuses what is too large to decode, and what holds more than one picture."""
    width, height = image.size
    if width * height > max_pixels:
        raise UnreadableImageError(
            f"`{name}` is too large, or made to exhaust the memory: {width}x{height} "
            f"is more than {max_pixels:,} pixels. If you trust it, raise `max_pixels`."
        )
    frames = 1 if image.format == "JPEG" else getattr(image, "n_frames", 1)
    if frames != 1:
        raise UnreadableImageError(
            f"`{name}` holds {frames} pictures (an animation, or pages): srkit reads "
            "single ones. Save the one that you want as PNG."
        )


def _sixteen_bits(image: Image.Image, data: bytes) -> NDArray[np.uint16] | None:
    """Decodes 16-bit colour or alpha, which Pillow cuts to 8 bits, with OpenCV."""
    if image.format == "PNG":
        bits, color = data[24], data[25]
        if bits < 16 or color == 0:
            return None
        bands = {2: 3, 4: 2, 6: 4}[color] + ("transparency" in image.info)
    elif isinstance(image, TiffImagePlugin.TiffImageFile):
        bits = _tiff_bits(image)
        if bits < 16 or image.mode not in ("RGB", "RGBA"):
            return None
        bands = len(image.getbands())
    else:
        return None
    import cv2

    stored = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if stored is None or stored.dtype != np.uint16 or stored.ndim != 3:
        raise ValueError("its 16-bit pixels cannot be decoded")
    order = {2: [0, 3], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[bands]
    pixels: NDArray[np.uint16] = stored[..., order].astype(np.uint16, copy=False)
    premultiplied = getattr(image, "tag_v2", {}).get(338) == (1,) and bands == 4
    return _not_premultiplied(pixels) if premultiplied else pixels


def _tiff_bits(image: TiffImagePlugin.TiffImageFile) -> int:
    """Returns the bits of a TIFF's samples; those that Pillow misreads are refused."""
    bits = set(image.tag_v2.get(258, (1,)))
    if len(bits) != 1 or not bits <= {1, 2, 4, 8, 16}:
        raise ValueError(f"samples of {sorted(bits)} bits, where 1 to 16 are read")
    if bits == {16} and image.mode not in ("RGB", "RGBA", "I;16", "I;16B"):
        raise ValueError(f"16-bit {image.mode}, where gray and RGB are read")
    return int(bits.pop())


def _not_premultiplied(pixels: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Divides colour by alpha, where a file stores their product."""
    alpha = pixels[..., 3:].astype(np.uint64)
    color = (pixels[..., :3] * np.uint64(65535) + alpha // 2) // np.maximum(alpha, 1)
    return np.concatenate([np.minimum(color, 65535), alpha], -1).astype(np.uint16)


def _assembled(
    image: Image.Image, name: str, deep: NDArray[np.uint16] | None = None
) -> Picture:
    """Makes a picture of a loaded PIL image, or of its 16-bit pixels if given."""
    metadata, orientation = read_metadata(image)
    if deep is not None:
        space = b"GRAY" if deep.shape[-1] < 3 else b"RGB "
        profile = fitting_profile(metadata.icc_profile, space)
        pixels: NDArray[Any] = deep
        converted = False
    else:
        plain = _plain(image, name)
        plain, profile, converted = into_srgb(plain, metadata.icc_profile)
        pixels = _array(plain, image)
    metadata = replace(metadata, icc_profile=profile, converted=converted)
    return Picture(turn_upright(pixels, orientation), metadata)


def _plain(image: Image.Image, name: str) -> Image.Image:
    """Converts to gray, RGB, CMYK or 16-bit gray; the first two with alpha if any."""
    if image.mode == "CMYK" or image.mode.startswith("I;16"):
        return image
    mode = _MODES.get(image.mode)
    if mode is None:
        raise UnreadableImageError(
            f"`{name}` has pixels of mode {image.mode}, which srkit does not read: "
            "convert it to 8-bit or 16-bit gray or RGB first."
        )
    if image.has_transparency_data and not mode.endswith("A"):
        mode += "A"
    return image if image.mode == mode else image.convert(mode)


def _array(plain: Image.Image, source: Image.Image) -> NDArray[Any]:
    """Returns the pixels of a plain image as (H, W, C)."""
    pixels = np.array(plain)
    if pixels.ndim == 3:
        return pixels
    pixels = pixels[..., np.newaxis]
    if pixels.dtype.itemsize == 1:
        return pixels
    pixels = pixels.astype(np.uint16)
    if isinstance(source, TiffImagePlugin.TiffImageFile):
        white_is_zero = source.tag_v2.get(262) == 0
        return 65535 - pixels if white_is_zero else pixels
    key = source.info.get("transparency")
    if key is None:
        return pixels
    alpha = np.where(pixels == key, 0, 65535).astype(np.uint16)
    return np.concatenate([pixels, alpha], axis=-1)
