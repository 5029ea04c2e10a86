"""Packets into frames: every packet's, in order, or a note of why one is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from srkit.inference.video.clock import Clock
from srkit.inference.video.frames import Frame
from srkit.inference.video.library import pyav, reason
from srkit.inference.video.opening import end_of

_SEE_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
_MISSING = Fraction(1, 2)
"""Seconds by which a film may be shorter than its file says."""


class Decoder:
    """Decodes one stream of a film, once.

    Args:
        container: The open film.
        stream: The stream of it.
        rate: Frames a second.
    """

    def __init__(self, container: Any, stream: Any, rate: Fraction) -> None:
        self.clock = Clock(max(1, round(1 / (rate * stream.time_base))))
        self.on_packet: Callable[[Any], None] | None = None
        """Takes each packet of the other streams; None leaves them unread."""
        self.broken = ""
        """What the container raised, if it did."""
        self._container, self._stream = container, stream
        self._context = _context(stream)
        self._failure = "it was lost"
        self._previous: Any = None
        self._packets_seen = 0

    @property
    def end(self) -> int | None:
        """The tick at which the film ends, where its file says so."""
        by_rate = self.clock.by_rate
        return None if by_rate else end_of(self._container, self._stream)

    @property
    def missing(self) -> Fraction:
        """Seconds that the file promises and has not; known once all is read."""
        if self.end is None or self._previous is None:
            return Fraction(0)
        if 0 < self._stream.frames <= self._packets_seen:
            return Fraction(0)  # the last frame is just a long one
        image = self._previous
        ends = image.pts + (image.duration or self.clock.step)
        missing: Fraction = (self.end - ends) * self._stream.time_base
        return missing if missing > _MISSING else Fraction(0)

    def frames(self) -> Iterator[Frame]:
        """Every frame with its time, and one for each that did not come."""
        errors = pyav().error.FFmpegError
        for packet in self._packets():
            if packet.stream is not self._stream:
                if self.on_packet and packet.dts is not None:
                    self.on_packet(packet)
                continue
            self.clock.expect(packet)
            self._packets_seen += packet.size > 0
            try:
                images = self._context.decode(packet if packet.size else None)
            except errors as error:
                self._failure = reason(error)
                self.clock.fail()
                continue
            for image in images:
                yield from self._timed(image)
        yield from self._timed(None)

    def _packets(self) -> Iterator[Any]:
        """The packets; what a broken file or stream raises is its end."""
        errors = pyav().error.FFmpegError
        wanted = () if self.on_packet else (self._stream,)
        try:
            yield from self._container.demux(*wanted)
        except errors as error:
            self.broken = reason(error)

    def _timed(self, image: Any | None) -> Iterator[Frame]:
        if image is not None and self._previous is None:
            self.clock.start(by_rate=image.pts is None)
        for pts in self.clock.missing(image):
            if self._previous is not None:
                yield self._frame(self._previous, pts, f"not decoded: {self._failure}")
        if image is not None and not self.clock.is_late(image):
            self._previous = image
            damaged = "damaged, concealed by the decoder" if image.is_corrupt else ""
            yield self._frame(image, image.pts, damaged)

    def _frame(self, image: Any, pts: int | None, trouble: str) -> Frame:
        clock = self.clock
        return Frame(
            index=0,
            pts=clock.place(pts),
            duration=clock.step if clock.by_rate else image.duration or clock.step,
            image=image,
            trouble=trouble,
        )


def _context(stream: Any) -> Any:
    """The stream's decoder, or for WebM's transparency the one that sees it."""
    context = stream.codec_context
    told = {name.lower(): value for name, value in stream.metadata.items()}
    if context.name not in _SEE_ALPHA or told.get("alpha_mode") != "1":
        return context
    return pyav().CodecContext.create(_SEE_ALPHA[context.name], "r")
