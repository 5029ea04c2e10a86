"""Whole pictures made ready once: HR at several sizes, each with its LR.

LR is made from the whole picture and not from a crop, so that no crop sees a border
that the picture does not have. A picture at one size is a `Level`. All of them are
held in memory, or in one file on disk that is mapped, so that a large set fills no
memory and a second run starts at once.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from srkit.data.cache import map_levels, write_levels
from srkit.data.folders import PairFiles, read_rgb
from srkit.errors import DataError, OutputError
from srkit.image.resampling import downscale, modcrop, resize
from srkit.memory import available_bytes
from srkit.types import ByteImage

_LOG = logging.getLogger(__name__)
# Part of the fingerprint: raise it when levels come to be made differently.
_VERSION = 2

Made = list[tuple[ByteImage, ByteImage]]
Maker = Callable[[PairFiles], Made]


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
    kept = map_levels(Path(cache) / name)
    if kept is None:
        write_levels(_made(files, make), Path(cache) / name)
        kept = map_levels(Path(cache) / name)
    if kept is None:
        raise OutputError(f"The cache was not written whole. Received: {cache}")
    return [Level(*one) for one in kept]


def _picture_levels(
    files: PairFiles, *, scale: int, kernel: str, downsizes: Sequence[float]
) -> Made:
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
    cores = os.cpu_count() or 1
    pool = ThreadPoolExecutor(cores)
    try:
        for index, pairs in enumerate(_in_order(pool, make, files, ahead=2 * cores)):
            for lr, hr in pairs:
                yield Level(lr, hr, index)
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(
    pool: ThreadPoolExecutor, make: Maker, files: Sequence[PairFiles], *, ahead: int
) -> Iterator[Made]:
    """As `pool.map`, but no more than `ahead` results wait for a slow one."""
    waiting: deque[Future[Made]] = deque()
    for file in files:
        if len(waiting) == ahead:
            yield waiting.popleft().result()
        waiting.append(pool.submit(make, file))
    while waiting:
        yield waiting.popleft().result()


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
