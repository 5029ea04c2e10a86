"""The colours of a film: what its numbers mean, read or guessed, and always told.

A film that does not say which matrix its luma and chroma were made with is shown by
the height of its picture; enlarged, it would be shown with another one. So what is
not said is guessed as players do for the film that came in, given to both conversions
and written into the film that goes out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.errors import VideoError
from srkit.inference.video.library import pyav

if TYPE_CHECKING:
    from srkit.types import AnyImage

UNSAID = 2
"""What FFmpeg calls unspecified, of matrix, primaries and transfer alike."""
RGB, BT709, BT470BG, SMPTE170M = 0, 1, 5, 6
LIMITED, FULL = 1, 2
_SRGB_TRANSFER = 13
_LARGEST_SD = (1024, 576)
"""Width and height up to which players take BT.601."""
_NAMES = {
    RGB: "RGB",
    BT709: "BT.709",
    4: "FCC",
    BT470BG: "BT.601 (625 lines)",
    SMPTE170M: "BT.601 (525 lines)",
    7: "SMPTE 240M",
    9: "BT.2020",
}
# FFmpeg's matrix to the one that swscale calculates with.
_SWSCALE = {RGB: 5, BT709: 1, 4: 4, BT470BG: 5, SMPTE170M: 5, 7: 7, 9: 9}
_PLAIN = {BT470BG: (5, 6), SMPTE170M: (6, 6)}
"""Primaries and transfer that go with a matrix, where they are not its own number."""


@dataclass(frozen=True)
class Color:
    """What the numbers of a picture mean, in FFmpeg's (ITU-T H.273's) codes."""

    matrix: int
    full: bool
    """Whether black is 0, not 16."""
    primaries: int
    transfer: int
    guessed: tuple[str, ...] = ()
    """What of this the film does not say."""

    @classmethod
    def read(cls, image: Any, *, rgb: bool) -> Color:
        """What a decoded frame says, completed as players do.

        Args:
            image: PyAV's frame.
            rgb: Whether it is coded as RGB.

        Raises:
            VideoError: If the matrix is one that FFmpeg cannot calculate with.
        """
        guessed = []
        matrix, primaries, transfer = (
            int(code)
            for code in (image.colorspace, image.color_primaries, image.color_trc)
        )
        if rgb:
            guess = RGB
        elif image.width > _LARGEST_SD[0] or image.height > _LARGEST_SD[1]:
            guess = BT709
        else:
            guess = BT470BG if image.height in (288, 576) else SMPTE170M
        if rgb or matrix in (RGB, UNSAID):
            guessed += [] if rgb else ["matrix"]
            matrix = guess
        if matrix not in _SWSCALE:
            raise VideoError(
                "The colour matrix must be RGB, BT.601, BT.709, FCC, SMPTE 240M or "
                f"BT.2020. Received: number {matrix} of ITU-T H.273"
            )
        usual = (BT709, _SRGB_TRANSFER) if rgb else _PLAIN.get(guess, (guess, guess))
        full = rgb or _is_full(image)
        if not rgb:
            guessed += [] if int(image.color_range) or full else ["range"]
            guessed += ["primaries"] if primaries == UNSAID else []
            guessed += ["transfer"] if transfer == UNSAID else []
        primaries = usual[0] if primaries == UNSAID else primaries
        transfer = usual[1] if transfer == UNSAID else transfer
        return cls(matrix, full, primaries, transfer, tuple(guessed))

    def as_yuv(self) -> Color:
        """The same where RGB has to be written as luma and chroma."""
        if self.matrix != RGB:
            return self
        return replace(self, matrix=BT709, full=False)

    def __str__(self) -> str:
        return f"{_NAMES[self.matrix]}, {'full' if self.full else 'limited'} range"

    def tag(self, target: Any) -> None:
        """Writes it onto a frame or an encoder."""
        target.colorspace, target.color_range = self.matrix, FULL if self.full else 1
        target.color_primaries, target.color_trc = self.primaries, self.transfer


def _is_full(image: Any) -> bool:
    """Whether black is 0; gray that does not say is shown so by FFmpeg."""
    said, name = int(image.color_range), image.format.name
    unsaid_gray = not said and name.startswith("gray")
    return said == FULL or name.startswith("yuvj") or unsaid_gray


SRGB = Color(RGB, full=True, primaries=BT709, transfer=_SRGB_TRANSFER)
"""Of pictures."""


class Converter:
    """Between decoded frames and arrays of RGB, both ways with the same matrix.

    Args:
        color: Of the frames that come.
        deep: Whether to take 16 bits a value instead of 8.
        alpha: Whether there is an alpha channel.
    """

    def __init__(self, color: Color, *, deep: bool, alpha: bool) -> None:
        from av.video.reformatter import Interpolation, VideoReformatter

        self.color = color
        self._format = {
            (False, False): "rgb24",
            (True, False): "rgb48le",
            (False, True): "rgba",
            (True, True): "rgba64le",
        }[deep, alpha]
        # One for each way: swscale keeps what it has prepared for a conversion.
        self._there, self._back = VideoReformatter(), VideoReformatter()
        self._how = (
            Interpolation.BICUBIC
            | Interpolation.ACCURATE_RND
            | Interpolation.FULL_CHR_H_INT
            | Interpolation.FULL_CHR_H_INP
            | Interpolation.BITEXACT
        )

    def to_rgb(self, image: Any) -> AnyImage:
        """A decoded frame as an array.

        Shape:
            To ``(H, W, 3)`` or ``(H, W, 4)``.
        """
        frame = self._there.reformat(
            image,
            format=self._format,
            src_colorspace=_SWSCALE[self.color.matrix],
            src_color_range=FULL if self.color.full else LIMITED,
            dst_color_range=FULL,
            interpolation=self._how,
            threads=1,
        )
        pixels: Any = frame.to_ndarray()
        return pixels

    def from_rgb(self, pixels: AnyImage, pixel_format: str, color: Color) -> Any:
        """An array as a frame for the encoder."""
        source = pyav().VideoFrame.from_ndarray(
            np.ascontiguousarray(pixels), format=self._format
        )
        frame = self._back.reformat(
            source,
            format=pixel_format,
            dst_colorspace=_SWSCALE[color.matrix],
            src_color_range=FULL,
            dst_color_range=FULL if color.full else LIMITED,
            interpolation=self._how,
            threads=1,
        )
        color.tag(frame)
        return frame
