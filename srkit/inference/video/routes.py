"""How decoded frames become arrays for the network, and frames for the encoder again.

There are three ways. The planes of luma and chroma go as they are where the upscaler
takes them (`LumaUpscaler` does) and the encoder holds the same kind: nothing is
converted, and nothing lost. So do gray ones. All else goes through RGB.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.image import resize
from srkit.inference.video.color import Color, Converter
from srkit.inference.video.formats import Format, plain
from srkit.inference.video.library import pyav

if TYPE_CHECKING:
    from srkit.inference.video.frames import Facts
    from srkit.types import AnyImage

Arrays = tuple[Any, ...]
"""One array ``(H, W, C)``, or the three planes ``(H, W)`` of luma and chroma."""


class Route(ABC):
    """From a decoded frame to arrays, larger ones, and a frame to encode."""

    def __init__(self, upscaler: Any, facts: Facts, pixel_format: str) -> None:
        self.upscaler = upscaler
        self.source = Format.of(facts.pixel_format)
        self.color = facts.color
        self.pixel_format = pixel_format

    @property
    def written(self) -> Color:
        """What the numbers of the frames given mean."""
        return self.color

    @abstractmethod
    def take(self, image: Any) -> Arrays:
        """Arrays of a decoded frame."""

    @abstractmethod
    def give(self, arrays: Arrays) -> Any:
        """A frame of arrays."""

    def enlarge(self, arrays: Arrays) -> Arrays:
        """What the network makes of a frame."""
        return (self.upscaler.enlarge(arrays[0]),)

    def bicubic(self, arrays: Arrays, size: tuple[int, int]) -> Arrays:
        """A frame without the network, of a height and width."""
        return (resize(arrays[0], size),)


class RgbRoute(Route):
    """Through RGB, and transparency where there is any."""

    def __init__(self, upscaler: Any, facts: Facts, pixel_format: str) -> None:
        super().__init__(upscaler, facts, pixel_format)
        # More than eight bits are computed in sixteen.
        deep, alpha = self.source.bits > 8, self.source.alpha
        self._converter = Converter(self.color, deep=deep, alpha=alpha)

    @property
    def written(self) -> Color:
        """RGB stays, unless the encoder takes luma and chroma only."""
        rgb = Format.of(self.pixel_format).rgb
        return self.color if rgb else self.color.as_yuv()

    def take(self, image: Any) -> Arrays:
        """Arrays of RGB."""
        return (self._converter.to_rgb(image),)

    def give(self, arrays: Arrays) -> Any:
        """A frame in the encoder's format."""
        return self._converter.from_rgb(arrays[0], self.pixel_format, self.written)


class GrayRoute(Route):
    """One channel, stretched to 8 or 16 bits and back without loss."""

    def take(self, image: Any) -> Arrays:
        """The one plane."""
        plane = planes_of(image)[0]
        most = 2**self.source.bits - 1
        if self.source.bits not in (8, 16):
            plane = ((plane.astype(np.uint32) * 65535 + most // 2) // most).astype(
                np.uint16
            )
        return (plane[..., None],)

    def give(self, arrays: Arrays) -> Any:
        """A gray frame."""
        plane: Any = arrays[0][..., 0]
        most = 2**self.source.bits - 1
        if self.source.bits not in (8, 16):
            plane = ((plane.astype(np.uint32) * most + 32767) // 65535).astype(
                np.uint16
            )
        return frame_of((plane,), self.pixel_format, self.color)


class PlanesRoute(Route):
    """The planes of luma and chroma as they are."""

    def take(self, image: Any) -> Arrays:
        """The three planes."""
        return planes_of(image)

    def give(self, arrays: Arrays) -> Any:
        """A frame of three planes."""
        return frame_of(arrays, self.pixel_format, self.color)

    def enlarge(self, arrays: Arrays) -> Arrays:
        """What a network for luma makes of them."""
        larger: Arrays = self.upscaler.enlarge_planes(
            *arrays, bits=self.source.bits, left=self.source.left
        )
        return larger

    def bicubic(self, arrays: Arrays, size: tuple[int, int]) -> Arrays:
        """All three enlarged, chroma to its share of the size."""
        height, width = size
        down, across = self.source.down, self.source.across
        chroma = -(-height // down), -(-width // across)
        sizes, top = (size, chroma, chroma), 2**self.source.bits - 1
        return tuple(
            np.minimum(resize(plane, its), top, dtype=plane.dtype)
            for plane, its in zip(arrays, sizes, strict=True)
        )


def route(upscaler: Any, facts: Facts, pixel_format: str, *, planes: bool) -> Route:
    """The shortest way between a source and an encoder.

    Args:
        upscaler: What enlarges.
        facts: Of the source.
        pixel_format: What the encoder takes.
        planes: Whether all on the way takes luma and chroma as they are.
    """
    source = Format.of(facts.pixel_format)
    same = plain(facts.pixel_format) == pixel_format
    if same and source.gray and not source.alpha:
        return GrayRoute(upscaler, facts, pixel_format)
    taken = same and source.is_planes and hasattr(upscaler, "enlarge_planes")
    kind = PlanesRoute if planes and taken else RgbRoute
    return kind(upscaler, facts, pixel_format)


def planes_of(image: Any) -> tuple[AnyImage, ...]:
    """The planes of a frame as arrays, which look into its memory."""
    deep = max(part.bits for part in image.format.components) > 8
    dtype = np.dtype("<u2" if deep else "u1")
    planes = []
    for plane in image.planes:
        rows: Any = np.frombuffer(plane, dtype)
        rows = rows.reshape(plane.height, plane.line_size // dtype.itemsize)
        planes.append(rows[:, : plane.width])
    return tuple(planes)


def frame_of(arrays: Arrays, pixel_format: str, color: Color) -> Any:
    """A frame that holds copies of the planes."""
    height, width = arrays[0].shape[:2]
    frame = pyav().VideoFrame(width, height, pixel_format)
    for plane, array in zip(planes_of(frame), arrays, strict=True):
        # The last column of chroma of an odd width becomes more than is needed.
        plane[...] = array[: plane.shape[0], : plane.shape[1]]
    color.tag(frame)
    return frame
