"""`srkit demo`: what the presets in the box make of real photographs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from srkit.errors import MissingExtraError, OutputError

if TYPE_CHECKING:
    from srkit.cli.comparison import Detail
    from srkit.data import EvaluationPair
    from srkit.inference import Upscaler
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
    "edsr_x4": (_Spot("astronaut", 72, 180), _Spot("motorcycle", 160, 540)),
    "edsr_x2": (_Spot("chelsea", 84, 132),),
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
    from srkit.data import load
    from srkit.evaluation import evaluate
    from srkit.image.files import Picture
    from srkit.inference import Upscaler
    from srkit.metrics import Protocol

    folder = output / "photographs"
    write_photographs(folder)
    rows: list[list[Detail]] = []
    protocols = []
    for preset, spots in _SPOTS.items():
        upscaler = Upscaler.from_preset(preset)
        scale = upscaler.model.scale
        typer.echo(evaluate(upscaler.model, [folder]))
        pairs = {pair.name: pair for pair in load(folder, scale=scale)}
        rows += [_row(pairs[spot.photograph], spot, upscaler, preset) for spot in spots]
        protocols.append(f"x{scale} {Protocol(shave=scale, kernel='bicubic')}")
    sheet = draw_comparison(
        rows,
        title="Photographs made smaller, and larger again",
        footer="PSNR of the whole photograph: " + ", ".join(protocols),
    )
    target = output / "comparison.png"
    Picture(sheet).save(target)
    typer.echo(f"What it looks like: {target}")


def write_photographs(folder: Path) -> None:
    """Writes scikit-image's photographs into a folder, as PNG.

    Raises:
        MissingExtraError: If scikit-image is not installed.
        OutputError: If they cannot be written.
    """
    from srkit.image.files import Picture

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


def _row(
    pair: EvaluationPair, spot: _Spot, upscaler: Upscaler, preset: str
) -> list[Detail]:
    """One detail: LR, bicubic, the preset's, HR."""
    from srkit.cli.comparison import Detail
    from srkit.image.resize import resize
    from srkit.metrics import psnr

    scale = upscaler.model.scale
    made = {"bicubic": resize(pair.lr, scale=scale), preset: upscaler(pair.lr)}
    lr = Detail(pixels=_cut(pair.lr, spot, scale), caption=f"{pair.name}, 1/{scale}")
    row = [lr]
    for name, sr in made.items():
        score = psnr(pair.hr, sr, shave=scale)
        row.append(
            Detail(pixels=_cut(sr, spot), caption=name, figure=f"{score:.2f} dB")
        )
    return [*row, Detail(pixels=_cut(pair.hr, spot), caption="original")]


def _cut(image: ByteImage, spot: _Spot, shrunk: int = 1) -> ByteImage:
    top, left, side = (length // shrunk for length in spot[1:])
    return image[top : top + side, left : left + side]
