"""Video codecs: a picture as it comes back out of a compressed clip.

A codec spends few bits on what it could predict from the frame before, so its traces
in a P-frame (blocks that stay behind, detail that is not renewed, ghosts at edges) are
not those of a still picture. Hence a picture is encoded as the last of a few frames
under a slow pan. PyAV, the extra `video`, brings the codecs along.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from srkit.data.degradations.base import Degradation
from srkit.data.degradations.interlacing import moved
from srkit.data.degradations.planes import from_planes, to_planes
from srkit.data.degradations.settings import Range, number, setting
from srkit.errors import MissingExtraError
from srkit.types import ByteImage

if TYPE_CHECKING:
    import numpy as np

_RATE = 25
_KEYFRAMES = 50
"""Frames from one key frame to the next, by which a bit rate is reckoned."""


@dataclass(frozen=True, kw_only=True)
class VideoCodec(Degradation):
    """Base of the codecs: a clip in, the clip as a decoder shows it out.

    Args:
        frames: Frames encoded; the last one comes back. 1 gives a key frame.
        pan: Way of the picture from one frame to the next, in pixels; in a `Chain`, of
            the picture that it starts from.
        angle: Direction of that way in degrees.
        bits_per_pixel: Bit rate, in bits for each pixel of each frame: 1000 * kbit/s
            over (width * height * frames a second), so 0.1 is 1 Mbit/s at 704x576
            and 25. The quality that comes closest to it (with a key frame every 50)
            is searched, since rate control settles only after seconds. None keeps
            the quality as it is set.
    """

    encoder: ClassVar[str]
    decoder: ClassVar[str]
    qualities: ClassVar[tuple[int, int]]
    """Best and worst setting of the quality."""

    frames: Range = setting((2, 5), low=1, high=50, step=1)
    pan: Range = setting((0.0, 1.5), low=0, high=32)
    angle: Range = setting((0.0, 360.0), low=-360, high=360)
    bits_per_pixel: Range | None = setting(None, low=0.001, high=24)

    @property
    @abstractmethod
    def quality(self) -> int:
        """The setting of the quality that has been drawn."""

    @property
    def least(self) -> int:
        """A macroblock."""
        return 16

    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Encodes the picture as the last frame of a clip."""
        return self.film(self.clip(image), rng)[-1]

    def clip(self, image: ByteImage) -> list[ByteImage]:
        """Frames that end with the picture, each a little further on the way."""
        last = round(number(self.frames)) - 1
        pan, angle = number(self.pan), number(self.angle)
        ways = [(frame - last) * pan for frame in range(last)]
        return [*(moved(image, way, angle=angle) for way in ways), image]

    def film(
        self, frames: Sequence[ByteImage], rng: np.random.Generator
    ) -> list[ByteImage]:
        """Encodes a clip and decodes it."""
        del rng
        coded, height, width = to_planes(frames), *frames[0].shape[:2]
        if self.bits_per_pixel is None:
            packets = self._encode(coded, self.quality)
        else:
            packets = self._encode_at_rate(coded)
        return [frame[:height, :width] for frame in _decode(packets, self.decoder)]

    @property
    def caption(self) -> str:
        """The codec with its quality, or with the bit rate in place of that."""
        if not isinstance(rate := self.bits_per_pixel, int | float):
            return super().caption
        return f"{super().caption.split()[0]} {rate:.2g} bits/pixel"

    def require(self) -> None:
        """Makes sure that PyAV is there, with this codec."""
        _codec(self.encoder, "w")

    @abstractmethod
    def _configure(self, context: Any, quality: int) -> None:
        """Sets the quality, without rate control."""

    def _encode(self, frames: Sequence[ByteImage], quality: int) -> list[Any]:
        av = _av()
        context = _codec(self.encoder, "w")
        context.height, context.width = frames[0].shape[0] * 2 // 3, frames[0].shape[1]
        # MJPEG insists on the name; what comes back is taken as it was given.
        context.pix_fmt = "yuvj420p" if self.encoder == "mjpeg" else "yuv420p"
        context.time_base, context.framerate = Fraction(1, _RATE), Fraction(_RATE)
        context.max_b_frames = 0  # cameras have no time for them
        context.thread_count = 1  # threads cost more than such a picture
        self._configure(context, quality)
        packets = []
        for index, frame in enumerate(frames):
            image = av.VideoFrame.from_ndarray(frame, format=context.pix_fmt)
            image.pts = index
            packets += context.encode(image)
        return [*packets, *context.encode(None)]

    def _encode_at_rate(self, frames: Sequence[ByteImage]) -> list[Any]:
        """Finds the best quality within the rate, or else the worst there is."""
        height, width = frames[0].shape[0] * 2 // 3, frames[0].shape[1]
        bits = number(self.bits_per_pixel) * height * width
        low, high = self.qualities
        packets = self._encode(frames, high)
        while low < high:
            middle = (low + high) // 2
            trial = self._encode(frames, middle)
            if _bits_per_frame(trial) <= bits:
                high, packets = middle, trial
            else:
                low = middle + 1
        return packets


@dataclass(frozen=True, kw_only=True)
class Quantised(VideoCodec):
    """Base of the codecs whose quality is the quantiser itself."""

    qualities = (2, 31)

    quantiser: Range

    @property
    def quality(self) -> int:
        """The quantiser."""
        return round(number(self.quantiser))

    def _configure(self, context: Any, quality: int) -> None:
        context.qmin = context.qmax = quality


def _av() -> Any:
    try:
        import av
    except ImportError as error:
        raise MissingExtraError(
            "Video codecs need PyAV. Install it with: pip install 'srkit[video]'"
        ) from error
    return av


def _codec(name: str, mode: str) -> Any:
    av = _av()
    try:
        return av.CodecContext.create(name, mode)
    except av.codec.codec.UnknownCodecError as error:
        raise MissingExtraError(
            f"This PyAV was built without the codec {name}; the one of "
            "`pip install 'srkit[video]'` has it. "
            f"Received: PyAV {av.__version__}"
        ) from error


def _decode(packets: Sequence[Any], name: str) -> list[ByteImage]:
    context = _codec(name, "r")
    context.thread_count = 1
    frames = [frame for packet in packets for frame in context.decode(packet)]
    frames += context.decode(None)
    return [from_planes(frame.to_ndarray()) for frame in frames]


def _bits_per_frame(packets: Sequence[Any]) -> float:
    """Bits of a frame on average, with a key frame among `_KEYFRAMES`."""
    key, *others = [8 * packet.size for packet in packets]
    between = sum(others) / len(others) if others else key
    return (key + (_KEYFRAMES - 1) * between) / _KEYFRAMES
