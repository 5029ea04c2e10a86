"""Whole pictures through an engine: gray ones, levels and floats, rounded once.

Whoever enlarges pictures does it here, so that the same figure comes of the upscaler,
of an evaluation and of the validation while training.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.engine.ensemble import self_ensemble
from srkit.errors import ImageError
from srkit.image.color import to_gray

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srkit.engine.runner import Engine
    from srkit.types import AnyImage, FloatImage


def enlarge(engine: Engine, pixels: AnyImage, *, ensemble: bool = False) -> AnyImage:
    """Enlarges one picture; a gray one stays gray.

    Shape:
        ``(H, W, C)`` to ``(H * scale, W * scale, C)``, with C of 1 or the engine's.

    Args:
        engine: What runs the network.
        pixels: uint8, uint16, or float32 in [0, 1].
        ensemble: Mean over the eight flips and turns.

    Returns:
        The same dtype.

    Raises:
        ImageError: If the network does not take as many channels.
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
    comes out is mixed as BT.601 does.

    Raises:
        ImageError: If the network does not take as many channels.
    """
    gray = values.shape[-1] == 1 != engine.channels
    if gray:
        values = np.repeat(values, engine.channels, axis=-1)
    elif values.shape[-1] != engine.channels:
        raise ImageError(
            f"A network of {engine.channels} channel takes gray pictures only. "
            f"Received: {values.shape[-1]} channels. Use a network for RGB."
        )
    for _ in range(passes):
        values = self_ensemble(engine, values) if ensemble else engine(values)
    return to_gray(values) if gray else values


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
    return np.floor(levels + np.float32(0.5)).astype(dtype)
