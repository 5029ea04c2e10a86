"""Evaluation sets: whole HR pictures with the LR pictures made from them.

A degraded LR depends on the seed and the name of the picture, not on its place in the
set, and comes from a stream that training never draws from: whatever the seeds of
training were, these degradations were held out.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from srkit.data.folders import find_folder, find_pictures, read_pixels
from srkit.data.preparation import (
    check_kernel,
    check_scale,
    check_seed,
    checked_degradation,
)
from srkit.errors import DataError
from srkit.image.color import to_gray
from srkit.image.resampling import downscale, modcrop
from srkit.types import ByteImage

if TYPE_CHECKING:
    from srkit.data.degradations import Degradation


class EvaluationPair(NamedTuple):
    """One picture of an evaluation set, uint8."""

    name: str
    """Name of the file, without its suffix."""
    lr: ByteImage
    hr: ByteImage
    """Cut to a multiple of the scale. A one-channel file stays ``(H, W, 1)``. Text on
    the screen, if the degradation writes one, is here too."""


@dataclass(frozen=True)
class EvaluationSet:
    """Pictures that are read when they are asked for, as often as they are."""

    name: str
    files: tuple[Path, ...]
    scale: int
    kernel: str
    degradation: Degradation | None = None
    seed: int = 0

    @property
    def made(self) -> str:
        """How LR was made, as one word for the protocol: "bicubic+cctv.seed1"."""
        if self.degradation is None:
            return self.kernel
        word = f"{self.degradation.word}.seed{self.seed}"
        return word if self.degradation.from_hr else f"{self.kernel}+{word}"

    def __len__(self) -> int:
        """Number of pictures."""
        return len(self.files)

    def __iter__(self) -> Iterator[EvaluationPair]:
        """Reads one picture after the other and makes its LR."""
        for path in self.files:
            hr = read_pixels(path)
            if min(hr.shape[:2]) < self.scale:
                raise DataError(
                    f"A picture must be at least `scale` (={self.scale}) pixels wide "
                    f"and high. Received: {path} of {hr.shape[1]}x{hr.shape[0]}"
                )
            hr = modcrop(hr, self.scale)
            lr = downscale(hr, self.scale, kernel=self.kernel)
            if self.degradation is not None:
                rng = held_out_generator(self.seed, path.stem)
                lr, hr = _degraded(lr, hr, self.degradation, rng, scale=self.scale)
            yield EvaluationPair(path.stem, lr, hr)


def load(
    name: str | Path,
    *,
    scale: int,
    kernel: str = "bicubic",
    degradation: Degradation | str | Path | None = None,
    seed: int = 0,
) -> EvaluationSet:
    """Opens an evaluation set.

    Args:
        name: Name of a set below `SRKIT_DATASETS` or ./datasets (looked up as
            ``test/<name>``, ``train/<name>``, ``<name>``), or a folder of pictures.
        scale: Whole factor between LR and HR.
        kernel: Kernel that makes LR from HR, one of `srkit.image.KERNELS`.
        degradation: What else is done to LR, as for `pairs`.
        seed: Of the degradations; another one gives others.

    Returns:
        An iterable of ``(name, lr, hr)``, uint8 HWC, in the order of the names.

    Raises:
        ArgumentError: If `scale`, `kernel` or `degradation` is none.
        DataError: If the set is absent or holds no pictures; while iterating, if a
            picture is unreadable or too small.
        MissingExtraError: If the degradation needs a package that is absent.
    """
    check_scale(scale)
    check_kernel(kernel)
    check_seed(seed)
    worse = checked_degradation(degradation, kernel=kernel)
    folder = find_folder(name, below=("test", "train", ""))
    title = folder.resolve().name if Path(name).is_dir() else str(name).lower()
    files = tuple(find_pictures(folder))
    return EvaluationSet(title, files, scale, kernel, worse, seed)


def held_out_generator(seed: int, name: str) -> np.random.Generator:
    """A generator of this picture alone; see `srkit.data.sampler` for training's."""
    key = np.array([seed, zlib.crc32(name.encode())], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=1 << 128))


def _degraded(
    lr: ByteImage,
    hr: ByteImage,
    degradation: Degradation,
    rng: np.random.Generator,
    *,
    scale: int,
) -> tuple[ByteImage, ByteImage]:
    """Degrades as RGB; what was gray is gray again afterwards."""
    if hr.shape[2] == 3:
        return degradation.pair(lr, hr, rng, scale=scale)
    lr, hr = (np.repeat(image, 3, axis=2) for image in (lr, hr))
    pair = degradation.pair(lr, hr, rng, scale=scale)
    lr, hr = (np.floor(to_gray(image / 255.0) * 255 + 0.5) for image in pair)
    return lr.astype(np.uint8), hr.astype(np.uint8)
