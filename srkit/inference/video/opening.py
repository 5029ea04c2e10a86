"""Opening what holds a film: a file, a stream's address, a camera."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

from srkit.errors import UnreadableVideoError
from srkit.inference.video.library import pyav, reason

_LENGTH = re.compile(r"(\d+):(\d+):(\d+\.?\d*)")
"""Matroska's note of how long a stream is."""
_PATIENCE = 20.0
"""Seconds that a stream may be silent before it counts as ended."""
_COVER = 1024
"""FFmpeg's flag of a stream that is the picture of a cover."""


def is_live(location: str) -> bool:
    """Whether a film can be read only once: an address or a camera."""
    return "://" in location or is_camera(location)


def is_camera(location: str) -> bool:
    """Whether it is a device that delivers pictures as they are taken."""
    return location.startswith("/dev/") and not Path(location).is_file()


def open_film(location: str) -> Any:
    """Opens a film to read.

    Raises:
        UnreadableVideoError: If it is not there or is no film.
    """
    av = pyav()
    options: dict[str, Any] = {"metadata_errors": "replace"}
    if is_camera(location):
        options["format"] = "video4linux2"
    if is_live(location):
        options["timeout"] = _PATIENCE
    elif not Path(location).is_file():
        there = "is a folder" if Path(location).is_dir() else "is not there"
        raise UnreadableVideoError(
            f"A film must be a file, an address or a camera. Received: {location!r}, "
            f"which {there}"
        )
    try:
        return av.open(location, **options)
    except (av.error.FFmpegError, ValueError) as error:
        raise UnreadableVideoError(
            f"`{location}` cannot be read as a film: {reason(error)}."
        ) from error


def video_of(container: Any) -> Any:
    """The stream to enlarge: the first of video that is no cover.

    Raises:
        UnreadableVideoError: If there is none, or its codec is unknown.
    """
    for stream in container.streams.video:
        if not is_cover(stream):
            if stream.codec_context is None:
                raise UnreadableVideoError(
                    f"The video of `{container.name}` is coded in a way that this "
                    "FFmpeg does not know. Convert it to H.264 first."
                )
            return stream
    kinds = sorted({stream.type for stream in container.streams})
    raise UnreadableVideoError(
        f"`{container.name}` must hold a stream of video. "
        f"Received: {', '.join(kinds) or 'no streams'}"
    )


def end_of(container: Any, stream: Any) -> int | None:
    """The tick at which a stream ends, where its file says so."""
    if "mov" in container.format.name and stream.duration:
        return int((stream.start_time or 0) + stream.duration)
    if told := _LENGTH.match(stream.metadata.get("DURATION", "")):
        hours, minutes, seconds = map(Fraction, told.groups())
        return round((hours * 3600 + minutes * 60 + seconds) / stream.time_base)
    return None


def is_cover(stream: Any) -> bool:
    """Whether a stream of video is the picture of a cover."""
    return bool(stream.type == "video" and stream.disposition & _COVER)
