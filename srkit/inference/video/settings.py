"""How films are enlarged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from srkit.errors import ArgumentError
from srkit.image import PICTURE_SUFFIXES

if TYPE_CHECKING:
    from srkit.inference.video.region import Region


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How films are enlarged, whichever they are.

    Args:
        codec: FFmpeg's encoder; None for the container's usual one.
        crf: Its quality, lower is better, 0 without loss.
        speed: Its preset, "veryfast" for instance.
        roi: Part of the picture to enlarge, in pixels of the source.
        side_by_side: Whether the source stands on the left, enlarged by bicubic.
        deinterlace: Whether to make whole pictures of interlaced ones.
        steady: Whether results are averaged over time where nothing moves, as `Steady`
            does. Films of luma and chroma go through RGB then, and so with `fuse`.
        fuse: Frames of a fixed camera that are laid on each other before the network,
            as `Fusion` does; 1 for none.
        on_error: "stop" or "bicubic", at frames that cannot be decoded.
        fps: Pictures a second of a folder of them.
        segment: Frames after which the work so far is safe.
        at_once: Frames that the network works on at the same time; None for two of
            those whose planes go as they are, which one core can do, else for one.
        preview: Picture to write every so often.
        preview_every: Seconds between two of those.

    Raises:
        ArgumentError: If one is out of range.
    """

    codec: str | None = None
    crf: int | None = None
    speed: str | None = None
    roi: Region | None = None
    side_by_side: bool = False
    deinterlace: bool = False
    steady: bool = False
    fuse: int = 1
    on_error: str = "stop"
    fps: float = 25.0
    segment: int = 250
    at_once: int | None = None
    preview: Path | None = None
    preview_every: float = 10.0

    def __post_init__(self) -> None:
        if self.on_error not in ("stop", "bicubic"):
            raise ArgumentError(
                f"`on_error` must be 'stop' or 'bicubic'. Received: {self.on_error!r}"
            )
        if self.preview is not None and (
            self.preview.suffix.lower() not in PICTURE_SUFFIXES
            or not self.preview.absolute().parent.is_dir()
        ):
            raise ArgumentError(
                "`preview` must be a picture in a folder that is there. "
                f"Received: {str(self.preview)!r}"
            )
        for name, least in (
            ("fuse", 1),
            ("segment", 1),
            ("at_once", 1),
            ("fps", 0.001),
        ):
            value = getattr(self, name)
            if value is not None and not value >= least:
                raise ArgumentError(
                    f"`{name}` must be at least {least}. Received: {value}"
                )
