"""Sound without a compressor, whose holes some containers cannot tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from srkit.inference.video.library import pyav

GAP = Fraction(15, 1000)
"""Seconds that are missing: more than times are rounded by, less than a packet."""
_QUIET = {"pcm_u8": b"\x80", "pcm_mulaw": b"\xff", "pcm_alaw": b"\xd5"}
"""Silence, where it is not zero."""


def is_plain(stream: Any) -> bool:
    """Whether a stream is of such sound."""
    context = stream.codec_context
    return context is not None and context.name.startswith("pcm_")


class Filler:
    """Puts silence into the holes of plain sound."""

    def __init__(self) -> None:
        self._given: dict[int, tuple[Fraction, int]] = {}

    def before(self, packet: Any) -> Iterator[Any]:
        """The packets of silence that a packet needs before it."""
        stream, tick = packet.stream, packet.time_base
        context, rate = stream.codec_context, stream.codec_context.sample_rate
        bits = re.search(r"\d+", context.name)
        block = (int(bits[0]) if bits else 8) // 8 * context.channels
        now = packet.dts * tick
        begin, samples = self._given.get(stream.index, (now, 0))
        missing = round((now - begin) * rate) - samples
        missing = missing if missing > GAP * rate else 0
        for begun in range(0, missing, rate):
            size = min(missing - begun, rate)
            quiet = pyav().Packet(_QUIET.get(context.name, b"\0") * (size * block))
            quiet.stream, quiet.time_base = stream, tick
            quiet.dts = round((begin + Fraction(samples + begun, rate)) / tick)
            quiet.pts = quiet.dts
            quiet.duration = round(Fraction(size, rate) / tick)
            yield quiet
        samples += missing
        self._given[stream.index] = begin, samples + packet.size // block
