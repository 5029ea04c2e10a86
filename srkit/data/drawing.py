"""Line art drawn by chance, to train on: strokes over fills, edges smooth.

Each picture is a function of the seed and its number, so that any of them can be drawn
anew, on any number of threads.

Source:
    In the manner of SYNLA (synthetic line art), as its pictures show it: families of
    strokes, each of one colour, width and temper, over gradients and fills, some
    translucent, some out of focus. None of its code was seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from srkit.errors import ArgumentError

if TYPE_CHECKING:
    from srkit.types import AnyImage, ByteImage, FloatImage

_FINER = 4
"""Pixels are drawn as so many by as many, and averaged: smooth edges of any width."""


def draw_lineart(
    number: int, *, size: int = 256, seed: int = 0, over: AnyImage | None = None
) -> ByteImage:
    """Draws picture `number` of an endless set.

    Shape:
        ``(size, size, 3)``, uint8 RGB; `over` ``(H, W, 3)``, neither side smaller.

    Args:
        number: Which picture, 0 or above.
        size: Its sides in pixels.
        seed: Of the set.
        over: Picture of which a part takes the place of gradient and fills, as often
            in SYNLA: strokes on what has texture.

    Returns:
        The picture.

    Raises:
        ArgumentError: If an argument is out of its range.
    """
    if min(number, seed) < 0 or size < 16:
        raise ArgumentError(
            "`number` and `seed` must be 0 or above, and `size` at least 16. "
            f"Received: number={number}, seed={seed}, size={size}"
        )
    if over is not None:
        _check_ground(over, size)
    key = np.array([seed, number], dtype=np.uint64)
    rng = np.random.Generator(np.random.Philox(key=key))
    if over is None:
        picture = _gradient(size, rng)
        for _ in range(rng.integers(1, 4)):
            picture = _laid_over(picture, _filled(size, rng), rng)
    else:
        picture = _part(over, size, rng)
    for _ in range(rng.integers(2, 6)):
        picture = _laid_over(picture, _stroked(size, rng), rng)
    return np.floor(picture + 0.5).astype(np.uint8)


def _check_ground(over: AnyImage, size: int) -> None:
    small = min(over.shape[:2]) < size
    if over.dtype != np.uint8 or over.shape[2:] != (3,) or small:
        raise ArgumentError(
            f"`over` must be RGB of 8 bits, at least {size} pixels wide and high. "
            f"Received: {over.dtype} of shape {over.shape}"
        )


def _part(over: AnyImage, size: int, rng: np.random.Generator) -> FloatImage:
    """A square of a picture."""
    top, left = (int(rng.integers(side - size + 1)) for side in over.shape[:2])
    return over[top : top + size, left : left + size].astype(np.float32)


def _gradient(size: int, rng: np.random.Generator) -> FloatImage:
    """A few colours that run into each other; often nearly one."""
    corners = rng.uniform(0, 255, (2, 2, 3)).astype(np.float32)
    spread = np.float32(rng.uniform(0, 1) ** 2)
    corners = corners[:1, :1] * (1 - spread) + corners * spread
    larger = cv2.resize(corners, (size, size), interpolation=cv2.INTER_LINEAR)
    return np.asarray(larger, np.float32)


def _laid_over(
    picture: FloatImage, mask: FloatImage, rng: np.random.Generator
) -> FloatImage:
    """Paints through a mask: mostly opaque and sharp, sometimes neither."""
    if rng.random() < 0.25:
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.5, 2.5)))
    opacity = 1.0 if rng.random() < 0.6 else rng.uniform(0.3, 1.0)
    cover = (mask * np.float32(opacity))[..., None]
    return picture * (1 - cover) + _gradient(len(picture), rng) * cover


def _filled(size: int, rng: np.random.Generator) -> FloatImage:
    """A mask of polygons, some of them with rounded sides."""
    canvas = _canvas(size)
    for _ in range(rng.integers(1, 6)):
        centre, reach = rng.uniform(0, 1, 2), rng.uniform(0.1, 0.5)
        turns = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 8)))
        corners = centre + reach * np.stack([np.cos(turns), np.sin(turns)], axis=-1)
        if rng.random() < 0.5:
            corners = _smooth(np.concatenate([corners, corners[:1]]))
        cv2.fillPoly(canvas, [_pixels(corners, canvas)], 255)
    return _averaged(canvas)


def _stroked(size: int, rng: np.random.Generator) -> FloatImage:
    """A mask of strokes that belong together: of one width, direction and temper."""
    canvas = _canvas(size)
    kind = (_straight, _bent, _looped)[rng.integers(3)]
    width = max(1, round(_FINER * rng.uniform(0.8, 5.0)))
    count, direction = rng.integers(4, 48), rng.uniform(0, 2 * np.pi)
    temper = rng.uniform(0.02, 0.5)
    for _ in range(count):
        way = direction + temper * rng.normal()
        points = kind(rng.uniform(-0.2, 1.2, 2), way, rng)
        corners = [_pixels(points, canvas)]
        cv2.polylines(canvas, corners, isClosed=False, color=255, thickness=width)
    return _averaged(canvas)


def _straight(start: Any, way: float, rng: np.random.Generator) -> Any:
    """Two points."""
    length = rng.uniform(0.1, 1.5)
    return np.stack([start, start + length * np.array([np.cos(way), np.sin(way)])])


def _bent(start: Any, way: float, rng: np.random.Generator) -> Any:
    """A zigzag, or a curve through its corners."""
    ways = way + rng.normal(0, 0.8, rng.integers(2, 6))
    steps = rng.uniform(0.1, 0.5, len(ways))
    moves = steps[:, None] * np.stack([np.cos(ways), np.sin(ways)], axis=-1)
    corners = np.concatenate([start[None], start + np.cumsum(moves, axis=0)])
    return _smooth(corners) if rng.random() < 0.6 else corners


def _looped(start: Any, way: float, rng: np.random.Generator) -> Any:
    """A part of an ellipse, or more than all of a spiral."""
    turns = np.linspace(0, rng.uniform(1, 10), 64)
    axes = rng.uniform(0.02, 0.3, 2) * (1 + rng.uniform(0, 0.1) * turns[:, None])
    loop = axes * np.stack([np.cos(turns), np.sin(turns)], axis=-1)
    turned = [[np.cos(way), -np.sin(way)], [np.sin(way), np.cos(way)]]
    return start + loop @ np.array(turned).T


def _smooth(corners: Any) -> Any:
    """The curve of Chaikin, which cuts corners four times."""
    for _ in range(4):
        before, after = corners[:-1], corners[1:]
        cut = np.stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after], 1)
        corners = cut.reshape(-1, 2)
    return corners


def _canvas(size: int) -> ByteImage:
    return np.zeros((size * _FINER, size * _FINER), np.uint8)


def _pixels(points: Any, canvas: ByteImage) -> Any:
    """Points of the unit square as whole pixels of a canvas."""
    return np.rint(points * len(canvas)).astype(np.int32)


def _averaged(canvas: ByteImage) -> FloatImage:
    """A canvas as a mask in [0, 1] of the picture's size."""
    size = len(canvas) // _FINER
    mask = cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(mask, np.float32) / np.float32(255)
