"""From what a user names to a sampler: checks, files, levels.

`pairs` and `PatchSequence` both start here, which is why they give the same crops.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srkit.data.folders import PairFiles, Source, find_pairs
from srkit.data.levels import make_levels
from srkit.data.sampler import PatchSampler
from srkit.errors import ArgumentError
from srkit.image.kernels import KERNELS

if TYPE_CHECKING:
    from srkit.data.degradations import Degradation

DOWNSIZES = (1.0, 0.9, 0.8, 0.7, 0.6)
"""Factors by which HR pictures are shrunk at random, each as likely as the others."""

Settings = dict[str, Any]


def prepare(
    source: Source,
    *,
    scale: int,
    crop: int,
    batch_size: int,
    kernel: str,
    lr: Source | None,
    augment: bool,
    downsizes: Sequence[float] | None,
    seed: int,
    cache: str | Path | None,
    steps_per_epoch: int | None,
    recursive: bool,
    degradation: Degradation | str | Path | None = None,
    channels: int = 3,
) -> tuple[PatchSampler, Settings]:
    """Finds pictures and prepares their crops. Arguments are those of `pairs`.

    Returns:
        The sampler, and what a resumed run must share, as JSON holds it.

    Raises:
        ArgumentError: If a setting is out of its range.
        DataError: If the pictures are absent, unreadable, too small or do not fit.
        MissingExtraError: If the degradation needs a package that is absent.
    """
    numbers = {"scale": scale, "crop": crop, "batch_size": batch_size}
    _check_numbers(**numbers, steps_per_epoch=steps_per_epoch, seed=seed)
    check_kernel(kernel)
    if channels not in (1, 3):
        raise ArgumentError(f"`channels` must be 1 or 3. Received: {channels!r}")
    factors = _checked_downsizes(downsizes, paired=lr is not None)
    worse = checked_degradation(degradation, kernel=kernel, lr=lr)
    files = find_pairs(source, lr=lr, recursive=recursive)
    levels = make_levels(
        files, scale=scale, kernel=kernel, downsizes=factors, cache=cache
    )
    sampler = PatchSampler(
        levels, **numbers, augment=augment, seed=seed, degradation=worse
    )
    _warn_of_small(len(files) - sampler.num_pictures, of=len(files), crop=crop)
    settings: Settings = {
        **numbers,
        "kernel": kernel if lr is None else "as given",
        "augment": augment,
        "downsizes": list(factors),
        "seed": seed,
        "steps_per_epoch": steps_per_epoch or sampler.steps,
        "pictures": len(files),
        "names": _digest(files),
    }
    if worse is not None:
        settings["degradation"] = worse.to_dict()
    if channels != 3:  # runs of before know none
        settings["channels"] = channels
    return sampler, settings


def check_kernel(kernel: str) -> None:
    """Raises an ArgumentError that lists the kernels, if this is none of them."""
    if kernel not in KERNELS:
        raise ArgumentError(
            f"`kernel` must be one of {', '.join(KERNELS)}. Received: {kernel!r}"
        )


def checked_degradation(
    wanted: Degradation | str | Path | None, *, kernel: str, lr: Source | None = None
) -> Degradation | None:
    """Finds a degradation, and makes sure that its packages are there.

    Args:
        wanted: The degradation, its name or its file.
        kernel: That makes LR from HR, where the degradation does not.
        lr: Where LR pictures come from that it shall degrade; None if they are made.

    Raises:
        ArgumentError: If it is unknown, or makes LR itself though there is some, or
            a kernel that should.
        MissingExtraError: If a package is absent.
    """
    if wanted is None:
        return None
    from srkit.data.degradations import find_degradation  # OpenCV takes a while

    found = find_degradation(wanted)
    found.require()
    if found.from_hr and lr is not None:
        raise ArgumentError(
            f"`degradation` {found.kind} makes LR from HR; leave the `lr` folder out, "
            f"or take another one. Received: lr={lr!r}"
        )
    if found.from_hr and kernel != "bicubic":
        raise ArgumentError(
            f"`degradation` {found.kind} makes LR from HR by itself; leave `kernel` "
            f"out, or take another one. Received: kernel={kernel!r}"
        )
    return found


def check_scale(scale: int) -> None:
    """Raises an ArgumentError if LR cannot be that much smaller than HR."""
    if not isinstance(scale, int) or scale < 1:
        raise ArgumentError(
            f"`scale` must be a whole number, 1 or above. Received: {scale!r}"
        )


def check_seed(seed: int) -> None:
    """Raises an ArgumentError if randomness cannot be keyed by it."""
    if not isinstance(seed, int) or not 0 <= seed < 2**64:
        raise ArgumentError(
            f"`seed` must be a whole number, 0 or above. Received: {seed!r}"
        )


def _check_numbers(
    *, scale: int, crop: int, batch_size: int, steps_per_epoch: int | None, seed: int
) -> None:
    check_scale(scale)
    counts = {"crop": crop, "batch_size": batch_size}
    if steps_per_epoch is not None:
        counts["steps_per_epoch"] = steps_per_epoch
    for name, value in counts.items():
        if not isinstance(value, int) or value < 1:
            raise ArgumentError(
                f"`{name}` must be a whole number, 1 or above. Received: {value!r}"
            )
    if crop % scale:
        raise ArgumentError(
            f"`crop`, in HR pixels, must be a multiple of `scale` (={scale}). "
            f"Received: {crop}; {crop - crop % scale or scale} would do"
        )
    check_seed(seed)


def _warn_of_small(count: int, *, of: int, crop: int) -> None:
    if count:
        warnings.warn(
            f"{count} of {of} pictures are smaller than `crop` (={crop}) and are left "
            "out",
            stacklevel=4,
        )


def _checked_downsizes(
    downsizes: Sequence[float] | None, *, paired: bool
) -> tuple[float, ...]:
    if downsizes is None:
        return (1.0,) if paired else DOWNSIZES
    factors = tuple(float(factor) for factor in downsizes)
    if not factors or not all(0 < factor <= 1 for factor in factors):
        raise ArgumentError(
            f"`downsizes` must be factors above 0 and up to 1. Received: {downsizes}"
        )
    if paired and factors != (1.0,):
        raise ArgumentError(
            "`downsizes` need LR that is made here; with an `lr` folder leave them out."
            f" Received: {downsizes}"
        )
    return factors


def _digest(files: Sequence[PairFiles]) -> str:
    names = "/".join(path.name for pair in files for path in pair if path is not None)
    return hashlib.sha256(names.encode()).hexdigest()[:16]
