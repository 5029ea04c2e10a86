"""Whole pictures through an engine: gray ones, levels and floats, rounded once.

Whoever enlarges pictures does it here, so that the same figure comes of the upscaler,
of an evaluation and of the validation while training.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.engine.ensemble import self_ensemble
from srkit.image import resize
from srkit.image.color import to_gray

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srkit.engine.runner import Engine
    from srkit.types import AnyImage, FloatImage


def enlarge(engine: Engine, pixels: AnyImage, *, ensemble: bool = False) -> AnyImage:
    """Enlarges one picture; a gray one stays gray, and luma gets its colours back.

    Shape:
        ``(H, W, C)`` to ``(H * scale, W * scale, C)``, with C of 1 or 3.

    Args:
        engine: What runs the network.
        pixels: uint8, uint16, or float32 in [0, 1].
        ensemble: Mean over the eight flips and turns.

    Returns:
        The same dtype.
    """
    if pixels.shape[-1] == engine.channels and not ensemble:
        return engine(pixels)
    sr = enlarge_floats(engine, to_unit(pixels), ensemble=ensemble)
    return from_unit(sr, pixels.dtype)


def enlarge_floats(
    engine: Engine, values: FloatImage, *, ensemble: bool = False, passes: int = 1
) -> FloatImage:
    """Enlarges floats in [0, 1], `passes` times in a row, without rounding.

    A gray picture runs through a network for RGB as three equal channels, and what
    comes out is mixed as BT.601 does. Of a colour picture, a network for luma enlarges
    the full-range Y of BT.601; Cb and Cr are enlarged by bicubic interpolation.
    """
    given = values
    if given.shape[-1] > engine.channels:
        values = to_gray(given)
    elif given.shape[-1] < engine.channels:
        values = np.repeat(given, engine.channels, axis=-1)
    luma = values
    for _ in range(passes):
        values = self_ensemble(engine, values) if ensemble else engine(values)
    if given.shape[-1] > engine.channels:
        return _coloured(values, given - luma)
    return to_gray(values) if given.shape[-1] < engine.channels else values


def _coloured(luma: FloatImage, colour: FloatImage) -> FloatImage:
    """R, G and B: Y, and what Cb and Cr add to it, which are linear maps of RGB."""
    result = np.empty((*luma.shape[:2], colour.shape[-1]), np.float32)
    for channel in range(colour.shape[-1]):  # one by one, to hold less at once
        added = resize(colour[..., channel : channel + 1], luma.shape[:2])
        np.clip((luma + added)[..., 0], 0, 1, out=result[..., channel])
    return result


def to_unit(pixels: NDArray[Any]) -> FloatImage:
    """Levels to float32 in [0, 1]; floats stay as they are."""
    if np.issubdtype(pixels.dtype, np.floating):
        return pixels.astype(np.float32, copy=False)
    return np.divide(pixels, np.iinfo(pixels.dtype).max, dtype=np.float32)


def from_unit(values: FloatImage, dtype: np.dtype[Any]) -> AnyImage:
    """Floats in [0, 1] to levels of `dtype`, rounded half up."""
    if np.issubdtype(dtype, np.floating):
        return values
    levels: NDArray[Any] = values * np.float32(np.iinfo(dtype).max)
    levels += np.float32(0.5)
    return np.floor(levels, out=levels).astype(dtype)
