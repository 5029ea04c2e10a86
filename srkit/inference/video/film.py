"""Segments joined into a film, with everything that is copied beside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srkit.inference.video.containers import Container, open_output
from srkit.inference.video.encoder import Shape, numbered
from srkit.inference.video.library import pyav
from srkit.inference.video.orientation import turned

if TYPE_CHECKING:
    from srkit.inference.video.copies import Copies
    from srkit.inference.video.journal import Journal


def join(
    path: Path,
    container: Container,
    journal: Journal,
    shape: Shape,
    copies: Copies,
    *,
    orientation: bytes = b"",
    factor: float = 1.0,
    comment: str = "",
) -> None:
    """Writes the film.

    Args:
        path: Where to; it is no film before this returns.
        container: What kind of file.
        journal: The segments.
        shape: What their frames are like.
        copies: The other streams.
        orientation: The display matrix of the source.
        factor: How much larger the pictures are than those of the source.
        comment: What the film must say of itself.
    """
    with ExitStack() as stack:
        first = stack.enter_context(pyav().open(str(journal.segments[0].path)))
        template = first.streams.video[0]
        if orientation:
            packet = next(packet for _, packet in numbered(first))
            file = stack.enter_context(turned(template, packet, orientation, factor))
            template = file.streams.video[0]
        bases = [shape.time_base, *copies.bases]
        film = stack.enter_context(open_output(path, container, bases))
        video = film.add_stream_from_template(template, opaque=True)
        _describe(video, shape)
        copies.add_to(film)
        copies.describe(film, video)
        if comment:
            before = film.metadata.get("comment")
            film.metadata["comment"] = f"{before} {comment}" if before else comment
        pictures = _packets(journal, shape, video)
        for packet in merge(pictures, copies.packets(), key=_seconds):
            film.mux(packet)


def _describe(video: Any, shape: Shape) -> None:
    context = video.codec_context
    context.width, context.height = shape.width, shape.height
    if shape.aspect:
        context.sample_aspect_ratio = shape.aspect
    shape.color.tag(context)
    video.time_base = shape.time_base


def _packets(journal: Journal, shape: Shape, video: Any) -> Iterator[Any]:
    """The packets of all segments in decoding order, with the times of the film.

    A packet's decoding time is the time of the frame that many before it in the order
    of showing as packets are reordered at most: so it rises, and is never too late.
    """
    pts, durations = journal.times()
    depth = journal.depth
    early = pts[depth] - pts[0]
    base = count = 0
    for segment in journal.segments:
        with pyav().open(str(segment.path)) as file:
            for number, packet in numbered(file):
                shown = base + number
                packet.time_base = shape.time_base
                packet.pts, packet.duration = pts[shown], durations[shown]
                packet.dts = pts[count] - early if count < depth else pts[count - depth]
                packet.stream = video
                count += 1
                yield packet
        base += len(segment.times)


def _seconds(packet: Any) -> float:
    ticks = packet.dts if packet.dts is not None else packet.pts or 0
    return float(ticks * packet.time_base)
