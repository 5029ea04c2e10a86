"""A picture: pixels, and what its file says besides them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from srkit.errors import ImageError

from .metadata import Metadata

if TYPE_CHECKING:
    from os import PathLike

    from numpy.typing import NDArray

    from srkit.types import ByteImage

MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


@dataclass(frozen=True, eq=False, repr=False)
class Picture:
    """Pixels at the doors, uint8 or uint16, with what their file says besides.

    To change the pixels and keep the rest: `dataclasses.replace(picture, pixels=...)`.

    Shape:
        (H, W, C), C being 1 (gray), 2 (gray and alpha), 3 (RGB) or 4 (RGBA).

    Attributes:
        pixels: upright, RGB order; in sRGB unless the profile says otherwise.
        metadata: EXIF, ICC profile, resolution, XMP.

    Raises:
        ImageError: if `pixels` is of another shape or dtype, or empty.
    """

    pixels: ByteImage | NDArray[np.uint16]
    metadata: Metadata = field(default_factory=Metadata)

    def __post_init__(self) -> None:
        """Checks the pixels."""
        shape = np.shape(self.pixels)
        dtype = getattr(self.pixels, "dtype", None)
        if dtype not in (np.dtype("uint8"), np.dtype("uint16")):
            raise ImageError(
                "`pixels` must be a uint8 or uint16 array. "
                f"Received: {dtype or type(self.pixels).__name__}. See `from_network`."
            )
        if len(shape) != 3 or shape[2] not in MODES or 0 in shape:
            raise ImageError(
                "`pixels` must be (height, width, channels) with 1 to 4 channels. "
                f"Received: shape={shape}."
            )

    @classmethod
    def open(cls, path: str | PathLike[str]) -> Picture:
        """Reads a picture file; see `srkit.image.read_picture`."""
        from .files import read_picture

        return read_picture(path)

    @classmethod
    def from_pil(cls, image: Image.Image) -> Picture:
        """Takes over a PIL image, as if it had been read from a file.

        Raises:
            UnreadableImageError: as `srkit.image.decode.picture_from_pil` does.
        """
        from .decode import picture_from_pil

        return picture_from_pil(image)

    def save(self, path: str | PathLike[str], *, quality: int = 95) -> None:
        """Writes the picture with its metadata: the whole file or none.

        Args:
            path: where; the suffix names the format.
            quality: 1..100, for JPEG and WebP; 100 makes WebP lossless.

        Raises:
            ArgumentError: if `quality` is out of range.
            OutputError: if the format cannot hold the picture, or on a full disk and
                the like.
        """
        from .files import save_picture

        save_picture(self, path, quality=quality)

    def to_pil(self) -> Image.Image:
        """Returns a PIL image: of 8 bits, or gray of 16.

        Raises:
            ImageError: for 16-bit colour or alpha, which PIL cannot hold.
        """
        if self.pixels.dtype == np.uint16 and self.channels > 1:
            raise ImageError(
                "PIL holds no 16-bit colour or alpha: use `pixels`, or `save` a PNG. "
                f"Received: {self!r}."
            )
        single = self.pixels[..., 0] if self.channels == 1 else self.pixels
        image = Image.fromarray(np.ascontiguousarray(single))
        if self.metadata.icc_profile and not self.metadata.converted:
            image.info["icc_profile"] = self.metadata.icc_profile
        if self.metadata.exif:
            image.info["exif"] = b"Exif\0\0" + self.metadata.exif
        if self.metadata.dpi:
            image.info["dpi"] = self.metadata.dpi
        if self.metadata.xmp:
            image.info["xmp"] = self.metadata.xmp
        return image

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def channels(self) -> int:
        """1 gray, 2 gray and alpha, 3 RGB, 4 RGBA."""
        return int(self.pixels.shape[2])

    def __array__(
        self,
        dtype: Any = None,
        copy: bool | None = None,  # noqa: FBT001 - as NumPy calls it
    ) -> NDArray[Any]:
        """Lets NumPy take the picture for its pixels."""
        return np.array(self.pixels, dtype=dtype, copy=copy)

    def __repr__(self) -> str:
        """Size, kind and format: no pixels."""
        kind = f"{MODES[self.channels]} {self.pixels.dtype}"
        source = f", {self.metadata.format}" if self.metadata.format else ""
        return f"Picture({self.width}x{self.height}, {kind}{source})"

    def _repr_png_(self) -> bytes:
        """Shows the picture in a notebook."""
        from .encode import encode_picture

        return encode_picture(self, ".png")
