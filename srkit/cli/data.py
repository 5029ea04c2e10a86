"""`srkit data`: check pictures, preview how they are degraded, fetch known sets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from srkit.cli.progress import progress_bar

app = typer.Typer(
    help="Check pictures before training on them; preview degradations; fetch sets.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_STANDARD_TEST_SETS = ("set5", "set14", "bsd100", "urban100")


@app.command()
def check(
    source: Annotated[
        list[str],
        typer.Argument(metavar="DIR...", help="HR pictures, or a set's name."),
    ],
    *,
    lr: Annotated[
        list[str] | None, typer.Option(help="Folder of LR pictures for each DIR.")
    ] = None,
    scale: Annotated[int | None, typer.Option(help="Factor from LR to HR.")] = None,
    test_set: Annotated[
        list[str] | None,
        typer.Option(help="Not to be trained on [the standard ones found]."),
    ] = None,
    crop: Annotated[int, typer.Option(help="HR pixels a side of a crop.")] = 96,
    recursive: Annotated[
        bool, typer.Option("--recursive", help="Look into subfolders too.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look at every picture of a training set for what would harm the training.

    Unreadable or too small; LR misaligned or of the wrong size; duplicates; pictures of
    a test set; HR that was enlarged before. The exit code is 1 if there are errors.
    """
    from srkit.data.inspection import audit

    sets = _standard_test_sets(source) if test_set is None else test_set
    with progress_bar("Looking") as progress:
        report = audit(
            source if len(source) > 1 else source[0],
            lr=lr,
            scale=scale,
            test_sets=sets,
            crop=crop,
            recursive=recursive,
            progress=progress,
        )
    typer.echo(report.to_json() if json else str(report))
    if report.errors:
        raise typer.Exit(1)


@app.command()
def preview(
    source: Annotated[
        str, typer.Argument(metavar="DIR", help="HR pictures, or a set's name.")
    ],
    *,
    degradation: Annotated[
        str, typer.Option(help="cctv, realesrgan, jpeg, ..., or a JSON file.")
    ] = "cctv",
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write the sheet.")
    ] = Path("preview.png"),
    scale: Annotated[int, typer.Option(help="Factor from LR to HR.")] = 4,
    kernel: Annotated[str, typer.Option(help="How clean LR is made.")] = "bicubic",
    rows: Annotated[int, typer.Option(help="Pictures shown.")] = 3,
    variants: Annotated[int, typer.Option(help="Degraded LR of each.")] = 4,
    seed: Annotated[int, typer.Option(help="Of the first variant.")] = 0,
    recursive: Annotated[
        bool, typer.Option("--recursive", help="Look into subfolders too.")
    ] = False,
) -> None:
    """Draw a sheet of pictures, clean and degraded, with the settings drawn for each.

    Look at it before training: what a network never saw it does not repair.
    """
    from srkit.data.preview import draw_preview
    from srkit.image import Picture

    sheet = draw_preview(
        source,
        degradation,
        scale=scale,
        kernel=kernel,
        rows=rows,
        variants=variants,
        seed=seed,
        recursive=recursive,
    )
    Picture(sheet).save(output)
    typer.echo(f"{output} shows {degradation}")


@app.command()
def draw(
    what: Annotated[str, typer.Argument(help="What to draw: lineart.")],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of PNGs.")],
    count: Annotated[int, typer.Option(min=1, help="Pictures.")] = 500,
    size: Annotated[int, typer.Option(help="Their sides in pixels.")] = 256,
    seed: Annotated[int, typer.Option(help="Another one gives others.")] = 0,
    over: Annotated[
        Path | None, typer.Option(help="Folder of pictures to draw on.")
    ] = None,
) -> None:
    """Draw pictures by chance to train on, of which there are never too few."""
    from srkit.data.drawing import draw_lineart
    from srkit.errors import ArgumentError
    from srkit.image import Picture, list_pictures, read_picture

    if what != "lineart":
        raise ArgumentError(f"`what` must be 'lineart'. Received: {what!r}")
    grounds = list_pictures(over) if over else []
    if over and not grounds:
        raise ArgumentError(
            f"`over` must be a folder with pictures. Received: {str(over)!r}, without"
        )
    output.mkdir(parents=True, exist_ok=True)
    with progress_bar("Drawing") as progress:
        for number in range(count):
            ground = None
            if grounds:
                ground = read_picture(grounds[number % len(grounds)]).pixels
            drawn = draw_lineart(number, size=size, seed=seed, over=ground)
            Picture(drawn).save(output / f"{what}-{seed}-{number:05}.png")
            progress(number + 1, count)
    typer.echo(f"{count} pictures are in {output}")


@app.command("list")
def list_sets() -> None:
    """List the data sets that can be fetched: pictures, licence, how."""
    from rich.console import Console
    from rich.table import Table

    from srkit.data.builders import FOREIGN_SETS, PICTURE_SETS

    table = Table("Set", "Pictures", "How", "Licence", "What", box=None)
    for about in PICTURE_SETS:
        parts = [f"{part.pictures or '?'} {part.name}" for part in about.splits]
        how = "by itself" if about.archive else "by hand"
        table.add_row(about.name, ", ".join(parts), how, about.license, about.title)
    for foreign in FOREIGN_SETS:
        parts = [f"{part.pictures} {part.name}" for part in foreign.splits]
        row = (foreign.name, ", ".join(parts), "by itself", foreign.license)
        table.add_row(*row, foreign.title)
    Console().print(table)


@app.command()
def get(
    name: Annotated[str, typer.Argument(help="One of those that `data list` shows.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Folder [below SRKIT_DATASETS or ./datasets]."
        ),
    ] = None,
    split: Annotated[
        list[str] | None, typer.Option(help="Part of the set [what one trains on].")
    ] = None,
    manual_dir: Annotated[
        Path | None,
        typer.Option(help="Where NAME/ holds what was fetched by hand."),
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Where TensorFlow Datasets keeps its files.")
    ] = None,
) -> None:
    """Fetch a data set and write its pictures where training and measuring look."""
    from srkit.cli.startup import start_quietly

    start_quietly()
    from srkit.data.builders import fetch

    with progress_bar("Writing") as progress:
        folder = fetch(
            name,
            out,
            splits=split,
            manual_dir=manual_dir,
            data_dir=data_dir,
            progress=progress,
        )
    typer.echo(f"{name} is in {folder}")


def _standard_test_sets(source: list[str]) -> list[Path]:
    from srkit.data.folders import data_root

    folders = [data_root() / "test" / name for name in _STANDARD_TEST_SETS]
    own = {Path(name).resolve() for name in source} | {Path(n).name for n in source}
    return [
        folder
        for folder in folders
        if folder.is_dir() and folder.resolve() not in own and folder.name not in own
    ]
