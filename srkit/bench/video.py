"""How fast a film is enlarged, step by step, and what memory that takes."""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from srkit.bench.memory import measured_process, peak_bytes
from srkit.bench.pictures import natural_picture
from srkit.bench.report import Figure

_WORK = "from srkit.bench.video import enlarge_and_tell; enlarge_and_tell()"
_STEPS = ("decode", "network", "encode")
_FRAMES, _HEIGHT, _WIDTH = 24, 180, 320


def video_speed(
    folder: Path, *, preset: str, clip: str | None, seconds: float
) -> list[Figure]:
    """Enlarges a film in a process of its own and measures each step.

    Args:
        folder: Where the result goes.
        preset: The network.
        clip: The film; None for a small one that is made for it.
        seconds: Of the film that are taken.

    Raises:
        SrkitError: If the film or the preset cannot be used.
        MemoryBudgetError: If the process did not come to its end.
    """
    source = Path(clip) if clip else _panned(folder / "pan.mp4")
    target = folder / "larger.mp4"
    told = measured_process(_WORK, source, target, preset, seconds)
    found: dict[str, Any] = json.loads(told)
    frames, name = found["frames"], source.name
    size = f"{found['width']}x{found['height']} out"
    figures = [
        Figure(
            name=f"video, {step}",
            value=frames / found["stages"][step],
            unit="frames/s",
            note=f"{name}, {frames} frames, {size}; while the other steps run",
        )
        for step in _STEPS
    ]
    speed, peak = frames / found["seconds"], found["peak"] / 2**30
    whole = f"{name}, file to file, joining and checking included"
    held = f"resident, whole process, {size}"
    return [
        *figures,
        Figure(name="video, whole film", value=speed, unit="frames/s", note=whole),
        Figure(name="video, peak memory", value=peak, unit="GiB", note=held),
    ]


def enlarge_and_tell() -> None:
    """What the measured process does: its arguments are those of the measurement."""
    from srkit.inference import VideoUpscaler

    source, target, preset, seconds = sys.argv[1:]
    upscaler = VideoUpscaler.from_preset(preset, speed="veryfast", crf=20)
    # Compiled before the clock starts: a film is long, compiling is not.
    upscaler(source, target, duration=0.2)
    report = upscaler(source, target, duration=float(seconds))
    found = {
        "frames": report.frames,
        "seconds": report.seconds,
        "stages": report.stages,
        "height": report.height,
        "width": report.width,
        "peak": peak_bytes(),
    }
    sys.stdout.write(f"{json.dumps(found)}\n")


def _panned(path: Path) -> Path:
    """A film of a slow pan over a picture."""
    from srkit.inference.video.library import pyav

    av = pyav()
    wide = natural_picture(_HEIGHT, _WIDTH + _FRAMES)
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=25, options={"crf": "20"})
        stream.width, stream.height = _WIDTH, _HEIGHT
        for index in range(_FRAMES):
            picture = np.ascontiguousarray(wide[:, index : index + _WIDTH])
            frame = av.VideoFrame.from_ndarray(picture)
            frame.pts, frame.time_base = index, Fraction(1, 25)
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    return path
