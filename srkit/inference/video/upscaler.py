"""The door for films: a file in, a larger one out that has lost nothing."""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from srkit.errors import ArgumentError
from srkit.inference.luma import LumaUpscaler
from srkit.inference.places import check_apart, make_folder
from srkit.inference.upscaler import Upscaler
from srkit.inference.video.job import Job, Progress
from srkit.inference.video.library import pyav
from srkit.inference.video.pictures import PictureSource
from srkit.inference.video.plan import Plan
from srkit.inference.video.settings import Settings
from srkit.inference.video.source import Source
from srkit.models import SuperResolver

if TYPE_CHECKING:
    from srkit.inference.video.footage import Footage
    from srkit.inference.video.report import Report


class VideoUpscaler:
    """Enlarges films; made once, for many.

    Every frame keeps its time, sound and subtitles are copied packet by packet, and
    the film is compared with its source before it is put in its place.

    Args:
        upscaler: What enlarges a frame: an `Upscaler`, or whatever has its `enlarge`.
            Where it has the `enlarge_planes` of `LumaUpscaler` too, luma and chroma
            go as they are.
        **settings: Those of `Settings`.

    Raises:
        MissingExtraError: If PyAV is not installed.
        ArgumentError: If a setting is wrong.
    """

    def __init__(self, upscaler: Any, **settings: Any) -> None:
        pyav()
        self.upscaler = upscaler
        self.settings = Settings(**settings)

    @classmethod
    def from_preset(
        cls, preset: str | Path = "edsr_x2", *, options: Any = None, **settings: Any
    ) -> Self:
        """Loads a trained network by name or from a folder.

        Args:
            preset: Name of a preset in the box, or the folder of one.
            options: Those of `Upscaler`, by name.
            **settings: Those of `Settings`.

        Raises:
            PresetError: If there is no such preset, or it is damaged.
        """
        network, options = SuperResolver.from_preset(preset), options or {}
        # Planes are enlarged once, by the network's scale; pictures as is wished.
        wished = any(options.get(name) for name in ("scale", "width", "ensemble"))
        kind = LumaUpscaler if network.channels == 1 and not wished else Upscaler
        return cls(kind(network, **options), **settings)

    def __call__(
        self,
        source: str | Path,
        target: str | Path,
        *,
        start: float = 0.0,
        duration: float | None = None,
        resume: bool = False,
        progress: Progress | None = None,
    ) -> Report:
        """Enlarges a film.

        Args:
            source: File, folder of pictures, address of a stream, camera.
            target: Film to write (.mp4, .mov, .mkv, .webm), or folder for its frames.
            start: Seconds to leave out at the beginning.
            duration: Seconds to take; None for all.
            resume: Go on with what an earlier run of the same job finished.
            progress: Called with the number of frames done and of all, if known.

        Returns:
            What came of it.

        Raises:
            UnreadableVideoError: If `source` holds no film that can be decoded.
            VideoError: If a frame cannot be decoded, or the result is not whole.
            JournalError: If another job's journal lies where this one's belongs.
            OutputError: If the result cannot be written.
        """
        target = Path(target)
        footage = self._open(str(source), start, duration)
        try:
            plan = Plan(self.upscaler, footage, target, self.settings)
            _ = plan.container, plan.coding  # what is asked for in vain is said first
            check_apart(Path(source), target)
            make_folder(target if plan.container is None else target.parent)
            return Job(plan, resume=resume, progress=progress).run()
        finally:
            footage.close()

    def _open(self, source: str, start: float, duration: float | None) -> Footage:
        settings, source = self.settings, source.removeprefix("file://")
        if not 0 <= start < inf or not (duration is None or 0 < duration < inf):
            raise ArgumentError(
                "`start` must be a number of seconds from 0, and `duration` one above "
                f"0 or None. Received: {start} and {duration}"
            )
        if Path(source).is_dir():
            return PictureSource(
                source, fps=settings.fps, start=start, duration=duration
            )
        return Source(
            source,
            start=start,
            duration=duration,
            deinterlace=settings.deinterlace,
            on_error=settings.on_error,
        )
