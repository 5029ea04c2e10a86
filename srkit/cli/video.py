"""`srkit video`: films, of which no frame, sound or colour is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from srkit.cli.progress import progress_bar
from srkit.errors import ArgumentError


def command(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="Film, address, camera or folder.")
    ],
    *,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="Film to write, .mp4, ..., or folder."),
    ],
    preset: Annotated[
        str, typer.Option(help="Trained network: a name, or its folder.")
    ] = "edsr_x2",
    scale: Annotated[
        float | None, typer.Option(help="Factor, if not the network's: 3, 2.5, ...")
    ] = None,
    width: Annotated[
        int | None, typer.Option(help="Width out in pixels, instead of --scale.")
    ] = None,
    codec: Annotated[
        str | None, typer.Option(help="Encoder: libx264, libx265, ffv1, ...")
    ] = None,
    crf: Annotated[
        int | None, typer.Option(min=0, help="Its quality: lower is better, 0 exact.")
    ] = None,
    speed: Annotated[
        str | None, typer.Option(help="Its preset: veryfast, slow, ...")
    ] = None,
    start: Annotated[float, typer.Option(min=0, help="Seconds to leave out.")] = 0.0,
    duration: Annotated[
        float | None, typer.Option(min=0.001, help="Seconds to take.")
    ] = None,
    roi: Annotated[
        str | None, typer.Option(help="Part to enlarge, in pixels: x,y,w,h.")
    ] = None,
    deinterlace: Annotated[
        bool, typer.Option("--deinterlace", help="Make whole pictures of fields.")
    ] = False,
    side_by_side: Annotated[
        bool, typer.Option("--side-by-side", help="Bicubic on the left.")
    ] = False,
    steady: Annotated[
        bool, typer.Option("--steady", help="Average what stands still over time.")
    ] = False,
    fuse: Annotated[
        int, typer.Option(min=1, help="Frames of a fixed camera to fuse to one.")
    ] = 1,
    on_error: Annotated[
        str, typer.Option(help="At damaged frames: stop, or bicubic in their place.")
    ] = "stop",
    fps: Annotated[
        float, typer.Option(min=0.001, help="Pictures a second of a folder.")
    ] = 25.0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a job that was stopped.")
    ] = False,
    preview: Annotated[
        Path | None, typer.Option(help="Picture to write every ten seconds.")
    ] = None,
    memory: Annotated[
        float, typer.Option(help="Memory for the computation, GiB.")
    ] = 1.0,
    tile: Annotated[
        int | None, typer.Option(help="Side of a tile in pixels of the input.")
    ] = None,
    precision: Annotated[str, typer.Option(help="auto, float32 or bfloat16.")] = "auto",
) -> None:
    """Enlarge a film with a trained network.

    Every frame keeps its time and its colours, sound and subtitles are copied packet by
    packet; the film is decoded and compared with its source before it is put in its
    place. A job that was killed goes on with --resume.
    """
    if scale is not None and width is not None:
        raise typer.BadParameter("give either --scale or --width, not both")
    network = {
        "scale": scale,
        "width": width,
        "memory": memory,
        "tile": tile,
        "precision": precision,
    }
    settings: dict[str, Any] = {
        "codec": codec,
        "crf": crf,
        "speed": speed,
        "roi": _region(roi),
        "deinterlace": deinterlace,
        "side_by_side": side_by_side,
        "steady": steady,
        "fuse": fuse,
        "on_error": on_error,
        "fps": fps,
        "preview": preview,
    }
    span = {"start": start, "duration": duration, "resume": resume}
    _enlarge(source, output, preset, network, settings, span)


def _enlarge(
    source: str,
    output: Path,
    preset: str,
    network: dict[str, Any],
    settings: dict[str, Any],
    span: dict[str, Any],
) -> None:
    from srkit.inference import VideoUpscaler

    upscaler = VideoUpscaler.from_preset(preset, options=network, **settings)
    if how := upscaler.upscaler.model.adversarial:
        typer.echo(f"srkit: {preset} was {how}: the fine detail is invented", err=True)
    try:
        with progress_bar("Enlarging", unit="frames") as progress:
            report = upscaler(source, output, progress=progress, **span)
    except KeyboardInterrupt:
        typer.echo("srkit: finished frames are kept; go on with --resume", err=True)
        raise
    typer.echo(str(report))


def _region(roi: str | None) -> Any:
    from srkit.inference import Region

    if roi is None:
        return None
    try:
        return Region(*map(int, roi.split(",")))
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            f"`roi` must be x,y,w,h in pixels, 10,20,300,200 for instance. "
            f"Received: {roi!r}"
        ) from error
