"""A film to read, frame by frame, each with its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Any

from srkit.errors import UnreadableVideoError, VideoError
from srkit.inference.video.clock import Clock
from srkit.inference.video.colour import Colour
from srkit.inference.video.deinterlace import deinterlaced
from srkit.inference.video.formats import Format
from srkit.inference.video.frames import Facts, Frame
from srkit.inference.video.library import pyav, reason
from srkit.inference.video.opening import is_live, open_film, video_of

_TOLD_LENGTHS = ("mov", "matroska")
"""Containers whose length is written down, not estimated."""
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
        on_packet: Called with each packet of the other streams while frames are read.
    """

    location: str
    start: float = 0.0
    duration: float | None = None
    deinterlace: bool = False
    on_error: str = "stop"
    on_packet: Callable[[Any], None] | None = None
    said: list[str] = field(default_factory=list)
    """What a user should know of how it was read."""
    stopped: bool = False
    """Set from outside, it ends the frames before the film ends."""

    def __post_init__(self) -> None:
        self.container = open_film(self.location)
        self.stream = video_of(self.container)
        self.stream.thread_type = "AUTO"
        self._rate = Fraction(
            self.stream.average_rate or self.stream.guessed_rate or 25
        )
        self._clock = Clock(max(1, round(1 / (self._rate * self.stream.time_base))))
        self._previous: Any = None
        self._failure = "it was lost"
        if self.start and self.stream.start_time is not None:
            self.container.seek(max(0, int(self.span[0] * _MICRO) - _MICRO))
        self._placed = self._decoded()

    @cached_property
    def span(self) -> tuple[Fraction, Fraction | None]:
        """First and last second to take, in the source's own time."""
        begin = Fraction(self.container.start_time or 0, _MICRO) + _exact(self.start)
        return begin, None if self.duration is None else begin + _exact(self.duration)

    @cached_property
    def shift(self) -> Fraction:
        """Seconds by which all times become earlier."""
        return self.span[0] if self.start else Fraction(0)

    @cached_property
    def facts(self) -> Facts:
        """What holds for all of the film, seen at its first frame.

        Raises:
            UnreadableVideoError: If it has none.
        """
        first = next(self._placed, None)
        if first is None:
            raise UnreadableVideoError(
                f"`{self.location}` must hold a frame that can be decoded. Received: "
                "none"
            )
        self._placed = chain([first], self._placed)
        image = first.image
        matrix = image.side_data.get("DISPLAYMATRIX")
        return Facts(
            height=image.height,
            width=image.width,
            pixel_format=image.format.name,
            colour=Colour.read(image, rgb=Format.of(image.format.name).rgb),
            time_base=1 / self._rate if self._clock.by_rate else self.stream.time_base,
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
        facts = self.facts
        shift = round(self.shift / facts.time_base)
        begin, end = self.span[0] / facts.time_base, self.span[1]
        last = None if end is None else end / facts.time_base
        placed: Iterator[Frame] = self._placed
        if self.deinterlace:
            placed = deinterlaced(placed, self.stream.time_base)
        index = 0
        for frame in placed:
            if last is not None and frame.pts >= last:
                break
            if self.start and frame.pts < begin:
                continue
            self._check(frame, index)
            yield replace(frame, index=index, pts=frame.pts - shift)
            index += 1
        else:
            self._check_length()
        self._tell()

    def close(self) -> None:
        """Closes the file."""
        self.container.close()

    def _decoded(self) -> Iterator[Frame]:
        """Every frame with its time, and one for each that did not come."""
        errors = pyav().error.FFmpegError
        for packet in self._packets():
            if packet.stream is not self.stream:
                if self.on_packet and packet.dts is not None:
                    self.on_packet(packet)
                continue
            self._clock.expect(packet)
            try:
                images = packet.decode()
            except errors as error:
                self._failure = reason(error)
                self._clock.fail()
                continue
            for image in images:
                yield from self._timed(image)
        yield from self._timed(None)

    def _packets(self) -> Iterator[Any]:
        """The packets; what a broken file or stream raises is its end."""
        wanted = () if self.on_packet else (self.stream,)
        try:
            for packet in self.container.demux(*wanted):
                if self.stopped:
                    break
                yield packet
        except pyav().error.FFmpegError as error:
            self._end_early(f"reading ended with: {reason(error)}")

    def _timed(self, image: Any | None) -> Iterator[Frame]:
        clock = self._clock
        if image is not None and self._previous is None:
            clock.by_rate = image.pts is None
        for pts in clock.missing(image):
            if self._previous is not None:
                yield self._frame(self._previous, pts, f"not decoded: {self._failure}")
        if image is not None:
            self._previous = image
            damaged = "damaged, concealed by the decoder" if image.is_corrupt else ""
            yield self._frame(image, image.pts, damaged)

    def _frame(self, image: Any, pts: int | None, trouble: str) -> Frame:
        step = 1 if self._clock.by_rate else self._clock.step
        duration = 1 if self._clock.by_rate else image.duration or step
        self._clock.step = step
        placed = self._clock.place(pts)
        return Frame(
            index=0, pts=placed, duration=duration, image=image, trouble=trouble
        )

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

    def _check_length(self) -> None:
        """Whether the film is as long as its file says."""
        stream, name = self.stream, self.container.format.name
        if self.stopped or self._clock.by_rate or not stream.duration:
            return
        if any(each in name for each in _TOLD_LENGTHS) and self._previous is not None:
            last = self._previous.pts + (self._previous.duration or self._clock.step)
            missing = (stream.start_time or 0) + stream.duration - last
            if missing > 3 * self._clock.step:
                self._end_early(
                    f"{float(missing * stream.time_base):.2f} s are missing"
                )

    def _end_early(self, what: str) -> None:
        told = f"`{self.location}` ends before it should: {what}"
        if self.on_error == "stop" and not is_live(self.location):
            raise VideoError(
                f"{told}. With `on_error` 'bicubic' (--on-error) the film ends there."
            )
        self.said.append(told)

    def _tell(self) -> None:
        clock = self._clock
        if clock.by_rate:
            self.said.append(
                f"The source has no times: frames were placed {self._rate} a second"
            )
        elif clock.made_up:
            self.said.append(f"{clock.made_up} frames without a usable time got one")
        if clock.unshown:
            self.said.append(
                f"{clock.unshown} frames at the beginning cannot be decoded: what they "
                "build on was cut off"
            )

    def _count(self) -> int | None:
        """How many frames are to be expected."""
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
