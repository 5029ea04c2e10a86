"""The times of decoded frames: kept as they are, made up where there are none.

A frame that the decoder swallows leaves a hole: its packet came, its picture did not.
So the times of the packets are kept until their frames have come.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Any


class Clock:
    """Gives frames their times and finds those that never came.

    Args:
        step: Usual ticks from a frame to the next.
    """

    def __init__(self, step: int) -> None:
        self.step = step
        self.by_rate = False
        """Whether the source has no times at all, so that frames are counted."""
        self.last: int | None = None
        """Time of the latest frame."""
        self.interval = 0
        """Ticks between it and the one before."""
        self.made_up = 0
        """Frames without a usable time of their own."""
        self.unshown: list[int] = []
        """Times before the first key frame, whose frames build on what is not there."""
        self._key: int | None = None
        self._keyed = False
        self._awaited: list[int] = []
        self._filled: set[int] = set()
        self._failed = 0

    def start(self, *, by_rate: bool) -> None:
        """Begins with the first frame.

        Args:
            by_rate: Whether frames are counted, the source having no times.
        """
        self.by_rate = by_rate
        if by_rate:
            self.step = 1

    def expect(self, packet: Any, *, key: bool) -> None:
        """Notes that a packet has come, whose frame must come too.

        Args:
            packet: The packet.
            key: Whether decoding can begin there.
        """
        if not packet.size or packet.is_discard:
            return
        self._keyed |= key
        if packet.pts is not None:
            heappush(self._awaited, packet.pts)
            if self._key is None and key:
                self._key = packet.pts

    def fail(self) -> None:
        """Notes that a packet could not be decoded."""
        self._failed += 1

    def missing(self, image: Any | None) -> list[int | None]:
        """The times before a decoded frame whose frames did not come.

        Args:
            image: The frame; None once there is none any more.
        """
        if self.by_rate:
            failed, self._failed = self._failed, 0
            if self.last is None and not self._keyed:
                self.unshown += [0] * failed
                return []
            return [None] * failed
        if image is not None and image.pts is None:
            return []
        holes: list[int | None] = []
        while self._awaited and (image is None or self._awaited[0] <= image.pts):
            pts = heappop(self._awaited)
            if image is not None and pts == image.pts:
                continue
            # The packet of a second field carries a time of its own, but no frame.
            field = image is not None and image.interlaced_frame
            if self.last is None and (self._key is None or pts < self._key):
                self.unshown.append(pts)
            elif self.last is None or pts > self.last + field * self.step * 3 // 4:
                holes.append(pts)
        self._filled.update(pts for pts in holes if pts is not None)
        return holes

    def is_late(self, image: Any) -> bool:
        """Whether a frame comes after another one has stood in for it."""
        return image.pts in self._filled

    def place(self, pts: int | None) -> int:
        """The time of the next frame: its own, if it is later than the one before."""
        last = self.last
        if pts is None or self.by_rate or (last is not None and pts <= last):
            self.made_up += 1
            pts = 0 if last is None else last + self.step
        self.interval = 0 if last is None else pts - last
        self.last = pts
        return pts
