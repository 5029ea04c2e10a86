"""What a file is, before any of its pixels are decoded: a picture, or what else.

Files are judged by their content, never by their suffix. Each refusal says what the
file is instead, and what to do about it.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, TypeVar

from PIL import (
    BmpImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from srkit.errors import UnreadableImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PIL import Image

T = TypeVar("T")

MAX_PIXELS = 250_000_000
START = 200
"""Bytes that tell what a file is."""

# The plugins are called directly, because `Image.open` refuses large pictures by a
# setting of the whole process; MPO (phones) is read as its first JPEG.
_OPENERS: dict[bytes, Callable[[io.BytesIO], Image.Image]] = {
    rb"\x89PNG\r\n\x1a\n": PngImagePlugin.PngImageFile,
    rb"\xff\xd8\xff": JpegImagePlugin.JpegImageFile,
    rb"RIFF....WEBP": WebPImagePlugin.WebPImageFile,
    rb"II[*+]\0|MM\0[*+]": TiffImagePlugin.TiffImageFile,
    rb"BM": BmpImagePlugin.BmpImageFile,
}

# What else may carry a picture's name, and what to do about it.
_IMPOSTORS = {
    rb"\Z": "is empty: copy or download it again",
    rb"\0+\Z": "holds nothing but zeros: copy or download it again",
    rb"version https://git-lfs": "is a Git LFS pointer, not the picture itself: run "
    "`git lfs pull`",
    rb"(?i)(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body)": "is a web page, not a "
    "picture: the link led elsewhere; download the picture itself",
    rb"(?i)\s*(<\?xml.*)?<svg": "is an SVG drawing: export it as PNG",
    rb"GIF8": "is a GIF: convert it to PNG",
    rb"....ftyp(avi[fs]|hei[cfsx]|he[iv]c|mif1|msf1)": "is a HEIC or AVIF picture: "
    "convert it to PNG",
    rb"....ftyp|\x1aE\xdf\xa3|RIFF....AVI": "is a video: extract a frame as PNG",
    rb"%PDF": "is a PDF: export its page as PNG",
    rb"8BPS": "is a Photoshop document: export it as PNG",
    rb"[\t\n\r\x20-\x7e]+\Z": "holds text, not a picture",
    rb"": "is no picture that srkit reads (PNG, JPEG, WebP, TIFF, BMP)",
}


def check_start(
    start: bytes, *, name: str, size: int
) -> Callable[[io.BytesIO], Image.Image]:
    """Refuses what is no picture by its first bytes, before the rest is read.

    Args:
        start: the first `START` bytes of the file.
        name: what to call it in errors.
        size: bytes of the whole file.

    Returns:
        What opens it.

    Raises:
        UnreadableImageError: if no picture of a kind that srkit reads begins so.
    """
    opener = _first_match(_OPENERS, start)
    if opener is None:
        raise UnreadableImageError(
            f"`{name}` {_first_match(_IMPOSTORS, start)}. Received: {size} bytes."
        )
    return opener


def open_header(data: bytes, *, name: str, max_pixels: int) -> Image.Image:
    """Reads the header of a picture file, and refuses what must not be decoded.

    Args:
        data: the whole file.
        name: what to call it in errors.
        max_pixels: the largest picture to accept.

    Returns:
        A PIL image whose pixels are not decoded yet.

    Raises:
        UnreadableImageError: if the file is no picture, too large a one, or several.
        Exception: whatever Pillow raises for a damaged header.
    """
    opener = check_start(data[:START], name=name, size=len(data))
    if opener is TiffImagePlugin.TiffImageFile:
        _check_directory(data)
    image = opener(io.BytesIO(data))
    width, height = image.size
    if width * height > max_pixels:
        raise UnreadableImageError(
            f"`{name}` is too large, or made to exhaust the memory: {width}x{height} "
            f"is more than `max_pixels`={max_pixels:,}. If you trust the file, open it "
            "with `srkit.image.read_picture(path, max_pixels=...)`."
        )
    frames = 1 if image.format == "JPEG" else getattr(image, "n_frames", 1)
    if frames != 1:
        raise UnreadableImageError(
            f"`{name}` holds {frames} pictures (an animation, or pages): srkit reads "
            "single ones. Save the one that you want as PNG."
        )
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        _check_samples(image, len(data))
    return image


def _first_match(table: Mapping[bytes, T], start: bytes) -> T | None:
    """Returns the entry of the first pattern that the start of a file matches."""
    for pattern, entry in table.items():
        if re.match(pattern, start, re.DOTALL):
            return entry
    return None


def _check_directory(data: bytes) -> None:
    """Refuses a TIFF that is cut short before its directory, as most are written."""
    stored = data[8:16] if b"+" in data[2:4] else data[4:8]  # BigTIFF, TIFF
    if int.from_bytes(stored, "little" if data[:1] == b"I" else "big") >= len(data):
        raise ValueError("the file ends before its directory")


def _check_samples(image: TiffImagePlugin.TiffImageFile, size: int) -> None:
    """Refuses a TIFF that is cut short before its pixels, or that Pillow misreads."""
    tags = image.tag_v2
    for offsets, lengths in ((273, 279), (324, 325)):  # strips, tiles
        parts = zip(tags.get(offsets, ()), tags.get(lengths, ()), strict=False)
        if max(map(sum, parts), default=0) > size:
            raise ValueError("the file ends before its pixels")
    bits = set(tags.get(258, (1,)))
    if len(bits) != 1 or not bits <= {1, 2, 4, 8, 16}:
        raise ValueError(f"samples of {sorted(bits)} bits")
    if bits == {16} and image.mode not in ("RGB", "RGBA", "I;16", "I;16B"):
        raise ValueError(f"{image.mode} of 16 bits")
