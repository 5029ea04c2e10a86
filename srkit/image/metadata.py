"""What a picture file says besides its pixels: EXIF, XMP, resolution, profile.

EXIF is kept byte for byte, maker's notes and all; only what srkit makes untrue is
overwritten in place: the orientation, the size, and the link to the thumbnail of a
picture that has been turned.
"""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray
    from PIL import Image

ORIENTATION, PIXEL_WIDTH, PIXEL_HEIGHT = 0x0112, 0xA002, 0xA003
EXIF_IFD, GPS_IFD = 0x8769, 0x8825

# What a TIFF directory says about the picture rather than about its own layout:
# description, maker, model, software, date, artist, copyright; Windows' title,
# comment, author, keywords and subject.
DESCRIPTIVE_TAGS = frozenset(
    (270, 271, 272, 305, 306, 315, 33432, 40091, 40092, 40093, 40094, 40095)
)

# Orientation to (swap the axes, then flip rows, then flip columns).
_TURNS = {
    2: (False, False, True),
    3: (False, True, True),
    4: (False, True, False),
    5: (True, False, False),
    6: (True, False, True),
    7: (True, True, True),
    8: (True, True, False),
}


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What a picture file says besides its pixels.

    Attributes:
        exif: EXIF block (a TIFF structure, without the "Exif" header); its orientation
            is 1, because the pixels have been turned.
        icc_profile: ICC profile of the file.
        dpi: pixels per inch, horizontal and vertical.
        xmp: XMP packet.
        format: "PNG", "JPEG", "WEBP", "TIFF" or "BMP"; None for pixels from memory.
        converted: the pixels were taken out of `icc_profile` into sRGB, and go back
            into it when they are saved.
    """

    exif: bytes | None = None
    icc_profile: bytes | None = None
    dpi: tuple[float, float] | None = None
    xmp: bytes | None = None
    format: str | None = None
    converted: bool = False


def read_metadata(image: Image.Image) -> tuple[Metadata, int]:
    """Reads what a loaded PIL image knows, and how its pixels have to be turned.

    A damaged EXIF block is left out: it is no reason to refuse a readable picture.

    Returns:
        The metadata of the upright picture, and the orientation (1..8) to apply.
    """
    exif = _exif_block(image)
    orientation = 1
    if exif is not None:
        try:
            orientation = _read(exif, ORIENTATION, default=1)
            # Walks the whole block, so that damage shows now and not on saving.
            exif = patch_exif(exif, {ORIENTATION: 1})
            if orientation != 1:
                exif = _without_thumbnail(exif)
        except (struct.error, ValueError):
            exif = None
    if orientation not in _TURNS:
        orientation = 1
    dpi = _resolution(image.info.get("dpi"))
    if dpi is not None and orientation >= 5:
        dpi = dpi[::-1]
    metadata = Metadata(
        exif=exif,
        icc_profile=image.info.get("icc_profile") or None,
        dpi=dpi,
        xmp=_upright_xmp(image.info.get("xmp")),
        format=image.format,
    )
    return metadata, orientation


def turn_upright(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turns stored pixels the way EXIF says that they are to be looked at.

    Shape:
        (H, W, ...) to (H, W, ...) or (W, H, ...).

    Args:
        pixels: as stored in the file.
        orientation: 1..8.

    Source: EXIF 2.32, tag 0x0112.
    """
    swap, rows, columns = _TURNS.get(orientation, (False, False, False))
    if swap:
        pixels = pixels.swapaxes(0, 1)
    pixels = pixels[:: -1 if rows else 1, :: -1 if columns else 1]
    return np.ascontiguousarray(pixels)


def resized_metadata(metadata: Metadata, *, width: int, height: int) -> Metadata:
    """Returns the metadata with the size that EXIF states, if it does, set right."""
    if metadata.exif is None:
        return metadata
    size = {PIXEL_WIDTH: width, PIXEL_HEIGHT: height}
    return replace(metadata, exif=patch_exif(metadata.exif, size))


def patch_exif(exif: bytes, values: Mapping[int, int]) -> bytes:
    """Overwrites numbers in an EXIF block; tags that it does not hold stay out.

    Args:
        exif: a TIFF structure.
        values: tag to value, for tags of the main and the EXIF directory.

    Raises:
        struct.error, ValueError: if `exif` is damaged.
    """
    block = bytearray(exif)
    for tag, code, position in _numbers(exif):
        if tag in values and (code[-1] == "I" or values[tag] <= 0xFFFF):
            struct.pack_into(code, block, position, values[tag])
    return bytes(block)


def _without_thumbnail(exif: bytes) -> bytes:
    """Unlinks the second directory, which holds a thumbnail of the stored pixels."""
    order = _byte_order(exif)
    (start,) = struct.unpack_from(f"{order}I", exif, 4)
    (count,) = struct.unpack_from(f"{order}H", exif, start)
    block = bytearray(exif)
    struct.pack_into(f"{order}I", block, start + 2 + 12 * count, 0)
    return bytes(block)


def _read(exif: bytes, wanted: int, *, default: int) -> int:
    """Returns the number under a tag of an EXIF block."""
    for tag, code, position in _numbers(exif):
        if tag == wanted:
            return int(struct.unpack_from(code, exif, position)[0])
    return default


def _numbers(exif: bytes) -> Iterator[tuple[int, str, int]]:
    """Yields (tag, struct code, position) of each number in the two directories."""
    order = _byte_order(exif)
    directories = list(struct.unpack_from(f"{order}I", exif, 4))
    for level, start in enumerate(directories):
        (count,) = struct.unpack_from(f"{order}H", exif, start)
        for position in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind, length = struct.unpack_from(f"{order}HHI", exif, position)
            if length == 1 and kind in (3, 4):  # SHORT, LONG
                code = order + ("H" if kind == 3 else "I")
                yield tag, code, position + 8
                if tag == EXIF_IFD and level == 0:
                    directories += struct.unpack_from(code, exif, position + 8)


def _byte_order(exif: bytes) -> str:
    """Returns the struct code of the byte order of an EXIF block."""
    if exif[:4] not in (b"II*\0", b"MM\0*"):
        raise ValueError(f"EXIF must begin with II or MM. Received: {exif[:6]!r}")
    return "<" if exif[:2] == b"II" else ">"


def _exif_block(image: Image.Image) -> bytes | None:
    """Returns the EXIF block as stored; a TIFF's is gathered from its directory."""
    stored = image.info.get("exif")
    if stored is None and (
        image.format == "TIFF" or "Raw profile type exif" in image.info
    ):
        try:
            stored = _gathered(image.getexif())
        except (ValueError, TypeError, SyntaxError, struct.error):
            return None
    return stored.removeprefix(b"Exif\0\0") if stored else None


def _gathered(exif: Image.Exif) -> bytes | None:
    """Builds an EXIF block of what a directory says about the picture itself."""
    from PIL import Image

    gathered = Image.Exif()
    gathered.update({tag: exif[tag] for tag in DESCRIPTIVE_TAGS if tag in exif})
    if ORIENTATION in exif:
        gathered[ORIENTATION] = exif[ORIENTATION]
    for directory in (EXIF_IFD, GPS_IFD):
        if entries := exif.get_ifd(directory):
            gathered.get_ifd(directory).update(entries)
            gathered[directory] = entries
    return gathered.tobytes() if len(gathered) else None


def _resolution(dpi: Any) -> tuple[float, float] | None:
    """Returns two finite positive numbers, or None; PNG's come as 299.9994."""
    try:
        x, y = (round(float(value), 2) for value in dpi)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return (x, y) if 0 < x < math.inf and 0 < y < math.inf else None


def _upright_xmp(xmp: Any) -> bytes | None:
    """Returns the XMP packet with its copy of the orientation set to 1."""
    if isinstance(xmp, str):
        xmp = xmp.encode()
    if not isinstance(xmp, bytes) or not xmp:
        return None
    return re.sub(rb'(tiff:Orientation\s*(?:=\s*"|>)\s*)[2-8]', rb"\g<1>1", xmp)
