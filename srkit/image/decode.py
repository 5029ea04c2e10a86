"""The bytes of a file to a picture: upright, in sRGB, nothing lost on the way.

Pillow decodes whatever it can hold, because its errors are exact and it writes nothing
to the terminal; OpenCV decodes what Pillow would cut to 8 bits: colour of 16 bits.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL.TiffImagePlugin import TiffImageFile

from srkit.errors import UnreadableImageError

from .headers import MAX_PIXELS, open_header
from .metadata import read_metadata, turn_upright
from .picture import Picture
from .profiles import fitting_profile, into_srgb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from PIL import Image

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
    with _told_apart(name, f"{len(data)} bytes"):
        image = open_header(data, name=name, max_pixels=max_pixels)
        image.load()
        _spread_key(image, data)
        return _assembled(image, name, _sixteen_bits(image, data))


def picture_from_pil(image: Image.Image, *, name: str = "image") -> Picture:
    """Takes over a PIL image as if it had been read from a file.

    Raises:
        UnreadableImageError: if its mode has no counterpart here (LAB, 32 bits), or
            its file, not decoded yet, is damaged.
    """
    with _told_apart(name, f"a PIL image of mode {image.mode}"):
        image.load()
        return _assembled(image, name)


@contextmanager
def _told_apart(name: str, received: str) -> Iterator[None]:
    """Gives whatever Pillow's plugins raise, a dozen kinds, one name and a cure."""
    try:
        yield
    except (UnreadableImageError, MemoryError):
        raise
    except Exception as error:
        reason = " ".join(str(error).split()).rstrip(".")
        if not any(map(str.isalpha, reason)):
            reason = f"{type(error).__name__} {reason}".strip()
        raise UnreadableImageError(
            f"`{name}` cannot be decoded ({reason}): it is cut short, damaged or of a "
            "rare kind. Copy or download it again, or convert it to PNG. "
            f"Received: {received}."
        ) from error


def _spread_key(image: Image.Image, data: bytes) -> None:
    """Brings the transparent level of 2 and 4 bits to the 8 bits of the pixels."""
    if image.format == "PNG" and data[24] in (2, 4) and data[25] == 0:
        key = image.info.get("transparency")
        if isinstance(key, int):
            image.info["transparency"] = key * 255 // (2 ** data[24] - 1)


def _sixteen_bits(image: Image.Image, data: bytes) -> NDArray[np.uint16] | None:
    """Decodes 16-bit colour or alpha, which Pillow cuts to 8 bits, with OpenCV."""
    if image.format == "PNG":
        bits, color = data[24:26]
        if bits < 16 or color == 0:
            return None
        bands = {2: 3, 4: 2, 6: 4}[color] + ("transparency" in image.info)
    elif isinstance(image, TiffImageFile):
        if image.tag_v2.get(258, (1,))[0] < 16 or image.mode not in ("RGB", "RGBA"):
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
    if isinstance(source, TiffImageFile):
        white_is_zero = source.tag_v2.get(262) == 0
        return 65535 - pixels if white_is_zero else pixels
    key = source.info.get("transparency")
    if key is None:
        return pixels
    alpha = np.where(pixels == key, 0, 65535).astype(np.uint16)
    return np.concatenate([pixels, alpha], axis=-1)
