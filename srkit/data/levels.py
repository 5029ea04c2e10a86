"""Whole pictures made ready once: HR at several sizes, each with its LR.

LR is made from the whole picture and not from a crop, so that no crop sees a border
that the picture does not have. A picture at one size is a `Level`. All of them are
held in memory, or in one file on disk that is mapped, so that a large set fills no
memory and a second run starts at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from srkit.data.folders import PairFiles, read_rgb
from srkit.errors import DataError, OutputError
from srkit.image.resampling import downscale, modcrop, resize
from srkit.memory import available_bytes
from srkit.types import ByteImage

_LOG = logging.getLogger(__name__)
# Part of the fingerprint: raise it when levels come to be made differently.
_VERSION = 2

Maker = Callable[[PairFiles], list[tuple[ByteImage, ByteImage]]]


class Level(NamedTuple):
    """One picture at one size: HR, a whole multiple of its LR, RGB uint8."""

    lr: ByteImage
    hr: ByteImage
    picture: int
    """Place of the picture in the list of files."""


def make_levels(
    files: Sequence[PairFiles],
    *,
    scale: int,
    kernel: str,
    downsizes: Sequence[float],
    cache: str | Path | None = None,
) -> list[Level]:
    """Reads pictures and makes their levels, or maps those a former run left on disk.

    Args:
        files: HR pictures, with LR pictures where those exist.
        scale: Whole factor between LR and HR.
        kernel: Kernel that makes LR from HR.
        downsizes: Factors in (0, 1] by which HR is shrunk first, antialiased bicubic.
        cache: Folder for the file on disk; None keeps everything in memory.

    Raises:
        DataError: If a file is unreadable, an LR does not fit its HR, or memory does
            not suffice.
        OutputError: If the cache cannot be written.
    """
    make = partial(_picture_levels, scale=scale, kernel=kernel, downsizes=downsizes)
    if cache is None:
        return list(_within_memory(_made(files, make)))
    key = [_VERSION, scale, kernel, list(downsizes), bool(files[0].lr)]
    stamps = [_stamp(path) for pair in files for path in pair if path is not None]
    name = hashlib.sha256(json.dumps([key, stamps]).encode()).hexdigest()[:20]
    levels = _mapped(Path(cache) / name)
    if levels is None:
        _write(_made(files, make), Path(cache) / name)
        levels = _mapped(Path(cache) / name)
    if levels is None:
        raise OutputError(f"The cache was not written whole. Received: {cache}")
    return levels


def _picture_levels(
    files: PairFiles, *, scale: int, kernel: str, downsizes: Sequence[float]
) -> list[tuple[ByteImage, ByteImage]]:
    hr = read_rgb(files.hr)
    if files.lr is not None:
        lr = read_rgb(files.lr)
        return [(lr, _fitting(hr, lr, files, scale))]
    levels = []
    for factor in downsizes:
        level = hr if factor == 1 else resize(hr, scale=factor)
        if min(level.shape[:2]) >= scale:
            level = np.ascontiguousarray(modcrop(level, scale))
            levels.append((downscale(level, scale, kernel=kernel), level))
    return levels


def _fitting(hr: ByteImage, lr: ByteImage, files: PairFiles, scale: int) -> ByteImage:
    height, width = hr.shape[0] // scale, hr.shape[1] // scale
    if lr.shape[:2] != (height, width):
        raise DataError(
            f"LR must be 1/{scale} of HR (`scale`), here {width}x{height}. Received: "
            f"{files.lr} of {lr.shape[1]}x{lr.shape[0]} for {files.hr} of "
            f"{hr.shape[1]}x{hr.shape[0]}"
        )
    return np.ascontiguousarray(modcrop(hr, scale))


def _made(files: Sequence[PairFiles], make: Maker) -> Iterator[Level]:
    _LOG.info("Making LR and HR of %d pictures", len(files))
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        for index, pairs in enumerate(pool.map(make, files)):
            for lr, hr in pairs:
                yield Level(lr, hr, index)
    finally:
        pool.shutdown(cancel_futures=True)


def _within_memory(levels: Iterable[Level]) -> Iterator[Level]:
    available = available_bytes()
    budget = math.inf if available is None else 0.8 * available
    for level in levels:
        budget -= level.lr.nbytes + level.hr.nbytes
        if budget < 0:
            raise DataError(
                "The pictures do not fit into memory. Pass `cache`, a folder on disk, "
                f"or fewer `downsizes`. Received: None, at picture {level.picture}"
            )
        yield level


def _stamp(path: Path) -> tuple[str, int, int]:
    """What tells a file from all others, and from what it was before."""
    status = path.stat()
    return str(path.resolve()), status.st_size, status.st_mtime_ns


def _write(levels: Iterable[Level], target: Path) -> None:
    """Writes pixels and index beside their place, then renames; the index last."""
    beside = target.with_suffix(f".{os.getpid()}.part")
    index = []
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            for level in levels:
                file.write(level.lr.data)
                file.write(level.hr.data)
                index.append([level.picture, *level.lr.shape[:2], *level.hr.shape[:2]])
        beside.replace(target.with_suffix(".pixels"))
        beside.write_text(json.dumps(index))
        beside.replace(target.with_suffix(".json"))
    except OSError as error:
        raise OutputError(
            f"The cache could not be written. Received: {target.parent} "
            f"({error.strerror or error})"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def _mapped(target: Path) -> list[Level] | None:
    """The levels of a cache; None where it is absent or not whole."""
    try:
        index = json.loads(target.with_suffix(".json").read_text())
        pixels = np.memmap(target.with_suffix(".pixels"), np.uint8, "r")
    except (OSError, ValueError):
        return None
    flat = pixels.view(np.ndarray)  # slices of a memmap cost more than its pixels
    if flat.size != sum(3 * (a * b + c * d) for _, a, b, c, d in index):
        return None
    levels, end = [], 0
    for picture, *sides in index:
        middle = end + 3 * sides[0] * sides[1]
        begin, end = end, middle + 3 * sides[2] * sides[3]
        lr = flat[begin:middle].reshape(*sides[:2], 3)
        hr = flat[middle:end].reshape(*sides[2:], 3)
        levels.append(Level(lr, hr, picture))
    return levels
