"""A film to read, frame by frame, each with its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import chain
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from srkit.errors import UnreadableVideoError, VideoError
from srkit.inference.video.color import Color
from srkit.inference.video.copies import Copies
from srkit.inference.video.decoder import Decoder
from srkit.inference.video.deinterlace import deinterlaced
from srkit.inference.video.footage import Footage
from srkit.inference.video.formats import Format
from srkit.inference.video.frames import Facts, Frame
from srkit.inference.video.journal import fingerprint
from srkit.inference.video.opening import is_live, open_film, video_of
from srkit.inference.video.recorder import Recorder

if TYPE_CHECKING:
    from srkit.inference.video.containers import Container

_MICRO = 1_000_000


class Source(Footage):
    """A film that is decoded once, from its beginning to its end.

    Args:
        location: File, address (http, rtsp, ...) or camera (/dev/video0).
        start: Seconds to leave out at the beginning.
        duration: Seconds to take; None for all.
        deinterlace: Whether to make whole pictures of interlaced ones.
        on_error: "stop" at a frame that cannot be decoded, or "bicubic": what the
            decoder made of it, or the frame before, stands in and is marked.
    """

    def __init__(
        self,
        location: str,
        *,
        start: float = 0.0,
        duration: float | None = None,
        deinterlace: bool = False,
        on_error: str = "stop",
    ) -> None:
        super().__init__(location)
        self.live = is_live(location)
        self.start, self.duration = start, duration
        self.deinterlace, self.on_error = deinterlace, on_error
        self.container = open_film(location)
        self.stream = stream = video_of(self.container)
        stream.thread_type = "AUTO"
        self._rate = Fraction(stream.average_rate or stream.guessed_rate or 25)
        if start and stream.start_time is not None and not self.live:
            self.container.seek(max(0, int(self.span[0] * _MICRO) - _MICRO))
        self._decoder = Decoder(self.container, stream, self._rate)
        self._decoded = self._decoder.frames()
        self._recorder: Recorder | None = None

    @cached_property
    def span(self) -> tuple[Fraction, Fraction | None]:
        """First and last second to take, in the source's own time."""
        begin = Fraction(self.container.start_time or 0, _MICRO) + _exact(self.start)
        return begin, None if self.duration is None else begin + _exact(self.duration)

    @property
    def shift(self) -> Fraction:
        """Seconds by which all times become earlier."""
        return self.span[0] if self.start or self.live else Fraction(0)

    @property
    def identity(self) -> str:
        """Size and ends of the file, and what is taken of it."""
        if self.live:
            return self.location
        taken = (self.start, self.duration, self.deinterlace)
        return f"{fingerprint(Path(self.location))}, {taken}"

    def record(self, path: Path) -> None:
        """Keeps what passes beside the pictures; for streams, before the first frame.

        Args:
            path: File to keep it in.
        """
        recorder = Recorder(path, self.container, self.stream.index, self.shift)
        self._recorder = self._decoder.on_packet = recorder

    def copies(self, container: Container | None) -> Copies:
        """Sound, subtitles and what else there is beside the pictures."""
        if self._recorder is not None:
            there = self._recorder.close()
            place = str(self._recorder.path) if there else None
            self.said += self._recorder.left_out
            return Copies(place, None, container)
        begin = self.span[0] if self.start else None
        return Copies(
            self.location,
            self.stream.index,
            container,
            shift=self.shift,
            span=(begin, self.span[1]),
        )

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
            color=Color.read(image, rgb=Format.of(image.format.name).rgb),
            time_base=1 / self._rate if by_rate else self.stream.time_base,
            rate=self._rate,
            frames=None if self.live else self._count(),
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
        if self.on_error == "stop" and not self.live:
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
