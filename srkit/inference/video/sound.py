"""Sound that a container cannot hold as it is, encoded anew at the same times."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from srkit.inference.video.containers import layout_of
from srkit.inference.video.library import pyav

_OPUS_RATE = 48000
_GAP = Fraction(15, 1000)
"""Seconds that are missing: more than times are rounded by, less than a packet."""


class Encoded:
    """A stream of sound in another codec; silence where it has none.

    Args:
        film: The film out, which gets a stream for it.
        stream: The stream in the source.
        codec: FFmpeg's name of the encoder.
    """

    def __init__(self, film: Any, stream: Any, codec: str) -> None:
        rate = _rate(codec, stream.codec_context.sample_rate)
        self.out = film.add_stream(codec, rate=rate, layout=layout_of(stream))
        self.out.codec_context.open()  # which tells the size of its frames
        self.begin: Fraction | None = None
        """Second at which it begins in the film out."""
        self.end = Fraction(0)
        """Second up to which there is sound."""
        self.broken = 0
        """Packets that could not be decoded."""
        self._until = Fraction(0)
        self._base = Fraction(1, rate)
        self._next = 0
        self._kind: tuple[str, str, int] | None = None
        self._resampler: Any = None

    @property
    def slack(self) -> Fraction:
        """Seconds that the encoder may begin earlier and end later."""
        return 2 * (self.out.codec_context.frame_size or 1024) * self._base

    def packets(self, packet: Any, shift: Fraction) -> Iterator[Any]:
        """What becomes of one packet; an empty one brings the rest.

        Args:
            packet: Of the stream in the source.
            shift: Seconds by which it becomes earlier.
        """
        frames = []
        try:
            frames = packet.decode()
        except pyav().error.FFmpegError:
            self.broken += 1
        for frame in frames:
            yield from self._take(frame, shift)
        if packet.size:
            end = (packet.dts + (packet.duration or 0)) * packet.time_base - shift
            self._until = max(self._until, end)
            return
        if self.broken:
            yield from self._silence(self._until)
        yield from self._resampled(None)
        yield from self._encode(None)

    def _take(self, frame: Any, shift: Fraction) -> Iterator[Any]:
        start = self.end
        if frame.pts is not None:
            start = frame.pts * frame.time_base - shift
        if self.begin is None:
            self.begin = self.end = start
            self._next = round(start / self._base)
        yield from self._silence(start)
        kind = frame.format.name, frame.layout.name, frame.sample_rate
        if kind != self._kind:
            yield from self._resampled(None)
            context = self.out.codec_context
            self._kind, self._resampler = kind, _resampler(context)
        yield from self._resampled(frame)

    def _silence(self, until: Fraction) -> Iterator[Any]:
        """Fills a gap before a time."""
        if self._kind is None or until - self.end <= _GAP:
            return
        name, layout, rate = self._kind
        missing = round((until - self.end) * rate)
        for begun in range(0, missing, rate):
            samples = min(rate, missing - begun)
            quiet = pyav().AudioFrame(format=name, layout=layout, samples=samples)
            quiet.sample_rate = rate
            for plane in quiet.planes:
                plane.update(_ZERO.get(name, b"\0") * plane.buffer_size)
            yield from self._resampled(quiet)

    def _resampled(self, frame: Any | None) -> Iterator[Any]:
        if frame is not None:
            self.end += Fraction(frame.samples, frame.sample_rate)
        pieces = self._resampler.resample(frame) if self._resampler else ()
        for piece in pieces:
            if piece is not None:
                piece.pts, piece.time_base = self._next, self._base
                self._next += piece.samples
                yield from self._encode(piece)

    def _encode(self, piece: Any | None) -> Iterator[Any]:
        for packet in self.out.codec_context.encode(piece):
            packet.stream = self.out
            yield packet


_ZERO = {"u8": b"\x80", "u8p": b"\x80"}
"""Silence of samples without a sign."""


def _rate(codec: str, wanted: int) -> int:
    """The least rate of an encoder that holds all of the sound."""
    rates = pyav().Codec(codec, "w").audio_rates or [wanted]
    if codec == "libopus":  # which all its readers decode at this rate
        return _OPUS_RATE
    return min((rate for rate in rates if rate >= wanted), default=max(rates))


def _resampler(context: Any) -> Any:
    return pyav().AudioResampler(
        format=context.format.name,
        layout=context.layout.name,
        rate=context.sample_rate,
    )
