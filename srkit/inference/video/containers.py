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


CONTAINERS = {
    ".mp4": Container("mp4"),
    ".m4v": Container("mp4"),
    ".mov": Container("mov"),
    ".mkv": Container("matroska", audio="flac"),
    ".webm": Container("webm", codec="libvpx-vp9", audio="libopus"),
}
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
    trial = av.open(io.BytesIO(), "w", format=container.format)
    try:
        trial.add_stream_from_template(stream, opaque=True)
        trial.start_encoding()
    except (av.error.FFmpegError, ValueError, AttributeError):
        return False
    finally:
        trial.close()
    return True


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
