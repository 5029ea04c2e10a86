"""Resizing as MATLAB's `imresize` does it, the yardstick of super-resolution.

One set of weights serves arrays and tensors: training, measuring and upscaling
share it. Half-pixel centres, mirrored borders, antialiased when shrinking, rows
before columns. Integer pictures are rounded (half up) between the two passes, as
MATLAB does for `uint8`; floating-point pictures are not rounded at all.

Source:
    MATLAB R2016a and later, `imresize.m`. Kernels: Keys, Cubic Convolution
    Interpolation for Digital Image Processing, IEEE TASSP 1981 (a = -0.5);
    Lanczos with three lobes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import ceil
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from srkit.errors import ArgumentError, ImageError
from srkit.types import Tensor

Float64 = NDArray[np.float64]


class Taps(NamedTuple):
    """Which input pixels make each output pixel along one axis, and their shares."""

    indices: NDArray[np.intp]
    """Input positions, `(length out, taps)`, already mirrored into the picture."""
    weights: Float64
    """Shares, `(length out, taps)`; each row sums to 1."""


def resize(
    image: Any,
    size: tuple[int, int] | None = None,
    *,
    scale: float | None = None,
    kernel: str = "bicubic",
    antialias: bool = True,
) -> Any:
    """Resizes pictures to a size in pixels or by a factor.

    Shape:
        ``(H, W)``, ``(H, W, C)`` or ``(N, H, W, C)`` to the same with the new size.

    Args:
        image: NumPy array (uint8 and uint16 rounded as MATLAB does, floats not at
            all) or a tensor of Keras's backend with a static size.
        size: Height and width wanted. Exclusive with `scale`.
        scale: Factor for both axes; sizes are rounded up.
        kernel: One of `KERNELS`.
        antialias: Widen the kernel when shrinking. Without it fine detail aliases.

    Returns:
        The same kind of array or tensor, and the same dtype.

    Raises:
        ArgumentError: If `kernel` is unknown, or neither or both of `size` and
            `scale` are given, or one is not positive.
        ImageError: If `image` has no 2, 3 or 4 axes or no pixels.
    """
    rows = _row_axis(image)
    height, width = int(image.shape[rows]), int(image.shape[rows + 1])
    steps = []
    for length, wanted, axis in zip(
        (height, width), size or (None, None), (rows, rows + 1), strict=True
    ):
        out, factor = _axis_plan(length, wanted, scale)
        if (out, factor) != (length, 1.0):
            plan = taps(length, out, factor, kernel, antialias=antialias)
            steps.append((factor, axis, plan))
    # MATLAB shrinks the axis with the smaller factor first; rows when they are equal.
    for _, axis, plan in sorted(steps, key=lambda step: step[:2]):
        image = _apply(image, plan, axis)
    return image


def downscale(image: Any, scale: int, *, kernel: str = "bicubic") -> Any:
    """Makes the LR picture of an HR one: crops to a multiple of `scale`, shrinks.

    Shape:
        ``(H, W, C)`` or ``(N, H, W, C)`` to ``H // scale``, ``W // scale``.

    Args:
        image: HR picture, as for `resize`.
        scale: Whole factor by which LR is smaller than HR.
        kernel: One of `KERNELS`.

    Raises:
        ImageError: If a side is shorter than `scale`.
    """
    cropped = modcrop(image, scale)
    rows = _row_axis(cropped)
    height, width = cropped.shape[rows : rows + 2]
    return resize(cropped, (height // scale, width // scale), kernel=kernel)


def modcrop(image: Any, scale: int) -> Any:
    """Cuts off the right and lower rest, so that both sides are multiples of `scale`.

    Raises:
        ImageError: If nothing would be left.
    """
    rows = _row_axis(image)
    height, width = image.shape[rows : rows + 2]
    if min(height, width) < scale:
        raise ImageError(
            f"Both sides of `image` must be at least `scale` (={scale}) pixels. "
            f"Received: {width}x{height}"
        )
    where = (..., slice(height - height % scale), slice(width - width % scale))
    return image[(*where, slice(None))] if image.ndim > 2 else image[where]


@lru_cache(maxsize=256)
def taps(
    length: int,
    out: int,
    scale: float,
    kernel: str = "bicubic",
    *,
    antialias: bool = True,
) -> Taps:
    """Contributions of `length` input pixels to `out` output pixels along one axis.

    Source:
        `contributions` in MATLAB's `imresize.m`.
    """
    function, width = _kernel(kernel)
    if kernel == "nearest":
        antialias = False
    stretch = scale if antialias and scale < 1 else 1.0
    centres = (np.arange(out) + 0.5) / scale - 0.5
    count = ceil(width / stretch) + 2
    left = np.floor(centres - width / stretch / 2)
    positions = left[:, None] + np.arange(count)
    weights = stretch * function(stretch * (centres[:, None] - positions))
    weights /= weights.sum(axis=1, keepdims=True)
    used = weights.any(axis=0)
    mirrored = positions[:, used].astype(np.intp) % (2 * length)
    indices = np.minimum(mirrored, 2 * length - 1 - mirrored)
    return Taps(indices, weights[:, used])


def resize_matrix(
    length: int,
    out: int,
    scale: float,
    kernel: str = "bicubic",
    *,
    antialias: bool = True,
) -> Float64:
    """The same contributions as one dense matrix, ``(out, length)``."""
    plan = taps(length, out, scale, kernel, antialias=antialias)
    matrix = np.zeros((out, length))
    np.add.at(matrix, (np.arange(out)[:, None], plan.indices), plan.weights)
    return matrix


def _row_axis(image: Any) -> int:
    rank = len(image.shape)
    if rank not in (2, 3, 4) or 0 in tuple(image.shape):
        raise ImageError(
            "`image` must be (H, W), (H, W, C) or (N, H, W, C) with at least one pixel."
            f" Received: shape={tuple(image.shape)}"
        )
    return 1 if rank == 4 else 0


def _axis_plan(
    length: int, wanted: int | None, scale: float | None
) -> tuple[int, float]:
    if (wanted is None) == (scale is None):
        raise ArgumentError(
            "Give either `size` or `scale`. "
            f"Received: {'both' if scale is not None else 'neither'}"
        )
    if wanted is not None:
        if wanted < 1:
            raise ArgumentError(
                f"`size` must be at least 1x1 pixel. Received: {wanted}"
            )
        return int(wanted), wanted / length
    if scale is None or scale <= 0:
        raise ArgumentError(f"`scale` must be positive. Received: {scale}")
    return ceil(length * scale), float(scale)


def _apply(image: Any, plan: Taps, axis: int) -> Any:
    if isinstance(image, np.ndarray):
        return _apply_to_array(image, plan, axis)
    return _apply_to_tensor(image, plan, axis)


def _apply_to_array(image: NDArray[Any], plan: Taps, axis: int) -> NDArray[Any]:
    # Summing tap by tap costs far less than the dense product and keeps MATLAB's order.
    whole = np.issubdtype(image.dtype, np.integer)
    work = np.float64 if whole or image.dtype == np.float64 else np.float32
    shape = [1] * image.ndim
    shape[axis] = -1
    total = np.zeros((), dtype=work)
    for tap in range(plan.weights.shape[1]):
        share = plan.weights[:, tap].astype(work).reshape(shape)
        total = total + share * np.take(image, plan.indices[:, tap], axis=axis)
    if whole:
        total = np.clip(np.floor(total + 0.5), 0, np.iinfo(image.dtype).max)
    return total.astype(image.dtype)


def _apply_to_tensor(image: Tensor, plan: Taps, axis: int) -> Tensor:
    from keras import ops

    matrix = np.zeros((len(plan.weights), image.shape[axis]), dtype="float32")
    np.add.at(matrix, (np.arange(len(matrix))[:, None], plan.indices), plan.weights)
    letters = "nhwc" if len(image.shape) == 4 else "hwc"[: len(image.shape)]
    result = letters.replace(letters[axis], "o")
    weights = ops.cast(ops.convert_to_tensor(matrix), image.dtype)
    return ops.einsum(f"o{letters[axis]},{letters}->{result}", weights, image)


def _cubic(x: Float64) -> Float64:
    x = np.abs(x)
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return np.where(x <= 1, near, np.where(x <= 2, far, 0.0))


def _lanczos3(x: Float64) -> Float64:
    return np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0.0)


def _triangle(x: Float64) -> Float64:
    return np.maximum(0.0, 1 - np.abs(x))


def _box(x: Float64) -> Float64:
    return ((x >= -0.5) & (x < 0.5)).astype(np.float64)


_KERNELS: dict[str, tuple[Callable[[Float64], Float64], float]] = {
    "bicubic": (_cubic, 4.0),
    "bilinear": (_triangle, 2.0),
    "box": (_box, 1.0),
    "lanczos3": (_lanczos3, 6.0),
    "nearest": (_box, 1.0),
}
KERNELS = tuple(_KERNELS)
"""Names of the kernels that every function with a `kernel` argument accepts."""


def _kernel(name: str) -> tuple[Callable[[Float64], Float64], float]:
    if name not in _KERNELS:
        raise ArgumentError(
            f"`kernel` must be one of {', '.join(KERNELS)}. Received: {name!r}"
        )
    return _KERNELS[name]
