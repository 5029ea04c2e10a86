"""A film to read, frame by frame, each with its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain
from math import ceil
from typing import Any

from srkit.errors import UnreadableVideoError, VideoError
from srkit.inference.video.colour import Colour
from srkit.inference.video.decoder import Decoder
from srkit.inference.video.deinterlace import deinterlaced
from srkit.inference.video.formats import Format
from srkit.inference.video.frames import Facts, Frame
from srkit.inference.video.opening import is_live, open_film, video_of

_MICRO = 1_000_000


@dataclass(kw_only=True)
class Source:
    """A film that is decoded once, from its beginning to its end.

    Args:
        location: File, address (http, rtsp, ...) or camera (/dev/video0).
        start: Seconds to leave out at the beginning.
        duration: Seconds to take; None for all.
        deinterlace: Whether to make whole pictures of interlaced ones.
        on_error: "stop" at a frame that cannot be decoded, or "bicubic": what the
            decoder made of it, or the frame before, stands in and is marked.
        on_packet: Takes each packet of the other streams while frames are read.
    """

    location: str
    start: float = 0.0
    duration: float | None = None
    deinterlace: bool = False
    on_error: str = "stop"
    on_packet: Callable[[Any], None] | None = None
    said: list[str] = field(default_factory=list)
    """What a user should know of how it was read."""

    def __post_init__(self) -> None:
        self.container = open_film(self.location)
        self.stream = stream = video_of(self.container)
        stream.thread_type = "AUTO"
        self._rate = Fraction(stream.average_rate or stream.guessed_rate or 25)
        if self.start and stream.start_time is not None:
            self.container.seek(max(0, int(self.span[0] * _MICRO) - _MICRO))
        self._decoder = Decoder(self.container, stream, self._rate, self.on_packet)
        self._decoded = self._decoder.frames()

    @cached_property
    def span(self) -> tuple[Fraction, Fraction | None]:
        """First and last second to take, in the source's own time."""
        begin = Fraction(self.container.start_time or 0, _MICRO) + _exact(self.start)
        return begin, None if self.duration is None else begin + _exact(self.duration)

    @property
    def shift(self) -> Fraction:
        """Seconds by which all times become earlier."""
        return self.span[0] if self.start else Fraction(0)

    @cached_property
    def facts(self) -> Facts:
        """What holds for all of the film, seen at its first frame.

        Raises:
            UnreadableVideoError: If it has none.
        """
        first = next(self._decoded, None)
        if first is None:
            raise UnreadableVideoError(
                f"`{self.location}` must hold a frame that can be decoded. Received: "
                f"none{self._decoder.broken and f' ({self._decoder.broken})'}"
            )
        self._decoded = chain([first], self._decoded)
        image, by_rate = first.image, self._decoder.clock.by_rate
        matrix = image.side_data.get("DISPLAYMATRIX")
        return Facts(
            height=image.height,
            width=image.width,
            pixel_format=image.format.name,
            colour=Colour.read(image, rgb=Format.of(image.format.name).rgb),
            time_base=1 / self._rate if by_rate else self.stream.time_base,
            rate=self._rate,
            frames=None if is_live(self.location) else self._count(),
            aspect=self.stream.sample_aspect_ratio or None,
            orientation=bytes(matrix) if matrix else b"",
            interlaced=bool(image.interlaced_frame),
        )

    def frames(self) -> Iterator[Frame]:
        """All frames in the order in which they are shown.

        Raises:
            VideoError: If one cannot be decoded and `on_error` is "stop", or the size
                changes.
        """
        shift = round(self.shift / self.facts.time_base)
        decoded: Iterator[Frame] = self._decoded
        if self.deinterlace:
            decoded = deinterlaced(decoded, self.stream.time_base)
        for index, frame in enumerate(self._lasting(decoded)):
            self._check(frame, index)
            yield replace(frame, index=index, pts=frame.pts - shift)
        self._tell()

    def stop(self) -> None:
        """Ends the frames with the next one, as if the film ended there."""
        self._decoder.stopped = True

    def close(self) -> None:
        """Closes the file."""
        self.container.close()

    def _lasting(self, decoded: Iterator[Frame]) -> Iterator[Frame]:
        """The frames of the span, each with the time until the next one."""
        begin = self.span[0] / self.facts.time_base if self.start else None
        end = None if self.span[1] is None else self.span[1] / self.facts.time_base
        waiting: Frame | None = None
        for frame in decoded:
            if waiting is not None:
                until = frame.pts if end is None else min(frame.pts, ceil(end))
                yield replace(waiting, duration=until - waiting.pts)
                waiting = None
            if end is not None and frame.pts >= end:
                return
            if begin is None or frame.pts >= begin:
                waiting = frame
        if waiting is not None:
            yield self._last(waiting)

    def _last(self, frame: Frame) -> Frame:
        """The last frame, which lasts as long as the file says."""
        decoder = self._decoder
        if decoder.broken:
            self._end_early(f"reading ended with: {decoder.broken}")
        elif missing := decoder.missing:
            self._end_early(f"{float(missing):.2f} s are missing")
        elif decoder.end is not None and decoder.end > frame.pts:
            return replace(frame, duration=decoder.end - frame.pts)
        return frame

    def _check(self, frame: Frame, index: int) -> None:
        facts, image = self.facts, frame.image
        now = (image.width, image.height, image.format.name)
        if now != (facts.width, facts.height, facts.pixel_format):
            raise VideoError(
                f"All frames must be of one size and format. Received: frame {index} "
                f"at {facts.seconds(frame.pts):.3f} s is {now[0]}x{now[1]} {now[2]} "
                f"after {facts.width}x{facts.height} {facts.pixel_format}. "
                "Cut the film there with `duration` and `start`."
            )
        if frame.trouble and self.on_error == "stop":
            raise VideoError(
                f"Frame {index} at {facts.seconds(frame.pts):.3f} s is "
                f"{frame.trouble}. With `on_error` 'bicubic' (--on-error) it is "
                "replaced and named in the report."
            )

    def _end_early(self, what: str) -> None:
        told = f"`{self.location}` ends before it should: {what}"
        if self.on_error == "stop" and not is_live(self.location):
            raise VideoError(
                f"{told}. With `on_error` 'bicubic' (--on-error) the film ends there."
            )
        self.said.append(told)

    def _tell(self) -> None:
        clock = self._decoder.clock
        if clock.by_rate:
            self.said.append(
                f"the source has no times: frames were placed {self._rate} a second"
            )
        elif clock.made_up:
            self.said.append(f"{clock.made_up} frames without a usable time got one")
        if clock.unshown:
            self.said.append(
                f"{clock.unshown} frames at the beginning cannot be decoded: what they "
                "build on was cut off"
            )

    def _count(self) -> int | None:
        """How many frames are to be expected, as well as can be known."""
        stream, total = self.stream, None
        if stream.frames:
            total = stream.frames
        elif seconds := (self.container.duration or 0) / _MICRO:
            total = round(seconds * self._rate)
        if total is not None:
            total = max(1, total - round(self.start * self._rate))
        if self.duration is not None:
            wanted = max(1, round(self.duration * self._rate))
            total = wanted if total is None else min(total, wanted)
        return total


def _exact(seconds: float) -> Fraction:
    return Fraction(seconds).limit_denominator(_MICRO)
