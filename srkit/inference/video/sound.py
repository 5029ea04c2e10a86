"""Sound that a container cannot hold as it is, encoded anew at the same times."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from srkit.inference.video.library import pyav

_OPUS_RATE = 48000
_LAYOUTS = ("mono", "stereo", "2.1", "4.0", "5.0", "5.1", "6.1", "7.1")
"""What a number of channels stands for where a film tells no more."""


class Encoded:
    """A stream of sound in another codec.

    Args:
        film: The film out, which gets a stream for it.
        stream: The stream in the source.
        codec: FFmpeg's name of the encoder.
    """

    def __init__(self, film: Any, stream: Any, codec: str) -> None:
        context = stream.codec_context
        rate = _OPUS_RATE if codec == "libopus" else context.sample_rate
        layout = context.layout.name
        if layout.endswith(" channels"):
            layout = _LAYOUTS[context.layout.nb_channels - 1]
        self.out = film.add_stream(codec, rate=rate, layout=layout)
        encoder = self.out.codec_context
        encoder.open()  # which tells the size of its frames
        self._resampler = pyav().AudioResampler(
            format=encoder.format.name,
            layout=layout,
            rate=rate,
            frame_size=encoder.frame_size or None,
        )
        self._base = Fraction(1, rate)
        self._next: int | None = None

    def packets(self, packet: Any, shift: Fraction) -> Iterator[Any]:
        """What becomes of one packet; an empty one brings the rest.

        Args:
            packet: Of the stream in the source.
            shift: Seconds by which it becomes earlier.
        """
        ended = packet.dts is None
        frames = packet.decode()
        for frame in [*frames, *([None] if ended else [])]:
            for piece in self._resampler.resample(frame):
                if self._next is None:
                    start = (piece.pts or 0) * (piece.time_base or self._base) - shift
                    self._next = round(start / self._base)
                piece.pts, piece.time_base = self._next, self._base
                self._next += piece.samples
                yield from self._encode(piece)
        if ended:
            yield from self._encode(None)

    def _encode(self, piece: Any) -> Iterator[Any]:
        for packet in self.out.codec_context.encode(piece):
            packet.stream = self.out
            yield packet
