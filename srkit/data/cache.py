"""The file on disk that keeps the pixels of levels, mapped when it is read.

Two files make one cache: `.pixels`, LR and HR of one level after the other, and
`.json`, their sizes. The index is written last, so that a cache with one is whole.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import numpy as np

from srkit.errors import OutputError
from srkit.image.files import lock_file, write_whole
from srkit.types import ByteImage

Kept = tuple[ByteImage, ByteImage, int]
"""LR, HR and the place of their picture in the list of files."""


def write_levels(levels: Iterable[Kept], target: Path) -> None:
    """Writes a cache as it is made, after what killed runs left of it is removed.

    Raises:
        OutputError: If that fails; nothing half written stays.
    """
    index = []
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_stale(target)
        with _beside(target) as file:
            for lr, hr, picture in levels:
                file.write(lr.data)
                file.write(hr.data)
                index.append([picture, *lr.shape[:2], *hr.shape[:2]])
    except OSError as error:
        raise OutputError(
            f"The cache could not be written. Received: {target.parent} "
            f"({error.strerror or error})"
        ) from error
    write_whole(target.with_suffix(".json"), json.dumps(index).encode())


def map_levels(target: Path) -> list[Kept] | None:
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
        levels.append((lr, hr, picture))
    return levels


@contextlib.contextmanager
def _beside(target: Path) -> Iterator[IO[bytes]]:
    """A locked file of this run's own, which becomes the pixels at the end."""
    part = target.with_name(f"{target.name}.{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            with contextlib.suppress(OSError):  # not every file system has locks
                lock_file(file)
            yield file
        part.replace(target.with_suffix(".pixels"))
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _remove_stale(target: Path) -> None:
    """Removes what killed runs began; an empty file may be one yet to be locked."""
    for part in target.parent.glob(f"{target.name}.*.part"):
        with contextlib.suppress(OSError):  # it is another run's, or gone
            if part.stat().st_size:
                with part.open("r+b") as file:
                    lock_file(file)
                part.unlink()
