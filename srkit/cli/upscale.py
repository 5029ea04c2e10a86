"""`srkit upscale`: pictures of any kind, one file, several, or a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from srkit.cli.progress import progress_bar
from srkit.errors import ArgumentError, UnreadableImageError

if TYPE_CHECKING:
    from srkit.inference import Outcome, Upscaler


def command(
    source: Annotated[
        list[Path], typer.Argument(metavar="IN...", help="Pictures, or a folder.")
    ],
    *,
    output: Annotated[
        str,
        typer.Option("--output", "-o", help="Picture to write, or a folder: results/"),
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
    """Enlarge a picture, several, or all of a folder, with a trained network.

    Transparency, gray, 16 bits and the file's metadata are kept. Tiles are exact: the
    result does not depend on the memory allowed. Files whose detail a GAN invented say
    so in their metadata (XMP), but for BMP, which has none: a line warns of each.
    """
    if scale is not None and width is not None:
        raise typer.BadParameter("give either --scale or --width, not both")
    for path in source:
        if not path.exists():
            raise UnreadableImageError(f"There is no file or folder {str(path)!r}.")
    options: dict[str, Any] = {
        "scale": scale,
        "width": width,
        "memory": memory,
        "tile": tile,
        "precision": precision,
        "ensemble": ensemble,
    }
    target, first = Path(output), source[0]
    folder = target.is_dir() or output.endswith(("/", os.sep))
    if len(source) > 1 or first.is_dir():
        _check_folder(target, meant=folder)
        files = {"suffix": suffix, "quality": quality, "skip_existing": skip_existing}
        pictures = source if len(source) > 1 else first
        _enlarge_folder(pictures, target, preset, options, files)
    else:
        if folder:
            target /= f"{first.stem}{suffix or first.suffix}"
        elif suffix is not None:
            raise typer.BadParameter("--suffix is for folders; name the output so")
        _enlarge_file(first, target, preset, options, quality, skip=skip_existing)


def _check_folder(target: Path, *, meant: bool) -> None:
    from srkit.image import PICTURE_SUFFIXES

    if target.is_file() or (not meant and target.suffix.lower() in PICTURE_SUFFIXES):
        raise ArgumentError(
            "The output for several pictures must be a folder, results/ for instance. "
            f"Received: {str(target)!r}, which names one picture"
        )


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
    _warn_of_bmp([outcome], upscaler)


def _enlarge_folder(
    source: Path | list[Path],
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
    _warn_of_bmp(outcomes, upscaler)
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


def _warn_of_bmp(outcomes: list[Outcome], upscaler: Upscaler) -> None:
    for outcome in outcomes if upscaler.model.adversarial else ():
        if outcome.size and outcome.target.suffix.lower() == ".bmp":
            aside = "a BMP cannot say that its detail is invented. Write PNG."
            typer.echo(f"srkit: {outcome.target}: {aside}", err=True)


def _told(outcome: Outcome) -> str:
    height, width = outcome.size or (0, 0)
    return f"{outcome.target}  {width}x{height}"


def _upscaler(preset: str, options: dict[str, Any]) -> Upscaler:
    from srkit.inference import Upscaler

    upscaler = Upscaler.from_preset(preset, **options)
    if how := upscaler.model.adversarial:
        typer.echo(f"srkit: {preset} was {how}: the fine detail is invented", err=True)
    return upscaler
