"""Whole pictures of interlaced ones, by FFmpeg's bwdif; one for each, at its time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from srkit.errors import VideoError
from srkit.inference.video.formats import Format
from srkit.inference.video.library import pyav

if TYPE_CHECKING:
    from fractions import Fraction

    from srkit.inference.video.frames import Frame


def deinterlaced(frames: Iterator[Frame], time_base: Fraction) -> Iterator[Frame]:
    """Deinterlaces frames; their number, times and format stay.

    Args:
        frames: In order, all of one size and format.
        time_base: Of their pictures.

    Raises:
        VideoError: If the filter cannot give their format back.

    Source:
        Bob Weaver Deinterlacing Filter, FFmpeg's `vf_bwdif`, one frame for each.
    """
    waiting: deque[Frame] = deque()
    graph: Any = None
    for frame in frames:
        if graph is None:
            graph = _graph(frame.image, time_base)
        waiting.append(frame)
        graph.push(frame.image)
        yield from _done(graph, waiting)
    if graph is not None:
        graph.push(None)
        yield from _done(graph, waiting)


def _graph(image: Any, time_base: Fraction) -> Any:
    av = pyav()
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=image.width,
        height=image.height,
        format=image.format.name,
        time_base=time_base,
    )
    bwdif = graph.add("bwdif", "mode=send_frame:parity=auto:deint=all")
    source.link_to(bwdif)
    bwdif.link_to(graph.add("buffersink"))
    graph.configure()
    return graph


def _done(graph: Any, waiting: deque[Frame]) -> Iterator[Frame]:
    av = pyav()
    while waiting:
        try:
            image = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        frame = waiting.popleft()
        yield replace(frame, image=_as(frame.image.format.name, image))


def _as(wanted: str, image: Any) -> Any:
    """A picture of the filter, which knows planes only, in the format that came."""
    there, back = Format.of(image.format.name), Format.of(wanted)
    with suppress(pyav().error.FFmpegError):
        if there.rgb == back.rgb:
            return image.reformat(format=wanted)
    raise VideoError(
        "`deinterlace` (--deinterlace) needs pictures that its filter can give back as "
        f"they came. Received: {wanted}. Leave it out."
    )
