"""Packets into frames: every packet's, in order, or a note of why one is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from srkit.inference.video.clock import Clock
from srkit.inference.video.frames import Frame
from srkit.inference.video.library import pyav, reason
from srkit.inference.video.matroska import is_whole
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
        self._read = 0

    @property
    def end(self) -> int | None:
        """The tick at which the film ends, where its file says so."""
        by_rate = self.clock.by_rate
        return None if by_rate else end_of(self._container, self._stream)

    @property
    def missing(self) -> Fraction:
        """Seconds that the file promises and has not; known once all is read."""
        clock, whole = self.clock, self._is_whole()
        if self.end is None or clock.last is None or whole:
            return Fraction(0)  # the last frame may be a long one
        usual = max(self._previous.duration or clock.step, clock.interval)
        tick: Fraction = self._stream.time_base
        missing = (self.end - clock.last - usual) * tick
        tolerated = _MISSING if whole is None else usual * tick / 2
        return missing if missing > tolerated else Fraction(0)

    def _is_whole(self) -> bool | None:
        """Whether the file had all that it tells of; None where that is not known."""
        kind, stream = self._container.format.name, self._stream
        if "mov" in kind and stream.frames:
            return bool(self._read >= stream.index_entries[-1].timestamp)
        return is_whole(Path(self._container.name)) if "matroska" in kind else None

    def frames(self) -> Iterator[Frame]:
        """Every frame with its time, and one for each that did not come."""
        errors = pyav().error.FFmpegError
        for packet in self._packets():
            if packet.stream is not self._stream:
                if self.on_packet and packet.dts is not None:
                    self.on_packet(packet)
                continue
            self.clock.expect(packet, key=self._is_key(packet))
            self._read = packet.dts if packet.dts is not None else self._read
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

    def _is_key(self, packet: Any) -> bool:
        """Whether decoding can begin there, or before.

        The file's index is asked too: in a damaged packet no parser sees it.
        """
        at = packet.pts if packet.dts is None else packet.dts
        index = self._stream.index_entries
        known = at is not None and index.search_timestamp(at) >= 0
        return bool(packet.is_keyframe or known)

    def _timed(self, image: Any | None) -> Iterator[Frame]:
        if image is not None and self._previous is None:
            self.clock.start(by_rate=image.pts is None)
        for pts in self.clock.missing(image):
            held = self._previous or image
            if held is not None:
                yield self._frame(held, pts, f"not decoded: {self._failure}")
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
