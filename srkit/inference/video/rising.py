"""Times that step back, as in recordings laid end to end, made to rise again."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

_JUMP = Fraction(1, 2)
"""Seconds; what steps back by less is out of order, not another recording."""


class Rising:
    """Moves packets so that the times of each stream rise, as all containers ask."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._offsets: dict[int, Fraction] = {}
        self._last: dict[int, int] = {}
        self._ends: dict[int, int] = {}

    def mend(self, packet: Any) -> None:
        """Gives a packet the time that it has in the film out."""
        index, sound = packet.stream.index, packet.stream.type == "audio"
        before = packet.dts if packet.dts is not None else packet.pts
        if before is None:
            before = self._ends.get(index, 0)
        now = before + self._moved(packet)
        last = self._last.get(index)
        if last is not None and (last - now) * packet.time_base > _JUMP:
            self._jump(packet, before)
            now = before + self._moved(packet)
        if last is not None and now < last + sound:
            now = last + sound
        packet.dts = now
        if packet.pts is not None:
            packet.pts = max(packet.pts + self._moved(packet), now)
        self._last[index] = now
        self._ends[index] = max(self._ends.get(index, 0), now + (packet.duration or 0))

    def _moved(self, packet: Any) -> int:
        offset = self._offsets.get(packet.stream.index, Fraction(0))
        return round(offset / packet.time_base)

    def _jump(self, packet: Any, before: int) -> None:
        """Goes on where the stream was, in step with those that jumped before it."""
        stream, tick = packet.stream, packet.time_base
        offset = max(
            (self._ends[stream.index] - before) * tick, *self._offsets.values(), 0
        )
        self._offsets[stream.index] = offset
        self.said.append(
            f"the times of stream {stream.index} ({stream.type}) step back to "
            f"{float(before * tick):.3f} s; from there on they were moved by "
            f"{float(offset):.3f} s"
        )
