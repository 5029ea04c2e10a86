"""How fast one picture is enlarged: from file to file, and the network alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.bench.arithmetic import matmul_peak, operations_per_pixel
from srkit.bench.pictures import natural_picture
from srkit.bench.report import Figure
from srkit.bench.timing import measure_seconds
from srkit.engine import Engine
from srkit.errors import SrkitError
from srkit.image import Picture, read_picture
from srkit.inference import upscale_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from srkit.inference import Upscaler
    from srkit.models import SuperResolver


def file_speed(
    upscaler: Upscaler, folder: Path, *, side: int, repeats: int
) -> tuple[list[Figure], list[str]]:
    """Measures the way from a PNG file to a PNG file, PyTorch's beside it in turns.

    Args:
        upscaler: What enlarges.
        folder: Where the files are written.
        side: Side of the picture that goes in, in pixels.
        repeats: Runs of each, of which the median counts.

    Returns:
        The figures, and why those of PyTorch are not among them, if they are not.
    """
    from srkit.bench.pytorch import file_to_file, mirror

    source, ours, theirs = (folder / f"{name}.png" for name in ("in", "out", "torch"))
    Picture(natural_picture(side, side)).save(source)
    work: dict[str, Callable[[], Any]] = {
        "srkit": lambda: upscale_file(source, ours, upscaler=upscaler)
    }
    missing = []
    try:
        usual = file_to_file(mirror(upscaler.model))
        work["PyTorch"] = lambda: usual(source, theirs)
    except SrkitError as error:
        missing.append(str(error))
    seconds = measure_seconds(work, repeats=repeats)
    megapixels = (side * upscaler.model.scale) ** 2 / 1e6
    size = f"{side}x{side} in, PNG to PNG, median of {repeats}"
    figures = [
        Figure(
            name=f"{name}, whole file",
            value=megapixels / each,
            unit="MP/s out",
            note=f"{size}, {each:.2f} s",
        )
        for name, each in seconds.items()
    ]
    beside = [] if missing else _comparison(seconds, ours, theirs)
    return figures + beside, missing


def _comparison(seconds: dict[str, float], ours: Path, theirs: Path) -> list[Figure]:
    apart = read_picture(ours).pixels.astype(int) - read_picture(theirs).pixels
    return [
        Figure(
            name="srkit against PyTorch",
            value=seconds["PyTorch"] / seconds["srkit"],
            unit="times",
            note="the same weights; PyTorch in float32, contiguous; in turns",
        ),
        Figure(
            name="srkit and PyTorch apart",
            value=float(np.abs(apart).mean()),
            unit="levels",
            note=f"mean; at most {np.abs(apart).max()}",
        ),
    ]


def network_speed(model: SuperResolver, *, side: int, repeats: int) -> list[Figure]:
    """Measures the network alone, against the fastest that this machine multiplies."""
    from keras import ops

    engine = Engine(model)
    lr = ops.convert_to_tensor(natural_picture(side, side)[None] / 127.5 - 1)
    lr = ops.cast(lr, "float32")
    run = {"network": lambda: ops.convert_to_numpy(engine.run(lr))}
    seconds = measure_seconds(run, repeats=repeats)["network"]
    peaks = {dtype: matmul_peak(dtype) for dtype in ("float32", "bfloat16")}
    done = operations_per_pixel(engine.network) * side**2 / 1e9
    asked = operations_per_pixel(model) * side**2 / 1e9
    return [
        *(_peak(dtype, peak) for dtype, peak in peaks.items()),
        Figure(
            name="network alone",
            value=done / seconds,
            unit="GFLOP/s",
            note=f"{engine.precision}, {seconds:.2f} s for {side}x{side}, "
            f"{done:.0f} GFLOP of the {asked:.0f} that the paper's layers take",
        ),
        Figure(
            name="share of the peak",
            value=100 * done / seconds / peaks[engine.precision],
            unit="%",
            note=f"of the matrix product in {engine.precision}",
        ),
    ]


def _peak(dtype: str, peak: float) -> Figure:
    how = "through Keras, the best of several sizes and runs"
    return Figure(name=f"matrix product, {dtype}", value=peak, unit="GFLOP/s", note=how)
