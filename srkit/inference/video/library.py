"""PyAV, which brings FFmpeg along: found, or named as what is missing."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from srkit.errors import MissingExtraError, OutputError, SrkitError, VideoError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_OUT_OF_REACH = {
    errno.EACCES,
    errno.EIO,
    errno.EISDIR,
    errno.EMFILE,
    errno.ENODEV,
    errno.ENOENT,
    errno.ENOTDIR,
    errno.ENXIO,
    errno.EPERM,
    errno.EROFS,
    errno.ESTALE,
}
"""What a disk says that is gone, or was never to be written."""


def pyav() -> Any:
    """The package `av`.

    Raises:
        MissingExtraError: If it is not installed.
    """
    try:
        import av
    except ImportError as error:
        raise MissingExtraError(
            "Video needs PyAV. Install it with: pip install 'srkit[video]'"
        ) from error
    return av


def reason(error: Exception) -> str:
    """What FFmpeg says of an error, in one line and without the file's name."""
    told = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(told).splitlines()[0]


def of_disk(error: Exception) -> bool:
    """Whether it is the disk that an error speaks of, not the film."""
    return getattr(error, "errno", None) in _FULL | _OUT_OF_REACH


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Makes one line of what a full or vanished disk raises, or FFmpeg.

    Raises:
        OutputError: If something cannot be written.
        VideoError: If FFmpeg cannot make the film, for another reason.
    """
    try:
        yield
    except SrkitError:
        raise
    except (OSError, ValueError, pyav().error.FFmpegError) as error:
        if not of_disk(error):
            raise VideoError(
                f"{path} cannot be made: {reason(error)}. Choose another container "
                "(.mkv) or another `codec`."
            ) from error
        full = getattr(error, "errno", None) in _FULL
        raise OutputError(
            f"Cannot write {path}: {reason(error)}. What was finished is kept: "
            f"{'make room' if full else 'make it writable'}, then go on with "
            "`resume` (--resume)."
        ) from error


def put(beside: Path, place: Path) -> None:
    """Moves a whole file into its place, so that a power cut cannot undo it."""
    with beside.open("rb+") as file:
        os.fsync(file.fileno())
    beside.replace(place)
    if sys.platform != "win32":  # where folders cannot be opened
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
