"""Pixels at the doors to pixels in networks, and back.

At the doors a picture is uint8 (0..255), uint16 (0..65535) or float ([0, 1]).
In networks and pipelines it is float32 in [-1, 1], whatever it came from.

Both functions take NumPy arrays and the tensors of Keras's backend. An array stays
NumPy, so that reading and writing pictures never waits for a backend to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

import numpy as np

from srkit.errors import ImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srkit.types import AnyImage, FloatImage, Tensor

# Half of the largest value: an integer `v` is `v / half - 1` in a network.
_HALF = {"uint8": 127.5, "uint16": 32767.5}
_FLOATS = ("float16", "bfloat16", "float32", "float64")


@overload
def to_network(image: NDArray[Any]) -> FloatImage: ...
@overload
def to_network(image: Tensor) -> Tensor: ...
def to_network(image: Any) -> Any:
    """Turns pixels at the doors into float32 pixels in [-1, 1].

    Shape:
        Any, kept.

    Args:
        image: array or tensor of uint8, uint16 or floats in [0, 1].

    Returns:
        float32 in [-1, 1]; an array for an array, a tensor for a tensor.

    Raises:
        ImageError: if the dtype is none of these.
    """
    dtype = _dtype_of(image)
    if dtype not in _HALF and dtype not in _FLOATS:
        raise ImageError(
            "`image` must be uint8, uint16 or float in [0, 1]. "
            f"Received: dtype={dtype}. Cast it first."
        )
    half = _HALF.get(dtype, 0.5)
    if not isinstance(image, np.ndarray):
        from keras import ops

        return ops.subtract(ops.divide(ops.cast(image, "float32"), half), 1.0)
    pixels = image.astype(np.float32)
    pixels /= np.float32(half)
    pixels -= np.float32(1)
    return pixels


@overload
def from_network(image: NDArray[Any], dtype: str = "uint8") -> AnyImage: ...
@overload
def from_network(image: Tensor, dtype: str = "uint8") -> Tensor: ...
def from_network(image: Any, dtype: str = "uint8") -> Any:
    """Turns pixels in [-1, 1] into pixels at the doors: clips, rounds half up, casts.

    Shape:
        Any, kept.

    Args:
        image: array or tensor of floats; what leaves [-1, 1] is clipped.
        dtype: "uint8", "uint16", or "float32" for [0, 1], which is not rounded.

    Returns:
        Pixels of `dtype`; an array for an array, a tensor for a tensor.

    Raises:
        ImageError: if `image` is not of a float type, or `dtype` is another one.
    """
    if dtype not in (*_HALF, "float32"):
        raise ImageError(
            "`dtype` must be 'uint8', 'uint16' or 'float32'. "
            f"Received: dtype={dtype!r}."
        )
    if _dtype_of(image) not in _FLOATS:
        raise ImageError(
            "`image` must be float in [-1, 1]. "
            f"Received: dtype={_dtype_of(image)}. See `to_network`."
        )
    half = _HALF.get(dtype, 0.5)
    # Casting cuts the fraction off, so that adding a half first rounds half up.
    shift = half + 0.5 if dtype in _HALF else half
    if not isinstance(image, np.ndarray):
        from keras import ops

        pixels = ops.clip(ops.cast(image, "float32"), -1.0, 1.0)
        return ops.cast(ops.add(ops.multiply(pixels, half), shift), dtype)
    clipped = np.clip(image, -1, 1, dtype=np.float32, casting="unsafe")
    clipped *= np.float32(half)
    clipped += np.float32(shift)
    return clipped.astype(dtype, copy=False)


def _dtype_of(image: Any) -> str:
    """Returns the name of the dtype of an array or of any backend's tensor."""
    if isinstance(image, np.ndarray):
        return str(image.dtype)
    from keras.backend import standardize_dtype

    dtype = getattr(image, "dtype", None)
    return "none" if dtype is None else str(standardize_dtype(dtype))
