"""`srkit upscale`: pictures of any kind, one file or a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from srkit.cli.progress import progress_bar
from srkit.errors import ArgumentError, UnreadableImageError

if TYPE_CHECKING:
    from srkit.inference import Outcome, Upscaler


def command(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="Picture, or folder of pictures.")
    ],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Picture or folder to write.")
    ],
    preset: Annotated[
        str, typer.Option(help="Trained network: a name, or its folder.")
    ] = "edsr_x4",
    scale: Annotated[
        float | None, typer.Option(help="Factor, if not the network's: 3, 2.5, ...")
    ] = None,
    width: Annotated[
        int | None, typer.Option(help="Width out in pixels, instead of --scale.")
    ] = None,
    memory: Annotated[
        float, typer.Option(help="Memory for the computation, GiB.")
    ] = 1.0,
    tile: Annotated[
        int | None, typer.Option(help="Side of a tile in pixels of the input.")
    ] = None,
    precision: Annotated[str, typer.Option(help="auto, float32 or bfloat16.")] = "auto",
    ensemble: Annotated[
        bool, typer.Option("--ensemble", help="Mean of 8 views: 8x the time.")
    ] = False,
    quality: Annotated[
        int, typer.Option(min=1, max=100, help="Of JPEG and WebP.")
    ] = 95,
    suffix: Annotated[
        str | None, typer.Option(help="Format of what goes into a folder: .png, ...")
    ] = None,
    skip_existing: Annotated[
        bool, typer.Option("--skip-existing", help="Go on with a folder begun before.")
    ] = False,
) -> None:
    """Enlarge a picture, or every picture of a folder, with a trained network.

    Transparency, gray, 16 bits and the file's metadata are kept. Tiles are exact: the
    result does not depend on the memory allowed.
    """
    if scale is not None and width is not None:
        raise typer.BadParameter("give either --scale or --width, not both")
    if not source.exists():
        raise UnreadableImageError(f"There is no file or folder {str(source)!r}.")
    options: dict[str, Any] = {
        "scale": scale,
        "width": width,
        "memory": memory,
        "tile": tile,
        "precision": precision,
        "ensemble": ensemble,
    }
    if source.is_dir():
        if output.is_file():
            raise ArgumentError(
                "The output for a folder must be a folder. "
                f"Received: {str(output)!r}, which is a file"
            )
        files = {"suffix": suffix, "quality": quality, "skip_existing": skip_existing}
        _enlarge_folder(source, output, preset, options, files)
    else:
        target = output
        if output.is_dir():
            target = output / f"{source.stem}{suffix or source.suffix}"
        elif suffix is not None:
            raise typer.BadParameter("--suffix is for folders; name the output so")
        _enlarge_file(source, target, preset, options, quality, skip=skip_existing)


def _enlarge_file(
    source: Path,
    target: Path,
    preset: str,
    options: dict[str, Any],
    quality: int,
    *,
    skip: bool,
) -> None:
    from time import perf_counter

    from srkit.inference.folders import check_target, upscale_file

    check_target(source, target)
    if skip and target.is_file():
        typer.echo(f"{target} is there already")
        return
    upscaler = _upscaler(preset, options)
    start = perf_counter()
    outcome = upscale_file(source, target, upscaler=upscaler, quality=quality)
    typer.echo(f"{_told(outcome)} in {perf_counter() - start:.1f} s")


def _enlarge_folder(
    source: Path,
    target: Path,
    preset: str,
    options: dict[str, Any],
    files: dict[str, Any],
) -> None:
    from itertools import count

    from srkit.inference import upscale_folder

    upscaler = _upscaler(preset, options)
    found: list[Path] = []
    done = count(1)
    with progress_bar("Enlarging") as progress:
        outcomes = upscale_folder(
            source,
            target,
            upscaler=upscaler,
            on_start=found.extend,
            on_file=lambda _: progress(next(done), len(found)),
            **files,
        )
    _sum_up(outcomes, target)


def _sum_up(outcomes: list[Outcome], target: Path) -> None:
    counts = {"done": 0, "skipped": 0, "failed": 0}
    for outcome in outcomes:
        counts[outcome.status] += 1
    told = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    typer.echo(f"{target}: {told}")
    for outcome in outcomes:
        if outcome.error:
            typer.secho(
                f"srkit: {outcome.source}: {outcome.error}",
                err=True,
                fg=typer.colors.RED,
            )
    if counts["failed"]:
        raise typer.Exit(1)


def _told(outcome: Outcome) -> str:
    height, width = outcome.size or (0, 0)
    return f"{outcome.target}  {width}x{height}"


def _upscaler(preset: str, options: dict[str, Any]) -> Upscaler:
    from srkit.inference import Upscaler

    return Upscaler.from_preset(preset, **options)
