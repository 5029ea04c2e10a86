"""Evaluation sets: whole HR pictures with the LR pictures made from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from srkit.data.folders import find_folder, find_pictures, read_pixels
from srkit.data.preparation import check_kernel, check_scale
from srkit.errors import DataError
from srkit.image.resampling import downscale, modcrop
from srkit.types import ByteImage


class EvaluationPair(NamedTuple):
    """One picture of an evaluation set, uint8."""

    name: str
    """Name of the file, without its suffix."""
    lr: ByteImage
    hr: ByteImage
    """Cut to a multiple of the scale. A one-channel file stays ``(H, W, 1)``."""


@dataclass(frozen=True)
class EvaluationSet:
    """Pictures that are read when they are asked for, as often as they are."""

    name: str
    files: tuple[Path, ...]
    scale: int
    kernel: str

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
            yield EvaluationPair(path.stem, lr, hr)


def load(name: str | Path, *, scale: int, kernel: str = "bicubic") -> EvaluationSet:
    """Opens an evaluation set.

    Args:
        name: Name of a set below `SRKIT_DATASETS` or ./datasets (looked up as
            ``test/<name>``, ``train/<name>``, ``<name>``), or a folder of pictures.
        scale: Whole factor between LR and HR.
        kernel: Kernel that makes LR from HR, one of `srkit.image.KERNELS`.

    Returns:
        An iterable of ``(name, lr, hr)``, uint8 HWC, in the order of the names.

    Raises:
        ArgumentError: If `scale` or `kernel` is none.
        DataError: If the set is absent or holds no pictures; while iterating, if a
            picture is unreadable or too small.
    """
    check_scale(scale)
    check_kernel(kernel)
    folder = find_folder(name, below=("test", "train", ""))
    title = folder.resolve().name if Path(name).is_dir() else str(name).lower()
    return EvaluationSet(title, tuple(find_pictures(folder)), scale, kernel)
