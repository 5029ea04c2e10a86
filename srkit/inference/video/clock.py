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
        self.made_up = 0
        """Frames without a usable time of their own."""
        self.unshown = 0
        """Frames before the first that can be decoded."""
        self._last: int | None = None
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

    def expect(self, packet: Any) -> None:
        """Notes that a packet has come, whose frame must come too."""
        if packet.size and packet.pts is not None and not packet.is_discard:
            heappush(self._awaited, packet.pts)

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
            return [None] * failed
        if image is not None and image.pts is None:
            return []
        holes: list[int | None] = []
        while self._awaited and (image is None or self._awaited[0] <= image.pts):
            pts = heappop(self._awaited)
            # The packet of a second field carries a time of its own, but no frame.
            field = image is not None and image.interlaced_frame
            if self._last is None:
                self.unshown += image is None or pts < image.pts
            elif pts > self._last + (self.step * 3 // 4 if field else 0):
                holes.append(pts)
        holes = [pts for pts in holes if image is None or pts != image.pts]
        self._filled.update(pts for pts in holes if pts is not None)
        return holes

    def is_late(self, image: Any) -> bool:
        """Whether a frame comes after another one has stood in for it."""
        return image.pts in self._filled

    def place(self, pts: int | None) -> int:
        """The time of the next frame: its own, if it is later than the one before."""
        last = self._last
        if pts is None or self.by_rate or (last is not None and pts <= last):
            self.made_up += 1
            pts = 0 if last is None else last + self.step
        self._last = pts
        return pts
