"""PyAV, which brings FFmpeg along: found, or named as what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from srkit.errors import MissingExtraError, OutputError, SrkitError


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


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Makes one line of what a full or vanished disk raises.

    Raises:
        OutputError: If something cannot be written.
    """
    try:
        yield
    except SrkitError:
        raise
    except (OSError, pyav().error.FFmpegError) as error:
        raise OutputError(
            f"Cannot write {path}: {reason(error)}. What was finished is kept: make "
            "room, then go on with `resume` (--resume)."
        ) from error
