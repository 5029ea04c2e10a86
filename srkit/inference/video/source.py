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
from srkit.inference.video.deinterlace import deinterlaced
from srkit.inference.video.footage import Footage
from srkit.inference.video.formats import Format
from srkit.inference.video.frames import Facts, Frame
from srkit.inference.video.journal import fingerprint
from srkit.inference.video.opening import is_live
from srkit.inference.video.reader import Reader
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
        self._recorder: Recorder | None = None
        self._reader = Reader(location)
        self._taken = self._lasting()

    @cached_property
    def span(self) -> tuple[Fraction, Fraction | None]:
        """First and last second to take, in the source's own time."""
        begin = Fraction(self._reader.container.start_time or 0, _MICRO)
        begin += _exact(self.start)
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
        reader = self._reader
        recorder = Recorder(path, reader.container, reader.stream.index, self.shift)
        self._recorder = reader.decoder.on_packet = recorder

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
            self._reader.stream.index,
            container,
            shift=self.shift,
            span=(begin, self.span[1]),
        )

    @cached_property
    def facts(self) -> Facts:
        """What holds for all that is taken, seen at its first frame.

        Raises:
            VideoError: If the span has none.
            UnreadableVideoError: If the film has none.
        """
        reader, first = self._reader, next(self._taken, None)
        if first is None:
            if reader.decoder.clock.last is not None:
                raise VideoError(f"`{self.location}` has no frame in that span.")
            raise UnreadableVideoError(
                f"`{self.location}` must hold a frame that can be decoded. Received: "
                f"none{reader.decoder.broken and f' ({reader.decoder.broken})'}"
            )
        self._taken = chain([first], self._taken)
        image = first.image
        matrix = image.side_data.get("DISPLAYMATRIX")
        return Facts(
            height=image.height,
            width=image.width,
            pixel_format=image.format.name,
            color=Color.read(image, rgb=Format.of(image.format.name).rgb),
            time_base=reader.tick,
            rate=reader.rate,
            frames=None if self.live else reader.count(self.start, self.duration),
            aspect=reader.stream.sample_aspect_ratio or None,
            orientation=bytes(matrix) if matrix else b"",
        )

    def frames(self) -> Iterator[Frame]:
        """All frames in the order in which they are shown.

        Raises:
            VideoError: If one cannot be decoded and `on_error` is "stop", or the size
                changes.
        """
        frames = self._checked()
        if self.deinterlace:
            frames = deinterlaced(frames, self._reader.stream.time_base)
        yield from frames
        self._tell()

    def close(self) -> None:
        """Closes the file."""
        self._reader.close()

    def _lasting(self) -> Iterator[Frame]:
        """The frames of the span, each with the time until the next one."""
        begin, end = self.span
        waiting: Frame | None = None
        seek = self.start and not self.live
        for frame in self._reader.frames(begin if seek else None):
            if waiting is not None:
                yield self._until(waiting, frame.pts)
                waiting = None
            if end is not None and frame.pts * self._reader.tick >= end:
                return
            if self._is_in(frame.pts):
                waiting = frame
        if waiting is not None:
            yield self._last(waiting)

    def _is_in(self, pts: int) -> bool:
        """Whether a time lies within the span."""
        begin, end = self.span
        moment = pts * self._reader.tick
        return (not self.start or moment >= begin) and (end is None or moment < end)

    def _until(self, frame: Frame, pts: int) -> Frame:
        """A frame that lasts until a time, or to the end of the span."""
        end = self.span[1]
        until = pts if end is None else min(pts, ceil(end / self._reader.tick))
        return replace(frame, duration=until - frame.pts)

    def _last(self, frame: Frame) -> Frame:
        """The last frame, which lasts as long as the file says."""
        decoder = self._reader.decoder
        if decoder.broken:
            self._end_early(f"reading ended with: {decoder.broken}")
        elif missing := decoder.missing:
            self._end_early(f"{float(missing):.2f} s are missing")
        elif decoder.end is not None and decoder.end > frame.pts:
            return self._until(frame, decoder.end)
        return frame

    def _checked(self) -> Iterator[Frame]:
        """The frames of the span, numbered."""
        shift, interlaced = round(self.shift / self.facts.time_base), False
        for index, frame in enumerate(self._taken):
            self._check(frame, index)
            if frame.image.interlaced_frame and not (self.deinterlace or interlaced):
                interlaced = True
                self.said.append(
                    f"the source is interlaced (first at frame {index}) and is "
                    "written as progressive; `deinterlace` (--deinterlace) makes whole "
                    "pictures of it"
                )
            yield replace(frame, index=index, pts=frame.pts - shift)

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
        reader, clock = self._reader, self._reader.decoder.clock
        if clock.by_rate:
            self.said.append(
                f"the source has no times: frames were placed {reader.rate} a second"
            )
        elif clock.made_up:
            self.said.append(f"{clock.made_up} frames without a usable time got one")
        if unshown := sum(map(self._is_in, clock.unshown)):
            self.said.append(
                f"{unshown} frames at the beginning cannot be decoded: what they "
                "build on was cut off"
            )


def _exact(seconds: float) -> Fraction:
    return Fraction(seconds).limit_denominator(_MICRO)
