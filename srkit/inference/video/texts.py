"""Subtitles that a container cannot hold as they are, written anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from srkit.inference.video.library import pyav

if TYPE_CHECKING:
    from fractions import Fraction


class Rewritten:
    """A stream of subtitles in another codec: the words, and what looks it can tell.

    Args:
        film: The film out, which gets a stream for it.
        stream: The stream in the source.
        codec: FFmpeg's name of the encoder.
    """

    def __init__(self, film: Any, stream: Any, codec: str) -> None:
        self.out = film.add_stream(codec)
        self.broken = 0
        """Packets that could not be written anew."""
        self._decoder, self._encoder = stream.codec_context, self.out.codec_context
        self._decoder.open(strict=False)
        self._encoder.subtitle_header = self._decoder.subtitle_header
        self._encoder.time_base = self.out.time_base = stream.time_base

    def packets(self, packet: Any, shift: Fraction) -> Iterator[Any]:
        """What becomes of one packet.

        Args:
            packet: Of the stream in the source.
            shift: Seconds by which it becomes earlier.
        """
        if not packet.size:
            return
        try:
            words = self._decoder.decode2(packet)
            if not words:  # MP4 has an empty one wherever nothing is shown
                return
            made = self._encoder.encode_subtitle(words)
        except pyav().error.FFmpegError:
            self.broken += 1
            return
        made.time_base, made.stream = packet.time_base, self.out
        made.pts = made.dts = packet.dts - round(shift / packet.time_base)
        made.duration = packet.duration
        yield made


def is_text(stream: Any) -> bool:
    """Whether a stream is of subtitles that consist of words, not of pictures."""
    context = stream.codec_context
    if stream.type != "subtitle" or context is None:
        return False
    try:
        context.open(strict=False)
    except pyav().error.FFmpegError:
        return False
    return bool(context.codec.text_sub and context.subtitle_header)
