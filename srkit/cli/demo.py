"""`srkit demo`: what the presets in the box make of real photographs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from srkit.cli.progress import progress_bar
from srkit.errors import MissingExtraError, OutputError

if TYPE_CHECKING:
    from srkit.cli.comparison import Detail
    from srkit.evaluation import Table
    from srkit.types import ByteImage

# Those that lie in scikit-image's wheel: CC0 or public domain, no download.
PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "motorcycle", "rocket")


class _Spot(NamedTuple):
    """A square detail of a photograph, in HR pixels."""

    photograph: str
    top: int
    left: int
    side: int = 96


# What is shown of each preset.
_SPOTS = {
    "edsr_x4": (_Spot("astronaut", 72, 180), _Spot("motorcycle", 80, 500)),
    "edsr_x2": (_Spot("astronaut", 340, 132),),
}


def command(
    output: Annotated[
        Path, typer.Argument(help="Folder for the photographs and the comparison.")
    ] = Path("demo"),
) -> None:
    """Upscale real photographs with the presets in the box and show the gain.

    scikit-image's photographs are shrunk, enlarged again, and measured against what
    they were; bicubic interpolation stands beside.
    """
    from srkit.cli.comparison import draw_comparison
    from srkit.evaluation import Table, evaluate
    from srkit.image import Picture

    folder = output / "photographs"
    write_photographs(folder)
    table = Table(())
    rows: list[list[Detail]] = []
    for preset, spots in _SPOTS.items():
        with progress_bar(f"Measuring {preset}") as progress:
            measured = evaluate(preset, folder, progress=progress)
        rows += _rows(folder, preset, spots, measured)
        table += measured
    typer.echo(table)
    protocols = {f"x{row.scale} {row.protocol}" for row in table}
    sheet = draw_comparison(
        rows,
        title="Photographs made smaller, and larger again",
        footer="PSNR of the whole photograph: " + ", ".join(sorted(protocols)),
    )
    target = output / "comparison.png"
    Picture(sheet).save(target)
    typer.echo(f"\nWhat it looks like: {target}")


def write_photographs(folder: Path) -> None:
    """Writes scikit-image's photographs into a folder, as PNG.

    Raises:
        MissingExtraError: If scikit-image is not installed.
        OutputError: If they cannot be written.
    """
    from srkit.image import Picture

    try:
        from skimage import data
    except ImportError as error:
        raise MissingExtraError(
            "The demo shows scikit-image's photographs: pip install 'srkit[demo]'"
        ) from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"Cannot make the folder {folder}: {error}") from error
    for name in PHOTOGRAPHS:
        pair = name == "motorcycle"  # the left one of a stereo pair
        pixels = data.stereo_motorcycle()[0] if pair else getattr(data, name)()
        Picture(pixels).save(folder / f"{name}.png")


def _rows(
    folder: Path, preset: str, spots: Sequence[_Spot], measured: Table
) -> list[list[Detail]]:
    """LR, bicubic, the preset's, HR of each spot."""
    from srkit.cli.comparison import Detail
    from srkit.data import load
    from srkit.image.resampling import resize
    from srkit.inference import Upscaler

    figures = {
        (row.method, image.name): f"{image.psnr:.2f} dB"
        for row in measured
        for image in row.images
    }
    upscaler = Upscaler.from_preset(preset)
    scale = upscaler.model.scale
    pairs = {pair.name: pair for pair in load(folder, scale=scale)}
    rows = []
    for spot in spots:
        name, lr, hr = pairs[spot.photograph]
        made = {"bicubic": resize(lr, scale=scale), preset: upscaler(lr)}
        row = [Detail(pixels=_cut(lr, spot, scale), caption=f"{name}, 1/{scale}")]
        row += [
            Detail(pixels=_cut(sr, spot), caption=method, figure=figures[method, name])
            for method, sr in made.items()
        ]
        rows.append([*row, Detail(pixels=_cut(hr, spot), caption="original")])
    return rows


def _cut(image: ByteImage, spot: _Spot, shrunk: int = 1) -> ByteImage:
    top, left, side = (length // shrunk for length in spot[1:])
    return image[top : top + side, left : left + side]
