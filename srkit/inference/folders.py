"""A folder of pictures in, a folder of larger ones out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from srkit.errors import ArgumentError, ImageError, OutputError, SrkitError
from srkit.image.files import PICTURE_SUFFIXES, list_pictures, read_picture

if TYPE_CHECKING:
    from srkit.inference.upscaler import Upscaler


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
        target: Picture to write; its suffix names the format.
        upscaler: What enlarges it.
        quality: Of lossy formats, 1 to 100.

    Raises:
        ArgumentError: If `target` is `source`, or its suffix is no known format.
        UnreadableImageError: If `source` holds no readable picture.
        OutputError: If `target` cannot be written.
    """
    source, target = Path(source), Path(target)
    check_target(source, target)
    picture = upscaler(read_picture(source))
    picture.save(target, quality=quality)
    return Outcome(source=source, target=target, size=picture.pixels.shape[:2])


def upscale_folder(
    source: str | Path,
    target: str | Path,
    *,
    upscaler: Upscaler,
    suffix: str | None = None,
    quality: int = 95,
    skip_existing: bool = False,
    on_start: Callable[[list[Path]], None] | None = None,
    on_file: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Enlarges every picture of a folder into another, under the same names.

    A file that fails stops none of the others; what failed is in the result.

    Args:
        source: Folder to read.
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
        ArgumentError: If `target` is `source`, or two files would get one name.
        OutputError: If `target` cannot be made.
    """
    source, target = Path(source), Path(target)
    files = list_pictures(source)
    if not files:
        raise ImageError(
            f"A folder must hold pictures ({', '.join(sorted(PICTURE_SUFFIXES))}). "
            f"Received: {source}, which holds none"
        )
    targets = _targets(files, source, target, suffix)
    if on_start:
        on_start(files)
    outcomes = []
    for file, result in zip(files, targets, strict=True):
        if skip_existing and result.is_file():
            outcome = Outcome(source=file, target=result)
        else:
            outcome = _attempt(file, result, upscaler, quality)
        outcomes.append(outcome)
        if on_file:
            on_file(outcome)
    return outcomes


def check_target(source: Path, target: Path) -> None:
    """Finds out before the work whether its result could be kept.

    Raises:
        ArgumentError: If `target` is `source`, or its suffix is no known format.
        OutputError: If its folder is not there or cannot be written.
    """
    _check_suffix(target.suffix, str(target))
    if target.exists() and source.exists() and target.samefile(source):
        raise ArgumentError(
            f"The output must not be the input. Received: {str(target)!r} for both. "
            "Choose another name."
        )
    check_folder(target.parent)


def check_folder(folder: Path) -> None:
    """Finds out whether files can be made in `folder`.

    Raises:
        OutputError: If it is not there or cannot be written.
    """
    import tempfile

    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(
            f"Cannot write into {folder}: {error.strerror}. Choose another output."
        ) from error


def _check_suffix(suffix: str, received: str = "") -> None:
    if suffix.lower() not in PICTURE_SUFFIXES:
        raise ArgumentError(
            f"An output must end in {', '.join(sorted(PICTURE_SUFFIXES))}. "
            f"Received: {received or suffix!r}"
        )


def _targets(
    files: list[Path], source: Path, target: Path, suffix: str | None
) -> list[Path]:
    if target.exists() and target.samefile(source):
        raise ArgumentError(
            f"The output must not be the input. Received: {str(target)!r} for both. "
            "Choose another folder."
        )
    targets = [target / file.name for file in files]
    if suffix is not None:
        _check_suffix(suffix)
        targets = [path.with_suffix(suffix) for path in targets]
    seen: dict[Path, Path] = {}
    for file, result in zip(files, targets, strict=True):
        if seen.setdefault(result, file) != file:
            raise ArgumentError(
                f"Each picture must get a name of its own. Received: {seen[result]} "
                f"and {file}, both to become {result}. Rename one."
            )
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"Cannot make the folder {target}: {error}") from error
    check_folder(target)
    return targets


def _attempt(file: Path, target: Path, upscaler: Upscaler, quality: int) -> Outcome:
    """One file of many; whatever goes wrong is told in its outcome."""
    try:
        return upscale_file(file, target, upscaler=upscaler, quality=quality)
    except SrkitError as error:
        reason = str(error)
    except Exception as error:  # also what nobody foresaw must not stop a batch
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
    return Outcome(source=file, target=target, error=reason)
