"""An open film, whose frames are read from its beginning or from a time on."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Any

from srkit.inference.video.decoder import Decoder
from srkit.inference.video.opening import open_film, video_of

if TYPE_CHECKING:
    from srkit.inference.video.frames import Frame

_MICRO = 1_000_000
_EARLY = 1
"""Seconds before a time from which on is sought for a key frame."""


class Reader:
    """Reads the pictures of a film, once.

    Args:
        location: File, address or camera.

    Raises:
        UnreadableVideoError: If it is not there or is no film.
    """

    def __init__(self, location: str) -> None:
        self._location = location
        self._open()

    def _open(self) -> None:
        self.container: Any = open_film(self._location)
        self.stream: Any = video_of(self.container)
        self.stream.thread_type = "AUTO"
        rate = self.stream.average_rate or self.stream.guessed_rate
        self.rate = Fraction(rate or 25)
        self.decoder = Decoder(self.container, self.stream, self.rate)

    @property
    def tick(self) -> Fraction:
        """Seconds of a tick of the frames' times; known once there was a frame."""
        tick: Fraction = self.stream.time_base
        return 1 / self.rate if self.decoder.clock.by_rate else tick

    def frames(self, begin: Fraction | None) -> Iterator[Frame]:
        """All frames from a time on, and some before.

        Args:
            begin: Seconds, in the film's own time; None for its beginning.
        """
        if begin is None or self.stream.start_time is None:
            return self.decoder.frames()
        if (frames := self._sought(begin)) is not None:
            return frames
        self.close()
        self._open()
        return self.decoder.frames()

    def count(self, start: float, duration: float | None) -> int | None:
        """How many frames are to be expected, as well as can be known.

        Args:
            start: Seconds to leave out at the beginning.
            duration: Seconds to take; None for all.
        """
        total: int | None = self.stream.frames or None
        if total is None and (length := self.container.duration):
            total = round(Fraction(length, _MICRO) * self.rate)
        if total is not None:
            total = max(1, total - round(start * self.rate))
        if duration is not None:
            wanted = max(1, round(duration * self.rate))
            total = wanted if total is None else min(total, wanted)
        return total

    def close(self) -> None:
        """Closes the film."""
        self.container.close()

    def _sought(self, begin: Fraction) -> Iterator[Frame] | None:
        """Frames from a key frame before a time; None where seeking leads to none.

        A broadcast has no index: one comes out somewhere, and the next key frame may
        lie behind that time.
        """
        self.container.seek(max(0, int((begin - _EARLY) * _MICRO)))
        frames = self.decoder.frames()
        for frame in frames:
            if self.decoder.clock.by_rate or frame.pts * self.tick > begin:
                return None
            if frame.image.key_frame and not frame.trouble:
                return chain([frame], frames)
        return None
