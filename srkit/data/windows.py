"""Degrading a crop amid its surroundings, as if the whole picture had been degraded.

A crop of its own would show what no picture shows: kernels that see a mirrored border,
and blocks that begin at the same place in every crop. So a window of the prepared LR
picture is degraded and the crop taken out of it. Blocks of 8 and 16 pixels begin
anywhere in the crop, since the window does so. That costs a few milliseconds a crop;
degrading all pictures beforehand would cost nothing, but would show a network one
degradation of each again and again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from srkit.data.degradations import Degradation
    from srkit.data.levels import Level

_AROUND = 8
"""Least LR pixels around a crop: what a kernel reaches and a block predicts from."""
_BLOCK = 16
"""Largest block of a codec."""


def degraded_window(
    level: Level,
    degradation: Degradation,
    *,
    top: int,
    left: int,
    side: int,
    turn: int,
    rng: np.random.Generator,
) -> tuple[Level, int, int]:
    """Degrades a window around an LR crop.

    Args:
        level: The picture.
        degradation: What is done to it.
        top: Upper border of the crop in LR pixels.
        left: Left border.
        side: Side of the crop.
        turn: How the crop will be turned, as for `turned`. The window is degraded in
            that position, since lines and text do not turn with the scene.
        rng: Source of all randomness.

    Returns:
        The window as a level, not turned, and the crop's upper and left border in it.
    """
    scale = level.hr.shape[0] // level.lr.shape[0]
    rows = _window(top, side, level.lr.shape[0], rng)
    columns = _window(left, side, level.lr.shape[1], rng)
    lr, hr = degradation.pair(
        np.ascontiguousarray(turned(level.lr[slice(*rows), slice(*columns)], turn)),
        np.ascontiguousarray(
            turned(level.hr[_in_hr(rows, scale), _in_hr(columns, scale)], turn)
        ),
        rng,
        scale=scale,
    )
    lr, hr = turned(lr, turn, back=True), turned(hr, turn, back=True)
    window = level._replace(lr=lr, hr=hr)
    return window, top - rows[0], left - columns[0]


def turned(pixels: Any, turn: int, *, back: bool = False) -> Any:
    """Puts an array of pixels into one of its eight positions, or back; a view.

    Args:
        pixels: Array ``(H, W, ...)``.
        turn: 0 to 7; 4 swaps rows and columns, then 2 flips rows and 1 columns.
        back: Undo it.
    """
    if back:
        turn = (0, 1, 2, 3, 4, 6, 5, 7)[turn]
    if turn & 4:
        pixels = pixels.swapaxes(0, 1)
    if turn & 2:
        pixels = pixels[::-1]
    if turn & 1:
        pixels = pixels[:, ::-1]
    return pixels


def _window(
    first: int, side: int, length: int, rng: np.random.Generator
) -> tuple[int, int]:
    """Begin and end of a window around a crop, moved into the picture."""
    before = _AROUND + int(rng.integers(_BLOCK))
    size = min(length, side + 2 * _AROUND + _BLOCK)
    begin = min(max(first - before, 0), length - size)
    return begin, begin + size


def _in_hr(ends: tuple[int, int], scale: int) -> slice:
    return slice(ends[0] * scale, ends[1] * scale)
