"""RGB and studio-swing YCbCr (ITU-R BT.601), both ways, as MATLAB computes them.

Every value is on the scale 0..255: R, G and B fill it, Y lies in 16..235 and Cb and Cr
in 16..240. Nothing is rounded here. Integer arrays are computed in float64, so that
what is rounded afterwards rounds as in MATLAB; floats and tensors keep their dtype.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

import numpy as np

from srkit.errors import ImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srkit.types import Tensor

# Rows Y, Cb, Cr; columns R, G, B; for RGB in [0, 1]: MATLAB's `rgb2ycbcr`.
_FORWARD = np.array(
    [
        [65.481, 128.553, 24.966],
        [-37.797, -74.203, 112.0],
        [112.0, -93.786, -18.214],
    ]
)
_GRAY = np.array([0.299, 0.587, 0.114])
_OFFSET = np.array([16.0, 128.0, 128.0])
_INVERSE = 255 * np.linalg.inv(_FORWARD)
_FORWARD /= 255


@overload
def luma(image: NDArray[Any]) -> NDArray[Any]: ...
@overload
def luma(image: Tensor) -> Tensor: ...
def luma(image: Any) -> Any:
    """Returns the Y of BT.601 studio swing, 16..235, of RGB on the scale 0..255.

    Shape:
        (..., 3) to (..., 1).

    Args:
        image: array or tensor, RGB on the scale 0..255.

    Returns:
        Y, not rounded: black is 16, white 235.

    Raises:
        ImageError: if the last axis does not hold three channels.

    Source: ITU-R BT.601; the coefficients are those of MATLAB's `rgb2ycbcr`.
    """
    return _mix(_channels(image), _FORWARD[0], _OFFSET[0])


@overload
def to_gray(image: NDArray[Any]) -> NDArray[Any]: ...
@overload
def to_gray(image: Tensor) -> Tensor: ...
def to_gray(image: Any) -> Any:
    """Mixes RGB into its brightness, full range: the gray of picture viewers.

    Shape:
        (..., 3) to (..., 1).

    Args:
        image: array or tensor, RGB on any scale.

    Returns:
        The brightness on the same scale.

    Raises:
        ImageError: if the last axis does not hold three channels.

    Source: ITU-R BT.601, section 2.5.1.
    """
    return _mix(_channels(image), _GRAY, 0.0)


@overload
def rgb_to_ycbcr(image: NDArray[Any]) -> NDArray[Any]: ...
@overload
def rgb_to_ycbcr(image: Tensor) -> Tensor: ...
def rgb_to_ycbcr(image: Any) -> Any:
    """Turns RGB into studio-swing YCbCr, both on the scale 0..255.

    Shape:
        (..., 3), kept.

    Args:
        image: array or tensor, RGB on the scale 0..255.

    Returns:
        Y in 16..235, Cb and Cr in 16..240, not rounded.

    Raises:
        ImageError: if the last axis does not hold three channels.

    Source: ITU-R BT.601; the coefficients are those of MATLAB's `rgb2ycbcr`.
    """
    rgb = _channels(image)
    rows = zip(_FORWARD, _OFFSET, strict=True)
    return _join([_mix(rgb, row, offset) for row, offset in rows])


@overload
def ycbcr_to_rgb(image: NDArray[Any]) -> NDArray[Any]: ...
@overload
def ycbcr_to_rgb(image: Tensor) -> Tensor: ...
def ycbcr_to_rgb(image: Any) -> Any:
    """Turns studio-swing YCbCr into RGB: the exact inverse of `rgb_to_ycbcr`.

    Shape:
        (..., 3), kept.

    Args:
        image: array or tensor, Y in 16..235, Cb and Cr in 16..240.

    Returns:
        RGB on the scale 0..255, neither clipped nor rounded.

    Raises:
        ImageError: if the last axis does not hold three channels.

    Source: the matrix of `rgb_to_ycbcr`, inverted (MATLAB's `ycbcr2rgb`).
    """
    ycbcr = _channels(image)
    return _join([_mix(ycbcr, row, -row @ _OFFSET) for row in _INVERSE])


def _channels(image: Any) -> list[Any]:
    """Returns the three channels, each with its axis kept; integers as float64."""
    shape: tuple[Any, ...] = getattr(image, "shape", ())
    if len(shape) == 0 or shape[-1] != 3:
        raise ImageError(
            f"`image` must have three channels last. Received: shape={tuple(shape)}."
        )
    if isinstance(image, np.ndarray) and not np.issubdtype(image.dtype, np.floating):
        image = image.astype(np.float64)
    return [image[..., channel : channel + 1] for channel in range(3)]


def _mix(channels: list[Any], weights: NDArray[Any], offset: float) -> Any:
    """Returns the weighted sum: no matrix product, whose precision devices lower."""
    first, second, third = (float(weight) for weight in weights)
    return (
        channels[0] * first + channels[1] * second + channels[2] * third + float(offset)
    )


def _join(channels: list[Any]) -> Any:
    """Joins channels along the last axis, with NumPy or with the backend."""
    if isinstance(channels[0], np.ndarray):
        return np.concatenate(channels, axis=-1)
    from keras import ops

    return ops.concatenate(channels, axis=-1)
