"""`srkit evaluate`: what a network is worth, beside bicubic interpolation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from srkit.cli.progress import progress_bar

if TYPE_CHECKING:
    from srkit.evaluation import Table

_LEGEND = (
    "Y601s: luma of BT.601 in studio swing, as papers compare; Y601f: in full range; "
    "shave: pixels left out at each border; LR: how the small picture was made."
)
_FORMATS = {".json": "json", ".csv": "csv", ".md": "markdown"}


def command(
    preset: Annotated[
        str,
        typer.Argument(
            metavar="PRESET[,...]",
            help="Trained network: a name, or its folder; or several of one scale.",
        ),
    ],
    sets: Annotated[
        list[str], typer.Argument(metavar="SET...", help="set5, ..., or a folder.")
    ],
    *,
    channel: Annotated[
        str, typer.Option(help="y as papers compare, y_full, or rgb.")
    ] = "y",
    shave: Annotated[
        int | None, typer.Option(help="Border left out, in pixels [the scale].")
    ] = None,
    kernel: Annotated[str, typer.Option(help="How LR is made from HR.")] = "bicubic",
    degradation: Annotated[
        str | None, typer.Option(help="What else: cctv, realesrgan, ..., a .json.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the degradation.")] = 0,
    precision: Annotated[str, typer.Option(help="auto, float32 or bfloat16.")] = "auto",
    ensemble: Annotated[
        bool, typer.Option("--ensemble", help="Mean of 8 views: 8x the time.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what other protocols would read.")
    ] = False,
    metrics: Annotated[
        str,
        typer.Option(
            help="More columns: niqe, lr_psnr, color_bias, checkerboard, "
            "perceptual_distance[squeezenet11], ..., with commas between."
        ),
    ] = "",
    per_image: Annotated[
        bool, typer.Option("--per-image", help="A row for each image.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    csv: Annotated[
        bool, typer.Option("--csv", help="Print comma-separated values.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Write it there too: .json, .csv, .md or text."),
    ] = None,
) -> None:
    """Measure trained networks on sets of pictures, beside bicubic interpolation.

    Each row states its protocol. Sets are looked up below the folder that the variable
    SRKIT_DATASETS names, or below ./datasets; any folder of pictures is a set too.
    """
    if json and csv:
        raise typer.BadParameter("give either --json or --csv, not both")
    from srkit.evaluation import evaluate
    from srkit.image import write_whole

    with progress_bar("Measuring") as progress:
        table = evaluate(
            [preset] if Path(preset).exists() else _parts(preset),
            sets,
            channel=channel,
            shave=shave,
            kernel=kernel,
            precision=precision,
            ensemble=ensemble,
            explain=explain,
            degradation=degradation,
            seed=seed,
            metrics=_parts(metrics),
            progress=progress,
        )
    form = "json" if json else "csv" if csv else "text"
    typer.echo(_written(table, form, per_image=per_image).rstrip("\n"))
    if explain:
        typer.echo(f"\n{_LEGEND}", err=True)
    if out is not None:
        form = _FORMATS.get(out.suffix.lower(), form)
        text = _written(table, form, per_image=per_image).rstrip("\n")
        write_whole(out, f"{text}\n".encode())


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _written(table: Table, form: str, *, per_image: bool) -> str:
    write = {
        "json": table.to_json,
        "csv": table.to_csv,
        "markdown": table.to_markdown,
        "text": table.to_text,
    }
    return write[form](per_image=per_image)
