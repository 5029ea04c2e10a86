"""Everything of a film but its pictures: sound, subtitles, chapters, what it is called.

Packets are copied as they are. Sound that the container cannot hold is encoded anew;
what else it cannot hold is left out. Both are said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from srkit.inference.video.containers import Container, add_copy, holds
from srkit.inference.video.opening import open_film
from srkit.inference.video.rising import Rising
from srkit.inference.video.sound import Encoded
from srkit.inference.video.texts import Rewritten, is_text

_STALE = ("encoder", "rotate", "duration", "bps", "number_of_", "_statistics")
"""Beginnings of what a stream says of the file that it was in."""
_BRANDS = ("major_brand", "minor_version", "compatible_brands", "encoder")


@dataclass
class Copies:
    """The other streams of a source, on their way into a container.

    Args:
        location: The source, or what was recorded of it; None where there is only
            the pictures.
        pictures: Index of the stream that is enlarged; None if it is not there.
        container: Where they go; None where they cannot go at all.
        shift: Seconds by which all times become earlier.
        span: First and last second to take, in the source's own time; None for all.
    """

    location: str | None
    pictures: int | None
    container: Container | None
    shift: Fraction = Fraction(0)
    span: tuple[Fraction | None, Fraction | None] = (None, None)
    said: list[str] = field(default_factory=list)
    copied: dict[int, int] = field(default_factory=dict)
    """Index in the source to index in the film out."""
    sound: dict[int, Encoded] = field(default_factory=dict)
    """What is encoded anew, by its index in the source."""
    texts: dict[int, Rewritten] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.source = open_film(self.location) if self.location else None
        self._outs: dict[int, Any] = {}
        self._anew: dict[int, str] = {}
        self.others = [
            stream
            for stream in (self.source.streams if self.source else ())
            if stream.index != self.pictures and self._goes(stream)
        ]

    @property
    def bases(self) -> list[Fraction]:
        """Ticks of the streams."""
        return [stream.time_base for stream in self.others if stream.time_base]

    def describe(self, film: Any, video: Any) -> None:
        """Gives metadata and chapters on, and the names of the streams."""
        if self.source is None:
            return
        film.metadata.update(
            {
                name: value
                for name, value in self.source.metadata.items()
                if name.lower() not in _BRANDS
            }
        )
        if self.pictures is not None:
            _name(video, self.source.streams[self.pictures])
        chapters = list(self._chapters(self.source))
        if chapters:
            film.set_chapters(chapters)

    def _chapters(self, source: Any) -> Iterator[dict[str, Any]]:
        """What the span has of the chapters."""
        last = self.span[1]
        for chapter in source.chapters():
            tick = chapter["time_base"]
            shift = round(self.shift / tick)
            start, end = max(0, chapter["start"] - shift), chapter["end"] - shift
            if last is not None:
                end = min(end, round((last - self.shift) / tick))
            if end > start:
                yield chapter | {"start": start, "end": end}

    def add_to(self, film: Any) -> None:
        """Makes a stream in the film out for each that goes there."""
        for stream in self.others:
            index, codec = stream.index, self._anew.get(stream.index, "")
            if not codec:
                out = add_copy(film, stream)
                self.copied[index] = out.index
            elif stream.type == "audio":
                self.sound[index] = Encoded(film, stream, codec)
                out = self.sound[index].out
            else:
                self.texts[index] = Rewritten(film, stream, codec)
                out = self.texts[index].out
            _name(out, stream)
            self._outs[index] = out

    def packets(self) -> Iterator[Any]:
        """Their packets, ready for the film out."""
        streams = [stream for stream in self.others if stream.type != "attachment"]
        if not streams:
            return
        rising = Rising()
        for packet in self.taken(self.source, streams, rising):
            index = packet.stream.index
            anew = self.sound.get(index) or self.texts.get(index)
            if anew is not None:
                yield from anew.packets(packet, self.shift)
            elif packet.dts is not None:
                shift = round(self.shift / packet.time_base)
                packet.pts = None if packet.pts is None else packet.pts - shift
                packet.dts -= shift
                packet.stream = self._outs[index]
                yield packet
        self.said += rising.said
        self.said += [
            f"{sound.broken} packets of stream {index} (audio) could not be decoded: "
            "silence stands for them"
            for index, sound in self.sound.items()
            if sound.broken
        ]
        self.said += [
            f"{text.broken} packets of stream {index} (subtitle) could not be read and "
            "were left out"
            for index, text in self.texts.items()
            if text.broken
        ]

    def taken(
        self, container: Any, streams: list[Any], rising: Rising
    ) -> Iterator[Any]:
        """The packets of a file that lie in the span; empty ones at its end.

        Args:
            container: The source.
            streams: Those of it that are wanted.
            rising: Makes their times rise.
        """
        begin, end = self.span
        for packet in container.demux(*streams):
            if packet.size:
                rising.mend(packet)
                time = (packet.dts if packet.pts is None else packet.pts) * (
                    packet.time_base
                )
                if (begin is not None and time < begin) or (
                    end is not None and time >= end
                ):
                    continue
            yield packet

    def close(self) -> None:
        """Closes the source."""
        if self.source is not None:
            self.source.close()

    def _goes(self, stream: Any) -> bool:
        kind = f"stream {stream.index} ({stream.type}, {_codec(stream)})"
        if self.container is None:
            self.said.append(f"{kind} was left out: a folder holds pictures only")
            return False
        if holds(self.container, stream):
            return True
        container = self.container
        unfit = f"{kind} does not fit into {container.format}"
        if stream.type == "audio" and stream.codec_context is not None:
            self._anew[stream.index] = container.audio
            self.said.append(
                f"{unfit} as it is and was encoded as {container.audio}; .mkv would "
                "keep it"
            )
        elif is_text(stream):
            self._anew[stream.index] = container.text
            self.said.append(
                f"{unfit} as it is: its words were written as {container.text}, its "
                "looks may have changed"
            )
        else:
            self.said.append(f"{unfit} and was left out; .mkv may hold it")
        return stream.index in self._anew


def _codec(stream: Any) -> str:
    context = stream.codec_context
    return context.name if context is not None else stream.name or "unknown"


def _name(out: Any, stream: Any) -> None:
    for name, value in stream.metadata.items():
        if not name.lower().startswith(_STALE):
            out.metadata[name] = value
    out.disposition = stream.disposition
