"""Cutting a picture into tiles whose results fit together without a seam.

A network's output pixel depends on input no farther away than its radius. A tile
that is read with a margin of that radius (its halo) and of whose result only the
core is kept is therefore exact: no blending, no seam.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from srkit.errors import ArgumentError

Window = tuple[slice, slice]


@dataclass(frozen=True)
class Tile:
    """One tile: what to read, what of the result to keep, and where it goes."""

    source: Window
    """Rows and columns of the LR picture to run: the core and its halo."""
    keep: Window
    """Rows and columns of the tile's SR result that are the core's."""
    target: Window
    """Rows and columns of the whole SR picture that the core fills."""


def plan_cores(height: int, width: int, tile: int) -> Iterator[Window]:
    """Covers a picture exactly once with windows of nearly equal size, row by row.

    Args:
        height: Rows of the picture.
        width: Columns of the picture.
        tile: Largest side of a window.

    Raises:
        ArgumentError: If `tile` is not positive.
    """
    if tile < 1:
        raise ArgumentError(f"`tile` must be at least 1 LR pixel. Received: {tile}")
    for rows in _split(slice(0, height), tile):
        for columns in _split(slice(0, width), tile):
            yield rows, columns


def split_core(core: Window, tile: int) -> list[Window]:
    """Covers one window with smaller ones."""
    rows, columns = (_split(side, tile) for side in core)
    return [(row, column) for row in rows for column in columns]


def tile_around(
    core: Window, *, height: int, width: int, halo: int, scale: int
) -> Tile:
    """The tile that computes a core: read with its halo, cut back, and put in place.

    Args:
        core: Rows and columns of the LR picture.
        height: Rows of the LR picture.
        width: Columns of the LR picture.
        halo: Margin read around the core, in LR pixels: the network's radius.
        scale: The network's factor.
    """
    sides = zip(core, (height, width), strict=True)
    source, keep, target = zip(
        *(_around(side, length, halo, scale) for side, length in sides), strict=True
    )
    return Tile(source, keep, target)


def _split(side: slice, tile: int) -> list[slice]:
    length = side.stop - side.start
    count = -(-length // tile)
    edges = [side.start + length * step // count for step in range(count + 1)]
    return [slice(*pair) for pair in pairwise(edges)]


def _around(
    side: slice, length: int, halo: int, scale: int
) -> tuple[slice, slice, slice]:
    first, last = max(0, side.start - halo), min(length, side.stop + halo)
    keep = slice((side.start - first) * scale, (side.stop - first) * scale)
    return slice(first, last), keep, slice(side.start * scale, side.stop * scale)
