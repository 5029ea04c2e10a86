"""What a container can hold, and the streams that go into it as they are."""

from __future__ import annotations

import io
from dataclasses import dataclass
from math import lcm
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srkit.errors import ArgumentError
from srkit.inference.video.library import pyav

if TYPE_CHECKING:
    from fractions import Fraction


@dataclass(frozen=True)
class Container:
    """A kind of file that keeps the time of every frame."""

    format: str
    """FFmpeg's name."""
    codec: str = "libx264"
    """The encoder that goes with it."""
    audio: str = "aac"
    """What sound is encoded with that it cannot hold as it is."""
    text: str = "mov_text"
    """And subtitles."""


CONTAINERS = {
    ".mp4": Container("mp4"),
    ".m4v": Container("mp4"),
    ".mov": Container("mov"),
    ".mkv": Container("matroska", audio="flac", text="subrip"),
    ".webm": Container("webm", codec="libvpx-vp9", audio="libopus", text="webvtt"),
}
_LAYOUTS = ("mono", "stereo", "2.1", "4.0", "5.0", "5.1", "6.1", "7.1")
"""What a number of channels stands for where a film tells no more."""
_LARGEST_SCALE = 2**31 - 1


def container_of(target: Path) -> Container:
    """The container that a name asks for.

    Raises:
        ArgumentError: If it is none that keeps the time of every frame.
    """
    if target.suffix.lower() not in CONTAINERS:
        raise ArgumentError(
            f"`target` must end in {', '.join(CONTAINERS)}, or be a folder for its "
            f"frames. Received: {str(target)!r}"
        )
    return CONTAINERS[target.suffix.lower()]


def holds(container: Container, stream: Any) -> bool:
    """Whether a container takes a stream as it is, found out by trying."""
    av = pyav()
    try:
        with av.open(io.BytesIO(), "w", format=container.format) as trial:
            out = add_copy(trial, stream)
            trial.start_encoding()
            if out.type == "audio" and out.codec_context.name.startswith("pcm_"):
                # MP4 tells only at its end, and only of sound that is there.
                packet = av.Packet(bytes(24 * out.codec_context.channels))
                packet.pts = packet.dts = 0
                packet.stream, packet.time_base = out, out.time_base
                trial.mux(packet)
    except (av.error.FFmpegError, ValueError, AttributeError):
        return False
    return True


def add_copy(film: Any, stream: Any) -> Any:
    """A stream of a film to write, for the packets of another as they are."""
    out = film.add_stream_from_template(stream, opaque=True)
    if stream.type == "audio" and stream.codec_context is not None:
        layout = layout_of(stream)
        if layout != stream.codec_context.layout.name:
            out.codec_context.layout = layout
    return out


def layout_of(stream: Any) -> str:
    """Which channels a stream of sound has, by FFmpeg's name."""
    layout = stream.codec_context.layout
    if layout.name.endswith(" channels") and 0 < layout.nb_channels <= len(_LAYOUTS):
        return _LAYOUTS[layout.nb_channels - 1]
    return str(layout.name)


def open_output(path: Path, container: Container, bases: list[Fraction]) -> Any:
    """Opens a film to write whose times will not be touched.

    Args:
        path: Where to.
        container: What kind.
        bases: Ticks of its streams, so that the beginning of each can be written.
    """
    options = {"avoid_negative_ts": "disabled"}
    if container.format in ("mp4", "mov"):
        scale = lcm(*(base.denominator for base in bases))
        if scale > _LARGEST_SCALE:
            scale = max(base.denominator for base in bases)
        options["movie_timescale"] = str(scale)
    return pyav().open(
        str(path), "w", format=container.format, container_options=options
    )
