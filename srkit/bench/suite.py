"""What `srkit bench` measures, part by part."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import ceil, sqrt
from pathlib import Path
from typing import Any

import numpy as np

from srkit.bench.gan import gan_speed, srgan
from srkit.bench.machine import describe_machine
from srkit.bench.memory import peak_resident_gib
from srkit.bench.pictures import natural_picture, write_pictures
from srkit.bench.report import Figure, Report
from srkit.bench.speed import file_speed, network_speed
from srkit.bench.training import measure_training
from srkit.bench.video import video_speed
from srkit.data import load
from srkit.errors import ArgumentError, SrkitError
from srkit.image import Picture
from srkit.inference import Upscaler
from srkit.metrics import psnr


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What is measured, and how long."""

    preset: str = "edsr_x4"
    side: int = 480
    """Side of the picture that goes in, in pixels."""
    repeats: int = 5
    megapixels: float = 25.0
    """Of the result whose memory is measured."""
    test_set: str = "set14"
    """Set on which bfloat16 is compared with float32."""
    crop: int = 192
    """Side of the HR crops in training."""
    gan_crop: int = 96
    """The same for a GAN."""
    batch_size: int = 16
    steps: int = 20
    clip: str | None = None
    """Film that is enlarged; None for a small one that is made."""
    clip_seconds: float = 4.0
    """Of it that are taken."""


QUICK = Settings(
    side=96, repeats=2, megapixels=1.0, crop=48, gan_crop=32, batch_size=4, steps=4
)
"""Enough to see that everything runs; no figures to quote."""


class Bench:
    """One run of the measurements, in a folder of its own."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self.missing: list[str] = []
        """What could not be measured here, and why."""

    @cached_property
    def upscaler(self) -> Upscaler:
        """The preset as users run it."""
        return Upscaler.from_preset(self.settings.preset)

    def files(self) -> list[Figure]:
        """From a PNG file to a PNG file, beside PyTorch where that is installed."""
        figures, reasons = file_speed(
            self.upscaler,
            self.folder,
            side=self.settings.side,
            repeats=self.settings.repeats,
        )
        self.missing += [f"files: {reason}" for reason in reasons]
        return figures

    def network(self) -> list[Figure]:
        """The network alone, against the fastest that this machine multiplies."""
        return network_speed(
            self.upscaler.model,
            side=self.settings.side,
            repeats=self.settings.repeats,
        )

    def memory(self) -> Iterator[Figure]:
        """Peak memory of a process that makes one large picture."""
        side = ceil(sqrt(self.settings.megapixels * 1e6) / self.upscaler.model.scale)
        source = self.folder / "large.png"
        Picture(natural_picture(side, side)).save(source)
        peak = peak_resident_gib(
            source, self.folder / "larger.png", preset=self.settings.preset
        )
        result = side * self.upscaler.model.scale
        yield Figure(
            name="peak memory",
            value=peak,
            unit="GiB",
            note=f"resident, whole process, {result}x{result} out",
        )

    def precision(self) -> Iterator[Figure]:
        """What bfloat16 costs in quality."""
        model = self.upscaler.model
        pairs = load(self.settings.test_set, scale=model.scale)
        scores: dict[str, Any] = {}
        for precision in ("float32", "bfloat16"):
            upscaler = Upscaler(model, precision=precision)
            each = [
                psnr(p.hr, upscaler(p.lr), shave=model.scale, kernel="bicubic")
                for p in pairs
            ]
            scores[precision] = float(np.mean(each))
            yield Figure(
                name=f"PSNR in {precision}",
                value=scores[precision],
                unit="dB",
                note=f"{self.settings.test_set}, {each[0].protocol}",
            )
        yield Figure(
            name="cost of bfloat16",
            value=scores["float32"] - scores["bfloat16"],
            unit="dB",
            note=self.settings.test_set,
        )

    def training(self) -> Iterator[Figure]:
        """Time of a training step, and the share of it spent waiting for data."""
        folder = self.folder / "hr"
        folder.mkdir()
        write_pictures(folder, count=6, side=2 * self.settings.crop)
        time = measure_training(
            self.upscaler.model,
            folder,
            crop=self.settings.crop,
            batch_size=self.settings.batch_size,
            steps=self.settings.steps,
        )
        batch = f"batch of {self.settings.batch_size}, HR crops of {self.settings.crop}"
        yield Figure(
            name="training step", value=time.step_seconds, unit="s", note=batch
        )
        yield Figure(
            name="input stall",
            value=100 * time.stall,
            unit="%",
            note="share of the step spent waiting for tf.data",
        )

    def gan(self) -> list[Figure]:
        """Time of a step of SRGAN, beside PyTorch where that is installed."""
        figures, reasons = gan_speed(
            srgan(self.folder, crop=self.settings.gan_crop),
            batch_size=self.settings.batch_size,
            repeats=self.settings.repeats,
        )
        self.missing += [f"gan: {reason}" for reason in reasons]
        return figures

    def video(self) -> list[Figure]:
        """Each step of a film, and the memory that it takes."""
        return video_speed(
            self.folder,
            preset=self.settings.preset,
            clip=self.settings.clip,
            seconds=self.settings.clip_seconds,
        )


PARTS = ("files", "network", "memory", "precision", "training", "gan", "video")


def run_bench(
    settings: Settings,
    *,
    parts: tuple[str, ...] = PARTS,
    on_part: Callable[[str], None] | None = None,
) -> Report:
    """Measures this machine with a preset.

    Args:
        settings: What is measured.
        parts: Some of `PARTS`.
        on_part: Called with the name of each part as it begins.

    Returns:
        The figures; what could not be measured here is named with its reason.

    Raises:
        ArgumentError: If a part is unknown.
        PresetError: If the preset cannot be loaded.
    """
    if unknown := set(parts) - set(PARTS):
        raise ArgumentError(
            f"`parts` must be some of {', '.join(PARTS)}. Received: {sorted(unknown)}"
        )
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="srkit-bench-") as folder:
        bench = Bench(settings, Path(folder))
        _ = bench.upscaler  # a preset that is not there ends it all
        for part in parts:
            if on_part:
                on_part(part)
            try:
                figures.extend(getattr(bench, part)())
            except SrkitError as error:
                bench.missing.append(f"{part}: {error}")
    return Report(
        machine=describe_machine("torch"),
        preset=settings.preset,
        figures=tuple(figures),
        missing=tuple(bench.missing),
    )
