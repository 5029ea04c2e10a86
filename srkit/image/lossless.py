"""PNG and TIFF, written in stripes that are deflated side by side.

Why not OpenCV or Pillow: neither writes gray with alpha or colour of 16 bits together
with the profile, EXIF, XMP and resolution; and both deflate on one core, which for a
large picture takes longer than everything else about its file.

PNG rows are stored as differences to the row above and run-length coded (zlib's RLE
strategy), as OpenCV does by default: upscaled pictures come out as small as at zlib's
level 6, six times as fast.
"""

from __future__ import annotations

import os
import struct
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PIL import Image, TiffImagePlugin

from .metadata import DESCRIPTIVE_TAGS, EXIF_IFD, GPS_IFD

if TYPE_CHECKING:
    from collections.abc import Callable

    from srkit.types import ByteImage

    from .metadata import Metadata
    from .picture import Picture

T = TypeVar("T")

_STRIPE = 1 << 18  # bytes
_PNG_COLOR_TYPE = {1: 0, 2: 4, 3: 2, 4: 6}
_TIFF_HEADER = b"II*\0\x08\0\0\0" if sys.byteorder == "little" else b"MM\0*\0\0\0\x08"


def encode_png(picture: Picture) -> bytes:
    """Returns the bytes of a PNG file: 8 or 16 bits, 1 to 4 channels, all metadata.

    Source: PNG (Portable Network Graphics) Specification, third edition.
    """
    stored = picture.pixels.astype(picture.pixels.dtype.newbyteorder(">"), copy=False)
    rows = stored.reshape(picture.height, -1).view(np.uint8)

    stripes = _in_stripes(partial(_png_stripe, rows), len(rows), rows.shape[1])
    checksum = _joined_adler32([(adler, size) for _, adler, size in stripes])
    bits, color = 8 * picture.pixels.itemsize, _PNG_COLOR_TYPE[picture.channels]
    header = struct.pack(
        ">IIBBBBB", picture.width, picture.height, bits, color, 0, 0, 0
    )
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            *_png_metadata(picture.metadata),
            *(data for data, _, _ in stripes),
            _chunk(b"IDAT", struct.pack(">I", checksum)),
            _chunk(b"IEND", b""),
        ]
    )


def _png_stripe(rows: ByteImage, top: int, bottom: int) -> tuple[bytes, int, int]:
    """Compresses some rows: a chunk, its checksum and the size before."""
    filtered = np.empty((bottom - top, 1 + rows.shape[1]), np.uint8)
    filtered[:, 0] = 2  # the filter "up": differences to the row above
    filtered[0, 1:] = rows[top] - (rows[top - 1] if top else 0)
    np.subtract(rows[top + 1 : bottom], rows[top : bottom - 1], out=filtered[1:, 1:])
    packer = zlib.compressobj(1, zlib.DEFLATED, -15, 9, zlib.Z_RLE)
    data = packer.compress(filtered.data)
    data += packer.flush(zlib.Z_FINISH if bottom == len(rows) else zlib.Z_SYNC_FLUSH)
    head = b"" if top else b"\x78\x01"
    return _chunk(b"IDAT", head + data), zlib.adler32(filtered.data), filtered.size


def encode_tiff(picture: Picture) -> bytes:
    """Returns the bytes of a TIFF file: 8 or 16 bits, 1 to 4 channels, all metadata.

    Source: TIFF 6.0, with its Technical Note 2 (deflate) and predictor 2.
    """
    pixels = picture.pixels

    def deflate(top: int, bottom: int) -> bytes:
        stripe = pixels[top:bottom].copy()
        stripe[:, 1:] -= pixels[top:bottom, :-1]
        packer = zlib.compressobj(1, zlib.DEFLATED, 15, 9, zlib.Z_RLE)
        return packer.compress(stripe.data) + packer.flush()

    row = pixels[0].nbytes
    stripes = _in_stripes(deflate, picture.height, row)
    sizes = [len(stripe) for stripe in stripes]
    directory = _tiff_metadata(picture.metadata)
    directory[256] = picture.width
    directory[257] = picture.height
    directory[258] = (8 * pixels.itemsize,) * picture.channels
    directory[259] = 8  # deflate
    directory[262] = 2 if picture.channels >= 3 else 1  # RGB, gray
    directory[273] = tuple(np.cumsum([0, *sizes[:-1]]).tolist())  # Pillow adds the rest
    directory[277] = picture.channels
    directory[278] = _rows_in_stripe(row)
    directory[279] = tuple(sizes)
    directory[317] = 2  # differences to the pixel on the left
    if picture.channels in (2, 4):
        directory[338] = 2  # alpha, not premultiplied
    return b"".join([_TIFF_HEADER, directory.tobytes(8), *stripes])


def _in_stripes(work: Callable[[int, int], T], height: int, row: int) -> list[T]:
    """Calls `work(top, bottom)` for each stripe of rows, on all cores."""
    step = _rows_in_stripe(row)
    tops = range(0, height, step)
    bottoms = [min(height, top + step) for top in tops]
    if len(tops) == 1:
        return [work(0, height)]
    with ThreadPoolExecutor(min(len(tops), os.cpu_count() or 1)) as pool:
        return list(pool.map(work, tops, bottoms))


def _rows_in_stripe(row: int) -> int:
    """Returns how many rows of `row` bytes make a stripe."""
    return max(1, _STRIPE // row)


def _joined_adler32(parts: list[tuple[int, int]]) -> int:
    """Returns the Adler-32 of joined data from the (Adler-32, size) of its parts."""
    low, high = 1, 0
    for adler, size in parts:
        high = (high + (adler >> 16) + size * (low - 1)) % 65521
        low = (low + (adler & 0xFFFF) - 1) % 65521
    return high << 16 | low


def _chunk(kind: bytes, data: bytes) -> bytes:
    """Returns a PNG chunk."""
    checksum = zlib.crc32(data, zlib.crc32(kind))
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def _png_metadata(metadata: Metadata) -> list[bytes]:
    """Returns the chunks that hold profile, resolution, EXIF and XMP."""
    chunks = []
    if metadata.icc_profile:
        packed = zlib.compress(metadata.icc_profile)
        chunks.append(_chunk(b"iCCP", b"ICC Profile\0\0" + packed))
    if metadata.dpi:
        x, y = (round(dpi / 0.0254) for dpi in metadata.dpi)
        chunks.append(_chunk(b"pHYs", struct.pack(">IIB", x, y, 1)))
    if metadata.exif:
        chunks.append(_chunk(b"eXIf", metadata.exif))
    if metadata.xmp:
        chunks.append(xmp_chunk(metadata.xmp))
    return chunks


def xmp_chunk(xmp: bytes) -> bytes:
    """Returns the PNG chunk that holds an XMP packet."""
    return _chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)


def _tiff_metadata(metadata: Metadata) -> TiffImagePlugin.ImageFileDirectory_v2:
    """Returns a directory that holds profile, resolution, EXIF and XMP."""
    try:
        directory = _tiff_exif(metadata.exif or b"")
    except (SyntaxError, ValueError, TypeError, struct.error):
        directory = _tiff_exif(b"")  # damaged EXIF is left out, as in reading
    if metadata.icc_profile:
        directory[34675] = metadata.icc_profile
    if metadata.xmp:
        directory[700] = metadata.xmp
    if metadata.dpi:
        directory[282], directory[283] = metadata.dpi
        directory[296] = 2  # per inch
    return directory


def _tiff_exif(block: bytes) -> TiffImagePlugin.ImageFileDirectory_v2:
    """Returns a directory that holds what EXIF says about the picture itself."""
    directory = TiffImagePlugin.ImageFileDirectory_v2(prefix=_TIFF_HEADER[:2])
    exif = Image.Exif()
    exif.load(block)
    for tag in exif.keys() & DESCRIPTIVE_TAGS:
        directory[tag] = exif[tag]
    for tag in exif.keys() & {EXIF_IFD, GPS_IFD}:
        directory[tag] = exif.get_ifd(tag)
    directory.tobytes(8)  # raises here for values that cannot be written
    return directory
