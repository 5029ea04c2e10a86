"""Pictures in files in, larger ones in files out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from srkit.errors import ArgumentError, ImageError, SrkitError
from srkit.image.encode import check_format
from srkit.image.files import PICTURE_SUFFIXES, Picture, list_pictures, read_picture
from srkit.inference.places import check_apart, make_folder
from srkit.inference.stages import in_stages

if TYPE_CHECKING:
    from srkit.inference.upscaler import Upscaler

_LARGE = 50_000_000
"""Pixels of a result beside which no earlier one is kept in memory."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one file."""

    source: Path
    target: Path
    size: tuple[int, int] | None = None
    """Height and width out; None where nothing was written."""
    error: str = ""
    """Why it failed; empty where it did not."""

    @property
    def status(self) -> str:
        """One of "done", "skipped" and "failed"."""
        if self.error:
            return "failed"
        return "done" if self.size else "skipped"


def upscale_file(
    source: str | Path, target: str | Path, *, upscaler: Upscaler, quality: int = 95
) -> Outcome:
    """Enlarges one file into another, which appears only when it is whole.

    Args:
        source: Picture to read.
        target: Picture to write; its suffix names the format. Its folder is made if it
            is not there.
        upscaler: What enlarges it.
        quality: Of lossy formats, 1 to 100.

    Raises:
        ArgumentError: If `target` is `source`, or its suffix is no known format.
        UnreadableImageError: If `source` holds no readable picture.
        OutputError: If `target` cannot be written, or not in this format.
    """
    source, target = Path(source), Path(target)
    check_target(source, target)
    job, steps = _Job(Outcome(source=source, target=target)), _Steps(upscaler, quality)
    return steps.write(steps.enlarge(steps.read(job))).outcome


def upscale_folder(
    source: str | Path | Sequence[str | Path],
    target: str | Path,
    *,
    upscaler: Upscaler,
    suffix: str | None = None,
    quality: int = 95,
    skip_existing: bool = False,
    on_start: Callable[[list[Path]], None] | None = None,
    on_file: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Enlarges all pictures of a folder, or those listed, under the same names.

    While one is enlarged the next is read and the one before is written. A file that
    fails stops none of the others; what failed is in the result.

    Args:
        source: Folder to read, or pictures.
        target: Folder to write, made if it is not there.
        upscaler: What enlarges the pictures.
        suffix: Format of the results, ".png" for instance; None keeps each one's.
        quality: Of lossy formats, 1 to 100.
        skip_existing: Leave alone what is in `target` already, so that a run that
            was stopped goes on where it ended.
        on_start: Called once with the files found.
        on_file: Called after each file.

    Returns:
        One outcome for each picture, in the order of their names.

    Raises:
        ImageError: If `source` holds no pictures.
        ArgumentError: If `target` is `source`, a result would take the place of its
            picture, or two would get one name.
        OutputError: If `target` cannot be made.
    """
    target = Path(target)
    files = _files(source, target)
    planned = _planned(files, target, suffix)
    if on_start:
        on_start(files)
    outcomes: list[Outcome] = []

    def tell(job: _Job) -> None:
        outcomes.append(job.outcome)
        if on_file:
            on_file(job.outcome)

    steps = _Steps(upscaler, quality, skip_existing=skip_existing)
    in_stages(
        map(_Job, planned),
        read=_forgiving(steps.read),
        work=_forgiving(steps.enlarge),
        write=_forgiving(steps.write),
        behind=lambda job: 0 if job.pixels > _LARGE else 1,
        on_done=tell,
    )
    return outcomes


def check_target(source: Path, target: Path) -> None:
    """Makes sure before the work that its result can be kept.

    Raises:
        ArgumentError: If `target` is `source`, or its suffix is no known format.
        OutputError: If its folder cannot be made or written.
    """
    _check_suffix(target.suffix, str(target))
    check_apart(source, target)
    make_folder(target.parent)


def _check_suffix(suffix: str, received: str = "") -> None:
    if suffix.lower() not in PICTURE_SUFFIXES:
        raise ArgumentError(
            f"An output must end in {', '.join(sorted(PICTURE_SUFFIXES))}. "
            f"Received: {received or suffix!r}"
        )


def _files(source: str | Path | Sequence[str | Path], target: Path) -> list[Path]:
    if isinstance(source, str | Path):
        check_apart(Path(source), target)
        files = list_pictures(source)
    else:
        files = [Path(file) for file in source]
    if not files:
        raise ImageError(
            f"A folder must hold pictures ({', '.join(sorted(PICTURE_SUFFIXES))}). "
            f"Received: {source}, which holds none"
        )
    return files


def _planned(files: list[Path], target: Path, suffix: str | None) -> list[Outcome]:
    """What each file becomes, once the folder is there for them."""
    targets = [target / file.name for file in files]
    if suffix is not None:
        _check_suffix(suffix)
        targets = [path.with_suffix(suffix) for path in targets]
    seen: dict[Path, Path] = {}
    for file, result in zip(files, targets, strict=True):
        check_apart(file, result)
        if seen.setdefault(result, file) != file:
            raise ArgumentError(
                f"Each picture must get a name of its own. Received: {seen[result]} "
                f"and {file}, both to become {result}. Rename one."
            )
    make_folder(target)
    return [Outcome(source=f, target=t) for f, t in zip(files, targets, strict=True)]


@dataclass(frozen=True)
class _Job:
    """A file on its way, and its picture as long as there is more to do with it."""

    outcome: Outcome
    picture: Picture | None = None
    pixels: int = 0  # of the result


@dataclass(frozen=True)
class _Steps:
    """What is done to each file: read, enlarged, written."""

    upscaler: Upscaler
    quality: int
    skip_existing: bool = False

    def read(self, job: _Job) -> _Job:
        """Also finds out whether the format can hold the result."""
        target = job.outcome.target
        if self.skip_existing and target.is_file():
            return job
        picture = read_picture(job.outcome.source)
        size = self.upscaler.size_of(picture.height, picture.width)
        check_format(picture, target.suffix, size=size)
        return replace(job, picture=picture, pixels=size[0] * size[1])

    def enlarge(self, job: _Job) -> _Job:
        if job.picture is None:
            return job
        return replace(job, picture=self.upscaler(job.picture))

    def write(self, job: _Job) -> _Job:
        if (picture := job.picture) is None:
            return job
        picture.save(job.outcome.target, quality=self.quality)
        outcome = replace(job.outcome, size=(picture.height, picture.width))
        return replace(job, picture=None, outcome=outcome)


def _forgiving(step: Callable[[_Job], _Job]) -> Callable[[_Job], _Job]:
    """A step that tells in the outcome what goes wrong, and lets the failed pass."""

    def attempt(job: _Job) -> _Job:
        try:
            return step(job)
        except SrkitError as error:
            reason = str(error)
        except Exception as error:  # also what nobody foresaw must not stop a batch
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
        return _Job(replace(job.outcome, error=reason))

    return attempt
