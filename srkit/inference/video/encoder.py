"""Encoding: which codec, how well, and the pieces that a film is encoded in.

A film is encoded in segments, each by an encoder of its own into a file of its own, so
that a job that was killed goes on after the last whole one. A segment's packets bear
the numbers of their frames; the times are put in when the film is joined.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srkit.errors import ArgumentError
from srkit.inference.video.library import put, pyav, reason, writing

if TYPE_CHECKING:
    from srkit.inference.video.color import Color

_ROOM = 64
"""Numbers kept free below the first frame, for what is decoded before it is shown."""
_TICK = 40
"""Milliseconds of a frame in a segment, which is no film but can be looked at."""


@dataclass(frozen=True)
class _Codec:
    """What an encoder calls its settings."""

    quality: int | None = None
    """Default of CRF; None where the encoder has none."""
    speed: tuple[str, str] | None = None
    """Option and default of its speed."""
    always: tuple[tuple[str, str], ...] = ()
    lossless: tuple[tuple[str, str], ...] = ()
    """Instead of CRF 0."""


_CODECS = {
    "libx264": _Codec(18, ("preset", "medium"), lossless=(("qp", "0"),)),
    "libx265": _Codec(
        20,
        ("preset", "medium"),
        (("x265-params", "log-level=error"),),
        (("x265-params", "log-level=error:lossless=1"),),
    ),
    "libsvtav1": _Codec(
        28, ("preset", "8"), lossless=(("svtav1-params", "lossless=1"),)
    ),
    "libvpx-vp9": _Codec(
        24, ("cpu-used", "3"), (("b", "0"), ("row-mt", "1")), (("lossless", "1"),)
    ),
    "ffv1": _Codec(always=(("level", "3"), ("slicecrc", "1"))),
}
_ALIASES = {
    "h264": "libx264",
    "x264": "libx264",
    "hevc": "libx265",
    "h265": "libx265",
    "x265": "libx265",
    "av1": "libsvtav1",
    "vp9": "libvpx-vp9",
    "prores": "prores_ks",
}


@dataclass(frozen=True, kw_only=True)
class Coding:
    """How a film is encoded.

    Args:
        codec: FFmpeg's name of the encoder.
        crf: Quality at a constant rate factor, lower is better, 0 without loss; None
            for the encoder's usual one.
        speed: The encoder's preset, "veryfast" for instance; None for the usual one.

    Raises:
        ArgumentError: If there is no such encoder, or it has no such setting.
    """

    codec: str
    crf: int | None = None
    speed: str | None = None

    def __post_init__(self) -> None:
        av = pyav()
        object.__setattr__(self, "codec", _ALIASES.get(self.codec, self.codec))
        try:
            kind = av.Codec(self.codec, "w").type
        except (av.error.FFmpegError, ValueError):
            kind = ""
        if kind != "video":
            raise ArgumentError(
                "`codec` must be an encoder of video that this FFmpeg has: "
                f"{', '.join(_CODECS)}, ... Received: {self.codec!r}"
            )
        known = _CODECS.get(self.codec, _Codec())
        for name, able in (("crf", known.quality), ("speed", known.speed)):
            if getattr(self, name) is not None and able is None:
                raise ArgumentError(
                    f"`{name}` is not for {self.codec}, which has no such setting. "
                    f"Received: {getattr(self, name)!r}"
                )

    @property
    def options(self) -> dict[str, str]:
        """The encoder's own options."""
        known = _CODECS.get(self.codec, _Codec())
        options = dict(known.always)
        if known.speed is not None:
            options[known.speed[0]] = self.speed or known.speed[1]
        if self.crf == 0 and known.lossless:
            return options | dict(known.lossless)
        if known.quality is not None:
            options["crf"] = str(known.quality if self.crf is None else self.crf)
        return options


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What all segments of a film share."""

    height: int
    width: int
    pixel_format: str
    color: Color
    time_base: Fraction
    rate: Fraction
    aspect: Fraction | None = None


class Segment:
    """A piece of a film, encoded into a file that appears when it is whole.

    Args:
        path: Where to.
        coding: How.
        shape: What its frames are like.
    """

    def __init__(self, path: Path, coding: Coding, shape: Shape) -> None:
        av = pyav()
        self.path = path
        self.times: list[tuple[int, int]] = []
        """Time and duration of each frame, in ticks of the film."""
        self.depth = 0
        """How many packets at most come before they are shown."""
        self._number: dict[int, int] = {}
        self._packets = 0
        self._beside = path.with_suffix(".part")
        self._file = av.open(str(self._beside), "w", format="matroska")
        try:
            self._stream = self._file.add_stream(
                coding.codec, rate=shape.rate, options=coding.options
            )
            _configure(self._stream.codec_context, shape)
            self._stream.time_base = Fraction(1, 1000)
            self._stream.codec_context.open()
        except (av.error.FFmpegError, ValueError) as error:
            raise ArgumentError(
                f"`codec` {coding.codec} cannot encode {shape.width}x{shape.height} "
                f"{shape.pixel_format} with {coding.options}: {reason(error)}. "
                "Choose other settings or 'ffv1'."
            ) from error
        with writing(path):
            self._file.start_encoding()

    def add(self, image: Any, pts: int, duration: int) -> None:
        """Encodes one more frame.

        Raises:
            OutputError: If it cannot be written.
        """
        image.pts, image.duration = pts, duration
        image.time_base = self._stream.codec_context.time_base
        self._number[pts] = len(self.times)
        self.times.append((pts, duration))
        self._write(image)

    def close(self) -> None:
        """Puts the whole segment in its place.

        Raises:
            OutputError: If it cannot be written.
        """
        self._write(None)
        with writing(self.path):
            self._file.close()
            put(self._beside, self.path)

    def abandon(self) -> None:
        """Gives the begun segment up."""
        with suppress(OSError, pyav().error.FFmpegError):  # the disk may be full
            self._file.close()
            self._beside.unlink(missing_ok=True)

    def _write(self, image: Any) -> None:
        with writing(self.path):
            for packet in self._stream.codec_context.encode(image):
                number = self._number.pop(packet.pts)
                self.depth = max(self.depth, self._packets - number)
                packet.time_base = Fraction(1, 1000)
                packet.pts = (number + _ROOM) * _TICK
                packet.dts = self._packets * _TICK
                packet.duration = _TICK
                packet.stream = self._stream
                self._packets += 1
                self._file.mux(packet)


def numbered(container: Any) -> Any:
    """The packets of a segment, each with the number of its frame."""
    for packet in container.demux(video=0):
        if packet.size:
            yield packet.pts // _TICK - _ROOM, packet


def _configure(context: Any, shape: Shape) -> None:
    context.width, context.height = shape.width, shape.height
    context.pix_fmt = shape.pixel_format
    context.time_base, context.framerate = shape.time_base, shape.rate
    if shape.aspect:
        context.sample_aspect_ratio = shape.aspect
    shape.color.tag(context)
