"""`srkit export`: a network for a machine that has TensorFlow alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    preset: Annotated[str, typer.Argument(help="Trained network: name or folder.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write.")],
    *,
    precision: Annotated[
        str, typer.Option(help="auto, float32 or bfloat16.")
    ] = "float32",
) -> None:
    """Write a trained network as a TensorFlow SavedModel.

    It loads with TensorFlow alone and takes pictures of any size: signature upscale
    for uint8 NHWC arrays, upscale_png for encoded PNG or JPEG bytes, which are turned
    upright as their EXIF asks and keep their alpha.
    """
    from srkit.inference import Upscaler

    upscaler = Upscaler.from_preset(preset, precision=precision)
    written = upscaler.export(folder)
    size = sum(path.stat().st_size for path in written.rglob("*") if path.is_file())
    typer.echo(f"{written}: {size / 1e6:.1f} MB, {upscaler.arithmetic}, checked")
