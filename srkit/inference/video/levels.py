"""Frames as the algorithms over several of them have them: float32, 0..255."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.errors import ImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srkit.types import AnyImage, FloatImage

_LARGEST = {"uint8": 255, "uint16": 65535}


def check_frames(name: str, frames: Sequence[Any]) -> None:
    """Refuses what is no frame, and frames that are unlike.

    Raises:
        ImageError: If one is no array (H, W, C) of uint8 or uint16, or has another
            shape or dtype than the first.
    """
    kinds = [(np.shape(frame), str(getattr(frame, "dtype", None))) for frame in frames]
    for shape, dtype in kinds:
        if len(shape) != 3 or 0 in shape or dtype not in _LARGEST:
            raise ImageError(
                f"`{name}` must be of arrays (H, W, C) of uint8 or uint16. "
                f"Received: shape={shape}, dtype={dtype}"
            )
        if (shape, dtype) != kinds[0]:
            raise ImageError(
                f"`{name}` must all have one size and dtype, {kinds[0][0]} of "
                f"{kinds[0][1]}. Received: {shape} of {dtype}. Begin another clip there"
            )


def to_levels(frame: AnyImage) -> FloatImage:
    """Levels of 0..255 in float32; those of uint16 lie between whole ones.

    Shape:
        ``(H, W, C)``, kept.

    Args:
        frame: A frame of uint8 or uint16.
    """
    return np.asarray(frame, np.float32) * np.float32(255 / _LARGEST[str(frame.dtype)])


def from_levels(levels: FloatImage, dtype: np.dtype[Any]) -> AnyImage:
    """Levels of 0..255 as uint8 or uint16, clipped and rounded half up."""
    largest = _LARGEST[str(dtype)]
    values: NDArray[Any] = levels * np.float32(largest / 255) + np.float32(0.5)
    return np.clip(values, 0, largest + 0.5).astype(dtype)
