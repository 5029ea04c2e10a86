"""What is compared of two pictures: levels of a file, one channel of them, no border.

A picture is uint8 or uint16, or float: in [-1, 1] as networks have it, or in [0, 1]
as it comes out of an `Upscaler`; who asks says which. Values of arrays are checked.
Tensors may have none yet, as within a compiled step, and are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from srkit.errors import ImageError
from srkit.image.color import luma, to_gray
from srkit.image.ranges import to_network
from srkit.types import Tensor

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .protocol import Protocol

# A network may overshoot; levels of 0..255 are a mistake, as is [-1, 1] for [0, 1].
_OVERSHOOT = {0.0: 0.5, -1.0: 3.0}
_LARGEST = {"uint8": 255, "uint16": 65535}
_KINDS = "uint8, uint16, or float in [{:g}, 1] without NaN"


def planes(
    hr: Any, sr: Any, protocol: Protocol, *, smallest: int, black: float
) -> tuple[Any, Any]:
    """Takes what a protocol compares out of both pictures, on the scale 0..255.

    Shape:
        Two of ``(H, W, C)`` or ``(N, H, W, C)``, C of 1 or 3, to two of the same rank
        without the border.

    Args:
        hr: Reference: an array or tensor.
        sr: Result, alike; floats outside the range are clipped.
        protocol: Which channel, how wide a border.
        smallest: Side that must be left without the border.
        black: What is black in floats, -1 or 0; white is 1.

    Returns:
        float64 where both are arrays, else float32 tensors.

    Raises:
        ImageError: If the pictures differ in shape, hold NaN or a wrong range, or too
            little is left of them without the border.
    """
    _check_shapes(hr, sr, protocol.shave, smallest)
    if isinstance(hr, np.ndarray) and isinstance(sr, np.ndarray):
        _check_range("hr", hr, black, overshoot=0.0)
        _check_range("sr", sr, black, overshoot=_OVERSHOOT[black])
        levels: Any = _array_levels
    else:
        levels = _tensor_levels
    inside = slice(protocol.shave, -protocol.shave or None)
    x, y = (
        _channel(levels(image, black), protocol.channel)[..., inside, inside, :]
        for image in (hr, sr)
    )
    return x, y


def _channel(levels: Any, channel: str) -> Any:
    if levels.shape[-1] == 1 or channel == "rgb":
        return levels
    if channel == "y":
        return luma(levels)
    return to_gray(levels)


def array_levels(
    name: str, image: NDArray[Any], *, black: float, exact: bool = False
) -> NDArray[np.float64]:
    """The 256 levels that a file would hold, of one array.

    Args:
        name: What to call it in errors.
        image: The array.
        black: What is black in floats, -1 or 0; white is 1.
        exact: Whether it must keep to that range, which a network may overshoot.

    Raises:
        ImageError: If it is neither uint8, uint16, nor float from `black` to 1 without
            NaN.
    """
    overshoot = 0.0 if exact else _OVERSHOOT[black]
    _check_range(name, image, black, overshoot=overshoot)
    return _array_levels(image, black)


def network_batch(name: str, image: Any) -> Tensor:
    """What came through srkit's doors as a network has it: a batch in [-1, 1].

    Shape:
        ``(H, W, C)`` or ``(N, H, W, C)`` to ``(N, H, W, C)``.

    Args:
        name: What to call it in errors.
        image: An array or tensor, uint8, uint16 or float in [0, 1].

    Raises:
        ImageError: If it is none, or an array holds NaN or a wrong range.
    """
    shape = tuple(getattr(image, "shape", ()))
    if len(shape) not in (3, 4) or 0 in shape:
        raise ImageError(
            f"`{name}` must be an array or tensor (H, W, C) or (N, H, W, C). "
            f"Received: {type(image).__name__}, shape={shape}"
        )
    if isinstance(image, np.ndarray):
        _check_range(name, image, 0.0, overshoot=_OVERSHOOT[0.0])
    pixels = ops.convert_to_tensor(to_network(image))
    return pixels if len(shape) == 4 else pixels[None]


def _array_levels(image: NDArray[Any], black: float) -> NDArray[np.float64]:
    """The 256 levels that a file would hold."""
    if image.dtype.name in _LARGEST:
        unit = image / np.float64(_LARGEST[image.dtype.name])
    else:
        unit = (np.clip(image, black, 1.0) - black) / np.float64(1.0 - black)
    return np.floor(unit * 255.0 + 0.5)


def _tensor_levels(image: Any, black: float) -> Tensor:
    """The same levels as float32; NaN stays NaN, which a cast would hide."""
    image = ops.convert_to_tensor(image)
    dtype = keras.backend.standardize_dtype(image.dtype)
    values = ops.cast(image, "float32")
    if dtype in _LARGEST:
        return ops.floor(values * (255.0 / _LARGEST[dtype]) + 0.5)
    if "float" not in dtype:
        raise ImageError(f"Pictures must be {_KINDS.format(black)}. Received: {dtype}")
    factor = 255.0 / (1.0 - black)
    return ops.floor((ops.clip(values, black, 1.0) - black) * factor + 0.5)


def _check_range(
    name: str, image: NDArray[Any], black: float, *, overshoot: float
) -> None:
    if image.dtype.name in _LARGEST:
        return
    low, high = float(image.min()), float(image.max())
    inside = black - overshoot <= low <= high <= 1.0 + overshoot
    if not (inside and np.issubdtype(image.dtype, np.floating)):
        raise ImageError(
            f"`{name}` must be {_KINDS.format(black)}. "
            f"Received: {image.dtype} from {low} to {high}"
        )


def _check_shapes(hr: Any, sr: Any, shave: int, smallest: int) -> None:
    wanted, received = (tuple(getattr(image, "shape", ())) for image in (hr, sr))
    if len(wanted) not in (3, 4) or wanted[-1] not in (1, 3):
        raise ImageError(
            "`hr` must be an array or tensor (H, W, C) or (N, H, W, C) of 1 or 3 "
            f"channels. Received: {type(hr).__name__}, shape={wanted}"
        )
    if len(wanted) != len(received) or any(
        a != b for a, b in zip(wanted, received, strict=True) if None not in (a, b)
    ):
        raise ImageError(
            f"`sr` must have the shape of `hr`, {wanted}. Received: {received}"
        )
    least = 2 * shave + smallest
    if any(side is not None and side < least for side in wanted[-3:-1]):
        raise ImageError(
            f"Both sides must be at least {least} pixels (`shave` (={shave}) twice and "
            f"{smallest}). Received: {wanted[-3]}x{wanted[-2]}"
        )
