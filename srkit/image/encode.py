r"""A picture to the bytes of a file: PNG and TIFF by srkit, the rest by Pillow.

=======  ========  =====  =====  ======================================
format   bits      gray   alpha  keeps
=======  ========  =====  =====  ======================================
PNG      8, 16     yes    yes    EXIF, XMP, ICC profile, resolution
TIFF     8, 16 *   yes    yes    EXIF, XMP, ICC profile, resolution
JPEG     8         yes    no     EXIF, XMP, ICC profile, resolution
WebP     8         as RGB yes    EXIF, XMP, ICC profile
BMP      8         yes    no     resolution
=======  ========  =====  =====  ======================================

\* not 16-bit gray with alpha, which Pillow and OpenCV could not read back.

XMP also holds the label of detail that a network invented (`srkit.image.labels`): a BMP
cannot say so.
"""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from srkit.errors import ArgumentError, OutputError

from .lossless import encode_png, encode_tiff
from .metadata import resized_metadata
from .picture import MODES, Picture
from .profiles import fitting_profile, out_of_srgb

if TYPE_CHECKING:
    from PIL import Image


class _Format(NamedTuple):
    """What a format can hold: modes by bits, and the largest side in pixels."""

    name: str
    eight: tuple[str, ...]
    sixteen: tuple[str, ...] = ()
    largest: int = 2**31 - 1


_PNG = _Format("PNG", ("L", "LA", "RGB", "RGBA"), ("L", "LA", "RGB", "RGBA"))
_TIFF = _Format("TIFF", ("L", "LA", "RGB", "RGBA"), ("L", "RGB", "RGBA"))
_JPEG = _Format("JPEG", ("L", "RGB"), largest=65_500)
_FORMATS = {
    ".bmp": _Format("BMP", ("L", "RGB")),
    ".jpeg": _JPEG,
    ".jpg": _JPEG,
    ".png": _PNG,
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".webp": _Format("WEBP", ("L", "LA", "RGB", "RGBA"), largest=16_383),
}
PICTURE_SUFFIXES = tuple(_FORMATS)


def encode_picture(picture: Picture, suffix: str, quality: int = 95) -> bytes:
    """Returns the bytes of a picture file, metadata and all.

    Pixels that were converted out of a profile when they were read go back into it.

    Args:
        picture: what to encode.
        suffix: ".png", ".jpg", ... names the format.
        quality: 1..100, for JPEG (never with reduced colour resolution) and WebP, which
            100 makes lossless; the other formats lose nothing.

    Raises:
        ArgumentError: if `quality` is out of range.
        OutputError: if the format is unknown or cannot hold the picture.
    """
    if not 1 <= quality <= 100:
        raise ArgumentError(f"`quality` must be in 1..100. Received: {quality}.")
    check_format(picture, suffix)
    form = _FORMATS[suffix.lower()]
    try:
        prepared = _as_in_file(picture, form)
        if form is _PNG:
            return encode_png(prepared)
        if form is _TIFF:
            return encode_tiff(prepared)
        return _encode_with_pillow(prepared, form, quality)
    except (OSError, ValueError, struct.error) as error:
        raise OutputError(
            f"{form.name} cannot hold {picture!r}: {error}. Save it as .png."
        ) from error


def check_format(
    picture: Picture, suffix: str, *, size: tuple[int, int] | None = None
) -> None:
    """Finds out whether a format can hold a picture, before the work of making it.

    Args:
        picture: what has the bits and channels of the picture to be encoded.
        suffix: ".png", ".jpg", ... names the format.
        size: height and width to be encoded; None for those of `picture`.

    Raises:
        OutputError: if the format is unknown or cannot hold the picture.
    """
    form = _FORMATS.get(suffix.lower())
    if form is None:
        raise OutputError(
            f"The suffix must be one of {', '.join(PICTURE_SUFFIXES)}. "
            f"Received: {suffix!r}."
        )
    mode, deep = MODES[picture.channels], picture.pixels.dtype == np.uint16
    if mode not in (form.sixteen if deep else form.eight):
        lack = "16-bit pixels" if deep else "alpha"
        if deep and form is _TIFF:
            lack = "16-bit gray with alpha that other tools can read"
        others = ".png" if form is _TIFF else ".png or .tif"
        raise OutputError(
            f"{form.name} holds no {lack}: save as {others}. Received: {picture!r}."
        )
    height, width = size or (picture.height, picture.width)
    if max(height, width) > form.largest:
        raise OutputError(
            f"{form.name} cannot hold more than {form.largest:,} pixels a side: save "
            f"as .png. Received: {width}x{height}."
        )


def _as_in_file(picture: Picture, form: _Format) -> Picture:
    """Returns the picture with the pixels and the metadata that its file will hold."""
    pixels = picture.pixels
    metadata = resized_metadata(
        picture.metadata, width=picture.width, height=picture.height
    )
    space = b"GRAY" if picture.channels < 3 else b"RGB "
    profile = fitting_profile(metadata.icc_profile, space)
    if metadata.converted and profile:
        back = None
        if form.name != "BMP" and pixels.dtype == np.uint8:
            back = out_of_srgb(pixels.astype(np.uint8), profile)
        if back is None:
            profile = None  # sRGB, as files without a profile are
        else:
            pixels = back
    return Picture(pixels, replace(metadata, icc_profile=profile, converted=False))


def _encode_with_pillow(picture: Picture, form: _Format, quality: int) -> bytes:
    """Returns the bytes of a JPEG, WebP or BMP file."""
    image: Image.Image = picture.to_pil()
    metadata = picture.metadata
    options: dict[str, Any] = {"quality": quality}
    if form is _JPEG:
        options["subsampling"] = 0  # full colour resolution
    else:  # WebP; `exact` keeps the colours below transparent pixels
        options |= {"lossless": quality == 100, "exact": True}
    for key in ("icc_profile", "dpi", "xmp"):
        if value := getattr(metadata, key):
            options[key] = value
    if metadata.exif:
        options["exif"] = b"Exif\0\0" + metadata.exif
    buffer = io.BytesIO()
    image.save(buffer, form.name, **options)
    return buffer.getvalue()
